//! The command reference, from the command line's own description.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use env_doctor::cli::Arguments;

use super::cell;

/// `docs/commands.md`.
pub(crate) fn page() -> String {
    let mut program = Arguments::command();
    program.build();
    let mut out = String::from("# Commands\n\n");
    let _ = writeln!(out, "{}.\n", about(&program));
    out.push_str("| command | does |\n| --- | --- |\n");
    for command in program.get_subcommands().filter(|command| is_own(command)) {
        let (name, about) = (command.get_name(), cell(&about(command)));
        let _ = writeln!(out, "| [`{name}`](#{name}) | {about} |");
    }
    out.push('\n');
    for command in program.get_subcommands_mut() {
        if is_own(command) {
            section(command, &mut out);
        }
    }
    out.push_str(
        "Every command also takes `--help` and `--version`. [Exit status and output](output.md) describes what scripts\n\
         rely on; [man](man) has the same pages for `man`.\n",
    );
    out
}

fn is_own(command: &Command) -> bool {
    command.get_name() != "help" && !command.is_hide_set()
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn section(command: &mut Command, out: &mut String) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let about = about(command);
    let _ = writeln!(out, "## `{}`\n\n{about}.\n", command.get_name());
    let _ = writeln!(out, "```text\n{usage}\n```\n");
    let aliases: Vec<String> = command
        .get_visible_aliases()
        .map(|alias| format!("`{alias}`"))
        .collect();
    if !aliases.is_empty() {
        let _ = writeln!(out, "Also spelt {}.\n", aliases.join(", "));
    }
    let options = command.get_arguments().filter(|arg| is_option(arg));
    let arguments: Vec<&Arg> = command.get_positionals().chain(options).collect();
    if arguments.is_empty() {
        return;
    }
    out.push_str("| argument | meaning |\n| --- | --- |\n");
    for arg in arguments {
        let _ = writeln!(
            out,
            "| `{}` | {} |",
            cell(&spelling(arg)),
            cell(&meaning(arg))
        );
    }
    out.push('\n');
}

/// An option of this command and not of every one.
fn is_option(arg: &Arg) -> bool {
    let common = ["help", "version"].contains(&arg.get_id().as_str());
    !common && !arg.is_positional() && !arg.is_hide_set()
}

fn spelling(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let value = names
        .iter()
        .map(clap::builder::Str::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    let Some(long) = arg.get_long() else {
        return if arg.is_required_set() {
            value
        } else {
            format!("[{value}]")
        };
    };
    let short = arg.get_short().map(|short| format!("-{short}, "));
    let value = if arg.get_action().takes_values() {
        format!(" <{value}>")
    } else {
        String::new()
    };
    format!("{}--{long}{value}", short.unwrap_or_default())
}

fn meaning(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if !arg.get_action().takes_values() {
        return text;
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() {
        let _ = write!(text, ": {}", values.join(", "));
    }
    let defaults = arg.get_default_values();
    if let Some(default) = defaults.first() {
        let _ = write!(text, " [default: {}]", default.to_string_lossy());
    }
    text
}
