//! CUDA that commands put into a stage, beside what its image holds.

use facts::os_package::{self, Class, Manager, NameRule, Runfile};
use packages::action::{Action, OsInstall, OsManager, OsVerb};
use packages::program::is_shell;
use packages::text::Text;
use source::Location;

use crate::derive::shell::Command;

/// A package of an OS package manager or conda that the tables know.
#[derive(Clone, Debug)]
pub struct CudaPackage<'m> {
    /// The command that installs it.
    pub command: &'m Command,
    /// The call.
    pub install: &'m OsInstall,
    /// The package word.
    pub word: &'m Text,
    /// What it is.
    pub rule: &'static NameRule,
}

/// The facts' name of a package manager.
#[must_use]
pub fn manager(manager: OsManager) -> Manager {
    match manager {
        OsManager::Apt => Manager::Apt,
        OsManager::Dnf => Manager::Dnf,
        OsManager::Zypper => Manager::Zypper,
        OsManager::Apk => Manager::Apk,
        OsManager::Pacman => Manager::Pacman,
    }
}

/// Looks the packages of a command up, once.
pub(crate) fn look_up(command: &mut Command) {
    for (place, action) in command.actions.iter().enumerate() {
        let Action::Os(install) = action else {
            continue;
        };
        if install.verb != OsVerb::Install {
            continue;
        }
        for (index, word) in install.packages.iter().enumerate() {
            if let Some(rule) = os_package::classify(manager(install.manager), word.as_str()) {
                command.cuda.push((place, index, rule));
            }
        }
    }
}

/// The packages with CUDA or driver meaning that a command installs.
pub fn packages(command: &Command) -> impl Iterator<Item = CudaPackage<'_>> {
    command
        .cuda
        .iter()
        .filter_map(|&(place, index, rule)| match command.actions.get(place) {
            Some(Action::Os(install)) => {
                let word = install.packages.get(index)?;
                Some(CudaPackage {
                    command,
                    install,
                    word,
                    rule,
                })
            }
            _ => None,
        })
}

/// A downloaded installer that a command runs: `sh cuda_12.1.0_530.30.02_linux.run --toolkit`.
#[must_use]
pub fn runfile(command: &Command) -> Option<(Runfile, Location)> {
    let first = command.invocation.program_word();
    let runs = if is_shell(command.program()) {
        command
            .args()
            .iter()
            .find(|arg| !arg.as_str().starts_with('-'))?
    } else {
        first
    };
    Some((os_package::runfile(runs.as_str())?, runs.place()))
}

/// Whether a command installs nvcc.
#[must_use]
pub fn installs_nvcc(command: &Command) -> bool {
    let os = packages(command).any(|package| match package.rule.class {
        Class::Toolkit | Class::DriverMeta => true,
        Class::ToolkitPart => {
            let name = package.word.as_str();
            [
                "cuda-nvcc",
                "cuda-compiler",
                "cuda-minimal-build",
                "cuda-command-line-tools",
            ]
            .iter()
            .any(|part| name.starts_with(part))
        }
        _ => false,
    });
    let runfile = matches!(runfile(command), Some((Runfile::Toolkit { .. }, _)));
    os || runfile || installs_nvcc_with_python(command)
}

fn installs_nvcc_with_python(command: &Command) -> bool {
    command.actions.iter().any(|action| match action {
        Action::Conda(install) => install.packages.iter().any(|package| {
            let name = package.name.as_str();
            name.starts_with("cuda-nvcc")
                || matches!(
                    name,
                    "cuda"
                        | "cuda-toolkit"
                        | "cuda-compiler"
                        | "cudatoolkit-dev"
                        | "nvcc_linux-64"
                        | "cuda-minimal-build"
                        | "cuda-tools"
                        | "cuda-command-line-tools"
                )
        }),
        Action::Python(install) => install.requirements.iter().any(|requirement| {
            requirement.name.starts_with("nvidia-cuda-nvcc") || requirement.name == "cuda-toolkit"
        }),
        _ => false,
    })
}

/// Whether a command installs CUDA run-time libraries.
#[must_use]
pub fn installs_libraries(command: &Command) -> bool {
    let os = packages(command).any(|package| {
        matches!(
            package.rule.class,
            Class::RuntimeLib
                | Class::Toolkit
                | Class::ToolkitPart
                | Class::DriverMeta
                | Class::FrameworkDistro
        )
    });
    let runfile = matches!(runfile(command), Some((Runfile::Toolkit { .. }, _)));
    let others = command.actions.iter().any(|action| match action {
        Action::Conda(install) => install.packages.iter().any(|package| {
            let name = package.name.as_str();
            matches!(
                name,
                "cudatoolkit" | "pytorch-cuda" | "cudnn" | "tensorflow-gpu" | "pytorch-gpu"
            ) || name.starts_with("cuda")
                || package
                    .build
                    .as_deref()
                    .is_some_and(|build| build.contains("cuda") || build.contains("gpu"))
        }),
        Action::Python(install) => install.requirements.iter().any(|requirement| {
            let name = requirement.name.as_str();
            (name.starts_with("nvidia-") && facts::package::cuda_of_name(name).is_some())
                || matches!(
                    name,
                    "tensorrt" | "nvidia-cudnn" | "cuda-toolkit" | "nvidia-cublas"
                )
        }),
        _ => false,
    });
    os || runfile || others
}
