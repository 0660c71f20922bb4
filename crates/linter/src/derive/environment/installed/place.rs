//! Which environment a command installs into, as far as its words tell.

use packages::action::{PythonInstall, PythonTool};
use packages::program::base_name;

use crate::derive::effects::RunCommand;

/// An environment: the one of the Python that is found first, or another by path or name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(String);

impl Place {
    /// Where an installation goes; `None` where it is of no use to other commands, or not told.
    pub(super) fn of_install(
        command: &RunCommand,
        install: &PythonInstall,
        active: &Self,
    ) -> Option<Self> {
        if install.target.is_some() || install.dry_run {
            return None;
        }
        match install.tool {
            PythonTool::UvTool | PythonTool::Pipx => return None,
            PythonTool::UvSync
            | PythonTool::UvAdd
            | PythonTool::Poetry
            | PythonTool::Pdm
            | PythonTool::Pipenv
            | PythonTool::Pixi => return Some(Self::named("project")),
            PythonTool::Pip | PythonTool::UvPip | PythonTool::CondaPip => {}
        }
        if let Some(named) = named_environment(command) {
            return Some(named);
        }
        if command.invocation.runner().is_some() {
            return None;
        }
        let interpreter = install.python.as_ref().map(packages::text::Text::known);
        match interpreter {
            Some(None) => None,
            Some(Some(path)) if path.contains('/') => Some(Self::of_path(path)),
            _ => {
                let program = command.invocation.program_word().known()?;
                if program.contains('/') {
                    return Some(Self::of_path(program));
                }
                Some(active.clone())
            }
        }
    }

    /// The environment of conda that a command names; the active one otherwise.
    pub(super) fn of_conda(command: &RunCommand, active: &Self) -> Self {
        named_environment(command).unwrap_or_else(|| active.clone())
    }

    /// The environment that a command makes the active one: `. venv/bin/activate`, `conda activate e`.
    pub(super) fn activated(command: &RunCommand) -> Option<Self> {
        let args = command.args();
        match command.program() {
            "." | "source" => {
                let path = args.first()?.as_str();
                match path.strip_suffix("/bin/activate") {
                    Some(environment) => Some(Self::named(environment)),
                    None if base_name(path) == "activate" => Some(Self::named(
                        args.get(1).map_or("base", |name| name.as_str()),
                    )),
                    None => None,
                }
            }
            "conda" | "mamba" | "micromamba" => {
                let activates = args.first()?.as_str() == "activate";
                activates.then(|| Self::named(args.get(1).map_or("base", |name| name.as_str())))
            }
            _ => None,
        }
    }

    /// The environment whose folder of programs stands first in PATH.
    pub(super) fn of_path_variable(value: &str) -> Self {
        let first = value.split(':').next().unwrap_or_default();
        let folder = first.trim_end_matches('/');
        let own = folder.strip_suffix("/bin").unwrap_or(folder);
        let lower = own.to_ascii_lowercase();
        // Folders of other programs change nothing about Python.
        if lower.contains("env") || own.starts_with("/opt/") || own.starts_with("/app") {
            return Self::of_folder(own);
        }
        Self::default()
    }

    fn of_path(program: &str) -> Self {
        let folder = program.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self::of_folder(folder.strip_suffix("/bin").unwrap_or(folder))
    }

    fn of_folder(folder: &str) -> Self {
        match folder {
            // Where the systems and the images of PyTorch have the Python that is found first.
            "" | "/usr" | "/usr/local" | "/opt/conda" => Self::default(),
            other => Self::named(other),
        }
    }

    fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// `-n NAME`, `-p PREFIX` of conda.
fn named_environment(command: &RunCommand) -> Option<Place> {
    let words = &command.invocation.words;
    let first = base_name(words.first()?.as_str());
    if !matches!(first, "conda" | "mamba" | "micromamba") {
        return None;
    }
    let mut words = words.iter().map(packages::text::Text::as_str);
    while let Some(word) = words.next() {
        match word {
            "-n" | "--name" | "-p" | "--prefix" => {
                let name = words.next()?;
                return Some(if name == "base" {
                    Place::default()
                } else {
                    Place::named(name)
                });
            }
            _ => {
                if let Some(name) = word.strip_prefix("--name=") {
                    return Some(Place::named(name));
                }
            }
        }
    }
    None
}
