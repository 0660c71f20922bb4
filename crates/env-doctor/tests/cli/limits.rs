//! Little memory, large files of others: the work is done, or a message says why not.

use std::fs;
use std::process::{Command, Stdio};

use crate::program::{HIDDEN_GPUS, Program, Run};

/// A search for Dockerfiles that meets this `.gitignore`.
fn search(rules: impl AsRef<[u8]>) -> Run {
    Program::new(&["dockerfile", ".", "--format", "concise"])
        .file(".gitignore", rules)
        .file("a/Dockerfile", HIDDEN_GPUS)
        .run()
}

#[test]
fn rules_of_git_that_nobody_wrote_are_not_read() {
    let large = search(vec![b'a'; (1 << 20) + 1]);
    insta::assert_snapshot!(large.all(), @r"
    exit 2
    --- stdout
    a/Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    --- stderr
    env-doctor: .gitignore: is larger than 1024 KiB; what it ignores is searched too
    ");
    let many = search("*.log\n".repeat(10_001));
    insta::assert_snapshot!(many.all(), @r"
    exit 2
    --- stdout
    a/Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    --- stderr
    env-doctor: .gitignore: has more than 10000 patterns; what it ignores is searched too
    ");
    let most = search(format!("a/{}", "\n*.log".repeat(9_999)));
    assert!(
        most.stderr.contains("no Dockerfile below"),
        "{}",
        most.all()
    );
}

#[test]
fn a_configuration_that_nobody_wrote_is_not_read() {
    let run = Program::new(&[
        "dockerfile",
        "a/Dockerfile",
        "Dockerfile",
        "--format",
        "concise",
    ])
    .file("a/env-doctor.toml", "#\n".repeat(1 << 20))
    .file("a/Dockerfile", HIDDEN_GPUS)
    .file("Dockerfile", HIDDEN_GPUS)
    .run();
    insta::assert_snapshot!(run.all(), @r"
    exit 2
    --- stdout
    Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    --- stderr
    env-doctor: a/env-doctor.toml: is larger than 1024 KiB
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn five_hundred_files_need_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..500 {
        let name = format!("{number}.Dockerfile");
        fs::write(folder.path().join(name), HIDDEN_GPUS).unwrap();
    }
    let script = "ulimit -v 100000; exec \"$0\" dockerfile . --format concise";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_env-doctor")])
        .current_dir(folder.path())
        // As on a machine with many cores.
        .env("RAYON_NUM_THREADS", "64")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.lines().count(), 500);
}
