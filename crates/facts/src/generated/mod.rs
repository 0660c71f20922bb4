//! The tables of `data/` as the program carries them. Written by `cargo xtask gen`.

use crate::packed::{Pen, Str};

mod compose_features;
mod cuda;
mod daemon_json;
mod distributions;
mod engine;
mod gpu_archs;
mod host_commands;
mod images;
mod installs;
mod os_packages;
mod packages;
mod pypi;
mod pytorch_indexes;
mod repository_names;
mod same_files;
mod services;
mod symptoms;
mod tensorflow;
mod torch_releases;

pub(crate) use compose_features::COMPOSE_FEATURES;
pub(crate) use cuda::CUDA;
pub(crate) use daemon_json::DAEMON_JSON;
pub(crate) use distributions::DISTRIBUTIONS;
pub(crate) use engine::ENGINE;
pub(crate) use gpu_archs::GPU_ARCHS;
pub(crate) use host_commands::HOST_COMMANDS;
pub(crate) use images::IMAGES;
pub(crate) use installs::INSTALLS;
pub(crate) use os_packages::OS_PACKAGES;
pub(crate) use packages::PACKAGES;
pub(crate) use pypi::PYPI;
pub(crate) use pytorch_indexes::PYTORCH_INDEXES;
pub(crate) use repository_names::REPOSITORY_NAMES;
pub(crate) use same_files::SAME_FILES;
pub(crate) use services::SERVICES;
pub(crate) use symptoms::SYMPTOMS;
pub(crate) use tensorflow::TENSORFLOW;
pub(crate) use torch_releases::TORCH_RELEASES;

pub(crate) const BYTES: usize = 251_623;
pub(crate) const STRS: usize = 14_814;

static LETTERS: [u8; BYTES] = ALL.pen.bytes;
pub(crate) static STRS_OF_LISTS: [Str; STRS] = ALL.pen.strs;
pub(crate) static TEXT: &str = match std::str::from_utf8(&LETTERS) {
    Ok(text) => text,
    Err(_) => panic!(),
};

struct All {
    pen: Pen,
    compose_features: compose_features::Rows,
    cuda: cuda::Rows,
    daemon_json: daemon_json::Rows,
    distributions: distributions::Rows,
    engine: engine::Rows,
    gpu_archs: gpu_archs::Rows,
    host_commands: host_commands::Rows,
    images: images::Rows,
    installs: installs::Rows,
    os_packages: os_packages::Rows,
    packages: packages::Rows,
    pypi: pypi::Rows,
    pytorch_indexes: pytorch_indexes::Rows,
    repository_names: repository_names::Rows,
    same_files: same_files::Rows,
    services: services::Rows,
    symptoms: symptoms::Rows,
    tensorflow: tensorflow::Rows,
    torch_releases: torch_releases::Rows,
}

const ALL: All = {
    let mut pen = Pen::new();
    All {
        compose_features: compose_features::rows(&mut pen),
        cuda: cuda::rows(&mut pen),
        daemon_json: daemon_json::rows(&mut pen),
        distributions: distributions::rows(&mut pen),
        engine: engine::rows(&mut pen),
        gpu_archs: gpu_archs::rows(&mut pen),
        host_commands: host_commands::rows(&mut pen),
        images: images::rows(&mut pen),
        installs: installs::rows(&mut pen),
        os_packages: os_packages::rows(&mut pen),
        packages: packages::rows(&mut pen),
        pypi: pypi::rows(&mut pen),
        pytorch_indexes: pytorch_indexes::rows(&mut pen),
        repository_names: repository_names::rows(&mut pen),
        same_files: same_files::rows(&mut pen),
        services: services::rows(&mut pen),
        symptoms: symptoms::rows(&mut pen),
        tensorflow: tensorflow::rows(&mut pen),
        torch_releases: torch_releases::rows(&mut pen),
        pen,
    }
};

/// Each file with its rows, for the test that compares them.
#[cfg(test)]
pub(crate) fn carried() -> Vec<(&'static str, serde_json::Result<serde_json::Value>)> {
    vec![
        (include_str!("../../data/compose_features.json"), serde_json::to_value(&COMPOSE_FEATURES)),
        (include_str!("../../data/cuda.json"), serde_json::to_value(&CUDA)),
        (include_str!("../../data/daemon_json.json"), serde_json::to_value(&DAEMON_JSON)),
        (include_str!("../../data/distributions.json"), serde_json::to_value(&DISTRIBUTIONS)),
        (include_str!("../../data/engine.json"), serde_json::to_value(&ENGINE)),
        (include_str!("../../data/gpu_archs.json"), serde_json::to_value(&GPU_ARCHS)),
        (include_str!("../../data/host_commands.json"), serde_json::to_value(&HOST_COMMANDS)),
        (include_str!("../../data/images.json"), serde_json::to_value(&IMAGES)),
        (include_str!("../../data/installs.json"), serde_json::to_value(&INSTALLS)),
        (include_str!("../../data/os_packages.json"), serde_json::to_value(&OS_PACKAGES)),
        (include_str!("../../data/packages.json"), serde_json::to_value(&PACKAGES)),
        (include_str!("../../data/pypi.json"), serde_json::to_value(&PYPI)),
        (include_str!("../../data/pytorch_indexes.json"), serde_json::to_value(&PYTORCH_INDEXES)),
        (include_str!("../../data/repository_names.json"), serde_json::to_value(&REPOSITORY_NAMES)),
        (include_str!("../../data/same_files.json"), serde_json::to_value(&SAME_FILES)),
        (include_str!("../../data/services.json"), serde_json::to_value(&SERVICES)),
        (include_str!("../../data/symptoms.json"), serde_json::to_value(&SYMPTOMS)),
        (include_str!("../../data/tensorflow.json"), serde_json::to_value(&TENSORFLOW)),
        (include_str!("../../data/torch_releases.json"), serde_json::to_value(&TORCH_RELEASES)),
    ]
}
