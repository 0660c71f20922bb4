//! What another build of the program reports otherwise: every finding, fix and note over real files.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::Context as _;
use camino::Utf8Path;
use serde_json::Value;

use crate::say;

/// What a report holds, by the list that it stands in and its text.
type Items = BTreeMap<(String, String), i64>;

/// Checks every path with both programs and prints what differs; whether nothing does.
pub(crate) fn run(old: &Utf8Path, new: &Utf8Path, paths: &[String]) -> anyhow::Result<bool> {
    let (mut files, mut differences) = (0, 0);
    for path in paths {
        let before = report(old, path)?;
        let after = report(new, path)?;
        files += before["files"].as_array().map_or(0, Vec::len);
        let mut items = Items::new();
        count(&before, -1, &mut items);
        count(&after, 1, &mut items);
        for ((list, item), count) in items.into_iter().filter(|(_, count)| *count != 0) {
            differences += 1;
            let sign = if count < 0 { '-' } else { '+' };
            say(&format!("{sign} {list}: {item}"));
        }
    }
    say(&format!(
        "{files} files below {} paths, {differences} differences",
        paths.len()
    ));
    Ok(differences == 0)
}

fn report(program: &Utf8Path, path: &str) -> anyhow::Result<Value> {
    let arguments = [
        "check",
        "--no-host",
        "--format",
        "json",
        "--fail-on",
        "never",
        path,
    ];
    let output = Command::new(program).args(arguments).output()?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("{program} gives no report for {path}: {said}")
    })
}

/// Adds `by` for each element of each list of a report.
fn count(report: &Value, by: i64, items: &mut Items) {
    for (list, elements) in report.as_object().into_iter().flatten() {
        for element in elements.as_array().into_iter().flatten() {
            *items.entry((list.clone(), line(element))).or_default() += by;
        }
    }
}

/// An element on one line: what people look for first, then all of it.
fn line(element: &Value) -> String {
    let text = |key: &str| element[key].as_str().unwrap_or_default();
    let place = &element["range"]["start"];
    match element.as_str() {
        Some(name) => name.to_owned(),
        None => format!(
            "{}:{}:{} {}: {} {element}",
            text("file"),
            place["line"],
            place["column"],
            text("rule"),
            text("message"),
        ),
    }
}
