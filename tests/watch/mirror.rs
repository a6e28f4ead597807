//! The mirror: at every moment sanitized, in the end what a fresh copy is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use unspill::detect::sample::Rng;

use super::editors::{pause, saved};
use super::support::project::{Project, notebook, token};
use super::watcher::{Watcher, command, eventually, files, holding, holds_token, signal};

fn dirty(number: u64) -> String {
    notebook(&[&format!("login(\"{}\")", token(number))])
}

/// All files below a folder with what is in them.
fn content(folder: &Path) -> BTreeMap<PathBuf, String> {
    let relative = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_owned();
    let texts = files(folder).into_iter();
    texts
        .map(|path| (relative(&path), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// A project with a folder `source`.
fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::new(&[]);
    fs::create_dir(project.path().join("source")).unwrap();
    for (name, text) in files {
        project.write(&format!("source/{name}"), text);
    }
    project
}

#[test]
fn a_mirror_follows_and_the_originals_stay() {
    let project = project(&[
        ("a.ipynb", &dirty(1)),
        ("sub/b.ipynb", &dirty(1)),
        ("clean.ipynb", &notebook(&["x = 1"])),
        (".env", &format!("HF_TOKEN={}\n", token(1))),
        (".ipynb_checkpoints/a-checkpoint.ipynb", &dirty(1)),
        ("broken.ipynb", "{\"cells\": ["),
    ]);
    let old = std::time::SystemTime::now() - Duration::from_secs(60);
    let broken = fs::File::options()
        .write(true)
        .open(project.path().join("source/broken.ipynb"));
    broken.unwrap().set_modified(old).unwrap();
    let before = content(&project.path().join("source"));
    let mut watcher = Watcher::start(project.path(), &["source", "--to", "mirror"]);
    watcher.wait_for_files(&["source/a.ipynb", "source/sub/b.ipynb", "source/clean.ipynb"]);
    let mirror = project.path().join("mirror");
    let names = |mirror: &Path| content(mirror).into_keys().collect::<Vec<_>>();
    let usual = [".env.example", "a.ipynb", "clean.ipynb", "sub/b.ipynb"];
    eventually("the mirror is there", || {
        names(&mirror) == usual.map(PathBuf::from)
    });
    assert!(holding(&mirror, &token(1)).is_empty());
    assert_eq!(content(&project.path().join("source")), before);
    let is_told = |event: &serde_json::Value| {
        event["event"] == "error" && event["path"] == "source/broken.ipynb"
    };
    assert_eq!(watcher.count(is_told), 1);
    // Changed, renamed with its folder, removed, broken.
    project.write("source/a.ipynb", &dirty(2));
    fs::rename(
        project.path().join("source/sub"),
        project.path().join("source/new"),
    )
    .unwrap();
    fs::remove_file(project.path().join("source/clean.ipynb")).unwrap();
    eventually("the mirror follows", || {
        names(&mirror) == [".env.example", "a.ipynb", "new/b.ipynb"].map(PathBuf::from)
            && fs::read_to_string(mirror.join("a.ipynb"))
                .is_ok_and(|text| text.contains("HF_TOKEN"))
    });
    assert!(!mirror.join("sub").exists());
    assert_eq!(project.read("source/a.ipynb"), dirty(2));
    // Broken is the only thing that is wrong.
    fs::remove_file(project.path().join("source/broken.ipynb")).unwrap();
    sleep(Duration::from_millis(500));
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_folder_that_leaves_and_comes_back_is_in_the_mirror_again() {
    let project = project(&[
        ("lessons/a.ipynb", &dirty(1)),
        ("lessons/deep/er/clean.ipynb", &notebook(&["x = 1"])),
        ("lessons/.env", "MINE=1\n"),
    ]);
    let (source, mirror) = (project.path().join("source"), project.path().join("mirror"));
    let mut watcher = Watcher::start(project.path(), &["source", "--to", "mirror"]);
    // Both examples and both notebooks.
    eventually("it is there", || files(&mirror).len() == 4);
    let there = content(&mirror);
    for _ in 0..2 {
        fs::rename(source.join("lessons"), project.path().join("away")).unwrap();
        eventually("it is gone", || !mirror.join("lessons").exists());
        fs::rename(project.path().join("away"), source.join("lessons")).unwrap();
        eventually("it is back", || {
            content_or_none(&mirror).as_ref() == Some(&there)
        });
    }
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_copy_that_cannot_be_removed_holds_up_no_other_and_is_tried_again() {
    let project = project(&[
        ("lessons/a.ipynb", &dirty(1)),
        ("lessons/m/b.ipynb", &dirty(2)),
        ("lessons/z.ipynb", &dirty(3)),
    ]);
    let (source, mirror) = (project.path().join("source"), project.path().join("mirror"));
    let mut watcher = Watcher::start(project.path(), &["source", "--to", "mirror"]);
    eventually("they are there", || files(&mirror).len() == 4);
    // A link to itself: what is below cannot be reached, by nobody.
    let (folder, aside) = (mirror.join("lessons/m"), project.path().join("aside"));
    signal(watcher.id(), "STOP");
    fs::rename(&folder, &aside).unwrap();
    std::os::unix::fs::symlink("m", &folder).unwrap();
    fs::rename(source.join("lessons"), project.path().join("away")).unwrap();
    signal(watcher.id(), "CONT");
    eventually("its neighbours are gone", || {
        !mirror.join("lessons/a.ipynb").exists() && !mirror.join("lessons/z.ipynb").exists()
    });
    let is_stuck = |event: &serde_json::Value| {
        let message = event["message"].to_string();
        event["event"] == "error" && message.contains("cannot be removed")
    };
    let error = watcher.wait_for("the error", is_stuck);
    assert!(error["path"].to_string().contains("m/b.ipynb"), "{error}");
    for path in ["lessons/a.ipynb", "lessons/z.ipynb"] {
        let is_removed =
            |event: &serde_json::Value| event["event"] == "removed" && event["path"] == path;
        if watcher.count(is_removed) == 0 {
            watcher.wait_for(path, is_removed);
        }
    }
    // Between the two steps it would be taken for gone.
    signal(watcher.id(), "STOP");
    fs::remove_file(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    signal(watcher.id(), "CONT");
    eventually("it is gone, too", || !mirror.join("lessons").exists());
    assert_eq!(watcher.stop(), 0, "nothing is wrong any more");
    assert_eq!(watcher.count(is_stuck), 1);
}

#[test]
fn a_command_gets_full_paths_and_what_was_only_copied_is_no_news() {
    let project = project(&[("b.ipynb", &notebook(&["x = 1"]))]);
    let at = |name: &str| project.path().canonicalize().unwrap().join(name);
    // What shows notifications writes them down.
    for name in ["notify-send", "osascript"] {
        project.write(
            &format!("bin/{name}"),
            "#!/bin/sh\necho \"$*\" >> \"$(dirname \"$0\")/shown\"\n",
        );
        let runs = fs::Permissions::from_mode(0o755);
        fs::set_permissions(at("bin").join(name), runs).unwrap();
    }
    let path = std::env::var_os("PATH").unwrap();
    let programs = [at("bin")].into_iter().chain(std::env::split_paths(&path));
    let command = "printf '%s\\n' \"$@\" >> ran.txt";
    let args = ["source", "--to", "mirror", "--notify", "--exec", command];
    let programs = std::env::join_paths(programs).unwrap();
    let mut watcher = Watcher::start_finding(project.path(), &args, &programs);
    watcher.wait_for("its beginning", |event| event["event"] == "watching");
    let ran = || fs::read_to_string(at("ran.txt")).unwrap_or_default();
    let times = |name: &str| {
        let full = at("mirror").join(name).display().to_string();
        ran().lines().filter(|line| *line == full).count()
    };
    eventually("b is told", || times("b.ipynb") == 1);
    project.write("source/a.ipynb", &dirty(1));
    eventually("a is told", || times("a.ipynb") == 1);
    for name in ["a.ipynb", "b.ipynb"] {
        fs::remove_file(at("source").join(name)).unwrap();
        eventually("its removal is told", || times(name) == 2);
    }
    assert!(ran().lines().all(|line| line.starts_with('/')), "{}", ran());
    assert_eq!(watcher.stop(), 0);
    let shown = project.read("bin/shown");
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(shown.contains("taken out of a.ipynb"), "{shown}");
}

#[test]
fn what_is_told_of_a_mirror_is_told_and_counted_once() {
    let project = project(&[("a.ipynb", &dirty(1)), ("b.ipynb", &dirty(2))]);
    let args = ["source", "--to", "mirror"];
    let first = command(project.path(), &[&args[..], &["--once"]].concat()).output();
    assert_eq!(first.unwrap().status.code(), Some(0));
    // With a new value all files are searched again.
    project.write("source/c.ipynb", &dirty(3));
    let mut watcher = Watcher::start(project.path(), &args);
    let while_more_may_come = Duration::from_millis(1500);
    watcher.wait_for_files(&["source/c.ipynb"]);
    sleep(while_more_may_come);
    for name in ["source/a.ipynb", "source/b.ipynb", "source/c.ipynb"] {
        let is_told = |event: &serde_json::Value| event["event"] == "file" && event["path"] == name;
        assert_eq!(watcher.count(is_told), 1, "{:#?}", watcher.told);
    }
    let source = project.path().join("source");
    fs::rename(source.join("a.ipynb"), source.join("d.ipynb")).unwrap();
    watcher.wait_for_file("source/d.ipynb");
    sleep(while_more_may_come);
    assert_eq!(watcher.stop(), 0);
    let summary = &watcher.told.last().unwrap()["summary"];
    for (what, number) in [
        ("findings", 3),
        ("files_found", 3),
        ("values", 3),
        ("left", 0),
    ] {
        assert_eq!(summary[what], number, "{what}: {summary}");
    }
}

#[test]
fn a_restart_does_only_what_changed() {
    let project = project(&[
        ("a.ipynb", &dirty(1)),
        ("b.ipynb", &dirty(2)),
        ("c.ipynb", &notebook(&["x = 1"])),
        ("d.ipynb", &notebook(&["x = 2"])),
    ]);
    let args = ["source", "--to", "mirror", "--once", "--quiet-time", "50"];
    let run = || {
        let run = command(project.path(), &args).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{run:?}");
    };
    let inode = |name: &str| {
        fs::metadata(project.path().join("mirror").join(name))
            .map(|file| file.ino())
            .ok()
    };
    run();
    let before = ["a.ipynb", "b.ipynb", "c.ipynb", "d.ipynb"].map(inode);
    assert!(before.iter().all(Option::is_some));
    project.write("source/c.ipynb", &dirty(3));
    fs::remove_file(project.path().join("source/d.ipynb")).unwrap();
    run();
    let after = ["a.ipynb", "b.ipynb", "c.ipynb", "d.ipynb"].map(inode);
    assert_eq!(after[..2], before[..2], "these did not change");
    assert_ne!(after[2], before[2]);
    assert_eq!(after[3], None);
    // What somebody wrote into the mirror does not stay.
    project.write("mirror/a.ipynb", &dirty(4));
    run();
    assert!(!holds_token(&project.read("mirror/a.ipynb")));
}

#[test]
fn a_value_found_later_leaves_the_whole_mirror() {
    let password = ["vQ8z", "K2mw", "R5tY", "p3Lx"].concat();
    let project = project(&[(
        "a.ipynb",
        &notebook(&[&format!("# on the board: {password}")]),
    )]);
    let mirror = project.path().join("mirror");
    let mut watcher = Watcher::start(project.path(), &["source", "--to", "mirror"]);
    watcher.wait_for_files(&["source/a.ipynb"]);
    assert_eq!(holding(&mirror, &password).len(), 1, "nobody can know");
    let telling = notebook(&[&format!("db_password = \"{password}\"")]);
    project.write("source/b.ipynb", &telling);
    eventually("it is gone", || {
        mirror.join("b.ipynb").exists() && holding(&mirror, &password).is_empty()
    });
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_mirror_may_lie_within_its_source_and_nowhere_else_where_files_are() {
    let project = Project::new(&[("a.ipynb", &dirty(1)), ("full/b.txt", "mine")]);
    let mut watcher = Watcher::start(project.path(), &["--to", "clean"]);
    project.write("b.ipynb", &dirty(2));
    eventually("it is there", || {
        project.path().join("clean/b.ipynb").exists()
    });
    sleep(Duration::from_millis(500));
    let names: Vec<PathBuf> = content(&project.path().join("clean")).into_keys().collect();
    assert_eq!(
        names,
        [".env.example", "a.ipynb", "b.ipynb", "full/b.txt"].map(PathBuf::from)
    );
    let second = command(project.path(), &["--to", "clean"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&second.stderr).contains("another unspill"));
    assert_eq!(watcher.stop(), 0);
    let foreign = command(project.path(), &["--to", "full"]).output().unwrap();
    assert_eq!(foreign.status.code(), Some(2));
    assert_eq!(project.read("full/b.txt"), "mine");
}

/// One random thing that somebody does in a folder.
fn step(folder: &Path, rng: &mut Rng, number: u64) {
    let mut pick = |most: u64| rng.next_u64() % most;
    let file = |pick: &mut dyn FnMut(u64) -> u64| {
        folder
            .join(["", "x", "x/y", "z"][pick(4) as usize])
            .join(format!("{}.ipynb", pick(6)))
    };
    let path = file(&mut pick);
    match pick(10) {
        0..=4 => {
            let text = match pick(3) {
                0 => notebook(&[&format!("x = {number}")]),
                // A few values that come again, and many that do not.
                1 => dirty(pick(3)),
                _ => saved(1_000 + number, "new"),
            };
            // A folder may be a file's name by now, or the other way round.
            let _ = fs::create_dir_all(path.parent().unwrap());
            let _ = fs::write(path, text);
        }
        5 => {
            let text = saved(5_000 + number, "renamed");
            let beside = folder.join("beside.tmp");
            let _ = fs::write(&beside, text);
            let _ = fs::rename(&beside, path);
            let _ = fs::remove_file(beside);
        }
        6 if number.is_multiple_of(3) => {
            let env = folder.join(["", "x"][pick(2) as usize]).join(".env");
            let _ = fs::write(
                env,
                format!("HF_TOKEN={}\nMINE_{}=\n", token(pick(3)), pick(5)),
            );
        }
        6 => drop(fs::remove_file(path)),
        7 => drop(fs::rename(path, file(&mut pick))),
        8 => {
            let folders = ["x", "x/y", "z", "w", "z/v"];
            let (from, to) = (folders[pick(5) as usize], folders[pick(5) as usize]);
            let _ = fs::rename(folder.join(from), folder.join(to));
        }
        _ => {
            if pick(4) == 0 {
                let _ = fs::remove_dir_all(folder.join(["x", "z", "w"][pick(3) as usize]));
            }
        }
    }
}

/// A token in the mirror at any moment is a failure.
fn look_all_the_time(mirror: &Path, is_over: &AtomicBool) {
    while !is_over.load(Ordering::SeqCst) {
        for path in files(mirror) {
            // It may be gone by now.
            let text = fs::read_to_string(&path).unwrap_or_default();
            assert!(!holds_token(&text), "{}", path.display());
            let is_whole =
                text.is_empty() || serde_json::from_str::<serde_json::Value>(&text).is_ok();
            let is_temporary = path.to_string_lossy().ends_with(".tmp");
            let is_example = path.ends_with(".env.example");
            assert!(is_whole || is_temporary || is_example, "{}", path.display());
        }
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn after_anything_that_happens_it_is_what_a_fresh_copy_is() {
    let steps = match std::env::var("UNSPILL_SOAK") {
        Ok(factor) => 300 * factor.parse::<u64>().unwrap(),
        Err(_) => 300,
    };
    let project = project(&[]);
    let (source, mirror) = (project.path().join("source"), project.path().join("mirror"));
    let args = ["source", "--to", "mirror", "--quiet-time", "30"];
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| look_all_the_time(&mirror, &is_over));
        let mut rng = Rng::new(11);
        let mut watcher = Some(Watcher::start(project.path(), &args));
        for number in 0..steps {
            step(&source, &mut rng, number);
            pause(&mut rng, 40);
            if number % 60 == 59 {
                // Ended, killed, or killed and dead for a while.
                match number / 60 % 3 {
                    0 => assert!(watcher.take().unwrap().stop() < 2),
                    1 => watcher.take().unwrap().kill(),
                    _ => {
                        watcher.take().unwrap().kill();
                        (0..10).for_each(|more| step(&source, &mut rng, 100_000 + number + more));
                    }
                }
                watcher = Some(Watcher::start_at_once(project.path(), &args));
            }
        }
        let fresh = project.path().join("fresh");
        let copied = command(project.path(), &["source", "--to", "fresh", "--once"]).output();
        assert_eq!(copied.unwrap().status.code(), Some(0));
        let fresh = content(&fresh);
        assert_eq!(fresh, shared(&source, project.path()));
        assert!(fresh.len() > 3, "{}", fresh.len());
        eventually("the mirror is the fresh copy", || {
            files(&mirror).iter().all(|path| path.exists())
                && content_or_none(&mirror).as_ref() == Some(&fresh)
        });
        is_over.store(true, Ordering::SeqCst);
        looking.join().unwrap();
        watcher.unwrap().stop();
    });
}

/// What `share` makes of a folder.
fn shared(source: &Path, beside: &Path) -> BTreeMap<PathBuf, String> {
    let out = beside.join("shared");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_unspill"))
        .arg("share")
        .args([source, &out])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    content(&out)
}

/// The same as [`content`] while files come and go.
fn content_or_none(folder: &Path) -> Option<BTreeMap<PathBuf, String>> {
    let mut content = BTreeMap::new();
    for path in files(folder) {
        let name = path.strip_prefix(folder).ok()?.to_owned();
        content.insert(name, fs::read_to_string(&path).ok()?);
    }
    Some(content)
}
