//! Edits applied to text.

use std::collections::BTreeMap;

use source::{Applicability, Diagnostic, Edit, FileId, Sources};

/// Applies the first fix of every finding that is at least as safe as `level`: sorted by place, a fix that
/// touches what an earlier one changed is left for the next round. Gives the new text of each changed file.
#[must_use]
pub fn apply(
    sources: &Sources,
    diagnostics: &[Diagnostic],
    level: Applicability,
) -> BTreeMap<FileId, String> {
    let mut accepted: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let fixes = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.fixes.first());
    for fix in fixes.filter(|fix| fix.applicability >= level && !fix.edits.is_empty()) {
        let fits = fix.edits.iter().all(|edit| {
            let taken = accepted.get(&edit.location.file);
            taken.is_none_or(|taken| taken.iter().all(|other| !collide(edit, other)))
        });
        if fits {
            for edit in &fix.edits {
                accepted.entry(edit.location.file).or_default().push(edit);
            }
        }
    }
    accepted
        .into_iter()
        .map(|(file, edits)| (file, edited(sources.get(file).text(), edits)))
        .collect()
}

fn collide(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.location.span, b.location.span);
    a.overlaps(b)
        || a.start == b.start
        || (a.is_empty() && b.contains(a))
        || (b.is_empty() && a.contains(b))
}

fn edited(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| edit.location.span);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        let range = edit.location.span.range();
        let Some(before) = text.get(from..range.start) else {
            continue;
        };
        out.push_str(before);
        out.push_str(&edit.replacement);
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}
