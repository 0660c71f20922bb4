//! Relative paths, and which values are paths.

use std::sync::{Arc, LazyLock};

use camino::{Utf8Path, Utf8PathBuf};

use crate::path::{Cursor, PathTable, ROOT};
use crate::short::clean;
use crate::value::{Kind, Value};

/// `path` as seen from `directory`; lexical, so that it stays readable.
pub(crate) fn join(directory: &Utf8Path, path: &str) -> Utf8PathBuf {
    if Utf8Path::new(path).is_absolute() || path == "-" {
        return Utf8PathBuf::from(path);
    }
    Utf8PathBuf::from(clean(directory.join(path).as_str()))
}

/// The directory of a file.
pub(crate) fn parent(path: &Utf8Path) -> Utf8PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

/// Whether a file reference goes over the network.
pub(crate) fn is_remote(path: &str) -> bool {
    path.contains("://") || path.starts_with("git@") || path.starts_with("github.com/")
}

static PATHS: LazyLock<PathTable<()>> = LazyLock::new(|| {
    PathTable::new(
        [
            "services.*.build.context",
            "services.*.build.additional_contexts.*",
            "services.*.env_file.[].path",
            "services.*.label_file.[]",
            "services.*.volumes.[].source",
            "services.*.develop.watch.[].path",
            "configs.*.file",
            "secrets.*.file",
        ]
        .map(|pattern| (pattern, ())),
    )
});

/// Notes on every path in a project that it counts from `directory`, unless a nearer one is noted.
pub(crate) fn anchor_paths(project: &mut Value, directory: &Arc<Utf8Path>) {
    anchor(project, ROOT, directory);
}

fn anchor(value: &mut Value, at: Cursor, directory: &Arc<Utf8Path>) {
    if at.is_none() {
        return;
    }
    match &mut value.kind {
        Kind::Mapping(mapping) => {
            for entry in mapping.entries_mut() {
                anchor(&mut entry.value, PATHS.step(at, &entry.key), directory);
            }
        }
        Kind::Sequence(items) => {
            let next = PATHS.step(at, "[]");
            for item in items {
                anchor(item, next, directory);
            }
        }
        Kind::Scalar(scalar) if PATHS.rule(at).is_some() && scalar.directory.is_none() => {
            scalar.directory = Some(Arc::clone(directory));
        }
        Kind::Null | Kind::Scalar(_) | Kind::Unknown => {}
    }
}
