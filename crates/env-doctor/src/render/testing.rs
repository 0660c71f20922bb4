//! Reports to render in tests.

use std::io::{self, Write};
use std::sync::Arc;

use linter::{Checked, Note, Overview};
use source::{Diagnostic, Edit, FileId, Fix, Location, Severity, SourceFile, Sources, Span};
use workspace::failure::Failure;
use workspace::file_report::FileReport;
use workspace::report::Report;

const DOCKERFILE: &str = "\
ARG CUDA_VERSION=11.8.0
FROM nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04
COPY requirements.txt .
RUN pip install torch --index-url https://download.pytorch.org/whl/cu121
RUN pip install \\
    flash-attn \\
    -r requirements.txt
";

/// What `render` writes.
pub(super) fn text(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A place in `text`, found by its words.
pub(super) fn at(sources: &Sources, file: u32, word: &str) -> Location {
    let file = FileId(file);
    let start = sources.get(file).text().find(word).unwrap();
    Location::new(file, Span::from_usize(start..start + word.len()))
}

/// The report on one input that has `diagnostics`.
pub(super) fn of(sources: Sources, checked: Checked, failures: Vec<Failure>) -> Report {
    let file = FileReport::new(sources, FileId(0), checked);
    Report::new(vec![file], failures)
}

/// Each severity, related places, a safe and an unsafe fix, a dependency file, a note and a failure.
pub(super) fn report() -> Report {
    let mut sources = Sources::new();
    sources.add(Arc::new(SourceFile::new("docker/Dockerfile", DOCKERFILE)));
    sources.add(Arc::new(SourceFile::new(
        "requirements.txt",
        "numpy\ntensorflow-gpu==2.9\n",
    )));
    let mismatch = Diagnostic::new(
        "torch-cuda-mismatch",
        Severity::Error,
        "PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler",
        at(&sources, 0, "cu121"),
    )
    .label("wheel built for CUDA 12.1")
    .related(
        at(&sources, 0, "11.8.0"),
        "CUDA 11.8 comes from this default",
    )
    .why("torch refuses: \"The detected CUDA version (11.8) mismatches …\"")
    .help("use the CUDA 11.8 wheels")
    .fix(Fix::safe(
        "use cu118",
        vec![Edit::replace(at(&sources, 0, "cu121"), "cu118")],
    ));
    let isolation = Diagnostic::new(
        "build-isolation",
        Severity::Warning,
        "flash-attn is built without the installed PyTorch",
        at(&sources, 0, "pip install \\\n    flash-attn"),
    );
    let removed = at(&sources, 1, "-gpu");
    let renamed = Diagnostic::new(
        "tensorflow-gpu-package",
        Severity::Info,
        "tensorflow-gpu is 100% retired, use tensorflow",
        at(&sources, 1, "tensorflow-gpu"),
    )
    .related(at(&sources, 0, "-r requirements.txt"), "read here")
    .help("write `tensorflow`")
    .fix(Fix::risky(
        "rename it",
        "another package is installed",
        vec![Edit::delete(removed)],
    ));
    let note = Note {
        location: at(&sources, 0, "COPY"),
        text: "the context is unknown".to_owned(),
    };
    let checked = Checked {
        diagnostics: vec![mismatch, isolation, renamed],
        suppressed: Vec::new(),
        notes: vec![note],
        overview: Overview {
            stages: 1,
            facts: vec!["CUDA 11.8".to_owned()],
        },
    };
    let failure = Failure::new("broken/Dockerfile", "permission denied");
    of(sources, checked, vec![failure])
}

/// Names, texts and messages that try to be more than text.
pub(super) fn hostile() -> Report {
    let evil =
        "\"'><script>alert(1)</script>,:%0A\r\n::error::x\u{1b}[31m`|*_@team ]]> --> ~~~ ```\n<!--";
    let mut sources = Sources::new();
    sources.add(Arc::new(SourceFile::new(
        format!("a/{evil}"),
        format!("FROM x{evil}\n"),
    )));
    let place = at(&sources, 0, "<script>");
    let finding = Diagnostic::new("cuda-image-tag", Severity::Error, evil, place)
        .label(evil)
        .related(at(&sources, 0, "FROM"), evil)
        .why(evil)
        .help(evil)
        .fix(Fix::safe(evil, vec![Edit::replace(place, evil)]));
    let note = Note {
        location: place,
        text: evil.to_owned(),
    };
    let checked = Checked {
        diagnostics: vec![finding],
        suppressed: Vec::new(),
        notes: vec![note],
        overview: Overview {
            stages: 1,
            facts: vec![evil.to_owned()],
        },
    };
    of(sources, checked, vec![Failure::new(evil, evil)])
}

/// One input, nothing found.
pub(super) fn clean() -> Report {
    let mut sources = Sources::new();
    sources.add(Arc::new(SourceFile::new("Dockerfile", "FROM scratch\n")));
    let checked = Checked {
        overview: Overview {
            stages: 1,
            facts: vec!["CUDA 12.6".to_owned()],
        },
        ..Checked::default()
    };
    of(sources, checked, Vec::new())
}

/// One input with this many findings.
pub(super) fn many(count: usize) -> Report {
    let mut sources = Sources::new();
    sources.add(Arc::new(SourceFile::new(
        "Dockerfile",
        "RUN torch\n".repeat(count),
    )));
    let finding = |index: usize| {
        let span = Span::from_usize(index * 10 + 4..index * 10 + 9);
        let message = "torch is installed without choosing a CUDA build";
        let at = Location::new(FileId(0), span);
        Diagnostic::new("torch-index-missing", Severity::Error, message, at)
    };
    let checked = Checked {
        diagnostics: (0..count).map(finding).collect(),
        ..Checked::default()
    };
    of(sources, checked, Vec::new())
}
