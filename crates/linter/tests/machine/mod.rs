//! Recorded machines, as their pages describe them.

use std::fs;

use host::system::{Recorder, machine_in_markdown};
use host::{Audience, HostFacts, RecordedSystem, probe, probe_for};
use linter::{HostChecked, check_host};
use source::Sources;

/// Where the pages are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/tests/machines");

/// The text of the machine of another page.
pub(crate) fn text_of(name: &str) -> Option<String> {
    let page = fs::read_to_string(format!("{FOLDER}/{name}.md")).ok()?;
    machine_in_markdown(&page, &text_of)
}

/// What is known of a machine. What is recorded of it gets the same findings.
pub(crate) fn facts_of(text: &str) -> HostFacts {
    let Ok(system) = RecordedSystem::from_text(text) else {
        return HostFacts::default();
    };
    let facts = probe(&system);
    let recorder = Recorder::new(&system);
    let _ = probe(&recorder);
    let text = recorder.into_machine().to_string();
    let again = RecordedSystem::from_text(&text).map(|system| probe(&system));
    let checked = check(&facts);
    assert_eq!(
        findings(&checked),
        findings(&check(&again.unwrap_or_default())),
        "a record is judged as the machine"
    );
    let owner = check(&probe_for(&system, Audience::Owner));
    assert_eq!(
        verdicts(&checked),
        verdicts(&owner),
        "the owner gets the same verdicts"
    );
    facts
}

fn check(facts: &HostFacts) -> HostChecked {
    check_host(&mut Sources::new(), facts, &|_, found| Some(found))
}

/// All that is said.
fn findings(checked: &HostChecked) -> String {
    format!(
        "{:#?}\n{:#?}\n{:?}\n{:?}\n{:?}",
        checked.layers, checked.diagnostics, checked.overview, checked.blind, checked.proof
    )
}

/// What does not depend on who hears it.
fn verdicts(checked: &HostChecked) -> Vec<String> {
    let layers = checked.layers.iter();
    let layers = layers.map(|layer| format!("{:?}: {:?}", layer.layer, layer.verdict));
    let findings = checked.diagnostics.iter().map(|finding| {
        let fixes = finding.fixes.len();
        format!("{:?}[{}], {fixes} fixes", finding.severity, finding.rule)
    });
    layers.chain(findings).collect()
}
