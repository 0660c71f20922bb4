//! `--write-baseline` and `--baseline`.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::program::{HIDDEN_GPUS, Program, Run};

/// A folder that several runs see.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Program::new(arguments).within(self.path()).run()
    }
}

const WRITE: &[&str] = &["dockerfile", ".", "--write-baseline", "baseline.json"];
const USE: &[&str] = &["dockerfile", ".", "--baseline", "baseline.json"];

#[test]
fn what_is_in_the_baseline_does_not_count() {
    let folder = Folder::new(&[("a/Dockerfile", HIDDEN_GPUS)]);
    let run = folder.run(WRITE);
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    left out 1 finding in the baseline
    a/Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    insta::assert_snapshot!(folder.read("baseline.json"), @r#"
    {
      "schema_version": 1,
      "findings": [
        {
          "file": "a/Dockerfile",
          "rule": "visible-devices-fixed",
          "fingerprint": "e839468ee2905b072022d99d48db86f3",
          "message": "CUDA_VISIBLE_DEVICES=all hides every GPU"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(folder.run(USE).all(), @"
    exit 0
    --- stdout
    left out 1 finding in the baseline
    a/Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    assert_eq!(folder.run(&["dockerfile", "."]).status, 1);
}

#[test]
fn lines_may_move_and_new_findings_count() {
    let folder = Folder::new(&[("Dockerfile", HIDDEN_GPUS)]);
    folder.run(WRITE);
    let moved = format!("# A comment.\n\n{HIDDEN_GPUS}");
    folder.write("Dockerfile", &moved);
    assert_eq!(folder.run(USE).status, 0);
    // The same once more is one more.
    let twice = format!("{moved}ENV CUDA_VISIBLE_DEVICES=all\n");
    folder.write("Dockerfile", &twice);
    let run = folder.run(&[USE, &["--format", "concise"]].concat());
    assert_eq!(run.status, 1);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
}

#[test]
fn it_does_not_matter_where_the_program_runs() {
    let folder = Folder::new(&[("a/Dockerfile", HIDDEN_GPUS), ("b/Dockerfile", HIDDEN_GPUS)]);
    folder.run(WRITE);
    let within = |arguments: &[&str]| {
        let program = Program::new(arguments).within(folder.path().join("a"));
        program.run().status
    };
    assert_eq!(within(&["dockerfile", "--baseline", "../baseline.json"]), 0);
    let path = folder.path().join("b/Dockerfile");
    let path = path.to_str().unwrap();
    assert_eq!(
        within(&["dockerfile", path, "--baseline", "../baseline.json"]),
        0
    );
}

#[test]
fn other_commands_know_the_same_findings() {
    let compose = "services:
  one:
    build: a
    gpus: all
  two:
    build: a
    gpus: all
";
    let folder = Folder::new(&[("a/Dockerfile", HIDDEN_GPUS), ("compose.yaml", compose)]);
    let written = folder.run(&["check", "--no-host", "--write-baseline", "baseline.json"]);
    assert_eq!(written.status, 0, "{}", written.all());
    assert_eq!(folder.run(USE).status, 0);
    let run = folder.run(&["docker-compose", "--baseline", "baseline.json"]);
    assert_eq!(run.status, 0, "{}", run.all());
}

#[test]
fn what_is_gone_is_noted() {
    let folder = Folder::new(&[("Dockerfile", HIDDEN_GPUS), ("b/Dockerfile", HIDDEN_GPUS)]);
    folder.run(WRITE);
    folder.write("Dockerfile", "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n");
    let run = folder.run(&["dockerfile", "--baseline", "baseline.json"]);
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    note: baseline.json lists 1 finding no longer there; `--write-baseline baseline.json` writes it anew
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    let run = folder.run(&[USE, &["--format", "json"]].concat());
    let summary = &run.json()["summary"];
    assert_eq!(
        (&summary["baseline"], &summary["stale"]),
        (&1.into(), &1.into())
    );
    // Rules that were not asked for say nothing of what they would find.
    let run = folder.run(&[USE, &["--ignore", "cpu-wheel"]].concat());
    assert!(!run.stdout.contains("no longer"), "{}", run.stdout);
}

#[test]
fn only_new_findings_are_repaired() {
    let old = "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\nENV CUDA_VISIBLE_DEVICES=all\n";
    let folder = Folder::new(&[("Dockerfile", old)]);
    folder.run(WRITE);
    let more = format!("{old}ENV NVIDIA_VISIBLE_DEVICES=all CUDA_VISIBLE_DEVICES=all\n");
    folder.write("Dockerfile", &more);
    folder.run(&[USE, &["--fix", "--unsafe-fixes"]].concat());
    let after = folder.read("Dockerfile");
    assert!(after.starts_with(old), "{after}");
    assert_ne!(after, more);
}

#[test]
fn every_format_leaves_it_out() {
    let folder = Folder::new(&[("Dockerfile", HIDDEN_GPUS)]);
    folder.run(WRITE);
    for format in [
        "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
    ] {
        let run = folder.run(&[USE, &["--format", format]].concat());
        assert_eq!(run.status, 0, "{format}");
        let results = match format {
            // It describes every rule.
            "sarif" => run.json()["runs"][0]["results"].to_string(),
            _ => run.stdout,
        };
        assert!(!results.contains("hides every GPU"), "{format}\n{results}");
    }
}

#[test]
fn what_is_no_baseline_is_a_failure() {
    let folder = Folder::new(&[
        ("Dockerfile", HIDDEN_GPUS),
        ("baseline.json", "[]"),
        ("later.json", r#"{"schema_version": 2, "findings": []}"#),
    ]);
    let run = folder.run(USE);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("baseline.json: is no baseline"),
        "{}",
        run.stderr
    );
    let run = folder.run(&["dockerfile", "--baseline", "later.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("another version"), "{}", run.stderr);
    let run = folder.run(&["dockerfile", "--baseline", "missing.json"]);
    assert_eq!(run.status, 2);
}

#[test]
fn half_a_baseline_is_not_written() {
    let folder = Folder::new(&[("Dockerfile", HIDDEN_GPUS)]);
    let run = folder.run(&[
        "dockerfile",
        "Dockerfile",
        "missing",
        "--write-baseline",
        "b.json",
    ]);
    assert_eq!(run.status, 2);
    assert!(!folder.path().join("b.json").exists());
}

#[test]
fn a_baseline_takes_the_place_of_baselines_only() {
    let folder = Folder::new(&[
        ("Dockerfile", HIDDEN_GPUS),
        ("app.json", "{\"name\": \"app\"}"),
        ("empty.json", ""),
        ("old.json", "{\"schema_version\": 0, \"findings\": []}"),
    ]);
    let write = |path: &str| folder.run(&["dockerfile", "--write-baseline", path]);
    for (path, reason) in [
        (
            "Dockerfile",
            "this run has read that file; give the baseline another name",
        ),
        (
            "./Dockerfile",
            "this run has read that file; give the baseline another name",
        ),
        (
            "app.json",
            "that file exists and is not a baseline; remove it, or give the baseline another name",
        ),
    ] {
        let before = folder.read(path);
        let run = write(path);
        assert_eq!(run.status, 2, "{}", run.all());
        assert_eq!(
            run.stderr,
            format!("env-doctor: --write-baseline {path}: {reason}\n")
        );
        assert_eq!(folder.read(path), before);
    }
    for path in ["empty.json", "old.json", "new.json", "new.json"] {
        assert_eq!(write(path).status, 0, "{path}");
        assert!(folder.read(path).contains("visible-devices-fixed"));
    }
}
