//! Programs that run the rest of their line: what they take before it.
//!
//! The tables follow `--help` and the manual pages of sudo 1.9, opendoas 6.8, coreutils 9.1, util-linux 2.38,
//! findutils 4.9, bash 5.2, GNU time 1.9, moreutils 0.67, expect 5.45, numactl 2.0.16, gosu 1.14, tini 0.19,
//! dumb-init 1.2.5, runit 2.1, xvfb-run 21.1, hatch 1.18, PDM 2.29, Poetry 2.5 and Pipenv 2026. A program that runs
//! its command in another root or on another host (`chroot`, `nsenter`, `ssh`) is none of them: what it does there
//! is not done to the image.

use crate::conda;
use crate::conda::pixi;
use crate::program::base_name;
use crate::python::{pdm, pipenv, poetry, uv};
use crate::text::Text;
use crate::words::options::{Grammar, Spec, attached, flag, parse_head, value};

/// A program that runs the rest of its line.
struct Wrapper {
    name: &'static str,
    /// A package manager: the options before the subcommand, and the subcommands that run a program.
    manager: Option<(Grammar, &'static [&'static str])>,
    options: Grammar,
    /// Operands of its own before the program (`timeout 60`).
    operands: usize,
    /// They stand before the options, and may be left out (`setarch x86_64 -R`).
    operands_first: bool,
    /// `NAME=value` words may stand before the program.
    assignments: bool,
    /// It appends words that it reads elsewhere.
    feeds: bool,
    /// Options with which it runs nothing.
    stops: &'static [&'static str],
    /// The option without which it does something else.
    needs: Option<&'static str>,
    /// The option that names the folder to start in.
    directory: &'static str,
    /// The option that starts in the home of the user.
    home: &'static str,
}

const fn plain(name: &'static str, options: &'static [&'static [Spec]]) -> Wrapper {
    Wrapper {
        name,
        manager: None,
        options: Grammar {
            tables: options,
            prefixes: false,
        },
        operands: 0,
        operands_first: false,
        assignments: false,
        feeds: false,
        stops: &[],
        needs: None,
        directory: "",
        home: "",
    }
}

/// A program that reads its options with `getopt_long`: beginnings of long options count.
const fn gnu(name: &'static str, options: &'static [&'static [Spec]]) -> Wrapper {
    Wrapper {
        options: Grammar {
            tables: options,
            prefixes: true,
        },
        ..plain(name, options)
    }
}

/// A package manager whose `run` starts a program in an environment.
const fn manager(
    name: &'static str,
    before: Grammar,
    verbs: &'static [&'static str],
    options: Grammar,
) -> Wrapper {
    Wrapper {
        manager: Some((before, verbs)),
        options,
        ..plain(name, &[])
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
    flag(&["--askpass", "-A"]),
    flag(&["--background", "-b"]),
    flag(&["--bell", "-B"]),
    flag(&["-E"]),
    attached(&["--preserve-env"]),
    flag(&["--edit", "-e"]),
    flag(&["--set-home", "-H"]),
    flag(&["--help"]),
    flag(&["--login", "-i"]),
    flag(&["--remove-timestamp", "-K"]),
    flag(&["--reset-timestamp", "-k"]),
    flag(&["--list", "-l"]),
    flag(&["--no-update", "-N"]),
    flag(&["--non-interactive", "-n"]),
    flag(&["--preserve-groups", "-P"]),
    flag(&["--stdin", "-S"]),
    flag(&["--shell", "-s"]),
    flag(&["--version", "-V"]),
    flag(&["--validate", "-v"]),
];
const DOAS: &[Spec] = &[
    value(&["-u"]),
    value(&["-C"]),
    flag(&["-L"]),
    flag(&["-n"]),
    flag(&["-s"]),
];
pub(crate) const ENV: &[Spec] = &[
    value(&["--unset", "-u"]),
    value(&["--chdir", "-C"]),
    value(&["--split-string", "-S"]),
    flag(&["--ignore-environment", "-i"]),
    flag(&["--null", "-0"]),
    attached(&["--block-signal"]),
    attached(&["--default-signal"]),
    attached(&["--ignore-signal"]),
    flag(&["--list-signal-handling"]),
    flag(&["--debug", "-v"]),
];
const TIME: &[Spec] = &[
    value(&["--format", "-f"]),
    value(&["--output", "-o"]),
    flag(&["--append", "-a"]),
    flag(&["--portability", "-p"]),
    flag(&["--quiet", "-q"]),
    flag(&["--verbose", "-v"]),
];
const NICE: &[Spec] = &[value(&["--adjustment", "-n"])];
const IONICE: &[Spec] = &[
    value(&["--class", "-c"]),
    value(&["--classdata", "-n"]),
    flag(&["--pid", "-p"]),
    flag(&["--pgid", "-P"]),
    flag(&["--uid", "-u"]),
    flag(&["--ignore", "-t"]),
];
const EXEC: &[Spec] = &[value(&["-a"]), flag(&["-c"]), flag(&["-l"])];
const COMMAND: &[Spec] = &[flag(&["-p"]), flag(&["-v"]), flag(&["-V"])];
const STDBUF: &[Spec] = &[
    value(&["--input", "-i"]),
    value(&["--output", "-o"]),
    value(&["--error", "-e"]),
];
const TIMEOUT: &[Spec] = &[
    value(&["--kill-after", "-k"]),
    value(&["--signal", "-s"]),
    flag(&["--preserve-status"]),
    flag(&["--foreground"]),
    flag(&["--verbose", "-v"]),
];
const XARGS: &[Spec] = &[
    value(&["--max-args", "-n"]),
    value(&["--max-procs", "-P"]),
    value(&["-L"]),
    attached(&["--max-lines", "-l"]),
    value(&["--max-chars", "-s"]),
    value(&["-I"]),
    attached(&["--replace", "-i"]),
    value(&["--arg-file", "-a"]),
    value(&["--delimiter", "-d"]),
    value(&["-E"]),
    attached(&["--eof", "-e"]),
    value(&["--process-slot-var"]),
    flag(&["--null", "-0"]),
    flag(&["--open-tty", "-o"]),
    flag(&["--interactive", "-p"]),
    flag(&["--no-run-if-empty", "-r"]),
    flag(&["--show-limits"]),
    flag(&["--verbose", "-t"]),
    flag(&["--exit", "-x"]),
];
const TINI: &[Spec] = &[
    value(&["-p"]),
    value(&["-e"]),
    flag(&["-s"]),
    flag(&["-v"]),
    flag(&["-w"]),
    flag(&["-g"]),
];
const DUMB_INIT: &[Spec] = &[
    value(&["--rewrite", "-r"]),
    flag(&["--single-child", "-c"]),
    flag(&["--verbose", "-v"]),
];
const CATATONIT: &[Spec] = &[flag(&["-g"]), flag(&["-P"])];
const SETSID: &[Spec] = &[
    flag(&["--ctty", "-c"]),
    flag(&["--fork", "-f"]),
    flag(&["--wait", "-w"]),
];
const SETPRIV: &[Spec] = &[
    value(&["--ambient-caps"]),
    value(&["--inh-caps"]),
    value(&["--bounding-set"]),
    value(&["--ruid"]),
    value(&["--euid"]),
    value(&["--rgid"]),
    value(&["--egid"]),
    value(&["--reuid"]),
    value(&["--regid"]),
    value(&["--groups"]),
    value(&["--securebits"]),
    value(&["--pdeathsig"]),
    value(&["--selinux-label"]),
    value(&["--apparmor-profile"]),
    flag(&["--no-new-privs", "--nnp"]),
    flag(&["--clear-groups"]),
    flag(&["--keep-groups"]),
    flag(&["--init-groups"]),
    flag(&["--reset-env"]),
    flag(&["--dump", "-d"]),
];
const NUMACTL: &[Spec] = &[
    value(&["--interleave", "-i"]),
    value(&["--membind", "-m"]),
    value(&["--cpunodebind", "-N"]),
    value(&["--cpubind", "-c"]),
    value(&["--physcpubind", "-C"]),
    value(&["--preferred", "-p"]),
    value(&["--preferred-many", "-P"]),
    flag(&["--localalloc", "-l"]),
    flag(&["--balancing", "-b"]),
    flag(&["--all", "-a"]),
    flag(&["--show", "-s"]),
    flag(&["--hardware", "-H"]),
    value(&["--shm", "-S"]),
    value(&["--file", "-f"]),
];
const TASKSET: &[Spec] = &[
    flag(&["--all-tasks", "-a"]),
    flag(&["--cpu-list", "-c"]),
    flag(&["--pid", "-p"]),
];
const CHRT: &[Spec] = &[
    flag(&["--batch", "-b"]),
    flag(&["--deadline", "-d"]),
    flag(&["--fifo", "-f"]),
    flag(&["--idle", "-i"]),
    flag(&["--other", "-o"]),
    flag(&["--rr", "-r"]),
    flag(&["--reset-on-fork", "-R"]),
    value(&["--sched-runtime", "-T"]),
    value(&["--sched-period", "-P"]),
    value(&["--sched-deadline", "-D"]),
    flag(&["--all-tasks", "-a"]),
    flag(&["--max", "-m"]),
    flag(&["--pid", "-p"]),
    flag(&["--verbose", "-v"]),
];
const SETARCH: &[Spec] = &[
    flag(&["--32bit", "-B"]),
    flag(&["--fdpic-funcptrs", "-F"]),
    flag(&["--short-inode", "-I"]),
    flag(&["--addr-compat-layout", "-L"]),
    flag(&["--addr-no-randomize", "-R"]),
    flag(&["--whole-seconds", "-S"]),
    flag(&["--sticky-timeouts", "-T"]),
    flag(&["--read-implies-exec", "-X"]),
    flag(&["--mmap-page-zero", "-Z"]),
    flag(&["--3gb", "-3"]),
    flag(&["--4gb"]),
    flag(&["--uname-2.6"]),
    flag(&["--verbose", "-v"]),
    flag(&["--list"]),
];
const PRLIMIT: &[Spec] = &[
    value(&["--pid", "-p"]),
    value(&["--output", "-o"]),
    flag(&["--noheadings"]),
    flag(&["--raw"]),
    flag(&["--verbose"]),
    attached(&["--core", "-c"]),
    attached(&["--data", "-d"]),
    attached(&["--nice", "-e"]),
    attached(&["--fsize", "-f"]),
    attached(&["--sigpending", "-i"]),
    attached(&["--memlock", "-l"]),
    attached(&["--rss", "-m"]),
    attached(&["--nofile", "-n"]),
    attached(&["--msgqueue", "-q"]),
    attached(&["--rtprio", "-r"]),
    attached(&["--stack", "-s"]),
    attached(&["--cpu", "-t"]),
    attached(&["--nproc", "-u"]),
    attached(&["--as", "-v"]),
    attached(&["--locks", "-x"]),
    attached(&["--rttime", "-y"]),
];
const CHOOM: &[Spec] = &[value(&["--adjust", "-n"]), value(&["--pid", "-p"])];
pub(crate) const FLOCK: &[Spec] = &[
    flag(&["--shared", "-s"]),
    flag(&["--exclusive", "-x"]),
    flag(&["--unlock", "-u"]),
    flag(&["--nonblock", "-n"]),
    value(&["--timeout", "--wait", "-w"]),
    value(&["--conflict-exit-code", "-E"]),
    flag(&["--close", "-o"]),
    flag(&["--no-fork", "-F"]),
    flag(&["--verbose"]),
];
const RUNUSER: &[Spec] = &[
    value(&["--user", "-u"]),
    value(&["--whitelist-environment", "-w"]),
    value(&["--group", "-g"]),
    value(&["--supp-group", "-G"]),
    flag(&["--preserve-environment", "-m", "-p"]),
    flag(&["--pty", "-P"]),
];
const FAKEROOT: &[Spec] = &[
    value(&["--lib", "-l"]),
    value(&["--faked"]),
    value(&["-i"]),
    value(&["-s"]),
    value(&["--fd-base", "-b"]),
    flag(&["--unknown-is-real", "-u"]),
];
const CHRONIC: &[Spec] = &[flag(&["-e"]), flag(&["-v"])];
const UNBUFFER: &[Spec] = &[flag(&["-p"])];
const CHPST: &[Spec] = &[
    value(&["-u"]),
    value(&["-U"]),
    value(&["-b"]),
    value(&["-e"]),
    value(&["-/"]),
    value(&["-n"]),
    value(&["-l"]),
    value(&["-L"]),
    value(&["-m"]),
    value(&["-d"]),
    value(&["-o"]),
    value(&["-p"]),
    value(&["-f"]),
    value(&["-c"]),
    value(&["-t"]),
    flag(&["-v"]),
    flag(&["-P"]),
];
const XVFB_RUN: &[Spec] = &[
    flag(&["--auto-servernum", "-a"]),
    value(&["--error-file", "-e"]),
    value(&["--auth-file", "-f"]),
    value(&["--server-num", "-n"]),
    flag(&["--listen-tcp", "-l"]),
    value(&["--xauth-protocol", "-p"]),
    value(&["--server-args", "-s"]),
    value(&["--wait", "-w"]),
];
const DBUS_RUN_SESSION: &[Spec] = &[value(&["--dbus-daemon"]), value(&["--config-file"])];
const STRACE: &[Spec] = &[
    value(&["--interruptible", "-I"]),
    value(&["-b"]),
    value(&["-e"]),
    value(&["--summary-syscall-overhead", "-O"]),
    value(&["--summary-sort-by", "-S"]),
    value(&["--summary-columns", "-U"]),
    value(&["--columns", "-a"]),
    value(&["--output", "-o"]),
    value(&["--string-limit", "-s"]),
    value(&["-X"]),
    value(&["--trace-path", "-P"]),
    value(&["--attach", "-p"]),
    value(&["--env", "-E"]),
    value(&["--user", "-u"]),
    flag(&["-f"]),
    flag(&["-c"]),
    flag(&["-q"]),
    flag(&["-t"]),
];
const BUSYBOX: &[Spec] = &[
    flag(&["--install"]),
    flag(&["--list"]),
    flag(&["--list-full"]),
];

const HATCH: Grammar = Grammar {
    tables: &[&[
        value(&["--env", "-e"]),
        value(&["--project", "-p"]),
        value(&["--data-dir"]),
        value(&["--cache-dir"]),
        value(&["--config"]),
        flag(&["--verbose", "-v"]),
        flag(&["--quiet", "-q"]),
        flag(&["--color"]),
        flag(&["--no-color"]),
        flag(&["--interactive"]),
        flag(&["--no-interactive"]),
    ]],
    prefixes: false,
};
const RYE: Grammar = Grammar {
    tables: &[&[
        value(&["--pyproject"]),
        flag(&["--list", "-l"]),
        flag(&["--verbose", "-v"]),
        flag(&["--quiet", "-q"]),
    ]],
    prefixes: false,
};
const NONE: Grammar = Grammar {
    tables: &[],
    prefixes: false,
};
const CONDA_RUN: Grammar = Grammar {
    tables: &[&[
        value(&["--name", "-n"]),
        value(&["--prefix", "-p"]),
        value(&["--root-prefix", "-r"]),
        value(&["--cwd"]),
        value(&["--attach", "-a"]),
        value(&["--env", "-e"]),
        value(&["--label"]),
    ]],
    prefixes: false,
};

const CONDA: Wrapper = Wrapper {
    directory: "--cwd",
    ..manager("conda", conda::PROGRAM, &["run"], CONDA_RUN)
};
const PROCESS: Wrapper = Wrapper {
    stops: &["--pid", "--pgid", "--uid"],
    ..gnu("ionice", &[IONICE])
};
const USER: Wrapper = Wrapper {
    operands: 1,
    ..plain("gosu", &[])
};
const TINI_ROW: Wrapper = plain("tini", &[TINI]);
const PERSONALITY: Wrapper = gnu("linux64", &[SETARCH]);

/// Sorted by name.
static WRAPPERS: &[Wrapper] = &[
    plain("builtin", &[]),
    Wrapper {
        stops: &["--install", "--list", "--list-full"],
        ..plain("busybox", &[BUSYBOX])
    },
    plain("catatonit", &[CATATONIT]),
    plain("catchsegv", &[]),
    Wrapper {
        stops: &["--pid"],
        ..gnu("choom", &[CHOOM])
    },
    plain("chpst", &[CHPST]),
    plain("chronic", &[CHRONIC]),
    Wrapper {
        operands: 1,
        stops: &["--pid", "--max"],
        ..gnu("chrt", &[CHRT])
    },
    Wrapper {
        stops: &["-v", "-V"],
        ..plain("command", &[COMMAND])
    },
    CONDA,
    plain("dbus-run-session", &[DBUS_RUN_SESSION]),
    Wrapper {
        stops: &["-C", "-L"],
        ..plain("doas", &[DOAS])
    },
    gnu("dumb-init", &[DUMB_INIT]),
    plain("eatmydata", &[]),
    Wrapper {
        assignments: true,
        stops: &["--split-string"],
        directory: "--chdir",
        ..gnu("env", &[ENV])
    },
    plain("exec", &[EXEC]),
    gnu("fakeroot", &[FAKEROOT]),
    Wrapper {
        operands: 1,
        ..gnu("flock", &[FLOCK])
    },
    USER,
    manager("hatch", HATCH, &["run"], HATCH),
    PROCESS,
    Wrapper {
        name: "linux32",
        ..PERSONALITY
    },
    PERSONALITY,
    Wrapper {
        name: "mamba",
        ..CONDA
    },
    Wrapper {
        name: "micromamba",
        ..CONDA
    },
    gnu("nice", &[NICE]),
    plain("nohup", &[]),
    Wrapper {
        stops: &["--show", "--hardware"],
        ..gnu("numactl", &[NUMACTL])
    },
    Wrapper {
        stops: &["--list", "--json"],
        directory: "--working-dir",
        ..manager("pdm", pdm::PROGRAM, &["run"], pdm::RUNNING)
    },
    manager("pipenv", pipenv::GRAMMAR, &["run"], NONE),
    manager("pixi", pixi::GRAMMAR, pixi::RUNS, pixi::GRAMMAR),
    manager("poetry", poetry::PROGRAM, &["run"], poetry::PROGRAM),
    Wrapper {
        stops: &["--pid"],
        ..gnu("prlimit", &[PRLIMIT])
    },
    Wrapper {
        needs: Some("--user"),
        ..gnu("runuser", &[RUNUSER])
    },
    Wrapper {
        stops: &["--list"],
        ..manager("rye", RYE, &["run"], RYE)
    },
    Wrapper {
        name: "s6-setuidgid",
        ..USER
    },
    Wrapper {
        operands: 1,
        operands_first: true,
        stops: &["--list"],
        ..gnu("setarch", &[SETARCH])
    },
    Wrapper {
        stops: &["--dump"],
        ..gnu("setpriv", &[SETPRIV])
    },
    gnu("setsid", &[SETSID]),
    Wrapper {
        name: "setuidgid",
        ..USER
    },
    gnu("stdbuf", &[STDBUF]),
    Wrapper {
        stops: &["--attach"],
        ..gnu("strace", &[STRACE])
    },
    Wrapper {
        name: "su-exec",
        ..USER
    },
    Wrapper {
        assignments: true,
        stops: &["--list", "--edit"],
        directory: "--chdir",
        home: "--login",
        ..gnu("sudo", &[SUDO])
    },
    Wrapper {
        operands: 1,
        stops: &["--pid"],
        ..gnu("taskset", &[TASKSET])
    },
    gnu("time", &[TIME]),
    Wrapper {
        operands: 1,
        ..gnu("timeout", &[TIMEOUT])
    },
    TINI_ROW,
    Wrapper {
        name: "tini-static",
        ..TINI_ROW
    },
    plain("unbuffer", &[UNBUFFER]),
    manager("uv", uv::PROGRAM, &["run"], uv::tool::RUNNING),
    plain("with-contenv", &[]),
    Wrapper {
        feeds: true,
        ..gnu("xargs", &[XARGS])
    },
    gnu("xvfb-run", &[XVFB_RUN]),
];

/// What a program runs, and how.
pub(crate) struct Unwrapped {
    /// The word that names the next program.
    pub(crate) rest: usize,
    /// Variables that it is given.
    pub(crate) environment: Vec<(String, Option<Text>)>,
    /// The folder that it is started in.
    pub(crate) directory: Option<Text>,
    /// What is added to its words.
    pub(crate) feeds: Feeds,
    /// The outer program does something of its own.
    pub(crate) manages: bool,
}

/// Words that stand elsewhere.
pub(crate) enum Feeds {
    /// None are added.
    Nothing,
    /// They are appended.
    Words,
    /// They are put in place of this one (`xargs -I {}`).
    Placeholder(String),
}

fn find(name: &str) -> Option<&'static Wrapper> {
    let place = WRAPPERS.binary_search_by(|wrapper| wrapper.name.cmp(name));
    place.ok().map(|place| &WRAPPERS[place])
}

/// Whether the program is one that runs the rest of its line and does nothing else.
#[must_use]
pub fn is_wrapper(name: &str) -> bool {
    find(name).is_some_and(|wrapper| wrapper.manager.is_none())
}

/// Takes one program off that runs the rest of the line; `None` where the first word is none, or runs nothing.
pub(crate) fn unwrap(words: &[Text]) -> Option<Unwrapped> {
    let wrapper = find(base_name(words.first()?.as_str()))?;
    let mut at = 1;
    if let Some((before, verbs)) = &wrapper.manager {
        at += parse_head(&words[at..], before).1;
        let verb = words.get(at)?.as_str();
        if !verbs.contains(&verb) {
            return None;
        }
        at += 1;
    }
    if wrapper.operands_first && !words.get(at)?.as_str().starts_with('-') {
        at += wrapper.operands;
    }
    let (line, next) = parse_head(words.get(at..)?, &wrapper.options);
    let lacks = wrapper.needs.is_some_and(|option| !line.has(option));
    if lacks || wrapper.stops.iter().any(|option| line.has(option)) {
        return None;
    }
    at += next;
    if !wrapper.operands_first {
        at += wrapper.operands;
    }
    // An unset variable is as good as an empty one to those who ask.
    let unset = |name: &Text| (name.as_str().to_owned(), Some(Text::empty(name.at())));
    let mut environment: Vec<_> = line
        .all("--unset")
        .filter(|_| wrapper.assignments)
        .map(unset)
        .collect();
    while wrapper.assignments
        && let Some(word) = words.get(at)
    {
        match word.as_str().split_once('=') {
            Some((name, _)) if !name.contains('/') => environment.extend(assignment(word)),
            // `env - A=1` empties the environment.
            None if word.as_str() == "-" => {}
            _ => break,
        }
        at += 1;
    }
    // What stands there is no program: `flock FILE -c SCRIPT`.
    if words.get(at)?.as_str().starts_with('-') {
        return None;
    }
    let directory = if line.has(wrapper.home) {
        Some(unknown(words[0].at()))
    } else {
        line.last(wrapper.directory).cloned()
    };
    let placeholder = match line.last("-I").or(line.last("--replace")) {
        None if line.has("--replace") => Some("{}".to_owned()),
        given => given.map(|name| name.as_str().to_owned()),
    };
    let feeds = match placeholder.filter(|name| !name.is_empty()) {
        _ if !wrapper.feeds => Feeds::Nothing,
        Some(name) => Feeds::Placeholder(name),
        None => Feeds::Words,
    };
    Some(Unwrapped {
        rest: at,
        environment,
        directory,
        feeds,
        manages: wrapper.manager.is_some(),
    })
}

fn unknown(at: source::Location) -> Text {
    let mut text = Text::empty(at);
    text.push_hole(at);
    text
}

fn assignment(word: &Text) -> Option<(String, Option<Text>)> {
    let text = word.as_str();
    let (name, value) = text.split_once('=')?;
    let is_name = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    let value = word.slice(text.len() - value.len()..text.len());
    is_name.then(|| {
        (
            name.to_owned(),
            Some(value).filter(|value| !value.has_hole()),
        )
    })
}

/// Makes what stands for words read elsewhere unknown.
pub(crate) fn forget(words: &mut [Text], placeholder: &str) {
    for word in words {
        let Some(at) = word.as_str().find(placeholder) else {
            continue;
        };
        let end = word.as_str().len();
        let mut text = word.slice(0..at);
        text.push_hole(word.at());
        text.push_text(word, at + placeholder.len()..end, None);
        *word = text;
    }
}

#[cfg(test)]
mod tests {
    use source::{FileId, Location, Span};

    use super::*;
    use crate::invocation::Invocation;
    use crate::testing::{World, show, words};
    use crate::words::options::Takes;

    fn invocation(line: &str) -> Invocation {
        let at = Location::new(FileId(0), Span::from_usize(0..line.len()));
        Invocation::new(words(line), Vec::new(), at).unwrap()
    }

    /// The spellings of an option, with a value where it takes one.
    fn spellings(spec: &Spec) -> Vec<String> {
        let spelled = |name: &&'static str| match (spec.takes, name.starts_with("--")) {
            (Takes::Nothing, _) => vec![(*name).to_owned()],
            (Takes::Value, true) => vec![format!("{name} V"), format!("{name}=V")],
            (Takes::Value, false) => vec![format!("{name} V"), format!("{name}V")],
            (Takes::Attached, true) => vec![(*name).to_owned(), format!("{name}=V")],
            (Takes::Attached, false) => vec![(*name).to_owned(), format!("{name}V")],
        };
        spec.names.iter().flat_map(spelled).collect()
    }

    /// Every way to write what stands before the program, and whether a program runs then.
    fn lines(wrapper: &Wrapper) -> Vec<(String, bool)> {
        let mut lines = Vec::new();
        let mut options = vec![(String::new(), true)];
        for spec in wrapper.options.tables.iter().flat_map(|table| table.iter()) {
            let runs = !wrapper.stops.contains(&spec.names[0]);
            options.extend(spellings(spec).into_iter().map(|option| (option, runs)));
        }
        let needed = wrapper.needs.map(|name| format!("{name} V"));
        let operands = "V ".repeat(wrapper.operands);
        let verbs = wrapper.manager.map_or(&[""][..], |(_, verbs)| verbs);
        for (option, runs) in options {
            let options = format!("{option} {}", needed.as_deref().unwrap_or_default());
            let own = if wrapper.operands_first {
                format!("{operands} {options}")
            } else {
                format!("{options} {operands}")
            };
            for verb in verbs {
                lines.push((format!("/usr/bin/{} {verb} {own}", wrapper.name), runs));
            }
        }
        lines
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(WRAPPERS.is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn every_option_of_every_wrapper_is_read_in_every_spelling() {
        for wrapper in WRAPPERS {
            for (line, runs) in lines(wrapper) {
                let pip = invocation(&format!("{line} pip install torch"));
                assert_eq!(pip.program() == "pip", runs, "{line}");
                assert_eq!(
                    invocation(&format!("{line} nvcc a.cu")).program() == "nvcc",
                    runs,
                    "{line}"
                );
                let found = World::new().run(&format!("{line} pip install torch"));
                let installs = found.iter().any(|action| match action {
                    crate::action::Action::Python(install) => {
                        show(&install.requirements) == "torch"
                    }
                    _ => false,
                });
                assert_eq!(installs, runs, "{line}");
            }
        }
    }

    #[test]
    fn what_stands_before_the_program_is_read_as_the_wrapper_reads_it() {
        for line in [
            "sudo -nu root nvcc a.cu",
            "sudo -u root -- nvcc a.cu",
            "sudo -E A=1 B=2 nvcc a.cu",
            "env - A=1 nvcc a.cu",
            "env A.B=1 nvcc a.cu",
            "env --unse A nvcc a.cu",
            "nice -10 nvcc a.cu",
            "timeout -k 5 60 nvcc a.cu",
            "exec -cla x nvcc a.cu",
            "taskset -c 0,3 nvcc a.cu",
            "setarch -R nvcc a.cu",
            "tini -g -- nvcc a.cu",
            "sudo env A=1 timeout 60 nice nvcc a.cu",
            "uv --directory /x run --with numpy env A=1 nvcc a.cu",
            "conda run -n x --no-capture-output --cwd /x nvcc a.cu",
            "flock -n /lock nvcc a.cu",
        ] {
            let invocation = invocation(line);
            assert_eq!(invocation.program(), "nvcc", "{line}");
            assert_eq!(invocation.args().len(), 1, "{line}");
        }
    }

    #[test]
    fn a_wrapper_without_a_program_runs_nothing() {
        for line in [
            "sudo",
            "sudo -v",
            "sudo -l nvcc",
            "command -v nvcc",
            "command -pV nvcc",
            "env",
            "env A=1",
            "timeout 60",
            "gosu root",
            "ionice -c 3 -p 1",
            "taskset -pc 0 1",
            "numactl --hardware",
            "flock /lock -c nvcc",
            "runuser - root nvcc",
            "conda list nvcc",
            "poetry nvcc",
            "uv sync nvcc",
            "busybox --install nvcc",
        ] {
            assert_ne!(invocation(line).program(), "nvcc", "{line}");
        }
    }

    /// What a program does in another root or on another host is not done to the image.
    #[test]
    fn a_program_that_runs_elsewhere_is_no_wrapper() {
        for line in ["chroot /mnt nvcc", "nsenter -t 1 nvcc", "ssh host nvcc"] {
            assert_ne!(invocation(line).program(), "nvcc", "{line}");
        }
    }

    #[test]
    fn assignments_behind_a_wrapper_reach_the_installer() {
        for line in [
            "sudo -E PIP_INDEX_URL=https://x/cu121 pip install torch",
            "poetry run env PIP_INDEX_URL=https://x/cu121 pip install torch",
        ] {
            let install = World::new().python(line);
            assert_eq!(
                install.indexes.primary.unwrap().url.as_str(),
                "https://x/cu121"
            );
        }
        let world = World::new().variable("PIP_INDEX_URL", Some("https://x/cu121"));
        let install = world.python("env -u PIP_INDEX_URL pip install torch");
        assert!(install.indexes.primary.is_none() && !install.indexes.unknown);
    }

    #[test]
    fn a_wrapper_says_where_its_program_starts() {
        for (line, directory) in [
            ("env --chdir /x nvcc", "/x"),
            ("sudo -D /x env -C /y nvcc", "/y"),
            ("conda run --cwd=/x nvcc", "/x"),
            ("sudo -i nvcc", "\u{FFFC}"),
        ] {
            assert_eq!(
                invocation(line).directory.unwrap().as_str(),
                directory,
                "{line}"
            );
        }
        assert!(invocation("sudo nvcc").directory.is_none());
    }

    #[test]
    fn words_that_xargs_puts_in_are_not_known() {
        let args = |line: &str| {
            let invocation = invocation(line);
            let args = invocation
                .args()
                .iter()
                .map(|arg| arg.as_str().replace('\u{FFFC}', "$"));
            (args.collect::<Vec<_>>().join(" "), invocation.fed)
        };
        assert_eq!(args("xargs -n 1 nvcc a.cu"), ("a.cu".to_owned(), true));
        assert_eq!(
            args("xargs -I {} nvcc x/{}.cu"),
            ("x/$.cu".to_owned(), false)
        );
        assert_eq!(args("xargs -I% nvcc %"), ("$".to_owned(), false));
        assert_eq!(args("xargs -i nvcc {}"), ("$".to_owned(), false));
    }
}
