//! Panics become answers.
//!
//! A defect of the program must neither stop a run over other files nor show
//! what it was working on: the messages of panics quote text. So the hook
//! prints nothing, and what is told is the place in the program alone.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics remember their place and print nothing.
pub fn silence_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|location| format!("{}:{}", location.file(), location.line()));
        PLACE.with(|cell| *cell.borrow_mut() = place);
    }));
}

/// Does `work`; a panic becomes a sentence without any of its message.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let place = PLACE.with(|cell| cell.borrow_mut().take());
        let place = place.unwrap_or_else(|| "an unknown place".to_owned());
        format!("a defect of unspill at {place}; please report it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_sentence_without_its_message() {
        let result = catch(|| {
            let text = "héllo".to_owned();
            text.get(0..2).expect("a secret").len()
        });
        let sentence = result.unwrap_err();
        assert!(sentence.contains("a defect of unspill at"), "{sentence}");
        assert!(!sentence.contains("secret"));
    }

    #[test]
    fn a_result_passes() {
        assert_eq!(catch(|| 5), Ok(5));
    }
}
