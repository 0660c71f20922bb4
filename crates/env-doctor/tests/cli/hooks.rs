//! What runs the program for others: pre-commit's hooks and the action of GitHub.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex_lite::Regex;

use crate::program::{CLEAN, HIDDEN_GPUS, Program};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The patterns of a key in a file of hooks, in order.
fn patterns(text: &str, key: &str) -> Vec<Regex> {
    let lines = text.lines().map(str::trim_start);
    lines
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
        .map(|pattern| Regex::new(pattern).unwrap())
        .collect()
}

/// Which of these files the program finds by itself.
fn found(command: &str, names: &[&str], content: &str) -> Vec<String> {
    let program = names.iter().fold(
        Program::new(&[command, "--format", "json", "."]),
        |program, name| program.file(&format!("sub/{name}"), content),
    );
    let report = program.run().json();
    let files = report["files"].as_array().unwrap().iter();
    files
        .map(|file| file.as_str().unwrap().trim_start_matches("sub/").to_owned())
        .collect()
}

#[test]
fn hooks_see_the_files_that_the_program_finds() {
    let names = [
        "Containerfile",
        "Containerfile-gpu",
        "Dockerfile",
        "Dockerfile.gpu",
        "train.Dockerfile",
        "train.dockerfile",
        "Dockerfile.dockerignore",
        "Dockerfile.gpu.j2",
        "Dockerfile.md",
        "Dockerfile~",
        "MyDockerfile",
        "README.md",
    ];
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let (files, exclude) = (
        &patterns(&hooks, "files")[0],
        &patterns(&hooks, "exclude")[0],
    );
    let wanted = |name: &&&str| {
        let path = format!("sub/{name}");
        files.is_match(&path) && !exclude.is_match(&path)
    };
    let hooked: Vec<&str> = names.iter().filter(wanted).copied().collect();
    assert_eq!(hooked, found("dockerfile", &names, CLEAN));
    assert_eq!(hooked.len(), 6);

    let names = [
        "compose.yaml",
        "docker-compose-dev.yml",
        "docker-compose.gpu.yml",
        "composer.yaml",
        "docker-compose.yml.bak",
    ];
    let local = include_str!("../../templates/pre-commit-local.yaml");
    for text in [hooks.as_str(), local] {
        let files = &patterns(text, "files")[1];
        let wanted = |name: &&&str| files.is_match(&format!("sub/{name}"));
        let hooked: Vec<&str> = names.iter().filter(wanted).copied().collect();
        let content = "services:\n  a:\n    image: b\n";
        assert_eq!(hooked, found("docker-compose", &names, content));
    }
}

#[test]
fn a_hook_gives_several_files() {
    let run = Program::new(&["dockerfile", "a/Dockerfile", "b.dockerfile", "c/Dockerfile"])
        .file("a/Dockerfile", CLEAN)
        .file("b.dockerfile", HIDDEN_GPUS)
        .file("c/Dockerfile", CLEAN)
        .run();
    assert_eq!(run.status, 1);
    let all = "a/Dockerfile, b.dockerfile, c/Dockerfile: 1 error";
    assert!(run.stdout.contains(all), "{}", run.stdout);
}

/// The action's check, with these inputs.
struct Action {
    folder: tempfile::TempDir,
    inputs: Vec<(&'static str, String)>,
}

impl Action {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), HIDDEN_GPUS).unwrap();
        let inputs = [
            ("PATHS", "."),
            ("COMMAND", "dockerfile"),
            ("ARGS", ""),
            ("FAIL_ON", "error"),
            ("UPLOAD", "true"),
        ];
        let inputs = inputs.map(|(name, value)| (name, value.to_owned())).into();
        Self { folder, inputs }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.inputs.retain(|(other, _)| *other != name);
        self.inputs.push((name, value.to_owned()));
        self
    }

    fn run(&self) -> Output {
        let path = |name: &str| self.folder.path().join(name);
        let inputs = self
            .inputs
            .iter()
            .map(|(name, value)| (format!("ENV_DOCTOR_{name}"), value));
        Command::new("bash")
            .arg(root().canonicalize().unwrap().join("action/check.sh"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("LC_ALL", "C.UTF-8")
            .env("ENV_DOCTOR", env!("CARGO_BIN_EXE_env-doctor"))
            .env("RUNNER_TEMP", path(""))
            .env("GITHUB_OUTPUT", path("output"))
            .env("GITHUB_STEP_SUMMARY", path("summary"))
            .envs(inputs)
            .output()
            .unwrap()
    }

    fn output(&self) -> String {
        fs::read_to_string(self.folder.path().join("output")).unwrap_or_default()
    }

    fn files(&self) -> usize {
        fs::read_dir(self.folder.path()).unwrap().count()
    }
}

#[test]
fn the_action_reports_in_three_ways() {
    let action = Action::new();
    let output = action.run();
    // The job goes on to the upload; its last step fails.
    assert!(output.status.success());
    assert!(
        action.output().ends_with("env-doctor.sarif\nstatus=1\n"),
        "{}",
        action.output()
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("error[visible-devices-fixed]"));
    let summary = fs::read_to_string(action.folder.path().join("summary")).unwrap();
    assert!(summary.contains("## env-doctor: 1 error"), "{summary}");
    let sarif = fs::read_to_string(action.folder.path().join("env-doctor.sarif")).unwrap();
    assert!(sarif.contains("\"visible-devices-fixed\""));

    let annotated = Action::new().with("UPLOAD", "false").run();
    let annotations = String::from_utf8_lossy(&annotated.stdout).into_owned();
    assert!(annotations.starts_with("::error "), "{annotations}");

    let lenient = Action::new().with("FAIL_ON", "never");
    lenient.run();
    assert!(lenient.output().ends_with("status=0\n"));
    // The configuration decides where the input does not.
    let configured = Action::new().with("FAIL_ON", "");
    let path = configured.folder.path().join("env-doctor.toml");
    fs::write(path, "fail-on = 'never'").unwrap();
    configured.run();
    assert!(configured.output().ends_with("status=0\n"));
    let ignoring = Action::new().with("ARGS", "\n--ignore\nvisible-devices-fixed\n");
    ignoring.run();
    assert!(ignoring.output().ends_with("status=0\n"));
}

#[test]
fn the_action_checks_all_there_is_but_the_runner() {
    let action = Action::new().with("COMMAND", "check");
    let path = action.folder.path().join("compose.yaml");
    fs::write(path, "services:\n  a:\n    image: x\n    gpus: ALL\n").unwrap();
    let output = action.run();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for rule in ["visible-devices-fixed", "gpu-request-invalid"] {
        assert!(text.contains(rule), "{text}");
    }
    assert!(action.output().ends_with("status=1\n"));
}

#[test]
fn no_input_of_the_action_is_read_as_shell() {
    let evil = "$(touch pwned); touch pwned `touch pwned`";
    for name in ["PATHS", "ARGS", "FAIL_ON", "UPLOAD"] {
        let action = Action::new().with(name, evil);
        let before = action.files();
        let output = action.run();
        assert!(output.status.success(), "{name}");
        let written = ["output", "summary", "env-doctor.sarif"];
        assert!(action.files() <= before + written.len(), "{name}");
        assert!(!action.folder.path().join("pwned").exists(), "{name}");
    }
    let action = Action::new().with("COMMAND", evil);
    assert_eq!(action.run().status.code(), Some(2));
    assert!(!action.folder.path().join("pwned").exists());
    // Nor is a path an option.
    let action = Action::new().with("PATHS", "--fix\n.");
    action.run();
    let dockerfile = fs::read_to_string(action.folder.path().join("Dockerfile")).unwrap();
    assert_eq!(dockerfile, HIDDEN_GPUS);
    assert!(
        action.output().ends_with("status=2\n"),
        "{}",
        action.output()
    );
}

/// A file that workflows are made of may name inputs only where no shell reads them.
#[test]
fn expressions_of_the_action_stay_out_of_its_scripts() {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    for line in action
        .lines()
        .filter(|line| line.trim_start().starts_with("run:"))
    {
        assert!(!line.contains("${{"), "{line}");
    }
}

#[test]
fn the_inputs_of_the_action_are_described() {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let (_, inputs) = action.split_once("\ninputs:\n").unwrap();
    let (inputs, _) = inputs.split_once("\noutputs:\n").unwrap();
    let name = Regex::new(r"^  ([a-z-]+):$").unwrap();
    let page = fs::read_to_string(root().join("docs/integrations.md")).unwrap();
    let names = inputs.lines().filter_map(|line| name.captures(line));
    let described = names.map(|found| {
        let name = found.get(1).unwrap().as_str();
        assert!(page.contains(&format!("\n| `{name}` |")), "{name}");
    });
    assert_eq!(described.count(), 5);
}
