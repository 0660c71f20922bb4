//! PDM: `pdm install`, `pdm sync`, `pdm add`, `pdm update`, `pdm run`.

use std::str::FromStr as _;

use pep440_rs::Version;

use crate::action::{
    Action, DependencyFileKind, IndexUrl, PythonTool, Requirement, RequirementOrigin, VersionSpec,
};
use crate::call::{Call, PackageOf};
use crate::files::toml::{Document, Node};
use crate::glob;
use crate::marker::{self, Target};
use crate::python::builder::{Builder, implied};
use crate::python::pyproject::{self, Selection};
use crate::python::requirement::{self, Wanted};
use crate::python::version::normalize;
use crate::text::Text;
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, value};

const GLOBAL: &[Spec] = &[
    value(&["--config", "-c"]),
    flag(&["--verbose", "-v"]),
    flag(&["--quiet", "-q"]),
    flag(&["--help", "-h"]),
    flag(&["--version", "-V"]),
    flag(&["--no-cache", "-n"]),
    flag(&["--ignore-python", "-I"]),
];
const INSTALL: &[Spec] = &[
    value(&["--project", "-p"]),
    value(&["--lockfile", "-L"]),
    value(&["--group", "-G", "--with"]),
    value(&["--without"]),
    value(&["--venv"]),
    value(&["--skip", "-k"]),
    value(&["--override"]),
    value(&["--strategy", "-S"]),
    value(&["--config-setting", "-C"]),
    value(&["--editable", "-e"]),
    flag(&["--global", "-g"]),
    flag(&["--production", "-P", "--prod"]),
    flag(&["--dev", "-d"]),
    flag(&["--no-default"]),
    flag(&["--no-self"]),
    flag(&["--no-isolation"]),
    flag(&["--no-editable"]),
    flag(&["--frozen-lockfile", "--no-lock"]),
    flag(&["--dry-run"]),
    flag(&["--no-sync"]),
    flag(&["--prerelease", "--pre"]),
];

pub(crate) const PROGRAM: Grammar = Grammar {
    tables: &[GLOBAL],
    prefixes: true,
};
/// `pdm run`.
pub(crate) const RUNNING: Grammar = Grammar {
    tables: &[
        &[
            value(&["--project", "-p"]),
            value(&["--skip", "-k"]),
            value(&["--venv"]),
            value(&["--env"]),
            value(&["--env-file"]),
            value(&["--working-dir"]),
            flag(&["--list", "-l"]),
            flag(&["--json", "-j"]),
            flag(&["--global", "-g"]),
            flag(&["--site-packages", "-s"]),
            flag(&["--recreate"]),
        ],
        GLOBAL,
    ],
    prefixes: true,
};
const INSTALLING: Grammar = Grammar {
    tables: &[INSTALL, GLOBAL],
    prefixes: true,
};

/// What `pdm` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((_, verb, rest)) = options::subcommand(args, &PROGRAM) else {
        return Vec::new();
    };
    match verb.as_str() {
        "install" | "sync" | "update" | "add" => {
            vec![install(call, verb, &parse(rest, &INSTALLING))]
        }
        "remove" => vec![Action::PythonRemove(parse(rest, &INSTALLING).operands)],
        _ => Vec::new(),
    }
}

fn install(call: &Call<'_>, verb: &Text, line: &Line) -> Action {
    let mut builder = Builder::new(call, PythonTool::Pdm, options::after(verb));
    builder.install.dry_run = line.has("--dry-run") || line.has("--no-sync");
    builder.install.pre = line.has("--prerelease");
    builder.install.incomplete |= line.unknown;
    if line.has("--no-isolation") {
        builder.install.no_build_isolation = crate::action::NoBuildIsolation::All;
    }
    if verb.as_str() == "add" {
        for operand in &line.operands {
            builder.want(operand, &RequirementOrigin::Command);
        }
        for path in line.all("--editable") {
            builder.want_editable(path, &RequirementOrigin::Command);
        }
    }
    project(&mut builder, line, verb);
    Action::Python(builder.install)
}

fn project(builder: &mut Builder<'_>, line: &Line, verb: &Text) {
    let folder = line.last("--project").map_or("", Text::as_str);
    let names = |option: &str| -> Vec<String> {
        line.all(option)
            .flat_map(|list| list.as_str().split(','))
            .map(|name| normalize(name.trim()))
            .collect()
    };
    let mut selection = Selection {
        main: !line.has("--no-default"),
        extras: names("--group"),
        groups: names("--group"),
        without: names("--without"),
        ..Selection::default()
    };
    selection.all_groups =
        !line.has("--production") || selection.groups.iter().any(|group| group == "all");
    if verb.as_str() == "add" {
        // `-G` says where the requirement goes.
        selection = Selection {
            main: true,
            all_groups: true,
            ..Selection::default()
        };
    }
    let manifest = builder.open(
        &implied("pyproject.toml", verb),
        folder,
        DependencyFileKind::Pyproject,
    );
    let lock = match line.last("--lockfile") {
        Some(name) => builder.open(name, folder, DependencyFileKind::PdmLock),
        None if matches!(verb.as_str(), "install" | "sync") => builder.open_if_there(
            &implied("pdm.lock", verb),
            folder,
            DependencyFileKind::PdmLock,
        ),
        None => None,
    };
    let Some(opened) = &manifest else {
        return;
    };
    let document = Document::parse(opened.id, opened.file.text());
    let root = document.root();
    let sources = sources(builder, &root);
    if let Some(lock) = lock {
        let lock_document = Document::parse(lock.id, lock.file.text());
        let target = builder.target();
        let found = locked(
            &lock_document.root(),
            &RequirementOrigin::Lock { file: lock.id },
            &selection,
            &target,
        );
        builder.install.requirements.extend(found);
    } else {
        let mut found = pyproject::requirements(&root, opened, &selection, builder.package_of());
        dev_dependencies(
            &root,
            &RequirementOrigin::File { file: opened.id },
            &selection,
            builder.package_of(),
            &mut found.requirements,
        );
        builder.install.incomplete |= found.incomplete || found.dynamic;
        for requirement in found.requirements {
            builder.require(requirement);
        }
    }
    for requirement in &mut builder.install.requirements {
        let own = sources.iter().find(|(patterns, _)| {
            patterns
                .iter()
                .any(|pattern| glob::matches(pattern, &requirement.name))
        });
        if let (Some((_, index)), None) = (own, &requirement.index) {
            requirement.index = Some(index.clone());
        }
    }
    if !line.has("--no-self") && selection.main && root.get("build-system").is_some() {
        builder
            .install
            .projects
            .push(implied(if folder.is_empty() { "." } else { folder }, verb));
    }
}

/// A source has no more patterns than this, and a project no more such sources.
const MAX_PATTERNS: usize = 32;

/// `[[tool.pdm.source]]`. Returned: those that hold for some packages only, with their patterns.
fn sources(builder: &mut Builder<'_>, root: &Node<'_>) -> Vec<(Vec<String>, IndexUrl)> {
    let mut special = Vec::new();
    for source in root
        .path(&["tool", "pdm"])
        .map(|pdm| pdm.items_of("source"))
        .unwrap_or_default()
    {
        let Some(url) = source.text_of("url") else {
            continue;
        };
        let patterns: Vec<String> = source
            .items_of("include_packages")
            .iter()
            .take(MAX_PATTERNS)
            .filter_map(Node::str)
            .map(str::to_ascii_lowercase)
            .collect();
        if source.str_of("type") == Some("find_links") {
            builder.find_links(&url, "pyproject.toml");
        } else if source.str_of("name") == Some("pypi") {
            builder.primary(&url, "pyproject.toml");
        } else if patterns.is_empty() {
            builder.extra(&url, "pyproject.toml");
        } else {
            special.push((
                patterns,
                IndexUrl {
                    url,
                    by: "pyproject.toml".to_owned(),
                },
            ));
        }
    }
    special.truncate(MAX_PATTERNS);
    special
}

/// `[tool.pdm.dev-dependencies]`, older than dependency groups.
fn dev_dependencies(
    root: &Node<'_>,
    origin: &RequirementOrigin,
    selection: &Selection,
    package_of: PackageOf,
    into: &mut Vec<Requirement>,
) {
    let groups = root
        .path(&["tool", "pdm", "dev-dependencies"])
        .map(|groups| groups.entries())
        .unwrap_or_default();
    for (name, list) in groups {
        if !selection.has_group(&normalize(name.as_str())) {
            continue;
        }
        for text in list.items().iter().filter_map(Node::text) {
            if let Wanted::Package(requirement) = requirement::read(&text, origin, package_of) {
                into.push(*requirement);
            }
        }
    }
}

fn locked(
    root: &Node<'_>,
    origin: &RequirementOrigin,
    selection: &Selection,
    target: &Target<'_>,
) -> Vec<Requirement> {
    let mut found = Vec::new();
    for package in root.items_of("package") {
        let (Some(name), Some(version)) = (package.text_of("name"), package.text_of("version"))
        else {
            continue;
        };
        let groups = package.items_of("groups");
        let wanted = groups.is_empty()
            || groups.iter().filter_map(Node::str).any(|group| {
                let group = normalize(group);
                if group == "default" {
                    selection.main
                } else {
                    selection.has_group(&group) || selection.has_extra(&group)
                }
            });
        let applies = package
            .str_of("marker")
            .is_none_or(|marker| marker::applies(marker, target) != Some(false));
        if !wanted || !applies {
            continue;
        }
        let version = Version::from_str(version.as_str()).map_or(VersionSpec::Unknown, |parsed| {
            VersionSpec::Exact {
                version: parsed,
                text: version,
            }
        });
        found.push(Requirement {
            name: normalize(name.as_str()),
            name_at: name.at(),
            extras: package
                .items_of("extras")
                .iter()
                .filter_map(|extra| extra.str().map(normalize))
                .collect(),
            version,
            marker: None,
            url: ["url", "git", "path"]
                .iter()
                .find_map(|key| package.text_of(key)),
            text: name,
            origin: origin.clone(),
            index: None,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::action::PythonTool;
    use crate::testing::{World, show};

    const PYPROJECT: &str = r#"
[project]
name = "demo"
dependencies = ["torch==2.1"]
optional-dependencies = { gpu = ["cupy-cuda12x"] }
[tool.pdm.dev-dependencies]
test = ["pytest"]
[[tool.pdm.source]]
name = "torch"
url = "https://download.pytorch.org/whl/cu121"
include_packages = ["torch*"]
"#;

    #[test]
    fn groups_and_sources() {
        let world = World::new().file("pyproject.toml", PYPROJECT);
        for (line, requirements) in [
            ("pdm install", "torch 2.1, pytest"),
            ("pdm install --prod --no-self", "torch 2.1"),
            ("pdm sync --prod -G gpu", "torch 2.1, cupy-cuda12x"),
            ("pdm add -G gpu numpy", "numpy, torch 2.1, pytest"),
        ] {
            let install = world.python(line);
            assert_eq!(install.tool, PythonTool::Pdm);
            assert_eq!(show(&install.requirements), requirements, "{line}");
        }
        let install = world.python("pdm install --prod");
        assert_eq!(
            install.requirements[0].index.as_ref().unwrap().url.as_str(),
            "https://download.pytorch.org/whl/cu121"
        );
    }

    #[test]
    fn the_lock_file_wins() {
        let lock = "[[package]]\nname='torch'\nversion='2.1.2'\ngroups=['default']\n[[package]]\nname='pytest'\nversion='8'\ngroups=['test']\n\
                    [[package]]\nname='colorama'\nversion='1'\ngroups=['default']\nmarker=\"sys_platform == 'win32'\"\n";
        let world = World::new()
            .file("pyproject.toml", PYPROJECT)
            .file("pdm.lock", lock);
        assert_eq!(
            show(&world.python("pdm sync --prod").requirements),
            "torch 2.1.2"
        );
        assert_eq!(
            show(&world.python("pdm install").requirements),
            "torch 2.1.2, pytest 8"
        );
    }
}
