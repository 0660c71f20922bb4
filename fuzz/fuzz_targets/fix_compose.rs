//! A Compose file, another that is merged over it, and the Dockerfile that they build are repaired: fixes do no harm,
//! YAML stays YAML, other lines keep their bytes, and repairing again changes nothing.
#![no_main]

mod kept;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::{Inputs, LoadError};
use libfuzzer_sys::fuzz_target;
use linter::Settings;
use linter::fix::{Examined, Project, Texts};
use source::{SourceFile, Sources};

const NAMES: [&str; 3] = ["compose.yaml", "gpu.yaml", "Dockerfile"];
/// Divides an input into the files.
const DIVIDER: &str = "\n# file: next\n";

type Files = BTreeMap<&'static str, Arc<SourceFile>>;

struct Memory<'f>(&'f Files, &'f Texts);

impl Memory<'_> {
    fn find(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        let path: Utf8PathBuf = path
            .components()
            .filter(|part| part.as_str() != ".")
            .collect();
        let changed = self.1.get(path.as_str());
        changed.or_else(|| self.0.get(path.as_str())).cloned()
    }
}

impl linter::Loader for Memory<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        self.find(path)
    }

    fn list(&self, _path: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.0.keys().map(Utf8PathBuf::from).collect()
    }
}

impl compose::Loader for Memory<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError> {
        self.find(path).ok_or(LoadError::NotFound)
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        self.find(path).is_some()
    }
}

struct Input(Files);

impl Project for Input {
    fn check(&self, _input: usize, texts: &Texts) -> Examined {
        let loader = Memory(&self.0, texts);
        let mut sources = Sources::new();
        let compose = self.0.keys().filter(|name| name.ends_with("yaml"));
        let inputs = Inputs {
            files: compose.map(Utf8PathBuf::from).collect(),
            ..Inputs::default()
        };
        let checked = linter::check_compose(&mut sources, &inputs, &loader, &Settings::default());
        let checked = checked.unwrap_or_default();
        Examined {
            grammars: checked.grammars(),
            sources,
            reported: checked.diagnostics,
            hidden: Vec::new(),
        }
    }

    fn may_change(&self, _file: &SourceFile) -> bool {
        true
    }
}

fuzz_target!(|text: &str| {
    let parts = NAMES.into_iter().zip(text.split(DIVIDER));
    let file = |(name, text)| (name, Arc::new(SourceFile::new(name, text)));
    let mut input = Input(parts.map(file).collect());
    let once = kept::repair(&input);
    if once.texts.is_empty() {
        return;
    }
    for (name, new) in &mut input.0 {
        if let Some(text) = once.texts.get(*name) {
            *new = Arc::clone(text);
        }
    }
    assert!(
        kept::repair(&input).texts.is_empty(),
        "a second repair changes more"
    );
});
