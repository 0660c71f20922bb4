//! What Docker's engine refuses in its `daemon.json`.

use facts::daemon_json as table;
use facts::release::ReleaseVersion;
use host::facts::Answer;
use source::{Severity, Span, suggest};

use crate::derive::machine::json::{Entry, Kind, Value};
use crate::derive::machine::{Daemon, HostView};

/// Names that the engine keeps for itself.
const RESERVED: &[&str] = &["runc", "io.containerd.runc.v2"];

/// One thing that is wrong.
pub(super) struct Fault {
    /// Where.
    pub span: Span,
    /// How bad.
    pub severity: Severity,
    /// What.
    pub message: String,
    /// At its place.
    pub label: String,
    /// What the engine says.
    pub said: String,
    /// What to do.
    pub help: String,
    /// A title, and bytes with their replacement.
    pub repair: Option<(String, Span, String)>,
}

impl Fault {
    fn new(span: Span, message: impl Into<String>, said: impl Into<String>) -> Self {
        Self {
            span,
            severity: Severity::Error,
            message: message.into(),
            label: String::new(),
            said: said.into(),
            help: String::new(),
            repair: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    fn repair(mut self, title: impl Into<String>, span: Span, by: impl Into<String>) -> Self {
        self.repair = Some((title.into(), span, by.into()));
        self
    }
}

/// Everything that keeps the engine from starting.
pub(super) fn faults(view: &HostView<'_>) -> Vec<Fault> {
    match &view.daemon {
        Daemon::Absent | Daemon::Unknown => Vec::new(),
        Daemon::Broken { problem, .. } => {
            let message = format!("daemon.json is not JSON: {}", problem.message);
            let fault = Fault::new(problem.span, message, "invalid JSON: invalid character …")
                .help("correct the place, then check with: dockerd --validate");
            let repair = problem.repair.clone();
            vec![match repair {
                Some((span, by)) => fault.repair("make it JSON", span, by),
                None => fault,
            }]
        }
        Daemon::Read { value, .. } => {
            let mut found = Vec::new();
            byte_order_mark(view, &mut found);
            let Some(value) = value else { return found };
            // A running engine has read it, whatever our tables say.
            if is_in_force(view) {
                return found;
            }
            if !matches!(value.kind, Kind::Object(_)) {
                let message = format!("daemon.json holds {}, not an object", value.what());
                found.push(
                    Fault::new(
                        value.span,
                        message,
                        "cannot unmarshal into Go value of type map",
                    )
                    .help("write an object: { … }"),
                );
                return found;
            }
            keys(value, view.engine(), &mut found);
            flags(value, view, &mut found);
            runtimes(value, &mut found);
            default_runtime(value, view, &mut found);
            features(value, &mut found);
            found
        }
    }
}

/// Whether the engine that runs was started with the file as it is.
fn is_in_force(view: &HostView<'_>) -> bool {
    let docker = &view.facts.docker;
    let started = docker.process.as_ref().and_then(|process| process.started);
    let changed = docker.config.as_ref().and_then(|config| config.changed);
    docker.answer == Answer::Answered
        && started
            .zip(changed)
            .is_some_and(|(started, changed)| changed < started)
}

fn byte_order_mark(view: &HostView<'_>, found: &mut Vec<Fault>) {
    let path = view.facts.docker.config.as_ref().map(|config| &config.path);
    let text = path.and_then(|path| view.facts.texts.get(path));
    let Some(engine) = view.engine() else { return };
    let marked = text.is_some_and(|text| text.starts_with('\u{feff}'));
    if !marked || table::takes_byte_order_mark(engine) {
        return;
    }
    let span = Span::new(0, 3);
    found.push(
        Fault::new(
            span,
            format!(
                "daemon.json begins with a byte order mark, which Docker {engine} does not read"
            ),
            "invalid character 'ï' looking for beginning of value",
        )
        .help("save it as UTF-8 without byte order mark")
        .repair("remove the byte order mark", span, ""),
    );
}

/// Keys as the engine sees them: those of nested objects count, except where the object is one value.
fn keys(value: &Value, engine: Option<ReleaseVersion>, found: &mut Vec<Fault>) {
    for entry in value.entries() {
        if matches!(entry.value.kind, Kind::Object(_)) && !table::is_flat(&entry.key) {
            for inner in entry.value.entries() {
                key(inner, engine, found);
            }
        } else {
            key(entry, engine, found);
        }
    }
}

fn key(entry: &Entry, engine: Option<ReleaseVersion>, found: &mut Vec<Fault>) {
    let name = &*entry.key;
    if table::is_known(name, engine) {
        return;
    }
    let said = format!("the following directives don't match any configuration option: {name}");
    if let Some(removed) = table::removed(name) {
        let message = format!("`{name}` was removed in Docker {}", removed.since);
        let fault = Fault::new(entry.key_span, message, said);
        found.push(match removed.instead {
            Some(instead) => fault.help(format!("write `{instead}`")).repair(
                format!("write `{instead}`"),
                entry.key_span,
                format!("\"{instead}\""),
            ),
            None => fault.help("remove it"),
        });
        return;
    }
    let near = nearest(name);
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let message = format!("`{name}` is no key of daemon.json{hint}");
    let fault = Fault::new(entry.key_span, message, said);
    found.push(match near {
        Some(near) => fault.help(format!("write `{near}`")).repair(
            format!("write `{near}`"),
            entry.key_span,
            format!("\"{near}\""),
        ),
        None => fault.help("remove it"),
    });
}

fn nearest(name: &str) -> Option<&'static str> {
    let plain = name.to_ascii_lowercase().replace('_', "-");
    if let Some(same) = table::keys().find(|key| *key == plain) {
        return Some(same);
    }
    suggest::nearest(&plain, table::keys())
}

/// What `dockerd` is told by a flag and by the file.
fn flags(value: &Value, view: &HostView<'_>, found: &mut Vec<Fault>) {
    let Some(process) = &view.facts.docker.process else {
        return;
    };
    for flag in &process.flags {
        let name = flag.trim_start_matches('-');
        let name = name.split(['=', ' ']).next().unwrap_or(name);
        let Some(entry) = table::key_of_flag(name).and_then(|key| value.entry(key)) else {
            continue;
        };
        let key = &entry.key;
        let message = format!("`{key}` is also given to dockerd as a flag, {flag}");
        let said = format!(
            "the following directives are specified both as a flag and in the configuration file: {key}"
        );
        found.push(
            Fault::new(entry.key_span, message, said).help(
                "keep one of the two; the flag stands in docker.service or in a drop-in of it",
            ),
        );
    }
}

fn runtimes(value: &Value, found: &mut Vec<Fault>) {
    let Some(runtimes) = value.entry("runtimes") else {
        return;
    };
    if !matches!(runtimes.value.kind, Kind::Object(_)) {
        let message = format!("`runtimes` is {}, not an object", runtimes.value.what());
        let said = "cannot unmarshal into Go struct field Config.runtimes";
        found.push(
            Fault::new(runtimes.value.span, message, said)
                .help("write {\"nvidia\": {\"path\": \"nvidia-container-runtime\"}}"),
        );
        return;
    }
    for entry in runtimes.value.entries() {
        let name = &*entry.key;
        if RESERVED.contains(&name) {
            let message = format!("the runtime name `{name}` is reserved");
            let said = format!("runtime name '{name}' is reserved");
            found.push(
                Fault::new(entry.key_span, message, said).help("remove the entry, or rename it"),
            );
            continue;
        }
        if !matches!(entry.value.kind, Kind::Object(_)) {
            let message = format!("runtime `{name}` is {}, not an object", entry.value.what());
            let said = "cannot unmarshal into Go struct field Config.runtimes";
            let mut fault = Fault::new(entry.value.span, message, said)
                .help("write {\"path\": \"nvidia-container-runtime\"}");
            if let Some(path) = entry.value.as_text() {
                fault = fault.repair(
                    "write an object",
                    entry.value.span,
                    format!("{{\"path\": \"{path}\"}}"),
                );
            }
            found.push(fault);
            continue;
        }
        if entry.value.get("path").is_none() && entry.value.get("runtimeType").is_none() {
            let message = format!("runtime `{name}` has neither `path` nor `runtimeType`");
            let said = "either a runtimeType or a path must be configured";
            found.push(
                Fault::new(entry.key_span, message, said)
                    .help("write \"path\": \"nvidia-container-runtime\""),
            );
        }
    }
}

fn default_runtime(value: &Value, view: &HostView<'_>, found: &mut Vec<Fault>) {
    let Some(entry) = value.entry("default-runtime") else {
        return;
    };
    let Some(name) = entry.value.as_text() else {
        let message = format!("`default-runtime` is {}, not a name", entry.value.what());
        let said = "cannot unmarshal into Go struct field Config.default-runtime";
        found.push(Fault::new(entry.value.span, message, said).help("write \"nvidia\""));
        return;
    };
    let defined = value
        .get("runtimes")
        .is_some_and(|runtimes| runtimes.entry(name).is_some());
    // The name of a shim, or its path, needs no entry.
    if defined || name.is_empty() || RESERVED.contains(&name) || name.contains(['.', '/']) {
        return;
    }
    let process = view.facts.docker.process.as_ref();
    let flagged = process.is_some_and(|process| {
        let mut flags = process.flags.iter();
        flags.any(|flag| flag.contains("add-runtime"))
    });
    if flagged {
        return;
    }
    let message = format!("`default-runtime` is `{name}`, and no runtime of this name is defined");
    let said = format!("specified default runtime '{name}' does not exist");
    found.push(
        Fault::new(entry.value.span, message, said).help(if name == "nvidia" {
            "define it: \"runtimes\": {\"nvidia\": {\"path\": \"nvidia-container-runtime\"}}"
        } else {
            "define it under `runtimes`, or remove the line"
        }),
    );
}

fn features(value: &Value, found: &mut Vec<Fault>) {
    let Some(features) = value.get("features") else {
        return;
    };
    for entry in features.entries() {
        if entry.value.as_bool().is_some() {
            continue;
        }
        let message = format!(
            "feature `{}` is {}, not true or false",
            entry.key,
            entry.value.what()
        );
        let said = "cannot unmarshal into Go struct field Config.features of type bool";
        let fault =
            Fault::new(entry.value.span, message, said).help("write true or false, without quotes");
        found.push(match entry.value.as_text() {
            Some(word @ ("true" | "false")) => {
                fault.repair("remove the quotes", entry.value.span, word)
            }
            _ => fault,
        });
    }
}
