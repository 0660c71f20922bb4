use crate::program::Program;

/// PyTorch for CUDA 13 on a plain image.
const CUDA_13: &str = "FROM python:3.12-slim
RUN pip install torch==2.11.0 --index-url https://download.pytorch.org/whl/cu130
";

/// The same for CUDA 12.
const CUDA_12: &str = "FROM python:3.12-slim
RUN pip install torch==2.11.0 --index-url https://download.pytorch.org/whl/cu128
";

fn status(dockerfile: &str, arguments: &[&str]) -> i32 {
    let mut all = vec!["dockerfile"];
    all.extend(arguments);
    Program::new(&all)
        .file("Dockerfile", dockerfile)
        .run()
        .status
}

#[test]
fn without_a_target_nothing_is_said_of_drivers() {
    assert_eq!(status(CUDA_13, &[]), 0);
}

#[test]
fn a_driver_runs_every_minor_of_its_cuda_major() {
    assert_eq!(status(CUDA_13, &["--driver", "535.104.05"]), 1);
    assert_eq!(status(CUDA_12, &["--driver", "535.104.05"]), 0);
    assert_eq!(status(CUDA_13, &["--driver", "580"]), 0);
}

#[test]
fn a_gpu_needs_its_own_code() {
    let cu121 = "FROM nvidia/cuda:12.1.1-runtime-ubuntu22.04
RUN apt-get update && apt-get install -y python3-pip
RUN pip install torch==2.5.1 --index-url https://download.pytorch.org/whl/cu121
";
    assert_eq!(status(cu121, &["--gpu", "sm_120"]), 1);
    assert_eq!(status(cu121, &["--gpu", "RTX 4090"]), 0);
    assert_eq!(
        status(cu121, &["--gpu", "RTX 4090", "--gpu", "RTX 5090"]),
        1
    );
    assert_eq!(status(cu121, &["--gpu", "RTX 9999"]), 2);
}

#[test]
fn a_machine_is_what_was_seen_there_unless_flags_say_otherwise() {
    let host = r#"{"schema_version": 1, "host": {"platform": {"os": "linux", "arch": "x86_64"},
        "driver": {"version": "535.104.05"},
        "gpus": [{"name": "NVIDIA GeForce RTX 4090", "compute_capability": "8.9"}]}}"#;
    let run = |dockerfile: &str, more: &[&str]| {
        let mut all = vec!["dockerfile", "--host", "host.json"];
        all.extend(more);
        let program = Program::new(&all).file("Dockerfile", dockerfile);
        program.file("host.json", host).run().status
    };
    assert_eq!(run(CUDA_13, &[]), 1);
    assert_eq!(run(CUDA_12, &[]), 0);
    assert_eq!(run(CUDA_13, &["--driver", "580.65.06"]), 0);
}

#[test]
fn what_a_service_names_is_judged_as_what_it_builds() {
    let compose = "services:
  pulled:
    image: nvidia/cuda:13.0.2-base-ubuntu24.04
    gpus: all
  built:
    build: .
    gpus: all
";
    let run = Program::new(&["docker-compose", "--driver", "535", "--format", "concise"])
        .file("compose.yaml", compose)
        .file("Dockerfile", CUDA_13)
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    Dockerfile:1:6: info[cpu-base-image] python:3.12-slim has no CUDA; torch brings its own libraries
    Dockerfile:2:76: error[driver-too-old] PyTorch 2.11.0 (cu130) is for CUDA 13.0, which needs driver 580.65.06 or newer; the target has 535
    compose.yaml:3:12: error[driver-too-old] the image is for CUDA 13.0, which needs driver 580.65.06 or newer; the target has 535
    ");
}
