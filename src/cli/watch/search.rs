//! Looks for values that were found later in files that were seen before.
//!
//! Done in small steps, when nothing else is to be done: a save is never kept
//! waiting by it.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::time::Instant;

use super::live::Live;
use crate::cli::parallel::in_order;
use crate::source;
use crate::watch::names;
use crate::watch::settle;

/// How many files are searched in one step.
const STEP: usize = 64;

/// Larger files are read whole only when they change.
const LARGE: u64 = 64 << 20;

/// What is to be searched still.
#[derive(Default)]
pub struct Search {
    files: VecDeque<PathBuf>,
    /// How many values are searched.
    values: usize,
}

impl Search {
    /// Whether there is something to do.
    pub fn is_on(&self) -> bool {
        !self.files.is_empty()
    }
}

impl Live<'_> {
    /// Whether there are files to be searched.
    pub(super) fn has_search(&self) -> bool {
        self.search.is_on() || self.desk.fresh() > 0
    }

    /// One step. New values begin it anew.
    pub(super) fn search_some(&mut self) -> io::Result<()> {
        if self.desk.fresh() != self.search.values {
            self.search.values = self.desk.fresh();
            let files = source::walk(&self.settings.run.wanted).files;
            let files = files.into_iter().map(|met| met.path);
            self.search.files = files.filter(|path| !names::is_passing(path)).collect();
        }
        let step = STEP.min(self.search.files.len());
        let some: Vec<PathBuf> = self.search.files.drain(..step).collect();
        let mut hits = Vec::new();
        let desk = &self.desk;
        in_order(
            &some,
            self.settings.run.threads,
            |path| {
                let is_large = std::fs::metadata(path).ok()?.len() > LARGE;
                let bytes = (!is_large).then(|| std::fs::read(path).ok()).flatten()?;
                desk.may_hold_fresh(path, &bytes).then_some(())
            },
            |path, hit| {
                hits.extend(hit.map(|()| path.clone()));
                Ok::<(), io::Error>(())
            },
        )?;
        for path in hits {
            self.look_again(&path);
        }
        if self.search.files.is_empty() {
            self.all_searched()?;
        }
        Ok(())
    }

    fn look_again(&mut self, path: &std::path::Path) {
        self.seen.forget(path);
        let below = self.settings.below_root(path).to_owned();
        if let Some(mirror) = &mut self.mirror {
            mirror.outdate(&below);
        }
        let is_named = self.settings.run.wanted.names(path);
        let state = settle::state(path, is_named);
        self.pending.hurry(path, state, Instant::now());
    }

    /// Every file was searched for every value.
    pub(super) fn all_searched(&mut self) -> io::Result<()> {
        self.desk.all_searched();
        self.search = Search::default();
        let signature = self.desk.signature();
        match &mut self.mirror {
            Some(mirror) => mirror.set_searched(signature),
            None => Ok(()),
        }
    }
}
