//! The only place that reads files: the inputs, and the dependency files that the derivation asks for.

#![expect(
    clippy::disallowed_methods,
    reason = "reads the files that a user names"
)]

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use linter::Loader;
use linter::fix::Texts;
use source::SourceFile;

use crate::report::Failure;

/// Larger dependency files are not read: nobody writes them by hand, and lock files stay below.
const MAX_DEPENDENCY_FILE: u64 = 16 << 20;

/// Reads each file once per run.
#[derive(Default)]
pub(crate) struct FileLoader {
    files: Mutex<HashMap<Utf8PathBuf, Option<Arc<SourceFile>>>>,
}

impl Loader for FileLoader {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        if let Some(known) = self.files.lock().ok()?.get(path) {
            return known.clone();
        }
        let found = read_dependency(path);
        self.files
            .lock()
            .ok()?
            .insert(path.to_owned(), found.clone());
        found
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        let Ok(entries) = path.read_dir_utf8() else {
            return Vec::new();
        };
        let mut names: Vec<Utf8PathBuf> = entries
            .filter_map(|entry| entry.ok().map(camino::Utf8DirEntry::into_path))
            .collect();
        names.sort();
        names
    }
}

impl compose::Loader for FileLoader {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, compose::LoadError> {
        read_compose(path)
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        path.exists()
    }
}

/// A [`FileLoader`] with some files replaced by texts that are not written yet.
pub(crate) struct Overlay<'a> {
    /// Reads all others.
    pub loader: &'a FileLoader,
    /// By name.
    pub texts: &'a Texts,
}

impl Loader for Overlay<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        let text = self.texts.get(path.as_str()).cloned();
        text.or_else(|| self.loader.read(path))
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.loader.list(path)
    }
}

impl compose::Loader for Overlay<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, compose::LoadError> {
        match self.texts.get(path.as_str()) {
            Some(text) => Ok(Arc::clone(text)),
            None => compose::Loader::read(self.loader, path),
        }
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        self.texts.contains_key(path.as_str()) || path.exists()
    }
}

/// Reads a log, or standard input, piece by piece; it may be of any size and hold any bytes.
pub(crate) fn read_log(path: Option<&Utf8Path>, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut source: Box<dyn io::Read> = match path {
        Some(path) => Box::new(File::open(path)?),
        None => Box::new(io::stdin().lock()),
    };
    let mut piece = vec![0; 64 << 10];
    loop {
        match source.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A Compose file or one that it names; a pipe will do.
fn read_compose(path: &Utf8Path) -> Result<Arc<SourceFile>, compose::LoadError> {
    use compose::LoadError;
    let io = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::NotFound,
        io::ErrorKind::PermissionDenied => LoadError::Denied,
        io::ErrorKind::IsADirectory => LoadError::Directory,
        _ => LoadError::Other(error.to_string()),
    };
    let file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if metadata.is_dir() {
        return Err(LoadError::Directory);
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(MAX_INPUT) as usize);
    file.take(MAX_INPUT).read_to_end(&mut bytes).map_err(io)?;
    Ok(Arc::new(SourceFile::decode(path.as_str(), bytes)?))
}

fn read_dependency(path: &Utf8Path) -> Option<Arc<SourceFile>> {
    let metadata = fs::metadata(path).ok()?;
    // A pipe or device would never end.
    if !metadata.is_file() || metadata.len() > MAX_DEPENDENCY_FILE {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    SourceFile::decode(path.as_str(), bytes).ok().map(Arc::new)
}

/// Larger inputs are refused by [`SourceFile::decode`]; reading ends there, for a device would never end.
const MAX_INPUT: u64 = (64 << 20) + 1;

/// Reads an input that the user named; a pipe will do.
pub(crate) fn read_input(path: &Utf8Path) -> Result<SourceFile, Failure> {
    let failure = |message: String| Failure::new(path.as_str(), message);
    let io = |error: io::Error| failure(reason(&error));
    let file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if metadata.is_dir() {
        return Err(failure("is a directory, not a file".to_owned()));
    }
    let mut bytes = Vec::with_capacity(metadata.len().min(MAX_INPUT) as usize);
    file.take(MAX_INPUT).read_to_end(&mut bytes).map_err(io)?;
    SourceFile::decode(path.as_str(), bytes).map_err(|error| failure(error.to_string()))
}

/// The name that messages use for standard input.
pub(crate) const STDIN: &str = "<stdin>";

/// Reads standard input.
pub(crate) fn read_stdin() -> Result<SourceFile, Failure> {
    let failure = |message: String| Failure::new(STDIN, message);
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_INPUT)
        .read_to_end(&mut bytes)
        .map_err(|error| failure(reason(&error)))?;
    SourceFile::decode(STDIN, bytes).map_err(|error| failure(error.to_string()))
}

/// The system's words without its error number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_file_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("requirements.txt");
        let loader = FileLoader::default();
        assert!(loader.read(&path).is_none());
        fs::write(&path, "torch").unwrap();
        // Absence is remembered too, so that all inputs of a run see the same files.
        assert!(loader.read(&path).is_none());

        let loader = FileLoader::default();
        let first = loader.read(&path).unwrap();
        fs::write(&path, "jax").unwrap();
        assert!(Arc::ptr_eq(&first, &loader.read(&path).unwrap()));
    }

    #[test]
    fn entries_are_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        for name in ["b.txt", "a.txt", "c"] {
            fs::write(path.join(name), "").unwrap();
        }
        let names = FileLoader::default().list(path);
        assert_eq!(names, ["a.txt", "b.txt", "c"].map(|name| path.join(name)));
    }
}
