//! Bad input: a message with the file's name, the other files still checked, never a panic.

use crate::program::{CLEAN, HIDDEN_GPUS, Program};

/// The exit status and what standard error says about `Dockerfile`; a good file beside it must still be checked.
fn refused(content: impl AsRef<[u8]>) -> (i32, String) {
    let run = Program::new(&["dockerfile", "Dockerfile", "good/Dockerfile"])
        .file("Dockerfile", content)
        .file("good/Dockerfile", HIDDEN_GPUS)
        .run();
    assert!(
        run.stdout.contains("good/Dockerfile:2:26"),
        "{}",
        run.stdout
    );
    (run.status, run.stderr)
}

/// The report about a Dockerfile that can be read.
fn checked(content: impl AsRef<[u8]>) -> String {
    Program::new(&["dockerfile"])
        .file("Dockerfile", content)
        .run()
        .all()
}

#[test]
fn utf16() {
    let (status, message) = refused(b"\xff\xfeF\0R\0O\0M\0");
    assert_eq!(status, 2);
    let expected = "env-doctor: Dockerfile: the file is UTF-16, not UTF-8; save it as UTF-8\n";
    assert_eq!(message, expected);
}

#[test]
fn binary() {
    let (status, message) = refused(b"\x7fELF\x02\x01\x01\0\0");
    assert_eq!(status, 2);
    assert_eq!(
        message,
        "env-doctor: Dockerfile: the file is binary (NUL byte at offset 7)\n"
    );
}

/// The exit status and what standard error says where 400 MB of memory can be had.
#[cfg(unix)]
fn in_little_memory(arguments: &str, files: &[(&str, &str)]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let script = format!("ulimit -v 400000; exec \"$0\" {arguments}");
    let output = std::process::Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_env-doctor")])
        .current_dir(folder.path())
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[cfg(unix)]
#[test]
fn a_dockerfile_that_is_too_much_is_named_and_the_others_are_checked() {
    for content in [
        format!("FROM x\n{}", "RUN a\n".repeat(700_000)),
        format!("FROM x\nRUN {}a\n", "a;".repeat(2_000_000)),
        format!("FROM x\nRUN {}\n", "a ".repeat(2_000_000)),
        format!("FROM x\nENV A={}\n", "$a".repeat(2_000_000)),
    ] {
        let files = [("Dockerfile", &*content), ("good/Dockerfile", HIDDEN_GPUS)];
        for command in ["dockerfile Dockerfile good/Dockerfile", "check --no-host ."] {
            let (status, stdout, stderr) = in_little_memory(command, &files);
            assert_eq!(status, 2, "{stderr}");
            let name = stderr.trim_start_matches("env-doctor: ");
            assert_eq!(
                name,
                "Dockerfile: too much to check: more than 300,000 words and commands\n"
            );
            assert!(stdout.contains("good/Dockerfile:2:26"), "{stdout}");
        }
    }
}

/// BuildKit reads no such line, so that nothing in it needs to be kept.
#[cfg(unix)]
#[test]
fn a_line_that_no_build_reads_is_not_taken_apart() {
    let names: Vec<String> = (0..290_000).map(|number| format!("p{number}")).collect();
    let text = format!("FROM python:3.11\nRUN pip install {}\n", names.join(" "));
    let (status, stdout, stderr) = in_little_memory(
        "dockerfile Dockerfile --format concise",
        &[("Dockerfile", &text)],
    );
    assert_eq!((status, stderr.as_str()), (1, ""));
    assert_eq!(
        stdout,
        "Dockerfile:2:1: error[dockerfile-syntax] dockerfile line greater than max allowed size of 65535\n"
    );
}

#[cfg(unix)]
#[test]
fn what_a_dockerfile_or_a_project_names_is_measured_too() {
    let requirements = "a\n".repeat(2_000_000);
    let lock = "[[package]]\nname = \"a\"\n".repeat(300_000);
    let install = "FROM python:3.11\nCOPY . .\nRUN pip install -r requirements.txt && uv sync\n";
    let files = [
        ("Dockerfile", install),
        ("requirements.txt", &*requirements),
        ("uv.lock", &*lock),
        ("pyproject.toml", "[project]\nname = \"a\"\n"),
    ];
    let (status, _, stderr) = in_little_memory("dockerfile Dockerfile", &files);
    assert_eq!(
        (status, stderr.as_str()),
        (
            2,
            "env-doctor: requirements.txt: too much to check: more than 600,000 words and commands\n\
             env-doctor: uv.lock: too much to check: more than 1,200,000 words and commands\n"
        )
    );

    let built = format!("FROM x\n{}", "RUN a\n".repeat(700_000));
    let files = [
        ("a/Dockerfile", &*built),
        (
            "compose.yaml",
            "services: {a: {build: a}, b: {image: x, gpu: all}}\n",
        ),
    ];
    let (status, stdout, stderr) = in_little_memory("docker-compose compose.yaml", &files);
    assert_eq!(status, 2, "{stdout}");
    assert_eq!(
        stderr,
        "env-doctor: a/Dockerfile: too much to check: more than 300,000 words and commands\n"
    );
    assert!(
        stdout.contains("gpu-request-misplaced") || stdout.contains("compose-"),
        "{stdout}"
    );
}

#[cfg(unix)]
#[test]
fn a_project_that_grows_with_every_service_is_named_and_the_others_are_checked() {
    let link = |index: usize| match index.checked_sub(1) {
        None => "  s0: {image: x, environment: {V0: a}}\n".to_owned(),
        Some(before) => {
            format!("  s{index}: {{extends: s{before}, environment: {{V{index}: a}}}}\n")
        }
    };
    let chain: Vec<String> = (0..4_000).map(link).collect();
    let chain = format!("services:\n{}", chain.concat());
    let files = [
        ("chain/compose.yaml", &*chain),
        ("good/Dockerfile", HIDDEN_GPUS),
    ];
    let (status, stdout, stderr) = in_little_memory("check --no-host .", &files);
    assert_eq!(status, 2, "{stdout}");
    let name = stderr.trim_start_matches("env-doctor: ");
    assert_eq!(
        name,
        "chain/compose.yaml: too much to check: with what it extends, includes, repeats and puts \
         in for variables, the project has more than 300,000 values\n"
    );
    assert!(stdout.contains("good/Dockerfile:2:26"), "{stdout}");
}

#[test]
fn a_missing_path() {
    let run = Program::new(&["dockerfile", "nowhere/Dockerfile", "Dockerfile"])
        .file("Dockerfile", HIDDEN_GPUS)
        .run();
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "env-doctor: nowhere/Dockerfile: no such file or directory\n"
    );
    assert!(run.stdout.contains("visible-devices-fixed"));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let program = Program::new(&["dockerfile", ".", "--format", "json"])
        .file("Dockerfile", HIDDEN_GPUS)
        .file("secret/Dockerfile", CLEAN);
    let secret = program.path().join("secret/Dockerfile");
    fs::set_permissions(&secret, Permissions::from_mode(0o000)).unwrap();
    // Root reads everything; there is nothing to see then.
    if fs::read(&secret).is_ok() {
        return;
    }
    let run = program.run();
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "env-doctor: secret/Dockerfile: permission denied\n"
    );
    assert_eq!(run.json()["summary"]["error"], 1);
}

#[test]
fn a_directory_of_that_name() {
    let run = Program::new(&["dockerfile"]).directory("Dockerfile").run();
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "env-doctor: Dockerfile: is a directory, not a file\n"
    );
}

#[test]
fn a_directory_of_that_name_is_searched_like_any_other() {
    let run = Program::new(&["dockerfile", "Dockerfile"])
        .file("Dockerfile/gpu.Dockerfile", CLEAN)
        .run();
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("Dockerfile/gpu.Dockerfile: 1 stage"));
}

#[test]
fn an_empty_file() {
    insta::assert_snapshot!(checked(""), @r#"
    exit 1
    --- stdout
    error[dockerfile-syntax]: file with no instructions
     --> Dockerfile:1:1
      |
    1 |
      | ^
      |
      = why: `docker build` stops before the first step: "dockerfile parse error on line 1"
      = explain: env-doctor explain dockerfile-syntax

    Dockerfile: 1 error   facts of [DATE]
    "#);
}

#[test]
fn no_from() {
    insta::assert_snapshot!(checked("RUN true\n"), @r#"
    exit 1
    --- stdout
    error[dockerfile-syntax]: no build stage in current context
     --> Dockerfile:1:1
      |
    1 | RUN true
      | ^^^
      |
      = why: `docker build` stops before the first step: "dockerfile parse error on line 1"
      = explain: env-doctor explain dockerfile-syntax

    Dockerfile: 1 error   facts of [DATE]
    "#);
}

#[test]
fn a_file_that_is_no_dockerfile() {
    insta::assert_snapshot!(checked("import torch\nprint(torch.cuda)\n"), @r#"
    exit 1
    --- stdout
    error[dockerfile-syntax]: unknown instruction: import
     --> Dockerfile:1:1
      |
    1 | import torch
      | ^^^^^^
      |
      = why: `docker build` stops before the first step: "dockerfile parse error on line 1"
      = explain: env-doctor explain dockerfile-syntax

    error[dockerfile-syntax]: unknown instruction: print(torch.cuda)
     --> Dockerfile:2:1
      |
    2 | print(torch.cuda)
      | ^^^^^^^^^^^^^^^^^
      |
      = why: `docker build` stops before the first step: "dockerfile parse error on line 2"
      = explain: env-doctor explain dockerfile-syntax

    Dockerfile: 2 errors   facts of [DATE]
    "#);
}

#[test]
fn an_unterminated_heredoc() {
    insta::assert_snapshot!(checked("FROM alpine\nRUN <<EOF\npip install torch\n"), @r#"
    exit 1
    --- stdout
    error[dockerfile-syntax]: unterminated heredoc
     --> Dockerfile:2:5
      |
    2 | RUN <<EOF
      |     ^^^^^
      |
      = why: `docker build` stops before the first step: "dockerfile parse error on line 2"
      = explain: env-doctor explain dockerfile-syntax

    Dockerfile: 1 error   facts of [DATE]
    "#);
}

#[test]
fn bytes_that_are_not_utf8_leave_places_right() {
    let run = Program::new(&["dockerfile", "--format", "json"])
        .file(
            "Dockerfile",
            b"FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n# caf\xe9 \xff\nENV CUDA_VISIBLE_DEVICES=all\n",
        )
        .run();
    let range = run.json()["diagnostics"][0]["range"].clone();
    assert_eq!(range["start"]["line"], 3);
    assert_eq!(range["start"]["column"], 26);
    assert_eq!(range["start"]["offset"], 41 + 9 + 25);
}

#[test]
fn a_line_of_a_megabyte() {
    let text = format!("FROM alpine\nRUN echo {}\n", "a".repeat(1 << 20));
    let all = checked(text);
    assert!(all.len() < 2_000, "{} bytes of output", all.len());
}

#[test]
fn five_thousand_stages() {
    let stages: Vec<String> = (0..5_000)
        .map(|number| {
            format!(
                "FROM alpine AS s{number}
"
            )
        })
        .collect();
    assert!(checked(stages.concat()).contains("Dockerfile: 5000 stages: no problems"));
}

#[test]
fn stages_that_copy_from_each_other() {
    let text = "FROM alpine AS a\nCOPY --from=b / /\nFROM a AS b\nCOPY --from=a / /\nFROM b AS a\n";
    let run = Program::new(&["dockerfile"]).file("Dockerfile", text).run();
    assert!(run.status < 2, "{}", run.all());
}

#[test]
fn a_lock_file_that_is_no_toml_is_named() {
    let run = Program::new(&["dockerfile"])
        .file(
            "Dockerfile",
            "FROM python:3.12-slim\nCOPY . .\nRUN pip install uv && uv sync --frozen\n",
        )
        .file(
            "pyproject.toml",
            "[project]\nname = \"app\"\nversion = \"1\"\n",
        )
        .file("uv.lock", "version = 1\n<<<<<<< HEAD\n")
        .run();
    assert_eq!(run.status, 0, "{}", run.all());
    assert!(
        run.all().contains("uv.lock:2: not valid TOML ("),
        "{}",
        run.all()
    );
}
