use crate::program::Program;

#[test]
fn the_catalogue_lists_every_rule() {
    let run = Program::new(&["rules"]).run();
    assert_eq!(run.status, 0);
    for rule in linter::rules::ALL {
        let begins = |line: &&str| line.starts_with(&format!("  {} ", rule.name));
        assert_eq!(
            run.stdout.lines().filter(begins).count(),
            1,
            "{}",
            rule.name
        );
    }
    let (_, section) = run.stdout.split_once("Driver and toolkit\n").unwrap();
    let (section, _) = section.split_once("\n\n").unwrap();
    insta::assert_snapshot!(section, @"
    container-toolkit-in-image             warning  fix  the NVIDIA container toolkit is installed into the image
    cuda-repository-key-outdated           error    fix  the CUDA package repository's old signing key
    cuda-toolkit-mismatch                  warning       the installed toolkit differs from the base image's CUDA
    cuda-toolkit-unneeded                  warning  fix  a CUDA toolkit is installed and nothing compiles with it
    driver-in-image                        error    fix  an NVIDIA driver is installed into the image
    ");
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
    insta::assert_snapshot!(serde_json::to_string_pretty(rule).unwrap(), @r#"
    {
      "commands": [
        "dockerfile",
        "docker-compose"
      ],
      "enabled": true,
      "fix": "sometimes",
      "name": "driver-in-image",
      "section": "driver",
      "severity": "error",
      "summary": "an NVIDIA driver is installed into the image",
      "url": "crates/linter/docs/rules/driver-in-image.md"
    }
    "#);
    let off = rules.iter().filter(|rule| rule["enabled"] == false);
    let off: Vec<&str> = off.map(|rule| rule["name"].as_str().unwrap()).collect();
    assert_eq!(off, ["compose-version-obsolete"]);
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
