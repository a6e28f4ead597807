//! Characters that part words, asked for at each letter of what stands near a name.

/// Characters of ASCII, a bit for each.
#[derive(Clone, Copy)]
pub(super) struct Signs(u128);

impl Signs {
    /// For a constant: a byte beyond ASCII does not compile there.
    pub(super) const fn new(signs: &[u8]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < signs.len() {
            bits |= 1 << signs[at];
            at += 1;
        }
        Self(bits)
    }

    pub(super) fn hold(self, c: char) -> bool {
        c.is_ascii() && self.0 >> (c as u32) & 1 == 1
    }
}
