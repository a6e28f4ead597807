//! A kind as it is written in TOML: an entry of the catalogue or of a
//! configuration, and what every entry must satisfy.
//!
//! `build.rs` includes this file and [`super::kind`], too. It therefore uses
//! nothing else of this crate.

use serde::{Deserialize, Serialize};

use super::kind::{Checksum, Severity, Told};

/// One entry; its fields are those of [`super::kind::Kind`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Unique name.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who issues it. The catalogue's files say it once for all their kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What its holder can do.
    pub severity: Severity,
    /// How it is told.
    pub told: Told,
    /// Literals, one of which every value told by itself contains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<String>,
    /// Regular expression of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// What the value must satisfy besides its shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
    /// Names that bind to a value of this kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Environment variables that programs read it from, the usual one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<String>,
    /// Call sites of SDKs that take it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// Words that must stand near a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// Values that documentation uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Where its owner revokes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke: Option<String>,
    /// Anything a person should know when one is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Templates of texts, read by the tests of the catalogue only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<String>,
    /// The same for texts in which it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_not: Vec<String>,
}

impl Entry {
    /// What every entry must satisfy, whatever it describes. That its anchors
    /// are part of its shape shows when the shape is measured.
    pub fn check(&self) -> Result<(), String> {
        if let Some(anchor) = self.anchors.iter().find(|a| a.len() < 3 || !a.is_ascii()) {
            return Err(format!("anchor `{anchor}` is not ASCII of 3 or more"));
        }
        if self.told == Told::Itself && self.anchors.is_empty() {
            return Err("told by itself, but has no anchor".into());
        }
        if self.told == Told::Itself && self.shape.is_none() {
            return Err("told by itself, but has no shape".into());
        }
        if let Some(name) = self.names.iter().find(|n| n.to_lowercase() != **n) {
            return Err(format!("name `{name}` is not in lower case"));
        }
        if let Some(case) = self.must.iter().find(|case| self.must_not.contains(case)) {
            return Err(format!("case `{case}` both must and must not match"));
        }
        Ok(())
    }
}
