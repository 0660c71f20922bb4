//! Whether an installer builds a project that has a `setup.py` alone where installed packages are visible.

use facts::release::ReleaseVersion;
use packages::action::PythonTool;

use super::pip::Pip;
use super::place::Place;
use crate::derive::environment::inventory::Installed;
use crate::derive::environment::view::StageView;

/// Whether such a build is isolated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// It is: the reason.
    Certain(&'static str),
    /// It is not: the build sees what is installed.
    None,
    /// The version of pip, or what is installed beside it, is not known.
    Unknown,
}

/// pip from this version on isolates every build ([changelog](https://pip.pypa.io/en/stable/news/) of 25.3).
const ALWAYS: ReleaseVersion = ReleaseVersion::new(25, 3, 0);
/// pip from this version on isolates where setuptools or wheel is missing (`pip/_internal/pyproject.py` of 23.1).
const WHERE_MISSING: ReleaseVersion = ReleaseVersion::new(23, 1, 0);

impl StageView<'_> {
    /// Whether the installer of an own installation isolates the build of a project that has a `setup.py` alone.
    #[must_use]
    pub fn isolation(self, installed: &Installed<'_>) -> Isolation {
        match installed.install.tool {
            PythonTool::Pip => {}
            tool if tool.is_uv() => return Isolation::Certain("uv isolates every build"),
            PythonTool::Poetry | PythonTool::Pdm => {
                return Isolation::Certain("this tool isolates every build");
            }
            _ => return Isolation::Unknown,
        }
        let place = Place::of_install(installed.command, installed.install, &Place::default());
        let in_default = place == Some(Place::default()) && !self.chooses_by_path();
        if !in_default {
            // An environment of its own has a pip of its own.
            return Isolation::Unknown;
        }
        let tools = self.tools_before(installed.at);
        let version = match tools.pip {
            Pip::Newest => return Isolation::Certain("pip from 25.3 on isolates every build"),
            Pip::Unknown => return Isolation::Unknown,
            Pip::Version(version) => version,
        };
        if version >= ALWAYS {
            return Isolation::Certain("pip from 25.3 on isolates every build");
        }
        let needed = if version >= WHERE_MISSING {
            [tools.setuptools, tools.wheel]
        } else {
            [tools.setuptools, Some(true)]
        };
        if needed.contains(&Some(false)) {
            Isolation::Certain("pip isolates builds where setuptools or wheel is not installed")
        } else if needed == [Some(true); 2] {
            Isolation::None
        } else {
            Isolation::Unknown
        }
    }
}
