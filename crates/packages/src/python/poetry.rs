//! Poetry: `poetry install`, `poetry sync`, `poetry add`, `poetry update`, `poetry run`.

use std::collections::HashMap;

use crate::action::{Action, DependencyFileKind, PythonTool, Requirement, RequirementOrigin};
use crate::call::Call;
use crate::files::toml::{Document, Node};
use crate::python::builder::{Builder, implied};
use crate::python::pyproject::{self, Selection};
use crate::python::uv::project::MAX_EXTRAS;
use crate::python::version::normalize;
use crate::python::{poetry_project, requirement};
use crate::text::{HOLE, Text};
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, value};

const GLOBAL: &[Spec] = &[
    value(&["--directory", "-C"]),
    value(&["--project", "-P"]),
    flag(&["--no-interaction", "-n"]),
    flag(&["--no-ansi"]),
    flag(&["--ansi"]),
    flag(&["--quiet", "-q"]),
    flag(&["--verbose", "-v"]),
    flag(&["--version", "-V"]),
    flag(&["--help", "-h"]),
    flag(&["--no-plugins"]),
    flag(&["--no-cache"]),
];
const INSTALL: &[Spec] = &[
    value(&["--with"]),
    value(&["--without"]),
    value(&["--only"]),
    value(&["--extras", "-E"]),
    flag(&["--all-extras"]),
    flag(&["--all-groups"]),
    flag(&["--no-dev"]),
    flag(&["--only-root"]),
    flag(&["--no-root"]),
    flag(&["--no-directory"]),
    flag(&["--sync"]),
    flag(&["--remove-untracked"]),
    flag(&["--compile"]),
    flag(&["--dry-run"]),
    flag(&["--lock"]),
];
const ADD: &[Spec] = &[
    value(&["--group", "-G"]),
    flag(&["--dev", "-D"]),
    flag(&["--editable", "-e"]),
    value(&["--extras", "-E"]),
    flag(&["--optional"]),
    value(&["--python"]),
    value(&["--platform"]),
    value(&["--markers"]),
    value(&["--source"]),
    flag(&["--allow-prereleases"]),
    flag(&["--dry-run"]),
    flag(&["--lock"]),
];

pub(crate) const PROGRAM: Grammar = Grammar {
    tables: &[GLOBAL],
    prefixes: true,
};
const INSTALLING: Grammar = Grammar {
    tables: &[GLOBAL, INSTALL],
    prefixes: true,
};
const ADDING: Grammar = Grammar {
    tables: &[GLOBAL, ADD],
    prefixes: true,
};

/// What `poetry` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((mut line, verb, rest)) = options::subcommand(args, &PROGRAM) else {
        return Vec::new();
    };
    match verb.as_str() {
        "install" | "sync" | "update" => {
            line.append(parse(rest, &INSTALLING));
            vec![install(call, verb, &line)]
        }
        "add" => {
            line.append(parse(rest, &ADDING));
            vec![add(call, verb, &line)]
        }
        "remove" => vec![Action::PythonRemove(parse(rest, &ADDING).operands)],
        _ => Vec::new(),
    }
}

fn folder(line: &Line) -> &str {
    line.last("--directory")
        .or(line.last("--project"))
        .map_or("", Text::as_str)
}

fn install(call: &Call<'_>, verb: &Text, line: &Line) -> Action {
    let mut builder = Builder::new(call, PythonTool::Poetry, options::after(verb));
    builder.install.dry_run = line.has("--dry-run") || line.has("--lock");
    builder.install.incomplete |= line.unknown || folder(line).contains(HOLE);
    project(&mut builder, line, verb, verb.as_str() != "update");
    Action::Python(builder.install)
}

fn names(line: &Line, option: &str) -> Vec<String> {
    let separator = |c: char| c == ',' || c.is_whitespace();
    line.all(option)
        .flat_map(|list| list.as_str().split(separator))
        .filter(|name| !name.is_empty())
        .map(normalize)
        .collect()
}

fn selection(line: &Line, root: Option<&Node<'_>>) -> Selection {
    let mut selection = Selection {
        main: true,
        extras: names(line, "--extras"),
        all_extras: line.has("--all-extras"),
        groups: root.map(poetry_project::default_groups).unwrap_or_default(),
        all_groups: line.has("--all-groups"),
        without: names(line, "--without"),
    };
    selection.groups.extend(names(line, "--with"));
    if line.has("--no-dev") {
        selection.without.push("dev".to_owned());
    }
    let only = names(line, "--only");
    if !only.is_empty() {
        selection.main = only.iter().any(|group| group == "main");
        selection.groups = only;
    }
    if line.has("--only-root") {
        selection = Selection::default();
    }
    selection.main &= !selection.without.iter().any(|group| group == "main");
    selection
}

fn project(builder: &mut Builder<'_>, line: &Line, verb: &Text, use_lock: bool) {
    let folder = folder(line);
    let manifest = builder.open(
        &implied("pyproject.toml", verb),
        folder,
        DependencyFileKind::Pyproject,
    );
    let document = manifest
        .as_ref()
        .map(|opened| Document::parse(opened.id, opened.file.text()));
    let root = document.as_ref().map(Document::root);
    let selection = selection(line, root.as_ref());
    let mut wanted = Vec::new();
    if let (Some(opened), Some(root)) = (&manifest, &root) {
        let origin = RequirementOrigin::File { file: opened.id };
        let sources = poetry_project::sources(root, builder);
        let found = pyproject::requirements(root, opened, &selection, builder.package_of());
        builder.install.incomplete |= found.incomplete;
        wanted = merge(
            found.requirements,
            poetry_project::requirements(root, &origin, &selection, &sources),
        );
    }
    let lock_name = implied("poetry.lock", verb);
    let lock = if use_lock {
        builder.open_if_there(&lock_name, folder, DependencyFileKind::PoetryLock)
    } else {
        None
    };
    if let Some(lock) = lock {
        let wanted: Vec<Requirement> = wanted
            .into_iter()
            .filter(|requirement| builder.applies(requirement.marker.as_ref()))
            .collect();
        let document = Document::parse(lock.id, lock.file.text());
        let roots = manifest.is_some().then_some(wanted.as_slice());
        let target = builder.target();
        builder
            .install
            .requirements
            .extend(poetry_project::locked(lock.id, &document, roots, &target));
    } else {
        for requirement in wanted {
            builder.require(requirement);
        }
    }
    let packaged = root.as_ref().is_none_or(|root| {
        let mode = root
            .path(&["tool", "poetry"])
            .and_then(|poetry| poetry.bool_of("package-mode"));
        mode != Some(false)
    });
    if packaged && !line.has("--no-root") && line.last("--only").is_none() {
        builder
            .install
            .projects
            .push(implied(if folder.is_empty() { "." } else { folder }, verb));
    }
}

/// Poetry's own tables add sources to what `[project]` lists.
fn merge(mut standard: Vec<Requirement>, own: Vec<Requirement>) -> Vec<Requirement> {
    let known: HashMap<String, usize> = standard
        .iter()
        .enumerate()
        .map(|(index, requirement)| (requirement.name.clone(), index))
        .collect();
    for requirement in own {
        match known.get(&requirement.name) {
            Some(&index) => {
                let into = &mut standard[index];
                into.index = requirement.index.or(into.index.take());
                into.url = requirement.url.or(into.url.take());
            }
            None => standard.push(requirement),
        }
    }
    standard
}

fn add(call: &Call<'_>, verb: &Text, line: &Line) -> Action {
    let mut builder = Builder::new(call, PythonTool::Poetry, options::after(verb));
    builder.install.dry_run = line.has("--dry-run") || line.has("--lock");
    builder.install.pre = line.has("--allow-prereleases");
    builder.install.incomplete |= line.unknown;
    let mut sources = HashMap::new();
    let files = call.context.files;
    if let Some((id, file)) = files.open(&crate::python::builder::join(
        folder(line),
        "pyproject.toml",
    )) {
        sources = poetry_project::sources(&Document::parse(id, file.text()).root(), &mut builder);
    }
    let mut extras = names(line, "--extras");
    extras.truncate(MAX_EXTRAS);
    for operand in &line.operands {
        let before = builder.install.requirements.len();
        match caret_version(operand) {
            Some((name, version)) => {
                builder.want(&name, &RequirementOrigin::Command);
                for requirement in &mut builder.install.requirements[before..] {
                    requirement.version = poetry_project::read_version(&version);
                    requirement.text = operand.clone();
                }
            }
            None => builder.want(operand, &RequirementOrigin::Command),
        }
        for requirement in &mut builder.install.requirements[before..] {
            requirement.extras.extend(extras.iter().cloned());
            if let Some(source) = line.last("--source") {
                requirement.index = Some(poetry_project::index(
                    requirement,
                    &sources,
                    source.as_str(),
                ));
            }
        }
    }
    Action::Python(builder.install)
}

/// `torch@^2.1`: name and constraint.
fn caret_version(word: &Text) -> Option<(Text, Text)> {
    let text = word.as_str();
    let length = requirement::name_length(text)?;
    let end = if text[length..].starts_with('[') {
        length + text[length..].find(']')? + 1
    } else {
        length
    };
    let version = text[end..].strip_prefix('@')?;
    let is_address = version.contains("://") || version.contains('/');
    (!is_address).then(|| (word.slice(0..end), word.slice(end + 1..text.len())))
}

#[cfg(test)]
mod tests {
    use crate::action::{FileState, PythonTool, RequirementOrigin};
    use crate::testing::{World, show};

    const PYPROJECT: &str = r#"
[tool.poetry]
name = "demo"
[tool.poetry.dependencies]
python = "^3.10"
torch = { version = "^2.1", source = "pytorch", markers = "sys_platform == 'linux'" }
Flash_Attn = { version = "2.5.0", optional = true }
tf = [{ version = "2.15", platform = "linux" }, { version = "2.16", platform = "darwin" }]
[tool.poetry.extras]
fast = ["flash-attn"]
[tool.poetry.group.dev.dependencies]
pytest = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
[[tool.poetry.source]]
name = "pytorch"
url = "https://download.pytorch.org/whl/cu121"
priority = "explicit"
[[tool.poetry.source]]
name = "mirror"
url = "https://mirror/simple"
priority = "primary"
"#;

    const LOCK: &str = r#"
[[package]]
name = "torch"
version = "2.1.2+cu121"
optional = false
[package.dependencies]
filelock = "*"
triton = { version = "2.1.0", markers = "platform_system == 'Windows'" }
[package.source]
type = "legacy"
url = "https://download.pytorch.org/whl/cu121"
reference = "pytorch"
[[package]]
name = "filelock"
version = "3.13"
optional = false
[[package]]
name = "triton"
version = "2.1.0"
optional = false
[[package]]
name = "tf"
version = "2.15"
optional = false
[[package]]
name = "pytest"
version = "8.0"
optional = false
"#;

    #[test]
    fn groups_and_extras() {
        let world = World::new().file("pyproject.toml", PYPROJECT);
        for (line, requirements) in [
            (
                "poetry install --no-root",
                "torch >=2.1,<3, tf 2.15, pytest",
            ),
            ("poetry install --without dev -n", "torch >=2.1,<3, tf 2.15"),
            ("poetry install --only main", "torch >=2.1,<3, tf 2.15"),
            (
                "poetry install --no-dev -E fast",
                "torch >=2.1,<3, flash-attn 2.5.0, tf 2.15",
            ),
            (
                "poetry -n install --with docs,x --without=dev",
                "torch >=2.1,<3, tf 2.15, mkdocs",
            ),
            ("poetry sync --only docs", "mkdocs"),
            ("python -m poetry install --only-root", ""),
        ] {
            let install = world.python(line);
            assert_eq!(install.tool, PythonTool::Poetry);
            assert_eq!(show(&install.requirements), requirements, "{line}");
        }
        let install = world.python("poetry install");
        let torch = &install.requirements[0];
        assert_eq!(
            torch.index.as_ref().unwrap().url.as_str(),
            "https://download.pytorch.org/whl/cu121"
        );
        assert_eq!(world.slice(torch.version.text().unwrap().at()), "^2.1");
        assert_eq!(
            install.indexes.extra[0].url.as_str(),
            "https://mirror/simple"
        );
        assert_eq!(install.projects.len(), 1);
    }

    #[test]
    fn the_lock_file_wins() {
        let world = World::new()
            .file("pyproject.toml", PYPROJECT)
            .file("poetry.lock", LOCK);
        let install = world.python("poetry install --no-root --without dev");
        assert_eq!(
            show(&install.requirements),
            "torch 2.1.2+cu121, filelock 3.13, tf 2.15"
        );
        assert!(matches!(
            install.requirements[0].origin,
            RequirementOrigin::Lock { .. }
        ));
        assert_eq!(
            install.requirements[0].index.as_ref().unwrap().by,
            "poetry.lock"
        );
        let install = World::new()
            .file("poetry.lock", LOCK)
            .python("poetry install");
        assert_eq!(install.requirements.len(), 5);
        assert_eq!(install.files[0].state, FileState::NotAtHand);
    }

    #[test]
    fn a_standard_project_takes_sources_from_poetry() {
        let world = World::new().file(
            "pyproject.toml",
            "[project]\nname='x'\ndependencies=['torch==2.5.1']\n[tool.poetry.dependencies]\ntorch={source='p'}\n\
             [[tool.poetry.source]]\nname='p'\nurl='https://x/cu121'\npriority='explicit'\n",
        );
        let install = world.python("poetry install");
        assert_eq!(show(&install.requirements), "torch 2.5.1");
        assert_eq!(
            install.requirements[0].index.as_ref().unwrap().url.as_str(),
            "https://x/cu121"
        );
    }

    #[test]
    fn adding() {
        let world = World::new().file("pyproject.toml", PYPROJECT);
        for (line, requirements) in [
            ("poetry add torch@^2.1", "torch >=2.1,<3"),
            ("poetry add torch==2.1 numpy@latest", "torch 2.1, numpy"),
            (
                "poetry add uvicorn[standard]@2.1 -E x",
                "uvicorn[standard,x] 2.1",
            ),
            ("poetry add git+https://github.com/o/r.git", "r"),
        ] {
            assert_eq!(
                show(&world.python(line).requirements),
                requirements,
                "{line}"
            );
        }
        let install = world.python("poetry add --source pytorch torch");
        assert_eq!(
            install.requirements[0].index.as_ref().unwrap().url.as_str(),
            "https://download.pytorch.org/whl/cu121"
        );
        assert!(world.python("poetry add --lock torch").dry_run);
        assert_eq!(
            show(&world.python("poetry run pip install torch").requirements),
            "torch"
        );
    }
}
