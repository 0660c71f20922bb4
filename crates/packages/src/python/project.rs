//! Local projects that pip or uv install: what their pyproject.toml says they depend on.

use crate::action::{DependencyFileKind, RequirementOrigin};
use crate::files::toml::Document;
use crate::python::builder::{Builder, Opened, implied, join};
use crate::python::poetry_project;
use crate::python::pyproject::{self, Selection, UvSettings};
use crate::python::requirement::Project;
use crate::python::version::normalize;
use crate::text::Text;

/// Adds the dependencies of a local project, where its pyproject.toml is at hand.
pub(crate) fn read(builder: &mut Builder<'_>, project: &Project) {
    let Some(folder) = project.path.known() else {
        return;
    };
    let folder = if matches!(folder, "." | "./") {
        String::new()
    } else {
        join("", folder)
    };
    let name = implied("pyproject.toml", &project.path);
    let Some(opened) = builder.open_if_there(&name, &folder, DependencyFileKind::Pyproject) else {
        return;
    };
    let selection = Selection {
        main: true,
        extras: project.extras.clone(),
        ..Selection::default()
    };
    add(builder, &opened, &selection);
}

/// `--group name` or `--group path/to/pyproject.toml:name`.
pub(crate) fn group(builder: &mut Builder<'_>, value: &Text) {
    let text = value.as_str();
    let (path, name) = match text.rsplit_once(':') {
        Some((path, name)) => (value.slice(0..path.len()), name),
        None => (implied("pyproject.toml", value), text),
    };
    let selection = Selection {
        groups: vec![normalize(name)],
        ..Selection::default()
    };
    if let Some(opened) = builder.open(&path, "", DependencyFileKind::Pyproject) {
        add(builder, &opened, &selection);
    }
}

fn add(builder: &mut Builder<'_>, opened: &Opened, selection: &Selection) {
    let document = Document::parse(opened.id, opened.file.text());
    let root = document.root();
    let mut found = pyproject::requirements(&root, opened, selection, builder.package_of());
    if builder.install.tool.is_uv() {
        let target = builder.target();
        UvSettings::of_project(&document).place(&mut found.requirements, selection, &target);
    }
    let origin = RequirementOrigin::File { file: opened.id };
    if selection.main && root.path(&["project", "dependencies"]).is_none() {
        // poetry-core builds the project from poetry's own tables; poetry's sources do not count for pip.
        found.requirements.extend(poetry_project::main_requirements(
            &root,
            &origin,
            &selection.extras,
        ));
    }
    builder.install.incomplete |= found.incomplete || found.dynamic;
    for requirement in found.requirements {
        builder.require(requirement);
    }
}
