//! Texts that are not written yet over the files that are.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::interface::{Asked, Entry, Files, Kind};
use super::memory::{cut, entries, holds};

/// Files with the texts that an editor has open laid over them; they come and go while it is used.
pub struct Overlay {
    below: Arc<dyn Files>,
    /// By absolute paths without links.
    texts: RwLock<BTreeMap<PathBuf, Arc<str>>>,
}

impl Overlay {
    /// Nothing over `below`.
    pub fn new(below: Arc<dyn Files>) -> Self {
        Self {
            below,
            texts: RwLock::default(),
        }
    }

    /// Lays a text over the file at a path, or takes it away again.
    pub fn set(&self, path: &Path, text: Option<Arc<str>>) {
        let path = self.full(path);
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        match text {
            Some(text) => texts.insert(path, text),
            None => texts.remove(&path),
        };
    }

    /// Where a file is or would be.
    fn full(&self, path: &Path) -> PathBuf {
        if let Ok(full) = self.below.resolve(path) {
            return full;
        }
        let parent = path.parent().unwrap_or_else(|| Path::new(""));
        match (self.below.resolve(parent), path.file_name()) {
            (Ok(parent), Some(name)) => parent.join(name),
            _ => path.to_owned(),
        }
    }

    fn with<R>(&self, look: impl FnOnce(&BTreeMap<PathBuf, Arc<str>>) -> R) -> R {
        look(&self.texts.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Files for Overlay {
    fn read(&self, path: &Path, asked: Asked, most: u64) -> io::Result<Vec<u8>> {
        let full = self.full(path);
        match self.with(|texts| texts.get(&full).map(|text| cut(text.as_bytes(), most))) {
            Some(bytes) => Ok(bytes),
            None => self.below.read(path, asked, most),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        let full = self.full(path);
        let (is_file, is_folder) =
            self.with(|texts| (texts.contains_key(&full), holds(texts, &full)));
        match (is_file, is_folder) {
            (true, _) => Ok(Kind::File),
            (false, true) => Ok(Kind::Folder),
            (false, false) => self.below.kind(path),
        }
    }

    fn own_kind(&self, path: &Path) -> io::Result<Kind> {
        self.below.own_kind(path).or_else(|_| self.kind(path))
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let full = self.full(folder);
        let own = self.with(|texts| entries(texts, &full));
        let mut all = match self.below.entries(folder) {
            Ok(all) => all,
            Err(error) if own.is_empty() => return Err(error),
            Err(_) => Vec::new(),
        };
        for entry in own {
            if all.iter().all(|other| other.name != entry.name) {
                all.push(entry);
            }
        }
        Ok(all)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let full = self.full(path);
        self.below.resolve(path).or_else(|error| {
            let is_there = self.with(|texts| texts.contains_key(&full) || holds(texts, &full));
            if is_there { Ok(full) } else { Err(error) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;

    #[test]
    fn a_text_is_read_in_place_of_the_file_until_it_is_taken_away() {
        let files = [("a/Dockerfile", "FROM old"), ("a/x", "")];
        let memory: Memory = files.into_iter().collect();
        let overlay = Overlay::new(Arc::new(memory));
        let read = |path: &str| {
            let bytes = overlay.read(Path::new(path), Asked::ByOthers, 100).ok()?;
            String::from_utf8(bytes).ok()
        };
        let path = Path::new("a/./Dockerfile");
        overlay.set(path, Some("FROM new".into()));
        overlay.set(Path::new("a/.env"), Some("X=1".into()));
        assert_eq!(read("/a/Dockerfile").unwrap(), "FROM new");
        assert_eq!(overlay.kind(Path::new("a/.env")).unwrap(), Kind::File);
        assert_eq!(
            overlay.resolve(Path::new("a/.env")).unwrap(),
            Path::new("/a/.env")
        );
        assert_eq!(overlay.entries(Path::new("a")).unwrap().len(), 3);
        overlay.set(path, None);
        overlay.set(Path::new("a/.env"), None);
        assert_eq!(read("/a/Dockerfile").unwrap(), "FROM old");
        assert!(overlay.kind(Path::new("a/.env")).is_err());
    }
}
