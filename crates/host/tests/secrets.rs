//! What nobody put into a table leaves no machine: not in its record, not in its facts.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::sync::LazyLock;

use host::system::{Recorder, machine_in_markdown};
use host::{Audience, HostFacts, RecordedSystem, probe, probe_for};
use proptest::prelude::*;

/// A machine with `@` wherever people write what is theirs. `%` stands where a value is read for nothing but a comparison,
/// or for nothing at all: not even the user gets it back.
const EVERYWHERE: &str = include_str!("secrets.txt");

/// The word that is no part of any other and that stands in no table.
fn secret() -> impl Strategy<Value = String> {
    "[a-z]{2}[a-zA-Z0-9]{8,14}q[a-z]{2}".prop_map(|word| format!("q{word}"))
}

fn assert_none(text: &str, secret: &str, what: &str) -> Result<(), TestCaseError> {
    let line = text.lines().find(|line| line.contains(secret));
    prop_assert!(
        line.is_none(),
        "{} shows {}: {}",
        what,
        secret,
        line.unwrap_or_default()
    );
    Ok(())
}

fn json(facts: &HostFacts) -> String {
    serde_json::to_string_pretty(facts).unwrap()
}

/// The record of a machine and its facts; the record gives the same facts, and is its own record.
fn record(system: &RecordedSystem) -> Result<(String, String), TestCaseError> {
    let recorder = Recorder::new(system);
    let facts = probe(&recorder);
    let record = recorder.into_machine().to_string();
    let again = RecordedSystem::from_text(&record).unwrap();
    prop_assert_eq!(&probe(&again), &facts, "{}", record);
    prop_assert_eq!(&probe(system), &facts);
    Ok((record, json(&facts)))
}

/// Every machine of `tests/machines` that stands alone.
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

/// Where the words of a text stand.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_ascii_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_people_write_leaves_no_machine(secret in secret(), is_remote: bool) {
        let mut text = EVERYWHERE.replace(['@', '%'], &secret);
        if !is_remote {
            text = text.replace("currentContext", "other");
        }
        let system = RecordedSystem::from_text(&text).unwrap();
        let (record, facts) = record(&system)?;
        let engine = if is_remote { "/meta.json" } else { "/docker.sock /info" };
        for seen in ["/usr/bin/nvidia-smi --query", "# file: /etc/cdi/name", engine] {
            prop_assert!(record.contains(seen), "{} is looked at: {}", seen, record);
        }
        assert_none(&record, &secret, "the record")?;
        assert_none(&facts, &secret, "facts.json")?;
    }

    #[test]
    fn values_are_not_shown_to_the_user_either(name in secret(), value in secret()) {
        prop_assume!(name != value);
        let text = EVERYWHERE.replace('@', &name).replace('%', &value);
        let system = RecordedSystem::from_text(&text).unwrap();
        let facts = json(&probe_for(&system, Audience::Owner));
        prop_assert!(facts.contains(&name));
        assert_none(&facts, &value, "the owner's report")?;
    }

    #[test]
    fn any_word_of_any_machine_may_be_a_secret(
        machine in any::<prop::sample::Index>(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
        secret in secret(),
    ) {
        let mut text = MACHINES[machine.index(MACHINES.len())].clone();
        // The first line says how the text is to be read.
        let first = text.find('\n').unwrap();
        for place in places {
            let words = words(&text[first..]);
            if words.is_empty() {
                break;
            }
            let word = words[place.index(words.len())].clone();
            let old = text[first..][word].to_owned();
            // As paths are named in several places, all of them change.
            let renamed = text[first..].split(&old).collect::<Vec<_>>().join(&secret);
            text.replace_range(first.., &renamed);
        }
        if let Ok(system) = RecordedSystem::from_text(&text) {
            let (record, facts) = record(&system)?;
            assert_none(&record, &secret, "the record")?;
            assert_none(&facts, &secret, "facts.json")?;
        }
    }
}
