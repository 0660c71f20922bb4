//! What is below a folder.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{Entry, Folders, Kind};

/// What a walk comes by.
pub(crate) enum Met<'w> {
    /// A folder, which is walked where the answer is `true`.
    Folder {
        /// As the root is spelt.
        path: PathBuf,
        /// Without links.
        full: &'w Path,
    },
    /// A file, or a link to anything: links are not followed.
    File {
        /// As the root is spelt.
        path: PathBuf,
        /// Without links in its directory.
        full: &'w Path,
        /// Whether it is a link.
        is_link: bool,
    },
    /// A folder that cannot be listed.
    Unreadable {
        /// As the root is spelt.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// A folder that is walked: its spelling, its path without links, and what is left of it.
struct Level {
    path: PathBuf,
    full: PathBuf,
    rest: std::vec::IntoIter<Entry>,
}

/// Everything below `root`, which is `full` without links: what is in a folder follows it, in the order of the names.
/// `.git` is passed over.
pub(crate) fn walk(
    folders: &Folders,
    root: &Path,
    full: &Path,
    visit: &mut dyn FnMut(Met<'_>) -> bool,
) {
    let mut levels: Vec<Level> = Vec::new();
    levels.extend(open(folders, root.to_owned(), full.to_owned(), visit));
    while let Some(level) = levels.last_mut() {
        let Some(entry) = level.rest.next() else {
            levels.pop();
            continue;
        };
        if entry.name == ".git" {
            continue;
        }
        let (path, full) = (level.path.join(&entry.name), level.full.join(&entry.name));
        match entry.kind {
            Kind::Folder => {
                let below = path.clone();
                if visit(Met::Folder { path, full: &full }) {
                    levels.extend(open(folders, below, full, visit));
                }
            }
            Kind::File | Kind::Link => {
                let is_link = entry.kind == Kind::Link;
                let full = &full;
                visit(Met::File {
                    path,
                    full,
                    is_link,
                });
            }
            Kind::Other => {}
        }
    }
}

fn open(
    folders: &Folders,
    path: PathBuf,
    full: PathBuf,
    visit: &mut dyn FnMut(Met<'_>) -> bool,
) -> Option<Level> {
    let mut entries = match folders.files().entries(&path) {
        Ok(entries) => entries,
        Err(error) => {
            visit(Met::Unreadable { path, error });
            return None;
        }
    };
    folders.learn(&path, &full, &entries);
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Some(Level {
        path,
        full,
        rest: entries.into_iter(),
    })
}
