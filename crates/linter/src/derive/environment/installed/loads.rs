//! Which CUDA and cuDNN packages load that they do not bring, and which their wheels bring.

use std::collections::{BTreeMap, BTreeSet};

use facts::package::{self, Libraries};
use facts::{CudaVersion, torch};
use packages::action::{CondaInstall, Requirement};

use super::choice::Pick;
use super::record::{Held, HeldBy, WheelCuda};
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::view::StageView;

/// A package that loads CUDA libraries from outside its wheel, as it is at the end of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Loader<'m> {
    /// The package itself: `ctranslate2`.
    pub package: &'static str,
    /// The installation that brought it.
    pub installed: Installed<'m>,
    /// The requirement it comes with: `faster-whisper`.
    pub requirement: &'m Requirement,
    /// The versions that it may be.
    pub versions: &'m [String],
}

impl Loader<'_> {
    /// What all of its versions load; `None` where they differ or the tables do not say.
    #[must_use]
    pub fn libraries(&self) -> Option<Libraries> {
        let rows = &package::find(self.package)?.libraries;
        let of_version = |version: &String| {
            let version: pep440_rs::Version = version.parse().ok()?;
            let loads = |row: &&Libraries| {
                let from = row.from.parse::<pep440_rs::Version>();
                from.is_ok_and(|from| version >= from)
            };
            rows.iter().find(loads).copied()
        };
        let mut all = self.versions.iter().map(of_version);
        let first = all.next()??;
        let same = |other: Option<Libraries>| {
            other.is_some_and(|other| (other.cuda, other.cudnn) == (first.cuda, first.cudnn))
        };
        all.all(same).then_some(first)
    }
}

impl<'m> StageView<'m> {
    /// The packages that load CUDA libraries from outside, by the installation that decides their version.
    pub fn loaders(self) -> Vec<Loader<'m>> {
        let mut last: BTreeMap<&'static str, Loader<'m>> = BTreeMap::new();
        for installed in self.python() {
            let stage = self.model.stage(installed.stage);
            let Some(step) = stage.choices_of(&installed) else {
                continue;
            };
            for choice in &step.choices {
                let row = package::find(choice.name).filter(|row| !row.libraries.is_empty());
                let requirement = installed.install.requirements.get(choice.asked.root());
                let (Some(_), Some(requirement)) = (row, requirement) else {
                    continue;
                };
                match &choice.pick {
                    Pick::Stays => {}
                    Pick::Open => {
                        last.remove(choice.name);
                    }
                    Pick::Takes(versions) => {
                        let loader = Loader {
                            package: choice.name,
                            installed,
                            requirement,
                            versions,
                        };
                        last.insert(choice.name, loader);
                    }
                }
            }
        }
        last.into_values().collect()
    }

    /// The CUDA majors whose libraries wheels in the stage bring.
    #[must_use]
    pub fn wheel_cuda(self) -> &'m WheelCuda {
        let cell = &self.cells().wheel_cuda;
        cell.get_or_init(|| {
            self.find_wheel_cuda()
                .map_or(WheelCuda::Unknown, WheelCuda::Majors)
        })
    }

    fn find_wheel_cuda(self) -> Option<BTreeSet<u16>> {
        let mut majors = BTreeSet::new();
        let shipped = self.image().filter(|image| image.torch().is_some());
        if let Some(image) = shipped {
            majors.insert(image.cuda()?.major);
        }
        if self.conda().any(|(_, install)| !is_bare(install)) {
            return None;
        }
        for installed in self.python() {
            let stage = self.model.stage(installed.stage);
            let step = stage.choices_of(&installed)?;
            let of_torch = step.choices.iter().find(|choice| choice.name == "torch");
            if let Some(choice) = of_torch {
                match &choice.pick {
                    Pick::Stays => {}
                    Pick::Open => return None,
                    Pick::Takes(versions) => {
                        let asked = installed.install.requirements.get(choice.asked.root())?;
                        let suffix = stage.suffix_of(&installed, asked);
                        for version in versions {
                            cuda_of_torch(version, suffix.as_deref()).add_to(&mut majors)?;
                        }
                    }
                }
            }
            for requirement in installed.requirements() {
                let mut choices = step.choices.iter();
                // Beside a torch that is there, nothing else brings one.
                let there = step
                    .torch
                    .as_ref()
                    .is_some_and(|held| !held.versions.is_empty());
                let followed = there || choices.any(|choice| choice.name == requirement.name);
                of_requirement(requirement, followed).add_to(&mut majors)?;
            }
        }
        Some(majors)
    }
}

impl StageView<'_> {
    /// The CUDA of an installed torch; `None` for builds for the CPU, and where it is not told.
    #[must_use]
    pub fn cuda_of(self, held: &Held) -> Option<CudaVersion> {
        let [version] = held.versions.as_slice() else {
            return None;
        };
        let local = version.split_once('+').map(|(_, local)| local);
        match (local.or(held.suffix.as_deref()), held.by) {
            (Some(suffix), _) => CudaVersion::from_suffix(suffix),
            (None, HeldBy::Image) => self.image()?.cuda(),
            (None, HeldBy::Conda) => None,
            (None, HeldBy::Name | HeldBy::Requirement) => Some(torch::release(version)?.cuda),
        }
    }
}

/// Whether conda installs Python and what belongs to it, and nothing else.
fn is_bare(install: &CondaInstall) -> bool {
    let mut packages = install.packages.iter();
    !install.incomplete
        && install.files.is_empty()
        && packages.all(|it| matches!(&*it.name, "python" | "pip" | "setuptools" | "wheel"))
}

/// What a wheel brings of CUDA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brings {
    Nothing,
    Major(u16),
    Unknown,
}

impl Brings {
    /// Adds a major; `None` where it is not told.
    fn add_to(self, majors: &mut BTreeSet<u16>) -> Option<()> {
        match self {
            Self::Nothing => {}
            Self::Major(major) => {
                majors.insert(major);
            }
            Self::Unknown => return None,
        }
        Some(())
    }
}

/// What a torch brings.
fn cuda_of_torch(version: &str, suffix: Option<&str>) -> Brings {
    let local = version.split_once('+').map(|(_, local)| local);
    let cuda = match local.or(suffix) {
        Some("cpu") => return Brings::Nothing,
        Some(suffix) => CudaVersion::from_suffix(suffix),
        None => torch::release(version).map(|release| release.cuda),
    };
    cuda.map_or(Brings::Unknown, |cuda| Brings::Major(cuda.major))
}

/// What a requirement other than torch brings.
fn of_requirement(requirement: &Requirement, followed: bool) -> Brings {
    let name = requirement.name.as_str();
    let extra = |wanted: &str| {
        let mut extras = requirement.extras.iter();
        extras.any(|extra| extra.starts_with(wanted))
    };
    if name.starts_with("nvidia-") {
        let cuda = package::cuda_of_name(name);
        return cuda.map_or(Brings::Unknown, |cuda| Brings::Major(cuda.major()));
    }
    let Some(row) = package::find(name) else {
        return Brings::Nothing;
    };
    let brings = extra("and-cuda")
        || extra("cuda")
        || (row.bundles_cuda && name != "torch")
        || (!followed && row.kind.starts_with("needs torch"));
    if brings {
        Brings::Unknown
    } else {
        Brings::Nothing
    }
}
