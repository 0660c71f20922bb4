//! What is installed in a stage: its own commands, what it inherits, and what it receives through COPY --from.

use std::collections::HashSet;

use super::action::{
    Action, CondaInstall, FileState, OsInstall, OsVerb, PythonInstall, Requirement,
    RequirementOrigin,
};
use super::command::Command;
use super::finals::is_cpu_name;
use super::housekeeping;
use super::model::{CopyFrom, CopyStep, StageView, StepAction};
use super::packages::program::base_name;
use super::programs::Program;

/// A Python installation that reaches a stage.
#[derive(Clone, Copy, Debug)]
pub struct Installed<'m> {
    /// The stage whose step it is.
    pub stage: usize,
    /// Index of the instruction.
    pub instruction: usize,
    /// The command.
    pub command: &'m Command,
    /// What it installs.
    pub install: &'m PythonInstall,
    /// It ran in another stage and its result was copied.
    pub received: bool,
}

impl<'m> Installed<'m> {
    /// The requirements that are really installed.
    pub fn requirements(self) -> impl Iterator<Item = &'m Requirement> {
        self.install
            .requirements
            .iter()
            .filter(move |_| !self.install.dry_run)
    }
}

/// What can be changed without our seeing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Python packages may be installed.
    Python,
    /// Packages or libraries of the system may be installed.
    System,
    /// CUDA may be compiled.
    Compile,
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
        let stage = self.index;
        self.own_steps()
            .flat_map(move |step| python_of(step, stage, false))
    }

    /// All Python installations whose result is in the stage: inherited, own and received.
    #[must_use]
    pub fn python(self) -> Vec<Installed<'m>> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        self.collect_python(&mut found, &mut seen, 0);
        found
    }

    /// Each stage gives once, however often and by whatever ways it is copied from.
    fn collect_python(self, found: &mut Vec<Installed<'m>>, seen: &mut HashSet<usize>, depth: u32) {
        for index in self.lineage() {
            if !seen.insert(index) {
                continue;
            }
            let stage = Self {
                model: self.model,
                index,
            };
            for step in stage.own_steps() {
                found.extend(python_of(step, index, depth > 0));
                if let StepAction::Copy(copy) = &step.action
                    && let CopyFrom::Stage(from) = copy.from
                    && depth < 8
                    && from < index
                {
                    let from = Self {
                        model: self.model,
                        index: from,
                    };
                    if from.gives_python(copy) {
                        from.collect_python(found, seen, depth + 1);
                    }
                }
            }
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
            named
                || whole
                || self
                    .commands()
                    .any(|command| makes_environment(command, path))
        })
    }

    /// Whether the command or the file that asks for a requirement says CPU: `.[cpu]`, `requirements-cpu.txt`.
    #[must_use]
    pub fn asks_for_cpu(self, installed: &Installed<'_>, requirement: &Requirement) -> bool {
        let file = match requirement.origin {
            RequirementOrigin::File { file } => {
                let name = self.model.sources.get(file).name();
                is_cpu_name(name.rsplit('/').next().unwrap_or(name))
            }
            _ => false,
        };
        installed.command.cpu_extra || file
    }

    /// Conda installations of the stage and its ancestors.
    pub fn conda(self) -> impl Iterator<Item = (&'m Command, &'m CondaInstall)> {
        self.commands().flat_map(|command| {
            command
                .actions
                .iter()
                .filter_map(move |action| match action {
                    Action::Conda(install) => Some((command, install)),
                    _ => None,
                })
        })
    }

    /// OS package installations of the stage and its ancestors.
    pub fn os(self) -> impl Iterator<Item = (&'m Command, &'m OsInstall)> {
        self.commands().flat_map(|command| {
            command
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

    /// The first command that may do something of `topic` without our seeing it.
    #[must_use]
    pub fn opaque(self, topic: Topic) -> Option<&'m Command> {
        if let Some(command) = self.commands().find(|command| is_opaque(command, topic)) {
            return Some(command);
        }
        // A step whose shell we cannot read has no commands; the stage view reports it through `unreadable`.
        None
    }

    /// Whether some step of the stage or its ancestors is in a language we do not read.
    #[must_use]
    pub fn has_unreadable_step(self) -> bool {
        self.steps()
            .any(|step| matches!(&step.action, StepAction::Run(run) if !run.readable))
    }
}

/// Packages that work with torch and do not depend on it.
const WITHOUT_TORCH: &[&str] = &[
    "transformers",
    "diffusers",
    "segment-anything",
    "torch-geometric",
];

/// Whether a package brings torch from wherever packages come from.
fn drags_torch(row: &facts::package::Package, requirement: &Requirement) -> bool {
    row.kind.starts_with("needs torch")
        && (!WITHOUT_TORCH.contains(&row.name.as_str())
            || requirement.extras.iter().any(|extra| extra == "torch"))
}

fn python_of(
    step: &super::model::Step,
    stage: usize,
    received: bool,
) -> impl Iterator<Item = Installed<'_>> {
    let commands: &[Command] = match &step.action {
        StepAction::Run(run) => &run.commands,
        _ => &[],
    };
    commands.iter().flat_map(move |command| {
        command
            .actions
            .iter()
            .filter_map(move |action| match action {
                Action::Python(install) => Some(Installed {
                    stage,
                    instruction: step.instruction,
                    command,
                    install,
                    received,
                }),
                _ => None,
            })
    })
}

/// Whether the command creates an environment at `path`, or installs into it.
fn makes_environment(command: &Command, path: &str) -> bool {
    if path.is_empty() {
        return false;
    }
    let creates = match command.program() {
        "virtualenv" => true,
        "uv" => command.has_arg("venv"),
        _ => command.is_python() && (command.has_arg("venv") || command.has_arg("virtualenv")),
    };
    let inside = |place: &str| {
        let place = place.trim_end_matches('/');
        place == path
            || place
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    if creates
        && command
            .args()
            .iter()
            .any(|arg| arg.known().is_some_and(inside))
    {
        return true;
    }
    command.actions.iter().any(|action| match action {
        Action::Python(install) => install
            .target
            .as_ref()
            .and_then(|target| target.known())
            .is_some_and(inside),
        _ => false,
    })
}

/// Modules that run as programs and compile nothing for a GPU.
const PLAIN_MODULES: &[&str] = &[
    "venv",
    "virtualenv",
    "ensurepip",
    "compileall",
    "ipykernel",
    "nltk.downloader",
];

/// Whether a command may do something of `topic` that we cannot see.
#[must_use]
pub fn is_opaque(command: &Command, topic: Topic) -> bool {
    for action in &command.actions {
        let unseen = match action {
            Action::Python(install) => {
                topic != Topic::System
                    && (install.may_install_more() || !install.projects.is_empty())
            }
            Action::Conda(install) => {
                let files = install
                    .files
                    .iter()
                    .any(|file| file.state == FileState::NotAtHand);
                install.incomplete || files
            }
            Action::Os(install) => {
                topic == Topic::System && install.incomplete && install.verb == OsVerb::Install
            }
            Action::PythonRemove(_) | Action::PipConfig { .. } => false,
        };
        if unseen {
            return true;
        }
    }
    if !command.actions.is_empty() {
        return false;
    }
    match command.program {
        Program::Harmless => false,
        Program::BuildTool => topic == Topic::Compile,
        Program::Python => {
            let builds = command.args().iter().any(|arg| {
                let name = base_name(arg.as_str());
                name == "setup.py" || name.ends_with(".py")
            });
            let module = command
                .args()
                .windows(2)
                .any(|pair| pair[0].as_str() == "-m" && !PLAIN_MODULES.contains(&pair[1].as_str()));
            match topic {
                Topic::Compile => {
                    builds || module || command.has_arg("-c") || command.input.is_some()
                }
                Topic::Python => builds,
                Topic::System => false,
            }
        }
        // The tools of installed packages (`yolo export`) fetch models and the like.
        Program::Opaque => topic != Topic::System || !housekeeping::is_plain_tool(command),
    }
}

impl StageView<'_> {
    /// Whether programs in the stage are meant to use CUDA, as far as the base image and packages tell.
    pub fn uses_cuda(self) -> bool {
        let image = self.image();
        if image.is_some_and(super::image::BaseImage::is_nvidia) {
            return true;
        }
        self.python().iter().any(|installed| {
            installed.requirements().any(|requirement| {
                facts::package::find(&requirement.name).is_some_and(|row| {
                    row.kind == "framework" && row.gives_gpu != facts::package::GivesGpu::No
                })
            })
        })
    }
}

impl StageView<'_> {
    /// Whether wheels in the stage bring CUDA libraries that other packages may find.
    #[must_use]
    pub fn brings_cuda_wheels(self) -> bool {
        use super::torch::Build;
        let torch = super::torch::installs(self).iter().any(|install| {
            install.requirement.name == "torch"
                && matches!(
                    install.build,
                    Build::Cuda(_) | Build::Default | Build::Unknown(_)
                )
        });
        let others = self.python().iter().any(|installed| {
            installed.requirements().any(|requirement| {
                let extra = |wanted: &str| {
                    requirement
                        .extras
                        .iter()
                        .any(|extra| extra.starts_with(wanted))
                };
                let row = facts::package::find(&requirement.name);
                extra("and-cuda")
                    || (requirement.name == "jax" && extra("cuda"))
                    || requirement.name.starts_with("nvidia-cudnn")
                    || requirement.name.starts_with("nvidia-cublas")
                    || row.is_some_and(|row| row.bundles_cuda && row.name != "torch")
                    || row.is_some_and(|row| drags_torch(row, requirement))
                    || matches!(
                        requirement.name.as_str(),
                        "vllm" | "sglang" | "tensorrt" | "tensorrt-llm"
                    )
            })
        });
        let conda = self
            .conda()
            .any(|(_, install)| !install.packages.is_empty());
        let torch_shipped = self.image().is_some_and(|image| image.torch().is_some());
        torch || others || conda || torch_shipped
    }
}
