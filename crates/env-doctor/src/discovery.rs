//! Which files to check.

use std::collections::HashSet;

use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A file.
    File(Utf8PathBuf),
    /// Standard input.
    Stdin,
}

/// What was found, and what could not be looked at.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order given; within a directory by path.
    pub inputs: Vec<Input>,
    /// Paths with the reason.
    pub errors: Vec<(String, String)>,
}

/// The inputs that `paths` name.
pub(crate) fn dockerfiles(paths: &[Utf8PathBuf]) -> Found {
    let mut found = Found::default();
    if paths.is_empty() {
        match ["Dockerfile", "Containerfile"].iter().map(Utf8Path::new).find(|path| path.is_file()) {
            Some(path) => found.inputs.push(Input::File(path.to_owned())),
            None => found.errors.push((".".to_owned(), "no Dockerfile or Containerfile here".to_owned())),
        }
        return found;
    }
    let mut seen: HashSet<Utf8PathBuf> = HashSet::new();
    for path in paths {
        if path == "-" {
            if !found.inputs.contains(&Input::Stdin) {
                found.inputs.push(Input::Stdin);
            }
        } else if path.is_dir() {
            directory(path, &mut found, &mut seen);
        } else if seen.insert(clean(path)) {
            found.inputs.push(Input::File(path.clone()));
        }
    }
    found
}

fn clean(path: &Utf8Path) -> Utf8PathBuf {
    path.components().filter(|part| *part != camino::Utf8Component::CurDir).collect()
}

fn directory(root: &Utf8Path, found: &mut Found, seen: &mut HashSet<Utf8PathBuf>) {
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut files = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
                let Ok(path) = Utf8PathBuf::from_path_buf(entry.into_path()) else { continue };
                if is_file && path.file_name().is_some_and(is_dockerfile_name) && path.is_file() {
                    files.push(path);
                }
            }
            Err(error) => found.errors.push((root.to_string(), error.to_string())),
        }
    }
    if files.is_empty() {
        found.errors.push((root.to_string(), "no Dockerfile below this directory".to_owned()));
    }
    files.sort();
    for path in files {
        let shown = clean(&path);
        if seen.insert(shown.clone()) {
            found.inputs.push(Input::File(shown));
        }
    }
}

/// Endings that say a file beside a Dockerfile is something else: templates, documentation, leftovers.
const OTHER_ENDINGS: &[&str] = &[
    "dockerignore", "md", "txt", "rst", "j2", "jinja", "jinja2", "tmpl", "template", "tpl", "in", "erb", "mustache", "m4", "bak", "orig", "rej", "swp", "json", "yml",
    "yaml", "sh", "py", "log", "lock", "gotmpl", "ejs", "hbs", "html", "csv", "patch", "diff", "toml",
];

/// Whether a file name is one that people give Dockerfiles.
pub(crate) fn is_dockerfile_name(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if name.contains('.') && OTHER_ENDINGS.contains(&ending.as_str()) || name.ends_with('~') {
        return false;
    }
    name == "Dockerfile"
        || name.starts_with("Dockerfile.")
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile")
        || name == "Containerfile"
        || name.starts_with("Containerfile.")
}

/// Where a Dockerfile's COPY sources are looked for: its directory, then the repository root.
pub(crate) fn contexts(file: &Utf8Path, given: Option<&Utf8Path>) -> Vec<Utf8PathBuf> {
    if let Some(given) = given {
        return vec![given.to_owned()];
    }
    let directory = file.parent().unwrap_or_else(|| Utf8Path::new(""));
    let mut contexts = vec![directory.to_owned()];
    let Ok(full) = if directory.as_str().is_empty() { Utf8Path::new(".") } else { directory }.canonicalize_utf8() else {
        return contexts;
    };
    // Counted in steps up, so that the name shown stays relative as the user gave it.
    for (depth, ancestor) in full.ancestors().enumerate() {
        if ancestor.join(".git").exists() {
            if depth > 0 {
                let up: Utf8PathBuf = std::iter::repeat_n("..", depth).collect();
                contexts.push(simplify(&directory.join(up)));
            }
            break;
        }
    }
    contexts
}

/// `a/b/../..` as the empty path.
fn simplify(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            camino::Utf8Component::CurDir => {}
            camino::Utf8Component::ParentDir if out.file_name().is_some_and(|name| name != "..") => {
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
    fn names_of_dockerfiles() {
        for name in ["Dockerfile", "Dockerfile.gpu", "train.Dockerfile", "x.dockerfile", "Containerfile", "Dockerfile.cuda12.1"] {
            assert!(is_dockerfile_name(name), "{name}");
        }
        for name in ["Dockerfile.dockerignore", "Dockerfile.md", "Dockerfile.j2", "dockerfile", "MyDockerfile", "Dockerfile~", "Dockerfile.bak"] {
            assert!(!is_dockerfile_name(name), "{name}");
        }
    }

    #[test]
    fn a_given_context_is_the_only_one() {
        assert_eq!(contexts(Utf8Path::new("a/Dockerfile"), Some(Utf8Path::new("ctx"))), ["ctx"]);
        assert_eq!(simplify(Utf8Path::new("a/b/../..")), "");
        assert_eq!(simplify(Utf8Path::new("../..")), "../..");
    }
}
