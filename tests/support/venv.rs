//! A Python that can import what a test needs: IPython, or the libraries that
//! write a file format. Virtual environments under `target/`, each made by the
//! first test to need it and kept.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// The libraries that write models and records of training, in the
/// environment `models`.
pub const MODELS: [&str; 8] = [
    "gguf",
    "h5py",
    "numpy",
    "onnx",
    "Pillow",
    "pyarrow",
    "tensorboardX",
    "wandb",
];

/// A lock older than this belongs to a test that died.
const STALE: Duration = Duration::from_secs(600);

/// The Python to run IPython with.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let system = PathBuf::from("python3");
        if imports_ipython(&system) {
            return system;
        }
        made("test-venv", &["ipython"])
    })
}

/// A Python that has `packages`, in the environment `target/venv-{name}`.
pub fn with(name: &str, packages: &[&str]) -> PathBuf {
    made(&format!("venv-{name}"), packages)
}

fn imports_ipython(python: &Path) -> bool {
    Command::new(python)
        .args(["-c", "import IPython"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The environment of this name. Several test binaries may want it at once:
/// one holds the lock (a folder, made atomically) and builds, the others wait
/// for the finished environment. What is in it stands in the file `ready`.
fn made(name: &str, packages: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let home = target.join(name);
    let python = home.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let lock = target.join(format!("{name}.lock"));
    std::fs::create_dir_all(&target).expect("target/ can be made");
    while !is_ready(&home, packages) {
        if std::fs::create_dir(&lock).is_ok() {
            if !is_ready(&home, packages) {
                build(&home, &python, packages);
                std::fs::write(home.join("ready"), packages.join("\n"))
                    .expect("the environment can be marked as ready");
            }
            std::fs::remove_dir(&lock).expect("our own lock can be removed");
            break;
        }
        if age(&lock).is_some_and(|age| age > STALE) {
            // Another waiter may have been quicker; either is fine.
            let _ = std::fs::remove_dir(&lock);
        }
        sleep(Duration::from_millis(200));
    }
    python
}

/// An environment made by hand or by `.ci/run` says nothing of its packages.
fn is_ready(home: &Path, packages: &[&str]) -> bool {
    std::fs::read_to_string(home.join("ready"))
        .is_ok_and(|ready| ready.is_empty() || ready == packages.join("\n"))
}

fn age(path: &Path) -> Option<Duration> {
    let made = path.metadata().ok()?.modified().ok()?;
    SystemTime::now().duration_since(made).ok()
}

fn build(home: &Path, python: &Path, packages: &[&str]) {
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(home));
    run(Command::new(python)
        .args(["-m", "pip", "install", "--quiet"])
        .args(packages));
}

fn run(command: &mut Command) {
    let status = command.status().expect("the program starts");
    assert!(status.success(), "{command:?} failed");
}
