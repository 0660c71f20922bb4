//! Comments that keep findings from the report.

use crate::program::Program;

const SUPPRESSED: &str = "\
FROM nvidia/cuda:12.6.3-base-ubuntu22.04
# env-doctor: ignore[visible-devices-fixed] the launcher sets it anew
ENV CUDA_VISIBLE_DEVICES=all
";

#[test]
fn what_is_suppressed_is_counted_only() {
    let run = Program::new(&["dockerfile"])
        .file("Dockerfile", SUPPRESSED)
        .run();
    insta::assert_snapshot!(run.all(), @r"
    exit 0
    --- stdout
    suppressed 1 finding
    Dockerfile: 1 stage, CUDA 12.6: no problems   facts of [DATE]
    ");
    let run = Program::new(&["dockerfile", "--format", "json"])
        .file("Dockerfile", SUPPRESSED)
        .run();
    assert_eq!(run.json()["summary"]["suppressed"], 1);
    assert_eq!(run.json()["diagnostics"], serde_json::json!([]));
}

#[test]
fn what_is_suppressed_is_not_repaired() {
    let run = Program::new(&["dockerfile", "--fix", "--unsafe-fixes"])
        .file("Dockerfile", SUPPRESSED)
        .run();
    let after = std::fs::read_to_string(run.folder.path().join("Dockerfile")).unwrap();
    assert_eq!(after, SUPPRESSED);
}

#[test]
fn an_unused_comment_is_removed_by_a_safe_fix() {
    let text = SUPPRESSED.replace("CUDA_VISIBLE_DEVICES=all", "A=b");
    let run = Program::new(&["dockerfile", "--fix"])
        .file("Dockerfile", text.replace('\n', "\r\n"))
        .run();
    assert_eq!(run.status, 0);
    let after = std::fs::read_to_string(run.folder.path().join("Dockerfile")).unwrap();
    assert_eq!(
        after,
        "FROM nvidia/cuda:12.6.3-base-ubuntu22.04\r\nENV A=b\r\n"
    );
}
