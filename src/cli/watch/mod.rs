//! `unspill watch`: takes credentials out as files are saved, in place or into
//! a mirror.
//!
//! [`live`] is the loop: it waits and calls; [`hearing`] takes in what the
//! system tells, or looks where it tells nothing; [`look`] examines files;
//! [`in_place`] saves, with [`late`] for what was saved at the same moment;
//! [`mirrored`] copies, with [`example`] for what stands for a `.env`; [`search`] looks for new values in old files,
//! [`stores`] for what the user has. [`desk`]
//! is what is known, [`voice`] what is said, [`after`] what is run then.

mod after;
mod desk;
mod example;
mod hearing;
mod in_place;
mod late;
mod live;
mod look;
mod mirrored;
mod search;
mod stores;
mod voice;

use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};

use super::Exit;
use super::settings::UsageError;
use super::settings::watch::WatchSettings;
use crate::detect::own::OwnValue;
use crate::source::own::gather;
use crate::watch::mirror::{self, Mirror};
use crate::watch::seen;

use desk::Desk;
use live::Live;

/// What the loop is told, by other threads.
pub enum Message {
    /// The system tells of a file.
    Heard(notify::Result<notify::Event>),
    /// Somebody wants it to end.
    Stop,
    /// The command that was run has ended.
    Ended(io::Result<ExitStatus>),
}

/// Watches until somebody wants it to end.
pub fn run(settings: &WatchSettings) -> Result<io::Result<Exit>, UsageError> {
    let run = &settings.run;
    let sanitizer = run.sanitizer();
    let gathered = gather(run.own, &run.wanted.roots, &[], &sanitizer.believer());
    let mirror = match &settings.mirror {
        Some(folder) => Some(open_mirror(settings, folder, &gathered.values)?),
        None => None,
    };
    let desk = Desk::new(sanitizer, gathered.values, mirror.is_some());
    let (messages, inbox) = mpsc::channel();
    let stop = Arc::new(AtomicBool::new(false));
    if let Err(error) = listen_for_signals(&stop, &messages) {
        return Ok(Err(io::Error::other(error)));
    }
    let live = Live::new(settings, desk, mirror, messages, inbox, stop);
    Ok(live.run(&gathered.notes))
}

/// A signal only leaves a word: what is being done is done to its end.
fn listen_for_signals(
    stop: &Arc<AtomicBool>,
    messages: &Sender<Message>,
) -> Result<(), ctrlc::Error> {
    let (stop, messages) = (Arc::clone(stop), messages.clone());
    ctrlc::set_handler(move || {
        stop.store(true, Ordering::SeqCst);
        // Nobody listens any more when the watch has ended.
        let _ = messages.send(Message::Stop);
    })
}

fn open_mirror(
    settings: &WatchSettings,
    folder: &Path,
    own: &[OwnValue],
) -> Result<Mirror, UsageError> {
    let wrong = |why: String| UsageError::Mirror {
        path: folder.to_owned(),
        why,
    };
    let source = settings
        .run
        .wanted
        .roots
        .first()
        .map(|root| settings.near.full(root));
    let source = source.unwrap_or_default();
    let state = mirror::state_folder()
        .ok_or_else(|| wrong("there is no home folder to keep in what the mirror holds".into()))?;
    let made = made_by(settings, own);
    Mirror::open(&source, folder, made, &state).map_err(|error| wrong(error.to_string()))
}

/// All on which a copy depends besides its source: this program, the settings,
/// what may stay, and what the user has.
fn made_by(settings: &WatchSettings, own: &[OwnValue]) -> String {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    let program = program.map(|program| crate::save::State::of(&program));
    let all = format!(
        "{} {:?} {} {:?} {:?} {}",
        env!("CARGO_PKG_VERSION"),
        program.ok().map(|state| seen::fingerprint(&state)),
        settings.run.shown(),
        settings
            .run
            .project
            .kinds
            .iter()
            .map(|kind| &kind.id)
            .collect::<Vec<_>>(),
        settings.run.project.exemptions,
        Desk::signature_of_own(own),
    );
    let digest = seen::digest(all.as_bytes());
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
