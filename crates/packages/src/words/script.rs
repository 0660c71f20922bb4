//! Programs that are handed commands as text: `bash -c …`, `su -c …`, `eval …`.

use crate::program::{base_name, is_shell};
use crate::text::Text;
use crate::words::options::{Grammar, Spec, flag, parse, parse_head, value};
use crate::words::wrapper::{ENV, FLOCK};

/// Commands that a program is handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// These words, joined by blanks.
    Words(Vec<Text>),
    /// What stands on its standard input.
    Input,
}

const SU: &[Spec] = &[
    value(&["--command", "-c", "--session-command"]),
    value(&["--shell", "-s"]),
    value(&["--user", "-u"]),
    value(&["--whitelist-environment", "-w"]),
    value(&["--group", "-g"]),
    value(&["--supp-group", "-G"]),
    flag(&["--login", "-l"]),
    flag(&["--preserve-environment", "-m", "-p"]),
    flag(&["--fast", "-f"]),
    flag(&["--pty", "-P"]),
];
const TYPESCRIPT: &[Spec] = &[
    value(&["--command", "-c"]),
    value(&["--log-in", "-I"]),
    value(&["--log-out", "-O"]),
    value(&["--log-io", "-B"]),
    value(&["--log-timing", "-T"]),
    value(&["--logging-format", "-m"]),
    value(&["--echo", "-E"]),
    value(&["--output-limit", "-o"]),
    flag(&["--append", "-a"]),
    flag(&["--return", "-e"]),
    flag(&["--flush", "-f"]),
    flag(&["--quiet", "-q"]),
];

const fn gnu(tables: &'static [&'static [Spec]]) -> Grammar {
    Grammar {
        tables,
        prefixes: true,
    }
}

/// The commands that a program is handed as text; `words` begins with the program.
#[must_use]
pub fn script(words: &[Text]) -> Option<Script> {
    let (program, args) = words.split_first()?;
    let name = base_name(program.as_str());
    let found = match name {
        _ if is_shell(name) => return shell(args),
        "eval" => args.to_vec(),
        "su" | "runuser" => command(parse(args, &gnu(&[SU])).last("--command")),
        "script" => command(parse(args, &gnu(&[TYPESCRIPT])).last("--command")),
        "flock" => {
            let (_, file) = parse_head(args, &gnu(&[FLOCK]));
            match args.get(file + 1..) {
                Some([option, text, ..]) if matches!(option.as_str(), "-c" | "--command") => {
                    vec![text.clone()]
                }
                _ => Vec::new(),
            }
        }
        "env" => {
            let (line, rest) = parse_head(args, &gnu(&[ENV]));
            let text = line.last("--split-string")?;
            [std::slice::from_ref(text), &args[rest..]].concat()
        }
        _ => Vec::new(),
    };
    (!found.is_empty()).then_some(Script::Words(found))
}

/// Whether the script starts in the home of a user: `su - user -c …`, `bash -lc` does not.
#[must_use]
pub fn starts_at_home(words: &[Text]) -> bool {
    let Some((program, args)) = words.split_first() else {
        return false;
    };
    matches!(base_name(program.as_str()), "su" | "runuser") && {
        let line = parse(args, &gnu(&[SU]));
        let dash = |operand: &Text| operand.as_str() == "-";
        line.has("--login") || line.operands.iter().any(dash)
    }
}

fn command(text: Option<&Text>) -> Vec<Text> {
    text.into_iter().cloned().collect()
}

/// Whether an option tells a shell to read commands from a word: `-c`, `-lc`, `-ce`.
#[must_use]
pub fn is_code_option(word: &str) -> bool {
    word.strip_prefix('-')
        .is_some_and(|letters| !letters.starts_with('-') && letters.contains('c'))
}

/// A shell takes the first word behind its options for commands where `-c` is among them, and for a file where it
/// is not.
fn shell(args: &[Text]) -> Option<Script> {
    let mut at = 0;
    let (mut is_code, mut is_input) = (false, false);
    while let Some(word) = args.get(at).map(Text::as_str) {
        at += 1;
        if matches!(word, "-" | "--") {
            break;
        }
        if matches!(word, "--rcfile" | "--init-file") {
            at += 1;
        } else if let Some(letters) = word.strip_prefix(['-', '+']) {
            if word.starts_with("--") {
                continue;
            }
            is_code |= is_code_option(word);
            is_input |= letters.contains('s');
            // The name of an option is a word of its own, wherever the letter stands: `-oe pipefail`.
            at += letters.matches(['o', 'O']).count();
        } else {
            at -= 1;
            break;
        }
    }
    match args.get(at) {
        Some(text) if is_code => Some(Script::Words(vec![text.clone()])),
        Some(_) if !is_input => None,
        _ if is_code => None,
        _ => Some(Script::Input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::words;

    fn show(line: &str) -> String {
        match script(&words(line)) {
            None => "none".to_owned(),
            Some(Script::Input) => "input".to_owned(),
            Some(Script::Words(words)) => {
                let words: Vec<&str> = words.iter().map(Text::as_str).collect();
                words.join(" ")
            }
        }
    }

    #[test]
    fn commands_are_found_in_the_words_of_every_program_that_reads_them() {
        for line in [
            "sh -c \"a b\"",
            "bash -lc \"a b\" name arg",
            "/bin/bash -ce \"a b\"",
            "bash -euxo pipefail -c \"a b\"",
            "bash -oe pipefail -c \"a b\"",
            "bash +x -o pipefail -O extglob -c \"a b\"",
            "bash --login --rcfile /x -c \"a b\"",
            "bash -c -- \"a b\"",
            "eval \"a b\"",
            "eval a b",
            "su -c \"a b\"",
            "su user -c \"a b\"",
            "su - user -s /bin/sh -c \"a b\"",
            "su --command \"a b\" user",
            "runuser -l user -c \"a b\"",
            "script -qec \"a b\" /dev/null",
            "flock -w 5 /lock -c \"a b\"",
            "env -S \"a b\"",
            "env -i -S a b",
        ] {
            assert_eq!(show(line), "a b", "{line}");
        }
        for line in ["bash", "bash -s a b", "sh -e", "bash -ex -"] {
            assert_eq!(show(line), "input", "{line}");
        }
        for line in [
            "bash x.sh -c a",
            "sh -e x.sh",
            "bash -c",
            "su user",
            "eval",
            "flock /lock a",
            "env a",
            "pip -c a",
            "runuser -u user a",
        ] {
            assert_eq!(show(line), "none", "{line}");
        }
    }
}
