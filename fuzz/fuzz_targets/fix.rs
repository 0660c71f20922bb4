//! A Dockerfile and its requirements file are repaired: fixes do no harm, instructions keep their form, other lines
//! their bytes, and repairing again changes nothing.
#![no_main]

mod kept;

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use libfuzzer_sys::fuzz_target;
use linter::fix::{Examined, Grammar, Project, Texts};
use linter::{DockerfileInput, Loader, Settings};
use source::{SourceFile, Sources};

const DOCKERFILE: &str = "Dockerfile";
const REQUIREMENTS: &str = "requirements.txt";
/// Divides an input into the two files.
const DIVIDER: &str = "\n# file: requirements.txt\n";

struct Files(BTreeMap<String, Arc<SourceFile>>);

impl Files {
    fn new(texts: [(&str, &str); 2]) -> Self {
        let file =
            |(name, text): (&str, &str)| (name.to_owned(), Arc::new(SourceFile::new(name, text)));
        Self(texts.into_iter().map(file).collect())
    }
}

struct Memory<'f>(&'f Files, &'f Texts);

impl Loader for Memory<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        let changed = self.1.get(path.as_str());
        changed.or_else(|| self.0.0.get(path.as_str())).cloned()
    }

    fn list(&self, _path: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.0.0.keys().map(Utf8PathBuf::from).collect()
    }
}

impl Project for Files {
    fn check(&self, _input: usize, texts: &Texts) -> Examined {
        let loader = Memory(self, texts);
        let mut sources = Sources::new();
        let file = sources.add(loader.read(DOCKERFILE.into()).expect("it is always there"));
        let input = DockerfileInput {
            file,
            contexts: vec![Utf8PathBuf::new()],
        };
        let checked = linter::check_dockerfile(&mut sources, &input, &loader, &Settings::default());
        Examined {
            sources,
            grammars: vec![(file, Grammar::Dockerfile)],
            reported: checked.diagnostics,
            hidden: Vec::new(),
        }
    }

    fn may_change(&self, _file: &SourceFile) -> bool {
        true
    }
}

fuzz_target!(|text: &str| {
    let (dockerfile, requirements) = text.split_once(DIVIDER).unwrap_or((text, ""));
    let files = Files::new([(DOCKERFILE, dockerfile), (REQUIREMENTS, requirements)]);
    let once = kept::repair(&files);
    if once.texts.is_empty() {
        return;
    }
    let new = |name: &str, old: &str| {
        once.texts
            .get(name)
            .map_or_else(|| old.to_owned(), |file| file.text().to_owned())
    };
    let dockerfile = new(DOCKERFILE, dockerfile);
    let requirements = new(REQUIREMENTS, requirements);
    let again = kept::repair(&Files::new([
        (DOCKERFILE, &dockerfile),
        (REQUIREMENTS, &requirements),
    ]));
    assert!(again.texts.is_empty(), "a second repair changes more");
});
