//! The README shows what the program prints.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_transcript_is_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = readme.split_once("$ cargo run --release -- ").unwrap();
    let (arguments, rest) = rest.split_once('\n').unwrap();
    let (transcript, _) = rest.split_once("```").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_env-doctor"))
        .args(arguments.split(' '))
        .current_dir(&root)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let mut rest = output.as_str();
    for part in transcript.split("…\n").map(str::trim_end) {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("not printed:\n{part}"));
        rest = &rest[at + part.len()..];
    }
    assert_eq!(rest.trim_end(), "");
}
