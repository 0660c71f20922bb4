//! Prints what the crate makes of a Compose project as JSON, for the comparison with Docker Compose:
//! `project [--profile P]… [--env-file F]… [--project-directory D] FILE…`; without a file, the working
//! directory is searched. One argument `-` reads such argument lines from standard input, one result each.

#![expect(clippy::print_stdout, reason = "a program for developers")]

use std::io::BufRead as _;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use compose::value::Kind;
use compose::yaml::ScalarType;
use compose::{Inputs, LoadError, Loader, Project, Value, load};
use serde_json::{Map, Value as Json, json};
use source::{SourceFile, Sources};

struct Disk;

impl Loader for Disk {
    fn read(&self, path: &Utf8Path) -> Result<Arc<SourceFile>, LoadError> {
        let bytes = std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => LoadError::NotFound,
            std::io::ErrorKind::IsADirectory => LoadError::Directory,
            std::io::ErrorKind::PermissionDenied => LoadError::Denied,
            _ => LoadError::Other(error.to_string()),
        })?;
        Ok(Arc::new(SourceFile::decode(path.as_str(), bytes)?))
    }

    fn exists(&self, path: &Utf8Path) -> bool {
        path.exists()
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["-"] {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let arguments: Vec<String> = line.split('\t').map(str::to_owned).collect();
            println!("{}", run(&arguments));
        }
    } else {
        println!("{}", run(&arguments));
    }
}

fn run(arguments: &[String]) -> Json {
    let mut inputs = Inputs {
        directory: std::env::current_dir()
            .ok()
            .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
            .unwrap_or_default(),
        ..Inputs::default()
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut next = || arguments.next().cloned().unwrap_or_default();
        match argument.as_str() {
            "--directory" => {
                inputs.directory = next().into();
                // Compose sets it itself.
                let here = inputs.directory.to_string();
                inputs.environment.insert("PWD".to_owned(), here);
            }
            "--profile" => inputs.profiles.push(next()),
            "--env-file" => inputs.env_files.push(next().into()),
            "--project-directory" => inputs.project_directory = Some(next().into()),
            "--set" => {
                let pair = next();
                let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
                inputs.environment.insert(name.to_owned(), value.to_owned());
            }
            file => inputs.files.push(file.into()),
        }
    }
    let mut sources = Sources::new();
    match load(&mut sources, &inputs, &Disk) {
        Ok(mut project) => {
            project.admit(&|_| true);
            report(&project, &sources)
        }
        Err(error) => json!({"problems": [error.to_string()]}),
    }
}

fn report(project: &Project, sources: &Sources) -> Json {
    let problems: Vec<_> = project
        .problems
        .iter()
        .map(|problem| {
            let file = sources.get(problem.location.file);
            let at = file.position(problem.location.span.start);
            let kind = format!("{:?}", problem.kind);
            let kind = kind.split(['(', ' ']).next().unwrap_or_default();
            let (name, message) = (file.name(), &problem.message);
            format!("{name}:{}:{}: [{kind}] {message}", at.line, at.column)
        })
        .collect();
    let services: Map<String, Json> = project
        .services
        .iter()
        .filter(|service| service.active)
        .map(|service| {
            let mut value = plain(&service.value);
            let environment: Map<String, Json> = service
                .environment
                .iter()
                .map(|set| (set.name.to_string(), json!(set.value)))
                .collect();
            let name = service.name.to_string();
            if !value.is_object() {
                return (name, value);
            }
            value["environment"] = Json::Object(environment);
            if let Some(build) = service.build() {
                value["build"]["resolved"] = json!({
                    "context": format!("{:?}", build.context()),
                    "dockerfile": build.dockerfile().map(|path| path.to_string()),
                    "args": build.args().into_iter().map(|arg| (arg.name, arg.value)).collect::<Vec<_>>(),
                });
            }
            (name, value)
        })
        .collect();
    json!({
        "problems": problems,
        "overlay": project.overlay,
        "incomplete": project.incomplete,
        "name": project.name,
        "services": services,
        "sections": plain(&project.sections),
        "unknown": project.services.iter().any(|service| service.value.has_unknown()),
    })
}

fn plain(value: &Value) -> Json {
    match &value.kind {
        Kind::Null => Json::Null,
        Kind::Unknown => json!("<unknown>"),
        Kind::Scalar(scalar) => match scalar.scalar_type {
            ScalarType::Bool => json!(scalar.text.to_ascii_lowercase() == "true"),
            ScalarType::Int => scalar
                .text
                .parse::<i64>()
                .map_or_else(|_| json!(scalar.text), |number| json!(number)),
            ScalarType::Float => scalar
                .text
                .parse::<f64>()
                .map_or_else(|_| json!(scalar.text), |number| json!(number)),
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
