//! `install service`: what is written, and what the manager is told. The
//! manager itself is a stand-in that writes down how it is called: tests must
//! not change the services of whoever runs them.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use support::project::{Project, Run};

/// A home with a folder of lessons, and a manager that answers with `status`.
fn home(status: i32) -> Project {
    let project = Project::new(&[("home/my lessons/a.txt", "x"), ("asked", "")]);
    let manager = project.path().join("bin/systemctl");
    let log = project.path().join("asked");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\necho 'no bus' >&2\nexit {status}\n",
        log.display()
    );
    project.write("bin/systemctl", &script);
    fs::set_permissions(manager, fs::Permissions::from_mode(0o755)).unwrap();
    project
}

fn install(project: &Project, args: &[&str]) -> Run {
    let path = std::env::var("PATH").unwrap();
    let bin = project.path().join("bin");
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspill"));
    command
        .current_dir(project.path())
        .env("HOME", project.path().join("home"))
        .env_remove("XDG_CONFIG_HOME")
        .env("PATH", format!("{}:{path}", bin.display()))
        .args(["install", "service", "home/my lessons"])
        .args(args);
    command.output().unwrap().into()
}

fn units(project: &Project) -> Vec<String> {
    let folder = project.path().join("home/.config/systemd/user");
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_service_comes_is_there_and_goes() {
    let project = home(0);
    assert_eq!(install(&project, &["--status"]).status, 1);
    let run = install(&project, &["--", "--quiet-time", "500"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let units_then = units(&project);
    let [unit] = units_then.as_slice() else {
        panic!("one unit, not {units_then:?}");
    };
    let text = project.read(&format!("home/.config/systemd/user/{unit}"));
    let folder = project
        .path()
        .join("home/my lessons")
        .canonicalize()
        .unwrap();
    let options = format!(
        "\"watch\" \"{}\" \"--quiet-time\" \"500\"\n",
        folder.display()
    );
    assert!(text.contains(&options), "{text}");
    let asked = format!("--user daemon-reload\n--user enable --now {unit}\n");
    assert_eq!(project.read("asked"), asked);
    assert_eq!(install(&project, &["--status"]).status, 0);
    assert_eq!(install(&project, &["--uninstall"]).status, 0);
    assert!(units(&project).is_empty());
    assert!(
        project
            .read("asked")
            .contains(&format!("disable --now {unit}"))
    );
    assert_eq!(install(&project, &["--uninstall"]).status, 0);
}

#[test]
fn without_a_manager_that_answers_it_is_said_what_to_do() {
    let project = home(1);
    let run = install(&project, &[]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("does not start it: no bus"), "{}", run.err);
    assert_eq!(units(&project).len(), 1);
    assert_eq!(install(&project, &["--status"]).status, 1);
}

#[test]
fn wrong_options_are_told_before_anything_is_written() {
    let project = home(0);
    let run = install(&project, &["--", "--no-such-option"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("--no-such-option"), "{}", run.err);
    assert!(units(&project).is_empty());
}
