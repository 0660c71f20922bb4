use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory as _};

use crate::cli::{Arguments, CompletionsOptions};
use crate::{Outcome, output};

/// Prints the completion script of a shell.
pub(crate) fn run(options: &CompletionsOptions) -> anyhow::Result<Outcome> {
    let mut program = with_rules(Arguments::command());
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut program, "env-doctor", &mut script);
    // The Bash script spells a name with a hyphen in two ways, and then finds no option of any command.
    let script = String::from_utf8_lossy(&script).replace("env__subcmd__doctor", "env__doctor");
    output::write(None, &script)?;
    Ok(Outcome::Clean)
}

/// The command line where every rule's name is a value to choose: a list that is too long for `--help`.
fn with_rules(program: Command) -> Command {
    let names: Vec<String> = program
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    names.into_iter().fold(program, |program, name| {
        program.mut_subcommand(name, |command| command.mut_args(rule_names))
    })
}

fn rule_names(argument: Arg) -> Arg {
    let takes_rules = argument.get_value_names().is_some_and(|names| {
        names
            .iter()
            .any(|name| name.split('|').any(|name| name == "RULE"))
    });
    if takes_rules {
        let rules = linter::rules::ALL.iter().map(|rule| rule.name);
        argument.value_parser(PossibleValuesParser::new(rules))
    } else {
        argument
    }
}
