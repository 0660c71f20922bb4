//! What rules ask of a stage again and again, worked out once. The cells hold positions and not references, so that a
//! model may be used for less than its stages live.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use source::Location;

use super::installed::pip::ToolSteps;
use super::installed::place::Place;
use super::installed::record::{History, WheelCuda};
use super::torch::Build;
use crate::derive::effects::Topic;

/// Where a command stands in a stage: its step, and its number in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommandAt {
    pub step: u32,
    pub command: u32,
}

/// Where a Python installation stands in a stage.
#[derive(Clone, Copy, Debug)]
pub(super) struct PythonAt {
    pub command: CommandAt,
    pub action: u32,
}

/// What the commands of a stage do to the Python that is found as `python3`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PythonSteps {
    /// The first that installs the one of the distribution.
    pub distribution: Option<(CommandAt, Location)>,
    /// The first after which it may be another.
    pub other: Option<CommandAt>,
}

/// Some of the Python installations of one stage, which reach another.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The stage whose they are.
    pub stage: usize,
    /// Which of its own.
    pub range: Range<usize>,
    /// They ran in another stage and their result was copied.
    pub received: bool,
}

/// What a stage keeps of one of its own requirements of the family.
#[derive(Debug)]
pub(super) struct TorchRow {
    /// Of the family.
    pub name: &'static str,
    /// Which of its Python installations.
    pub python: usize,
    /// Which requirement of that.
    pub requirement: usize,
    pub pin: Option<String>,
    pub build: Build,
}

/// Where one stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct TorchAt {
    pub stage: usize,
    pub row: usize,
    pub received: bool,
}

/// The answers about the stages of one Dockerfile.
#[derive(Debug, Default)]
pub struct Derived {
    stages: Vec<StageCells>,
    /// By stage: whether it or one that starts from it may compile CUDA.
    pub(super) heirs_may_compile: OnceCell<Vec<bool>>,
}

impl Derived {
    /// No answers yet, for so many stages.
    #[must_use]
    pub fn new(stages: usize) -> Self {
        Self {
            stages: std::iter::repeat_with(StageCells::default)
                .take(stages)
                .collect(),
            heirs_may_compile: OnceCell::new(),
        }
    }

    /// The answers about one stage.
    pub(super) fn stage(&self, index: usize) -> &StageCells {
        &self.stages[index]
    }
}

/// The answers about one stage. Those about the stage alone make those about it and its ancestors cheap.
#[derive(Debug, Default)]
pub(super) struct StageCells {
    /// Its own Python installations.
    pub python: OnceCell<Vec<PythonAt>>,
    /// All that reach it, where some of them are received; otherwise they are those of its lineage.
    pub received: OnceCell<Option<Vec<Segment>>>,
    /// What its own commands do to the Python that is found first.
    pub python_steps: OnceCell<PythonSteps>,
    /// Whether conda is among its own commands.
    pub has_conda: OnceCell<bool>,
    /// The paths of the Python environments that its own commands make.
    pub environments: OnceCell<BTreeSet<String>>,
    /// What its own Python installations do, one after another.
    pub history: OnceCell<History>,
    /// The minor versions of Python 3 that its own commands put into environments of conda.
    pub conda_pythons: OnceCell<BTreeMap<Place, u16>>,
    /// What its own commands do to pip, setuptools and wheel, one after another.
    pub tools: OnceCell<Vec<(CommandAt, ToolSteps)>>,
    /// The CUDA majors that wheels which reach it bring.
    pub wheel_cuda: OnceCell<WheelCuda>,
    /// Its own requirements of the PyTorch family.
    pub torch: OnceCell<Vec<TorchRow>>,
    /// Whether each of those is satisfied by what was installed before.
    pub torch_satisfied: OnceCell<Vec<bool>>,
    /// The first torch whose build for CUDA is chosen.
    pub chosen_torch: OnceCell<Option<TorchAt>>,
    /// Whether torch may be there from the beginning, or come from where it is not seen.
    pub may_have_torch: OnceCell<bool>,
    /// The first own command after which torch may be there.
    pub first_torch: OnceCell<Option<CommandAt>>,
    /// The last own ENV of each variable: its step, and its number in that.
    pub env: OnceCell<HashMap<String, (usize, usize)>>,
    /// Whether own steps put CUDA libraries into it.
    pub has_own_cuda: OnceCell<bool>,
    /// Whether own commands install nvcc.
    pub installs_nvcc: OnceCell<bool>,
    /// Whether own commands may compile CUDA.
    pub may_compile: OnceCell<bool>,
    /// Whether one of its own steps is in a language that is not read.
    pub unreadable: OnceCell<bool>,
    /// The first own command that is opaque, by topic.
    opaque: [OnceCell<Option<CommandAt>>; 3],
    /// Whether wheels that reach it bring CUDA libraries.
    pub brings_cuda_wheels: OnceCell<bool>,
    /// Whether programs in it are meant to use CUDA.
    pub uses_cuda: OnceCell<bool>,
}

impl StageCells {
    /// The cell of a topic.
    pub(super) fn opaque(&self, topic: Topic) -> &OnceCell<Option<CommandAt>> {
        &self.opaque[match topic {
            Topic::Python => 0,
            Topic::System => 1,
            Topic::Compile => 2,
        }]
    }
}
