//! Files that are nowhere but in memory.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

use super::interface::{Asked, Entry, Files, Kind};

/// Texts by their paths; relative paths count from `/`, and there are no links.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<PathBuf, Vec<u8>>);

impl Memory {
    /// Puts a file where its path says, in place of the one that was there.
    pub fn insert(&mut self, path: impl AsRef<Path>, text: impl Into<Vec<u8>>) {
        self.0.insert(absolute(path.as_ref()), text.into());
    }
}

impl<P: AsRef<Path>, T: Into<Vec<u8>>> FromIterator<(P, T)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let mut memory = Self::default();
        for (path, text) in files {
            memory.insert(path, text);
        }
        memory
    }
}

impl Files for Memory {
    fn read(&self, path: &Path, _: Asked, most: u64) -> io::Result<Vec<u8>> {
        let path = absolute(path);
        match self.0.get(&path) {
            Some(text) => Ok(cut(text, most)),
            None if holds(&self.0, &path) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        let path = absolute(path);
        if self.0.contains_key(&path) {
            Ok(Kind::File)
        } else if holds(&self.0, &path) {
            Ok(Kind::Folder)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn own_kind(&self, path: &Path) -> io::Result<Kind> {
        self.kind(path)
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let folder = absolute(folder);
        if !holds(&self.0, &folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(entries(&self.0, &folder))
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.kind(path).map(|_| absolute(path))
    }
}

/// The first `most` bytes.
pub(super) fn cut(text: &[u8], most: u64) -> Vec<u8> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    text[..text.len().min(most)].to_vec()
}

/// A path from `/`, its steps taken.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    out
}

/// The paths below a folder with what stands there, in their order.
fn below<'m, T>(
    files: &'m BTreeMap<PathBuf, T>,
    folder: &'m Path,
) -> impl Iterator<Item = (&'m Path, &'m T)> {
    let start = (Bound::Excluded(folder), Bound::Unbounded);
    let files = files.range::<Path, _>(start);
    let files = files.map(|(path, text)| (path.as_path(), text));
    files.take_while(move |(path, _)| path.starts_with(folder))
}

/// Whether something is below a folder.
pub(super) fn holds<T>(files: &BTreeMap<PathBuf, T>, folder: &Path) -> bool {
    below(files, folder).next().is_some()
}

/// What a folder holds, each name once.
pub(super) fn entries<T>(files: &BTreeMap<PathBuf, T>, folder: &Path) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for (path, _) in below(files, folder) {
        let mut rest = path.components().skip(folder.components().count());
        let Some(Component::Normal(name)) = rest.next() else {
            continue;
        };
        let name: OsString = name.to_owned();
        let kind = match rest.next() {
            Some(_) => Kind::Folder,
            None => Kind::File,
        };
        if found.last().is_none_or(|last| last.name != name) {
            found.push(Entry { name, kind });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(memory: &Memory, folder: &str) -> Vec<(String, Kind)> {
        let entries = memory.entries(Path::new(folder)).unwrap();
        let named = |entry: Entry| (entry.name.into_string().unwrap(), entry.kind);
        entries.into_iter().map(named).collect()
    }

    #[test]
    fn folders_are_what_paths_say() {
        let files = [("a/b/Dockerfile", "FROM a"), ("a/x", ""), ("a-b", "")];
        let memory: Memory = files.into_iter().collect();
        let folder = |name: &str| (name.to_owned(), Kind::Folder);
        let file = |name: &str| (name.to_owned(), Kind::File);
        assert_eq!(names(&memory, "."), [folder("a"), file("a-b")]);
        assert_eq!(names(&memory, "/a"), [folder("b"), file("x")]);
        let full = memory.resolve(Path::new("a/../a/./b")).unwrap();
        assert_eq!(full, Path::new("/a/b"));
        let text = memory.read(&full.join("Dockerfile"), Asked::ByOthers, 4);
        assert_eq!(text.unwrap(), b"FROM");
        let missing = memory.kind(Path::new("a/b/c")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        let error = memory.read(Path::new("a"), Asked::ByName, 9).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }
}
