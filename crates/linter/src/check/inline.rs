//! Fixes in a Dockerfile that stands in a Compose file.

use source::Diagnostic;

/// Drops fixes that would add lines, which would lack the indentation of the block, or variables, which Compose would
/// replace.
pub(super) fn keep_block(findings: &mut [Diagnostic]) {
    for finding in findings {
        finding.fixes.retain(|fix| {
            let mut edits = fix.edits.iter();
            edits.all(|edit| !edit.replacement.contains(['\n', '$']))
        });
    }
}
