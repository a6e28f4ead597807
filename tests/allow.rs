//! Exemptions: comments, `[allow]`, baselines; on the binary.

mod support;

use support::project::{Project, code, markdown, notebook, of_cells, token, value};

#[test]
fn a_comment_exempts_its_line_and_no_other() {
    let (kept, taken) = (token(1), token(2));
    let source = format!("a = \"{kept}\"  # unspill: allow\nb = \"{taken}\"\n");
    let project = Project::new(&[("a.ipynb", &notebook(&[&source]))]);
    assert_eq!(project.check(&[]), (1, 1));
    let fix = project.run(&["fix"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    let after = project.read("a.ipynb");
    assert!(after.contains(&kept) && !after.contains(&taken));
    assert!(after.contains("# unspill: allow"));
    assert_eq!(project.check(&[]), (0, 0));
}

#[test]
fn a_file_with_nothing_but_exempted_findings_is_not_written() {
    let source = format!("a = \"{}\"  # unspill: allow\n", token(1));
    let before = notebook(&[&source]);
    let project = Project::new(&[("a.ipynb", &before)]);
    assert_eq!(project.run(&["fix"]).status, 0);
    assert_eq!(project.read("a.ipynb"), before);
}

#[test]
fn a_value_exempted_here_is_taken_out_there() {
    let value = token(1);
    let cells = [
        code(
            &format!("a = \"{value}\"  # unspill: allow\n"),
            &format!("{value}\n"),
        ),
        code(&format!("b = \"{value}\"\n"), ""),
    ];
    let project = Project::new(&[
        ("a.ipynb", &of_cells(&cells)),
        ("b.ipynb", &notebook(&[&format!("c = '{value}' # nosec\n")])),
    ]);
    assert_eq!(project.check(&[]), (2, 1), "the output and the other cell");
    let before = project.read("b.ipynb");
    assert_eq!(project.run(&["fix"]).status, 0);
    let after = project.read("a.ipynb");
    assert_eq!(after.matches(&value).count(), 1, "{after}");
    assert!(after.contains(&format!("a = \\\"{value}\\\"  # unspill: allow")));
    assert_eq!(project.read("b.ipynb"), before);
    assert_eq!(project.check(&[]), (0, 0));
}

#[test]
fn a_value_known_only_by_its_name_stays_on_its_line() {
    let secret = password();
    let source = format!("password = \"{secret}\"\nprint(\"{secret}\")  # gitleaks:allow\n");
    let project = Project::new(&[("a.ipynb", &notebook(&[&source]))]);
    assert_eq!(project.run(&["fix"]).status, 0);
    let after = project.read("a.ipynb");
    assert_eq!(after.matches(&secret).count(), 1, "{after}");
    assert!(after.contains("# gitleaks:allow"));
}

#[test]
fn a_comment_for_a_kind_is_for_no_other() {
    let (hugging, groq) = (token(1), value("groq-api-key", 2));
    let line = format!("a, b = \"{hugging}\", \"{groq}\"");
    let source = format!("{line}  # unspill: allow[groq-api-key]\n");
    let project = Project::new(&[("a.ipynb", &notebook(&[&source]))]);
    assert_eq!(project.check(&[]), (1, 1));
    assert_eq!(project.run(&["fix"]).status, 0);
    let after = project.read("a.ipynb");
    assert!(after.contains(&groq) && !after.contains(&hugging));
}

#[test]
fn prose_shell_and_configuration_can_be_exempted() {
    let value = token(1);
    for cell in [
        markdown(&format!("Use {value} <!-- unspill: allow -->")),
        code(
            &format!("!curl -H 'X: {value}' x.io  # unspill: allow\n"),
            "",
        ),
        code(&format!("%%bash\nexport A={value}  # unspill: allow\n"), ""),
        code(
            &format!("%%writefile a.yaml\na: {value}  # unspill: allow\n"),
            "",
        ),
        code(
            &format!("%%javascript\nx = \"{value}\"  // unspill: allow\n"),
            "",
        ),
    ] {
        let project = Project::new(&[("a.ipynb", &of_cells(std::slice::from_ref(&cell)))]);
        assert_eq!(project.check(&[]), (0, 0), "{cell}");
    }
}

#[test]
fn every_format_with_comments_can_exempt_a_line() {
    let (kept, taken) = (token(1), token(2));
    let files = [
        (
            "a.yaml",
            format!("a: {kept} # unspill: allow\nb: {taken}\n"),
        ),
        (
            "quoted.yaml",
            format!("a: \"{kept}\" #pragma: allowlist secret\nb: {taken}\n"),
        ),
        (
            "block.yaml",
            format!("a: | # unspill: allow\n  {kept}\nb: |\n  {taken}\nc: 1 # nosec\n"),
        ),
        (
            "gap.yaml",
            format!("# a: {kept} # unspill: allow\n# b: {taken}\nc: 1\n"),
        ),
        (
            "a.toml",
            format!("a = \"{kept}\" # unspill: allow\nb = '{taken}'\n"),
        ),
        (
            "a.ini",
            format!("[x]\na = {kept} ; unspill: allow\nb = {taken}\n"),
        ),
        (
            "a.env.example",
            format!("A={kept} # gitleaks:allow\nB={taken}\n"),
        ),
        (
            "a.md",
            format!("```yaml\na: {kept} # unspill: allow\nb: {taken}\n```\n"),
        ),
        (
            "b.md",
            format!("---\na: {kept} # unspill: allow\nb: {taken}\n---\n# Title\n"),
        ),
    ];
    for (name, text) in &files {
        let project = Project::new(&[(name, text)]);
        assert_eq!(project.check(&[]), (1, 1), "{name}");
        let fix = project.run(&["fix", name]);
        let after = project.read(name);
        let is_as_wanted = after.contains(&kept) && !after.contains(&taken);
        assert!(is_as_wanted, "{name}: {after} {}", fix.err);
        assert!(!fix.err.contains("nothing any more"), "{name}: {}", fix.err);
    }
}

#[test]
fn an_output_cannot_exempt_itself() {
    let printed = format!("{}  # unspill: allow\n", token(1));
    let project = Project::new(&[("a.ipynb", &of_cells(&[code("x\n", &printed)]))]);
    assert_eq!(project.check(&[]), (1, 1));
}

#[test]
fn a_value_over_several_lines_is_exempted_on_any_of_them() {
    let value = token(1);
    let (left, right) = value.split_at(20);
    let source = format!("a = (\"{left}\"  # unspill: allow\n     \"{right}\")\n");
    let project = Project::new(&[("a.ipynb", &notebook(&[&source]))]);
    assert_eq!(project.check(&[]), (0, 0));
}

#[test]
fn a_comment_that_exempts_nothing_is_told() {
    let kept = format!(
        "a = \"{}\"  # unspill: allow\nb = 1  # unspill: allow\n",
        token(1)
    );
    let project = Project::new(&[
        ("a.ipynb", &notebook(&["x = 1\n", &kept])),
        (
            "b.ipynb",
            &notebook(&["c = 2  # unspill: allow\nd = 3  # nosec\n"]),
        ),
    ]);
    for verb in ["check", "fix"] {
        let run = project.run(&[verb]);
        assert_eq!(run.status, 0);
        let stale: Vec<&str> = run.err.lines().collect();
        assert_eq!(
            stale,
            [
                "unspill: note: a.ipynb, cell 2, line 2: `unspill: allow` exempts nothing any more",
                "unspill: note: b.ipynb, cell 1, line 1: `unspill: allow` exempts nothing any more",
            ],
            "{verb}"
        );
    }
}

#[test]
fn a_comment_for_what_is_known_from_elsewhere_only_is_not_stale() {
    let secret = password();
    let project = Project::new(&[
        (
            "a.ipynb",
            &notebook(&[&format!("print('{secret}')  # unspill: allow\n")]),
        ),
        ("b.ipynb", &notebook(&[&format!("password = '{secret}'\n")])),
    ]);
    let check = project.run(&["check"]);
    assert_eq!((check.status, check.err.as_str()), (1, ""));
}

#[test]
fn the_configuration_exempts_by_kind_path_place_and_value() {
    let (hugging, groq) = (token(1), value("groq-api-key", 2));
    let cells = of_cells(&[code(&format!("a = \"{hugging}\"\n"), &format!("{groq}\n"))]);
    let project = Project::new(&[("x/a.ipynb", &cells)]);
    assert_eq!(project.check(&[]), (2, 1));
    for (allow, left) in [
        ("kinds = ['groq-api-key']".to_owned(), 1),
        (
            "kinds = ['groq-api-key', 'huggingface-user-token']".to_owned(),
            0,
        ),
        (
            "paths = [{ allow = 'x/', reason = 'made up' }]".to_owned(),
            0,
        ),
        ("paths = ['a.ipynb']".to_owned(), 0),
        ("paths = ['y/a.ipynb']".to_owned(), 2),
        ("places = ['output']".to_owned(), 1),
        ("places = ['code']".to_owned(), 1),
        (format!("values = ['^{}']", &hugging[..9]), 1),
    ] {
        project.write("unspill.toml", &format!("[allow]\n{allow}\n"));
        assert_eq!(project.check(&[]).0, left, "{allow}");
        let stale = project.run(&["check"]).err.contains("exempts nothing");
        assert_eq!(stale, left == 2, "{allow}");
    }
}

#[test]
fn an_entry_is_told_stale_only_if_all_was_read() {
    let project = Project::new(&[
        (
            "unspill.toml",
            "[allow]\nkinds = [{ allow = 'groq-api-key', reason = 'old' }]\n",
        ),
        ("a.ipynb", &notebook(&["x = 1\n"])),
        ("b/b.ipynb", &notebook(&["x = 1\n"])),
    ]);
    let note = "unspill: note: the kind `groq-api-key` (old) in [allow] exempts nothing any more\n";
    assert_eq!(project.run(&["check"]).err, note);
    assert_eq!(project.run_in("b", &["check", ".."]).err, note);
    assert_eq!(project.run_in("b", &["check"]).err, "");
    assert_eq!(project.run(&["check", "a.ipynb"]).err, "");
}

#[test]
fn a_baseline_leaves_alone_what_was_there() {
    let (old, new) = (token(1), token(2));
    let cells = of_cells(&[code(&format!("a = \"{old}\"\n"), &format!("{old}\n"))]);
    let project = Project::new(&[("x/a.ipynb", &cells)]);
    let written = project.run(&["check", "--write-baseline", "base.json"]);
    assert_eq!(written.status, 0, "{}", written.err);
    assert!(
        written.err.contains("1 finding written to base.json"),
        "{}",
        written.err
    );
    let baseline = project.read("base.json");
    assert!(!baseline.contains(&old) && !baseline.contains(&old[..12]));
    assert!(baseline.contains("\"path\": \"x/a.ipynb\""), "{baseline}");

    assert_eq!(project.check(&["--baseline", "base.json"]), (0, 0));
    let inside = project.run_in("x", &["check", "--baseline", "../base.json", "a.ipynb"]);
    assert_eq!((inside.status, inside.err.as_str()), (0, ""));

    project.write("b.ipynb", &notebook(&[&format!("b = '{new}'\n")]));
    assert_eq!(project.check(&["--baseline", "base.json"]), (1, 1));
    let fix = project.run(&["fix", "--baseline", "base.json"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    assert_eq!(project.read("x/a.ipynb"), cells);
    assert!(!project.read("b.ipynb").contains(&new));
}

#[test]
fn what_is_gone_from_the_baseline_is_told() {
    let project = Project::new(&[("a.ipynb", &notebook(&[&format!("a = '{}'\n", token(1))]))]);
    project.run(&["check", "--write-baseline", "base.json"]);
    project.write("a.ipynb", &notebook(&["a = 1\n"]));
    let check = project.run(&["check", "--baseline", "base.json"]);
    assert_eq!(check.status, 0);
    assert_eq!(
        check.err,
        "unspill: note: a.ipynb: a finding of the baseline is gone\n"
    );
}

#[test]
fn a_value_known_from_elsewhere_only_is_in_the_baseline_too() {
    let secret = password();
    let known = notebook(&[&format!("print('{secret}')\n")]);
    let project = Project::new(&[
        ("a.ipynb", &notebook(&[&format!("password = '{secret}'\n")])),
        ("b.ipynb", &known),
    ]);
    project.run(&["check", "--write-baseline", "base.json"]);
    let check = project.run(&["check", "--baseline", "base.json"]);
    assert_eq!((check.status, check.err.as_str()), (0, ""));
    project.write(
        "c.ipynb",
        &notebook(&[&format!("api_secret = '{secret}'\n")]),
    );
    assert_eq!(project.run(&["fix", "--baseline", "base.json"]).status, 0);
    assert_eq!(project.read("b.ipynb"), known);
    assert!(!project.read("c.ipynb").contains(&secret));
}

#[test]
fn a_baseline_replaces_a_baseline_and_nothing_else() {
    let text = notebook(&[&format!("a = '{}'\n", token(1))]);
    let project = Project::new(&[("a.ipynb", &text), ("b.ipynb", &text)]);
    let run = project.run(&["check", "--write-baseline", "a.ipynb", "b.ipynb"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("is no baseline"), "{}", run.err);
    assert_eq!(project.read("a.ipynb"), text);
    for _ in 0..2 {
        let run = project.run(&["check", "--write-baseline", "base.json"]);
        assert_eq!(run.status, 0, "{}", run.err);
    }
    for broken in ["a.ipynb", "missing.json"] {
        let run = project.run(&["check", "--baseline", broken]);
        assert_eq!((run.status, run.out.as_str()), (2, ""));
        assert!(
            run.err.starts_with(&format!("unspill: {broken}: ")),
            "{}",
            run.err
        );
    }
}

#[test]
fn a_diff_shows_no_exempted_value() {
    let (kept, taken) = (token(1), token(2));
    let source =
        format!("a = \"{kept}\"  # unspill: allow\nb = \"{taken}\"\nc = \"{taken}\" # nosec\n");
    let project = Project::new(&[("a.ipynb", &notebook(&[&source]))]);
    let diff = project.run(&["fix", "--diff"]);
    assert!(diff.out.contains("+"), "{}", diff.out);
    for value in [&kept, &taken] {
        assert!(!diff.out.contains(value.as_str()), "{}", diff.out);
    }
    assert!(diff.out.contains(" unspill: allow"), "{}", diff.out);
}

/// A made-up value that no shape tells.
fn password() -> String {
    ["q7Zp", "Lw2R", "tX9v", "BnK4"].concat()
}
