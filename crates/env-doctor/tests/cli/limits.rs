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

#[test]
fn files_that_are_named_and_that_nobody_wrote_are_not_read() {
    let arrays = |count| format!("{{\"x\":[{}0]}}", "[],".repeat(count));
    for (option, content, said) in [
        ("--host", arrays(2_000_000), "is larger than 4096 KiB"),
        ("--baseline", arrays(12_000_000), "is larger than 32768 KiB"),
        ("--config", "#\n".repeat(1 << 20), "is larger than 1024 KiB"),
    ] {
        let run = Program::new(&["dockerfile", option, "large"])
            .file("Dockerfile", HIDDEN_GPUS)
            .file("large", content)
            .run();
        assert_eq!(run.status, 2);
        assert_eq!(run.stderr, format!("env-doctor: large: {said}\n"));
    }
}

/// Checks a Dockerfile next to one with a finding.
fn beside(dockerfile: &str) -> Run {
    Program::new(&["dockerfile", ".", "--format", "concise"])
        .file("a.Dockerfile", dockerfile)
        .file("b.Dockerfile", HIDDEN_GPUS)
        .run()
}

#[test]
fn variables_of_a_short_dockerfile_do_not_fill_the_memory() {
    let start = "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n";
    let words = format!("ARG A=\"{}\"\n", "a ".repeat(8_000));
    let commands = words.replace("a ", "a;");
    let exports: Vec<String> = (0..120)
        .map(|number| format!("export A{number}=\"$A\";"))
        .collect();
    let stages = format!("{start}ARG A\n").repeat(2_000);
    for dockerfile in [
        // Words, values, scripts, exports, and what stages take over.
        format!("{start}{words}{}", "RUN pip install $A\n".repeat(500)),
        format!("{start}{words}{}", "ENV B=$A\n".repeat(2_000)),
        format!("{start}{commands}{}", "RUN bash -c \"$A\"\n".repeat(500)),
        format!(
            "{start}{words}RUN {}{}\n",
            exports.concat(),
            "true;".repeat(1_000)
        ),
        format!("{words}{stages}"),
    ] {
        let run = beside(&dockerfile);
        assert_eq!(run.status, 2);
        assert_eq!(
            run.stderr,
            "env-doctor: a.Dockerfile: too much to check: its variables put in more than 16 MiB; what they hold beyond that is unknown\n"
        );
        assert!(
            run.stdout.contains("b.Dockerfile:2:26: error"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn an_env_file_that_doubles_a_value_does_not_fill_the_memory() {
    let lines: Vec<String> = (0..60)
        .map(|number| format!("A{}=$A{number}$A{number}\n", number + 1))
        .collect();
    let compose = "services:\n  a:\n    image: nvidia/cuda:12.6-base\n";
    let run = Program::new(&["docker-compose", "a", "b", "--format", "concise"])
        .file("a/.env", format!("A0=xxxxxxxx\n{}", lines.concat()))
        .file("a/compose.yaml", compose)
        .file("b/compose.yaml", compose)
        .run();
    insta::assert_snapshot!(run.all(), @r"
    exit 2
    --- stdout
    b/compose.yaml:2:3: error[gpu-request-missing] service `a` is made for the GPU and requests none
    b/compose.yaml:3:24: error[cuda-image-tag] nvidia/cuda:12.6-base cannot be pulled: tags need the patch number: 12.6.N
    --- stderr
    env-doctor: a/.env: too much to check: with what it extends, includes, repeats and puts in for variables, the project has more than 300,000 values
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
