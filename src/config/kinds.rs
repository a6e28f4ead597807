//! Kinds of a configuration become kinds like those of the catalogue.

use std::borrow::Cow;

use crate::detect::Kind;
use crate::detect::entry::Entry;
use crate::detect::kind::{Text, Texts};
use crate::detect::shapes::measure;

/// Whom a kind belongs to that does not say it.
const PROVIDER: &str = "Your own";

/// The kind that an entry describes, or what is wrong with it.
pub fn kind(entry: Entry) -> Result<Kind, String> {
    entry.check()?;
    if let Some(shape) = &entry.shape {
        measure(shape, &entry.anchors)?;
    }
    let provider = entry.provider.unwrap_or_else(|| PROVIDER.to_owned());
    Ok(Kind {
        id: Cow::Owned(entry.id),
        provider: Cow::Owned(provider),
        name: Cow::Owned(entry.name),
        severity: entry.severity,
        told: entry.told,
        anchors: texts(entry.anchors),
        shape: text(entry.shape),
        checksum: entry.checksum,
        names: texts(entry.names),
        variables: texts(entry.variables),
        calls: texts(entry.calls),
        context: texts(entry.context),
        examples: texts(entry.examples),
        revoke: text(entry.revoke),
        note: text(entry.note),
    })
}

fn text(text: Option<String>) -> Option<Text> {
    text.map(Cow::Owned)
}

fn texts(texts: Vec<String>) -> Texts {
    Cow::Owned(texts.into_iter().map(Cow::Owned).collect())
}
