use crate::program::{CLEAN, HIDDEN_GPUS, Program};

const COMPOSE: &str = "services:
  api:
    build:
      context: .
      dockerfile: api.Dockerfile
    gpus: all
";

fn project(arguments: &[&str]) -> Program {
    let mut all = vec!["check", "--no-host"];
    all.extend(arguments);
    Program::new(&all)
        .file("app/compose.yaml", COMPOSE)
        .file("app/api.Dockerfile", HIDDEN_GPUS)
        .file("tools/Dockerfile", HIDDEN_GPUS)
}

#[test]
fn everything_below_is_checked_once() {
    let run = project(&["--format", "concise"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    app/api.Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    tools/Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    ");
}

#[test]
fn files_are_what_their_names_say() {
    let run = project(&[
        "--format",
        "concise",
        "app/compose.yaml",
        "tools/Dockerfile",
    ])
    .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    app/api.Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    tools/Dockerfile:2:26: error[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    ");
}

#[test]
fn a_driver_is_compared_with_all_of_it() {
    let new = "FROM nvidia/cuda:13.0.2-runtime-ubuntu24.04\nCMD [\"server\"]\n";
    let status = |driver: &str| {
        Program::new(&["check", "--no-host", "--driver", driver])
            .file("Dockerfile", new)
            .run()
            .status
    };
    assert_eq!(status("535"), 1);
    assert_eq!(status("580"), 0);
}

#[test]
fn repairs_reach_both_kinds_of_files() {
    let run = Program::new(&["check", "--no-host", "--diff"])
        .file("compose.yaml", "services:\n  a:\n    image: nvidia/cuda:12.6.3-base-ubuntu22.04\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - driver: nvidia\n              count: 1\n")
        .file("Dockerfile", "FROM nvidia/cuda:12.1.0-runtime-ubuntu22.04\nRUN apt-get update && apt-get install -y python3-pip nvidia-driver-535\n")
        .run();
    let text = run.all();
    assert!(
        text.contains("+++ b/compose.yaml") || text.contains("+++ compose.yaml"),
        "{text}"
    );
    assert!(
        text.contains("+              capabilities: [gpu]"),
        "{text}"
    );
    assert!(
        text.contains("-RUN apt-get update && apt-get install -y python3-pip nvidia-driver-535"),
        "{text}"
    );
}

#[test]
fn nothing_to_check_is_status_2() {
    let run = Program::new(&["check", "--no-host"])
        .file("README.md", "")
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: .: no input found: no Dockerfile and no Compose file below
    ");
    let run = Program::new(&["check", "--no-host", "missing"])
        .file("Dockerfile", CLEAN)
        .run();
    assert_eq!(run.status, 2);
    let run = Program::new(&["check", "-"]).run();
    assert_eq!(run.status, 2);
}

#[test]
fn the_stage_that_runs_can_be_named() {
    let file = "FROM python:3.12-slim AS train\nRUN pip install tensorflow==2.16.1\nFROM nginx AS manual\n";
    let run = |target: &str| {
        Program::new(&["check", "--no-host", "--target", target, "."])
            .file("Dockerfile", file)
            .run()
    };
    let (train, manual) = (run("train").all(), run("manual").all());
    assert!(train.contains("[cpu-base-image]"), "{train}");
    assert!(!manual.contains("[cpu-base-image]"), "{manual}");
}

#[test]
fn no_host_is_understood_by_every_check() {
    for command in ["dockerfile", "docker-compose", "check"] {
        let run = Program::new(&[command, "--no-host", "."])
            .file("Dockerfile", "FROM python:3.12-slim\n")
            .file("compose.yaml", "services:\n  app:\n    build: .\n")
            .run();
        assert_eq!(run.status, 0, "{command}: {}", run.all());
    }
}
