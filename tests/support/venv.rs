//! A Python that can import IPython: the one on the path, or one in a virtual
//! environment under `target/` that the first test to need it makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

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
        made()
    })
}

fn imports_ipython(python: &Path) -> bool {
    Command::new(python)
        .args(["-c", "import IPython"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The environment under `target/`. Several test binaries may want it at
/// once: one holds the lock (a folder, made atomically) and builds, the
/// others wait for the finished environment.
fn made() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let home = target.join("test-venv");
    let python = home.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let ready = home.join("ready");
    let lock = target.join("test-venv.lock");
    std::fs::create_dir_all(&target).expect("target/ can be made");
    while !ready.exists() {
        if std::fs::create_dir(&lock).is_ok() {
            if !ready.exists() {
                build(&home, &python);
                std::fs::write(&ready, "").expect("the environment can be marked as ready");
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

fn age(path: &Path) -> Option<Duration> {
    let made = path.metadata().ok()?.modified().ok()?;
    SystemTime::now().duration_since(made).ok()
}

fn build(home: &Path, python: &Path) {
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(home));
    run(Command::new(python).args(["-m", "pip", "install", "--quiet", "ipython"]));
}

fn run(command: &mut Command) {
    let status = command.status().expect("the program starts");
    assert!(status.success(), "{command:?} failed");
}
