//! Shell commands and magics in notebook cells: each cell is run by IPython
//! before and after the rewrite, with the variable set, and the commands must
//! have received the same. Commands are stood in for by a recorder.

mod support;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::case;
use support::venv;
use unspill::edit;
use unspill::region::Language;
use unspill::rewrite::shell::{Escape, IpythonRewritten, rewrite_ipython};
use unspill::rewrite::{self, Outcome};
use unspill::syntax::magic;

/// What is to become of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Becomes {
    LookUp,
    Mask,
}
use Becomes::{LookUp, Mask};

/// A cell with `§` for the value, and the setup cell before it.
struct Case {
    setup: &'static str,
    cell: &'static str,
    becomes: Becomes,
}

const fn case(cell: &'static str, becomes: Becomes) -> Case {
    after("", cell, becomes)
}

const fn after(setup: &'static str, cell: &'static str, becomes: Becomes) -> Case {
    Case {
        setup,
        cell,
        becomes,
    }
}

/// The numbers are those of the shapes in the wild that the project lists.
const CASES: &[Case] = &[
    // 4: logging in, in every quoting.
    case("!huggingface-cli login --token §", LookUp),
    case("!huggingface-cli login --token '§'", LookUp),
    case("!huggingface-cli login --token \"§\"", LookUp),
    case(
        "!huggingface-cli login --token=§ --add-to-git-credential",
        LookUp,
    ),
    case("!hf auth login --token § && hf whoami", LookUp),
    case("!  hf auth login --token §", LookUp),
    // 5: comments.
    case("!hf whoami # §", Mask),
    // 8: two on a line.
    case(
        "!hf login --token § ; git push https://u:§@huggingface.co/x",
        LookUp,
    ),
    // 11 and 34: files that a command writes.
    case(
        "!mkdir -p ~/.huggingface && echo -n \"§\" > ~/.huggingface/token",
        LookUp,
    ),
    case(
        "!echo '{\"username\":\"u\",\"key\":\"§\"}' > kaggle.json",
        LookUp,
    ),
    case(
        "!echo \"{\\\"username\\\":\\\"u\\\",\\\"key\\\":\\\"§\\\"}\" > kaggle.json",
        LookUp,
    ),
    case("!echo \"HF_TOKEN=§\" >> ~/.bashrc", LookUp),
    case("!echo HF_TOKEN=§ >> .env", LookUp),
    case(
        "!printf 'machine h login u password §\\n' >> ~/.netrc",
        LookUp,
    ),
    // 17: packages from private repositories.
    case("!pip install git+https://§@github.com/o/r.git", LookUp),
    case(
        "!pip install git+https://u:§@github.com/o/r.git@main",
        LookUp,
    ),
    after(
        "repo = 'r'",
        "!pip install git+https://§@github.com/o/{repo}.git",
        LookUp,
    ),
    after(
        "repo = 'r'",
        "!pip install git+https://§@github.com/o/$repo",
        LookUp,
    ),
    // 28: headers.
    case("!curl -H \"Authorization: Bearer §\" https://h/v1", LookUp),
    case("!curl -H 'Authorization: Bearer §' https://h/v1", LookUp),
    case("!wget --header='Cookie: s=§; t=1' https://h/f", LookUp),
    case(
        "!curl -d '{\"key\": \"§\", \"n\": {\"a\": 1}}' https://h",
        LookUp,
    ),
    case("!curl -u user:§ https://h | jq .", LookUp),
    // 29, 30, 40.
    case("!wandb login §", LookUp),
    case("!wandb login --relogin \"§\"", LookUp),
    case("!ngrok authtoken §", LookUp),
    // 38: query parameters.
    case("!curl -L \"https://h/ds/x?key=§\" > r.zip", LookUp),
    case("!curl -L https://h/ds/x?key=§_1", LookUp),
    // 41, 42: git.
    case("!git clone https://§@github.com/o/r", LookUp),
    case("!git clone https://user:§@huggingface.co/o/r", LookUp),
    case(
        "!git remote set-url origin https://u:§@github.com/o/r.git",
        LookUp,
    ),
    case(
        "!git config --global credential.helper store; echo https://u:§@h >> ~/.git-credentials",
        LookUp,
    ),
    // 44: exports.
    case("!export HF_TOKEN=§", LookUp),
    case("!export HF_TOKEN=§ && hf whoami", LookUp),
    case("!HF_TOKEN=§ hf whoami", LookUp),
    case("!export API=\"§\"; hf whoami", LookUp),
    // 58: key pairs.
    case("!aws configure set aws_secret_access_key §", LookUp),
    // What IPython expands, and what it leaves.
    after("model = 'm'", "!hf download {model} --token §", LookUp),
    after("model = 'm'", "!hf download $model --token '§'", LookUp),
    after(
        "model = 'm'",
        "!hf download \"{model}\" --token \"§\"",
        LookUp,
    ),
    after("n = 3", "!hf run {n * 2} {len('abc')} --token §", LookUp),
    after("HF_TOKEN = 'python'", "!hf login --token §", LookUp),
    after(
        "HF_TOKEN = 'python'",
        "!hf login --token '§' --user $HF_TOKEN",
        LookUp,
    ),
    after(
        "HF_TOKEN = 'python'",
        "!hf login --token § --home $HOMELESS",
        LookUp,
    ),
    case("!hf login --token § --dir $HOME/x", LookUp),
    case("!hf login --token § --dir ${UNSET:-x}", LookUp),
    case("!hf list | awk '{print $1}'; hf login --token §", LookUp),
    case(
        "!touch x; find . -name x -exec hf up {} --token § \\;",
        LookUp,
    ),
    after("model = 'm'", "!hf {model} --token § '$model'", LookUp),
    after("model = 'm'", "!hf $$HOMELESS {model} --token §", LookUp),
    case("!hf --format '{{.X}}' --token §", LookUp),
    case("!hf a \\\n  --token § \\\n  b", LookUp),
    case("!HF=\"$(hf x --token §)\"; wandb login", LookUp),
    case("!bash -c \"hf login --token §\"", LookUp),
    case("!bash -c 'hf login --token §'", LookUp),
    after(
        "model = 'm'",
        "!hf {model:} --token § {model!r} {len(model):}",
        LookUp,
    ),
    after(
        "model = 'm'",
        "!hf {model.upper()} '$model' --token 'a§' $model",
        LookUp,
    ),
    after(
        "model = 'm'",
        "!curl -d '{{\"k\": \"§\"}}' https://h/{model}",
        LookUp,
    ),
    after("model = 'm'", "!hf $model \"it's\" --token 'x§'", LookUp),
    case("!for i in 1 2; do hf up $i --token §; done", LookUp),
    // What would be printed.
    case("!echo §", Mask),
    case("!echo \"token: §\"", Mask),
    after("model = 'm'", "!echo {model} §", Mask),
    case("!echo § | base64", Mask),
    case("!!echo §", Mask),
    case("%sx echo §", Mask),
    case("!echo § | hf auth login", LookUp),
    case("out = !hf whoami --token §", LookUp),
    case("out = !echo §", LookUp),
    case("out = %sx hf whoami --token §", LookUp),
    case("!!hf whoami --token §", LookUp),
    case("%system hf whoami --token §", LookUp),
    // Line magics.
    case("%record --token §", LookUp),
    case("%record --token \"§\" --url https://u:§@h/db", LookUp),
    after("model = 'm'", "%record {model} --token §", LookUp),
    case("%record $UNBOUND §", Mask),
    case("%time §", Mask),
    // 43: files that a cell writes.
    case("%%writefile .env\nHF_TOKEN=§\nB='x'\n", Mask),
    case("%%writefile config.json\n{\"key\": \"§\"}\n", Mask),
    case("%%writefile -a notes.txt\n§\n", Mask),
    // 44, 45: cells for the shell.
    case("%%bash\nexport HF_TOKEN=§\nhf whoami\n", LookUp),
    case("%%sh\nHF_TOKEN='§'\nexport HF_TOKEN\nhf whoami\n", LookUp),
    case(
        "%%bash\nAPI=\"§\"\nexport API\nhf whoami\nHF_TOKEN=§ hf whoami\n",
        LookUp,
    ),
    case(
        "%%bash\nset -e\nif true; then\n  hf login --token '§'\nfi\n",
        LookUp,
    ),
    case("%%bash\ncat > .env <<EOF\nHF_TOKEN=§\nEOF\n", LookUp),
    case(
        "%%bash\ncat > .env <<'EOF'\nHF_TOKEN=§\nEOF\nhf x\n",
        LookUp,
    ),
    case("%%bash\ncat > x.sh <<'EOF'\nrun $1 §\nEOF\n", Mask),
    case("%%bash\ncat <<-EOF | hf login\n\t§\n\tEOF\n", LookUp),
    case("%%bash\ncat <<EOF\n§\nEOF\n", Mask),
    case("%%bash\nhf login <<< §\n", LookUp),
    case("%%bash\nhf a$'\\t'§ $'x\\'§' \"y\\\"§\" z\\ §\n", LookUp),
    case("%%bash\nhf `wandb x §` \"$(wandb \"§\")\"\n", LookUp),
    case(
        "%%bash\nfor t in § other; do hf login --token $t; done\n",
        LookUp,
    ),
    case("%%bash\nkeys=(a § b)\nhf \"${keys[1]}\"\n", LookUp),
    case("%%bash\nhf \"${UNSET:-§}\"\n", LookUp),
    case("%%script bash -e\nhf login --token §  # §x\n", LookUp),
    case("%%!\nhf a\nhf login --token §\n", LookUp),
    case("%%capture out\n!hf login --token §", LookUp),
    case("%%time\n!hf login --token §", LookUp),
];

/// A cell after the rewrite, and what became of its values.
struct Rewritten {
    cell: String,
    outcomes: Vec<Outcome>,
}

fn rewrite_cell(cell: &str, names: &BTreeSet<String>) -> Rewritten {
    let mut out = Rewritten {
        cell: String::new(),
        outcomes: Vec::new(),
    };
    let mut needs_os = false;
    for part in magic::parts(cell, Language::Python) {
        let text = &cell[part.span];
        if part.language == Language::Python {
            for line in commands(text) {
                let (line, result) = rewrite_command(line, names);
                out.cell.push_str(&line);
                needs_os |= result.needs_os;
                out.outcomes.extend(result.rewritten.outcomes);
            }
            continue;
        }
        let value = case::value();
        let targets = case::targets(text, &value, "HF_TOKEN");
        let result = rewrite::other(part.language, text, &targets);
        out.cell.push_str(&edit::apply_str(text, &result.edits));
        out.outcomes.extend(result.outcomes);
    }
    if needs_os {
        out.cell.insert_str(0, "import os\n");
    }
    out
}

/// Lines, with those that a backslash continues.
fn commands(text: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        if !text[..at].ends_with('\\') {
            commands.push(&text[start..=at]);
            start = at + 1;
        }
    }
    commands.push(&text[start..]);
    commands
}

/// Splits a line at its `!` or magic, as the Python rewriter will.
fn rewrite_command(line: &str, names: &BTreeSet<String>) -> (String, IpythonRewritten) {
    let (head, escape) = if let Some(at) = line.find(" = !") {
        (at + 4, Escape::Shell { captured: true })
    } else if let Some(at) = line.find(" = %sx ") {
        (at + 7, Escape::Shell { captured: true })
    } else if line.starts_with("!!") {
        (2, Escape::Shell { captured: false })
    } else if line.starts_with('!') {
        (1, Escape::Shell { captured: false })
    } else if let Some(rest) = line.strip_prefix('%').filter(|rest| !rest.starts_with('%')) {
        let name = rest.split(' ').next().unwrap_or("");
        let escape = match name {
            "sx" | "system" => Escape::Shell { captured: false },
            _ => Escape::Magic(name),
        };
        (1 + name.len(), escape)
    } else {
        return (line.to_owned(), IpythonRewritten::default());
    };
    let value = case::value();
    let rest = &line[head..];
    let targets = case::targets(rest, &value, "HF_TOKEN");
    let result = rewrite_ipython(rest, escape, &targets, names, "os");
    let rest = edit::apply_str(rest, &result.rewritten.edits);
    (format!("{}{rest}", &line[..head]), result)
}

/// The names that a setup cell of simple assignments binds.
fn bound(setup: &str) -> BTreeSet<String> {
    setup
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// A folder with the recorders, first on the path.
fn recorders(folder: &Path) -> String {
    const NAMES: [&str; 10] = [
        "huggingface-cli",
        "hf",
        "curl",
        "git",
        "wandb",
        "pip",
        "wget",
        "ngrok",
        "aws",
        "jq",
    ];
    let helper = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder.py");
    for name in NAMES {
        let path = folder.join(name);
        let script = format!(
            "#!/bin/sh\nexec '{}' -S '{}' \"$0\" \"$@\"\n",
            executable().display(),
            helper.display()
        );
        std::fs::write(&path, script).expect("a recorder can be written");
        set_executable(&path);
    }
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{}:{path}", folder.display())
}

#[cfg(unix)]
fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
        .expect("a recorder can be made executable");
}

/// The interpreter itself rather than a launcher in front of it.
fn executable() -> PathBuf {
    let output = Command::new(venv::python())
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .expect("Python starts");
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}

/// Runs cells in a few processes at once: a command mostly waits for its
/// terminal. The results come in the cells' order.
fn run_all(cells: &[Value]) -> Vec<Value> {
    let share = cells.len().div_ceil(4).max(1);
    std::thread::scope(|scope| {
        let runs: Vec<_> = cells
            .chunks(share)
            .map(|cells| scope.spawn(|| run(cells)))
            .collect();
        runs.into_iter()
            .flat_map(|run| run.join().expect("a run ends"))
            .collect()
    })
}

/// Runs cells, each in a fresh namespace.
fn run(cells: &[Value]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ipython_driver.py");
    let mut child = Command::new(executable())
        .arg(driver)
        .env("PATH", recorders(folder.path()))
        .env("IPYTHONDIR", folder.path().join("ipython"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("IPython starts");
    let mut input = child.stdin.take().expect("its input");
    let cells = serde_json::to_vec(cells).expect("cells are JSON");
    input.write_all(&cells).expect("cells are read");
    drop(input);
    let output = child.wait_with_output().expect("IPython ends");
    assert!(output.status.success(), "the driver failed");
    serde_json::from_slice(&output.stdout).expect("results are JSON")
}

fn job(setup: &str, cell: &str) -> Value {
    json!({
        "setup": setup,
        "cell": cell,
        "variables": {"HF_TOKEN": case::value()},
        "clear": ["API", "HOMELESS", "UNSET"],
        "read": ["out"],
    })
}

/// Whether nothing came of a run: a case that proves nothing.
fn idle(result: &Value) -> bool {
    let nothing = json!([[], {}, [], {}]);
    result["shown"] == "" && effects(result) == nothing
}

/// What a run did, apart from what it showed: timings differ.
fn effects(result: &Value) -> Value {
    json!([
        result["calls"],
        result["files"],
        result["lines"],
        result["read"]
    ])
}

#[cfg(unix)]
#[test]
fn commands_receive_the_same_before_and_after() {
    let mut jobs = Vec::new();
    let mut afters = Vec::new();
    for case in CASES {
        let cell = case::filled(case.cell);
        let rewritten = rewrite_cell(&cell, &bound(case.setup));
        assert!(
            !rewritten.cell.contains(&case::value()),
            "left in {}",
            case.cell
        );
        for outcome in &rewritten.outcomes {
            let look_up = *outcome == Outcome::LookUp;
            let in_comment = *outcome == Outcome::Masked(Some("a comment"));
            assert!(
                look_up == (case.becomes == LookUp) || in_comment,
                "{}: {outcome:?}, {}",
                case.cell,
                rewritten.cell
            );
        }
        jobs.push(job(case.setup, &cell));
        jobs.push(job(case.setup, &rewritten.cell));
        afters.push(rewritten.cell);
    }
    let results = run_all(&jobs);
    assert_eq!(results.len(), jobs.len());
    let mut wrong = Vec::new();
    for ((case, after), results) in CASES.iter().zip(&afters).zip(results.chunks(2)) {
        let [before_run, after_run] = results else {
            continue;
        };
        let mut expected = effects(before_run).to_string();
        let mut found = effects(after_run).to_string();
        if case.becomes == Mask {
            // The variable itself is still set.
            let variable = format!("\"HF_TOKEN\":\"{}\"", case::value());
            expected = expected.replace(&variable, "");
            found = found.replace(&variable, "");
            expected = expected.replace(&case::value(), &rewrite::mask("HF_TOKEN"));
        }
        let shown = after_run["shown"].to_string().contains(&case::value());
        if expected != found || shown || (idle(before_run) && !case.cell.starts_with("!export")) {
            wrong.push(format!(
                "{:?}\n  became {after:?}\n  expected {expected}\n  found    {found}\n  shown    {}",
                case.cell, after_run["shown"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[cfg(unix)]
#[test]
fn a_missing_variable_is_said() {
    for cell in [
        "!export HF_TOKEN=§",
        "%%bash\nexport HF_TOKEN=§\nhf whoami\n",
    ] {
        let rewritten = rewrite_cell(&case::filled(cell), &BTreeSet::new());
        let mut job = job("", &rewritten.cell);
        job["variables"] = json!({});
        job["clear"] = json!(["HF_TOKEN"]);
        let results = run(&[job]);
        let shown = results[0]["shown"].as_str().unwrap_or("");
        assert!(shown.contains("HF_TOKEN"), "{cell}: {shown:?}");
        assert_eq!(results[0]["calls"], json!([]), "{cell}");
    }
}

/// `%sql` is another package's: only the line that it would be given.
#[test]
fn connection_urls_of_sql() {
    let value = case::value();
    let names = BTreeSet::new();
    let sql = |line: &str| {
        let line = case::filled(line);
        let targets = case::targets(&line, &value, "DB_PASSWORD");
        let result = rewrite_ipython(&line, Escape::Magic("sql"), &targets, &names, "os");
        edit::apply_str(&line, &result.rewritten.edits)
    };
    assert_eq!(
        sql("postgresql://u:§@h/db"),
        "postgresql://u:$DB_PASSWORD@h/db"
    );
    assert_eq!(sql("§"), "{os.environ[\"DB_PASSWORD\"]}");
}
