use std::collections::HashMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use source::{FileId, Label, Location, SourceFile, Sources, Span};

use super::Error;
use super::extends::Extender;
use crate::canonical::canonical;
use crate::checks;
use crate::convert::convert;
use crate::loader::{LoadError, Loader};
use crate::merge::{Merger, enforce_unique};
use crate::path::KeyPath;
use crate::paths::join;
use crate::problem::{Problem, ProblemKind, Problems};
use crate::project::{Project, ProjectFile, Role};
use crate::reset::{self, Reset};
use crate::schema;
use crate::value::{Cause, Entry, Kind, Mapping, Value};
use crate::variables::Variables;
use crate::yaml::{self, NodeId, Stream};
use crate::{SchemaError, dotenv};

/// A Compose file, read once.
pub(super) struct File {
    pub(super) id: FileId,
    pub(super) path: Utf8PathBuf,
    pub(super) source: Arc<SourceFile>,
    pub(super) stream: Stream,
}

pub(super) type Opened = Arc<File>;

/// More values than this are not checked in one project, those included that `extends`, aliases and env files write
/// again for each service; long texts count as several. 5,000 lines of a file have 15,000, and 200 services with 300 variables each 120,000.
const MAX_VALUES: usize = 300_000;

/// What relative paths and variables mean in a group of files.
pub(super) struct Scope {
    pub(super) directory: Utf8PathBuf,
    pub(super) variables: Variables,
}

impl Scope {
    pub(super) fn new(directory: Utf8PathBuf, variables: Variables) -> Self {
        Self {
            directory,
            variables,
        }
    }
}

/// The files that were read, by path.
pub(super) type Texts = HashMap<Utf8PathBuf, Result<FileId, LoadError>>;

/// Everything that grows while a project is loaded.
pub(super) struct Session<'a> {
    pub(super) sources: &'a mut Sources,
    pub(super) loader: &'a dyn Loader,
    pub(super) problems: Problems,
    pub(super) resets: Vec<Reset>,
    /// Whether something that belongs to the project could not be looked at.
    pub(super) incomplete: bool,
    /// Included projects so far.
    pub(super) includes: usize,
    /// How many values were made so far.
    values: usize,
    /// The file with which they became more than are checked.
    pub(super) too_much: Option<Utf8PathBuf>,
    files: Vec<ProjectFile>,
    opened: HashMap<Utf8PathBuf, Result<Opened, LoadError>>,
    texts: Texts,
    version: Option<Entry>,
}

impl<'a> Session<'a> {
    pub(super) fn new(sources: &'a mut Sources, loader: &'a dyn Loader, texts: Texts) -> Self {
        Self {
            sources,
            loader,
            problems: Problems::default(),
            resets: Vec::new(),
            incomplete: false,
            includes: 0,
            values: 0,
            too_much: None,
            files: Vec::new(),
            opened: HashMap::new(),
            texts,
            version: None,
        }
    }

    /// How much may still be made.
    pub(super) fn room(&self) -> usize {
        MAX_VALUES.saturating_sub(self.values)
    }

    /// Takes note of values that were made for `file`; false when they are more than are checked.
    pub(super) fn spend(&mut self, values: usize, file: &Utf8Path) -> bool {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            self.too_much.get_or_insert_with(|| file.to_owned());
        }
        self.too_much.is_none()
    }

    /// Reads a text file once and keeps it among the sources.
    pub(super) fn text(&mut self, path: &Utf8Path) -> Result<FileId, LoadError> {
        if let Some(known) = self.texts.get(path) {
            return known.clone();
        }
        let read = self.loader.read(path).map(|file| self.sources.add(file));
        self.texts.insert(path.to_owned(), read.clone());
        read
    }

    /// Reads and parses a Compose file once.
    pub(super) fn open(&mut self, path: &Utf8Path, role: Role) -> Result<Opened, LoadError> {
        if let Some(known) = self.opened.get(path) {
            return known.clone();
        }
        let opened = self.text(path).map(|id| self.parse(id, path, role));
        self.opened.insert(path.to_owned(), opened.clone());
        opened
    }

    fn parse(&mut self, id: FileId, path: &Utf8Path, role: Role) -> Opened {
        let source = Arc::clone(self.sources.get(id));
        let stream = yaml::parse(source.text());
        if stream.is_cut {
            self.spend(MAX_VALUES + 1, path);
        }
        if let Some(error) = &stream.error {
            self.incomplete = true;
            self.problems.add(
                ProblemKind::Syntax,
                KeyPath::default(),
                Location::new(id, error.span),
                error.message.clone(),
            );
        }
        self.files.push(ProjectFile {
            id,
            path: path.to_owned(),
            role,
            comments: stream.comments.clone(),
        });
        Arc::new(File {
            id,
            path: path.to_owned(),
            source,
            stream,
        })
    }

    /// Adds the variables of the project's env files.
    pub(super) fn project_env(
        &mut self,
        given: &[Utf8PathBuf],
        directory: &Utf8Path,
        working: &Utf8Path,
        variables: &mut Variables,
    ) -> Result<(), Error> {
        if given.is_empty() {
            let disabled = variables.known("COMPOSE_DISABLE_ENV_FILE");
            if disabled
                .is_some_and(|flag| matches!(flag, "1" | "t" | "T" | "true" | "True" | "TRUE"))
            {
                return Ok(());
            }
            let path = join(directory, ".env");
            if !self.loader.exists(&path) {
                return Ok(());
            }
            return match self.env_file(&path, variables) {
                // A directory of that name is passed over.
                Ok(()) | Err(LoadError::Directory) => Ok(()),
                Err(error) => Err(Error::EnvFile { path, error }),
            };
        }
        for path in given {
            let path = join(working, path.as_str());
            self.env_file(&path, variables)
                .map_err(|error| Error::EnvFile { path, error })?;
        }
        Ok(())
    }

    /// Adds the variables of one env file; what is wrong in it is a problem.
    pub(super) fn env_file(
        &mut self,
        path: &Utf8Path,
        variables: &mut Variables,
    ) -> Result<(), LoadError> {
        if variables.has_file(path) {
            return Ok(());
        }
        let id = self.text(path)?;
        self.sources.keep_private(id);
        let source = Arc::clone(self.sources.get(id));
        let result = dotenv::parse(source.text(), id, &|name| variables.get(name), self.room());
        self.env_error(id, path, result.error);
        let copied = variables.copied_for(&result.assignments);
        if self.spend(result.weight.saturating_add(copied), path) {
            variables.add_file(path, &result.assignments);
        }
        Ok(())
    }

    pub(super) fn env_error(&mut self, id: FileId, path: &Utf8Path, error: Option<(Span, String)>) {
        if let Some((span, reason)) = error {
            self.problems.add(
                ProblemKind::EnvFile,
                KeyPath::default(),
                Location::new(id, span),
                format!("failed to read {path}: {reason}"),
            );
        }
    }

    /// A file that another one names cannot be read.
    pub(super) fn unreadable(
        &mut self,
        path: &Utf8Path,
        error: &LoadError,
        at: Location,
        value: KeyPath,
    ) {
        let message = format!("open {path}: {error}");
        self.problems.add(ProblemKind::Read, value, at, message);
    }

    /// Merges the files of one project, included or not.
    pub(super) fn model(
        &mut self,
        files: &[Opened],
        scope: &Scope,
        included: &mut Vec<Utf8PathBuf>,
    ) -> Value {
        let id = files.first().map_or(FileId(0), |file| file.id);
        let start = Location::new(id, Span::empty(0));
        let mut project = Value::new(start, Kind::Mapping(Mapping::default()));
        for file in files {
            for document in &file.stream.documents {
                let depth = included.len();
                included.push(file.path.clone());
                project = self.document(project, file, *document, scope, included);
                included.truncate(depth);
            }
        }
        checks::check(&project, &mut self.problems);
        project
    }

    fn document(
        &mut self,
        mut project: Value,
        file: &Opened,
        document: NodeId,
        scope: &Scope,
        included: &mut Vec<Utf8PathBuf>,
    ) -> Value {
        let Some((mut value, mut resets)) = self.converted(file, document, scope) else {
            return project;
        };
        self.include(&mut value, scope, included);
        reset::apply(&mut project, &mut resets);
        let mut extender = Extender::new(self, scope);
        extender.apply(&mut value, &file.path, &mut resets);
        self.resets.extend(resets);
        let before = project.location;
        project = self.merger(Cause::Override).projects(project, value);
        project.location = before;
        self.settle(project, true)
    }

    pub(super) fn merger(&mut self, cause: Cause) -> Merger<'_> {
        Merger {
            cause,
            problems: &mut self.problems,
        }
    }

    /// A document as a mapping; a problem where it is none.
    pub(super) fn converted(
        &mut self,
        file: &File,
        document: NodeId,
        scope: &Scope,
    ) -> Option<(Value, Vec<Reset>)> {
        let converted = convert(
            file.source.text(),
            file.id,
            &file.stream,
            document,
            &scope.variables,
            self.room(),
            &mut self.problems,
        );
        self.spend(converted.weight, &file.path);
        match converted.value.kind {
            Kind::Mapping(_) => Some((converted.value, converted.resets)),
            Kind::Unknown => None,
            Kind::Null | Kind::Scalar(_) | Kind::Sequence(_) => {
                // What stands before a syntax error need not be a mapping yet.
                if file.stream.error.is_none() {
                    self.problems.add(
                        ProblemKind::Schema(SchemaError::Type("mapping".to_owned())),
                        KeyPath::default(),
                        converted.value.location,
                        "top-level object must be a mapping",
                    );
                }
                None
            }
        }
    }

    /// What Compose does after each merge: keys of lists, shape, long forms.
    pub(super) fn settle(&mut self, mut project: Value, validate: bool) -> Value {
        enforce_unique(&mut project, &mut self.problems);
        if validate {
            schema::check(&project, &mut self.problems);
            if let Kind::Mapping(mapping) = &mut project.kind
                && let Some(version) = mapping.remove("version")
            {
                self.version = Some(version);
            }
        }
        canonical(&mut project, &mut self.problems);
        enforce_unique(&mut project, &mut self.problems);
        project
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn finish(
        mut self,
        mut value: Value,
        name: Option<String>,
        directory: Utf8PathBuf,
        profiles: Vec<String>,
        scope: &Scope,
    ) -> Result<Loaded, Error> {
        let services = match &mut value.kind {
            Kind::Mapping(mapping) => mapping.remove("services"),
            _ => None,
        };
        let services_at = services.as_ref().map(|entry| entry.key_location);
        let services = self.services(services, &directory, &profiles, scope);
        if let Some(path) = self.too_much {
            return Err(Error::TooMuch { path });
        }
        let names = services.iter().map(|service| Arc::clone(&service.name));
        let private = self.problems.private;
        let project = Project {
            positions: names.zip(0..).collect(),
            name,
            directory,
            services,
            services_at,
            sections: value,
            files: self.files,
            profiles,
            version: self.version,
            resets: self.resets,
            overlay: false,
            incomplete: self.incomplete,
            problems: self.problems.into_list(),
        };
        Ok(Loaded {
            project,
            private,
            texts: self.texts,
        })
    }
}

/// A project with what its messages may have in them.
pub(super) struct Loaded {
    pub(super) project: Project,
    /// Whether private values were read.
    pub(super) private: bool,
    pub(super) texts: Texts,
}

/// A label for a related place.
pub(super) fn label(at: Location, text: &str) -> Label {
    Label::new(at, text)
}
