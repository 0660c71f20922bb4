use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::{Base, Inputs};
use linter::Settings;
use linter::fix::Texts;
use source::{SourceFile, Sources};

use super::Found;
use crate::cli::ComposeOptions;
use crate::config::{Flags, Policies};
use crate::discovery::{self, Input, clean};
use crate::loader::{self, FileLoader, Overlay, STDIN};
use crate::news::News;
use crate::paths::nonempty;
use crate::progress::Progress;
use crate::repair::{Recheck, Scope};
use crate::report::{Failure, FileReport};
use crate::{Outcome, machine, threads};

/// Checks Compose projects.
pub(crate) fn run(options: &ComposeOptions) -> anyhow::Result<Outcome> {
    let flags = Flags::new(
        &options.report,
        machine::settings(&options.machine, options.report.format.audience())?,
    )?;
    let policies = Arc::new(Policies::new(
        flags,
        &options.config,
        News::new(&options.news)?,
    )?);
    let named = options.paths.iter().chain(&options.files);
    let loader = FileLoader::new(named.chain(&options.env_files));
    let mut found = Projects::find(options, &loader, &policies);
    let stdin = found.jobs.iter().any(|job| job.stdin.is_some());
    let inputs: &[Input] = if stdin { &[Input::Stdin] } else { &[] };
    super::can_fix(inputs, options.fix)?;
    found.jobs.retain(|job| policies.of(job.path()).is_some());
    let check = |job: Job| {
        let report = job.check(&Texts::new(), &loader, &policies)?;
        Ok((job, report))
    };
    let progress = Progress::new(found.jobs.len(), options.report.quiet);
    let one = |job: Job| {
        let result = check(job);
        progress.step();
        result
    };
    let results: Vec<Result<(Job, FileReport), Failure>> = threads::each(found.jobs, one);
    drop(progress);
    let mut failures = found.failures;
    failures.extend(policies.failures());
    failures.extend(loader.failures());
    let (mut jobs, mut files) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok((job, report)) => {
                jobs.push(job);
                files.push(report);
            }
            Err(failure) => failures.push(failure),
        }
    }
    let again = Again {
        jobs,
        loader: &loader,
        policies: &policies,
    };
    let mut given = options.paths.clone();
    given.extend(options.files.iter().cloned());
    let scope = Scope::new(&given, options.project_directory.as_deref());
    // A project may be found in a directory above.
    let directories: Vec<Utf8PathBuf> = again.jobs.iter().filter_map(Job::directory).collect();
    let scope = scope
        .showing(&options.config.config)
        .showing(&options.env_files)
        .showing(&directories);
    super::finish(
        Found {
            host: None,
            files,
            failures,
        },
        &policies,
        &options.report,
        options.fix,
        &scope,
        &again,
    )
}

/// The projects to check.
#[derive(Default)]
pub(super) struct Projects {
    /// To check.
    pub jobs: Vec<Job>,
    /// What could not be looked at.
    pub failures: Vec<Failure>,
    seen: HashSet<Vec<Utf8PathBuf>>,
}

/// One project.
#[derive(Clone)]
pub(super) struct Job {
    inputs: Inputs,
    /// What standard input holds, if it is one of the files.
    stdin: Option<Arc<SourceFile>>,
}

impl Projects {
    fn find(options: &ComposeOptions, loader: &FileLoader, policies: &Arc<Policies>) -> Self {
        let template = Inputs {
            project_directory: options.project_directory.clone(),
            env_files: options.env_files.clone(),
            profiles: options.profiles.clone(),
            environment: environment(),
            ..Inputs::default()
        };
        let mut found = Self::default();
        if !options.files.is_empty() {
            found.add(&template, options.files.clone());
        } else if options.paths.is_empty() {
            found.here(&template, loader);
        }
        found.named(&template, &options.paths, loader, policies);
        if found.jobs.is_empty() && !Failure::any(&found.failures) {
            let searched: Vec<&str> = options.paths.iter().map(|path| path.as_str()).collect();
            let message = "no input found: no Compose file below";
            found
                .failures
                .push(Failure::new(searched.join(", "), message));
        }
        found
    }

    /// The projects that `paths` name or hold; there may be none.
    pub(super) fn found_in(
        paths: &[Utf8PathBuf],
        loader: &FileLoader,
        policies: &Arc<Policies>,
    ) -> Self {
        let template = Inputs {
            environment: environment(),
            ..Inputs::default()
        };
        let mut found = Self::default();
        found.named(&template, paths, loader, policies);
        found
    }

    fn named(
        &mut self,
        template: &Inputs,
        paths: &[Utf8PathBuf],
        loader: &FileLoader,
        policies: &Arc<Policies>,
    ) {
        for path in paths {
            if path == "-" {
                self.add(template, vec![path.clone()]);
            } else if path.is_dir() {
                self.below(template, path, loader, policies);
            } else {
                self.file(template, &clean(path), loader);
            }
        }
    }

    fn add(&mut self, template: &Inputs, files: Vec<Utf8PathBuf>) {
        if !self.seen.insert(files.clone()) {
            return;
        }
        let mut stdin = None;
        if files.iter().any(|file| file == "-") {
            match loader::read_stdin() {
                Ok(file) => stdin = Some(Arc::new(file)),
                Err(failure) => {
                    self.failures.push(failure);
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
        self.jobs.push(Job {
            inputs: Inputs {
                files: files.collect(),
                ..template.clone()
            },
            stdin,
        });
    }

    /// What Compose would load here: `COMPOSE_FILE`, or the first file here or in a parent directory.
    fn here(&mut self, template: &Inputs, loader: &FileLoader) {
        let here = template.project_directory.clone().unwrap_or_default();
        if compose::in_directory(&here, loader).is_some()
            || template.environment.contains_key("COMPOSE_FILE")
        {
            self.add(template, Vec::new());
            return;
        }
        let parent = std::env::current_dir()
            .ok()
            .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
            .and_then(|path| above(&path, loader));
        match parent {
            Some(files) => self.add(template, files),
            None => self.failures.push(Failure::new(
                ".",
                "no input found: no Compose file here or in a parent directory",
            )),
        }
    }

    /// A file by itself; one with a name that Compose looks for comes with its override file.
    fn file(&mut self, template: &Inputs, path: &Utf8Path, loader: &FileLoader) {
        let directory = path.parent().unwrap_or_else(|| Utf8Path::new(""));
        let project = compose::in_directory(directory, loader);
        match project.filter(|project| same(&project.files, path)) {
            Some(project) => self.add(template, named(&project.files)),
            None => self.add(template, vec![path.to_owned()]),
        }
    }

    /// Every project below a directory.
    fn below(
        &mut self,
        template: &Inputs,
        root: &Utf8Path,
        loader: &FileLoader,
        policies: &Arc<Policies>,
    ) {
        let found = discovery::compose_files(root, policies);
        self.failures.extend(found.failures);
        let mut bases = Bases::new(root);
        for input in found.inputs {
            let Input::Found(path) = input else {
                continue;
            };
            let own_name = compose::is_default_name(&path) || compose::is_override_name(&path);
            if own_name || looks_like_compose(&path, loader) {
                let template = Inputs {
                    base: bases.of(&path, loader),
                    ..template.clone()
                };
                self.file(&template, &path, loader);
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

impl Job {
    /// The file that its configuration is looked for above.
    pub(super) fn path(&self) -> &Utf8Path {
        let first = self.inputs.files.first();
        first.map_or(Utf8Path::new("compose.yaml"), |path| path.as_path())
    }

    /// The directory that its first file is in.
    fn directory(&self) -> Option<Utf8PathBuf> {
        let parent = self.path().parent()?;
        Some(nonempty(parent).to_owned())
    }

    /// Checks it, reading `texts` in place of the files of those names.
    pub(super) fn check(
        &self,
        texts: &Texts,
        loader: &FileLoader,
        policies: &Policies,
    ) -> Result<FileReport, Failure> {
        let mut all = texts.clone();
        if let Some(stdin) = &self.stdin {
            all.entry(STDIN.to_owned())
                .or_insert_with(|| Arc::clone(stdin));
        }
        let overlay = Overlay {
            loader,
            texts: &all,
        };
        let mut sources = Sources::new();
        let policy = policies.of(self.path());
        let default = Settings::default();
        let settings = policy.as_ref().map_or(&default, |policy| policy.settings());
        let checked = linter::check_compose(&mut sources, &self.inputs, &overlay, settings)
            .map_err(|error| failure(&error))?;
        let [file, rest @ ..] = checked.files.as_slice() else {
            return Err(Failure::new(".", "no Compose file"));
        };
        let grammars = checked.grammars();
        let also = rest.iter().chain(&checked.dockerfiles).copied().collect();
        let mut report = FileReport::new(
            sources,
            *file,
            linter::Checked {
                diagnostics: checked.diagnostics,
                suppressed: checked.suppressed,
                notes: checked.notes,
                overview: checked.overview,
            },
        );
        report.also = also;
        report.grammars = grammars;
        policies.apply(&mut report);
        Ok(report)
    }
}

impl Job {
    /// Checks it again after a repair.
    pub(super) fn recheck(
        &self,
        texts: &Texts,
        loader: &FileLoader,
        policies: &Policies,
    ) -> FileReport {
        self.check(texts, loader, policies)
            .unwrap_or_else(|_| empty(self, texts))
    }
}

fn failure(error: &compose::Error) -> Failure {
    match error {
        compose::Error::File { path, error } | compose::Error::EnvFile { path, error } => {
            Failure::new(path.as_str(), error.to_string())
        }
        compose::Error::TooMuch { path } => Failure::new(path.as_str(), error.to_string()),
        compose::Error::NotFound => Failure::new(".", error.to_string()),
    }
}

/// What checking again needs.
struct Again<'a> {
    jobs: Vec<Job>,
    loader: &'a FileLoader,
    policies: &'a Policies,
}

impl Recheck for Again<'_> {
    fn recheck(&self, input: usize, texts: &Texts) -> FileReport {
        let job = &self.jobs[input];
        job.recheck(texts, self.loader, self.policies)
    }
}

/// What stands for a project that a repair made unreadable: nothing that was found can be found again.
fn empty(job: &Job, texts: &Texts) -> FileReport {
    let mut sources = Sources::new();
    let name = job.inputs.files.first().map_or(".", |file| file.as_str());
    let file = texts
        .get(name)
        .map_or_else(|| Arc::new(SourceFile::new(name, "")), Arc::clone);
    let file = sources.add(file);
    FileReport::new(sources, file, linter::Checked::default())
}
