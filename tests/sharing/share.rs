//! `share`: what is in the copy, what is not, and that the source stays.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::course::{Course, files, names, value};

/// What travels of the course.
const TRAVELS: [&str; 9] = [
    ".env.example",
    "README.md",
    "config.json",
    "data/users.csv",
    "deploy.yaml",
    "lesson.ipynb",
    "notes/clean.txt",
    "pip.txt",
    "train.py",
];

#[test]
fn a_folder_of_every_kind_of_file_is_safe_to_hand_out() {
    let course = Course::new();
    let (status, out, err) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 0, "{out}{err}");
    let copy = course.around().join("handout");
    assert_eq!(names(&copy), TRAVELS);
    for (name, bytes) in files(&copy) {
        course.assert_clean(&name, &bytes);
    }
    let example = fs::read_to_string(copy.join(".env.example")).unwrap();
    for name in ["DB_PASSWORD=\n", "HF_TOKEN=\n", "OPENAI_API_KEY=\n"] {
        assert!(example.contains(name), "{example}");
    }
    let lesson = fs::read_to_string(copy.join("lesson.ipynb")).unwrap();
    assert!(lesson.contains(r#"os.environ[\"HF_TOKEN\"]"#), "{lesson}");
    for left_out in [
        ".env ",
        ".git ",
        "wandb ",
        "hf/token ",
        ".ipynb_checkpoints ",
    ] {
        assert!(out.contains(&format!("  {left_out}")), "{left_out}\n{out}");
    }
}

#[test]
fn the_zip_file_holds_the_same_and_is_the_same_each_time() {
    let course = Course::new();
    assert_eq!(course.run(&["share", "course", "handout"]).0, 0);
    assert_eq!(course.run(&["share", "course", "handout.zip"]).0, 0);
    let zip = course.around().join("handout.zip");
    let first = fs::read(&zip).unwrap();
    fs::rename(&zip, course.around().join("first.zip")).unwrap();
    // Another time, another mode: the archive does not say so.
    let touched = fs::File::open(course.path().join("train.py")).unwrap();
    touched.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(course.run(&["share", "course", "handout.zip"]).0, 0);
    assert_eq!(fs::read(&zip).unwrap(), first);

    let mut archive = zip::ZipArchive::new(fs::File::open(&zip).unwrap()).unwrap();
    let copy = course.around().join("handout");
    let mut members = 0;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        if member.is_dir() {
            continue;
        }
        members += 1;
        let name = member.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, fs::read(copy.parent().unwrap().join(&name)).unwrap());
    }
    assert_eq!(members, TRAVELS.len());
}

#[test]
fn the_source_stays_as_it_was_to_the_time_of_each_file() {
    let course = Course::new();
    let state = |path: &Path| -> Vec<(String, Vec<u8>, SystemTime)> {
        let times = |name: &str| fs::metadata(path.join(name)).unwrap().modified().unwrap();
        let files = files(path).into_iter();
        files
            .map(|(name, bytes)| {
                let time = times(&name);
                (name, bytes, time)
            })
            .collect()
    };
    let before = state(&course.path());
    for out in ["handout", "handout.zip"] {
        assert_eq!(course.run(&["share", "course", out]).0, 0, "{out}");
    }
    for out in [
        "course/inside.zip",
        "course/notes/inside",
        "home/../course/x",
    ] {
        let (status, _, err) = course.run(&["share", "course", out]);
        assert_eq!(status, 2, "{out}");
        assert!(err.contains("lies in the folder that is shared"), "{err}");
        assert!(err.contains("--drop '/"), "{err}");
    }
    let mut command = course.command(&["share", ".", "inside.zip"]);
    let output = command.current_dir(course.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(state(&course.path()), before);
}

/// The next copy does not hold it.
#[test]
fn a_copy_lies_in_the_folder_only_if_it_would_be_left_out() {
    let course = Course::new();
    let drop = ["--drop", "/handout"];
    for _ in 0..2 {
        let copy = course.path().join("handout");
        assert_eq!(
            course
                .run(&[&["share", "course", "course/handout"], &drop[..]].concat())
                .0,
            0
        );
        assert_eq!(names(&copy), TRAVELS);
        fs::remove_dir_all(&copy).unwrap();
    }
    fs::create_dir(course.path().join(".cache")).unwrap();
    assert_eq!(course.run(&["share", "course", "course/.cache/x.zip"]).0, 0);
    assert_eq!(course.run(&["share", "course", "handout"]).0, 0);
    assert_eq!(names(&course.around().join("handout")), TRAVELS);
}

#[test]
fn what_cannot_be_made_safe_makes_no_copy_unless_it_may_lack() {
    let course = Course::new();
    let opaque = [b"\0\x01binary ", course.values[0].as_bytes(), b"\0"].concat();
    course.write_bytes("model.dat", &opaque);
    let (status, out, err) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 1, "{err}");
    assert!(err.contains("handout was not made"), "{err}");
    assert!(
        !out.contains("taken out") && !out.contains("The code"),
        "{out}"
    );
    assert_eq!(
        names(course.around())
            .iter()
            .filter(|name| name.starts_with("handout"))
            .count(),
        0
    );
    let (status, _, err) = course.run(&["share", "course", "handout", "--partial"]);
    assert_eq!(status, 1, "{err}");
    assert_eq!(names(&course.around().join("handout")), TRAVELS);
}

#[test]
fn nothing_is_left_of_a_copy_that_was_not_made() {
    let course = Course::new();
    let opaque = [b"\0", course.values[0].as_bytes()].concat();
    course.write_bytes("model.dat", &opaque);
    for out in ["handout", "handout.zip"] {
        assert_eq!(course.run(&["share", "course", out]).0, 1);
    }
    let mut left: Vec<_> = fs::read_dir(course.around())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["course", "home"]);
}

#[test]
fn nothing_is_overwritten_and_only_folders_are_shared() {
    let course = Course::new();
    fs::write(course.around().join("mine.zip"), "mine").unwrap();
    let (status, _, err) = course.run(&["share", "course", "mine.zip"]);
    assert_eq!(status, 2);
    assert!(err.contains("it exists already"), "{err}");
    assert_eq!(fs::read(course.around().join("mine.zip")).unwrap(), b"mine");
    let (status, _, err) = course.run(&["share", "course/train.py", "copy"]);
    assert_eq!(status, 2);
    assert!(err.contains("not a folder"), "{err}");
    let (status, _, err) = course.run(&["share", "missing", "copy"]);
    assert_eq!(status, 2);
    assert!(err.contains("missing: does not exist"), "{err}");
    for out in ["nodir/copy", "nodir/copy.zip"] {
        let (status, _, err) = course.run(&["share", "course", out]);
        assert_eq!(status, 2);
        assert!(err.contains("no folder nodir; make it first"), "{err}");
        assert!(!err.contains(".unspill"), "{err}");
    }
}

/// What cannot be written there, as on a full disk.
#[cfg(unix)]
#[test]
fn a_copy_that_finds_no_room_is_not_there_and_that_is_said() {
    let course = Course::new();
    let mut noise = vec![0; 1_000_000];
    getrandom::fill(&mut noise).unwrap();
    course.write_bytes("big.dat", &noise);
    let before = names(course.around());
    for out in ["handout", "handout.zip"] {
        let output = Command::new("sh")
            .arg("-c")
            .arg("trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"")
            .arg(env!("CARGO_BIN_EXE_unspill"))
            .args(["share", "course", out])
            .current_dir(course.around())
            .env("HOME", course.home())
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains(&format!("{out}: cannot be made: ")), "{err}");
        assert!(
            err.contains("make room") && !err.contains(".unspill"),
            "{err}"
        );
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            !text.contains("taken out") && !text.contains("The code"),
            "{text}"
        );
    }
    assert_eq!(names(course.around()), before);
}

#[test]
fn an_archive_of_another_kind_is_not_made_as_a_folder() {
    let course = Course::new();
    for out in [
        "a.tar",
        "a.tar.gz",
        "a.TGZ",
        "a.7z",
        "a.rar",
        "a.tar.bz2",
        "a.tar.xz",
    ] {
        let (status, _, err) = course.run(&["share", "course", out]);
        assert_eq!(status, 2, "{out}");
        assert!(err.contains("a folder or a .zip file"), "{err}");
        assert!(!course.around().join(out).exists(), "{out}");
    }
    assert_eq!(course.run(&["share", "course", "v1.2"]).0, 0);
    assert!(course.around().join("v1.2").is_dir());
}

#[test]
fn keep_and_drop_choose() {
    let course = Course::new();
    let args = [
        "share", "course", "handout", "--keep", "wandb/", "--keep", "*.log", "--keep", ".env",
        "--drop", "data/", "--drop", "*.yaml",
    ];
    let (status, out, err) = course.run(&args);
    assert_eq!(status, 0, "{out}{err}");
    let copy = course.around().join("handout");
    let names = names(&copy);
    assert!(names.contains(&"wandb/run-1/output.log".to_owned()));
    assert!(
        !names
            .iter()
            .any(|name| name.starts_with("data") || name.ends_with("yaml"))
    );
    // What is kept is clean all the same: a copy is no store.
    for (name, bytes) in files(&copy) {
        course.assert_clean(&name, &bytes);
    }
}

#[test]
fn outputs_go_as_far_as_is_wanted() {
    let course = Course::new();
    course.write("clean.ipynb", &notebook_that_prints("nothing"));
    let shared = |how: &str| {
        let out = format!("handout-{how}");
        let (status, text, err) = course.run(&["share", "course", &out, "--outputs", how]);
        assert_eq!(status, 0, "{text}{err}");
        let read = |name: &str| fs::read_to_string(course.around().join(&out).join(name)).unwrap();
        (read("lesson.ipynb"), read("clean.ipynb"))
    };
    for how in ["keep", "mask"] {
        let (lesson, clean) = shared(how);
        assert!(lesson.contains("token is REDACTED_HF_TOKEN"), "{lesson}");
        assert_eq!(clean, notebook_that_prints("nothing"));
    }
    let (lesson, clean) = shared("clear-tainted");
    assert!(!lesson.contains("token is") && lesson.contains(r#""execution_count": null"#));
    assert_eq!(clean, notebook_that_prints("nothing"));
    let (lesson, clean) = shared("clear");
    assert!(!lesson.contains("output_type") && !clean.contains("output_type"));
    assert!(clean.contains("\"outputs\": []"));
}

fn notebook_that_prints(text: &str) -> String {
    format!(
        r#"{{"cells": [{{"cell_type": "code", "execution_count": 3, "metadata": {{}}, "outputs": [{{"name": "stdout", "output_type": "stream", "text": ["{text}\n"]}}], "source": ["print()"]}}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}"#
    )
}

#[test]
fn what_names_a_person_goes_if_that_is_wanted() {
    let course = Course::empty();
    let notebook = notebook_that_prints("in /home/jdoe/data by jane@uni.edu");
    course.write("a.ipynb", &notebook);
    course.write("runs/mmuster/notes.md", "Run by mmuster.\n");
    let shared = |out: &str, args: &[&str]| {
        let mut command = course.command(&[&["share", "course", out], args].concat());
        let output = command.env("USER", "mmuster").output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        files(&course.around().join(out))
    };
    assert_eq!(shared("plain", &[]), files(&course.path()));
    let told: Vec<(String, String)> = shared("personal", &["--personal"])
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect();
    let expected = notebook_that_prints("in /home/user/data by someone@example.com");
    assert_eq!(told[0], ("a.ipynb".to_owned(), expected));
    let notes = ("runs/user/notes.md".to_owned(), "Run by user.\n".to_owned());
    assert_eq!(told[1], notes);
}

/// Code has paths and names of its own that look like those of a person.
#[test]
fn code_works_as_before_when_what_names_a_person_is_gone() {
    let course = Course::empty();
    let code = r#"page = render_template("pages/home/index.html")
links = ["https://example.com/home/about", "/Users/list", "api/Users/42"]
mmuster = load(); user = 1; print(mmuster, user)
data = open("/home/mmuster/x.csv"), open(f"{mmuster}/x")  # mmuster
"#;
    course.write("a.py", code);
    let trace = "  File \"/tmp/x/home/x.py\", line 1\n  File \"/home/mmuster/b.py\"\n";
    course.write("trace.txt", trace);
    course.write("sub/a.js", "const mmuster = 'mmuster';\n");
    let shared = |out: &str| {
        let args = ["share", "course", out, "--personal"];
        let output = course
            .command(&args)
            .env("USER", "mmuster")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let copy = course.around().join(out);
        let read = move |name: &str| fs::read_to_string(copy.join(name)).unwrap();
        (read, String::from_utf8(output.stderr).unwrap())
    };
    let (read, _) = shared("copy");
    let expected = code
        .replace("/home/mmuster/", "/home/user/")
        .replace("# mmuster", "# user");
    assert_eq!(read("a.py"), expected);
    assert_eq!(read("trace.txt"), trace.replace("mmuster", "user"));
    assert_eq!(read("sub/a.js"), "const mmuster = 'user';\n");

    course.write("mmuster.py", "x = 1\n");
    course.write("b.py", "import mmuster\nx = '/home/mmuster/x'\n");
    let (read, err) = shared("with-module");
    assert_eq!(read("mmuster.py"), "x = 1\n");
    assert_eq!(read("b.py"), "import mmuster\nx = '/home/user/x'\n");
    assert!(err.contains("mmuster names you and stays"), "{err}");
}

#[test]
fn an_example_that_is_there_grows() {
    let course = Course::new();
    course.write(".env.example", "# see the wiki\nOTHER=\n");
    assert_eq!(course.run(&["share", "course", "handout"]).0, 0);
    let example = fs::read_to_string(course.around().join("handout/.env.example")).unwrap();
    assert!(example.starts_with("# see the wiki\nOTHER=\n"), "{example}");
    assert!(example.contains("\nHF_TOKEN=\n"));
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let course = Course::new();
    let secret = course.around().join("secret.txt");
    fs::write(&secret, "outside").unwrap();
    symlink(&secret, course.path().join("absolute")).unwrap();
    symlink("../secret.txt", course.path().join("relative")).unwrap();
    symlink("notes", course.path().join("inside")).unwrap();
    let (status, out, _) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 0);
    let copy = course.around().join("handout");
    assert!(fs::symlink_metadata(copy.join("absolute")).is_err());
    assert!(fs::symlink_metadata(copy.join("relative")).is_err());
    assert_eq!(
        fs::read_link(copy.join("inside")).unwrap(),
        Path::new("notes")
    );
    assert!(out.contains("a link to an absolute place"), "{out}");
    let (status, out, _) = course.run(&["share", "course", "handout.zip"]);
    assert_eq!(status, 0);
    assert!(out.contains("which a zip file cannot hold"), "{out}");
}

#[test]
fn programs_are_told_all_of_it() {
    let course = Course::new();
    let (status, out, _) = course.run(&["share", "course", "handout", "--json"]);
    assert_eq!(status, 0);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let left_out: Vec<&str> = document["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["path"].as_str().unwrap())
        .collect();
    assert!(left_out.contains(&".env") && left_out.contains(&"hf/stored_tokens"));
    assert_eq!(document["summary"]["left"], 0);
    assert!(document["summary"]["fixed"].as_u64().unwrap() >= 6);
}

/// Nobody can say what a notebook holds that cannot be read.
#[test]
fn a_broken_notebook_does_not_travel_even_if_nothing_is_seen_in_it() {
    let course = Course::new();
    let broken = course.path().join("merge.ipynb");
    fs::write(broken, "{\n<<<<<<< HEAD\n \"cells\": []\n}").unwrap();
    let (status, _, err) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 2, "{err}");
    assert!(!course.around().join("handout").exists(), "{err}");
    let (_, _, err) = course.run(&["share", "course", "handout", "--partial"]);
    assert_eq!(names(&course.around().join("handout")), TRAVELS, "{err}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_makes_no_copy_unless_it_may_lack() {
    use std::os::unix::fs::PermissionsExt;
    let course = Course::new();
    course.write("closed/x.txt", "x\n");
    for (name, mode) in [("train.py", 0o000), ("closed", 0o000)] {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(course.path().join(name), mode).unwrap();
    }
    let shared = |args: &[&str]| {
        let all = [&["share", "course", "handout"], args].concat();
        let output = course.hindered(&all)?.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Some((
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        ))
    };
    let copy = course.around().join("handout");
    let Some((status, out, err)) = shared(&[]) else {
        eprintln!("skipped: root reads everything, and there is no setpriv");
        return;
    };
    assert_eq!(status, Some(2), "{out}{err}");
    assert!(!copy.exists(), "{out}{err}");
    assert!(
        err.contains("train.py: cannot be read") && err.contains("chmod"),
        "{err}"
    );
    assert!(err.contains("handout was not made: "), "{err}");
    let (status, out, err) = shared(&["--partial"]).unwrap();
    assert_eq!(status, Some(2), "{out}{err}");
    let rest = TRAVELS.into_iter().filter(|name| *name != "train.py");
    assert_eq!(names(&copy), rest.collect::<Vec<_>>());
    assert!(!copy.join("closed").exists());
    for name in ["train.py", "closed"] {
        assert!(out.contains(&format!("  {name} ")), "{out}");
    }
    assert!(
        out.contains("it cannot be read") && !out.contains("nothing was left out"),
        "{out}"
    );
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(course.path().join("closed"), open).unwrap();
}

/// A copy whose names were other ones would not work.
#[test]
fn a_name_that_holds_a_value_is_told_veiled_and_not_handed_out() {
    let course = Course::new();
    let (known, password) = (course.values[0].clone(), course.values[3].clone());
    let shaped = value("huggingface-user-token", 9);
    let bad = [
        format!("run_{shaped}/x.txt"),
        format!("run_{shaped}/deep/train.py"),
        format!("run_{shaped}/.env"),
        format!("x-{known}.txt"),
        format!("{password}/y.dat"),
        format!("{shaped}_final.txt"),
    ];
    for name in &bad {
        course.write(name, "x = 1\n");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(&bad[0], course.path().join("link")).unwrap();
    let (status, out, err) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 1, "{out}{err}");
    assert!(!out.contains(&shaped) && !err.contains(&shaped), "shown");
    for name in ["run_hf_…", "x-hf_….txt", "…", "hf_…_final.txt"] {
        assert!(out.contains(&format!("\n{name}\n  name ")), "{name}: {out}");
    }
    assert!(out.contains("rename it"), "{out}");
    assert!(
        err.contains("handout was not made: ") && err.contains("hf_…_final.txt"),
        "{err}"
    );
    if cfg!(unix) {
        let said = "link: a link to a name that holds a value";
        assert!(err.contains(said), "{err}");
    }
    assert!(!course.around().join("handout").exists());

    let (status, out, err) = course.run(&["share", "course", "handout", "--partial"]);
    assert_eq!(status, 1, "{out}{err}");
    assert_eq!(names(&course.around().join("handout")), TRAVELS);
    assert!(
        out.contains("  run_hf_…  ") && !out.contains(&shaped),
        "{out}"
    );

    let (_, out, _) = course.run(&["share", "course", "other", "--json"]);
    assert!(!out.contains(&shaped), "shown");
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let findings = document["findings"].as_array().unwrap().iter();
    let in_names: Vec<_> = findings.filter(|it| it["part"] == "name").collect();
    assert!(in_names.iter().any(|it| it["path"] == "run_hf_…"), "{out}");
    assert!(in_names.iter().all(|it| it["remedy"]["type"] == "report"));
}
