//! `stores`: what is listed, who may read it, and the sixth law.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::course::Course;

fn rows(course: &Course, args: &[&str]) -> (i32, Vec<serde_json::Value>) {
    let (status, out, err) = course.run(&[&["stores", "course", "--json"], args].concat());
    let document: serde_json::Value = serde_json::from_str(&out).expect(&err);
    (status, document["stores"].as_array().unwrap().clone())
}

#[test]
fn what_a_project_keeps_is_listed_with_where_else_it_stands() {
    let course = Course::new();
    let (status, stores) = rows(&course, &[]);
    assert_eq!(status, 1, "values stand elsewhere");
    let places: Vec<&str> = stores
        .iter()
        .map(|s| s["place"].as_str().unwrap())
        .collect();
    assert_eq!(
        places,
        ["course/.env", "course/hf/stored_tokens", "course/hf/token"]
    );
    let held = stores[0]["credentials"].as_array().unwrap();
    let names: Vec<&str> = held.iter().map(|h| h["label"].as_str().unwrap()).collect();
    assert_eq!(names, ["HF_TOKEN", "DB_PASSWORD"]);
    let elsewhere = held[0]["elsewhere"].as_array().unwrap();
    assert!(elsewhere.contains(&"course/lesson.ipynb".into()));
    assert!(held[0]["revoke"].as_str().unwrap().starts_with("https://"));
}

#[test]
fn modes_are_told_and_mended() {
    let course = Course::empty();
    let env = course.path().join(".env");
    fs::write(&env, format!("HF_TOKEN={}\n", course.values[0])).unwrap();
    fs::set_permissions(&env, fs::Permissions::from_mode(0o644)).unwrap();
    let (status, stores) = rows(&course, &[]);
    assert_eq!(
        (status, stores[0]["others_may_read"].as_bool()),
        (1, Some(true))
    );
    assert_eq!(stores[0]["mode"], "0644");
    let (status, stores) = rows(&course, &["--fix-modes"]);
    assert_eq!(
        (status, stores[0]["others_may_read"].as_bool()),
        (0, Some(false))
    );
    let mode = fs::metadata(&env).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn what_git_does_not_ignore_is_told() {
    let course = Course::empty();
    let env = course.path().join(".env");
    fs::write(&env, format!("HF_TOKEN={}\n", course.values[0])).unwrap();
    fs::set_permissions(&env, fs::Permissions::from_mode(0o600)).unwrap();
    course.write(".git/HEAD", "");
    let (status, stores) = rows(&course, &[]);
    assert_eq!(
        (status, stores[0]["git_ignores"].as_bool()),
        (1, Some(false))
    );
    course.write(".gitignore", ".env\n");
    let (status, stores) = rows(&course, &[]);
    assert_eq!(
        (status, stores[0]["git_ignores"].as_bool()),
        (0, Some(true))
    );
}

#[test]
fn a_store_that_cannot_be_read_is_said_and_the_others_go_on() {
    let course = Course::empty();
    course.write(".env", &format!("HF_TOKEN={}\n", course.values[0]));
    // A folder, as a mode hinders root from nothing.
    fs::create_dir(course.home().join(".netrc")).unwrap();
    let (status, stores) = rows(&course, &[]);
    assert_eq!((status, stores.len()), (2, 2));
    assert!(stores.iter().any(|store| store["error"].is_string()));
    assert!(stores.iter().any(|store| store["place"] == "course/.env"));
}

#[test]
fn half_a_store_and_a_store_of_windows_are_read() {
    let course = Course::empty();
    let token = &course.values[0];
    let wide: Vec<u8> = format!("\u{feff}HF_TOKEN={token}\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    course.write_bytes("wide.env", &wide);
    course.write(
        "kaggle.json",
        r#"{"username":"me","key":"9f4c17e2a0b86d35c1e79a402f5b8d63""#,
    );
    let (_, stores) = rows(&course, &[]);
    let places: Vec<&str> = stores
        .iter()
        .map(|s| s["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["course/kaggle.json", "course/wide.env"]);
}

#[test]
fn a_walk_leaves_a_store_and_naming_it_masks_it() {
    let course = Course::new();
    let env = course.path().join(".env");
    let before = fs::read_to_string(&env).unwrap();
    let (status, out, _) = course.run(&["fix", "course"]);
    assert_eq!(status, 1);
    assert!(out.contains("left as it is"), "{out}");
    assert_eq!(fs::read_to_string(&env).unwrap(), before);
    assert_eq!(course.run(&["fix", "course/.env"]).0, 0);
    let after = fs::read_to_string(&env).unwrap();
    assert!(after.contains("HF_TOKEN=REDACTED_HF_TOKEN\n"), "{after}");
    course.assert_clean(".env", after.as_bytes());
}

#[test]
fn the_register_has_a_line_a_credential() {
    let course = Course::new();
    let (_, out, _) = course.run(&["stores", "course", "--csv"]);
    let lines: Vec<&str> = out.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 1 + 4, "{out}");
    assert!(lines[0].starts_with("place,store,kind,"));
    assert!(lines.iter().all(|line| line.split(',').count() == 13));
}
