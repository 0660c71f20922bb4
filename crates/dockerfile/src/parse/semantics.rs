//! What BuildKit rejects after the line grammar: argument counts, flags, names.

use source::Span;

use crate::model::{Instruction, Keyword, Kind, Problem, ProblemKind};

/// What the check of one instruction needs from those before it.
pub(super) struct Context {
    pub line: u32,
    /// A FROM was read.
    pub has_stage: bool,
}

/// Flags of each instruction; `true` where it is a switch that needs no value.
fn flags_of(keyword: &Keyword) -> &'static [(&'static str, bool)] {
    match keyword {
        Keyword::Add => &[
            ("chown", false),
            ("chmod", false),
            ("link", true),
            ("keep-git-dir", true),
            ("checksum", false),
            ("exclude", false),
            ("unpack", true),
        ],
        Keyword::Copy => &[
            ("chown", false),
            ("chmod", false),
            ("from", false),
            ("link", true),
            ("exclude", false),
            ("parents", true),
        ],
        Keyword::From => &[("platform", false)],
        Keyword::Run => &[
            ("mount", false),
            ("network", false),
            ("security", false),
            ("device", false),
        ],
        Keyword::Healthcheck => &[
            ("interval", false),
            ("timeout", false),
            ("start-period", false),
            ("start-interval", false),
            ("retries", false),
        ],
        _ => &[],
    }
}

/// Flags that may be given more than once.
const REPEATABLE: &[&str] = &["mount", "exclude", "device"];

/// The problems of one instruction, as BuildKit words them.
pub(super) fn check(instruction: &Instruction, context: &Context) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |message: String, span: Span| {
        found.push(Problem {
            kind: ProblemKind::Semantic,
            message,
            span,
            line: context.line,
        });
    };
    if let Some((message, span)) = first_problem(instruction) {
        add(message, span);
    } else if !context.has_stage && !matches!(instruction.keyword, Keyword::From | Keyword::Arg) {
        add(
            "no build stage in current context".to_owned(),
            instruction.keyword_span,
        );
    }
    found
}

/// BuildKit stops at the first problem of an instruction.
fn first_problem(instruction: &Instruction) -> Option<(String, Span)> {
    let keyword = &instruction.keyword;
    let name = keyword.as_str();
    let at = instruction.keyword_span;
    let count = instruction.args.len();
    let exactly_one =
        || (count != 1).then(|| (format!("{name} requires exactly one argument"), at));
    let at_least_one =
        || (count == 0).then(|| (format!("{name} requires at least one argument"), at));
    let problem = match keyword {
        Keyword::Unknown(text) => {
            let suggestion = suggest(text, Keyword::NAMES.iter().copied());
            Some((format!("unknown instruction: {text}{suggestion}"), at))
        }
        Keyword::From => from(instruction),
        Keyword::Add | Keyword::Copy => (count < 2).then(|| {
            (
                format!(
                    "{name} requires at least two arguments, but only one was provided. Destination could not be determined"
                ),
                at,
            )
        }),
        Keyword::Env | Keyword::Label => at_least_one().or_else(|| blank_name(instruction)),
        Keyword::Arg => at_least_one().or_else(|| blank_arg(instruction)),
        Keyword::Expose | Keyword::Volume => at_least_one(),
        Keyword::Maintainer | Keyword::Workdir | Keyword::User | Keyword::Stopsignal => exactly_one(),
        Keyword::Shell => shell(instruction),
        Keyword::Healthcheck => healthcheck(instruction),
        Keyword::Onbuild => onbuild(instruction),
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => None,
    };
    problem.or_else(|| flags(instruction))
}

fn from(instruction: &Instruction) -> Option<(String, Span)> {
    let args = &instruction.args;
    let named = args.len() == 3 && args[1].raw.eq_ignore_ascii_case("as");
    if !named {
        let wrong = args.len() != 1;
        return wrong.then(|| {
            (
                "FROM requires either one or three arguments".to_owned(),
                instruction.keyword_span,
            )
        });
    }
    let name = &args[2].raw;
    let lower = name.to_ascii_lowercase();
    let valid = lower.starts_with(|c: char| c.is_ascii_lowercase())
        && lower
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    if !valid {
        let reason = "name can't start with a number or contain symbols";
        return Some((
            format!("invalid name for build stage: {name:?}, {reason}"),
            args[2].span,
        ));
    }
    let reserved = matches!(lower.as_str(), "context" | "scratch");
    reserved.then(|| {
        (
            format!("invalid name for build stage: {name:?}, name is reserved"),
            args[2].span,
        )
    })
}

fn blank_name(instruction: &Instruction) -> Option<(String, Span)> {
    let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else {
        return None;
    };
    let blank = pairs.iter().find(|pair| pair.key.raw.is_empty())?;
    Some((
        format!("{} names can not be blank", instruction.keyword.as_str()),
        blank.span,
    ))
}

fn blank_arg(instruction: &Instruction) -> Option<(String, Span)> {
    let blank = instruction
        .args
        .iter()
        .find(|word| word.raw.starts_with('='))?;
    Some(("ARG names can not be blank".to_owned(), blank.span))
}

fn shell(instruction: &Instruction) -> Option<(String, Span)> {
    if instruction.args.is_empty() {
        return Some((
            "SHELL requires at least one argument".to_owned(),
            instruction.keyword_span,
        ));
    }
    let span = instruction.args[0].span;
    (!instruction.json).then(|| {
        (
            "SHELL requires the arguments to be in JSON form".to_owned(),
            span,
        )
    })
}

fn healthcheck(instruction: &Instruction) -> Option<(String, Span)> {
    let Some(kind) = instruction.args.first() else {
        return Some((
            "HEALTHCHECK requires at least one argument".to_owned(),
            instruction.keyword_span,
        ));
    };
    match kind.raw.to_ascii_uppercase().as_str() {
        "NONE" if instruction.args.len() > 1 => {
            Some(("HEALTHCHECK NONE takes no arguments".to_owned(), kind.span))
        }
        "NONE" => None,
        "CMD" if instruction.args.len() == 1 => Some((
            "Missing command after HEALTHCHECK CMD".to_owned(),
            kind.span,
        )),
        "CMD" => None,
        other => Some((
            format!("Unknown type {other:?} in HEALTHCHECK (try CMD)"),
            kind.span,
        )),
    }
}

fn onbuild(instruction: &Instruction) -> Option<(String, Span)> {
    if let Some(word) = instruction.args.first() {
        return Some((
            "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed".to_owned(),
            word.span,
        ));
    }
    let Kind::Onbuild(inner) = &instruction.kind else {
        return Some((
            "ONBUILD requires at least one argument".to_owned(),
            instruction.keyword_span,
        ));
    };
    match inner.keyword {
        Keyword::Maintainer | Keyword::From => Some((
            format!(
                "{} isn't allowed as an ONBUILD trigger",
                inner.keyword.as_str()
            ),
            inner.keyword_span,
        )),
        _ => first_problem(inner),
    }
}

fn flags(instruction: &Instruction) -> Option<(String, Span)> {
    let known = flags_of(&instruction.keyword);
    let mut seen: Vec<&str> = Vec::new();
    for flag in &instruction.flags {
        let Some((name, switch)) = known.iter().find(|(name, _)| *name == flag.name) else {
            let suggestion = suggest(&flag.name, known.iter().map(|(name, _)| *name));
            return Some((
                format!("unknown flag: --{}{suggestion}", flag.name),
                flag.span,
            ));
        };
        if seen.contains(name) && !REPEATABLE.contains(name) {
            return Some((format!("Duplicate flag specified: --{name}"), flag.span));
        }
        seen.push(name);
        match &flag.value {
            None if !switch => {
                return Some((format!("Missing a value on flag: --{name}"), flag.span));
            }
            Some(value) if *switch => {
                let text = value.raw.to_ascii_lowercase();
                if !matches!(text.as_str(), "true" | "false") {
                    return Some((
                        format!(
                            "Expecting boolean value for flag {name}, not: {}",
                            value.raw
                        ),
                        flag.span,
                    ));
                }
            }
            Some(value)
                if *name == "network"
                    && !matches!(value.raw.as_str(), "default" | "none" | "host") =>
            {
                return Some((format!("invalid network mode: {:?}", value.raw), flag.span));
            }
            _ => {}
        }
    }
    None
}

/// ` (did you mean X?)` for the nearest of `names` within two edits.
fn suggest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    if text.len() > 64 {
        return String::new();
    }
    let lower = text.to_ascii_lowercase();
    let mut best: Option<(&str, usize)> = None;
    for name in names {
        let distance = edit_distance(&lower, &name.to_ascii_lowercase());
        if distance < best.map_or(3, |(_, distance)| distance) {
            best = Some((name, distance));
        }
    }
    best.map_or(String::new(), |(name, _)| {
        format!(" (did you mean {name}?)")
    })
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
