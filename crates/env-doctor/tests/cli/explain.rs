use crate::host::machine;
use crate::program::Program;

/// A project that asks for no GPU.
const COMPOSE: &str = "\
services:
  app:
    image: nvcr.io/nvidia/pytorch:25.01-py3
    command: python train.py
";

#[test]
fn a_rule_explains_itself() {
    let run = Program::new(&["explain", "torch-index-missing"]).run();
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("# torch-index-missing\n"));
    assert!(run.stdout.contains("## Why it matters"));
    let run = Program::new(&["explain", "torch-index-missing", "--format", "json"]).run();
    assert_eq!(run.json()["rule"], "torch-index-missing");
}

#[test]
fn a_misspelt_rule_is_no_message_either() {
    let run = Program::new(&["explain", "torch-index-mising"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: no known message and no rule `torch-index-mising`; did you mean `torch-index-missing`? (`env-doctor rules` lists the rules)
    ");
}

#[test]
fn a_message_has_causes_with_what_tells_them_apart() {
    let run = Program::new(&[
        "explain",
        "Failed to initialize NVML: Insufficient Permissions",
    ])
    .run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    nvml-permissions: NVML may not use the GPU
      appears: when the container starts

      1. SELinux denies it
         tell:    host: /sys/fs/selinux/enforce is 1
         fix:     compose.yaml: security_opt: [label=disable]
                  $ sudo setsebool -P container_use_devices=true
         rules:   host-selinux-podman

      2. the program is not root and the nodes are 0660
         tell:    host: `ls -l /dev/nvidia*`; Dockerfile: USER
         fix:     set NVreg_DeviceFileMode=0666 for the nvidia module, or add the user to the nodes' group
         rules:   host-device-nodes-restricted
    ");
}

#[test]
fn words_need_no_quotes() {
    let run = Program::new(&["explain", "CUDA", "out", "of", "memory"]).run();
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("gpu-out-of-memory: "));
}

#[test]
fn a_symptom_is_explained_by_its_name() {
    let run = Program::new(&["explain", "system-not-initialized"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    system-not-initialized: CUDA error 802: the NVLink fabric is not up
      appears: at the first use of the GPU

      fabric manager does not run, or has another version than the driver, on an NVSwitch machine (HGX, DGX)
         tell:    host: /dev/nvidia-nvswitch0 exists; `systemctl is-active nvidia-fabricmanager`
         fix:     $ sudo systemctl enable --now nvidia-fabricmanager
                  install the package with exactly the driver's version
         rules:   host-fabric-manager-stopped
    ");
}

#[test]
fn files_decide_between_causes() {
    let run = Program::new(&["explain", "--log", "train.log", "--in", "."])
        .file("compose.yaml", COMPOSE)
        .file(
            "train.log",
            "app-1  | WARNING: The NVIDIA Driver was not detected.  GPU functionality will not be\n\
             app-1  | available.\n\
             app-1  | starting\n\
             app-1  | RuntimeError: Found no NVIDIA driver on your system. Please check\n\
             app-1  | RuntimeError: Found no NVIDIA driver on your system. Please check\n",
        )
        .run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    torch-finds-no-driver: PyTorch is built for CUDA and finds no driver
      line 4 of a container, 2 times: app-1  | RuntimeError: Found no NVIDIA driver on your system. Please check
      appears: at the first use of the GPU

      1. no GPU is requested for this container
         here:    compose.yaml:2: service `app` is made for the GPU and requests none (gpu-request-missing)
         do:      request the GPU: deploy.resources.reservations.devices with `driver: nvidia`, `count: all` and `capabilities: [gpu]`
         tell:    Compose file or run line: no `gpus`, no device request; on Kubernetes no limits for nvidia.com/gpu or no runtimeClassName
         fix:     compose.yaml: give the service a GPU with `gpus: all`, or under deploy.resources.reservations.devices with `capabilities: [gpu]`
                  $ docker run --gpus all IMAGE
         rules:   gpu-request-missing, gpu-request-empty, gpu-request-misplaced, runtime-without-visible-devices, raw-gpu-devices

      2. the driver capabilities lack compute
         tell:    files: NVIDIA_DRIVER_CAPABILITIES or `capabilities`
         fix:     set NVIDIA_DRIVER_CAPABILITIES=compute,utility
         rules:   driver-capabilities, gpu-capability-unknown

      3. the host has no working driver
         tell:    host: `nvidia-smi`
         fix:     $ nvidia-smi
         rules:   host-driver-missing, host-driver-not-loaded, host-driver-libraries-missing

    driver-not-detected-banner: NVIDIA's entry script sees no driver in the container
      line 1 of a container: app-1  | WARNING: The NVIDIA Driver was not detected.  GPU functionality will not be
      appears: when the container starts
      torch-finds-no-driver says more; `env-doctor explain driver-not-detected-banner` has the causes of this one

    2 known messages in 5 lines; begin with torch-finds-no-driver   facts of [DATE]
    ");
}

#[test]
fn the_message_says_what_the_driver_is() {
    let message = "The NVIDIA driver on your system is too old (found version 12020).";
    let run = Program::new(&["explain", message, "--in", "Dockerfile"])
        .file("Dockerfile", "FROM python:3.12\nRUN pip install torch\n")
        .run();
    let (first, _) = run.stdout.split_once("\n  2. ").unwrap();
    insta::assert_snapshot!(first, @"
    torch-driver-too-old: the driver is too old for the CUDA of the PyTorch wheel
      appears: at the first use of the GPU

      1. the PyTorch wheel is for a newer CUDA major than the driver runs; plain `pip install torch` gives CUDA 13.2 today, which needs driver 580.65.06
         exactly: the driver supports CUDA 12.2 (branch 535); the wheel needs a newer major, CUDA 13 by default since torch 2.11
         here:    Dockerfile:2: PyTorch 2.15.0 from PyPI is today for CUDA 13.2, which needs driver 580.65.06 or newer; the target has 535 (driver-too-old)
         do:      upgrade the driver to 580.65.06 or newer, or install what is built for CUDA 12
         here:    Dockerfile:2: torch is installed without choosing a CUDA build (torch-index-missing)
         do:      add `--index-url https://download.pytorch.org/whl/cu126`
         tell:    Dockerfile or requirements: torch, or a package that pulls it (torchvision, vllm), without an index; host: `nvidia-smi`
         fix:     $ pip install torch torchvision --index-url https://download.pytorch.org/whl/cu126
                  or pin the newest that the driver runs: env-doctor install torch torchvision --driver 535
                  or update the host's driver to 580.65.06 or newer
         rules:   driver-too-old, torch-index-missing, torch-cuda-mismatch, host-image-needs-newer-driver
    ");
}

#[test]
fn a_log_comes_through_a_pipe() {
    let log = "#7 1.2 ok\n#8 3.4 /bin/sh: 1: nvidia-smi: not found\n";
    for arguments in [
        ["explain"].as_slice(),
        &["explain", "-"],
        &["explain", "--log", "-"],
    ] {
        let run = Program::new(arguments).stdin(log).run();
        assert_eq!(run.status, 0);
        assert!(
            run.stdout
                .contains("line 2 of the build: #8 3.4 /bin/sh: 1: nvidia-smi: not found")
        );
        assert!(
            run.stdout
                .contains("1. nvidia-smi is called during a build")
        );
    }
}

#[test]
fn a_log_without_a_known_message_says_so() {
    let run = Program::new(&["explain"]).stdin("all is well\n").run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stderr
    env-doctor: no known message in standard input (1 line)
    ");
    let run = Program::new(&["explain", "all is well"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 1
    --- stderr
    env-doctor: no known message in this text
    ");
}

#[test]
fn what_cannot_be_read_is_named() {
    let run = Program::new(&["explain", "--log", "missing.log"]).run();
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("cannot read missing.log"),
        "{}",
        run.stderr
    );
    let run = Program::new(&["explain", "CUDA out of memory", "--in", "missing"]).run();
    assert_eq!(run.status, 2);
    assert!(
        run.stdout.starts_with("gpu-out-of-memory"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("missing"), "{}", run.stderr);
}

#[test]
fn programs_get_everything() {
    let message = "libcudart.so.13: cannot open shared object file";
    let run = Program::new(&["explain", message, "--format", "json"]).run();
    let json = run.json();
    assert_eq!(json["schema_version"], 1);
    let message = &json["messages"][0];
    assert_eq!(message["name"], "cudart-not-found");
    assert_eq!(message["values"]["major"], "13");
    let cause = &message["causes"][0];
    assert_eq!(cause["rules"][0], "cuda-libraries-missing");
    assert_eq!(cause["fix"][0]["command"], false);
    let run = Program::new(&["explain", "nothing known here", "--format", "json"]).run();
    assert_eq!(run.status, 1);
    assert_eq!(run.json()["messages"].as_array().unwrap().len(), 0);
}

#[test]
fn the_machine_decides_between_causes() {
    let device_driver = "could not select device driver \"\" with capabilities: [[gpu]]";
    for (name, message, first) in [
        (
            "toolkit-missing",
            device_driver,
            "the NVIDIA Container Toolkit is not installed",
        ),
        (
            "toolkit-newer-than-dockerd",
            device_driver,
            "the toolkit was installed or configured after",
        ),
        (
            "intel-laptop",
            device_driver,
            "the machine has no NVIDIA GPU",
        ),
        ("remote-context", device_driver, "another Docker answers"),
        (
            "nouveau",
            "nvml error: driver not loaded",
            "nouveau drives the GPU",
        ),
        (
            "vfio",
            "nvml error: driver not loaded",
            "the GPU was removed or given to a virtual machine",
        ),
        (
            "library-mismatch",
            "nvml error: driver/library version mismatch",
            "the driver package was upgraded",
        ),
        (
            "cdi-conflict",
            "unresolvable CDI devices nvidia.com/gpu=all",
            "the engine cannot read the specification",
        ),
        (
            "cdi-stale",
            "libEGL_nvidia.so.550.54.15: no such file or directory",
            "the driver was upgraded after",
        ),
        (
            "no-cgroups-rootful",
            "Failed to initialize NVML: Unknown Error",
            "at once after the start",
        ),
        (
            "cgroup-gpu-loss",
            "Failed to initialize NVML: Unknown Error",
            "some time after the start",
        ),
        (
            "uvm-node-missing",
            "CUDA unknown error - this may be due to an incorrectly set up environment",
            "nvidia-uvm is not loaded",
        ),
        (
            "ldconfig-missing",
            "ldcache error: open failed: /sbin/ldconfig.real: no such file or directory",
            "/etc/nvidia-container-runtime/config.toml",
        ),
        (
            "fabric-manager-stopped",
            "Error 802: system not yet initialized",
            "fabric manager does not run",
        ),
        (
            "mig-without-slices",
            "No CUDA GPUs are available",
            "the driver's libraries are there without a device",
        ),
    ] {
        let arguments = [
            "explain",
            message,
            "--host",
            "machine.txt",
            "--format",
            "json",
        ];
        let text = machine(name).unwrap();
        let run = Program::new(&arguments).file("machine.txt", text).run();
        let cause = &run.json()["messages"][0]["causes"][0];
        let what = cause["what"].as_str().unwrap();
        assert!(what.starts_with(first), "{name}: {what}");
        assert!(cause["here"][0]["rule"].is_string(), "{name}: {cause}");
    }
}
