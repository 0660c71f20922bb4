//! What a run checks with.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::config::Policies;
use crate::files::Folders;
use crate::loader::FileLoader;
use crate::repair::Scope;

/// What a run checks with.
pub struct Workspace {
    /// The folders that files are in.
    pub(crate) folders: Arc<Folders>,
    /// Reads files, each of them once.
    pub(crate) loader: FileLoader,
    /// What holds for each of them.
    pub(crate) policies: Policies,
}

impl Workspace {
    /// For a run in which the user named these files.
    pub fn new<'a>(policies: Policies, named: impl IntoIterator<Item = &'a Utf8PathBuf>) -> Self {
        let folders = Arc::clone(policies.folders());
        Self {
            loader: FileLoader::new(Arc::clone(&folders), named),
            folders,
            policies,
        }
    }

    /// What may be written and shown where these paths were named, and a build context.
    pub fn scope(&self, paths: &[Utf8PathBuf], context: Option<&Utf8Path>) -> Scope {
        Scope::new(&self.folders, paths, context)
    }
}
