//! Environment markers of [PEP 508](https://peps.python.org/pep-0508/#environment-markers), three-valued.

use std::str::FromStr as _;

use pep440_rs::{Version, VersionSpecifier};

use crate::text::HOLE;

/// What is known of the interpreter that a marker is about. The platform is always Linux.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// Major and minor version of Python.
    pub python: Option<(u32, u32)>,
    /// `x86_64`, `aarch64`.
    pub machine: Option<&'a str>,
    /// The extras asked for, where they are known.
    pub extras: Option<&'a [String]>,
}

/// Nested parentheses beyond this are not followed.
const MAX_DEPTH: u32 = 64;

/// Whether a marker holds for `target`; `None` where it depends on what is not known.
#[must_use]
pub fn applies(marker: &str, target: &Target<'_>) -> Option<bool> {
    let tokens = tokens(marker)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        target,
    };
    let value = parser.or(0)?;
    if parser.at == tokens.len() {
        value
    } else {
        None
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'m> {
    Open,
    Close,
    Operator(&'m str),
    Word(&'m str),
    Literal(&'m str),
}

fn tokens(marker: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '(' | ')' => {
                tokens.push(if c == '(' { Token::Open } else { Token::Close });
                1
            }
            '\'' | '"' => {
                let close = rest[1..].find(c)?;
                tokens.push(Token::Literal(&rest[1..=close]));
                close + 2
            }
            '<' | '>' | '=' | '!' | '~' => {
                let end = rest
                    .find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~'))
                    .unwrap_or(rest.len());
                tokens.push(Token::Operator(&rest[..end]));
                end
            }
            c if c.is_ascii_alphanumeric() || c == '_' => {
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
                    .unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                end
            }
            _ => return None,
        };
        rest = rest[end..].trim_start();
    }
    Some(tokens)
}

struct Parser<'t, 'm> {
    tokens: &'t [Token<'m>],
    at: usize,
    target: &'t Target<'t>,
}

/// The outer `None` is a syntax error, the inner one an unknown value.
type Value = Option<Option<bool>>;

impl<'m> Parser<'_, 'm> {
    fn peek(&self) -> Option<Token<'m>> {
        self.tokens.get(self.at).copied()
    }

    fn accept(&mut self, token: Token<'_>) -> bool {
        let fits = self.peek() == Some(token);
        self.at += usize::from(fits);
        fits
    }

    fn or(&mut self, depth: u32) -> Value {
        let mut value = self.and(depth)?;
        while self.accept(Token::Word("or")) {
            let right = self.and(depth)?;
            value = match (value, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Some(value)
    }

    fn and(&mut self, depth: u32) -> Value {
        let mut value = self.term(depth)?;
        while self.accept(Token::Word("and")) {
            let right = self.term(depth)?;
            value = match (value, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Some(value)
    }

    fn term(&mut self, depth: u32) -> Value {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.accept(Token::Open) {
            let value = self.or(depth + 1)?;
            return self.accept(Token::Close).then_some(value);
        }
        let left = self.operand()?;
        let operator = self.operator()?;
        let right = self.operand()?;
        Some(self.compare(left, operator, right))
    }

    fn operand(&mut self) -> Option<Token<'m>> {
        let token = self
            .peek()
            .filter(|token| matches!(token, Token::Word(_) | Token::Literal(_)))?;
        self.at += 1;
        Some(token)
    }

    fn operator(&mut self) -> Option<&'m str> {
        if self.accept(Token::Word("in")) {
            return Some("in");
        }
        if self.accept(Token::Word("not")) {
            return self.accept(Token::Word("in")).then_some("not in");
        }
        match self.peek()? {
            Token::Operator(operator) => {
                self.at += 1;
                Some(operator)
            }
            _ => None,
        }
    }

    fn compare(&self, left: Token<'_>, operator: &str, right: Token<'_>) -> Option<bool> {
        match (left, right) {
            (Token::Word(name), Token::Literal(value)) => self.variable(name, operator, value),
            (Token::Literal(value), Token::Word(name)) => match operator {
                // `"2" in x` is no mirror image of `x in "2"`.
                "in" | "not in" => None,
                _ => self.variable(name, mirrored(operator), value),
            },
            _ => None,
        }
    }

    fn variable(&self, name: &str, operator: &str, value: &str) -> Option<bool> {
        if value.contains(HOLE) {
            return None;
        }
        match name {
            "sys_platform" => text("linux", operator, value),
            "platform_system" => text("Linux", operator, value),
            "os_name" => text("posix", operator, value),
            "platform_machine" => text(self.target.machine?, operator, value),
            "platform_python_implementation" => text("CPython", operator, value),
            "implementation_name" => text("cpython", operator, value),
            "extra" => {
                let given = self
                    .target
                    .extras?
                    .iter()
                    .any(|extra| *extra == crate::python::version::normalize(value));
                match operator {
                    "==" => Some(given),
                    "!=" => Some(!given),
                    _ => None,
                }
            }
            "python_version" => version(&self.python("")?, operator, value),
            // Only the minor version is known: the answer counts where all its patch releases agree.
            "python_full_version" => {
                let first = version(&self.python(".0")?, operator, value);
                let last = version(&self.python(".99")?, operator, value);
                first.filter(|_| first == last)
            }
            _ => None,
        }
    }

    fn python(&self, patch: &str) -> Option<Version> {
        let (major, minor) = self.target.python?;
        Version::from_str(&format!("{major}.{minor}{patch}")).ok()
    }
}

fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        other => other,
    }
}

fn text(actual: &str, operator: &str, value: &str) -> Option<bool> {
    match operator {
        "==" | "===" => Some(actual == value),
        "!=" => Some(actual != value),
        "in" => Some(value.contains(actual)),
        "not in" => Some(!value.contains(actual)),
        _ => None,
    }
}

fn version(actual: &Version, operator: &str, value: &str) -> Option<bool> {
    let listed = || {
        value
            .split([',', ' '])
            .filter(|item| !item.is_empty())
            .any(|item| Version::from_str(item).is_ok_and(|v| v == *actual))
    };
    match operator {
        "in" => Some(listed()),
        "not in" => Some(!listed()),
        _ => Some(
            VersionSpecifier::from_str(&format!("{operator}{value}"))
                .ok()?
                .contains(actual),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_hold_or_not_or_cannot_be_known() {
        let target = Target {
            python: Some((3, 10)),
            machine: None,
            extras: None,
        };
        for (marker, expected) in [
            ("sys_platform == 'linux'", Some(true)),
            ("sys_platform != \"linux\"", Some(false)),
            ("platform_system == 'Darwin'", Some(false)),
            ("'linux' == sys_platform", Some(true)),
            ("sys_platform in 'linux darwin'", Some(true)),
            ("platform_machine == 'x86_64'", None),
            (
                "sys_platform == 'win32' and platform_machine == 'x86_64'",
                Some(false),
            ),
            (
                "sys_platform == 'linux' or platform_machine == 'x86_64'",
                Some(true),
            ),
            (
                "(sys_platform == 'darwin' or python_version < '3.9') and extra == 'x'",
                Some(false),
            ),
            (
                "python_version >= '3.9' and python_version < '3.11'",
                Some(true),
            ),
            ("'3.9' <= python_version", Some(true)),
            ("python_version == '3.9'", Some(false)),
            ("python_version in '3.9, 3.10'", Some(true)),
            ("python_full_version < '3.11'", Some(true)),
            ("python_full_version < '3.10.4'", None),
            ("extra == 'x'", None),
            ("python_version", None),
            ("sys_platform == 'linux' and", None),
            ("(", None),
        ] {
            assert_eq!(applies(marker, &target), expected, "{marker}");
        }
    }

    #[test]
    fn deep_nesting_is_not_followed() {
        let deep = format!("{}os_name=='x'{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(applies(&deep, &Target::default()), None);
    }
}
