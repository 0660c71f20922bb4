use crate::program::{CLEAN, HIDDEN_GPUS, Program};

#[test]
fn a_finding_is_shown_with_its_place_its_reason_and_its_fix() {
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", HIDDEN_GPUS)
        .run();
    insta::assert_snapshot!(run.all(), @r#"
    exit 1
    --- stdout
    error[visible-devices-fixed]: CUDA_VISIBLE_DEVICES=all hides every GPU
     --> Dockerfile:2:26
      |
    2 | ENV CUDA_VISIBLE_DEVICES=all
      |                          ^^^ not a list of GPU numbers
      |
      = why: CUDA stops reading the list at the first entry that is no GPU number or UUID; with `all` that is the first one, so programs report "no CUDA-capable device is detected". `all` is a value of NVIDIA_VISIBLE_DEVICES
    help: remove it: without it a program sees all GPUs of its container
      |
    2 - ENV CUDA_VISIBLE_DEVICES=all
      |
      = unsafe fix: programs see every GPU that their container is given
      = explain: env-doctor explain visible-devices-fixed

    Dockerfile: 1 error (1 with a fix)   facts of [DATE]
    "#);
}

#[test]
fn nothing_found_says_what_was_looked_at() {
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", CLEAN)
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
}

#[test]
fn a_finding_in_a_requirements_file_points_there() {
    let run = Program::new(&["dockerfile", "--select", "tensorflow-gpu-package"])
        .file(
            "Dockerfile",
            "FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04\n\
             RUN apt-get update && apt-get install -y python3-pip\n\
             COPY requirements.txt .\n\
             RUN pip install -r requirements.txt\n",
        )
        .file("requirements.txt", "fastapi\ntensorflow-gpu\n")
        .run();
    insta::assert_snapshot!(run.all(), @r#"
    exit 1
    --- stdout
    error[tensorflow-gpu-package]: tensorflow-gpu cannot be installed: its last upload fails on purpose
     --> requirements.txt:2:1
      |
    2 | tensorflow-gpu
      | ^^^^^^^^^^^^^^ removed package
      |
     ::: Dockerfile:4:5
      |
    4 | RUN pip install -r requirements.txt
      |     ------------------------------- installed by this command
      |
      = why: since 2.1 the package `tensorflow` contains the GPU build; tensorflow-gpu 2.12.0 stops with "The "tensorflow-gpu" package has been removed!"
    help: install `tensorflow[and-cuda]` instead
      |
    2 - tensorflow-gpu
    2 + tensorflow[and-cuda]
      |
      = explain: env-doctor explain tensorflow-gpu-package

    Dockerfile: 1 error (1 with a fix)   facts of [DATE]
    "#);
}

#[test]
fn what_could_not_be_known_is_said_as_a_note() {
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", "ARG BASE\nFROM ${BASE}\n")
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    note: Dockerfile:2: FROM ${BASE} has no known value; base image unknown (pass --build-arg)

    Dockerfile: 1 stage: no problems   facts of [DATE]
    ");
}

#[test]
fn several_files_end_with_one_summary() {
    let run = Program::new(&["dockerfile", "a", "b"])
        .file("a/Dockerfile", HIDDEN_GPUS)
        .file("b/Dockerfile", CLEAN)
        .run();
    let closing: Vec<&str> = run.stdout.lines().rev().take(2).collect();
    let seen = format!(
        "a/Dockerfile, b/Dockerfile: 1 error (1 with a fix)   facts of {}",
        facts::DATE
    );
    assert_eq!(closing[0], seen);
    assert!(closing[1].starts_with("b/Dockerfile: 1 stage, CUDA 12.6: no problems"));
}

#[test]
fn many_files_are_counted_and_only_findings_are_shown() {
    let mut program = Program::new(&["dockerfile", "."]);
    for name in ["a", "b", "c", "d", "e"] {
        program = program.file(&format!("{name}/Dockerfile"), CLEAN);
    }
    let run = program.file("x/Dockerfile", "ARG BASE\nFROM $BASE\n").run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    note: 1 file with something that could not be known; --verbose says what
    6 files: no problems   facts of [DATE]
    ");
}

#[test]
fn verbose_says_for_every_file_what_was_seen() {
    let mut program = Program::new(&["dockerfile", "--verbose", "."]);
    for name in ["a", "b", "c", "d"] {
        program = program.file(&format!("{name}/Dockerfile"), CLEAN);
    }
    insta::assert_snapshot!(program.run().all(), @"
    exit 0
    --- stdout
    a/Dockerfile: 1 stage, CUDA 12.6: no problems
    b/Dockerfile: 1 stage, CUDA 12.6: no problems
    c/Dockerfile: 1 stage, CUDA 12.6: no problems
    d/Dockerfile: 1 stage, CUDA 12.6: no problems
    4 files: no problems   facts of [DATE]
    ");
}

#[test]
fn a_dependency_file_that_two_dockerfiles_share_is_reported_once() {
    let dockerfile = "FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04\n\
                      COPY --from=python /usr /usr\n\
                      COPY requirements.txt .\n\
                      RUN pip install -r requirements.txt\n";
    let arguments = [
        "dockerfile",
        "--select",
        "tensorflow-gpu-package",
        "--format",
        "json",
        ".",
    ];
    let run = Program::new(&arguments)
        .file("Dockerfile", dockerfile)
        .file("Dockerfile.gpu", dockerfile)
        .file("requirements.txt", "tensorflow-gpu\n")
        .run();
    let report = run.json();
    assert_eq!(report["files"].as_array().unwrap().len(), 2);
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(report["diagnostics"][0]["file"], "requirements.txt");
}
