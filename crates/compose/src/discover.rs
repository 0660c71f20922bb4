//! Which files make up a project when none is named.

use camino::{Utf8Path, Utf8PathBuf};

use crate::loader::Loader;
use crate::paths::join;

/// Base files, the first of a directory wins.
pub const DEFAULT_NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// Override files, the first of the base file's directory is added; any base goes with any override.
pub const OVERRIDE_NAMES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// The files Compose finds by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The base file, then the override file if there is one.
    pub files: Vec<Utf8PathBuf>,
    /// Files with a supported name in the same directory that Compose passes over.
    pub ignored: Vec<Utf8PathBuf>,
}

/// Whether a file of this name is a base file on its own.
pub fn is_default_name(path: &Utf8Path) -> bool {
    path.file_name()
        .is_some_and(|name| DEFAULT_NAMES.contains(&name))
}

/// Whether a file of this name is added to the base file beside it.
pub fn is_override_name(path: &Utf8Path) -> bool {
    path.file_name()
        .is_some_and(|name| OVERRIDE_NAMES.contains(&name))
}

/// Looks in `directory`, then in its parents. Give an absolute path where parents count.
pub fn discover(directory: &Utf8Path, loader: &dyn Loader) -> Option<Discovery> {
    directory
        .ancestors()
        .find_map(|directory| in_directory(directory, loader))
}

/// Looks in one directory only.
pub fn in_directory(directory: &Utf8Path, loader: &dyn Loader) -> Option<Discovery> {
    let present = |names: &[&str]| -> Vec<Utf8PathBuf> {
        let paths = names.iter().map(|name| join(directory, name));
        paths.filter(|path| loader.exists(path)).collect()
    };
    let mut bases = present(&DEFAULT_NAMES).into_iter();
    let mut overrides = present(&OVERRIDE_NAMES).into_iter();
    let mut files = vec![bases.next()?];
    files.extend(overrides.next());
    Some(Discovery {
        files,
        ignored: bases.chain(overrides).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::MemoryLoader;

    #[test]
    fn names_are_tried_in_compose_order_and_upwards() {
        let loader = MemoryLoader::new()
            .with("/p/docker-compose.yaml", "")
            .with("/p/docker-compose.yml", "")
            .with("/p/compose.override.yaml", "")
            .with("/p/src/compose.override.yml", "");
        let found = discover(Utf8Path::new("/p/src/deep"), &loader).unwrap();
        assert_eq!(
            found.files,
            ["/p/docker-compose.yml", "/p/compose.override.yaml"]
        );
        assert_eq!(found.ignored, ["/p/docker-compose.yaml"]);
        assert_eq!(discover(Utf8Path::new("/q"), &loader), None);
    }
}
