//! Words that must stand near a value of some kinds: a name of the provider.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use super::kind::Kind;

/// A text that may hold such words. It is put in small letters once, and
/// searched once for a kind, however many values it holds: else a text full
/// of values would take quadratic time.
pub(super) struct Nearby<'t> {
    text: &'t str,
    lower: OnceCell<String>,
    answers: RefCell<BTreeMap<&'static str, bool>>,
}

impl<'t> Nearby<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            lower: OnceCell::new(),
            answers: RefCell::default(),
        }
    }

    /// Whether one of the kind's words stands in the text, in either case; a
    /// kind without such words needs none.
    pub(super) fn allows(&self, kind: &'static Kind) -> bool {
        if kind.context.is_empty() {
            return true;
        }
        let search = || {
            let lower = self.lower.get_or_init(|| self.text.to_ascii_lowercase());
            let mut words = kind.context.iter();
            words.any(|word| lower.contains(&word.to_ascii_lowercase()))
        };
        let mut answers = self.answers.borrow_mut();
        *answers.entry(&kind.id).or_insert_with(search)
    }
}
