//! The arrows between crates, as ARCHITECTURE.md draws them, and what the formats know.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::path::{Path, PathBuf};

/// A crate, and those of ours that it may import.
const ARROWS: &[(&str, &[&str])] = &[
    ("compose", &["source", "work"]),
    ("dockerfile", &["source"]),
    (
        "env-doctor",
        &["compose", "facts", "host", "linter", "source", "workspace"],
    ),
    ("facts", &["work"]),
    ("host", &["facts", "source"]),
    (
        "linter",
        &[
            "compose",
            "dockerfile",
            "facts",
            "host",
            "packages",
            "source",
            "work",
        ],
    ),
    ("packages", &["source", "work"]),
    ("source", &["work"]),
    ("work", &[]),
    (
        "workspace",
        &[
            "compose",
            "dockerfile",
            "facts",
            "host",
            "linter",
            "source",
            "work",
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The names in a section of a manifest that begins `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<&str> {
    let lines = manifest.lines();
    let section = lines.skip_while(|line| *line != "[dependencies]").skip(1);
    section
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn crates_import_downwards_only() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let known: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(folders, known, "every crate has a row");
    for (name, allowed) in ARROWS {
        let manifest = root().join("crates").join(name).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let ours: Vec<&str> = dependencies(&manifest)
            .into_iter()
            .filter(|dependency| known.contains(dependency))
            .collect();
        assert_eq!(&ours, allowed, "{name}");
    }
}

/// What only the program stands on: a command line, and errors that are told and not looked at.
const OF_THE_PROGRAM: &[&str] = &["anstream", "anyhow", "clap", "clap_complete"];

#[test]
fn only_the_program_knows_a_command_line() {
    for (name, _) in ARROWS {
        let manifest = root().join("crates").join(name).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let found = dependencies(&manifest)
            .into_iter()
            .filter(|dependency| OF_THE_PROGRAM.contains(dependency));
        let found: Vec<&str> = found.collect();
        let own: &[&str] = if *name == "env-doctor" {
            OF_THE_PROGRAM
        } else {
            &[]
        };
        assert_eq!(found, own, "{name}");
    }
}

/// Words that the formats do not know, and what of theirs may hold them all the same.
const HARDWARE: &[&str] = &["nvidia", "cuda", "gpu"];

/// A format, and its own names in which such a word stands.
const FORMATS: &[(&str, &[&str])] = &[
    // A key of services.
    ("compose", &["gpus"]),
    ("dockerfile", &[]),
    // `[system-requirements] cuda` of pixi.
    (
        "packages",
        &[
            "\"system-requirements\", \"cuda\"",
            "system_cuda",
            "cuda.text",
            "Some(cuda)",
        ],
    ),
];

/// The lines of a source without comments and without its test module, each with its number.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate();
    lines
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

/// Whether a word of hardware stands in the line outside of `own`.
fn knows_hardware(line: &str, own: &[&str]) -> bool {
    let mut rest = line.to_ascii_lowercase();
    for name in own {
        rest = rest.replace(&name.to_ascii_lowercase(), "");
    }
    HARDWARE.iter().any(|word| rest.contains(word))
}

#[test]
fn formats_know_no_hardware() {
    let mut broken = Vec::new();
    for (name, own) in FORMATS {
        let folder = root().join("crates").join(name).join("src");
        for path in sources(&folder) {
            let text = std::fs::read_to_string(&path).unwrap();
            for (number, line) in code(&text).filter(|(_, line)| knows_hardware(line, own)) {
                let path = path.strip_prefix(root()).unwrap().display();
                broken.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn hardware_in_code_is_found() {
    let text = "//! GPU\nlet x = \"CUDA_HOME\";\n    // cuda\ncall(\"gpus\");\n#[cfg(test)]\nmod tests { gpu }\n";
    let found: Vec<usize> = code(text)
        .filter(|(_, line)| knows_hardware(line, &["gpus"]))
        .map(|(number, _)| number)
        .collect();
    assert_eq!(found, [2]);
}

/// Every Rust file of a folder, but for those that only tests use.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = ignore::Walk::new(folder).map(|entry| entry.unwrap().into_path());
    let is_source = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        path.extension().is_some_and(|ending| ending == "rs") && name != "testing.rs"
    };
    let mut files: Vec<PathBuf> = files.filter(is_source).collect();
    files.sort();
    files
}
