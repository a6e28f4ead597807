//! A unit of the user's own systemd.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::service::{Manager, Service};

/// systemd.
pub const MANAGER: Manager = Manager {
    title: "systemd",
    file,
    text,
    start,
    stop,
    is_running,
};

fn file(home: &Path, name: &str) -> PathBuf {
    let given = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let given = given.filter(|path| path.is_absolute());
    let folder = given.unwrap_or_else(|| home.join(".config"));
    folder.join("systemd/user").join(format!("{name}.service"))
}

/// Values that are left are no failure of the service (status 1).
fn text(service: &Service) -> Result<String, String> {
    let folder = plain(service.folder.as_os_str())?;
    let program = std::iter::once(service.program.as_os_str());
    let words = program.chain(service.arguments.iter().map(OsString::as_os_str));
    let words: Result<Vec<String>, String> = words.map(quoted).collect();
    Ok(format!(
        "\
[Unit]
Description=unspill watches {folder}
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
WorkingDirectory={folder}
ExecStart={}
SuccessExitStatus=1
Restart=on-failure
RestartSec=5
Nice=10

[Install]
WantedBy=default.target
",
        words?.join(" ")
    ))
}

fn start(name: &str, _: &Path) -> Vec<Vec<OsString>> {
    vec![
        command(&["daemon-reload"]),
        command(&["enable", "--now", &unit(name)]),
    ]
}

fn stop(name: &str, _: &Path) -> [Vec<OsString>; 2] {
    [
        command(&["disable", "--now", &unit(name)]),
        command(&["daemon-reload"]),
    ]
}

fn is_running(name: &str) -> Vec<OsString> {
    command(&["is-active", "--quiet", &unit(name)])
}

fn unit(name: &str) -> String {
    format!("{name}.service")
}

fn command(words: &[&str]) -> Vec<OsString> {
    let program = ["systemctl", "--user"];
    program.iter().chain(words).map(OsString::from).collect()
}

/// A path for a line that takes no quotes: `%` begins a specifier.
fn plain(text: &OsStr) -> Result<String, String> {
    Ok(on_one_line(text)?.replace('%', "%%"))
}

/// A word of a command line: see systemd.service(5), "Command lines".
fn quoted(text: &OsStr) -> Result<String, String> {
    let text = plain(text)?
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "$$");
    Ok(format!("\"{text}\""))
}

fn on_one_line(text: &OsStr) -> Result<&str, String> {
    let text = text
        .to_str()
        .ok_or("a name that is not Unicode cannot stand in a unit of systemd")?;
    match text.chars().any(char::is_control) {
        true => Err("a name with control characters cannot stand in a unit of systemd".into()),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(folder: &str) -> Service {
        Service {
            name: "unspill-watch-x".into(),
            folder: folder.into(),
            program: "/usr/bin/unspill".into(),
            arguments: vec!["watch".into(), folder.into(), "--notify".into()],
        }
    }

    #[test]
    fn names_mean_themselves() {
        let text = text(&service("/home/x/50% \"of\" $HOME")).unwrap();
        assert!(
            text.contains("WorkingDirectory=/home/x/50%% \"of\" $HOME\n"),
            "{text}"
        );
        let line =
            r#"ExecStart="/usr/bin/unspill" "watch" "/home/x/50%% \"of\" $$HOME" "--notify""#;
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn a_name_cannot_add_a_line() {
        assert!(text(&service("/a\nExecStartPre=/bin/rm")).is_err());
    }
}
