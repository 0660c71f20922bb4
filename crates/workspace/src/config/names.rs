//! Where configurations stand.

use std::path::Path;

use crate::files::Mark;

/// The name of the file.
pub const FILE: &str = Mark::Configuration.name();

/// The file of a Python project, which may hold the same below [`TABLE`].
pub(super) const PYPROJECT: &str = Mark::PythonProject.name();

/// Whether a file of this name may be found as a configuration.
pub(crate) fn is_file_name(path: &Path) -> bool {
    let name = path.file_name();
    [FILE, PYPROJECT]
        .iter()
        .any(|own| name == Some(own.as_ref()))
}

/// Where the configuration stands in `pyproject.toml`.
pub(super) const TABLE: &[&str] = &["tool", "env-doctor"];
