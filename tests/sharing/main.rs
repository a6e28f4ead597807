//! Stores and copies for others, through the command: what is listed, what
//! travels, and what must never.

#[path = "../support/mod.rs"]
mod support;

mod course;
mod history;
mod killed;
mod login;
mod peers;
mod share;
mod space;
mod stores;
