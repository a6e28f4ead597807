//! What tests that run real programs share.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod case;
pub mod project;
pub mod venv;
