//! Masks of the same length, for places where nothing may move.

use crate::detect::Finding;
use crate::edit::{self, Edit};
use crate::region::Region;
use crate::rewrite::rewriter::{Remedy, Rewriting};

/// What a mask begins with, where it fits.
const WORD: &str = "REDACTED";

/// Why a finding stays.
const NO_ROOM: &str = "nothing of the same length can stand there; make the file again without it";

/// A mask of `len` bytes.
fn mask(len: usize) -> String {
    match len.checked_sub(WORD.len()) {
        Some(rest) => WORD.to_owned() + &"_".repeat(rest),
        None => "_".repeat(len),
    }
}

/// Edits that put a mask of the same length over each finding: on the bytes of
/// the source, whatever layers lie between.
pub(crate) fn rewrite(regions: &[Region], findings: &[Finding]) -> Rewriting {
    let mut out = Rewriting::default();
    for group in findings.chunk_by(|a, b| a.region == b.region) {
        let Some(region) = group.first().and_then(|first| regions.get(first.region)) else {
            continue;
        };
        let masks: Vec<String> = group
            .iter()
            .map(|finding| fitting(region, finding))
            .collect();
        let edits = edits(region, group, &masks);
        let fits = grown(&edits) == 0;
        if fits {
            out.edits.extend(edits);
        }
        out.remedies
            .extend(masks.into_iter().map(|mask| match fits {
                true => Remedy::Mask(mask, None),
                false => Remedy::Report(NO_ROOM.to_owned()),
            }));
    }
    edit::settle(&mut out.edits);
    out
}

/// The mask for one finding. Where the value is escaped it takes more bytes
/// than it has, and the mask is longer.
fn fitting(region: &Region, finding: &Finding) -> String {
    let span = finding
        .view
        .as_ref()
        .map_or(&finding.span, |(_, span)| span);
    let first = mask(span.len());
    let edits = edits(
        region,
        std::slice::from_ref(finding),
        std::slice::from_ref(&first),
    );
    let missing = grown(&edits).checked_neg().unwrap_or_default();
    mask(span.len().saturating_add_signed(missing))
}

fn edits(region: &Region, findings: &[Finding], masks: &[String]) -> Vec<Edit> {
    let mut on_text = Vec::new();
    let mut rest: Vec<(&Finding, &String)> = findings.iter().zip(masks).collect();
    while let Some((first, _)) = rest.first().copied() {
        let (same, others): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|(finding, _)| share_view(first, finding));
        rest = others;
        match &first.view {
            None => on_text.extend(
                same.iter()
                    .map(|(finding, mask)| Edit::replace(finding.span.clone(), mask.as_str())),
            ),
            Some((view, _)) => {
                let inner = same.iter().filter_map(|(finding, mask)| {
                    let (_, span) = finding.view.as_ref()?;
                    Some(Edit::replace(span.clone(), mask.as_str()))
                });
                on_text.extend(view.wrap(inner.collect()));
            }
        }
    }
    region.stack.wrap(on_text)
}

fn share_view(a: &Finding, b: &Finding) -> bool {
    match (&a.view, &b.view) {
        (None, None) => true,
        (Some((a, _)), Some((b, _))) => std::sync::Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// By how much a text grows.
fn grown(edits: &[Edit]) -> isize {
    let grown = |edit: &Edit| edit.text.len().cast_signed() - edit.span.len().cast_signed();
    edits.iter().map(grown).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_have_the_length_asked_for() {
        assert_eq!(mask(3), "___");
        assert_eq!(mask(8), "REDACTED");
        assert_eq!(mask(11), "REDACTED___");
    }
}
