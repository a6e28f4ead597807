//! Which of several findings at one place stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Finding;
use super::kind::Told;

/// Of findings that overlap the best one stays: the surer, then the one that
/// tells itself, then the longer.
pub fn settle(mut found: Vec<Finding>) -> Vec<Finding> {
    let rank = |finding: &Finding| {
        (
            finding.confidence,
            finding.kind.told == Told::Itself,
            // Behind an escape a value goes on in the view only.
            finding.span.len(),
            finding.view.is_none(),
        )
    };
    found.sort_by(|a, b| rank(b).cmp(&rank(a)).then(a.span.start.cmp(&b.span.start)));
    let mut kept: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for finding in found {
        if finding.span.is_empty() {
            continue;
        }
        let before = kept.range(..finding.span.end).next_back();
        let overlapped = before.filter(|(_, others)| {
            others
                .iter()
                .any(|other| other.span.end > finding.span.start)
        });
        match overlapped.map(|(&start, _)| start) {
            None => kept.entry(finding.span.start).or_default().push(finding),
            Some(start) => {
                if let Some(others) = kept.get_mut(&start)
                    && others
                        .iter()
                        .all(|other| lie_apart_in_one_view(other, &finding))
                {
                    others.push(finding);
                }
            }
        }
    }
    kept.into_values().flatten().collect()
}

/// Two values in one piece of base64: its whole is the span of both.
fn lie_apart_in_one_view(a: &Finding, b: &Finding) -> bool {
    let (Some((view, a)), Some((other, b))) = (&a.view, &b.view) else {
        return false;
    };
    Arc::ptr_eq(view, other) && (a.end <= b.start || b.end <= a.start)
}
