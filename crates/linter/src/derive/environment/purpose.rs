//! What people do with a stage, as far as names and tools tell.

use packages::action::{Requirement, RequirementOrigin};

use super::inventory::Installed;
use super::view::StageView;
use crate::derive::names::{Intent, is_cpu_name};

impl StageView<'_> {
    /// Whether names say that it is for no NVIDIA GPU: the file's, its own, or that of a stage it stands on.
    #[must_use]
    pub fn says_cpu(self) -> bool {
        self.model.intent == Intent::Cpu
            || self.lineage().into_iter().any(|index| {
                let name = self.model.stages[index].name.as_deref();
                name.is_some_and(is_cpu_name)
            })
    }

    /// Whether the command or the file that asks for a requirement says CPU: `.[cpu]`, `requirements-cpu.txt`.
    #[must_use]
    pub fn asks_for_cpu(self, installed: &Installed<'_>, requirement: &Requirement) -> bool {
        let file = match requirement.origin {
            RequirementOrigin::File { file } => {
                let name = self.model.sources.get(file).name();
                is_cpu_name(name.rsplit('/').next().unwrap_or(name))
            }
            _ => false,
        };
        installed.command.effects.cpu_extra || file
    }

    /// Whether names or tools say that people work in the image, rather than run something finished.
    #[must_use]
    pub fn is_for_development(self) -> bool {
        let path = self
            .model
            .sources
            .get(self.model.file)
            .name()
            .to_ascii_lowercase();
        let name = self.stage().name.clone().unwrap_or_default();
        let says = |text: &str| {
            text.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| {
                    matches!(
                        word,
                        "dev"
                            | "devel"
                            | "development"
                            | "devcontainer"
                            | "build"
                            | "builder"
                            | "ci"
                            | "test"
                    )
                })
        };
        let file = path.rsplit('/').take(2).any(says);
        let tools = self.os().any(|(_, install)| {
            install.packages.iter().any(|package| {
                matches!(
                    package.as_str(),
                    "openssh-server" | "gdb" | "cmake" | "vim" | "zsh" | "nsight-systems"
                )
            })
        });
        // Kept alive for `docker exec`.
        let idles = self.start_commands().any(|command| {
            let argument = |wanted: &str| command.args().iter().any(|arg| arg.as_str() == wanted);
            match command.program() {
                "sleep" => argument("infinity"),
                "tail" => argument("/dev/null"),
                _ => false,
            }
        });
        file || says(&name) || tools || idles
    }
}
