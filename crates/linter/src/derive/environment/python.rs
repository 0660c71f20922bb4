//! Which Python an installation is for: the one of the image, the one that the command names, or the one that the
//! distribution installs.

use facts::distribution::{self, Distribution};
use packages::action::{Action, OsVerb};
use packages::program::base_name;
use source::Location;

use super::derived::{CommandAt, PythonSteps};
use super::inventory::Installed;
use super::view::StageView;
use crate::derive::effects::housekeeping::installs_python;
use crate::derive::effects::{RunCommand, Topic};
use crate::derive::image::{CopyFrom, StepAction};

/// The Python that an installation is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// `3.10`.
    pub version: String,
    /// Where that is said.
    pub at: Location,
    /// Who says it: `Python 3.10`, `python3 of Ubuntu 22.04 is Python 3.10`.
    pub because: String,
}

/// What a command does to the Python that is found as `python3`.
enum Change {
    None,
    Distribution(Location),
    Other,
}

/// Programs that bring a Python of their own, or choose among several.
const CHOOSERS: &[&str] = &[
    "alternatives",
    "asdf",
    "conda",
    "ln",
    "mamba",
    "micromamba",
    "mise",
    "pixi",
    "pyenv",
    "rye",
    "update-alternatives",
    "uv",
];

impl StageView<'_> {
    /// The Python that an installation is for; `None` where it cannot be told.
    #[must_use]
    pub fn interpreter_of(self, installed: &Installed<'_>) -> Option<Python> {
        let stage = self.model.stage(installed.stage);
        if let Some((major, minor)) = installed.install.python_version() {
            let named = installed.install.python.as_ref()?;
            return Some(Python {
                version: format!("{major}.{minor}"),
                at: named.place(),
                because: format!("the command names Python {major}.{minor}"),
            });
        }
        let word = installed.command.invocation.program_word().as_str();
        let elsewhere = word.contains('/') && !word.starts_with("/usr/bin/");
        let plain = installed
            .install
            .python
            .as_ref()
            .is_none_or(|python| python.as_str() == "python3");
        if !plain
            || installed.install.tool.is_uv()
            || installed.command.invocation.runner().is_some()
            || stage.has_conda()
            || stage.has_unreadable_step()
        {
            return None;
        }
        let image = stage.image().filter(|image| image.is_certain())?;
        let facts = image.facts.as_ref()?;
        if let Some(version) = &facts.python_version {
            return Some(Python {
                version: version.clone(),
                at: stage.image_at(),
                because: format!("Python {version}"),
            });
        }
        if facts.python != Some(false) || elsewhere || stage.chooses_by_path() {
            return None;
        }
        let distribution = distribution::of_image(&image.reference)
            .filter(|row| row.confidence.supports_errors())?;
        stage.python_of_distribution(distribution, installed.at)
    }

    /// The `python3` that the package manager installed before a command of the stage, unless another may be found.
    fn python_of_distribution(self, row: &Distribution, before: CommandAt) -> Option<Python> {
        let mut found = None;
        for stage in self.line() {
            let steps = stage.python_steps(row);
            let own = stage.index == self.index;
            if steps.other.is_some_and(|other| !own || other < before) {
                return None;
            }
            let brought = steps.distribution.filter(|(at, _)| !own || *at < before);
            found = found.or(brought);
        }
        let (_, at) = found?;
        let name = if row.name == "ubuntu" {
            "Ubuntu"
        } else {
            "Debian"
        };
        Some(Python {
            version: row.python.as_str().to_owned(),
            at,
            because: format!("python3 of {name} {} is Python {}", row.version, row.python),
        })
    }

    fn python_steps(self, row: &Distribution) -> PythonSteps {
        *self.cells().python_steps.get_or_init(|| {
            let mut found = PythonSteps::default();
            for (step, what) in self.own_steps().enumerate() {
                let mut other = |command: usize| {
                    found.other.get_or_insert(CommandAt {
                        step: step as u32,
                        command: command as u32,
                    });
                };
                match &what.action {
                    StepAction::Copy(copy) if copy.from != CopyFrom::Context => other(0),
                    StepAction::Run(run) => {
                        for (number, command) in run.commands.iter().enumerate() {
                            match change(command, row) {
                                Change::None => {}
                                Change::Other => other(number),
                                Change::Distribution(at) => {
                                    let place = CommandAt {
                                        step: step as u32,
                                        command: number as u32,
                                    };
                                    found.distribution.get_or_insert((place, at));
                                }
                            }
                        }
                    }
                    _ => {}
                }
            }
            found
        })
    }

    /// Whether conda installs something in it or in its ancestors.
    pub(super) fn has_conda(self) -> bool {
        self.line().any(|stage| {
            let cell = &stage.cells().has_conda;
            *cell.get_or_init(|| stage.own_conda().next().is_some())
        })
    }

    /// Whether PATH leads to an environment or another installation first.
    pub(super) fn chooses_by_path(self) -> bool {
        let Some(setting) = self.env("PATH") else {
            return false;
        };
        let text = setting.value.as_str().to_ascii_lowercase();
        ["env", "conda", "forge", "python", "/opt/", "/app/"]
            .iter()
            .any(|part| text.contains(part))
    }
}

fn change(command: &RunCommand, row: &Distribution) -> Change {
    let program = command.program();
    // `python` as another name of `python3` changes nothing.
    let says_python = || {
        let mut words = command.invocation.words.iter();
        words.any(|word| {
            let word = word.as_str().to_ascii_lowercase();
            let plain = matches!(base_name(&word), "python" | "python3")
                && (!word.contains('/')
                    || word.starts_with("/usr/bin/")
                    || word.starts_with("/usr/local/bin/"));
            word.contains("python") && !plain
        })
    };
    let chooses = match program {
        "ln" | "alternatives" | "update-alternatives" => says_python(),
        // Python built from its source.
        "tar" | "wget" | "curl" => {
            let mut words = command.invocation.words.iter();
            words.any(|word| word.as_str().contains("Python-3"))
        }
        _ => CHOOSERS.contains(&program),
    };
    if chooses || installs_python(command) || command.is_opaque(Topic::System) {
        return Change::Other;
    }
    let mut found = Change::None;
    for action in &command.effects.actions {
        match action {
            Action::Conda(_) => return Change::Other,
            Action::Os(install) if install.verb == OsVerb::Install => {
                if install.incomplete {
                    return Change::Other;
                }
                for package in &install.packages {
                    let name = package.as_str().split('=').next().unwrap_or_default();
                    let minor = name.strip_prefix("python").and_then(|rest| {
                        let version = rest.split('-').next()?;
                        version.contains('.').then_some(version)
                    });
                    if name.contains("conda") || minor.is_some_and(|minor| row.python != minor) {
                        return Change::Other;
                    }
                    // `python` and `python-pip` are Python 2 in old releases.
                    if matches!(name, "python" | "python-pip" | "python2" | "pypy3") {
                        return Change::Other;
                    }
                    if name == "python3" || name.starts_with("python3-") || minor.is_some() {
                        found = Change::Distribution(package.place());
                    }
                }
            }
            _ => {}
        }
    }
    if command.is_conditional() && matches!(found, Change::Distribution(_)) {
        return Change::Other;
    }
    found
}
