//! BuildKit's rules for `--flag=value` words.

use source::Span;

use super::suggest;
use crate::model::{Flag, Keyword};

/// How a flag takes its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// `--link`, `--link=true`.
    Switch,
    /// One value.
    Value,
    /// A value each time it is given.
    Values,
}

use Takes::{Switch, Value, Values};

fn known(keyword: &Keyword) -> &'static [(&'static str, Takes)] {
    match keyword {
        Keyword::Add => &[
            ("chown", Value),
            ("chmod", Value),
            ("link", Switch),
            ("keep-git-dir", Switch),
            ("checksum", Value),
            ("unpack", Switch),
            ("exclude", Values),
        ],
        Keyword::Copy => &[
            ("chown", Value),
            ("from", Value),
            ("chmod", Value),
            ("link", Switch),
            ("exclude", Values),
            ("parents", Switch),
        ],
        Keyword::From => &[("platform", Value)],
        Keyword::Run => &[
            ("device", Values),
            ("mount", Values),
            ("network", Value),
            ("security", Value),
        ],
        Keyword::Healthcheck => &[
            ("interval", Value),
            ("timeout", Value),
            ("start-period", Value),
            ("start-interval", Value),
            ("retries", Value),
        ],
        _ => &[],
    }
}

/// What follows `=`, without quotes and escapes.
pub(super) fn value(flag: &Flag, escape: char) -> String {
    flag.value
        .as_ref()
        .map_or(String::new(), |value| unquote(&value.raw, escape))
}

/// Quotes and escapes removed as BuildKit's flag reader does: an escape counts in single quotes too.
pub(super) fn unquote(text: &str, escape: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == escape {
            out.extend(chars.next());
        } else if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
        } else {
            out.push(c);
        }
    }
    out
}

/// The first flag that BuildKit refuses.
pub(super) fn check(keyword: &Keyword, flags: &[Flag], escape: char) -> Option<(String, Span)> {
    let known = known(keyword);
    let mut seen: Vec<&str> = Vec::new();
    for flag in flags {
        let written = &flag.name;
        let problem = |message: String| Some((message, flag.span));
        let Some((name, takes)) = known.iter().find(|(name, _)| name == written) else {
            let near = suggest::exact(written, known.iter().map(|(name, _)| *name));
            return problem(format!("unknown flag: --{written}{near}"));
        };
        if seen.contains(name) && *takes != Values {
            return problem(format!("duplicate flag specified: --{name}"));
        }
        if !seen.contains(name) {
            seen.push(name);
        }
        let value = value(flag, escape);
        if *takes != Switch {
            if flag.value.is_none() {
                return problem(format!("missing a value on flag: --{name}"));
            }
            continue;
        }
        if flag.value.is_some() && value.is_empty() {
            return problem(format!("missing a value on flag: --{name}"));
        }
        if !matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "false") {
            return problem(format!(
                "expecting boolean value for flag --{name}, not: {value}"
            ));
        }
    }
    None
}
