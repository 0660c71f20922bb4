//! Files that a link or another file leads to: no report quotes them, no search takes them for its own.

use std::fs;

use crate::program::{CLEAN, HIDDEN_GPUS, Program, Run};

/// What nobody may see.
const SECRET: &str = "hunter2";

const FORMATS: [&str; 9] = [
    "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
];

fn is_silent(run: &Run) {
    assert!(!run.all().contains(SECRET), "{}", run.all());
}

#[test]
fn a_search_follows_no_link_that_leads_out_of_it() {
    for command in [&["dockerfile", "app"][..], &["check", "--no-host", "app"]] {
        let run = Program::new(command)
            .file("secret", format!("{SECRET}\n{HIDDEN_GPUS}"))
            .file("app/good/Dockerfile", CLEAN)
            .link("app/Dockerfile", "../secret")
            .run();
        is_silent(&run);
        assert_eq!(run.status, 0, "{}", run.all());
        assert_eq!(
            run.stderr,
            "env-doctor: app/Dockerfile: is a link that leads out of `app`; name it to check it\n"
        );
        assert!(run.stdout.contains("app/good/Dockerfile"), "{}", run.all());
    }
}

#[test]
fn the_status_follows_the_findings_and_not_a_link_that_is_left_out() {
    let search = |arguments: &[&str], beside: &str| {
        Program::new(arguments)
            .file("secret", HIDDEN_GPUS)
            .file("app/other/Dockerfile", beside)
            .link("app/Dockerfile", "../secret")
            .run()
    };
    assert_eq!(search(&["dockerfile", "app"], HIDDEN_GPUS).status, 1);
    let run = search(&["dockerfile", "app", "--format", "sarif"], CLEAN);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.contains("is a link that leads out"),
        "{}",
        run.all()
    );
    assert!(
        run.stdout.contains("\"executionSuccessful\": true"),
        "{}",
        run.all()
    );
}

#[test]
fn a_search_that_finds_nothing_else_has_failed() {
    let run = Program::new(&["dockerfile", "app"])
        .file("secret", CLEAN)
        .link("app/Dockerfile", "../secret")
        .run();
    assert_eq!(run.status, 2, "{}", run.all());
    assert!(run.stderr.contains("no input found"), "{}", run.all());
}

#[test]
fn a_link_within_a_search_is_followed() {
    let run = Program::new(&["dockerfile", ".", "--format", "concise"])
        .file("shared/base", HIDDEN_GPUS)
        .link("app/Dockerfile", "../shared/base")
        .run();
    assert_eq!(run.stderr, "");
    assert!(
        run.stdout.starts_with("app/Dockerfile:2:26"),
        "{}",
        run.all()
    );
}

#[test]
fn a_link_that_is_named_is_followed() {
    let run = Program::new(&["dockerfile", "app/Dockerfile"])
        .file("shared", HIDDEN_GPUS)
        .link("app/Dockerfile", "../shared")
        .run();
    assert!(
        run.stdout.contains("ENV CUDA_VISIBLE_DEVICES=all"),
        "{}",
        run.all()
    );
}

#[test]
fn files_that_others_name_are_not_quoted() {
    let dockerfile = "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n";
    let built = "services:\n  a:\n    gpus: all\n    build: {context: ., dockerfile: ../secret}\n";
    let extends = "services:\n  a:\n    extends: {file: ../secret, service: a}\n";
    let env_file = "services:\n  a:\n    image: alpine\n    env_file: ../secret\n";
    let words = format!("{SECRET} = {SECRET}\n");
    let requirement = format!("tensorflow-gpu # {SECRET}\n");
    for (name, text, secret) in [
        ("Dockerfile", dockerfile, requirement.as_str()),
        ("compose.yaml", built, &words),
        ("compose.yaml", extends, &format!("{SECRET}: [\n")),
        ("compose.yaml", env_file, &format!("{SECRET} x: {SECRET}\n")),
    ] {
        for format in FORMATS {
            let path = format!("app/{name}");
            let run = Program::new(&["check", "--no-host", &path, "--format", format])
                .file(&path, text)
                .file("secret", secret)
                .link("app/r.txt", "../secret")
                .run();
            is_silent(&run);
            assert!(run.status < 2, "{}", run.all());
        }
    }
}

#[test]
fn the_place_and_the_rule_are_still_told() {
    let run = Program::new(&["dockerfile", "app/Dockerfile"])
        .file(
            "app/Dockerfile",
            "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n",
        )
        .file("secret", format!("tensorflow-gpu # {SECRET}\n"))
        .link("app/r.txt", "../secret")
        .run();
    insta::assert_snapshot!(run.all(), @r#"
    exit 1
    --- stdout
    error[cpu-base-image]: tensorflow-gpu gets no CUDA libraries: python:3.12 has none, and nothing else brings them
     --> app/Dockerfile:1:6
      |
    1 | FROM python:3.12
      |      ^^^^^^^^^^^ an image without CUDA
      |
     ::: app/r.txt:1:1
      |
    1 | ************************
      | -------------- tensorflow-gpu is installed here
      |
      = why: the program runs on the CPU or stops: "Could not load dynamic library 'libcudart.so'", "libcublas.so: cannot open shared object file"
    help: use a CUDA image with cuDNN, such as `FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04`, or the package's own CUDA extra
      |
      = explain: env-doctor explain cpu-base-image

    error[tensorflow-gpu-package]: the package tensorflow-gpu was removed
     --> app/r.txt:1:1
      |
    1 | ************************
      | ^^^^^^^^^^^^^^
      |
     ::: app/Dockerfile:3:5
      |
    3 | RUN pip install -r r.txt
      |     -------------------- installed by this command
      |
      = why: app/r.txt is outside the given paths, and its text is not shown
    help: add the directory that the file is in to the paths to see more
      |
      = explain: env-doctor explain tensorflow-gpu-package

    app/Dockerfile: 2 errors   facts of [DATE]
    "#);
}

#[test]
fn what_the_user_names_or_the_repository_holds_is_quoted() {
    let dockerfile = "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n";
    for arguments in [
        &["dockerfile", "app/Dockerfile", "--context", "."][..],
        &["dockerfile", "app/Dockerfile", "."],
    ] {
        let run = Program::new(arguments)
            .file("app/Dockerfile", dockerfile)
            .file("r.txt", "tensorflow-gpu # ours\n")
            .link("app/r.txt", "../r.txt")
            .run();
        assert!(run.stdout.contains("# ours"), "{}", run.all());
    }
    let run = Program::new(&["dockerfile", "app/Dockerfile"])
        .directory(".git")
        .file("app/Dockerfile", dockerfile)
        .file("r.txt", "tensorflow-gpu # ours\n")
        .run();
    assert!(run.stdout.contains("# ours"), "{}", run.all());
}

#[test]
fn a_project_above_is_quoted() {
    let program = Program::new(&["docker-compose"])
        .file("compose.yaml", "services:\n  a:\n    image: alpine\n")
        .file(
            "compose.override.yaml",
            "services:\n  a:\n    gpus: # ours\n      - count: x\n",
        )
        .directory("sub");
    let sub = program.path().join("sub");
    let run = program.within(sub).run();
    assert!(run.stdout.contains("count: x"), "{}", run.all());
}

#[test]
fn fixes_for_files_outside_are_named() {
    let program = |arguments: &[&str]| {
        Program::new(arguments)
            .directory(".git")
            .file(
                "app/Dockerfile",
                "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n",
            )
            .file("r.txt", "tensorflow-gpu\n")
            .run()
    };
    for option in ["--fix", "--diff"] {
        let run = program(&["dockerfile", "app/Dockerfile", option]);
        assert_eq!(
            run.stderr,
            "env-doctor: r.txt: 1 fix not applied: it is outside the given paths; name it or its directory to repair it\n"
        );
        let text = fs::read_to_string(run.folder.path().join("r.txt")).unwrap();
        assert_eq!(text, "tensorflow-gpu\n");
    }
    assert_eq!(program(&["dockerfile", "app/Dockerfile"]).stderr, "");
    assert_eq!(program(&["dockerfile", ".", "--fix"]).stderr, "");
}
