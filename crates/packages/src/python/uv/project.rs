//! uv's projects: `uv sync`, `uv add`, and what a project installs.

use std::collections::HashSet;

use crate::action::{Action, DependencyFileKind, PythonTool, RequirementOrigin};
use crate::call::{Call, Variable};
use crate::files::toml::Document;
use crate::python::builder::{Builder, implied};
use crate::python::pyproject::{self, Selection, UvSettings};
use crate::python::requirements_file;
use crate::python::uv::lock;
use crate::python::uv::options::{GLOBAL, RESOLVE, resolution};
use crate::python::version::normalize;
use crate::text::{HOLE, Text};
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, value};

/// Options of `uv sync`, `uv add` and `uv run`.
pub(crate) const PROJECT: &[Spec] = &[
    value(&["--extra"]),
    flag(&["--all-extras"]),
    value(&["--no-extra"]),
    value(&["--group"]),
    value(&["--no-group"]),
    value(&["--only-group"]),
    flag(&["--all-groups"]),
    flag(&["--no-default-groups"]),
    flag(&["--dev"]),
    flag(&["--no-dev"]),
    flag(&["--only-dev"]),
    value(&["--package"]),
    flag(&["--all-packages", "--all"]),
    value(&["--no-install-package"]),
    flag(&["--no-install-project"]),
    flag(&["--no-install-workspace"]),
    flag(&["--no-install-local"]),
    flag(&["--frozen"]),
    flag(&["--locked"]),
    flag(&["--no-sync"]),
    flag(&["--no-project"]),
    flag(&["--isolated"]),
    value(&["--env-file"]),
];
/// Options of `uv add`, and `uv sync --script`.
const ADD: &[Spec] = &[
    value(&["--requirements", "-r", "--requirement"]),
    value(&["--constraints", "-c", "--constraint"]),
    value(&["--marker", "-m"]),
    value(&["--optional"]),
    value(&["--bounds"]),
    value(&["--rev"]),
    value(&["--tag"]),
    value(&["--branch"]),
    value(&["--script"]),
];
/// `uv sync` and `uv add`.
pub(crate) const GRAMMAR: Grammar = Grammar {
    tables: &[GLOBAL, RESOLVE, PROJECT, ADD],
    prefixes: false,
};
/// One package has no more extras than this.
pub(crate) const MAX_EXTRAS: usize = 32;

/// `uv sync`.
pub(crate) fn sync(call: &Call<'_>, mut line: Line, verb: &Text, rest: &[Text]) -> Vec<Action> {
    line.append(parse(rest, &GRAMMAR));
    let mut builder = Builder::new(call, PythonTool::UvSync, options::after(verb));
    resolution(&mut builder, &line);
    if line.has("--script") {
        builder.install.incomplete = true;
    } else {
        project(&mut builder, &line, verb, true);
    }
    vec![Action::Python(builder.install)]
}

/// `uv add`: the new requirements, and the project that is brought up to date with them.
pub(crate) fn add(call: &Call<'_>, mut line: Line, verb: &Text, rest: &[Text]) -> Vec<Action> {
    line.append(parse(rest, &GRAMMAR));
    let mut builder = Builder::new(call, PythonTool::UvAdd, options::after(verb));
    resolution(&mut builder, &line);
    builder.install.dry_run |=
        line.has("--no-sync") || line.has("--frozen") || line.has("--script");
    for operand in &line.operands {
        builder.want(operand, &RequirementOrigin::Command);
    }
    let extras: Vec<String> = line
        .all("--extra")
        .take(MAX_EXTRAS)
        .map(|extra| normalize(extra.as_str()))
        .collect();
    for requirement in &mut builder.install.requirements {
        requirement.extras.extend(extras.iter().cloned());
    }
    for path in line.all("--requirements") {
        requirements_file::read(&mut builder, path, false);
    }
    for path in line.all("--constraints") {
        requirements_file::read(&mut builder, path, true);
    }
    if !line.has("--script") {
        // `--extra` and `--group` say where the requirement goes, not what is installed.
        let mut plain = line.clone();
        plain
            .options
            .retain(|option| matches!(option.name, "--project" | "--directory"));
        project(&mut builder, &plain, verb, false);
    }
    vec![Action::Python(builder.install)]
}

/// What the project in the working directory, or the one that is named, installs.
pub(crate) fn project(builder: &mut Builder<'_>, line: &Line, verb: &Text, use_lock: bool) {
    let named = line.last("--project").or(line.last("--directory")).cloned();
    let named = named.or_else(|| match builder.call.variable("UV_PROJECT") {
        Variable::Known(folder) => Some(folder),
        _ => None,
    });
    let folder = named.as_ref().map_or("", Text::as_str);
    if folder.contains(HOLE) {
        builder.install.incomplete = true;
        return;
    }
    let before = builder.install.requirements.len();
    let selection = selection(builder.call, line);
    let manifest = builder.open(
        &implied("pyproject.toml", verb),
        folder,
        DependencyFileKind::Pyproject,
    );
    let lock_name = implied("uv.lock", verb);
    let lock = if line.has("--frozen") || line.has("--locked") {
        builder.open(&lock_name, folder, DependencyFileKind::UvLock)
    } else if use_lock {
        builder.open_if_there(&lock_name, folder, DependencyFileKind::UvLock)
    } else {
        None
    };
    let document = manifest
        .as_ref()
        .map(|opened| Document::parse(opened.id, opened.file.text()));
    let settings = document.as_ref().map(UvSettings::of_project);
    if let Some(settings) = &settings {
        settings.apply(builder, false);
    }
    let selection = with_default_groups(selection, settings.as_ref(), line);
    if let (Some(opened), Some(document), None) = (&manifest, &document, &lock) {
        read_document(builder, opened, document, &selection);
    }
    if let Some(lock) = &lock {
        let name = if line.has("--all-packages") {
            Some("*".to_owned())
        } else {
            line.last("--package").map(|name| normalize(name.as_str()))
        };
        let document = Document::parse(lock.id, lock.file.text());
        let target = builder.target();
        let found = lock::requirements(lock.id, &document, name.as_deref(), &selection, &target);
        builder.install.requirements.extend(found);
    }
    let skipped: HashSet<String> = line
        .all("--no-install-package")
        .map(|name| normalize(name.as_str()))
        .collect();
    let mut position = 0;
    builder.install.requirements.retain(|requirement| {
        position += 1;
        position <= before || !skipped.contains(&requirement.name)
    });
    let is_package = document.as_ref().is_some_and(|document| {
        let root = document.root();
        let switch = root.path(&["tool", "uv", "package"]).map(|_| {
            root.path(&["tool", "uv"])
                .is_some_and(|uv| uv.is_true("package"))
        });
        switch.unwrap_or_else(|| root.get("build-system").is_some())
    });
    let leaves_out = [
        "--no-install-project",
        "--no-install-workspace",
        "--no-install-local",
    ];
    if is_package && selection.main && !leaves_out.iter().any(|option| line.has(option)) {
        builder
            .install
            .projects
            .push(implied(if folder.is_empty() { "." } else { folder }, verb));
    }
}

fn selection(call: &Call<'_>, line: &Line) -> Selection {
    let names = |option: &str| -> Vec<String> {
        line.all(option)
            .map(|name| normalize(name.as_str()))
            .collect()
    };
    let mut selection = Selection {
        main: !line.has("--only-group") && !line.has("--only-dev"),
        extras: names("--extra"),
        all_extras: line.has("--all-extras"),
        groups: names("--group"),
        all_groups: line.has("--all-groups"),
        without: names("--no-group"),
    };
    let dropped = names("--no-extra");
    selection.extras.retain(|extra| !dropped.contains(extra));
    selection.groups.extend(names("--only-group"));
    if line.has("--dev") || line.has("--only-dev") {
        selection.groups.push("dev".to_owned());
    } else if line.has("--no-dev") || call.switch("UV_NO_DEV") == Some(true) {
        selection.without.push("dev".to_owned());
    }
    selection
}

fn with_default_groups(
    mut selection: Selection,
    settings: Option<&UvSettings<'_>>,
    line: &Line,
) -> Selection {
    if selection.main && !line.has("--no-default-groups") {
        let groups = settings.map_or_else(|| vec!["dev".to_owned()], UvSettings::default_groups);
        selection.all_groups |= groups.iter().any(|group| group == "*");
        selection.groups.extend(groups);
    }
    selection
}

/// A pyproject.toml that uv reads requirements from.
pub(crate) fn read_pyproject(
    builder: &mut Builder<'_>,
    name: &Text,
    folder: &str,
    selection: &Selection,
) {
    let Some(opened) = builder.open(name, folder, DependencyFileKind::Pyproject) else {
        return;
    };
    let document = Document::parse(opened.id, opened.file.text());
    read_document(builder, &opened, &document, selection);
}

fn read_document(
    builder: &mut Builder<'_>,
    opened: &crate::python::builder::Opened,
    document: &Document<'_>,
    selection: &Selection,
) {
    let settings = UvSettings::of_project(document);
    let package_of = builder.package_of();
    let origin = RequirementOrigin::File { file: opened.id };
    let mut found = pyproject::requirements(&document.root(), opened, selection, package_of);
    if selection.has_group("dev") {
        found
            .requirements
            .extend(settings.dev_dependencies(&origin, package_of));
    }
    settings.place(&mut found.requirements, selection, &builder.target());
    builder.install.incomplete |= found.incomplete || found.dynamic;
    builder
        .install
        .constraints
        .extend(settings.constraints(&origin, package_of));
    for requirement in found.requirements {
        builder.require(requirement);
    }
}

#[cfg(test)]
mod tests {
    use crate::action::{FileState, PythonTool, RequirementOrigin, VersionSpec};
    use crate::testing::{World, show};
    use crate::text::Text;

    const PYPROJECT: &str = r#"
[project]
name = "demo"
dependencies = ["torch>=2.8", "numpy", "pywin32; sys_platform == 'win32'"]
[project.optional-dependencies]
gpu = ["flash-attn==2.8.0"]
all = ["demo[gpu]"]
[dependency-groups]
dev = ["pytest", {include-group = "lint"}]
lint = ["ruff"]
docs = ["mkdocs"]
[tool.uv]
no-build-isolation-package = ["flash_attn"]
[[tool.uv.index]]
name = "pytorch-cu128"
url = "https://download.pytorch.org/whl/cu128"
explicit = true
[[tool.uv.index]]
name = "mirror"
url = "https://mirror/simple"
default = true
[tool.uv.sources]
Torch = [
  { index = "pytorch-cu128", marker = "sys_platform == 'linux'" },
  { index = "pytorch-cpu", marker = "sys_platform == 'darwin'" },
]
"#;

    const LOCK: &str = r#"
version = 1
[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "torch", version = "2.8.0", source = { registry = "https://pypi.org/simple" }, marker = "sys_platform == 'darwin'" },
    { name = "torch", version = "2.8.0+cu128", source = { registry = "https://download.pytorch.org/whl/cu128" }, marker = "sys_platform == 'linux'" },
    { name = "tensorflow", extra = ["and-cuda"] },
]
[package.optional-dependencies]
gpu = [{ name = "flash-attn" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[[package]]
name = "flash-attn"
version = "2.8.0"
source = { git = "https://github.com/Dao-AILab/flash-attention" }
[[package]]
name = "numpy"
version = "1.26.4"
source = { registry = "https://pypi.org/simple" }
resolution-markers = ["python_full_version < '3.11'"]
[[package]]
name = "numpy"
version = "2.3.0"
source = { registry = "https://pypi.org/simple" }
resolution-markers = ["python_full_version >= '3.11'"]
[[package]]
name = "nvidia-cudnn-cu12"
version = "9.3.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "pytest"
version = "8.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "tensorflow"
version = "2.18.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "numpy" }]
[package.optional-dependencies]
and-cuda = [{ name = "nvidia-cudnn-cu12" }]
[[package]]
name = "torch"
version = "2.8.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "torch"
version = "2.8.0+cu128"
source = { registry = "https://download.pytorch.org/whl/cu128" }
"#;

    #[test]
    fn a_project_without_lock() {
        let world = World::new().file("pyproject.toml", PYPROJECT);
        for (line, requirements) in [
            ("uv sync", "torch >=2.8, numpy, pytest, ruff"),
            ("uv sync --no-dev", "torch >=2.8, numpy"),
            (
                "uv sync --no-default-groups --extra gpu",
                "torch >=2.8, numpy, flash-attn 2.8.0",
            ),
            (
                "uv sync --no-dev --extra all",
                "torch >=2.8, numpy, flash-attn 2.8.0",
            ),
            ("uv sync --only-group docs", "mkdocs"),
            ("uv sync --no-dev --no-install-package torch", "numpy"),
            ("uv pip install -r pyproject.toml", "torch >=2.8, numpy"),
            ("uv pip install --group docs", "mkdocs"),
            (
                "uv pip install -e .[gpu]",
                "torch >=2.8, numpy, flash-attn 2.8.0",
            ),
            ("pip install .", "torch >=2.8, numpy"),
            ("pip install --group dev", "pytest, ruff"),
        ] {
            assert_eq!(
                show(&world.python(line).requirements),
                requirements,
                "{line}"
            );
        }
        let install = world.python("uv sync");
        assert_eq!(install.tool, PythonTool::UvSync);
        let torch = &install.requirements[0];
        assert_eq!(world.slice(torch.name_at), "torch");
        let index = torch.index.as_ref().unwrap();
        assert_eq!(
            world.slice(index.url.at()),
            "https://download.pytorch.org/whl/cu128"
        );
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://mirror/simple"
        );
        assert!(install.indexes.extra.is_empty());
        assert!(
            world.python("pip install .").requirements[0]
                .index
                .is_none()
        );
    }

    #[test]
    fn a_lock_file_is_the_truth() {
        let world = World::new()
            .file("pyproject.toml", PYPROJECT)
            .file("uv.lock", LOCK);
        let install = world.python("uv sync --frozen --no-dev --extra gpu");
        assert_eq!(
            show(&install.requirements),
            "flash-attn 2.8.0, numpy unknown, nvidia-cudnn-cu12 9.3.0, tensorflow[and-cuda] 2.18.0, torch 2.8.0+cu128"
        );
        let torch = install.requirements.last().unwrap();
        assert!(matches!(torch.origin, RequirementOrigin::Lock { .. }));
        let VersionSpec::Exact { text, .. } = &torch.version else {
            panic!()
        };
        assert_eq!(world.slice(text.at()), "2.8.0+cu128");
        assert_eq!(
            torch.index.as_ref().unwrap().url.as_str(),
            "https://download.pytorch.org/whl/cu128"
        );
        assert_eq!(
            install.requirements[0].url.as_ref().unwrap().as_str(),
            "https://github.com/Dao-AILab/flash-attention"
        );
        let install = world.python("uv sync --locked -p 3.10");
        assert!(
            show(&install.requirements).contains("numpy 1.26.4"),
            "{}",
            show(&install.requirements)
        );
        assert!(show(&install.requirements).contains("pytest"));
    }

    #[test]
    fn a_project_that_is_not_at_hand() {
        let install = World::new().python("uv sync --frozen");
        assert_eq!(
            install
                .files
                .iter()
                .filter(|file| file.state == FileState::NotAtHand)
                .count(),
            2
        );
        assert!(install.may_install_more());
        assert!(World::new().run("uv run python main.py").is_empty());
    }

    #[test]
    fn other_folders() {
        let world = World::new().file("app/pyproject.toml", PYPROJECT);
        assert_eq!(
            show(&world.python("uv --project app sync --no-dev").requirements),
            "torch >=2.8, numpy"
        );
        assert_eq!(
            show(
                &world
                    .python("uv sync --no-dev --directory=app")
                    .requirements
            ),
            "torch >=2.8, numpy"
        );
        assert!(world.python("uv sync --project $").incomplete);
    }

    #[test]
    fn adding() {
        let world = World::new().file("pyproject.toml", PYPROJECT);
        let install = world.python("uv add --index https://x/cu128 torchvision==0.23");
        assert_eq!(
            show(&install.requirements),
            "torchvision 0.23, torch >=2.8, numpy, pytest, ruff"
        );
        assert_eq!(install.indexes.extra[0].url.as_str(), "https://x/cu128");
    }

    #[test]
    fn settings_reach_the_pip_interface() {
        let world = World::new().file("uv.toml", "[[index]]\nurl = 'https://x/cu128'\n[pip]\ntorch-backend = 'cu126'\nno-build-isolation = true\n");
        let install = world.python("uv pip install torch");
        assert_eq!(install.indexes.extra[0].url.as_str(), "https://x/cu128");
        assert_eq!(
            install.indexes.torch_backend.as_ref().map(Text::as_str),
            Some("cu126")
        );
        assert!(
            world
                .python("uv pip install --no-config torch")
                .indexes
                .extra
                .is_empty()
        );
    }
}
