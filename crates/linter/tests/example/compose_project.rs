//! Compose projects among the examples.

#![expect(clippy::expect_used, reason = "a test says what is wrong by failing")]

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::{Inputs, LoadError};
use linter::fix::Examined;
use linter::{Loader, Rule, Settings, rules};
use source::{SourceFile, Sources};

use super::Memory;

/// The files of an example, as both crates ask for them.
struct Project<'m>(&'m Memory);

impl Loader for Project<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        self.0.read(&plain(path))
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.0.list(&plain(path))
    }
}

impl compose::Loader for Project<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError> {
        self.0.read(&plain(path)).ok_or(LoadError::NotFound)
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        self.0.read(&plain(path)).is_some()
    }
}

/// Without `.`, as the files of an example are named.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    let parts = path.components();
    parts.filter(|part| part.as_str() != ".").collect()
}

pub(super) fn check(first: &str, files: &Memory, options: &[String]) -> Examined {
    let mut inputs = Inputs::default();
    let mut settings = Settings::default();
    let mut on = Vec::new();
    for option in options {
        match option.split_once('=') {
            Some(("file", name)) => inputs.files.push(name.into()),
            Some(("profile", name)) => inputs.profiles.push(name.to_owned()),
            Some(("env", pair)) => {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                inputs.environment.insert(name.to_owned(), value.to_owned());
            }
            Some(("default-runtime", name)) => settings.default_runtime = Some(name.to_owned()),
            Some(("on", rule)) => on.push(rule.to_owned()),
            _ => super::machine_option(option, &mut settings),
        }
    }
    if inputs.files.is_empty() && !compose::is_default_name(Utf8Path::new(first)) {
        inputs.files.push(first.into());
    }
    let mut sources = Sources::new();
    let mut checked = linter::check_compose(&mut sources, &inputs, &Project(files), &settings)
        .expect("the files of the example are there");
    checked.diagnostics.retain(|finding| {
        rules::find(finding.rule).is_none_or(Rule::is_on_by_default)
            || on.iter().any(|rule| rule == finding.rule)
    });
    let grammars = checked.grammars();
    Examined {
        sources,
        grammars,
        reported: checked.diagnostics,
        hidden: Vec::new(),
    }
}
