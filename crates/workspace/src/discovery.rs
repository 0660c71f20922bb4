//! Which files to check.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use crate::config::Policies;
use crate::failure::Failure;
use crate::files::{Folders, Kind};
use crate::ignored::Ignored;
use crate::loader::reason;
use crate::paths::clean;
use crate::walk::{Met, walk};

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

/// What a file is looked for as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A Dockerfile.
    Dockerfile,
    /// A Compose file.
    Compose,
}

impl Sort {
    /// What people give such a name, if anything.
    fn of(name: &str) -> Option<Self> {
        if is_compose_name(name) {
            Some(Self::Compose)
        } else {
            is_dockerfile_name(name).then_some(Self::Dockerfile)
        }
    }
}

/// A Dockerfile that was found.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Where it is.
    pub at: At,
    /// Its path without links, by which it is known under any other name.
    pub full: PathBuf,
}

/// What was found, and what could not be looked at.
#[derive(Debug, Default)]
pub(crate) struct Searched {
    /// In the order given; within a directory by path. Each file once.
    pub dockerfiles: Vec<Place>,
    /// The Compose files below each directory, by path; names alone decide.
    pub compose: Vec<(Utf8PathBuf, Vec<Utf8PathBuf>)>,
    /// Paths that could not be searched; with what was looked for, where that matters.
    failures: Vec<(Option<Sort>, Failure)>,
}

impl Searched {
    /// What could not be searched, and what was left out of a search for this.
    pub(crate) fn failures(&self, of: Sort) -> Vec<Failure> {
        self.of(|sort| sort.is_none_or(|sort| sort == of))
    }

    /// What was left out of a search for this alone.
    pub(crate) fn own_failures(&self, of: Sort) -> Vec<Failure> {
        self.of(|sort| sort == Some(of))
    }

    fn of(&self, is_wanted: impl Fn(Option<Sort>) -> bool) -> Vec<Failure> {
        let failures = self.failures.iter();
        let wanted = failures.filter(|(sort, _)| is_wanted(*sort));
        wanted.map(|(_, failure)| failure.clone()).collect()
    }
}

/// What `paths` name or hold of all sorts; there may be nothing. Files that are named are Dockerfiles.
pub(crate) fn everything(paths: &[Utf8PathBuf], policies: &Policies) -> Searched {
    let mut search = Search::new(&[Sort::Dockerfile, Sort::Compose], policies);
    search.paths(paths);
    search.found
}

/// The Compose files below a directory.
pub(crate) fn compose_files(root: &Utf8Path, policies: &Policies) -> Searched {
    let mut search = Search::new(&[Sort::Compose], policies);
    search.directory(root);
    search.found
}

/// The Dockerfiles that `paths` name or hold, or the one here; at least one.
pub(crate) fn dockerfiles(
    paths: &[Utf8PathBuf],
    policies: &Policies,
) -> (Vec<Place>, Vec<Failure>) {
    let mut search = Search::new(&[Sort::Dockerfile], policies);
    if paths.is_empty() {
        search.default_file();
    } else {
        search.paths(paths);
    }
    let found = search.found;
    let mut failures = found.failures(Sort::Dockerfile);
    if found.dockerfiles.is_empty() && !Failure::any(&failures) {
        let searched: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
        let failure = Failure::new(searched.join(", "), "no input found: no Dockerfile below");
        failures.push(failure);
    }
    (found.dockerfiles, failures)
}

struct Search<'a> {
    found: Searched,
    /// The Dockerfiles that were found.
    seen: HashSet<PathBuf>,
    wanted: &'static [Sort],
    /// What they exclude is not looked into.
    policies: &'a Policies,
    folders: &'a Folders,
}

impl<'a> Search<'a> {
    fn new(wanted: &'static [Sort], policies: &'a Policies) -> Self {
        Self {
            found: Searched::default(),
            seen: HashSet::new(),
            wanted,
            policies,
            folders: policies.folders(),
        }
    }

    fn fail(&mut self, of: Option<Sort>, failure: Failure) {
        self.found.failures.push((of, failure));
    }

    fn default_file(&mut self) {
        let names = ["Dockerfile", "Containerfile"].map(Utf8Path::new);
        let is_there = |path: &&Utf8Path| self.folders.files().kind(path.as_std_path()).is_ok();
        match names.into_iter().find(is_there) {
            Some(path) => self.dockerfile(At::Found(path.to_owned()), None),
            None => self.fail(
                None,
                Failure::new(".", "no input found: no Dockerfile or Containerfile here"),
            ),
        }
    }

    fn paths(&mut self, paths: &[Utf8PathBuf]) {
        for path in paths {
            if path == "-" {
                self.dockerfile(At::Stdin, Some(PathBuf::from("-")));
            } else if self.folders.is_folder(path) {
                self.directory(path);
            } else {
                // Read even when its name says nothing: the user asked for it.
                self.dockerfile(At::Named(clean(path)), None);
            }
        }
    }

    /// Adds a Dockerfile; `full` is its path without links, where that is known.
    fn dockerfile(&mut self, at: At, full: Option<PathBuf>) {
        let path = at.path().as_std_path();
        // A file that cannot be resolved is reported when it is read.
        let full = full.unwrap_or_else(|| {
            let real = self.folders.real(path);
            real.unwrap_or_else(|_| path.to_owned())
        });
        if self.seen.insert(full.clone()) {
            self.found.dockerfiles.push(Place { at, full });
        }
    }

    fn sort(&self, name: &OsStr) -> Option<Sort> {
        let sort = Sort::of(&name.to_string_lossy());
        sort.filter(|sort| self.wanted.contains(sort))
    }

    fn directory(&mut self, root: &Utf8Path) {
        let start = root.as_std_path();
        let top = self.folders.full(start);
        let top = top.unwrap_or_else(|| start.to_owned());
        let mut ignored = Ignored::below(self.folders, start, &top);
        let mut compose = Compose::default();
        let folders = self.folders;
        walk(folders, start, &top, &mut |met| match met {
            Met::Folder { path, full } => {
                !ignored.holds(&path, true) && !self.policies.excludes(full, true)
            }
            Met::File {
                path,
                full,
                is_link,
            } => {
                let name = path.file_name().unwrap_or_default();
                if let Some(sort) = self.sort(name)
                    && !ignored.holds(&path, false)
                    && !self.policies.excludes(full, false)
                    && (!is_link
                        || folders
                            .files()
                            .kind(&path)
                            .is_ok_and(|kind| kind == Kind::File))
                {
                    let root = (root, top.as_path());
                    let file = Entered {
                        path,
                        full,
                        is_link,
                        root,
                    };
                    self.entry(sort, file, &mut compose);
                }
                false
            }
            Met::Unreadable { path, error } => {
                let failure = Failure::new(path.to_string_lossy(), reason(&error));
                self.fail(None, failure);
                false
            }
        });
        for failure in ignored.failures() {
            self.fail(None, failure);
        }
        self.found.compose.push((root.to_owned(), compose.paths));
    }

    fn entry(&mut self, sort: Sort, file: Entered<'_>, compose: &mut Compose) {
        let path = match Utf8PathBuf::from_path_buf(file.path) {
            Ok(path) => clean(&path),
            Err(path) => {
                let failure = Failure::new(path.to_string_lossy(), "the path is not UTF-8");
                self.fail(Some(sort), failure);
                return;
            }
        };
        let (root, top) = file.root;
        let full = if file.is_link {
            let to = self.folders.files().resolve(path.as_std_path()).ok();
            to.filter(|to| to.starts_with(top))
        } else {
            Some(file.full.to_owned())
        };
        let Some(full) = full else {
            let message = format!("is a link that leads out of `{root}`; name it to check it");
            self.fail(Some(sort), Failure::left_out(path.as_str(), message));
            return;
        };
        match sort {
            Sort::Dockerfile => self.dockerfile(At::Found(path), Some(full)),
            Sort::Compose if compose.seen.insert(full) => compose.paths.push(path),
            Sort::Compose => {}
        }
    }
}

/// A file that a walk comes by.
struct Entered<'w> {
    path: PathBuf,
    full: &'w Path,
    is_link: bool,
    /// Where the walk began, as it is spelt and without links.
    root: (&'w Utf8Path, &'w Path),
}

/// The Compose files below one directory.
#[derive(Default)]
struct Compose {
    paths: Vec<Utf8PathBuf>,
    seen: HashSet<PathBuf>,
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
