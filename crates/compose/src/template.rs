//! `$NAME` and `${NAME…}`, as compose-go substitutes them.

use std::ops::Range;

use crate::value::Resolution;

/// A variable that is set.
#[derive(Clone, Copy)]
pub(crate) struct Found<'v> {
    pub(crate) text: &'v str,
    /// Whether the text is certain.
    pub(crate) known: bool,
    pub(crate) resolution: Resolution,
}

/// Finds variables by name.
pub(crate) type Lookup<'v> = dyn Fn(&str) -> Option<Found<'v>> + 'v;

/// A substituted text.
#[derive(Default)]
pub(crate) struct Expansion {
    /// Unset variables are blank in it.
    pub(crate) text: String,
    /// The text with private variables as they are written.
    pub(crate) shown: String,
    /// The private values in the text.
    pub(crate) private: Vec<Box<str>>,
    /// Whether every variable is set or has a default.
    pub(crate) known: bool,
    pub(crate) uses: Vec<Use>,
    /// Whether variables come to more than may be put in; some are missing in the text then.
    pub(crate) too_long: bool,
    /// The first reason to refuse the text.
    pub(crate) error: Option<TemplateError>,
}

/// One look-up.
pub(crate) struct Use {
    pub(crate) name: Box<str>,
    /// The expression in the template.
    pub(crate) range: Range<usize>,
    pub(crate) resolution: Resolution,
}

pub(crate) enum TemplateError {
    /// `${`, `${1}`, `${X:foo}`.
    Invalid,
    /// `${X:?reason}` and X is not set; the text is the whole reason, as it may be shown.
    Required(String),
}

/// Expressions nested deeper are refused.
const LEVELS: usize = 64;

/// Substitutes every variable of `template`, with at most `most` bytes of their values.
pub(crate) fn expand(template: &str, lookup: &Lookup<'_>, most: usize) -> Expansion {
    let mut expander = Expander {
        template,
        lookup,
        room: most,
        result: Expansion {
            known: true,
            ..Expansion::default()
        },
    };
    let out = expander.run(0..template.len(), 0);
    expander.result.text = out.text;
    expander.result.shown = out.shown;
    expander.result
}

/// A text under way, and how it is shown.
#[derive(Default)]
struct Out {
    text: String,
    shown: String,
}

impl Out {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.shown.push_str(text);
    }
}

struct Expander<'a, 'v> {
    template: &'a str,
    lookup: &'a Lookup<'v>,
    /// How many bytes of values may still be put in.
    room: usize,
    result: Expansion,
}

/// A `${NAME…}`.
struct Braced {
    name: Range<usize>,
    operator: Option<Operator>,
    argument: Range<usize>,
    end: usize,
}

#[derive(Clone, Copy)]
struct Operator {
    kind: u8,
    /// With `:`, a blank value counts as unset.
    blank_is_unset: bool,
}

impl Expander<'_, '_> {
    fn run(&mut self, range: Range<usize>, level: usize) -> Out {
        let template = self.template;
        let mut out = Out::default();
        let mut at = range.start;
        while let Some(found) = template[at..range.end].find('$') {
            let dollar = at + found;
            out.push(&template[at..dollar]);
            let rest = &template[dollar + 1..range.end];
            at = match rest.as_bytes().first() {
                Some(b'$') => {
                    out.push("$");
                    dollar + 2
                }
                Some(b'{') => {
                    let braced = self.braced(dollar, range.end);
                    let Some(braced) = braced.filter(|_| level < LEVELS) else {
                        self.fail(TemplateError::Invalid);
                        return out;
                    };
                    self.substitute(&braced, dollar, level, &mut out);
                    braced.end
                }
                Some(byte) if is_name_start(*byte) => {
                    let end = dollar + 1 + name_length(rest);
                    self.plain(dollar + 1..end, dollar..end, &mut out);
                    end
                }
                _ => {
                    out.push("$");
                    dollar + 1
                }
            };
        }
        out.push(&template[at..range.end]);
        out
    }

    fn fail(&mut self, error: TemplateError) {
        self.result.known = false;
        self.result.error.get_or_insert(error);
    }

    /// Reads the expression whose `$` is at `dollar`.
    fn braced(&self, dollar: usize, end: usize) -> Option<Braced> {
        let start = dollar + 2;
        let rest = &self.template[start..end];
        let length = name_length(rest);
        if length == 0 {
            return None;
        }
        let name = start..start + length;
        let bytes = &rest.as_bytes()[length..];
        let (operator, skip) = match bytes {
            [b'}', ..] => {
                return Some(Braced {
                    argument: name.end..name.end,
                    end: name.end + 1,
                    name,
                    operator: None,
                });
            }
            [b':', kind @ (b'-' | b'+' | b'?'), ..] => (Operator::new(*kind, true), 2),
            [kind @ (b'-' | b'+' | b'?'), ..] => (Operator::new(*kind, false), 1),
            _ => return None,
        };
        let argument = name.end + skip;
        let line_end = self.template[argument..end]
            .find('\n')
            .map_or(end, |at| argument + at);
        let close = closing_brace(&self.template[dollar..line_end])
            .map(|at| dollar + at)
            .or_else(|| {
                let line = &self.template[argument..line_end];
                line.rfind('}').map(|at| argument + at)
            })?;
        Some(Braced {
            name,
            operator: Some(operator),
            argument: argument..close.max(argument),
            end: close + 1,
        })
    }

    fn record(&mut self, name: &str, range: Range<usize>, resolution: Resolution) {
        self.result.uses.push(Use {
            name: name.into(),
            range,
            resolution,
        });
    }

    fn plain(&mut self, name: Range<usize>, range: Range<usize>, out: &mut Out) {
        let name = &self.template[name];
        let found = (self.lookup)(name);
        let resolution = found.map_or(Resolution::Unset, |found| found.resolution);
        self.record(name, range.clone(), resolution);
        match found {
            Some(found) => self.found(found, range, out),
            None => self.result.known = false,
        }
    }

    /// Puts in the value of the variable that is written at `range`.
    fn found(&mut self, found: Found<'_>, range: Range<usize>, out: &mut Out) {
        let Some(room) = self.room.checked_sub(found.text.len()) else {
            self.result.too_long = true;
            self.result.known = false;
            return;
        };
        self.room = room;
        self.result.known &= found.known;
        if !found.resolution.is_private() || found.text.is_empty() {
            return out.push(found.text);
        }
        out.text.push_str(found.text);
        out.shown.push_str(&self.template[range]);
        self.result.private.push(found.text.into());
    }

    fn substitute(&mut self, braced: &Braced, dollar: usize, level: usize, out: &mut Out) {
        let range = dollar..braced.end;
        let Some(operator) = braced.operator else {
            return self.plain(braced.name.clone(), range, out);
        };
        let name = &self.template[braced.name.clone()];
        let found = (self.lookup)(name);
        let set = found.filter(|found| !operator.blank_is_unset || !found.text.is_empty());
        let resolution = set.map_or(Resolution::Default, |found| found.resolution);
        match (operator.kind, set) {
            (b'+', Some(_)) | (b'-', None) => {
                self.record(name, range, resolution);
                let text = self.run(braced.argument.clone(), level + 1);
                out.text.push_str(&text.text);
                out.shown.push_str(&text.shown);
            }
            // Not set, so there is nothing to put in: that is what was asked for.
            (b'+', None) => self.record(name, range, resolution),
            (b'?', None) => {
                self.record(name, range, Resolution::Unset);
                let reason = self.run(braced.argument.clone(), level + 1).shown;
                let message = if reason.is_empty() {
                    format!("required variable {name} is missing a value")
                } else {
                    format!("required variable {name} is missing a value: {reason}")
                };
                self.fail(TemplateError::Required(message));
            }
            (_, Some(found)) => {
                self.record(name, range.clone(), resolution);
                self.found(found, range, out);
            }
            (_, None) => {}
        }
    }
}

impl Operator {
    fn new(kind: u8, blank_is_unset: bool) -> Self {
        Self {
            kind,
            blank_is_unset,
        }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphabetic()
}

fn name_length(text: &str) -> usize {
    match text.as_bytes().first() {
        Some(byte) if is_name_start(*byte) => text
            .bytes()
            .take_while(|byte| *byte == b'_' || byte.is_ascii_alphanumeric())
            .count(),
        _ => 0,
    }
}

/// The brace that closes the first one. compose-go does not look at the character behind an opening brace.
fn closing_brace(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'}' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<Found<'static>> {
        let text = match name {
            "SET" => "value",
            "BLANK" => "",
            _ => return None,
        };
        Some(Found {
            text,
            known: true,
            resolution: Resolution::Environment,
        })
    }

    fn text(template: &str) -> String {
        let expansion = expand(template, &lookup, 100);
        match expansion.error {
            None if expansion.known => expansion.text,
            None => format!("{}?", expansion.text),
            Some(TemplateError::Invalid) => "invalid".into(),
            Some(TemplateError::Required(message)) => message,
        }
    }

    #[test]
    fn every_form_substitutes_as_compose_does() {
        for (template, expected) in [
            ("$SET-x", "value-x"),
            ("${SET}x", "valuex"),
            ("$$SET ${SET}", "$SET value"),
            ("$1 $ 5$", "$1 $ 5$"),
            ("${NOPE:-d}", "d"),
            ("${NOPE-d}", "d"),
            ("${BLANK:-d}", "d"),
            ("${BLANK-d}", ""),
            ("${SET:+r}", "r"),
            ("${BLANK:+r}", ""),
            ("${BLANK+r}", "r"),
            ("${NOPE+r}", ""),
            ("${SET:?e}", "value"),
            ("${NOPE:-${NO:-${SET}}}/${NOPE-b}", "value/b"),
            (r#"${NOPE:-{"a":{"b":1}}}"#, r#"{"a":{"b":1}}"#),
            ("${NOPE:-a:-b}", "a:-b"),
            ("${NOPE:-}", ""),
            ("$NOPE", "?"),
            ("a${NOPE}b", "ab?"),
            ("${NOPE:-$NO}", "?"),
            (
                "${NOPE:?tell $SET}",
                "required variable NOPE is missing a value: tell $SET",
            ),
            ("${NOPE?}", "required variable NOPE is missing a value"),
            ("${SET:foo}", "invalid"),
            ("${}", "invalid"),
            ("${1}", "invalid"),
            ("${SET", "invalid"),
            ("${SET:-a\n}", "invalid"),
        ] {
            assert_eq!(text(template), expected, "{template}");
        }
    }

    #[test]
    fn values_of_the_environment_are_shown_as_they_are_written() {
        for (template, shown) in [
            ("a $SET-${SET}", "a $SET-${SET}"),
            ("${SET:-d}/${NOPE:-d}", "${SET:-d}/d"),
            ("${NOPE:-x${SET:?e}}", "x${SET:?e}"),
            ("${SET:+r}$$", "r$"),
            ("${BLANK}b", "b"),
        ] {
            assert_eq!(expand(template, &lookup, 100).shown, shown, "{template}");
        }
    }

    #[test]
    fn values_that_are_too_long_together_are_left_out() {
        let expansion = expand("$SET-${BLANK:-$SET}-$SET", &lookup, 10);
        assert_eq!(expansion.text, "value-value-");
        assert!(expansion.too_long && !expansion.known);
        assert!(!expand("$SET-$SET", &lookup, 10).too_long);
    }

    #[test]
    fn deep_nesting_is_refused_in_linear_time() {
        let template = "${A:-".repeat(50_000) + &"}".repeat(50_000);
        assert_eq!(text(&template), "invalid");
    }
}
