//! `env-doctor.toml`.

use std::fmt::Write as _;

use workspace::config::keys::{self, Holds};

use crate::program::{CLEAN, HIDDEN_GPUS, Program, Run};

fn dockerfile(arguments: &[&str]) -> Program {
    let mut all = vec!["dockerfile", "--format", "concise"];
    all.extend(arguments);
    Program::new(&all)
}

/// Runs over one bad Dockerfile with this configuration.
fn with(config: &str, arguments: &[&str]) -> Run {
    dockerfile(arguments)
        .file("Dockerfile", HIDDEN_GPUS)
        .file("env-doctor.toml", config)
        .run()
}

#[test]
fn rules_are_ignored_selected_and_given_severities() {
    assert_eq!(with("", &[]).status, 1);
    assert_eq!(with("ignore = ['visible-devices-fixed']", &[]).stdout, "");
    assert_eq!(with("select = ['nvcc-missing']", &[]).stdout, "");
    let run = with("rules = { visible-devices-fixed = 'warning' }", &[]);
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    Dockerfile:2:26: warning[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    ");
    let run = with("rules = { visible-devices-fixed = 'off' }", &[]);
    assert_eq!(run.stdout, "");
}

#[test]
fn the_threshold_comes_from_the_configuration_unless_a_flag_says_otherwise() {
    let warning = "fail-on = 'warning'\nrules = { visible-devices-fixed = 'warning' }";
    assert_eq!(with(warning, &[]).status, 1);
    assert_eq!(with(warning, &["--fail-on", "error"]).status, 0);
    assert_eq!(with("fail-on = 'never'", &[]).status, 0);
}

#[test]
fn flags_win() {
    let ignoring = "ignore = ['visible-devices-fixed']";
    let select = ["--select", "visible-devices-fixed"];
    assert_eq!(with(ignoring, &select).status, 1);
    assert_eq!(with(ignoring, &["--no-config"]).status, 1);
    assert_eq!(with(ignoring, &["--isolated"]).status, 1);
    let ignore = ["--ignore", "visible-devices-fixed"];
    assert_eq!(
        with("select = ['visible-devices-fixed']", &ignore).status,
        0
    );
}

#[cfg(unix)]
#[test]
fn a_configuration_without_end_is_not_read() {
    let program = Program::new(&["dockerfile"]).file("Dockerfile", "FROM alpine\n");
    std::os::unix::fs::symlink("/dev/zero", program.path().join("env-doctor.toml")).unwrap();
    let run = program.run();
    assert_eq!(run.status, 2);
    let message = "env-doctor.toml: is a pipe or a device, not a file";
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

#[test]
fn the_nearest_configuration_holds() {
    let run = dockerfile(&["."])
        .file("env-doctor.toml", "ignore = ['visible-devices-fixed']")
        .file("Dockerfile", HIDDEN_GPUS)
        .file("a/b/Dockerfile", HIDDEN_GPUS)
        .file("c/Dockerfile", HIDDEN_GPUS)
        .file("c/env-doctor.toml", "")
        .run();
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(run.stdout.starts_with("c/Dockerfile:2"), "{}", run.stdout);
}

#[test]
fn a_repository_is_the_end_of_the_search() {
    let run = dockerfile(&["repository/Dockerfile"])
        .file("env-doctor.toml", "ignore = ['visible-devices-fixed']")
        .directory("repository/.git")
        .file("repository/Dockerfile", HIDDEN_GPUS)
        .run();
    assert_eq!(run.status, 1);
}

#[test]
fn it_may_stand_in_pyproject_toml() {
    let ignoring = "[project]\nname = 'x'\n[tool.env-doctor]\nignore = ['visible-devices-fixed']\n";
    let run = |files: &[(&str, &str)]| {
        let mut program = dockerfile(&[]).file("Dockerfile", HIDDEN_GPUS);
        for (path, text) in files {
            program = program.file(path, text);
        }
        program.run().status
    };
    assert_eq!(run(&[("pyproject.toml", ignoring)]), 0);
    assert_eq!(
        run(&[("pyproject.toml", ignoring), ("env-doctor.toml", "")]),
        1
    );
    // Somebody else's file, and none of our business.
    assert_eq!(
        run(&[("pyproject.toml", "[project]\nname = 'env-doctor'\n")]),
        1
    );
    assert_eq!(run(&[("pyproject.toml", "this is = = no TOML")]), 1);
    let broken = "[tool.env-doctor]\nignore = [\n";
    assert_eq!(run(&[("pyproject.toml", broken)]), 2);
}

#[test]
fn one_configuration_for_all_files_counts_its_paths_from_here() {
    let run = dockerfile(&["--config", "ci/strict.toml", "."])
        .file("env-doctor.toml", "fail-on = 'never'")
        .file(
            "ci/strict.toml",
            "exclude = ['old/']\nfail-on = 'info'\nrules = { visible-devices-fixed = 'info' }",
        )
        .file("Dockerfile", HIDDEN_GPUS)
        .file("old/Dockerfile", HIDDEN_GPUS)
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    Dockerfile:2:26: info[visible-devices-fixed] CUDA_VISIBLE_DEVICES=all hides every GPU
    ");
    let run = dockerfile(&["--config", "missing.toml"])
        .file("Dockerfile", CLEAN)
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: missing.toml: no such file or directory
    ");
}

#[test]
fn a_search_leaves_out_what_is_excluded() {
    let run = |arguments: &[&str]| {
        let run = dockerfile(arguments)
            .file("env-doctor.toml", "exclude = ['third_party/', '/a/*.old']")
            .file("Dockerfile", CLEAN)
            .file("third_party/x/Dockerfile", HIDDEN_GPUS)
            .file("a/Dockerfile.cuda.old", HIDDEN_GPUS)
            .file("a/third_party/Dockerfile", HIDDEN_GPUS)
            .run();
        run.stdout.lines().count()
    };
    assert_eq!(run(&["."]), 0);
    assert_eq!(run(&["third_party"]), 0);
    // What is named is checked.
    assert_eq!(run(&["third_party/x/Dockerfile"]), 1);
}

#[test]
fn paths_have_rules_of_their_own() {
    let config = "
[[per-path]]
paths = ['docker/dev/**']
ignore = ['visible-devices-fixed', 'tensorflow-gpu-package']
";
    let run = dockerfile(&["."])
        .file("env-doctor.toml", config)
        .file("docker/dev/Dockerfile", HIDDEN_GPUS)
        .file("docker/prod/Dockerfile", HIDDEN_GPUS)
        .run();
    assert_eq!(run.stdout.lines().count(), 1);
    assert!(run.stdout.starts_with("docker/prod/"), "{}", run.stdout);

    // What is found in a dependency file counts as found in the Dockerfile that installs from it.
    let installs = "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n";
    let run = dockerfile(&["--select", "tensorflow-gpu-package", "docker"])
        .directory(".git")
        .file("env-doctor.toml", config)
        .file("docker/dev/Dockerfile", installs)
        .file("r.txt", "tensorflow-gpu\n")
        .run();
    assert_eq!(run.stdout, "");
}

#[test]
fn a_dockerfile_that_a_project_builds_has_its_own_configuration() {
    let run = Program::new(&["docker-compose", "--format", "concise"])
        .file(
            "compose.yaml",
            "services:\n  a:\n    build: sub\n    gpus: all\n",
        )
        .file("sub/Dockerfile", HIDDEN_GPUS)
        .file("sub/env-doctor.toml", "ignore = ['visible-devices-fixed']")
        .run();
    assert_eq!(run.all(), "exit 0\n");
}

#[test]
fn the_target_the_arguments_and_the_runtime_are_known() {
    let cuda_13 = "ARG CUDA=cu128
FROM python:3.12-slim
ARG CUDA
RUN pip install torch==2.11.0 --index-url https://download.pytorch.org/whl/${CUDA}
";
    let config = "target = { driver = '535' }\nbuild-args = { CUDA = 'cu130' }";
    let status = |arguments: &[&str]| {
        let program = dockerfile(arguments).file("Dockerfile", cuda_13);
        program.file("env-doctor.toml", config).run().status
    };
    assert_eq!(status(&[]), 1);
    assert_eq!(status(&["--driver", "580"]), 0);
    assert_eq!(status(&["--build-arg", "CUDA=cu128"]), 0);

    let service = "services:\n  a:\n    image: nvidia/cuda:12.6.3-base-ubuntu22.04\n";
    let compose = |config: &str| {
        let program = Program::new(&["check", "--no-host"]).file("compose.yaml", service);
        program.file("env-doctor.toml", config).run().status
    };
    assert_eq!(compose(""), 1);
    assert_eq!(compose("default-runtime = 'nvidia'"), 0);
}

#[test]
fn the_build_context_counts_from_the_configuration() {
    let run = dockerfile(&["--select", "tensorflow-gpu-package", "docker/a/Dockerfile"])
        .file("docker/env-doctor.toml", "context = '../service'")
        .file(
            "docker/a/Dockerfile",
            "FROM python:3.12\nCOPY r.txt .\nRUN pip install -r r.txt\n",
        )
        .file("service/r.txt", "tensorflow-gpu\n")
        .run();
    assert!(
        run.stdout.starts_with("service/r.txt:1:1"),
        "{}",
        run.stdout
    );
}

#[test]
fn every_mistake_is_shown_at_its_place() {
    let config = "\
selct = ['cpu-wheel']
ignore = ['cpu-whel', 3]
fail-on = 'warn'

[target]
driver = 535
gpus = ['RTX 5990']

[[per-path]]
ignore = []

[[image]]
name = 'registry.corp/base'
cuda = 12.4
";
    let run = with(config, &[]);
    insta::assert_snapshot!(run.all(), @r#"
    exit 2
    --- stderr
    error: there is no key `selct`; did you mean `select`?
     --> env-doctor.toml:1:1
      |
    1 | selct = ['cpu-wheel']
      | ^^^^^

    error: there is no rule `cpu-whel`; did you mean `cpu-wheel`?
     --> env-doctor.toml:2:11
      |
    2 | ignore = ['cpu-whel', 3]
      |           ^^^^^^^^^^

    error: `ignore` holds strings, not a number
     --> env-doctor.toml:2:23
      |
    2 | ignore = ['cpu-whel', 3]
      |                       ^

    error: expected `error`, `warning`, `info` or `never`, not `warn`
     --> env-doctor.toml:3:11
      |
    3 | fail-on = 'warn'
      |           ^^^^^^

    error: `driver` holds a string, not a number
     --> env-doctor.toml:6:10
      |
    6 | driver = 535
      |          ^^^
      |
      = help: write `"535"`, with quotes

    error: no GPU `RTX 5990` is known; did you mean `RTX 5090`?
     --> env-doctor.toml:7:9
      |
    7 | gpus = ['RTX 5990']
      |         ^^^^^^^^^^

    error: the key `paths` is missing
     --> env-doctor.toml:9:1
      |
    9 | [[per-path]]
      | ^^^^^^^^^^^^
      |
      = help: add `paths = ["docker/dev/"]`

    error: `cuda` holds a string, not a number
      --> env-doctor.toml:14:8
       |
    14 | cuda = 12.4
       |        ^^^^
       |
       = help: write `"12.4"`, with quotes
    "#);
}

#[test]
fn what_is_no_toml_is_shown_at_its_place() {
    let run = with("\u{feff}ignore = [\n", &[]);
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    error: this is no TOML: unclosed array, expected `]`
     --> env-doctor.toml:1:11
      |
    1 | ignore = [
      |           ^
    ");
}

#[test]
fn a_configuration_that_cannot_be_used_fails_the_files_it_is_for() {
    let run = Program::new(&["dockerfile", "--format", "json", "a", "b"])
        .file("a/Dockerfile", HIDDEN_GPUS)
        .file("a/c/Dockerfile", HIDDEN_GPUS)
        .file("a/env-doctor.toml", "\nignore = 'nvcc-missing'\n")
        .file("b/Dockerfile", HIDDEN_GPUS)
        .run();
    assert_eq!(run.status, 2);
    let report = run.json();
    assert_eq!(report["files"], serde_json::json!(["b/Dockerfile"]));
    assert_eq!(report["errors"].as_array().unwrap().len(), 1);
    let error = &report["errors"][0];
    assert_eq!(error["file"], "a/env-doctor.toml");
    assert_eq!(error["range"]["start"]["line"], 2);

    let run = Program::new(&["dockerfile", "--format", "github", "a"])
        .file("a/Dockerfile", HIDDEN_GPUS)
        .file("a/env-doctor.toml", "\nignore = 'nvcc-missing'\n")
        .run();
    assert_eq!(
        run.stdout,
        "::error file=a/env-doctor.toml,line=2,title=not checked::`ignore` holds a list of strings, not a string\n"
    );
}

const PRIVATE: &str = "\
FROM registry.corp/ml/base:2026.1
RUN pip install flash-attn --no-build-isolation
RUN pip install torch==2.5.1 --index-url https://pypi.corp/whl/torch-stable
";

#[test]
fn private_images_and_mirrors_are_what_the_configuration_says() {
    let quiet = dockerfile(&[]).file("Dockerfile", PRIVATE).run();
    assert_eq!(quiet.stdout, "");
    let config = "
[[image]]
name = 'registry.corp/ml/*'
cuda = '11.8'
flavor = 'runtime'
python = '3.11'

[[mirror]]
url = 'https://pypi.corp/whl/torch-stable'
of = 'cu121'
";
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", PRIVATE)
        .file("env-doctor.toml", config)
        .run();
    insta::assert_snapshot!(run.all(), @r#"
    exit 1
    --- stdout
    error[build-isolation]: flash-attn is built before torch is installed
     --> Dockerfile:2:17
      |
    2 | RUN pip install flash-attn --no-build-isolation
      |                 ^^^^^^^^^^ its build imports torch
      |
      = why: without build isolation the build sees what is installed: "ModuleNotFoundError: No module named 'torch'"
    help: install torch in a step before this one
      |
      = explain: env-doctor explain build-isolation

    error[nvcc-missing]: flash-attn compiles CUDA code, and the image has no nvcc
     --> Dockerfile:2:17
      |
    1 | FROM registry.corp/ml/base:2026.1
      |      ---------------------------- a -runtime image, without nvcc
    2 | RUN pip install flash-attn --no-build-isolation
      |                 ^^^^^^^^^^ needs nvcc here
      |
     ::: env-doctor.toml:3:8
      |
    3 | name = 'registry.corp/ml/*'
      |        -------------------- the configuration says what this image holds
      |
      = why: the build stops: "nvcc: not found", "CUDA_HOME environment variable is not set", or "No CUDA toolset found"
    help: build it in a stage on `nvidia/cuda:…-devel-…` and copy the result, or install a published wheel
      |
      = explain: env-doctor explain nvcc-missing

    error[torch-cuda-mismatch]: PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler
     --> Dockerfile:3:42
      |
    1 | FROM registry.corp/ml/base:2026.1
      |      ---------------------------- the base image has CUDA 11.8
    2 | RUN pip install flash-attn --no-build-isolation
      |                 ---------- compiled here, with nvcc 11.8
    3 | RUN pip install torch==2.5.1 --index-url https://pypi.corp/whl/torch-stable
      |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ wheel built for CUDA 12.1
      |
     ::: env-doctor.toml:3:8
      |
    3 | name = 'registry.corp/ml/*'
      |        -------------------- the configuration says what this image holds
    ...
    9 | url = 'https://pypi.corp/whl/torch-stable'
      |       ------------------------------------ the configuration says what this index copies
      |
      = why: torch refuses to build extensions with another CUDA major: "The detected CUDA version (11.8) mismatches the version that was used to compile PyTorch (12.1)"
    help: use the cu118 wheels, or a base image with CUDA 12.1
      |
      = explain: env-doctor explain torch-cuda-mismatch

    Dockerfile: 3 errors   facts of [DATE]
    "#);
}

#[test]
fn what_a_private_image_lacks_is_what_is_said() {
    let rules = |text: &str| {
        let run = dockerfile(&[])
            .file(
                "Dockerfile",
                "FROM registry.corp/ml/base:1-runtime\nRUN pip install onnxruntime-gpu\n",
            )
            .file("env-doctor.toml", text)
            .run();
        let rule = |line: &str| line.split(['[', ']']).nth(1).unwrap().to_owned();
        run.stdout.lines().map(rule).collect::<Vec<String>>()
    };
    let from = "from = 'nvidia/cuda:12.4.1-runtime-ubuntu22.04'";
    let image = |more: &str| {
        rules(&format!(
            "[[image]]\nname = 'registry.corp/ml/base'\n{more}"
        ))
    };
    assert!(image(from).is_empty());
    assert_eq!(
        image(&format!("{from}\npython = false")),
        ["python-missing"]
    );
    assert_eq!(
        image(&format!("{from}\ncudnn = false")),
        ["cuda-libraries-missing"]
    );
    assert!(image(&format!("{from}\ncudnn = '9'")).is_empty());
    // Nobody knows whether there is a -devel tag of it.
    let help = Program::new(&["dockerfile", "--select", "nvcc-missing"])
        .file(
            "Dockerfile",
            "FROM registry.corp/ml/base:1-runtime\nRUN nvcc a.cu\n",
        )
        .file(
            "env-doctor.toml",
            "[[image]]\nname = 'registry.corp/ml/base'\ncuda = '12.4'\nflavor = 'runtime'",
        )
        .run();
    assert_eq!(help.status, 1);
    assert!(!help.stdout.contains("1-devel"), "{}", help.stdout);
}

#[test]
fn a_service_is_judged_by_what_is_known_of_its_image() {
    let run = Program::new(&["docker-compose", "--format", "concise"])
        .file(
            "compose.yaml",
            "services:\n  a:\n    image: registry.corp/ml/server:3\n",
        )
        .file(
            "pyproject.toml",
            "[[tool.env-doctor.image]]\nname = 'registry.corp/ml/server'\nfrom = 'nvidia/cuda:12.4.1-runtime-ubuntu22.04'\n",
        )
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    compose.yaml:2:3: error[gpu-request-missing] service `a` is made for the GPU and requests none
    ");
}

fn as_json(text: &str) -> serde_json::Value {
    toml::from_str(text).unwrap()
}

fn schema_problems(text: &str) -> Vec<String> {
    let schema = include_str!("../../../../docs/configuration.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    crate::schema::problems(&schema, &as_json(text))
}

/// Every key with its example, tables last as TOML wants them.
fn every_example() -> String {
    let mut text = String::new();
    let (tables, plain): (Vec<keys::Key>, Vec<keys::Key>) = keys::TOP
        .iter()
        .copied()
        .partition(|key| matches!(key.holds, Holds::Table(_) | Holds::Tables(_)));
    for key in plain {
        let _ = writeln!(text, "{} = {}", key.name, key.example);
    }
    for key in tables {
        let inner = match key.holds {
            Holds::Tables(inner) => {
                let _ = writeln!(text, "[[{}]]", key.name);
                inner
            }
            Holds::Table(inner) => {
                let _ = writeln!(text, "[{}]", key.name);
                inner
            }
            _ => &[],
        };
        for key in inner {
            let _ = writeln!(text, "{} = {}", key.name, key.example);
        }
    }
    text
}

#[test]
fn the_program_and_the_schema_take_every_example() {
    let page = include_str!("../../../../docs/configuration.md");
    let mut examples: Vec<String> = page
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect();
    assert!(examples.len() >= 2);
    examples.push(every_example());
    for example in examples {
        let run = dockerfile(&[])
            .file("Dockerfile", CLEAN)
            .file("env-doctor.toml", &example)
            .run();
        assert_eq!(run.status, 0, "{example}\n{}", run.stderr);
        let problems = schema_problems(&example);
        assert!(problems.is_empty(), "{example}\n{problems:?}");
    }
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    for bad in [
        "selct = []",
        "select = 'cpu-wheel'",
        "ignore = ['cpu-whel']",
        "rules = { cpu-wheel = 'fatal' }",
        "rules = { cpu-whel = 'off' }",
        "[[per-path]]\nignore = []",
        "[target]\ndriver = 535",
        "[[image]]\ncuda = '12.4'",
        "[[image]]\nname = 'a'\nflavor = 'development'",
        "[[mirror]]\nurl = 'https://pypi.corp'",
        "[build-args]\nA = 1",
    ] {
        assert_eq!(with(bad, &[]).status, 2, "{bad}");
        assert_eq!(schema_problems(bad).len(), 1, "{bad}");
    }
}

#[test]
fn what_cannot_be_true_is_refused() {
    for (bad, reason) in [
        (
            "[[image]]\nname = 'a'\npython = '3.11'",
            "nothing says what this image is made for",
        ),
        (
            "[[image]]\nname = 'a'\ncuda = '12.4'\naccelerator = 'amd'",
            "an image with CUDA is made for `nvidia`",
        ),
        (
            "[[image]]\nname = 'a'\nfrom = 'nobody/nothing'",
            "nothing is known of `nobody/nothing`",
        ),
        (
            "[[image]]\nname = 'A:'\ncuda = '12.4'",
            "`A:` is no image name",
        ),
        (
            "[[mirror]]\nurl = 'pypi.corp'\nof = 'pypi'",
            "`pypi.corp` is no address",
        ),
        (
            "[[mirror]]\nurl = 'https://pypi.corp'\nof = 'cu122'",
            "PyTorch never published `cu122`",
        ),
        (
            "[target]\ndriver = '12.4'",
            "`12.4` is a CUDA version, not a driver's",
        ),
        ("exclude = ['[z-a]']", "`[z-a]` is no pattern"),
        ("context = ''", "expected some text"),
    ] {
        let run = with(bad, &[]);
        assert_eq!(run.status, 2, "{bad}");
        assert!(run.stderr.contains(reason), "{bad}\n{}", run.stderr);
    }
}
