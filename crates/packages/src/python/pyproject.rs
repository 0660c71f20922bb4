//! pyproject.toml: [PEP 621](https://peps.python.org/pep-0621/) dependencies, extras,
//! [dependency groups](https://peps.python.org/pep-0735/), and where uv takes packages from.

use std::collections::HashMap;

use crate::action::{IndexUrl, NoBuildIsolation, Requirement, RequirementOrigin};
use crate::call::PackageOf;
use crate::files::toml::{Document, Node};
use crate::marker::{self, Target};
use crate::python::builder::{Builder, Opened};
use crate::python::requirement::{self, Wanted};
use crate::python::version::normalize;
use crate::text::{HOLE, Text};

/// What an installation takes from a project.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// The project's own dependencies.
    pub main: bool,
    /// Extras by normalised name.
    pub extras: Vec<String>,
    /// All extras.
    pub all_extras: bool,
    /// Dependency groups by normalised name.
    pub groups: Vec<String>,
    /// All dependency groups.
    pub all_groups: bool,
    /// Groups that are left out.
    pub without: Vec<String>,
}

impl Selection {
    /// Whether an extra is asked for.
    pub(crate) fn has_extra(&self, name: &str) -> bool {
        self.all_extras || self.extras.iter().any(|extra| extra == name)
    }

    /// Whether a group is asked for.
    pub(crate) fn has_group(&self, name: &str) -> bool {
        !self.without.iter().any(|group| group == name)
            && (self.all_groups || self.groups.iter().any(|group| group == name))
    }
}

/// Groups including groups beyond this are not followed.
const MAX_DEPTH: u32 = 16;

/// The standard tables of a project: dependencies, chosen extras, chosen groups.
pub(crate) fn requirements(
    root: &Node<'_>,
    opened: &Opened,
    selection: &Selection,
    package_of: PackageOf,
) -> Found {
    let extras = lists(root.path(&["project", "optional-dependencies"]));
    let groups = lists(root.get("dependency-groups"));
    let named = |lists: &[(String, Node<'_>)]| {
        lists
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    let (extra_names, group_names) = (named(&extras), named(&groups));
    let mut reader = Reader {
        origin: RequirementOrigin::File { file: opened.id },
        package_of,
        name: root
            .path(&["project", "name"])
            .and_then(|name| name.str())
            .map(normalize),
        extras: extras.into_iter().collect(),
        groups: groups.into_iter().collect(),
        found: Found::default(),
    };
    if selection.main {
        if let Some(list) = root.path(&["project", "dependencies"]) {
            reader.list(&list, 0);
        }
        reader.found.dynamic = root.path(&["project", "dynamic"]).is_some_and(|dynamic| {
            dynamic
                .items()
                .iter()
                .any(|item| item.str() == Some("dependencies"))
        });
    }
    for name in extra_names.iter().filter(|name| selection.has_extra(name)) {
        reader.extra(name, 0);
    }
    for name in group_names.iter().filter(|name| selection.has_group(name)) {
        reader.group(name, 0);
    }
    reader.found
}

/// Named lists of requirements in the order of the file.
fn lists(table: Option<Node<'_>>) -> Vec<(String, Node<'_>)> {
    let entries = table.map(|table| table.entries()).unwrap_or_default();
    entries
        .into_iter()
        .map(|(name, list)| (normalize(name.as_str()), list))
        .collect()
}

/// What the standard tables ask for.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of the file.
    pub requirements: Vec<Requirement>,
    /// Something is asked for that cannot be read.
    pub incomplete: bool,
    /// The dependencies are computed when the project is built.
    pub dynamic: bool,
}

struct Reader<'d> {
    origin: RequirementOrigin,
    package_of: PackageOf,
    name: Option<String>,
    /// Extras and groups that are still to be read; each is read once.
    extras: HashMap<String, Node<'d>>,
    groups: HashMap<String, Node<'d>>,
    found: Found,
}

impl Reader<'_> {
    fn list(&mut self, list: &Node<'_>, depth: u32) {
        for item in list.items() {
            if let Some(included) = item.str_of("include-group") {
                self.group(&normalize(included), depth + 1);
            } else if let Some(text) = item.text() {
                self.add(&text, depth);
            }
        }
    }

    fn add(&mut self, text: &Text, depth: u32) {
        match requirement::read(text, &self.origin, self.package_of) {
            Wanted::Package(requirement) if self.name.as_deref() == Some(&requirement.name) => {
                // `project[extra]` within the project's own extras.
                for extra in &requirement.extras {
                    self.extra(extra, depth + 1);
                }
            }
            Wanted::Package(requirement) => self.found.requirements.push(*requirement),
            Wanted::Project(_) | Wanted::Unknown => self.found.incomplete = true,
        }
    }

    fn extra(&mut self, name: &str, depth: u32) {
        if depth <= MAX_DEPTH
            && let Some(list) = self.extras.remove(name)
        {
            self.list(&list, depth);
        }
    }

    fn group(&mut self, name: &str, depth: u32) {
        if depth <= MAX_DEPTH
            && let Some(list) = self.groups.remove(name)
        {
            self.list(&list, depth);
        }
    }
}

/// uv's settings in `pyproject.toml` (`[tool.uv]`) or `uv.toml` (the root).
pub(crate) struct UvSettings<'d> {
    settings: Option<Node<'d>>,
    /// Addresses of named indexes.
    names: HashMap<String, Text>,
    by: &'static str,
}

impl<'d> UvSettings<'d> {
    /// Of a pyproject.toml.
    pub(crate) fn of_project(document: &'d Document<'_>) -> Self {
        Self::new(document.root().path(&["tool", "uv"]), "pyproject.toml")
    }

    /// Of a uv.toml.
    pub(crate) fn of_file(document: &'d Document<'_>) -> Self {
        Self::new(Some(document.root()), "uv.toml")
    }

    fn new(settings: Option<Node<'d>>, by: &'static str) -> Self {
        let mut names = HashMap::new();
        for index in settings
            .iter()
            .flat_map(|settings| settings.items_of("index"))
        {
            if let (Some(name), Some(url)) = (index.str_of("name"), index.text_of("url")) {
                names.entry(name.to_owned()).or_insert(url);
            }
        }
        Self {
            settings,
            names,
            by,
        }
    }

    /// Adds what the command line and the environment did not say. `pip` asks for `[tool.uv.pip]` too.
    pub(crate) fn apply(&self, builder: &mut Builder<'_>, pip: bool) {
        let Some(settings) = &self.settings else {
            return;
        };
        for index in settings.items_of("index") {
            let Some(url) = index.text_of("url") else {
                continue;
            };
            if index.is_true("explicit") {
                continue;
            }
            if index.is_true("default") {
                self.primary(builder, &url);
            } else if index.str_of("format") == Some("flat") {
                builder.find_links(&url, self.by);
            } else {
                builder.extra(&url, self.by);
            }
        }
        let pip_settings = settings.get("pip").filter(|_| pip);
        for table in pip_settings.iter().chain(std::iter::once(settings)) {
            self.plain(builder, table);
        }
        if builder.install.indexes.torch_backend.is_none() {
            builder.install.indexes.torch_backend = pip_settings
                .as_ref()
                .and_then(|table| table.text_of("torch-backend"));
        }
    }

    fn primary(&self, builder: &mut Builder<'_>, url: &Text) {
        if builder.install.indexes.primary.is_none() {
            builder.primary(url, self.by);
        }
    }

    fn plain(&self, builder: &mut Builder<'_>, table: &Node<'_>) {
        if let Some(url) = table.text_of("index-url") {
            self.primary(builder, &url);
        }
        for url in table.texts_of("extra-index-url") {
            builder.extra(&url, self.by);
        }
        for url in table.texts_of("find-links") {
            builder.find_links(&url, self.by);
        }
        let install = &mut builder.install;
        install.no_index |= table.is_true("no-index");
        install.no_deps |= table.is_true("no-deps");
        install.pre |= table.str_of("prerelease") == Some("allow");
        if table.is_true("no-build-isolation") {
            install.no_build_isolation = NoBuildIsolation::All;
        }
        let packages: Vec<String> = table
            .items_of("no-build-isolation-package")
            .iter()
            .filter_map(|item| item.str().map(normalize))
            .collect();
        match &mut install.no_build_isolation {
            NoBuildIsolation::All => {}
            NoBuildIsolation::Packages(known) => known.extend(packages),
            NoBuildIsolation::No if packages.is_empty() => {}
            none @ NoBuildIsolation::No => *none = NoBuildIsolation::Packages(packages),
        }
    }

    /// Groups that `uv sync` installs without being asked.
    pub(crate) fn default_groups(&self) -> Vec<String> {
        let groups = self
            .settings
            .as_ref()
            .and_then(|settings| settings.get("default-groups"));
        match groups {
            // `default-groups = "all"`.
            Some(groups) if groups.str() == Some("all") => vec!["*".to_owned()],
            Some(groups) => groups
                .items()
                .iter()
                .filter_map(|item| item.str().map(normalize))
                .collect(),
            None => vec!["dev".to_owned()],
        }
    }

    /// `[tool.uv] dev-dependencies`, the older spelling of the `dev` group.
    pub(crate) fn dev_dependencies(
        &self,
        origin: &RequirementOrigin,
        package_of: PackageOf,
    ) -> Vec<Requirement> {
        self.listed("dev-dependencies", origin, package_of)
    }

    /// Versions that hold for whatever is installed.
    pub(crate) fn constraints(
        &self,
        origin: &RequirementOrigin,
        package_of: PackageOf,
    ) -> Vec<Requirement> {
        let mut found = self.listed("constraint-dependencies", origin, package_of);
        found.extend(self.listed("override-dependencies", origin, package_of));
        found
    }

    fn listed(
        &self,
        key: &str,
        origin: &RequirementOrigin,
        package_of: PackageOf,
    ) -> Vec<Requirement> {
        let items = self
            .settings
            .as_ref()
            .map(|settings| settings.texts_of(key))
            .unwrap_or_default();
        items
            .iter()
            .filter_map(|text| match requirement::read(text, origin, package_of) {
                Wanted::Package(requirement) => Some(*requirement),
                _ => None,
            })
            .collect()
    }

    /// Says where `[tool.uv.sources]` takes the requirements from.
    pub(crate) fn place(
        &self,
        requirements: &mut [Requirement],
        selection: &Selection,
        target: &Target<'_>,
    ) {
        let Some(sources) = self
            .settings
            .as_ref()
            .and_then(|settings| settings.get("sources"))
        else {
            return;
        };
        let sources: HashMap<String, Node<'_>> = sources
            .entries()
            .into_iter()
            .map(|(name, source)| (normalize(name.as_str()), source))
            .collect();
        for requirement in requirements {
            if let Some(source) = sources.get(&requirement.name) {
                self.place_one(requirement, source, selection, target);
            }
        }
    }

    fn place_one(
        &self,
        requirement: &mut Requirement,
        source: &Node<'_>,
        selection: &Selection,
        target: &Target<'_>,
    ) {
        let mut unsure = false;
        for item in source.items() {
            let chosen = item
                .str_of("extra")
                .is_none_or(|extra| selection.has_extra(&normalize(extra)))
                && item
                    .str_of("group")
                    .is_none_or(|group| selection.has_group(&normalize(group)));
            let applies = item
                .str_of("marker")
                .map_or(Some(true), |marker| marker::applies(marker, target));
            match applies {
                Some(true) if chosen && !unsure => {
                    self.take_from(requirement, &item);
                    return;
                }
                Some(false) => {}
                _ => unsure |= chosen,
            }
        }
        if unsure {
            requirement.index = Some(self.unknown_index(requirement));
        }
    }

    fn take_from(&self, requirement: &mut Requirement, source: &Node<'_>) {
        if let Some(name) = source.str_of("index") {
            let known = self.names.get(name).map(|url| IndexUrl {
                url: url.clone(),
                by: self.by.to_owned(),
            });
            requirement.index = Some(known.unwrap_or_else(|| self.unknown_index(requirement)));
        } else if let Some(url) = ["url", "git", "path"]
            .iter()
            .find_map(|key| source.text_of(key))
        {
            requirement.url = Some(url);
        } else if source.is_true("workspace") {
            requirement.url = Some(requirement.text.clone());
        }
    }

    fn unknown_index(&self, requirement: &Requirement) -> IndexUrl {
        unknown_index(requirement, self.by)
    }
}

/// An index that holds for one requirement, but is not known.
pub(crate) fn unknown_index(requirement: &Requirement, by: &str) -> IndexUrl {
    let mut url = Text::empty(requirement.name_at);
    url.push(HOLE.encode_utf8(&mut [0; 4]), None);
    IndexUrl {
        url,
        by: by.to_owned(),
    }
}
