//! From files to the project.

mod environment;
mod extends;
mod include;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::Sources;

use crate::consistency;
use crate::discover::{discover, is_default_name};
use crate::loader::{LoadError, Loader};
use crate::paths::{join, parent};
use crate::problem::{self, ProblemKind};
use crate::project::{Project, Role, Service};
use crate::value::{Kind, Resolution};
use crate::variables::Variables;
use session::{Loaded, Scope, Session, Texts};

/// What `docker compose` is told on its command line, and where it runs.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The working directory; absolute where parent directories are to be searched. Empty is `.`.
    pub directory: Utf8PathBuf,
    /// `--file`, in order. Empty: `COMPOSE_FILE`, else the default names.
    pub files: Vec<Utf8PathBuf>,
    /// `--project-directory`.
    pub project_directory: Option<Utf8PathBuf>,
    /// `--env-file`. Empty: `COMPOSE_ENV_FILES`, else `.env`.
    pub env_files: Vec<Utf8PathBuf>,
    /// `--profile`. Empty: `COMPOSE_PROFILES`.
    pub profiles: Vec<String>,
    /// The process environment.
    pub environment: BTreeMap<String, String>,
    /// What the files may be added to, whatever their names.
    pub base: Base,
}

/// A base file that was not named and that the files may be meant for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Base {
    /// None is known: a file with a default name stands alone.
    #[default]
    Unknown,
    /// One with services of these names.
    Services(Arc<BTreeSet<String>>),
    /// One that is named in a place that is not read here.
    Elsewhere,
}

impl Base {
    /// Whether it may have the image of a service that has none.
    fn may_complete(&self, project: &Project) -> bool {
        let bare = |service: &Service| service.image().is_none() && service.build().is_none();
        project
            .services
            .iter()
            .filter(|service| bare(service))
            .any(|service| match self {
                Self::Unknown => false,
                Self::Services(names) => names.contains(&*service.name),
                Self::Elsewhere => true,
            })
    }
}

/// Why there is no project at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither the directory nor its parents have a Compose file.
    #[error("no configuration file provided: not found")]
    NotFound,
    /// A Compose file that was named cannot be read.
    #[error("open {path}: {error}")]
    File {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        error: LoadError,
    },
    /// The files come to more values than are checked.
    #[error(
        "too much to check: with what it extends, includes, repeats and puts in for variables, the project has more than 300,000 values"
    )]
    TooMuch {
        /// The file with which it became too much.
        path: Utf8PathBuf,
    },
    /// An `--env-file` cannot be read.
    #[error("couldn't find env file: {path}: {error}")]
    EnvFile {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        error: LoadError,
    },
}

/// Loads the project that `inputs` describe. What Compose would refuse in the files is part of the result.
///
/// Values of the environment and of env files are read as Compose reads them, and are in no text of the project, nor
/// in a message: see [`Project::admit`].
pub fn load(sources: &mut Sources, inputs: &Inputs, loader: &dyn Loader) -> Result<Project, Error> {
    let reading = read(sources, inputs, loader, Texts::new(), false)?;
    let mut project = reading.project;
    if reading.private && !project.problems.is_empty() {
        // What would be said if nothing but the names of variables were known.
        let again = read(&mut sources.clone(), inputs, loader, reading.texts, true);
        let written = again.map_or_else(|_| Vec::new(), |again| again.project.problems);
        let found = std::mem::take(&mut project.problems);
        project.problems = problem::as_written(found, written, sources);
    }
    project.withhold();
    Ok(project)
}

/// Loads a project; `texts` are files that were read before.
fn read(
    sources: &mut Sources,
    inputs: &Inputs,
    loader: &dyn Loader,
    texts: Texts,
    as_written: bool,
) -> Result<Loaded, Error> {
    let mut session = Session::new(sources, loader, texts);
    let mut variables = Variables::from_environment(&inputs.environment);
    variables.as_written = as_written;
    let working = if inputs.directory.as_str().is_empty() {
        Utf8PathBuf::from(".")
    } else {
        inputs.directory.clone()
    };
    let given = inputs.project_directory.as_ref();
    let given = given.map(|directory| join(&working, directory.as_str()));
    let env_files = env_files(inputs, &variables);

    let first_file = inputs.files.iter().find(|path| path.as_str() != "-");
    let first = given.clone().unwrap_or_else(|| {
        first_file.map_or_else(
            || working.clone(),
            |path| parent(&join(&working, path.as_str())),
        )
    });
    let named = |error| as_named(error, inputs, &env_files);
    session
        .project_env(&env_files, &first, &working, &mut variables)
        .map_err(named)?;
    let (files, found) = files(inputs, &working, &first, &variables, loader)?;
    let directory = given.unwrap_or_else(|| files.first().map_or(working.clone(), |f| parent(f)));
    // A project directory that only the files tell may have its own `.env`.
    if env_files.is_empty() && directory != first {
        session
            .project_env(&env_files, &directory, &working, &mut variables)
            .map_err(named)?;
    }

    let mut opened = Vec::with_capacity(files.len());
    for (index, path) in files.iter().enumerate() {
        let role = if found && index > 0 {
            Role::Override
        } else {
            Role::Given
        };
        let file = session.open(path, role).map_err(|error| {
            let path = path.clone();
            let error = Error::File { path, error };
            if found {
                error
            } else {
                as_named(error, inputs, &env_files)
            }
        })?;
        opened.push(file);
    }
    let (name, resolution) = match project_name(&directory, &opened, &variables) {
        Some((name, resolution)) => (Some(name), resolution),
        None => (None, Resolution::Compose),
    };
    let known = name.is_some();
    variables.set_default(
        "COMPOSE_PROJECT_NAME",
        name.as_deref().unwrap_or_default(),
        known,
        resolution,
    );
    let profiles = profiles(inputs, &variables);
    let scope = Scope::new(directory.clone(), variables);
    let value = session.model(&opened, &scope, &mut Vec::new());
    let empty = matches!(&value.kind, Kind::Mapping(mapping) if mapping.is_empty());
    if empty && session.problems.len() == 0 {
        session.problems.add(
            ProblemKind::Schema(crate::SchemaError::Type("mapping".to_owned())),
            crate::KeyPath::default(),
            value.location,
            "empty compose file",
        );
    }
    let reading = session.finish(value, name, directory, profiles, &scope);
    let mut reading = reading.map_err(|error| match error {
        Error::TooMuch { path } => {
            let own: &[Utf8PathBuf] = if found { &[] } else { &files };
            Error::TooMuch {
                path: shown_path(path, &working, inputs, own, &env_files),
            }
        }
        error => error,
    })?;
    let project = &mut reading.project;
    let named = files.iter().any(|path| is_default_name(path));
    let alone = named && !inputs.base.may_complete(project);
    consistency::check(project, alone);
    Ok(reading)
}

/// An error about files that a variable names does not say what is in the variable.
fn as_named(error: Error, inputs: &Inputs, env_files: &[Utf8PathBuf]) -> Error {
    match error {
        Error::File { error, .. } if inputs.files.is_empty() => Error::File {
            path: "${COMPOSE_FILE}".into(),
            error,
        },
        // A `.env` that nobody names is no secret.
        Error::EnvFile { error, .. } if inputs.env_files.is_empty() && !env_files.is_empty() => {
            Error::EnvFile {
                path: "${COMPOSE_ENV_FILES}".into(),
                error,
            }
        }
        error => error,
    }
}

/// The path of a file of the project, or the variable that it is in.
fn shown_path(
    path: Utf8PathBuf,
    working: &Utf8Path,
    inputs: &Inputs,
    files: &[Utf8PathBuf],
    env_files: &[Utf8PathBuf],
) -> Utf8PathBuf {
    let is = |file: &Utf8PathBuf| join(working, file.as_str()) == path;
    if inputs.env_files.is_empty() && env_files.iter().any(is) {
        return "${COMPOSE_ENV_FILES}".into();
    }
    if inputs.files.is_empty() && files.contains(&path) {
        return "${COMPOSE_FILE}".into();
    }
    path
}

fn env_files(inputs: &Inputs, variables: &Variables) -> Vec<Utf8PathBuf> {
    if !inputs.env_files.is_empty() {
        return inputs.env_files.clone();
    }
    variables
        .known("COMPOSE_ENV_FILES")
        .map(|files| files.split(',').map(Utf8PathBuf::from).collect())
        .unwrap_or_default()
}

/// The Compose files, and whether Compose found them by itself.
fn files(
    inputs: &Inputs,
    working: &Utf8Path,
    first: &Utf8Path,
    variables: &Variables,
    loader: &dyn Loader,
) -> Result<(Vec<Utf8PathBuf>, bool), Error> {
    if !inputs.files.is_empty() {
        let files = inputs.files.iter();
        return Ok((
            files.map(|path| join(working, path.as_str())).collect(),
            false,
        ));
    }
    if let Some(files) = variables.known("COMPOSE_FILE") {
        let separator = variables.known("COMPOSE_PATH_SEPARATOR").unwrap_or(":");
        let files = files.split(separator);
        return Ok((files.map(|path| join(working, path)).collect(), false));
    }
    match discover(first, loader) {
        Some(found) => Ok((found.files, true)),
        None => Err(Error::NotFound),
    }
}

fn profiles(inputs: &Inputs, variables: &Variables) -> Vec<String> {
    if !inputs.profiles.is_empty() {
        return inputs.profiles.clone();
    }
    variables
        .known("COMPOSE_PROFILES")
        .map(|names| {
            names
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect()
        })
        .unwrap_or_default()
}

/// Longer names are not known: no container has one.
const MAX_NAME: usize = 4 << 10;

/// The name that containers get as a prefix; `None` where it depends on a directory that is not known.
fn project_name(
    directory: &Utf8Path,
    files: &[session::Opened],
    variables: &Variables,
) -> Option<(String, Resolution)> {
    if let Some(name) = variables.known("COMPOSE_PROJECT_NAME") {
        return Some((name.to_owned(), Resolution::Environment));
    }
    let mut private = false;
    let mut written = None;
    for file in files {
        for document in &file.stream.documents {
            let name = file.stream.get(*document, "name");
            let name = name.and_then(|name| file.stream.scalar_text(name));
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                written = Some(name);
            }
        }
    }
    let name = match written {
        Some(template) => {
            let lookup = |name: &str| variables.get(name);
            let expansion = crate::template::expand(template, &lookup, MAX_NAME);
            let text = if variables.as_written {
                expansion.shown
            } else {
                expansion.text
            };
            private = !expansion.private.is_empty();
            expansion.known.then_some(text)?
        }
        None => directory.file_name()?.to_owned(),
    };
    let name: String = name
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
        .collect();
    let resolution = if private {
        Resolution::Environment
    } else {
        Resolution::Compose
    };
    Some((name.trim_start_matches(['_', '-']).to_owned(), resolution))
}
