//! Does a script run in a browser? Then it has no environment to look in, and
//! a look-up would break the page.
//!
//! Told by what the code calls and by where it lies. A script that says
//! neither may run anywhere: it gets the look-up, since on a server that
//! works, and in a browser a masked key would work no better.

use memchr::memmem;

use crate::format::Hint;

/// What only code on a server, or a tool, says.
const SERVER: &[&str] = &[
    "process.env",
    "process.argv",
    "process.exit",
    "require(\"fs\")",
    "require('fs')",
    "require(\"dotenv\")",
    "require('dotenv')",
    "require('http')",
    "require(\"http\")",
    "require('express')",
    "require(\"express\")",
    "from 'express'",
    "from \"express\"",
    "from 'fs'",
    "from \"fs\"",
    "from 'node:",
    "from \"node:",
    "__dirname",
    "module.exports",
    "Deno.",
    "Bun.",
];

/// What only code in a browser says, or in another host without a process.
const BROWSER: &[&str] = &[
    "document.getElement",
    "document.querySelector",
    "document.createElement",
    "document.addEventListener",
    "document.body",
    "document.cookie",
    "window.",
    "localStorage",
    "sessionStorage",
    "navigator.",
    "new XMLHttpRequest",
    "$(document)",
    "chrome.runtime",
    "chrome.storage",
    "browser.runtime",
    "==UserScript==",
    "from 'react",
    "from \"react",
    "from 'vue'",
    "from \"vue\"",
    "from '@angular/",
    "from \"@angular/",
    "from 'svelte",
    "from \"svelte",
    "from 'k6",
    "from \"k6",
    "SpreadsheetApp.",
    "UrlFetchApp.",
];

/// Folders from which pages take their scripts.
const FOLDERS: &[&str] = &["static", "public", "assets", "www", "wwwroot"];

/// Whether a script runs in a browser, and not on a server.
pub(super) fn runs_in_one(hint: &Hint<'_>) -> bool {
    if hint.interpreter().is_some() || hint.ends_in(&["cjs", "cts"]) {
        return false;
    }
    let says = |signs: &[&str]| {
        let text = hint.text.as_bytes();
        signs
            .iter()
            .any(|sign| memmem::find(text, sign.as_bytes()).is_some())
    };
    if says(SERVER) {
        return false;
    }
    says(BROWSER) || FOLDERS.iter().any(|folder| hint.is_below(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn runs(path: &str, text: &str) -> bool {
        runs_in_one(&Hint::new(Path::new(path), text))
    }

    #[test]
    fn told_by_what_it_says_and_where_it_lies() {
        assert!(runs("a.js", "document.getElementById('x').value = k"));
        assert!(runs("a.tsx", "import React from 'react'"));
        assert!(runs("static/a.js", "export const k = 1"));
        assert!(!runs("a.js", "export const k = 1"));
        assert!(!runs("a.js", "const fs = require('fs'); // window.x"));
        assert!(!runs("public/a.js", "#!/usr/bin/env node\n"));
    }
}
