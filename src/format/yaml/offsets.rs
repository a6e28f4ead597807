//! The parser counts characters; a text is bytes.

/// Where characters of a text lie in its bytes.
#[derive(Debug)]
pub(super) struct Offsets<'t> {
    text: &'t str,
    /// The byte of each so manyth character; none, if characters are bytes.
    marks: Vec<usize>,
}

/// A character is found from the mark before it, at most so far away.
const STEP: usize = 256;

impl<'t> Offsets<'t> {
    pub fn new(text: &'t str) -> Self {
        let marks = match text.is_ascii() {
            true => Vec::new(),
            false => text
                .char_indices()
                .step_by(STEP)
                .map(|(at, _)| at)
                .collect(),
        };
        Self { text, marks }
    }

    /// The byte at which the character with that index begins; the end of the
    /// text, if it has fewer.
    pub fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return index.min(self.text.len());
        }
        let Some(&mark) = self.marks.get(index / STEP) else {
            return self.text.len();
        };
        let mut characters = self.text[mark..].char_indices();
        let character = characters.nth(index % STEP);
        character.map_or(self.text.len(), |(at, _)| mark + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_in_the_bytes() {
        for text in ["", "abc", "aé😀b", &"é😀x".repeat(1000), &"x".repeat(1000)] {
            let offsets = Offsets::new(text);
            for (index, (at, _)) in text.char_indices().enumerate() {
                assert_eq!(offsets.byte(index), at);
            }
            assert_eq!(offsets.byte(text.chars().count()), text.len());
            assert_eq!(offsets.byte(1_000_000), text.len());
        }
    }
}
