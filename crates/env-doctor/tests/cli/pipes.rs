//! Pipes and devices: no command waits for ever, whoever names them.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::program::{CLEAN, HIDDEN_GPUS, Program};

/// A service whose image comes from a variable.
const COMPOSE: &str = "services:\n  a:\n    image: nvidia/cuda:12.6.3-base-ubuntu22.04\n";

const NO_WRITER: &str = "F: is a pipe that nobody writes to";

#[test]
fn a_pipe_that_the_user_names_and_nobody_writes_to_is_given_up() {
    for arguments in [
        &["dockerfile", "F"][..],
        &["docker-compose", "F"],
        &["docker-compose", "-f", "F"],
        &["docker-compose", "compose.yaml", "--env-file", "F"],
        &["check", "--no-host", "F"],
        &["dockerfile", "--config", "F"],
        &["dockerfile", "--baseline", "F"],
        &["dockerfile", "--host", "F"],
        &["check", "--host=F"],
        &["host", "--host", "F"],
        &["explain", "--log", "F"],
        &["explain", "CUDA error", "--in", "F"],
    ] {
        let run = Program::new(arguments)
            .pipe("F")
            .file("Dockerfile", CLEAN)
            .file("compose.yaml", COMPOSE)
            .run();
        assert_eq!(run.status, 2, "{arguments:?}\n{}", run.all());
        assert!(
            run.stderr.contains("F: is a pipe") || run.stderr.contains("read F: is a pipe"),
            "{arguments:?}\n{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("that nobody writes to"),
            "{arguments:?}\n{}",
            run.stderr
        );
    }
}

#[test]
fn the_other_files_are_still_checked() {
    let run = Program::new(&["dockerfile", "F", "Dockerfile", "--format", "concise"])
        .pipe("F")
        .file("Dockerfile", HIDDEN_GPUS)
        .run();
    assert!(run.stdout.starts_with("Dockerfile:2:26"), "{}", run.all());
    assert_eq!(run.stderr, format!("env-doctor: {NO_WRITER}\n"));
}

#[test]
fn a_pipe_that_nobody_reads_from_is_given_up() {
    for option in ["--output-file", "--write-baseline"] {
        let run = Program::new(&["dockerfile", option, "F"])
            .pipe("F")
            .file("Dockerfile", HIDDEN_GPUS)
            .run();
        assert_eq!(run.status, 2, "{}", run.all());
        assert_eq!(
            run.stderr,
            "env-doctor: cannot write F: is a pipe or a socket that nobody reads from\n"
        );
    }
}

#[test]
fn what_is_found_or_named_in_a_file_is_a_file() {
    let no_file = "is a pipe or a device, not a file";
    let extends = "services:\n  a:\n    extends: {file: F, service: b}\n";
    let env_file = "services:\n  a:\n    image: alpine\n    env_file: F\n";
    let include = "include: [F]\nservices:\n  a:\n    image: alpine\n";
    for (command, pipe, file) in [
        ("dockerfile", "Dockerfile", ("other", "")),
        ("docker-compose", "compose.yaml", ("other", "")),
        ("docker-compose", "F", ("compose.yaml", extends)),
        ("docker-compose", "F", ("compose.yaml", env_file)),
        ("docker-compose", "F", ("compose.yaml", include)),
        ("docker-compose", ".env", ("compose.yaml", COMPOSE)),
        ("dockerfile", "env-doctor.toml", ("Dockerfile", CLEAN)),
    ] {
        let run = Program::new(&[command])
            .pipe(pipe)
            .file(file.0, file.1)
            .run();
        let all = run.all();
        assert!(
            all.contains(pipe) && all.contains(no_file),
            "{command} {pipe}\n{all}"
        );
    }
}

#[test]
fn pipes_among_the_files_of_a_build_are_not_opened() {
    let dockerfile = "FROM python:3.12\nCOPY . .\nRUN pip install -r F\nRUN uv sync --frozen\n";
    let run = Program::new(&["dockerfile"])
        .pipe("F")
        .pipe("pyproject.toml")
        .pipe("uv.lock")
        .file("Dockerfile", dockerfile)
        .run();
    assert!(run.status < 2, "{}", run.all());
    let compose = "services:\n  a:\n    build: {context: ., dockerfile: F}\n";
    let run = Program::new(&["docker-compose"])
        .pipe("F")
        .file("compose.yaml", compose)
        .run();
    assert!(run.status < 2, "{}", run.all());
}

#[test]
fn rules_of_git_that_are_no_file_are_named() {
    for (pipe, name) in [
        (".gitignore", ".gitignore"),
        (".git/info/exclude", ".git/info/exclude"),
        ("a/.gitignore", "a/.gitignore"),
    ] {
        for command in [
            &["dockerfile", "."][..],
            &["check", "--no-host"],
            &["docker-compose", "."],
        ] {
            let run = Program::new(command)
                .pipe(pipe)
                .file("a/Dockerfile", CLEAN)
                .file("a/compose.yaml", COMPOSE)
                .run();
            assert_eq!(run.status, 2, "{}", run.all());
            assert_eq!(
                run.stderr,
                format!(
                    "env-doctor: {name}: is a pipe or a device, not a file; what it ignores is searched too\n"
                )
            );
        }
    }
}

#[test]
fn pipes_that_somebody_writes_to_work() {
    let script = "
        set -e
        program=$0
        \"$program\" dockerfile --format concise --fail-on never <(cat gpu)
        cat gpu | \"$program\" dockerfile --format concise --fail-on never /dev/stdin
        \"$program\" dockerfile --format concise --fail-on never /dev/stdin < gpu
        # Longer than it would be waited for, if nobody were there.
        \"$program\" dockerfile --format concise --fail-on never <(sleep 1.3; cat gpu)
        \"$program\" docker-compose -f <(cat compose.yaml) --env-file <(echo TAG=latest) --format concise --fail-on never
        \"$program\" dockerfile gpu --format concise --fail-on never --output-file >(cat >report)
    ";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gpu"), HIDDEN_GPUS).unwrap();
    let compose = "services:\n  a:\n    image: nvidia/cuda:$TAG\n    gpus: all\n";
    fs::write(folder.path().join("compose.yaml"), compose).unwrap();
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_env-doctor")])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{error}");
    assert_eq!(
        text.matches(":2:26: error[visible-devices-fixed]").count(),
        4,
        "{text}{error}"
    );
    assert!(text.contains("cuda-image-tag"), "{text}{error}");
}

#[test]
fn a_writer_may_come_late() {
    let program = Program::new(&["dockerfile", "F", "--format", "concise"]).pipe("F");
    let path = program.path().join("F");
    let writer = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
        thread::sleep(Duration::from_millis(100));
        pipe.write_all(HIDDEN_GPUS.as_bytes()).unwrap();
    });
    let run = program.run();
    assert_eq!(run.status, 1, "{}", run.all());
    assert!(run.stdout.starts_with("F:2:26"), "{}", run.all());
    writer.join().unwrap();
}

#[test]
fn devices_end() {
    for (arguments, message) in [
        (
            &["dockerfile", "/dev/zero"][..],
            "more than 64 MiB is not checked",
        ),
        (
            &["docker-compose", "/dev/zero"],
            "more than 64 MiB is not checked",
        ),
        (
            &["dockerfile", "--config=/dev/zero"],
            "is larger than 1024 KiB",
        ),
    ] {
        let run = Program::new(arguments).file("Dockerfile", CLEAN).run();
        assert_eq!(run.status, 2, "{}", run.all());
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
    let run = Program::new(&["docker-compose"])
        .file(
            "compose.yaml",
            "services:\n  a:\n    image: alpine\n    env_file: /dev/zero\n",
        )
        .run();
    assert!(run.all().contains("is a pipe or a device"), "{}", run.all());
}

#[test]
fn nothing_is_an_empty_file() {
    let run = Program::new(&["docker-compose"])
        .file(
            "compose.yaml",
            "services:\n  a:\n    image: alpine\n    env_file: /dev/null\n",
        )
        .run();
    assert_eq!(run.status, 0, "{}", run.all());
}
