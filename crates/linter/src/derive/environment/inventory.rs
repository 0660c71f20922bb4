//! What is installed in a stage: its own commands, what it inherits, and what it receives through COPY --from.

use std::collections::HashSet;
use std::ops::Bound;

use packages::action::{Action, CondaInstall, OsInstall, OsVerb, PythonInstall, Requirement};

use super::derived::{CommandAt, PythonAt, Segment};
use super::view::StageView;
use crate::derive::effects::{RunCommand, Topic};
use crate::derive::image::{CopyFrom, CopyStep, MAX_ANCESTORS, Step, StepAction, commands_of};

/// A Python installation that reaches a stage.
#[derive(Clone, Copy, Debug)]
pub struct Installed<'m> {
    /// The stage whose step it is.
    pub stage: usize,
    /// Index of the instruction.
    pub instruction: usize,
    /// Where the command stands in that stage.
    pub at: CommandAt,
    /// The command.
    pub command: &'m RunCommand,
    /// What it installs.
    pub install: &'m PythonInstall,
    /// It ran in another stage and its result was copied.
    pub received: bool,
}

/// How many COPY in a row are followed.
const MAX_COPIES: u32 = 8;

impl<'m> Installed<'m> {
    /// The requirements that are really installed.
    pub fn requirements(self) -> impl Iterator<Item = &'m Requirement> {
        work::each(&self.install.requirements).filter(move |_| !self.install.dry_run)
    }
}

/// Folders that hold installed Python packages, or an environment with them.
const PYTHON_FOLDERS: &[&str] = &[
    "site-packages",
    "dist-packages",
    "venv",
    ".venv",
    "virtualenv",
    "conda",
    "miniconda",
    "miniconda3",
    "mambaforge",
    "miniforge3",
    "envs",
    "env",
    ".local",
    "python3",
];

impl<'m> StageView<'m> {
    /// Python installations of this stage alone.
    pub fn own_python(self) -> impl Iterator<Item = Installed<'m>> {
        let range = 0..self.python_places().len();
        self.python_of(Segment {
            stage: self.index,
            range,
            received: false,
        })
    }

    /// All Python installations whose result is in the stage: inherited, own and received.
    pub fn python(self) -> impl Iterator<Item = Installed<'m>> {
        let segments = self.segments().into_iter();
        segments.flat_map(move |segment| self.python_of(segment))
    }

    /// The installation that a stage has as its own with this number.
    pub(super) fn installed(self, number: usize, received: bool) -> Option<Installed<'m>> {
        work::done();
        let at = self.python_places().get(number)?;
        let step = self.stage().steps.get(at.command.step as usize)?;
        let command = commands_of(step).get(at.command.command as usize)?;
        let Action::Python(install) = command.effects.actions.get(at.action as usize)? else {
            return None;
        };
        Some(Installed {
            stage: self.index,
            instruction: step.instruction,
            at: at.command,
            command,
            install,
            received,
        })
    }

    /// The number of an own installation.
    pub(super) fn python_number(self, installed: &Installed<'_>) -> Option<usize> {
        let places = self.python_places();
        let first = places.partition_point(|at| at.command < installed.at);
        let same = places.get(first..)?.iter();
        let mut same = same.take_while(|at| at.command == installed.at);
        let at = same.position(|at| {
            let action = installed.command.effects.actions.get(at.action as usize);
            matches!(action, Some(Action::Python(install)) if std::ptr::eq(install, installed.install))
        })?;
        Some(first + at)
    }

    fn python_of(self, segment: Segment) -> impl Iterator<Item = Installed<'m>> {
        let stage = self.model.stage(segment.stage);
        let numbers = segment.range;
        numbers.filter_map(move |number| stage.installed(number, segment.received))
    }

    fn python_places(self) -> &'m [PythonAt] {
        self.cells().python.get_or_init(|| {
            let own = self.own_commands_at();
            own.flat_map(|(at, command)| {
                let actions = command.effects.actions.iter().enumerate();
                actions.filter_map(move |(action, what)| {
                    matches!(what, Action::Python(_)).then_some(PythonAt {
                        command: at,
                        action: action as u32,
                    })
                })
            })
            .collect()
        })
    }

    /// Its own commands with their places.
    pub(super) fn own_commands_at(self) -> impl Iterator<Item = (CommandAt, &'m RunCommand)> {
        self.own_steps().enumerate().flat_map(|(step, what)| {
            let commands = commands_of(what).iter().enumerate();
            commands.map(move |(command, what)| {
                let at = CommandAt {
                    step: step as u32,
                    command: command as u32,
                };
                (at, what)
            })
        })
    }

    /// Whose Python installations reach the stage, in the order in which they are made.
    pub(super) fn segments(self) -> Vec<Segment> {
        let received = self.cells().received.get_or_init(|| {
            let mut found = Vec::new();
            self.collect_python(&mut found, &mut HashSet::new(), 0);
            let some = found.iter().any(|segment| segment.received);
            some.then_some(found)
        });
        if let Some(segments) = received {
            return segments.clone();
        }
        let line = self.line();
        line.map(|stage| Segment {
            stage: stage.index,
            range: 0..stage.python_places().len(),
            received: false,
        })
        .collect()
    }

    /// Each stage gives once, however often and by whatever ways it is copied from; what comes from more stages than
    /// a stage may have ancestors is not known.
    fn collect_python(self, found: &mut Vec<Segment>, seen: &mut HashSet<usize>, depth: u32) {
        for stage in self.line() {
            let enough = depth > 0 && seen.len() > MAX_ANCESTORS;
            if enough || !seen.insert(stage.index) {
                continue;
            }
            let places = stage.python_places();
            let mut from = 0;
            let mut add = |found: &mut Vec<Segment>, to: usize| {
                if from < to {
                    found.push(Segment {
                        stage: stage.index,
                        range: from..to,
                        received: depth > 0,
                    });
                    from = to;
                }
            };
            for (step, what) in stage.own_steps().enumerate() {
                if let StepAction::Copy(copy) = &what.action
                    && let CopyFrom::Stage(source) = copy.from
                    && depth < MAX_COPIES
                    && seen.len() <= MAX_ANCESTORS
                    && stage.stage().ancestors <= MAX_ANCESTORS
                    && source < stage.index
                    && !seen.contains(&source)
                    && self.model.stage(source).gives_python(copy)
                {
                    let before = |at: &PythonAt| (at.command.step as usize) < step;
                    add(found, places.partition_point(before));
                    let source = self.model.stage(source);
                    source.collect_python(found, seen, depth + 1);
                }
            }
            add(found, places.len());
        }
    }

    /// Whether a COPY from this stage takes installed Python packages along.
    #[must_use]
    pub fn gives_python(self, copy: &CopyStep) -> bool {
        copy.sources.iter().any(|source| {
            let Some(path) = source.known() else {
                return false;
            };
            let path = path.trim_end_matches('/');
            let named = path.split('/').any(|part| {
                PYTHON_FOLDERS.contains(&part)
                    || (part.starts_with("python3.") && !part.ends_with("bin"))
            });
            let whole = matches!(
                path,
                "" | "/usr" | "/usr/local" | "/usr/local/lib" | "/opt" | "/root"
            );
            named || whole || self.makes_environment(path)
        })
    }

    /// Whether a command of the stage or its ancestors creates an environment at or below `path`, or installs there.
    fn makes_environment(self, path: &str) -> bool {
        let inside = format!("{path}/");
        self.line().any(|stage| {
            let own = stage.cells().environments.get_or_init(|| {
                let commands = stage.own_commands();
                commands.flat_map(environments).collect()
            });
            let next = own.range::<str, _>((Bound::Included(inside.as_str()), Bound::Unbounded));
            own.contains(path) || { next }
                .next()
                .is_some_and(|place| place.starts_with(&inside))
        })
    }

    /// Conda installations of the stage and its ancestors.
    pub fn conda(self) -> impl Iterator<Item = (&'m RunCommand, &'m CondaInstall)> {
        self.line().flat_map(Self::own_conda)
    }

    /// Those of the stage alone.
    pub fn own_conda(self) -> impl Iterator<Item = (&'m RunCommand, &'m CondaInstall)> {
        self.own_commands().flat_map(|command| {
            command
                .effects
                .actions
                .iter()
                .filter_map(move |action| match action {
                    Action::Conda(install) => Some((command, install)),
                    _ => None,
                })
        })
    }

    /// OS package installations of the stage and its ancestors.
    pub fn os(self) -> impl Iterator<Item = (&'m RunCommand, &'m OsInstall)> {
        self.commands().flat_map(|command| {
            command
                .effects
                .actions
                .iter()
                .filter_map(move |action| match action {
                    Action::Os(install) if install.verb == OsVerb::Install => {
                        Some((command, install))
                    }
                    _ => None,
                })
        })
    }

    /// Whether a command may do something of `topic` without our seeing it. A step whose shell is not read has no
    /// commands: that is `has_unreadable_step`.
    #[must_use]
    pub fn is_opaque(self, topic: Topic) -> bool {
        self.line().any(|stage| stage.first_opaque(topic).is_some())
    }

    /// The first own command that may do something of `topic` without our seeing it.
    fn first_opaque(self, topic: Topic) -> Option<CommandAt> {
        *self.cells().opaque(topic).get_or_init(|| {
            let mut own = self.own_commands_at();
            own.find_map(|(at, command)| command.is_opaque(topic).then_some(at))
        })
    }

    /// Whether some step of the stage or its ancestors is in a language we do not read.
    #[must_use]
    pub fn has_unreadable_step(self) -> bool {
        let unreadable =
            |step: &Step| matches!(&step.action, StepAction::Run(run) if !run.readable);
        self.line().any(|stage| {
            let cell = &stage.cells().unreadable;
            *cell.get_or_init(|| stage.own_steps().any(unreadable))
        })
    }

    /// Whether torch is, or may be, there when the command of an own installation runs.
    #[must_use]
    pub fn may_have_torch(self, installed: &Installed<'_>) -> bool {
        let image = self.image();
        let known_without =
            image.is_some_and(|image| image.is_certain() && image.torch().is_none());
        // A virtual environment from another stage may hold it.
        let from_elsewhere = |step: &Step| matches!(&step.action, StepAction::Copy(copy) if copy.from != CopyFrom::Context);
        let anyhow = *self.cells().may_have_torch.get_or_init(|| {
            !known_without
                || self.conda().next().is_some()
                || self.has_unreadable_step()
                || self.steps().any(from_elsewhere)
        });
        anyhow
            || self.line().any(|stage| {
                let first = stage.first_torch();
                first.is_some_and(|first| stage.index != self.index || first < installed.at)
            })
    }

    /// The first own command after which torch may be there.
    fn first_torch(self) -> Option<CommandAt> {
        *self.cells().first_torch.get_or_init(|| {
            let mut own = self.own_commands_at();
            own.find_map(|(at, command)| {
                let brings = command.effects.actions.iter().any(|action| match action {
                    Action::Python(install) => {
                        let mut requirements = install.requirements.iter();
                        requirements.any(|requirement| brings_torch(&requirement.name))
                    }
                    _ => false,
                });
                (brings || command.is_opaque(Topic::Python)).then_some(at)
            })
        })
    }
}

/// Whether a package is torch, or has it installed.
fn brings_torch(name: &str) -> bool {
    name == "torch"
        || facts::package::find(name).is_some_and(|row| {
            row.kind.starts_with("needs torch")
                || matches!(
                    name,
                    "torchvision" | "torchaudio" | "vllm" | "xformers" | "bitsandbytes"
                )
        })
}

/// The places where a command creates an environment, and where it installs to.
fn environments(command: &RunCommand) -> Vec<String> {
    let creates = match command.program() {
        "virtualenv" => true,
        "uv" => command.has_arg("venv"),
        _ => command.is_python() && (command.has_arg("venv") || command.has_arg("virtualenv")),
    };
    let arguments = command.args().iter().filter(|_| creates);
    let targets = command
        .effects
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Python(install) => install.target.as_ref(),
            _ => None,
        });
    let places = arguments.chain(targets).filter_map(|place| place.known());
    places
        .map(|place| place.trim_end_matches('/').to_owned())
        .collect()
}
