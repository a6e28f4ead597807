//! Tables of FlatBuffers, read field by field; every offset is held against
//! the bytes.

/// A table, or nothing to read from where an offset leads out of the bytes.
#[derive(Clone, Copy)]
pub(super) struct Table<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Table<'b> {
    /// The table that a message or a footer begins with.
    pub fn root(bytes: &'b [u8]) -> Option<Self> {
        let at = usize::try_from(u32_at(bytes, 0)?).ok()?;
        Some(Self { bytes, at })
    }

    /// Where a field stands; `None` if the table leaves it out.
    fn field(&self, index: usize) -> Option<usize> {
        let back = u32_at(self.bytes, self.at)? as i32;
        let fields = usize::try_from(i64::try_from(self.at).ok()? - i64::from(back)).ok()?;
        let len = usize::from(u16_at(self.bytes, fields)?);
        let slot = 4 + 2 * index;
        if slot + 2 > len {
            return None;
        }
        match usize::from(u16_at(self.bytes, fields + slot)?) {
            0 => None,
            offset => Some(self.at + offset),
        }
    }

    pub fn u8(&self, index: usize) -> u8 {
        let at = self.field(index);
        at.and_then(|at| self.bytes.get(at)).copied().unwrap_or(0)
    }

    pub fn u16(&self, index: usize) -> u16 {
        let at = self.field(index);
        at.and_then(|at| u16_at(self.bytes, at)).unwrap_or(0)
    }

    pub fn u64(&self, index: usize) -> u64 {
        let at = self.field(index);
        at.and_then(|at| u64_at(self.bytes, at)).unwrap_or(0)
    }

    /// What a field points to.
    fn target(&self, index: usize) -> Option<usize> {
        let at = self.field(index)?;
        at.checked_add(usize::try_from(u32_at(self.bytes, at)?).ok()?)
    }

    pub fn table(&self, index: usize) -> Option<Self> {
        let at = self.target(index)?;
        Some(Self { at, ..*self })
    }

    pub fn text(&self, index: usize) -> Option<&'b str> {
        let at = self.target(index)?;
        let len = usize::try_from(u32_at(self.bytes, at)?).ok()?;
        let bytes = self.bytes.get(at + 4..(at + 4).checked_add(len)?)?;
        std::str::from_utf8(bytes).ok()
    }

    /// Where the items of a list begin, and how many there are of that many
    /// bytes each.
    fn list(&self, index: usize, width: usize) -> Option<(usize, usize)> {
        let at = self.target(index)?;
        let count = usize::try_from(u32_at(self.bytes, at)?).ok()?;
        let left = self.bytes.len().checked_sub(at + 4)?;
        (count.checked_mul(width)? <= left).then_some((at + 4, count))
    }

    /// The tables of a list.
    pub fn tables(&self, index: usize) -> Vec<Self> {
        let (start, count) = self.list(index, 4).unwrap_or((0, 0));
        let table = |item: usize| {
            let at = start + 4 * item;
            let at = at.checked_add(usize::try_from(u32_at(self.bytes, at)?).ok()?)?;
            Some(Self { at, ..*self })
        };
        (0..count).filter_map(table).collect()
    }

    /// The pairs of numbers of a list.
    pub fn pairs(&self, index: usize) -> Vec<(u64, u64)> {
        let (start, count) = self.list(index, 16).unwrap_or((0, 0));
        let pair = |item: usize| {
            let at = start + 16 * item;
            Some((u64_at(self.bytes, at)?, u64_at(self.bytes, at + 8)?))
        };
        (0..count).filter_map(pair).collect()
    }

    /// The numbers of a list.
    pub fn numbers(&self, index: usize) -> Vec<u64> {
        let (start, count) = self.list(index, 8).unwrap_or((0, 0));
        let number = |item: usize| u64_at(self.bytes, start + 8 * item);
        (0..count).filter_map(number).collect()
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}
