//! `unspill.toml` and `[tool.unspill]`, on the binary.

mod support;

use support::project::{Project, notebook, token};

/// A made-up value of 32 letters and digits.
fn body() -> String {
    [
        "q7zp", "lw2r", "tx9v", "bnk4", "my0a", "udh3", "cs8f", "ej6g",
    ]
    .concat()
}

const STYLE: &str = "style = \"getpass\"\n";

fn one_token() -> String {
    notebook(&[&format!("a = \"{}\"\n", token(1))])
}

/// The style that `--show-settings` tells.
fn style(project: &Project, folder: &str, args: &[&str]) -> String {
    let run = project.run_in(folder, &[&["check", "--show-settings"], args].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    let line = run.out.lines().find(|line| line.starts_with("style = "));
    line.unwrap_or_default().to_owned()
}

#[test]
fn it_is_searched_upward_to_the_root_of_the_repository() {
    let project = Project::new(&[
        ("unspill.toml", STYLE),
        ("a/b/x.txt", ""),
        ("repo/.git/HEAD", ""),
        ("repo/x.txt", ""),
        ("py/pyproject.toml", "[tool.unspill]\nstyle = \"colab\"\n"),
        ("other/pyproject.toml", "[project]\nname = \"x\"\n"),
    ]);
    assert_eq!(style(&project, "", &[]), "style = \"getpass\"");
    assert_eq!(style(&project, "a/b", &[]), "style = \"getpass\"");
    assert_eq!(style(&project, "repo", &[]), "style = \"environ\"");
    assert_eq!(style(&project, "py", &[]), "style = \"colab\"");
    assert_eq!(style(&project, "other", &[]), "style = \"getpass\"");
}

#[test]
fn flags_win_over_it_and_it_over_the_defaults() {
    let project = Project::new(&[
        ("unspill.toml", STYLE),
        ("other.toml", "style = \"kaggle\"\n"),
        ("a.ipynb", &one_token()),
    ]);
    assert_eq!(
        style(&project, "", &["--style", "dotenv"]),
        "style = \"dotenv\""
    );
    assert_eq!(style(&project, "", &["--no-config"]), "style = \"environ\"");
    assert_eq!(
        style(&project, "", &["--config", "other.toml"]),
        "style = \"kaggle\""
    );
    assert_eq!(project.run(&["fix"]).status, 0);
    assert!(project.read("a.ipynb").contains("getpass("));
}

#[test]
fn the_settings_shown_are_a_configuration() {
    let all = "confidence = \"certain\"\nexclude = [\"x/\"]\nrespect-gitignore = true\n\
               [allow]\nkinds = [{ allow = \"jwt-generic\", reason = \"public\" }]\n\
               [[kind]]\nid = \"acme\"\nname = \"Token\"\nseverity = \"read\"\ntold = \"name\"\n";
    let project = Project::new(&[("unspill.toml", all)]);
    let shown = project.run(&["check", "--show-settings", "--style", "colab"]);
    assert!(
        shown.out.starts_with("# from unspill.toml\n"),
        "{}",
        shown.out
    );
    project.write("again.toml", &shown.out);
    let again = project.run(&["check", "--show-settings", "--config", "again.toml"]);
    assert_eq!(again.out, shown.out.replace("unspill.toml", "again.toml"));
    assert!(again.out.contains("style = \"colab\""), "{}", again.out);
    let typed = project.run(&[
        "fix",
        "--show-settings",
        "--exclude",
        "y",
        "--env-file",
        "e",
    ]);
    assert!(
        typed.out.contains("exclude = [\"x/\", \"y\"]"),
        "{}",
        typed.out
    );
    assert!(typed.out.contains("env-file = \"e\""), "{}", typed.out);
}

#[test]
fn what_is_wrong_is_one_line_with_its_place() {
    let project = Project::new(&[("a.ipynb", &one_token())]);
    for (name, text, start) in [
        (
            "unspill.toml",
            "\nstile = 1\n",
            "unspill.toml: line 2: unknown field `stile`",
        ),
        (
            "unspill.toml",
            "[allow]\nkinds = ['hugingface-user-token']",
            "unspill.toml: line 2: no kind",
        ),
        (
            "unspill.toml",
            "[[kind]]\nid = 'x'\n",
            "unspill.toml: line 1: missing field",
        ),
        (
            "pyproject.toml",
            "[tool.unspill]\nconfidence = 'some'\n",
            "pyproject.toml: line 2: ",
        ),
    ] {
        let project = Project::new(&[(name, text)]);
        for verb in ["check", "fix", "filter", "kinds"] {
            let run = project.run(&[verb]);
            assert_eq!(run.status, 2, "{text}");
            assert!(
                run.err.starts_with(&format!("unspill: {start}")),
                "{}",
                run.err
            );
            assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        }
    }
    let run = project.run(&["check", "--config", "none.toml"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("none.toml: cannot be read"), "{}", run.err);
}

#[test]
fn what_is_excluded_is_not_read_unless_it_is_named() {
    let project = Project::new(&[
        ("unspill.toml", "exclude = [\"/third_party/\"]\n"),
        ("third_party/a.ipynb", &one_token()),
        ("x/third_party/b.ipynb", &one_token()),
        ("c.ipynb", &one_token()),
    ]);
    assert_eq!(project.check(&[]).0, 2);
    assert_eq!(project.check(&["--exclude", "c.*"]).0, 1);
    assert_eq!(project.check(&["third_party"]).0, 1);
    assert_eq!(project.check(&["--no-config"]).0, 3);
    let inside = project.run_in("x", &["check", "-q"]);
    assert_eq!(inside.status, 1);
}

#[test]
fn a_kind_of_ones_own_is_told_by_itself() {
    let kind = r#"
[[kind]]
id = "acme-deploy-token"
name = "Deploy token"
provider = "Acme"
severity = "write"
told = "itself"
anchors = ["acme_"]
shape = "acme_[a-z0-9]{32}"
variables = ["ACME_TOKEN"]
revoke = "https://acme.test/tokens"
"#;
    let value = format!("acme{}{}", '_', body());
    let project = Project::new(&[
        ("unspill.toml", kind),
        ("a.ipynb", &notebook(&[&format!("x = \"{value}\"\n")])),
    ]);
    let check = project.run(&["check"]);
    assert!(
        check.out.contains("Acme deploy token  acme_…"),
        "{}",
        check.out
    );
    assert!(check.out.contains("https://acme.test/tokens"));
    assert_eq!(project.check(&["--no-config"]), (0, 0));
    assert_eq!(project.run(&["fix"]).status, 0);
    let after = project.read("a.ipynb");
    assert!(after.contains("os.environ[\\\"ACME_TOKEN\\\"]"), "{after}");
    let explained = project.run(&["kinds", "acme-deploy-token"]).out;
    assert!(explained.contains("begins with `acme_`"), "{explained}");
}

#[test]
fn a_kind_of_ones_own_is_told_by_its_name() {
    let kind = "[[kind]]\nid = 'acme-seed'\nname = 'Seed'\nseverity = 'read'\ntold = 'name'\n\
                shape = '[a-z0-9]{32}'\nnames = ['acme_seed']\nvariables = ['ACME_SEED']\n";
    let source = format!("acme_seed = \"{}\"\n", body());
    let project = Project::new(&[("unspill.toml", kind), ("a.ipynb", &notebook(&[&source]))]);
    assert_eq!(project.check(&["--no-config"]), (0, 0));
    assert_eq!(project.check(&[]), (1, 1));
    assert_eq!(project.run(&["fix"]).status, 0);
    assert!(project.read("a.ipynb").contains("ACME_SEED"));
}

#[test]
fn the_values_go_where_it_says() {
    let project = Project::new(&[
        ("unspill.toml", "env-file = \"keep/.env\"\n"),
        ("keep/x.txt", ""),
        ("sub/a.ipynb", &one_token()),
    ]);
    assert_eq!(project.run_in("sub", &["fix", "a.ipynb"]).status, 0);
    assert!(project.read("keep/.env").contains(&token(1)));
}

#[test]
fn the_example_of_the_readme_is_a_configuration() {
    let readme = include_str!("../README.md");
    let example = readme.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let project = Project::new(&[
        ("unspill.toml", example),
        (
            "gitleaks.toml",
            "[[rules]]\nid = 'x'\nregex = 'xx[0-9]{9}'\n",
        ),
    ]);
    let shown = project.run(&["check", "--show-settings"]);
    assert_eq!((shown.status, shown.err.as_str()), (0, ""));
    for part in [
        "acme-token",
        "third_party/",
        "made up for the lesson",
        "gitleaks.toml",
    ] {
        assert!(shown.out.contains(part), "{}", shown.out);
    }
}
