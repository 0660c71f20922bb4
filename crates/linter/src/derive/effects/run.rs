//! A command together with what it does.

use std::ops::Deref;

use packages::action::Action;

use super::compile::{self, Compile};
use super::cuda::{CudaEffects, CudaPackage};
use super::program::{self, Program};
use crate::derive::known::Known;
use crate::derive::names::names_cpu_extra;
use crate::derive::shell::Command;

/// What one command does, worked out once.
#[derive(Clone, Debug)]
pub struct Effects {
    /// What it installs or removes.
    pub actions: Vec<Action>,
    /// What its program may do beyond that.
    pub program: Program,
    /// What it compiles.
    pub compiles: Vec<Compile>,
    /// What it installs of CUDA and drivers.
    pub cuda: CudaEffects,
    /// An extra among the words of an installation says CPU: `.[cpu]`.
    pub cpu_extra: bool,
}

impl Effects {
    /// Those of a command that package managers understand as `actions`.
    pub(crate) fn of(command: &Command, actions: Vec<Action>, known: &Known) -> Self {
        let program = program::classify(command);
        let installs = !actions.is_empty();
        Self {
            program,
            compiles: compile::find(command, &actions, program, known),
            cuda: CudaEffects::of(command, &actions),
            cpu_extra: installs && command.invocation.words.iter().any(names_cpu_extra),
            actions,
        }
    }

    /// The packages with CUDA or driver meaning that it installs.
    pub fn cuda_packages(&self) -> impl Iterator<Item = CudaPackage<'_>> {
        self.cuda.packages(&self.actions)
    }
}

/// A command as it runs: what it says, and what it does.
#[derive(Clone, Debug)]
pub struct RunCommand {
    /// What it says.
    pub command: Command,
    /// What it does.
    pub effects: Effects,
}

impl Deref for RunCommand {
    type Target = Command;

    fn deref(&self) -> &Command {
        &self.command
    }
}
