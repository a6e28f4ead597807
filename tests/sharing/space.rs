//! `check --space`: the folder as an upload to the Hub would send it.

use crate::course::Course;

fn check(course: &Course, args: &[&str]) -> (i32, Vec<String>, String) {
    let (status, out, err) =
        course.run(&[&["check", "--space", "course", "--json", "--no-own"], args].concat());
    let document: serde_json::Value = serde_json::from_str(&out).expect(&err);
    let findings = document["findings"].as_array().unwrap().iter();
    let mut paths: Vec<String> = findings
        .map(|finding| finding["path"].as_str().unwrap().to_owned())
        .collect();
    paths.dedup();
    (status, paths, document["notes"].to_string())
}

fn space(sdk: &str) -> Course {
    let course = Course::empty();
    course.write(
        "README.md",
        &format!("---\ntitle: x\nsdk: {sdk}\n---\n\n# x\n"),
    );
    let token = course.values[0].clone();
    let env = format!("HF_TOKEN={token}\n");
    course.write(".env", &env);
    course.write("sub/.env", &env);
    course.write(".git/config", &env);
    course.write("a/.cache/huggingface/x.txt", &env);
    course.write("node_modules/x/index.js", &format!("key = '{token}'"));
    course
}

#[test]
fn all_that_would_be_sent_is_looked_at_and_nothing_else() {
    let course = space("gradio");
    let (status, paths, _) = check(&course, &[]);
    assert_eq!(status, 1);
    assert_eq!(
        paths,
        [
            "course/.env",
            "course/node_modules/x/index.js",
            "course/sub/.env"
        ]
    );
}

#[test]
fn the_ignore_file_at_the_top_counts_and_those_below_do_not() {
    let course = space("gradio");
    course.write(".gitignore", "/.env\nnode_modules/\n");
    course.write("sub/.gitignore", ".env\n");
    assert_eq!(check(&course, &[]).1, ["course/sub/.env"]);
    course.write(".gitignore", ".env\nnode_modules/\n");
    assert_eq!(check(&course, &[]), (0, Vec::new(), check(&course, &[]).2));
}

#[test]
fn the_advice_fits_the_kind_of_space() {
    let (_, _, notes) = check(&space("gradio"), &[]);
    assert!(notes.contains("Variables and secrets"), "{notes}");
    let (_, _, notes) = check(&space("static"), &[]);
    assert!(notes.contains("browser"), "{notes}");
    let (_, _, notes) = check(&space("docker"), &[]);
    assert!(notes.contains("--mount=type=secret"), "{notes}");
}
