//! Compares a notebook before and after, byte for byte outside the texts that
//! held a value, and line for line within them.

use super::json::Node;
use super::search::readings;

/// What was changed that held no value: a line for each, with its path.
pub fn strays(before: &str, after: &str, fragments: &[String]) -> Vec<String> {
    let (Some(old), Some(new)) = (Node::read(before), Node::read(after)) else {
        return vec!["the result is no JSON".to_owned()];
    };
    let mut walk = Walk {
        before,
        after,
        fragments,
        strays: Vec::new(),
    };
    if before[..old.span.start] != after[..new.span.start]
        || before[old.span.end..] != after[new.span.end..]
    {
        walk.stray("around the document", "");
    }
    walk.node(&old, &new, "");
    walk.strays
}

struct Walk<'t> {
    before: &'t str,
    after: &'t str,
    fragments: &'t [String],
    strays: Vec<String>,
}

impl Walk<'_> {
    fn stray(&mut self, what: &str, path: &str) {
        self.strays.push(format!("{path}: {what}"));
    }

    fn node(&mut self, old: &Node, new: &Node, path: &str) {
        if old.raw(self.before) == new.raw(self.after) {
            return;
        }
        if let (Some(was), Some(is)) = (old.decoded(self.before), new.decoded(self.after)) {
            // Strings that are each for themselves, if the list is such a one.
            let (olds, news) = (old.elements(), new.elements());
            if path.ends_with("/traceback") && olds.len() == news.len() {
                return self.each(old, new, olds.iter().zip(news).collect(), path);
            }
            if old.is_text() != new.is_text() {
                return self.stray("a list became a string, or a string a list", path);
            }
            return self.text(&was, &is, path);
        }
        let (olds, news) = (old.members(), new.members());
        if !olds.is_empty() && olds.len() == news.len() {
            let mut ends = (old.span.start, new.span.start);
            for ((old_key, old), (new_key, new)) in olds.iter().zip(news) {
                let key = &self.before[old_key.clone()];
                let path = format!("{path}/{}", key.trim_matches('"'));
                let gaps =
                    self.before[ends.0..old.span.start] == self.after[ends.1..new.span.start];
                if key != &self.after[new_key.clone()] {
                    let (was, is) = (key.to_owned(), self.after[new_key.clone()].to_owned());
                    self.text(&was, &is, &path);
                } else if !gaps {
                    self.stray("space between members", &path);
                }
                self.node(old, new, &path);
                ends = (old.span.end, new.span.end);
            }
            return self.end(ends, old, new, path);
        }
        let (olds, news) = (old.elements(), new.elements());
        if !olds.is_empty() && olds.len() == news.len() {
            return self.each(old, new, olds.iter().zip(news).collect(), path);
        }
        self.stray("another structure", path);
    }

    fn each(&mut self, old: &Node, new: &Node, pairs: Vec<(&Node, &Node)>, path: &str) {
        let mut ends = (old.span.start, new.span.start);
        for (index, (old, new)) in pairs.into_iter().enumerate() {
            let path = format!("{path}/{index}");
            if self.before[ends.0..old.span.start] != self.after[ends.1..new.span.start] {
                self.stray("space between elements", &path);
            }
            self.node(old, new, &path);
            ends = (old.span.end, new.span.end);
        }
        self.end(ends, old, new, path);
    }

    fn end(&mut self, ends: (usize, usize), old: &Node, new: &Node, path: &str) {
        if self.before[ends.0..old.span.end] != self.after[ends.1..new.span.end] {
            self.stray("space before the end", path);
        }
    }

    /// Lines that held no value are the same; an import may be new.
    fn text(&mut self, was: &str, is: &str, path: &str) {
        let is_source = path.ends_with("/source") || path.ends_with("/input");
        let old: Vec<&str> = was.lines().collect();
        let new: Vec<&str> = is
            .lines()
            .filter(|line| !is_source || line.trim() != "import os")
            .collect();
        let old: Vec<&str> = old
            .into_iter()
            .filter(|line| !is_source || line.trim() != "import os")
            .collect();
        let alike = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let backwards = old.iter().rev().zip(new.iter().rev());
        let at_most = old.len().min(new.len()) - alike;
        let alike_at_end = backwards.take_while(|(a, b)| a == b).count().min(at_most);
        let changed = &old[alike..old.len() - alike_at_end];
        if changed.is_empty() && new.len() == old.len() {
            return;
        }
        let holds = |text: &str| {
            let readings = readings(text);
            self.fragments
                .iter()
                .any(|fragment| readings.iter().any(|r| r.contains(fragment.as_str())))
        };
        let first_and_last = changed.first().zip(changed.last());
        let held = first_and_last.is_some_and(|(first, last)| holds(first) && holds(last));
        // Encodings of a whole text (base64) are not told line by line.
        let is_one = changed.len() <= 1 && holds(was);
        if !held && !is_one {
            self.stray("a line that held no value", path);
        }
    }
}
