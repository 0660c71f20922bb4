//! What `pip install` of some words takes where nothing is installed before.

use std::sync::Arc;

use facts::pypi::{self, Machine};
use packages::action::Action;
use packages::invocation::Invocation;
use packages::text::Text;
use packages::{DependencyFiles, PackageContext};
use source::{FileId, Location, SourceFile, Span};

use super::candidates::{Files, Source};
use super::choice::Choice;
use super::solve::{self, Question, Wanted};

/// No file is at hand.
struct NoFiles;

impl DependencyFiles for NoFiles {
    fn open(&self, _: &str) -> Option<(FileId, Arc<SourceFile>)> {
        None
    }
}

/// What a `pip install` of requirements (`torch==2.6.0`, `xformers`) takes of the packages of the tables from `PyPI`, with
/// a new pip, for `CPython` 3 with this minor version; `None` where that cannot be installed.
#[must_use]
pub fn takes(requirements: &[&str], minor: u16, machine: Machine) -> Option<Vec<Choice>> {
    let nowhere = Location::new(FileId(0), Span::default());
    let words = ["pip", "install"].iter().chain(requirements);
    let words = words.map(|word| Text::verbatim(*word, nowhere)).collect();
    let invocation = Invocation::new(words, Vec::new(), nowhere)?;
    let context = PackageContext {
        environment: &|_| None,
        files: &NoFiles,
        machine: Some(machine.name()),
        package_of: |_, _| None,
    };
    let actions = packages::actions(&invocation, &context);
    let install = actions.iter().find_map(|action| match action {
        Action::Python(install) => Some(install),
        _ => None,
    })?;
    let numbered = install.requirements.iter().enumerate();
    let wanted: Vec<Wanted<'_>> = numbered
        .filter_map(|(number, requirement)| {
            Some(Wanted {
                name: pypi::project(&requirement.name)?.name.as_str(),
                extras: &requirement.extras,
                version: &requirement.version,
                source: Source::Pypi,
                marker: requirement.marker.as_ref().and_then(Text::known),
                number,
            })
        })
        .collect();
    solve::solve(&Question {
        wanted: &wanted,
        constraints: Vec::new(),
        source: &|_| Source::Pypi,
        held: &|_| None,
        renew: false,
        no_deps: false,
        pre: false,
        files: Files {
            minor,
            machine,
            pip: None,
        },
    })
}
