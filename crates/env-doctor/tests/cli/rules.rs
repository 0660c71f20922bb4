use crate::program::Program;

#[test]
fn the_catalogue_lists_every_rule() {
    let run = Program::new(&["rules"]).run();
    assert_eq!(run.status, 0);
    assert_eq!(run.stdout.lines().count(), linter::rules::ALL.len() + 1);
    let line = run
        .stdout
        .lines()
        .find(|line| line.starts_with("driver-in-image "));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    insta::assert_snapshot!(words.join(" "), @"driver-in-image error sometimes an NVIDIA driver is installed into the image");
}

#[test]
fn the_catalogue_is_there_for_programs() {
    let run = Program::new(&["rules", "--format", "json"]).run();
    let rules = run.json();
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), linter::rules::ALL.len());
    let rule = rules
        .iter()
        .find(|rule| rule["name"] == "driver-in-image")
        .unwrap();
    assert_eq!(rule["severity"], "error");
    assert_eq!(rule["url"], "docs/rules/driver-in-image.md");
}

#[test]
fn every_address_is_a_page() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let run = Program::new(&["rules", "--format", "json"]).run();
    for rule in run.json().as_array().unwrap() {
        let page = std::path::Path::new(root).join(rule["url"].as_str().unwrap());
        assert!(page.is_file(), "{}", page.display());
    }
}

#[test]
fn a_rule_explains_itself() {
    let run = Program::new(&["explain", "torch-index-missing"]).run();
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("# torch-index-missing\n"));
    assert!(run.stdout.contains("## Why it matters"));
}

#[test]
fn an_unknown_rule_is_an_error_that_names_the_nearest_one() {
    let run = Program::new(&["explain", "torch-index-mising"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 2
    --- stderr
    env-doctor: there is no rule `torch-index-mising`; did you mean `torch-index-missing`? (`env-doctor rules` lists them)
    ");
}
