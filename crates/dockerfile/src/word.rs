//! Words and the variables in them, for BuildKit's own expansion and for the shell's.

use source::Span;

/// A word as written, with the pieces that an expansion needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// As written, joined over continued lines; quotes and escapes kept.
    pub raw: String,
    /// From its first to its last byte.
    pub span: Span,
    /// The same word taken apart.
    pub parts: Vec<Part>,
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text after quote and escape removal. Where `span.len() == text.len()` each byte stands unbroken and
    /// unescaped in the source; parsers split literals so that this holds as often as possible.
    Literal {
        /// The text.
        text: String,
        /// Its bytes, quotes excluded.
        span: Span,
        /// Inside quotes or escaped: no word splitting, no globbing.
        quoted: bool,
    },
    /// `$NAME` or `${NAME…}`.
    Variable {
        /// Without `$` and braces.
        name: String,
        /// What follows the name inside the braces.
        operation: Option<Operation>,
        /// From `$` to the last byte.
        span: Span,
        /// Inside double quotes.
        quoted: bool,
    },
    /// `$(…)`, backticks, `$((…))`, `<(…)`: text that only running it would tell.
    Opaque {
        /// The whole construct.
        span: Span,
    },
}

impl Part {
    /// The bytes of the piece.
    pub fn span(&self) -> Span {
        match self {
            Self::Literal { span, .. } | Self::Variable { span, .. } | Self::Opaque { span } => {
                *span
            }
        }
    }
}

/// A modifier in `${NAME<modifier>}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `:-word` (`colon`: an empty value counts as unset) or `-word`.
    Default {
        /// `:-` rather than `-`.
        colon: bool,
        /// The default.
        word: Vec<Part>,
    },
    /// `:+word` or `+word`.
    Alternate {
        /// `:+` rather than `+`.
        colon: bool,
        /// The text when set.
        word: Vec<Part>,
    },
    /// `:?word` or `?word`: stops when unset.
    Required {
        /// `:?` rather than `?`.
        colon: bool,
    },
    /// `#pattern` or `##pattern`.
    RemovePrefix {
        /// `##`.
        longest: bool,
        /// A glob pattern.
        pattern: Vec<Part>,
    },
    /// `%pattern` or `%%pattern`.
    RemoveSuffix {
        /// `%%`.
        longest: bool,
        /// A glob pattern.
        pattern: Vec<Part>,
    },
    /// `/pattern/text` or `//pattern/text`.
    Replace {
        /// `//`.
        all: bool,
        /// A glob pattern.
        pattern: Vec<Part>,
        /// What replaces it.
        with: Vec<Part>,
    },
    /// A form that this model does not evaluate (`^`, `,`, `:0:3`, `@Q`, `#` length, `!`).
    Other,
}

impl Word {
    /// The text when the word holds no variable and nothing opaque; quotes and escapes removed.
    pub fn literal(&self) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal { text, .. } => out.push_str(text),
                Part::Variable { .. } | Part::Opaque { .. } => return None,
            }
        }
        Some(out)
    }
}
