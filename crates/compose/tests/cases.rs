//! Runs the cases in `tests/cases`: Compose files, arguments, and what is to be seen in the project.
//!
//! A case is a `##` section. Its fenced blocks are files (```` ```yaml compose.yaml ````), `arguments`, and
//! `expect` with one statement a line. All problems of the project must be stated, nothing else need be.
//! Blocks marked `escaped` may use `\r`, `\t` and `\xNN`.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::fmt::Write as _;

use compose::value::{Earlier, Kind};
use compose::yaml::ScalarType;
use compose::{Inputs, LoadError, Loader, MemoryLoader, ProblemKind, Project, Value, load};
use serde_json::{Map, Value as Json, json};
use source::{Location, SourceFile, Sources};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

struct Case {
    title: String,
    files: MemoryLoader,
    inputs: Inputs,
    expect: Vec<String>,
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend(rest[..at].bytes());
        let (byte, length) = match rest.as_bytes()[at + 1] {
            b'x' => (u8::from_str_radix(&rest[at + 2..at + 4], 16).unwrap(), 4),
            b'n' => (b'\n', 2),
            b'r' => (b'\r', 2),
            b't' => (b'\t', 2),
            other => panic!("unknown escape {other}"),
        };
        bytes.push(byte);
        rest = &rest[at + length..];
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).unwrap()
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            cases.push(Case {
                title: title.to_owned(),
                files: MemoryLoader::new(),
                inputs: Inputs::default(),
                expect: Vec::new(),
            });
        }
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let case = cases.last_mut().unwrap();
        match info.split_once(' ') {
            Some((kind, name)) => {
                let mut text = body.join("\n") + "\n";
                if kind == "escaped" {
                    text = unescape(&text);
                }
                case.files = std::mem::take(&mut case.files).with(name, text);
            }
            None if info == "arguments" => arguments(&body.join(" "), &mut case.inputs),
            None => case.expect = body.into_iter().map(str::to_owned).collect(),
        }
    }
    cases
}

fn arguments(text: &str, inputs: &mut Inputs) {
    let mut words = text.split_whitespace();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match option {
            "-f" => inputs.files.push(value.into()),
            "--profile" => inputs.profiles.push(value.into()),
            "--env-file" => inputs.env_files.push(value.into()),
            "--set" => {
                let (name, value) = value.split_once('=').unwrap();
                inputs.environment.insert(name.into(), value.into());
            }
            option => panic!("unknown argument {option}"),
        }
    }
}

/// Memory files are named without a directory.
struct Relative(MemoryLoader);

impl Relative {
    fn name(path: &Utf8Path) -> Utf8PathBuf {
        path.strip_prefix(".").unwrap_or(path).to_owned()
    }
}

impl Loader for Relative {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError> {
        self.0.read(&Self::name(path))
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        self.0.exists(&Self::name(path))
    }
}

fn place(sources: &Sources, at: Location) -> String {
    let file = sources.get(at.file);
    let position = file.position(at.span.start);
    format!("{}:{}:{}", file.name(), position.line, position.column)
}

fn plain(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Unknown => json!("?"),
        Kind::Scalar(scalar) => match scalar.scalar_type {
            ScalarType::Bool => json!(scalar.printed() == "true"),
            ScalarType::Int => json!(scalar.printed().parse::<i64>().unwrap()),
            ScalarType::Float => json!(scalar.printed().parse::<f64>().unwrap()),
            ScalarType::Null | ScalarType::String => json!(scalar.text),
        },
        Kind::Sequence(items) => items.iter().map(plain).collect(),
        Kind::Mapping(mapping) => mapping
            .iter()
            .map(|entry| (entry.key.to_string(), plain(&entry.value)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn find<'a>(project: &'a Project, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = match parts.next()? {
        "services" => &project.service(parts.next()?)?.value,
        _ => &project.sections,
    };
    for part in parts {
        value = match part.parse::<usize>() {
            Ok(index) => value.as_sequence()?.get(index)?,
            Err(_) => value.get(part)?,
        };
    }
    Some(value)
}

/// What the project says to one expectation, in the expectation's own form.
fn answer(line: &str, project: &Project, sources: &Sources) -> Option<String> {
    let mut words = line.split(' ');
    let verb = words.next()?;
    let at = |location| place(sources, location);
    Some(match verb {
        "overlay" => if project.overlay {
            "overlay"
        } else {
            "no overlay"
        }
        .into(),
        "active" | "inactive" => {
            let service = project.service(words.next()?)?;
            let state = if service.active { "active" } else { "inactive" };
            format!("{state} {}", service.name)
        }
        "environment" => {
            let (service, name) = (words.next()?, words.next()?);
            let variable = project.service(service)?.variable(name)?;
            let value = match &variable.value {
                Some(value) => json!(value).to_string(),
                None => "?".into(),
            };
            format!(
                "environment {service} {name} = {value} @ {}",
                at(variable.location)
            )
        }
        "dockerfile" => {
            let service = words.next()?;
            let path = project.service(service)?.build()?.dockerfile();
            format!(
                "dockerfile {service} = {}",
                path.map_or("?".into(), Utf8PathBuf::into_string)
            )
        }
        "unknown" => {
            let path = words.next()?;
            let scalar = find(project, path)?.as_scalar()?;
            let state = if scalar.is_known() {
                "known"
            } else {
                "unknown"
            };
            format!("{state} {path} {:?}", scalar.text)
        }
        "variable" => {
            let (path, name) = (words.next()?, words.next()?);
            let used = &find(project, path)?
                .as_scalar()?
                .interpolated
                .as_ref()?
                .variables;
            let used = used.iter().find(|used| &*used.name == name)?;
            format!("variable {path} {name} {}", at(used.location))
        }
        "alias" => {
            let path = words.next()?;
            format!("alias {path} {}", at(find(project, path)?.alias?))
        }
        "replaced" | "merged" => {
            let path = words.next()?;
            let mut places = find(project, path)?
                .earlier
                .iter()
                .map(|earlier| match earlier {
                    Earlier::Replaced { value, .. } => ("replaced", value.location),
                    Earlier::Merged { location, .. } => ("merged", *location),
                });
            let (verb, location) = places.next_back()?;
            format!("{verb} {path} {}", at(location))
        }
        "reset" => {
            let path = words.next()?;
            let reset = project
                .resets
                .iter()
                .find(|reset| reset.path.to_string() == path)?;
            let removed = at(reset.removed.as_ref()?.location);
            format!("reset {path} {} {removed}", at(reset.location))
        }
        path => {
            let path = path.strip_prefix("sections.").unwrap_or(path);
            let value = find(
                project,
                &line[..line.find(" = ")?].replace("sections.", "sections "),
            )
            .or_else(|| find(project, path));
            let value = match verb.strip_prefix("sections.") {
                Some(rest) => project.sections.get(rest)?,
                None => value?,
            };
            format!("{verb} = {} @ {}", plain(value), at(value.location))
        }
    })
}

/// Where the case goes wrong; blank if nowhere.
fn run(case: &Case) -> String {
    let mut sources = Sources::new();
    let mut wrong = String::new();
    let mut expected: Vec<&str> = case.expect.iter().map(String::as_str).collect();
    let project = match load(&mut sources, &case.inputs, &Relative(case.files.clone())) {
        Ok(mut project) => {
            // Compared is what Compose reads.
            project.admit(&|_| true);
            project
        }
        Err(error) => {
            let error = format!("fails {error}");
            if expected != [error.as_str()] {
                writeln!(wrong, "    seen:     {error}").unwrap();
            }
            return wrong;
        }
    };
    let mut problems: Vec<String> = project
        .problems
        .iter()
        .map(|problem| {
            let place = place(&sources, problem.location);
            match problem.kind {
                ProblemKind::Syntax => {
                    format!("syntax {}", place.rsplit_once(':').unwrap().0)
                }
                _ => format!("error {place} {problem}"),
            }
        })
        .collect();
    expected.retain(|line| {
        let known = problems.iter().position(|problem| problem == line);
        known.is_none_or(|at| {
            problems.remove(at);
            false
        })
    });
    for line in expected {
        let seen = answer(line, &project, &sources);
        if seen.as_deref() != Some(line) {
            let seen = seen.unwrap_or_else(|| "nothing".into());
            writeln!(wrong, "    expected: {line}\n    seen:     {seen}").unwrap();
        }
    }
    for problem in problems {
        writeln!(wrong, "    not expected: {problem}").unwrap();
    }
    wrong
}

#[test]
fn every_case_is_as_compose_has_it() {
    let directory = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut wrong = String::new();
    let mut count = 0;
    let mut files: Vec<_> = directory
        .read_dir_utf8()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    files.sort_by(|a, b| a.path().cmp(b.path()));
    for file in files {
        let text = std::fs::read_to_string(file.path()).unwrap();
        for case in cases(&text) {
            count += 1;
            let found = run(&case);
            if !found.is_empty() {
                write!(wrong, "{}: {}\n{found}", file.file_name(), case.title).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count > 100, "only {count} cases were found");
}
