//! Files that follow from others: written, or compared with what they should be.

use std::fs;

use anyhow::Context as _;
use camino::Utf8Path;

use crate::say;

/// Writes the files, or says which ones are not as they would be written; `folders` hold nothing else. Whether all is
/// as it should be.
pub fn settle(
    root: &Utf8Path,
    files: &[(String, String)],
    folders: &[&str],
    check: bool,
) -> anyhow::Result<bool> {
    let mut agree = true;
    for path in orphans(root, files, folders)? {
        agree = false;
        say(&format!("{path} describes nothing: delete it"));
    }
    for (path, text) in files {
        let full = root.join(path);
        let old = fs::read_to_string(&full).unwrap_or_default();
        if old == *text {
            continue;
        }
        if check {
            agree = false;
            say(&difference(path, &old, text));
        } else {
            if let Some(folder) = full.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&full, text).with_context(|| format!("cannot write {full}"))?;
            say(&format!("wrote {path}"));
        }
    }
    if !agree {
        say("run `cargo xtask gen` and commit what it writes");
    }
    Ok(agree)
}

/// Files in the folders that would not be written.
fn orphans(
    root: &Utf8Path,
    files: &[(String, String)],
    folders: &[&str],
) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in folders {
        let full = root.join(folder);
        if !full.is_dir() {
            continue;
        }
        for entry in full.read_dir_utf8()? {
            let path = format!("{folder}/{}", entry?.file_name());
            if files.iter().all(|(file, _)| *file != path) {
                found.push(path);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
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
