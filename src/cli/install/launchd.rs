//! An agent of launchd (macOS).

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::service::{Manager, Service};

/// launchd.
pub const MANAGER: Manager = Manager {
    title: "launchd",
    file,
    text,
    start,
    stop,
    is_running,
};

fn file(home: &Path, name: &str) -> PathBuf {
    home.join("Library/LaunchAgents")
        .join(format!("{name}.plist"))
}

fn text(service: &Service) -> Result<String, String> {
    let program = std::iter::once(service.program.as_os_str());
    let words = program.chain(service.arguments.iter().map(OsString::as_os_str));
    let words: Result<Vec<String>, String> = words
        .map(|word| Ok(format!("    <string>{}</string>\n", escaped(word)?)))
        .collect();
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>{}</string>
  <key>ProgramArguments</key>
  <array>
{}  </array>
  <key>WorkingDirectory</key>
  <string>{}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>Crashed</key>
    <true/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
</dict>
</plist>
"#,
        service.name,
        words?.concat(),
        escaped(service.folder.as_os_str())?,
    ))
}

fn start(_: &str, file: &Path) -> Vec<Vec<OsString>> {
    vec![command(&[
        OsStr::new("load"),
        OsStr::new("-w"),
        file.as_os_str(),
    ])]
}

fn stop(_: &str, file: &Path) -> [Vec<OsString>; 2] {
    [
        command(&[OsStr::new("unload"), OsStr::new("-w"), file.as_os_str()]),
        Vec::new(),
    ]
}

fn is_running(name: &str) -> Vec<OsString> {
    command(&[OsStr::new("list"), OsStr::new(name)])
}

fn command(words: &[&OsStr]) -> Vec<OsString> {
    let program = std::iter::once(OsStr::new("launchctl"));
    program
        .chain(words.iter().copied())
        .map(OsStr::to_owned)
        .collect()
}

/// Text of an XML element. Control characters have no place in XML.
fn escaped(text: &OsStr) -> Result<String, String> {
    let text = text
        .to_str()
        .ok_or("a name that is not Unicode cannot stand in an agent of launchd")?;
    if text.chars().any(char::is_control) {
        return Err("a name with control characters cannot stand in an agent of launchd".into());
    }
    Ok(text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_themselves() {
        let service = Service {
            name: "unspill-watch-x".into(),
            folder: "/Users/x/R&D <new>".into(),
            program: "/usr/local/bin/unspill".into(),
            arguments: vec!["watch".into(), "/Users/x/R&D <new>".into()],
        };
        let text = text(&service).unwrap();
        let folder = "<string>/Users/x/R&amp;D &lt;new&gt;</string>";
        assert_eq!(text.matches(folder).count(), 2, "{text}");
        assert!(text.contains("<string>watch</string>"));
    }
}
