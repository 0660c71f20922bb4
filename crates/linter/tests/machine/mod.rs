//! Recorded machines, as their pages describe them.

use std::fs;

use host::system::machine_in_markdown;
use host::{HostFacts, RecordedSystem, probe};

/// Where the pages are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/tests/machines");

/// The text of the machine of another page.
pub(crate) fn text_of(name: &str) -> Option<String> {
    let page = fs::read_to_string(format!("{FOLDER}/{name}.md")).ok()?;
    machine_in_markdown(&page, &text_of)
}

/// What is known of a machine.
pub(crate) fn facts_of(text: &str) -> HostFacts {
    let system = RecordedSystem::from_text(text);
    system.map(|system| probe(&system)).unwrap_or_default()
}
