//! Files as a commit has them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use super::interface::{Asked, Entry, Files, Kind};
use super::memory::{absolute, cut, entries, holds};
use crate::Result;
use crate::git::{Blobs, Git};

/// The regular files of a commit, below the top directory of its working tree, from which relative paths count. Links
/// are not followed, nor are they listed.
pub(crate) struct Commit {
    git: Git,
    commit: String,
    root: PathBuf,
    blobs: Mutex<Blobs>,
    /// Asked for when somebody searches.
    names: OnceLock<BTreeMap<PathBuf, Kind>>,
}

impl Commit {
    /// Starts a Git that answers with what the files hold; `root` is the top directory, without links.
    pub(crate) fn new(git: Git, commit: String, root: PathBuf) -> Result<Self> {
        Ok(Self {
            root,
            blobs: Mutex::new(git.blobs(&commit)?),
            names: OnceLock::new(),
            git,
            commit,
        })
    }

    /// The top directory of the working tree, without links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    fn full(&self, path: &Path) -> PathBuf {
        absolute(&self.root.join(path))
    }

    fn names(&self) -> &BTreeMap<PathBuf, Kind> {
        self.names.get_or_init(|| {
            let names = self.git.names(&self.commit).unwrap_or_default();
            let paths = names.iter().map(|name| (self.root.join(name), Kind::File));
            paths.collect()
        })
    }
}

impl Files for Commit {
    fn read(&self, path: &Path, _: Asked, most: u64) -> io::Result<Vec<u8>> {
        let full = self.full(path);
        let name = full.strip_prefix(&self.root).ok().and_then(Path::to_str);
        let name = name.map(|name| name.replace('\\', "/"));
        let mut blobs = self.blobs.lock().map_err(|_| io::ErrorKind::Other)?;
        let bytes = name.and_then(|name| blobs.read(&name));
        let bytes = bytes.ok_or(io::ErrorKind::NotFound)?;
        Ok(cut(&bytes, most))
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        let full = self.full(path);
        if self.names().contains_key(&full) {
            Ok(Kind::File)
        } else if holds(self.names(), &full) {
            Ok(Kind::Folder)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn own_kind(&self, path: &Path) -> io::Result<Kind> {
        self.kind(path)
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let full = self.full(folder);
        if self.kind(&full)? == Kind::Folder {
            Ok(entries(self.names(), &full))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.kind(path).map(|_| self.full(path))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "makes a real repository")]

    use std::fs;
    use std::process::Command;

    use camino::Utf8Path;

    use super::*;

    #[test]
    fn a_commit_has_the_files_that_were_committed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .current_dir(root)
                .args(["-c", "user.name=a", "-c", "user.email=a@b.c"]);
            assert!(command.args(arguments).output().unwrap().status.success());
        };
        git(&["init", "--quiet"]);
        fs::create_dir(root.join("a")).unwrap();
        fs::write(root.join("a/Dockerfile"), "FROM old").unwrap();
        fs::write(root.join("b"), "").unwrap();
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "one"]);
        fs::write(root.join("a/Dockerfile"), "FROM new").unwrap();
        fs::write(root.join("a/new"), "").unwrap();

        let git = Git::new(root).unwrap();
        let base = git.fork_point("HEAD").unwrap();
        let top = git.root().unwrap();
        let commit = Commit::new(git, base, top.clone()).unwrap();
        let file = top.join("a/Dockerfile");
        let text = commit.read(&file, Asked::ByOthers, 100).unwrap();
        assert_eq!(text, b"FROM old");
        assert_eq!(
            commit
                .read(Path::new("a/Dockerfile"), Asked::ByOthers, 4)
                .unwrap(),
            b"FROM"
        );
        assert_eq!(commit.kind(&file).unwrap(), Kind::File);
        assert_eq!(commit.kind(Path::new("a")).unwrap(), Kind::Folder);
        assert!(commit.kind(&top.join("a/new")).is_err());
        let names = commit.entries(Path::new("")).unwrap();
        let names: Vec<_> = names
            .iter()
            .map(|entry| entry.name.to_str().unwrap())
            .collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(commit.resolve(Path::new("a/../b")).unwrap(), top.join("b"));
    }
}
