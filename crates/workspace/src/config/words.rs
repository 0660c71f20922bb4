//! Which strings a key takes.

use facts::CudaVersion;
use facts::image::{self, ImageRef};
use linter::known::{MirrorOf, NamePattern};
use linter::rules;
use linter::target::{self, Platform, TargetGpu};
use source::suggest;

use super::patterns::Patterns;

/// A kind of strings.
#[derive(Clone, Copy, Debug)]
pub enum Words {
    /// Any text but none.
    Any,
    /// The name of a rule.
    Rule,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A pattern for paths, as in `.gitignore`.
    Pattern,
    /// What a function takes; it says what is wrong with the others.
    Checked(fn(&str) -> Result<(), String>),
}

impl Words {
    /// The only strings of this kind, where they can be listed.
    #[must_use]
    pub fn choices(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Rule => Some(rules::ALL.iter().map(|rule| rule.name).collect()),
            Self::OneOf(words) => Some(words.to_vec()),
            Self::Any | Self::Pattern | Self::Checked(_) => None,
        }
    }

    /// What is wrong with `text`.
    ///
    /// # Errors
    /// One sentence, lower-case start, no full stop.
    pub(super) fn check(self, text: &str) -> Result<(), String> {
        match self {
            Self::Rule => rule(text),
            Self::OneOf(words) if words.contains(&text) => Ok(()),
            Self::OneOf(words) => {
                let hint = suggest::hint(text, words.iter().copied());
                Err(format!("expected {}, not `{text}`{hint}", either(words)))
            }
            _ if text.trim().is_empty() => Err("expected some text".to_owned()),
            Self::Any => Ok(()),
            Self::Pattern => Patterns::check(text),
            Self::Checked(check) => check(text),
        }
    }
}

/// Whether there is a rule of this name.
pub(super) fn rule(name: &str) -> Result<(), String> {
    if rules::find(name).is_some() {
        return Ok(());
    }
    let names = rules::ALL.iter().map(|rule| rule.name);
    let hint = suggest::hint(name, names);
    Err(format!("there is no rule `{name}`{hint}"))
}

/// `a`, `b` or `c`.
fn either(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

pub(super) fn driver(text: &str) -> Result<(), String> {
    target::driver(text)
        .map(drop)
        .map_err(|error| error.to_string())
}

pub(super) fn gpu(text: &str) -> Result<(), String> {
    let parsed: Result<TargetGpu, _> = text.parse();
    parsed.map(drop).map_err(|error| error.to_string())
}

pub(super) fn platform(text: &str) -> Result<(), String> {
    let parsed: Result<Platform, _> = text.parse();
    parsed.map(drop).map_err(|error| error.to_string())
}

pub(super) fn cuda(text: &str) -> Result<(), String> {
    let parsed: Result<CudaVersion, _> = text.parse();
    let number = text.starts_with(|c: char| c.is_ascii_digit());
    match parsed {
        Ok(_) if number => Ok(()),
        _ => Err(format!(
            "`{text}` is no CUDA version; expected one such as 12.4"
        )),
    }
}

pub(super) fn major(text: &str) -> Result<(), String> {
    let major = text.split('.').next().unwrap_or_default();
    match major.parse::<u16>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!(
            "`{text}` is no version; expected a number such as 9"
        )),
    }
}

pub(super) fn python(text: &str) -> Result<(), String> {
    let mut parts = text.split('.');
    let mut number = || parts.next().is_some_and(|part| part.parse::<u16>().is_ok());
    if number() && number() {
        Ok(())
    } else {
        Err(format!(
            "`{text}` is no version of Python; expected one such as 3.11"
        ))
    }
}

pub(super) fn version(text: &str) -> Result<(), String> {
    let numbers = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if text.split('.').all(numbers) {
        Ok(())
    } else {
        Err(format!(
            "`{text}` is no version; expected one such as 2.5.1"
        ))
    }
}

pub(super) fn image_pattern(text: &str) -> Result<(), String> {
    NamePattern::parse(text).map(drop)
}

pub(super) fn public_image(text: &str) -> Result<(), String> {
    let Some(reference) = ImageRef::parse(text) else {
        return Err(format!("`{text}` is no image name"));
    };
    let known = image::describe(&reference).is_some_and(|facts| facts.confidence.supports_errors());
    if known {
        Ok(())
    } else {
        Err(format!(
            "nothing is known of `{text}`; say what it holds: `cuda`, `flavor`, …"
        ))
    }
}

pub(super) fn url(text: &str) -> Result<(), String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() => Ok(()),
        _ => Err(format!(
            "`{text}` is no address; expected one such as https://pypi.corp/whl/cu121"
        )),
    }
}

pub(super) fn mirror(text: &str) -> Result<(), String> {
    MirrorOf::parse(text).map(drop)
}
