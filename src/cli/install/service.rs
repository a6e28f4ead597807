//! A watch that the system starts at login, one for each folder.
//!
//! The system's manager reads a file in the home folder; what is written there
//! and which commands make the manager read it is said by [`Manager`]s.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;

use super::{launchd, systemd};
use crate::cli::Exit;
use crate::cli::args::Cli;
use crate::cli::args::install::ServiceArgs;
use crate::report::{Trouble, escape, write_trouble};
use crate::watch::seen;

/// A watch of a folder as a service.
pub struct Service {
    /// What the manager calls it.
    pub name: String,
    /// The folder, from the root.
    pub folder: PathBuf,
    /// The program, from the root.
    pub program: PathBuf,
    /// What it is called with.
    pub arguments: Vec<OsString>,
}

/// What starts services for a user.
pub struct Manager {
    /// Its name.
    pub title: &'static str,
    /// Where the file of a service lies, below the home folder.
    pub file: fn(home: &Path, name: &str) -> PathBuf,
    /// What stands in it, or why it cannot be said.
    pub text: fn(&Service) -> Result<String, String>,
    /// The commands that start it, now and from now on.
    pub start: fn(name: &str, file: &Path) -> Vec<Vec<OsString>>,
    /// The commands before and after its file is removed.
    pub stop: fn(name: &str, file: &Path) -> [Vec<OsString>; 2],
    /// The command that succeeds if it runs.
    pub is_running: fn(name: &str) -> Vec<OsString>,
}

/// The manager of this system.
fn manager() -> Option<&'static Manager> {
    match std::env::consts::OS {
        "linux" => Some(&systemd::MANAGER),
        "macos" => Some(&launchd::MANAGER),
        _ => None,
    }
}

/// Installs a service, uninstalls it, or says whether it runs.
pub fn run(args: ServiceArgs) -> io::Result<Exit> {
    let Some(manager) = manager() else {
        return refuse("no manager of services is known here", None);
    };
    let Some(home) = std::env::home_dir() else {
        return refuse("there is no home folder", None);
    };
    let folder = match args.folder.canonicalize() {
        Ok(folder) => folder,
        // One that is gone can be uninstalled still.
        Err(_) if args.uninstall || args.status => std::path::absolute(&args.folder)?,
        Err(error) => return refuse(&format!("{}: {error}", args.folder.display()), None),
    };
    let name = name_for(&folder);
    let file = (manager.file)(&home, &name);
    if args.status {
        return tell_status(manager, &name, &file);
    }
    if args.uninstall {
        return uninstall(manager, &name, &file);
    }
    let service = match service(name, folder, args.options) {
        Ok(service) => service,
        Err(why) => return refuse(&why, Some("`unspill watch --help` lists the options")),
    };
    install(manager, &service, &file)
}

/// The service for a folder, if `watch` understands the options.
fn service(name: String, folder: PathBuf, options: Vec<OsString>) -> Result<Service, String> {
    let mut arguments = vec![OsString::from("watch"), folder.clone().into()];
    arguments.extend(options);
    let line = std::iter::once(OsString::from("unspill")).chain(arguments.iter().cloned());
    if let Err(error) = Cli::try_parse_from(line) {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        return Err(first.trim_start_matches("error: ").to_owned());
    }
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(Service {
        name,
        folder,
        program,
        arguments,
    })
}

fn install(manager: &Manager, service: &Service, file: &Path) -> io::Result<Exit> {
    let text = match (manager.text)(service) {
        Ok(text) => text,
        Err(why) => return refuse(&why, None),
    };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, text)?;
    say(&format!("Installed: {}", file.display()))?;
    for command in (manager.start)(&service.name, file) {
        if let Err(why) = run_one(&command) {
            let advice = format!("when that is mended: `{}`", shown(&command));
            return refuse(
                &format!("{} does not start it: {why}", manager.title),
                Some(&advice),
            );
        }
    }
    say(&format!("{} runs, and will at each login.", service.name))?;
    Ok(Exit::Clean)
}

fn uninstall(manager: &Manager, name: &str, file: &Path) -> io::Result<Exit> {
    if !file.exists() {
        say(&format!("{name} is not installed."))?;
        return Ok(Exit::Clean);
    }
    let [before, after] = (manager.stop)(name, file);
    // It may not run, or the manager may not: its file goes all the same.
    let stopped = run_one(&before);
    std::fs::remove_file(file)?;
    let _ = run_one(&after);
    say(&format!("Uninstalled: {}", file.display()))?;
    match stopped {
        Ok(()) => Ok(Exit::Clean),
        Err(why) => refuse(
            &format!("{} did not stop it: {why}", manager.title),
            Some("it ends at logout"),
        ),
    }
}

fn tell_status(manager: &Manager, name: &str, file: &Path) -> io::Result<Exit> {
    if !file.exists() {
        say(&format!("{name} is not installed."))?;
        return Ok(Exit::Found);
    }
    let is_running = run_one(&(manager.is_running)(name)).is_ok();
    say(&format!("Installed: {}", file.display()))?;
    say(match is_running {
        true => "It runs.",
        false => "It does not run.",
    })?;
    Ok(if is_running { Exit::Clean } else { Exit::Found })
}

/// A name that a folder always has, and no other folder.
fn name_for(folder: &Path) -> String {
    let last = folder.file_name().unwrap_or_default().to_string_lossy();
    let plain: String = last
        .chars()
        .map(|char| match char.is_ascii_alphanumeric() {
            true => char,
            false => '-',
        })
        .take(40)
        .collect();
    let digest = seen::digest(folder.as_os_str().as_encoded_bytes());
    let hex: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("unspill-watch-{}-{hex}", plain.trim_matches('-'))
}

fn run_one(command: &[OsString]) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(());
    };
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{}: {error}", program.to_string_lossy()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let first = text.lines().find(|line| !line.trim().is_empty());
    Err(first.map_or_else(|| output.status.to_string(), |line| line.trim().to_owned()))
}

fn shown(command: &[OsString]) -> String {
    let words = command.iter().map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join(" ")
}

fn say(text: &str) -> io::Result<()> {
    use std::io::Write;
    writeln!(anstream::stdout(), "{}", escape(text))
}

fn refuse(message: &str, advice: Option<&str>) -> io::Result<Exit> {
    let trouble = Trouble {
        path: PathBuf::from("install service"),
        message: message.to_owned(),
        advice: advice.map(str::to_owned),
    };
    write_trouble(&mut anstream::stderr(), &trouble)?;
    Ok(Exit::Trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_has_a_name_of_its_own() {
        let name = name_for(Path::new("/home/x/My Lessons (2026)"));
        assert!(
            name.starts_with("unspill-watch-My-Lessons--2026-"),
            "{name}"
        );
        assert_ne!(name, name_for(Path::new("/home/y/My Lessons (2026)")));
    }

    #[test]
    fn only_options_that_watch_understands() {
        let service = |options: &[&str]| {
            let options = options.iter().map(OsString::from).collect();
            service("name".into(), "/a b".into(), options)
        };
        let made = service(&["--to", "/c"]).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(made.arguments, ["watch", "/a b", "--to", "/c"]);
        assert!(service(&["--too"]).is_err_and(|why| why.contains("--too")));
    }
}
