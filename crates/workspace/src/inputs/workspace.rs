//! What a run checks with.

use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::config::Policies;
use crate::loader::FileLoader;

/// What a run checks with.
pub struct Workspace {
    /// Reads files, each of them once.
    pub(crate) loader: FileLoader,
    /// What holds for each of them.
    pub(crate) policies: Arc<Policies>,
}

impl Workspace {
    /// For a run in which the user named these files.
    pub fn new<'a>(policies: Policies, named: impl IntoIterator<Item = &'a Utf8PathBuf>) -> Self {
        Self {
            loader: FileLoader::new(named),
            policies: Arc::new(policies),
        }
    }
}
