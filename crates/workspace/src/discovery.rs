//! Which files to check.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder};

use crate::config::Policies;
use crate::failure::Failure;
use crate::ignored::Ignored;
use crate::paths::clean;

/// Where something to check is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A file that the user named.
    Named(Utf8PathBuf),
    /// A file in a directory.
    Found(Utf8PathBuf),
    /// Standard input.
    Stdin,
}

impl At {
    /// Its path; standard input stands for the file here.
    pub(crate) fn path(&self) -> &Utf8Path {
        match self {
            Self::Named(path) | Self::Found(path) => path,
            Self::Stdin => Utf8Path::new("Dockerfile"),
        }
    }
}

/// What was found, and what could not be looked at.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order given; within a directory by path. Each file once.
    pub places: Vec<At>,
    /// Paths that could not be searched.
    pub failures: Vec<Failure>,
}

/// The Compose files below a directory, by path; names alone decide.
pub(crate) fn compose_files(root: &Utf8Path, policies: &Arc<Policies>) -> Found {
    let mut search = Search::new(is_compose_name, policies);
    search.directory(root);
    search.found
}

/// The Dockerfiles that `paths` name or hold; there may be none.
pub(crate) fn dockerfiles_in(paths: &[Utf8PathBuf], policies: &Arc<Policies>) -> Found {
    let mut search = Search::new(is_dockerfile_name, policies);
    for path in paths {
        if path == "-" {
            search.stdin();
        } else if path.is_dir() {
            search.directory(path);
        } else {
            // Read even when its name says nothing: the user asked for it.
            search.file(At::Named(clean(path)));
        }
    }
    search.found
}

/// The Dockerfiles that `paths` name or hold, or the one here; at least one.
pub(crate) fn dockerfiles(paths: &[Utf8PathBuf], policies: &Arc<Policies>) -> Found {
    if paths.is_empty() {
        let mut search = Search::new(is_dockerfile_name, policies);
        search.default_file();
        return search.found;
    }
    let mut found = dockerfiles_in(paths, policies);
    if found.places.is_empty() && !Failure::any(&found.failures) {
        let searched: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
        let failure = Failure::new(searched.join(", "), "no input found: no Dockerfile below");
        found.failures.push(failure);
    }
    found
}

struct Search<'a> {
    found: Found,
    seen: HashSet<PathBuf>,
    /// Which file names are looked for.
    wanted: fn(&str) -> bool,
    /// What they exclude is not looked into.
    policies: &'a Arc<Policies>,
}

impl<'a> Search<'a> {
    fn new(wanted: fn(&str) -> bool, policies: &'a Arc<Policies>) -> Self {
        Self {
            found: Found::default(),
            seen: HashSet::new(),
            wanted,
            policies,
        }
    }

    fn default_file(&mut self) {
        let names = ["Dockerfile", "Containerfile"].map(Utf8Path::new);
        match names.into_iter().find(|path| path.exists()) {
            Some(path) => self.file(At::Found(path.to_owned())),
            None => self.found.failures.push(Failure::new(
                ".",
                "no input found: no Dockerfile or Containerfile here",
            )),
        }
    }

    fn stdin(&mut self) {
        if !self.found.places.contains(&At::Stdin) {
            self.found.places.push(At::Stdin);
        }
    }

    fn file(&mut self, at: At) {
        let path = at.path();
        // A file that cannot be resolved is reported when it is read.
        let identity = path
            .canonicalize()
            .unwrap_or_else(|_| path.as_std_path().to_owned());
        if self.seen.insert(identity) {
            self.found.places.push(at);
        }
    }

    fn directory(&mut self, root: &Utf8Path) {
        let policies = Arc::clone(self.policies);
        let wanted = self.wanted;
        let start = root.as_std_path().to_owned();
        let full = root.canonicalize().unwrap_or_else(|_| start.clone());
        let ignored = Arc::new(Mutex::new(Ignored::below(&start, &full)));
        let (rules, top) = (Arc::clone(&ignored), full.clone());
        let is_left_out = move |entry: &DirEntry| {
            let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
            let asks = is_directory || wanted(&entry.file_name().to_string_lossy());
            let is_ignored = || {
                let rules = rules.lock();
                rules.is_ok_and(|mut rules| rules.holds(entry.path(), is_directory))
            };
            asks && (is_ignored() || policies.excludes((&start, &top), entry.path(), is_directory))
        };
        let walk = WalkBuilder::new(root)
            // What is checked must not depend on the user's own configuration.
            .standard_filters(false)
            .filter_entry(move |entry| entry.file_name() != ".git" && !is_left_out(entry))
            .sort_by_file_path(Path::cmp)
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if is_wanted(&entry, self.wanted) => self.entry(entry, root, &full),
                Ok(_) => {}
                Err(error) => self.unreadable(root, &error),
            }
        }
        if let Ok(mut ignored) = ignored.lock() {
            self.found.failures.extend(ignored.failures());
        }
    }

    fn entry(&mut self, entry: DirEntry, root: &Utf8Path, full: &Path) {
        let is_link = entry.file_type().is_some_and(|kind| kind.is_symlink());
        let path = match Utf8PathBuf::from_path_buf(entry.into_path()) {
            Ok(path) => clean(&path),
            Err(path) => {
                let failure = Failure::new(path.to_string_lossy(), "the path is not UTF-8");
                self.found.failures.push(failure);
                return;
            }
        };
        let is_inside = || path.canonicalize().is_ok_and(|to| to.starts_with(full));
        if is_link && !is_inside() {
            let message = format!("is a link that leads out of `{root}`; name it to check it");
            self.found
                .failures
                .push(Failure::left_out(path.as_str(), message));
        } else {
            self.file(At::Found(path));
        }
    }

    fn unreadable(&mut self, root: &Utf8Path, error: &ignore::Error) {
        let (path, error) = match error {
            ignore::Error::WithDepth { err, .. } => (None, err.as_ref()),
            other => (None, other),
        };
        let (path, error) = match error {
            ignore::Error::WithPath { path, err } => (Some(path.to_string_lossy()), err.as_ref()),
            other => (path, other),
        };
        let reason = match error.io_error() {
            Some(error) => crate::loader::reason(error),
            None => error.to_string(),
        };
        let path = path.map_or_else(|| root.to_string(), std::borrow::Cow::into_owned);
        self.found.failures.push(Failure::new(path, reason));
    }
}

fn is_wanted(entry: &DirEntry, wanted: fn(&str) -> bool) -> bool {
    let name = entry.file_name().to_string_lossy();
    let kind = entry.file_type();
    wanted(&name)
        && kind.is_some_and(|kind| kind.is_file() || (kind.is_symlink() && entry.path().is_file()))
}

/// Endings that say that a file named after a Dockerfile is something else.
#[rustfmt::skip]
const OTHER_ENDINGS: &[&str] = &[
    // Beside a Dockerfile.
    "dockerignore", "containerignore", "md", "rst", "txt", "html", "json", "yml", "yaml", "toml", "csv", "log",
    "lock", "sh", "py",
    // Becomes a Dockerfile.
    "j2", "jinja", "jinja2", "tmpl", "gotmpl", "template", "tpl", "in", "erb", "ejs", "hbs", "mustache", "m4", "mako",
    // Was one.
    "bak", "backup", "old", "orig", "rej", "save", "swp", "swo", "patch", "diff", "disabled",
];

/// Whether a file found in a directory has a name that people give Dockerfiles.
pub(crate) fn is_dockerfile_name(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    if ending.is_some_and(|ending| OTHER_ENDINGS.contains(&ending.as_str())) || name.ends_with('~')
    {
        return false;
    }
    name == "Dockerfile"
        || name.starts_with("Dockerfile.")
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile")
        || name.starts_with("Containerfile")
}

/// Whether a file found in a directory has a name that people give Compose files.
pub(crate) fn is_compose_name(name: &str) -> bool {
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    let Some(stem) = stem else {
        return false;
    };
    // `compose.gpu`, `docker-compose-gpu`, `dev.docker-compose`, `gpu_compose`.
    stem.split(['.', '-', '_']).any(|word| word == "compose")
}

/// Whether a file that the user named is meant as a Compose file and not as a Dockerfile.
pub(crate) fn is_compose_path(path: &Utf8Path) -> bool {
    matches!(path.extension(), Some("yaml" | "yml" | "json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dockerfiles() {
        for name in [
            "Dockerfile",
            "Dockerfile.gpu",
            "Dockerfile.cuda12.1",
            "train.Dockerfile",
            "train.dockerfile",
            "Containerfile",
            "Containerfile-gpu",
        ] {
            assert!(is_dockerfile_name(name), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            "Dockerfile.md",
            "Dockerfile.gpu.j2",
            "Dockerfile.BAK",
            "Dockerfile~",
            "MyDockerfile",
            "dockerfile",
            "Dockerfile_templates",
        ] {
            assert!(!is_dockerfile_name(name), "{name}");
        }
    }

    #[test]
    fn names_of_compose_files() {
        for name in [
            "compose.yaml",
            "docker-compose.yml",
            "docker-compose.gpu.yaml",
            "compose-dev.yml",
            "gpu.docker-compose.yml",
        ] {
            assert!(is_compose_name(name), "{name}");
        }
        for name in [
            "compose.json",
            "composer.yaml",
            "decompose.yml",
            "compose.yml.bak",
        ] {
            assert!(!is_compose_name(name), "{name}");
        }
    }
}
