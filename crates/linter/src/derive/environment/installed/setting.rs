//! The Pythons, the machine and the installer that an installation may meet.

use facts::distribution;
use facts::release::ReleaseVersion;
use packages::action::PythonTool;

use super::candidates::Files;
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::view::StageView;

/// Minor versions of Python 3 that are taken into account where nothing tells which it is.
const LIKELY: std::ops::RangeInclusive<u16> = 8..=14;

/// The oldest pip whose choice was compared with the tables.
const OLDEST_PIP: ReleaseVersion = ReleaseVersion::new(19, 3, 0);

impl StageView<'_> {
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
            None => self.likely_minors(),
        };
        let files = minors.into_iter().map(|minor| Files {
            minor,
            machine,
            pip,
        });
        files.collect()
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
