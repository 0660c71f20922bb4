//! Variables at one point of a Dockerfile or script, and the expansion of words with them.

use std::collections::HashMap;
use std::sync::Arc;

use dockerfile::{Operation, Part, Word};
use packages::glob;
use packages::text::{HOLE, Text};
use source::{FileId, Location};

use super::room::Room;

/// How a variable came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `ARG`, or a platform argument: gone when the image runs.
    Arg,
    /// `ENV`: stays in the image and wins over `ARG`.
    Env,
    /// Set by the base image.
    Image,
    /// Set by the script itself.
    Script,
}

/// What is known of one variable.
#[derive(Clone, Debug)]
pub struct Binding {
    /// `None`: set, or to be set by the builder, to something that cannot be known.
    pub value: Option<Text>,
    /// Where from.
    pub origin: Origin,
}

/// Guards against `ENV A=$A$A$A…` doubling a value at every line.
const MAX_VALUE: usize = 16 << 10;
/// Guards against a value that grows by a piece with every line and is kept for each.
const MAX_PIECES: usize = 128;

/// Where the shell divides values into words.
const BLANKS: [char; 3] = [' ', '\t', '\n'];

/// The variables that a word sees.
#[derive(Debug)]
pub struct Scope {
    file: FileId,
    room: Room,
    /// What the stage before had in the end; a stage adds little to it.
    outer: Option<Arc<Self>>,
    /// `None`: no longer set.
    variables: HashMap<String, Option<Binding>>,
}

impl Scope {
    /// No variables.
    #[must_use]
    pub fn new(file: FileId) -> Self {
        Self {
            file,
            room: Room::new(),
            outer: None,
            variables: HashMap::new(),
        }
    }

    /// No variables, in the same file.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            file: self.file,
            room: self.room.clone(),
            outer: None,
            variables: HashMap::new(),
        }
    }

    /// The variables of `outer`, and those to come.
    #[must_use]
    pub fn above(outer: &Arc<Self>) -> Self {
        Self {
            outer: Some(Arc::clone(outer)),
            ..outer.emptied()
        }
    }

    /// Whether the file asked for more than variables may put into it; what they hold is unknown from then on.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.room.is_used_up()
    }

    /// A copy of a value; unknown where there is no room for it.
    #[must_use]
    pub fn copied(&self, value: Option<&Text>) -> Option<Text> {
        value.filter(|value| self.room.takes(value)).cloned()
    }

    /// Whether a script may be read that so many words of values make.
    #[must_use]
    pub fn has_room_for(&self, words: usize) -> bool {
        self.room.takes_words(words)
    }

    /// Looks a variable up.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Binding> {
        let mut scope = self;
        loop {
            if let Some(binding) = scope.variables.get(name) {
                return binding.as_ref();
            }
            scope = scope.outer.as_deref()?;
        }
    }

    /// The known value of a variable.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Text> {
        self.get(name).and_then(|binding| binding.value.as_ref())
    }

    /// Sets a variable; values beyond a generous limit become unknown.
    pub fn set(&mut self, name: &str, value: Option<Text>, origin: Origin) {
        let value =
            value.filter(|text| text.as_str().len() <= MAX_VALUE && text.pieces() <= MAX_PIECES);
        self.variables
            .insert(name.to_owned(), Some(Binding { value, origin }));
    }

    /// Forgets a variable.
    pub fn unset(&mut self, name: &str) {
        self.variables.insert(name.to_owned(), None);
    }

    /// Declares an `ARG`: an `ENV` of the same name stays in force.
    pub fn declare_arg(&mut self, name: &str, value: Option<Text>) {
        let shadowed = self
            .get(name)
            .is_some_and(|b| matches!(b.origin, Origin::Env | Origin::Image));
        if !shadowed {
            self.set(name, value, Origin::Arg);
        }
    }

    /// The word as one text, without splitting: FROM, ENV, quoted shell words.
    #[must_use]
    pub fn expand(&self, word: &Word) -> Text {
        let mut out = Text::empty(self.at(word.span));
        self.expand_parts(&word.parts, &mut out, 0);
        out
    }

    /// The word as the shell makes words of it: unquoted variables split at blanks, and may vanish.
    #[must_use]
    pub fn split(&self, word: &Word) -> Vec<Text> {
        let at = self.at(word.span);
        let needs_split = word
            .parts
            .iter()
            .any(|part| matches!(part, Part::Variable { quoted: false, .. }));
        if !needs_split {
            return vec![self.expand(word)];
        }
        let mut words: Vec<Text> = Vec::new();
        let mut current: Option<Text> = None;
        for part in &word.parts {
            let mut piece = Text::empty(at);
            self.expand_parts(std::slice::from_ref(part), &mut piece, 0);
            let splits = matches!(part, Part::Variable { quoted: false, .. });
            if !splits {
                let target = current.get_or_insert_with(|| Text::empty(at));
                target.push_text(&piece, piece.all(), None);
                continue;
            }
            let text = piece.as_str();
            let breaks = text.matches(BLANKS).count();
            if !self.room.takes_words(breaks) {
                let target = current.get_or_insert_with(|| Text::empty(at));
                target.push_hole(at);
                continue;
            }
            let mut start = 0;
            for (index, field) in text.split(BLANKS).enumerate() {
                if index > 0
                    && let Some(done) = current.take()
                {
                    words.push(done);
                }
                if !field.is_empty() {
                    let target = current.get_or_insert_with(|| Text::empty(at));
                    target.push_text(&piece, start..start + field.len(), None);
                }
                start += field.len() + 1;
            }
        }
        words.extend(current);
        words
    }

    fn at(&self, span: source::Span) -> Location {
        Location::new(self.file, span)
    }

    fn expand_parts(&self, parts: &[Part], out: &mut Text, depth: u32) {
        for part in parts {
            match part {
                Part::Literal { text, span, .. } => out.push(text, Some(self.at(*span))),
                Part::Opaque { span } => out.push_hole(self.at(*span)),
                Part::Variable {
                    name,
                    operation,
                    span,
                    ..
                } => {
                    self.expand_variable(name, operation.as_ref(), self.at(*span), out, depth);
                }
            }
        }
    }

    fn expand_variable(
        &self,
        name: &str,
        operation: Option<&Operation>,
        at: Location,
        out: &mut Text,
        depth: u32,
    ) {
        if depth > 32 {
            out.push_hole(at);
            return;
        }
        let binding = self.get(name);
        let value = binding.and_then(|binding| binding.value.as_ref());
        if value.is_some_and(|value| !self.room.takes(value)) {
            out.push_hole(at);
            return;
        }
        let Some(operation) = operation else {
            match value {
                Some(value) => out.push_text(value, value.all(), Some(at)),
                None => out.push_hole(at),
            }
            return;
        };
        let empty = |colon: bool| value.is_some_and(|value| colon && value.as_str().is_empty());
        match operation {
            Operation::Default { colon, word } => match value {
                Some(value) if !empty(*colon) => out.push_text(value, value.all(), Some(at)),
                _ => self.expand_parts(word, out, depth + 1),
            },
            Operation::Alternate { colon, word } => match (binding, value) {
                (Some(_), Some(_)) if !empty(*colon) => self.expand_parts(word, out, depth + 1),
                (Some(_), None) => out.push_hole(at),
                _ => {}
            },
            Operation::Required { .. } => match value {
                Some(value) => out.push_text(value, value.all(), Some(at)),
                None => out.push_hole(at),
            },
            Operation::RemovePrefix { .. }
            | Operation::RemoveSuffix { .. }
            | Operation::Replace { .. } => {
                match value.and_then(|value| self.transform(value, operation, depth)) {
                    Some(text) => text
                        .into_iter()
                        .for_each(|piece| out.push_text(&piece, piece.all(), Some(at))),
                    None => out.push_hole(at),
                }
            }
            Operation::Other => out.push_hole(at),
        }
    }

    /// The value after `#`, `%` or `/`, as pieces; `None` where a part is unknown.
    fn transform(&self, value: &Text, operation: &Operation, depth: u32) -> Option<Vec<Text>> {
        let text = value.known()?;
        match operation {
            Operation::RemovePrefix { longest, pattern } => {
                let pattern = self.pattern(pattern, depth)?;
                let cut = glob::prefix(&pattern, text, *longest).unwrap_or(0);
                Some(vec![value.slice(cut..text.len())])
            }
            Operation::RemoveSuffix { longest, pattern } => {
                let pattern = self.pattern(pattern, depth)?;
                let cut = glob::suffix(&pattern, text, *longest).unwrap_or(text.len());
                Some(vec![value.slice(0..cut)])
            }
            Operation::Replace { all, pattern, with } => {
                let pattern = self.pattern(pattern, depth)?;
                let with = self.pattern(with, depth)?;
                let mut pieces = Vec::new();
                let mut from = 0;
                for range in glob::occurrences(&pattern, text, *all) {
                    pieces.push(value.slice(from..range.start));
                    let mut replacement = Text::empty(value.at());
                    replacement.push(&with, None);
                    pieces.push(replacement);
                    from = range.end;
                }
                pieces.push(value.slice(from..text.len()));
                Some(pieces)
            }
            _ => None,
        }
    }

    fn pattern(&self, parts: &[Part], depth: u32) -> Option<String> {
        let mut text = Text::empty(Location::new(self.file, source::Span::default()));
        self.expand_parts(parts, &mut text, depth + 1);
        (!text.as_str().contains(HOLE)).then(|| text.as_str().to_owned())
    }
}
