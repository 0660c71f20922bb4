//! uv.lock: which of its packages an installation takes.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;

use pep440_rs::Version;
use source::FileId;

use crate::action::{IndexUrl, Requirement, RequirementOrigin, VersionSpec};
use crate::files::toml::{Document, Node};
use crate::marker::{self, Target};
use crate::python::pyproject::{Selection, unknown_index};
use crate::python::version::normalize;

/// The packages that `uv sync` with this selection installs, in the order of the file.
pub(crate) fn requirements(
    id: FileId,
    document: &Document<'_>,
    project: Option<&str>,
    selection: &Selection,
    target: &Target<'_>,
) -> Vec<Requirement> {
    let root = document.root();
    let packages = root.items_of("package");
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, package) in packages.iter().enumerate() {
        if let Some(name) = package.str_of("name") {
            by_name.entry(name).or_default().push(index);
        }
    }
    let members = members(&packages, project);
    let conflict_names = conflict_names(&members, &packages, selection);
    let target = Target {
        extras: Some(&conflict_names),
        ..*target
    };
    let mut walk = Walk {
        packages: &packages,
        by_name,
        target,
        reached: HashMap::new(),
        todo: Vec::new(),
    };
    for &member in &members {
        walk.member(member, selection);
    }
    walk.finish();
    let mut found = Vec::new();
    let mut indexes: Vec<usize> = walk.reached.keys().copied().collect();
    indexes.sort_unstable();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for index in indexes {
        let package = &packages[index];
        let Some(name) = package.str_of("name").filter(|_| !is_local(package)) else {
            continue;
        };
        let Some(mut requirement) = read(id, package) else {
            continue;
        };
        requirement.extras = walk
            .reached
            .remove(&index)
            .unwrap_or_default()
            .into_iter()
            .collect();
        requirement.extras.sort();
        if let Some(&first) = seen.get(name) {
            // Two entries remain for different machines or interpreters: which one is not known.
            blur(&mut found, first);
        } else {
            seen.insert(name, found.len());
            found.push(requirement);
        }
    }
    found
}

fn blur(found: &mut [Requirement], at: usize) {
    let Some(requirement) = found.get_mut(at) else {
        return;
    };
    requirement.version = VersionSpec::Unknown;
    requirement.url = None;
    requirement.index = Some(unknown_index(requirement, "uv.lock"));
}

/// The projects to install; all of a workspace that has none in its own folder.
fn members(packages: &[Node<'_>], project: Option<&str>) -> Vec<usize> {
    let fitting = |project: Option<&str>| -> Vec<usize> {
        (0..packages.len())
            .filter(|&index| is_member(&packages[index], project))
            .collect()
    };
    let found = fitting(project);
    if found.is_empty() {
        fitting(Some("*"))
    } else {
        found
    }
}

/// A project of the workspace: the one that is named, or the one in the folder of the lock file.
fn is_member(package: &Node<'_>, project: Option<&str>) -> bool {
    let Some(source) = package.get("source") else {
        return false;
    };
    let local = ["virtual", "editable"]
        .iter()
        .find_map(|key| source.str_of(key));
    match project {
        Some("*") => local.is_some(),
        Some(project) => {
            local.is_some()
                && package
                    .str_of("name")
                    .is_some_and(|name| normalize(name) == project)
        }
        None => local == Some("."),
    }
}

fn is_local(package: &Node<'_>) -> bool {
    package.get("source").is_some_and(|source| {
        ["virtual", "editable", "directory"]
            .iter()
            .any(|key| source.str_of(key).is_some())
    })
}

/// uv writes `extra == 'extra-4-demo-cu'` for the extra `cu` of the project `demo`.
fn conflict_names(members: &[usize], packages: &[Node<'_>], selection: &Selection) -> Vec<String> {
    let mut names = Vec::new();
    for package in members.iter().map(|&member| &packages[member]) {
        let Some(project) = package.str_of("name") else {
            continue;
        };
        for (kind, table) in [
            ("extra", "optional-dependencies"),
            ("group", "dev-dependencies"),
        ] {
            for (name, _) in package
                .get(table)
                .map(|table| table.entries())
                .unwrap_or_default()
            {
                let name = normalize(name.as_str());
                let chosen = if kind == "extra" {
                    selection.has_extra(&name)
                } else {
                    selection.has_group(&name)
                };
                if chosen {
                    names.push(format!("{kind}-{}-{project}-{name}", project.len()));
                }
            }
        }
    }
    names
}

/// A package has no more entries than this in a lock file that uv wrote.
const MAX_ENTRIES: usize = 64;

struct Walk<'n, 'd> {
    packages: &'n [Node<'d>],
    by_name: HashMap<&'n str, Vec<usize>>,
    target: Target<'n>,
    /// Packages with the extras that are asked of them.
    reached: HashMap<usize, HashSet<String>>,
    /// Packages, or one extra of them, whose dependencies are to be followed.
    todo: Vec<(usize, Option<String>)>,
}

impl<'d> Walk<'_, 'd> {
    fn member(&mut self, member: usize, selection: &Selection) {
        let package = self.packages[member].clone();
        self.reached.entry(member).or_default();
        if selection.main {
            self.dependencies(&package.items_of("dependencies"));
        }
        let tables = [("optional-dependencies", true), ("dev-dependencies", false)];
        for (table, extras) in tables {
            for (name, list) in package
                .get(table)
                .map(|table| table.entries())
                .unwrap_or_default()
            {
                let name = normalize(name.as_str());
                if if extras {
                    selection.has_extra(&name)
                } else {
                    selection.has_group(&name)
                } {
                    self.dependencies(&list.items());
                }
            }
        }
    }

    fn finish(&mut self) {
        while let Some((index, extra)) = self.todo.pop() {
            let package = self.packages[index].clone();
            match extra {
                None => self.dependencies(&package.items_of("dependencies")),
                Some(extra) => {
                    let extras = package
                        .get("optional-dependencies")
                        .map(|table| table.entries());
                    for (name, list) in extras.unwrap_or_default() {
                        if normalize(name.as_str()) == extra {
                            self.dependencies(&list.items());
                        }
                    }
                }
            }
        }
    }

    fn dependencies(&mut self, dependencies: &[Node<'d>]) {
        for dependency in dependencies {
            if let Some(marker) = dependency.str_of("marker")
                && marker::applies(marker, &self.target) == Some(false)
            {
                continue;
            }
            let Some(name) = dependency.str_of("name") else {
                continue;
            };
            let extras: Vec<String> = dependency
                .items_of("extra")
                .iter()
                .filter_map(|extra| extra.str().map(normalize))
                .collect();
            for index in self.candidates(name, dependency) {
                self.reach(index, &extras);
            }
        }
    }

    fn candidates(&self, name: &str, dependency: &Node<'_>) -> Vec<usize> {
        let version = dependency.str_of("version");
        let source = dependency
            .get("source")
            .and_then(|source| source.str_of("registry"));
        let fits = |index: &usize| {
            let package = &self.packages[*index];
            let registry = package
                .get("source")
                .and_then(|source| source.str_of("registry"));
            let markers = package.items_of("resolution-markers");
            version.is_none_or(|version| package.str_of("version") == Some(version))
                && source.is_none_or(|source| registry == Some(source))
                && (markers.is_empty()
                    || markers
                        .iter()
                        .filter_map(Node::str)
                        .any(|marker| marker::applies(marker, &self.target) != Some(false)))
        };
        self.by_name
            .get(name)
            .into_iter()
            .flatten()
            .take(MAX_ENTRIES)
            .copied()
            .filter(fits)
            .collect()
    }

    fn reach(&mut self, index: usize, extras: &[String]) {
        let known = match self.reached.entry(index) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                self.todo.push((index, None));
                new.insert(HashSet::new())
            }
        };
        for extra in extras {
            if known.insert(extra.clone()) {
                self.todo.push((index, Some(extra.clone())));
            }
        }
    }
}

fn read(id: FileId, package: &Node<'_>) -> Option<Requirement> {
    let name = package.text_of("name")?;
    let version = package.text_of("version").map_or(VersionSpec::Any, |text| {
        Version::from_str(text.as_str()).map_or(VersionSpec::Unknown, |version| {
            VersionSpec::Exact { version, text }
        })
    });
    let source = package.get("source");
    let of_source = |key: &str| source.as_ref().and_then(|source| source.text_of(key));
    let index = of_source("registry").map(|url| IndexUrl {
        url,
        by: "uv.lock".to_owned(),
    });
    Some(Requirement {
        name: normalize(name.as_str()),
        name_at: name.at(),
        extras: Vec::new(),
        version,
        marker: None,
        url: of_source("url")
            .or_else(|| of_source("git"))
            .or_else(|| of_source("path")),
        text: name,
        origin: RequirementOrigin::Lock { file: id },
        index,
    })
}
