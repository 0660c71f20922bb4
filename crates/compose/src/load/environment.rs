use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use camino::Utf8Path;

use super::session::{Scope, Session};
use crate::canonical::children;
use crate::dotenv;
use crate::path::{KeyPath, Step};
use crate::paths::join;
use crate::problem::ProblemKind;
use crate::project::{EnvFile, EnvironmentOrigin, EnvironmentVariable, Service, pairs, path_of};
use crate::template::Found;
use crate::value::{Entry, Interpolated, Kind, Private, Resolution, Value, VariableUse};
use crate::variables::Variables;
use crate::weight;

/// Gives bare names in the `environment` lists of an included project their value there; says how much that is, and
/// ends where it is more than `most`.
pub(super) fn resolve_bare_names(project: &mut Value, variables: &Variables, most: usize) -> usize {
    let mut weight = 0;
    for service in children(project, "services") {
        let Kind::Mapping(mapping) = &mut service.value.kind else {
            continue;
        };
        let Some(environment) = mapping.get_mut("environment") else {
            continue;
        };
        let Kind::Sequence(items) = &mut environment.kind else {
            continue;
        };
        for item in items {
            let location = item.location;
            let Kind::Scalar(scalar) = &mut item.kind else {
                continue;
            };
            let Some(found) = variables.get(&scalar.text) else {
                continue;
            };
            weight += weight::of_text(found.text.len());
            if weight > most {
                return weight;
            }
            let name = scalar.text.clone();
            scalar.text = format!("{name}={}", found.text).into();
            scalar.text_start = None;
            if found.resolution.is_private() {
                let private = Private::new(name.clone(), found.known, vec![found.text.into()]);
                scalar.private = Some(Box::new(private));
            }
            scalar.interpolated = Some(Box::new(Interpolated {
                template: name.clone(),
                variables: vec![VariableUse {
                    name,
                    location,
                    resolution: found.resolution,
                }],
                known: found.known,
            }));
        }
    }
    weight
}

/// Variables in order of first mention, found by name.
#[derive(Default)]
struct Environment {
    list: Vec<EnvironmentVariable>,
    index: HashMap<Arc<str>, usize>,
}

impl Environment {
    fn set(&mut self, variable: EnvironmentVariable) {
        if let Some(at) = self.index.get(&variable.name) {
            self.list[*at] = variable;
            return;
        }
        self.index
            .insert(Arc::clone(&variable.name), self.list.len());
        self.list.push(variable);
    }
}

impl Session<'_> {
    /// The services with their environment.
    pub(super) fn services(
        &mut self,
        section: Option<Entry>,
        directory: &Utf8Path,
        profiles: &[String],
        scope: &Scope,
    ) -> Vec<Service> {
        let Some(Entry {
            value:
                Value {
                    kind: Kind::Mapping(services),
                    ..
                },
            ..
        }) = section
        else {
            return Vec::new();
        };
        services
            .into_iter()
            .map(|entry| self.service(entry, directory, profiles, scope))
            .collect()
    }

    fn service(
        &mut self,
        entry: Entry,
        directory: &Utf8Path,
        profiles: &[String],
        scope: &Scope,
    ) -> Service {
        let mut service = Service {
            name: entry.key,
            key_location: entry.key_location,
            value: entry.value,
            active: true,
            directory: directory.to_owned(),
            environment: Vec::new(),
            environment_complete: true,
            env_files: Vec::new(),
        };
        let own = service.value.get("profiles").and_then(Value::as_sequence);
        service.active = own.is_none_or(<[Value]>::is_empty)
            || service.profiles().any(|own| {
                // Compose reads no selection as the profile with the blank name.
                (profiles.is_empty() && own.is_empty())
                    || profiles.iter().any(|on| on == "*" || on == own)
            });
        self.environment(&mut service, scope);
        service
    }

    fn environment(&mut self, service: &mut Service, scope: &Scope) {
        if self.too_much.is_some() {
            return;
        }
        let declared = service
            .value
            .get("environment")
            .map(pairs)
            .unwrap_or_default();
        let mut environment = Environment::default();
        let files = service.value.get("env_file").and_then(Value::as_sequence);
        let files = files.unwrap_or_default();
        let mut known = HashMap::new();
        if !files.is_empty() {
            // The last of a name counts.
            known.extend(declared.iter().map(|entry| (&*entry.key, entry)));
        }
        for (index, item) in files.iter().enumerate() {
            let path = ["services", &service.name, "env_file"].map(|key| Step::Key(key.into()));
            let mut path = KeyPath(path.to_vec());
            path.0.push(Step::Item(index));
            let Some(file) = env_file(item, &service.directory) else {
                service.environment_complete = false;
                continue;
            };
            let read = self.service_file(
                &file,
                item,
                &service.directory,
                &known,
                scope,
                &mut environment,
            );
            let file = match read {
                Ok(id) => EnvFile { file: id, ..file },
                Err(message) => {
                    service.environment_complete = false;
                    if service.active {
                        self.problems
                            .add(ProblemKind::Read, path, file.location, message);
                    }
                    file
                }
            };
            service.environment_complete &= file.path.is_some();
            service.env_files.push(file);
        }
        for entry in declared {
            let variable = declared_variable(&entry, &scope.variables);
            let length = variable.meant().map_or(0, str::len);
            let file = self
                .sources
                .get(service.key_location.file)
                .name()
                .to_owned();
            if !self.spend(weight::of_text(length) - 1, file.as_str().into()) {
                break;
            }
            environment.set(variable);
        }
        service.environment = environment.list;
    }

    /// Adds the variables of one env file; the error is Compose's reason.
    fn service_file(
        &mut self,
        file: &EnvFile,
        item: &Value,
        directory: &Utf8Path,
        declared: &HashMap<&str, &Entry>,
        scope: &Scope,
        environment: &mut Environment,
    ) -> Result<Option<source::FileId>, String> {
        let Some(path) = file.path.as_ref().filter(|_| self.too_much.is_none()) else {
            return Ok(None);
        };
        // What the path is written as; the path itself may be private.
        let shown = item.get("path").and_then(Value::as_scalar);
        let directory = item
            .get("path")
            .and_then(Value::as_scalar)
            .and_then(|path| path.directory.as_deref())
            .unwrap_or(directory);
        let shown = shown.map_or_else(|| path.clone(), |path| join(directory, path.shown()));
        if !self.loader.exists(path) {
            if file.required {
                return Err(format!("env file {shown} not found"));
            }
            return Ok(None);
        }
        let id = match self.text(path) {
            Ok(id) => id,
            Err(error) => return Err(format!("open {shown}: {error}")),
        };
        self.sources.keep_private(id);
        let source = Arc::clone(self.sources.get(id));
        let result = match item.get("format").and_then(Value::as_str) {
            None | Some("") => {
                let lookup = |name: &str| {
                    let project = scope.variables.get(name);
                    project
                        .or_else(|| declared_text(declared, name))
                        .or_else(|| earlier_text(environment, name))
                };
                dotenv::parse(source.text(), id, &lookup, self.room())
            }
            Some("raw") => dotenv::parse_raw(source.text(), id, self.room()),
            Some(format) => return Err(format!("unsupported env_file format {format:?}")),
        };
        self.env_error(id, &shown, result.error);
        if !self.spend(result.weight, path) {
            return Ok(Some(id));
        }
        for assignment in result.assignments {
            environment.set(EnvironmentVariable {
                name: Arc::from(assignment.name),
                value: None,
                private: Some(Private::hidden(assignment.text, assignment.known)),
                name_location: assignment.location,
                location: assignment.location,
                origin: EnvironmentOrigin::EnvFile(id),
            });
        }
        Ok(Some(id))
    }
}

fn env_file(item: &Value, directory: &Utf8Path) -> Option<EnvFile> {
    let path = item.get("path")?;
    let required = item.get("required").and_then(Value::as_str);
    Some(EnvFile {
        path: path_of(path.as_scalar()?, directory),
        required: required.is_none_or(|text| crate::cast::boolean(text) != Some(false)),
        location: path.location,
        file: None,
    })
}

fn declared_text<'e>(declared: &HashMap<&str, &'e Entry>, name: &str) -> Option<Found<'e>> {
    let entry = declared.get(name)?;
    let scalar = entry.value.as_scalar()?;
    Some(Found {
        text: &scalar.text,
        known: scalar.is_known(),
        resolution: Resolution::File(entry.value.location),
    })
}

fn earlier_text<'e>(environment: &'e Environment, name: &str) -> Option<Found<'e>> {
    let variable = &environment.list[*environment.index.get(name)?];
    Some(Found {
        text: variable.meant().unwrap_or_default(),
        known: variable.meant().is_some(),
        resolution: Resolution::File(variable.location),
    })
}

fn declared_variable(entry: &Entry, variables: &Variables) -> EnvironmentVariable {
    let bare = entry.value.is_null();
    let inherited = variables
        .get(&entry.key)
        .filter(|found| bare && found.known);
    let printed = entry.value.printed().map(Cow::into_owned);
    let (value, private) = match (inherited, entry.value.as_scalar()) {
        (Some(found), _) if found.resolution.is_private() => {
            (None, Some(Private::hidden(found.text, true)))
        }
        (Some(found), _) => (Some(found.text.to_owned()), None),
        (None, Some(scalar)) => match (&scalar.private, printed) {
            (Some(private), Some(text)) => (None, Some(private.holding(text))),
            (Some(_), None) => (None, None),
            (None, printed) => (printed, None),
        },
        (None, None) => (printed, None),
    };
    EnvironmentVariable {
        name: Arc::clone(&entry.key),
        value,
        private,
        name_location: entry.key_location,
        location: if bare {
            entry.key_location
        } else {
            entry.value.location
        },
        origin: if bare {
            EnvironmentOrigin::Inherited
        } else {
            EnvironmentOrigin::Service
        },
    }
}
