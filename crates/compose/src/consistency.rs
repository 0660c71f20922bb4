//! What Compose checks once everything is merged: that active services have something to run, and that
//! names they use are defined.

use std::collections::{HashMap, HashSet};

use source::{Label, Location};

use crate::path::{KeyPath, Step};
use crate::problem::{self, Problem, ProblemKind};
use crate::project::{Project, Service};
use crate::value::{Kind, Mapping, Value};
use crate::yaml::ScalarType;

/// Adds the problems of a merged project. Files that need not stand alone may be overlays: what they do not
/// define makes the project an overlay, and is no problem.
pub(crate) fn check(project: &mut Project, alone: bool) {
    let mut checker = Checker {
        services: project
            .services
            .iter()
            .map(|service| (&*service.name, service))
            .collect(),
        sections: &project.sections,
        found: Vec::new(),
    };
    for service in project.services.iter().filter(|service| service.active) {
        checker.service(service);
    }
    checker.cycles(&project.services);
    let found = checker.found;
    let missing = |problem: &Problem| problem.kind == ProblemKind::Reference;
    // What could not be looked at may define it.
    let excused = !alone || project.incomplete;
    project.overlay = !alone && found.iter().any(missing);
    let kept = found
        .into_iter()
        .filter(|problem| !excused || !missing(problem));
    project.problems.extend(kept);
    if project.overlay {
        // The base file may lie elsewhere, and relative paths count from there.
        let env_file = |problem: &Problem| {
            problem.kind == ProblemKind::Read && problem.path.matches("services.*.env_file.*")
        };
        project.problems.retain(|problem| !env_file(problem));
    }
    problem::sort(&mut project.problems);
}

struct Checker<'a> {
    services: HashMap<&'a str, &'a Service>,
    sections: &'a Value,
    found: Vec<Problem>,
}

fn path(service: &Service, keys: &[&str]) -> KeyPath {
    let mut steps = vec![
        Step::Key("services".into()),
        Step::Key((&*service.name).into()),
    ];
    steps.extend(keys.iter().map(|key| Step::Key((*key).into())));
    KeyPath(steps)
}

fn items<'a>(service: &'a Service, key: &str) -> &'a [Value] {
    let value = service.value.get(key).and_then(Value::as_sequence);
    value.unwrap_or_default()
}

fn mapping<'a>(service: &'a Service, key: &str) -> Option<&'a Mapping> {
    service.value.get(key)?.as_mapping()
}

fn is_set(service: &Service, key: &str) -> bool {
    service.value.get(key).is_some_and(|value| !value.is_null())
}

impl<'a> Checker<'a> {
    fn reference(&mut self, path: KeyPath, location: Location, message: String) {
        self.add(ProblemKind::Reference, path, location, message);
    }

    fn value(&mut self, path: KeyPath, location: Location, message: String) {
        self.add(ProblemKind::Value, path, location, message);
    }

    fn add(&mut self, kind: ProblemKind, path: KeyPath, location: Location, message: String) {
        self.found.push(Problem {
            kind,
            path,
            location,
            message,
            related: Vec::new(),
        });
    }

    fn defines(&self, section: &str, name: &str) -> bool {
        match self.sections.get(section).map(|section| &section.kind) {
            Some(Kind::Mapping(mapping)) => mapping.get(name).is_some(),
            Some(Kind::Unknown) => true,
            _ => false,
        }
    }

    fn service(&mut self, service: &'a Service) {
        if service.value.as_mapping().is_none() {
            return;
        }
        self.source(service);
        self.networks(service);
        self.depends_on(service);
        self.mounts(service);
        self.used(service, "configs", "config");
        self.used(service, "secrets", "secret");
        self.models(service);
        self.health(service);
        self.replicas(service);
    }

    /// Image or build.
    fn source(&mut self, service: &Service) {
        let name = &service.name;
        let image = service.value.get("image");
        let blank = image.and_then(Value::as_str) == Some("");
        let image = image.is_some_and(|image| !image.is_null()) && !blank;
        if !image && !is_set(service, "build") && !is_set(service, "provider") {
            let message =
                format!("service {name:?} has neither an image nor a build context specified");
            self.reference(path(service, &[]), service.key_location, message);
        }
        let Some(build) = service.build() else { return };
        if let (Some(inline), Some(_)) = (build.dockerfile_inline(), build.value.get("dockerfile"))
        {
            let message = format!(
                "service {name:?} declares mutualy exclusive dockerfile and dockerfile_inline"
            );
            let path = path(service, &["build", "dockerfile_inline"]);
            self.value(path, inline.1, message);
        }
        for context in build.additional_contexts() {
            let Some(target) = context.value.as_str() else {
                continue;
            };
            let Some(target) = target.strip_prefix("service:") else {
                continue;
            };
            let path = path(service, &["build", "additional_contexts", &context.key]);
            let key = &context.key;
            match self.services.get(target).copied() {
                None => {
                    let message = format!(
                        "service {name:?} declares unknown service {target:?} as additional contexts {key}"
                    );
                    self.reference(path, context.value.location, message);
                }
                Some(target) if !is_set(target, "build") => {
                    let message = format!(
                        "service {name:?} declares non-buildable service {:?} as additional contexts {key}",
                        target.name
                    );
                    self.reference(path, context.value.location, message);
                }
                Some(_) => {}
            }
        }
        let platforms = build.value.get("platforms").and_then(Value::as_sequence);
        if let (Some(platforms), Some((platform, at))) = (platforms, service.platform())
            && let Some(wanted) = platform.known()
            && !platforms.is_empty()
            && !platforms
                .iter()
                .any(|item| item.has_unknown() || item.as_str() == Some(wanted))
        {
            let message =
                format!("service.build.platforms MUST include service.platform {wanted:?}");
            self.value(path(service, &["platform"]), at, message);
        }
        for secret in build
            .value
            .get("secrets")
            .and_then(Value::as_sequence)
            .unwrap_or_default()
        {
            let Some(source) = secret.get("source").and_then(Value::as_str) else {
                continue;
            };
            if !self.defines("secrets", source) {
                let message = format!("service {name:?} refers to undefined build secret {source}");
                self.reference(
                    path(service, &["build", "secrets"]),
                    secret.location,
                    message,
                );
            }
        }
    }

    fn networks(&mut self, service: &Service) {
        let name = &service.name;
        let networks = mapping(service, "networks");
        let mode = service.value.get("network_mode");
        let mode_text = mode.and_then(Value::as_str);
        if let (Some(networks), Some(mode)) = (networks, mode)
            && !networks.is_empty()
            && mode_text != Some("")
            && !mode.is_null()
        {
            let message =
                format!("service {name} declares mutually exclusive `network_mode` and `networks`");
            self.value(path(service, &["network_mode"]), mode.location, message);
        }
        for network in networks.into_iter().flatten() {
            if &*network.key != "default" && !self.defines("networks", &network.key) {
                let message = format!(
                    "service {name:?} refers to undefined network {}",
                    network.key
                );
                let path = path(service, &["networks", &network.key]);
                self.reference(path, network.key_location, message);
            }
        }
        if let (Some(mode), Some(text)) = (mode, mode_text)
            && let Some(target) = text.strip_prefix("service:")
            && self
                .services
                .get(target)
                .is_none_or(|target| !target.active)
        {
            let message =
                format!("service {target:?} not found for network_mode 'service:{target}'");
            self.reference(path(service, &["network_mode"]), mode.location, message);
        }
    }

    fn depends_on(&mut self, service: &Service) {
        for dependency in mapping(service, "depends_on").into_iter().flatten() {
            let required =
                dependency.value.get("required").and_then(Value::as_str) != Some("false");
            let missing = match self.services.get(&*dependency.key) {
                None => true,
                Some(target) => !target.active && required,
            };
            if missing {
                self.undefined(
                    service,
                    "depends_on",
                    &dependency.key,
                    dependency.key_location,
                );
            }
        }
        for (key, cut) in [("links", ':'), ("volumes_from", ':')] {
            for item in items(service, key) {
                let Some(text) = item.as_str() else { continue };
                let target = text.split(cut).next().unwrap_or_default();
                if key == "volumes_from" && text.starts_with("container:") {
                    continue;
                }
                if self
                    .services
                    .get(target)
                    .is_none_or(|target| !target.active)
                {
                    self.undefined(service, key, target, item.location);
                }
            }
        }
        for key in ["ipc", "pid", "uts", "cgroup"] {
            let Some(value) = service.value.get(key) else {
                continue;
            };
            let target = value
                .as_str()
                .and_then(|text| text.strip_prefix("service:"));
            if let Some(target) = target
                && self
                    .services
                    .get(target)
                    .is_none_or(|target| !target.active)
            {
                self.undefined(service, key, target, value.location);
            }
        }
    }

    fn undefined(&mut self, service: &Service, key: &str, target: &str, at: Location) {
        let message = format!(
            "service {:?} depends on undefined service {target:?}",
            service.name
        );
        self.reference(path(service, &[key]), at, message);
    }

    /// Named volumes are defined, and no two mounts share a target.
    fn mounts(&mut self, service: &Service) {
        let name = &service.name;
        let mut targets: HashMap<String, Location> = HashMap::new();
        let mut mount = |this: &mut Self, key: &str, target: &str, at: Location| {
            if let Some(first) = targets.insert(target.to_owned(), at) {
                this.found.push(Problem {
                    kind: ProblemKind::Value,
                    path: path(service, &[key]),
                    location: at,
                    message: format!("services.{name}.{key}: target {target} already mounted"),
                    related: vec![Label::new(first, "mounted here first")],
                });
            }
        };
        for item in items(service, "tmpfs") {
            if let Some(text) = item.as_str() {
                let target = text.split(':').next().unwrap_or_default();
                mount(self, "tmpfs", target, item.location);
            }
        }
        for item in items(service, "volumes") {
            if item.has_unknown() {
                continue;
            }
            let field = |key: &str| item.get(key).and_then(Value::as_str);
            if let Some(target) = field("target") {
                mount(self, "volumes", target, item.location);
            }
            let source = item.get("source");
            let source_text = source.and_then(Value::as_str);
            match (field("type"), source, source_text) {
                (Some("volume"), Some(source), Some(text))
                    if !text.is_empty() && !self.defines("volumes", text) =>
                {
                    let message = format!("service {name:?} refers to undefined volume {text}");
                    self.reference(path(service, &["volumes"]), source.location, message);
                }
                (Some("bind"), None, _) => {
                    let message =
                        "invalid mount config for type \"bind\": field Source must not be empty";
                    self.value(
                        path(service, &["volumes"]),
                        item.location,
                        message.to_owned(),
                    );
                }
                _ => {}
            }
        }
    }

    fn used(&mut self, service: &Service, key: &str, noun: &str) {
        for item in items(service, key) {
            let source = item.get("source");
            let Some(text) = source.and_then(Value::as_str) else {
                continue;
            };
            if !self.defines(key, text) {
                let message = format!(
                    "service {:?} refers to undefined {noun} {text}",
                    service.name
                );
                let at = source.map_or(item.location, |source| source.location);
                self.reference(path(service, &[key]), at, message);
            }
        }
    }

    fn models(&mut self, service: &Service) {
        for model in mapping(service, "models").into_iter().flatten() {
            if !self.defines("models", &model.key) {
                let message = format!(
                    "service {:?} refers to undefined model {}",
                    service.name, model.key
                );
                self.reference(path(service, &["models"]), model.key_location, message);
            }
        }
    }

    fn health(&mut self, service: &Service) {
        let test = service.get(["healthcheck", "test"]);
        let first = test.and_then(Value::as_sequence).and_then(<[Value]>::first);
        if let Some(first) = first
            && let Some(text) = first.as_str()
            && !matches!(text, "CMD" | "CMD-SHELL" | "NONE")
        {
            let message =
                "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"";
            let path = path(service, &["healthcheck", "test"]);
            self.value(path, first.location, message.to_owned());
        }
    }

    fn replicas(&mut self, service: &Service) {
        let name = &service.name;
        let number = |keys: &[&str]| {
            let value = service.value.get_in(keys.iter().copied())?;
            let scalar = value.as_scalar().filter(|scalar| scalar.is_known())?;
            let integer = scalar.scalar_type == ScalarType::Int;
            let number = integer.then(|| scalar.text.parse::<i64>().ok())??;
            Some((number, value.location))
        };
        let scale = number(&["scale"]);
        let replicas = number(&["deploy", "replicas"]);
        if let (Some((scale, at)), Some((replicas, _))) = (scale, replicas)
            && scale != replicas
        {
            let message = format!(
                "services.{name}: can't set distinct values on 'scale' and 'deploy.replicas'"
            );
            self.value(path(service, &["scale"]), at, message);
        }
        for (key, value) in [("scale", scale), ("deploy.replicas", replicas)] {
            if let Some((number, at)) = value
                && number < 0
            {
                let message = format!("services.{name}.{key}: must be greater than or equal to 0");
                self.value(path(service, &[key]), at, message);
            }
        }
        if let Some((count, at)) = scale.or(replicas)
            && count > 1
            && service
                .value
                .get("container_name")
                .and_then(Value::as_str)
                .is_some()
        {
            let key = if scale.is_some() {
                "scale"
            } else {
                "deploy.replicas"
            };
            let message = format!(
                "services.{name}: can't set container_name and {key} as container name must be unique"
            );
            self.value(path(service, &["container_name"]), at, message);
        }
    }

    /// Services that wait for each other.
    fn cycles(&mut self, services: &'a [Service]) {
        let mut done: HashSet<&str> = HashSet::new();
        for start in services.iter().filter(|service| service.active) {
            if !done.contains(&*start.name) {
                self.cycle_from(start, &mut done);
            }
        }
    }

    /// Walks the dependencies of `start` without recursion; reports the first circle.
    fn cycle_from(&mut self, start: &'a Service, done: &mut HashSet<&'a str>) {
        let mut stack = vec![(start, dependencies(start))];
        let mut open: HashMap<&str, usize> = HashMap::from([(&*start.name, 0)]);
        while let Some((service, next)) = stack.last_mut() {
            let Some((name, at)) = next.pop() else {
                done.insert(&service.name);
                open.remove(&*service.name);
                stack.pop();
                continue;
            };
            if let Some(first) = open.get(name) {
                let names = stack[*first..].iter().map(|(service, _)| &*service.name);
                let names: Vec<_> = names.chain([name]).collect();
                let message = format!("dependency cycle detected: {}", names.join(" -> "));
                let service = stack[stack.len() - 1].0;
                self.value(path(service, &["depends_on", name]), at, message);
                continue;
            }
            if done.contains(name) {
                continue;
            }
            if let Some(target) = self
                .services
                .get(name)
                .copied()
                .filter(|target| target.active)
            {
                open.insert(&target.name, stack.len());
                stack.push((target, dependencies(target)));
            }
        }
    }
}

/// What a service waits for, and where it says so.
fn dependencies(service: &Service) -> Vec<(&str, Location)> {
    let named = mapping(service, "depends_on").into_iter().flatten();
    named
        .map(|entry| (&*entry.key, entry.key_location))
        .collect()
}
