//! Files that real programs write, and read again after a fix: the same data
//! but for the values, of which nothing is left.

use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use unspill::detect::sample::Rng;

use super::artifacts::READERS;
use super::planted;
use crate::support::project::{Project, token};
use crate::support::venv;

/// A program that has written files with values into a folder.
struct Written {
    program: &'static str,
    python: PathBuf,
    project: Project,
    token: String,
    secret: String,
}

/// Has a program write its files.
fn written(program: &'static str, python: PathBuf, seed: u64) -> Written {
    let written = Written {
        program,
        python,
        project: Project::new(&[]),
        token: token(seed),
        secret: planted::secret(&mut Rng::new(seed)),
    };
    written.script("write", &[&written.token, &written.secret], &[]);
    written
}

fn readers() -> PathBuf {
    venv::with("readers", READERS)
}

impl Written {
    fn script(&self, verb: &str, values: &[&str], variables: &[(&str, &str)]) -> String {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/artifacts/programs.py");
        let output = Command::new(&self.python)
            .arg(script)
            .args([verb, self.program])
            .arg(self.project.path())
            .args(values)
            .envs(variables.iter().copied())
            .output()
            .expect("Python starts");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {err}", self.program);
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What the program reads, with a mark for each value and each mask.
    fn read(&self, variables: &[(&str, &str)]) -> String {
        let read = self.script("read", &[], variables);
        let read = read.replace(&self.token, "§").replace(&self.secret, "§");
        let mask = Regex::new("REDACTED_[A-Z0-9_]+").expect("a pattern");
        mask.replace_all(&read, "§").into_owned()
    }

    /// Takes the values out of these files; nothing is left in any of them.
    fn fix(&self, files: &[&str]) {
        let run = self.project.run(&[&["fix", "--no-own"], files].concat());
        assert_eq!(run.status, 0, "{}\n{}", run.out, run.err);
        let is_file = |file: &&&str| self.project.path().join(file).is_file();
        for file in files.iter().filter(is_file) {
            let text = self.project.read(file);
            let is_clean = !text.contains(&self.token) && !text.contains(&self.secret);
            assert!(is_clean, "{file} of {}:\n{text}", self.program);
        }
    }
}

/// The program reads the same after a fix, but for masks.
fn reads_the_same(program: &'static str, python: PathBuf, files: &[&str], seed: u64) {
    let written = written(program, python, seed);
    let before = written.read(&[]);
    assert!(before.contains('§'), "{program}: {before}");
    written.fix(files);
    assert_eq!(before, written.read(&[]), "{program}");
}

#[test]
fn pip_reads_its_settings() {
    reads_the_same("pip", readers(), &["pip/pip.conf"], 31);
}

#[test]
fn python_dotenv_reads_its_variables() {
    reads_the_same("dotenv", readers(), &[".env"], 32);
}

#[test]
fn what_dvc_writes_is_read_by_its_library() {
    reads_the_same("configobj", readers(), &[".dvc/config.local"], 33);
}

#[test]
fn twine_reads_its_passwords() {
    reads_the_same("pypirc", readers(), &[".pypirc"], 34);
}

#[test]
fn accelerate_reads_its_settings() {
    reads_the_same(
        "accelerate",
        readers(),
        &["accelerate/default_config.yaml"],
        35,
    );
}

#[test]
fn what_nbconvert_exports_stays_a_program_and_a_page() {
    let python = venv::with("nbconvert", &["nbconvert", "ipython"]);
    let files = ["lesson.py", "lesson.md", "lesson.html"];
    reads_the_same("nbconvert", python, &files, 42);
}

#[test]
fn a_run_of_wandb_keeps_its_files() {
    let python = venv::with("models", &venv::MODELS);
    let written = written("wandb", python, 43);
    let before = written.read(&[]);
    written.fix(&["wandb"]);
    assert_eq!(before, written.read(&[]));
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).expect("a file");
        let holds = |value: &str| memchr::memmem::find(&bytes, value.as_bytes()).is_some();
        holds(&written.token) || holds(&written.secret)
    };
    let files = files_below(&written.project.path().join("wandb"));
    assert!(files.len() >= 5, "{files:?}");
    let left: Vec<_> = files.iter().filter(|path| holds(path)).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// All files below a folder; links are not followed.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let below = entries.flat_map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => files_below(&entry.path()),
        Ok(kind) if kind.is_file() => vec![entry.path()],
        _ => Vec::new(),
    });
    below.collect()
}

#[test]
fn huggingface_hub_reads_its_login() {
    let python = venv::with("huggingface", &["huggingface_hub"]);
    reads_the_same("huggingface", python, &["token", "stored_tokens"], 36);
}

/// With the variables set nothing has changed at all for the program.
#[test]
fn hydra_and_conda_look_variables_up() {
    let look_up = Regex::new(r"\$\{(?:oc\.env:)?(\w+)\}").expect("a pattern");
    for (program, files, seed) in [
        (
            "hydra",
            &["run/.hydra/config.yaml", "run/.hydra/overrides.yaml"][..],
            37,
        ),
        ("conda", &[".condarc"][..], 38),
    ] {
        let written = written(program, readers(), seed);
        let before = written.script("read", &[], &[]);
        written.fix(files);
        let text = written.project.read(files[0]);
        let names: Vec<&str> = look_up
            .captures_iter(&text)
            .filter_map(|found| Some(found.get(1)?.as_str()))
            .collect();
        assert_eq!(names.len(), 2, "{program}:\n{text}");
        // The value of which one is which variable, the names say.
        let value = |name: &str| match name {
            "HF_TOKEN" => written.token.as_str(),
            _ => written.secret.as_str(),
        };
        let variables: Vec<_> = names.iter().map(|name| (*name, value(name))).collect();
        assert_eq!(before, written.script("read", &[], &variables), "{text}");
    }
}

#[test]
fn jupytext_reads_its_notebooks() {
    let written = written("jupytext", readers(), 39);
    let before = written.read(&[]);
    written.fix(&["a.py", "b.md", "c.Rmd", "d.py"]);
    assert_eq!(before, written.read(&[]));
    for file in ["a.py", "b.md", "c.Rmd", "d.py"] {
        let text = written.project.read(file);
        assert!(text.contains("login(os.environ['HF_TOKEN'])"), "{text}");
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str], input: &str) -> String {
    use std::io::Write as _;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder.join("home"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("is read");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn git_reads_its_settings_and_logins() {
    let project = Project::new(&[]);
    let folder = project.path();
    let (token, secret) = (token(40), planted::secret(&mut Rng::new(40)));
    let git = |arguments: &[&str], input: &str| run(folder, "git", arguments, input);
    git(&["init", "-q"], "");
    let url = format!("https://me:{token}@git.example/x.git");
    git(&["remote", "add", "origin", &url], "");
    let header = format!("Authorization: Bearer {secret}");
    git(
        &["config", "http.https://git.example/.extraheader", &header],
        "",
    );
    let store = ["credential-store", "--file", ".git-credentials"];
    let login = format!("protocol=https\nhost=hub.example\nusername=me\npassword={secret}\n\n");
    git(&[&store[..], &["store"]].concat(), &login);

    let marked = |text: &str| {
        let mask = Regex::new("REDACTED_[A-Z0-9_]+").expect("a pattern");
        let text = text.replace(&token, "§").replace(&secret, "§");
        mask.replace_all(&text, "§").into_owned()
    };
    let asked = "protocol=https\nhost=hub.example\n\n";
    let read = || {
        let settings = git(&["config", "--local", "--list"], "");
        let login = git(&[&store[..], &["get"]].concat(), asked);
        (marked(&settings), marked(&login))
    };
    let before = read();
    let fixed = project.run(&["fix", "--no-own", ".git/config", ".git-credentials"]);
    assert_eq!(fixed.status, 0, "{}{}", fixed.out, fixed.err);
    let files = project.read(".git/config") + &project.read(".git-credentials");
    assert!(
        !files.contains(&token) && !files.contains(&secret),
        "{files}"
    );
    assert_eq!(before, read());
}

#[test]
fn npm_reads_its_settings() {
    let project = Project::new(&[("package.json", "{\"name\": \"x\"}\n")]);
    let secret = planted::secret(&mut Rng::new(41));
    let npm = |arguments: &[&str]| run(project.path(), "npm", arguments, "");
    let key = "//npm.example/:_authToken";
    let setting = format!("{key}={secret}");
    npm(&["config", "set", "--location=project", &setting]);
    npm(&["config", "set", "--location=project", "fund=false"]);
    let fixed = project.run(&["fix", "--no-own", ".npmrc"]);
    assert_eq!(fixed.status, 0, "{}{}", fixed.out, fixed.err);
    assert!(
        project
            .read(".npmrc")
            .contains(&format!("{key}=${{AUTH_TOKEN}}"))
    );
    assert_eq!(npm(&["config", "get", "fund"]).trim(), "false");
}
