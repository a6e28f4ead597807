//! A second opinion on an archive: how the `zip` crate reads it, which shares
//! no code with what changes it.

use zip::ZipArchive;

use super::super::ReadAt;
use super::super::reading::Reader;

/// The members as they are read there. An archive that it cannot read has
/// none before and none after.
pub fn members(bytes: &dyn ReadAt) -> Vec<String> {
    let Ok(mut archive) = ZipArchive::new(Reader::new(bytes)) else {
        return vec!["the referee cannot read it".to_owned()];
    };
    (0..archive.len())
        .map(|index| match archive.by_index_raw(index) {
            Ok(member) => format!(
                "{} {:?} {:?} {:?}",
                member.name().unwrap_or_default(),
                member.compression(),
                member.last_modified(),
                member.unix_mode()
            ),
            Err(error) => format!("member {index}: {error}"),
        })
        .collect()
}
