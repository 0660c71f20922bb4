//! Short forms become long ones, as Compose spells them out after every file.

use std::sync::Arc;

use crate::merge::{dependency, implied, into_named, key_value, mapping_of};
use crate::path::Trail;
use crate::problem::{ProblemKind, Problems};
use crate::short;
use crate::value::{Entry, Kind, Mapping, Scalar, Value};
use crate::yaml::ScalarType;

/// Spells out a project. Values of the wrong shape stay: the schema has reported them.
pub(crate) fn canonical(project: &mut Value, problems: &mut Problems) {
    let trail = Trail::Key(&Trail::Root, "services");
    for entry in children(project, "services") {
        service(&mut entry.value, Trail::Key(&trail, &entry.key), problems);
    }
    for section in ["volumes", "networks", "secrets", "configs"] {
        for entry in children(project, section) {
            external(&mut entry.value);
        }
    }
}

/// The entries of a mapping under `key`.
pub(crate) fn children<'a>(
    value: &'a mut Value,
    key: &str,
) -> impl Iterator<Item = &'a mut Entry> + use<'a> {
    let mapping = match &mut value.kind {
        Kind::Mapping(mapping) => mapping.get_mut(key),
        _ => None,
    };
    mapping
        .and_then(|value| match &mut value.kind {
            Kind::Mapping(mapping) => Some(mapping.entries_mut()),
            _ => None,
        })
        .into_iter()
        .flatten()
}

fn items(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    match &mut value.kind {
        Kind::Sequence(items) => items.iter_mut(),
        _ => [].iter_mut(),
    }
}

/// A mapping in place of a scalar, which is kept as its short form.
fn spell_out(value: &mut Value, scalar: &Scalar, entries: impl IntoIterator<Item = Entry>) {
    value.short = Some(Box::new(scalar.clone()));
    value.kind = mapping_of(entries);
}

fn part(value: &Value, key: &str, scalar: &Scalar, range: std::ops::Range<usize>) -> Entry {
    let location = scalar.part(value.location, range.clone());
    Entry {
        key: Arc::from(key),
        key_location: location,
        value: Value::scalar(location, scalar.sub(range)),
    }
}

fn whole(value: &Value, key: &str, scalar: &Scalar) -> Entry {
    Entry {
        key: Arc::from(key),
        key_location: value.location,
        value: Value::scalar(value.location, scalar.clone()),
    }
}

fn service(service: &mut Value, trail: Trail<'_>, problems: &mut Problems) {
    let Kind::Mapping(mapping) = &mut service.kind else {
        return;
    };
    for entry in mapping.entries_mut() {
        let trail = Trail::Key(&trail, &entry.key);
        let value = &mut entry.value;
        match &*entry.key {
            "build" => build(value, trail, problems),
            "depends_on" => depends_on(value),
            "env_file" => env_file(value),
            "dns" => {
                one_item(value);
                if let Kind::Sequence(items) = &mut value.kind {
                    items.retain(|item| {
                        item.as_scalar().is_none_or(|text| !text.text.is_empty()) && !item.is_null()
                    });
                }
            }
            "label_file" => one_item(value),
            "gpus" => gpus(value),
            "networks" | "models" => name_mapping(value),
            "volumes" => each(value, trail, problems, volume),
            "devices" => each(value, trail, problems, device),
            "secrets" | "configs" => items(value).for_each(file_reference),
            "ports" => each(value, trail, problems, port),
            _ => {}
        }
    }
}

type Transform = fn(&mut Value) -> Result<(), String>;

fn each(value: &mut Value, trail: Trail<'_>, problems: &mut Problems, transform: Transform) {
    for (index, item) in items(value).enumerate() {
        if let Err(message) = transform(item) {
            let path = Trail::Item(&trail, index).to_path();
            problems.add(ProblemKind::Value, path, item.location, message);
        }
    }
}

fn known_text(value: &Value) -> Option<Scalar> {
    value
        .as_scalar()
        .filter(|scalar| scalar.is_known())
        .cloned()
}

fn one_item(value: &mut Value) {
    if value.as_scalar().is_some() {
        let location = value.location;
        let item = std::mem::replace(value, Value::new(location, Kind::Null));
        value.alias = item.alias;
        value.kind = Kind::Sequence(vec![item]);
    }
}

/// `build: .` as a mapping.
pub(crate) fn build_mapping(mut value: Value) -> Value {
    if let Some(scalar) = value.as_scalar().cloned() {
        let context = whole(&value, "context", &scalar);
        spell_out(&mut value, &scalar, [context]);
    }
    value
}

fn build(value: &mut Value, trail: Trail<'_>, problems: &mut Problems) {
    let location = value.location;
    let taken = std::mem::replace(value, Value::new(location, Kind::Null));
    *value = build_mapping(taken);
    let Kind::Mapping(mapping) = &mut value.kind else {
        return;
    };
    for entry in mapping.entries_mut() {
        let trail = Trail::Key(&trail, &entry.key);
        match &*entry.key {
            "secrets" => items(&mut entry.value).for_each(file_reference),
            "additional_contexts" => additional_contexts(&mut entry.value, trail, problems),
            _ => {}
        }
    }
}

fn additional_contexts(value: &mut Value, trail: Trail<'_>, problems: &mut Problems) {
    let Kind::Sequence(items) = &value.kind else {
        return;
    };
    let mut mapping = Mapping::default();
    for (index, item) in items.iter().enumerate() {
        let Some(mut entry) = key_value(item) else {
            continue;
        };
        let bare = entry.value.is_null();
        if bare && known_text(item).is_some() {
            let message = format!(
                "{}: invalid value {}, expected key=value",
                trail.to_path(),
                entry.key
            );
            let path = Trail::Item(&trail, index).to_path();
            problems.add(ProblemKind::Value, path, item.location, message);
        }
        match mapping.entry_mut(&entry.key) {
            Some(old) => std::mem::swap(old, &mut entry),
            None => mapping.push(entry),
        }
    }
    value.kind = Kind::Mapping(mapping);
}

fn name_mapping(value: &mut Value) {
    let location = value.location;
    let taken = std::mem::replace(value, Value::new(location, Kind::Null));
    *value = into_named(taken, |_| Kind::Null);
}

fn depends_on(value: &mut Value) {
    let location = value.location;
    let taken = std::mem::replace(value, Value::new(location, Kind::Null));
    *value = into_named(taken, dependency);
    let Kind::Mapping(mapping) = &mut value.kind else {
        return;
    };
    for entry in mapping.entries_mut() {
        let at = entry.key_location;
        if let Kind::Mapping(settings) = &mut entry.value.kind {
            for (key, text, scalar_type) in [
                ("condition", "service_started", ScalarType::String),
                ("required", "true", ScalarType::Bool),
            ] {
                if settings.get(key).is_none() {
                    settings.push(implied(key, text, scalar_type, at));
                }
            }
        }
    }
}

fn env_file(value: &mut Value) {
    one_item(value);
    for item in items(value) {
        let at = item.location;
        if let Some(scalar) = item.as_scalar().cloned() {
            let path = whole(item, "path", &scalar);
            spell_out(item, &scalar, [path]);
        }
        if let Kind::Mapping(mapping) = &mut item.kind
            && mapping.get("required").is_none()
        {
            mapping.push(implied("required", "true", ScalarType::Bool, at));
        }
    }
}

/// `gpus: all` as a list of one request.
fn gpus(value: &mut Value) {
    let Some(scalar) = known_text(value).filter(|scalar| &*scalar.text == "all") else {
        return;
    };
    let mut request = Value::new(value.location, Kind::Null);
    let count = whole(value, "count", &scalar);
    spell_out(&mut request, &scalar, [count]);
    value.short = Some(Box::new(scalar));
    value.kind = Kind::Sequence(vec![request]);
}

fn file_reference(item: &mut Value) {
    if let Some(scalar) = item.as_scalar().cloned() {
        let source = whole(item, "source", &scalar);
        spell_out(item, &scalar, [source]);
    }
}

fn volume(item: &mut Value) -> Result<(), String> {
    let Some(scalar) = known_text(item) else {
        return Ok(());
    };
    let at = item.location;
    let volume = short::volume(&scalar.text)?;
    let bind = volume.is_bind();
    let kind = if bind { "bind" } else { "volume" };
    let mut entries = vec![implied("type", kind, ScalarType::String, at)];
    if let Some(source) = volume.source.clone() {
        entries.push(part(item, "source", &scalar, source));
    }
    let mut target = part(item, "target", &scalar, volume.target.clone());
    if let Kind::Scalar(text) = &mut target.value.kind
        && !text.text.is_empty()
    {
        text.text = short::clean(&text.text).into();
    }
    entries.push(target);
    if volume.read_only {
        entries.push(implied("read_only", "true", ScalarType::Bool, at));
    }
    let mut settings = Vec::new();
    if bind {
        settings.push(implied("create_host_path", "true", ScalarType::Bool, at));
        for (key, option) in [
            ("propagation", volume.propagation),
            ("selinux", volume.selinux),
        ] {
            let option = option.map(|text| implied(key, text, ScalarType::String, at));
            settings.extend(option);
        }
    } else if volume.nocopy {
        settings.push(implied("nocopy", "true", ScalarType::Bool, at));
    }
    entries.push(Entry {
        key: Arc::from(kind),
        key_location: at,
        value: Value::new(at, mapping_of(settings)),
    });
    spell_out(item, &scalar, entries);
    Ok(())
}

fn device(item: &mut Value) -> Result<(), String> {
    let Some(scalar) = known_text(item) else {
        return Ok(());
    };
    let text = &*scalar.text;
    let colons: Vec<usize> = text.match_indices(':').map(|(at, _)| at).collect();
    let (source, target, permissions) = match colons.as_slice() {
        [] => (0..text.len(), 0..text.len(), None),
        [first] => (0..*first, first + 1..text.len(), None),
        [first, second] => (0..*first, first + 1..*second, Some(second + 1..text.len())),
        _ => {
            return Err(format!(
                "confusing device mapping, please use long syntax: {text}"
            ));
        }
    };
    let target = if target.is_empty() {
        source.clone()
    } else {
        target
    };
    let permissions = match permissions {
        Some(range) => part(item, "permissions", &scalar, range),
        None => implied("permissions", "rwm", ScalarType::String, item.location),
    };
    let entries = [
        part(item, "source", &scalar, source),
        part(item, "target", &scalar, target),
        permissions,
    ];
    spell_out(item, &scalar, entries);
    Ok(())
}

/// Ports stay as written; only their syntax is checked.
fn port(item: &mut Value) -> Result<(), String> {
    match known_text(item) {
        Some(scalar) if scalar.scalar_type != ScalarType::Float => {
            let text = match crate::yaml::parse_integer(&scalar.text) {
                Some(number) if scalar.scalar_type == ScalarType::Int => number.to_string(),
                _ => scalar.text.to_string(),
            };
            short::check_port(&text)
        }
        _ => Ok(()),
    }
}

/// The old `external: {name: x}` as `external: true` and `name: x`.
fn external(resource: &mut Value) {
    let Kind::Mapping(mapping) = &mut resource.kind else {
        return;
    };
    let Some(external) = mapping.get_mut("external") else {
        return;
    };
    let Kind::Mapping(old) = &external.kind else {
        return;
    };
    let name = old.entry("name").cloned();
    external.kind = Kind::Scalar(Scalar::implied("true", ScalarType::Bool));
    if let Some(name) = name
        && mapping.get("name").is_none()
    {
        mapping.push(name);
    }
}
