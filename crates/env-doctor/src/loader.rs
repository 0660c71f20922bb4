//! The only place that reads files: inputs, and the dependency files that the derivation asks for.

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use linter::Loader;
use source::SourceFile;

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
        self.files.lock().ok()?.insert(path.to_owned(), found.clone());
        found
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        let Ok(entries) = path.read_dir_utf8() else { return Vec::new() };
        let mut names: Vec<Utf8PathBuf> = entries.filter_map(|entry| entry.ok().map(camino::Utf8DirEntry::into_path)).collect();
        names.sort();
        names
    }
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

/// Reads an input that the user named.
pub(crate) fn read_input(path: &Utf8Path) -> Result<SourceFile, String> {
    let metadata = fs::metadata(path).map_err(|error| reason(&error))?;
    if metadata.is_dir() {
        return Err("is a directory".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| reason(&error))?;
    SourceFile::decode(path.as_str(), bytes).map_err(|error| error.to_string())
}

/// Reads standard input.
pub(crate) fn read_stdin() -> Result<SourceFile, String> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| reason(&error))?;
    SourceFile::decode("<stdin>", bytes).map_err(|error| error.to_string())
}

/// The system's words without its error number.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
