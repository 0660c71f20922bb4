//! Pages that follow from the code.

mod commands;
mod configuration;
mod man;
mod messages;
mod rules;

use std::fs;
use std::process::ExitCode;

use anyhow::Context as _;
use camino::Utf8Path;

use crate::say;

/// What the first line of a generated page says.
const NOTICE: &str = "Written by `cargo xtask gen`.";

/// Writes the pages, or says which ones are not as they would be written.
pub(crate) fn run(root: &Utf8Path, check: bool) -> anyhow::Result<ExitCode> {
    let pages = pages(root)?;
    let mut differ = false;
    for path in orphans(root, &pages)? {
        differ = true;
        say(&format!("{path} describes no command"));
    }
    for (path, text) in pages {
        let full = root.join(&path);
        let old = fs::read_to_string(&full).unwrap_or_default();
        if old == text {
            continue;
        }
        if check {
            differ = true;
            say(&difference(&path, &old, &text));
        } else {
            if let Some(folder) = full.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&full, text).with_context(|| format!("cannot write {full}"))?;
            say(&format!("wrote {path}"));
        }
    }
    if differ {
        say("run `cargo xtask gen`, commit what it writes, and delete what describes nothing");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Manual pages that would not be written.
fn orphans(root: &Utf8Path, pages: &[(String, String)]) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let folder = root.join(man::FOLDER);
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in folder.read_dir_utf8()? {
        let path = format!("{}/{}", man::FOLDER, entry?.file_name());
        if pages.iter().all(|(page, _)| *page != path) {
            found.push(path);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Every page with its path.
fn pages(root: &Utf8Path) -> anyhow::Result<Vec<(String, String)>> {
    let markdown = [
        ("docs/rules/README.md", rules::page()),
        ("docs/commands.md", commands::page()),
        ("docs/messages.md", messages::page()),
    ];
    let markdown = markdown
        .into_iter()
        .map(|(path, page)| (path.to_owned(), format!("<!-- {NOTICE} -->\n\n{page}")));
    let manual = man::pages()?.into_iter();
    let manual = manual.map(|(path, page)| (path, format!(".\\\" {NOTICE}\n{page}")));
    let own = [
        (configuration::PAGE, configuration::page(root)?),
        (configuration::SCHEMA, configuration::json_schema()?),
    ];
    let own = own.map(|(path, page)| (path.to_owned(), page));
    Ok(markdown.chain(manual).chain(own).collect())
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
