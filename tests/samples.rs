//! The sample notebooks: what the command finds in them is known exactly, and
//! `fix` takes it out for good.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use unspill::sanitize::{Ledger, Sanitizer};

const CLEAN: &str = "06_clean_evaluation.ipynb";

/// File, cell (0 is the notebook's own metadata), kind; one row however often
/// the cell holds it.
const EXPECTED: &[(&str, u64, &str)] = &[
    ("01_fine_tuning_lesson.ipynb", 3, "huggingface-user-token"),
    ("01_fine_tuning_lesson.ipynb", 5, "huggingface-user-token"),
    ("01_fine_tuning_lesson.ipynb", 6, "huggingface-user-token"),
    ("01_fine_tuning_lesson.ipynb", 8, "huggingface-user-token"),
    ("01_fine_tuning_lesson.ipynb", 9, "huggingface-user-token"),
    ("01_fine_tuning_lesson.ipynb", 10, "huggingface-user-token"),
    ("02_handbook_rag.ipynb", 2, "langsmith-api-key"),
    ("02_handbook_rag.ipynb", 2, "openai-project-key"),
    ("02_handbook_rag.ipynb", 3, "cohere-api-key"),
    ("02_handbook_rag.ipynb", 3, "pinecone-api-key"),
    ("02_handbook_rag.ipynb", 5, "langsmith-api-key"),
    ("02_handbook_rag.ipynb", 5, "openai-project-key"),
    ("02_handbook_rag.ipynb", 6, "tavily-api-key"),
    ("02_handbook_rag.ipynb", 7, "cohere-api-key"),
    // The Cohere key again, as a dictionary's `key`.
    ("02_handbook_rag.ipynb", 7, "generic-api-key"),
    ("02_handbook_rag.ipynb", 7, "pinecone-api-key"),
    ("03_wandb_sweep.ipynb", 2, "wandb-api-key-legacy"),
    ("03_wandb_sweep.ipynb", 3, "wandb-api-key-legacy"),
    ("03_wandb_sweep.ipynb", 6, "wandb-api-key-legacy"),
    ("04_colab_demo.ipynb", 3, "groq-api-key"),
    ("04_colab_demo.ipynb", 6, "groq-api-key"),
    ("04_colab_demo.ipynb", 6, "huggingface-user-token"),
    ("04_colab_demo.ipynb", 7, "groq-api-key"),
    ("05_kommentare_in_r.ipynb", 2, "generic-password"),
    ("05_kommentare_in_r.ipynb", 2, "openai-project-key"),
    ("05_kommentare_in_r.ipynb", 4, "openai-project-key"),
    ("07_traceback.ipynb", 2, "replicate-api-token"),
    ("08_weekly_report.ipynb", 0, "nvidia-nim-key"),
    ("08_weekly_report.ipynb", 0, "postgres-connection-url"),
    ("08_weekly_report.ipynb", 3, "nvidia-nim-key"),
    ("08_weekly_report.ipynb", 3, "postgres-connection-url"),
    ("08_weekly_report.ipynb", 4, "postgres-connection-url"),
    ("09_geocoding_2014.ipynb", 2, "google-api-key"),
    ("09_geocoding_2014.ipynb", 4, "google-api-key"),
    ("10_machine_setup.ipynb", 2, "huggingface-user-token"),
    ("10_machine_setup.ipynb", 2, "kaggle-legacy-key"),
    ("10_machine_setup.ipynb", 3, "generic-password"),
    ("10_machine_setup.ipynb", 3, "huggingface-user-token"),
    ("10_machine_setup.ipynb", 4, "generic-password"),
    ("10_machine_setup.ipynb", 4, "huggingface-user-token"),
    ("10_machine_setup.ipynb", 5, "github-classic-token"),
    ("10_machine_setup.ipynb", 6, "github-classic-token"),
    ("10_machine_setup.ipynb", 7, "kaggle-legacy-key"),
];

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_notebooks")
}

fn unspill(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unspill"))
        .args(args)
        .arg(folder)
        .output()
        .expect("the program starts")
}

/// Name and content of every notebook in a folder, in order.
fn notebooks(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the entry can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ipynb"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("can be read"))
        })
        .collect();
    all.sort();
    all
}

/// A copy of the samples to work on.
fn copy() -> TempDir {
    let copy = TempDir::new().expect("a folder can be made");
    for (name, bytes) in notebooks(&samples()) {
        fs::write(copy.path().join(name), bytes).expect("the copy can be written");
    }
    copy
}

#[test]
fn check_finds_exactly_what_is_known_to_be_there() {
    let output = unspill(&["check", "--json"], &samples());
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found: BTreeSet<(String, u64, String)> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            let path = Path::new(finding["path"].as_str().expect("a path"));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let cell = finding["cell"].as_u64().unwrap_or(0);
            let kind = finding["kind"].as_str().expect("a kind");
            (name.into_owned(), cell, kind.to_owned())
        })
        .collect();
    let expected: BTreeSet<(String, u64, String)> = EXPECTED
        .iter()
        .map(|(name, cell, kind)| ((*name).to_owned(), *cell, (*kind).to_owned()))
        .collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed: {missed:#?}\nwrong: {wrong:#?}"
    );
}

#[test]
fn fix_leaves_no_value_and_a_second_fix_changes_nothing() {
    let copy = copy();
    assert_eq!(unspill(&["fix"], copy.path()).status.code(), Some(0));
    assert_eq!(unspill(&["check"], copy.path()).status.code(), Some(0));
    let fixed = notebooks(copy.path());
    for (name, bytes) in notebooks(&samples()) {
        let before = Sanitizer::default()
            .inspect(Path::new(&name), &bytes, &Ledger::default())
            .expect("samples are notebooks");
        for sighting in before.sightings {
            let value = sighting.value.expose();
            for (name, after) in &fixed {
                let after = String::from_utf8_lossy(after);
                assert!(!after.contains(value), "{}: {name}", sighting.kind.id);
            }
        }
    }
    assert_eq!(unspill(&["fix"], copy.path()).status.code(), Some(0));
    assert!(fixed == notebooks(copy.path()), "the second fix wrote");
}

#[test]
fn fix_does_not_touch_the_clean_notebook() {
    let copy = copy();
    let file = copy.path().join(CLEAN);
    let written = |file: &Path| fs::metadata(file).and_then(|data| data.modified()).unwrap();
    let before = written(&file);
    assert_eq!(unspill(&["fix"], copy.path()).status.code(), Some(0));
    assert_eq!(
        fs::read(&file).unwrap(),
        fs::read(samples().join(CLEAN)).unwrap()
    );
    assert_eq!(
        written(&file),
        before,
        "a file without a finding is not written"
    );
}
