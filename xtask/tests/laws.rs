//! Laws about the text of the sources that neither the compiler nor clippy can see.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::path::{Path, PathBuf};

/// What may stand in some files only.
struct Law {
    /// Text in a line.
    pattern: &'static str,
    /// Where it may stand, from the root of the repository.
    allowed: &'static [&'static str],
    /// What goes wrong elsewhere.
    reason: &'static str,
}

const LAWS: &[Law] = &[
    Law {
        pattern: "in rules::ALL",
        allowed: &[
            "crates/env-doctor/src/render/sarif/rules.rs",
            "crates/linter/src/check/mod.rs",
        ],
        reason: "rules are run by `check::run` alone, so that all findings take the same road",
    },
    Law {
        pattern: "rule.checks",
        allowed: &[
            "crates/linter/src/check/mod.rs",
            "crates/linter/src/suppress/mod.rs",
        ],
        reason: "rules are run by `check::run` alone; elsewhere only the kind of a check is looked at",
    },
    Law {
        pattern: "threads::",
        allowed: &[
            "crates/workspace/src/inputs/run.rs",
            "crates/workspace/src/repair/mod.rs",
        ],
        reason: "inputs are checked side by side by the one road of every check, and commands say what to check",
    },
    Law {
        pattern: "into_par_iter",
        allowed: &["crates/workspace/src/threads.rs"],
        reason: "work takes as many threads as the system grants",
    },
    Law {
        pattern: ".canonicalize(",
        allowed: &[
            "crates/workspace/src/files/open.rs",
            "crates/workspace/src/git/mod.rs",
            "crates/workspace/src/repair/mod.rs",
            "crates/workspace/src/writing/replace.rs",
        ],
        reason: "`files::Folders` resolves paths, each folder once and on whatever holds the files; those files write",
    },
    Law {
        pattern: "rsplit('/')",
        allowed: &[
            "crates/facts/src/os_package.rs",
            "crates/host/src/probe/cdi.rs",
            "crates/host/src/probe/cdi_kept.rs",
            "crates/host/src/system/lookup.rs",
            "crates/host/src/system/stand_ins.rs",
            "crates/linter/src/advice/tests.rs",
            "crates/linter/src/derive/environment/purpose.rs",
            "crates/linter/src/derive/names.rs",
            "crates/linter/src/rules/build/build_isolation.rs",
            "crates/packages/src/python/requirements_file.rs",
        ],
        reason: "`packages::program::base_name` alone takes the folder off a program; those files split paths and addresses",
    },
];

#[test]
fn the_sources_keep_the_laws() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut broken = Vec::new();
    let mut used = vec![false; LAWS.len()];
    for path in sources(&root.join("crates")) {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        for (law, used) in LAWS.iter().zip(&mut used) {
            let mut lines = text.lines().enumerate();
            let Some((index, _)) = lines.find(|(_, line)| line.contains(law.pattern)) else {
                continue;
            };
            *used = true;
            if !law.allowed.contains(&name.as_str()) {
                let line = index + 1;
                let Law {
                    pattern, reason, ..
                } = law;
                broken.push(format!("{name}:{line}: `{pattern}`: {reason}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(used.iter().all(|used| *used), "a pattern stands nowhere");
}

/// Commands that make something of their own, and more than a report of findings.
const LONG_COMMANDS: &[&str] = &["explain", "init", "install"];

#[test]
fn a_command_says_what_to_check_and_no_more() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let commands = sources(&root.join("crates/env-doctor/src/commands"));
    assert!(commands.len() > 9);
    for path in commands {
        let is_long = LONG_COMMANDS.iter().any(|name| {
            let parts = path.iter().map(Path::new);
            parts
                .rev()
                .take(2)
                .any(|part| part.file_stem() == Some(name.as_ref()))
        });
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(is_long || lines <= 80, "{}: {lines} lines", path.display());
    }
}

/// Every Rust file of the crates but for their tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = ignore::Walk::new(folder).map(|entry| entry.unwrap().into_path());
    let is_source = |path: &PathBuf| {
        let in_tests = path.components().any(|part| part.as_os_str() == "tests");
        path.extension().is_some_and(|ending| ending == "rs") && !in_tests
    };
    let mut files: Vec<PathBuf> = files.filter(is_source).collect();
    files.sort();
    files
}

/// The first argument of a call, where it is a literal.
fn literals<'t>(text: &'t str, call: &str) -> impl Iterator<Item = &'t str> {
    text.match_indices(call).filter_map(|(at, found)| {
        let rest = text[at + found.len()..].trim_start().strip_prefix('"')?;
        Some(&rest[..rest.find('"')?])
    })
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn names_of_variables_are_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    let folders = ["crates/linter/src", "crates/packages/src"];
    for path in folders
        .iter()
        .flat_map(|folder| sources(&root.join(folder)))
    {
        let text = std::fs::read_to_string(&path).unwrap();
        for name in ["variable(", "switch("]
            .iter()
            .flat_map(|call| literals(&text, call))
        {
            seen += 1;
            assert!(is_variable(name), "{}: {name:?}", path.display());
        }
    }
    assert!(seen > 20);
}

#[test]
fn a_garbled_name_is_found() {
    let text = "index_variable(\n    \"PIP_                x\",\n)";
    let names: Vec<&str> = literals(text, "variable(").collect();
    assert_eq!(names, ["PIP_                x"]);
    assert!(!is_variable(names[0]));
}

/// Where rules are named as examples of what a user writes.
const NAMES_AS_EXAMPLES: &[&str] = &["crates/workspace/src/config/keys.rs"];

#[test]
fn a_rule_is_named_in_its_own_file_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let names: Vec<String> = std::fs::read_dir(root.join("crates/linter/docs/rules"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(format!("\"{}\"", name.strip_suffix(".md")?)))
        .collect();
    assert!(names.len() > 100);
    let mut elsewhere = Vec::new();
    for path in sources(&root.join("crates")) {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        if name.contains("/generated/") || NAMES_AS_EXAMPLES.contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // Unit tests stand last in a file, or in one of their own.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_test = name.ends_with("/tests.rs") || name.ends_with("/testing.rs");
        let own = |line: &str| line.trim_start().starts_with("name: ");
        let lines = text.lines().filter(|line| !is_test && !own(line));
        for line in lines.filter(|line| line.contains('"')) {
            if names.iter().any(|rule| line.contains(rule.as_str())) {
                elsewhere.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    assert!(
        elsewhere.is_empty(),
        "what is special about a rule is said by the rule itself:\n{}",
        elsewhere.join("\n")
    );
}
