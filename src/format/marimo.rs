//! Notebooks of marimo: a program in which each cell is a function.
//!
//! A cell runs by itself: what stands beside the cells is not there when it
//! does, and a name that two cells bind is an error. So each cell is a region
//! that stands alone and whose imports are its own (`import os as _os`: marimo
//! keeps names with an underscore within their cell).

use std::ops::Range;

use super::parts::{Part, Parts};
use super::{Format, Hint, Opened, Outline};
use crate::region::{Extent, Language, Region, Role};
use crate::syntax::python;

/// Notebooks of marimo.
pub(super) const FORMAT: Format = Format {
    title: "a marimo notebook",
    is_told,
    open: |hint| Ok(Box::new(Notebook { text: hint.text })),
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let says = |sign: &str| memchr::memmem::find(hint.text.as_bytes(), sign.as_bytes()).is_some();
    hint.ends_in(&["py"]) && says("import marimo") && says("marimo.App(")
}

/// A notebook. It is parsed only when somebody looks into it.
#[derive(Debug)]
struct Notebook<'t> {
    text: &'t str,
}

impl Notebook<'_> {
    fn parts(&self) -> Parts<'_> {
        let mut parts = Vec::new();
        let mut end = 0;
        for body in python::marimo::bodies(self.text) {
            self.beside(&mut parts, end..body.start);
            end = body.end;
            parts.push(Part {
                margin: Some("    "),
                is_private: true,
                ..Part::program(body, Language::Python)
            });
        }
        self.beside(&mut parts, end..self.text.len());
        Parts::new(self.text, parts)
    }

    /// What stands between two bodies is never run by itself.
    fn beside(&self, parts: &mut Vec<Part>, span: Range<usize>) {
        if !span.is_empty() {
            parts.push(Part::new(span, Role::Code(Language::AnyCode)));
        }
    }
}

impl Opened for Notebook<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        self.parts().regions(wanted)
    }

    fn code(&self) -> Vec<Region> {
        self.parts().code()
    }

    fn outline(&self) -> Outline {
        let mut outline = self.parts().outline();
        outline.0.push(match python::parse(self.text).is_valid() {
            true => "valid Python".to_owned(),
            false => "no Python".to_owned(),
        });
        outline
    }
}
