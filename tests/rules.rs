//! Rules of gitleaks, on the binary.

mod support;

use support::project::{Project, code, notebook, of_cells};

/// A made-up value of 16 letters and digits that no kind knows.
fn body() -> String {
    ["q7Zp", "Lw2R", "tX9v", "BnK4"].concat()
}

const RULES: &str = r#"
title = "ours"

[[rules]]
id = "acme-ticket"
description = "A ticket of Acme"
regex = '''(?i)\bticket\b[^\n]{0,10}?["'=:\s]([a-z0-9]{16})(?:["'\s]|$)'''
keywords = ["TICKET"]
entropy = 3

[[rules]]
id = "only-files"
path = '''id_rsa$'''
"#;

fn project() -> Project {
    let value = body();
    let cells = [
        code(
            &format!("ticket = \"{value}\"\n"),
            &format!("Ticket {value}\n"),
        ),
        code("ticket = input()\n", ""),
    ];
    Project::new(&[("gitleaks.toml", RULES), ("a.ipynb", &of_cells(&cells))])
}

#[test]
fn what_a_rule_finds_is_taken_out() {
    let project = project();
    assert_eq!(project.check(&[]), (0, 0));
    assert_eq!(project.check(&["--rules", "gitleaks.toml"]), (2, 1));
    let fix = project.run(&["fix", "--rules", "gitleaks.toml"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    let after = project.read("a.ipynb");
    assert!(!after.contains(&body()), "{after}");
    assert!(after.contains("os.environ[\\\"ACME_TICKET\\\"]"), "{after}");
    assert!(after.contains("Ticket REDACTED_ACME_TICKET"), "{after}");
    assert_eq!(project.check(&["--rules", "gitleaks.toml"]), (0, 0));
}

#[test]
fn what_cannot_be_expressed_is_told_for_each_rule() {
    let project = project();
    let run = project.run(&["check", "--rules", "gitleaks.toml"]);
    assert_eq!(
        run.err,
        "unspill: note: gitleaks.toml: rule `only-files` is not used: it has no regex, and is for whole files\n"
    );
    project.write("broken.toml", "[[rules]]\nid = 3\n");
    let run = project.run(&["check", "--rules", "broken.toml"]);
    assert_eq!(run.status, 2);
    assert!(
        run.err.starts_with("unspill: broken.toml: line 2: "),
        "{}",
        run.err
    );
}

#[test]
fn the_configuration_names_rules_and_allows_theirs() {
    let project = project();
    project.write("unspill.toml", "rules = [\"gitleaks.toml\"]\n");
    assert_eq!(project.check(&[]), (2, 1));
    let listed = project.run(&["kinds", "acme"]);
    assert!(
        listed.out.contains("gitleaks:acme-ticket"),
        "{}",
        listed.out
    );
    let explained = project.run(&["kinds", "gitleaks:acme-ticket"]).out;
    assert!(
        explained.contains("By the pattern of a rule"),
        "{explained}"
    );
    assert!(explained.contains("A ticket of Acme"), "{explained}");
    project.write(
        "unspill.toml",
        "rules = [\"gitleaks.toml\"]\n[allow]\nkinds = [\"gitleaks:acme-ticket\"]\n",
    );
    assert_eq!(project.check(&[]), (0, 0));
}

#[test]
fn a_rule_can_be_confined_to_paths_and_kept_from_them() {
    let cell = |value: &str| notebook(&[&format!("ticket = \"{value}\"\n")]);
    let other: String = body().chars().rev().collect();
    for (lines, found) in [
        ("path = '''^x/.*\\.ipynb$'''", 1),
        ("[[rules.allowlists]]\npaths = ['''^x/''']", 1),
        ("[[rules.allowlists]]\npaths = ['''ipynb$''']", 0),
    ] {
        let rules =
            format!("[[rules]]\nid = 'a'\nregex = '''ticket = .([a-zA-Z0-9]{{16}})'''\n{lines}\n");
        let project = Project::new(&[
            ("rules.toml", &rules),
            ("x/a.ipynb", &cell(&body())),
            ("y/a.ipynb", &cell(&other)),
        ]);
        assert_eq!(
            project.check(&["--rules", "rules.toml"]).0,
            found,
            "{lines}"
        );
    }
}
