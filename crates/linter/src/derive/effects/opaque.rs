//! What commands may do without our seeing it.

use packages::action::{Action, FileState, OsVerb};
use packages::program::base_name;

use super::housekeeping;
use super::program::Program;
use super::run::RunCommand;

/// What can be changed without our seeing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Python packages may be installed.
    Python,
    /// Packages or libraries of the system may be installed.
    System,
    /// CUDA may be compiled.
    Compile,
}

/// Modules that run as programs and compile nothing for a GPU.
const PLAIN_MODULES: &[&str] = &[
    "venv",
    "virtualenv",
    "ensurepip",
    "compileall",
    "ipykernel",
    "nltk.downloader",
];

impl RunCommand {
    /// Whether it may do something of `topic` that we cannot see.
    #[must_use]
    pub fn is_opaque(&self, topic: Topic) -> bool {
        for action in &self.effects.actions {
            let unseen = match action {
                Action::Python(install) => {
                    topic != Topic::System
                        && (install.may_install_more() || !install.projects.is_empty())
                }
                Action::Conda(install) => {
                    let files = install
                        .files
                        .iter()
                        .any(|file| file.state == FileState::NotAtHand);
                    install.incomplete || files
                }
                Action::Os(install) => {
                    topic == Topic::System && install.incomplete && install.verb == OsVerb::Install
                }
                Action::PythonRemove(_) | Action::PipConfig { .. } => false,
            };
            if unseen {
                return true;
            }
        }
        if !self.effects.actions.is_empty() {
            return false;
        }
        match self.effects.program {
            Program::Harmless => false,
            Program::BuildTool => topic == Topic::Compile,
            Program::Python => {
                let builds = self.args().iter().any(|arg| {
                    let name = base_name(arg.as_str());
                    name == "setup.py" || name.ends_with(".py")
                });
                let module = self.args().windows(2).any(|pair| {
                    pair[0].as_str() == "-m" && !PLAIN_MODULES.contains(&pair[1].as_str())
                });
                // Scripts download models and prepare data; those that install say so.
                let installs = self.args().iter().any(|arg| {
                    let name = base_name(arg.as_str());
                    let words = ["setup", "install", "bootstrap", "pip"];
                    name.ends_with(".py") && words.iter().any(|word| name.contains(word))
                });
                match topic {
                    Topic::Compile => {
                        builds || module || self.has_arg("-c") || self.input.is_some()
                    }
                    Topic::Python => installs,
                    Topic::System => false,
                }
            }
            // The tools of installed packages (`yolo export`) fetch models and the like.
            Program::Opaque => topic != Topic::System || !housekeeping::is_plain_tool(self),
        }
    }
}
