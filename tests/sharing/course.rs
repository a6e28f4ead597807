//! A project with every kind of file, each holding a made-up credential.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use unspill::detect::catalogue;
use unspill::detect::sample::{Rng, sample};

/// A folder `course` in a folder of its own, beside a home folder.
pub struct Course {
    dir: TempDir,
    /// The values that must not travel.
    pub values: Vec<String>,
}

/// A value of a kind of the catalogue.
pub fn value(kind: &str, seed: u64) -> String {
    let kind = catalogue::kind(kind).expect("is a kind");
    sample(kind, &mut Rng::new(seed)).expect("has a shape")
}

impl Course {
    /// A course with a file of each kind.
    pub fn new() -> Self {
        let course = Self::empty();
        let [hf, openai, github] = [&course.values[0], &course.values[1], &course.values[2]];
        let password = &course.values[3];
        let escaped = serde_json::to_string(&format!("login(token=\"{hf}\")\n")).unwrap();
        let notebook = format!(
            r#"{{"cells": [{{"cell_type": "code", "execution_count": 1, "metadata": {{}},
"outputs": [{{"name": "stdout", "output_type": "stream", "text": ["token is {hf}\n"]}}],
"source": [{escaped}]}}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}"#
        );
        course.write("lesson.ipynb", &notebook);
        course.write(".ipynb_checkpoints/lesson-checkpoint.ipynb", &notebook);
        course.write(
            ".env",
            &format!("# {hf}\nHF_TOKEN={hf}\nDB_PASSWORD='{password}'\n"),
        );
        course.write(
            "train.py",
            &format!("import openai\n\nopenai.api_key = \"{openai}\"\n"),
        );
        course.write("config.json", &format!("{{\"hub_token\": \"{hf}\"}}\n"));
        course.write(
            "deploy.yaml",
            &format!("env:\n  OPENAI_API_KEY: {openai}\n"),
        );
        course.write(
            "pip.txt",
            &format!("git+https://{github}@github.com/me/x.git\n"),
        );
        course.write("README.md", &format!("# Course\n\nLog in with `{hf}`.\n"));
        course.write("data/users.csv", &format!("name,password\nme,{password}\n"));
        course.write("wandb/run-1/output.log", &format!("key {openai}\n"));
        course.write("hf/token", hf);
        course.write("hf/stored_tokens", &format!("[mine]\nhf_token = {hf}\n"));
        course.write(
            ".git/config",
            &format!("url = https://{github}@github.com/me/x\n"),
        );
        course.write("notes/clean.txt", "nothing here\n");
        course
    }

    /// A course with nothing in it.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["course", "home"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        let password = ["Zk4!vq", "8rLm2", "xT9wB"].concat();
        let values = vec![
            value("huggingface-user-token", 1),
            value("openai-project-key", 2),
            value("github-classic-token", 3),
            password,
        ];
        Self { dir, values }
    }

    /// The folder around the course.
    pub fn around(&self) -> &Path {
        self.dir.path()
    }

    /// The course itself.
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("course")
    }

    /// The home folder of whoever shares it.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Puts a file into the course.
    pub fn write(&self, name: &str, content: &str) {
        self.write_bytes(name, content.as_bytes());
    }

    /// The same for what is no text.
    pub fn write_bytes(&self, name: &str, content: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The program, to be run beside the course, with an environment of its
    /// own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspill"));
        command
            .current_dir(self.around())
            .args(args)
            .env_clear()
            .env("HOME", self.home());
        command
    }

    /// The same for somebody whom the modes of files hinder: root is not. `None`
    /// where root cannot be made to be.
    #[cfg(unix)]
    pub fn hindered(&self, args: &[&str]) -> Option<Command> {
        use std::os::unix::fs::PermissionsExt;
        let probe = tempfile::NamedTempFile::new().unwrap();
        let closed = fs::Permissions::from_mode(0o000);
        fs::set_permissions(probe.path(), closed).unwrap();
        if fs::File::open(probe.path()).is_err() {
            return Some(self.command(args));
        }
        let setpriv = || {
            let mut command = Command::new("setpriv");
            command.args([
                "--inh-caps=-all",
                "--bounding-set=-dac_override,-dac_read_search",
            ]);
            command
        };
        let cat = setpriv().arg("cat").arg(probe.path()).output().ok()?;
        let err = String::from_utf8_lossy(&cat.stderr);
        if cat.status.success() || !err.contains("denied") {
            return None;
        }
        let mut command = setpriv();
        command
            .arg(env!("CARGO_BIN_EXE_unspill"))
            .current_dir(self.around())
            .args(args)
            .env_clear()
            .env("HOME", self.home());
        Some(command)
    }

    /// Runs the program; it never shows a value.
    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(args).output().unwrap();
        let out = String::from_utf8(stdout).unwrap();
        let err = String::from_utf8(stderr).unwrap();
        for value in &self.values {
            assert!(!out.contains(value) && !err.contains(value), "shown");
        }
        (status.code().unwrap_or(-1), out, err)
    }

    /// No value stands in these bytes, plain or in base64.
    pub fn assert_clean(&self, name: &str, bytes: &[u8]) {
        use base64::prelude::*;
        for value in &self.values {
            for form in [value.clone(), BASE64_STANDARD.encode(value)] {
                let found = memchr::memmem::find(bytes, form.as_bytes());
                assert!(found.is_none(), "{name} holds a value");
            }
        }
    }
}

/// Every file below a folder with its content, links by where they lead.
pub fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                let to = fs::read_link(&path).unwrap();
                found.push((name, to.into_os_string().into_encoded_bytes()));
            } else {
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The names of what is below a folder.
pub fn names(root: &Path) -> Vec<String> {
    files(root).into_iter().map(|(name, _)| name).collect()
}
