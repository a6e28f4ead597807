//! What the real libraries make of a file before and after.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use unspill::container::{Budget, Change, Content, New, Part, Patch, Refusal, Room, apply, open};

use crate::support::project::Run;
use crate::support::venv;

/// A user token of Hugging Face, which nobody ever issued.
pub fn token() -> String {
    ["hf_", "kQzRvTnWcLxBmYpHsJ", "dGfAeUoIqZwKrNtV"].concat()
}

/// What takes its place where the length must not change.
pub fn mask() -> String {
    let len = token().len();
    format!("{:_<len$}", "REDACTED")
}

fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| venv::with("models", &venv::MODELS))
}

fn run(verb: &str, format: &str, path: &Path, options: &[(&str, &str)]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models/files.py");
    let output = Command::new(python())
        .arg(script)
        .args([verb, format])
        .arg(path)
        .env("TOKEN", token())
        .envs(options.iter().copied())
        .output()
        .expect("python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{verb} {format}: {errors}");
    String::from_utf8(output.stdout).expect("JSON is text")
}

/// A file of a format, as its library writes it.
pub struct Sample {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
    format: &'static str,
}

impl Sample {
    pub fn new(format: &'static str, name: &str) -> Self {
        Self::with(format, name, &[])
    }

    /// The same with options that its writer asks the environment for.
    pub fn with(format: &'static str, name: &str, options: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        run("write", format, &path, options);
        Self {
            _folder: folder,
            path,
            format,
        }
    }

    /// All that the library reads from it.
    pub fn read(&self) -> String {
        run("read", self.format, &self.path, &[])
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    pub fn name(&self) -> &str {
        self.path.file_name().unwrap().to_str().unwrap()
    }

    /// The program takes the token out, which stands in at least so many
    /// parts; the library reads everything else as it did before.
    pub fn proves(&self, least: usize) {
        let before = self.read();
        assert!(before.contains(&token()), "the library reads the token");
        masked(self.name(), &self.bytes(), least);
        let run = self.unspill("check");
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        let run = self.unspill("fix");
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        assert!(!run.out.contains(&token()));
        assert_eq!(told_alike(&self.read()), told_alike(&before));
        let new = self.bytes();
        let veiled = veils().into_iter().find(|veil| holds(&new, veil));
        assert_eq!(veiled, None, "the token is left in some encoding");
        let run = self.unspill("check");
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    }

    /// Runs the program on the file.
    pub fn unspill(&self, verb: &str) -> Run {
        self.unspill_at(verb, &self.path)
    }

    /// Runs the program on something else.
    pub fn unspill_at(&self, verb: &str, path: &Path) -> Run {
        self.unspill_with(&[verb], path)
    }

    /// The same with flags.
    pub fn unspill_with(&self, args: &[&str], path: &Path) -> Run {
        Command::new(env!("CARGO_BIN_EXE_unspill"))
            .args(args)
            .args(["--no-own", "--no-config"])
            .arg(path)
            .output()
            .expect("the program starts")
            .into()
    }
}

/// The token and whatever took its place, both as the same.
fn told_alike(read: &str) -> String {
    const MASK: &str = "REDACTED";
    let read = read.replace(&token(), MASK);
    let mut pieces = read.split(MASK);
    let mut alike = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        alike.push_str("<T>");
        alike.push_str(piece.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_'));
    }
    alike
}

/// The token in every encoding in which it may be left.
pub fn veils() -> Vec<Vec<u8>> {
    let token = token();
    let wide =
        |units: Vec<u16>, write: fn(u16) -> [u8; 2]| units.into_iter().flat_map(write).collect();
    let units: Vec<u16> = token.encode_utf16().collect();
    let mut veils = vec![
        token.clone().into_bytes(),
        // As an index of words keeps it.
        token[3..].to_lowercase().into_bytes(),
        wide(units.clone(), u16::to_le_bytes),
        wide(units, u16::to_be_bytes),
        token
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect(),
        token
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
            .into_bytes(),
    ];
    use base64::Engine as _;
    for shift in 0..3 {
        let shifted = base64::engine::general_purpose::STANDARD
            .encode(format!("{}{token}", "x".repeat(shift)));
        veils.push(shifted.as_bytes()[4..shifted.len() - 4].to_vec());
    }
    veils
}

pub fn holds(bytes: &[u8], value: &[u8]) -> bool {
    memchr::memmem::find(bytes, value).is_some()
}

/// Patches that put the mask in the place of the token, wherever it is shown.
pub fn patches(name: &str, bytes: &[u8]) -> Result<(Vec<Patch>, usize), Refusal> {
    let budget = Budget::default();
    let container = open(name, &bytes, &budget)?.expect("the format is known");
    let mut changes = Vec::new();
    container.visit(&mut |part| {
        changes.extend(change(&part));
        Ok(())
    })?;
    let count = changes.len();
    Ok((container.patches(&changes)?, count))
}

fn change(part: &Part<'_>) -> Option<Change> {
    let old = match &part.content {
        Content::Text { text, .. } => text.as_bytes().to_vec(),
        Content::File { bytes, .. } => bytes.read_at(0..bytes.len()).unwrap().into_owned(),
        Content::Closed(_) | Content::Unseen(_) => return None,
    };
    let mut new = Vec::new();
    let mut rest = 0;
    for at in memchr::memmem::find_iter(&old, token().as_bytes()) {
        new.extend_from_slice(&old[rest..at]);
        new.extend_from_slice(mask().as_bytes());
        rest = at + token().len();
    }
    if rest == 0 {
        return None;
    }
    assert!(!matches!(part.room, Room::Fixed(_)), "{}", part.place);
    new.extend_from_slice(&old[rest..]);
    Some(Change {
        part: part.number,
        new: New::Whole(new),
    })
}

/// The file without the token, which stands in at least so many parts.
pub fn masked(name: &str, old: &[u8], least: usize) -> Vec<u8> {
    let (patches, count) = patches(name, old).expect("it can be read");
    assert!(count >= least, "the token is shown {count} times");
    let in_order = |pair: &[Patch]| pair[0].span.end <= pair[1].span.start;
    assert!(patches.windows(2).all(in_order));
    let new = apply(old, &patches);
    let outline = |bytes: &[u8]| {
        let budget = Budget::default();
        let container = open(name, &bytes, &budget).unwrap().unwrap();
        container.outline().unwrap()
    };
    assert_eq!(outline(old), outline(&new));
    new
}
