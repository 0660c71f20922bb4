//! Whatever facts say, judging them ends, keeps its order, and never calls what is unknown an error.

use host::HostFacts;
use linter::{Verdict, check_host};
use proptest::prelude::*;
use serde_json::{Value, json};
use source::{Severity, Sources};

/// Words that facts may hold where they should not.
fn word() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!("580.95.05")),
        Just(json!("535")),
        Just(json!("29.2.0")),
        Just(json!("v28.0.0-rc.1")),
        Just(json!("1.13.5")),
        Just(json!("0.7.0")),
        Just(json!("99999999999.1")),
        Just(json!("/run/cdi/nvidia.yaml")),
        Just(json!("No devices were found\u{1b}[31m")),
        Just(json!("nvidia")),
        Just(json!("ubuntu")),
    ]
}

fn switch() -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), Just(json!(true)), Just(json!(false))]
}

fn kind() -> impl Strategy<Value = &'static str> {
    let kinds = ["rootful", "rootless", "snap", "desktop", "remote", "podman"];
    prop::sample::select(kinds.to_vec())
}

fn answer() -> impl Strategy<Value = Value> {
    let answers = ["not-asked", "answered", "no-socket", "denied", "refused"];
    prop::sample::select(answers.to_vec()).prop_map(|answer| json!(answer))
}

/// `daemon.json` as people may leave it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"runtimes\"",
        "\"nvidia\"",
        "\"path\"",
        "\"default-runtime\"",
        "\"features\"",
        "\"cdi\"",
        ":",
        ",",
        "true",
        "\"gpus\"",
        "// x\n",
        "/*",
        "\u{feff}",
        "'a'",
        "\n",
        " ",
        "é",
        "1",
    ]);
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn facts()(
        words in prop::collection::vec(word(), 16),
        switches in prop::collection::vec(switch(), 10),
        (kind, answer, text) in (kind(), answer(), text()),
        flags in prop::collection::vec(prop::sample::select(vec!["-H", "--default-runtime=nvidia", "--", "-", ""]), 0..3),
        numbers in prop::collection::vec(0u64..600, 6),
        (gpus, specs) in (0usize..3, 0usize..3),
    ) -> HostFacts {
        let on = |index: usize| switches[index] == json!(true);
        let spec = json!({"path": words[0], "kind": "nvidia.com/gpu", "version": words[1], "devices": ["0", "all"],
            "driver_versions": [words[2]], "missing": [words[3]], "uvm_major": numbers[0], "invalid": switches[0].is_null().then_some("no")});
        let gpu = json!({"name": words[4], "uuid": words[5], "mig": switches[1], "mig_instances": numbers[1] % 2});
        let mut value = json!({
            "schema_version": 1,
            "platform": {"os": "linux", "kernel": words[6], "distribution": words[7], "wsl": on(2).then_some(2),
                "secure_boot": switches[3], "selinux_enforcing": switches[4], "cgroup_v2": switches[5]},
            "hardware": {"pci_listed": on(6), "nvidia": vec![json!({"address": "0000:01:00.0", "driver": words[8]}); gpus],
                "dxg": on(7), "nvswitch": on(8)},
            "driver": {"version": words[9], "version_source": "/proc/driver/nvidia/version", "modules_listed": on(6),
                "module_on_disk": switches[9], "libraries": [{"path": "/usr/lib/libcuda.so.1", "version": words[10], "linked": on(3)}],
                "packages": ["nvidia-driver-535 535.1"], "smi_error": words[11], "smi_timed_out": on(4)},
            "gpus": vec![gpu; gpus],
            "nodes": {"listed": on(5), "nodes": [{"path": "/dev/nvidia-uvm", "mode": 432, "major": numbers[2]}], "uvm_major": numbers[3]},
            "toolkit": {"version": words[12], "hook": words[13], "mode": words[14], "no_cgroups": switches[8], "changed": numbers[4]},
            "docker": {"client": "/usr/bin/docker", "engine": words[13], "kind": kind, "answer": answer, "version": words[15],
                "runtimes": {"nvidia": {"path": "/x", "exists": switches[7]}}, "default_runtime": words[14],
                "config": {"path": "/etc/docker/daemon.json", "changed": numbers[4]},
                "process": {"pid": 1, "started": numbers[5], "flags": flags}},
            "cdi": {"specs": vec![spec; specs]},
            "podman": {"program": words[13], "version": words[15]},
            "compose": {"legacy_version": words[15]},
            "texts": {"/etc/docker/daemon.json": text},
        });
        drop_nulls(&mut value);
        serde_json::from_value(value).unwrap_or_default()
    }
}

/// What is not known is left out, as lists of texts hold texts only.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(drop_nulls);
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_machine_can_be_judged(facts in facts()) {
        prop_assert_eq!(facts.schema_version, 1);
        let mut sources = Sources::new();
        let checked = check_host(&mut sources, &facts, &|_, found| Some(found));
        prop_assert_eq!(checked.layers.len(), 13);
        let failed = checked.layers.iter().position(|layer| layer.verdict == Verdict::Error);
        for (index, layer) in checked.layers.iter().enumerate() {
            let behind = failed.is_some_and(|failed| index > failed);
            prop_assert_eq!(layer.verdict == Verdict::Skipped && layer.because.is_some(), behind);
        }
        let errors = checked.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert_eq!(errors, failed.is_some());
        for finding in &checked.diagnostics {
            let at = finding.primary.location;
            prop_assert!(sources.get(at.file).text().get(at.span.range()).is_some());
            for edit in finding.fixes.iter().flat_map(|fix| &fix.edits) {
                let file = sources.get(edit.location.file);
                prop_assert!(file.text().get(edit.location.span.range()).is_some());
            }
        }
    }

    #[test]
    fn on_a_build_server_nothing_fails(mut facts in facts()) {
        facts.platform.ci = Some("CI".to_owned());
        let checked = check_host(&mut Sources::new(), &facts, &|_, found| Some(found));
        prop_assert!(checked.diagnostics.iter().all(|finding| finding.severity == Severity::Info));
    }
}
