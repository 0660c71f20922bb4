//! A Dockerfile after its walk: stages, what each starts from, and its steps with their commands.

use facts::pypi::Machine;
use packages::text::Text;
use source::Location;

use super::base::BaseImage;
use crate::derive::effects::RunCommand;

/// How many ancestors of a stage are looked at; what starts from more is not known.
pub(crate) const MAX_ANCESTORS: usize = 64;

/// One build stage.
#[derive(Debug)]
pub struct Stage {
    /// Position among the stages, from 0.
    pub index: usize,
    /// `AS name`, lower case.
    pub name: Option<String>,
    /// Index of its FROM among the instructions.
    pub instruction: usize,
    /// What follows FROM after expansion of ARGs.
    pub image: Text,
    /// What that is.
    pub base: Base,
    /// Index of the stage at the bottom, whose FROM names the external base.
    pub root: usize,
    /// How many stages lie between it and this one, itself included.
    pub ancestors: usize,
    /// `--platform` after expansion.
    pub platform: Option<Text>,
    /// The machine that it is built for; `x86_64` where nothing says another.
    pub machine: Machine,
    /// In source order.
    pub steps: Vec<Step>,
}

/// What a stage starts from.
#[derive(Debug)]
pub enum Base {
    /// An earlier stage.
    Stage(usize),
    /// An image.
    Image(Box<BaseImage>),
    /// `scratch`.
    Scratch,
    /// Not known, and why.
    Unknown(String),
}

/// One instruction of a stage.
#[derive(Debug)]
pub struct Step {
    /// Index among the instructions.
    pub instruction: usize,
    /// What it does.
    pub action: StepAction,
}

/// What an instruction does.
#[derive(Debug)]
pub enum StepAction {
    /// RUN.
    Run(RunStep),
    /// CMD or ENTRYPOINT: runs on the user's machine, not in the build.
    Start(Vec<RunCommand>),
    /// ENV.
    Env(Vec<Setting>),
    /// COPY or ADD.
    Copy(CopyStep),
    /// Anything without effect on what we derive.
    Other,
}

/// A RUN.
#[derive(Debug)]
pub struct RunStep {
    /// Its commands in order, nested ones included.
    pub commands: Vec<RunCommand>,
    /// `--device=…`: the build is given a device.
    pub device: bool,
    /// Whether the SHELL's language is one we read; otherwise `commands` is empty and says nothing.
    pub readable: bool,
}

/// One variable set by ENV.
#[derive(Debug)]
pub struct Setting {
    /// The variable.
    pub name: String,
    /// The bytes of its name.
    pub name_at: Location,
    /// Its new value.
    pub value: Text,
    /// The value before; `None` when unset, `Some(None)` when unknown.
    pub before: Option<Option<Text>>,
    /// Name and value as written.
    pub at: Location,
}

/// COPY or ADD.
#[derive(Debug)]
pub struct CopyStep {
    /// Where the sources are.
    pub from: CopyFrom,
    /// After expansion.
    pub sources: Vec<Text>,
    /// After expansion.
    pub destination: Text,
    /// The destination as an absolute path in the image, if known.
    pub path: Option<String>,
}

/// Where COPY takes files from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyFrom {
    /// The build context.
    Context,
    /// Another stage.
    Stage(usize),
    /// An image, or a named context.
    Image(String),
    /// An unknown name.
    Unknown,
}

/// The commands of a RUN.
pub(crate) fn commands_of(step: &Step) -> &[RunCommand] {
    match &step.action {
        StepAction::Run(run) => &run.commands,
        _ => &[],
    }
}
