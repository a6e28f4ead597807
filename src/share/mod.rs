//! A copy of a folder that is safe to hand out: what must not travel is left
//! out, the rest is sanitized. The source is only read.
//!
//! [`tree`] lists what there is and [`leave_out`] what stays at home; a
//! [`target`] takes the copy in and shows it whole or not at all.
//! [`history`] tells what was ever committed by more than its name,
//! [`outputs`] says what becomes of the outputs of notebooks, [`example`] what
//! stands for a `.env`, [`personal`] what names a person.

pub mod example;
pub mod history;
pub mod leave_out;
pub mod outputs;
pub mod personal;
pub mod target;
pub mod tree;
mod words;

/// What the names of unfinished copies begin with.
pub const TEMPORARY: &str = ".unspill-";
