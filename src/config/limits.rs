//! `[limits]`: how much of archives and models is looked at.
//!
//! ```toml
//! [limits]
//! deep = true      # as --deep
//! depth = 8        # as --max-depth
//! members = 100000 # as --max-members
//! size = 512       # as --max-size, in MiB
//! total = 8192     # as --max-total, in MiB
//! ratio = 500      # as --max-ratio
//! ```

use serde::{Deserialize, Serialize};

use crate::container::Limits;

/// What is said of the limits; the rest is as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Whether everything is searched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep: Option<bool>,
    /// How many archives may lie within one another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<usize>,
    /// How many members an archive may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// How large a member may be, in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// How much may come out of one file, in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How many times as large as packed a member may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<u64>,
}

impl LimitsConfig {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The limits that it leads to, on top of others.
    pub fn over(&self, usual: Limits) -> Limits {
        let bytes = |mib: u64| mib.saturating_mul(1 << 20);
        Limits {
            deep: self.deep.unwrap_or(usual.deep),
            depth: self.depth.unwrap_or(usual.depth),
            members: self.members.unwrap_or(usual.members),
            size: self.size.map_or(usual.size, bytes),
            total: self.total.map_or(usual.total, bytes),
            ratio: self.ratio.unwrap_or(usual.ratio),
        }
    }

    /// The same limits, as a configuration says them.
    pub fn of(limits: Limits) -> Self {
        Self {
            deep: Some(limits.deep),
            depth: Some(limits.depth),
            members: Some(limits.members),
            size: Some(limits.size >> 20),
            total: Some(limits.total >> 20),
            ratio: Some(limits.ratio),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_usual() {
        let config: LimitsConfig = toml::from_str("size = 3").unwrap();
        let limits = config.over(Limits::default());
        assert_eq!(limits.size, 3 << 20);
        assert_eq!(limits.depth, Limits::default().depth);
        assert_eq!(LimitsConfig::of(limits).over(Limits::default()), limits);
        assert!(toml::from_str::<LimitsConfig>("sizes = 3").is_err());
    }
}
