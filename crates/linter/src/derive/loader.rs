//! The caller's files: the derivation opens none itself.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::SourceFile;

/// Reads files on behalf of the derivation, relative to what the caller decides.
pub trait Loader: Sync {
    /// The file at `path`, or `None` when it is not there or not readable as text.
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>>;
    /// Names of the entries of a directory, sorted; empty when it is none.
    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf>;
    /// Takes note that a file is not checked, and why.
    fn refuse(&self, _path: &Utf8Path, _reason: &str) {}
}
