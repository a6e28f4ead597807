//! Scripts before and after the rewrite, run by bash: commands receive the
//! same words, and what is rewritten does not print the value.

#![cfg(unix)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use support::case;
use unspill::region::Language;
use unspill::rewrite::{self, Outcome};

/// Words for a shell in which the value stands in any quoting.
fn words() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "§",
        "§",
        "a",
        "=",
        ":",
        "'§'",
        "'a§'",
        "'§b'",
        "'a\"$§\\'",
        "\"§\"",
        "\"a§b\"",
        "\"\\$§\"",
        "\"$A-§\"",
        "\"'§'\"",
        "$'§'",
        "$'a\\'§\\n'",
        "\\$",
        "\\ ",
        "${A}",
        "$A-",
        "${U:-§}",
        "\"${U:-§}\"",
        "$(id1 §)",
        "\"$(id1 '§' \"§\")\"",
        "`id1 §`",
        "\"\\\\§\"",
        "\\§",
        "é§é",
    ]);
    let word = prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat());
    let line = prop::collection::vec(word, 1..6)
        .prop_map(|words| format!("record {} # §\n", words.join(" ")));
    prop::collection::vec(line, 1..20)
        .prop_map(|lines| case::filled(&lines.concat()))
        .prop_filter("a value to rewrite", |script| {
            script.contains(&case::value())
        })
}

/// Lines that print in one way or another, and lines that only seem to.
fn printing() -> impl Strategy<Value = String> {
    let frame = prop::sample::select(vec![
        "echo W",
        "echo -n W",
        "printf '%s' W",
        "echo W >&2",
        "echo W 1>&2",
        "echo W 2> f",
        "echo W > f",
        "echo W &> f",
        "echo W >> f",
        "echo W > /dev/stderr",
        "echo W | cat",
        "echo W | tee f",
        "echo W | tee f > g",
        "echo W | sed s/a/b/ | head -1",
        "echo W | base64",
        "x=$(echo W)",
        "echo \"$(echo W)\"",
        "echo `echo W`",
        "if true; then echo W; fi",
        "for i in 1; do echo W; done",
        "(echo W)",
        "{ echo W; }",
        "f() { echo W; }; f",
        "A=1 echo W",
        "command echo W",
        "env A=1 echo W",
        "time echo W",
        "timeout 5 echo W",
        "nice -n 5 echo W",
        "eval echo W",
        "bash -c \"echo §\"",
        "bash -c 'echo §'",
        "bash -c 'echo § > f'",
        "echo a | xargs echo W",
        "find . -maxdepth 0 -exec echo W \\;",
        "cat <<< W",
        "cat <<E\nW\nE",
        "cat <<'E'\n§\nE",
        "cat <<E > f\n§\nE",
        "tee f <<E\n§\nE",
        "cat <<E | tr a b\n§\nE",
        "! echo W",
        "true && echo W || echo W",
        "case a in a) echo W;; esac",
        "export X=§",
        "X=§",
        "X=§ true",
        "A=W; true \"$A\"",
        "true W",
        "[ a = W ]",
        "[[ a == W ]]",
        ": ${A:=§}",
        "declare -x X=§",
        "printf W | cat > f",
        "sed s/a/§/ <<< a",
        "awk '{print \"§\"}' <<< a",
        "/bin/echo W",
        "sudo -n true W",
        "echo a; echo W",
        "echo a # §",
        "echo W &\nwait",
        "echo <(echo W)",
        "cat <(echo W)",
    ]);
    let word = prop::sample::select(vec![
        "§", "'§'", "\"§\"", "a§b", "'a §'", "\"a=§\"", "a'§'b", "$'§'",
    ]);
    let line = (frame, word).prop_map(|(frame, word)| format!("{}\n", frame.replace('W', word)));
    prop::collection::vec(line, 1..8)
        .prop_map(|lines| case::filled(&lines.concat()))
        .prop_filter("a value to rewrite", |script| {
            script.contains(&case::value())
        })
}

/// What the commands of a script received.
fn received(script: &str) -> String {
    let mut child = Command::new("bash")
        .env("X", case::value())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash starts");
    let mut input = child.stdin.take().expect("its input");
    let prelude = "A=aa; record() { printf '<%s>' \"$@\"; }; id1() { printf '%s,' \"$@\"; }\n";
    input.write_all(prelude.as_bytes()).expect("bash reads");
    input.write_all(script.as_bytes()).expect("bash reads");
    drop(input);
    let output = child.wait_with_output().expect("bash ends");
    assert!(output.status.success(), "{script}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// A rewrite never makes a script that prints the value.
    #[test]
    fn a_rewritten_script_does_not_print(script in printing()) {
        let (after, _) = case::rewritten(&script, "X", |text, targets| {
            rewrite::other(Language::Shell, text, targets)
        });
        let folder = tempfile::tempdir().expect("a temporary folder");
        let output = Command::new("bash")
            .args(["-c", &after])
            .current_dir(folder.path())
            .env("X", case::value())
            .stdin(Stdio::null())
            .output()
            .expect("bash ends");
        for shown in [output.stdout, output.stderr] {
            let shown = String::from_utf8_lossy(&shown).into_owned();
            prop_assert!(!shown.contains(&case::value()), "{after}\nshows {shown}");
        }
    }

    /// Bash gives its commands the very same words; only comments are masked.
    #[test]
    fn words_reach_commands_unchanged(script in words()) {
        let (after, outcomes) = case::rewritten(&script, "X", |text, targets| {
            rewrite::other(Language::Shell, text, targets)
        });
        let in_comment = Outcome::Masked(Some("a comment"));
        prop_assert!(
            outcomes.iter().all(|it| *it == Outcome::LookUp || *it == in_comment),
            "{after}"
        );
        prop_assert_eq!(received(&script), received(&after), "{}", after);
    }
}
