//! Invocations from plain strings, for tests.

use std::collections::HashMap;
use std::sync::Arc;

use source::{FileId, Location, SourceFile, Span};

use crate::action::{Action, CondaInstall, OsInstall, PythonInstall, Requirement, VersionSpec};
use crate::actions;
use crate::call::{DependencyFiles, PackageContext};
use crate::invocation::Invocation;
use crate::text::{HOLE, Text};

/// A text that stands at the start of file 0.
pub(crate) fn text(text: &str) -> Text {
    at(text, 0)
}

fn at(text: &str, start: usize) -> Text {
    let place = Location::new(FileId(0), Span::from_usize(start..start + text.len()));
    if !text.contains('$') {
        return Text::verbatim(text, place);
    }
    let mut out = Text::empty(place);
    out.push(&text.replace('$', &HOLE.to_string()), Some(place));
    out
}

/// Words separated by single blanks; `_` stands for a blank inside a word only in `"…"`, `$` for the unknown.
pub(crate) fn words(line: &str) -> Vec<Text> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    for (index, c) in line
        .char_indices()
        .chain(std::iter::once((line.len(), ' ')))
    {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted || index == line.len() => {
                let raw = &line[start..index];
                if raw.starts_with('"') && raw.ends_with('"') && raw.len() > 1 {
                    words.push(at(&raw[1..raw.len() - 1], start + 1));
                } else if !raw.is_empty() {
                    words.push(at(raw, start));
                }
                start = index + 1;
            }
            _ => {}
        }
    }
    words
}

/// Two packages that are not named like their repositories.
pub(crate) fn package_of(owner: &str, repository: &str) -> Option<&'static str> {
    match (owner, repository) {
        ("pytorch", "vision") => Some("torchvision"),
        (_, "flash-attention") => Some("flash-attn"),
        _ => None,
    }
}

/// Files and variables around a command.
#[derive(Default)]
pub(crate) struct World {
    files: Vec<(String, Arc<SourceFile>)>,
    environment: HashMap<String, Option<String>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn file(mut self, path: &str, content: &str) -> Self {
        self.files
            .push((path.to_owned(), Arc::new(SourceFile::new(path, content))));
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: Option<&str>) -> Self {
        self.environment
            .insert(name.to_owned(), value.map(str::to_owned));
        self
    }

    /// What a command does; `NAME=value` words in front are its environment.
    pub(crate) fn run(&self, line: &str) -> Vec<Action> {
        let mut words = words(line);
        let mut environment = Vec::new();
        while let Some((name, value)) = words.first().and_then(|word| word.as_str().split_once('='))
        {
            if name.contains(['-', '/']) {
                break;
            }
            let value = (!value.contains(HOLE)).then(|| text(value));
            environment.push((name.to_owned(), value));
            words.remove(0);
        }
        let whole = Location::new(FileId(0), Span::from_usize(0..line.len()));
        let Some(invocation) = Invocation::new(words, environment, whole) else {
            return Vec::new();
        };
        let lookup = |name: &str| {
            self.environment
                .get(name)
                .map(|value| value.as_deref().map(text))
        };
        actions(
            &invocation,
            &PackageContext {
                environment: &lookup,
                files: self,
                machine: None,
                package_of,
            },
        )
    }

    /// The one Python installation of a command.
    pub(crate) fn python(&self, line: &str) -> PythonInstall {
        let mut found: Vec<PythonInstall> = self
            .run(line)
            .into_iter()
            .filter_map(|action| match action {
                Action::Python(install) => Some(install),
                _ => None,
            })
            .collect();
        assert_eq!(found.len(), 1, "{line}");
        found.remove(0)
    }

    /// The one conda installation of a command.
    pub(crate) fn conda(&self, line: &str) -> CondaInstall {
        let mut found: Vec<CondaInstall> = self
            .run(line)
            .into_iter()
            .filter_map(|action| match action {
                Action::Conda(install) => Some(install),
                _ => None,
            })
            .collect();
        assert_eq!(found.len(), 1, "{line}");
        found.remove(0)
    }

    /// The one OS installation of a command.
    pub(crate) fn os(&self, line: &str) -> OsInstall {
        let mut found = self.run(line);
        assert_eq!(found.len(), 1, "{line}");
        match found.remove(0) {
            Action::Os(install) => install,
            other => panic!("{line}: {other:?}"),
        }
    }

    /// The text behind a location in one of the files, in the order they were added.
    pub(crate) fn slice(&self, location: Location) -> &str {
        self.files[location.file.0 as usize - 1]
            .1
            .slice(location.span)
    }
}

impl DependencyFiles for World {
    fn open(&self, path: &str) -> Option<(FileId, Arc<SourceFile>)> {
        let path = path.strip_prefix("./").unwrap_or(path);
        let index = self.files.iter().position(|(name, _)| name == path)?;
        Some((FileId(index as u32 + 1), Arc::clone(&self.files[index].1)))
    }
}

/// Requirements as `name[extra] version`, separated by commas.
pub(crate) fn show(requirements: &[Requirement]) -> String {
    let one = |requirement: &Requirement| {
        let name = Some(requirement.name.as_str()).filter(|name| !name.is_empty());
        let extras = match requirement.extras.join(",") {
            none if none.is_empty() => none,
            extras => format!("[{extras}]"),
        };
        let version = match &requirement.version {
            VersionSpec::Any => String::new(),
            VersionSpec::Exact { version, .. } => format!(" {version}"),
            VersionSpec::Range { specifiers, .. } => format!(" {specifiers}").replace(", ", ","),
            VersionSpec::Unknown => " unknown".to_owned(),
        };
        format!("{}{extras}{version}", name.unwrap_or("?"))
    };
    requirements.iter().map(one).collect::<Vec<_>>().join(", ")
}
