//! What BuildKit rejects after the line grammar: argument counts, flags, names. The order of the checks is
//! BuildKit's, since it stops at the first.

use source::Span;

use super::suggest::{self, quote};
use super::{duration, flags, heredoc};
use crate::model::{Instruction, Keyword, Kind};

/// A reason in BuildKit's words, and the text that is wrong.
type Problem = (String, Span);

/// The first problem of one instruction.
pub(super) fn check(instruction: &Instruction, escape: char) -> Option<Problem> {
    let keyword = &instruction.keyword;
    let count = instruction.args.len();
    let name = keyword.as_str();
    let when = |wrong: bool, what: &str| {
        wrong.then(|| (format!("{name} {what}"), instruction.keyword_span))
    };
    let at_least_one = || when(count == 0, "requires at least one argument");
    let exactly_one = || when(count != 1, "requires exactly one argument");
    let flags = || flags::check(keyword, &instruction.flags, escape);
    match keyword {
        Keyword::Unknown(text) => {
            let near = suggest::instruction(text, Keyword::NAMES);
            Some((
                format!("unknown instruction: {text}{near}"),
                instruction.keyword_span,
            ))
        }
        Keyword::From => stage_name(instruction).or_else(flags),
        Keyword::Add | Keyword::Copy => when(
            count < 2,
            "requires at least two arguments, but only one was provided. Destination could not be determined",
        )
        .or_else(flags)
        .or_else(|| heredoc_destination(instruction)),
        Keyword::Env | Keyword::Label => flags()
            .or_else(at_least_one)
            .or_else(|| blank_name(instruction)),
        // BuildKit never looks at the flags of ARG and STOPSIGNAL.
        Keyword::Arg => at_least_one().or_else(|| blank_arg(instruction)),
        Keyword::Stopsignal => exactly_one(),
        Keyword::Expose => at_least_one().or_else(flags),
        Keyword::Volume => at_least_one()
            .or_else(flags)
            .or_else(|| empty_volume(instruction)),
        Keyword::Maintainer | Keyword::Workdir | Keyword::User => exactly_one().or_else(flags),
        Keyword::Shell => flags().or_else(at_least_one).or_else(|| {
            when(
                !instruction.json,
                "requires the arguments to be in JSON form",
            )
        }),
        Keyword::Healthcheck => at_least_one().or_else(|| healthcheck(instruction, escape)),
        Keyword::Onbuild => onbuild(instruction, escape),
        Keyword::Run => flags().or_else(|| run_flags(instruction, escape)),
        Keyword::Cmd | Keyword::Entrypoint => flags(),
    }
}

fn stage_name(instruction: &Instruction) -> Option<Problem> {
    let [_, r#as, name] = instruction.args.as_slice() else {
        return wrong_count(instruction);
    };
    if !r#as.raw.eq_ignore_ascii_case("as") {
        return wrong_count(instruction);
    }
    let lower = name.raw.to_lowercase();
    let valid = lower.starts_with(|c: char| c.is_ascii_lowercase())
        && lower
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'));
    (!valid).then(|| {
        let written = quote(&name.raw);
        (
            format!(
                "invalid name for build stage: {written}, name can't start with a number or contain symbols"
            ),
            name.span,
        )
    })
}

fn wrong_count(instruction: &Instruction) -> Option<Problem> {
    (instruction.args.len() != 1).then(|| {
        (
            "FROM requires either one or three arguments".to_owned(),
            instruction.keyword_span,
        )
    })
}

fn heredoc_destination(instruction: &Instruction) -> Option<Problem> {
    let destination = instruction.args.last()?;
    heredoc::is_opener(&destination.raw).then(|| {
        let name = instruction.keyword.as_str();
        (
            format!("{name} cannot accept a heredoc as a destination"),
            destination.span,
        )
    })
}

fn blank_name(instruction: &Instruction) -> Option<Problem> {
    let (Kind::Env(pairs) | Kind::Label(pairs)) = &instruction.kind else {
        return None;
    };
    let blank = pairs.iter().find(|pair| pair.key.raw.is_empty())?;
    let name = instruction.keyword.as_str();
    Some((format!("{name} names can not be blank"), blank.span))
}

fn blank_arg(instruction: &Instruction) -> Option<Problem> {
    let blank = instruction
        .args
        .iter()
        .find(|word| word.raw.starts_with('='))?;
    Some(("ARG names can not be blank".to_owned(), blank.span))
}

fn empty_volume(instruction: &Instruction) -> Option<Problem> {
    let empty = instruction
        .args
        .iter()
        .find(|word| word.raw.trim().is_empty())?;
    Some((
        "VOLUME specified can not be an empty string".to_owned(),
        empty.span,
    ))
}

fn healthcheck(instruction: &Instruction, escape: char) -> Option<Problem> {
    let (kind, command) = instruction.args.split_first()?;
    let upper = kind.raw.to_uppercase();
    if upper == "NONE" {
        let message = "HEALTHCHECK NONE takes no arguments".to_owned();
        return (!command.is_empty()).then_some((message, kind.span));
    }
    if let Some(problem) = flags::check(&instruction.keyword, &instruction.flags, escape) {
        return Some(problem);
    }
    if upper != "CMD" {
        let message = format!("Unknown type {} in HEALTHCHECK (try CMD)", quote(&upper));
        return Some((message, kind.span));
    }
    if command.is_empty() {
        let message = "Missing command after HEALTHCHECK CMD".to_owned();
        return Some((message, kind.span));
    }
    let flag = |name: &'static str| {
        let flag = instruction.flag(name)?;
        Some((flags::value(flag, escape), flag.span)).filter(|(value, _)| !value.is_empty())
    };
    for name in ["interval", "timeout", "start-period", "start-interval"] {
        let Some((value, span)) = flag(name) else {
            continue;
        };
        match duration::nanoseconds(&value) {
            Err(message) => return Some((message, span)),
            // Go's `%#v` of the name, and a millisecond.
            Ok(length) if length != 0.0 && length < 1e6 => {
                return Some((
                    format!("Interval {} cannot be less than 1ms", quote(name)),
                    span,
                ));
            }
            Ok(_) => {}
        }
    }
    flag("retries").and_then(|(value, span)| Some((retries(&value)?, span)))
}

fn retries(value: &str) -> Option<String> {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let reason = if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        "invalid syntax"
    } else {
        match value.parse::<i32>() {
            Ok(count) if count < 0 => {
                return Some(format!("--retries cannot be negative ({count})"));
            }
            Ok(_) => return None,
            Err(_) => "value out of range",
        }
    };
    Some(format!(
        "strconv.ParseInt: parsing {}: {reason}",
        quote(value)
    ))
}

fn onbuild(instruction: &Instruction, escape: char) -> Option<Problem> {
    let Kind::Onbuild(inner) = &instruction.kind else {
        return Some((
            "ONBUILD requires at least one argument".to_owned(),
            instruction.keyword_span,
        ));
    };
    // The rest of the trigger is read by the build that uses this image.
    flags::check(&instruction.keyword, &instruction.flags, escape).or_else(|| {
        let message = match &inner.keyword {
            Keyword::Onbuild => "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed".to_owned(),
            name @ (Keyword::Maintainer | Keyword::From) => {
                format!("{} isn't allowed as an ONBUILD trigger", name.as_str())
            }
            _ => return None,
        };
        Some((message, inner.keyword_span))
    })
}

/// The values of RUN's flags, in the order in which BuildKit reads them.
fn run_flags(instruction: &Instruction, escape: char) -> Option<Problem> {
    let of = |name: &'static str| {
        instruction
            .flags
            .iter()
            .filter(move |flag| flag.name == name)
            .map(|flag| (flags::value(flag, escape), flag.span))
    };
    of("device")
        .find_map(|(value, span)| Some((device(&value)?, span)))
        .or_else(|| of("mount").find_map(|(value, span)| Some((mount(&value)?, span))))
        .or_else(|| {
            let (value, span) = of("network").next()?;
            let known = matches!(value.as_str(), "default" | "none" | "host");
            (!known).then(|| (format!("invalid network mode {}", quote(&value)), span))
        })
        .or_else(|| {
            let (value, span) = of("security").next()?;
            let known = matches!(value.as_str(), "insecure" | "sandbox");
            (!known).then(|| (format!("security {} is not valid", quote(&value)), span))
        })
}

/// Fields of a comma-separated value; none where it is quoted, which nobody writes.
fn fields(value: &str) -> impl Iterator<Item = (&str, String, Option<&str>)> {
    let plain = !value.contains('"');
    value.split(',').filter(move |_| plain).map(|field| {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (field, None),
        };
        (field, key.to_lowercase(), value)
    })
}

/// Only `from` is looked at before variables are expanded.
fn mount(value: &str) -> Option<String> {
    let (_, _, from) = fields(value).find(|(_, key, value)| {
        key == "from"
            && value.is_some_and(|value| value.find('$').is_some_and(|at| at + 1 != value.len()))
    })?;
    from.map(|_| "'from' doesn't support variable expansion, define alias stage instead".to_owned())
}

fn device(value: &str) -> Option<String> {
    let mut name: Option<&str> = None;
    for (field, key, value) in fields(value) {
        match (key.as_str(), value) {
            ("required", None) => {}
            ("required", Some(value)) => {
                const BOOLEANS: &[&str] = &[
                    "1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False",
                ];
                if !BOOLEANS.contains(&value) {
                    return Some(format!("invalid value for required: {value}"));
                }
            }
            ("name", Some(value)) => {
                if let Some(name) = name.filter(|name| !name.is_empty()) {
                    return Some(format!("device name already set to {name}"));
                }
                name = Some(value);
            }
            _ if name.is_none_or(str::is_empty) => name = Some(field),
            (_, None) => {
                return Some(format!("invalid field '{field}' must be a key=value pair"));
            }
            (key, Some(_)) => {
                let near = suggest::exact(key, ["name", "required"].into_iter());
                return Some(format!("unexpected key '{key}' in '{field}'{near}"));
            }
        }
    }
    None
}
