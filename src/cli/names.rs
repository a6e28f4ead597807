//! Names of files as texts, for those who look for values in them.

/// Names are read as lines of a text, whatever they end in.
pub(super) const AS_TEXT: &str = "names.txt";

/// More underlines than this and only what follows each one is looked at.
const PARTS: usize = 12;

/// No token has shorter pieces only.
const SHORTEST: usize = 16;

/// A path and what stands between its underlines, each on a line: in a text an
/// underline joins words, in the name of a file it parts them.
pub(super) fn in_parts(path: &str) -> String {
    let mut lines = path.to_owned();
    let is_long = |piece: &str| piece.len() >= SHORTEST;
    if !path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(is_long)
    {
        return lines;
    }
    for name in path.split('/') {
        let marks: Vec<usize> = name.match_indices('_').map(|(at, _)| at).collect();
        let ends = |start: usize| {
            let inner = marks.iter().copied().filter(move |at| *at > start);
            inner
                .take_while(|_| marks.len() <= PARTS)
                .chain([name.len()])
        };
        for start in marks.iter().map(|at| at + 1).chain([0]) {
            for part in ends(start).filter_map(|end| name.get(start..end)) {
                lines.push('\n');
                lines.push_str(part);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_parts() {
        let long = "x".repeat(SHORTEST);
        let lines = in_parts(&format!("{long}/b_c_d"));
        assert_eq!(
            lines,
            format!("{long}/b_c_d\n{long}\nc\nc_d\nd\nb\nb_c\nb_c_d")
        );
        assert_eq!(in_parts("a/b_c_d"), "a/b_c_d");
    }
}
