//! A file of tables as Rust: one row a line.

use std::fmt::Write as _;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Map, Value};

use super::types::{Holds, Shape, Type, Types, Word, variant};

/// Columns of every table that are for people; others stand under `for_people` in the file.
const FOR_PEOPLE: [&str; 4] = ["source", "sources", "confidence", "date"];

/// What all tables together need room for.
#[derive(Default)]
pub(super) struct Sizes {
    /// The bytes of all texts.
    pub(super) bytes: usize,
    /// The texts in lists.
    pub(super) strs: usize,
}

/// All elements of lists of one type.
struct Array<'t> {
    of: String,
    module: String,
    /// The type whose rows hold the lists.
    parent: &'t str,
    rows: Vec<String>,
}

/// The Rust of one file.
pub(super) struct File<'t> {
    types: &'t Types,
    for_people: Vec<&'t str>,
    arrays: Vec<Array<'t>>,
    /// Types that the text names, with their modules.
    named: Vec<(String, String)>,
    sizes: &'t mut Sizes,
}

/// The Rust of a file of tables. Errors name the row and the column.
pub(super) fn rust(
    stem: &str,
    json: &Value,
    top: &Type,
    types: &Types,
    sizes: &mut Sizes,
) -> anyhow::Result<String> {
    let for_people = match json.get("for_people") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut file = File {
        types,
        for_people,
        arrays: Vec::new(),
        named: Vec::new(),
        sizes,
    };
    let value = file.row(json, top)?;
    Ok(file.text(stem, top, &value))
}

impl<'t> File<'t> {
    fn text(mut self, stem: &str, top: &Type, value: &str) -> String {
        self.name(top);
        self.named.sort();
        self.named.dedup();
        let mut out = format!(
            "//! `data/{stem}.json`. Written by `cargo xtask gen`.\n\nuse crate::packed::{{Dealer, Listed, Pen}};\n"
        );
        for (module, name) in &self.named {
            let path = if module.is_empty() { "" } else { "::" };
            let _ = writeln!(out, "use crate::{module}{path}{name};");
        }
        let (upper, top) = (stem.to_uppercase(), &top.name);
        let _ = writeln!(
            out,
            "\npub(crate) static {upper}: {top} = super::ALL.{stem}.file;"
        );
        for array in &self.arrays {
            let (of, name, count) = (&array.of, snake(&array.of), array.rows.len());
            let _ = write!(
                out,
                "\nstatic {upper}_{}: [{of}; {count}] = super::ALL.{stem}.{name};\n\n\
                 impl Listed for {of} {{\n    fn array() -> &'static [Self] {{\n        &{upper}_{}\n    }}\n}}\n",
                name.to_uppercase(),
                name.to_uppercase(),
            );
        }
        out.push_str("\npub(super) struct Rows {\n");
        for array in &self.arrays {
            let (of, name, count) = (&array.of, snake(&array.of), array.rows.len());
            let _ = writeln!(out, "    {name}: [{of}; {count}],");
        }
        let _ = writeln!(out, "    file: {top},\n}}\n");
        out.push_str("pub(super) const fn rows(pen: &mut Pen) -> Rows {\n");
        for array in &self.arrays {
            let _ = writeln!(out, "    let mut {} = Dealer::new();", snake(&array.of));
        }
        out.push_str("    Rows {\n");
        for array in &self.arrays {
            let _ = writeln!(out, "        {}: [", snake(&array.of));
            for row in &array.rows {
                let _ = writeln!(out, "            {row},");
            }
            out.push_str("        ],\n");
        }
        let _ = writeln!(out, "        file: {value},\n    }}\n}}");
        out
    }

    fn name(&mut self, ty: &Type) {
        self.named.push((ty.module.clone(), ty.name.clone()));
    }

    fn row(&mut self, json: &Value, ty: &'t Type) -> anyhow::Result<String> {
        match &ty.shape {
            Shape::Row(columns) => {
                let Value::Object(object) = json else {
                    bail!("a row of `{}` is no object", ty.name);
                };
                self.columns(object, columns, ty)
            }
            Shape::Words(words) => self.word(json, words, ty),
            Shape::Other => bail!("`{}` cannot stand in a table", ty.name),
        }
    }

    fn columns(
        &mut self,
        object: &Map<String, Value>,
        columns: &'t [(String, Holds)],
        ty: &'t Type,
    ) -> anyhow::Result<String> {
        for name in object.keys() {
            let known = columns.iter().any(|(column, _)| column == name);
            let people = FOR_PEOPLE.contains(&name.as_str())
                || name == "for_people"
                || self.for_people.contains(&name.as_str());
            ensure!(
                known || people,
                "`{}` has no column `{name}`; columns for people stand under \"for_people\"",
                ty.name
            );
        }
        let mut fields = Vec::new();
        for (name, holds) in columns {
            let json = object.get(name).unwrap_or(&Value::Null);
            let value = self
                .value(json, holds, ty)
                .with_context(|| format!("column `{name}`"))?;
            fields.push(format!("{name}: {value}"));
        }
        Ok(format!("{} {{ {} }}", ty.name, fields.join(", ")))
    }

    fn word(&mut self, json: &Value, words: &'t [Word], ty: &'t Type) -> anyhow::Result<String> {
        let (word, inner) = match json {
            Value::Null => {
                let default = words.iter().find(|word| word.default);
                (default.context("is missing")?.name.as_str(), None)
            }
            Value::String(word) => (word.as_str(), None),
            Value::Object(object) if object.len() == 1 => object
                .iter()
                .next()
                .map(|(word, inner)| (word.as_str(), Some(inner)))
                .context("empty")?,
            other => bail!("{other} is no word of `{}`", ty.name),
        };
        let name = variant(word);
        let found = words.iter().find(|word| word.name == name);
        let all: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
        let found = found
            .with_context(|| format!("`{word}` is no `{}`: it has {}", ty.name, all.join(", ")))?;
        match (&found.holds, inner) {
            (None, None) => Ok(format!("{}::{name}", ty.name)),
            (Some(holds), Some(inner)) => {
                let value = self.value(inner, holds, ty)?;
                Ok(format!("{}::{name}({value})", ty.name))
            }
            _ => bail!("`{word}` of `{}` is written otherwise", ty.name),
        }
    }

    fn value(&mut self, json: &Value, holds: &'t Holds, ty: &'t Type) -> anyhow::Result<String> {
        match (holds, json) {
            (Holds::Optional(_), Value::Null) => Ok("None".to_owned()),
            (Holds::Optional(holds), _) => Ok(format!("Some({})", self.value(json, holds, ty)?)),
            (Holds::List(holds), _) => self.list(json, holds, ty),
            (Holds::Bool, Value::Bool(value)) => Ok(value.to_string()),
            (Holds::Number, Value::Number(value)) => Ok(value.to_string()),
            (Holds::Str, Value::String(text)) => Ok(format!("pen.str({})", self.literal(text))),
            (Holds::Named(name), _) => {
                let own = self.types.find(name, &ty.module)?;
                self.name(own);
                match (numbers(name), json) {
                    (Some(count), Value::String(text)) => version(name, count, text),
                    (Some(_), Value::Null) => bail!("is missing"),
                    (Some(_), other) => bail!("{other} is no `{name}`"),
                    (None, _) => self.row(json, own),
                }
            }
            (_, Value::Null) => bail!("is missing"),
            (_, other) => bail!("{other} is not what the column holds"),
        }
    }

    fn list(&mut self, json: &Value, holds: &'t Holds, ty: &'t Type) -> anyhow::Result<String> {
        let keyed;
        let items = match json {
            Value::Null => &[],
            Value::Array(items) => items.as_slice(),
            Value::Object(object) => {
                keyed = self.keyed(object, holds, ty)?;
                keyed.as_slice()
            }
            other => bail!("{other} is no list"),
        };
        if *holds == Holds::Str {
            self.sizes.strs += items.len();
            let text = |item: &Value| item.as_str().map(|text| self.literal(text));
            let texts: Option<Vec<String>> = items.iter().map(text).collect();
            let texts = texts.context("holds something that is no text")?;
            return Ok(format!("pen.strs([{}])", texts.join(", ")));
        }
        let (of, module, columns) = match holds {
            Holds::Named(name) => {
                let own = self.types.find(name, &ty.module)?;
                let columns = match &own.shape {
                    Shape::Row(columns) => columns.as_slice(),
                    _ => &[],
                };
                (own.name.clone(), own.module.clone(), columns)
            }
            Holds::Number => ("u32".to_owned(), String::new(), [].as_slice()),
            _ => bail!("lists of this type cannot stand in a table"),
        };
        let at = self.array(&of, &module, ty)?;
        for (index, item) in items.iter().enumerate() {
            let row = self
                .value(item, holds, ty)
                .with_context(|| format!("row {}{}", index + 1, called(item, columns)))?;
            self.arrays[at].rows.push(row);
        }
        Ok(format!("{}.next({})", snake(&of), items.len()))
    }

    /// The array of a type: its lists stand in rows of one type, so that they follow each other as the rows do.
    fn array(&mut self, of: &str, module: &str, ty: &'t Type) -> anyhow::Result<usize> {
        let known = self.arrays.iter().position(|array| array.of == of);
        if let Some(at) = known {
            let array = &self.arrays[at];
            ensure!(
                array.module == module && array.parent == ty.name,
                "lists of `{of}` stand in rows of `{}` and of `{}`",
                array.parent,
                ty.name
            );
            return Ok(at);
        }
        self.arrays.push(Array {
            of: of.to_owned(),
            module: module.to_owned(),
            parent: &ty.name,
            rows: Vec::new(),
        });
        Ok(self.arrays.len() - 1)
    }

    /// `{"key": …}` as rows: the key is their first column, what stands behind it is the second one, or all others.
    fn keyed(
        &self,
        object: &Map<String, Value>,
        holds: &Holds,
        ty: &Type,
    ) -> anyhow::Result<Vec<Value>> {
        let Holds::Named(name) = holds else {
            bail!("an object is no list");
        };
        let Shape::Row(columns) = &self.types.find(name, &ty.module)?.shape else {
            bail!("an object is no list of words");
        };
        let [(first, _), (second, _), ..] = columns.as_slice() else {
            bail!("`{name}` has too few columns for an object");
        };
        let rows = object.iter().map(|(key, value)| {
            let mut row = match value {
                Value::Object(others) => others.clone(),
                other => Map::from_iter([(second.clone(), other.clone())]),
            };
            row.insert(first.clone(), Value::String(key.clone()));
            Value::Object(row)
        });
        Ok(rows.collect())
    }

    fn literal(&mut self, text: &str) -> String {
        self.sizes.bytes += text.len();
        let mut out = String::from("\"");
        for c in text.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => {
                    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                }
                c => out.push(c),
            }
        }
        out.push('"');
        out
    }
}

/// How many numbers a version of this type has.
fn numbers(name: &str) -> Option<usize> {
    match name {
        "CudaVersion" | "ComputeCapability" => Some(2),
        "ReleaseVersion" => Some(3),
        _ => None,
    }
}

/// `12.1` as `CudaVersion::new(12, 1)`; what is missing at the end is 0.
fn version(name: &str, count: usize, text: &str) -> anyhow::Result<String> {
    let parts: Result<Vec<u16>, _> = text.split('.').map(str::parse).collect();
    let mut parts = parts.with_context(|| format!("`{text}` is no `{name}`"))?;
    ensure!(
        (2..=count).contains(&parts.len()),
        "`{text}` is no `{name}`: it has {count} numbers"
    );
    parts.resize(count, 0);
    let parts: Vec<String> = parts.iter().map(u16::to_string).collect();
    Ok(format!("{name}::new({})", parts.join(", ")))
}

/// What a row is called, for messages: its first text.
fn called(row: &Value, columns: &[(String, Holds)]) -> String {
    let mut texts = columns
        .iter()
        .filter_map(|(name, _)| row.get(name)?.as_str());
    let text = row.as_str().or_else(|| texts.next());
    text.map_or_else(String::new, |text| format!(" (`{text}`)"))
}

/// `torch_pin` of `TorchPin`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
