//! Whatever stands in a file, each format gives an answer: it is read, or as
//! plain text, and nothing stops the program.

use proptest::prelude::*;

use super::judged::fixed;

/// Names that tell the formats.
const FILES: &[&str] = &[
    "a.json",
    "a.jsonl",
    "a.yaml",
    "a.toml",
    "a.ini",
    ".env",
    ".netrc",
    ".pgpass",
    "a.properties",
    ".npmrc",
    "requirements.txt",
    "docker-compose.yml",
    ".github/workflows/a.yml",
    ".mcp.json",
    "a",
];

/// What their texts are made of.
const PARTS: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "`",
    "=",
    ":",
    ": ",
    "\n",
    "\r\n",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "\\u00",
    "  ",
    " ",
    "\t",
    " #",
    ";",
    "- ",
    "|",
    ">-",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "---",
    "...",
    "%",
    "machine ",
    "password ",
    "export ",
    "api_key",
    "token",
    "name",
    "value",
    "--key",
    "run",
    "é",
    "😀",
    "\u{feff}",
    "\u{85}",
    "/*",
    "*/",
    "//",
    "x",
    "7qZpLw2RtX9vBnK4mY0aUd",
    ",",
    "\0",
    "<",
    "${A}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn is_read(
        file in proptest::sample::select(FILES),
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..24),
    ) {
        let text = parts.concat();
        if !text.contains('\0') {
            let once = fixed(file, &text);
            prop_assert_eq!(fixed(file, &once), once);
        }
    }
}
