//! An installation of Python packages while its command line and files are read.

use std::collections::HashSet;
use std::sync::Arc;

use source::{FileId, Location, SourceFile};

use super::marker::{Target, marker_applies};
use super::requirement::{self, Project, Wanted};
use super::{Call, PackageOf, Variable};
use crate::derive::action::{
    DependencyFile, DependencyFileKind, FileState, IndexUrl, Indexes, NoBuildIsolation,
    PythonInstall, PythonTool, Requirement, RequirementOrigin,
};
use crate::derive::text::Text;

/// Files that one command may pull in through `-r`; far more than people write.
const MAX_FILES: usize = 256;

/// Collects what one command installs.
pub(super) struct Builder<'c> {
    pub call: &'c Call<'c>,
    pub install: PythonInstall,
    opened: HashSet<String>,
}

/// A file that was opened.
pub(super) struct Opened {
    pub id: FileId,
    pub file: Arc<SourceFile>,
    /// As it was opened, for files named relative to it.
    pub path: String,
}

impl<'c> Builder<'c> {
    /// Nothing installed yet.
    pub(super) fn new(call: &'c Call<'c>, tool: PythonTool, options_at: Location) -> Self {
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
    pub(super) fn want(&mut self, text: &Text, origin: &RequirementOrigin) {
        self.take(requirement::read(text, origin, self.package_of()));
    }

    /// The value of `-e`.
    pub(super) fn want_editable(&mut self, text: &Text, origin: &RequirementOrigin) {
        self.take(requirement::read_editable(text, origin, self.package_of()));
    }

    /// Names the packages of repositories.
    pub(super) fn package_of(&self) -> PackageOf {
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
    pub(super) fn require(&mut self, requirement: Requirement) {
        if !self.applies(requirement.marker.as_ref()) {
            return;
        }
        self.install.incomplete |= requirement.name.is_empty();
        self.install.requirements.push(requirement);
    }

    /// Whether a marker lets a requirement through; what is not known does.
    pub(super) fn applies(&self, marker: Option<&Text>) -> bool {
        let target = Target {
            python: self.install.python_version(),
            ..Target::default()
        };
        marker.is_none_or(|marker| marker_applies(marker.as_str(), &target) != Some(false))
    }

    /// A local project, with the dependencies that its pyproject.toml lists.
    pub(super) fn project(&mut self, project: &Project) {
        self.install.projects.push(project.path.clone());
        if !self.install.no_deps {
            super::project::read(self, project);
        }
    }

    /// A line of a constraints file.
    pub(super) fn constrain(&mut self, text: &Text, origin: &RequirementOrigin) {
        if let Wanted::Package(requirement) = requirement::read(text, origin, self.package_of())
            && self.applies(requirement.marker.as_ref())
        {
            self.install.constraints.push(*requirement);
        }
    }

    /// Opens a file that the command names and notes what became of it. `None` also when it was read before.
    pub(super) fn open(
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
        self.install.files.push(DependencyFile {
            path: name.clone(),
            kind,
            state,
        });
        found
    }

    /// Opens a file that the command reads where it is there.
    pub(super) fn open_if_there(
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
    pub(super) fn primary(&mut self, url: &Text, by: &str) {
        self.install.indexes.unknown |= url.has_hole();
        self.install.indexes.primary = index(url, by);
    }

    /// Adds an index.
    pub(super) fn extra(&mut self, url: &Text, by: &str) {
        self.install.indexes.unknown |= url.has_hole();
        self.install.indexes.extra.extend(index(url, by));
    }

    /// Adds a page or folder of links.
    pub(super) fn find_links(&mut self, url: &Text, by: &str) {
        self.install.indexes.unknown |= url.has_hole();
        self.install.indexes.find_links.extend(index(url, by));
    }

    /// The text of a variable that gives an index; an unknown one makes the indexes unknown.
    pub(super) fn index_variable(&mut self, name: &str) -> Option<Text> {
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
    pub(super) fn unknown_word(&mut self) {
        self.install.incomplete = true;
        self.install.indexes.unknown = true;
    }
}

fn index(url: &Text, by: &str) -> Option<IndexUrl> {
    let range = super::options::trim(url.as_str(), url.all());
    (!range.is_empty()).then(|| IndexUrl {
        url: url.slice(range),
        by: by.to_owned(),
    })
}

/// A file name that the command implies, for messages about it.
pub(super) fn implied(name: &str, by: &Text) -> Text {
    let mut text = Text::empty(by.at());
    text.push(name, None);
    text
}

/// `name` as seen from a file in `folder`.
pub(super) fn join(folder: &str, name: &str) -> String {
    let name = name.strip_prefix("file://").unwrap_or(name);
    let name = name.strip_prefix("./").unwrap_or(name);
    if folder.is_empty() || name.starts_with('/') || name.contains("://") {
        name.to_owned()
    } else {
        format!("{}/{name}", folder.trim_end_matches('/'))
    }
}

/// The folder of a path, empty for a bare name.
pub(super) fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => "",
    }
}
