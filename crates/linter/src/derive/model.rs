//! A Dockerfile as rules see it: stages, what each starts from, and its steps with their commands.

use std::collections::HashMap;

use dockerfile::{Dockerfile, Instruction};
use host::HostFacts;
use source::{FileId, Location, Sources, Span};

use super::command::Command;
use super::derived::{Derived, StageCells};
use super::image::BaseImage;
use super::text::Text;
use crate::known::Known;
use crate::target::Target;

/// How many ancestors of a stage are looked at; what starts from more is not known.
pub(super) const MAX_ANCESTORS: usize = 64;

/// A derived Dockerfile.
#[derive(Debug)]
pub struct Model<'a> {
    /// The file.
    pub file: FileId,
    /// Its grammar.
    pub dockerfile: &'a Dockerfile,
    /// It and the dependency files it reads.
    pub sources: &'a Sources,
    /// In source order.
    pub stages: &'a [Stage],
    /// What was worked out about them.
    pub derived: &'a Derived,
    /// The stages that run: the last, the chosen target, or all that are clearly final targets.
    pub finals: Finals,
    /// What the image is meant for, as far as names tell.
    pub intent: Intent,
    /// What the image will run on.
    pub target: &'a Target,
    /// What the user says of images and indexes.
    pub known: &'a Known,
    /// The machine itself, where it was looked at.
    pub host: Option<&'a HostFacts>,
}

/// The stages that run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finals {
    indices: Vec<usize>,
    runs: Vec<bool>,
    inherited: Vec<bool>,
}

impl Finals {
    /// The stages with these indices.
    #[must_use]
    pub fn new(stages: &[Stage], indices: Vec<usize>) -> Self {
        let mut runs = vec![false; stages.len()];
        for &index in &indices {
            runs[index] = true;
        }
        let mut inherited = runs.clone();
        for stage in stages.iter().rev() {
            if let Base::Stage(parent) = stage.base {
                inherited[parent] |= inherited[stage.index];
            }
        }
        Self {
            indices,
            runs,
            inherited,
        }
    }

    /// The last stage alone, as a build without target makes it.
    #[must_use]
    pub fn last(stages: &[Stage]) -> Self {
        Self::new(stages, stages.len().checked_sub(1).into_iter().collect())
    }

    /// Their indices, ascending.
    #[must_use]
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// Whether this stage runs.
    #[must_use]
    pub fn runs(&self, stage: usize) -> bool {
        self.runs[stage]
    }

    /// Whether this stage runs, or one that starts from it, directly or not.
    #[must_use]
    pub fn inherit(&self, stage: usize) -> bool {
        self.inherited[stage]
    }
}

/// What an image is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Nothing outside the instructions says.
    Unsaid,
    /// The project requests a GPU for it.
    Gpu,
    /// The file's or stage's name says CPU or another maker's accelerator, or the project gives it no GPU on
    /// purpose.
    Cpu,
}

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
    Start(Vec<Command>),
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
    pub commands: Vec<Command>,
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

impl Model<'_> {
    /// The instruction with this index.
    #[must_use]
    pub fn instruction(&self, index: usize) -> &Instruction {
        work::done();
        &self.dockerfile.instructions[index]
    }

    /// A place in the Dockerfile.
    #[must_use]
    pub fn at(&self, span: Span) -> Location {
        Location::new(self.file, span)
    }

    /// The keyword of an instruction: where instruction-wide findings point.
    #[must_use]
    pub fn keyword(&self, index: usize) -> Location {
        self.at(self.instruction(index).keyword_span)
    }

    /// A stage with its surroundings.
    #[must_use]
    pub fn stage(&self, index: usize) -> StageView<'_> {
        work::done();
        StageView { model: self, index }
    }

    /// All stages.
    pub fn views(&self) -> impl Iterator<Item = StageView<'_>> {
        (0..self.stages.len()).map(|index| self.stage(index))
    }
}

/// One stage within its Dockerfile: what stage rules look at.
#[derive(Clone, Copy, Debug)]
pub struct StageView<'m> {
    /// The Dockerfile.
    pub model: &'m Model<'m>,
    /// Which stage.
    pub index: usize,
}

impl<'m> StageView<'m> {
    /// The stage itself.
    #[must_use]
    pub fn stage(self) -> &'m Stage {
        &self.model.stages[self.index]
    }

    /// What was worked out about it.
    pub(super) fn cells(self) -> &'m StageCells {
        self.model.derived.stage(self.index)
    }

    /// Its name, or its number.
    #[must_use]
    pub fn label(self) -> String {
        self.stage()
            .name
            .clone()
            .unwrap_or_else(|| self.index.to_string())
    }

    /// Whether the image that runs is this stage.
    #[must_use]
    pub fn runs(self) -> bool {
        self.model.finals.runs(self.index)
    }

    /// Whether its contents, by inheritance, are in an image that runs.
    #[must_use]
    pub fn is_inherited_by_final(self) -> bool {
        self.model.finals.inherit(self.index)
    }

    /// This stage's ancestors and itself, the one with the external base first; the nearest where there are too
    /// many.
    #[must_use]
    pub fn lineage(self) -> Vec<usize> {
        let mut line = vec![self.index];
        let mut current = self.index;
        while let Base::Stage(parent) = self.model.stages[current].base
            && line.len() <= MAX_ANCESTORS
        {
            work::done();
            line.push(parent);
            current = parent;
        }
        line.reverse();
        line
    }

    /// Its ancestors and itself as views, the one with the external base first.
    pub(super) fn line(self) -> impl DoubleEndedIterator<Item = Self> {
        let model = self.model;
        let lineage = self.lineage().into_iter();
        lineage.map(move |index| model.stage(index))
    }

    /// The stage whose FROM names the external base.
    #[must_use]
    pub fn root(self) -> Self {
        self.model.stage(self.stage().root)
    }

    /// The external image at the bottom, when it is one we can name and all that was added to it is seen.
    #[must_use]
    pub fn image(self) -> Option<&'m BaseImage> {
        match &self.root().stage().base {
            Base::Image(image) if self.stage().ancestors <= MAX_ANCESTORS => Some(image),
            _ => None,
        }
    }

    /// The image word of the FROM at the bottom.
    #[must_use]
    pub fn image_at(self) -> Location {
        self.root().stage().image.at()
    }

    /// Whether names say that it is for no NVIDIA GPU: the file's, its own, or that of a stage it stands on.
    #[must_use]
    pub fn says_cpu(self) -> bool {
        self.model.intent == Intent::Cpu
            || self.lineage().into_iter().any(|index| {
                let name = self.model.stages[index].name.as_deref();
                name.is_some_and(super::finals::is_cpu_name)
            })
    }

    /// The steps of this stage alone.
    pub fn own_steps(self) -> impl Iterator<Item = &'m Step> {
        work::each(&self.stage().steps)
    }

    /// The steps of all ancestors and its own, in the order they are executed.
    pub fn steps(self) -> impl Iterator<Item = &'m Step> {
        let model = self.model;
        self.lineage()
            .into_iter()
            .flat_map(move |index| work::each(&model.stages[index].steps))
    }

    /// The build-time commands of this stage alone.
    pub fn own_commands(self) -> impl Iterator<Item = &'m Command> {
        self.own_steps()
            .flat_map(commands_of)
            .inspect(|_| work::done())
    }

    /// The build-time commands of all ancestors and its own, in order.
    pub fn commands(self) -> impl Iterator<Item = &'m Command> {
        self.steps().flat_map(commands_of).inspect(|_| work::done())
    }

    /// The commands that CMD and ENTRYPOINT of the stage or its ancestors start.
    pub fn start_commands(self) -> impl Iterator<Item = &'m Command> {
        self.steps().flat_map(|step| match &step.action {
            StepAction::Start(commands) => commands.as_slice(),
            _ => &[],
        })
    }

    /// The last value that ENV gives `name`; `Some(None)` when it is unknown.
    #[must_use]
    pub fn env(self, name: &str) -> Option<&'m Setting> {
        self.line().rev().find_map(|stage| stage.own_env(name))
    }

    fn own_env(self, name: &str) -> Option<&'m Setting> {
        let settings = |step: &'m Step| match &step.action {
            StepAction::Env(settings) => settings.as_slice(),
            _ => &[],
        };
        let last = self.cells().env.get_or_init(|| {
            let mut last = HashMap::new();
            for (step, what) in self.own_steps().enumerate() {
                for (number, setting) in settings(what).iter().enumerate() {
                    last.insert(setting.name.clone(), (step, number));
                }
            }
            last
        });
        let &(step, number) = last.get(name)?;
        settings(self.stage().steps.get(step)?).get(number)
    }
}

/// The commands of a RUN.
pub(super) fn commands_of(step: &Step) -> &[Command] {
    match &step.action {
        StepAction::Run(run) => &run.commands,
        _ => &[],
    }
}
