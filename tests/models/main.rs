//! Models, logs, databases and pictures: files written by the real libraries
//! lose the token that was planted in them, and the library reads everything
//! else as it did before.

#[path = "../support/mod.rs"]
mod support;

mod broken;
mod formats;
mod notebook;
mod real;
