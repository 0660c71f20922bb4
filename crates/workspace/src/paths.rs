//! Paths as one would type them, and as they are.

use std::path::{Component, Path, PathBuf};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

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

/// `.` for the empty path.
pub(crate) fn nonempty(path: &Utf8Path) -> &Utf8Path {
    if path.as_str().is_empty() {
        Utf8Path::new(".")
    } else {
        path
    }
}

/// `./a//b` as `a/b`; `..` stays, for what it means depends on links.
pub(crate) fn clean(path: &Utf8Path) -> Utf8PathBuf {
    path.components()
        .filter(|part| *part != Utf8Component::CurDir)
        .collect()
}

/// `a/b/../..` as the empty path.
pub(crate) fn simplify(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if out.file_name().is_some_and(|name| name != "..") => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
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

    #[test]
    fn paths_are_shown_short() {
        assert_eq!(clean(Utf8Path::new("./a//b/./c")), "a/b/c");
        assert_eq!(clean(Utf8Path::new("../a")), "../a");
    }

    #[test]
    fn steps_up_are_taken_back() {
        assert_eq!(simplify(Utf8Path::new("a/b/../..")), "");
        assert_eq!(simplify(Utf8Path::new("../..")), "../..");
    }
}
