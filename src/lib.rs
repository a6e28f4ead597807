//! unspill takes credentials out of notebooks and ML files before they are
//! shared. Nothing else in the file changes, and the code still runs.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod allow;
pub mod cli;
pub mod config;
pub mod detect;
pub mod edit;
pub mod env_file;
pub mod format;
pub mod found;
pub mod globs;
pub mod layer;
pub mod ledger;
pub mod proof;
pub mod region;
pub mod report;
pub mod rewrite;
pub mod sanitize;
pub mod save;
pub mod source;
pub mod store;
pub mod syntax;

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
