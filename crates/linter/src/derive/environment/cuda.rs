//! CUDA in a stage, beside what its image holds.

use facts::CudaVersion;
use facts::package::{GivesGpu, Package};
use packages::action::Requirement;
use packages::text::Text;

use super::torch::{self, Build};
use super::view::StageView;
use crate::derive::image::{BaseImage, CopyFrom, Step, StepAction};

impl StageView<'_> {
    /// Whether something in the stage surely or perhaps puts CUDA libraries into it.
    pub fn has_own_cuda(self) -> bool {
        let own = |stage: Self| {
            let copied = stage.own_steps().any(copies_cuda);
            copied
                || stage
                    .own_commands()
                    .any(|command| command.effects.cuda.libraries)
        };
        self.line().any(|stage| {
            let cell = &stage.cells().has_own_cuda;
            *cell.get_or_init(|| own(stage))
        })
    }

    /// The CUDA version of the image's nvcc, where nothing may have put another one into the stage.
    #[must_use]
    pub fn compiler(self) -> Option<CudaVersion> {
        let image = self.image()?;
        let own = image.is_certain() && image.nvcc() == Some(true);
        let cuda = image.cuda().filter(|_| own)?;
        (!self.installs_nvcc() && !self.has_unreadable_step()).then_some(cuda)
    }

    /// Whether a command of the stage or its ancestors installs nvcc.
    pub fn installs_nvcc(self) -> bool {
        self.line().any(|stage| {
            let cell = &stage.cells().installs_nvcc;
            *cell.get_or_init(|| {
                stage
                    .own_commands()
                    .any(|command| command.effects.cuda.nvcc)
            })
        })
    }
}

/// Whether a COPY from another stage or image names CUDA.
fn copies_cuda(step: &Step) -> bool {
    let StepAction::Copy(copy) = &step.action else {
        return false;
    };
    let says_cuda = |text: &Text| text.as_str().contains("cuda") || text.as_str().contains("cudnn");
    copy.from != CopyFrom::Context
        && (copy.sources.iter().any(says_cuda) || says_cuda(&copy.destination))
}

impl StageView<'_> {
    /// Whether programs in the stage are meant to use CUDA, as far as the base image and packages tell.
    pub fn uses_cuda(self) -> bool {
        *self
            .cells()
            .uses_cuda
            .get_or_init(|| self.finds_cuda_used())
    }

    fn finds_cuda_used(self) -> bool {
        let image = self.image();
        if image.is_some_and(BaseImage::is_nvidia) {
            return true;
        }
        self.python().any(|installed| {
            installed.requirements().any(|requirement| {
                facts::package::find(&requirement.name)
                    .is_some_and(|row| row.kind == "framework" && row.gives_gpu != GivesGpu::No)
            })
        })
    }

    /// Whether wheels in the stage bring CUDA libraries that other packages may find.
    #[must_use]
    pub fn brings_cuda_wheels(self) -> bool {
        let cell = &self.cells().brings_cuda_wheels;
        *cell.get_or_init(|| self.finds_cuda_wheels())
    }

    fn finds_cuda_wheels(self) -> bool {
        let torch = torch::installs(self).iter().any(|install| {
            install.requirement.name == "torch"
                && matches!(
                    install.build,
                    Build::Cuda(_) | Build::Default | Build::Unknown(_)
                )
        });
        let others = self.python().any(|installed| {
            installed.requirements().any(|requirement| {
                let extra = |wanted: &str| {
                    requirement
                        .extras
                        .iter()
                        .any(|extra| extra.starts_with(wanted))
                };
                let row = facts::package::find(&requirement.name);
                extra("and-cuda")
                    || (requirement.name == "jax" && extra("cuda"))
                    || requirement.name.starts_with("nvidia-cudnn")
                    || requirement.name.starts_with("nvidia-cublas")
                    || row.is_some_and(|row| row.bundles_cuda && row.name != "torch")
                    || row.is_some_and(|row| drags_torch(row, requirement))
                    || matches!(
                        requirement.name.as_str(),
                        "vllm" | "sglang" | "tensorrt" | "tensorrt-llm"
                    )
            })
        });
        let conda = self
            .conda()
            .any(|(_, install)| !install.packages.is_empty());
        let torch_shipped = self.image().is_some_and(|image| image.torch().is_some());
        torch || others || conda || torch_shipped
    }
}

/// Packages that work with torch and do not depend on it.
const WITHOUT_TORCH: &[&str] = &[
    "transformers",
    "diffusers",
    "segment-anything",
    "torch-geometric",
];

/// Whether a package brings torch from wherever packages come from.
fn drags_torch(row: &Package, requirement: &Requirement) -> bool {
    row.kind.starts_with("needs torch")
        && (!WITHOUT_TORCH.contains(&row.name.as_str())
            || requirement.extras.iter().any(|extra| extra == "torch"))
}
