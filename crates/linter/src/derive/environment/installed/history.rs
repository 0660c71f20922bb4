//! What the commands of a stage leave installed, one after another.

use std::collections::BTreeMap;

use facts::pypi;
use facts::pytorch_index::IndexKind;
use packages::action::{Action, CondaInstall, PythonInstall, Requirement, VersionSpec};
use packages::text::Text;

use super::candidates::{self, Source};
use super::choice::{Asked, Choice, Pick};
use super::place::Place;
use super::record::{Held, HeldBy, History, State, StepChoices};
use super::solve::{self, Question, Wanted};
use super::source_of;
use crate::derive::effects::RunCommand;
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::torch::FAMILY;
use crate::derive::environment::view::StageView;
use crate::derive::image::{Base, CopyFrom, MAX_ANCESTORS, Shipped, StepAction};

/// Environments of one stage that are told apart.
const MAX_PLACES: usize = 32;

impl<'m> StageView<'m> {
    /// What the stage's own installations do.
    #[must_use]
    pub fn history(self) -> &'m History {
        self.cells().history.get_or_init(|| {
            let mut writer = Writer::new(self);
            for what in self.own_steps() {
                match &what.action {
                    StepAction::Env(settings) => {
                        let path = settings.iter().rev().find(|it| it.name == "PATH");
                        if let Some(path) = path {
                            writer.default = Place::of_path_variable(path.value.as_str());
                        }
                    }
                    // What another image has replaces what is here.
                    StepAction::Copy(copy) if copy.from != CopyFrom::Context => {
                        writer.held.clear();
                    }
                    StepAction::Run(run) => {
                        writer.active = writer.default.clone();
                        for command in &run.commands {
                            writer.command(command);
                        }
                    }
                    _ => {}
                }
            }
            History {
                steps: writer.steps,
                after: writer.held,
            }
        })
    }

    /// The newest releases of a package that `PyPI` gives an isolated build of an own installation, by Python; empty
    /// where it comes from elsewhere.
    #[must_use]
    pub fn fresh(self, installed: &Installed<'_>, name: &str) -> Vec<String> {
        let source = source_of::of_package(name, installed.install, self.model.known);
        if source != Source::Pypi {
            return Vec::new();
        }
        let settings = self.settings(installed).into_iter();
        let mut newest: Vec<String> = settings
            .filter_map(|files| {
                let mut all = candidates::newest_first(name, source, files, None)?;
                let first = all.find(|candidate| !candidate.version.any_prerelease())?;
                Some(first.version.to_string())
            })
            .collect();
        newest.dedup();
        newest
    }

    /// The build of torch that the source of an own requirement chooses: `cu124`.
    pub fn suffix_of(self, installed: &Installed<'_>, requirement: &Requirement) -> Option<String> {
        let known = self.model.known;
        match source_of::of_requirement(requirement, installed.install, known) {
            Source::Index(suffix) => Some(suffix.to_owned()),
            _ => None,
        }
    }

    /// What an own installation does.
    #[must_use]
    pub fn choices_of(self, installed: &Installed<'_>) -> Option<&'m StepChoices> {
        if installed.stage != self.index {
            return None;
        }
        let number = self.python_number(installed)?;
        self.history().steps.get(number)
    }
}

struct Writer<'m> {
    stage: StageView<'m>,
    held: State,
    steps: Vec<StepChoices>,
    /// The environment whose Python is found first, and the one that is active in the step at hand.
    default: Place,
    active: Place,
}

impl<'m> Writer<'m> {
    fn new(stage: StageView<'m>) -> Self {
        let parent = match stage.stage().base {
            Base::Stage(parent) => Some(stage.model.stage(parent)),
            _ => None,
        };
        let held = match parent {
            // What starts from too many stages is not known.
            Some(_) if stage.stage().ancestors > MAX_ANCESTORS => State::new(),
            Some(parent) => parent.history().after.clone(),
            None => of_image(stage),
        };
        let path = stage.line().rev().skip(1).find_map(|stage| {
            let setting = stage.env("PATH")?;
            Some(Place::of_path_variable(setting.value.as_str()))
        });
        let default = path.unwrap_or_default();
        Self {
            stage,
            held,
            steps: Vec::new(),
            active: default.clone(),
            default,
        }
    }

    fn command(&mut self, command: &'m RunCommand) {
        work::done();
        if let Some(place) = Place::activated(command) {
            self.active = place;
        }
        for action in &command.effects.actions {
            match action {
                Action::Python(install) => {
                    let number = self.steps.len();
                    let step = self.install(command, install, number);
                    self.steps.push(step);
                }
                Action::Conda(install) => self.conda(command, install),
                Action::PythonRemove(names) => {
                    for name in names {
                        let name = packages::normalize(name.as_str());
                        for held in self.held.values_mut() {
                            held.remove(name.as_str());
                        }
                    }
                }
                Action::Os(_) | Action::PipConfig { .. } => {}
            }
        }
    }

    fn install(
        &mut self,
        command: &'m RunCommand,
        install: &'m PythonInstall,
        number: usize,
    ) -> StepChoices {
        let model = self.stage.model;
        let tables = install.requirements.iter().enumerate();
        let wanted: Vec<Wanted<'_>> = tables
            .filter_map(|(number, requirement)| {
                let project = pypi::project(&requirement.name)?;
                Some(Wanted {
                    name: project.name.as_str(),
                    extras: &requirement.extras,
                    version: &requirement.version,
                    source: source_of::of_requirement(requirement, install, model.known),
                    marker: requirement.marker.as_ref().and_then(Text::known),
                    number,
                })
            })
            .collect();
        let Some(place) = Place::of_install(command, install, &self.active) else {
            return StepChoices::default();
        };
        if wanted.is_empty() {
            let torch = self.held_in(&place, "torch").cloned();
            self.note_unseen(&place, install, command);
            return StepChoices {
                torch,
                ..StepChoices::default()
            };
        }
        let Some(installed) = self.stage.installed(number, false) else {
            return StepChoices::default();
        };
        let nothing = BTreeMap::new();
        let there = self.held.get(&place).unwrap_or(&nothing);
        let held = |name: &str| {
            let held = there.get(name)?;
            Some(match held.versions.as_slice() {
                [version] => solve::version(version),
                _ => None,
            })
        };
        let source = |name: &str| source_of::of_package(name, install, model.known);
        let constraints = install.constraints.iter();
        let constraints: Vec<(&str, &VersionSpec)> = constraints
            .map(|constraint| (constraint.name.as_str(), &constraint.version))
            .collect();
        let settings = self.stage.settings(&installed);
        let answers: Vec<Vec<Choice>> = settings
            .into_iter()
            .filter_map(|files| {
                let wanted: Vec<Wanted<'_>> = wanted
                    .iter()
                    .filter(|wanted| files.admit(wanted.marker))
                    .copied()
                    .collect();
                solve::solve(&Question {
                    wanted: &wanted,
                    constraints: constraints.clone(),
                    source: &source,
                    held: &held,
                    renew: install.upgrade,
                    no_deps: install.no_deps,
                    pre: install.pre,
                    files,
                })
            })
            .collect();
        let mut choices = join(answers);
        // What is named counts as touched where no version of it can be told.
        let named = wanted.iter().map(|wanted| wanted.name);
        let touched = choices.iter().map(|choice| choice.name).chain(named);
        let found = touched
            .filter_map(|name| Some((name, there.get(name)?.clone())))
            .collect();
        // A command that may not run, or that brings more than is seen, may leave something else.
        let unsure = command.is_conditional() || install.incomplete;
        for choice in &mut choices {
            if unsure && !matches!(choice.asked, Asked::Named(_)) {
                choice.pick = Pick::Open;
            }
            self.note(&place, choice, install, command);
        }
        self.note_unseen(&place, install, command);
        StepChoices {
            found,
            torch: self.held_in(&place, "torch").cloned(),
            choices,
        }
    }

    /// A list that is not at hand and comes from an index of torch most likely names torch.
    fn note_unseen(&mut self, place: &Place, install: &PythonInstall, command: &RunCommand) {
        let known = self.stage.model.known;
        let mut indexes = install.indexes.all();
        let of_torch = indexes.any(|index| {
            matches!(
                known.kind(index),
                IndexKind::PyTorch { .. } | IndexKind::KnownMirror { .. } | IndexKind::Unknown
            )
        });
        if !install.may_install_more() || !(of_torch || install.indexes.unknown) {
            return;
        }
        for name in FAMILY {
            if self.held_in(place, name).is_some() {
                continue;
            }
            let held = Held {
                versions: Vec::new(),
                at: command.at(),
                by: HeldBy::Name,
                suffix: None,
                chosen: true,
            };
            self.keep(place, name, held);
        }
    }

    /// Writes down what a choice leaves.
    fn note(
        &mut self,
        place: &Place,
        choice: &Choice,
        install: &PythonInstall,
        command: &RunCommand,
    ) {
        let versions = match &choice.pick {
            Pick::Stays => return,
            Pick::Takes(versions) if !command.is_conditional() => versions.clone(),
            Pick::Takes(_) | Pick::Open => Vec::new(),
        };
        let requirement = install.requirements.get(choice.asked.root());
        let at = requirement.map_or(command.at(), |requirement| requirement.text.place());
        let by = match choice.asked {
            Asked::Named(_) => HeldBy::Name,
            Asked::Required { .. } => HeldBy::Requirement,
        };
        let source = requirement.map(|requirement| {
            source_of::of_requirement(requirement, install, self.stage.model.known)
        });
        let pin = requirement.and_then(|requirement| match &requirement.version {
            VersionSpec::Exact { version, .. } => Some(version),
            _ => None,
        });
        let local = pin.and_then(|version| {
            let text = version.to_string();
            text.split_once('+').map(|(_, local)| local.to_owned())
        });
        let suffix = match source {
            Some(Source::Index(suffix)) => Some(suffix.to_owned()),
            _ => local,
        };
        let named = by == HeldBy::Name;
        let chosen = named && (pin.is_some() || !matches!(source, Some(Source::Pypi)));
        let held = Held {
            versions,
            at,
            by,
            suffix: suffix.filter(|_| named),
            chosen,
        };
        self.keep(place, choice.name, held);
    }

    /// Writes down a package, where the environment is one of those that are told apart.
    fn keep(&mut self, place: &Place, name: &'static str, held: Held) {
        if self.held.len() < MAX_PLACES || self.held.contains_key(place) {
            let there = self.held.entry(place.clone()).or_default();
            there.insert(name, held);
        }
    }

    fn held_in(&self, place: &Place, name: &str) -> Option<&Held> {
        self.held.get(place)?.get(name)
    }

    fn conda(&mut self, command: &RunCommand, install: &CondaInstall) {
        let place = Place::of_conda(command, &self.active);
        for package in &install.packages {
            let name = match package.name.as_str() {
                "pytorch" | "pytorch-gpu" => "torch",
                other => other,
            };
            let Some(project) = pypi::project(name) else {
                continue;
            };
            let version = package.version.as_ref().and_then(|version| version.known());
            let exact = version.filter(|version| {
                version.split('.').count() == 3
                    && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            });
            let held = Held {
                versions: exact.map(str::to_owned).into_iter().collect(),
                at: package.text.place(),
                by: HeldBy::Conda,
                suffix: None,
                chosen: true,
            };
            self.keep(&place, project.name.as_str(), held);
        }
    }
}

/// What the base image ships of the `PyTorch` family.
fn of_image(stage: StageView<'_>) -> State {
    let mut held = BTreeMap::new();
    let Some(image) = stage.image() else {
        return State::new();
    };
    for name in FAMILY {
        let versions = match image.family_version(name) {
            None => continue,
            // NVIDIA's builds are pre-releases, whose number is not told.
            Some(Shipped::Version(version)) if !image.is_ngc_pytorch() => vec![version.to_owned()],
            Some(_) => Vec::new(),
        };
        let at = stage.image_at();
        let image = Held {
            versions,
            at,
            by: HeldBy::Image,
            suffix: None,
            chosen: true,
        };
        held.insert(*name, image);
    }
    State::from([(Place::default(), held)])
}

/// One answer out of those for each Python.
fn join(mut answers: Vec<Vec<Choice>>) -> Vec<Choice> {
    let Some(mut joined) = answers.pop() else {
        return Vec::new();
    };
    for answer in answers {
        for choice in &mut joined {
            let other = answer.iter().find(|other| other.name == choice.name);
            match (&mut choice.pick, other.map(|other| &other.pick)) {
                (Pick::Stays, Some(Pick::Stays)) => {}
                (Pick::Takes(all), Some(Pick::Takes(more))) => {
                    for version in more {
                        if !all.contains(version) {
                            all.push(version.clone());
                        }
                    }
                }
                _ => choice.pick = Pick::Open,
            }
        }
        for other in answer {
            if !joined.iter().any(|choice| choice.name == other.name) {
                joined.push(Choice {
                    pick: Pick::Open,
                    ..other
                });
            }
        }
    }
    joined
}
