//! One simple command after expansion.

use dockerfile::Logical;
use dockerfile::shell::{self, Place};
use packages::invocation::Invocation;
use packages::program::is_python;
use packages::text::Text;
use source::Location;

/// One simple command, as expanded as it can be.
#[derive(Clone, Debug)]
pub struct Command {
    /// Program, arguments, environment.
    pub invocation: Invocation,
    /// The working directory as far as known: WORKDIR and the `cd`s before it.
    pub directory: Option<String>,
    /// The command as the shell grammar sees it.
    pub shell: shell::Command,
    /// Files that its output goes to.
    pub output: Vec<Text>,
    /// The script fed to it through a here-document.
    pub input: Option<Logical>,
    /// Which list it belongs to: commands with the same number and depth are joined by connectors.
    pub script: u32,
}

impl Command {
    /// The program's base name.
    #[must_use]
    pub fn program(&self) -> &str {
        self.invocation.program()
    }

    /// Arguments after the program.
    #[must_use]
    pub fn args(&self) -> &[Text] {
        self.invocation.args()
    }

    /// Whether some argument equals `word`.
    #[must_use]
    pub fn has_arg(&self, word: &str) -> bool {
        self.args().iter().any(|arg| arg.as_str() == word)
    }

    /// The known value of a variable that it sees.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Text> {
        self.invocation.variable(name).flatten()
    }

    /// The whole command as written.
    #[must_use]
    pub fn at(&self) -> Location {
        self.invocation.at
    }

    /// Where it stands in its script.
    #[must_use]
    pub fn place(&self) -> Place {
        self.shell.place
    }

    /// Whether it may not run at all, or runs in a place whose effect is uncertain.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        let place = self.place();
        place.in_branch || place.after_or || place.in_function
    }

    /// Whether the program is a Python interpreter.
    #[must_use]
    pub fn is_python(&self) -> bool {
        is_python(self.program())
    }
}
