//! The reference of the configuration, from the description of its keys.

use std::fmt::Write as _;
use std::fs;

use anyhow::Context as _;
use camino::Utf8Path;
use workspace::config::keys::{Holds, Key, TOP};
use workspace::config::schema::schema;
use workspace::config::words::Words;

use super::cell;

/// The page whose middle is generated.
pub(crate) const PAGE: &str = "docs/configuration.md";

/// Where the schema is.
pub(crate) const SCHEMA: &str = "docs/configuration.schema.json";

const BEGIN: &str = "<!-- Keys: written by `cargo xtask gen`. -->\n";
const END: &str = "<!-- End of the keys. -->\n";

/// The page with its tables renewed.
pub(crate) fn page(root: &Utf8Path) -> anyhow::Result<String> {
    let path = root.join(PAGE);
    let old = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let (before, rest) = old
        .split_once(BEGIN)
        .with_context(|| format!("{path} has no line {BEGIN}"))?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("{path} has no line {END}"))?;
    Ok(format!("{before}{BEGIN}\n{}{END}{after}", reference()))
}

/// The schema as a file.
pub(crate) fn json_schema() -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(&schema())? + "\n")
}

fn reference() -> String {
    let mut out = String::new();
    let plain: Vec<Key> = TOP.iter().copied().filter(|key| !is_table(key)).collect();
    out.push_str("### At the top\n\n");
    table(&plain, &mut out);
    for key in TOP.iter().filter(|key| is_table(key)) {
        let (Holds::Table(keys) | Holds::Tables(keys)) = key.holds else {
            continue;
        };
        let heading = heading(key);
        let _ = writeln!(out, "### `{heading}`\n\n{}\n", key.about);
        table(keys, &mut out);
    }
    out
}

fn is_table(key: &Key) -> bool {
    matches!(key.holds, Holds::Table(_) | Holds::Tables(_))
}

fn heading(key: &Key) -> String {
    match key.holds {
        Holds::Tables(_) => format!("[[{}]]", key.name),
        _ => format!("[{}]", key.name),
    }
}

fn table(keys: &[Key], out: &mut String) {
    out.push_str("| key | holds | for example | meaning |\n| --- | --- | --- | --- |\n");
    for key in keys {
        let required = if key.required { " Required." } else { "" };
        let _ = writeln!(
            out,
            "| `{}` | {} | `{}` | {}{required} |",
            key.name,
            cell(&holds(key.holds)),
            cell(key.example),
            cell(key.about),
        );
    }
    out.push('\n');
}

fn holds(holds: Holds) -> String {
    match holds {
        Holds::Word(words) => one(words),
        Holds::Words(words) => format!("list of {}", many(words)),
        Holds::Switch => "`true`, `false`".to_owned(),
        Holds::WordOrSwitch(_) => "text, `true`, `false`".to_owned(),
        Holds::Map(names, words) => format!("table from {} to {}", many(names), one(words)),
        Holds::Table(_) => "table".to_owned(),
        Holds::Tables(_) => "list of tables".to_owned(),
    }
}

fn one(words: Words) -> String {
    match words {
        Words::Rule => "rule".to_owned(),
        Words::OneOf(words) => {
            let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            quoted.join(", ")
        }
        Words::Any | Words::Checked(_) => "text".to_owned(),
        Words::Pattern => "pattern".to_owned(),
    }
}

fn many(words: Words) -> &'static str {
    match words {
        Words::Rule => "rules",
        Words::Pattern => "patterns",
        Words::Any | Words::OneOf(_) | Words::Checked(_) => "texts",
    }
}
