//! Limits that protect against bombs: archives that are small and hold more
//! than any memory, or themselves.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Refusal;

/// Below this no ratio is looked at: text can be very regular.
const SMALL: u64 = 16 << 20;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many containers may lie within one another.
    pub depth: usize,
    /// How many members one container may have.
    pub members: u64,
    /// How many bytes one member may have out of its compression.
    pub size: u64,
    /// How many bytes all members of a file may have together.
    pub total: u64,
    /// How many times as large as its compressed bytes a member may be.
    pub ratio: u64,
    /// Whether the numbers of tensors are searched too, not only what
    /// describes them.
    pub deep: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 8,
            members: 100_000,
            size: 512 << 20,
            total: 8 << 30,
            ratio: 500,
            deep: false,
        }
    }
}

/// What may still be taken out of the compressions of one file.
#[derive(Debug, Default)]
pub struct Budget {
    /// The limits.
    pub limits: Limits,
    spent: AtomicU64,
}

impl Budget {
    /// All of it.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            spent: AtomicU64::new(0),
        }
    }

    /// The same limits, with nothing taken out yet.
    pub fn anew(&self) -> Self {
        Self::new(self.limits)
    }

    /// A new walk begins: what was taken out in the last one comes out again.
    pub fn renew(&self) {
        self.spent.store(0, Ordering::Relaxed);
    }

    /// How many bytes may come out of `packed` compressed ones. Whoever takes
    /// more out asks [`Budget::spend`] what to say.
    pub fn room(&self, packed: u64) -> u64 {
        let by_ratio = packed.saturating_mul(self.limits.ratio).max(SMALL);
        self.limits.size.min(by_ratio).min(self.left())
    }

    /// Counts `unpacked` bytes that came out of `packed` ones. They count also
    /// if they are too many: many bombs cost no more than one.
    pub fn spend(&self, packed: u64, unpacked: u64) -> Result<(), Refusal> {
        let Limits {
            size, total, ratio, ..
        } = self.limits;
        let left = self.left();
        self.spent.fetch_add(unpacked.min(left), Ordering::Relaxed);
        let why = if unpacked > size {
            let size = megabytes(size);
            format!("larger than {size} when it is unpacked, so it was not looked at (--max-size)")
        } else if unpacked > packed.saturating_mul(ratio).max(SMALL) {
            format!(
                "more than {ratio} times as large when it is unpacked, so it was not looked at (--max-ratio)"
            )
        } else if unpacked > left {
            let total = megabytes(total);
            format!(
                "not looked at, as more than {total} would come out of the whole file (--max-total)"
            )
        } else {
            return Ok(());
        };
        Err(Refusal::Limit(why))
    }

    /// Whether a container may have this many members.
    pub fn count(&self, members: u64) -> Result<(), Refusal> {
        let most = self.limits.members;
        match members > most {
            false => Ok(()),
            true => Err(Refusal::Limit(format!(
                "it has more than {most} members, so it was not looked at (--max-members)"
            ))),
        }
    }

    fn left(&self) -> u64 {
        let spent = self.spent.load(Ordering::Relaxed);
        self.limits.total.saturating_sub(spent)
    }
}

fn megabytes(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        megabytes => format!("{megabytes} MiB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(unpacked: u64, packed: u64, limits: Limits) -> String {
        let budget = Budget::new(limits);
        let result = budget.spend(packed, unpacked);
        result.map_or_else(|refusal| refusal.to_string(), |()| String::new())
    }

    #[test]
    fn each_limit_says_which_one_it_is() {
        let limits = Limits::default();
        assert_eq!(said(SMALL, 1, limits), "");
        assert!(said(SMALL + 1, 1, limits).contains("--max-ratio"));
        assert!(said(limits.size + 1, limits.size, limits).contains("--max-size"));
        let limits = Limits {
            total: 1000,
            ..limits
        };
        assert!(said(1001, 1000, limits).contains("--max-total"));
        let budget = Budget::new(limits);
        assert_eq!(budget.room(1000), 1000);
        budget.spend(1000, 900).unwrap();
        assert_eq!(budget.room(1000), 100);
        assert!(budget.spend(1000, 101).is_err());
        // What was too much is spent nevertheless, until the next walk.
        assert_eq!(budget.room(1000), 0);
        budget.renew();
        assert_eq!(budget.room(1000), 1000);
        assert!(budget.count(limits.members + 1).is_err());
    }
}
