//! A unified diff that never shows a value: the old side is compared with its
//! values already hidden.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use super::{count, escape};
use crate::container::Patch;

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();
const NAME: Style = Style::new().bold();

/// Longer lines (images in base64, notebooks without line breaks) are cut.
const LONGEST: usize = 400;

/// The difference between `veiled`, the old text with its values hidden, and
/// `new`, with three lines around each change.
pub fn unified(path: &Path, veiled: &[u8], new: &[u8]) -> String {
    let (veiled, new) = (
        String::from_utf8_lossy(veiled),
        String::from_utf8_lossy(new),
    );
    let name = path.to_string_lossy();
    TextDiff::from_lines(veiled.as_ref(), new.as_ref())
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

/// What is said of the difference of a file that is no text.
pub fn binary(path: &Path, patches: &[Patch]) -> String {
    let name = path.to_string_lossy();
    let bytes: usize = patches.iter().map(|patch| patch.bytes.len()).sum();
    let (places, bytes) = (count(patches.len(), "place"), count(bytes, "byte"));
    format!("Binary files a/{name} and b/{name} differ ({places}, {bytes})\n")
}

/// Prints a diff with colours, made harmless for a terminal.
pub fn print(out: &mut dyn Write, diff: &str) -> io::Result<()> {
    for line in diff.split_terminator('\n') {
        let style = match line.as_bytes() {
            [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => NAME,
            [b'@', b'@', ..] => PLACE,
            [b'-', ..] => OLD,
            [b'+', ..] => NEW,
            _ => Style::new(),
        };
        writeln!(out, "{style}{}{style:#}", printable(line))?;
    }
    Ok(())
}

/// Tabs stay, as indentation is part of what is shown.
fn printable(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let escaped: Vec<_> = cut(line)
        .split('\t')
        .map(|part| escape(part).into_owned())
        .collect();
    let mut text = escaped.join("\t");
    let hidden = line.chars().count().saturating_sub(LONGEST);
    if hidden > 0 {
        text.push_str(&format!("… ({hidden} characters more)"));
    }
    text
}

fn cut(line: &str) -> &str {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => &line[..end],
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_veiled_line_as_the_removed_one() {
        let diff = unified(
            Path::new("a.ipynb"),
            b"import os\nt = \"hf_\xe2\x80\xa6\"\nend\n",
            b"import os\nt = os.environ[\"HF_TOKEN\"]\nend\n",
        );
        assert!(
            diff.starts_with("--- a/a.ipynb\n+++ b/a.ipynb\n@@"),
            "{diff}"
        );
        assert!(diff.contains("-t = \"hf_…\"\n+t = os.environ[\"HF_TOKEN\"]\n"));
    }

    #[test]
    fn long_lines_are_cut_and_controls_escaped() {
        let mut out = Vec::new();
        let diff = format!("+{}\n-\ta\x1b[2J\n", "x".repeat(500));
        print(&mut anstream::StripStream::new(&mut out), &diff).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("… (101 characters more)"), "{out}");
        assert!(out.contains("-\ta\\u{1b}[2J"));
    }
}
