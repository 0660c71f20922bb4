//! An installation of Python packages while its command line and files are read.

use std::collections::HashSet;
use std::sync::Arc;

use source::{FileId, Location, SourceFile};

use crate::action::{
    DependencyFile, DependencyFileKind, FileState, IndexUrl, Indexes, NoBuildIsolation,
    PythonInstall, PythonTool, Requirement, RequirementOrigin,
};
use crate::call::{Call, PackageOf, Variable};
use crate::marker::{self, Target};
use crate::python::requirement::{self, Project, Wanted};
use crate::text::Text;

/// Files that one command may pull in through `-r`; far more than people write.
const MAX_FILES: usize = 256;

/// Collects what one command installs.
pub(crate) struct Builder<'c> {
    pub call: &'c Call<'c>,
    pub install: PythonInstall,
    opened: HashSet<String>,
}

/// A file that was opened.
pub(crate) struct Opened {
    pub id: FileId,
    pub file: Arc<SourceFile>,
    /// As it was opened, for files named relative to it.
    pub path: String,
}

impl<'c> Builder<'c> {
    /// Nothing installed yet.
    pub(crate) fn new(call: &'c Call<'c>, tool: PythonTool, options_at: Location) -> Self {
        let install = PythonInstall {
            tool,
            requirements: Vec::new(),
            constraints: Vec::new(),
            files: Vec::new(),
            projects: Vec::new(),
            indexes: Indexes::default(),
            no_deps: false,
            no_build_isolation: NoBuildIsolation::No,
            no_index: false,
            pre: false,
            upgrade: false,
            target: None,
            dry_run: false,
            python: call.python.clone(),
            options_at,
            incomplete: call.fed,
        };
        Self {
            call,
            install,
            opened: HashSet::new(),
        }
    }

    /// One word or line that asks for something.
    pub(crate) fn want(&mut self, text: &Text, origin: &RequirementOrigin) {
        self.take(requirement::read(text, origin, self.package_of()));
    }

    /// The value of `-e`.
    pub(crate) fn want_editable(&mut self, text: &Text, origin: &RequirementOrigin) {
        self.take(requirement::read_editable(text, origin, self.package_of()));
    }

    /// Names the packages of repositories.
    pub(crate) fn package_of(&self) -> PackageOf {
        self.call.context.package_of
    }

    fn take(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Package(requirement) => self.require(*requirement),
            Wanted::Project(project) => self.project(&project),
            Wanted::Unknown => self.install.incomplete = true,
        }
    }

    /// A requirement, unless its marker says that it is not for Linux or not for this Python.
    pub(crate) fn require(&mut self, requirement: Requirement) {
        if !self.applies(requirement.marker.as_ref()) {
            return;
        }
        self.install.incomplete |= requirement.name.is_empty();
        self.install.requirements.push(requirement);
    }

    /// Whether a marker lets a requirement through; what is not known does.
    pub(crate) fn applies(&self, marker: Option<&Text>) -> bool {
        let target = self.target();
        marker.is_none_or(|marker| marker::applies(marker.as_str(), &target) != Some(false))
    }

    /// What is known of the interpreter that markers ask.
    pub(crate) fn target(&self) -> Target<'static> {
        Target {
            python: self.install.python_version(),
            machine: self.call.context.machine,
            extras: None,
        }
    }

    /// A local project, with the dependencies that its pyproject.toml lists.
    pub(crate) fn project(&mut self, project: &Project) {
        self.install.projects.push(project.path.clone());
        if !self.install.no_deps {
            crate::python::project::read(self, project);
        }
    }

    /// A line of a constraints file.
    pub(crate) fn constrain(&mut self, text: &Text, origin: &RequirementOrigin) {
        if let Wanted::Package(requirement) = requirement::read(text, origin, self.package_of())
            && self.applies(requirement.marker.as_ref())
        {
            self.install.constraints.push(*requirement);
        }
    }

    /// Opens a file that the command names and notes what became of it. `None` also when it was read before.
    pub(crate) fn open(
        &mut self,
        name: &Text,
        folder: &str,
        kind: DependencyFileKind,
    ) -> Option<Opened> {
        let path = name.known().map(|name| join(folder, name));
        if let Some(path) = &path
            && (self.opened.len() >= MAX_FILES || !self.opened.insert(format!("{kind:?} {path}")))
        {
            return None;
        }
        let found = path.and_then(|path| {
            let (id, file) = self.call.context.files.open(&path)?;
            Some(Opened { id, file, path })
        });
        let state = found
            .as_ref()
            .map_or(FileState::NotAtHand, |found| FileState::Read(found.id));
        let compiled = found
            .as_ref()
            .is_some_and(|found| is_compiled(found.file.text()));
        self.install.files.push(DependencyFile {
            path: name.clone(),
            kind,
            state,
            compiled,
        });
        found
    }

    /// Opens a file that the command reads where it is there.
    pub(crate) fn open_if_there(
        &mut self,
        name: &Text,
        folder: &str,
        kind: DependencyFileKind,
    ) -> Option<Opened> {
        let path = join(folder, name.known()?);
        self.call.context.files.open(&path)?;
        self.open(name, folder, kind)
    }

    /// Sets the first index.
    pub(crate) fn primary(&mut self, url: &Text, by: &str) {
        self.install.indexes.unknown |= url.has_hole();
        self.install.indexes.primary = index(url, by);
    }

    /// Adds an index.
    pub(crate) fn extra(&mut self, url: &Text, by: &str) {
        self.install.indexes.unknown |= url.has_hole();
        self.install.indexes.extra.extend(index(url, by));
    }

    /// Adds a page or folder of links.
    pub(crate) fn find_links(&mut self, url: &Text, by: &str) {
        self.install.indexes.unknown |= url.has_hole();
        self.install.indexes.find_links.extend(index(url, by));
    }

    /// The text of a variable that gives an index; an unknown one makes the indexes unknown.
    pub(crate) fn index_variable(&mut self, name: &str) -> Option<Text> {
        match self.call.variable(name) {
            Variable::Unset => None,
            Variable::Unknown => {
                self.install.indexes.unknown = true;
                None
            }
            Variable::Known(text) => Some(text),
        }
    }

    /// A whole word is unknown: it may be packages, options or nothing.
    pub(crate) fn unknown_word(&mut self) {
        self.install.incomplete = true;
        self.install.indexes.unknown = true;
    }
}

fn index(url: &Text, by: &str) -> Option<IndexUrl> {
    let range = crate::words::options::trim(url.as_str(), url.all());
    (!range.is_empty()).then(|| IndexUrl {
        url: url.slice(range),
        by: by.to_owned(),
    })
}

/// A file name that the command implies, for messages about it.
pub(crate) fn implied(name: &str, by: &Text) -> Text {
    let mut text = Text::empty(by.at());
    text.push(name, None);
    text
}

/// `name` as seen from a file in `folder`.
pub(crate) fn join(folder: &str, name: &str) -> String {
    let name = name.strip_prefix("file://").unwrap_or(name);
    let name = name.strip_prefix("./").unwrap_or(name);
    if folder.is_empty() || name.starts_with('/') || name.contains("://") {
        name.to_owned()
    } else {
        format!("{}/{name}", folder.trim_end_matches('/'))
    }
}

/// The folder of a path, empty for a bare name.
pub(crate) fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => "",
    }
}

/// Whether a list was compiled by pip-compile or uv, as its first lines say.
fn is_compiled(text: &str) -> bool {
    let mut head = text
        .lines()
        .take_while(|line| line.starts_with('#'))
        .take(8);
    head.any(|line| line.contains("autogenerated by"))
}
