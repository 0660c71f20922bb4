//! A command as a package manager sees it: its variables, the files around it, who ran it.

use std::sync::Arc;

use source::{FileId, Location, SourceFile};

use crate::text::Text;

/// What surrounds a command.
pub struct PackageContext<'a> {
    /// `ENV` and `ARG` where the command stands: `None` unset, `Some(None)` set to something unknown.
    pub environment: &'a dyn Fn(&str) -> Option<Option<Text>>,
    /// The files that the command sees.
    pub files: &'a dyn DependencyFiles,
    /// The machine that packages are for, as Python names it: `x86_64`, `aarch64`; `None` where it is not known.
    pub machine: Option<&'static str>,
    /// The packages of repositories.
    pub package_of: PackageOf,
}

/// The package of a repository, by its owner and its own name; `None` where it is named like the repository.
pub type PackageOf = fn(owner: &str, repository: &str) -> Option<&'static str>;

/// Files inside the image, as far as they are at hand.
pub trait DependencyFiles {
    /// The file that a command finds at `path`, absolute or relative to the working directory.
    fn open(&self, path: &str) -> Option<(FileId, Arc<SourceFile>)>;
}

/// A variable and its value, `None` where it is set to something unknown.
pub type Assigned = (String, Option<Text>);

/// What a command's own prefix or its script last says of the variable `name`.
pub(crate) fn assigned<'e>(environment: &'e [Assigned], name: &str) -> Option<&'e Assigned> {
    environment.iter().rev().find(|(key, _)| key == name)
}

/// One command on its way to the package manager that understands it.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    /// The whole command as written.
    pub(crate) at: Location,
    /// The variables that it is given.
    pub(crate) environment: &'a [Assigned],
    /// What surrounds it.
    pub(crate) context: &'a PackageContext<'a>,
    /// `xargs` appends words that are not known.
    pub(crate) fed: bool,
    /// The interpreter whose `-m` runs the package manager.
    pub(crate) python: Option<Text>,
    /// How many wrappers were taken off.
    pub(crate) depth: u32,
}

/// A variable as a command sees it.
pub(crate) enum Variable {
    Unset,
    Unknown,
    Known(Text),
}

impl Call<'_> {
    /// The command's own environment first, then the image's. Empty counts as unset, as for pip and uv.
    pub(crate) fn variable(&self, name: &str) -> Variable {
        let value = match assigned(self.environment, name) {
            Some((_, value)) => Some(value.clone()),
            None => (self.context.environment)(name),
        };
        match value {
            None => Variable::Unset,
            Some(None) => Variable::Unknown,
            Some(Some(text)) if text.as_str().is_empty() => Variable::Unset,
            Some(Some(text)) => Variable::Known(text),
        }
    }

    /// A switch set by a variable; `None` where it is unset or unknown.
    pub(crate) fn switch(&self, name: &str) -> Option<bool> {
        match self.variable(name) {
            Variable::Known(text) => match text.as_str().to_ascii_lowercase().as_str() {
                "1" | "y" | "yes" | "t" | "true" | "on" => Some(true),
                "0" | "n" | "no" | "f" | "false" | "off" => Some(false),
                _ => None,
            },
            Variable::Unset | Variable::Unknown => None,
        }
    }

    pub(crate) fn inner(&self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}
