//! Manual pages, from the command line's own description.

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use env_doctor::cli::Arguments;

/// Where they are.
pub(crate) const FOLDER: &str = "docs/man";

/// What the page of the program says and its description does not.
const MORE: &str = r#".SH FILES
.TP
\fIenv\-doctor.toml\fR, or \fB[tool.env\-doctor]\fR in \fIpyproject.toml\fR
configuration of the files in and below its directory; the nearest counts
.SH "EXIT STATUS"
.TP
0
nothing at or above the severity of \fB\-\-fail\-on\fR was found
.TP
1
something was
.TP
2
the check could not be made, or not for every input
"#;

/// The pages with their paths: the program's, and one a command.
pub(crate) fn pages() -> anyhow::Result<Vec<(String, String)>> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let commands: Vec<Command> = program.get_subcommands().cloned().collect();
    let mut pages = vec![page(&program, MORE)?];
    for command in commands {
        pages.push(page(&command, "")?);
    }
    Ok(pages)
}

fn page(command: &Command, more: &str) -> anyhow::Result<(String, String)> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = format!("{FOLDER}/{name}.1");
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .date(facts::DATE)
        .source(format!("env-doctor {}", env!("CARGO_PKG_VERSION")))
        .manual("env-doctor");
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8(page).with_context(|| path.clone())?;
    let (body, version) = page
        .split_once(".SH VERSION")
        .with_context(|| format!("{path} names no version"))?;
    // Lines that end in blanks are no lines of a text file.
    let page = format!("{body}{more}.SH VERSION{version}");
    let lines: Vec<&str> = page.lines().map(str::trim_end).collect();
    Ok((path, lines.join("\n") + "\n"))
}
