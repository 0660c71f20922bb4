//! What is known of the machine and the image, and which CUDA majors it leaves.

use facts::arch::{self, Compiles};
use facts::image::{Accelerator, ImageFacts};
use facts::{CudaVersion, DriverVersion, cuda};

use super::Advice;
use super::requirement::Wanted;
use crate::Target;
use crate::target::TargetGpu;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The packages.
    pub packages: Vec<Wanted>,
    /// The machine that runs them.
    pub target: Target,
    /// The CUDA version to install for.
    pub cuda: Option<CudaVersion>,
    /// The base image, by its name and what is known of it.
    pub base: Option<(String, ImageFacts)>,
    /// `3.11`.
    pub python: Option<String>,
}

impl Question {
    /// The CUDA version that is wanted or that the image has.
    pub(super) fn cuda(&self) -> Option<CudaVersion> {
        self.cuda
            .or(self.base.as_ref().and_then(|(_, image)| image.cuda))
    }

    /// The same without the image and its CUDA.
    pub(super) fn without_cuda(&self) -> Self {
        Self {
            cuda: None,
            base: None,
            ..self.clone()
        }
    }

    /// What is known of the image.
    pub(super) fn base(&self) -> Option<&ImageFacts> {
        self.base.as_ref().map(|(_, image)| image)
    }

    /// The Python version of the question or of the image.
    pub(super) fn python(&self) -> Option<&str> {
        let image = self
            .base()
            .and_then(|image| image.python_version.as_deref());
        self.python.as_deref().or(image)
    }

    /// The driver, where it is one that the tables describe.
    pub(super) fn driver(&self) -> Option<&DriverVersion> {
        self.target.driver.as_ref()
    }

    /// The platform is Linux on 64-bit Arm.
    pub(super) fn is_arm(&self) -> bool {
        self.target
            .platform
            .as_ref()
            .is_some_and(crate::target::Platform::is_linux_arm64)
    }

    /// A GPU of the target that is in a Jetson module.
    pub(super) fn jetson(&self) -> Option<&TargetGpu> {
        let is_jetson = |gpu: &&TargetGpu| {
            let mut models = arch::gpus()
                .iter()
                .filter(|model| model.capability == gpu.capability)
                .peekable();
            models.peek().is_some() && models.all(|model| model.kind == arch::Kind::Jetson)
        };
        self.target.gpus.iter().find(is_jetson)
    }

    /// Whether programs for a CUDA major run there; `Err` says why not.
    pub(super) fn runs(&self, major: u16) -> Result<(), String> {
        if let Some(driver) = self.driver()
            && cuda::runs_major(driver, major) == Some(false)
        {
            let needed = cuda::min_driver(major).unwrap_or_default();
            return Err(format!(
                "CUDA {major} needs driver {needed} or newer; the target has {driver}"
            ));
        }
        match self.target.gpus.iter().find(|gpu| dropped(gpu, major)) {
            Some(gpu) => Err(format!("CUDA {major} has no code for {gpu}")),
            None => Ok(()),
        }
    }

    /// The newest CUDA major that everything known allows, of those given, newest first.
    pub(super) fn best_major(&self, majors: &[u16]) -> Result<u16, String> {
        let mut why = None;
        let wanted = self.cuda().map(|cuda| cuda.major);
        for &major in majors {
            match self.runs(major) {
                Ok(()) if wanted.is_none_or(|wanted| wanted == major) => return Ok(major),
                Ok(()) => {}
                Err(reason) => why = why.or(Some(reason)),
            }
        }
        let wanted = wanted.map(|wanted| format!("there is none for CUDA {wanted}"));
        Err(why
            .or(wanted)
            .unwrap_or_else(|| "no CUDA version fits".to_owned()))
    }
}

/// Whether no toolkit of a major compiles for a GPU any more, or any yet.
fn dropped(gpu: &TargetGpu, major: u16) -> bool {
    let toolkits = cuda::toolkits()
        .iter()
        .filter_map(|row| row.version.parse::<CudaVersion>().ok());
    let mut of_major = toolkits.filter(|version| version.major == major).peekable();
    of_major.peek().is_some()
        && of_major.all(|version| {
            matches!(
                arch::compiles(version, gpu.capability),
                Some(Compiles::NeedsNewer(_) | Compiles::RemovedAfter(_))
            )
        })
}

/// Says what is taken for granted.
pub(super) fn assume(question: &Question, advice: &mut Advice) {
    if let Some((name, image)) = &question.base
        && image.accelerator == Accelerator::Nvidia
        && image.cuda.is_none()
    {
        advice.assumed.push(format!(
            "nothing about CUDA in {name}: its version is not in the tables"
        ));
    }
    let known = question.driver().is_some()
        || !question.target.gpus.is_empty()
        || question.cuda().is_some();
    let newest = facts::torch::latest().map(|release| release.cuda.major);
    if let Some(driver) = newest.and_then(cuda::min_driver).filter(|_| !known) {
        advice.assumed.push(format!(
            "a driver from {driver} on and a GPU from Turing (sm_75) on; say --driver, --gpu, --cuda, --base or --host"
        ));
    }
}
