//! How much of archives and models is looked at, as typed.

use clap::Args;

use crate::config::LimitsConfig;

/// How much of archives and models is looked at.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Archives and models")]
pub struct LimitArgs {
    /// Search also the numbers of tensors, and large files of no known kind
    #[arg(long)]
    pub deep: bool,
    /// How many archives may lie within one another [default: 8]
    #[arg(long, value_name = "N")]
    pub max_depth: Option<usize>,
    /// How many members an archive may have [default: 100000]
    #[arg(long, value_name = "N")]
    pub max_members: Option<u64>,
    /// How large a member may be when it is unpacked, in MiB [default: 512]
    #[arg(long, value_name = "MIB")]
    pub max_size: Option<u64>,
    /// How much may come out of one file, in MiB [default: 8192]
    #[arg(long, value_name = "MIB")]
    pub max_total: Option<u64>,
    /// How many times as large as packed a member may be [default: 500]
    #[arg(long, value_name = "N")]
    pub max_ratio: Option<u64>,
}

impl LimitArgs {
    /// The same as a configuration says it.
    pub fn as_config(&self) -> LimitsConfig {
        LimitsConfig {
            deep: self.deep.then_some(true),
            depth: self.max_depth,
            members: self.max_members,
            size: self.max_size,
            total: self.max_total,
            ratio: self.max_ratio,
        }
    }
}
