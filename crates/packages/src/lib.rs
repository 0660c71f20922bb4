//! Package managers: which program a command runs in the end, and what it installs, by the option grammar and the
//! files of pip, uv, Poetry, PDM, Pipenv, pipx, conda, pixi and the managers of operating systems. A command and its
//! files in, what it installs out; every word knows where it stands. Knows no hardware and opens no file itself.

#![warn(clippy::disallowed_methods)]

pub mod action;
mod call;
mod conda;
mod files;
pub mod glob;
pub mod invocation;
pub mod marker;
mod os;
pub mod program;
mod python;
#[cfg(test)]
mod testing;
pub mod text;
mod words;

use action::Action;
use call::Call;
use conda::pixi;
use invocation::Invocation;
use program::{base_name, is_pip, is_python};
use python::{pdm, pip, pipenv, pipx, poetry, uv, version};
use text::Text;
use words::{options, wrapper};

pub use call::{Assigned, DependencyFiles, PackageContext, PackageOf};
pub use python::version::normalize;
pub use words::script::{Script, is_code_option, script, starts_at_home};
pub use words::wrapper::is_wrapper;

/// What a command installs or removes; empty when it runs no package manager.
#[must_use]
pub fn actions(invocation: &Invocation, context: &PackageContext<'_>) -> Vec<Action> {
    run(
        &Call {
            at: invocation.at,
            environment: &invocation.environment,
            context,
            fed: invocation.fed,
            python: None,
            depth: 0,
        },
        &invocation.words,
    )
}

/// Whether [`actions`] understands the command: it runs a package manager, or may do so.
#[must_use]
pub fn understands(invocation: &Invocation) -> bool {
    invocation.runner().is_some()
        || Family::of(invocation.program()).is_some()
        || invocation.program_word().has_hole()
}

/// Wrappers within wrappers beyond this are not followed.
const MAX_WRAPPERS: u32 = 8;

/// Programs that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Pip,
    Python,
    Uv,
    Uvx,
    Poetry,
    Pdm,
    Pipenv,
    Pipx,
    Pixi,
    Conda,
    Os,
}

impl Family {
    fn of(program: &str) -> Option<Self> {
        if is_pip(program) {
            return Some(Self::Pip);
        }
        if is_python(program) {
            return Some(Self::Python);
        }
        match program {
            "uv" => Some(Self::Uv),
            "uvx" => Some(Self::Uvx),
            "poetry" => Some(Self::Poetry),
            "pdm" => Some(Self::Pdm),
            "pipenv" => Some(Self::Pipenv),
            "pipx" => Some(Self::Pipx),
            "pixi" => Some(Self::Pixi),
            "conda" | "mamba" | "micromamba" => Some(Self::Conda),
            _ if os::is_manager(program) => Some(Self::Os),
            _ => None,
        }
    }
}

fn run(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let Some(program) = words.first() else {
        return Vec::new();
    };
    if call.depth > MAX_WRAPPERS {
        return Vec::new();
    }
    let mut found = own(call, program, words);
    if let Some(inner) = wrapper::unwrap(words) {
        found.extend(run(&call.inner(), &words[inner.rest..]));
    }
    found
}

/// What a program does itself; what it runs comes on top.
fn own(call: &Call<'_>, program: &Text, words: &[Text]) -> Vec<Action> {
    match Family::of(base_name(program.as_str())) {
        Some(Family::Pip) => {
            let mut call = call.clone();
            if call.python.is_none() && version::python_version(program.as_str()).is_some() {
                call.python = Some(program.clone());
            }
            pip::actions(&call, &words[1..])
        }
        Some(Family::Python) => run_module(call, words),
        Some(Family::Uv) => uv::actions(call, &words[1..]),
        Some(Family::Uvx) => uv::tool::tool(call, program, &words[1..]),
        Some(Family::Poetry) => poetry::actions(call, &words[1..]),
        Some(Family::Pdm) => pdm::actions(call, &words[1..]),
        Some(Family::Pipenv) => pipenv::actions(call, &words[1..]),
        Some(Family::Pipx) => pipx::actions(call, &words[1..]),
        Some(Family::Pixi) => pixi::actions(call, &words[1..]),
        Some(Family::Conda) => conda::actions(call, words),
        Some(Family::Os) => os::actions(call, words),
        None if options::is_unknown(program) => run_unknown(call, words),
        None => Vec::new(),
    }
}

/// `$PY -m pip`, `$SUDO apt-get install`.
fn run_unknown(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    if words.iter().any(|word| word.as_str() == "-m") {
        return run_module(call, words);
    }
    let next = words.get(1).map_or("", Text::as_str);
    if Family::of(base_name(next)).is_some() {
        run(&call.inner(), &words[1..])
    } else {
        Vec::new()
    }
}

/// `python -u -m pip …` runs what stands behind `-m`.
fn run_module(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let mut at = 1;
    while let Some(word) = words.get(at) {
        let text = word.as_str();
        if text == "-m" {
            let module = words.get(at + 1).map_or("", Text::as_str);
            let module = module.strip_suffix(".__main__").unwrap_or(module);
            let is_module = matches!(
                module,
                "pip" | "uv" | "poetry" | "pdm" | "pipenv" | "pipx" | "conda"
            );
            if !is_module {
                return Vec::new();
            }
            let mut call = call.inner();
            call.python = Some(words[0].clone()).filter(|python| !python.has_hole());
            let mut rest = words[at + 1..].to_vec();
            rest[0] = rest[0].slice(0..module.len());
            return run(&call, &rest);
        }
        if let Some(module) = text.strip_prefix("-m").filter(|module| *module == "pip") {
            let mut rest = words[at..].to_vec();
            rest[0] = rest[0].slice(2..2 + module.len());
            return run(&call.inner(), &rest);
        }
        if !text.starts_with('-') || matches!(text, "-" | "-c") {
            return Vec::new();
        }
        at += if matches!(text, "-W" | "-X" | "--check-hash-based-pycs") {
            2
        } else {
            1
        };
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::action::Action;
    use crate::testing::{World, show};

    #[test]
    fn package_managers_are_found_behind_other_programs() {
        for line in [
            "pip install torch",
            "pip3 install torch",
            "pip3.11 install torch",
            "pip-3.11 install torch",
            "/opt/venv/bin/pip install torch",
            "/opt/$/bin/pip install torch",
            "python -m pip install torch",
            "python3.11 -u -W ignore -m pip install torch",
            "python -m pip.__main__ install torch",
            "python -mpip install torch",
            "python -u -m pip install torch",
            "/usr/bin/python3.11 -m pip install torch",
            "python3.13t -m pip install torch",
            "pypy3 -m pip install torch",
            "py -3.11 -m pip install torch",
            "$ -m pip install torch",
            "$ pip install torch",
            "sudo -H -u me pip install torch",
            "env -u X A=1 pip install torch",
            "time nice -n 5 pip install torch",
            "exec pip install torch",
            "timeout -k 5 60 pip install torch",
            "conda run -n env --no-capture-output pip install torch",
            "micromamba run -n base python -m pip install torch",
            "xargs -n 1 pip install torch",
        ] {
            assert_eq!(
                show(&World::new().python(line).requirements),
                "torch",
                "{line}"
            );
        }
    }

    #[test]
    fn other_programs_do_nothing_we_know() {
        for line in [
            "retry 3 pip install torch",
            "$ install torch",
            "echo pip install torch",
            "python -c pip install torch",
            "python setup.py -m pip install torch",
            "python -m venv pip",
            "command -v pip",
            "pip",
            "pip list",
            "pip cache purge",
            "pip --version",
            "xargs rm",
        ] {
            assert!(World::new().run(line).is_empty(), "{line}");
        }
    }

    /// Words that bring every branch of the readers about.
    const WORDS: &str = "pip|pip3.11|python|-m|uv|uvx|sync|add|run|tool|install|download|--with|poetry|pdm|pipenv|pipx|pixi|\
        conda|micromamba|env|create|update|-f|-r|-c|-e|-i|-t|-p|--index-url=|--extra-index-url|--group|-E|--only|torch|==|2.1+cu121|@|[|]|;|\
        python_version < '3'|https://x/a-1-py3-none-any.whl|git+https://github.com/o/r#egg=|./|$|=|*|é|\"|'|::|apt-get|dnf|apk|pacman|-Syu|\
        xargs|sudo|env|timeout|pyproject.toml|uv.lock|poetry.lock|requirements.txt|environment.yml|pixi.toml|Pipfile|\n|\\|#|:|-| |  - |[[package]]|\
        name = 'a'|dependencies = ['a']|{|}|,|\u{FEFF}|\t|\r|--hash=|${A}|~|^|>|!";

    fn pieces() -> impl Strategy<Value = String> {
        let words: Vec<&'static str> = WORDS.split('|').collect();
        let piece =
            prop_oneof![4 => prop::sample::select(words).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
        prop::collection::vec((piece, any::<bool>()), 0..24).prop_map(|pieces| {
            pieces
                .into_iter()
                .map(|(piece, gap)| if gap { format!("{piece} ") } else { piece })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn no_command_and_no_file_panics(command in pieces(), file in pieces()) {
            let mut world = World::new();
            let names = ["requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock", "environment.yml", "pixi.toml", "Pipfile", "pdm.lock"];
            for name in names {
                world = world.file(name, &file);
            }
            world.run(&command);
            for line in [
                "pip install -r requirements.txt -c requirements.txt .", "uv sync", "poetry install", "conda env create", "pixi install",
                "pipenv install", "pdm install", "conda install --file requirements.txt",
            ] {
                for action in world.run(line) {
                    let Action::Python(install) = action else { continue };
                    for requirement in &install.requirements {
                        let at = requirement.name_at;
                        prop_assert!(at.file.0 == 0 || !world.slice(at).is_empty() || requirement.name.is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn words_from_xargs_are_not_known() {
        assert!(World::new().python("xargs -a list pip install").incomplete);
        assert!(World::new().os("xargs -r apt-get install -y").incomplete);
    }
}
