//! Parts of a text: where something is searched, if not in all of it.

use std::ops::Range;

/// Spans of a text in order, none touching another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    spans: Vec<Range<usize>>,
}

impl Parts {
    /// All of a text of that length.
    pub fn whole(length: usize) -> Self {
        Self::near(std::iter::once(0..length), 0, length)
    }

    /// What lies no farther than `reach` from one of some places, which are in
    /// order, in a text of that length.
    pub fn near(
        places: impl IntoIterator<Item = Range<usize>>,
        reach: usize,
        length: usize,
    ) -> Self {
        let mut spans: Vec<Range<usize>> = Vec::new();
        for place in places {
            let start = place.start.saturating_sub(reach);
            let end = place.end.saturating_add(reach).min(length);
            match spans.last_mut() {
                Some(last) if last.end >= start => last.end = last.end.max(end),
                _ => spans.push(start..end),
            }
        }
        Self { spans }
    }

    /// What lies in both.
    pub fn and(&self, other: &Self) -> Self {
        let mut spans = Vec::new();
        let (mut ours, mut others) = (self.spans.iter(), other.spans.iter());
        let (mut a, mut b) = (ours.next(), others.next());
        while let (Some(one), Some(two)) = (a, b) {
            let both = one.start.max(two.start)..one.end.min(two.end);
            if !both.is_empty() {
                spans.push(both);
            }
            match one.end < two.end {
                true => a = ours.next(),
                false => b = others.next(),
            }
        }
        Self { spans }
    }

    /// The same parts of another text, in which each offset lies elsewhere.
    pub fn moved(&self, to: impl Fn(usize) -> usize) -> Self {
        let spans = self.spans.iter().map(|span| to(span.start)..to(span.end));
        Self {
            spans: spans.filter(|span| !span.is_empty()).collect(),
        }
    }

    /// Whether some of a span lies in them.
    pub fn touch(&self, span: &Range<usize>) -> bool {
        let next = self.spans.partition_point(|part| part.end <= span.start);
        let part = self.spans.get(next);
        !span.is_empty() && part.is_some_and(|part| part.start < span.end)
    }

    /// Whether they hold nothing.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// How many bytes they have.
    pub fn length(&self) -> usize {
        self.spans.iter().map(Range::len).sum()
    }

    /// Each part, in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.spans.iter().cloned()
    }

    /// The lines of a text, with their line ends, of which some lies in them;
    /// each with where it starts.
    pub fn lines<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, &'t str)> + 't {
        let mut next = 0;
        let lines = text.split_inclusive('\n').map(move |line| {
            let start = next;
            next += line.len();
            (start, line)
        });
        lines.filter(|(start, line)| self.touch(&(*start..start + line.len())))
    }

    /// Where `search` finds something in the parts of a text: it is given the
    /// bytes of each, and gives offsets in them.
    pub fn find<'t, I: Iterator<Item = usize> + 't>(
        &'t self,
        text: &'t [u8],
        search: impl Fn(&'t [u8]) -> I + 't,
    ) -> impl Iterator<Item = usize> + 't {
        self.iter().flat_map(move |part| {
            let start = part.start;
            search(text.get(part).unwrap_or_default()).map(move |at| start + at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<const N: usize>(spans: [(usize, usize); N]) -> Parts {
        Parts::near(spans.map(|(start, end)| start..end), 0, 100)
    }

    #[test]
    fn what_is_near_some_places_flows_together() {
        let near = Parts::near([5..6, 20..20, 24..30, 98..99], 3, 100);
        assert_eq!(near, parts([(2, 9), (17, 33), (95, 100)]));
        assert_eq!(parts([(3, 3)]).and(&Parts::whole(100)), parts([]));
    }

    #[test]
    fn both_is_what_lies_in_each() {
        let both = parts([(0, 10), (20, 30), (40, 50)]).and(&parts([(5, 22), (25, 45)]));
        assert_eq!(both, parts([(5, 10), (20, 22), (25, 30), (40, 45)]));
        assert_eq!(both.length(), 17);
        assert!(parts([(0, 10)]).and(&parts([(10, 20)])).is_empty());
    }

    #[test]
    fn a_span_touches_what_it_shares_a_byte_with() {
        let some = parts([(5, 10), (20, 30)]);
        for (span, touches) in [
            (0..5, false),
            (0..6, true),
            (9..20, true),
            (10..20, false),
            (29..90, true),
            (30..90, false),
            (7..7, false),
        ] {
            assert_eq!(some.touch(&span), touches, "{span:?}");
        }
        let moved = some.moved(|at| at.min(25) - 5);
        assert_eq!(moved, parts([(0, 5), (15, 20)]));
    }

    #[test]
    fn lines_are_whole() {
        let text = "ab\n\ncd\ne";
        let some = parts([(1, 2), (5, 7)]);
        let lines: Vec<_> = some.lines(text).collect();
        assert_eq!(lines, [(0, "ab\n"), (4, "cd\n")]);
        assert_eq!(Parts::whole(8).lines(text).count(), 4);
    }

    #[test]
    fn a_search_says_where_in_the_text_it_found_something() {
        let found = parts([(1, 4), (6, 9)]);
        let found = found.find(b"aaabaaaaaa", |text| memchr::memchr_iter(b'a', text));
        assert_eq!(found.collect::<Vec<_>>(), [1, 2, 6, 7, 8]);
    }
}
