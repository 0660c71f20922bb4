//! The catalogue as a whole: names, order, pages.

use std::collections::BTreeSet;

use linter::{Section, rules};

/// What a summary may begin with in upper case.
const NAMES: &[&str] = &[
    "BuildKit",
    "CDI",
    "CUDA",
    "Compose",
    "Docker",
    "Multi-Instance",
    "Podman",
    "PyTorch",
    "SELinux",
    "TensorFlow",
];

#[test]
fn rules_are_sorted_and_unique() {
    assert!(rules::ALL.is_sorted_by(|a, b| a.name < b.name));
    for rule in rules::ALL {
        assert_eq!(
            rules::find(rule.name).map(|found| found.name),
            Some(rule.name)
        );
    }
}

#[test]
fn names_are_kebab_case_and_summaries_one_line() {
    for rule in rules::ALL {
        assert!(
            rule.name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{}",
            rule.name
        );
        assert!(
            !rule.summary.ends_with('.') && !rule.summary.contains('\n'),
            "{}",
            rule.name
        );
        let (first, _) = rule.summary.split_once(' ').unwrap_or_default();
        let is_name = first.contains('_') || NAMES.contains(&first.trim_end_matches("'s"));
        assert!(
            is_name || !first.starts_with(|c: char| c.is_uppercase()),
            "{}",
            rule.name
        );
    }
}

#[test]
fn every_rule_has_its_page_and_every_page_its_rule() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules");
    let pages: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name != "README")
        .collect();
    let names: BTreeSet<String> = rules::ALL.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(pages, names);
}

#[test]
fn pages_have_their_headings_in_order() {
    let headings = [
        "## What it finds",
        "## Why it matters",
        "## Example",
        "## Fix",
        "## When not to fix",
        "## Sources",
    ];
    for rule in rules::ALL {
        assert!(
            rule.page.starts_with(&format!("# {}\n", rule.name)),
            "{}",
            rule.name
        );
        let found: Vec<&str> = rule
            .page
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        assert_eq!(found, headings, "{}", rule.name);
    }
}

/// A rule whose page shows a fixed example has an edit, and one that has an edit shows it.
#[test]
fn fix_availability_is_what_the_pages_show() {
    for rule in rules::ALL {
        let shows = ["dockerfile", "yaml"]
            .iter()
            .any(|language| rule.page.contains(&format!("```{language} fixed")));
        let promises = rule.fix != linter::FixAvailability::None;
        assert_eq!(shows, promises, "{}", rule.name);
    }
}

/// A newcomer finds the file of a rule by its section and its name.
#[test]
fn every_rule_is_in_the_folder_of_its_section() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules");
    for rule in rules::ALL {
        let folder = match rule.section {
            Section::BaseImage => "base",
            Section::Pytorch => "torch",
            // All three stand in `suppression.rs`: what is wrong with a comment is found where it is read.
            Section::Comments => continue,
            other => other.as_str(),
        };
        let file = format!("{root}/{folder}/{}.rs", rule.name.replace('-', "_"));
        assert!(std::path::Path::new(&file).is_file(), "{file}");
    }
}
