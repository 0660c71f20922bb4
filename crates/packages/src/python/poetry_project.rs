//! Poetry's tables in pyproject.toml, and poetry.lock.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifiers};
use source::FileId;

use crate::action::{IndexUrl, Requirement, RequirementOrigin, VersionSpec};
use crate::files::toml::{Document, Node};
use crate::marker::{self, Target};
use crate::python::builder::Builder;
use crate::python::pyproject::{Selection, unknown_index};
use crate::python::requirement::{self, read_extras};
use crate::python::version::normalize;
use crate::text::{HOLE, Text};

/// `[tool.poetry.dependencies]` as a build of the project sees them: without sources.
pub(crate) fn main_requirements(
    root: &Node<'_>,
    origin: &RequirementOrigin,
    extras: &[String],
) -> Vec<Requirement> {
    let selection = Selection {
        main: true,
        extras: extras.to_vec(),
        ..Selection::default()
    };
    requirements(root, origin, &selection, &HashMap::new())
}

/// Dependencies and groups of `[tool.poetry]`.
pub(crate) fn requirements(
    root: &Node<'_>,
    origin: &RequirementOrigin,
    selection: &Selection,
    sources: &HashMap<String, Text>,
) -> Vec<Requirement> {
    let Some(poetry) = root.path(&["tool", "poetry"]) else {
        return Vec::new();
    };
    let mut optional: HashSet<String> = HashSet::new();
    for (extra, list) in poetry
        .get("extras")
        .map(|extras| extras.entries())
        .unwrap_or_default()
    {
        if selection.has_extra(&normalize(extra.as_str())) {
            optional.extend(list.items().iter().filter_map(Node::str).map(|name| {
                let end = requirement::name_length(name).unwrap_or(name.len());
                normalize(&name[..end])
            }));
        }
    }
    let mut reader = Reader {
        origin,
        optional,
        sources,
        found: Vec::new(),
    };
    if selection.main {
        reader.table(poetry.get("dependencies").as_ref());
    }
    if selection.has_group("dev") {
        reader.table(poetry.get("dev-dependencies").as_ref());
    }
    for (name, group) in poetry
        .get("group")
        .map(|groups| groups.entries())
        .unwrap_or_default()
    {
        if selection.has_group(&normalize(name.as_str())) {
            reader.table(group.get("dependencies").as_ref());
        }
    }
    reader.found
}

/// Groups that are installed without being asked for: all that are not optional.
pub(crate) fn default_groups(root: &Node<'_>) -> Vec<String> {
    let mut groups = vec!["dev".to_owned()];
    let tables = root
        .path(&["tool", "poetry", "group"])
        .map(|groups| groups.entries())
        .unwrap_or_default();
    for (name, group) in tables {
        let name = normalize(name.as_str());
        if group.is_true("optional") {
            groups.retain(|group| *group != name);
        } else {
            groups.push(name);
        }
    }
    groups.extend(
        root.get("dependency-groups")
            .map(|groups| groups.entries())
            .unwrap_or_default()
            .iter()
            .map(|(name, _)| normalize(name.as_str())),
    );
    groups
}

struct Reader<'r> {
    origin: &'r RequirementOrigin,
    /// Optional packages that a chosen extra asks for.
    optional: HashSet<String>,
    sources: &'r HashMap<String, Text>,
    found: Vec<Requirement>,
}

impl Reader<'_> {
    fn table(&mut self, table: Option<&Node<'_>>) {
        for (name, value) in table.map(Node::entries).unwrap_or_default() {
            if name.as_str().eq_ignore_ascii_case("python") {
                continue;
            }
            for item in value.items() {
                self.dependency(&name, &item);
            }
        }
    }

    fn dependency(&mut self, name: &Text, value: &Node<'_>) {
        let normal = normalize(name.as_str());
        if value.is_true("optional") && !self.optional.contains(&normal) {
            return;
        }
        if value
            .str_of("platform")
            .is_some_and(|platform| !platform.contains("linux"))
        {
            return;
        }
        let mut requirement = Requirement {
            name: normal,
            name_at: name.at(),
            extras: read_extras(
                &value
                    .items_of("extras")
                    .iter()
                    .filter_map(Node::str)
                    .collect::<Vec<_>>()
                    .join(","),
            ),
            version: VersionSpec::Any,
            marker: value.text_of("markers"),
            url: ["url", "git", "path", "file"]
                .iter()
                .find_map(|key| value.text_of(key)),
            text: name.clone(),
            origin: self.origin.clone(),
            index: None,
        };
        if let Some(version) = value.text().or_else(|| value.text_of("version")) {
            requirement.version = read_version(&version);
        }
        if let Some(source) = value.str_of("source") {
            requirement.index = Some(index(&requirement, self.sources, source));
        }
        self.found.push(requirement);
    }
}

/// The index that a source name stands for.
pub(crate) fn index(
    requirement: &Requirement,
    sources: &HashMap<String, Text>,
    name: &str,
) -> IndexUrl {
    sources.get(&name.to_ascii_lowercase()).map_or_else(
        || unknown_index(requirement, "pyproject.toml"),
        |url| IndexUrl {
            url: url.clone(),
            by: "pyproject.toml".to_owned(),
        },
    )
}

/// `[[tool.poetry.source]]`: those that hold for every package go to the builder; all are returned by name.
pub(crate) fn sources(root: &Node<'_>, builder: &mut Builder<'_>) -> HashMap<String, Text> {
    let mut names = HashMap::new();
    for source in root
        .path(&["tool", "poetry"])
        .map(|poetry| poetry.items_of("source"))
        .unwrap_or_default()
    {
        let (Some(name), Some(url)) = (source.str_of("name"), source.text_of("url")) else {
            continue;
        };
        let priority = source
            .str_of("priority")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if source.is_true("default") || priority == "default" {
            builder.primary(&url, "pyproject.toml");
        } else if priority != "explicit" {
            builder.extra(&url, "pyproject.toml");
        }
        names.insert(name.to_ascii_lowercase(), url);
    }
    names
}

/// Poetry's [version constraints](https://python-poetry.org/docs/dependency-specification/): `^2.1`, `~2.1`,
/// `2.1.*`, `2.1` (exactly), `>=2,<3`.
pub(crate) fn read_version(text: &Text) -> VersionSpec {
    let spec = text.as_str().trim();
    if matches!(spec, "" | "*" | "latest") {
        return VersionSpec::Any;
    }
    if spec.contains([HOLE, '|']) {
        return VersionSpec::Unknown;
    }
    let range = crate::words::options::trim(text.as_str(), text.all());
    if spec.starts_with(|c: char| c.is_ascii_digit()) && !spec.contains(['*', ',', ' ', '<', '>']) {
        return Version::from_str(spec).map_or(VersionSpec::Unknown, |version| {
            VersionSpec::Exact {
                version,
                text: text.slice(range),
            }
        });
    }
    if spec.starts_with("==") && !spec.contains(['*', ',']) {
        return requirement::read_specifiers(text, range);
    }
    let parts: Option<Vec<String>> = spec
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(one_constraint)
        .collect();
    match parts.and_then(|parts| VersionSpecifiers::from_str(&parts.join(",")).ok()) {
        Some(specifiers) => VersionSpec::Range {
            specifiers,
            text: text.slice(range),
        },
        None => VersionSpec::Unknown,
    }
}

fn one_constraint(part: &str) -> Option<String> {
    let numbers = |text: &str| -> Option<Vec<u64>> {
        let release = text
            .split(|c: char| c.is_ascii_alphabetic() || c == '+' || c == '-')
            .next()?;
        release
            .trim_end_matches('.')
            .split('.')
            .map(|number| number.parse().ok())
            .collect()
    };
    let below = |release: &[u64], keep: usize| -> Option<String> {
        let mut upper: Vec<u64> = release.iter().take(keep).copied().collect();
        upper.resize(keep, 0);
        *upper.last_mut()? = upper.last()?.checked_add(1)?;
        Some(
            upper
                .iter()
                .map(u64::to_string)
                .collect::<Vec<_>>()
                .join("."),
        )
    };
    // PEP 440 compares ranges without the local part.
    let public = |version: &str| version.split('+').next().unwrap_or(version).to_owned();
    if let Some(version) = part.strip_prefix('^') {
        let version = version.trim();
        let release = numbers(version)?;
        // The first number that is not zero may not change.
        let keep = release
            .iter()
            .position(|&number| number != 0)
            .map_or(release.len(), |at| at + 1);
        return Some(format!(">={},<{}", public(version), below(&release, keep)?));
    }
    if let Some(version) = part.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        let version = version.trim();
        let release = numbers(version)?;
        return Some(format!(
            ">={},<{}",
            public(version),
            below(&release, release.len().min(2))?
        ));
    }
    if part.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("=={part}"));
    }
    Some(part.to_owned())
}

/// A package has no more entries than this in a lock file that Poetry wrote.
const MAX_ENTRIES: usize = 64;

/// What poetry.lock pins of what the project asks for. `None` for `roots` takes all packages that are not optional.
pub(crate) fn locked(
    id: FileId,
    document: &Document<'_>,
    roots: Option<&[Requirement]>,
    target: &Target<'_>,
) -> Vec<Requirement> {
    let root = document.root();
    let packages = root.items_of("package");
    let applies = |marker: Option<&str>| {
        marker.is_none_or(|marker| marker::applies(marker, target) != Some(false))
    };
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, package) in packages.iter().enumerate() {
        if let Some(name) = package
            .str_of("name")
            .filter(|_| applies(package.str_of("markers")))
        {
            by_name.entry(normalize(name)).or_default().push(index);
        }
    }
    let mut reached: HashMap<usize, HashSet<String>> = HashMap::new();
    let mut todo: Vec<(String, Vec<String>)> = match roots {
        Some(roots) => roots
            .iter()
            .map(|root| (root.name.clone(), root.extras.clone()))
            .collect(),
        None => packages
            .iter()
            .filter(|package| !package.is_true("optional") && in_main_group(package))
            .filter_map(|package| Some((normalize(package.str_of("name")?), Vec::new())))
            .collect(),
    };
    while let Some((name, extras)) = todo.pop() {
        for &index in by_name.get(&name).into_iter().flatten().take(MAX_ENTRIES) {
            let package = &packages[index];
            if let Entry::Vacant(entry) = reached.entry(index) {
                entry.insert(HashSet::new());
                todo.extend(dependencies(package, &applies, None));
            }
            for extra in &extras {
                if reached.entry(index).or_default().insert(extra.clone()) {
                    todo.extend(dependencies(package, &applies, Some(extra)));
                }
            }
        }
    }
    let mut indexes: Vec<usize> = reached.keys().copied().collect();
    indexes.sort_unstable();
    let mut found: Vec<Requirement> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for index in indexes {
        let Some(mut requirement) = read_locked(id, &packages[index]) else {
            continue;
        };
        requirement.extras = reached
            .remove(&index)
            .unwrap_or_default()
            .into_iter()
            .collect();
        requirement.extras.sort();
        if let Some(&first) = seen.get(&requirement.name) {
            // Several versions for different interpreters or machines: which one is not known.
            let first = &mut found[first];
            first.version = VersionSpec::Unknown;
            first.url = None;
            first.index = Some(unknown_index(first, "poetry.lock"));
            continue;
        }
        seen.insert(requirement.name.clone(), found.len());
        found.push(requirement);
    }
    found
}

fn in_main_group(package: &Node<'_>) -> bool {
    let groups = package.items_of("groups");
    groups.is_empty() || groups.iter().any(|group| group.str() == Some("main"))
}

/// What a package brings along, always or for one extra.
fn dependencies(
    package: &Node<'_>,
    applies: &dyn Fn(Option<&str>) -> bool,
    extra: Option<&str>,
) -> Vec<(String, Vec<String>)> {
    let of_extra: Option<HashSet<String>> = extra.map(|extra| {
        let lists = package
            .get("extras")
            .map(|extras| extras.entries())
            .unwrap_or_default();
        lists
            .iter()
            .filter(|(name, _)| normalize(name.as_str()) == extra)
            .flat_map(|(_, list)| list.items())
            .filter_map(|item| {
                let text = item.str()?;
                Some(normalize(&text[..requirement::name_length(text)?]))
            })
            .collect()
    });
    let mut found = Vec::new();
    for (name, value) in package
        .get("dependencies")
        .map(|table| table.entries())
        .unwrap_or_default()
    {
        let name = normalize(name.as_str());
        for item in value.items() {
            let wanted = match &of_extra {
                Some(names) => item.is_true("optional") && names.contains(&name),
                None => !item.is_true("optional"),
            };
            // Markers of optional dependencies name the extra that asks for them.
            if wanted && (of_extra.is_some() || applies(item.str_of("markers"))) {
                let extras = item
                    .items_of("extras")
                    .iter()
                    .filter_map(|extra| extra.str().map(normalize))
                    .collect();
                found.push((name.clone(), extras));
            }
        }
    }
    found
}

fn read_locked(id: FileId, package: &Node<'_>) -> Option<Requirement> {
    let name = package.text_of("name")?;
    let version = package.text_of("version").map_or(VersionSpec::Any, |text| {
        Version::from_str(text.as_str()).map_or(VersionSpec::Unknown, |version| {
            VersionSpec::Exact { version, text }
        })
    });
    let source = package.get("source");
    let url = source.as_ref().and_then(|source| source.text_of("url"));
    let is_index = source
        .as_ref()
        .is_none_or(|source| source.str_of("type") == Some("legacy"));
    let by = "poetry.lock".to_owned();
    let index = match (&url, is_index) {
        (Some(url), true) => Some(IndexUrl {
            url: url.clone(),
            by,
        }),
        // Poetry leaves PyPI out.
        (None, true) => {
            let mut url = Text::empty(name.at());
            url.push("https://pypi.org/simple", None);
            Some(IndexUrl { url, by })
        }
        (_, false) => None,
    };
    Some(Requirement {
        name: normalize(name.as_str()),
        name_at: name.at(),
        extras: Vec::new(),
        version,
        marker: None,
        url: url.filter(|_| !is_index),
        text: name,
        origin: RequirementOrigin::Lock { file: id },
        index,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;

    #[test]
    fn version_constraints_of_poetry() {
        for (given, read) in [
            ("*", "any"),
            ("2.1.0", "exactly 2.1.0"),
            ("==2.1.0+cu118", "exactly 2.1.0+cu118"),
            ("^2.1", ">=2.1, <3"),
            ("^2.2.0+cu121", ">=2.2.0, <3"),
            ("^0.2.3", ">=0.2.3, <0.3"),
            ("^0.0.3", ">=0.0.3, <0.0.4"),
            ("^0", ">=0, <1"),
            ("~2.1.3", ">=2.1.3, <2.2"),
            ("~2", ">=2, <3"),
            ("~=2.1", "~=2.1"),
            ("2.1.*", "==2.1.*"),
            (">=2.1, <3", ">=2.1, <3"),
            ("^2.0 || ^3.0", "unknown"),
            ("$", "unknown"),
            ("^x", "unknown"),
        ] {
            let shown = match read_version(&text(given)) {
                VersionSpec::Any => "any".to_owned(),
                VersionSpec::Exact { version, .. } => format!("exactly {version}"),
                VersionSpec::Range { specifiers, .. } => specifiers.to_string(),
                VersionSpec::Unknown => "unknown".to_owned(),
            };
            assert_eq!(shown, read, "{given}");
        }
    }
}
