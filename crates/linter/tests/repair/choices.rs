//! Fixes that choose: what they choose must not be the next finding.

use source::Applicability;

use super::{Files, repaired};

fn fixed(text: &str, options: &[&str]) -> String {
    let files = Files::from([("Dockerfile".to_owned(), text.to_owned())]);
    let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
    repaired("Dockerfile", &files, &options, Applicability::Unsafe)["Dockerfile"].clone()
}

/// What `pip install` of these packages becomes on a plain Python image.
fn installed(packages: &str, options: &[&str]) -> String {
    let text = |command: &str| format!("FROM python:3.12\nRUN pip install {command}\n");
    let fixed = fixed(&text(packages), options);
    let (before, after) = ("FROM python:3.12\nRUN pip install ", "\n");
    let command = fixed.strip_prefix(before).unwrap().strip_suffix(after);
    let command = command
        .unwrap()
        .replace("https://download.pytorch.org/whl/", "");
    command.replace("--index-url ", "")
}

#[test]
fn an_index_has_code_for_the_gpu() {
    assert_eq!(installed("torch", &["gpu=RTX-5090"]), "cu132 torch");
    assert_eq!(installed("torch", &["gpu=RTX-4090"]), "cu126 torch");
    assert_eq!(
        installed("torch==2.7.1", &["gpu=RTX-5090"]),
        "cu128 torch==2.7.1"
    );
    // No build of this one has it.
    assert_eq!(installed("torch==2.5.1", &["gpu=RTX-5090"]), "torch==2.5.1");
}

#[test]
fn an_index_has_every_release_that_is_wanted() {
    assert_eq!(
        installed("torchaudio==2.11.0", &[]),
        "cu130 torchaudio==2.11.0"
    );
    assert_eq!(
        installed("torch torchaudio==2.11.0", &[]),
        "cu126 torch torchaudio==2.11.0"
    );
}

#[test]
fn an_index_has_wheels_for_the_python() {
    let text = |command: &str| format!("FROM python:3.8\nRUN pip install {command}\n");
    let index = "--index-url https://download.pytorch.org/whl/cu121";
    assert_eq!(fixed(&text("torch"), &[]), text(&format!("{index} torch")));
}

#[test]
fn an_index_runs_on_the_driver() {
    assert_eq!(installed("torch", &["driver=535"]), "cu126 torch");
    assert_eq!(
        installed("torch==2.11.0", &["driver=535"]),
        "cu126 torch==2.11.0"
    );
}

#[test]
fn both_driver_capabilities_are_added_at_once() {
    let text = |value: &str| {
        format!(
            "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nENV NVIDIA_DRIVER_CAPABILITIES={value}\n"
        )
    };
    for (value, expected) in [
        ("graphics,video", "graphics,video,compute,utility"),
        ("utility", "utility,compute"),
        ("compute", "compute"),
    ] {
        assert_eq!(fixed(&text(value), &[]), text(expected));
    }
}

#[test]
fn one_line_that_two_stages_install_is_one_finding_and_both_commands_change() {
    let stage = |command: &str| {
        format!(
            "FROM nvidia/cuda:12.1.1-runtime-ubuntu22.04\nRUN apt-get update && apt-get install -y python3-pip\nCOPY requirements.txt /app/\nRUN {command}pip install -r /app/requirements.txt\n"
        )
    };
    let files = Files::from([
        ("Dockerfile".to_owned(), stage("").repeat(2)),
        (
            "requirements.txt".to_owned(),
            "numpy\ntorch==2.1.2\n".to_owned(),
        ),
    ]);
    let fixed = repaired("Dockerfile", &files, &[], Applicability::Unsafe);
    let first = "pip install --index-url https://download.pytorch.org/whl/cu121 torch==2.1.2 && ";
    assert_eq!(fixed["Dockerfile"], stage(first).repeat(2));
}

#[test]
fn a_stub_directory_that_is_written_twice_is_removed_twice() {
    let line = "ENV LD_LIBRARY_PATH=/usr/local/cuda/lib64/stubs:${LD_LIBRARY_PATH}\n";
    let text = format!("FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n{line}{line}");
    assert!(!fixed(&text, &[]).contains("stubs"));
}

#[test]
fn an_option_without_its_address_is_left_to_the_user() {
    assert_eq!(installed("torch --index-url", &[]), "torch --index-url");
}

#[test]
fn a_package_that_pins_torch_decides_itself() {
    let packages = "xformers torch diffusers";
    assert_eq!(installed(packages, &[]), packages);
}

#[test]
fn a_base_that_the_final_stage_shares_does_not_grow() {
    let text = "\
FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04 AS base
RUN apt-get update && apt-get install -y python3-pip
FROM base AS build
RUN nvcc a.cu
FROM base
RUN pip install numpy
";
    assert_eq!(fixed(text, &[]), text);
    let alone = text.replace("FROM base\n", "FROM build\n");
    assert!(fixed(&alone, &[]).contains("12.4.1-devel"));
}

#[test]
fn a_misspelt_driver_capability_hides_those_that_are_missing() {
    let text = |value: &str| {
        format!(
            "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nENV NVIDIA_DRIVER_CAPABILITIES={value}\n"
        )
    };
    assert_eq!(
        fixed(&text("graphcs,vdeo"), &[]),
        text("graphics,video,compute,utility")
    );
}

#[test]
fn only_what_looks_like_ids_becomes_a_list() {
    let text = |ids: &str| {
        format!(
            "services:\n  train:\n    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04\n    gpus:\n      - device_ids: {ids}\n"
        )
    };
    for (ids, list) in [
        ("\"0,1\"", "[\"0\", \"1\"]"),
        ("GPU-0a1b", "[\"GPU-0a1b\"]"),
        // A bracket is missing here; nobody knows where.
        ("U\"0\"]", "U\"0\"]"),
    ] {
        let files = Files::from([("compose.yaml".to_owned(), text(ids))]);
        let fixed = repaired("compose.yaml", &files, &[], Applicability::Unsafe);
        assert_eq!(fixed["compose.yaml"], text(list));
    }
}

#[test]
fn a_toolkit_that_nothing_needs_shows_once_its_driver_is_gone() {
    let text = |packages: &str| {
        format!(
            "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n\
             RUN apt-get update && apt-get install -y {packages}\n\
             RUN pip install torch --index-url https://download.pytorch.org/whl/cu124\n"
        )
    };
    assert_eq!(
        fixed(&text("cuda-12-4 python3-pip"), &[]),
        text("python3-pip")
    );
}

/// The edits count lines and columns; where YAML counts otherwise there is no edit.
#[test]
fn nothing_is_inserted_among_lines_that_end_otherwise() {
    for service in [
        "    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04\r    profiles: [a]\n",
        "    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04\n    labels:\n      ? # no key\n",
    ] {
        let text = format!("services:\n  train:\n{service}");
        let files = Files::from([("compose.yaml".to_owned(), text.clone())]);
        let fixed = repaired("compose.yaml", &files, &[], Applicability::Unsafe);
        assert_eq!(fixed["compose.yaml"], text);
    }
}

#[test]
fn two_fixes_never_write_the_same_key() {
    let one = "\
services:
  train:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy:
      resources:
        limits:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
";
    let two = "\
services:
  train:
    devices:
      - /dev/nvidia0:/dev/nvidia0
      - /dev/nvidiactl:/dev/nvidiactl
";
    let files = Files::from([
        ("compose.yaml".to_owned(), one.to_owned()),
        ("other.yaml".to_owned(), two.to_owned()),
    ]);
    let options = ["file=compose.yaml", "file=other.yaml"].map(str::to_owned);
    let fixed = repaired("compose.yaml", &files, &options, Applicability::Unsafe);
    assert_eq!(fixed["compose.yaml"], one.replace("limits", "reservations"));
}
