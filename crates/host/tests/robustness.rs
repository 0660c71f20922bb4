//! No machine may bring the probes down, whatever its files hold.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::fmt::Write as _;
use std::sync::LazyLock;

use host::system::{Recorder, machine_in_markdown};
use host::{HostFacts, RecordedSystem, probe};
use proptest::prelude::*;

/// The texts of all machines that stand alone.
static MACHINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machines");
    let pages = std::fs::read_dir(folder).unwrap();
    let mut pages: Vec<_> = pages.map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let texts = pages.iter().filter_map(|path| {
        let page = std::fs::read_to_string(path).unwrap();
        machine_in_markdown(&page, &|_| None)
    });
    texts.collect()
});

/// Sections that have a body, with their names.
fn sections(text: &str) -> Vec<&str> {
    let starts = ["# file: ", "# get: ", "# run: "];
    let lines = text
        .lines()
        .filter(|line| starts.iter().any(|start| line.starts_with(start)));
    lines.map(|line| line.split(" [").next().unwrap()).collect()
}

/// The facts of a machine with another body in one of its sections; they survive JSON and a recording.
fn look(text: &str, section: &str, body: &[u8]) -> HostFacts {
    let mut text = text.to_owned();
    if section.starts_with("# run: ") {
        let body = String::from_utf8_lossy(body).replace("\n# ", "\n");
        write!(text, "\n{section}\n{}\n", body.trim_start_matches("# ")).unwrap();
    } else {
        write!(text, "\n{section} [hex]\n").unwrap();
        for byte in body {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    let system = RecordedSystem::from_text(&text).unwrap();
    let recorder = Recorder::new(&system);
    let facts = probe(&recorder);
    let again = RecordedSystem::from_text(&recorder.into_machine().to_string()).unwrap();
    assert_eq!(probe(&again), facts);
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(HostFacts::from_json(&json).unwrap(), facts);
    facts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_file_may_hold_anything(
        machine in any::<prop::sample::Index>(),
        section in any::<prop::sample::Index>(),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[ -~\n\t]{0,200}".prop_map(String::into_bytes),
            r#"[\[\]{}":,. \-0-9a-z\n]{0,100}"#.prop_map(String::into_bytes),
        ],
    ) {
        let text = &MACHINES[machine.index(MACHINES.len())];
        let sections = sections(text);
        if !sections.is_empty() {
            look(text, sections[section.index(sections.len())], &body);
        }
    }

    #[test]
    fn any_file_may_be_cut_off(machine in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let text = &MACHINES[machine.index(MACHINES.len())];
        let cut = at.index(text.len());
        if text.is_char_boundary(cut)
            && let Ok(system) = RecordedSystem::from_text(&text[..cut])
        {
            let _ = probe(&system);
        }
    }
}

/// Paths that probes look at, and folders and links on the way to them.
const PATHS: [&str; 24] = [
    "/etc",
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/docker",
    "/etc/docker/daemon.json",
    "/etc/cdi",
    "/etc/cdi/nvidia.yaml",
    "/run",
    "/run/cdi",
    "/run/docker.sock",
    "/var/run",
    "/var/run/cdi",
    "/var/run/cdi/nvidia.json",
    "/var/run/docker.sock",
    "/dev",
    "/dev/nvidia0",
    "/dev/nvidia-uvm",
    "/proc/modules",
    "/proc/driver/nvidia/version",
    "/usr/bin",
    "/usr/bin/docker",
    "/usr/bin/nvidia-ctk",
    "/usr/lib64/libcuda.so.1",
    "/usr/lib64/libcuda.so.580.95.05",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_machine_survives_its_recording(
        sections in prop::collection::vec((0..9, 0..PATHS.len(), 0..PATHS.len()), 0..12),
    ) {
        let mut text = "# env: PATH=/usr/bin\n# env: HOME=/etc\n".to_owned();
        let mut seen: Vec<(bool, &str)> = Vec::new();
        for (kind, path, other) in sections {
            let (path, other) = (PATHS[path], PATHS[other]);
            let is_folder = matches!(kind, 1 | 8);
            let below = |path: &str, folder: &str| {
                path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            // Only folders hold anything.
            let fits = |(folder, known): &(bool, &str)| {
                path != *known && (*folder || !below(path, known)) && (is_folder || !below(known, path))
            };
            if !seen.iter().all(fits) {
                continue;
            }
            seen.push((is_folder, path));
            let section = match kind {
                0 => format!("# file: {path} [mode 0755]\nID=x\n"),
                1 => format!("# folder: {path}\n"),
                2 => format!("# link: {path} -> {other}\n"),
                3 => format!("# link: {path} -> ..{other}\n"),
                4 => format!("# node: {path} 195:0\n"),
                5 => format!("# unreadable: {path}\n"),
                6 => format!("# hidden: {path}\n"),
                7 => format!("# get: {path} /info\n{{\"ServerVersion\": \"29.2.0\"}}\n"),
                _ => format!("# folder: {path} [denied]\n"),
            };
            text.push_str(&section);
        }
        let system = RecordedSystem::from_text(&text).unwrap();
        let recorder = Recorder::new(&system);
        let facts = probe(&recorder);
        prop_assert_eq!(probe(&system), facts.clone());
        let recorded = recorder.into_machine().to_string();
        let again = RecordedSystem::from_text(&recorded).unwrap();
        prop_assert_eq!(probe(&again), facts, "{}", recorded);
    }
}

#[test]
fn deep_long_and_large_files_do_not_grow_in_the_facts() {
    /// What the facts of the machine take at most without the file, as JSON.
    const WITHOUT: usize = 20_000;
    /// A file may stand in so many facts.
    const TIMES: usize = 6;
    let desktop = MACHINES
        .iter()
        .find(|text| text.contains("RTX 4090") && text.contains("/etc/docker"));
    let desktop = desktop.unwrap();
    let deep = "[".repeat(300_000);
    let lines = "a: b\n".repeat(60_000);
    let quotes = "\"".repeat(300_000);
    let bases = "-: \"\\".repeat(60_000);
    let keys = "{\"a\":".repeat(60_000);
    let large = "x".repeat(5_000_000);
    for section in sections(desktop) {
        for body in [&deep, &lines, &quotes, &bases, &keys, &large] {
            let system =
                RecordedSystem::from_text(&format!("{desktop}\n{section}\n{body}\n")).unwrap();
            let facts = serde_json::to_string(&probe(&system)).unwrap();
            let size = facts.len();
            let most = WITHOUT + TIMES * body.len();
            assert!(size <= most, "{section}: {size} bytes of facts");
        }
    }
}
