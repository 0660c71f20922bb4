//! The pip, setuptools and wheel of a stage, command after command.

use facts::distribution;
use packages::action::{Action, VersionSpec};

use super::pip::{Pip, ToolSteps, Tools};
use crate::derive::effects::RunCommand;
use crate::derive::environment::derived::CommandAt;
use crate::derive::environment::view::StageView;

impl<'m> StageView<'m> {
    /// The tools that a command of the stage finds.
    pub(super) fn tools_before(self, at: CommandAt) -> Tools {
        let steps = self.tool_steps_before(at);
        let first = self.first_tools();
        Tools {
            pip: steps.pip.unwrap_or(first.pip),
            setuptools: steps.setuptools.or(first.setuptools),
            wheel: steps.wheel.or(first.wheel),
        }
    }

    /// Whether a command before one of the stage chose a pip.
    pub(super) fn renews_pip_before(self, at: CommandAt) -> bool {
        self.tool_steps_before(at).pip.is_some()
    }

    fn tool_steps_before(self, at: CommandAt) -> ToolSteps {
        let mut steps = ToolSteps::default();
        for stage in self.line() {
            let own = stage.tool_steps();
            let before = if stage.index == self.index {
                own.partition_point(|(other, _)| *other < at)
            } else {
                own.len()
            };
            if let Some((_, last)) = before.checked_sub(1).and_then(|last| own.get(last)) {
                steps = last.or(steps);
            }
        }
        steps
    }

    /// After each own command that does something to the tools, what all so far did.
    fn tool_steps(self) -> &'m [(CommandAt, ToolSteps)] {
        self.cells().tools.get_or_init(|| {
            let mut so_far = ToolSteps::default();
            let own = self.own_commands_at();
            own.filter_map(|(at, command)| {
                so_far = step(command)?.or(so_far);
                Some((at, so_far))
            })
            .collect()
        })
    }

    /// The pip of the distribution, and whether setuptools and wheel come with it.
    fn first_tools(self) -> Tools {
        let unknown = Tools {
            pip: Pip::Unknown,
            setuptools: None,
            wheel: None,
        };
        let Some(image) = self.image().filter(|image| image.is_certain()) else {
            return unknown;
        };
        let facts = image.facts.as_ref();
        if facts.is_none_or(|facts| facts.python != Some(false)) || self.has_unreadable_step() {
            return unknown;
        }
        let Some(row) = distribution::of_image(&image.reference) else {
            return unknown;
        };
        let brings = |name: &str| row.pip_brings.as_ref().map(|brought| brought.has(name));
        Tools {
            pip: row.pip.parse().map_or(Pip::Unknown, Pip::Version),
            setuptools: brings("setuptools"),
            wheel: brings("wheel"),
        }
    }
}

/// What one command does to the tools; `None` where it does nothing.
fn step(command: &RunCommand) -> Option<ToolSteps> {
    let mut found = ToolSteps::default();
    for action in &command.effects.actions {
        match action {
            Action::Python(install) => {
                for requirement in &install.requirements {
                    match requirement.name.as_str() {
                        "pip" => found.pip = pip(&requirement.version, install.upgrade),
                        "setuptools" => found.setuptools = Some(true),
                        "wheel" => found.wheel = Some(true),
                        _ => {}
                    }
                }
            }
            Action::Os(install) => {
                for package in &install.packages {
                    match package.as_str() {
                        "python3-setuptools" => found.setuptools = Some(true),
                        "python3-wheel" => found.wheel = Some(true),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let mut words = command.invocation.words.iter();
    if words.any(|word| word.as_str().contains("get-pip.py")) {
        found.pip = Some(Pip::Newest);
    }
    let something = found.pip.is_some() || found.setuptools.is_some() || found.wheel.is_some();
    something.then_some(found)
}

/// The pip after a command names it.
fn pip(wanted: &VersionSpec, upgrade: bool) -> Option<Pip> {
    match wanted {
        VersionSpec::Exact { version, .. } => {
            let version = version.to_string().parse();
            Some(version.map_or(Pip::Unknown, Pip::Version))
        }
        VersionSpec::Any => upgrade.then_some(Pip::Newest),
        // `pip<25` and the like: which one that gives is not looked up.
        VersionSpec::Range { .. } | VersionSpec::Unknown => Some(Pip::Unknown),
    }
}
