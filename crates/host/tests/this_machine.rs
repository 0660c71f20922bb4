//! Looking at the machine that runs the tests, whatever it is.

use host::{OsSystem, RecordedSystem, probe, record};

#[test]
fn what_was_recorded_gives_the_same_facts() {
    let folder = tempfile::tempdir().unwrap();
    let facts = record(&OsSystem, folder.path()).unwrap();
    let recorded = RecordedSystem::open(folder.path()).unwrap();
    assert_eq!(probe(&recorded), facts);
}
