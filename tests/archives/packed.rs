//! Compressions that are read and not written: what is in them is found, why
//! it stays is said, and what is cut off or turned over never passes for clean.

use std::path::{Path, PathBuf};

use crate::real::{password, sample, token, unspill};

const FORMATS: [(&str, &str); 16] = [
    ("bz2", "line 2"),
    ("xz", "line 2"),
    ("zst", "line 2"),
    ("lz4", "line 2"),
    ("bz2-frames", "line 2"),
    ("xz-frames", "line 2"),
    ("zst-frames", "line 2"),
    ("lz4-frames", "line 2"),
    ("tar-bz2", "a/lesson.ipynb, cell 1, line 1"),
    ("tar-xz", "a/lesson.ipynb, cell 1, line 1"),
    ("tar-zst", "a/lesson.ipynb, cell 1, line 1"),
    ("tar-lz4", "a/lesson.ipynb, cell 1, line 1"),
    ("joblib-bz2", "hub_token"),
    ("joblib-xz", "hub_token"),
    ("joblib-lzma", "hub_token"),
    ("joblib-lz4", "hub_token"),
];

fn file(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).unwrap();
    files.next().unwrap().unwrap().path()
}

#[test]
fn what_is_in_them_is_found_and_what_to_do_is_said() {
    for (format, place) in FORMATS {
        let folder = sample(format);
        let path = file(folder.path());
        let before = std::fs::read(&path).unwrap();
        let run = unspill(folder.path(), &["fix", "."]);
        assert_eq!(run.status, 1, "{format}: {}{}", run.out, run.err);
        for told in [place, "unpack it, fix that, and pack it again"] {
            assert!(run.out.contains(told), "{format}: {}", run.out);
        }
        assert!(!run.out.contains(&token()) && !run.out.contains(&password()));
        assert!(std::fs::read(&path).unwrap() == before, "{format}");
    }
}

#[test]
fn members_in_compressions_that_are_not_written_are_told_and_the_others_mended() {
    let folder = sample("zip-compressions");
    let run = unspill(folder.path(), &["fix", "c.zip"]);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    for told in ["bz2.txt, line 1", "lzma.txt, line 1", "not written here"] {
        assert!(run.out.contains(told), "{}", run.out);
    }
    let zip = std::fs::File::open(folder.path().join("c.zip")).unwrap();
    let mut zip = zip::ZipArchive::new(zip).unwrap();
    let mut text = String::new();
    let mut member = zip.by_name("deflated.txt").unwrap();
    std::io::Read::read_to_string(&mut member, &mut text).unwrap();
    assert_eq!(text, "token REDACTED_HF_TOKEN\n");
}

#[test]
fn what_is_cut_off_or_turned_over_never_passes_for_clean() {
    for (format, _) in FORMATS {
        let folder = sample(format);
        let path = file(folder.path());
        let whole = std::fs::read(&path).unwrap();
        let mut spoiled: Vec<Vec<u8>> = [1, 2, 3, 4, 8, whole.len() / 4, whole.len() / 2]
            .map(|less| whole[..whole.len() - less].to_vec())
            .into();
        let mut turned = whole.clone();
        turned[whole.len() / 2] ^= 0x10;
        spoiled.push(turned);
        for (number, bytes) in spoiled.into_iter().enumerate() {
            std::fs::write(&path, &bytes).unwrap();
            let run = unspill(folder.path(), &["fix", "."]);
            let told = (number, run.out, run.err);
            assert!(matches!(run.status, 1 | 2), "{format}: {told:?}");
            assert!(std::fs::read(&path).unwrap() == bytes, "{format}");
        }
    }
}
