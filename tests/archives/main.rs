//! Archives and models, as the real libraries write them: what was planted is
//! found and taken out, and the library reads everything else as before.

#[path = "../support/mod.rs"]
mod support;

mod bombs;
mod broken;
mod packed;
mod real;
