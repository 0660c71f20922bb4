//! No input may bring the crate down, and none may take more than linear time.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::fmt::Write as _;

use compose::value::{Earlier, Kind};
use compose::yaml::{self, NodeKind};
use compose::{Error, Inputs, LoadError, MemoryLoader, Problem, ProblemKind, Project, Value, load};
use proptest::prelude::*;
use source::{Location, Sources};

fn open(loader: &MemoryLoader, file: &str) -> (Project, Sources) {
    let mut sources = Sources::new();
    let inputs = Inputs {
        files: vec![file.into()],
        ..Inputs::default()
    };
    let project = load(&mut sources, &inputs, loader).unwrap();
    (project, sources)
}

fn project(text: impl Into<String>) -> Project {
    let loader = MemoryLoader::new().with("compose.yaml", text);
    open(&loader, "compose.yaml").0
}

fn kinds(project: &Project) -> Vec<ProblemKind> {
    let kinds = project.problems.iter().map(|problem| problem.kind.clone());
    kinds.collect()
}

/// At most so many pieces of work: values that are looked at or merged. What grows with the square of these inputs does
/// a thousand times as many.
fn within<T>(most: u64, run: impl FnOnce() -> T) -> T {
    let (result, done) = work::measured(run);
    assert!(done <= most, "{done} pieces of work instead of {most}");
    result
}

#[test]
fn twenty_thousand_services_take_linear_time() {
    let mut text = String::from("x-base: &base {image: x, environment: [A=1, B=2]}\nservices:\n");
    for index in 0..20_000 {
        writeln!(
            text,
            "  s{index}:\n    <<: *base\n    ports: [\"{}:80\"]\n    depends_on: [s{}]",
            index % 60_000 + 1,
            (index + 1) % 20_001
        )
        .unwrap();
    }
    text.push_str("  s20000: {image: x}\n");
    let project = within(4_000_000, || project(text));
    assert_eq!(project.problems, []);
    assert_eq!(project.services.len(), 20_001);
}

#[test]
fn twenty_thousand_services_merge_and_extend_in_linear_time() {
    let services = |keys: &str| {
        let mut text = String::from("services:\n");
        for index in 0..20_000 {
            writeln!(text, "  s{index}: {{{keys}}}").unwrap();
        }
        text
    };
    let loader = MemoryLoader::new()
        .with("one.yml", services("extends: {file: base.yml, service: b}"))
        .with("two.yml", services("image: y, runtime: !reset null"))
        .with("base.yml", "services: {b: {image: x, runtime: nvidia}}");
    let mut sources = Sources::new();
    let inputs = Inputs {
        files: vec!["one.yml".into(), "two.yml".into()],
        ..Inputs::default()
    };
    let project = within(4_000_000, || load(&mut sources, &inputs, &loader).unwrap());
    assert_eq!(project.problems, []);
    let last = project.service("s19999").unwrap();
    assert_eq!(last.image().unwrap().0.known(), Some("y"));
    assert!(last.runtime().is_none());
}

#[test]
fn three_thousand_levels_are_refused_cleanly() {
    let mut block = String::new();
    for level in 0..3_000 {
        writeln!(block, "{}a:", " ".repeat(level)).unwrap();
    }
    let flow = "[".repeat(3_000) + &"]".repeat(3_000);
    for text in [block, flow] {
        let project = within(1_000, || project(text));
        assert_eq!(kinds(&project), [ProblemKind::Syntax]);
    }
}

#[test]
fn anchors_that_nest_through_aliases_are_refused_cleanly() {
    let mut text = String::from("services: {a: {image: x}}\nx-0: &a0 {}\n");
    for level in 1..3_000 {
        writeln!(text, "x-{level}: &a{level} {{k: *a{}}}", level - 1).unwrap();
    }
    let project = within(100_000, || project(text));
    assert!(
        project
            .problems
            .iter()
            .all(|problem| matches!(problem.kind, ProblemKind::TooDeep | ProblemKind::Alias))
    );
    assert!(!project.problems.is_empty());
}

#[test]
fn alias_bombs_do_not_go_off() {
    for (start, rest) in [
        ("[x, x]", "[*, *, *, *, *, *, *, *, *]"),
        ("{k: x}", "{a: *, b: *}"),
    ] {
        let mut text = format!("services: {{a: {{image: x}}}}\nx-0: &a0 {start}\n");
        for level in 1..40 {
            let rest = rest.replace('*', &format!("*a{}", level - 1));
            writeln!(text, "x-{level}: &a{level} {rest}").unwrap();
        }
        let project = within(20_000, || project(text));
        assert!(kinds(&project).contains(&ProblemKind::Alias));
        assert_eq!(project.services.len(), 1);
    }
}

/// The file that is named when a project is too much to check.
fn too_much(loader: &MemoryLoader) -> String {
    let inputs = Inputs {
        files: vec!["compose.yaml".into()],
        ..Inputs::default()
    };
    match load(&mut Sources::new(), &inputs, loader) {
        Err(Error::TooMuch { path }) => path.to_string(),
        Err(other) => panic!("{other}"),
        Ok(project) => panic!("{} services", project.services.len()),
    }
}

/// A service line for each number below `count`.
fn services(count: usize, line: impl Fn(usize) -> String) -> String {
    let lines: Vec<String> = (0..count).map(line).collect();
    format!("services:\n{}\n", lines.join("\n"))
}

#[test]
fn each_service_of_a_chain_adding_a_variable_is_too_much_at_some_length() {
    let chain = |count| {
        let link = |index: usize| match index.checked_sub(1) {
            None => "  s0: {image: x, environment: {V0: a}}".to_owned(),
            Some(before) => {
                format!("  s{index}: {{extends: s{before}, environment: {{V{index}: a}}}}")
            }
        };
        MemoryLoader::new().with("compose.yaml", services(count, link))
    };
    assert_eq!(too_much(&chain(4_000)), "compose.yaml");
    let (project, _) = open(&chain(500), "compose.yaml");
    assert_eq!(project.problems, []);
    assert_eq!(project.services[499].environment.len(), 500);
}

#[test]
fn many_variables_for_many_services_are_too_much_whatever_repeats_them() {
    let variables: Vec<String> = (0..1_000).map(|index| format!("  V{index}: a\n")).collect();
    let variables = variables.concat();
    let aliased = services(250, |index| {
        format!("  s{index}: {{image: x, environment: *e}}")
    });
    let merged = services(250, |index| {
        format!("  s{index}: {{image: x, environment: {{<<: *e, OWN: a}}}}")
    });
    for text in [aliased, merged] {
        // So much is written out that Compose has nothing to say about the aliases.
        let written = "  - x\n".repeat(100_000);
        let text = format!("x-e: &e\n{variables}x-written:\n{written}{text}");
        assert_eq!(
            too_much(&MemoryLoader::new().with("compose.yaml", text)),
            "compose.yaml"
        );
    }
    let base = format!("services:\n  b:\n    image: x\n    environment:\n{variables}");
    let base = base.replace("\n  V", "\n      V");
    let extended = services(1_000, |index| {
        format!("  s{index}: {{extends: {{file: base.yaml, service: b}}}}")
    });
    let loader = MemoryLoader::new()
        .with("base.yaml", base)
        .with("compose.yaml", extended);
    assert_eq!(too_much(&loader), "compose.yaml");
    let listed = services(1_000, |index| {
        format!("  s{index}: {{image: x, env_file: many.env}}")
    });
    let loader = MemoryLoader::new()
        .with("many.env", "V=a\n".repeat(1_000))
        .with("compose.yaml", listed);
    assert_eq!(too_much(&loader), "many.env");
}

#[test]
fn a_variable_that_doubles_with_every_line_is_too_much() {
    let lines: Vec<String> = (0..60)
        .map(|index| format!("A{}=${{A{index}}}$A{index}\n", index + 1))
        .collect();
    let text = format!("A0=xxxxxxxx\n{}", lines.concat());
    let project = "services: {a: {image: x, env_file: a.env}}";
    for name in [".env", "a.env"] {
        let loader = MemoryLoader::new()
            .with(name, text.as_str())
            .with("compose.yaml", project);
        assert_eq!(too_much(&loader), name);
    }
}

#[test]
fn a_long_text_for_many_services_is_too_much_whatever_repeats_it() {
    let long = "x".repeat(100_000);
    let each = |service: &str| services(2_000, |index| format!("  s{index}: {service}"));
    let variable = MemoryLoader::new().with(".env", format!("A={long}\n"));
    let include = "include: [{path: b.yaml, env_file: a.env}]\nservices: {}\n";
    for (loader, text) in [
        (variable.clone(), each("{image: x, command: $A}")),
        (variable.clone(), each("{image: x, environment: [A]}")),
        (
            variable.with("b.yaml", each("{image: x, environment: [A]}")),
            include.to_owned(),
        ),
        (
            MemoryLoader::new(),
            format!("x-a: &a {long}\n{}", each("{image: x, command: *a}")),
        ),
        (
            MemoryLoader::new(),
            format!(
                "x-a: &a\n  ? {long}\n  : y\n{}",
                each("{image: x, environment: *a}")
            ),
        ),
        (
            MemoryLoader::new().with(
                "b.yaml",
                format!("services: {{b: {{image: x, command: {long}}}}}"),
            ),
            each("{extends: {file: b.yaml, service: b}}"),
        ),
    ] {
        let name = if text.starts_with("include") {
            "b.yaml"
        } else {
            "compose.yaml"
        };
        let loader = loader
            .with("a.env", format!("A={long}\n"))
            .with("compose.yaml", text);
        assert_eq!(within(3_000_000, || too_much(&loader)), name);
    }
}

#[test]
fn an_env_file_with_more_variables_than_are_read_is_too_much() {
    for format in ["", ", format: raw"] {
        let loader = MemoryLoader::new()
            .with("a.env", "A=b\n".repeat(400_000))
            .with(
                "compose.yaml",
                format!("services: {{a: {{image: x, env_file: [{{path: a.env{format}}}]}}}}"),
            );
        assert_eq!(too_much(&loader), "a.env");
    }
}

#[test]
fn projects_of_one_directory_share_its_variables() {
    let names: Vec<String> = (0..900).map(|index| format!("f{index}.yml")).collect();
    let variables: Vec<String> = (0..50_000).map(|index| format!("A{index}=x\n")).collect();
    let mut loader = MemoryLoader::new().with(".env", variables.concat()).with(
        "compose.yaml",
        format!("include: [{}]\nservices: {{}}\n", names.join(", ")),
    );
    for (index, name) in names.iter().enumerate() {
        let text = format!("services: {{s{index}: {{image: $A{index}}}}}");
        loader = loader.with(name, text);
    }
    let (project, _) = open(&loader, "compose.yaml");
    assert_eq!(project.problems, []);
    assert_eq!(project.services.len(), 900);
}

#[test]
fn two_hundred_services_with_three_hundred_variables_are_read() {
    let variables: Vec<String> = (0..300).map(|index| format!("V{index}: a")).collect();
    let text = services(200, |index| {
        format!("  s{index}: {{image: x, environment: {{<<: *e, OWN: a}}}}")
    });
    let text = format!("x-e: &e {{{}}}\n{text}", variables.join(", "));
    let project = project(text);
    let kinds = kinds(&project);
    assert!(!kinds.contains(&ProblemKind::TooDeep), "{kinds:?}");
    assert_eq!(project.services.len(), 200);
    assert_eq!(project.services[199].environment.len(), 301);
}

#[test]
fn more_values_than_are_read_are_too_much() {
    let text = format!(
        "x-list: [{}a]\nservices: {{a: {{image: x}}}}\n",
        "a, ".repeat(500_000)
    );
    assert_eq!(
        too_much(&MemoryLoader::new().with("compose.yaml", text)),
        "compose.yaml"
    );
}

#[test]
fn a_key_may_stand_fifty_thousand_times() {
    let mut replaced = 0;
    let project = project(services(50_000, |_| "  a: {image: x}".to_owned()));
    assert_eq!(project.problems.len(), 49_999);
    let mut value = &project.services[0].value;
    while let Some(Earlier::Replaced { value: older, .. }) = value.earlier.last() {
        replaced += 1;
        value = older;
    }
    assert!((1..100).contains(&replaced), "{replaced}");
}

#[test]
fn circles_end() {
    let loader = MemoryLoader::new()
        .with(
            "compose.yaml",
            "include: [compose.yaml, b.yml]\nservices: {a: {extends: {file: b.yml, service: b}}}",
        )
        .with(
            "b.yml",
            "include: [compose.yaml]\nservices: {b: {extends: {file: compose.yaml, service: a}}}",
        );
    let (project, _) = within(1_000, || open(&loader, "compose.yaml"));
    let kinds = kinds(&project);
    assert!(kinds.contains(&ProblemKind::Include));
    assert!(kinds.contains(&ProblemKind::Extends));
}

#[test]
fn long_chains_end() {
    let mut extends = String::from("services:\n  s0: {image: x}\n");
    for index in 1..5_000 {
        writeln!(extends, "  s{index}: {{extends: s{}}}", index - 1).unwrap();
    }
    within(1_000_000, || project(extends));
    let mut loader = MemoryLoader::new();
    for index in 0..2_000 {
        let next = index + 1;
        let text = format!("include: [f{next}.yml, f{next}.yml]\nservices: {{}}");
        loader = loader.with(format!("f{index}.yml"), text);
    }
    let (project, _) = within(1_000_000, || open(&loader, "f0.yml"));
    assert!(kinds(&project).contains(&ProblemKind::TooDeep));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let loader = MemoryLoader::new()
        .with(
            "compose.yaml",
            "include: [secret.yml, dir]\nservices: {a: {image: x, env_file: secret.env}}",
        )
        .with_error("secret.yml", LoadError::Denied)
        .with_error("dir", LoadError::Directory)
        .with_error("secret.env", LoadError::Denied)
        .with_error(".env", LoadError::Directory);
    let (project, _) = open(&loader, "compose.yaml");
    let messages: Vec<_> = project.problems.iter().map(Problem::to_string).collect();
    assert_eq!(
        messages,
        [
            "open secret.yml: permission denied",
            "open dir: is a directory",
            "open secret.env: permission denied",
        ]
    );
    let inputs = Inputs {
        files: vec!["nope.yml".into()],
        ..Inputs::default()
    };
    assert_eq!(
        load(&mut Sources::new(), &inputs, &loader).unwrap_err(),
        Error::File {
            path: "nope.yml".into(),
            error: LoadError::NotFound
        }
    );
}

#[test]
fn many_variables_and_comments_take_linear_time() {
    let mut folded = String::from("services:\n  a:\n    image: x\n    command: >\n");
    for index in 0..50_000 {
        writeln!(folded, "      ${{V{index}:-x}} # no comment").unwrap();
    }
    let mut comments = "# a comment\n".repeat(50_000);
    comments.push_str("services: {a: {image: x}}\n");
    let quotes = format!("services: {{a: {{image: \"{}\"}}}}", "${".repeat(100_000));
    for text in [folded, comments, quotes] {
        within(1_000, || project(text));
    }
}

fn assert_location(sources: &Sources, at: Location) {
    let text = sources.get(at.file).text();
    assert!(
        text.get(at.span.range()).is_some(),
        "{:?} of {} bytes",
        at.span,
        text.len()
    );
}

fn assert_value(value: &Value, sources: &Sources) {
    assert_location(sources, value.location);
    if let Some(alias) = value.alias {
        assert_location(sources, alias);
        assert!(sources.get(alias.file).slice(alias.span).starts_with('*'));
    }
    match &value.kind {
        Kind::Sequence(items) => items.iter().for_each(|item| assert_value(item, sources)),
        Kind::Mapping(mapping) => {
            for entry in mapping {
                assert_location(sources, entry.key_location);
                assert_value(&entry.value, sources);
            }
        }
        Kind::Scalar(scalar) => {
            for used in scalar
                .interpolated
                .iter()
                .flat_map(|inner| &inner.variables)
            {
                assert_location(sources, used.location);
            }
        }
        Kind::Null | Kind::Unknown => {}
    }
}

/// Every span lies in its file, and every node in its parent.
fn assert_sound(text: &str) {
    let stream = yaml::parse(text);
    for document in &stream.documents {
        let mut open = vec![*document];
        while let Some(id) = open.pop() {
            let node = stream.node(id);
            let written = text.get(node.span.range());
            assert!(written.is_some(), "{:?}", node.span);
            let children: Vec<_> = match &node.kind {
                NodeKind::Mapping { pairs, .. } => pairs
                    .iter()
                    .flat_map(|(key, value)| [*key, *value])
                    .collect(),
                NodeKind::Sequence { items, .. } => items.clone(),
                NodeKind::Scalar { .. } | NodeKind::Alias { .. } => Vec::new(),
            };
            for child in children {
                let inner = stream.node(child).span;
                assert!(node.span.contains(inner), "{:?} in {:?}", inner, node.span);
                open.push(child);
            }
        }
    }
    let loader = MemoryLoader::new()
        .with("compose.yaml", text)
        .with("over.yml", text)
        .with("a.env", text);
    let inputs = Inputs {
        files: vec!["compose.yaml".into(), "over.yml".into()],
        env_files: vec!["a.env".into()],
        ..Inputs::default()
    };
    let mut sources = Sources::new();
    let project = load(&mut sources, &inputs, &loader).unwrap();
    for problem in &project.problems {
        assert_location(&sources, problem.location);
        for label in &problem.related {
            assert_location(&sources, label.location);
        }
    }
    for service in &project.services {
        assert_value(&service.value, &sources);
        for variable in &service.environment {
            assert_location(&sources, variable.location);
        }
    }
    assert_value(&project.sections, &sources);
}

const SEED: &str = r#"
x-gpu: &gpu
  deploy: {resources: {reservations: {devices: [{driver: nvidia, count: ${N:-1}, capabilities: [gpu]}]}}}
include: [over.yml]
services:
  äö: &s
    <<: *gpu
    image: "i:${TAG:-1}-$$x ü"
    build: {context: ., args: [A=1, B], dockerfile: 'it''s'}
    environment: {A: "\u00e4 $B", B: , C: !reset null}
    env_file: [a.env, {path: b.env, required: false}]
    devices: ["nvidia.com/gpu=all", /dev/a:/dev/b:rwm]
    ports: ["80:80", {target: 1}]
    volumes: [./a:/b:ro, "data:/d"]
    gpus: all
    command: >-
      one ${X:-"é"}
      two

    depends_on: [b]
  b:
    extends: {file: over.yml, service: äö}
    networks: [n]
    gpus: !override [{device_ids: ["0"], count: 2}]
---
services: {b: *nope}
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        assert_sound(&text);
    }

    #[test]
    fn yaml_like_text_is_read(text in "([a-z&*!<{}\\[\\],:#|>'\"$ \t\r\n-]|é|: |- |\n  |services:|image:|\\$\\{){0,120}") {
        assert_sound(&text);
    }

    #[test]
    fn a_damaged_project_is_read(at in 0..SEED.len(), length in 0_usize..40, put in "[:\\-\\[{}\\]&*!\"'$é\n\t ]{0,3}") {
        let mut text = SEED.to_owned();
        let floor = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let range = floor(at)..floor(at + length);
        text.replace_range(range, &put);
        assert_sound(&text);
    }
}

#[test]
fn the_undamaged_project_is_sound() {
    assert_sound(SEED);
}
