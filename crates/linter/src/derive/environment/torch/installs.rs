//! The `PyTorch` family in a stage, in the order it is installed.

use std::collections::HashMap;

use packages::action::{PythonInstall, Requirement, VersionSpec};

use super::build::{Build, build};
use crate::derive::environment::derived::{TorchAt, TorchRow};
use crate::derive::environment::installed::choice::Pick;
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::view::{Model, StageView};
use crate::derive::image::Shipped;

/// The three packages that are built together and published side by side.
pub const FAMILY: &[&str] = &["torch", "torchvision", "torchaudio"];

/// One requirement of the `PyTorch` family in a stage.
#[derive(Clone, Copy, Debug)]
pub struct TorchInstall<'m> {
    /// The installation.
    pub installed: Installed<'m>,
    /// The requirement.
    pub requirement: &'m Requirement,
    /// The version it pins, from the requirement itself or from a constraint.
    pub pin: Option<&'m str>,
    /// What build it gets.
    pub build: &'m Build,
    /// Whether something installed before already satisfies it, so that nothing is installed.
    pub satisfied: bool,
}

/// By member of the family what the last installation of it pins.
type Last<'m> = HashMap<&'m str, Before<'m>>;

/// An installation before another.
#[derive(Clone, Copy)]
struct Before<'m> {
    pin: Option<&'m str>,
}

/// The `PyTorch` requirements of a stage in the order they are installed, inherited and received ones included.
#[must_use]
pub fn installs(stage: StageView<'_>) -> Vec<TorchInstall<'_>> {
    let mut found: Vec<TorchInstall<'_>> = Vec::new();
    let mut last = Last::new();
    for at in places(stage) {
        let Some(mut install) = resolve(stage.model, at) else {
            continue;
        };
        if at.received {
            let python = install.installed.install;
            install.satisfied = satisfied(stage, install.requirement, install.pin, python, &last);
        } else {
            last.insert(&install.requirement.name, Before { pin: install.pin });
        }
        found.push(install);
    }
    found
}

/// Those that stand in the stage itself.
pub fn own(stage: StageView<'_>) -> impl Iterator<Item = TorchInstall<'_>> {
    let rows = 0..rows(stage).len();
    rows.filter_map(move |row| {
        let at = TorchAt {
            stage: stage.index,
            row,
            received: false,
        };
        resolve(stage.model, at)
    })
}

/// The first torch built for a CUDA that is chosen, by a command that always runs.
#[must_use]
pub fn first_chosen(stage: StageView<'_>) -> Option<TorchInstall<'_>> {
    let chosen = |at: &TorchAt| {
        resolve(stage.model, *at).is_some_and(|install| {
            install.requirement.name == "torch"
                && install.build.cuda().is_some()
                && !install.installed.command.is_conditional()
        })
    };
    let cell = &stage.cells().chosen_torch;
    let first = cell.get_or_init(|| places(stage).find(chosen));
    first.and_then(|at| resolve(stage.model, at))
}

/// Whether torch itself was chosen as a build for the CPU, by a command that always runs: its companions belong to it.
#[must_use]
pub fn chose_cpu(stage: StageView<'_>) -> bool {
    let mut all = places(stage).filter_map(|at| resolve(stage.model, at));
    all.any(|install| {
        install.requirement.name == "torch"
            && matches!(install.build, Build::Cpu(_))
            && !install.installed.command.is_conditional()
    })
}

fn places(stage: StageView<'_>) -> impl Iterator<Item = TorchAt> {
    stage.segments().into_iter().flat_map(move |segment| {
        let rows = rows(stage.model.stage(segment.stage));
        let first = rows.partition_point(|row| row.python < segment.range.start);
        let end = rows.partition_point(|row| row.python < segment.range.end);
        (first..end).map(move |row| TorchAt {
            stage: segment.stage,
            row,
            received: segment.received,
        })
    })
}

fn resolve<'m>(model: &'m Model<'m>, at: TorchAt) -> Option<TorchInstall<'m>> {
    let stage = model.stage(at.stage);
    let row = rows(stage).get(at.row)?;
    let satisfied = stage.cells().torch_satisfied.get_or_init(|| judge(stage));
    let installed = stage.installed(row.python, at.received)?;
    Some(TorchInstall {
        installed,
        requirement: installed.install.requirements.get(row.requirement)?,
        pin: row.pin.as_deref(),
        build: &row.build,
        satisfied: satisfied.get(at.row).copied().unwrap_or_default(),
    })
}

fn rows(stage: StageView<'_>) -> &[TorchRow] {
    stage.cells().torch.get_or_init(|| {
        let own = stage.own_python().enumerate();
        let own = own.filter(|(_, installed)| !installed.install.dry_run);
        own.flat_map(|(python, installed)| {
            let install = installed.install;
            let requirements = install.requirements.iter().enumerate();
            requirements.filter_map(move |(number, requirement)| {
                let name = FAMILY.iter().find(|name| **name == requirement.name)?;
                Some(TorchRow {
                    name,
                    python,
                    requirement: number,
                    pin: pin(requirement, install),
                    build: build(requirement, install, stage.model.known),
                })
            })
        })
        .collect()
    })
}

/// Whether each of the stage's own is satisfied by what the stage and its ancestors installed before it.
fn judge(stage: StageView<'_>) -> Vec<bool> {
    let own = rows(stage);
    let mut last = Last::new();
    if own.is_empty() {
        return Vec::new();
    }
    for ancestor in stage.line().filter(|other| other.index != stage.index) {
        for row in rows(ancestor) {
            let pin = row.pin.as_deref();
            last.insert(row.name, Before { pin });
        }
    }
    own.iter()
        .map(|row| {
            let installed = stage.installed(row.python, false);
            let requirement =
                installed.and_then(|installed| installed.install.requirements.get(row.requirement));
            let answer = installed
                .zip(requirement)
                .is_some_and(|(installed, requirement)| {
                    stays(stage, row)
                        || satisfied(
                            stage,
                            requirement,
                            row.pin.as_deref(),
                            installed.install,
                            &last,
                        )
                });
            let pin = row.pin.as_deref();
            last.insert(row.name, Before { pin });
            answer
        })
        .collect()
}

/// Whether what is there is good enough, as the history of the environment tells.
fn stays(stage: StageView<'_>, row: &TorchRow) -> bool {
    let step = stage.history().steps.get(row.python);
    step.is_some_and(|step| {
        let mut choices = step.choices.iter();
        choices.any(|choice| choice.name == row.name && choice.pick == Pick::Stays)
    })
}

fn satisfied(
    stage: StageView<'_>,
    requirement: &Requirement,
    pin: Option<&str>,
    install: &PythonInstall,
    last: &Last<'_>,
) -> bool {
    let name = requirement.name.as_str();
    is_satisfied(
        requirement,
        pin,
        install,
        last.get(name).copied(),
        stage.image().and_then(|image| image.family_version(name)),
    )
}

fn is_satisfied(
    requirement: &Requirement,
    pin: Option<&str>,
    install: &PythonInstall,
    before: Option<Before<'_>>,
    shipped: Option<Shipped<'_>>,
) -> bool {
    if install.upgrade || requirement.url.is_some() || install.target.is_some() {
        return false;
    }
    match (before, pin) {
        (Some(before), Some(pin)) => {
            let installed = before.pin.map(public);
            installed == Some(public(pin)) && !pin.contains('+')
        }
        (Some(before), None) => match (&requirement.version, before.pin) {
            (VersionSpec::Any | VersionSpec::Unknown, _) => true,
            (VersionSpec::Range { specifiers, .. }, Some(pin)) => pin
                .parse()
                .is_ok_and(|version: pep440_rs::Version| specifiers.contains(&version)),
            (VersionSpec::Range { .. }, None) => true,
            (VersionSpec::Exact { .. }, _) => false,
        },
        (None, None) => match (&requirement.version, shipped) {
            (_, None) | (VersionSpec::Exact { .. }, _) => false,
            (VersionSpec::Range { specifiers, .. }, Some(Shipped::Version(version))) => {
                version.parse().is_ok_and(|version: pep440_rs::Version| {
                    // NVIDIA's builds are pre-releases, and their images hold pip to them.
                    version.any_prerelease() || specifiers.contains(&version)
                })
            }
            (_, Some(_)) => true,
        },
        (None, Some(pin)) => match shipped {
            Some(Shipped::Version(version)) => is_same(version, pin),
            _ => false,
        },
    }
}

/// Whether a release without local part satisfies a pin.
fn is_same(version: &str, pin: &str) -> bool {
    let parse = |text: &str| text.parse::<pep440_rs::Version>().ok();
    parse(version).is_some_and(|version| parse(pin) == Some(version))
}

/// The version without its local part.
#[must_use]
pub fn public(version: &str) -> &str {
    version.split('+').next().unwrap_or(version)
}

fn pin(requirement: &Requirement, install: &PythonInstall) -> Option<String> {
    let exact = |requirement: &Requirement| match &requirement.version {
        VersionSpec::Exact { version, .. } => Some(version.to_string()),
        _ => None,
    };
    exact(requirement).or_else(|| {
        install
            .constraints
            .iter()
            .filter(|constraint| constraint.name == requirement.name)
            .find_map(exact)
    })
}
