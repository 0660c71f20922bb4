//! A Dockerfile as rules see it, and one stage of it with what it inherits.

use std::collections::HashMap;

use dockerfile::{Dockerfile, Instruction};
use host::HostFacts;
use source::{FileId, Location, Sources, Span};

use super::derived::{Derived, StageCells};
use crate::derive::effects::RunCommand;
use crate::derive::image::{
    Base, BaseImage, Finals, MAX_ANCESTORS, Setting, Stage, Step, StepAction, commands_of,
};
use crate::derive::known::Known;
use crate::derive::names::Intent;
use crate::derive::target::Target;

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
    pub(crate) fn line(self) -> impl DoubleEndedIterator<Item = Self> {
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
    pub fn own_commands(self) -> impl Iterator<Item = &'m RunCommand> {
        self.own_steps()
            .flat_map(commands_of)
            .inspect(|_| work::done())
    }

    /// The build-time commands of all ancestors and its own, in order.
    pub fn commands(self) -> impl Iterator<Item = &'m RunCommand> {
        self.steps().flat_map(commands_of).inspect(|_| work::done())
    }

    /// The commands that CMD and ENTRYPOINT of the stage or its ancestors start.
    pub fn start_commands(self) -> impl Iterator<Item = &'m RunCommand> {
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
