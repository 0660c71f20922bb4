//! The files that BuildKit's grammar is compared with: whatever is in them, fixes do no harm to them.

use super::{Files, holds};

const CASES: &str = include_str!("../../../dockerfile/tests/conformance/dockerfile-buildkit.jsonl");

#[test]
fn conformance_files_are_repaired_without_a_defect() {
    let mut count = 0;
    for line in CASES.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        // The one that is longer than this file would be is left out.
        let Some(text) = case["src"].as_str() else {
            continue;
        };
        count += 1;
        // As they are, and with something to repair before and behind them.
        let base = "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n";
        let fault = "ENV NVIDIA_DRIVER_CAPABILITIES=graphics\nRUN pip install torch\n";
        for text in [
            text.to_owned(),
            format!("{base}{fault}{text}"),
            format!("{text}\n{base}{fault}"),
        ] {
            let files = Files::from([("Dockerfile".to_owned(), text)]);
            holds("Dockerfile", &files, &[]);
        }
    }
    assert!(count > 120, "{count} files");
}
