//! Any text of a machine gives facts, and so does what is recorded of it: the same.
#![no_main]

use host::system::Recorder;
use host::{RecordedSystem, probe};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(system) = RecordedSystem::from_text(text) else {
        return;
    };
    let recorder = Recorder::new(&system);
    let facts = probe(&recorder);
    let recorded = recorder.into_machine().to_string();
    let again = RecordedSystem::from_text(&recorded).expect("what is written can be read");
    assert_eq!(probe(&again), facts);
});
