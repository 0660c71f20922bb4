//! `--changed-since`, in real repositories.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::program::{CLEAN, HIDDEN_GPUS, Program, Run};

/// A repository with one commit on `main`.
struct Repository(TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, text) in files {
            repository.write(path, text);
        }
        repository.commit();
        repository
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.path())
            .status()
            .unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(self.path(), arguments)
    }

    /// The places of findings since a revision.
    fn since(&self, revision: &str) -> Vec<String> {
        let run = self.run(&[".", "--format=concise", "--changed-since", revision]);
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        let place = |line: &str| line.split(": ").next().unwrap().to_owned();
        run.stdout.lines().map(place).collect()
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut all = vec!["dockerfile"];
    all.extend(arguments);
    Program::new(&all)
        .within(folder)
        .env("PATH", &std::env::var("PATH").unwrap())
        .run()
}

const NONE: [&str; 0] = [];

#[test]
fn only_changed_lines_count() {
    let repository = Repository::new(&[("Dockerfile", HIDDEN_GPUS)]);
    assert_eq!(repository.since("HEAD"), NONE);
    let more = format!("# moved\n{HIDDEN_GPUS}ENV A=b CUDA_VISIBLE_DEVICES=all\n");
    repository.write("Dockerfile", &more);
    assert_eq!(repository.since("HEAD"), ["Dockerfile:4:30"]);
    repository.git(&["add", "--all"]);
    assert_eq!(repository.since("HEAD"), ["Dockerfile:4:30"]);
    repository.commit();
    assert_eq!(repository.since("HEAD"), NONE);
    assert_eq!(repository.since("HEAD~1"), ["Dockerfile:4:30"]);

    let run = repository.run(&["--changed-since", "HEAD"]);
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    left out 2 findings on unchanged lines
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    let run = repository.run(&["--changed-since", "HEAD", "--format", "json"]);
    assert_eq!(run.json()["summary"]["unchanged"], 2);
}

#[test]
fn new_files_are_all_new_tracked_or_not() {
    let repository = Repository::new(&[("Dockerfile", HIDDEN_GPUS)]);
    repository.write("a/Dockerfile", HIDDEN_GPUS);
    assert_eq!(repository.since("HEAD"), ["a/Dockerfile:2:26"]);
    repository.commit();
    assert_eq!(repository.since("HEAD~1"), ["a/Dockerfile:2:26"]);
}

#[test]
fn a_branch_answers_for_its_own_changes_only() {
    let repository = Repository::new(&[("Dockerfile", CLEAN)]);
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.write("feature/Dockerfile", HIDDEN_GPUS);
    repository.commit();
    repository.git(&["switch", "--quiet", "main"]);
    repository.write(
        "Dockerfile",
        "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n# other\n",
    );
    repository.commit();
    repository.git(&["switch", "--quiet", "feature"]);
    assert_eq!(repository.since("main"), ["feature/Dockerfile:2:26"]);
}

#[test]
fn a_file_keeps_its_lines_under_another_name() {
    let long = format!("{HIDDEN_GPUS}{}", "# a line that stays\n".repeat(20));
    let repository = Repository::new(&[("Dockerfile", &long)]);
    repository.git(&["mv", "Dockerfile", "Dockerfile.gpu"]);
    assert_eq!(repository.since("HEAD"), NONE);
    repository.write(
        "Dockerfile.gpu",
        &format!("{long}ENV CUDA_VISIBLE_DEVICES=all\n"),
    );
    assert_eq!(repository.since("HEAD"), ["Dockerfile.gpu:23:26"]);
}

#[test]
fn a_finding_in_a_dependency_file_counts_by_its_own_line() {
    let dockerfile = "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n";
    let repository = Repository::new(&[("Dockerfile", dockerfile), ("r.txt", "tensorflow-gpu\n")]);
    repository.write(
        "Dockerfile",
        &dockerfile.replace("pip ", "pip --no-cache-dir "),
    );
    let run = repository.run(&[
        "--format=concise",
        "--select=tensorflow-gpu-package",
        "--changed-since=HEAD",
    ]);
    assert_eq!(run.stdout, "");
    repository.write("r.txt", "numpy\ntensorflow-gpu # new\n");
    let run = repository.run(&[
        "--format=concise",
        "--select=tensorflow-gpu-package",
        "--changed-since=HEAD",
    ]);
    assert!(run.stdout.starts_with("r.txt:2:1"), "{}", run.stdout);
}

#[test]
fn names_may_be_anything() {
    let name = "sub dir/\u{e9}'\"$(x)/Dockerfile";
    let repository = Repository::new(&[(name, HIDDEN_GPUS)]);
    assert_eq!(repository.since("HEAD"), NONE);
    assert_eq!(repository.since("main"), NONE);
}

#[test]
fn it_works_below_the_root_and_beside_it() {
    let repository = Repository::new(&[("a/Dockerfile", HIDDEN_GPUS), ("b/Dockerfile", CLEAN)]);
    let arguments = [
        "../a",
        "Dockerfile",
        "--format=concise",
        "--changed-since=HEAD",
    ];
    let run = run(&repository.path().join("b"), &arguments);
    assert_eq!(run.all(), "exit 0\n");
}

#[test]
fn what_cannot_be_compared_with_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Dockerfile"), CLEAN).unwrap();
    let outside = run(folder.path(), &["--changed-since", "HEAD"]);
    assert_eq!(outside.status, 2);
    assert!(
        outside.stderr.contains("not a git repository"),
        "{}",
        outside.stderr
    );

    let repository = Repository::new(&[("Dockerfile", CLEAN)]);
    let unknown = repository.run(&["--changed-since", "origin/main"]);
    insta::assert_snapshot!(unknown.all(), @"
    exit 2
    --- stderr
    env-doctor: --changed-since: there is no revision `origin/main` here; fetch it first
    ");
    let option = repository.run(&["--changed-since=--output=x"]);
    assert_eq!(option.status, 2);

    repository.git(&["switch", "--quiet", "--orphan", "other"]);
    repository.commit();
    repository.write("Dockerfile", CLEAN);
    let unrelated = repository.run(&["--changed-since", "main"]);
    insta::assert_snapshot!(unrelated.all(), @"
    exit 2
    --- stderr
    env-doctor: --changed-since: `main` and HEAD have no commit in common; in a shallow clone, fetch more of the history
    ");
}

#[cfg(unix)]
#[test]
fn nothing_that_the_repository_names_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::new(&[
        ("Dockerfile", HIDDEN_GPUS),
        (".gitattributes", "* filter=evil diff=evil\n"),
    ]);
    let script = repository.path().join("evil.sh");
    fs::write(&script, "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\ncat\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    for key in [
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.evil.command",
        "diff.evil.textconv",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
    ] {
        repository.git(&["config", key, script]);
    }
    repository.git(&[
        "config",
        "core.hooksPath",
        repository.path().to_str().unwrap(),
    ]);
    let hook = repository.path().join("post-index-change");
    fs::copy(script, &hook).unwrap();
    // What `git config` itself may have started does not count.
    let _ = fs::remove_file(repository.path().join("ran"));
    repository.write("Dockerfile", &format!("{HIDDEN_GPUS}# changed\n"));
    assert_eq!(repository.since("HEAD"), NONE);
    let ran = repository.path().join("ran");
    assert!(!ran.exists());
    // Git by itself does run it.
    let mut status = Command::new("git");
    let _ = status.arg("status").current_dir(repository.path()).output();
    assert!(ran.exists());
}
