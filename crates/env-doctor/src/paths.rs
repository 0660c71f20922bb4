//! Paths as one would type them, and as they are.

use std::path::{Component, Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

/// The path of a file, without links in its directory.
pub(crate) fn absolute(name: &str) -> Option<PathBuf> {
    let path = Utf8Path::new(name);
    let parent = path.parent().unwrap_or_else(|| Utf8Path::new(""));
    let full = nonempty(parent).canonicalize().ok()?;
    Some(full.join(path.file_name()?))
}

/// `path` as seen from the directory `base`, both absolute and without links: `../env-doctor.toml`.
pub(crate) fn relative(base: &Path, path: &Path) -> PathBuf {
    let common = base
        .components()
        .zip(path.components())
        .take_while(|(a, b)| a == b)
        .count();
    // Nothing but the root in common: the whole path says more.
    if common <= 1 {
        return path.to_owned();
    }
    let up = base.components().count() - common;
    let down = path.components().skip(common);
    std::iter::repeat_n(Component::ParentDir, up)
        .chain(down)
        .collect()
}

/// An absolute path as one would type it here.
pub(crate) fn short(path: Utf8PathBuf) -> Utf8PathBuf {
    let relative = relative(&here(), path.as_std_path());
    Utf8PathBuf::from_path_buf(relative).unwrap_or(path)
}

/// The current directory without links.
pub(crate) fn here() -> PathBuf {
    Path::new(".").canonicalize().unwrap_or_default()
}

/// `.` for the empty path.
pub(crate) fn nonempty(path: &Utf8Path) -> &Utf8Path {
    if path.as_str().is_empty() {
        Utf8Path::new(".")
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_a_directory() {
        let from = |base: &str, path: &str| relative(Path::new(base), Path::new(path));
        assert_eq!(from("/a/b", "/a/b/c/d"), Path::new("c/d"));
        assert_eq!(from("/a/b", "/a/c"), Path::new("../c"));
        assert_eq!(from("/a/b", "/x/y"), Path::new("/x/y"));
    }
}
