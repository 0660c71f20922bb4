//! What a repair would change, as `patch` and `git apply` take it.

use similar::{Algorithm, TextDiff};

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// A unified diff of one file.
pub(super) fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::configure()
        // Lines that stand once divide the texts, so that the work follows the number of lines and not its product with
        // that of the changes.
        .algorithm(Algorithm::Patience)
        .diff_lines(old, new);
    let name = name.trim_start_matches('/');
    diff.unified_diff()
        .context_radius(CONTEXT)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_final_newline_and_carriage_returns_are_kept() {
        assert_eq!(
            unified("Dockerfile", "FROM a\r\nRUN b", "FROM c\r\nRUN b"),
            "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n-FROM a\r\n+FROM c\r\n RUN b\n\\ No newline at end of file\n"
        );
    }
}
