//! Parsed things written down shortly.

#![expect(clippy::expect_used, reason = "a test says what is wrong by failing")]
#![allow(dead_code, reason = "each test program uses some of these")]

use dockerfile::shell::{self, Command, Connector, Script};
use dockerfile::{Dockerfile, Instruction, Kind, Logical, Operation, Part, Run, Word};

/// Literals as they are, quoted ones in `'…'`, variables as `<NAME>`, the rest as `<?>`.
pub(crate) fn parts(parts: &[Part]) -> String {
    parts.iter().map(part).collect()
}

fn part(part: &Part) -> String {
    match part {
        Part::Literal {
            text, quoted: true, ..
        } => format!("'{text}'"),
        Part::Literal { text, .. } => text.clone(),
        Part::Opaque { .. } => "<?>".to_owned(),
        Part::Variable {
            name, operation, ..
        } => format!(
            "<{name}{}>",
            operation.as_ref().map_or(String::new(), operator)
        ),
    }
}

fn operator(operation: &Operation) -> String {
    let colon = |colon: &bool| if *colon { ":" } else { "" };
    let twice = |longest: &bool| if *longest { 2 } else { 1 };
    match operation {
        Operation::Default { colon: c, word } => format!("{}-{}", colon(c), parts(word)),
        Operation::Alternate { colon: c, word } => format!("{}+{}", colon(c), parts(word)),
        Operation::Required { colon: c } => format!("{}?", colon(c)),
        Operation::RemovePrefix { longest, pattern } => {
            format!("{}{}", "#".repeat(twice(longest)), parts(pattern))
        }
        Operation::RemoveSuffix { longest, pattern } => {
            format!("{}{}", "%".repeat(twice(longest)), parts(pattern))
        }
        Operation::Replace { all, pattern, with } => {
            let slashes = "/".repeat(twice(all));
            format!("{slashes}{}/{}", parts(pattern), parts(with))
        }
        Operation::Other => " other".to_owned(),
    }
}

/// The only instruction after `FROM a`.
pub(crate) fn instruction(text: &str) -> Instruction {
    let parsed = dockerfile::parse(&format!("FROM a\n{text}"));
    assert_eq!(parsed.instructions.len(), 2, "{text}");
    parsed
        .instructions
        .into_iter()
        .nth(1)
        .expect("counted above")
}

/// The first word of `WORKDIR text`, taken apart.
pub(crate) fn docker_word(text: &str) -> String {
    let Kind::Workdir(word) = instruction(&format!("WORKDIR {text}")).kind else {
        panic!("{text} is no WORKDIR");
    };
    parts(&word.parts)
}

pub(crate) fn script(text: &str) -> Script {
    shell::split(&Logical::contiguous(text, 0), &[])
}

/// The second word of a command, taken apart.
pub(crate) fn shell_word(text: &str) -> String {
    let script = script(&format!("echo {text}"));
    let word = script.commands.iter().find_map(|command| {
        let program = command.words.first()?;
        (program.raw == "echo").then(|| command.words.get(1))?
    });
    parts(&word.expect("echo has a word").parts)
}

/// The script of the last RUN.
pub(crate) fn run(parsed: &Dockerfile) -> Script {
    let mut last = parsed.instructions.iter().rev();
    last.find_map(|instruction| match &instruction.kind {
        Kind::Run(Run::Shell(body)) => Some(shell::split(body, &instruction.heredocs)),
        Kind::Run(Run::Script { body, .. }) => Some(shell::split(body, &[])),
        _ => None,
    })
    .expect("the file has a RUN")
}

/// One line for each command: connector, assignments, words and redirections as written.
pub(crate) fn commands(script: &Script) -> Vec<String> {
    script.commands.iter().map(command).collect()
}

fn command(command: &Command) -> String {
    let connector = match command.connector {
        Connector::First => "",
        Connector::Sequence => "; ",
        Connector::And => "&& ",
        Connector::Or => "|| ",
        Connector::Pipe => "| ",
        Connector::Background => "& ",
    };
    let assignments = command.assignments.iter().map(|a| {
        format!(
            "{}{}={}",
            a.name,
            if a.append { "+" } else { "" },
            a.value.raw
        )
    });
    let words = command.words.iter().map(|word| word.raw.clone());
    let redirects = command
        .redirects
        .iter()
        .map(|r| format!("{}({})", r.operator, r.target.raw));
    let all: Vec<String> = assignments.chain(words).chain(redirects).collect();
    format!("{connector}{}", all.join(" "))
}

/// The programs for which `what` holds.
pub(crate) fn programs_where(text: &str, what: impl Fn(&Command) -> bool) -> Vec<String> {
    let script = script(text);
    let chosen = script.commands.iter().filter(|command| what(command));
    chosen
        .map(|command| {
            command
                .words
                .first()
                .map_or(String::new(), |word| word.raw.clone())
        })
        .collect()
}

/// Every word of a Dockerfile that BuildKit expands or takes as it is.
pub(crate) fn words(parsed: &Dockerfile) -> Vec<&Word> {
    let mut found = Vec::new();
    for instruction in &parsed.instructions {
        collect(instruction, &mut found);
    }
    found
}

fn collect<'a>(instruction: &'a Instruction, found: &mut Vec<&'a Word>) {
    found.extend(&instruction.args);
    found.extend(
        instruction
            .flags
            .iter()
            .filter_map(|flag| flag.value.as_ref()),
    );
    match &instruction.kind {
        Kind::From(from) => {
            found.push(&from.image);
            found.extend(from.name.iter().chain(&from.platform));
        }
        Kind::Arg(args) => found.extend(args.iter().filter_map(|arg| arg.default.as_ref())),
        Kind::Env(pairs) | Kind::Label(pairs) => {
            found.extend(pairs.iter().flat_map(|pair| [&pair.key, &pair.value]));
        }
        Kind::Copy(copy) | Kind::Add(copy) => {
            found.extend(&copy.sources);
            found.push(&copy.destination);
            found.extend(&copy.from);
        }
        Kind::Run(Run::Exec(words)) | Kind::Shell(words) => found.extend(words),
        Kind::Workdir(word) | Kind::User(word) => found.push(word),
        Kind::Onbuild(inner) => collect(inner, found),
        _ => {}
    }
}
