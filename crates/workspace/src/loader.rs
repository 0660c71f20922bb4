//! The only place that reads files: the inputs, and the dependency files that the derivation asks for.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use linter::Loader;
use linter::fix::Texts;
use source::SourceFile;

use crate::budget::Refused;
use crate::failure::Failure;
use crate::files::{self, Asked, Files, Folders};
use crate::once::once;
use crate::paths::clean;

/// Larger dependency files are not read: nobody writes them by hand, and lock files stay below.
const MAX_DEPENDENCY_FILE: u64 = 16 << 20;

/// What reading a Compose file came to.
type Read = Result<Arc<SourceFile>, compose::LoadError>;

/// Reads each file once per run.
pub(crate) struct FileLoader {
    folders: Arc<Folders>,
    dependencies: Mutex<HashMap<Utf8PathBuf, Option<Arc<SourceFile>>>>,
    compose: Mutex<HashMap<Utf8PathBuf, Read>>,
    /// Whether Compose files that were looked for are there.
    there: Mutex<HashMap<Utf8PathBuf, bool>>,
    /// The files that the user named; all others are named by files.
    named: HashSet<Utf8PathBuf>,
    refused: Refused,
}

impl FileLoader {
    /// For a run in which the user named these files.
    pub(crate) fn new<'a>(
        folders: Arc<Folders>,
        named: impl IntoIterator<Item = &'a Utf8PathBuf>,
    ) -> Self {
        Self {
            folders,
            dependencies: Mutex::default(),
            compose: Mutex::default(),
            there: Mutex::default(),
            named: named.into_iter().map(|path| clean(path)).collect(),
            refused: Refused::default(),
        }
    }

    /// The files, of which nothing is kept.
    pub(crate) fn files(&self) -> &dyn Files {
        self.folders.files()
    }

    /// The files that others name and that are too much to check.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        self.refused.failures()
    }
}

impl Loader for FileLoader {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        once(&self.dependencies, path, || {
            read_dependency(self.files(), path).filter(|file| !self.refused.has(file))
        })
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        let entries = self.files().entries(path.as_std_path());
        let entries = entries.unwrap_or_default();
        let mut names: Vec<Utf8PathBuf> = entries
            .iter()
            .filter_map(|entry| Some(path.join(entry.name.to_str()?)))
            .collect();
        names.sort();
        names
    }

    fn refuse(&self, path: &Utf8Path, reason: &str) {
        self.refused.add(path, reason.to_owned());
    }
}

impl compose::Loader for FileLoader {
    fn read(&self, path: &Utf8Path) -> Read {
        once(&self.compose, path, || {
            let asked = if self.named.contains(&clean(path)) {
                Asked::ByName
            } else {
                Asked::ByOthers
            };
            read_compose(self.files(), path, asked)
        })
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        let look = || self.files().kind(path.as_std_path()).is_ok();
        once(&self.there, path, look)
    }
}

/// A [`FileLoader`] with some files replaced by texts that are not written yet.
pub(crate) struct Replaced<'a> {
    /// Reads all others.
    pub loader: &'a FileLoader,
    /// By name.
    pub texts: &'a Texts,
}

impl Loader for Replaced<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        let text = self.texts.get(path.as_str()).cloned();
        text.or_else(|| self.loader.read(path))
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.loader.list(path)
    }

    fn refuse(&self, path: &Utf8Path, reason: &str) {
        self.loader.refuse(path, reason);
    }
}

impl compose::Loader for Replaced<'_> {
    fn read(&self, path: &Utf8Path) -> Read {
        match self.texts.get(path.as_str()) {
            Some(text) => Ok(Arc::clone(text)),
            None => compose::Loader::read(self.loader, path),
        }
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        self.texts.contains_key(path.as_str()) || compose::Loader::exists(self.loader, path)
    }
}

/// Reads a log, or standard input, piece by piece; it may be of any size and hold any bytes. Of a device, which may
/// never end, the beginning is read.
pub fn read_log(path: Option<&Utf8Path>, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut source: Box<dyn io::Read> = match path {
        Some(path) => {
            let opened = files::named(path.as_std_path())?;
            let most = if opened.is_device {
                MAX_INPUT
            } else {
                u64::MAX
            };
            Box::new(opened.content.take(most))
        }
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

/// A Compose file or one that it names.
fn read_compose(files: &dyn Files, path: &Utf8Path, asked: Asked) -> Read {
    use compose::LoadError;
    let io = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::NotFound,
        io::ErrorKind::PermissionDenied => LoadError::Denied,
        io::ErrorKind::IsADirectory => LoadError::Directory,
        _ => LoadError::Other(error.to_string()),
    };
    let bytes = files.read(path.as_std_path(), asked, MAX_INPUT);
    let bytes = bytes.map_err(io)?;
    Ok(Arc::new(SourceFile::decode(path.as_str(), bytes)?))
}

fn read_dependency(files: &dyn Files, path: &Utf8Path) -> Option<Arc<SourceFile>> {
    let most = MAX_DEPENDENCY_FILE + 1;
    let bytes = files.read(path.as_std_path(), Asked::ByOthers, most).ok()?;
    if bytes.len() as u64 > MAX_DEPENDENCY_FILE {
        return None;
    }
    SourceFile::decode(path.as_str(), bytes).ok().map(Arc::new)
}

/// Larger inputs are refused by [`SourceFile::decode`]; reading ends there, for a device would never end.
const MAX_INPUT: u64 = (64 << 20) + 1;

/// Reads an input.
pub(crate) fn read(
    files: &dyn Files,
    path: &Utf8Path,
    asked: Asked,
) -> Result<SourceFile, Failure> {
    decoded(path, files.read(path.as_std_path(), asked, MAX_INPUT))
}

/// Reads a file of at most `most` bytes.
pub(crate) fn read_within(
    files: &dyn Files,
    path: &Utf8Path,
    asked: Asked,
    most: u64,
) -> Result<SourceFile, Failure> {
    decoded(path, bytes(files, path.as_std_path(), asked, most))
}

fn decoded(path: &Utf8Path, bytes: io::Result<Vec<u8>>) -> Result<SourceFile, Failure> {
    let failure = |message: String| Failure::new(path.as_str(), message);
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::IsADirectory => failure("is a directory, not a file".to_owned()),
        _ => failure(reason(&error)),
    })?;
    SourceFile::decode(path.as_str(), bytes).map_err(|error| failure(error.to_string()))
}

/// The bytes of a small file that nobody named, of at most `most`.
pub(crate) fn read_small(files: &dyn Files, path: &Path, most: u64) -> io::Result<Vec<u8>> {
    bytes(files, path, Asked::ByOthers, most)
}

fn bytes(files: &dyn Files, path: &Path, asked: Asked, most: u64) -> io::Result<Vec<u8>> {
    let bytes = files.read(path, asked, most + 1)?;
    if bytes.len() as u64 > most {
        let message = format!("is larger than {} KiB", most >> 10);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
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
    use std::fs;

    use super::*;

    fn of_disk() -> FileLoader {
        FileLoader::new(Folders::of_disk(), [])
    }

    #[test]
    fn a_dependency_file_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("requirements.txt");
        let loader = of_disk();
        assert!(loader.read(&path).is_none());
        fs::write(&path, "torch").unwrap();
        // Absence is remembered too, so that all inputs of a run see the same files.
        assert!(loader.read(&path).is_none());

        let loader = of_disk();
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
        let names = of_disk().list(path);
        assert_eq!(names, ["a.txt", "b.txt", "c"].map(|name| path.join(name)));
    }
}
