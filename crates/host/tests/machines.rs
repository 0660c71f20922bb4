//! Every machine in `tests/machines` gives exactly the facts that its page states.
//!
//! A page has a fenced block `machine`, the text of a recorded machine, and a block `facts`. With `machine like NAME`
//! the machine is that of another page with changes behind it, and the facts are what differs: `-` is gone, `+` is
//! new. `UPDATE_MACHINES=1` writes the blocks anew; read the difference.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::fmt::Write as _;
use std::path::Path;

use host::facts::{HostFacts, Layer};
use host::system::{Recorder, machine_in_markdown};
use host::{RecordedSystem, probe};
use serde_json::Value;

fn machine(path: &Path) -> datatest_stable::Result<()> {
    let page = std::fs::read_to_string(path)?;
    let folder = path.parent().unwrap();
    let system = system(folder, &page);
    let facts = probe(&system);
    let mut seen = lines(&facts);
    if let Some(base) = base_of(&page) {
        let page = std::fs::read_to_string(folder.join(format!("{base}.md")))?;
        seen = difference(&lines(&probe(&self::system(folder, &page))), &seen);
    }
    let stated = block(&page, "facts");
    if std::env::var_os("UPDATE_MACHINES").is_some() {
        let renewed = page.replace(
            &format!("```facts\n{stated}```"),
            &format!("```facts\n{seen}```"),
        );
        if renewed != page {
            // Other tests may read the page meanwhile.
            let new = path.with_extension("new");
            std::fs::write(&new, renewed)?;
            std::fs::rename(new, path)?;
        }
    } else {
        let stated: Vec<&str> = stated.lines().collect();
        let seen: Vec<&str> = seen.lines().collect();
        if stated != seen {
            return Err(
                format!("stated:\n{}\nseen:\n{}", stated.join("\n"), seen.join("\n")).into(),
            );
        }
    }
    is_explained(&facts);
    survives_recording(&system, &facts);
    Ok(())
}

fn system(folder: &Path, page: &str) -> RecordedSystem {
    let base = |name: &str| {
        let page = std::fs::read_to_string(folder.join(format!("{name}.md"))).ok()?;
        machine_in_markdown(&page, &|_| None)
    };
    RecordedSystem::from_text(&machine_in_markdown(page, &base).unwrap()).unwrap()
}

fn base_of(page: &str) -> Option<&str> {
    page.lines()
        .find_map(|line| line.strip_prefix("```machine like "))
}

/// The lines of a fenced block.
fn block<'a>(page: &'a str, info: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{info}\n")).unwrap();
    let end = if rest.starts_with("```") {
        0
    } else {
        rest.find("\n```").unwrap() + 1
    };
    &rest[..end]
}

/// Every fact that is not as on a machine of which nothing is known, one a line.
fn lines(facts: &HostFacts) -> String {
    let mut value = serde_json::to_value(facts).unwrap();
    let unseen = serde_json::to_value(HostFacts::default()).unwrap();
    let object = value.as_object_mut().unwrap();
    for name in ["schema_version", "evidence", "unknown", "texts"] {
        object.remove(name);
    }
    let mut lines = String::new();
    flatten("", &value, &unseen, &mut lines);
    for (path, text) in &facts.texts {
        writeln!(lines, "text: {path}").unwrap();
        // The configuration of the toolkit is long, and its settings are facts.
        for line in text.lines().filter(|_| path.ends_with(".json")) {
            writeln!(lines, "text: {line}").unwrap();
        }
    }
    for unknown in &facts.unknown {
        writeln!(lines, "unknown: {}: {}", unknown.source, unknown.why).unwrap();
    }
    lines
}

fn flatten(name: &str, value: &Value, unseen: &Value, lines: &mut String) {
    match value {
        _ if value == unseen => {}
        Value::Object(members) => {
            for (member, value) in members {
                let unseen = unseen.get(member).unwrap_or(&Value::Null);
                let member = if name.is_empty() {
                    member.clone()
                } else {
                    format!("{name}.{member}")
                };
                flatten(&member, value, unseen, lines);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                writeln!(lines, "{name}: {}", in_one_line(item)).unwrap();
            }
        }
        value => writeln!(lines, "{name}: {}", word(value)).unwrap(),
    }
}

/// What an object of a list says: `name NVIDIA H100, minor 0`.
fn in_one_line(item: &Value) -> String {
    let members = item.as_object().unwrap().iter();
    let told = members.filter(|(_, value)| {
        !matches!(value, Value::Null | Value::Bool(false))
            && value.as_array().is_none_or(|items| !items.is_empty())
    });
    let told = told.map(|(name, value)| match name.as_str() {
        "mode" => format!("mode {:04o}", value.as_u64().unwrap()),
        _ => format!("{name} {}", word(value)),
    });
    told.collect::<Vec<_>>().join(", ")
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(" "),
        value => value.to_string(),
    }
}

/// Lines that are gone, then lines that are new.
fn difference(before: &str, after: &str) -> String {
    let without = |lines: &str, others: &str, sign: char| {
        let others: Vec<&str> = others.lines().collect();
        let mut kept = String::new();
        for line in lines.lines().filter(|line| !others.contains(line)) {
            writeln!(kept, "{sign} {line}").unwrap();
        }
        kept
    };
    without(before, after, '-') + &without(after, before, '+')
}

/// Whatever is said has something that said it.
fn is_explained(facts: &HostFacts) {
    for evidence in &facts.evidence {
        assert!(
            !evidence.source.is_empty() && !evidence.value.is_empty(),
            "{evidence:?}"
        );
    }
    let says = |source: &str| {
        facts
            .evidence
            .iter()
            .any(|evidence| evidence.source == source)
    };
    let sources = [
        &facts.driver.version_source,
        &facts.toolkit.version_source,
        &facts.platform.container,
    ];
    for source in sources.into_iter().flatten() {
        assert!(says(source), "{source} has no evidence");
    }
    let nothing = HostFacts::default();
    let subjects = [
        (
            Layer::Gpu,
            facts.hardware.nvidia != nothing.hardware.nvidia || !facts.gpus.is_empty(),
        ),
        (
            Layer::Driver,
            facts.driver.version.is_some() || facts.driver.modules_listed,
        ),
        (Layer::Libraries, !facts.driver.libraries.is_empty()),
        (Layer::DeviceNodes, !facts.nodes.nodes.is_empty()),
        (Layer::FabricManager, facts.hardware.nvswitch),
        (Layer::Toolkit, facts.toolkit.installed()),
        (Layer::Docker, facts.docker != nothing.docker),
        (Layer::DockerConfiguration, facts.docker.config.is_some()),
        (Layer::Cdi, !facts.cdi.specs.is_empty()),
        (Layer::Cgroups, facts.platform.cgroup_v2.is_some()),
        (Layer::Podman, facts.podman != nothing.podman),
        (Layer::Compose, facts.compose != nothing.compose),
    ];
    for (layer, is_known) in subjects {
        let explained =
            facts.evidence_of(layer).next().is_some() || facts.unknown_about(layer).is_some();
        assert!(!is_known || explained, "{layer:?} has no evidence");
    }
    for unknown in &facts.unknown {
        assert!(
            !unknown.why.is_empty() && !unknown.why.ends_with('.'),
            "{unknown:?}"
        );
    }
}

/// Credentials and users that stand in files and variables of the machines.
const SECRETS: [&str; 7] = [
    "secret",
    "YW5uOnNlY3JldA==",
    "not-looked-at",
    "176FCEBF",
    "ann@",
    "SECRET",
    "10.99.",
];

/// What a recorder writes down gives the same facts, and does not change when it is recorded again.
fn survives_recording(system: &RecordedSystem, facts: &HostFacts) {
    let recorder = Recorder::new(system);
    assert_eq!(&probe(&recorder), facts);
    let text = recorder.into_machine().to_string();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} was recorded");
    }
    let again = RecordedSystem::from_text(&text).unwrap();
    assert_eq!(&probe(&again), facts);
    let recorder = Recorder::new(&again);
    let _ = probe(&recorder);
    assert_eq!(recorder.into_machine().to_string(), text);
}

datatest_stable::harness! {
    { test = machine, root = "tests/machines", pattern = r"\.md$" },
}
