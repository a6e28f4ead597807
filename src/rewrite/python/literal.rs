//! A look-up in the place of a string literal, or of a part of one.

use std::ops::Range;

use super::look_up::Speller;
use crate::edit::Edit;
use crate::rewrite::{Target, mask};
use crate::syntax::python::{INTERPOLATION, Literal, Part};

/// A literal, what is to be taken out of it, and where it stands.
pub(super) struct Site<'s> {
    pub text: &'s str,
    pub literal: &'s Literal,
    pub targets: Vec<&'s Target<'s>>,
    /// Quote characters of the f-strings around it, which an expression
    /// within them could not use before Python 3.12.
    pub taken: Vec<char>,
}

type Edits = Result<Vec<Edit>, &'static str>;

impl Site<'_> {
    /// The edits that put look-ups into the literal.
    pub(super) fn look_up(&self, speller: &Speller) -> Edits {
        if self.literal.folded {
            return self.look_up_in_folding(speller);
        }
        if let Some(target) = self.whole() {
            let span = self.literal.span.clone();
            let quote = self.quote();
            return Ok(vec![
                self.spaced(span, self.expression(target, quote, speller)),
            ]);
        }
        if self.literal.is_bytes() {
            return self.split(speller);
        }
        let mut edits = Vec::new();
        for (index, part) in self.literal.parts.iter().enumerate() {
            match self.format(index, part, speller)? {
                Some(more) => edits.extend(more),
                None => return self.split(speller),
            }
        }
        Ok(edits)
    }

    /// The target that is the whole value, if one is and no comment stands
    /// between the parts.
    fn whole(&self) -> Option<&Target<'_>> {
        let [target] = &*self.targets else {
            return None;
        };
        let value = self.value_of(target)?;
        let whole = value == (0..self.literal.value.len());
        let no_comment = self
            .literal
            .parts
            .windows(2)
            .all(|pair| !self.text[pair[0].span.end..pair[1].span.start].contains('#'));
        (whole && no_comment).then_some(*target)
    }

    /// The part of the value that a target takes; `None` if it lies outside
    /// the literal's own text (in an expression of an f-string).
    fn value_of(&self, target: &Target<'_>) -> Option<Range<usize>> {
        let start = self.first_char(|hull| hull.end > target.span.start);
        let end = self.first_char(|hull| hull.start >= target.span.end);
        let value = self.literal.value.get(start..end)?;
        (!value.is_empty() && !value.contains(INTERPOLATION)).then_some(start..end)
    }

    /// Where the first character of the value begins whose place in the cell
    /// `fits`; all behind it fit too.
    fn first_char(&self, fits: impl Fn(Range<usize>) -> bool) -> usize {
        let value = &self.literal.value;
        let (mut low, mut high) = (0, value.len());
        while low < high {
            let at = value.floor_char_boundary(low.midpoint(high));
            let next = value.ceil_char_boundary(at + 1);
            if fits(self.literal.map.hull(at..next)) {
                high = at;
            } else {
                low = next;
            }
        }
        low
    }

    /// The quote of the literal itself.
    fn quote(&self) -> char {
        self.literal.parts.first().map_or('"', quote_of)
    }

    /// A quote that an expression within `part` as an f-string may use.
    fn free_quote(&self, part: &Part) -> Option<char> {
        ['\'', '"']
            .into_iter()
            .find(|quote| !self.taken.contains(quote) && quote_of(part) != *quote)
    }

    fn expression(&self, target: &Target<'_>, quote: char, speller: &Speller) -> String {
        let look_up = speller.look_up(target.variable, quote);
        match (self.literal.is_bytes(), target.value.is_ascii()) {
            (false, _) => look_up,
            (true, true) => format!("{look_up}.encode()"),
            (true, false) => format!("{look_up}.encode({quote}latin-1{quote})"),
        }
    }

    /// An edit whose text must not run into a word before it: `return"x"`.
    fn spaced(&self, span: Range<usize>, text: String) -> Edit {
        let glued = self.text[..span.start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let space = if glued { " " } else { "" };
        Edit::replace(span, format!("{space}{text}"))
    }

    /// The spans of a part's text that each target takes, with the target.
    fn runs<'a>(
        &'a self,
        part: &'a Part,
    ) -> Result<Vec<(Range<usize>, &'a Target<'a>)>, &'static str> {
        let mut runs = Vec::new();
        for target in &self.targets {
            let value = self.value_of(target).ok_or(NOT_TEXT)?;
            let start = value.start.max(part.value.start);
            let end = value.end.min(part.value.end);
            if start < end {
                runs.push((self.literal.map.hull(start..end), *target));
            }
        }
        runs.sort_by_key(|(run, _)| run.start);
        Ok(runs)
    }

    /// Whether a target begins before `part`: its look-up stands there.
    fn begun(&self, target: &Target<'_>, part: &Part) -> bool {
        self.value_of(target)
            .is_some_and(|value| value.start < part.value.start)
    }

    /// Makes one part an f-string that holds the look-ups; `None` if there is
    /// no quote for them.
    fn format(
        &self,
        index: usize,
        part: &Part,
        speller: &Speller,
    ) -> Result<Option<Vec<Edit>>, &'static str> {
        let runs = self.runs(part)?;
        if let Some(span) = self.obsolete(index, part, &runs) {
            return Ok(Some(vec![Edit::delete(span)]));
        }
        let mut edits = Vec::new();
        let inserts = runs.iter().any(|(_, target)| !self.begun(target, part));
        if inserts && !part.is_format() {
            edits.push(self.format_prefix(part));
            edits.extend(doubled_braces(self.text, part, &runs));
        }
        for (run, target) in runs {
            if self.begun(target, part) {
                edits.push(Edit::delete(run));
                continue;
            }
            let Some(quote) = self.free_quote(part) else {
                return Ok(None);
            };
            let look_up = speller.look_up(target.variable, quote);
            edits.push(Edit::replace(run, format!("{{{look_up}}}")));
        }
        Ok(Some(edits))
    }

    /// The span to delete if nothing is left of a part but its quotes, and
    /// its neighbour stands right before it.
    fn obsolete(
        &self,
        index: usize,
        part: &Part,
        runs: &[(Range<usize>, &Target<'_>)],
    ) -> Option<Range<usize>> {
        let [(run, target)] = runs else { return None };
        let before = self.literal.parts.get(index.checked_sub(1)?)?;
        let between = before.span.end..part.span.end;
        let bare = !self.text[before.span.end..part.span.start].contains('#');
        (*run == part.body && bare && self.begun(target, part)).then_some(between)
    }

    fn format_prefix(&self, part: &Part) -> Edit {
        let prefix = part.span.start..part.span.start + part.prefix.len();
        let raw = part.prefix.trim_start_matches(['u', 'U']);
        if part.prefix.is_empty() && part.span.start == self.literal.span.start {
            return self.spaced(prefix, "f".to_owned());
        }
        Edit::replace(prefix, format!("{raw}f"))
    }

    /// Cuts the literal at each target and joins the pieces with `+`: for
    /// bytes, and where an f-string would find no quotes.
    fn split(&self, speller: &Speller) -> Edits {
        let span = &self.literal.span;
        let mut edits = vec![self.spaced(span.start..span.start, "(".to_owned())];
        let last = self.literal.parts.len().saturating_sub(1);
        for (index, part) in self.literal.parts.iter().enumerate() {
            for (run, target) in self.runs(part)? {
                if self.begun(target, part) {
                    edits.push(Edit::delete(run));
                    continue;
                }
                let expression = self.expression(target, quote_of(part), speller);
                let opens = index == 0 && run.start == part.body.start;
                let closes = index == last && run.end == part.body.end;
                let before = if opens {
                    String::new()
                } else {
                    format!("{} + ", part.quote)
                };
                let after = if closes {
                    String::new()
                } else {
                    format!(" + {}{}", part.prefix, part.quote)
                };
                let start = if opens { part.span.start } else { run.start };
                let end = if closes { part.span.end } else { run.end };
                edits.push(Edit::replace(
                    start..end,
                    format!("{before}{expression}{after}"),
                ));
            }
        }
        edits.push(Edit::insert(span.end, ")"));
        Ok(edits)
    }

    /// Writes the whole expression anew: what its literals held before and
    /// after each target, and the look-ups between.
    fn look_up_in_folding(&self, speller: &Speller) -> Edits {
        let quote = self.quote();
        let value = &self.literal.value;
        let mut pieces = Vec::new();
        let mut at = 0;
        for target in &self.targets {
            let start = value[at..].find(target.value).ok_or(NOT_TEXT)? + at;
            if start > at {
                pieces.push(self.quoted(&value[at..start], quote));
            }
            pieces.push(self.expression(target, quote, speller));
            at = start + target.value.len();
        }
        if at < value.len() {
            pieces.push(self.quoted(&value[at..], quote));
        }
        let text = match &*pieces {
            [only] => only.clone(),
            _ => format!("({})", pieces.join(" + ")),
        };
        Ok(vec![self.spaced(self.literal.span.clone(), text)])
    }

    fn quoted(&self, text: &str, quote: char) -> String {
        let prefix = if self.literal.is_bytes() { "b" } else { "" };
        format!("{prefix}{}", quoted(text, quote))
    }

    /// The edits that put masks into the literal instead.
    pub(super) fn mask(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        for target in &self.targets {
            let mut text = Some(mask(target.variable));
            for part in &self.literal.parts {
                let start = target.span.start.max(part.body.start);
                let end = target.span.end.min(part.body.end);
                if start < end {
                    edits.push(Edit::replace(start..end, text.take().unwrap_or_default()));
                }
            }
            if let Some(text) = text {
                edits.push(Edit::replace(target.span.clone(), text));
            }
        }
        edits
    }
}

const NOT_TEXT: &str = "it is not in the text of the string";

fn quote_of(part: &Part) -> char {
    part.quote.chars().next().unwrap_or('"')
}

/// A literal of `text` in `quote`, on one line.
pub(super) fn quoted(text: &str, quote: char) -> String {
    let mut out = String::from(quote);
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            _ if char == quote => out.extend(['\\', quote]),
            _ => out.push(char),
        }
    }
    out.push(quote);
    out
}

/// Doubles the braces of a literal that becomes an f-string, but not those of
/// a `\N{NAME}`.
fn doubled_braces(text: &str, part: &Part, runs: &[(Range<usize>, &Target<'_>)]) -> Vec<Edit> {
    let body = &text[part.body.clone()];
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = body[at..].find(['{', '}', '\\']) {
        at += found;
        let place = part.body.start + at;
        let rest = &body[at..];
        if rest.starts_with('\\') && !part.is_raw() {
            let named = rest.starts_with("\\N{").then(|| rest.find('}')).flatten();
            let escaped = rest
                .chars()
                .nth(1)
                .filter(|next| !['{', '}'].contains(next));
            at += match (named, escaped) {
                (Some(end), _) => end + 1,
                (None, Some(next)) => 1 + next.len_utf8(),
                (None, None) => 1,
            };
            continue;
        }
        let brace = &rest[..1];
        if brace != "\\" && !runs.iter().any(|(run, _)| run.contains(&place)) {
            edits.push(Edit::insert(place, brace));
        }
        at += 1;
    }
    edits
}
