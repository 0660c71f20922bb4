//! Which instruction installs from a dependency file.

use std::collections::BTreeMap;

use packages::action::{Action, DependencyFileKind, FileState};
use source::{FileId, Location, Span};
use toml::de::DeTable;

use super::view::{Model, StageView};
use crate::derive::effects::RunCommand;
use crate::derive::note::Note;

/// Files that installations read and that are no TOML: their tools would stop, and what we make of them is a part.
pub(crate) fn broken(model: &Model<'_>) -> Vec<Note> {
    let actions = model
        .views()
        .flat_map(StageView::own_commands)
        .flat_map(|command| &command.effects.actions);
    let mut seen: BTreeMap<FileId, Option<Note>> = BTreeMap::new();
    for action in actions {
        let Action::Python(install) = action else {
            continue;
        };
        for file in &install.files {
            if let FileState::Read(id) = file.state
                && is_toml(file.kind)
            {
                seen.entry(id).or_insert_with(|| broken_toml(model, id));
            }
        }
    }
    seen.into_values().flatten().collect()
}

fn is_toml(kind: DependencyFileKind) -> bool {
    use DependencyFileKind::{PdmLock, Pipfile, PoetryLock, Pyproject, UvLock};
    matches!(kind, PdmLock | Pipfile | PoetryLock | Pyproject | UvLock)
}

fn broken_toml(model: &Model<'_>, file: FileId) -> Option<Note> {
    let (_, errors) = DeTable::parse_recoverable(model.sources.get(file).text());
    let error = errors.first()?;
    let span = error.span().map_or(Span::default(), Span::from_usize);
    Some(Note {
        location: Location::new(file, span),
        text: format!(
            "not valid TOML ({}): the rest was read as far as possible",
            error.message()
        ),
    })
}

/// The files that the stage's own commands read, each with the first command that does.
pub(crate) fn of_stage(stage: StageView<'_>) -> BTreeMap<FileId, Location> {
    let mut readers = BTreeMap::new();
    for command in stage.own_commands() {
        for file in files(command) {
            readers.entry(file).or_insert(command.at());
        }
    }
    readers
}

fn files(command: &RunCommand) -> impl Iterator<Item = FileId> {
    command.effects.actions.iter().flat_map(|action| {
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
