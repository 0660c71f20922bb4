use host::system::machine_in_markdown;

use crate::program::{Program, Run};
use crate::schema;

/// The text of a recorded machine.
pub(crate) fn machine(name: &str) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/tests/machines");
    let page = std::fs::read_to_string(format!("{folder}/{name}.md")).ok()?;
    machine_in_markdown(&page, &machine)
}

fn program(name: &str, arguments: &[&str]) -> Program {
    let mut all = vec!["host", "--host", "machine.txt"];
    all.extend(arguments);
    Program::new(&all).file("machine.txt", machine(name).unwrap())
}

fn host(name: &str, arguments: &[&str]) -> Run {
    program(name, arguments).run()
}

fn check(name: &str, dockerfile: &str, arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--host", "machine.txt"];
    all.extend(arguments);
    Program::new(&all)
        .file("machine.txt", machine(name).unwrap())
        .file("Dockerfile", dockerfile)
        .run()
}

#[test]
fn a_machine_that_is_well_says_so_layer_by_layer() {
    insta::assert_snapshot!(host("ubuntu-docker", &[]).all(), @"
    exit 0
    --- stdout
    machine            ok       Ubuntu 24.04.3 LTS, kernel 6.8.0-88-generic, x86_64   (/etc/os-release)
    GPU                ok       NVIDIA GeForce RTX 4090   (/proc/driver/nvidia/gpus/0000:01:00.0/information)
    driver             ok       580.95.05, CUDA 13.0 and older, open module   (/sys/module/nvidia/version)
    driver libraries   ok       580.95.05   (/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05)
    device nodes       ok       /dev/nvidia-modeset, /dev/nvidia-uvm, /dev/nvidia-uvm-tools, /dev/nvidia0, /dev/nvidiactl
    fabric manager     skipped  no NVSwitch
    container toolkit  ok       1.18.1, mode auto   (/var/lib/dpkg/status)
    daemon.json        ok       /etc/docker/daemon.json
    Docker             ok       29.2.0   (/var/run/docker.sock)
    CDI                ok       /var/run/cdi/nvidia.yaml, 0 all
    cgroups            ok       version 2, systemd driver   (/sys/fs/cgroup/cgroup.controllers)
    Podman             skipped  not installed
    Compose            ok       5.0.1   (/var/lib/dpkg/status)

    the machine: NVIDIA GeForce RTX 4090, driver 580.95.05, container toolkit 1.18.1, Docker 29.2.0, Compose 5.0.1: no problems   facts of [DATE]
    to see that it works: docker run --rm --gpus all ubuntu nvidia-smi
    ");
}

#[test]
fn the_first_layer_that_fails_is_explained_and_the_others_wait() {
    insta::assert_snapshot!(host("driver-missing", &[]).all(), @r#"
    exit 1
    --- stdout
    machine            ok       Ubuntu 24.04.3 LTS, kernel 6.8.0-88-generic, x86_64   (/etc/os-release)
    GPU                ok       NVIDIA 0x2684   (/sys/bus/pci/devices/0000:01:00.0)
    driver             error    the machine has an NVIDIA GPU and no driver for it
    driver libraries   skipped  driver first
    device nodes       skipped  driver first
    fabric manager     skipped  driver first
    container toolkit  skipped  driver first
    daemon.json        skipped  driver first
    Docker             skipped  driver first
    CDI                skipped  driver first
    cgroups            skipped  driver first
    Podman             skipped  driver first
    Compose            skipped  driver first

    error[host-driver-missing]: the machine has an NVIDIA GPU and no driver for it
     |
     = seen: /sys/bus/pci/devices/0000:01:00.0: NVIDIA GPU, driver: none
     = seen: /proc/modules: no nvidia
     = why: no container gets the GPU: "nvidia-container-cli: initialization error: load library failed: libnvidia-ml.so.1"
    help: sudo ubuntu-drivers install && sudo reboot
     |
     = explain: env-doctor explain host-driver-missing

    the machine: 1 error   facts of [DATE]
    when that is mended, this shows that it works: docker run --rm --gpus all ubuntu nvidia-smi
    "#);
}

#[test]
fn a_broken_daemon_json_is_shown_at_its_line() {
    insta::assert_snapshot!(host("daemon-json-broken", &["--quiet"]).all(), @r#"
    exit 1
    --- stdout
    error[host-daemon-json-invalid]: daemon.json is not JSON: a comma stands behind the last item
     --> /etc/docker/daemon.json:4:47
      |
    4 |             "path": "nvidia-container-runtime",
      |                                               ^
      |
      = why: the engine does not start: "unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid JSON: invalid character …"
    help: correct the place, then check with: dockerd --validate
      |
    4 -             "path": "nvidia-container-runtime",
    4 +             "path": "nvidia-container-runtime"
      |
      = by hand: never applied automatically
      = explain: env-doctor explain host-daemon-json-invalid
    "#);
}

#[test]
fn what_cannot_be_read_is_unknown_and_no_error() {
    let run = host("daemon-json-unreadable", &[]);
    assert_eq!(run.status, 0);
    let line = "daemon.json        unknown  /etc/docker/daemon.json: permission denied";
    assert!(run.stdout.contains(line), "{}", run.stdout);
}

#[test]
fn this_machine_is_looked_at_calmly() {
    for environment in [None, Some("CI"), Some("GITHUB_ACTIONS")] {
        let mut program = Program::new(&["host", "--format", "json"]);
        if let Some(name) = environment {
            program = program.env(name, "true");
        }
        let run = program.run();
        let report = run.json();
        // What is no GPU machine has nothing wrong with it.
        if report["host"]["facts"]["hardware"]["nvidia"] == serde_json::json!([]) {
            assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        }
    }
}

#[test]
fn a_container_and_a_build_server_are_not_judged() {
    for (name, place) in [
        ("container", "inside a container, whose host decides"),
        (
            "ci-runner",
            "a build server; the machine that runs the result decides",
        ),
    ] {
        let run = host(name, &[]);
        assert_eq!(run.status, 0);
        let end = format!("the machine: {place}: not judged");
        assert!(run.stdout.contains(&end), "{}", run.stdout);
        assert!(!run.stdout.contains("error") && !run.stdout.contains("works"));
    }
}

#[test]
fn json_is_what_the_schema_says_and_what_host_reads() {
    let first = host("nouveau", &["--format", "json"]);
    assert_eq!(first.status, 1);
    let text = include_str!("../../../../docs/output.schema.json");
    let rules = serde_json::from_str(text).unwrap();
    assert_eq!(schema::problems(&rules, &first.json()), [""; 0]);
    let finding = &first.json()["diagnostics"][0];
    assert_eq!(finding["rule"], "host-nouveau-in-use");
    assert_eq!(finding["evidence"][0]["value"], "nouveau");
    let layers = first.json()["host"]["layers"].clone();
    assert_eq!(layers.as_array().unwrap().len(), 13);
    let skipped = layers
        .as_array()
        .unwrap()
        .iter()
        .filter(|layer| layer["because"] == "driver");
    assert_eq!(skipped.count(), 10);

    let again = Program::new(&["host", "--host", "host.json", "--format", "json"])
        .file("host.json", &first.stdout)
        .run();
    assert_eq!(again.json(), first.json());
}

#[test]
fn every_format_names_what_was_found_and_seen() {
    for format in [
        "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
    ] {
        let run = host("nouveau", &["--format", format]);
        assert_eq!(run.status, 1, "{format}");
        assert!(run.stdout.contains("host-nouveau-in-use"), "{format}");
        assert!(
            run.stdout.contains("the GPU is driven by nouveau"),
            "{format}"
        );
    }
    let sarif = host("daemon-json-broken", &["--format", "sarif"]).json();
    let rules = serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).unwrap();
    assert_eq!(schema::problems(&rules, &sarif), [""; 0]);
    insta::assert_snapshot!(host("nouveau", &["--format", "github"]).all(), @r#"
    exit 1
    --- stdout
    ::error title=host-nouveau-in-use::the GPU is driven by nouveau, with which CUDA does not work%0Aseen: /sys/bus/pci/devices/0000:01:00.0/driver: nouveau%0Awhy: no container gets the GPU: "nvml error: driver not loaded"%0Ahelp: printf 'blacklist nouveau\noptions nouveau modeset=0\n' | sudo tee /etc/modprobe.d/blacklist-nouveau.conf && sudo update-initramfs -u && sudo ubuntu-drivers install && sudo reboot
    "#);
    insta::assert_snapshot!(host("nouveau", &["--format", "junit"]).all(), @r#"
    exit 1
    --- stdout
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="env-doctor" tests="1" failures="1" errors="0">
      <testsuite name="the machine" tests="1" failures="1" errors="0">
        <testcase name="host-nouveau-in-use" classname="the machine">
          <failure type="error" message="the GPU is driven by nouveau, with which CUDA does not work">error: the GPU is driven by nouveau, with which CUDA does not work
    seen: /sys/bus/pci/devices/0000:01:00.0/driver: nouveau
    why: no container gets the GPU: &quot;nvml error: driver not loaded&quot;
    help: printf &#39;blacklist nouveau\noptions nouveau modeset=0\n&#39; | sudo tee /etc/modprobe.d/blacklist-nouveau.conf &amp;&amp; sudo update-initramfs -u &amp;&amp; sudo ubuntu-drivers install &amp;&amp; sudo reboot</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
    insta::assert_snapshot!(host("docker-denied", &["--format", "markdown"]).all().replace('\u{200b}', ""), @r#"
    exit 0
    --- stdout
    <!-- env-doctor -->
    ## env-doctor: 1 info

    | layer | verdict | seen |
    | --- | --- | --- |
    | machine | ok | Ubuntu 24.04.3 LTS, kernel 6.8.0-88-generic, x86\_64 |
    | GPU | ok | NVIDIA GeForce RTX 4090 |
    | driver | ok | 580.95.05, CUDA 13.0 and older, open module |
    | driver libraries | ok | 580.95.05 |
    | device nodes | ok | /dev/nvidia-modeset, /dev/nvidia-uvm, /dev/nvidia-uvm-tools, /dev/nvidia0, /dev/nvidiactl |
    | fabric manager | skipped | no NVSwitch |
    | container toolkit | ok | 1.18.1, mode auto |
    | daemon.json | ok | /etc/docker/daemon.json |
    | Docker | unknown | /var/run/docker.sock: permission denied |
    | CDI | ok | /var/run/cdi/nvidia.yaml, 0 all |
    | cgroups | ok | version 2 |
    | Podman | skipped | not installed |
    | Compose | ok | 5.0.1 |

    ### `the machine`

    - **info**: Docker's socket refuses this user, so that the engine was not asked (`host-docker-unreachable`)
      <details><summary>sudo usermod -aG docker $USER, then log in anew; members of the group are as powerful as root</summary>

      seen: `unix:///var/run/docker.sock`: permission denied

      why: docker itself says "permission denied while trying to connect to the Docker daemon socket"

      </details>

    To see that it works: `docker run --rm --gpus all ubuntu nvidia-smi`

    <sub>facts of [DATE]</sub>
    "#);
}

#[test]
fn a_recorded_machine_gives_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recorded");
    let path = path.to_str().unwrap();
    let here = Program::new(&["host", "--record", path, "--format", "json"]).run();
    assert!(here.stderr.contains("machine.txt"), "{}", here.stderr);
    let again = Program::new(&["host", "--host", path, "--format", "json"]).run();
    assert_eq!(here.json(), again.json());
}

#[test]
fn rules_are_chosen_as_for_files() {
    let run = host("nouveau", &["--ignore", "host-nouveau-in-use"]);
    assert_eq!(run.status, 0);
    let run = host("cgroup-gpu-loss", &["--fail-on", "warning"]);
    assert_eq!(run.status, 1);
    let configured = program("cgroup-gpu-loss", &[])
        .file(
            "env-doctor.toml",
            "[rules]\nhost-cgroup-gpu-loss = \"error\"\n",
        )
        .run();
    assert_eq!(configured.status, 1, "{}", configured.all());
    let run = Program::new(&["host", "--host", "none.json"]).run();
    assert_eq!(run.status, 2);
}

#[test]
fn wheels_are_compared_with_the_driver_that_is_there() {
    let torch = |index: &str| {
        format!(
            "FROM python:3.12-slim\nRUN pip install torch==2.11.0 --index-url https://download.pytorch.org/whl/{index}\n"
        )
    };
    // Driver 535.
    let run = check("debian-docker", &torch("cu130"), &["--format", "concise"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("error[driver-too-old]"),
        "{}",
        run.stdout
    );
    let run = check("debian-docker", &torch("cu128"), &["--format", "concise"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(!run.stdout.contains("driver-too-old"), "{}", run.stdout);
}

#[test]
fn wheels_are_compared_with_the_gpus_that_are_there() {
    let cu121 = "FROM nvidia/cuda:12.1.1-runtime-ubuntu22.04
RUN apt-get update && apt-get install -y python3-pip
RUN pip install torch==2.5.1 --index-url https://download.pytorch.org/whl/cu121
";
    // An RTX 5090, then an RTX 4090, which runs what is compiled for sm_86.
    let run = check("arch-docker", cu121, &["--format", "concise"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("error[gpu-unsupported]"),
        "{}",
        run.stdout
    );
    let run = check("ubuntu-docker", cu121, &["--format", "concise"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let built = "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04
ENV TORCH_CUDA_ARCH_LIST=8.6
RUN apt-get update && apt-get install -y python3-pip
RUN pip install torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124
RUN pip install flash-attn --no-build-isolation
";
    let run = check("ubuntu-docker", built, &["--format", "concise"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn a_check_ends_with_what_was_checked_and_how_to_see_it() {
    let clean = "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n";
    insta::assert_snapshot!(check("ubuntu-docker", clean, &[]).all(), @"
    exit 0
    --- stdout
    the machine: NVIDIA GeForce RTX 4090, driver 580.95.05, container toolkit 1.18.1, Docker 29.2.0, Compose 5.0.1: no problems
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    to see that it works: docker run --rm --gpus all ubuntu nvidia-smi
    ");
    insta::assert_snapshot!(check("container", clean, &[]).all(), @"
    exit 0
    --- stdout
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    insta::assert_snapshot!(check("cgroup-gpu-loss", clean, &[]).all(), @r#"
    exit 0
    --- stdout
    info[host-container-toolkit-outdated]: the container toolkit 1.17.8 keeps no CDI specification up to date by itself
     |
     = seen: /var/lib/dpkg/status: 1.17.8
     = why: 1.18.0 is the first release that has neither this nor another fault known to us
    help: sudo apt-get update && sudo apt-get install -y --only-upgrade nvidia-container-toolkit nvidia-container-toolkit-base libnvidia-container-tools libnvidia-container1
     |
     = explain: env-doctor explain host-container-toolkit-outdated

    warning[host-cgroup-gpu-loss]: running containers lose their GPU at the next `systemctl daemon-reload`
     |
     = seen: docker info: cgroup driver systemd, version 2
     = why: systemd does not know of the devices that the toolkit's hook adds; upgrades of packages reload it: "Failed to initialize NVML: Unknown Error"
    help: upgrade Docker to 29.2.0 and the container toolkit to 1.18.0 or newer, or give the GPU by its CDI name (devices: [nvidia.com/gpu=all]), or set {"exec-opts": ["native.cgroupdriver=cgroupfs"]} in daemon.json, or add the device nodes (/dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm) to the service; then make the containers anew
     |
     = explain: env-doctor explain host-cgroup-gpu-loss

    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    the machine, Dockerfile: 1 warning, 1 info   facts of [DATE]
    to see that it works: docker run --rm --gpus all ubuntu nvidia-smi
    "#);
}

#[test]
fn the_default_runtime_of_the_machine_gives_services_their_gpu() {
    let compose = "services:\n  train:\n    image: nvidia/cuda:12.6.3-base-ubuntu22.04\n";
    let run = |arguments: &[&str]| {
        Program::new(arguments)
            .file(
                "machine.txt",
                machine("ubuntu-docker").unwrap().replace(
                    "\"DefaultRuntime\": \"runc\"",
                    "\"DefaultRuntime\": \"nvidia\"",
                ),
            )
            .file("compose.yaml", compose)
            .run()
    };
    assert_eq!(run(&["docker-compose"]).status, 1);
    assert_eq!(run(&["docker-compose", "--host", "machine.txt"]).status, 0);
}

#[test]
fn without_a_value_the_machine_is_this_one() {
    let run = |arguments: &[&str]| {
        Program::new(arguments)
            .file("Dockerfile", "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n")
            .run()
    };
    let json = ["--format", "json"];
    let bare = run(&["check", "Dockerfile", "--host", json[0], json[1]]).json();
    let named = run(&["check", "Dockerfile", "--host", "auto", json[0], json[1]]).json();
    let layers = |report: &serde_json::Value| report["host"]["layers"].clone();
    assert!(layers(&bare).is_array());
    assert_eq!(layers(&bare), layers(&named));

    // What follows is the value: a folder of inputs is no machine.
    let run = run(&["dockerfile", "--host", "."]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("machine.txt"), "{}", run.stderr);
}

#[test]
fn nothing_of_a_machine_is_repaired() {
    let broken = machine("daemon-json-broken").unwrap();
    let run = |arguments: &[&str]| {
        let mut all = vec!["check", "--host", "machine.txt"];
        all.extend(arguments);
        Program::new(&all)
            .file("machine.txt", &broken)
            .file("Dockerfile", "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\n")
            .run()
    };
    let diff = run(&["--diff", "--unsafe-fixes"]);
    assert_eq!((diff.status, diff.stdout.as_str()), (1, ""));
    let fixed = run(&["--fix", "--unsafe-fixes", "--format", "json"]).json();
    assert_eq!(fixed["summary"]["fixed"], 0);
    assert_eq!(fixed["summary"]["fixable"], 0);
    assert_eq!(fixed["diagnostics"][0]["rule"], "host-daemon-json-invalid");
    assert_eq!(
        fixed["diagnostics"][0]["fixes"][0]["applicability"],
        "display-only"
    );
}

#[test]
fn a_service_is_told_at_its_line_what_the_machine_lacks() {
    let compose = "services:
  names:
    image: nvidia/cuda:12.6.3-base-ubuntu22.04
    devices:
      - nvidia.com/gpu=7
  runs:
    image: nvidia/cuda:12.6.3-base-ubuntu22.04
    runtime: nvidia
    environment:
      NVIDIA_VISIBLE_DEVICES: all
  counts:
    image: nvidia/cuda:12.6.3-base-ubuntu22.04
    gpus:
      - count: 2
";
    let run = Program::new(&[
        "check",
        "--host",
        "machine.txt",
        "--format",
        "concise",
        "--ignore",
        "legacy-nvidia-runtime",
    ])
    .file("machine.txt", machine("arch-docker").unwrap())
    .file("compose.yaml", compose)
    .run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stdout
    docker info:1:1: info[host-nvidia-runtime-unregistered] the engine has no runtime `nvidia`
    compose.yaml:5:9: error[host-cdi-spec-missing] the machine's CDI specification names no device `7`; it has 0, all
    compose.yaml:8:14: error[host-nvidia-runtime-unregistered] the machine's engine has no runtime `nvidia`
    compose.yaml:14:16: error[host-device-id-unknown] 2 GPUs are asked for; the machine has 1
    ");
}

/// A Compose file that asks for one GPU by its UUID.
fn project_asking(id: &str, host: &str) -> Program {
    let compose = format!(
        "services:\n  a:\n    image: nvidia/cuda:12.4.1-base-ubuntu22.04\n    command: nvidia-smi\n    gpus: [{{device_ids: [\"{id}\"]}}]\n"
    );
    Program::new(&["docker-compose", "--host", host, "--format", "concise"])
        .file("compose.yml", &compose)
}

#[test]
fn ids_of_gpus_are_compared_on_their_machine_and_shown_nowhere() {
    let machine = machine("ubuntu-docker").unwrap();
    for (id, known) in [
        ("GPU-1d8f1f4c-9b3f-4c1e-a9d5-6a2f0c5e7b10", true),
        ("GPU-1d8f", true),
        ("GPU-77aa11bb-2222-3333-4444-555566667777", false),
    ] {
        let run = project_asking(id, "machine.txt")
            .file("machine.txt", &machine)
            .run();
        let found = run.stdout.contains("host-device-id-unknown");
        assert_eq!(found, !known, "{id}: {}", run.all());

        // What others have of the machine says nothing of its ids.
        let report = host("ubuntu-docker", &["--format", "json"]).stdout;
        let run = project_asking(id, "host.json")
            .file("host.json", &report)
            .run();
        let found = run.stdout.contains("host-device-id-unknown");
        assert!(!found, "{id}: {}", run.all());
    }
    for format in [
        "text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html",
    ] {
        for name in ["ubuntu-docker", "rootless", "desktop-linux"] {
            let run = host(name, &["--format", format, "--verbose"]);
            for private in ["1d8f1f4c", "/home/ann"] {
                assert!(!run.all().contains(private), "{format}: {}", run.all());
            }
        }
    }
}
