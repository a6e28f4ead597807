//! What to say when the system refuses to listen, and what helps.

use std::io;

/// Why folders cannot be listened to, and what a person can do.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// What happened, as a sentence without its end.
    pub message: String,
    /// What to do.
    pub advice: Option<String>,
}

/// The sentences for an error of the watcher.
pub fn refused(error: &notify::Error) -> Refused {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => too_many_watches(setting("max_user_watches")),
        notify::ErrorKind::Io(error) if is_out_of_instances(error) => {
            too_many_instances(setting("max_user_instances"))
        }
        notify::ErrorKind::Io(error) => plain(&error.to_string()),
        other => plain(&format!("{other:?}")),
    }
}

fn too_many_watches(limit: Option<u64>) -> Refused {
    let limit_text = limit.map_or(String::new(), |limit| format!(" of {limit}"));
    let more = limit.unwrap_or(65_536).saturating_mul(4).max(524_288);
    Refused {
        message: format!(
            "the system's limit{limit_text} watched folders for each user (fs.inotify.max_user_watches) is reached"
        ),
        advice: Some(format!(
            "`sudo sysctl fs.inotify.max_user_watches={more}`, and for good: `echo fs.inotify.max_user_watches={more} | sudo tee /etc/sysctl.d/60-unspill.conf`; or leave folders out with --exclude"
        )),
    }
}

fn too_many_instances(limit: Option<u64>) -> Refused {
    let limit_text = limit.map_or(String::new(), |limit| format!(" of {limit}"));
    let more = limit.unwrap_or(128).saturating_mul(4).max(512);
    Refused {
        message: format!(
            "the system's limit{limit_text} watching programs for each user (fs.inotify.max_user_instances), or that of open files, is reached"
        ),
        advice: Some(format!(
            "end programs that watch files, or `sudo sysctl fs.inotify.max_user_instances={more}`"
        )),
    }
}

fn plain(why: &str) -> Refused {
    Refused {
        message: format!("the system does not tell of changes: {why}"),
        advice: None,
    }
}

/// `inotify_init` says "too many open files" for either limit.
fn is_out_of_instances(error: &io::Error) -> bool {
    cfg!(target_os = "linux") && error.raw_os_error() == Some(24)
}

/// The number that a setting of inotify has.
fn setting(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_with_its_remedy() {
        let said = too_many_watches(Some(8192));
        assert!(said.message.contains("limit of 8192"), "{}", said.message);
        let advice = said.advice.unwrap();
        assert!(advice.contains("sudo sysctl fs.inotify.max_user_watches=524288"));
        let said = too_many_watches(Some(1_000_000));
        assert!(said.advice.unwrap().contains("max_user_watches=4000000"));
        let error = notify::Error::new(notify::ErrorKind::MaxFilesWatch);
        assert!(refused(&error).message.contains("max_user_watches"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn too_many_programs_that_watch_are_told_as_such() {
        let error = notify::Error::io(io::Error::from_raw_os_error(24));
        assert!(refused(&error).message.contains("max_user_instances"));
    }
}
