//! Which instruction installs from a dependency file.

use std::collections::BTreeMap;

use source::{Diagnostic, FileId, Location};

use super::action::{Action, FileState};
use super::command::Command;
use super::model::{Model, StageView};

/// Adds the command that reads the file to each finding in a dependency file that names no place in the
/// Dockerfile.
pub(crate) fn relate(model: &Model<'_>, findings: &mut [Diagnostic]) {
    let names_none = |finding: &Diagnostic| {
        finding.primary.location.file != model.file
            && finding
                .related
                .iter()
                .all(|label| label.location.file != model.file)
    };
    if !findings.iter().any(names_none) {
        return;
    }
    let readers: Vec<(String, BTreeMap<FileId, Location>)> = model
        .views()
        .map(|stage| (stage.label(), of_stage(stage)))
        .collect();
    for finding in findings.iter_mut().filter(|finding| names_none(finding)) {
        let file = finding.primary.location.file;
        let own = readers
            .iter()
            .find(|(label, _)| Some(label) == finding.context.stage.as_ref());
        let place = own
            .into_iter()
            .chain(&readers)
            .find_map(|(_, readers)| readers.get(&file));
        if let Some(&place) = place {
            *finding = finding.clone().related(place, "installed by this command");
        }
    }
}

fn of_stage(stage: StageView<'_>) -> BTreeMap<FileId, Location> {
    let mut readers = BTreeMap::new();
    for command in stage.commands() {
        for file in files(command) {
            readers.entry(file).or_insert(command.at());
        }
    }
    readers
}

fn files(command: &Command) -> impl Iterator<Item = FileId> {
    command.actions.iter().flat_map(|action| {
        let (named, places): (_, Vec<Location>) = match action {
            Action::Python(install) => {
                let requirements = install.requirements.iter().chain(&install.constraints);
                let places = requirements.map(|requirement| requirement.name_at);
                (install.files.as_slice(), places.collect())
            }
            Action::Conda(install) => {
                let places = install.packages.iter().map(|package| package.name_at);
                (install.files.as_slice(), places.collect())
            }
            _ => (&[][..], Vec::new()),
        };
        let read = named.iter().filter_map(|file| match file.state {
            FileState::Read(id) => Some(id),
            FileState::NotAtHand => None,
        });
        read.chain(places.into_iter().map(|at| at.file))
    })
}
