//! Watching: what is heard of files that change, and when they may be touched.
//!
//! The pieces, in the order in which a save meets them: [`ears`] listen to
//! folders; [`events`] says what was heard; a path waits in [`pending`] until
//! it is quiet; [`settle`] looks at it, and gives its bytes only if nobody is
//! in the middle of a save; [`writers`] says who still has it open. After a
//! replacement [`retained`] keeps the old file open, so that what a program
//! writes there is not lost; [`seen`] knows what needs no second look, and
//! [`rally`] when a program and we undo each other's work. [`mirror`] keeps a
//! sanitized copy instead, and leaves the originals alone.
//!
//! Two promises come before everything else: a save is never lost, and a file
//! is never half. Nothing here finds credentials, prints, or decides what to
//! do; the command line does.

pub mod ears;
pub mod events;
pub mod file_system;
pub mod leftovers;
pub mod limits;
pub mod mirror;
pub mod names;
pub mod pending;
pub mod rally;
pub mod retained;
pub mod seen;
pub mod settle;
pub mod writers;
