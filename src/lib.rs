//! unspill takes credentials out of notebooks and ML files before they are
//! shared. Nothing else in the file changes, and the code still runs.
//!
//! A source walks one road ([`sanitize`]): a [`format`] turns its bytes into
//! [`region`]s through [`layer`]s, [`detect`] finds credentials in them,
//! [`rewrite`] turns the findings into [`edit`]s, which go back through the
//! layers to bytes; and [`proof`] holds the result against the laws. The core
//! opens no file and prints nothing; [`source`], [`save`] and [`cli`] do.
//!
//! ```
//! use std::path::Path;
//! use unspill::sanitize::{Ledger, Problem, Sanitizer};
//!
//! // Made up here, so that no scanner takes this page for a leak.
//! let token = format!("hf_{}", "abQdEfWhIjKzMnOpXrStUvYxAbTdEfGhVj");
//! let notebook = serde_json::json!({
//!     "cells": [{
//!         "cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [],
//!         "source": [format!("login(\"{token}\")")],
//!     }],
//!     "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
//! });
//! let bytes = serde_json::to_vec_pretty(&notebook)?;
//!
//! // The name says which exemptions are meant; no file is opened.
//! let name = Path::new("lesson.ipynb");
//! let sanitizer = Sanitizer::default();
//! let mut ledger = Ledger::default();
//! let inspection = sanitizer.inspect(name, &bytes, &ledger)?;
//! assert_eq!(inspection.found[0].kind.id, "huggingface-user-token");
//!
//! // What one source of a run holds is taken out of all of them.
//! ledger.add(&inspection.sightings, &inspection.reads);
//! let sanitized = sanitizer.sanitize(name, &bytes, &ledger)?;
//! let clean = String::from_utf8(sanitized.bytes.ok_or("nothing was found")?)?;
//! assert!(clean.contains(r#"login(os.environ[\"HF_TOKEN\"])"#));
//! assert!(!clean.contains(&token));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod allow;
pub mod cli;
pub mod config;
pub mod container;
pub mod detect;
pub mod edit;
pub mod env_file;
pub mod format;
pub mod found;
pub mod globs;
pub mod hiding;
pub mod inside;
pub mod layer;
pub mod ledger;
pub mod lines;
pub mod parts;
pub mod proof;
pub mod region;
pub mod report;
pub mod rewrite;
pub mod sanitize;
pub mod save;
pub mod share;
pub mod source;
pub mod store;
pub mod syntax;
pub mod watch;

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
