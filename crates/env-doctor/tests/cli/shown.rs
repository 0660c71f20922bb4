//! What a report shows of files and their surroundings, and what never leaves the machine.

use std::fs;

use crate::program::{Program, Run};

/// Every format of a report.
const FORMATS: [&str; 9] = [
    "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
];

/// Addresses with user info in front of, in and behind what is wrong, and in a file that is installed from.
const CREDENTIALS: &str = "\
FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04
RUN pip install tensorflow-gpu git+https://t0ken99@host/repo.git --extra-index-url https://ann:s3cr3t@host/simple
RUN curl \"https://ann:p@ss:w0rd@host/x\" && apt-get update && apt-get install -y nvidia-driver-535
RUN pip install torch==2.3.0 --extra-index-url https://ann:s3cr3t@download.pytorch.org/whl/cu999
COPY requirements.txt .
RUN pip install -r requirements.txt
";

fn with_credentials(arguments: &[&str]) -> Program {
    Program::new(arguments)
        .file("Dockerfile", CREDENTIALS)
        .file(
            "requirements.txt",
            "--extra-index-url https://ann:s3cr3t@host/simple\ntorch\ntensorflow-gpu\n",
        )
}

fn assert_none(run: &Run, secrets: &[&str], what: &str) {
    let all = run.all();
    for secret in secrets {
        assert!(!all.contains(secret), "{what} shows {secret}:\n{all}");
    }
}

/// What stands between `//` and `@`, and parts of it.
const SECRETS: [&str; 4] = ["s3cr3t", "t0ken99", "p@ss", "w0rd"];

#[test]
fn user_info_of_addresses_is_in_no_report() {
    for format in FORMATS {
        let run = with_credentials(&["dockerfile", "--format", format]).run();
        assert_eq!(run.status, 1, "{format}");
        assert!(run.stdout.contains("tensorflow-gpu"), "{format}");
        assert_none(&run, &SECRETS, format);
    }
    let run = with_credentials(&["dockerfile", "--diff", "--unsafe-fixes"]).run();
    assert!(
        run.stdout.contains("://***:******@host/simple"),
        "{}",
        run.stdout
    );
    assert_none(&run, &SECRETS, "--diff");
}

#[test]
fn an_excerpt_keeps_its_columns_where_user_info_is_covered() {
    let run = with_credentials(&["dockerfile"]).run();
    let lines = "torch==2.3.0 --extra-index-url https://***:******@download.pytorch.org/whl/cu999\n  |                                                                                            ^^^^^";
    assert!(run.stdout.contains(lines), "{}", run.stdout);
}

#[test]
fn fixes_keep_the_user_info_in_the_file() {
    let run = with_credentials(&["dockerfile", "--fix", "--unsafe-fixes"]).run();
    let fixed = fs::read_to_string(run.folder.path().join("Dockerfile")).unwrap();
    assert_ne!(fixed, CREDENTIALS);
    assert!(fixed.contains("https://ann:s3cr3t@host/simple"), "{fixed}");
    assert!(!fixed.contains("**"), "{fixed}");
}

#[test]
fn a_baseline_and_a_log_have_no_user_info() {
    let run = with_credentials(&["dockerfile", "--write-baseline", "baseline.json"]).run();
    let baseline = fs::read_to_string(run.folder.path().join("baseline.json")).unwrap();
    assert!(baseline.contains("tensorflow-gpu"), "{baseline}");
    for secret in SECRETS {
        assert!(!baseline.contains(secret), "{baseline}");
    }
    let log = "#9 https://ann:s3cr3t@host/simple ERROR: Could not find a version that satisfies the requirement torch==9.9\n";
    for format in ["text", "json"] {
        let run = Program::new(&["explain", "--log", "log", "--format", format])
            .file("log", format!("first\n{log}"))
            .run();
        assert_none(&run, &SECRETS, format);
    }
}

#[test]
fn characters_that_turn_the_direction_of_writing_are_in_no_report() {
    let text = "FROM nvidia/cuda:11.8.0-runtime-ubuntu22.04\n\
        # \u{202e}above\n\
        RUN pip install torch \u{2066}x\u{2069} # \u{202e}beside\n\
        # \u{202d}below\n";
    for format in FORMATS {
        let run = Program::new(&["dockerfile", "--format", format, "."])
            .file("a\u{202e}b/Dockerfile", text)
            .run();
        let json = matches!(format, "json" | "sarif" | "gitlab");
        for c in run.stdout.chars() {
            let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            // Programs need the name of the file.
            assert!(
                !turns || (json && c == '\u{202e}'),
                "{format}: {}",
                run.stdout
            );
        }
    }
}

/// A project with a variable wherever Compose takes one; `@` is the variable.
const EVERYWHERE: &str = "\
name: x@
services:
  a:
    image: nvidia/cuda:@-runtime-ubuntu22.04
    platform: @
    runtime: @
    shm_size: @
    mem_limit: 1g@
    stop_grace_period: @
    container_name: @
    network_mode: service:@
    ipc: service:@
    pid: service:@
    scale: @
    init: @
    cpus: @
    command: \"'@\"
    ports: ['@', '80:@', '@:80:80:80']
    volumes: ['@', 'a:b:c:@', 'data@:/x', '@:/x']
    tmpfs: ['@', '@']
    devices: ['@', '@:@:@:@', 'nvidia.com/gpu=@']
    depends_on: ['@', 'b']
    links: ['@:x']
    networks: ['@']
    secrets: ['@']
    configs: ['@']
    extra_hosts: ['@']
    profiles: []
    env_file: ['@.env', broken.env]
    environment: ['NVIDIA_VISIBLE_DEVICES=@', 'CUDA_VISIBLE_DEVICES=@', 'NVIDIA_DRIVER_CAPABILITIES=@', '@ =1', BARE_SECRET]
    healthcheck: {test: ['@'], interval: '@', retries: '@'}
    deploy:
      replicas: @
      resources:
        limits: {cpus: '@', memory: '@', pids: '@'}
        reservations:
          devices:
            - {driver: '@', count: '@', capabilities: ['@']}
            - {driver: nvidia, device_ids: ['@', '@'], capabilities: [gpu, '@']}
            - {driver: '@', capabilities: [gpu], options: {x: '@'}}
            - '@'
            - device=@
    gpus: '@'
  b:
    image: '@'
    gpus: [{count: '@', capabilities: [gpu]}]
    environment: {NVIDIA_DRIVER_CAPABILITIES: 'compute,@', NVIDIA_VISIBLE_DEVICES: '@,0', HF_TOKEN: '@'}
    runtime: nvidia
  c:
    build: {context: '@', dockerfile: '@', target: '@', args: ['@']}
    runtime: '@'
  d:
    build:
      context: .
      args: {BASE: '@', CUDA: '@', TORCH: '@', INDEX: 'https://u:@@h/@', CAPS: '@', FLAGS: '@'}
      additional_contexts: ['@', 'x=service:@']
    gpus: all
  e: {extends: {file: '@/base.yaml', service: a}}
  f: {extends: {service: '@'}, image: 'x'}
  g: {image: 'x', gpus: all, deploy: {resources: {reservations: {devices: [{count: '@', device_ids: ['@']}]}}}}
  h: {image: '${MISSING:?tell @}', devices: ['/dev/nvidia0:@']}
  i: {image: 'nvidia/cuda@:12.4.1-base-ubuntu22.04', gpu: '@', deplo: {x: '@'}}
networks: {n: {external: '@'}}
volumes: {v: {external: true, driver: '@'}}
secrets: {s: {file: '@', environment: '@'}}
";

/// Files that a project names beside its services.
const INCLUDES: &str = "\
include:
  - path: '@/included.yaml'
  - {path: other.yaml, env_file: '@.env', project_directory: '@'}
services:
  a: {image: x, extends: {file: other.yaml, service: '@'}}
  b: {image: x, extends: '@'}
  c: {image: x, env_file: [{path: '@', format: '@'}, {path: '@', required: '@'}]}
";

const ARGUMENTS: &str = "\
ARG BASE=nvidia/cuda:12.4.1-runtime-ubuntu22.04
ARG CUDA=12.4.1
FROM ${BASE} AS one
FROM nvidia/cuda:${CUDA}-runtime-ubuntu22.04 AS two
ARG TORCH
ARG INDEX
ARG CAPS
ARG FLAGS
ENV NVIDIA_DRIVER_CAPABILITIES=${CAPS} CUDA_VISIBLE_DEVICES=${CAPS} TORCH_CUDA_ARCH_LIST=${CAPS}
RUN pip install torch==${TORCH} --index-url ${INDEX} ${FLAGS}
RUN pip install torch==2.3.0 flash-attn==${TORCH}
RUN apt-get install -y cuda-toolkit-${CUDA} nvidia-driver-${CUDA}
COPY ${FLAGS}/requirements.txt .
RUN pip install -r ${FLAGS}/requirements.txt
";

/// Values that are in no table, of every shape.
const VALUES: [&str; 6] = [
    "zqxwvjk",
    "48151623",
    "zq-Xw.7vJk",
    "../zqxw/vjk",
    "zqxw=vjk,pqz",
    "zqxw:vjk:pqz:yyq",
];

/// What of a value would tell it.
fn pieces(value: &str) -> impl Iterator<Item = &str> {
    let pieces = value.split(['-', '.', '/', '=', ',', ':']);
    pieces.filter(|piece| piece.len() >= 3).chain([value])
}

fn everywhere(arguments: &[&str], written: &str, value: &str, in_file: bool) -> Program {
    let compose = EVERYWHERE.replace('@', written);
    let env = format!("BARE={value}\nBARE_SECRET={value}\n");
    let program = Program::new(arguments)
        .file("compose.yaml", compose)
        .file("other.yaml", "services: {}\n")
        .file("broken.env", format!("GOOD={value}\nBAD/{value}={value}\n"))
        .file("Dockerfile", ARGUMENTS)
        .file("x/plain.env", "A=1\n");
    if in_file {
        program.file(".env", env)
    } else {
        program.env("BARE", value).env("BARE_SECRET", value)
    }
}

#[test]
fn no_value_of_the_environment_or_of_an_env_file_is_in_a_report() {
    for (index, value) in VALUES.into_iter().enumerate() {
        let written = ["${BARE}", "$BARE", "${BARE:-x}", "${NO:-${BARE}}"][index % 4];
        for format in FORMATS {
            for in_file in [false, true] {
                let arguments = ["docker-compose", "--format", format];
                let run = everywhere(&arguments, written, value, in_file).run();
                assert_ne!(run.status, 0, "{}", run.all());
                for piece in pieces(value) {
                    assert_none(&run, &[piece], format);
                }
            }
        }
        let includes = INCLUDES.replace('@', written);
        let run = everywhere(&["docker-compose"], written, value, true)
            .file("compose.yaml", includes)
            .run();
        pieces(value).for_each(|piece| assert_none(&run, &[piece], "include"));
        let arguments = ["docker-compose", "--diff", "--unsafe-fixes"];
        let run = everywhere(&arguments, written, value, true).run();
        pieces(value).for_each(|piece| assert_none(&run, &[piece], "--diff"));
    }
}

#[test]
fn each_position_by_itself_shows_no_value() {
    let lines: Vec<&str> = EVERYWHERE.lines().collect();
    let services = lines
        .iter()
        .skip(6)
        .filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    for line in services.filter(|line| line.contains('@')) {
        let line = line.replace('@', "${BARE}");
        let text = format!("services:\n  a:\n    image: y\n{line}\n");
        let text = if line.contains("image:") {
            text.replace("    image: y\n", "")
        } else {
            text
        };
        for value in VALUES {
            let run = Program::new(&["docker-compose", "--format", "json"])
                .file("compose.yaml", &text)
                .file("Dockerfile", ARGUMENTS)
                .env("BARE", value)
                .run();
            pieces(value).for_each(|piece| assert_none(&run, &[piece], &line));
        }
    }
}

#[test]
fn fixes_write_no_value_into_a_file() {
    for value in VALUES {
        let arguments = ["docker-compose", "--fix", "--unsafe-fixes"];
        let run = everywhere(&arguments, "${BARE}", value, true).run();
        for name in ["compose.yaml", "Dockerfile"] {
            let text = fs::read_to_string(run.folder.path().join(name)).unwrap();
            pieces(value).for_each(|piece| assert!(!text.contains(piece), "{name}: {text}"));
        }
    }
}

#[test]
fn a_refused_value_is_shown_as_it_is_written() {
    let run = Program::new(&["docker-compose", "--format", "concise"])
        .file("compose.yaml", "services:\n  a:\n    image: x\n    shm_size: ${MY_SECRET}\n    env_file: ${MY_SECRET}\n")
        .env("MY_SECRET", "hunter2")
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    compose.yaml:4:15: error[compose-syntax] services.a.shm_size invalid size: '${MY_SECRET}'
    ");
}

#[test]
fn a_value_that_the_tables_have_counts_as_before() {
    let run = Program::new(&["docker-compose", "--format", "concise"])
        .file(
            "compose.yaml",
            "services:\n  a:\n    image: nvidia/cuda:${CUDA}-runtime-ubuntu22.04\n    gpus: all\n",
        )
        .file(".env", "CUDA=11.8\n")
        .run();
    assert!(run.stdout.contains("cuda-image-tag"), "{}", run.all());
}

#[test]
fn the_values_of_an_env_file_are_not_quoted() {
    let run = Program::new(&["docker-compose"])
        .file(
            "compose.yaml",
            "services:\n  a:\n    image: x\n    env_file: a.env\n",
        )
        .file("a.env", "GOOD=hunter2\nTOKEN=\"hunter3\n")
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    error[compose-syntax]: failed to read a.env: line 2: unterminated quoted value
     --> a.env:2:7
      |
    2 | TOKEN=********
      |       ^^^^^^^^
      |
      = why: Docker Compose refuses the file with this reason
      = explain: env-doctor explain compose-syntax

    compose.yaml: 1 error   facts of [DATE]
    ");
}

#[test]
fn files_that_a_variable_names_are_not_named_in_errors() {
    let run = Program::new(&["docker-compose"])
        .env("COMPOSE_FILE", "hunter2.yaml")
        .run();
    assert_eq!(run.status, 2);
    assert!(!run.all().contains("hunter2"), "{}", run.all());
    let run = Program::new(&["docker-compose"])
        .file("compose.yaml", "services: {a: {image: x}}\n")
        .env("COMPOSE_ENV_FILES", "hunter2.env")
        .run();
    assert!(!run.all().contains("hunter2"), "{}", run.all());
}

#[test]
fn no_value_of_a_build_argument_on_the_command_line_is_in_a_report() {
    for value in VALUES {
        let given = ["BASE", "CUDA", "TORCH", "INDEX", "CAPS", "FLAGS"];
        let given = given.map(|name| format!("--build-arg={name}={value}"));
        for command in ["dockerfile", "check"] {
            for format in FORMATS {
                let mut arguments = vec![command, ".", "--format", format];
                arguments.extend(given.iter().map(String::as_str));
                if command == "check" {
                    arguments.push("--no-host");
                }
                let run = Program::new(&arguments).file("Dockerfile", ARGUMENTS).run();
                assert_ne!(run.status, 2, "{}", run.all());
                pieces(value).for_each(|piece| assert_none(&run, &[piece], format));
            }
        }
    }
}

#[test]
fn a_build_argument_that_the_tables_or_the_configuration_have_counts() {
    let says = |image: &str| {
        let run = Program::new(&["dockerfile", "--build-arg", &format!("BASE={image}")])
            .file(
                "Dockerfile",
                "ARG BASE\nFROM ${BASE}\nENV NVIDIA_VISIBLE_DEVICES=void\n",
            )
            .file(
                "env-doctor.toml",
                "[[image]]\nname = 'registry.corp/base'\nfrom = 'nvidia/cuda:12.4.1-base-ubuntu22.04'\n",
            )
            .run();
        run.stdout
    };
    for image in [
        "nvidia/cuda:12.4.1-base-ubuntu22.04",
        "registry.corp/base:7",
    ] {
        assert!(
            !says(image).contains("has no known value"),
            "{}",
            says(image)
        );
    }
    let hidden = says("registry.corp/zqxwvjk:7");
    assert!(
        hidden.contains("FROM ${BASE} has no known value; base image unknown (a value that is given is in no table"),
        "{hidden}"
    );
}

/// A machine with `@` and `%` wherever people write what is theirs.
const MACHINE: &str = include_str!("../../../host/tests/secrets.txt");

#[test]
fn what_people_write_on_a_machine_is_in_no_report_of_it() {
    // What looks like a container or a build server is not judged.
    let machine = MACHINE.replace("# env: CI=%\n", "") + "# absent: /proc/1/cgroup\n";
    for machine in [&machine, &machine.replace("currentContext", "other")] {
        for format in FORMATS {
            for secret in ["zqxwvjkq", "zQ7xwVjk4q"] {
                let machine = machine.replace(['@', '%'], secret);
                let arguments = [
                    "host",
                    "--verbose",
                    "--format",
                    format,
                    "--host",
                    "host.txt",
                ];
                let run = Program::new(&arguments).file("host.txt", machine).run();
                assert!(run.stdout.contains("host-"), "{}", run.all());
                assert_none(&run, &[secret], format);
            }
        }
    }
}

#[test]
fn no_value_of_the_environment_is_in_a_report_of_this_machine() {
    let variables = [
        ("DOCKER_HOST", "tcp://ann:zqxwvjk@zqxwvjk.example.com:2376"),
        ("DOCKER_HOST", "ssh://zqxwvjk"),
        ("DOCKER_HOST", "zqxwvjk"),
        ("DOCKER_CONTEXT", "zqxwvjk"),
        ("CI", "zqxwvjk"),
        ("container", "zqxwvjk"),
        ("TOKEN", "zqxwvjk"),
    ];
    for (name, value) in variables {
        for format in FORMATS {
            let run = Program::new(&["host", "--verbose", "--format", format])
                .env(name, value)
                .env("HOME", "/nonexistent")
                .run();
            assert_none(&run, &["zqxwvjk"], &format!("{format} with {name}"));
        }
    }
}
