use std::fs;

use crate::program::Program;

const HOME: &str = "https://git.example.com/tools/env-doctor";

#[test]
fn the_chosen_files_are_written_and_named() {
    let run = Program::new(&[
        "init",
        "github",
        "gitlab",
        "pre-commit",
        "--repository",
        HOME,
    ])
    .run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    wrote .github/workflows/env-doctor.yml: commit it
    wrote .gitlab/env-doctor.yml: add `include: [{local: .gitlab/env-doctor.yml}]` to .gitlab-ci.yml
    wrote .pre-commit-config.yaml: run `pre-commit install`
    ");
    for (path, words) in [
        (
            ".github/workflows/env-doctor.yml",
            concat!("uses: tools/env-doctor@v", env!("CARGO_PKG_VERSION")),
        ),
        (
            ".gitlab/env-doctor.yml",
            "--git https://git.example.com/tools/env-doctor --rev v",
        ),
        (
            ".pre-commit-config.yaml",
            "- repo: https://git.example.com/tools/env-doctor\n",
        ),
    ] {
        let text = fs::read_to_string(run.folder.path().join(path)).unwrap();
        assert!(text.contains(words), "{text}");
        let left = ["{repository}", "{slug}", "{rev}"];
        assert!(left.iter().all(|name| !text.contains(name)), "{text}");
    }
}

#[test]
fn files_go_to_the_root_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    fs::create_dir_all(folder.path().join("docker/gpu")).unwrap();
    let run = Program::new(&["init", "pre-commit"])
        .within(folder.path().join("docker/gpu"))
        .run();
    assert_eq!(run.status, 0);
    assert!(
        run.stdout
            .starts_with("wrote ../../.pre-commit-config.yaml")
    );
    assert!(folder.path().join(".pre-commit-config.yaml").is_file());
}

#[test]
fn nothing_is_overwritten_unless_forced() {
    let occupied = |arguments: &[&str]| {
        let mut all = vec!["init", "github", "pre-commit", "--repository", HOME];
        all.extend(arguments);
        Program::new(&all)
            .file(".pre-commit-config.yaml", "repos: []\n")
            .run()
    };
    let content = |run: &crate::program::Run| {
        fs::read_to_string(run.folder.path().join(".pre-commit-config.yaml")).unwrap()
    };
    let refused = occupied(&[]);
    insta::assert_snapshot!(refused.all(), @"
    exit 2
    --- stderr
    env-doctor: .pre-commit-config.yaml exists: `--print` shows what to add to it, `--force` replaces it
    ");
    assert_eq!(content(&refused), "repos: []\n");
    // Not half of it either.
    assert!(!refused.folder.path().join(".github").exists());

    let printed = occupied(&["--print"]);
    assert_eq!(printed.status, 0);
    assert!(printed.stdout.contains("env-doctor-dockerfile"));
    assert_eq!(content(&printed), "repos: []\n");

    let forced = occupied(&["--force"]);
    assert_eq!(forced.status, 0);
    assert!(content(&forced).contains("env-doctor-dockerfile"));
}

#[test]
fn an_address_can_only_be_an_address() {
    for bad in [
        "env-doctor",
        "https://example.com/a/b; touch x",
        "https://example.com/$(x)/b",
        "https://example.com/a/b\n- x",
        "https://example.com/a/'b",
    ] {
        let run = Program::new(&["init", "gitlab", "--repository", bad]).run();
        assert_eq!(run.status, 2, "{bad}");
        assert!(run.stderr.contains("expected an address"), "{}", run.stderr);
    }
    let run = Program::new(&["init", "gitlab", "--repository", HOME, "--rev", "-x"]).run();
    assert_eq!(run.status, 2);
}

#[test]
fn the_configuration_to_start_from_changes_nothing_and_can_be_switched_on() {
    let run = Program::new(&["init", "config"])
        .file("Dockerfile", crate::program::HIDDEN_GPUS)
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    wrote env-doctor.toml: switch on what you need
    ");
    let check = |run: &crate::program::Run| {
        let program = Program::new(&["dockerfile"]).within(run.folder.path());
        program.run()
    };
    assert_eq!(check(&run).status, 1);
    let path = run.folder.path().join("env-doctor.toml");
    let text = fs::read_to_string(&path).unwrap();
    let keys = text.lines().filter_map(|line| line.strip_prefix("# "));
    let keys = keys.filter(|line| line.starts_with('[') || line.contains(" = "));
    fs::write(&path, keys.collect::<Vec<_>>().join("\n")).unwrap();
    let switched_on = check(&run);
    assert_eq!(switched_on.status, 1, "{}", switched_on.stderr);
}

#[test]
fn hooks_without_an_address_run_the_program_at_hand() {
    let run = Program::new(&["init", "pre-commit", "--print"]).run();
    assert!(run.stdout.contains("language: system"));
    let run = Program::new(&["init", "gitlab"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: say where the job takes env-doctor from: `--repository URL` names its Git repository
    ");
}
