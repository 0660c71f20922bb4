//! Drivers, toolkits and host tools that do not belong into an image.

pub(super) mod container_toolkit_in_image;
pub(super) mod cuda_repository_key_outdated;
pub(super) mod cuda_toolkit_mismatch;
pub(super) mod cuda_toolkit_unneeded;
pub(super) mod driver_in_image;

use source::{Diagnostic, Fix, Location};

use crate::derive::action::{Action, OsVerb};
use crate::derive::command::Command;
use crate::derive::model::{Model, RunStep, StageView, Step, StepAction};
use crate::derive::text::Text;
use crate::rules::edits;

/// Every RUN of a stage itself.
pub(super) fn runs(stage: StageView<'_>) -> impl Iterator<Item = (&Step, &RunStep)> {
    stage.own_steps().filter_map(|step| match &step.action {
        StepAction::Run(run) => Some((step, run)),
        _ => None,
    })
}

/// Adds the edit that removes some package words, or the whole command where nothing is left to install.
pub(super) fn with_removal(
    model: &Model<'_>,
    step: &Step,
    run: &RunStep,
    index: usize,
    words: &[&Text],
    finding: Diagnostic,
) -> Diagnostic {
    let command = &run.commands[index];
    let all = command.actions.iter().all(|action| match action {
        Action::Os(install) if install.verb == OsVerb::Install => {
            !install.incomplete
                && install
                    .packages
                    .iter()
                    .all(|package| words.iter().any(|word| word.at() == package.at()))
        }
        _ => false,
    });
    let names = words
        .iter()
        .map(|word| word.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    if all {
        return match edits::remove_command(model, step.instruction, &run.commands, index) {
            Some(edits) => finding.fix(Fix::safe("remove the command", edits)),
            None => finding,
        };
    }
    if !are_own_words(command, words) {
        return finding;
    }
    let places: Vec<Location> = words.iter().map(|word| word.at()).collect();
    finding.fix(Fix::safe(
        format!("do not install {names}"),
        edits::remove_words(command, &places),
    ))
}

/// Whether each word stands alone in the command, not in a variable with others.
fn are_own_words(command: &Command, words: &[&Text]) -> bool {
    words.iter().all(|word| {
        command
            .shell
            .words
            .iter()
            .any(|written| written.span == word.at().span)
            && command
                .invocation
                .words
                .iter()
                .filter(|other| other.at() == word.at())
                .count()
                == 1
    })
}
