//! Histories of repositories that no name tells: what was ever committed stands
//! compressed in them, where no search sees it.

use std::path::Path;

use crate::container::{self, Budget, Content, Part, ReadAt, Refusal};

/// What holds the files of a repository, by the words of [`container`].
const ARCHIVES: &[&str] = &[
    "zip archive",
    "tar archive",
    "gzip file",
    "bzip2 file",
    "xz file",
    "lzma file",
    "zstd file",
    "LZ4 file",
];

/// Endings of what may hold a history within an archive.
const NESTED: &[&str] = &[
    "zip", "tar", "gz", "tgz", "bz2", "tbz", "tbz2", "xz", "txz", "lzma", "zst", "tzst", "lz4",
    "bundle", "pack",
];

/// What a walk ends with that has seen enough.
const ENOUGH: &str = "seen enough";

/// Whether a folder is what git calls `.git`, whatever its name.
pub fn is_repository(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
}

/// Whether a file that begins so is a part of a repository for another one to
/// read: a bundle, or a pack.
pub fn is_packed(beginning: &[u8]) -> bool {
    let is_bundle =
        beginning.starts_with(b"# v2 git bundle") || beginning.starts_with(b"# v3 git bundle");
    let is_pack = matches!(beginning, [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, ..]);
    is_bundle || is_pack
}

/// Whether an archive holds a history, also in an archive within it.
pub fn lies_in(name: &str, bytes: &dyn ReadAt, budget: &Budget) -> bool {
    is_in(name, bytes, budget, budget.limits.depth)
}

fn is_in(name: &str, bytes: &dyn ReadAt, budget: &Budget, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    // What cannot be read is told by who reads all of it.
    let Ok(Some(archive)) = container::open(name, bytes, budget) else {
        return false;
    };
    if !ARCHIVES.contains(&archive.title()) {
        return false;
    }
    let mut is_history = false;
    let enough = || Err(Refusal::Malformed(ENOUGH.to_owned()));
    let mut look = |part: Part<'_>| {
        match part.content {
            Content::Text { text, .. } if part.place == "names" => {
                is_history = text.lines().any(is_object);
                if is_history || !text.lines().any(is_nested) {
                    return enough();
                }
            }
            Content::File { name, bytes } => {
                let start = bytes.start(16)?;
                is_history = is_packed(&start) || is_in(&name, bytes, budget, depth);
                if is_history {
                    return enough();
                }
            }
            _ => {}
        }
        Ok(())
    };
    let _ended = archive.visit(&mut look);
    is_history
}

/// The name of an object of git, or of the store of Mercurial.
fn is_object(member: &str) -> bool {
    let parts: Vec<&str> = member.split(['/', '\\']).collect();
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match parts.as_slice() {
        [.., "objects", "pack", pack] => pack.ends_with(".pack"),
        [.., "objects", first, rest] => {
            first.len() == 2 && matches!(rest.len(), 38 | 62) && is_hex(first) && is_hex(rest)
        }
        parts => parts.windows(2).any(|pair| pair == [".hg", "store"]),
    }
}

fn is_nested(member: &str) -> bool {
    let end = member.rsplit('.').next().unwrap_or_default();
    NESTED.iter().any(|nested| end.eq_ignore_ascii_case(nested))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_told_by_their_names() {
        let hex = "0123456789abcdef0123456789abcdef012345";
        for name in [
            format!("x/.git/objects/ab/{hex}"),
            format!("bare\\objects\\ab\\{hex}"),
            "objects/pack/pack-1.pack".to_owned(),
            "x/.hg/store/00manifest.i".to_owned(),
        ] {
            assert!(is_object(&name), "{name}");
        }
        for name in [
            "objects/ab/x.obj",
            ".gitignore",
            "x.git/HEAD",
            "objects/pack/readme",
        ] {
            assert!(!is_object(name), "{name}");
        }
    }

    #[test]
    fn packs_and_bundles_are_told_by_their_beginning() {
        assert!(is_packed(b"# v2 git bundle\n") && is_packed(b"PACK\0\0\0\x02\0"));
        assert!(!is_packed(b"PACKED") && !is_packed(b""));
    }
}
