//! Drivers, toolkits and host tools that do not belong into an image.

pub(super) mod container_toolkit_in_image;
pub(super) mod cuda_repository_key_outdated;
pub(super) mod cuda_toolkit_mismatch;
pub(super) mod cuda_toolkit_unneeded;
pub(super) mod driver_in_image;

use std::collections::{HashMap, HashSet};

use packages::action::{Action, OsVerb};
use packages::text::Text;
use source::{Diagnostic, Fix, Location, Span};

use crate::derive::environment::{Model, StageView};
use crate::derive::image::{RunStep, Step, StepAction};
use crate::rules::edits;

/// Every RUN of a stage itself.
pub(super) fn runs(stage: StageView<'_>) -> impl Iterator<Item = (&Step, &RunStep)> {
    stage.own_steps().filter_map(|step| match &step.action {
        StepAction::Run(run) => Some((step, run)),
        _ => None,
    })
}

/// A command that installs packages, from which some may be removed.
pub(super) struct Removal<'m> {
    model: &'m Model<'m>,
    step: &'m Step,
    run: &'m RunStep,
    index: usize,
    /// The words of all packages; `None` where the command does more than install those.
    packages: Option<HashSet<Location>>,
    /// The words that stand alone in the command, not in a variable with others.
    alone: HashSet<Location>,
}

impl<'m> Removal<'m> {
    pub(super) fn new(
        model: &'m Model<'m>,
        step: &'m Step,
        run: &'m RunStep,
        index: usize,
    ) -> Self {
        let command = &run.commands[index];
        let actions = command.effects.actions.iter().map(|action| match action {
            Action::Os(install) if install.verb == OsVerb::Install && !install.incomplete => {
                Some(install.packages.iter().map(Text::at))
            }
            _ => None,
        });
        let packages = actions.collect::<Option<Vec<_>>>();
        let written: HashSet<Span> = command.shell.words.iter().map(|word| word.span).collect();
        let mut run_words: HashMap<Location, usize> = HashMap::new();
        for word in &command.invocation.words {
            *run_words.entry(word.at()).or_default() += 1;
        }
        run_words.retain(|at, count| *count == 1 && written.contains(&at.span));
        Self {
            model,
            step,
            run,
            index,
            packages: packages.map(|packages| packages.into_iter().flatten().collect()),
            alone: run_words.into_keys().collect(),
        }
    }

    /// Adds the edit that removes some package words, or the whole command where nothing is left to install.
    pub(super) fn of(&self, words: &[&Text], finding: Diagnostic) -> Diagnostic {
        let places: Vec<Location> = words.iter().map(|word| word.at()).collect();
        let removed: HashSet<Location> = places.iter().copied().collect();
        let commands = &self.run.commands;
        let all = self.packages.as_ref();
        if all.is_some_and(|all| all.len() <= removed.len() && all.is_subset(&removed)) {
            let instruction = self.step.instruction;
            return match edits::remove_command(self.model, instruction, commands, self.index) {
                Some(edits) => finding.fix(Fix::safe("remove the command", edits)),
                None => finding,
            };
        }
        if !places.iter().all(|place| self.alone.contains(place)) {
            return finding;
        }
        let names: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
        finding.fix(Fix::safe(
            format!("do not install {}", names.join(" ")),
            edits::remove_words(&commands[self.index], &places),
        ))
    }
}
