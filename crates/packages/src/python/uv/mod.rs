//! uv: `uv pip`, projects (`uv sync`, `uv add`, `uv run`) and tools (`uvx`, `uv tool`).

mod lock;
mod options;
pub(crate) mod project;
pub(crate) mod tool;

use crate::action::{Action, PythonTool, RequirementOrigin};
use crate::call::{Call, Variable};
use crate::files::toml::Document;
use crate::python::builder::{Builder, join};
use crate::python::pyproject::{Selection, UvSettings};
use crate::python::requirements_file;
use crate::python::uv::options::{GLOBAL, RESOLVE, resolution, torch_backend};
use crate::text::Text;
use crate::words::options::{
    Given, Grammar, Line, Spec, after, blank_separated, flag, parse, subcommand, value,
};

/// Options of `uv pip install` and `uv pip sync`.
const PIP: &[Spec] = &[
    value(&["--requirements", "-r", "--requirement"]),
    value(&["--editable", "-e"]),
    value(&["--constraints", "-c", "--constraint"]),
    value(&["--overrides", "--override"]),
    value(&["--excludes", "--exclude"]),
    value(&["--build-constraints", "-b", "--build-constraint"]),
    value(&["--extra"]),
    flag(&["--all-extras"]),
    value(&["--group"]),
    flag(&["--no-deps"]),
    flag(&["--system"]),
    flag(&["--break-system-packages"]),
    value(&["--target", "-t"]),
    value(&["--prefix"]),
    value(&["--no-binary"]),
    value(&["--only-binary"]),
    value(&["--python-version"]),
    flag(&["--user"]),
    flag(&["--yes", "-y"]),
];

pub(crate) const PROGRAM: Grammar = Grammar {
    tables: &[GLOBAL],
    prefixes: false,
};
const PIP_INSTALL: Grammar = Grammar {
    tables: &[GLOBAL, RESOLVE, PIP],
    prefixes: false,
};

/// What `uv` with these arguments does.
pub(crate) fn actions(call: &Call<'_>, args: &[Text]) -> Vec<Action> {
    let Some((head, command, rest)) = subcommand(args, &PROGRAM) else {
        return Vec::new();
    };
    match command.as_str() {
        "pip" => pip(call, head, rest),
        "sync" => project::sync(call, head, command, rest),
        "add" => project::add(call, head, command, rest),
        "remove" => vec![Action::PythonRemove(
            parse(rest, &project::GRAMMAR).operands,
        )],
        "run" => tool::run_command(call, head, command, rest),
        "tool" => match subcommand(rest, &PROGRAM) {
            Some((_, verb, rest)) if matches!(verb.as_str(), "install" | "run" | "upgrade") => {
                tool::tool(call, verb, rest)
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn pip(call: &Call<'_>, mut line: Line, words: &[Text]) -> Vec<Action> {
    let Some((head, verb, rest)) = subcommand(words, &PIP_INSTALL) else {
        return Vec::new();
    };
    line.append(head);
    line.append(parse(rest, &PIP_INSTALL));
    if line.unfinished {
        return Vec::new();
    }
    match verb.as_str() {
        "install" => vec![pip_install(call, verb, &line)],
        "sync" => {
            // Its operands are files.
            let mut files = std::mem::take(&mut line.operands);
            line.options.extend(files.drain(..).map(|file| Given {
                name: "--requirements",
                value: Some(file),
            }));
            vec![pip_install(call, verb, &line)]
        }
        "uninstall" => vec![Action::PythonRemove(line.operands)],
        _ => Vec::new(),
    }
}

fn pip_install(call: &Call<'_>, verb: &Text, line: &Line) -> Action {
    let mut builder = Builder::new(call, PythonTool::UvPip, after(verb));
    resolution(&mut builder, line);
    torch_backend(&mut builder, line);
    let install = &mut builder.install;
    install.no_deps = line.has("--no-deps");
    install.target = line.last("--target").or(line.last("--prefix")).cloned();
    settings(&mut builder, line);
    let extras: Vec<String> = line
        .all("--extra")
        .map(|extra| crate::python::version::normalize(extra.as_str()))
        .collect();
    let selection = Selection {
        main: true,
        extras,
        all_extras: line.has("--all-extras"),
        ..Selection::default()
    };
    for option in &line.options {
        let Some(value) = &option.value else { continue };
        match option.name {
            "--requirements" if value.as_str().ends_with("pyproject.toml") => {
                project::read_pyproject(&mut builder, value, "", &selection);
            }
            "--requirements" => requirements_file::read(&mut builder, value, false),
            "--constraints" | "--overrides" => requirements_file::read(&mut builder, value, true),
            "--editable" => builder.want_editable(value, &RequirementOrigin::Command),
            "--group" => crate::python::project::group(&mut builder, value),
            _ => {}
        }
    }
    for (name, variable) in [
        ("--constraints", "UV_CONSTRAINT"),
        ("--overrides", "UV_OVERRIDE"),
    ] {
        if let (false, Variable::Known(paths)) = (line.has(name), call.variable(variable)) {
            for path in blank_separated(&paths) {
                requirements_file::read(&mut builder, &path, true);
            }
        }
    }
    for operand in &line.operands {
        builder.want(operand, &RequirementOrigin::Command);
    }
    Action::Python(builder.install)
}

/// `uv.toml`, or else `[tool.uv]` of the working directory's pyproject.toml, settles what the command leaves open.
fn settings(builder: &mut Builder<'_>, line: &Line) {
    if line.has("--no-config") {
        return;
    }
    let folder = line
        .last("--directory")
        .or(line.last("--project"))
        .map_or("", Text::as_str);
    let files = builder.call.context.files;
    if let Some((id, file)) = files.open(&join(folder, "uv.toml")) {
        UvSettings::of_file(&Document::parse(id, file.text())).apply(builder, true);
    } else if let Some((id, file)) = files.open(&join(folder, "pyproject.toml")) {
        UvSettings::of_project(&Document::parse(id, file.text())).apply(builder, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::NoBuildIsolation;
    use crate::testing::{World, show};

    #[test]
    fn pip_of_uv() {
        for line in [
            "uv pip install --system torch==2.1 --index-url https://x/cu121",
            "uv --no-cache pip install -p 3.11 -i https://x/cu121 torch==2.1",
            "uv pip install --default-index https://x/cu121 --no-build-isolation-package flash-attn torch==2.1",
            "uv pip install --default-index pytorch=https://x/cu121 torch==2.1",
            "/root/.local/bin/uv pip --quiet install --index-url=https://x/cu121 torch==2.1",
            "python -m uv pip install -ihttps://x/cu121 torch==2.1",
            "UV_INDEX_URL=https://x/cu121 uv pip install torch==2.1",
            "UV_DEFAULT_INDEX=https://x/cu121 uv pip install torch==2.1",
        ] {
            let install = World::new().python(line);
            assert_eq!(install.tool, PythonTool::UvPip);
            assert_eq!(show(&install.requirements), "torch 2.1", "{line}");
            assert_eq!(
                install.indexes.primary.unwrap().url.as_str(),
                "https://x/cu121",
                "{line}"
            );
        }
        assert!(World::new().run("uv pip list").is_empty());
        assert!(World::new().run("uv venv --python 3.11").is_empty());
        assert!(World::new().run("uv python install 3.11").is_empty());
    }

    #[test]
    fn indexes_and_backends() {
        let install = World::new()
            .variable("UV_INDEX", Some("a=https://a https://b"))
            .variable("UV_TORCH_BACKEND", Some("cu128"))
            .python("uv pip install torch");
        let extra: Vec<&str> = install
            .indexes
            .extra
            .iter()
            .map(|index| index.url.as_str())
            .collect();
        assert_eq!(extra, ["https://a", "https://b"]);
        assert_eq!(install.indexes.torch_backend.unwrap().as_str(), "cu128");
        let install =
            World::new().python("uv pip install torch --torch-backend=auto --prerelease allow");
        assert_eq!(install.indexes.torch_backend.unwrap().as_str(), "auto");
        assert!(install.pre);
        // uv does not read pip's variables.
        let install = World::new()
            .variable("PIP_INDEX_URL", Some("https://x"))
            .python("uv pip install torch");
        assert!(install.indexes.primary.is_none());
    }

    #[test]
    fn files() {
        let world = World::new().file(
            "r.txt",
            "torch\n-i https://file\n--extra-index-url https://e\n",
        );
        let install = world.python("uv pip sync --index-url https://cli r.txt");
        assert_eq!(show(&install.requirements), "torch");
        assert_eq!(install.indexes.primary.unwrap().url.as_str(), "https://cli");
        let install = world.python("uv pip install -r r.txt --no-build-isolation");
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://file"
        );
        assert_eq!(install.indexes.extra[0].url.as_str(), "https://e");
        assert_eq!(install.no_build_isolation, NoBuildIsolation::All);
    }
}
