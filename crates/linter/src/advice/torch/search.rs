//! The newest release that satisfies everything, and the index that suits best.

use facts::pytorch_index::{self, Index};
use facts::torch::{self, TorchRelease};
use facts::{CudaVersion, cuda, install};

use super::super::index;
use super::super::machine::Question;
use super::super::requirement::Wanted;
use super::{Chosen, Family, has_pins, pin, pinned};

/// What is looked for.
pub(super) struct Search<'s> {
    pub(super) question: &'s Question,
    pub(super) family: &'s Family<'s>,
}

impl Search<'_> {
    /// The newest release, and its index that suits best.
    pub(super) fn best(&self) -> Result<Chosen, String> {
        let fits = self.beside_image(self.fits()?);
        let newest = fits[0].release.version;
        let of_newest: Vec<Chosen> = fits
            .iter()
            .filter(|build| build.release.version == newest)
            .copied()
            .collect();
        Ok(self.nearest(&of_newest))
    }

    /// Every build that suits, the newest release first.
    pub(super) fn fits(&self) -> Result<Vec<Chosen>, String> {
        let releases: Vec<&'static TorchRelease> = torch::all()
            .iter()
            .rev()
            .filter(|release| self.is_wanted(release))
            .collect();
        if releases.is_empty() {
            return Err(self.no_release());
        }
        let releases = self.for_python(&releases)?;
        let indexes = index::cuda_indexes();
        let builds = |indexes: &[(CudaVersion, &'static Index)]| -> Vec<Chosen> {
            let releases = releases.iter();
            releases
                .flat_map(|release| self.builds(release, indexes))
                .collect()
        };
        // Those of another major are looked at for the reason alone, where none suits.
        if let Some(wanted) = self.question.cuda() {
            let mut near = indexes.clone();
            near.retain(|(cuda, _)| cuda.major == wanted.major);
            if let Ok(fits) = self.fitting(&builds(&near)) {
                return Ok(self.established(fits));
            }
        }
        let all = builds(&indexes);
        if all.is_empty() {
            return Err(self.no_build());
        }
        Ok(self.established(self.fitting(&all)?))
    }

    /// The newest release on an index that the requirements allow.
    pub(super) fn newest_on(&self, suffix: &str) -> Option<&'static TorchRelease> {
        let mut releases = torch::all().iter().rev();
        // pip passes over releases without a wheel for its Python.
        let fits = |release: &TorchRelease| {
            let python = self.question.python();
            python.and_then(|python| torch::supports_python(release, python)) != Some(false)
        };
        releases.find(|release| {
            pytorch_index::has(suffix, &release.version) == Some(true)
                && self.is_wanted(release)
                && fits(release)
        })
    }

    /// Those that are known to have code for the GPUs, where there are such.
    fn established(&self, fits: Vec<Chosen>) -> Vec<Chosen> {
        let gpus = &self.question.target.gpus;
        let has_code = |build: &&Chosen| {
            gpus.iter()
                .all(|gpu| build.release.runs_on(build.suffix, gpu.capability) == Some(true))
        };
        let known: Vec<Chosen> = fits.iter().filter(has_code).copied().collect();
        if known.is_empty() { fits } else { known }
    }

    /// Those of the index that is nearest to the CUDA of the image, where one is wanted.
    fn beside_image(&self, fits: Vec<Chosen>) -> Vec<Chosen> {
        let Some(wanted) = self.question.cuda() else {
            return fits;
        };
        let nearest = pytorch_index::nearest(wanted).map(|row| row.suffix.as_str());
        let has_nearest = fits.iter().any(|build| Some(build.suffix) == nearest);
        let below = fits.iter().map(|build| build.cuda);
        let below = below.filter(|cuda| *cuda <= wanted).max();
        let cuda = below.or(fits.iter().map(|build| build.cuda).min());
        let is_best = |build: &&Chosen| {
            if has_nearest {
                Some(build.suffix) == nearest
            } else {
                Some(build.cuda) == cuda
            }
        };
        fits.iter().filter(is_best).copied().collect()
    }

    /// Whether the requirements allow a release.
    fn is_wanted(&self, release: &'static TorchRelease) -> bool {
        let family = self.family.wanted.iter().all(|wanted| {
            wanted.is_free()
                || torch::companion(release, &wanted.name)
                    .is_some_and(|version| wanted.allows(version))
        });
        family
            && self
                .family
                .needed_by
                .iter()
                .all(|wanted| pinned(wanted, release).unwrap_or(true))
    }

    fn no_release(&self) -> String {
        let newest = torch::latest().map_or("", |release| release.version.as_str());
        let no_pin = |wanted: &&&Wanted| {
            has_pins(wanted) && !torch::all().iter().any(|row| pin(wanted, row).is_some())
        };
        if let Some(wanted) = self.family.needed_by.iter().find(no_pin) {
            let known = install::torch_pins(&wanted.name).last();
            let last = known.map_or("", |pin| pin.version);
            return format!(
                "which torch it wants is not in the tables, whose newest {} is {last}",
                wanted.name
            );
        }
        let pinned = self
            .family
            .wanted
            .iter()
            .find_map(|wanted| Some((&wanted.name, wanted.exact()?)));
        match pinned {
            Some((name, version)) if name == "torch" && torch::is_newer_than_tables(&version) => {
                format!("torch {version} is newer than the tables, which end with {newest}")
            }
            Some((name, version)) => format!(
                "{name} {version} is not in the tables, or does not belong to the other packages"
            ),
            None => format!(
                "no release in the tables, which end with torch {newest}, satisfies all of it"
            ),
        }
    }

    fn for_python(
        &self,
        releases: &[&'static TorchRelease],
    ) -> Result<Vec<&'static TorchRelease>, String> {
        let Some(python) = self.question.python() else {
            return Ok(releases.to_vec());
        };
        let has = |release: &&&'static TorchRelease| {
            torch::supports_python(release, python) != Some(false)
        };
        let found: Vec<_> = releases.iter().filter(has).copied().collect();
        if found.is_empty() {
            let known = releases[0].pythons.join(", ");
            let version = releases[0].version;
            return Err(format!(
                "torch {version} has no wheel for Python {python}, only for {known}"
            ));
        }
        Ok(found)
    }

    /// The builds of a release for CUDA.
    fn builds(
        &self,
        release: &'static TorchRelease,
        indexes: &[(CudaVersion, &'static Index)],
    ) -> Vec<Chosen> {
        let local = self
            .family
            .wanted
            .iter()
            .find_map(|wanted| wanted.local.as_deref());
        let pins = self
            .family
            .needed_by
            .iter()
            .any(|wanted| pinned(wanted, release).is_some());
        // On Arm, and for packages that are built for it, only what PyPI gives is known.
        let default_only = pins || self.question.is_arm();
        let exists = !self.question.is_arm() || release.aarch64 == "cuda";
        indexes
            .iter()
            .filter(|_| exists)
            .filter(|(_, index)| index.torch.has(&release.version))
            .filter(|(_, index)| {
                let mut names = self.family.wanted.iter().map(|wanted| &wanted.name);
                names.all(|name| release.companion_is_on(name, &index.suffix))
            })
            .filter(|(_, index)| !default_only || index.suffix == release.suffix)
            .filter(|(_, index)| local.is_none_or(|local| local == index.suffix))
            .map(|(cuda, index)| Chosen {
                release,
                suffix: index.suffix.as_str(),
                cuda: *cuda,
            })
            .collect()
    }

    fn no_build(&self) -> String {
        if self.question.is_arm() {
            let first = torch::all()
                .iter()
                .find(|release| release.aarch64 == "cuda");
            let first = first.map_or("", |release| release.version.as_str());
            return format!("PyPI has CUDA builds of torch for linux/arm64 from {first} on");
        }
        let local = self
            .family
            .wanted
            .iter()
            .find_map(|wanted| wanted.local.as_deref());
        match local {
            Some(suffix) => format!("the index {suffix} does not have that release"),
            None => "no CUDA build of it is in the tables".to_owned(),
        }
    }

    /// The builds that run there.
    fn fitting(&self, all: &[Chosen]) -> Result<Vec<Chosen>, String> {
        let mut why: Option<String> = None;
        let mut fits = Vec::new();
        for build in all {
            match self.fit(build) {
                Ok(()) => fits.push(*build),
                Err(reason) => why = why.or(Some(reason)),
            }
        }
        if fits.is_empty() {
            Err(why.unwrap_or_default())
        } else {
            Ok(fits)
        }
    }

    fn fit(&self, build: &Chosen) -> Result<(), String> {
        if let Some(gpu) = self.question.jetson() {
            return Err(format!(
                "{gpu} is a Jetson module, which takes NVIDIA's own wheels and l4t images"
            ));
        }
        let Chosen {
            release,
            suffix,
            cuda,
        } = *build;
        let what = || format!("torch {} from {suffix} is for CUDA {cuda}", release.version);
        if let Some(wanted) = self.question.cuda()
            && wanted.major != cuda.major
        {
            return Err(format!("{}, not for CUDA {}", what(), wanted.major));
        }
        self.question
            .runs(cuda.major)
            .map_err(|why| format!("{}: {why}", what()))?;
        for gpu in &self.question.target.gpus {
            if release.runs_on(suffix, gpu.capability) == Some(false) {
                return Err(format!(
                    "torch {} from {suffix} has no code for {gpu}",
                    release.version
                ));
            }
        }
        Ok(())
    }

    /// Of the builds of one release, that which is nearest to what is known.
    fn nearest(&self, builds: &[Chosen]) -> Chosen {
        let default = builds
            .iter()
            .find(|build| build.suffix == build.release.suffix);
        let reported = self.question.driver().and_then(cuda::max_cuda);
        let limit = self.question.cuda().or(reported);
        let Some(limit) = limit else {
            return default.copied().unwrap_or(builds[builds.len() - 1]);
        };
        let below = builds.iter().rev().find(|build| build.cuda <= limit);
        *below.unwrap_or(&builds[0])
    }
}
