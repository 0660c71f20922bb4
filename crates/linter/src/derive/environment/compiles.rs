//! What compiles CUDA in a stage.

use facts::package::Nvcc;

use super::view::StageView;
use crate::derive::effects::compile::Compile;
use crate::derive::effects::{RunCommand, Topic};
use crate::derive::image::Base;

impl<'m> StageView<'m> {
    /// Everything that compiles in the stage and its ancestors.
    pub fn compiles(self) -> impl Iterator<Item = &'m Compile> {
        self.commands()
            .flat_map(|command| &command.effects.compiles)
    }

    /// Whether a command of the stage or its ancestors compiles CUDA, surely or perhaps.
    #[must_use]
    pub fn may_compile(self) -> bool {
        self.line().any(Self::own_may_compile)
    }

    /// Whether a package that another one brings compiles kernels when it is first used.
    #[must_use]
    pub fn compiles_at_first_use(self) -> bool {
        self.python().any(|installed| {
            let stage = self.model.stage(installed.stage);
            let step = stage.choices_of(&installed);
            let choices = step.map_or(&[][..], |step| &step.choices);
            choices.iter().any(|choice| {
                let row = facts::package::find(choice.name);
                row.is_some_and(|row| row.nvcc == Nvcc::RuntimeJit)
            })
        })
    }

    fn own_may_compile(self) -> bool {
        let compiles = |command: &RunCommand| {
            !command.effects.compiles.is_empty() || command.is_opaque(Topic::Compile)
        };
        let cell = &self.cells().may_compile;
        *cell.get_or_init(|| self.own_commands().any(compiles))
    }

    /// The same for the stage and those that start from it.
    #[must_use]
    pub fn heirs_may_compile(self) -> bool {
        let all = self.model.derived.heirs_may_compile.get_or_init(|| {
            let mut compile: Vec<bool> = self.model.views().map(Self::own_may_compile).collect();
            for stage in self.model.stages.iter().rev() {
                if let Base::Stage(parent) = stage.base {
                    compile[parent] |= compile[stage.index];
                }
            }
            compile
        });
        all[self.index]
    }
}
