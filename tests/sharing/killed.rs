//! A copy whose making is killed is not there, or it is whole.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use unspill::detect::sample::Rng;

use crate::course::{Course, files};

#[test]
fn killed_at_any_moment_the_copy_is_absent_or_whole() {
    let course = Course::new();
    for number in 0..300 {
        let text = format!(
            "token = \"{}\"\n{}",
            course.values[0],
            "x = 1\n".repeat(400)
        );
        course.write(&format!("many/{number}.py"), &text);
    }
    assert_eq!(course.run(&["share", "course", "whole"]).0, 0);
    assert_eq!(course.run(&["share", "course", "whole.zip"]).0, 0);
    let whole = files(&course.around().join("whole"));
    let mut rng = Rng::new(u64::from(std::process::id()));
    let mut killed = 0;
    for round in 0..24 {
        let is_zip = round % 2 == 0;
        let out = format!("copy-{round}{}", if is_zip { ".zip" } else { "" });
        let mut child = course
            .command(&["share", "course", &out])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(rng.below(400) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        let path = course.around().join(&out);
        if fs::symlink_metadata(&path).is_err() {
            killed += 1;
        } else if is_zip {
            // The names of the members begin with that of the archive.
            let mut archive = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
            let count = (0..archive.len()).filter(|&at| archive.by_index(at).unwrap().is_file());
            assert_eq!(count.count(), whole.len());
        } else {
            assert_eq!(files(&path), whole);
        }
    }
    assert!(killed > 0, "nothing was killed in time");
    // What was left lying holds nothing that is not sanitized.
    for (name, bytes) in files(course.around()) {
        if name.starts_with(".unspill-") {
            course.assert_clean(&name, &bytes);
        }
    }
    assert_eq!(course.run(&["share", "course", "again"]).0, 0);
    assert_eq!(files(&course.around().join("again")), whole);
}
