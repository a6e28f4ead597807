//! Reads YAML into scalars: the events of the parser, with what each scalar is
//! called. It does not recurse.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::offsets::Offsets;
use super::program::{self, Program};
use super::writing;
use crate::format::scalars::{Flags, Scalar, Writing};
use crate::format::{Malformed, beside};

/// The scalars of a text, once it is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    program: Program,
    /// All values, in order.
    pub scalars: Vec<Scalar<'t>>,
    /// How the text is built, a letter for each part.
    pub bones: String,
    open: Vec<Collection<'t>>,
}

/// A collection that is open.
struct Collection<'t> {
    is_mapping: bool,
    /// In brackets, where a bare scalar may not hold others.
    is_flow: bool,
    /// What it is called itself.
    name: Option<&'t str>,
    /// The key whose value comes next.
    key: Option<&'t str>,
    /// A key comes next.
    expects_key: bool,
    flags: Flags<'t>,
    /// What names the values beside it, and how surely.
    beside: Option<(usize, &'t str)>,
    /// Scalars that go by what stands beside them.
    unnamed: Vec<usize>,
    block: Block<'t>,
    /// The first scalar within it.
    first: usize,
    secret: Secret,
}

/// A secret of Kubernetes, as far as a mapping is one: what stands below its
/// `data` is in base64, below `stringData` it is not.
#[derive(Default)]
struct Secret {
    is_one: bool,
    data: Range<usize>,
}

/// A block of Deepnote, as far as a mapping is one.
#[derive(Default)]
struct Block<'t> {
    kind: Option<&'t str>,
    content: Option<usize>,
}

impl<'t> Reader<'t> {
    /// Reads a text that `program` is going to read.
    pub fn read(text: &'t str, program: Program) -> Result<Self, Malformed> {
        let bare = text.trim_start_matches('\u{feff}');
        let mark = text.len() - bare.len();
        let offsets = Offsets::new(bare);
        let mut reader = Self {
            text,
            program,
            scalars: Vec::new(),
            bones: String::new(),
            open: Vec::new(),
        };
        for event in Parser::new_from_str(bare) {
            let (event, span) = event.map_err(|error| broken(text, mark, &offsets, &error))?;
            let start = mark + offsets.byte(span.start.index());
            reader.event(&event, start, || mark + offsets.byte(span.end.index()));
        }
        Ok(reader)
    }

    fn event(&mut self, event: &Event<'_>, start: usize, end: impl Fn() -> usize) {
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                let is_mapping = matches!(event, Event::MappingStart(..));
                self.open(is_mapping, start);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            Event::Scalar(_, style, ..) => self.scalar(start, end(), *style),
            Event::Alias(_) => {
                self.bones.push('*');
                self.done();
            }
            Event::DocumentStart(_) => self.bones.push('-'),
            _ => {}
        }
    }

    fn open(&mut self, is_mapping: bool, start: usize) {
        let above = self.open.last();
        let is_bracket = self.text[start..].starts_with(['{', '[']);
        self.bones.push(if is_mapping { '{' } else { '[' });
        self.open.push(Collection {
            is_mapping,
            is_flow: is_bracket || above.is_some_and(|above| above.is_flow),
            name: self.name(),
            key: None,
            expects_key: is_mapping,
            flags: Flags::default(),
            beside: None,
            unnamed: Vec::new(),
            block: Block::default(),
            first: self.scalars.len(),
            secret: Secret::default(),
        });
    }

    /// What the next value is called.
    fn name(&self) -> Option<&'t str> {
        let open = self.open.last()?;
        match open.is_mapping {
            true => open.key,
            false => open.name,
        }
    }

    fn close(&mut self) {
        self.bones.push(')');
        if let Some(closed) = self.open.pop() {
            let name = closed.beside.map(|(_, name)| name).or(closed.name);
            self.cell(&closed.block);
            self.encoded(&closed);
            for index in closed.unnamed {
                if let (Some(scalar), Some(name)) = (self.scalars.get_mut(index), name) {
                    scalar.name = Some(name);
                }
            }
        }
        self.done();
    }

    /// What a block holds, once its type is known: it may stand behind it.
    fn cell(&mut self, block: &Block<'_>) {
        let language = block.kind.and_then(program::language_of_block);
        let content = block.content.and_then(|index| self.scalars.get_mut(index));
        if let (Some(language), Some(content)) = (language, content) {
            content.language = Some(language);
            content.is_cell = true;
        }
    }

    /// What of a mapping is in base64, now that all of it is read.
    fn encoded(&mut self, closed: &Collection<'t>) {
        if closed.secret.is_one {
            let data = self.scalars.get_mut(closed.secret.data.clone());
            data.into_iter()
                .flatten()
                .for_each(|value| value.is_base64 = true);
        }
        let end = self.scalars.len();
        if let Some(above) = self
            .open
            .last_mut()
            .filter(|above| above.key == Some("data"))
        {
            above.secret.data = closed.first..end;
        }
    }

    /// A key or a value of the innermost mapping is complete.
    fn done(&mut self) {
        if let Some(open) = self.open.last_mut().filter(|open| open.is_mapping) {
            if !open.expects_key {
                open.key = None;
            }
            open.expects_key = !open.expects_key;
        }
    }

    fn scalar(&mut self, start: usize, end: usize, style: ScalarStyle) {
        let (span, writing) = writing::content(self.text, start..end.max(start), style);
        self.bones.push(match style {
            ScalarStyle::Plain => 'p',
            ScalarStyle::SingleQuoted => '\'',
            ScalarStyle::DoubleQuoted => '"',
            ScalarStyle::Literal | ScalarStyle::Folded => '|',
        });
        let raw = &self.text[span.clone()];
        let is_key = self.open.last().is_some_and(|open| open.expects_key);
        match self.open.last_mut().filter(|_| is_key) {
            Some(open) => open.key = Some(raw),
            None if !span.is_empty() => self.value(raw, span, writing, style),
            None => {}
        }
        self.done();
    }

    fn value(&mut self, raw: &'t str, span: Range<usize>, writing: Writing, style: ScalarStyle) {
        let name = self.name();
        let index = self.scalars.len();
        let mut name_of_flag = None;
        let mut is_flow = false;
        if let Some(open) = self.open.last_mut() {
            is_flow = open.is_flow;
            if self.program == Program::Deepnote {
                open.block.note(open.key, raw, index, style);
            }
            open.secret.is_one |= open.key == Some("kind") && raw == "Secret";
            match open.key {
                Some(key) if beside::is_value(key) => open.unnamed.push(index),
                Some(key) => {
                    let named = beside::rank(key).map(|rank| (rank, raw));
                    open.beside = match (open.beside, named) {
                        (Some(known), Some(named)) if known.0 <= named.0 => Some(known),
                        (known, named) => named.or(known),
                    };
                }
                None => name_of_flag = open.flags.name(raw),
            }
        }
        let key = name.unwrap_or_default();
        let is_plain = style == ScalarStyle::Plain;
        let idiom = self.program.idiom(key).filter(|_| !(is_plain && is_flow));
        // A rewritten command may hold what a bare scalar cannot.
        let language = program::language(key).filter(|_| !is_plain || idiom.is_some());
        self.scalars.push(Scalar {
            span,
            writing,
            name: name_of_flag.or(name),
            language,
            is_cell: false,
            is_base64: false,
            idiom,
        });
    }
}

impl<'t> Block<'t> {
    /// A rewritten cell may have a line more, which only these styles can hold.
    fn note(&mut self, key: Option<&str>, raw: &'t str, index: usize, style: ScalarStyle) {
        let can_grow = matches!(style, ScalarStyle::Literal | ScalarStyle::DoubleQuoted);
        match key {
            Some("type") => self.kind = Some(raw),
            Some("content") if can_grow => self.content = Some(index),
            _ => {}
        }
    }
}

fn broken(text: &str, mark: usize, offsets: &Offsets<'_>, error: &ScanError) -> Malformed {
    let at = mark + offsets.byte(error.marker().index());
    Malformed::at(text, at, error.info())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Opened as _;
    use crate::format::scalars::Scalars;
    use crate::region::Role;

    fn read(text: &str) -> Vec<String> {
        let reader = Reader::read(text, Program::Other).expect("is YAML");
        let scalars = Scalars::new(text, reader.scalars, reader.bones);
        let regions = scalars.regions(&|_| true);
        let whole: String = regions
            .iter()
            .map(|region| &text[region.extent.span.clone()])
            .collect();
        assert_eq!(whole, text);
        let value = |region: crate::region::Region| match &region.role {
            Role::Value { name } => Some(format!("{name}|{}", region.text())),
            Role::Code(language) => Some(format!("{language:?}|{}", region.text())),
            _ => None,
        };
        regions.into_iter().filter_map(value).collect()
    }

    #[test]
    fn scalars_of_every_style() {
        assert_eq!(
            read(
                "\u{feff}# é\na: b c # x\n'ö': 'it''s' # y\nd: \"e\\u0041\\\n  f\"\t# z\r\ng:\n- h\n- i: j\nk: &l m\nn: *l\no: !!str p\n"
            ),
            ["a|b c", "ö|it's", "d|eAf", "g|h", "i|j", "k|m", "o|p"]
        );
        assert_eq!(
            read("---\na: b\n---\nc:\n  d\n  e\n...\n"),
            ["a|b", "c|d e"]
        );
        assert_eq!(
            read("{a: b, c: [d, \"e\"], \"f\":g}"),
            ["a|b", "c|d", "c|e", "f|g"]
        );
    }

    #[test]
    fn blocks_are_read_without_their_indent() {
        assert_eq!(
            read("a: |\n  b: c\n   d\n\n  e\nf: >-\n    g\n    h\ni: |2\n   j\nk: l\n"),
            ["a|b: c\n d\n\ne", "f|g\nh", "i|j", "k|l"]
        );
        assert_eq!(
            read("- run: |\n    x é\n    y\n- a: b\n"),
            ["Shell|x é\ny", "a|b"]
        );
        assert_eq!(read("a: |\nb: c\n"), ["b|c"]);
    }

    #[test]
    fn values_go_by_what_stands_beside_or_above_them() {
        assert_eq!(
            read(
                "env:\n- name: A\n  value: x\n- value: y\n  name: B\nC:\n  value: z\nargs: [\"--key\", w]\n"
            ),
            [
                "name|A",
                "A|x",
                "B|y",
                "name|B",
                "C|z",
                "args|--key",
                "key|w"
            ]
        );
    }

    #[test]
    fn what_is_no_yaml_is_said_to_be_none() {
        for text in [
            "a:\n\tb: c",
            "{{ x }}: {% y %}",
            "a: b: c",
            "a: \"b",
            "[a",
            "a: 'b\n",
        ] {
            assert!(Reader::read(text, Program::Other).is_err(), "{text}");
        }
    }
}
