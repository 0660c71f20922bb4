//! Misspelt keys: each is one finding with one fix, whatever is missing because of it, and what it hid is found next.

use linter::fix::{Project as _, Texts};
use source::Applicability;

use super::example::Repairable;
use super::{Files, repaired};

fn compose(text: &str) -> Files {
    Files::from([("compose.yaml".to_owned(), text.to_owned())])
}

/// The rules of the findings, in order.
fn rules(text: &str) -> Vec<&'static str> {
    let files = compose(text);
    let example = Repairable {
        first: "compose.yaml",
        files: &files,
        options: &[],
    };
    let found = example.check(0, &Texts::new()).reported;
    found.iter().map(|finding| finding.rule).collect()
}

fn fixed(text: &str) -> String {
    let files = repaired("compose.yaml", &compose(text), &[], Applicability::Unsafe);
    files["compose.yaml"].clone()
}

const GOOD: &str = "\
services:
  train:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
";

#[test]
fn a_misspelt_key_is_one_finding_at_every_level() {
    for (key, slips) in [
        ("deploy", ["deplo", "deplyo", "Deploy"]),
        ("resources", ["resorces", "resource", "ressources"]),
        (
            "reservations",
            ["reservatons", "reservation", "reservatoins"],
        ),
        ("devices", ["devces", "device", "deviecs"]),
        ("driver", ["drivr", "dirver", "drivers"]),
        ("count", ["coutn", "cont", "counts"]),
        (
            "capabilities",
            ["capabimities", "capabwlities", "capabilites"],
        ),
        ("image", ["imgae", "imag", "Image"]),
    ] {
        for slip in slips {
            let text = GOOD.replace(&format!("{key}:"), &format!("{slip}:"));
            assert_eq!(rules(&text).len(), 1, "{text}{:?}", rules(&text));
            assert_eq!(fixed(&text), GOOD, "{slip}");
        }
    }
}

#[test]
fn an_empty_key_is_not_written_a_second_time() {
    for empty in ["services:", "services: {}", "services: null"] {
        for text in [
            format!("{empty}\nservces:\n  a:\n    image: x\n"),
            format!("servces:\n  a:\n    image: x\n{empty}\n"),
        ] {
            assert_eq!(fixed(&text), text);
        }
    }
}

#[test]
fn so_it_is_for_the_other_ways_to_a_gpu() {
    for (key, value, slips) in [
        ("gpus", "all", ["gpuss", "gpsu", "W gpus"]),
        ("gpus", "[{count: 1}]", ["gpu", "gpuss", "gps"]),
        ("runtime", "runc", ["runtme", "runtiem", "run_time"]),
        (
            "environment",
            "{NVIDIA_VISIBLE_DEVICES: void}",
            ["enviroment", "environmnt", "Environment"],
        ),
        (
            "devices",
            "[\"nvidia.com/gpu=all\"]",
            ["device", "devces", "deviecs"],
        ),
        ("profiles", "[cpu]", ["profile", "profils", "porfiles"]),
    ] {
        for slip in slips {
            let text = |key: &str| {
                format!(
                    "services:\n  a:\n    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04\n    {key}: {value}\n"
                )
            };
            let wrong = text(slip);
            assert_eq!(rules(&wrong).len(), 1, "{wrong}{:?}", rules(&wrong));
            assert_eq!(fixed(&wrong), text(key));
        }
    }
}

#[test]
fn what_a_misspelt_key_hid_is_repaired_next() {
    let text = GOOD
        .replace("deploy:", "deplo:")
        .replace("count: 1", "count: two");
    assert_eq!(fixed(&text), GOOD.replace("count: 1", "count: 2"));
    // Several at once.
    let text = GOOD
        .replace("resources:", "resorces:")
        .replace("driver:", "drivr:")
        .replace("count: 1", "cuont: two");
    assert_eq!(fixed(&text), GOOD.replace("count: 1", "count: 2"));
}

#[test]
fn a_key_that_is_there_already_is_not_written_again() {
    let text = GOOD.replace("count: 1", "capabilites: [utility]");
    assert_eq!(rules(&text), ["gpu-request-invalid"]);
    assert_eq!(fixed(&text), text);
    // Two misspellings of one key: which is right is for the user to say.
    let text = GOOD
        .replace("count: 1", "capabilties: [gpu]")
        .replace("capabilities:", "capabilites:");
    let once = fixed(&text);
    assert_eq!(once.matches("capabilities:").count(), 1, "{once}");
}

#[test]
fn a_slip_in_an_anchor_is_repaired_there() {
    let text = "\
x-gpu: &gpu
  drivr: nvidia
  count: 1
  capabilities: [gpu]
services:
  a:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy: {resources: {reservations: {devices: [*gpu]}}}
  b:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy:
      resources:
        reservations:
          devices:
            - <<: *gpu
              count: 2
";
    assert_eq!(fixed(text), text.replace("drivr", "driver"));
}

#[test]
fn a_key_in_quotes_keeps_them() {
    let text = "services: {\"a\": {\"image\":\"nvidia/cuda:12.4.1-runtime-ubuntu22.04\",\"gpuss\":\"all\"}}\n";
    assert_eq!(fixed(text), text.replace("gpuss", "gpus"));
}

#[test]
fn a_request_in_the_wrong_place_may_lack_more() {
    let text = "\
services:
  a:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy:
      resources:
        devices:
          - driver: nvidia
";
    let expected = "\
services:
  a:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              capabilities: [gpu]
";
    assert_eq!(fixed(text), expected);
    // In one line the move is left to the user.
    let text = "services: {a: {image: nvidia/cuda:12.4.1-runtime-ubuntu22.04, deploy: {resources: {devices: [{driver: nvidia}]}}}}\n";
    assert_eq!(fixed(text), text);
}

#[test]
fn two_requests_of_which_one_lacks_its_capabilities() {
    let text = "\
services:
  a:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
            - driver: nvidia
              capabilities: [gpu]
";
    let expected = text.replacen(
        "- driver: nvidia\n",
        "- driver: nvidia\n              capabilities: [gpu]\n",
        1,
    );
    assert_eq!(fixed(text), expected);
}

#[test]
fn a_new_key_goes_to_the_end_of_its_mapping() {
    let item = |item: &str| {
        format!(
            "services:\n  a:\n    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04\n    deploy:\n      resources:\n        reservations:\n          devices:\n{item}"
        )
    };
    for (before, after) in [
        (
            "            - driver: nvidia  # ours\n              count: 1  # one\n    # next\n    tty: true\n",
            "            - driver: nvidia  # ours\n              count: 1  # one\n              capabilities: [gpu]\n    # next\n    tty: true\n",
        ),
        (
            "            - driver: nvidia",
            "            - driver: nvidia\n              capabilities: [gpu]",
        ),
        (
            "            -   device_ids:\n                - \"0\"\n                driver: nvidia\n",
            "            -   device_ids:\n                - \"0\"\n                driver: nvidia\n                capabilities: [gpu]\n",
        ),
        (
            "            - driver: nvidia\n              device_ids:\n                - \"0\"\n\n",
            "            - driver: nvidia\n              device_ids:\n                - \"0\"\n              capabilities: [gpu]\n\n",
        ),
        (
            "            - {driver: nvidia, count: 1}\n",
            "            - {driver: nvidia, count: 1, capabilities: [gpu]}\n",
        ),
        (
            "            - {driver: nvidia, device_ids: [\"0\"], }\n",
            "            - {driver: nvidia, device_ids: [\"0\"], capabilities: [gpu], }\n",
        ),
        (
            "            - {\n                driver: \"nvidia\" # ours\n              }\n",
            "            - {\n                driver: \"nvidia\", capabilities: [gpu] # ours\n              }\n",
        ),
        (
            "            - {}\n",
            "            - {capabilities: [gpu]}\n",
        ),
    ] {
        assert_eq!(fixed(&item(before)), item(after));
        let carriage = |text: &str| item(text).replace('\n', "\r\n");
        assert_eq!(fixed(&carriage(before)), carriage(after));
    }
}

#[test]
fn a_service_in_one_line_gets_its_request_there() {
    let text =
        "services:\n  a: {image: nvidia/cuda:12.4.1-runtime-ubuntu22.04, tty: true}  # ours\n";
    let request = ", deploy: {resources: {reservations: {devices: [{driver: nvidia, count: all, capabilities: [gpu]}]}}}}";
    assert_eq!(fixed(text), text.replace('}', request));
    let text = "services:\n  a:\n    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04";
    assert!(!fixed(text).ends_with('\n'));
}

#[test]
fn a_dockerfile_comes_to_light_with_its_key() {
    let slip = "\
services:
  train:
    gpus: all
    build:
      dockemfile_inline: |
        FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
        RUN apt-get update && apt-get install -y python3-pip
";
    assert_eq!(
        fixed(slip),
        slip.replace("dockemfile_inline", "dockerfile_inline")
    );
}
