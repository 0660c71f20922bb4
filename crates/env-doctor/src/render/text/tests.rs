//! What a finding looks like.

use std::sync::Arc;

use linter::{Checked, Note, Overview};
use proptest::prelude::*;
use source::{Diagnostic, Edit, FileId, Fix, Location, Severity, SourceFile, Sources, Span};
use workspace::file_report::FileReport;

use super::*;

fn written(report: &Report, style: Style) -> String {
    crate::render::testing::text(|out| render(report, style, out))
}

const PLAIN: Style = Style {
    detail: Detail::Normal,
    colored: false,
    ascii: false,
};

const DOCKERFILE: &str = "\
ARG CUDA_VERSION=11.8.0
FROM nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04
RUN pip install torch --index-url https://download.pytorch.org/whl/cu121
RUN pip install flash-attn --no-build-isolation
";

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Arc::new(SourceFile::new(*name, *text)));
    }
    sources
}

fn at(sources: &Sources, file: u32, word: &str) -> Location {
    let file = FileId(file);
    let start = sources.get(file).text().find(word).unwrap();
    Location::new(file, Span::from_usize(start..start + word.len()))
}

fn report(sources: Sources, diagnostics: Vec<Diagnostic>, style: Style) -> String {
    let checked = Checked {
        diagnostics,
        ..Checked::default()
    };
    let file = FileReport::new(sources, FileId(0), checked);
    let text = written(&Report::new(vec![file], Vec::new()), style);
    text.replace(facts::DATE, "[DATE]")
}

fn mismatch(sources: &Sources) -> Diagnostic {
    let message = "PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler";
    let place = at(sources, 0, "cu121");
    Diagnostic::new("torch-cuda-mismatch", Severity::Error, message, place)
        .label("wheel built for CUDA 12.1")
        .related(
            at(sources, 0, "11.8.0"),
            "CUDA 11.8 comes from this default",
        )
        .related(
            at(sources, 0, "flash-attn"),
            "compiled here, with nvcc 11.8",
        )
        .why("torch refuses: \"The detected CUDA version (11.8) mismatches …\"")
        .help("use the CUDA 11.8 wheels")
}

#[test]
fn a_finding_shows_how_we_know_and_what_to_type() {
    let sources = sources(&[("docker/Dockerfile", DOCKERFILE)]);
    let edit = Edit::replace(at(&sources, 0, "cu121"), "cu118");
    let fix = Fix::safe("use cu118", vec![edit]);
    let finding = mismatch(&sources).fix(fix);
    insta::assert_snapshot!(report(sources, vec![finding], PLAIN), @r#"
    error[torch-cuda-mismatch]: PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler
     --> docker/Dockerfile:3:68
      |
    1 | ARG CUDA_VERSION=11.8.0
      |                  ------ CUDA 11.8 comes from this default
    2 | FROM nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04
    3 | RUN pip install torch --index-url https://download.pytorch.org/whl/cu121
      |                                                                    ^^^^^ wheel built for CUDA 12.1
    4 | RUN pip install flash-attn --no-build-isolation
      |                 ---------- compiled here, with nvcc 11.8
      |
      = why: torch refuses: "The detected CUDA version (11.8) mismatches …"
    help: use the CUDA 11.8 wheels
      |
    3 - RUN pip install torch --index-url https://download.pytorch.org/whl/cu121
    3 + RUN pip install torch --index-url https://download.pytorch.org/whl/cu118
      |
      = explain: env-doctor explain torch-cuda-mismatch

    docker/Dockerfile: 1 error (1 with a fix)   facts of [DATE]
    "#);
}

#[test]
fn places_in_other_files_stand_under_their_names() {
    let sources = sources(&[
        (
            "Dockerfile",
            "FROM nvidia/cuda:12.1.1-base\nRUN pip install -r requirements.txt\n",
        ),
        ("requirements.txt", "fastapi\ntorch\n"),
    ]);
    let place = at(&sources, 1, "torch");
    let finding = Diagnostic::new("torch-index-missing", Severity::Warning, "no index", place)
        .related(at(&sources, 0, "-r requirements.txt"), "installed here");
    insta::assert_snapshot!(report(sources, vec![finding], PLAIN), @"
    warning[torch-index-missing]: no index
     --> requirements.txt:2:1
      |
    2 | torch
      | ^^^^^
      |
     ::: Dockerfile:2:17
      |
    2 | RUN pip install -r requirements.txt
      |                 ------------------- installed here
      |
      = explain: env-doctor explain torch-index-missing

    Dockerfile: 1 warning   facts of [DATE]
    ");
}

#[test]
fn an_unsafe_fix_says_so() {
    let sources = sources(&[("Dockerfile", DOCKERFILE)]);
    let edit = Edit::replace(at(&sources, 0, "-devel-"), "-runtime-");
    let place = at(&sources, 0, "-devel-");
    let finding =
        Diagnostic::new("devel-base-unneeded", Severity::Warning, "too large", place).fix(
            Fix::risky("use the runtime image", "nvcc is gone", vec![edit]),
        );
    insta::assert_snapshot!(report(sources, vec![finding], PLAIN), @"
    warning[devel-base-unneeded]: too large
     --> Dockerfile:2:33
      |
    2 | FROM nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04
      |                                 ^^^^^^^
      |
    help: use the runtime image
      |
    2 - FROM nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04
    2 + FROM nvidia/cuda:${CUDA_VERSION}-runtime-ubuntu22.04
      |
      = unsafe fix: nvcc is gone
      = explain: env-doctor explain devel-base-unneeded

    Dockerfile: 1 warning (1 with a fix)   facts of [DATE]
    ");
}

#[test]
fn edits_far_apart_are_hunks_of_their_own() {
    let text = format!("ARG A=1\n{}RUN echo $A\n", "# filler\n".repeat(40));
    let sources = sources(&[("Dockerfile", &text)]);
    let edits = vec![
        Edit::delete(at(&sources, 0, "ARG A=1\n")),
        Edit::insert(at(&sources, 0, "$A"), "-n "),
    ];
    let place = at(&sources, 0, "A=1");
    let finding = Diagnostic::new("some-rule", Severity::Info, "two places", place)
        .fix(Fix::safe("do both", edits));
    insta::assert_snapshot!(report(sources, vec![finding], PLAIN), @"
    info[some-rule]: two places
      --> Dockerfile:1:5
       |
     1 | ARG A=1
       |     ^^^
       |
    help: do both
       |
     1 - ARG A=1
       |
    42 | RUN echo -n $A
       |          ++
       = explain: env-doctor explain some-rule

    Dockerfile: 1 info (1 with a fix)   facts of [DATE]
    ");
}

#[test]
fn a_line_that_goes_stands_beside_what_comes() {
    let text = "services:\n  app:\n    runtime: nvidia\n    image: busybox\n";
    let sources = sources(&[("compose.yaml", text)]);
    let removed = at(&sources, 0, "    runtime: nvidia\n");
    let end = Location::new(FileId(0), Span::from_usize(text.len()..text.len()));
    let edits = vec![Edit::delete(removed), Edit::insert(end, "    gpus: all\n")];
    let found = Diagnostic::new(
        "legacy-nvidia-runtime",
        Severity::Warning,
        "an old key",
        at(&sources, 0, "nvidia"),
    )
    .help("use the new one")
    .fix(Fix::safe("use the new one", edits));
    insta::assert_snapshot!(report(sources, vec![found], PLAIN), @"
    warning[legacy-nvidia-runtime]: an old key
     --> compose.yaml:3:14
      |
    3 |     runtime: nvidia
      |              ^^^^^^
      |
    help: use the new one
      |
    3 -     runtime: nvidia
      |
    5 +     gpus: all
      |
      = explain: env-doctor explain legacy-nvidia-runtime

    compose.yaml: 1 warning (1 with a fix)   facts of [DATE]
    ");
}

#[test]
fn a_line_that_is_too_long_is_cut_around_the_place() {
    let text = format!(
        "RUN {} torch {}\n",
        "a".repeat(500_000),
        "b".repeat(500_000)
    );
    let sources = sources(&[("Dockerfile", &text)]);
    let place = at(&sources, 0, "torch");
    let finding = Diagnostic::new("some-rule", Severity::Error, "in the middle", place)
        .label("this word")
        .fix(Fix::safe("remove it", vec![Edit::delete(place)]));
    insta::assert_snapshot!(report(sources, vec![finding], PLAIN), @"
    error[some-rule]: in the middle
    --> Dockerfile:1:500006
     = this word: ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa torch bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
    help: remove it
     |
     = explain: env-doctor explain some-rule

    Dockerfile: 1 error (1 with a fix)   facts of [DATE]
    ");
}

#[test]
fn a_place_of_many_lines_is_shortened() {
    let text = format!("FROM x\nRUN <<EOF\n{}EOF\n", "echo\n".repeat(5_000));
    let sources = sources(&[("Dockerfile", &text)]);
    let whole = Location::new(FileId(0), Span::new(7, text.len() as u32));
    let finding = Diagnostic::new("some-rule", Severity::Error, "all of it", whole);
    insta::assert_snapshot!(report(sources, vec![finding], PLAIN), @"
    error[some-rule]: all of it
     --> Dockerfile:2:1
      |
    2 | RUN <<EOF
      | ^^^^^^^^^
      |
      = explain: env-doctor explain some-rule

    Dockerfile: 1 error   facts of [DATE]
    ");
}

#[test]
fn nothing_found_says_what_was_seen() {
    let overview = Overview {
        stages: 3,
        facts: vec!["CUDA 12.1".to_owned(), "PyTorch 2.5.1 (cu121)".to_owned()],
    };
    let sources = sources(&[("Dockerfile", "FROM x\n")]);
    let notes = vec![Note {
        location: at(&sources, 0, "x"),
        text: "the base image is unknown".to_owned(),
    }];
    let checked = Checked {
        overview,
        notes,
        ..Checked::default()
    };
    let file = FileReport::new(sources, FileId(0), checked);
    let text = written(&Report::new(vec![file], Vec::new()), PLAIN);
    insta::assert_snapshot!(text.replace(facts::DATE, "[DATE]"), @"
    note: Dockerfile:1: the base image is unknown

    Dockerfile: 3 stages, CUDA 12.1, PyTorch 2.5.1 (cu121): no problems   facts of [DATE]
    ");
}

#[test]
fn a_quiet_report_has_findings_only() {
    let sources = sources(&[("Dockerfile", DOCKERFILE)]);
    let style = Style {
        detail: Detail::Quiet,
        ..PLAIN
    };
    assert_eq!(report(sources.clone(), Vec::new(), style), "");
    let finding = mismatch(&sources);
    let text = report(sources, vec![finding], style);
    assert!(text.ends_with("explain torch-cuda-mismatch\n\n"), "{text}");
}

#[test]
fn ascii_means_ascii() {
    let sources = sources(&[("Dockerfile", DOCKERFILE)]);
    let style = Style {
        ascii: true,
        ..PLAIN
    };
    let finding = mismatch(&sources);
    let text = report(sources, vec![finding], style);
    assert!(text.is_ascii());
    assert!(text.contains("mismatches ...\""), "{text}");
}

#[test]
fn the_checked_file_cannot_command_the_terminal() {
    let text = "FROM \u{1b}[31mred\u{7}\n";
    let sources = sources(&[("Docker\u{1b}file", text)]);
    let place = at(&sources, 0, "red");
    let fix = Fix::safe("\u{1b}[2J", vec![Edit::replace(place, "\u{1b}[2J")]);
    let finding = Diagnostic::new("some-rule", Severity::Error, "no \u{1b}[31mred", place)
        .label("\u{1b}[31m")
        .why("\u{1b}[31m")
        .fix(fix);
    let text = report(sources, vec![finding], PLAIN);
    let harmless = |c: char| !c.is_control() || c == '\n';
    assert!(text.chars().all(harmless), "{text:?}");
}

/// Text with everything that makes columns and lines hard.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n"),
        Just("\r\n"),
        Just("\r"),
        Just("\t"),
        Just("\u{feff}"),
        Just("é"),
        Just("日本"),
        Just("e\u{301}"),
        Just("\u{1b}"),
        Just("RUN pip install torch \\\n"),
        Just("    word"),
        Just(" "),
        Just("x"),
    ];
    let short = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    prop_oneof![4 => short.clone(), 1 => short.prop_map(|text| text.repeat(300))]
}

proptest! {
    #[test]
    fn any_span_and_any_edit_can_be_shown(
        texts in prop::collection::vec(text(), 1..3),
        spans in prop::collection::vec((0u32..2, 0u32..400, 0u32..60), 1..6),
        edits in prop::collection::vec((0u32..2, 0u32..200, 0u32..60, text()), 0..4),
        colored: bool,
    ) {
        let mut sources = Sources::new();
        for (index, text) in texts.iter().enumerate() {
            sources.add(Arc::new(SourceFile::new(format!("file{index}"), text.as_str())));
        }
        let count = texts.len() as u32;
        let place = |file: u32, start: u32, length: u32| {
            Location::new(FileId(file % count), Span::new(start, start + length))
        };
        let mut places = spans.iter().map(|&(file, start, length)| place(file, start, length));
        let primary = places.next().unwrap();
        let mut finding = Diagnostic::new("some-rule", Severity::Error, "message", primary);
        for location in places {
            finding = finding.related(location, "label");
        }
        let edits = edits.into_iter().map(|(file, start, length, replacement)| {
            Edit::replace(place(file, start, length), replacement)
        });
        let finding = finding.fix(Fix::safe("title", edits.collect()));
        let style = Style { colored, ..PLAIN };
        prop_assert!(report(sources, vec![finding], style).contains("message"));
    }
}
