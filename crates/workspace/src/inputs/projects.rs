//! Which Compose projects there are.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::{Base, Inputs};
use source::Sources;

use super::input::{Found, Input, listed};
use super::project::Project;
use super::workspace::Workspace;
use crate::discovery::{self, Sort};
use crate::failure::Failure;
use crate::loader::{self, FileLoader, STDIN};
use crate::paths::clean;

/// What Compose is told where nobody says anything.
pub fn unsaid() -> Inputs {
    Inputs {
        environment: environment(),
        ..Inputs::default()
    }
}

/// The project of `files`, those that `paths` name or hold, or the one that Compose would load here; at least one.
pub fn projects(
    files: &[Utf8PathBuf],
    paths: &[Utf8PathBuf],
    said: Inputs,
    workspace: &Workspace,
) -> Found {
    let mut search = Search::new(said, workspace);
    if !files.is_empty() {
        search.add(&Base::default(), files.to_vec());
    } else if paths.is_empty() {
        search.here();
    }
    search.named(paths);
    let mut found = search.found;
    if found.is_empty() {
        let message = "no input found: no Compose file below";
        found.failures.push(Failure::new(listed(paths), message));
    }
    found
}

/// The projects of what a search found, and those that `paths` name; there may be none.
pub(super) fn projects_of(
    searched: &discovery::Searched,
    paths: &[Utf8PathBuf],
    workspace: &Workspace,
) -> Found {
    let mut search = Search::new(unsaid(), workspace);
    search.searched(searched);
    search.named(paths);
    search.found
}

/// Finds each project once.
struct Search<'w> {
    said: Inputs,
    workspace: &'w Workspace,
    found: Found,
    seen: HashSet<Vec<Utf8PathBuf>>,
}

impl<'w> Search<'w> {
    fn new(said: Inputs, workspace: &'w Workspace) -> Self {
        Self {
            said,
            workspace,
            found: Found::default(),
            seen: HashSet::new(),
        }
    }

    fn named(&mut self, paths: &[Utf8PathBuf]) {
        for path in paths {
            if path == "-" {
                self.add(&Base::default(), vec![path.clone()]);
            } else if self.workspace.folders.is_folder(path) {
                let found = discovery::compose_files(path, &self.workspace.policies);
                self.searched(&found);
            } else {
                self.file(&Base::default(), &clean(path));
            }
        }
    }

    fn add(&mut self, base: &Base, files: Vec<Utf8PathBuf>) {
        if !self.seen.insert(files.clone()) {
            return;
        }
        let mut stdin = None;
        if files.iter().any(|file| file == "-") {
            match loader::read_stdin() {
                Ok(file) => stdin = Some(Arc::new(file)),
                Err(failure) => {
                    self.found.failures.push(failure);
                    return;
                }
            }
        }
        let files = files.into_iter().map(|file| {
            if file == "-" {
                Utf8PathBuf::from(STDIN)
            } else {
                file
            }
        });
        self.found.inputs.push(Input::Project(Project {
            inputs: Inputs {
                files: files.collect(),
                base: base.clone(),
                ..self.said.clone()
            },
            stdin,
        }));
    }

    /// What Compose would load here: `COMPOSE_FILE`, or the first file here or in a parent directory.
    fn here(&mut self) {
        let loader = &self.workspace.loader;
        let here = self.said.project_directory.clone().unwrap_or_default();
        if compose::in_directory(&here, loader).is_some()
            || self.said.environment.contains_key("COMPOSE_FILE")
        {
            self.add(&Base::default(), Vec::new());
            return;
        }
        let here = self.workspace.folders.here();
        let here = Utf8Path::from_path(&here);
        match here.and_then(|here| above(here, loader)) {
            Some(files) => self.add(&Base::default(), files),
            None => self.found.failures.push(Failure::new(
                ".",
                "no input found: no Compose file here or in a parent directory",
            )),
        }
    }

    /// A file by itself; one with a name that Compose looks for comes with its override file.
    fn file(&mut self, base: &Base, path: &Utf8Path) {
        let directory = path.parent().unwrap_or_else(|| Utf8Path::new(""));
        let project = compose::in_directory(directory, &self.workspace.loader);
        match project.filter(|project| same(&project.files, path)) {
            Some(project) => self.add(base, named(&project.files)),
            None => self.add(base, vec![path.to_owned()]),
        }
    }

    /// Every project below the directories of a search.
    fn searched(&mut self, found: &discovery::Searched) {
        let loader = &self.workspace.loader;
        self.found.failures.extend(found.failures(Sort::Compose));
        for (root, paths) in &found.compose {
            let mut bases = Bases::new(root);
            for path in paths {
                let own_name = compose::is_default_name(path) || compose::is_override_name(path);
                if own_name || looks_like_compose(path, loader) {
                    self.file(&bases.of(path, loader), path);
                }
            }
        }
    }
}

/// The base files of a directory that is walked: nobody said that each file in it is run alone.
struct Bases {
    root: Utf8PathBuf,
    /// The names of the services of a directory's own project.
    known: HashMap<Utf8PathBuf, Option<Arc<BTreeSet<String>>>>,
}

impl Bases {
    fn new(root: &Utf8Path) -> Self {
        Self {
            root: clean(root),
            known: HashMap::new(),
        }
    }

    /// What a file may be added to: the project of the nearest directory above it.
    fn of(&mut self, path: &Utf8Path, loader: &FileLoader) -> Base {
        if path
            .components()
            .any(|part| part.as_str() == ".devcontainer")
        {
            return Base::Elsewhere;
        }
        let directories = path.ancestors().skip(2);
        let inside = directories.take_while(|directory| directory.starts_with(&self.root));
        for directory in inside {
            let services = self
                .known
                .entry(directory.to_owned())
                .or_insert_with(|| services_of(directory, loader));
            if let Some(services) = services {
                return Base::Services(Arc::clone(services));
            }
        }
        Base::Unknown
    }
}

/// The names of the services that the project of a directory has.
fn services_of(directory: &Utf8Path, loader: &FileLoader) -> Option<Arc<BTreeSet<String>>> {
    let found = compose::in_directory(directory, loader)?;
    let inputs = Inputs {
        files: named(&found.files),
        ..Inputs::default()
    };
    let project = compose::load(&mut Sources::new(), &inputs, loader).ok()?;
    let names = project.services.iter();
    Some(Arc::new(
        names.map(|service| service.name.to_string()).collect(),
    ))
}

/// The process environment as far as it is text, with the `PWD` that Compose sets itself.
#[expect(
    clippy::disallowed_methods,
    reason = "Compose replaces these variables in files"
)]
fn environment() -> BTreeMap<String, String> {
    let variables = std::env::vars_os();
    let mut environment: BTreeMap<String, String> = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let here = std::env::current_dir().ok();
    if let Some(here) = here.and_then(|path| path.into_os_string().into_string().ok()) {
        environment.insert("PWD".to_owned(), here);
    }
    environment
}

fn same(files: &[Utf8PathBuf], path: &Utf8Path) -> bool {
    files.iter().any(|file| clean(file) == path)
}

fn named(files: &[Utf8PathBuf]) -> Vec<Utf8PathBuf> {
    files.iter().map(|file| clean(file)).collect()
}

/// The project of the nearest parent directory, its files named from here.
fn above(here: &Utf8Path, loader: &FileLoader) -> Option<Vec<Utf8PathBuf>> {
    let mut up = Utf8PathBuf::new();
    for parent in here.ancestors().skip(1) {
        up.push("..");
        if compose::in_directory(parent, loader).is_some() {
            return compose::in_directory(&up, loader).map(|found| named(&found.files));
        }
    }
    None
}

/// Whether a file with an unusual name is a Compose file; unreadable ones are, so that they are named.
fn looks_like_compose(path: &Utf8Path, loader: &FileLoader) -> bool {
    let Ok(file) = compose::Loader::read(loader, path) else {
        return true;
    };
    let mut lines = file.text().lines();
    lines.any(|line| {
        // A YAML key at the top, or JSON.
        line.starts_with("services:")
            || line
                .trim_start_matches(['{', ' ', '\t'])
                .starts_with("\"services\":")
    })
}
