//! The project as Compose would run it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::{FileId, Location, Span};

use crate::paths::{is_remote, join};
use crate::problem::{Problem, ProblemKind};
use crate::reset::Reset;
use crate::value::{Entry, Kind, Private, Scalar, Value};

/// Why a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Named on the command line or in `COMPOSE_FILE`, or the base file that was found.
    Given,
    /// The override file that was found beside the base file.
    Override,
    /// Named by `include`.
    Included,
    /// Named by `extends`.
    Extended,
}

/// A Compose file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// Among the sources.
    pub id: FileId,
    /// As it was opened.
    pub path: Utf8PathBuf,
    /// Why it was read.
    pub role: Role,
    /// Its comments, `#` included.
    pub comments: Vec<Span>,
}

/// A project after merging, `extends`, `include` and interpolation.
#[derive(Clone, Debug)]
pub struct Project {
    /// The prefix of container names, if it can be told.
    pub name: Option<String>,
    /// What relative paths count from.
    pub directory: Utf8PathBuf,
    /// In the order of the files, inactive ones too.
    pub services: Vec<Service>,
    /// Where the key of the services is written, be it empty.
    pub services_at: Option<Location>,
    /// Everything but the services: `networks`, `volumes`, `x-…`.
    pub sections: Value,
    /// In the order they were read.
    pub files: Vec<ProjectFile>,
    /// The profiles that are on.
    pub profiles: Vec<String>,
    /// The top-level `version`, which Compose ignores.
    pub version: Option<Entry>,
    /// Every `!reset` and `!override`, and what each dropped.
    pub resets: Vec<Reset>,
    /// Whether the files seem meant to be merged into a base file that was not given: none has a default
    /// name, and something that they need is not defined.
    pub overlay: bool,
    /// Whether a part could not be looked at: a remote include, a path with an unset variable.
    pub incomplete: bool,
    /// What Compose refuses, in file order.
    pub problems: Vec<Problem>,
    /// Positions of the services by name.
    pub(crate) positions: HashMap<Arc<str>, usize>,
}

impl Project {
    /// Gives back the values of the environment and of env files that may be shown. All others stay as they are
    /// written, `${NAME}`, and count as unknown.
    pub fn admit(&mut self, is_public: &dyn Fn(&str) -> bool) {
        self.each_value(&mut |value| value.admit(is_public));
        for service in &mut self.services {
            for variable in &mut service.environment {
                variable.admit(is_public);
            }
        }
    }

    /// Takes the values of the environment and of env files out of everything.
    pub(crate) fn withhold(&mut self) {
        self.each_value(&mut Value::withhold);
    }

    fn each_value(&mut self, change: &mut dyn FnMut(&mut Value)) {
        let services = self.services.iter_mut().map(|service| &mut service.value);
        let removed = self.resets.iter_mut();
        let removed = removed.filter_map(|reset| reset.removed.as_deref_mut());
        let version = self.version.iter_mut().map(|entry| &mut entry.value);
        let sections = std::iter::once(&mut self.sections);
        services
            .chain(sections)
            .chain(version)
            .chain(removed)
            .for_each(change);
    }

    /// The service of this name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(*self.positions.get(name)?)
    }

    /// Whether one of its files is not YAML: what is left of it is a guess.
    pub fn is_broken(&self) -> bool {
        let mut problems = self.problems.iter();
        problems.any(|problem| problem.kind == ProblemKind::Syntax)
    }
}

/// One service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: Arc<str>,
    /// Where its name is written first.
    pub key_location: Location,
    /// All its keys.
    pub value: Value,
    /// Whether its profiles are on, or it has none.
    pub active: bool,
    /// The directory of the project.
    pub directory: Utf8PathBuf,
    /// What the container gets: env files, overridden by `environment`.
    pub environment: Vec<EnvironmentVariable>,
    /// Whether `environment` lacks nothing: false where an env file cannot be read.
    pub environment_complete: bool,
    /// `env_file`, in order.
    pub env_files: Vec<EnvFile>,
}

/// Where a variable of a container comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentOrigin {
    /// `environment`.
    Service,
    /// An env file of the service.
    EnvFile(FileId),
    /// A bare name in `environment`: the variables of whoever runs Compose.
    Inherited,
}

/// A variable of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: Arc<str>,
    /// Its value; `None` where a variable in it, or an inherited variable, is not set, and where it is private.
    pub value: Option<String>,
    pub(crate) private: Option<Private>,
    /// Where the name is written.
    pub name_location: Location,
    /// Where the value is written; the name, if it is inherited.
    pub location: Location,
    /// Where it comes from.
    pub origin: EnvironmentOrigin,
}

/// One entry of `env_file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFile {
    /// Its path; `None` where a variable in it is not set.
    pub path: Option<Utf8PathBuf>,
    /// Whether it must exist.
    pub required: bool,
    /// Where the path is written.
    pub location: Location,
    /// The file, if it was read.
    pub file: Option<FileId>,
}

/// `build`, with paths resolved.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The mapping.
    pub value: &'a Value,
    directory: &'a Utf8Path,
}

/// Where a build gets its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Context {
    /// A directory.
    Directory(Utf8PathBuf),
    /// A Git or HTTP address.
    Remote(String),
    /// A variable in it is not set.
    Unknown,
}

/// A build argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildArgument {
    /// Its name.
    pub name: String,
    /// Its value; `None` where it comes from the environment or a variable in it is not set.
    pub value: Option<String>,
    /// Whether it has a value that may not be shown.
    pub withheld: bool,
    /// Where the name is written.
    pub name_location: Location,
    /// Where the value is written; the name, if it has none.
    pub location: Location,
}

impl EnvironmentVariable {
    /// The value, whether it may be shown or not.
    pub(crate) fn meant(&self) -> Option<&str> {
        let private = self.private.as_ref().filter(|private| private.known);
        let value = private.map(|private| &*private.other);
        value.or(self.value.as_deref())
    }

    fn admit(&mut self, is_public: &dyn Fn(&str) -> bool) {
        if self.value.is_none()
            && self
                .private
                .as_ref()
                .is_some_and(|private| private.is(is_public))
        {
            self.value = self.meant().map(str::to_owned);
        }
    }
}

impl Service {
    /// A value by its keys: `["deploy", "resources"]`.
    pub fn get<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<&Value> {
        self.value.get_in(keys)
    }

    /// A key with its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.value.as_mapping()?.entry(key)
    }

    fn text(&self, key: &str) -> Option<(&Scalar, Location)> {
        let value = self.value.get(key)?;
        Some((value.as_scalar()?, value.location))
    }

    /// `image`; with `build` beside it, the name the built image gets.
    pub fn image(&self) -> Option<(&Scalar, Location)> {
        self.text("image")
    }

    /// `platform`.
    pub fn platform(&self) -> Option<(&Scalar, Location)> {
        self.text("platform")
    }

    /// `runtime`.
    pub fn runtime(&self) -> Option<(&Scalar, Location)> {
        self.text("runtime")
    }

    /// `build`.
    pub fn build(&self) -> Option<Build<'_>> {
        let value = self.value.get("build")?;
        value.as_mapping()?;
        Some(Build {
            value,
            directory: &self.directory,
        })
    }

    /// The profiles it belongs to, those with an unset variable left out.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        let profiles = self.value.get("profiles").and_then(Value::as_sequence);
        profiles
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
    }

    /// `deploy`.
    pub fn deploy(&self) -> Option<&Value> {
        self.value.get("deploy")
    }

    /// `gpus`: a sequence once `all` is spelled out.
    pub fn gpus(&self) -> Option<&Value> {
        self.value.get("gpus")
    }

    /// `devices`: mappings with `source`, `target`, `permissions`; the short form is kept on each.
    pub fn devices(&self) -> Option<&Value> {
        self.value.get("devices")
    }

    /// A variable of the container.
    pub fn variable(&self, name: &str) -> Option<&EnvironmentVariable> {
        self.environment
            .iter()
            .find(|variable| &*variable.name == name)
    }
}

/// A path of a scalar, from the directory it counts from.
pub(crate) fn path_of(scalar: &Scalar, directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let text = scalar.meant()?;
    // The home directory is not ours to know.
    if text.starts_with('~') {
        return None;
    }
    Some(join(scalar.directory.as_deref().unwrap_or(directory), text))
}

impl<'a> Build<'a> {
    fn scalar(&self, key: &str) -> Option<(&'a Scalar, Location)> {
        let value = self.value.get(key)?;
        Some((value.as_scalar()?, value.location))
    }

    /// The context; `.` where none is given.
    pub fn context(&self) -> Context {
        let Some((scalar, _)) = self.scalar("context") else {
            return match self.value.get("context").map(|value| &value.kind) {
                None | Some(Kind::Null) => Context::Directory(self.directory.to_owned()),
                Some(_) => Context::Unknown,
            };
        };
        match scalar.meant() {
            Some(text) if is_remote(text) => Context::Remote(text.to_owned()),
            _ => path_of(scalar, self.directory).map_or(Context::Unknown, Context::Directory),
        }
    }

    /// The Dockerfile; `None` for a remote or unknown context, and for an inline one.
    pub fn dockerfile(&self) -> Option<Utf8PathBuf> {
        if self.value.get("dockerfile_inline").is_some() {
            return None;
        }
        let Context::Directory(context) = self.context() else {
            return None;
        };
        match self.scalar("dockerfile") {
            Some((scalar, _)) => Some(join(&context, scalar.meant()?)),
            None => Some(join(&context, "Dockerfile")),
        }
    }

    /// The path of the Dockerfile as a message may have it: private values as they are written.
    pub fn dockerfile_shown(&self) -> Utf8PathBuf {
        let shown = |key: &str, from: &Utf8Path, or: &str| match self.scalar(key) {
            Some((scalar, _)) => join(scalar.directory.as_deref().unwrap_or(from), scalar.shown()),
            None => join(from, or),
        };
        let context = shown("context", self.directory, ".");
        shown("dockerfile", &context, "Dockerfile")
    }

    /// `dockerfile_inline`.
    pub fn dockerfile_inline(&self) -> Option<(&'a Scalar, Location)> {
        self.scalar("dockerfile_inline")
    }

    /// `target`.
    pub fn target(&self) -> Option<(&'a Scalar, Location)> {
        self.scalar("target")
    }

    /// `args`, as a list or a mapping.
    pub fn args(&self) -> Vec<BuildArgument> {
        self.value.get("args").map(arguments).unwrap_or_default()
    }

    /// `additional_contexts`: name and value.
    pub fn additional_contexts(&self) -> impl Iterator<Item = &'a Entry> {
        let contexts = self.value.get("additional_contexts");
        contexts.and_then(Value::as_mapping).into_iter().flatten()
    }
}

/// A list of `NAME=value` or a mapping, as arguments.
fn arguments(value: &Value) -> Vec<BuildArgument> {
    pairs(value)
        .into_iter()
        .map(|entry| {
            let bare = entry.value.is_null();
            BuildArgument {
                name: entry.key.to_string(),
                value: entry.value.printed().map(Cow::into_owned),
                withheld: entry.value.as_scalar().is_some_and(Scalar::is_withheld),
                name_location: entry.key_location,
                location: if bare {
                    entry.key_location
                } else {
                    entry.value.location
                },
            }
        })
        .collect()
}

/// The pairs of a list of `NAME=value` or of a mapping.
pub(crate) fn pairs(value: &Value) -> Vec<Entry> {
    match &value.kind {
        Kind::Mapping(mapping) => mapping.iter().cloned().collect(),
        Kind::Sequence(items) => items.iter().filter_map(crate::merge::key_value).collect(),
        Kind::Null | Kind::Scalar(_) | Kind::Unknown => Vec::new(),
    }
}
