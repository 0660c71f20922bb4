//! Programs that run another program: what they take before it.

use super::options::{Grammar, Spec, flag, parse_head, value};
use super::{Call, run};
use crate::derive::action::Action;
use crate::derive::text::Text;

/// A program that runs the rest of its line.
struct Wrapper {
    name: &'static str,
    options: Grammar,
    /// Operands of its own before the program (`timeout 60`).
    operands: usize,
    /// `NAME=value` words may stand before the program.
    assignments: bool,
    /// It appends words that it reads elsewhere.
    feeds: bool,
}

const fn plain(name: &'static str, options: &'static [&'static [Spec]]) -> Wrapper {
    Wrapper {
        name,
        options: Grammar {
            tables: options,
            prefixes: false,
        },
        operands: 0,
        assignments: false,
        feeds: false,
    }
}

const SUDO: &[Spec] = &[
    value(&["--user", "-u"]),
    value(&["--group", "-g"]),
    value(&["--host", "-h"]),
    value(&["--prompt", "-p"]),
    value(&["--close-from", "-C"]),
    value(&["--role", "-r"]),
    value(&["--type", "-t"]),
    value(&["--command-timeout", "-T"]),
    value(&["--other-user", "-U"]),
    value(&["--chdir", "-D"]),
    value(&["--chroot", "-R"]),
];
const ENV: &[Spec] = &[value(&["--unset", "-u"]), value(&["--chdir", "-C"])];
const TIME: &[Spec] = &[value(&["--format", "-f"]), value(&["--output", "-o"])];
const NICE: &[Spec] = &[value(&["--adjustment", "-n"])];
const IONICE: &[Spec] = &[value(&["--class", "-c"]), value(&["--classdata", "-n"])];
const EXEC: &[Spec] = &[value(&["-a"])];
const COMMAND: &[Spec] = &[flag(&["-v"]), flag(&["-V"])];
const STDBUF: &[Spec] = &[
    value(&["--input", "-i"]),
    value(&["--output", "-o"]),
    value(&["--error", "-e"]),
];
const TIMEOUT: &[Spec] = &[value(&["--kill-after", "-k"]), value(&["--signal", "-s"])];
const XARGS: &[Spec] = &[
    value(&["--max-args", "-n"]),
    value(&["--max-procs", "-P"]),
    value(&["--max-lines", "-L"]),
    value(&["--max-chars", "-s"]),
    value(&["--replace", "-I"]),
    value(&["--arg-file", "-a"]),
    value(&["--delimiter", "-d"]),
    value(&["--eof", "-E"]),
];
const TINI: &[Spec] = &[value(&["-p"]), value(&["-e"])];

const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        assignments: true,
        ..plain("sudo", &[SUDO])
    },
    Wrapper {
        assignments: true,
        ..plain("doas", &[SUDO])
    },
    Wrapper {
        assignments: true,
        ..plain("env", &[ENV])
    },
    plain("time", &[TIME]),
    plain("nice", &[NICE]),
    plain("ionice", &[IONICE]),
    plain("nohup", &[]),
    plain("exec", &[EXEC]),
    plain("command", &[COMMAND]),
    plain("builtin", &[]),
    plain("eatmydata", &[]),
    plain("fakeroot", &[]),
    plain("chronic", &[]),
    plain("unbuffer", &[]),
    plain("stdbuf", &[STDBUF]),
    plain("tini", &[TINI]),
    plain("dumb-init", &[]),
    Wrapper {
        operands: 1,
        ..plain("timeout", &[TIMEOUT])
    },
    Wrapper {
        operands: 1,
        ..plain("gosu", &[])
    },
    Wrapper {
        operands: 1,
        ..plain("su-exec", &[])
    },
    Wrapper {
        operands: 1,
        ..plain("setarch", &[])
    },
    Wrapper {
        feeds: true,
        ..plain("xargs", &[XARGS])
    },
];

/// `hatch run pip …`: a program whose `run` behaves like that.
const RUNNERS: &[&str] = &["hatch", "rye"];

/// Whether the program runs another one.
pub(super) fn is_wrapper(program: &str) -> bool {
    RUNNERS.contains(&program) || WRAPPERS.iter().any(|wrapper| wrapper.name == program)
}

/// What the wrapped program does.
pub(super) fn unwrap(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let name = super::base_name(&words[0]);
    if RUNNERS.contains(&name) {
        return match words.get(1) {
            Some(verb) if verb.as_str() == "run" => run(&call.inner(), &words[2..]),
            _ => Vec::new(),
        };
    }
    let Some(wrapper) = WRAPPERS.iter().find(|wrapper| wrapper.name == name) else {
        return Vec::new();
    };
    let (line, next) = parse_head(&words[1..], &wrapper.options);
    if line.has("-v") || line.has("-V") {
        return Vec::new();
    }
    let mut at = 1 + next + wrapper.operands;
    let mut call = call.inner();
    call.fed |= wrapper.feeds;
    let mut invocation = None;
    while wrapper.assignments
        && let Some((name, range)) = words.get(at).and_then(assignment)
    {
        let value = words[at].slice(range);
        invocation
            .get_or_insert_with(|| call.invocation.clone())
            .environment
            .push((name, Some(value).filter(|value| !value.has_hole())));
        at += 1;
    }
    let rest = words.get(at..).unwrap_or_default();
    match &invocation {
        Some(invocation) => run(&Call { invocation, ..call }, rest),
        None => run(&call, rest),
    }
}

fn assignment(word: &Text) -> Option<(String, std::ops::Range<usize>)> {
    let text = word.as_str();
    let (name, value) = text.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    is_name.then(|| (name.to_owned(), text.len() - value.len()..text.len()))
}

#[cfg(test)]
mod tests {
    use crate::derive::packages::testing::World;

    #[test]
    fn assignments_behind_a_wrapper_reach_the_installer() {
        let install =
            World::new().python("sudo -E PIP_INDEX_URL=https://x/cu121 pip install torch");
        assert_eq!(
            install.indexes.primary.unwrap().url.as_str(),
            "https://x/cu121"
        );
    }
}
