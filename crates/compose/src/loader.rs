//! How files reach the crate.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::{DecodeError, SourceFile};

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Nothing is there.
    #[error("no such file or directory")]
    NotFound,
    /// A directory is there.
    #[error("is a directory")]
    Directory,
    /// It may not be read.
    #[error("permission denied")]
    Denied,
    /// It is no text.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Anything else, in the system's words.
    #[error("{0}")]
    Other(String),
}

/// Reads files for the crate.
pub trait Loader {
    /// The file at `path`, named as messages should name it.
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError>;

    /// Whether a file or directory is there.
    fn exists(&self, path: &Utf8Path) -> bool;
}

/// Files that only exist in memory: editor buffers, examples, tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryLoader {
    files: BTreeMap<Utf8PathBuf, Result<Arc<SourceFile>, LoadError>>,
}

impl MemoryLoader {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        let path = path.into();
        let file = Arc::new(SourceFile::new(path.as_str(), text));
        self.files.insert(path, Ok(file));
        self
    }

    /// Adds a path that exists and cannot be read.
    #[must_use]
    pub fn with_error(mut self, path: impl Into<Utf8PathBuf>, error: LoadError) -> Self {
        self.files.insert(path.into(), Err(error));
        self
    }
}

impl Loader for MemoryLoader {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError> {
        match self.files.get(path) {
            Some(file) => file.clone(),
            None => Err(LoadError::NotFound),
        }
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        self.files.contains_key(path)
    }
}
