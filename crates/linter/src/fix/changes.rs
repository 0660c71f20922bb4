//! Where a text differs from what it was, through any number of edits.

use std::ops::Range;

/// A range of bytes of the old text and what became of it in the new one. Between changes both are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// In the old text.
    pub old: Range<usize>,
    /// In the new text.
    pub new: Range<usize>,
}

/// One change from the first text to the last, for those from the first to a second and from there to the last. All
/// are in order.
pub(super) fn joined(first: &[Change], then: &[Change]) -> Vec<Change> {
    let (mut first, mut then) = (first.iter().peekable(), then.iter().peekable());
    let mut joined = Vec::new();
    // How far the last text, and the second, are ahead of the second and the first.
    let (mut ahead, mut ahead_before) = (0_isize, 0_isize);
    loop {
        let start = match (first.peek(), then.peek()) {
            (Some(first), Some(then)) => first.new.start.min(then.old.start),
            (Some(first), None) => first.new.start,
            (None, Some(then)) => then.old.start,
            (None, None) => return joined,
        };
        let (old_start, new_start) = (moved(start, -ahead_before), moved(start, ahead));
        let mut end = start;
        // Whatever meets in the second text is one change.
        loop {
            if let Some(change) = first.next_if(|change| change.new.start <= end) {
                end = end.max(change.new.end);
                ahead_before += growth(change);
            } else if let Some(change) = then.next_if(|change| change.old.start <= end) {
                end = end.max(change.old.end);
                ahead += growth(change);
            } else {
                break;
            }
            work::done();
        }
        joined.push(Change {
            old: old_start..moved(end, -ahead_before),
            new: new_start..moved(end, ahead),
        });
    }
}

fn growth(change: &Change) -> isize {
    change.new.len().cast_signed() - change.old.len().cast_signed()
}

fn moved(place: usize, by: isize) -> usize {
    place.saturating_add_signed(by)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `text` with some of its pieces exchanged, and what changed.
    fn edited(text: &str, edits: &[(usize, usize, String)]) -> (String, Vec<Change>) {
        let (mut new, mut changes, mut from) = (String::new(), Vec::new(), 0);
        for (skip, length, replacement) in edits {
            let start = (from + skip).min(text.len());
            let end = (start + length).min(text.len());
            new.push_str(&text[from..start]);
            let at = new.len();
            new.push_str(replacement);
            changes.push(Change {
                old: start..end,
                new: at..new.len(),
            });
            from = end;
        }
        new.push_str(&text[from..]);
        (new, changes)
    }

    /// The new text, made of the old one and what its changes hold.
    fn rebuilt(old: &str, new: &str, changes: &[Change]) -> String {
        let (mut text, mut from) = (String::new(), 0);
        for change in changes {
            text.push_str(&old[from..change.old.start]);
            assert_eq!(text.len(), change.new.start, "{changes:?}");
            text.push_str(&new[change.new.clone()]);
            from = change.old.end;
        }
        text + &old[from..]
    }

    fn edits() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
        proptest::collection::vec((0_usize..5, 0_usize..4, "[a-c]{0,3}"), 0..5)
    }

    proptest! {
        #[test]
        fn changes_of_changes_lead_from_the_first_text_to_the_last(
            text in "[x-z]{0,20}",
            rounds in proptest::collection::vec(edits(), 0..4),
        ) {
            let (mut last, mut changes) = (text.clone(), Vec::new());
            for edits in rounds {
                let (next, then) = edited(&last, &edits);
                changes = joined(&changes, &then);
                last = next;
            }
            prop_assert_eq!(rebuilt(&text, &last, &changes), last);
        }
    }

    #[test]
    fn distant_changes_stay_apart() {
        let (second, first) = edited("0123456789", &[(1, 1, "ab".to_owned())]);
        let (_, then) = edited(&second, &[(8, 1, String::new())]);
        assert_eq!(
            joined(&first, &then),
            [
                Change {
                    old: 1..2,
                    new: 1..3
                },
                Change {
                    old: 7..8,
                    new: 8..8
                }
            ]
        );
    }
}
