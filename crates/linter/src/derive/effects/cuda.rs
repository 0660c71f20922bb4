//! CUDA that commands put into a stage, beside what its image holds.

use facts::os_package::{self, Class, Manager, NameRule, Runfile};
use packages::action::{Action, CondaPackage, OsInstall, OsManager, OsVerb};
use packages::program::is_shell;
use packages::text::Text;
use source::Location;

use crate::derive::shell::Command;

/// A package of an OS package manager or conda that the tables know.
#[derive(Clone, Debug)]
pub struct CudaPackage<'m> {
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

/// What a command installs of CUDA and drivers.
#[derive(Clone, Debug)]
pub struct CudaEffects {
    /// Packages of the system that mean CUDA or a driver: place of the action, place of the word in it, what it is.
    packages: Vec<(usize, usize, &'static NameRule)>,
    /// A downloaded installer that it runs, `sh cuda_12.1.0_530.30.02_linux.run --toolkit`, and where that is named.
    pub runfile: Option<(Runfile, Location)>,
    /// Whether it installs nvcc.
    pub nvcc: bool,
    /// Whether it installs CUDA's run-time libraries.
    pub libraries: bool,
}

impl CudaEffects {
    /// Those of a command with its actions.
    pub(super) fn of(command: &Command, actions: &[Action]) -> Self {
        let runfile = runfile(command);
        let toolkit = matches!(runfile, Some((Runfile::Toolkit { .. }, _)));
        let mut effects = Self {
            packages: Vec::new(),
            runfile,
            nvcc: toolkit,
            libraries: toolkit,
        };
        for (place, action) in actions.iter().enumerate() {
            match action {
                Action::Os(install) if install.verb == OsVerb::Install => {
                    effects.look_up(place, install);
                }
                Action::Conda(install) => {
                    let mut packages = install.packages.iter();
                    effects.libraries |= packages.clone().any(conda_brings_libraries);
                    effects.nvcc |= packages.any(|package| conda_brings_nvcc(&package.name));
                }
                Action::Python(install) => {
                    let mut names = install.requirements.iter().map(|wanted| &*wanted.name);
                    effects.libraries |= names.clone().any(wheel_brings_libraries);
                    effects.nvcc |= names.any(wheel_brings_nvcc);
                }
                _ => {}
            }
        }
        effects
    }

    fn look_up(&mut self, place: usize, install: &OsInstall) {
        for (index, word) in install.packages.iter().enumerate() {
            let name = word.as_str();
            if let Some(rule) = os_package::classify(manager(install.manager), name) {
                self.packages.push((place, index, rule));
                self.nvcc |= brings_nvcc(rule.class, name);
                self.libraries |= brings_libraries(rule.class);
            }
        }
    }

    /// The packages among the actions of the command.
    pub(super) fn packages<'e>(
        &'e self,
        actions: &'e [Action],
    ) -> impl Iterator<Item = CudaPackage<'e>> {
        let rows = self.packages.iter();
        rows.filter_map(|&(place, index, rule)| match actions.get(place) {
            Some(Action::Os(install)) => {
                let word = install.packages.get(index)?;
                Some(CudaPackage {
                    install,
                    word,
                    rule,
                })
            }
            _ => None,
        })
    }
}

/// The installer that a command runs.
fn runfile(command: &Command) -> Option<(Runfile, Location)> {
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

fn brings_nvcc(class: Class, name: &str) -> bool {
    match class {
        Class::Toolkit | Class::DriverMeta => true,
        Class::ToolkitPart => [
            "cuda-nvcc",
            "cuda-compiler",
            "cuda-minimal-build",
            "cuda-command-line-tools",
        ]
        .iter()
        .any(|part| name.starts_with(part)),
        _ => false,
    }
}

fn brings_libraries(class: Class) -> bool {
    matches!(
        class,
        Class::RuntimeLib
            | Class::Toolkit
            | Class::ToolkitPart
            | Class::DriverMeta
            | Class::FrameworkDistro
    )
}

fn conda_brings_nvcc(name: &str) -> bool {
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
}

fn conda_brings_libraries(package: &CondaPackage) -> bool {
    let name = package.name.as_str();
    let build = package.build.as_deref();
    matches!(
        name,
        "cudatoolkit" | "pytorch-cuda" | "cudnn" | "tensorflow-gpu" | "pytorch-gpu"
    ) || name.starts_with("cuda")
        || build.is_some_and(|build| build.contains("cuda") || build.contains("gpu"))
}

fn wheel_brings_nvcc(name: &str) -> bool {
    name.starts_with("nvidia-cuda-nvcc") || name == "cuda-toolkit"
}

fn wheel_brings_libraries(name: &str) -> bool {
    (name.starts_with("nvidia-") && facts::package::cuda_of_name(name).is_some())
        || matches!(
            name,
            "tensorrt" | "nvidia-cudnn" | "cuda-toolkit" | "nvidia-cublas"
        )
}
