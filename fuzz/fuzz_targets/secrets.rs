//! No value of the environment is in anything that a check of a Compose project says or would write.
#![no_main]

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::{Inputs, LoadError, MemoryLoader};
use libfuzzer_sys::fuzz_target;
use linter::Settings;
use source::{Diagnostic, SourceFile, Sources};

/// In no table, and nothing that a file would have by accident.
const SECRET: &str = "zqxwvjkyzq";

struct Files(MemoryLoader);

impl compose::Loader for Files {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError> {
        compose::Loader::read(&self.0, path)
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        compose::Loader::exists(&self.0, path)
    }
}

impl linter::Loader for Files {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        compose::Loader::read(&self.0, path).ok()
    }

    fn list(&self, _path: &Utf8Path) -> Vec<Utf8PathBuf> {
        ["compose.yaml", "Dockerfile"].map(Utf8PathBuf::from).into()
    }
}

fn texts(finding: &Diagnostic) -> Vec<&str> {
    let mut all = vec![finding.message.as_str(), finding.primary.text.as_str()];
    all.extend(finding.related.iter().map(|label| label.text.as_str()));
    all.extend(finding.why.as_deref());
    all.extend(finding.help.as_deref());
    for fix in &finding.fixes {
        all.push(&fix.title);
        all.extend(fix.consequence.as_deref());
        all.extend(fix.edits.iter().map(|edit| edit.replacement.as_str()));
    }
    all
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // `@` is the variable, so that a mutation finds it easily; the second file is the Dockerfile.
    let text = text.replace('@', "${S}");
    if text.contains(SECRET) {
        return;
    }
    let (compose, dockerfile) = text.split_once("\n%%\n").unwrap_or((&text, "FROM x\n"));
    let loader = Files(
        MemoryLoader::new()
            .with("compose.yaml", compose)
            .with("Dockerfile", dockerfile)
            .with("a.env", format!("S={SECRET}\nB={SECRET}\n")),
    );
    let inputs = Inputs {
        files: vec!["compose.yaml".into()],
        environment: [("S".to_owned(), SECRET.to_owned())].into(),
        ..Inputs::default()
    };
    let mut sources = Sources::new();
    let checked = linter::check_compose(&mut sources, &inputs, &loader, &Settings::default());
    let Ok(checked) = checked else { return };
    let found = checked.diagnostics.iter().chain(&checked.suppressed);
    let notes = checked.notes.iter().map(|note| note.text.as_str());
    let facts = checked.overview.facts.iter().map(String::as_str);
    for text in found.flat_map(texts).chain(notes).chain(facts) {
        assert!(!text.contains(SECRET), "{text}");
    }
    for (_, file) in sources.for_reports().iter() {
        assert!(!file.text().contains(SECRET), "{}", file.name());
    }
});
