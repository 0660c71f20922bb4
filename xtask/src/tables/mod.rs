//! The tables of `facts` as the program carries them. The row types say what there is to carry; nothing here knows one.

mod rows;
mod types;

use std::fmt::Write as _;
use std::fs;

use anyhow::Context as _;
use camino::Utf8Path;
use serde_json::Value;

use rows::Sizes;
use types::Types;

const DATA: &str = "crates/facts/data";
const SOURCE: &str = "crates/facts/src";
/// Where the files of this module are written.
pub(crate) const FOLDER: &str = "crates/facts/src/generated";

/// Every generated file with its path.
pub(crate) fn files(root: &Utf8Path) -> anyhow::Result<Vec<(String, String)>> {
    let types = Types::read(&root.join(SOURCE))?;
    let mut names: Vec<String> = Vec::new();
    for entry in root.join(DATA).read_dir_utf8()? {
        names.extend(entry?.file_name().strip_suffix(".json").map(str::to_owned));
    }
    names.sort_unstable();

    let mut files = Vec::new();
    let mut sizes = Sizes::default();
    for name in names {
        let path = format!("{DATA}/{name}.json");
        let text = fs::read_to_string(root.join(&path))?;
        let json: Value = serde_json::from_str(&text).with_context(|| path.clone())?;
        let Some(top) = types.of_file(&name)? else {
            continue;
        };
        let rust = rows::rust(&name, &json, top, &types, &mut sizes).with_context(|| path)?;
        files.push((name, rust));
    }
    let index = index(files.iter().map(|(name, _)| name.as_str()), &sizes);
    let files = files
        .into_iter()
        .map(|(name, rust)| (format!("{FOLDER}/{name}.rs"), rust));
    Ok(files.chain([(format!("{FOLDER}/mod.rs"), index)]).collect())
}

/// The module that brings the files together.
fn index<'n>(names: impl Iterator<Item = &'n str> + Clone, sizes: &Sizes) -> String {
    let (bytes, strs) = (grouped(sizes.bytes), grouped(sizes.strs));
    let mut out = String::from(
        "//! The tables of `data/` as the program carries them. Written by `cargo xtask gen`.\n\n\
         use crate::packed::{Pen, Str};\n\n",
    );
    let mut each = |line: &dyn Fn(&str) -> String| {
        for name in names.clone() {
            out.push_str(&line(name));
        }
    };
    each(&|name| format!("mod {name};\n"));
    let mut uses = String::new();
    for name in names.clone() {
        let _ = writeln!(uses, "pub(crate) use {name}::{};", name.to_uppercase());
    }
    let _ = write!(
        out,
        "\n{uses}\n\
         pub(crate) const BYTES: usize = {bytes};\n\
         pub(crate) const STRS: usize = {strs};\n\n\
         static LETTERS: [u8; BYTES] = ALL.pen.bytes;\n\
         pub(crate) static STRS_OF_LISTS: [Str; STRS] = ALL.pen.strs;\n\
         pub(crate) static TEXT: &str = match std::str::from_utf8(&LETTERS) {{\n    Ok(text) => text,\n    Err(_) => panic!(),\n}};\n\n\
         struct All {{\n    pen: Pen,\n",
    );
    for name in names.clone() {
        let _ = writeln!(out, "    {name}: {name}::Rows,");
    }
    out.push_str("}\n\nconst ALL: All = {\n    let mut pen = Pen::new();\n    All {\n");
    for name in names.clone() {
        let _ = writeln!(out, "        {name}: {name}::rows(&mut pen),");
    }
    out.push_str("        pen,\n    }\n};\n\n");
    out.push_str(
        "/// Each file with its rows, for the test that compares them.\n#[cfg(test)]\n\
         pub(crate) fn carried() -> Vec<(&'static str, serde_json::Result<serde_json::Value>)> {\n    vec![\n",
    );
    for name in names {
        let _ = writeln!(
            out,
            "        (include_str!(\"../../data/{name}.json\"), serde_json::to_value(&{})),",
            name.to_uppercase()
        );
    }
    out.push_str("    ]\n}\n");
    out
}

/// `136_250`.
fn grouped(number: usize) -> String {
    match number / 1000 {
        0 => number.to_string(),
        thousands => format!("{}_{:03}", grouped(thousands), number % 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: &str = "
        /// `pets.json`.
        pub(crate) struct Pets { pub(crate) latest: Str, pub(crate) pets: List<Pet> }
        pub struct Pet { pub name: Str, pub kind: Kind, pub since: CudaVersion, pub owner: Option<Str>, pub toys: List<Toy> }
        pub struct Toy { pub name: Str, pub colours: List<Str> }
        pub enum Kind { Dog, #[default] HouseCat }
        pub struct CudaVersion { pub major: u16, pub minor: u16 }
    ";

    fn rust(json: &str) -> anyhow::Result<String> {
        let mut types = Types::default();
        types.add(TYPES, "pets")?;
        let json = serde_json::from_str(json)?;
        let top = types.of_file("pets")?.context("no type")?;
        rows::rust("pets", &json, top, &types, &mut Sizes::default())
    }

    fn error(json: &str) -> String {
        format!("{:#}", rust(json).unwrap_err())
    }

    #[test]
    fn types_alone_say_what_is_written() {
        let json = r#"{"date": "2026", "latest": "Rex", "pets": [
            {"name": "Rex", "kind": "dog", "since": "12.1", "toys": {"ball": ["red"], "bone": []}, "source": "seen"},
            {"name": "Tom \"T\"", "since": "9.0", "owner": "Ann", "source": "seen"}]}"#;
        let rust = rust(json).unwrap();
        for line in [
            r#"            Pet { name: pen.str("Rex"), kind: Kind::Dog, since: CudaVersion::new(12, 1), owner: None, toys: toy.next(2) },"#,
            r#"            Pet { name: pen.str("Tom \"T\""), kind: Kind::HouseCat, since: CudaVersion::new(9, 0), owner: Some(pen.str("Ann")), toys: toy.next(0) },"#,
            r#"            Toy { name: pen.str("ball"), colours: pen.strs(["red"]) },"#,
            r#"        file: Pets { latest: pen.str("Rex"), pets: pet.next(2) },"#,
            "static PETS_TOY: [Toy; 2] = super::ALL.pets.toy;",
        ] {
            assert!(rust.contains(line), "{line}\n{rust}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_row_and_column() {
        let row = |columns: &str| {
            error(&format!(
                r#"{{"latest": "", "pets": [{{"name": "Rex", {columns}}}]}}"#
            ))
        };
        let place = "column `pets`: row 1 (`Rex`): ";
        for (columns, said) in [
            (
                r#""kind": "cow""#,
                "column `kind`: `cow` is no `Kind`: it has Dog, HouseCat",
            ),
            (r#""kind": "dog""#, "column `since`: is missing"),
            (
                r#""since": "12""#,
                "column `since`: `12` is no `CudaVersion`: it has 2 numbers",
            ),
            (
                r#""since": "1.2", "owner": 3"#,
                "column `owner`: 3 is not what the column holds",
            ),
            (
                r#""onwer": "Ann""#,
                "`Pet` has no column `onwer`; columns for people stand under \"for_people\"",
            ),
            (
                r#""since": "1.2", "toys": [{"colours": []}]"#,
                "column `toys`: row 1: column `name`: is missing",
            ),
        ] {
            assert_eq!(row(columns), format!("{place}{said}"));
        }
    }
}
