use std::collections::HashMap;

use source::{Label, Location};

use super::{List, Object, PROJECT, Schema, Type};
use crate::path::Trail;
use crate::problem::{Problem, ProblemKind, Problems, SchemaError};
use crate::value::{Kind, Mapping, Scalar, Value};
use crate::yaml::ScalarType;

/// Reports every departure of a project from its shape.
pub(crate) fn check(project: &Value, problems: &mut Problems) {
    let mut found = Vec::new();
    let at = At {
        value: project,
        trail: Trail::Root,
        key: project.location,
    };
    collect(&PROJECT, at, &mut found);
    for finding in found {
        problems.push(finding.problem);
    }
}

/// A value, the way to it, and the key it stands under.
#[derive(Clone, Copy)]
struct At<'a> {
    value: &'a Value,
    trail: Trail<'a>,
    key: Location,
}

struct Finding {
    problem: Problem,
    /// Compose reports the deepest of several reasons.
    depth: usize,
}

impl At<'_> {
    /// The value; the key where nothing is written.
    fn place(&self) -> Location {
        if self.value.location.span.is_empty() {
            self.key
        } else {
            self.value.location
        }
    }

    fn finding(&self, error: SchemaError, location: Location, text: &str) -> Finding {
        let path = self.trail.to_path();
        let depth = path.0.len() + usize::from(matches!(error, SchemaError::UnknownKey(_)));
        let message = if path.0.is_empty() {
            text.to_owned()
        } else {
            format!("{path} {text}")
        };
        let related = self.value.alias.map(|alias| Label::new(alias, "used here"));
        Finding {
            problem: Problem {
                kind: ProblemKind::Schema(error),
                path,
                location,
                message,
                related: related.into_iter().collect(),
            },
            depth,
        }
    }
}

fn is_unknown(value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown => true,
        Kind::Scalar(scalar) => !scalar.is_known(),
        _ => false,
    }
}

fn is_type(value: &Value, wanted: Type) -> bool {
    let scalar = |scalar: &Scalar| match (scalar.scalar_type, wanted) {
        (ScalarType::Null, Type::Null)
        | (ScalarType::Bool, Type::Boolean)
        | (ScalarType::Int, Type::Integer | Type::Number)
        | (ScalarType::Float, Type::Number)
        | (ScalarType::String, Type::String) => true,
        (ScalarType::Float, Type::Integer) => scalar
            .text
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0),
        _ => false,
    };
    match &value.kind {
        Kind::Null => wanted == Type::Null,
        Kind::Scalar(inner) => scalar(inner),
        Kind::Sequence(_) => wanted == Type::Array,
        Kind::Mapping(_) => wanted == Type::Object,
        Kind::Unknown => true,
    }
}

fn range_holds(value: &Value, min: i64, max: i64) -> bool {
    let Some(scalar) = value.as_scalar() else {
        return false;
    };
    match crate::yaml::parse_integer(&scalar.text.replace('_', "")) {
        Some(number) => (i128::from(min)..=i128::from(max)).contains(&number),
        None => true,
    }
}

/// Whether the schema takes the value; says nothing about why not.
fn accepts(schema: &Schema, value: &Value) -> bool {
    if is_unknown(value) {
        return true;
    }
    match schema {
        Schema::Types(types) => types.iter().any(|wanted| is_type(value, *wanted)),
        Schema::Words(words) => {
            is_type(value, Type::String) && value.as_str().is_some_and(|text| words.contains(&text))
        }
        Schema::Text(_, fits) => is_type(value, Type::String) && value.as_str().is_some_and(fits),
        Schema::Range(min, max) => is_type(value, Type::Integer) && range_holds(value, *min, *max),
        Schema::List(list) => match &value.kind {
            Kind::Sequence(items) => {
                items.iter().all(|item| accepts(&list.items, item))
                    && (!list.unique || equal_items(items).is_none())
            }
            _ => false,
        },
        Schema::Object(object) => match &value.kind {
            Kind::Mapping(mapping) => object.accepts(mapping),
            Kind::Null => object.nullable,
            _ => false,
        },
        Schema::OneOf(alternatives) => alternatives
            .iter()
            .any(|alternative| accepts(alternative, value)),
    }
}

/// What a key of an object may hold.
enum Slot<'a> {
    Schema(&'a Schema),
    Free,
    Forbidden,
}

impl Object {
    /// The shape of the value of a key.
    pub(super) fn value_of(&self, key: &str) -> Option<&Schema> {
        if let Ok(at) = self.keys.binary_search_by(|(name, _)| (*name).cmp(key)) {
            return Some(&self.keys[at].1);
        }
        let (names, schema) = self.others.as_ref()?;
        names.fit(key).then_some(schema)
    }

    fn slot(&self, key: &str) -> Slot<'_> {
        if let Some(schema) = self.value_of(key) {
            return Slot::Schema(schema);
        }
        if !self.closed || (self.extensions && key.starts_with("x-")) {
            return Slot::Free;
        }
        Slot::Forbidden
    }

    fn accepts(&self, mapping: &Mapping) -> bool {
        self.required.iter().all(|key| mapping.get(key).is_some())
            && mapping.iter().all(|entry| match self.slot(&entry.key) {
                Slot::Schema(schema) => accepts(schema, &entry.value),
                Slot::Free => true,
                Slot::Forbidden => false,
            })
    }
}

fn collect(schema: &Schema, at: At<'_>, found: &mut Vec<Finding>) {
    if is_unknown(at.value) {
        return;
    }
    match schema {
        Schema::Types(types) => expect_type(types, at, found),
        Schema::Words(words) => {
            if !is_type(at.value, Type::String) {
                expect_type(&[Type::String], at, found);
            } else if !accepts(schema, at.value) {
                let text = match words {
                    [word] => format!("value must be '{word}'"),
                    words => format!("value must be one of '{}'", words.join("', '")),
                };
                found.push(at.finding(SchemaError::Word(words), at.place(), &text));
            }
        }
        Schema::Text(pattern, _) => {
            if !is_type(at.value, Type::String) {
                expect_type(&[Type::String], at, found);
            } else if !accepts(schema, at.value) {
                let shown = at.value.as_str().unwrap_or_default();
                let text = format!("'{shown}' does not match pattern '{pattern}'");
                found.push(at.finding(SchemaError::Pattern(pattern), at.place(), &text));
            }
        }
        Schema::Range(min, max) => {
            if !is_type(at.value, Type::Integer) {
                expect_type(&[Type::Integer], at, found);
            } else if !range_holds(at.value, *min, *max) {
                let low = range_holds(at.value, i64::MIN, *max);
                let text = if low {
                    format!("must be greater than or equal to {min}")
                } else {
                    format!("must be less than or equal to {max}")
                };
                found.push(at.finding(SchemaError::Range, at.place(), &text));
            }
        }
        Schema::List(list) => collect_list(list, at, found),
        Schema::Object(object) => collect_object(object, at, found),
        Schema::OneOf(alternatives) => {
            if accepts(schema, at.value) {
                return;
            }
            let mut reasons = Vec::new();
            for alternative in *alternatives {
                collect(alternative, at, &mut reasons);
            }
            // The first of the deepest.
            let deepest = reasons.iter().map(|reason| reason.depth).max();
            found.extend(
                reasons
                    .into_iter()
                    .find(|reason| Some(reason.depth) == deepest),
            );
        }
    }
}

fn expect_type(types: &[Type], at: At<'_>, found: &mut Vec<Finding>) {
    if types.iter().any(|wanted| is_type(at.value, *wanted)) {
        return;
    }
    let mut names: Vec<_> = types.iter().map(|wanted| wanted.name()).collect();
    names.sort_unstable();
    let wanted = match names.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        names => names.join(""),
    };
    let text = format!("must be a {wanted}");
    found.push(at.finding(SchemaError::Type(wanted), at.place(), &text));
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "mapping",
        }
    }
}

fn collect_list(list: &List, at: At<'_>, found: &mut Vec<Finding>) {
    let Kind::Sequence(items) = &at.value.kind else {
        return expect_type(&[Type::Array], at, found);
    };
    for (index, item) in items.iter().enumerate() {
        let at = At {
            value: item,
            trail: Trail::Item(&at.trail, index),
            key: at.place(),
        };
        collect(&list.items, at, found);
    }
    if list.unique
        && let Some((first, second)) = equal_items(items)
    {
        let text = format!("items at {first} and {second} are equal");
        let place = items[second].location;
        let mut finding = at.finding(SchemaError::EqualItems(first, second), place, &text);
        let first = items[first].location;
        if first != place {
            let label = Label::new(first, "the same item");
            finding.problem.related.push(label);
        }
        found.push(finding);
    }
}

fn collect_object(object: &Object, at: At<'_>, found: &mut Vec<Finding>) {
    let mapping = match &at.value.kind {
        Kind::Mapping(mapping) => mapping,
        Kind::Null if object.nullable => return,
        _ if object.nullable => return expect_type(&[Type::Object, Type::Null], at, found),
        _ => return expect_type(&[Type::Object], at, found),
    };
    let missing: Vec<_> = object
        .required
        .iter()
        .copied()
        .filter(|key| mapping.get(key).is_none())
        .collect();
    if !missing.is_empty() {
        let noun = if missing.len() == 1 {
            "property"
        } else {
            "properties"
        };
        let text = format!("missing {noun} '{}'", missing.join("', '"));
        let first = mapping.iter().next().map(|entry| entry.key_location);
        let place = first.unwrap_or_else(|| at.place());
        found.push(at.finding(SchemaError::MissingKeys(missing), place, &text));
    }
    for entry in mapping {
        let trail = Trail::Key(&at.trail, &entry.key);
        match object.slot(&entry.key) {
            Slot::Schema(schema) => {
                let at = At {
                    value: &entry.value,
                    trail,
                    key: entry.key_location,
                };
                collect(schema, at, found);
            }
            Slot::Free => {}
            Slot::Forbidden => {
                let text = format!("additional properties '{}' not allowed", entry.key);
                let error = SchemaError::UnknownKey(entry.key.to_string());
                let mut finding = at.finding(error, entry.key_location, &text);
                finding.problem.path = trail.to_path();
                found.push(finding);
            }
        }
    }
}

/// The first two items that are equal.
fn equal_items(items: &[Value]) -> Option<(usize, usize)> {
    if items.len() < 2 {
        return None;
    }
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        if item.has_unknown() {
            continue;
        }
        let mut text = String::new();
        spell(item, &mut text);
        if let Some(first) = seen.insert(text, index) {
            return Some((first, index));
        }
    }
    None
}

/// One spelling for equal values.
fn spell(value: &Value, out: &mut String) {
    use std::fmt::Write as _;
    match &value.kind {
        Kind::Null | Kind::Unknown => out.push('~'),
        Kind::Scalar(scalar) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "{:?} {:?}", scalar.scalar_type, scalar.text);
        }
        Kind::Sequence(items) => {
            out.push('[');
            for item in items {
                spell(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Kind::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            out.push('{');
            for entry in entries {
                let _ = write!(out, "{:?}:", entry.key);
                spell(&entry.value, out);
                out.push(',');
            }
            out.push('}');
        }
    }
}
