use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::program::{CLEAN, HIDDEN_GPUS, Program};

/// A Dockerfile with a warning and nothing worse.
const WARNING: &str = "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\nENV CUDA_VISIBLE_DEVICES=0\n";

fn status(dockerfile: &str, arguments: &[&str]) -> i32 {
    let mut all = vec!["dockerfile"];
    all.extend(arguments);
    Program::new(&all)
        .file("Dockerfile", dockerfile)
        .run()
        .status
}

#[test]
fn the_exit_status_follows_the_threshold() {
    assert_eq!(status(CLEAN, &["--fail-on", "info"]), 0);
    assert_eq!(status(WARNING, &[]), 0);
    assert_eq!(status(WARNING, &["--fail-on", "warning"]), 1);
    assert_eq!(status(HIDDEN_GPUS, &[]), 1);
    assert_eq!(status(HIDDEN_GPUS, &["--fail-on", "never"]), 0);
    assert_eq!(status(HIDDEN_GPUS, &["--fail-on", "never", "missing"]), 2);
}

#[test]
fn rules_can_be_chosen() {
    assert_eq!(
        status(HIDDEN_GPUS, &["--ignore", "visible-devices-fixed"]),
        0
    );
    assert_eq!(status(HIDDEN_GPUS, &["--select", "cpu-wheel"]), 0);
    assert_eq!(
        status(
            HIDDEN_GPUS,
            &["--select", "cpu-wheel,visible-devices-fixed"]
        ),
        1
    );
}

#[test]
fn an_unknown_rule_is_an_error_that_names_the_nearest_one() {
    let run = Program::new(&["dockerfile", "--ignore", "visible-device-fixed"])
        .file("Dockerfile", CLEAN)
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: there is no rule `visible-device-fixed`; did you mean `visible-devices-fixed`? (`env-doctor rules` lists them)
    ");
}

#[test]
fn wrong_usage_is_status_2() {
    assert_eq!(
        Program::new(&["dockerfile", "--no-such-flag"]).run().status,
        2
    );
    assert_eq!(
        Program::new(&["dockerfile", "--build-arg", "NAME"])
            .run()
            .status,
        2
    );
    assert_eq!(Program::new(&[]).run().status, 2);
}

#[test]
fn build_arguments_reach_the_image_name() {
    let dockerfile = "ARG TAG\nFROM nvidia/cuda:$TAG\n";
    assert_eq!(status(dockerfile, &[]), 0);
    assert_eq!(status(dockerfile, &["--build-arg", "TAG=latest"]), 1);
    assert_eq!(
        status(dockerfile, &["--build-arg", "TAG=12.6.3-base-ubuntu22.04"]),
        0
    );
}

const STAGES: &str = "\
FROM nvidia/cuda:12.6.3-devel-ubuntu22.04 AS development
FROM nvidia/cuda:12.6.3-base-ubuntu22.04 AS runtime
";

#[test]
fn the_target_is_the_stage_that_runs() {
    assert_eq!(
        status(STAGES, &["--target", "runtime", "--fail-on", "warning"]),
        0
    );
    assert_eq!(status(STAGES, &["--target", "RUNTIME"]), 0);
    assert_eq!(status(STAGES, &["--target", "1"]), 0);
}

#[test]
fn a_target_that_is_no_stage_is_refused_as_the_build_would() {
    let run = Program::new(&["dockerfile", "--target", "runtme"])
        .file("Dockerfile", STAGES)
        .run();
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "env-doctor: Dockerfile: has no stage `runtme`; did you mean `runtime`?\n"
    );
    assert_eq!(status(STAGES, &["--target", "2"]), 2);
}

#[test]
fn the_report_can_go_to_a_file() {
    let run = Program::new(&[
        "dockerfile",
        "--output-file",
        "report.txt",
        "--color",
        "auto",
    ])
    .file("Dockerfile", HIDDEN_GPUS)
    .env("CLICOLOR_FORCE", "1")
    .run();
    assert_eq!(run.status, 1);
    assert_eq!(run.stdout, "");
    let report = fs::read_to_string(run.folder.path().join("report.txt")).unwrap();
    assert!(
        report.starts_with("error[visible-devices-fixed]: "),
        "{report}"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_a_failure() {
    let run = Program::new(&["dockerfile", "--output-file", "missing/report.txt"])
        .file("Dockerfile", CLEAN)
        .run();
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .starts_with("env-doctor: cannot write missing/report.txt: ")
    );
}

#[test]
fn colours_are_for_terminals_and_for_those_who_insist() {
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut all = vec!["dockerfile"];
        all.extend(arguments);
        let mut program = Program::new(&all).file("Dockerfile", HIDDEN_GPUS);
        for (name, value) in variables {
            program = program.env(name, value);
        }
        program.run().stdout.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_locale_without_utf8_gets_ascii() {
    let dockerfile = "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\nENV CUDA_VISIBLE_DEVICES=all A=é\n";
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", dockerfile)
        .env("LC_ALL", "C")
        .run();
    assert!(run.stdout.is_ascii(), "{}", run.stdout);
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", dockerfile)
        .run();
    assert!(run.stdout.contains("A=é"));
}

#[test]
fn quiet_prints_findings_and_nothing_else() {
    let run = Program::new(&["dockerfile", "--quiet"])
        .file("Dockerfile", CLEAN)
        .run();
    assert_eq!(run.stdout, "");
    let run = Program::new(&["dockerfile", "--quiet"])
        .file("Dockerfile", HIDDEN_GPUS)
        .run();
    assert!(!run.stdout.contains("facts of"), "{}", run.stdout);
}

#[test]
fn the_version_names_the_day_of_the_facts() {
    let run = Program::new(&["--version"]).run();
    assert_eq!(
        run.all(),
        "exit 0\n--- stdout\nenv-doctor [VERSION] (facts of [DATE])\n"
    );
}

/// `env-doctor … | head -n 1`.
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let program = Program::new(&[]);
    let dockerfile = program.path().join("Dockerfile");
    let many = HIDDEN_GPUS.to_owned() + &"ENV CUDA_VISIBLE_DEVICES=all\n".repeat(1_000);
    fs::write(&dockerfile, many).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_env-doctor"))
        .args(["dockerfile", "--format", "json"])
        .arg(&dockerfile)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
