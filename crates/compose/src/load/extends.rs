use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::Location;

use super::session::{Scope, Session, label};
use crate::path::{KeyPath, Step};
use crate::paths::{anchor_paths, is_remote, join, parent};
use crate::problem::{Problem, ProblemKind};
use crate::project::Role;
use crate::reset::{self, Reset};
use crate::value::{Cause, Earlier, Entry, Kind, Mapping, Value};

/// Longer chains of `extends` are not followed.
const CHAIN: usize = 64;

/// The services of one file, before and after their `extends`.
struct Services {
    file: Utf8PathBuf,
    /// What `extends.file` counts from.
    directory: Utf8PathBuf,
    values: Mapping,
    done: HashSet<Arc<str>>,
    resets: Vec<Reset>,
}

/// What a service extends.
struct Base {
    service: String,
    file: Option<BaseFile>,
    location: Location,
}

/// A file that `extends` names.
struct BaseFile {
    path: Utf8PathBuf,
    /// The path as it is written.
    shown: Utf8PathBuf,
    location: Location,
}

/// Applies `extends` to the services of one document.
pub(super) struct Extender<'s, 'a, 'c> {
    session: &'s mut Session<'a>,
    scope: &'c Scope,
    sets: Vec<Services>,
    files: HashMap<Utf8PathBuf, Option<usize>>,
}

/// The services under way: set and name.
type Chain = Vec<(usize, Arc<str>)>;

impl<'s, 'a, 'c> Extender<'s, 'a, 'c> {
    pub(super) fn new(session: &'s mut Session<'a>, scope: &'c Scope) -> Self {
        Self {
            session,
            scope,
            sets: Vec::new(),
            files: HashMap::new(),
        }
    }

    pub(super) fn apply(&mut self, document: &mut Value, file: &Utf8Path, resets: &mut Vec<Reset>) {
        let Kind::Mapping(mapping) = &mut document.kind else {
            return;
        };
        let Some(services) = mapping.get_mut("services") else {
            return;
        };
        let Kind::Mapping(values) = &mut services.kind else {
            return;
        };
        let names: Vec<Arc<str>> = values
            .iter()
            .filter(|entry| entry.value.get("extends").is_some())
            .map(|entry| Arc::clone(&entry.key))
            .collect();
        if names.is_empty() {
            return;
        }
        self.sets.push(Services {
            file: file.to_owned(),
            directory: self.scope.directory.clone(),
            values: std::mem::take(values),
            done: HashSet::new(),
            resets: std::mem::take(resets),
        });
        for name in names {
            self.resolve(0, &name, &mut Vec::new());
        }
        *values = std::mem::take(&mut self.sets[0].values);
        *resets = std::mem::take(&mut self.sets[0].resets);
    }

    /// Applies the `extends` of one service, in place.
    fn resolve(&mut self, set: usize, name: &Arc<str>, chain: &mut Chain) {
        if self.session.too_much.is_some() || self.sets[set].done.contains(name) {
            return;
        }
        let Some(base) = self.base(set, name) else {
            self.finish(set, name, None);
            return;
        };
        if let Some(start) = chain.iter().position(|(s, n)| *s == set && n == name) {
            self.circle(&chain[start..], name, base.location);
            return;
        }
        if chain.len() >= CHAIN {
            let message = format!("extends goes through more than {CHAIN} services");
            self.problem(ProblemKind::TooDeep, name, base.location, message);
            return;
        }
        let Some(base_set) = self.base_set(set, name, &base) else {
            self.finish(set, name, None);
            return;
        };
        let base_name: Arc<str> = Arc::from(base.service.as_str());
        chain.push((set, Arc::clone(name)));
        self.resolve(base_set, &base_name, chain);
        chain.pop();
        let extended = self.sets[base_set].values.get(&base_name);
        let weight = extended.map_or(0, Value::weight);
        if !self.session.spend(weight, &self.sets[set].file) {
            return;
        }
        let extended = extended.filter(|value| !value.is_null()).cloned();
        self.finish(set, name, extended);
    }

    /// What the service extends; `None` where it extends nothing that can be told.
    fn base(&mut self, set: usize, name: &Arc<str>) -> Option<Base> {
        let extends = self.sets[set].values.get(name)?.get("extends")?.clone();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match &extends.kind {
            Kind::Scalar(_) => Some(Base {
                service: text(&extends)?,
                file: None,
                location: extends.location,
            }),
            Kind::Mapping(mapping) => {
                let Some(service) = mapping.get("service") else {
                    let message = format!("extends.{name}.service is required");
                    self.problem(ProblemKind::Extends, name, extends.location, message);
                    return None;
                };
                let directory = &self.sets[set].directory;
                let file = match mapping.get("file").filter(|file| !file.is_null()) {
                    Some(file) => {
                        let scalar = file.as_scalar();
                        let path = scalar.and_then(|scalar| Some((scalar, scalar.meant()?)));
                        let Some((scalar, path)) = path.filter(|(_, path)| !is_remote(path)) else {
                            self.session.incomplete = true;
                            return None;
                        };
                        Some(BaseFile {
                            path: join(directory, path),
                            shown: join(directory, scalar.shown()),
                            location: file.location,
                        })
                    }
                    None => None,
                };
                Some(Base {
                    service: text(service)?,
                    file,
                    location: service.location,
                })
            }
            _ => None,
        }
    }

    /// The services among which the base is; a problem where it is not there.
    fn base_set(&mut self, set: usize, name: &Arc<str>, base: &Base) -> Option<usize> {
        let base_set = match &base.file {
            None => set,
            Some(file) => self.load(file, name)?,
        };
        if self.sets[base_set].values.get(&base.service).is_some() {
            return Some(base_set);
        }
        let own = &self.sets[set].file;
        let wanted = &base.service;
        let message = match &base.file {
            None => {
                format!("cannot extend service {name:?} in {own}: service {wanted:?} not found")
            }
            Some(BaseFile { shown, .. }) => format!(
                "cannot extend service {name:?} in {own}: service {wanted:?} not found in {shown}"
            ),
        };
        self.problem(ProblemKind::Extends, name, base.location, message);
        None
    }

    /// Reads the services of another file, once.
    fn load(&mut self, file: &BaseFile, name: &str) -> Option<usize> {
        let (path, shown, at) = (&*file.path, &*file.shown, file.location);
        if let Some(known) = self.files.get(path) {
            return *known;
        }
        self.files.insert(path.to_owned(), None);
        let file = match self.session.open(path, Role::Extended) {
            Ok(file) => file,
            Err(error) => {
                let value = extends_path(name);
                self.session.unreadable(shown, &error, at, value);
                self.session.incomplete = true;
                return None;
            }
        };
        let start = Location::new(file.id, source::Span::empty(0));
        let mut project = Value::new(start, Kind::Mapping(Mapping::default()));
        let mut all_resets = Vec::new();
        for document in &file.stream.documents {
            let converted = self.session.converted(&file, *document, self.scope);
            let Some((value, mut resets)) = converted else {
                continue;
            };
            reset::apply(&mut project, &mut resets);
            all_resets = resets;
            project = self
                .session
                .merger(Cause::Override)
                .projects(project, value);
            project = self.session.settle(project, false);
        }
        let directory = parent(path);
        if directory != self.scope.directory {
            let directory: Arc<Utf8Path> = Arc::from(directory.as_path());
            anchor_paths(&mut project, &directory);
        }
        let services = match project.kind {
            Kind::Mapping(mut mapping) => mapping.remove("services"),
            _ => None,
        };
        let values = match services.map(|services| services.value.kind) {
            Some(Kind::Mapping(values)) => values,
            Some(_) => {
                let message = format!(
                    "cannot extend service {name:?} in {shown}: services must be a mapping"
                );
                self.problem(ProblemKind::Extends, name, at, message);
                return None;
            }
            None => {
                let message =
                    format!("cannot extend service {name:?} in {shown}: no services section");
                self.problem(ProblemKind::Extends, name, at, message);
                return None;
            }
        };
        self.sets.push(Services {
            file: shown.to_owned(),
            directory,
            values,
            done: HashSet::new(),
            resets: all_resets,
        });
        let set = self.sets.len() - 1;
        self.files.insert(path.to_owned(), Some(set));
        Some(set)
    }

    /// Puts the base under the service, and drops `extends` where it had one.
    fn finish(&mut self, set: usize, name: &Arc<str>, base: Option<Value>) {
        let services = &mut self.sets[set];
        services.done.insert(Arc::clone(name));
        let (Some(base), Some(own)) = (base, services.values.get_mut(name)) else {
            return;
        };
        let own = std::mem::replace(own, Value::new(own.location, Kind::Null));
        let (at, base_at) = (own.location, base.location);
        let base = Self::without_resets(name, base, &mut services.resets);
        let mut merged = self
            .session
            .merger(Cause::Extends)
            .resources("services", name, base, own);
        // The service is where it is written, not where it comes from.
        merged.location = at;
        for earlier in &mut merged.earlier {
            if let Earlier::Merged { location, .. } = earlier
                && *location == at
            {
                *location = base_at;
            }
        }
        if let Kind::Mapping(mapping) = &mut merged.kind {
            mapping.remove("extends");
        }
        if let Some(slot) = self.sets[set].values.get_mut(name) {
            *slot = merged;
        }
    }

    /// The base without what the extending file resets in the service.
    fn without_resets(name: &Arc<str>, base: Value, resets: &mut [Reset]) -> Value {
        if resets.is_empty() {
            return base;
        }
        let at = base.location;
        let entry = |key: &str, value: Value| {
            let mut mapping = Mapping::default();
            mapping.push(Entry {
                key: Arc::from(key),
                key_location: at,
                value,
            });
            Value::new(at, Kind::Mapping(mapping))
        };
        let mut project = entry("services", entry(name, base));
        reset::apply(&mut project, resets);
        let found = project.get_in(["services", &**name]).cloned();
        found.unwrap_or_else(|| Value::new(at, Kind::Mapping(Mapping::default())))
    }

    fn problem(&mut self, kind: ProblemKind, name: &str, at: Location, message: String) {
        self.session
            .problems
            .add(kind, extends_path(name), at, message);
    }

    fn circle(&mut self, chain: &[(usize, Arc<str>)], name: &Arc<str>, at: Location) {
        let steps: Vec<String> = chain
            .iter()
            .map(|(set, name)| format!("{name} in {}", self.sets[*set].file))
            .chain([format!("{name} in {}", self.sets[chain[0].0].file)])
            .collect();
        let related = chain
            .iter()
            .filter_map(|(set, name)| {
                let extends = self.sets[*set].values.get(name)?.get("extends")?;
                (extends.location != at).then(|| label(extends.location, "extended from here"))
            })
            .collect();
        self.session.problem(Problem {
            kind: ProblemKind::Extends,
            path: extends_path(name),
            location: at,
            message: format!("Circular reference: {}", steps.join(" extends ")),
            related,
        });
    }
}

fn extends_path(service: &str) -> KeyPath {
    let steps = ["services", service, "extends"];
    KeyPath(steps.map(|step| Step::Key(step.into())).to_vec())
}
