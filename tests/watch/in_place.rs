//! The rules for files that are sanitized where they lie.

use std::fs;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::support::project::{Project, notebook, token};
use super::watcher::{Watcher, command, eventually, files, holding, holds_token, signal};

/// Many times the quiet time: whoever would act has acted.
const WHILE: Duration = Duration::from_millis(1200);

fn dirty(number: u64) -> String {
    notebook(&[&format!("login(\"{}\")", token(number))])
}

/// A notebook that says which one it is.
fn marked(number: u64, mark: &str) -> String {
    notebook(&[&format!("login(\"{}\")\nmark = \"{mark}\"", token(number))])
}

fn is_clean(path: &Path) -> bool {
    fs::read_to_string(path).is_ok_and(|text| !holds_token(&text) && text.contains("HF_TOKEN"))
}

#[test]
fn what_is_there_and_what_comes_is_sanitized() {
    let project = Project::new(&[
        ("a.ipynb", &dirty(1)),
        ("sub/clean.ipynb", &notebook(&["x = 1"])),
    ]);
    let mut watcher = Watcher::start(project.path(), &[]);
    watcher.wait_for_files(&["a.ipynb"]);
    assert!(is_clean(&project.path().join("a.ipynb")));
    // Saved, made, made with its folders at once, moved here with its folder.
    project.write("sub/clean.ipynb", &dirty(2));
    project.write("new.ipynb", &dirty(3));
    project.write("x/y/z/deep.ipynb", &dirty(4));
    let elsewhere = Project::new(&[("folder/moved.ipynb", &dirty(5))]);
    fs::rename(elsewhere.path().join("folder"), project.path().join("came")).unwrap();
    for path in [
        "sub/clean.ipynb",
        "new.ipynb",
        "x/y/z/deep.ipynb",
        "came/moved.ipynb",
    ] {
        eventually(path, || is_clean(&project.path().join(path)));
    }
    // A folder that was moved within is still watched, by its new name.
    fs::rename(project.path().join("x"), project.path().join("moved")).unwrap();
    sleep(Duration::from_millis(300));
    project.write("moved/y/z/deep.ipynb", &dirty(6));
    watcher.wait_for_file("moved/y/z/deep.ipynb");
    // One that was moved away is not.
    let away = Project::new(&[]);
    fs::rename(project.path().join("came"), away.path().join("gone")).unwrap();
    sleep(Duration::from_millis(300));
    away.write("gone/moved.ipynb", &dirty(7));
    sleep(WHILE);
    assert!(!is_clean(&away.path().join("gone/moved.ipynb")));
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn nothing_is_done_while_jupyter_saves() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    project.write(".~a.ipynb", &dirty(1));
    project.write("a.ipynb", &dirty(2));
    sleep(WHILE);
    assert_eq!(project.read("a.ipynb"), dirty(2));
    fs::remove_file(project.path().join(".~a.ipynb")).unwrap();
    watcher.wait_for_file("a.ipynb");
    assert!(is_clean(&project.path().join("a.ipynb")));
}

#[test]
fn half_a_file_is_waited_for_and_never_mended() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    let whole = dirty(1);
    let half = &whole[..whole.len() - 20];
    project.write("a.ipynb", half);
    sleep(WHILE);
    assert_eq!(project.read("a.ipynb"), half);
    assert_eq!(watcher.count(|event| event["event"] == "error"), 0);
    project.write("a.ipynb", &whole);
    watcher.wait_for_file("a.ipynb");
    assert!(is_clean(&project.path().join("a.ipynb")));
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_broken_file_is_told_and_left() {
    let project = Project::new(&[("a.ipynb", "{\"cells\": [")]);
    let path = project.path().join("a.ipynb");
    let old = fs::File::options().write(true).open(&path).unwrap();
    old.set_modified(std::time::SystemTime::now() - Duration::from_secs(60))
        .unwrap();
    drop(old);
    let mut watcher = Watcher::start_at_once(project.path(), &[]);
    let error = watcher.wait_for("the error", |event| event["event"] == "error");
    assert_eq!(error["path"], "a.ipynb");
    watcher.wait_for("the beginning", |event| event["event"] == "watching");
    // When it is mended by who broke it, nothing is wrong any more.
    project.write("a.ipynb", &dirty(1));
    watcher.wait_for_file("a.ipynb");
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_program_that_has_the_file_open_is_waited_for() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    let path = project.path().join("a.ipynb");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(dirty(1).as_bytes()).unwrap();
    if cfg!(target_os = "linux") {
        sleep(WHILE);
        assert_eq!(project.read("a.ipynb"), dirty(1));
    }
    drop(file);
    watcher.wait_for_file("a.ipynb");
    assert!(is_clean(&path));
}

/// Linux alone opens a file again that has no name any more: this is a save
/// that began before the replacement and is written after it.
#[cfg(target_os = "linux")]
#[test]
fn a_save_into_the_replaced_file_is_put_in_its_place() {
    let project = Project::new(&[("a.ipynb", &dirty(1))]);
    let path = project.path().join("a.ipynb");
    let open = fs::File::open(&path).unwrap();
    let mut watcher = Watcher::start(project.path(), &["--env-file", ".env"]);
    watcher.wait_for_files(&["a.ipynb"]);
    assert!(is_clean(&path));
    let again = format!("/proc/self/fd/{}", open.as_raw_fd());
    let newer = marked(2, "the newer save");
    let mut late = fs::File::options()
        .write(true)
        .truncate(true)
        .open(again)
        .unwrap();
    for piece in newer.as_bytes().chunks(newer.len() / 3) {
        late.write_all(piece).unwrap();
        sleep(Duration::from_millis(150));
        assert!(serde_json::from_slice::<serde_json::Value>(&fs::read(&path).unwrap()).is_ok());
    }
    drop(late);
    eventually("the newer save", || {
        project.read("a.ipynb").contains("the newer save")
    });
    assert!(is_clean(&path));
    watcher.wait_for("a note", |event| {
        event["text"]
            .as_str()
            .is_some_and(|text| text.contains("saved while"))
    });
    let kept = project.read(".env");
    assert!(kept.contains(&token(1)) && kept.contains(&token(2)));
    assert_eq!(watcher.stop(), 0);
}

/// A file that was replaced, and a save that went into the old one while the
/// new one is read-only.
#[cfg(target_os = "linux")]
fn saved_late_into_a_read_only_file(project: &Project) -> Watcher {
    let path = project.path().join("a.ipynb");
    let open = fs::File::open(&path).unwrap();
    let mut watcher = Watcher::start(project.path(), &[]);
    watcher.wait_for_files(&["a.ipynb"]);
    let mut mode = fs::metadata(&path).unwrap().permissions();
    mode.set_readonly(true);
    fs::set_permissions(&path, mode).unwrap();
    let again = format!("/proc/self/fd/{}", open.as_raw_fd());
    fs::write(again, marked(2, "the newer save")).unwrap();
    watcher
}

#[cfg(target_os = "linux")]
#[test]
fn a_late_save_that_cannot_be_put_in_place_is_told_and_not_tried_for_ever() {
    let project = Project::new(&[("a.ipynb", &dirty(1))]);
    let mut watcher = saved_late_into_a_read_only_file(&project);
    let error = watcher.wait_for("the error", |event| event["event"] == "error");
    assert_eq!(error["path"], "a.ipynb");
    assert!(
        error["message"].to_string().contains("read-only"),
        "{error}"
    );
    let start = Instant::now();
    assert_eq!(watcher.stop(), 2);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "nothing is waited for"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn the_end_does_not_wait_for_what_cannot_be_put_in_place() {
    let project = Project::new(&[("a.ipynb", &dirty(1))]);
    let mut watcher = saved_late_into_a_read_only_file(&project);
    sleep(WHILE);
    let start = Instant::now();
    assert_eq!(watcher.stop(), 2);
    assert!(start.elapsed() < Duration::from_secs(8), "it is hopeless");
    assert_eq!(watcher.count(|event| event["event"] == "error"), 1);
}

#[test]
fn our_own_writing_starts_nothing() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    project.write("a.ipynb", &dirty(1));
    watcher.wait_for_file("a.ipynb");
    let inode = || fs::metadata(project.path().join("a.ipynb")).unwrap().ino();
    let first = inode();
    sleep(WHILE);
    assert_eq!(inode(), first);
    assert_eq!(watcher.count(|event| event["event"] == "file"), 1);
}

#[test]
fn who_puts_the_value_back_again_and_again_is_left_alone() {
    let project = Project::new(&[("a.ipynb", &dirty(1))]);
    let path = project.path().join("a.ipynb");
    let mut watcher = Watcher::start(project.path(), &["--quiet-time", "10"]);
    let end = Instant::now() + Duration::from_secs(30);
    let mut returns = 0;
    let is_left = |watcher: &mut Watcher| watcher.count(|event| event["event"] == "left-alone") > 0;
    while !is_left(&mut watcher) {
        assert!(Instant::now() < end);
        if is_clean(&path) {
            project.write("a.ipynb", &dirty(1));
            returns += 1;
        }
        sleep(Duration::from_millis(20));
    }
    assert!((3..10).contains(&returns), "{returns}");
    sleep(WHILE);
    assert_eq!(project.read("a.ipynb"), dirty(1));
    // Another file is served as before.
    project.write("b.ipynb", &dirty(1));
    watcher.wait_for_file("b.ipynb");
    assert_eq!(watcher.stop(), 1, "a value is left");
    let summary = &watcher.told.last().unwrap()["summary"];
    assert_eq!(summary["left"], 1, "{summary}");
}

#[test]
fn checkpoints_are_sanitized_and_files_of_a_moment_passed_over() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    let passing = [
        ".a.ipynb.swp",
        "a.ipynb~",
        ".tmpAb1.ipynb",
        "#a.ipynb#",
        "a.ipynb.tmp",
    ];
    for name in passing {
        project.write(name, &dirty(1));
    }
    project.write(".ipynb_checkpoints/a-checkpoint.ipynb", &dirty(2));
    watcher.wait_for_file(".ipynb_checkpoints/a-checkpoint.ipynb");
    sleep(WHILE);
    for name in passing {
        assert_eq!(project.read(name), dirty(1), "{name}");
    }
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_value_found_later_is_taken_out_of_files_seen_before() {
    let password = ["vQ8z", "K2mw", "R5tY", "p3Lx"].concat();
    let hidden = notebook(&[&format!("# the same as on the board: {password}")]);
    let project = Project::new(&[("a.ipynb", &hidden)]);
    let mut watcher = Watcher::start(project.path(), &[]);
    assert_eq!(project.read("a.ipynb"), hidden);
    project.write(
        "b.ipynb",
        &notebook(&[&format!("db_password = \"{password}\"")]),
    );
    watcher.wait_for_file("b.ipynb");
    watcher.wait_for_file("a.ipynb");
    assert!(holding(project.path(), &password).is_empty());
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn a_store_is_told_and_left() {
    let env = format!("HF_TOKEN={}\n", token(1));
    let project = Project::new(&[(".env", &env), ("a.ipynb", &dirty(1))]);
    let mut watcher = Watcher::start(project.path(), &[]);
    watcher.wait_for_files(&["a.ipynb", ".env"]);
    assert!(is_clean(&project.path().join("a.ipynb")));
    assert!(watcher.count(|event| event["path"] == ".env") > 0);
    let other = format!("HF_TOKEN={}\n", token(2));
    project.write(".env", &other);
    sleep(WHILE);
    assert_eq!(project.read(".env"), other);
    // Its new value is known from now on.
    project.write("b.ipynb", &notebook(&[&format!("# {}", token(2))]));
    watcher.wait_for_file("b.ipynb");
    assert_eq!(watcher.stop(), 1, "values are left");
}

#[test]
fn a_store_is_told_and_counted_once() {
    let env = format!("HF_TOKEN={}\n", token(1));
    let project = Project::new(&[(".env", &env), ("a.ipynb", &dirty(1))]);
    let mut watcher = Watcher::start(project.path(), &[]);
    watcher.wait_for_files(&["a.ipynb", ".env"]);
    sleep(WHILE);
    let is_store = |event: &serde_json::Value| event["event"] == "file" && event["path"] == ".env";
    assert_eq!(watcher.count(is_store), 1, "{:#?}", watcher.told);
    // When it is written to it is still one store with one value.
    project.write(".env", &format!("{env}OTHER=1\n"));
    sleep(WHILE);
    assert_eq!(watcher.stop(), 1, "a value is left");
    let summary = &watcher.told.last().unwrap()["summary"];
    assert_eq!(
        (&summary["findings"], &summary["left"]),
        (&2.into(), &1.into())
    );
    assert_eq!(summary["files_found"], 2, "{summary}");
}

#[test]
fn a_thousand_files_at_once() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    for number in 0..1000 {
        let text = match number % 2 {
            0 => dirty(number),
            _ => notebook(&["x = 1"]),
        };
        project.write(&format!("{}/{number}.ipynb", number % 7), &text);
    }
    eventually("all are sanitized", || {
        let mut texts = files(project.path()).into_iter();
        // A temporary file of ours may be gone by now.
        texts.all(|path| !holds_token(&fs::read_to_string(path).unwrap_or_default()))
    });
    assert_eq!(files(project.path()).len(), 1000);
    assert_eq!(watcher.stop(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn when_events_are_lost_everything_is_looked_at() {
    let project = Project::new(&[("a.ipynb", &notebook(&["x = 1"]))]);
    let watcher = Watcher::start(project.path(), &[]);
    signal(watcher.id(), "STOP");
    // More than the kernel's queue of 16,384 holds.
    for round in 0..120 {
        for number in 0..100 {
            project.write(&format!("noise{number}.txt"), &format!("{round}"));
        }
    }
    project.write("a.ipynb", &dirty(1));
    project.write("new/b.ipynb", &dirty(2));
    signal(watcher.id(), "CONT");
    for path in ["a.ipynb", "new/b.ipynb"] {
        eventually(path, || is_clean(&project.path().join(path)));
    }
}

#[test]
fn without_events_files_are_looked_at() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &["--poll", "1"]);
    assert_eq!(watcher.told.last().unwrap()["polled"], 1);
    project.write("new/a.ipynb", &dirty(1));
    watcher.wait_for_file("new/a.ipynb");
    project.write("new/a.ipynb", &dirty(2));
    watcher.wait_for_file("new/a.ipynb");
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn what_a_check_leaves_out_is_left_out() {
    let project = Project::new(&[(".gitignore", "ignored/\n*.tmp.ipynb\n"), (".git/HEAD", "")]);
    let args = ["--respect-gitignore", "--exclude", "third_party/"];
    let mut watcher = Watcher::start(project.path(), &args);
    let left = [
        "ignored/a.ipynb",
        "b.tmp.ipynb",
        "third_party/c.ipynb",
        ".git/d.ipynb",
        "node_modules/e.ipynb",
        "env/lib/f.ipynb",
    ];
    project.write("env/pyvenv.cfg", "home = /usr/bin\n");
    for path in left {
        project.write(path, &dirty(1));
    }
    project.write("last.ipynb", &dirty(2));
    watcher.wait_for_file("last.ipynb");
    sleep(WHILE);
    for path in left {
        assert_eq!(project.read(path), dirty(1), "{path}");
    }
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn one_file_can_be_watched() {
    let project = Project::new(&[("a.ipynb", &dirty(1)), ("b.ipynb", &dirty(2))]);
    let mut watcher = Watcher::start(project.path(), &["a.ipynb"]);
    project.write("a.ipynb", &dirty(3));
    watcher.wait_for_file("a.ipynb");
    assert!(is_clean(&project.path().join("a.ipynb")));
    assert_eq!(project.read("b.ipynb"), dirty(2));
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn values_can_move_to_a_file_and_a_command_can_follow() {
    let project = Project::new(&[]);
    let command = "printf '%s\\n' \"$@\" >> ran.txt";
    let args = ["--env-file", ".env", "--exec", command];
    let mut watcher = Watcher::start(project.path(), &args);
    project.write("a b.ipynb", &dirty(1));
    watcher.wait_for_file("a b.ipynb");
    let full = project.path().canonicalize().unwrap().join("a b.ipynb");
    eventually("the command", || {
        fs::read_to_string(project.path().join("ran.txt"))
            .is_ok_and(|text| text == format!("{}\n", full.display()))
    });
    assert_eq!(watcher.stop(), 0);
    assert_eq!(project.read(".env"), format!("HF_TOKEN='{}'\n", token(1)));
    assert!(project.read(".env.example").contains("HF_TOKEN="));
}

/// What `.env` says belongs to who wrote it, and no value is lost for that.
#[test]
fn a_value_is_kept_by_another_name_if_its_own_is_taken_by_now() {
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &["--env-file", ".env"]);
    let value = token(1);
    // Taken before the value was ever met.
    project.write(".env", "HF_TOKEN=mine\n");
    project.write("a.ipynb", &dirty(1));
    watcher.wait_for_file("a.ipynb");
    assert!(project.read("a.ipynb").contains("\\\"HF_TOKEN_2\\\""));
    let kept = format!("HF_TOKEN=mine\nHF_TOKEN_2='{value}'\n");
    assert_eq!(project.read(".env"), kept);
    // Taken after it was kept there.
    project.write(".env", "HF_TOKEN=mine\nHF_TOKEN_2=too\n");
    project.write("b.ipynb", &dirty(1));
    watcher.wait_for_file("b.ipynb");
    assert!(project.read("b.ipynb").contains("\\\"HF_TOKEN_3\\\""));
    let kept = format!("HF_TOKEN=mine\nHF_TOKEN_2=too\nHF_TOKEN_3='{value}'\n");
    assert_eq!(project.read(".env"), kept);
    // Somebody threw away what was kept.
    fs::remove_file(project.path().join(".env")).unwrap();
    project.write("c.ipynb", &dirty(1));
    watcher.wait_for_file("c.ipynb");
    assert!(is_clean(&project.path().join("c.ipynb")));
    assert_eq!(project.read(".env"), format!("HF_TOKEN_3='{value}'\n"));
    assert_eq!(watcher.stop(), 0);
}

#[test]
fn once_ends_by_itself() {
    let project = Project::new(&[("a.ipynb", &dirty(1)), ("b.ipynb", &notebook(&["x = 1"]))]);
    let run = command(project.path(), &["--once"]).output().unwrap();
    assert_eq!(run.status.code(), Some(0));
    let out = String::from_utf8(run.stdout).unwrap();
    assert!(out.contains("1 credential taken out of 1 file"), "{out}");
    assert!(is_clean(&project.path().join("a.ipynb")));
    let run = command(project.path(), &["--once"]).output().unwrap();
    let out = String::from_utf8(run.stdout).unwrap();
    assert!(out.contains("No credentials in 2 files"), "{out}");
}

#[test]
fn a_terminated_watch_says_how_it_ended() {
    let project = Project::new(&[("a.ipynb", &dirty(1))]);
    let mut watcher = Watcher::start(project.path(), &[]);
    watcher.wait_for_files(&["a.ipynb"]);
    signal(watcher.id(), "TERM");
    let done = watcher.wait_for("its end", |event| event["event"] == "done");
    assert_eq!(done["summary"]["fixed"], 1);
    assert_eq!(done["summary"]["exit"], 0);
}

#[test]
fn when_the_folder_is_gone_it_ends() {
    let project = Project::new(&[("sub/a.ipynb", &dirty(1))]);
    let mut watcher = Watcher::start(project.path(), &["sub"]);
    fs::remove_dir_all(project.path().join("sub")).unwrap();
    watcher.wait_for("the error", |event| event["event"] == "error");
    let done = watcher.wait_for("its end", |event| event["event"] == "done");
    assert_eq!(done["summary"]["exit"], 2);
}

/// The processor time that a process has used, in hundredths of a second, and
/// how often it was woken.
#[cfg(target_os = "linux")]
fn used(process: u32) -> (u64, u64) {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let time = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    let mut switches = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        switches += line.unwrap().trim().parse::<u64>().unwrap();
    }
    (time, switches)
}

#[cfg(target_os = "linux")]
#[test]
fn idle_is_idle() {
    let project = Project::new(&[("a.ipynb", &notebook(&["x = 1"]))]);
    let watcher = Watcher::start(project.path(), &[]);
    sleep(Duration::from_millis(500));
    let before = used(watcher.id());
    sleep(Duration::from_secs(2));
    assert_eq!(used(watcher.id()), before, "somebody woke it");
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_the_system_is_told_with_its_remedy() {
    let project = Project::new(&[("a.ipynb", &notebook(&["x = 1"]))]);
    for number in 0..20 {
        project.write(&format!("{number}/a.ipynb"), &notebook(&["x = 1"]));
    }
    // Limits can be set in a namespace of one's own, where the system lets one
    // make one.
    let script = "echo 5 > /proc/sys/user/max_inotify_watches && exec \"$0\" watch --json";
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "sh", "-c", script])
        .arg(env!("CARGO_BIN_EXE_unspill"))
        .current_dir(project.path());
    let can = Command::new("unshare")
        .args(["--user", "--map-root-user", "sh", "-c"])
        .arg("test -w /proc/sys/user/max_inotify_watches")
        .status();
    if !can.is_ok_and(|status| status.success()) {
        eprintln!("no namespaces here: the sentences alone are tested, in limits.rs");
        return;
    }
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    project.write("7/a.ipynb", &dirty(1));
    eventually("it looks instead", || {
        is_clean(&project.path().join("7/a.ipynb"))
    });
    signal(child.id(), "INT");
    let mut out = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut out).unwrap();
    child.wait().unwrap();
    assert!(
        out.contains("sudo sysctl fs.inotify.max_user_watches="),
        "{out}"
    );
}
