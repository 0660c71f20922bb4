//! Which commands compile CUDA, surely or perhaps.

use facts::package::{self, Nvcc};
use packages::action::{Action, PythonInstall, Requirement, RequirementOrigin, VersionSpec};
use packages::text::Text;
use source::Location;

use super::program::Program;
use crate::derive::known::Known;
use crate::derive::shell::Command;

/// One place that compiles CUDA.
#[derive(Clone, Debug)]
pub struct Compile {
    /// The smallest text that says so.
    pub at: Location,
    /// What compiles: `flash-attn`, `nvcc`, `llama.cpp (GGML_CUDA)`.
    pub what: String,
    /// Known to need nvcc here; otherwise it may, or only at the first use.
    pub certain: bool,
    /// It builds against torch, whose CUDA major must match nvcc's.
    pub torch_extension: bool,
}

/// Switches of build systems that turn CUDA on.
const SWITCHES: &[&str] = &[
    "GGML_CUDA",
    "GGML_CUBLAS",
    "LLAMA_CUBLAS",
    "LLAMA_CUDA",
    "WHISPER_CUDA",
    "WHISPER_CUBLAS",
    "SD_CUDA",
    "SD_CUBLAS",
    "USE_CUDA",
    "WITH_CUDA",
    "ENABLE_CUDA",
    "BUILD_CUDA",
    "FORCE_CUDA",
    "TCNN_CUDA",
    "FAISS_ENABLE_GPU",
    "onnxruntime_USE_CUDA",
    "OPENCV_DNN_CUDA",
    "WITH_CUBLAS",
    "WITH_CUDNN",
    "CUDA_ENABLED",
    "CMAKE_CUDA_COMPILER",
    "USE_CUDNN",
    "BUILD_WITH_CUDA",
    "AF_BUILD_CUDA",
    "GMX_GPU",
    "CT_CUBLAS",
    "APEX_CUDA_EXT",
    "BUILD_CUDA_EXT",
    "HOROVOD_GPU_OPERATIONS",
    "HOROVOD_GPU",
];

/// Looks for what a command compiles, by its actions and what its program is.
pub(super) fn find(
    command: &Command,
    actions: &[Action],
    kind: Program,
    known: &Known,
) -> Vec<Compile> {
    let mut found = Vec::new();
    for action in actions {
        if let Action::Python(install) = action {
            packages(command, install, known, &mut found);
        }
    }
    if actions.is_empty() || command.invocation.runner().is_some() {
        program(command, kind, &mut found);
    }
    found
}

fn on(value: &str) -> bool {
    !matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "0" | "off" | "false" | "no"
    )
}

fn is_on(command: &Command, name: &str) -> bool {
    command
        .variable(name)
        .is_some_and(|value| on(value.as_str()))
}

fn is_off(command: &Command, name: &str) -> bool {
    command
        .variable(name)
        .is_some_and(|value| !on(value.as_str()))
}

fn packages(command: &Command, install: &PythonInstall, known: &Known, found: &mut Vec<Compile>) {
    for requirement in &install.requirements {
        if let Some(compile) = requirement_compiles(command, install, requirement, known) {
            found.push(compile);
        }
    }
    let forced = is_on(command, "FORCE_CUDA") || is_on(command, "BUILD_CUDA_EXT");
    for project in install.projects.iter().filter(|_| forced) {
        found.push(Compile {
            at: project.at(),
            what: format!("`{}` with FORCE_CUDA", project.as_str()),
            certain: true,
            torch_extension: true,
        });
    }
}

fn requirement_compiles(
    command: &Command,
    install: &PythonInstall,
    requirement: &Requirement,
    known: &Known,
) -> Option<Compile> {
    let address = requirement.url.as_ref().map(Text::as_str);
    if address.is_some_and(|address| {
        address
            .split(['#', '?'])
            .next()
            .unwrap_or(address)
            .ends_with(".whl")
    }) {
        return None;
    }
    let compile = |certain, torch_extension| {
        Some(Compile {
            at: requirement.name_at,
            what: requirement.name.clone(),
            certain,
            torch_extension,
        })
    };
    // A lock file chose a wheel where there is one; which it chose, it says in another place.
    if matches!(requirement.origin, RequirementOrigin::Lock { .. }) {
        return package::find(&requirement.name)
            .filter(|row| !matches!(row.nvcc, Nvcc::No | Nvcc::Provides))
            .and_then(|_| compile(false, false));
    }
    if let Some(repository) = address.and_then(package::find_repository) {
        let certain = match repository.nvcc {
            Nvcc::Build => repository.confidence.supports_errors(),
            Nvcc::BuildSwitch => has_switch(command),
            _ => false,
        };
        return compile(certain, repository.no_build_isolation);
    }
    if address.is_some() {
        return compile(false, false);
    }
    if has_no_ptxas(requirement) {
        return compile(false, false);
    }
    let row = package::find(&requirement.name)?;
    match row.nvcc {
        Nvcc::No | Nvcc::Provides => None,
        // A page of wheels, a local version or another index may hold a built one.
        _ if has_wheel_source(install, requirement, known) => None,
        _ if is_skipped(command, &requirement.name) => None,
        Nvcc::Build => compile(
            row.confidence.supports_errors(),
            is_torch_extension(&requirement.name),
        ),
        Nvcc::BuildSwitch => {
            let extension = row.kind == "cuda-extension";
            if has_switch(command) {
                compile(true, extension)
            } else if extension {
                // Without the switch the build leaves CUDA out, as no GPU is visible.
                compile(false, true)
            } else {
                None
            }
        }
        Nvcc::BuildFallback | Nvcc::RuntimeJit | Nvcc::SometimesJit => compile(false, false),
    }
}

/// JAX built for the CUDA of the image runs that image's ptxas; wheels with CUDA inside bring theirs.
fn has_no_ptxas(requirement: &Requirement) -> bool {
    let local = match &requirement.version {
        VersionSpec::Exact { version, .. } => version.local().iter().any(|part| {
            let part = part.to_string();
            part.starts_with("cuda")
        }),
        _ => false,
    };
    let extra = requirement.extras.iter().any(|extra| {
        extra.ends_with("_local") || extra.ends_with("-local") || extra.starts_with("cuda11")
    });
    (requirement.name == "jaxlib" && local) || (requirement.name == "jax" && extra)
}

fn is_torch_extension(name: &str) -> bool {
    !matches!(
        name,
        "cupy" | "pycuda" | "llama-cpp-python" | "transformer-engine"
    )
}

/// Environment switches that skip the CUDA build of a package.
fn is_skipped(command: &Command, name: &str) -> bool {
    match name {
        "flash-attn" => is_on(command, "FLASH_ATTENTION_SKIP_CUDA_BUILD"),
        "vllm" => is_on(command, "VLLM_USE_PRECOMPILED"),
        _ => {
            is_off(command, "BUILD_CUDA_EXT")
                || is_off(command, "FORCE_CUDA")
                || is_on(command, "NO_CUDA")
        }
    }
}

fn has_wheel_source(install: &PythonInstall, requirement: &Requirement, known: &Known) -> bool {
    let local = matches!(&requirement.version, VersionSpec::Exact { version, .. } if !version.local().is_empty());
    let indexes = &install.indexes;
    let elsewhere = indexes.all().any(|index| {
        use facts::pytorch_index::IndexKind;
        match known.kind(index) {
            IndexKind::PyPi => false,
            IndexKind::PyTorch { .. } | IndexKind::KnownMirror { .. } => {
                facts::pytorch_index::carries(&requirement.name)
            }
            _ => true,
        }
    });
    local || elsewhere || indexes.unknown || install.no_index || requirement.index.is_some()
}

fn has_switch(command: &Command) -> bool {
    let arguments = command
        .variable("CMAKE_ARGS")
        .is_some_and(|value| switch_in(value).is_some());
    let flags = command
        .args()
        .iter()
        .any(|arg| arg.as_str().contains("--cuda_ext") || switch_in(arg).is_some());
    arguments
        || flags
        || [
            "FORCE_CUDA",
            "BUILD_CUDA_EXT",
            "LLAMA_CUBLAS",
            "GGML_CUDA",
            "CT_CUBLAS",
            "USE_CUDA",
        ]
        .iter()
        .any(|name| is_on(command, name))
}

/// The bytes of `GGML_CUDA=on` in an argument.
fn switch_in(text: &Text) -> Option<std::ops::Range<usize>> {
    let whole = text.as_str();
    for switch in SWITCHES {
        let Some(at) = whole.find(switch) else {
            continue;
        };
        let before = whole[..at]
            .strip_suffix("-D")
            .unwrap_or(&whole[..at])
            .chars()
            .next_back();
        let after = &whole[at + switch.len()..];
        let value = after.split_once('=').map_or("", |(_, value)| value);
        let value = value
            .split([' ', ';', '"', '\''])
            .next()
            .unwrap_or_default();
        let typed = after.starts_with('=') || after.starts_with(':');
        // `GGML_CUDA_F16=on` names another switch.
        if typed && on(value) && !before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return Some(at..at + switch.len());
        }
    }
    None
}

fn program(command: &Command, kind: Program, found: &mut Vec<Compile>) {
    let name = command.program();
    let first = command.invocation.program_word().at();
    if name == "nvcc" {
        let asks = command
            .args()
            .iter()
            .all(|arg| matches!(arg.as_str(), "--version" | "-V" | "--help" | "-h"));
        if !asks {
            found.push(Compile {
                at: first,
                what: "nvcc".to_owned(),
                certain: true,
                torch_extension: false,
            });
        }
        return;
    }
    let runs_setup = command.is_python()
        && command
            .args()
            .iter()
            .any(|arg| arg.as_str().ends_with("setup.py"));
    let builds =
        kind == Program::BuildTool || runs_setup || matches!(name, "configure" | "build.sh");
    if !builds && name != "cargo" {
        return;
    }
    if name == "cargo" {
        let features = command
            .args()
            .windows(2)
            .find(|pair| matches!(pair[0].as_str(), "--features" | "-F"));
        if let Some(pair) = features.filter(|pair| {
            pair[1]
                .as_str()
                .split([',', ' '])
                .any(|f| f == "cuda" || f == "cudnn" || f == "flash-attn")
        }) {
            found.push(Compile {
                at: pair[1].at(),
                what: "a Rust crate with its CUDA feature".to_owned(),
                certain: true,
                torch_extension: false,
            });
        }
        return;
    }
    for arg in command.args() {
        if let Some(range) = switch_in(arg) {
            let what = format!("{name} with {}", &arg.as_str()[range.clone()]);
            found.push(Compile {
                at: arg.locate(range),
                what,
                certain: true,
                torch_extension: false,
            });
            return;
        }
        if matches!(
            arg.as_str(),
            "--cuda_ext" | "--enable-cuda-nvcc" | "--enable-cuda" | "--use_cuda" | "--config=cuda"
        ) {
            let name = if runs_setup { "setup.py" } else { name };
            found.push(Compile {
                at: arg.at(),
                what: format!("{name} {}", arg.as_str()),
                certain: true,
                torch_extension: runs_setup,
            });
            return;
        }
    }
    if runs_setup {
        let certain = is_on(command, "FORCE_CUDA") || is_on(command, "BUILD_CUDA_EXT");
        found.push(Compile {
            at: first,
            what: "setup.py".to_owned(),
            certain,
            torch_extension: true,
        });
    }
}
