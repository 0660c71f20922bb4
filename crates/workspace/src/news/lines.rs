//! Which lines of a text another one does not have.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Longer differences are not looked into: comparing takes the product of their lengths, and nobody wrote them by
/// hand.
const MAX_LINES: usize = 5_000;

/// For each line of `new`, whether it was changed or added.
pub(super) fn changed(old: &str, new: &str) -> Vec<bool> {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old).collect(), lines(new).collect());
    let start = equal(old.iter(), new.iter());
    let end = equal(old[start..].iter().rev(), new[start..].iter().rev());
    let (old_part, new_part) = (start..old.len() - end, start..new.len() - end);
    let mut changed = vec![false; new.len()];
    if old_part.len() > MAX_LINES || new_part.len() > MAX_LINES {
        changed[new_part].fill(true);
        return changed;
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old[old_part], &new[new_part]);
    for op in ops {
        let Range {
            start: from,
            end: to,
        } = op.new_range();
        if !matches!(op, DiffOp::Equal { .. }) {
            changed[start + from..start + to].fill(true);
        }
    }
    changed
}

/// Git may have written other line ends than it keeps.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{feff}');
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
}

fn equal<'t>(
    old: impl Iterator<Item = &'t &'t str>,
    new: impl Iterator<Item = &'t &'t str>,
) -> usize {
    old.zip(new).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marks(old: &str, new: &str) -> String {
        let changed = changed(old, new);
        changed
            .iter()
            .map(|&line| if line { '+' } else { '.' })
            .collect()
    }

    #[test]
    fn lines_are_changed_where_they_differ() {
        assert_eq!(marks("a\nb\nc\n", "a\nb\nc\n"), "....");
        assert_eq!(marks("a\nb\nc\n", "a\nx\nc\n"), ".+..");
        assert_eq!(marks("a\nc\n", "a\nb\nc\n"), ".+..");
        assert_eq!(marks("a\nb\nc\n", "a\nc\n"), "...");
        assert_eq!(marks("", "a\nb"), "++");
        assert_eq!(marks("b\na\n", "x\na\nb\na\n"), "++...");
    }

    #[test]
    fn line_ends_are_no_change() {
        assert_eq!(marks("a\nb\n", "a\r\nb\r\n"), "...");
    }

    proptest! {
        #[test]
        fn what_is_not_changed_stands_in_the_old_text_in_the_same_order(
            old in "[abc\n]{0,20}",
            new in "[abc\n]{0,20}",
        ) {
            let kept = lines(&new).zip(changed(&old, &new)).filter(|(_, changed)| !changed);
            let mut rest = lines(&old);
            for (line, _) in kept {
                prop_assert!(rest.any(|old| old == line));
            }
        }
    }
}
