//! CSV, with Python's csv as the second reader.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use unspill::detect::sample::Rng;

use super::laws::{Planted, masked, plant, without_masks, without_values};

fn read_by_python(tables: &[String], separator: char) -> Vec<Vec<Vec<String>>> {
    const READ: &str = "
import csv, io, json, sys
tables, separator = json.load(sys.stdin)
print(json.dumps([list(csv.reader(io.StringIO(t, newline=''), delimiter=separator)) for t in tables]))
";
    let mut child = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let input = serde_json::to_vec(&(tables, separator)).unwrap();
    let mut stdin = child.stdin.take().expect("is piped");
    stdin.write_all(&input).expect("Python reads");
    drop(stdin);
    let output = child.wait_with_output().expect("Python ends");
    serde_json::from_slice(&output.stdout).expect("Python reads the tables")
}

#[test]
fn a_column_of_passwords_is_masked_far_below_its_header() {
    let mut rng = Rng::new(9);
    let mut text = "id,user name,Password,comment\r\n".to_owned();
    let mut values = Vec::new();
    for row in 0..600 {
        let value: String = (0..16)
            .map(|_| char::from(*rng.pick(b"k7Q2mP0fWx9Z4bRtLs!").unwrap()))
            .collect();
        text += &format!("{row},\"ann, {row}\",{value},\"said \"\"no\"\"\"\r\n");
        values.push(value);
    }
    masked("users.csv", &Planted { text, values });
}

#[test]
fn columns_of_words_and_numbers_stay() {
    let text = "token,pos,key,password\nU.S.,NNP,1,hunter2?\n2,000,CD,2,\nrun,VB,3,changeme\n";
    let planted = Planted {
        text: text.to_owned(),
        values: Vec::new(),
    };
    masked("words.csv", &planted);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_tables_read_the_same_but_for_the_values(seed: u64) {
        let mut rng = Rng::new(seed);
        let separator = *rng.pick(&[',', ';', '\t', '|']).unwrap();
        let end = *rng.pick(&["\n", "\r\n"]).unwrap();
        let mut template = ["a", "api token", "c"].join(&separator.to_string()) + end;
        for _ in 0..rng.below(9) + 1 {
            let cell = |rng: &mut Rng| *rng.pick(&["§", "", "1.5", "\"x \"\"§\"\" y\"", "\"{\"\"k\"\": \"\"§\"\"}\"", "\"two\nlines §\"", "a b"]).unwrap();
            let cells = [cell(&mut rng), cell(&mut rng), cell(&mut rng)];
            template += &(cells.join(&separator.to_string()) + end);
        }
        let planted = plant(&template, &mut rng);
        let after = masked("data.csv", &planted);
        let before = without_values(&planted.text, &planted.values);
        let read = read_by_python(&[before, without_masks(&after)], separator);
        prop_assert_eq!(&read[0], &read[1]);
    }
}
