//! Pipenv: `pipenv install`, `pipenv sync`, `pipenv update`, `pipenv run`.

use std::collections::HashMap;

use crate::action::{
    Action, DependencyFileKind, PythonTool, Requirement, RequirementOrigin, VersionSpec,
};
use crate::call::Call;
use crate::files::toml::{Document, Node};
use crate::python::builder::{Builder, implied};
use crate::python::poetry_project::{index, read_version};
use crate::python::requirement::read_extras;
use crate::python::requirements_file;
use crate::python::version::normalize;
use crate::text::Text;
use crate::words::options::{self, Grammar, Line, Spec, flag, parse, value};

const OPTIONS: &[Spec] = &[
    value(&["--index", "-i"]),
    value(&["--extra-index-url"]),
    value(&["--pypi-mirror"]),
    value(&["--python"]),
    value(&["--requirements", "-r"]),
    value(&["--editable", "-e"]),
    value(&["--categories"]),
    value(&["--extra-pip-args"]),
    flag(&["--dev", "-d"]),
    flag(&["--system"]),
    flag(&["--deploy"]),
    flag(&["--pre"]),
    flag(&["--skip-lock"]),
    flag(&["--ignore-pipfile"]),
    flag(&["--site-packages"]),
    flag(&["--clear"]),
    flag(&["--verbose", "-v"]),
    flag(&["--quiet", "-q"]),
];
pub(crate) const GRAMMAR: Grammar = Grammar {
    tables: &[OPTIONS],
    prefixes: false,
};

/// What `pipenv` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((mut line, verb, rest)) = options::subcommand(args, &GRAMMAR) else {
        return Vec::new();
    };
    match verb.as_str() {
        "install" | "sync" | "update" | "upgrade" => {
            line.append(parse(rest, &GRAMMAR));
            vec![install(call, verb, &line)]
        }
        "uninstall" => vec![Action::PythonRemove(parse(rest, &GRAMMAR).operands)],
        _ => Vec::new(),
    }
}

fn install(call: &Call<'_>, verb: &Text, line: &Line) -> Action {
    let mut builder = Builder::new(call, PythonTool::Pipenv, options::after(verb));
    builder.install.pre = line.has("--pre");
    if line.is_unclear() {
        builder.unknown_word();
    }
    if let Some(python) = line.last("--python") {
        builder.install.python = Some(python.clone());
    }
    for operand in &line.operands {
        builder.want(operand, &RequirementOrigin::Command);
    }
    for path in line.all("--editable") {
        builder.want_editable(path, &RequirementOrigin::Command);
    }
    for path in line.all("--requirements") {
        requirements_file::read(&mut builder, path, false);
    }
    if !line.has("--requirements") {
        pipfile(&mut builder, line, verb);
    }
    if let Some(url) = line.last("--index") {
        builder.primary(url, "--index");
    }
    if let Some(url) = line.last("--pypi-mirror") {
        builder.primary(url, "--pypi-mirror");
    } else if let Some(url) = builder.index_variable("PIPENV_PYPI_MIRROR") {
        builder.primary(&url, "PIPENV_PYPI_MIRROR");
    }
    for url in line.all("--extra-index-url") {
        builder.extra(url, "--extra-index-url");
    }
    Action::Python(builder.install)
}

fn pipfile(builder: &mut Builder<'_>, line: &Line, verb: &Text) {
    let Some(opened) = builder.open(&implied("Pipfile", verb), "", DependencyFileKind::Pipfile)
    else {
        return;
    };
    // The lock file pins what the Pipfile leaves open; which versions is not read from it.
    let is_locked =
        !line.has("--skip-lock") && builder.call.context.files.open("Pipfile.lock").is_some();
    let document = Document::parse(opened.id, opened.file.text());
    let root = document.root();
    let mut sources = HashMap::new();
    for (position, source) in root.items_of("source").iter().enumerate() {
        let Some(url) = source.text_of("url") else {
            continue;
        };
        // The first source is the default; the others hold for packages that name them.
        if position == 0 {
            builder.primary(&url, "Pipfile");
        }
        if let Some(name) = source.str_of("name") {
            sources.insert(name.to_ascii_lowercase(), url);
        }
    }
    let origin = RequirementOrigin::File { file: opened.id };
    let mut tables = vec!["packages"];
    if line.has("--dev") {
        tables.push("dev-packages");
    }
    for table in tables {
        for (name, value) in root
            .get(table)
            .map(|table| table.entries())
            .unwrap_or_default()
        {
            let mut requirement = read(&name, &value, &origin, &sources);
            if is_locked && requirement.exact().is_none() {
                requirement.version = VersionSpec::Unknown;
            }
            builder.require(requirement);
        }
    }
}

fn read(
    name: &Text,
    value: &Node<'_>,
    origin: &RequirementOrigin,
    sources: &HashMap<String, Text>,
) -> Requirement {
    let version = value.text().or_else(|| value.text_of("version"));
    let mut requirement = Requirement {
        name: normalize(name.as_str()),
        name_at: name.at(),
        extras: read_extras(
            &value
                .items_of("extras")
                .iter()
                .filter_map(Node::str)
                .collect::<Vec<_>>()
                .join(","),
        ),
        version: version.map_or(VersionSpec::Any, |version| read_version(&version)),
        marker: value.text_of("markers"),
        url: ["file", "git", "path"]
            .iter()
            .find_map(|key| value.text_of(key)),
        text: name.clone(),
        origin: origin.clone(),
        index: None,
    };
    if let Some(source) = value.str_of("index") {
        requirement.index = Some(index(&requirement, sources, source));
    }
    requirement
}

#[cfg(test)]
mod tests {
    use crate::testing::{World, show};

    #[test]
    fn a_pipfile() {
        let pipfile = "[[source]]\nurl = 'https://pypi.org/simple'\nname = 'pypi'\n[[source]]\nurl = 'https://x/cu121'\nname = 'pytorch'\n\
                       [packages]\ntorch = {version = '==2.1.0', index = 'pytorch'}\nnumpy = '*'\n[dev-packages]\npytest = '*'\n";
        let world = World::new().file("Pipfile", pipfile);
        let install = world.python("pipenv install --system --deploy");
        assert_eq!(show(&install.requirements), "torch 2.1.0, numpy");
        assert_eq!(
            install.requirements[0].index.as_ref().unwrap().url.as_str(),
            "https://x/cu121"
        );
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://pypi.org/simple"
        );
        assert_eq!(
            show(&world.python("pipenv install --dev six").requirements),
            "six, torch 2.1.0, numpy, pytest"
        );
        let world = world.file("Pipfile.lock", "{}");
        assert_eq!(
            show(&world.python("pipenv sync").requirements),
            "torch 2.1.0, numpy unknown"
        );
    }

    #[test]
    fn a_mirror_in_the_environment() {
        let world = World::new().variable("PIPENV_PYPI_MIRROR", Some("https://x/cu118"));
        for (line, url) in [
            ("pipenv install torch", "https://x/cu118"),
            (
                "PIPENV_PYPI_MIRROR=https://x/cu121 pipenv install torch",
                "https://x/cu121",
            ),
            (
                "pipenv install --pypi-mirror https://x/cu124 torch",
                "https://x/cu124",
            ),
        ] {
            let primary = world.python(line).indexes.primary.unwrap();
            assert_eq!(primary.url.as_str(), url, "{line}");
        }
        let primary = world
            .python("pipenv install torch")
            .indexes
            .primary
            .unwrap();
        assert_eq!(primary.by, "PIPENV_PYPI_MIRROR");
    }
}
