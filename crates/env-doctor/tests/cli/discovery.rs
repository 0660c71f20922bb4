use crate::program::{CLEAN, Program, Run};

fn files(run: &Run) -> Vec<String> {
    let report = run.json();
    let files = report["files"].as_array().unwrap();
    files
        .iter()
        .map(|file| file.as_str().unwrap().to_owned())
        .collect()
}

fn search(arguments: &[&str]) -> Program {
    let mut all = vec!["dockerfile", "--format", "json"];
    all.extend(arguments);
    Program::new(&all)
}

#[test]
fn without_a_path_it_is_the_file_here() {
    let run = search(&[]).file("Containerfile", CLEAN).run();
    assert_eq!(files(&run), ["Containerfile"]);
    let run = search(&[])
        .file("Containerfile", CLEAN)
        .file("Dockerfile", CLEAN)
        .file("sub/Dockerfile", CLEAN)
        .run();
    assert_eq!(files(&run), ["Dockerfile"]);
}

#[test]
fn no_input_is_a_failure_that_says_so() {
    let run = Program::new(&["dockerfile"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: .: no input found: no Dockerfile or Containerfile here
    ");
    let run = Program::new(&["dockerfile", "empty"])
        .directory("empty")
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: empty: no input found: no Dockerfile below
    ");
}

#[test]
fn a_directory_is_searched_by_name() {
    let mut program = search(&["."]);
    for name in [
        "Dockerfile",
        "Dockerfile.gpu",
        "gpu.Dockerfile",
        "gpu.dockerfile",
        "Containerfile.gpu",
        ".devcontainer/Dockerfile",
        "a/b/Dockerfile",
        "Dockerfile.gpu.dockerignore",
        "Dockerfile.j2",
        "Dockerfile.md",
        "Dockerfile~",
        "README.md",
        ".git/Dockerfile",
    ] {
        program = program.file(name, CLEAN);
    }
    let expected = [
        ".devcontainer/Dockerfile",
        "Containerfile.gpu",
        "Dockerfile",
        "Dockerfile.gpu",
        "a/b/Dockerfile",
        "gpu.Dockerfile",
        "gpu.dockerfile",
    ];
    assert_eq!(files(&program.run()), expected);
}

#[test]
fn what_git_ignores_is_not_searched() {
    let run = search(&["."])
        .file(".gitignore", "vendor/\n")
        .file("vendor/Dockerfile", CLEAN)
        .file("Dockerfile", CLEAN)
        .run();
    assert_eq!(files(&run), ["Dockerfile"]);
}

#[test]
fn a_file_that_is_named_is_checked_whatever_its_name() {
    let run = search(&["vendor/Dockerfile.j2"])
        .file(".gitignore", "vendor/\n")
        .file("vendor/Dockerfile.j2", CLEAN)
        .run();
    assert_eq!(files(&run), ["vendor/Dockerfile.j2"]);
}

#[test]
fn the_same_file_is_checked_once() {
    let run = search(&["a/../Dockerfile", "./Dockerfile", ".", "a"])
        .file("Dockerfile", CLEAN)
        .file("a/Dockerfile", CLEAN)
        .run();
    assert_eq!(files(&run), ["a/../Dockerfile", "a/Dockerfile"]);
}

#[test]
fn a_directory_without_dockerfiles_beside_one_with_is_no_failure() {
    let run = search(&["a", "b"])
        .file("a/Dockerfile", CLEAN)
        .directory("b")
        .run();
    assert_eq!(run.status, 0);
}

#[test]
fn standard_input_is_checked_in_place_of_a_file() {
    let run = search(&["-", "-"]).stdin(CLEAN).run();
    assert_eq!(files(&run), ["<stdin>"]);
}

#[test]
fn standard_input_finds_its_dependency_files_here() {
    let run = search(&["-", "--select", "tensorflow-gpu-package"])
        .stdin("FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n")
        .file("r.txt", "tensorflow-gpu\n")
        .run();
    assert_eq!(run.json()["diagnostics"][0]["file"], "r.txt");
}

const NESTED: &str = "FROM python:3.12\nCOPY app/r.txt .\nRUN pip install -r r.txt\n";

#[test]
fn dependency_files_are_found_from_the_root_of_the_repository() {
    let run = search(&["--select", "tensorflow-gpu-package", "docker/Dockerfile"])
        .directory(".git")
        .file("docker/Dockerfile", NESTED)
        .file("app/r.txt", "tensorflow-gpu\n")
        .run();
    assert_eq!(run.json()["diagnostics"][0]["file"], "app/r.txt");
}

#[test]
fn a_given_context_is_where_dependency_files_are() {
    let run = search(&[
        "--select",
        "tensorflow-gpu-package",
        "docker/Dockerfile",
        "--context",
        "service",
    ])
    .file("docker/Dockerfile", NESTED)
    .file("docker/app/r.txt", "torch\n")
    .file("service/app/r.txt", "tensorflow-gpu\n")
    .run();
    assert_eq!(run.json()["diagnostics"][0]["file"], "service/app/r.txt");
}
