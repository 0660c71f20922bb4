use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::Location;

use super::session::{Scope, Session};
use crate::path::{KeyPath, Step};
use crate::paths::{anchor_paths, is_remote, join, parent};
use crate::problem::ProblemKind;
use crate::project::Role;
use crate::value::{Cause, Kind, Value};
use crate::yaml::ScalarType;

/// Included projects, before it must be a mistake.
const PROJECTS: usize = 1000;
/// Levels of files that include files.
const LEVELS: usize = 64;

/// One entry of `include`.
struct Include {
    paths: Vec<Named>,
    directory: Option<Utf8PathBuf>,
    env_files: Vec<Named>,
}

/// A file that `include` names.
struct Named {
    path: Utf8PathBuf,
    /// The path as it is written.
    shown: Utf8PathBuf,
    at: Location,
}

/// A text of `include`: what is meant, what is shown, and where.
type Written = (String, String, Location);

impl Session<'_> {
    /// Takes `include` out of a document and adds what it names.
    pub(super) fn include(
        &mut self,
        document: &mut Value,
        scope: &Scope,
        included: &mut Vec<Utf8PathBuf>,
    ) {
        let entry = match &mut document.kind {
            Kind::Mapping(mapping) => mapping.remove("include"),
            _ => None,
        };
        let Some(entry) = entry else { return };
        let items = match &entry.value.kind {
            Kind::Sequence(items) => items,
            Kind::Null => return,
            Kind::Unknown => {
                self.incomplete = true;
                return;
            }
            Kind::Scalar(_) | Kind::Mapping(_) => {
                let message = "`include` must be a list";
                let path = KeyPath(vec![Step::Key("include".into())]);
                self.problems
                    .add(ProblemKind::Include, path, entry.value.location, message);
                return;
            }
        };
        for (index, item) in items.iter().enumerate() {
            let path = KeyPath(vec![Step::Key("include".into()), Step::Item(index)]);
            let Some(include) = self.read(item, scope, &path) else {
                continue;
            };
            if let Some(imported) = self.included(&include, scope, included, &path) {
                self.import(imported, document);
            }
        }
    }

    /// The strings of a scalar or list, with their places; `None` where one is unknown or of another type.
    fn strings(&mut self, value: &Value, path: &KeyPath) -> Option<Vec<Written>> {
        let items = match &value.kind {
            Kind::Sequence(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let mut strings = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                Kind::Scalar(scalar) if !scalar.is_known() => {
                    self.incomplete = true;
                    return None;
                }
                Kind::Scalar(scalar) if scalar.scalar_type == ScalarType::String => {
                    let meant = scalar.meant().unwrap_or_default();
                    strings.push((meant.to_owned(), scalar.shown().to_owned(), item.location));
                }
                Kind::Unknown => {
                    self.incomplete = true;
                    return None;
                }
                _ => {
                    let message = format!("{path} must be a string or a list of strings");
                    self.problems
                        .add(ProblemKind::Include, path.clone(), item.location, message);
                    return None;
                }
            }
        }
        Some(strings)
    }

    fn read(&mut self, item: &Value, scope: &Scope, path: &KeyPath) -> Option<Include> {
        let Some(mapping) = item.as_mapping() else {
            let paths = self.strings(item, path)?;
            return self.resolve(paths, None, Vec::new(), scope);
        };
        let mut field = |key: &str| match mapping.get(key) {
            Some(value) if !value.is_null() => self.strings(value, path),
            _ => Some(Vec::new()),
        };
        let paths = field("path")?;
        let directory = field("project_directory")?.into_iter().next();
        let env_files = field("env_file")?;
        self.resolve(paths, directory, env_files, scope)
    }

    fn resolve(
        &mut self,
        paths: Vec<Written>,
        directory: Option<Written>,
        env_files: Vec<Written>,
        scope: &Scope,
    ) -> Option<Include> {
        if paths.iter().any(|(path, ..)| is_remote(path)) {
            // Nothing is fetched; what the other project brings stays unknown.
            self.incomplete = true;
            return None;
        }
        let resolve = |(path, shown, at): Written| Named {
            path: join(&scope.directory, &path),
            shown: join(&scope.directory, &shown),
            at,
        };
        Some(Include {
            paths: paths.into_iter().map(resolve).collect(),
            directory: directory.map(|(path, ..)| join(&scope.directory, &path)),
            env_files: env_files.into_iter().map(resolve).collect(),
        })
    }

    /// Loads one included project.
    fn included(
        &mut self,
        include: &Include,
        scope: &Scope,
        included: &mut Vec<Utf8PathBuf>,
        path: &KeyPath,
    ) -> Option<Value> {
        let Named {
            path: first, at, ..
        } = include.paths.first()?;
        if included.contains(first) {
            let chain = included.iter().chain([first]).map(|path| path.as_str());
            let chain: Vec<_> = chain.collect();
            let message = format!("include cycle detected: {}", chain.join(" includes "));
            self.problems
                .add(ProblemKind::Include, path.clone(), *at, message);
            return None;
        }
        self.includes += 1;
        if included.len() >= LEVELS || self.includes > PROJECTS {
            let message = "more files are included than are checked";
            self.problems
                .add(ProblemKind::TooDeep, path.clone(), *at, message);
            self.incomplete = true;
            return None;
        }
        let directory = include.directory.clone().unwrap_or_else(|| parent(first));
        let mut variables = scope.variables.clone();
        if include.env_files.is_empty() {
            let env = join(&directory, ".env");
            if self.loader.exists(&env) {
                // A directory of that name is passed over.
                let _ = self.env_file(&env, &mut variables);
            }
        }
        for env in &include.env_files {
            if env.path.as_str() == "/dev/null" {
                continue;
            }
            if let Err(error) = self.env_file(&env.path, &mut variables) {
                self.unreadable(&env.shown, &error, env.at, path.clone());
            }
        }
        let inner = Scope::new(directory, variables);
        let mut files = Vec::with_capacity(include.paths.len());
        for named in &include.paths {
            match self.open(&named.path, Role::Included) {
                Ok(file) => files.push(file),
                Err(error) => {
                    self.unreadable(&named.shown, &error, named.at, path.clone());
                    self.incomplete = true;
                }
            }
        }
        if files.is_empty() {
            return None;
        }
        let mut project = self.model(&files, &inner, included);
        if inner.directory != scope.directory {
            let directory: Arc<Utf8Path> = Arc::from(inner.directory.as_path());
            anchor_paths(&mut project, &directory);
        }
        let room = self.room();
        let added = super::environment::resolve_bare_names(&mut project, &inner.variables, room);
        self.spend(added, first);
        Some(project)
    }

    /// Adds the resources of an included project; the document's own definitions override them.
    fn import(&mut self, imported: Value, document: &mut Value) {
        let (Kind::Mapping(imported), Kind::Mapping(target)) = (imported.kind, &mut document.kind)
        else {
            return;
        };
        for section in imported {
            let known = matches!(
                &*section.key,
                "services" | "volumes" | "networks" | "secrets" | "configs" | "models"
            );
            if !known {
                continue;
            }
            let Some(own) = target.get_mut(&section.key) else {
                target.push(section);
                continue;
            };
            let (Kind::Mapping(added), Kind::Mapping(own)) = (section.value.kind, &mut own.kind)
            else {
                continue;
            };
            for entry in added {
                let Some(conflict) = own.get_mut(&entry.key) else {
                    own.push(entry);
                    continue;
                };
                let empty = Value::new(conflict.location, Kind::Null);
                let over = std::mem::replace(conflict, empty);
                *conflict = self.merger(Cause::Include).resources(
                    &section.key,
                    &entry.key,
                    entry.value,
                    over,
                );
            }
        }
    }
}
