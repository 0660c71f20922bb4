//! Stages by the thousand: looked at in time, and silent about what lies too deep.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fmt::Write as _;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use linter::{DockerfileInput, Loader, Settings};
use source::{Diagnostic, SourceFile, Sources};

struct Nothing;

impl Loader for Nothing {
    fn read(&self, _path: &Utf8Path) -> Option<Arc<SourceFile>> {
        None
    }

    fn list(&self, _path: &Utf8Path) -> Vec<Utf8PathBuf> {
        Vec::new()
    }
}

fn findings(text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::new();
    let input = DockerfileInput {
        file: sources.add(Arc::new(SourceFile::new("Dockerfile", text))),
        contexts: vec![Utf8PathBuf::new()],
    };
    linter::check_dockerfile(&mut sources, &input, &Nothing, &Settings::default()).diagnostics
}

/// `stages` stages, each from the one before, each with `body`.
fn chain(base: &str, stages: usize, body: &str) -> String {
    let mut text = format!("FROM {base} AS s0\n{body}");
    for index in 1..stages {
        writeln!(text, "FROM s{} AS s{index}\n{body}", index - 1).unwrap();
    }
    text
}

#[test]
fn the_first_cause_is_found_in_a_chain_of_stages() {
    let text = chain("ubuntu:24.04", 2000, "RUN pip install torch\n");
    let found = findings(&text);
    assert!(found.iter().any(|f| f.rule == "torch-index-missing"));
}

#[test]
fn a_stage_with_too_many_ancestors_has_an_unknown_image() {
    let devel = "nvidia/cuda:12.4.1-runtime-ubuntu22.04";
    let compile = "RUN nvcc -c kernel.cu\n";
    let near = chain(devel, 10, "") + compile;
    assert!(findings(&near).iter().any(|f| f.rule == "nvcc-missing"));
    let far = chain(devel, 200, "") + compile;
    assert!(findings(&far).iter().all(|f| f.rule != "nvcc-missing"));
}

#[test]
fn ways_through_copies_do_not_multiply() {
    let mut text =
        "FROM ubuntu:24.04 AS s0\nRUN pip install -r requirements.txt torch\n".to_owned();
    for index in 1..40 {
        writeln!(text, "FROM ubuntu:24.04 AS s{index}").unwrap();
        for _ in 0..8 {
            writeln!(text, "COPY --from=s{} /opt/venv /opt/venv", index - 1).unwrap();
            writeln!(text, "COPY --from=s{} /opt /opt", index - 1).unwrap();
        }
        writeln!(text, "RUN pip install -r /opt/requirements.txt").unwrap();
    }
    assert!(!findings(&text).is_empty());
}

#[test]
fn variables_that_grow_with_each_stage_stay_small() {
    let text = chain("ubuntu:24.04", 1000, "ENV PATH=/opt/tool/bin:$PATH\n")
        + "FROM ubuntu:24.04\nRUN pip install torch\n";
    assert!(!findings(&text).is_empty());
}
