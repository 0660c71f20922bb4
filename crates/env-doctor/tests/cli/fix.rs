//! `--fix` and `--diff`: what is written, what is not, and what a failing write leaves behind.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program::{HIDDEN_GPUS, Program, Run};

/// Two errors: a safe fix in the Dockerfile, and one in the requirements file that it installs from.
const BROKEN: &str = "\
FROM nvidia/cuda:11.8-runtime-ubuntu22.04
RUN apt-get update && apt-get install -y python3-pip
COPY requirements.txt .
RUN pip install -r requirements.txt
";
const FIXED: &str = "\
FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04
RUN apt-get update && apt-get install -y python3-pip
COPY requirements.txt .
RUN pip install -r requirements.txt
";
const REQUIREMENTS: &str = "# ours\ntensorflow-gpu\n";

fn text(run: &Run, name: &str) -> String {
    fs::read_to_string(run.folder.path().join(name)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn safe_fixes_are_written_and_no_longer_count() {
    let run = Program::new(&["dockerfile", "--fix", "--format", "json"])
        .file("Dockerfile", BROKEN)
        .file("requirements.txt", "numpy\n")
        .run();
    assert_eq!(text(&run, "Dockerfile"), FIXED);
    assert_eq!(run.status, 0, "{}", run.all());
    assert_eq!(run.json()["summary"]["fixed"], 1);
    assert_eq!(names(run.folder.path()), ["Dockerfile", "requirements.txt"]);
}

#[test]
fn unsafe_fixes_are_applied_on_request_only() {
    let program = |arguments: &[&str]| {
        Program::new(arguments)
            .file("Dockerfile", HIDDEN_GPUS)
            .run()
    };
    let safe = program(&["dockerfile", "--fix"]);
    assert_eq!(safe.status, 1);
    assert_eq!(text(&safe, "Dockerfile"), HIDDEN_GPUS);
    let all = program(&["dockerfile", "--fix", "--unsafe-fixes"]);
    insta::assert_snapshot!(all.all(), @r"
    exit 0
    --- stdout
    fixed 1 finding
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    assert_eq!(
        text(&all, "Dockerfile"),
        "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n"
    );
}

#[test]
fn a_diff_is_printed_and_nothing_written() {
    for arguments in [
        &["dockerfile", "--diff"][..],
        &["dockerfile", "--diff", "--fix"],
    ] {
        let run = Program::new(arguments)
            .file("Dockerfile", BROKEN)
            .file("requirements.txt", "numpy\n")
            .run();
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.all(), @r"
            exit 1
            --- stdout
            --- a/Dockerfile
            +++ b/Dockerfile
            @@ -1,4 +1,4 @@
            -FROM nvidia/cuda:11.8-runtime-ubuntu22.04
            +FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04
             RUN apt-get update && apt-get install -y python3-pip
             COPY requirements.txt .
             RUN pip install -r requirements.txt
            ");
        }
        assert_eq!(text(&run, "Dockerfile"), BROKEN);
    }
}

#[test]
fn git_makes_of_a_diff_what_a_repair_makes() {
    let comment = BROKEN.replace("COPY", "# a\rb\nCOPY");
    for dockerfile in [
        BROKEN,
        BROKEN.trim_end(),
        &BROKEN.replace('\n', "\r\n"),
        &comment,
        "FROM nvidia/cuda:11.8-base-ubuntu22.04",
        &"FROM nvidia/cuda:11.8-base-ubuntu22.04\n".repeat(9),
    ] {
        let run = |option| {
            Program::new(&["dockerfile", option, "Dockerfile"])
                .file("Dockerfile", dockerfile)
                .file("requirements.txt", REQUIREMENTS)
                .run()
        };
        let diff = run("--diff");
        let patch = diff.folder.path().join("patch");
        fs::write(&patch, &diff.stdout).unwrap();
        let git = Command::new("git")
            .args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn"])
            .arg(&patch)
            .current_dir(diff.folder.path())
            .env("GIT_CEILING_DIRECTORIES", diff.folder.path())
            .status();
        assert!(git.unwrap().success(), "{}", diff.all());
        let fixed = run("--fix");
        assert_ne!(text(&fixed, "Dockerfile"), dockerfile);
        for name in ["Dockerfile", "requirements.txt"] {
            assert_eq!(text(&diff, name), text(&fixed, name));
        }
    }
}

#[test]
fn a_diff_of_standard_input() {
    let run = Program::new(&["dockerfile", "--diff", "-"])
        .stdin(BROKEN)
        .run();
    assert!(
        run.stdout.starts_with("--- a/<stdin>\n+++ b/<stdin>\n"),
        "{}",
        run.all()
    );
    let run = Program::new(&["dockerfile", "--fix", "-"])
        .stdin(BROKEN)
        .run();
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "env-doctor: standard input cannot be repaired; `--diff` prints the changes\n"
    );
}

#[test]
fn dependency_files_are_repaired_too() {
    let run = Program::new(&["dockerfile", "--fix", "."])
        .file("Dockerfile", BROKEN)
        .file("requirements.txt", REQUIREMENTS)
        .run();
    assert_eq!(
        text(&run, "requirements.txt"),
        "# ours\ntensorflow[and-cuda]\n"
    );
    assert_eq!(text(&run, "Dockerfile"), FIXED);
}

#[test]
fn nothing_outside_the_given_paths_is_written() {
    let program = |path: &str| {
        Program::new(&["dockerfile", "--fix", path])
            .file(".git/HEAD", "")
            .file("docker/Dockerfile", BROKEN)
            .file("requirements.txt", REQUIREMENTS)
            .run()
    };
    let run = program("docker/Dockerfile");
    assert_eq!(text(&run, "requirements.txt"), REQUIREMENTS);
    assert!(run.stdout.contains("requirements.txt:2"), "{}", run.all());
    assert_eq!(text(&run, "docker/Dockerfile"), FIXED);
    assert_ne!(text(&program("."), "requirements.txt"), REQUIREMENTS);
}

#[test]
fn line_ends_byte_order_mark_and_a_missing_last_newline_are_kept() {
    let with = |text: &str| format!("\u{FEFF}{}", text.trim_end().replace('\n', "\r\n"));
    let run = Program::new(&["dockerfile", "--fix"])
        .file("Dockerfile", with(BROKEN))
        .file("requirements.txt", REQUIREMENTS.replace('\n', "\r\n"))
        .run();
    assert_eq!(text(&run, "Dockerfile"), with(FIXED));
    assert_eq!(
        text(&run, "requirements.txt"),
        "# ours\r\ntensorflow[and-cuda]\r\n"
    );
}

#[test]
fn a_file_that_is_not_utf8_is_reported_but_not_written() {
    let bytes = [b"# caf\xe9\n", BROKEN.as_bytes()].concat();
    let run = Program::new(&["dockerfile", "--fix"])
        .file("Dockerfile", &bytes)
        .run();
    assert_eq!(run.status, 1);
    assert_eq!(
        run.stderr,
        "env-doctor: Dockerfile: 1 fix not applied: it is not UTF-8\n"
    );
    let after = fs::read(run.folder.path().join("Dockerfile")).unwrap();
    assert_eq!(after, bytes);
}

#[test]
fn fixing_twice_is_fixing_once() {
    let once = Program::new(&["dockerfile", "--fix", "--unsafe-fixes"])
        .file("Dockerfile", BROKEN)
        .file("requirements.txt", REQUIREMENTS)
        .run();
    let (dockerfile, requirements) = (text(&once, "Dockerfile"), text(&once, "requirements.txt"));
    let twice = Program::new(&["dockerfile", "--fix", "--unsafe-fixes"])
        .file("Dockerfile", &dockerfile)
        .file("requirements.txt", &requirements)
        .run();
    assert!(!twice.stdout.contains("fixed"), "{}", twice.all());
    assert_eq!(text(&twice, "Dockerfile"), dockerfile);
    assert_eq!(text(&twice, "requirements.txt"), requirements);
}

#[test]
fn only_selected_rules_are_repaired() {
    let run = Program::new(&["dockerfile", "--fix", "--ignore", "cuda-image-tag"])
        .file("Dockerfile", BROKEN)
        .file("requirements.txt", REQUIREMENTS)
        .run();
    assert_eq!(text(&run, "Dockerfile"), BROKEN);
    assert_ne!(text(&run, "requirements.txt"), REQUIREMENTS);
}

#[test]
fn inputs_that_want_different_things_of_a_shared_file_are_repaired_together() {
    let dockerfile = |tag: &str| {
        format!(
            "FROM nvidia/cuda:{tag}-runtime-ubuntu22.04\nRUN apt-get update && apt-get install -y python3-pip\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        )
    };
    let run = Program::new(&["dockerfile", "--fix", "--unsafe-fixes", "."])
        .file("Dockerfile.a", dockerfile("11.8.0"))
        .file("Dockerfile.b", dockerfile("12.4.1"))
        .file("requirements.txt", "torch\n")
        .run();
    let again = Program::new(&["dockerfile", "--fix", "--unsafe-fixes", "."])
        .file("Dockerfile.a", text(&run, "Dockerfile.a"))
        .file("Dockerfile.b", text(&run, "Dockerfile.b"))
        .file("requirements.txt", text(&run, "requirements.txt"))
        .run();
    assert_eq!(
        text(&run, "requirements.txt"),
        text(&again, "requirements.txt")
    );
}

#[test]
fn a_json_form_stays_one_whatever_command_repairs_it() {
    let dockerfile = "FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04\n\
        RUN apt-get update && apt-get install -y python3 python3-pip\n\
        RUN [\"pip\", \"install\", \"torch\"]\n";
    let compose = "services:\n  a:\n    build: .\n    gpus: all\n";
    let commands: [&[&str]; 3] = [
        &["dockerfile", "--fix", "--unsafe-fixes"],
        &["docker-compose", "--fix", "--unsafe-fixes"],
        &["check", "--no-host", "--fix", "--unsafe-fixes"],
    ];
    for command in commands {
        let program = Program::new(command);
        let program = program.file("compose.yml", compose);
        let run = program.file("Dockerfile", dockerfile).run();
        assert_eq!(run.status, 0, "{}", run.all());
        let index = "\"--index-url\", \"https://download.pytorch.org/whl/cu118\", \"torch\"]";
        assert!(text(&run, "Dockerfile").contains(index), "{}", run.all());
    }
}

#[test]
fn a_file_that_is_not_yaml_is_not_repaired() {
    let compose =
        "services:\n  a:\n    image: nvidia/cuda:12.4.1-runtime: x\n    runtime: nvidia\n";
    let program = Program::new(&["docker-compose", "--fix", "--unsafe-fixes"]);
    let run = program.file("compose.yml", compose).run();
    assert_eq!(run.status, 1, "{}", run.all());
    assert_eq!(text(&run, "compose.yml"), compose);
    assert!(run.stdout.contains("compose-syntax"), "{}", run.all());
    assert!(run.stdout.contains("1 error"), "{}", run.all());
}

#[cfg(unix)]
mod failing_writes {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::{Command, ExitStatus, Stdio};

    use super::*;

    /// Runs the repair where no file can grow; what a full disk and a killed process have in common is that the
    /// new text does not get onto the disk.
    fn where_files_cannot_grow(before: &str) -> (ExitStatus, String, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), BROKEN).unwrap();
        let script = format!("{before}ulimit -f 0; exec \"$0\" dockerfile --fix");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_env-doctor")])
            .current_dir(folder.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        (output.status, error, folder)
    }

    fn is_whole(folder: &Path) {
        let text = fs::read_to_string(folder.join("Dockerfile")).unwrap();
        assert_eq!(text, BROKEN);
    }

    #[test]
    fn a_process_killed_while_it_writes_leaves_the_old_file_whole() {
        let (status, _, folder) = where_files_cannot_grow("");
        // The system ends a process that writes beyond the limit.
        assert_eq!(status.code(), None);
        is_whole(folder.path());
        // Elsewhere a new file has a name from the beginning.
        if cfg!(target_os = "linux") {
            assert_eq!(names(folder.path()), ["Dockerfile"]);
        }
    }

    #[test]
    fn what_killed_runs_left_is_removed() {
        let mut dead = Command::new("true").spawn().unwrap();
        dead.wait().unwrap();
        let left = format!(".Dockerfile.{}-0.tmp", dead.id());
        let alive = format!(".Dockerfile.{}-0.tmp", std::process::id());
        let run = Program::new(&["dockerfile", "--fix"])
            .file("Dockerfile", BROKEN)
            .file(&left, "FROM")
            .file(&alive, "FROM")
            .run();
        assert_eq!(names(run.folder.path()), [alive.as_str(), "Dockerfile"]);
        assert_eq!(text(&run, "Dockerfile"), FIXED);
    }

    #[test]
    fn a_file_with_two_names_keeps_both() {
        let program = Program::new(&["dockerfile", "--fix"]).file("Dockerfile", BROKEN);
        let other = program.path().join("other");
        fs::hard_link(program.path().join("Dockerfile"), &other).unwrap();
        let run = program.run();
        assert_eq!(run.status, 0, "{}", run.all());
        assert_eq!(text(&run, "Dockerfile"), FIXED);
        assert_eq!(text(&run, "other"), FIXED);
    }

    #[test]
    fn a_full_disk_leaves_a_file_with_two_names_whole() {
        let (status, _, folder) = where_files_cannot_grow("trap '' XFSZ; ln Dockerfile other; ");
        assert_eq!(status.code(), Some(2));
        assert_eq!(names(folder.path()), ["Dockerfile", "other"]);
        is_whole(folder.path());
    }

    #[test]
    fn a_full_disk_leaves_the_old_file_whole_and_nothing_beside_it() {
        let (status, error, folder) = where_files_cannot_grow("trap '' XFSZ; ");
        assert_eq!(status.code(), Some(2));
        assert!(error.contains("Dockerfile: cannot write: "), "{error}");
        is_whole(folder.path());
        assert_eq!(names(folder.path()), ["Dockerfile"]);
    }

    #[test]
    fn a_read_only_file_is_left_alone() {
        let program = Program::new(&["dockerfile", "--fix"]).file("Dockerfile", BROKEN);
        let path = program.path().join("Dockerfile");
        fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
        let run = program.run();
        assert_eq!(run.status, 2);
        assert_eq!(
            run.stderr,
            "env-doctor: Dockerfile: cannot write: the file is read-only\n"
        );
        assert!(run.stdout.contains("cuda-image-tag"), "{}", run.all());
        assert_eq!(text(&run, "Dockerfile"), BROKEN);
    }

    #[test]
    fn a_read_only_folder_leaves_the_file_whole() {
        let program = Program::new(&["dockerfile", "--fix"]).file("Dockerfile", BROKEN);
        let folder = program.path().to_owned();
        fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
        // Root writes everywhere; there is nothing to see then.
        let root = fs::write(folder.join("x"), "").is_ok();
        let run = program.run();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        if !root {
            assert_eq!(run.status, 2);
            assert_eq!(text(&run, "Dockerfile"), BROKEN);
        }
    }

    #[test]
    fn a_link_is_followed_and_stays() {
        let program = Program::new(&["dockerfile", "--fix", "app/Dockerfile"])
            .file("shared/gpu.Dockerfile", BROKEN)
            .directory("app");
        let link = program.path().join("app/Dockerfile");
        std::os::unix::fs::symlink("../shared/gpu.Dockerfile", &link).unwrap();
        let run = program.run();
        assert_eq!(run.status, 0, "{}", run.all());
        assert!(link.is_symlink());
        assert_eq!(text(&run, "shared/gpu.Dockerfile"), FIXED);
    }

    #[test]
    fn a_link_out_of_a_searched_folder_is_not_followed() {
        let program = Program::new(&["dockerfile", "--fix", "app"])
            .file("shared/gpu.Dockerfile", BROKEN)
            .directory("app");
        let link = program.path().join("app/Dockerfile");
        std::os::unix::fs::symlink("../shared/gpu.Dockerfile", &link).unwrap();
        let run = program.run();
        assert_eq!(run.status, 2, "{}", run.all());
        assert_eq!(text(&run, "shared/gpu.Dockerfile"), BROKEN);
    }
}
