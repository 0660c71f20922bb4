//! What the jobs of the repository share.

pub mod generated;

use std::io::Write as _;

/// Prints a line; a reader that has gone is no failure.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
