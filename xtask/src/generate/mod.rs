//! Pages that follow from the code.

mod commands;
mod rules;

use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;
use camino::Utf8Path;

use crate::say;

/// What the first line of every generated page says.
const HEADER: &str = "<!-- Written by `cargo xtask gen`. -->\n";

/// Writes the pages, or says which ones are not as they would be written.
pub(crate) fn run(root: &Utf8Path, check: bool) -> anyhow::Result<ExitCode> {
    let pages = [
        ("docs/rules/README.md", rules::page()),
        ("docs/commands.md", commands::page()),
    ];
    let mut differ = false;
    for (path, page) in pages {
        let full = root.join(path);
        let text = format!("{HEADER}\n{page}");
        let old = fs::read_to_string(&full).unwrap_or_default();
        if old == text {
            continue;
        }
        if check {
            differ = true;
            say(&difference(path, &old, &text));
        } else {
            fs::write(&full, text).with_context(|| format!("cannot write {full}"))?;
            say(&format!("wrote {path}"));
        }
    }
    if differ {
        say("run `cargo xtask gen` and commit what it writes");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The first line that differs, in both versions.
fn difference(path: &str, old: &str, new: &str) -> String {
    let mut lines = old.lines().zip(new.lines()).enumerate();
    let Some((index, (is, should))) = lines.find(|(_, (a, b))| a != b) else {
        let (old, new) = (old.lines().count(), new.lines().count());
        return format!("{path} has {old} lines and should have {new}");
    };
    format!("{path}:{} differs\n- {is}\n+ {should}", index + 1)
}

/// Text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(difference("x", "a\nb\n", "a\nc\n"), "x:2 differs\n- b\n+ c");
        assert_eq!(
            difference("x", "", "a\n"),
            "x has 0 lines and should have 1"
        );
    }
}
