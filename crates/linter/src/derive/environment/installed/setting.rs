//! The Pythons, the machine and the installer that an installation may meet.

use std::collections::BTreeMap;

use facts::distribution;
use facts::release::ReleaseVersion;
use packages::action::PythonTool;

use super::candidates::Files;
use super::place::Place;
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::view::StageView;

/// Minor versions of Python 3 that are taken into account where nothing tells which it is.
const LIKELY: std::ops::RangeInclusive<u16> = 8..=14;

/// The oldest pip whose choice was compared with the tables.
const OLDEST_PIP: ReleaseVersion = ReleaseVersion::new(19, 3, 0);

impl<'m> StageView<'m> {
    /// Every kind of Python and installer that an installation of the stage may meet; empty where the installer is too
    /// old for the tables.
    pub(super) fn settings(self, installed: &Installed<'_>) -> Vec<Files> {
        let machine = self.stage().machine;
        let pip = self.old_pip(installed);
        if pip.is_some_and(|pip| pip < OLDEST_PIP) {
            return Vec::new();
        }
        let minors: Vec<u16> = match self.interpreter_of(installed) {
            Some(python) => minor(&python.version).into_iter().collect(),
            None => match self.conda_minor(installed) {
                Some(minor) => vec![minor],
                None => self.likely_minors(),
            },
        };
        let files = minors.into_iter().map(|minor| Files {
            minor,
            machine,
            pip,
        });
        files.collect()
    }

    /// The Python that conda put into the named environment of an installation.
    fn conda_minor(self, installed: &Installed<'_>) -> Option<u16> {
        let default = Place::default();
        let place = Place::of_install(installed.command, installed.install, &default)?;
        if place == default {
            return None;
        }
        let mut line = self.line().rev();
        line.find_map(|stage| stage.conda_pythons().get(&place).copied())
    }

    fn conda_pythons(self) -> &'m BTreeMap<Place, u16> {
        self.cells().conda_pythons.get_or_init(|| {
            let mut found = BTreeMap::new();
            for (command, install) in self.own_conda() {
                let mut packages = install.packages.iter();
                let python = packages.find(|package| package.name == "python");
                let version = python.and_then(|python| python.version.as_ref()?.known());
                let numbers = version.and_then(|version| version.strip_prefix("3."));
                let minor = numbers.and_then(|rest| rest.split('.').next()?.parse().ok());
                if let Some(minor) = minor {
                    found.insert(Place::of_conda(command, &Place::default()), minor);
                }
            }
            found
        })
    }

    /// The Pythons that the image's torch runs on, where it has one.
    fn likely_minors(self) -> Vec<u16> {
        let shipped = self.image().and_then(|image| image.torch().flatten());
        let release = shipped.and_then(facts::torch::release);
        let of_torch: Vec<u16> = release
            .map(|release| release.pythons.texts().filter_map(minor).collect())
            .unwrap_or_default();
        if of_torch.is_empty() {
            LIKELY.collect()
        } else {
            of_torch
        }
    }

    /// The pip of the distribution, where that is what runs.
    fn old_pip(self, installed: &Installed<'_>) -> Option<ReleaseVersion> {
        if installed.install.tool != PythonTool::Pip {
            return None;
        }
        let image = self.image().filter(|image| image.is_certain())?;
        let facts = image.facts.as_ref()?;
        if facts.python_version.is_some() || facts.framework.is_some() {
            return None;
        }
        let row = distribution::of_image(&image.reference)?;
        let renewed = self.renews_pip_before(installed.at) || self.has_conda();
        (!renewed).then(|| row.pip.parse().ok())?
    }
}

/// The minor version of `3.10`.
fn minor(python: &str) -> Option<u16> {
    python.strip_prefix("3.")?.parse().ok()
}
