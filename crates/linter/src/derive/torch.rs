//! Which build of `PyTorch` an installation gets: the CUDA version that an index, a local version or `PyPI`'s
//! default decides.

use std::collections::HashMap;

use facts::CudaVersion;
use facts::pytorch_index::IndexKind;
use source::Location;

use super::action::{IndexUrl, PythonInstall, Requirement, VersionSpec};
use super::image::Shipped;
use super::inventory::Installed;
use super::model::{Model, StageView};
use super::text::Text;
use crate::known::Known;

/// The three packages that are built together and published side by side.
pub const FAMILY: &[&str] = &["torch", "torchvision", "torchaudio"];

/// What decides the build of one requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Build {
    /// A wheel for CUDA, chosen by name.
    Cuda(Chosen),
    /// A wheel without GPU code, chosen by name.
    Cpu(Chosen),
    /// A wheel for AMD GPUs, chosen by name.
    Rocm(Chosen),
    /// A wheel for another accelerator (`xpu`).
    Other(Chosen),
    /// Nothing chooses: what `PyPI` carries.
    Default,
    /// Something chooses, but what cannot be known; says what.
    Unknown(&'static str),
}

/// A build chosen by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// `cu121`, `cpu`, `rocm6.2`.
    pub suffix: String,
    /// The CUDA version of the suffix, for CUDA builds.
    pub cuda: Option<CudaVersion>,
    /// The bytes of the suffix as the command or file shows them.
    pub at: Location,
    /// The bytes to replace to choose another build; `None` where they are not written in one piece.
    pub editable: Option<Location>,
    /// How it is chosen.
    pub by: By,
}

/// How a build is chosen by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The only index: nothing else is looked at.
    Index,
    /// One index beside `PyPI`: pip takes the highest version of both.
    ExtraIndex,
    /// A page of links.
    FindLinks,
    /// `+cu121` in the version.
    LocalVersion,
    /// A wheel's address.
    Wheel,
    /// `--torch-backend`.
    Backend,
}

impl Build {
    /// The choice, where there is one.
    #[must_use]
    pub fn chosen(&self) -> Option<&Chosen> {
        match self {
            Self::Cuda(chosen) | Self::Cpu(chosen) | Self::Rocm(chosen) | Self::Other(chosen) => {
                Some(chosen)
            }
            Self::Default | Self::Unknown(_) => None,
        }
    }

    /// The CUDA version of a chosen CUDA build.
    #[must_use]
    pub fn cuda(&self) -> Option<CudaVersion> {
        match self {
            Self::Cuda(chosen) => chosen.cuda,
            _ => None,
        }
    }
}

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

/// What a stage keeps of one of its own requirements of the family.
#[derive(Debug)]
pub(super) struct TorchRow {
    /// Of the family.
    name: &'static str,
    /// Which of its Python installations.
    python: usize,
    /// Which requirement of that.
    requirement: usize,
    pin: Option<String>,
    build: Build,
}

/// By member of the family what the last installation of it pins.
type Last<'m> = HashMap<&'m str, Before<'m>>;

/// An installation before another.
#[derive(Clone, Copy)]
struct Before<'m> {
    pin: Option<&'m str>,
}

/// Where one stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct TorchAt {
    stage: usize,
    row: usize,
    received: bool,
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
                    satisfied(
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

/// What decides the build of `requirement`.
#[must_use]
pub fn build(requirement: &Requirement, install: &PythonInstall, known: &Known) -> Build {
    if let Some(url) = &requirement.url {
        return from_wheel(url);
    }
    if let VersionSpec::Exact { text, version } = &requirement.version
        && !version.local().is_empty()
    {
        let whole = text.as_str();
        let local = whole.find('+').map_or(whole.len(), |at| at + 1);
        let suffix = whole[local..].to_owned();
        return chosen(
            suffix,
            text.locate(local..whole.len()),
            text.editable(local..whole.len()),
            By::LocalVersion,
        );
    }
    if let Some(index) = &requirement.index {
        return from_index(index, By::Index, known).unwrap_or(Build::Default);
    }
    if let Some(backend) = &install.indexes.torch_backend {
        return match backend.known() {
            Some("auto") | None => Build::Unknown("--torch-backend"),
            Some(name) => chosen(
                name.to_owned(),
                backend.locate(backend.all()),
                backend.editable(backend.all()),
                By::Backend,
            ),
        };
    }
    from_indexes(install, known)
}

fn from_indexes(install: &PythonInstall, known: &Known) -> Build {
    let indexes = &install.indexes;
    if let Some(primary) = &indexes.primary
        && let Some(build) = from_index(primary, By::Index, known)
    {
        return build;
    }
    for extra in &indexes.extra {
        if let Some(build) = from_index(extra, By::ExtraIndex, known) {
            return build;
        }
    }
    for links in &indexes.find_links {
        if let Some(build) = from_index(links, By::FindLinks, known) {
            return build;
        }
    }
    if indexes.unknown {
        return Build::Unknown("an index that is not known");
    }
    if install.no_index {
        return Build::Unknown("local wheels");
    }
    Build::Default
}

/// `None` for `PyPI`, and for indexes that never carry torch.
fn from_index(index: &IndexUrl, by: By, known: &Known) -> Option<Build> {
    let Some(url) = index.url.known() else {
        // The suffix itself may be known although the rest is not, but then its host is not.
        return Some(Build::Unknown("an address with an unknown variable"));
    };
    match known.kind(index) {
        IndexKind::PyTorch {
            suffix: Some(suffix),
            ..
        }
        | IndexKind::KnownMirror {
            suffix: Some(suffix),
        } => {
            // The address of a mirror need not name what it copies.
            let at = url.rfind(suffix).map(|at| at..at + suffix.len());
            let place = at.clone().unwrap_or_else(|| index.url.all());
            let editable = at.and_then(|at| index.url.editable(at));
            Some(chosen(
                suffix.to_owned(),
                index.url.locate(place),
                editable,
                by,
            ))
        }
        IndexKind::PyTorch { suffix: None, .. } | IndexKind::KnownMirror { suffix: None } => {
            Some(Build::Unknown("the index of all builds"))
        }
        IndexKind::PyPi | IndexKind::Nvidia => None,
        IndexKind::Foreign => None,
        IndexKind::Unknown => Some(Build::Unknown("a private index")),
    }
}

fn from_wheel(url: &Text) -> Build {
    let Some(text) = url.known() else {
        return Build::Unknown("an address with an unknown variable");
    };
    if !text
        .split(['#', '?'])
        .next()
        .unwrap_or(text)
        .ends_with(".whl")
    {
        return Build::Unknown("a source archive");
    }
    let plus = text
        .rfind("%2B")
        .map(|at| at + 3)
        .or_else(|| text.rfind('+').map(|at| at + 1));
    let Some(start) = plus else {
        return Build::Unknown("a wheel's address");
    };
    let length = text[start..].find(['-', '.']).unwrap_or(text.len() - start);
    let range = start..start + length;
    chosen(
        text[range.clone()].to_owned(),
        url.locate(range.clone()),
        url.editable(range),
        By::Wheel,
    )
}

fn chosen(suffix: String, at: Location, editable: Option<Location>, by: By) -> Build {
    let cuda = CudaVersion::from_suffix(&suffix);
    let is_cuda = suffix.starts_with("cu") && suffix[2..].starts_with(|c: char| c.is_ascii_digit());
    let is_cpu = suffix.starts_with("cpu");
    let is_rocm = suffix.starts_with("rocm");
    let chosen = Chosen {
        suffix,
        cuda,
        at,
        editable,
        by,
    };
    if is_cuda {
        Build::Cuda(chosen)
    } else if is_cpu {
        Build::Cpu(chosen)
    } else if is_rocm {
        Build::Rocm(chosen)
    } else {
        Build::Other(chosen)
    }
}
