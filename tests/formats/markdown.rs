//! Markdown, with pulldown-cmark as the second reader.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unspill::detect::sample::Rng;

use super::laws::{cleaned, fixed, masked, plant, without_masks, without_values};
use super::support::project::token;

/// A model card as people write it. `§` stands for one token.
const CARD: &str = r#"---
license: mit
hf_token: §   # mine
tags: [a, "b"]
---

# A model <!-- §  -->

Use `hf auth login --token §` or set HF_TOKEN=§.

1. In Python:

   ```python
   from transformers import AutoModel
   model = AutoModel.from_pretrained("a/b", token="§")
   ```

> ```bash
> curl -H "Authorization: Bearer §" https://api.example.org/
> export HF_TOKEN=§
> ```

```console
$ hf auth login --token §
```

```json
{"token": "§"}
```

| name | token |
|------|:-----:|
| a    |   §   |
"#;

#[test]
fn each_place_of_a_model_card_gets_what_serves_its_reader() {
    let token = token(7);
    let before = CARD.replace('§', &token);
    let after = fixed("README.md", before.as_bytes()).expect("something is found");
    let after = String::from_utf8(after).unwrap();
    let expected = CARD
        .replace("from transformers", "import os\n   from transformers")
        .replace(
            "\"a/b\", token=\"§\"",
            "\"a/b\", token=os.environ[\"HF_TOKEN\"]",
        )
        .replace("Bearer §", "Bearer $HF_TOKEN")
        .replace('§', "REDACTED_HF_TOKEN");
    assert_eq!(after, expected);
}

#[test]
fn all_rows_of_a_long_table_belong_to_its_header() {
    let mut rng = Rng::new(3);
    let row = |at: usize, rng: &mut Rng| {
        let letters: String = (0..14)
            .map(|_| *rng.pick(b"k7Q2mP0fWx9Z4bR").unwrap() as char)
            .collect();
        (format!("| user{at} | {letters} |\n"), letters)
    };
    let mut text = "| user | password |\n|---|---|\n".to_owned();
    let mut values = Vec::new();
    for at in 0..300 {
        let (row, value) = row(at, &mut rng);
        text += &row;
        values.push(value);
    }
    masked("users.md", &super::laws::Planted { text, values });
}

#[test]
fn line_ends_and_a_missing_last_one_stay() {
    let token = token(2);
    let before = format!("---\r\na: 1\r\n---\r\n\r\ntoken: {token}\n```py\r\nx = '{token}'");
    let after = fixed("a.md", before.as_bytes()).expect("something is found");
    let after = String::from_utf8(after).unwrap();
    assert!(after.starts_with("---\r\na: 1\r\n---\r\n\r\ntoken: REDACTED_HF_TOKEN\n```py\r\n"));
    assert!(after.ends_with("x = os.environ['HF_TOKEN']"), "{after:?}");
}

/// Pieces of documents; `§` stands for a value.
const PIECES: &[&str] = &[
    "# Title §\n\n",
    "Some *text* with `token=§` and [a link](https://x.org/?token=§&b=1).\n\n",
    "- item\n- https://user:§@github.com/a/b\n\n",
    "<!-- key: § -->\n\n",
    "<details><summary>§</summary>\n\n",
    "> quoted §\n> more\n\n",
    "| a | token |\n|---|---|\n| 1 | § |\n\n",
    "```python\nimport x\nx.login(token=\"§\")\n```\n\n",
    "```py\nraise (\n§\n```\n\n",
    "  ```bash\n  curl -u a:§ https://x.org\n  ```\n\n",
    "~~~json\n{\"api_key\": \"§\"}\n~~~\n\n",
    "```yaml\nkey: §\n```\n\n",
    "```\nToken: §\n```\n\n",
    "1. one\n\n   ```js\n   const t = \"§\";\n   ```\n\n",
    "    indented(\"§\")\n\n",
    "a&amp;b &lt;§&gt;\\\nsecond line  \nthird\n\n",
    "\\§\n\n",
    "Plain.\r\n\r\n",
];

/// What pulldown-cmark reads, code blocks by their fence only.
fn events(text: &str) -> Vec<String> {
    let mut in_code = false;
    let mut events = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        let is_code = in_code;
        match &event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            _ => {}
        }
        if !is_code || !in_code {
            events.push(format!("{event:?}"));
        }
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_documents_read_the_same_but_for_the_values(seed: u64) {
        let mut rng = Rng::new(seed);
        let mut template = String::new();
        if rng.below(2) == 0 {
            template += "---\ntitle: x\ntoken: \"§\"\n---\n";
        }
        for _ in 0..rng.below(8) + 1 {
            template += rng.pick(PIECES).unwrap();
        }
        let planted = plant(&template, &mut rng);
        let after = cleaned("doc.md", &planted);
        let before = without_values(&planted.text, &planted.values);
        prop_assert_eq!(events(&before), events(&without_masks(&after)));
    }
}
