//! What is wrong with a document, by the description of the keys.

use std::borrow::Cow;
use std::ops::Range;

use source::suggest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{Holds, Key};
use super::words::Words;

/// Who makes more mistakes mends these first; what follows is not looked at.
pub(super) const MAX_PROBLEMS: usize = 50;

/// Something that cannot stand in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The bytes of it.
    pub span: Range<usize>,
    /// One sentence, lower-case start, no full stop.
    pub message: String,
    /// What to write.
    pub help: Option<String>,
}

impl Problem {
    /// Without help.
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }
}

type Value<'d> = Spanned<DeValue<'d>>;

/// Checks a table whose heading stands at `span`.
pub(super) fn table(
    table: &DeTable<'_>,
    span: &Range<usize>,
    keys: &[Key],
    found: &mut Vec<Problem>,
) {
    for (name, value) in in_order(table) {
        if found.len() >= MAX_PROBLEMS {
            return;
        }
        match keys.iter().find(|key| key.name == name.get_ref()) {
            Some(key) => holds(key, value, found),
            None => found.push(unknown(name, keys)),
        }
    }
    for key in keys.iter().filter(|key| key.required) {
        if !table.contains_key(key.name) {
            let example = key.example;
            found.push(Problem {
                help: Some(format!("add `{} = {example}`", key.name)),
                ..Problem::new(span.clone(), format!("the key `{}` is missing", key.name))
            });
        }
    }
}

/// The keys of a table as they are written.
fn in_order<'t, 'd>(table: &'t DeTable<'d>) -> Vec<(&'t Spanned<Cow<'d, str>>, &'t Value<'d>)> {
    let mut keys: Vec<_> = table.iter().collect();
    keys.sort_by_key(|(name, _)| name.span().start);
    keys
}

fn unknown(name: &Spanned<Cow<'_, str>>, keys: &[Key]) -> Problem {
    let (text, names) = (name.get_ref(), keys.iter().map(|key| key.name));
    let hint = suggest::hint(text, names.clone());
    let help = hint.is_empty().then(|| {
        let names: Vec<&str> = names.collect();
        format!("the keys are {}", names.join(", "))
    });
    Problem {
        help,
        ..Problem::new(name.span(), format!("there is no key `{text}`{hint}"))
    }
}

fn holds(key: &Key, value: &Value<'_>, found: &mut Vec<Problem>) {
    match (key.holds, value.get_ref()) {
        (Holds::Word(words), DeValue::String(_)) => word(words, value, found),
        (Holds::WordOrSwitch(words), DeValue::String(_)) => word(words, value, found),
        (Holds::Switch | Holds::WordOrSwitch(_), DeValue::Boolean(_)) => {}
        (Holds::Words(words), DeValue::Array(items)) => {
            for item in items {
                if found.len() >= MAX_PROBLEMS {
                    return;
                }
                match item.get_ref() {
                    DeValue::String(_) => word(words, item, found),
                    _ => found.push(wrong(key.name, "strings", item)),
                }
            }
        }
        (Holds::Table(keys), DeValue::Table(inner)) => table(inner, &value.span(), keys, found),
        (Holds::Tables(keys), DeValue::Array(items)) => {
            for item in items {
                match item.get_ref() {
                    DeValue::Table(inner) => table(inner, &item.span(), keys, found),
                    _ => found.push(wrong(key.name, "tables", item)),
                }
            }
        }
        (Holds::Map(names, words), DeValue::Table(inner)) => map(names, words, inner, found),
        _ => found.push(wrong_type(key, value)),
    }
}

fn word(words: Words, value: &Value<'_>, found: &mut Vec<Problem>) {
    let text = value.get_ref().as_str().unwrap_or_default();
    if let Err(message) = words.check(text) {
        found.push(Problem::new(value.span(), message));
    }
}

fn map(names: Words, words: Words, inner: &DeTable<'_>, found: &mut Vec<Problem>) {
    for (name, value) in in_order(inner) {
        if found.len() >= MAX_PROBLEMS {
            return;
        }
        if let Err(message) = names.check(name.get_ref()) {
            found.push(Problem::new(name.span(), message));
        }
        match value.get_ref() {
            DeValue::String(_) if matches!(words, Words::Any) => {}
            DeValue::String(_) => word(words, value, found),
            _ => found.push(Problem {
                help: quoted(value),
                ..wrong(name.get_ref(), "a string", value)
            }),
        }
    }
}

fn wrong_type(key: &Key, value: &Value<'_>) -> Problem {
    let expected = match key.holds {
        Holds::Word(_) => "a string",
        Holds::Words(_) => "a list of strings",
        Holds::Switch => "true or false",
        Holds::WordOrSwitch(_) => "a string, true or false",
        Holds::Table(_) | Holds::Map(..) => "a table",
        Holds::Tables(_) => "a list of tables",
    };
    let help = match (key.holds, value.get_ref()) {
        (Holds::Word(_) | Holds::WordOrSwitch(_), _) => quoted(value),
        (Holds::Words(_), DeValue::String(text)) => {
            Some(format!("write `{} = [\"{text}\"]`", key.name))
        }
        (Holds::Tables(_), DeValue::Table(_)) => Some(format!("write `[[{}]]`", key.name)),
        _ => None,
    };
    Problem {
        help,
        ..wrong(key.name, expected, value)
    }
}

fn wrong(name: &str, expected: &str, value: &Value<'_>) -> Problem {
    let is = match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    Problem::new(value.span(), format!("`{name}` holds {expected}, not {is}"))
}

/// Versions are strings: 12.10 is not 12.1.
fn quoted(value: &Value<'_>) -> Option<String> {
    let text = match value.get_ref() {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return None,
    };
    Some(format!("write `\"{text}\"`, with quotes"))
}
