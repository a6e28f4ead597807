//! XML: settings and reports; Python's own parser reads it again.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use unspill::detect::sample::Rng;

use super::laws::{Planted, masked, plant, without_masks, without_values};

/// All texts and attributes, as Python's parser reads them; several documents
/// in one run.
fn read_by_python(documents: &[String]) -> Vec<serde_json::Value> {
    const READ: &str = "
import json, sys
from xml.etree import ElementTree
def read(e):
    return [e.tag, e.text, e.tail, e.attrib, [read(c) for c in e]]
print(json.dumps([read(ElementTree.fromstring(t)) for t in json.load(sys.stdin)]))
";
    let mut child = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let input = serde_json::to_vec(documents).unwrap();
    let mut stdin = child.stdin.take().expect("is piped");
    stdin.write_all(&input).expect("Python reads");
    drop(stdin);
    let output = child.wait_with_output().expect("Python ends");
    serde_json::from_slice(&output.stdout).expect("Python reads the documents")
}

#[test]
fn settings_lose_their_passwords() {
    let values: Vec<String> = (0..5)
        .map(|n| {
            format!(
                "{}{n}{}",
                ["k7Qz", "P0fW"].concat(),
                ["m3Xv", "92Lb"].concat()
            )
        })
        .collect();
    let text = format!(
        r#"<?xml version="1.0"?>
<settings><server><id>x</id><username>ann</username><password>{}</password></server>
<configuration><property><name>fs.s3a.secret.key</name><value>{}</value></property></configuration>
<add key="ApiKey" value="{}" /><env name="DB_PASSWORD" value='{}'/>
<plist><dict><key>auth_token</key><string>{}</string></dict></plist>
</settings>
"#,
        values[0], values[1], values[2], values[3], values[4]
    );
    masked("settings.xml", &Planted { text, values });
}

/// Pieces of documents; `§` stands for a value.
const PIECES: &[&str] = &[
    "<token>§</token>",
    "<a key=\"k\" value='§'/>\n",
    "<system-out>line\nAuthorization: Bearer §\n</system-out>",
    "<![CDATA[§ <x> & y]]>",
    "<!-- § -->",
    "<n:b xmlns:n=\"urn:x\">a &amp; § &lt;</n:b>",
    "<u>https://user:§@example.org/?a=1&amp;b=2</u>",
    "<s><t>1</t></s>\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_documents_read_the_same_but_for_the_values(seed: u64) {
        let mut rng = Rng::new(seed);
        let mut template = "<?xml version='1.0' encoding='utf-8'?>\n<r>".to_owned();
        for _ in 0..rng.below(8) + 1 {
            template += rng.pick(PIECES).unwrap();
        }
        template += "</r>";
        let planted = plant(&template, &mut rng);
        let after = masked("doc.xml", &planted);
        let before = without_values(&planted.text, &planted.values);
        let read = read_by_python(&[before, without_masks(&after)].map(|t| t.split_once('\n').unwrap().1.to_owned()));
        prop_assert_eq!(&read[0], &read[1]);
    }
}
