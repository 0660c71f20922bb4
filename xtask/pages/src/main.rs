//! Pages that follow from the code: the second half of `cargo xtask gen`. The first half writes what this is built from.

mod commands;
mod configuration;
mod man;
mod messages;
mod rules;

use std::process::ExitCode;

use camino::Utf8Path;
use clap::Parser;
use xtask::generated::settle;

/// What the first line of a generated page says.
const NOTICE: &str = "Written by `cargo xtask gen`.";

/// Write the pages of the root that are not as they should be
#[derive(Debug, Parser)]
struct Arguments {
    root: camino::Utf8PathBuf,
    /// Write nothing; say what differs, and fail if something does
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let Arguments { root, check } = Arguments::parse();
    let agree = settle(&root, &pages(&root)?, &[man::FOLDER], check)?;
    Ok(ExitCode::from(u8::from(!agree)))
}

/// Every page with its path.
fn pages(root: &Utf8Path) -> anyhow::Result<Vec<(String, String)>> {
    let markdown = [
        ("docs/rules/README.md", rules::page()),
        ("docs/commands.md", commands::page()),
        ("docs/messages.md", messages::page()),
    ];
    let markdown = markdown
        .into_iter()
        .map(|(path, page)| (path.to_owned(), format!("<!-- {NOTICE} -->\n\n{page}")));
    let manual = man::pages()?.into_iter();
    let manual = manual.map(|(path, page)| (path, format!(".\\\" {NOTICE}\n{page}")));
    let own = [
        (configuration::PAGE, configuration::page(root)?),
        (configuration::SCHEMA, configuration::json_schema()?),
    ];
    let own = own.map(|(path, page)| (path.to_owned(), page));
    Ok(markdown.chain(manual).chain(own).collect())
}

/// Text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
