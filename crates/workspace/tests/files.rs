//! Files are looked at through one interface: what is found does not depend on where they are.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use camino::{Utf8Path, Utf8PathBuf};
use linter::Settings;
use workspace::config::{Flags, Policies, Said, Whence};
use workspace::files::{Asked, Disk, Entry, Files, Folders, Kind, Memory, Overlay};
use workspace::inputs::Workspace;
use workspace::news::News;
use workspace::repair::Wanted;
use workspace::report::Report;

fn check(files: Arc<dyn Files>, path: &Utf8Path) -> Report {
    let flags = Flags::new(Said::default(), Settings::default()).unwrap();
    let folders = Folders::new(files);
    let policies = Policies::new(folders, flags, &Whence::Nearest, News::default()).unwrap();
    let paths = [path.to_owned()];
    let workspace = Workspace::new(policies, &paths);
    let checked = workspace.check_all(&paths, &());
    let scope = workspace.scope(&paths, None);
    let finished = workspace.finish(checked, None, Wanted::Nothing, &scope);
    finished.unwrap().report
}

/// Every finding with its place, and whatever could not be checked.
fn told(report: &Report) -> Vec<String> {
    let found = report.diagnostics().map(|(file, finding)| {
        let at = finding.primary.location;
        let name = file.sources.get(at.file).name();
        format!(
            "{name}:{}: {}: {}",
            at.span.start, finding.rule, finding.message
        )
    });
    let failures = report.failures.iter().chain(&report.left_out);
    let failures = failures.map(|failure| format!("{}: {}", failure.file, failure.message));
    found.chain(failures).collect()
}

const PROJECT: &[(&str, &str)] = &[
    (".git/info/exclude", "private/\n"),
    (".gitignore", "*.old.Dockerfile\n"),
    (
        "env-doctor.toml",
        "exclude = ['vendor/']\n[rules]\ncpu-wheel = 'info'\n",
    ),
    ("Dockerfile", "FROM nvidia/cuda:11.8-runtime-ubuntu22.04\n"),
    ("a.old.Dockerfile", "FROM nvidia/cuda:11.8-base\n"),
    ("private/Dockerfile", "FROM nvidia/cuda:11.8-base\n"),
    ("vendor/x/Dockerfile", "FROM nvidia/cuda:11.8-base\n"),
    (
        "app/compose.yaml",
        "services:\n  train:\n    build: .\n    gpus: all\n",
    ),
    (
        "app/Dockerfile",
        "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nCOPY . .\nRUN pip install -r requirements.txt\n",
    ),
    ("app/requirements.txt", "torch==2.1.0\ntorchvision\n"),
    ("app/deep/er/Dockerfile", "FROM nvidia/cuda:11.8-devel\n"),
    ("app/deep/env-doctor.toml", "selct = []\n"),
    (
        "tools/gpu/Dockerfile",
        "FROM python:3.11\nRUN pip install jax[cuda12]\n",
    ),
];

/// A project on the disk, and the same in memory.
fn both(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf, Memory) {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let root = root.canonicalize_utf8().unwrap();
    let mut memory = Memory::default();
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        memory.insert(&path, *text);
    }
    (folder, root, memory)
}

#[test]
fn a_project_in_memory_is_checked_as_one_on_the_disk() {
    let (_folder, root, memory) = both(PROJECT);
    let on_disk = told(&check(Arc::new(Disk), &root));
    let in_memory = told(&check(Arc::new(memory), &root));
    assert_eq!(on_disk.len(), 5, "{on_disk:#?}");
    assert!(
        on_disk.iter().any(|line| line.contains("selct")),
        "{on_disk:#?}"
    );
    assert_eq!(on_disk, in_memory);
}

#[test]
fn an_open_text_counts_and_not_the_file_below_it() {
    let (_folder, root, _) = both(PROJECT);
    let overlay = Arc::new(Overlay::new(Arc::new(Disk)));
    let before = told(&check(overlay.clone(), &root));
    assert_eq!(before, told(&check(Arc::new(Disk), &root)));
    let is_wrong = |line: &&String| line.contains("/Dockerfile:17: cuda-image-tag");
    assert_eq!(before.iter().filter(is_wrong).count(), 1, "{before:#?}");

    let mended = "FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04\n";
    overlay.set(root.join("Dockerfile").as_std_path(), Some(mended.into()));
    let new = root.join("new/Dockerfile");
    overlay.set(
        new.as_std_path(),
        Some("FROM nvidia/cuda:11.8-base\n".into()),
    );
    overlay.set(
        root.join("app/deep/env-doctor.toml").as_std_path(),
        Some("".into()),
    );
    let after = told(&check(overlay, &root));
    let first = root.join("Dockerfile:");
    assert!(
        !after.iter().any(|line| line.starts_with(first.as_str())),
        "{after:#?}"
    );
    assert!(
        after.iter().any(|line| line.starts_with(new.as_str())),
        "{after:#?}"
    );
    assert!(
        !after.iter().any(|line| line.contains("selct")),
        "{after:#?}"
    );
}

/// Files, with a note of every look.
struct Watched<F> {
    files: F,
    looks: Mutex<BTreeMap<(&'static str, PathBuf), u32>>,
}

impl<F> Watched<F> {
    fn new(files: F) -> Arc<Self> {
        let looks = Mutex::default();
        Arc::new(Self { files, looks })
    }

    fn note(&self, look: &'static str, path: &Path) -> &F {
        let mut looks = self.looks.lock().unwrap();
        *looks.entry((look, path.to_owned())).or_default() += 1;
        &self.files
    }

    fn count(&self, look: &str) -> usize {
        let looks = self.looks.lock().unwrap();
        looks.keys().filter(|(name, _)| *name == look).count()
    }

    fn twice(&self) -> Vec<(&'static str, PathBuf)> {
        let looks = self.looks.lock().unwrap();
        let twice = looks.iter().filter(|(_, count)| **count > 1);
        twice.map(|(look, _)| look.clone()).collect()
    }
}

impl<F: Files> Files for Watched<F> {
    fn read(&self, path: &Path, asked: Asked, most: u64) -> io::Result<Vec<u8>> {
        self.note("read", path).read(path, asked, most)
    }

    fn kind(&self, path: &Path) -> io::Result<Kind> {
        self.note("kind", path).kind(path)
    }

    fn own_kind(&self, path: &Path) -> io::Result<Kind> {
        self.note("own kind", path).own_kind(path)
    }

    fn entries(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        self.note("entries", folder).entries(folder)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.note("resolve", path).resolve(path)
    }
}

const SERVICES: usize = 20;

/// As many services in folders of their own, in folders of their own.
fn services() -> Vec<(String, &'static str)> {
    let text = "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n";
    let mut files = vec![(".git/HEAD".to_owned(), "")];
    for number in 0..SERVICES {
        files.push((format!("a{number}/docker/Dockerfile"), text));
        files.push((
            format!("a{number}/docker/requirements.txt"),
            "torch==2.1.0\n",
        ));
    }
    files
}

fn looks_once<F: Files + 'static>(files: F, root: &Utf8Path) {
    let watched = Watched::new(files);
    let report = check(watched.clone(), root);
    assert_eq!(report.files.len(), SERVICES);
    assert!(watched.twice().is_empty(), "{:#?}", watched.twice());
    // The root, and two folders for each file.
    assert_eq!(watched.count("entries"), 1 + 2 * SERVICES);
    assert!(
        watched.count("resolve") <= 2,
        "{}",
        watched.count("resolve")
    );
}

#[test]
fn nothing_is_looked_at_twice() {
    let files = services();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let (_folder, root, memory) = both(&files);
    looks_once(Disk, &root);
    looks_once(memory, &root);
    let here: Memory = files.into_iter().collect();
    looks_once(here, Utf8Path::new("."));
}
