//! A margin: what every line of a part of a text begins with, such as the
//! indent of a list or the `> ` of a quotation around code.
//!
//! A line that has less of it loses what it has. A line that an edit adds gets
//! all of it.

use std::ops::Range;
use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

#[derive(Debug)]
struct Margin {
    margin: String,
}

impl Wrapping for Margin {
    fn encode(&self, replacement: &str) -> String {
        replacement.replace('\n', &format!("\n{}", self.margin))
    }
}

/// The part of `text` at `span`, which begins with a line, without `margin`.
pub fn peel(text: &str, span: Range<usize>, margin: &str) -> Peeled {
    let mut map = Map::starting_at(span.start);
    let mut peeled = String::with_capacity(span.len());
    for line in text[span].split_inclusive('\n') {
        let same = line.bytes().zip(margin.bytes());
        let length = same.take_while(|(line, margin)| line == margin).count();
        map.kept_gap(length);
        map.verbatim(line.len() - length);
        peeled.push_str(&line[length..]);
    }
    Peeled {
        text: peeled,
        map,
        wrapping: Arc::new(Margin {
            margin: margin.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply_str};

    #[test]
    fn lines_lose_the_margin_and_new_ones_get_it() {
        let text = "x\n> a = 1\n>\n> b\nc";
        let peeled = peel(text, 2..text.len(), "> ");
        assert_eq!(peeled.text, "a = 1\n\nb\nc");
        let edits = [Edit::insert(0, "import os\n"), Edit::replace(7..8, "2")];
        let out = apply_str(text, &peeled.wrap(&edits));
        assert_eq!(out, "x\n> import os\n> a = 1\n>\n> 2\nc");
    }
}
