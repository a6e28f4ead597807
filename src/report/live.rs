//! What happens while files are watched, beside findings and trouble.

use std::path::Path;
use std::time::Duration;

use super::{count, escape};

/// Something that happened while files are watched.
#[derive(Debug)]
pub enum Live<'a> {
    /// It begins: what was there was looked at.
    Watching {
        /// How many files.
        files: usize,
        /// In how many folders.
        folders: usize,
        /// How often they are looked at, if the system tells nothing.
        polled: Option<Duration>,
        /// Where the sanitized mirror is.
        mirror: Option<&'a Path>,
    },
    /// A file cannot be touched for now.
    Waiting {
        /// The file.
        path: &'a Path,
        /// Why, as the end of a sentence that begins with the file.
        why: &'a str,
    },
    /// A file gets its secret back again and again.
    LeftAlone {
        /// The file.
        path: &'a Path,
        /// Why, as the end of a sentence that begins with the file.
        why: &'a str,
    },
    /// A file is not in the mirror any more.
    Removed {
        /// The file.
        path: &'a Path,
    },
}

impl Live<'_> {
    /// Whether it is of no interest but to those who want to know all.
    pub fn is_detail(&self) -> bool {
        matches!(self, Self::Removed { .. })
    }

    /// A sentence for people.
    pub fn sentence(&self) -> String {
        let name = |path: &Path| escape(&path.to_string_lossy()).into_owned();
        match self {
            Self::Watching {
                files,
                folders,
                polled,
                mirror,
            } => {
                let what = format!(
                    "Watching {} in {}",
                    count(*files, "file"),
                    count(*folders, "folder")
                );
                let how = polled.map_or(String::new(), |time| {
                    format!(", every {}", count(seconds(time), "second"))
                });
                let whereto = mirror.map_or(String::new(), |mirror| {
                    format!("; the sanitized mirror is {}", name(mirror))
                });
                format!("{what}{how}{whereto}. Ctrl-C ends it.")
            }
            Self::Waiting { path, why } | Self::LeftAlone { path, why } => {
                format!("{} {}", name(path), escape(why))
            }
            Self::Removed { path } => format!("{} is gone from the mirror", name(path)),
        }
    }
}

fn seconds(time: Duration) -> usize {
    usize::try_from(time.as_secs()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_says_what_and_where() {
        let event = Live::Watching {
            files: 1204,
            folders: 1,
            polled: Some(Duration::from_secs(2)),
            mirror: Some(Path::new("clean")),
        };
        assert_eq!(
            event.sentence(),
            "Watching 1204 files in 1 folder, every 2 seconds; the sanitized mirror is clean. Ctrl-C ends it."
        );
    }
}
