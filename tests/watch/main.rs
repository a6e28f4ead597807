//! `watch`: nothing is lost, nothing is half, and what is saved is sanitized.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod editors;
mod in_place;
mod jupyter;
mod kills;
mod mirror;
mod watcher;
