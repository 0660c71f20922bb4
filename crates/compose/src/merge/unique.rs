//! Sequences whose items have a key: a later item replaces an earlier one.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::path::{Cursor, PathTable, ROOT, Trail};
use crate::problem::{ProblemKind, Problems};
use crate::short;
use crate::value::{Cause, Kind, Value};

/// What the key of an item is.
#[derive(Clone, Copy)]
enum Key {
    /// The text up to `=`.
    Name,
    /// The mount target of a volume.
    Volume,
    /// The path inside the container.
    Device,
    /// The target of a secret or config; the default directory.
    Mount(&'static str),
    Port,
    EnvFile,
    Text,
}

/// compose-go's `unique`.
static KEYS: LazyLock<PathTable<Key>> = LazyLock::new(|| {
    PathTable::new([
        ("networks.*.labels", Key::Name),
        ("networks.*.ipam.options", Key::Name),
        ("services.*.annotations", Key::Name),
        ("services.*.build.args", Key::Name),
        ("services.*.build.additional_contexts", Key::Name),
        ("services.*.build.tags", Key::Name),
        ("services.*.build.labels", Key::Name),
        ("services.*.cap_add", Key::Name),
        ("services.*.cap_drop", Key::Name),
        ("services.*.configs", Key::Mount("")),
        ("services.*.deploy.labels", Key::Name),
        ("services.*.devices", Key::Device),
        ("services.*.dns", Key::Name),
        ("services.*.dns_opt", Key::Name),
        ("services.*.dns_search", Key::Name),
        ("services.*.environment", Key::Name),
        ("services.*.env_file", Key::EnvFile),
        ("services.*.expose", Key::Text),
        ("services.*.labels", Key::Name),
        ("services.*.links", Key::Name),
        ("services.*.networks.*.aliases", Key::Name),
        ("services.*.networks.*.link_local_ips", Key::Name),
        ("services.*.ports", Key::Port),
        ("services.*.profiles", Key::Name),
        ("services.*.secrets", Key::Mount("/run/secrets")),
        ("services.*.sysctls", Key::Name),
        ("services.*.tmpfs", Key::Name),
        ("services.*.volumes", Key::Volume),
    ])
});

/// Keeps the last item of each key, in the place of the first.
pub(crate) fn enforce_unique(project: &mut Value, problems: &mut Problems) {
    enforce(project, ROOT, Trail::Root, problems);
}

fn enforce(value: &mut Value, at: Cursor, trail: Trail<'_>, problems: &mut Problems) {
    if at.is_none() {
        return;
    }
    match &mut value.kind {
        Kind::Mapping(mapping) => {
            for entry in mapping.entries_mut() {
                let next = KEYS.step(at, &entry.key);
                let trail = Trail::Key(&trail, &entry.key);
                enforce(&mut entry.value, next, trail, problems);
            }
        }
        Kind::Sequence(items) => {
            if let Some(key) = KEYS.rule(at) {
                keep_last(items, *key, trail, problems);
            }
        }
        Kind::Null | Kind::Scalar(_) | Kind::Unknown => {}
    }
}

fn keep_last(items: &mut Vec<Value>, key: Key, trail: Trail<'_>, problems: &mut Problems) {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(items.len());
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for (index, mut item) in std::mem::take(items).into_iter().enumerate() {
        let name = match key_of(key, &item) {
            Ok(name) => name,
            Err(what) => {
                let path = Trail::Item(&trail, index).to_path();
                let message = format!("{} is missing {what}", key.subject(&path.to_string()));
                problems.add(ProblemKind::Value, path, item.location, message);
                None
            }
        };
        let Some(name) = name else {
            kept.push(item);
            continue;
        };
        if let Some(place) = places.get(&name) {
            let empty = Value::new(item.location, Kind::Null);
            let old = std::mem::replace(&mut kept[*place], empty);
            item.note_replaced(old, Cause::Override);
            kept[*place] = item;
        } else {
            places.insert(name, kept.len());
            kept.push(item);
        }
    }
    *items = kept;
}

impl Key {
    fn subject(self, path: &str) -> String {
        match self {
            Self::Volume => format!("service volume {path}"),
            Self::Device => format!("service device {path}"),
            Self::Port => format!("service ports {path}"),
            _ => path.to_owned(),
        }
    }
}

/// The key of an item; `None` where it has none that can be told.
fn key_of(key: Key, item: &Value) -> Result<Option<String>, &'static str> {
    if item.has_unknown() {
        return Ok(None);
    }
    let field = |name: &str| item.get(name).and_then(Value::as_str);
    let text = item.as_str();
    let mapping = item.as_mapping().is_some();
    Ok(match key {
        Key::Name => text.map(|text| text.split('=').next().unwrap_or(text).to_owned()),
        Key::Text => text.map(str::to_owned),
        Key::Volume if mapping => Some(field("target").ok_or("a mount target")?.to_owned()),
        Key::Volume => text
            .and_then(|text| short::volume(text).ok())
            .map(|volume| volume.target_text().to_owned()),
        Key::Device if mapping => Some(field("target").ok_or("a mount target")?.to_owned()),
        Key::Device => text.map(|text| {
            let mut parts = text.split(':');
            let first = parts.next().unwrap_or_default();
            parts.next().unwrap_or(first).to_owned()
        }),
        Key::Mount(directory) if mapping => Some(field("target").map_or_else(
            || format!("{directory}/{}", field("source").unwrap_or_default()),
            str::to_owned,
        )),
        Key::Mount(directory) => text.map(|text| format!("{directory}/{text}")),
        Key::EnvFile if mapping => field("path").map(str::to_owned),
        Key::EnvFile => text.map(str::to_owned),
        Key::Port if mapping => {
            let target = field("target").ok_or("a target port")?;
            let host = field("host_ip").unwrap_or("0.0.0.0");
            let published = field("published").unwrap_or("<nil>");
            let protocol = field("protocol").unwrap_or("tcp");
            Some(format!("{host}:{published}:{target}/{protocol}"))
        }
        Key::Port => text.map(str::to_owned),
    })
}
