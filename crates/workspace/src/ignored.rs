//! What Git leaves out of a search: `.gitignore` files and `.git/info/exclude`.
//!
//! They are read here and not by the walk itself, which opens whatever has their name and takes six hundred times the
//! memory of what is in it.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::failure::Failure;
use crate::files::{Files, Folders, Kind, Mark};
use crate::loader::{read_small, reason};

/// Larger files are none that somebody wrote.
const MAX_BYTES: u64 = 1 << 20;
/// What a file with more patterns costs is out of proportion.
pub(crate) const MAX_PATTERNS: usize = 10_000;
/// No path is as long as a pattern of this length.
const MAX_PATTERN: usize = 4096;

/// The rules that hold where a search is.
pub(crate) struct Ignored<'f> {
    folders: &'f Folders,
    /// From the top of the repository down to the directory that was asked about last.
    levels: Vec<Level>,
    /// Files that were not read, or not all of them.
    failures: Vec<Failure>,
    /// How the directory that is searched is spelt, and what it is without links.
    root: (PathBuf, PathBuf),
}

/// One directory.
struct Level {
    directory: PathBuf,
    rules: Gitignore,
    /// The top of a repository: what is above it is another's, and what the repository keeps to itself.
    top: Option<Gitignore>,
}

impl<'f> Ignored<'f> {
    /// For a search below `root`, which is `full` without links.
    pub(crate) fn below(folders: &'f Folders, root: &Path, full: &Path) -> Self {
        let mut ignored = Self {
            folders,
            levels: Vec::new(),
            failures: Vec::new(),
            root: (root.to_owned(), full.to_owned()),
        };
        let is_top = |directory: &&Path| repository(folders, directory).is_some();
        let top = full.ancestors().position(|directory| is_top(&directory));
        let parents: Vec<&Path> = match top {
            Some(top) => full.ancestors().take(top + 1).skip(1).collect(),
            None => full.ancestors().skip(1).collect(),
        };
        for directory in parents.into_iter().rev() {
            ignored.enter(directory);
        }
        ignored
    }

    /// What could not be read.
    pub(crate) fn failures(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.failures)
    }

    /// Whether Git ignores what is at `path` below the root; directories are asked about before what they hold.
    pub(crate) fn holds(&mut self, path: &Path, is_directory: bool) -> bool {
        let Ok(below) = path.strip_prefix(&self.root.0) else {
            return false;
        };
        let Some(parent) = below.parent() else {
            return false;
        };
        let full = self.root.1.clone();
        self.descend(&full, parent);
        let path = full.join(below);
        let mut rest = self.levels.iter().rev();
        let mut excluded = None;
        for level in rest.by_ref() {
            let found = level.rules.matched(&path, is_directory);
            if !found.is_none() {
                return found.is_ignore();
            }
            if let Some(own) = &level.top {
                excluded = Some(own.matched(&path, is_directory).is_ignore());
                break;
            }
        }
        excluded.unwrap_or(false)
    }

    /// Makes `below` in `full` the last level.
    fn descend(&mut self, full: &Path, below: &Path) {
        let directory = full.join(below);
        while let Some(level) = self.levels.last()
            && !directory.starts_with(&level.directory)
        {
            self.levels.pop();
        }
        let known = self.levels.last().map(|level| level.directory.clone());
        let missing: Vec<&Path> = directory
            .ancestors()
            .take_while(|ancestor| {
                ancestor.starts_with(full) && known.as_deref() != Some(*ancestor)
            })
            .collect();
        for directory in missing.into_iter().rev() {
            self.enter(directory);
        }
    }

    fn enter(&mut self, directory: &Path) {
        let rules = if self.folders.has(directory, Mark::Ignored) {
            self.rules(directory, &directory.join(Mark::Ignored.name()))
        } else {
            Gitignore::empty()
        };
        let top = repository(self.folders, directory).map(|own| {
            let exclude = own.join("info/exclude");
            self.rules(directory, &exclude)
        });
        self.levels.push(Level {
            directory: directory.to_owned(),
            rules,
            top,
        });
    }

    /// The patterns of a file that speak of what is in `directory`.
    fn rules(&mut self, directory: &Path, file: &Path) -> Gitignore {
        match read(self.folders.files(), directory, file) {
            Ok(rules) => rules,
            Err(reason) => {
                let name = self.spelt(file);
                let message = format!("{reason}; what it ignores is searched too");
                self.failures.push(Failure::new(name, message));
                Gitignore::empty()
            }
        }
    }

    /// A path as the user spelt the directory that is searched.
    fn spelt(&self, path: &Path) -> String {
        let spelt = match path.strip_prefix(&self.root.1) {
            Ok(below) => self.root.0.join(below),
            Err(_) => path.to_owned(),
        };
        let spelt = spelt.strip_prefix(".").unwrap_or(&spelt);
        spelt.to_string_lossy().into_owned()
    }
}

/// The patterns of a file; none where there is no file.
fn read(files: &dyn Files, directory: &Path, file: &Path) -> Result<Gitignore, String> {
    use std::io::ErrorKind;
    if files.kind(file).is_err() {
        return Ok(Gitignore::empty());
    }
    let bytes = match read_small(files, file, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
            return Ok(Gitignore::empty());
        }
        Err(error) => return Err(reason(&error)),
    };
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut builder = GitignoreBuilder::new(directory);
    let lines = text.split(|&byte| byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let patterns = lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"#") && line.len() <= MAX_PATTERN);
    for (index, pattern) in patterns.enumerate() {
        if index == MAX_PATTERNS {
            return Err(format!("has more than {MAX_PATTERNS} patterns"));
        }
        // Git passes over what is no pattern.
        if let Ok(pattern) = std::str::from_utf8(pattern) {
            let _ = builder.add_line(None, pattern);
        }
    }
    builder.build().map_err(|error| error.to_string())
}

/// Where the repository is kept whose top is `directory`, if it is one.
fn repository(folders: &Folders, directory: &Path) -> Option<PathBuf> {
    let git = directory.join(Mark::Git.name());
    match folders.mark(directory, Mark::Git) {
        Some(Kind::File) => Some(common(folders.files(), directory, &git).unwrap_or(git)),
        Some(_) => Some(git),
        None => folders.has(directory, Mark::Jujutsu).then_some(git),
    }
}

/// What the working trees of a repository have in common, where `.git` is a file that names its own part.
fn common(files: &dyn Files, directory: &Path, git: &Path) -> Option<PathBuf> {
    let own = directory.join(line(files, git)?.strip_prefix("gitdir:")?.trim());
    Some(match line(files, &own.join("commondir")) {
        Some(common) => own.join(common),
        None => own,
    })
}

fn line(files: &dyn Files, file: &Path) -> Option<String> {
    let bytes = read_small(files, file, MAX_PATTERN as u64).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.lines().next()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The files that a search finds, in the order of their names.
    fn found(files: &[(&str, &str)], from: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let root = folder.path().join(from);
        let folders = Folders::of_disk();
        let mut ignored = Ignored::below(&folders, &root, &folders.full(&root).unwrap());
        let mut found = Vec::new();
        search(&root, &mut ignored, &mut |path| {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            if !name.contains(".git") {
                found.push(name.to_owned());
            }
        });
        assert!(ignored.failures().is_empty());
        found
    }

    fn search(folder: &Path, ignored: &mut Ignored<'_>, found: &mut dyn FnMut(&Path)) {
        let mut paths: Vec<PathBuf> = folder
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        for path in paths {
            if ignored.holds(&path, path.is_dir()) {
                continue;
            }
            if path.is_dir() {
                search(&path, ignored, found);
            } else {
                found(&path);
            }
        }
    }

    #[test]
    fn the_nearest_file_decides() {
        let files = [
            (".gitignore", "/a/b\n*.log\nout/\n"),
            ("a/b", ""),
            ("a/c.log", ""),
            ("b/.gitignore", "\u{feff}!keep.log\r\n# out\n/d\n"),
            ("b/a/b", ""),
            ("b/keep.log", ""),
            ("b/other.log", ""),
            ("b/d/e", ""),
            ("c/d/e", ""),
            ("out/x", ""),
        ];
        assert_eq!(found(&files, ""), ["b/a/b", "b/keep.log", "c/d/e"]);
    }

    #[test]
    fn the_rules_above_hold_up_to_the_top_of_the_repository() {
        let files = [
            (".gitignore", "a\n"),
            ("r/.git/info/exclude", "b\nc\n"),
            ("r/.gitignore", "!c\nd\n"),
            ("r/s/a", ""),
            ("r/s/b", ""),
            ("r/s/c", ""),
            ("r/s/d", ""),
        ];
        assert_eq!(found(&files, "r/s"), ["a", "c"]);
        assert_eq!(found(&files, "r"), ["s/a", "s/c"]);
        assert_eq!(found(&files[3..], "r/s"), ["a", "b", "c", "d"]);
    }

    #[test]
    fn a_working_tree_has_what_its_repository_keeps_to_itself() {
        let files = [
            ("main/.git/info/exclude", "a\n"),
            ("main/.git/worktrees/w/commondir", "../..\n"),
            ("w/.git", "gitdir: ../main/.git/worktrees/w\n"),
            ("w/a", ""),
            ("w/b", ""),
        ];
        assert_eq!(found(&files, "w"), ["b"]);
    }
}
