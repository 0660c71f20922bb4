//! The option grammar of package managers, and the files they install from.

use std::sync::Arc;

use source::{FileId, SourceFile};

use super::action::{Action, Invocation};
use super::text::Text;

/// Files of the image as far as the build context explains them.
pub trait DependencyFiles {
    /// The file at a path of the image, absolute or relative to the working directory.
    fn open(&self, path: &str) -> Option<(FileId, Arc<SourceFile>)>;
}

/// What a package manager sees besides its command line.
pub struct PackageContext<'a> {
    /// ENV and ARG: `None` unset, `Some(None)` set to something unknown.
    pub environment: &'a dyn Fn(&str) -> Option<Option<Text>>,
    /// The files of the image.
    pub files: &'a dyn DependencyFiles,
}

/// Whether a program is a package manager.
pub fn is_package_manager(_program: &str) -> bool {
    false
}

/// What a command installs or removes; empty when it is no package manager.
pub fn actions(_invocation: &Invocation, _context: &PackageContext<'_>) -> Vec<Action> {
    Vec::new()
}
