//! The laws for the files that lie around a notebook, one module a format:
//! real files and random ones with made-up values in them come out with
//! nothing left, nothing else changed, and read by another program to the same.

#[path = "../support/mod.rs"]
mod support;

mod anything;
mod artifacts;
mod encodings;
mod html;
mod judged;
mod languages;
mod laws;
mod planted;
mod toml;
mod tree;

mod json;
mod lines;
mod markdown;
mod notebooks;
mod programs;
mod road;
mod running;
mod table;
mod written;
mod xml;
mod yaml;
