//! The merged tree: what Compose makes of the files, and where each part was written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use camino::Utf8Path;
use source::{Location, Span};

use crate::weight;
use crate::yaml::{ScalarStyle, ScalarType, parse_integer};

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Where it is written; for a mapping or sequence merged from several places, the first of them.
    pub location: Location,
    /// What it is.
    pub kind: Kind,
    /// The `*name` through which it came here, if it is written elsewhere.
    pub alias: Option<Location>,
    /// The scalar that stood here before Compose spelled it out: `gpus: all`, `build: .`.
    pub short: Option<Box<Scalar>>,
    /// What it replaced or was merged with, oldest first.
    pub earlier: Vec<Earlier>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// Text, number or truth value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Value>),
    /// Keys and values.
    Mapping(Mapping),
    /// Could not be read; a problem says why.
    Unknown,
}

/// A scalar after interpolation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// What Compose reads: a variable that is not set counts as blank.
    pub text: Box<str>,
    /// Its type; interpolation gives strings, except where Compose casts.
    pub scalar_type: ScalarType,
    /// How it is written.
    pub style: ScalarStyle,
    /// The variables in it.
    pub interpolated: Option<Box<Interpolated>>,
    /// The directory that a relative path in it counts from, where that is not the project's.
    pub directory: Option<Arc<Utf8Path>>,
    /// First byte of the text in the file, where the file has it verbatim.
    pub(crate) text_start: Option<u32>,
    /// The values of the environment and of env files in it.
    pub(crate) private: Option<Box<Private>>,
}

/// What of a text comes from the environment or an env file.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Private {
    /// The text as it is shown; once it is hidden, the text itself.
    pub(crate) other: Box<str>,
    /// Whether the text is the one to be shown.
    pub(crate) hidden: bool,
    /// Whether the text is known.
    pub(crate) known: bool,
    /// The private values.
    pub(crate) values: Arc<[Box<str>]>,
}

impl Private {
    /// Of a text that is shown like this.
    pub(crate) fn new(shown: impl Into<Box<str>>, known: bool, values: Vec<Box<str>>) -> Self {
        Self {
            other: shown.into(),
            hidden: false,
            known,
            values: values.into(),
        }
    }

    /// A text that is private as a whole, and hidden.
    pub(crate) fn hidden(text: impl Into<Box<str>>, known: bool) -> Self {
        let text = text.into();
        Self {
            values: vec![text.clone()].into(),
            other: text,
            hidden: true,
            known,
        }
    }

    /// The hidden `text`, of which the same is private.
    pub(crate) fn holding(&self, text: impl Into<Box<str>>) -> Self {
        Self {
            other: text.into(),
            hidden: true,
            ..self.clone()
        }
    }

    /// Whether all of its values are such.
    pub(crate) fn is(&self, is_public: &dyn Fn(&str) -> bool) -> bool {
        self.values.iter().all(|value| is_public(value))
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private")
    }
}

/// The variables of a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpolated {
    /// The text before interpolation.
    pub template: Box<str>,
    /// Every variable that was looked up, in order.
    pub variables: Vec<VariableUse>,
    /// Whether all of them are set or have a default.
    pub known: bool,
}

/// One variable in a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableUse {
    /// Its name.
    pub name: Box<str>,
    /// The `$NAME` or `${…}`, or the whole scalar where that cannot be told.
    pub location: Location,
    /// Where the value came from.
    pub resolution: Resolution,
}

/// Where the value of a variable came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The process environment.
    Environment,
    /// This assignment in an env file.
    File(Location),
    /// Set by Compose itself: `COMPOSE_PROJECT_NAME`.
    Compose,
    /// The default or alternative in the expression.
    Default,
    /// Nowhere: not set.
    Unset,
}

/// Why a value is no longer what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The mapping that `<<` names had the key too, and the mapping's own key wins.
    MergeKey,
    /// The key stands twice in one mapping.
    DuplicateKey,
    /// A later file or document.
    Override,
    /// The service that was extended.
    Extends,
    /// An included file.
    Include,
}

/// What a value replaced or was merged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// This value is gone.
    Replaced {
        /// The value that lost.
        value: Box<Value>,
        /// Why.
        cause: Cause,
    },
    /// The content at this later place was added.
    Merged {
        /// The value that was added.
        location: Location,
        /// Why.
        cause: Cause,
    },
}

impl Resolution {
    /// Whether the value is one that no report may show.
    pub fn is_private(self) -> bool {
        matches!(self, Self::Environment | Self::File(_))
    }
}

impl Scalar {
    /// A string that Compose itself supplies.
    pub(crate) fn implied(text: &str, scalar_type: ScalarType) -> Self {
        Self {
            text: text.into(),
            scalar_type,
            style: ScalarStyle::Plain,
            interpolated: None,
            directory: None,
            text_start: None,
            private: None,
        }
    }

    /// The text that Compose reads, whether it may be shown or not; unless a variable in it is unset. For opening
    /// files and finding names: it must reach no message and no edit.
    pub fn meant(&self) -> Option<&str> {
        match &self.private {
            Some(private) if private.hidden => private.known.then_some(&*private.other),
            _ => self.known(),
        }
    }

    /// Whether its text is as written because a value in it is private.
    pub fn is_withheld(&self) -> bool {
        self.private.as_ref().is_some_and(|private| private.hidden)
    }

    /// The text as a message may have it.
    pub(crate) fn shown(&self) -> &str {
        match &self.private {
            Some(private) if !private.hidden => &private.other,
            _ => &self.text,
        }
    }

    /// Exchanges the text with the one that may be shown, or back.
    pub(crate) fn turn(&mut self) {
        if let Some(private) = &mut self.private {
            std::mem::swap(&mut self.text, &mut private.other);
            private.hidden = !private.hidden;
        }
    }

    /// Takes private values out of the text, which is unknown then.
    fn withhold(&mut self) {
        let known = self.is_known();
        if self.private.as_ref().is_some_and(|private| !private.hidden) {
            self.turn();
            self.set_known(known, false);
            self.text_start = None;
        }
    }

    /// Gives the text back where all private values in it may be shown.
    fn admit(&mut self, is_public: &dyn Fn(&str) -> bool) {
        let private = self.private.as_ref();
        if let Some(private) = private.filter(|private| private.hidden && private.is(is_public)) {
            let known = private.known;
            self.turn();
            self.set_known(known, known);
        }
    }

    fn set_known(&mut self, meant: bool, now: bool) {
        if let Some(private) = &mut self.private {
            private.known = meant;
        }
        if let Some(interpolated) = &mut self.interpolated {
            interpolated.known = now;
        }
    }

    /// Whether no variable in it is unset.
    pub fn is_known(&self) -> bool {
        self.interpolated.as_ref().is_none_or(|inner| inner.known)
    }

    /// The text, unless a variable in it is unset.
    pub fn known(&self) -> Option<&str> {
        self.is_known().then_some(&*self.text)
    }

    /// The text that a container sees when the scalar is a variable or an argument: `0x10` is `16`,
    /// `True` is `true`.
    pub fn printed(&self) -> Cow<'_, str> {
        match self.scalar_type {
            ScalarType::Bool => self.text.to_ascii_lowercase().into(),
            ScalarType::Int => match parse_integer(&self.text.replace('_', "")) {
                Some(number) => number.to_string().into(),
                None => Cow::Borrowed(&self.text),
            },
            ScalarType::Float => match self.text.replace('_', "").parse::<f64>() {
                Ok(number) if number.is_finite() => number.to_string().into(),
                _ => Cow::Borrowed(&self.text),
            },
            ScalarType::Null | ScalarType::String => Cow::Borrowed(&self.text),
        }
    }

    /// The bytes of `range` of the text, where the file has the text verbatim.
    pub fn part(&self, location: Location, range: std::ops::Range<usize>) -> Location {
        let Some(start) = self.text_start else {
            return location;
        };
        let span = Span::from_usize(range).shifted(start);
        Location::new(location.file, span)
    }

    /// The text of `range` as a scalar of its own.
    pub(crate) fn sub(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            text: self.text.get(range.clone()).unwrap_or_default().into(),
            scalar_type: ScalarType::String,
            style: self.style,
            interpolated: self.interpolated.clone(),
            directory: self.directory.clone(),
            text_start: self.text_start.map(|start| start + range.start as u32),
            // How a part is shown cannot be told: as the whole.
            private: self.private.clone(),
        }
    }
}

impl Value {
    pub(crate) fn new(location: Location, kind: Kind) -> Self {
        Self {
            location,
            kind,
            alias: None,
            short: None,
            earlier: Vec::new(),
        }
    }

    pub(crate) fn scalar(location: Location, scalar: Scalar) -> Self {
        Self::new(location, Kind::Scalar(scalar))
    }

    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar whose variables are all known.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar()?.known()
    }

    /// What a container sees of a scalar whose variables are all known.
    pub fn printed(&self) -> Option<Cow<'_, str>> {
        let scalar = self.as_scalar()?;
        scalar.is_known().then(|| scalar.printed())
    }

    /// The items, if it is a sequence.
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            Kind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether it or a part of it cannot be known: unreadable, or a variable that is not set.
    pub fn has_unknown(&self) -> bool {
        match &self.kind {
            Kind::Unknown => true,
            Kind::Null => false,
            Kind::Scalar(scalar) => !scalar.is_known(),
            Kind::Sequence(items) => items.iter().any(Self::has_unknown),
            Kind::Mapping(mapping) => mapping.iter().any(|entry| entry.value.has_unknown()),
        }
    }

    /// The value of a key, if it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_mapping()?.get(key)
    }

    /// The value at the end of a chain of keys: `["deploy", "resources"]`.
    pub fn get_in<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Option<&Self> {
        keys.into_iter().try_fold(self, |value, key| value.get(key))
    }

    /// Takes private values out of everything in it.
    pub(crate) fn withhold(&mut self) {
        self.each_scalar(&mut Scalar::withhold);
    }

    /// Gives texts back of which all private values may be shown.
    pub(crate) fn admit(&mut self, is_public: &dyn Fn(&str) -> bool) {
        self.each_scalar(&mut |scalar| scalar.admit(is_public));
    }

    fn each_scalar(&mut self, change: &mut dyn FnMut(&mut Scalar)) {
        if let Some(short) = &mut self.short {
            change(short);
        }
        for earlier in &mut self.earlier {
            if let Earlier::Replaced { value, .. } = earlier {
                value.each_scalar(change);
            }
        }
        match &mut self.kind {
            Kind::Scalar(scalar) => change(scalar),
            Kind::Sequence(items) => items.iter_mut().for_each(|item| item.each_scalar(change)),
            Kind::Mapping(mapping) => mapping
                .entries_mut()
                .for_each(|entry| entry.value.each_scalar(change)),
            Kind::Null | Kind::Unknown => {}
        }
    }

    /// Notes that `added` was merged into this value.
    pub(crate) fn note_merged(&mut self, added: Location, cause: Cause) {
        let location = added;
        self.earlier.push(Earlier::Merged { location, cause });
    }

    /// Notes that `old` had to make room for this value.
    pub(crate) fn note_replaced(&mut self, mut old: Self, cause: Cause) {
        old.forget();
        let value = Box::new(old);
        self.earlier.push(Earlier::Replaced { value, cause });
    }

    /// Lets go of what it replaced long ago: a key may stand in a file a hundred thousand times.
    fn forget(&mut self) {
        let mut value = self;
        for _ in 0..REMEMBERED {
            let older = value
                .earlier
                .iter_mut()
                .rev()
                .find_map(|earlier| match earlier {
                    Earlier::Replaced { value, .. } => Some(value),
                    Earlier::Merged { .. } => None,
                });
            let Some(older) = older else { return };
            value = older;
        }
        value.earlier.clear();
    }

    /// Lets go of the first of very many values that were merged with it.
    pub(crate) fn forget_first(&mut self) {
        let many = self.earlier.len().saturating_sub(REMEMBERED);
        self.earlier.drain(..many);
    }

    /// How much it is with all values in it; those that it replaced are kept too.
    pub(crate) fn weight(&self) -> usize {
        let own: usize = match &self.kind {
            Kind::Null | Kind::Unknown => 1,
            Kind::Scalar(scalar) => weight::of_text(scalar.text.len()),
            Kind::Sequence(items) => 1 + items.iter().map(Self::weight).sum::<usize>(),
            Kind::Mapping(mapping) => {
                1 + mapping
                    .iter()
                    .map(|entry| entry.value.weight())
                    .sum::<usize>()
            }
        };
        let earlier: usize = self
            .earlier
            .iter()
            .map(|earlier| match earlier {
                Earlier::Replaced { value, .. } => value.weight(),
                Earlier::Merged { .. } => 1,
            })
            .sum();
        own + earlier
    }
}

/// Values that replaced each other, or were merged, are remembered this far back.
const REMEMBERED: usize = 16;

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key is written, first if several places were merged.
    pub key_location: Location,
    /// Its value.
    pub value: Value,
}

/// Entries in the order of the files, found by key.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    entries: Vec<Entry>,
    /// Only for mappings that are too large to search.
    index: HashMap<Arc<str>, usize>,
}

/// Smaller mappings are searched faster than hashed.
const INDEXED_FROM: usize = 24;

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Mapping {}

impl Mapping {
    /// The entries in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        work::pieces(self.entries.len());
        self.entries.iter()
    }

    pub(crate) fn entries_mut(&mut self) -> std::slice::IterMut<'_, Entry> {
        work::pieces(self.entries.len());
        self.entries.iter_mut()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry with this key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.find(key).map(|at| &self.entries[at])
    }

    /// The value with this key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.find(key)?;
        Some(&mut self.entries[at].value)
    }

    pub(crate) fn entry_mut(&mut self, key: &str) -> Option<&mut Entry> {
        let at = self.find(key)?;
        Some(&mut self.entries[at])
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.entries.len() < INDEXED_FROM {
            return work::each(&self.entries).position(|entry| &*entry.key == key);
        }
        work::done();
        self.index.get(key).copied()
    }

    /// Adds an entry whose key is not there yet.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        match self.entries.len() {
            len if len > INDEXED_FROM => {
                let key = Arc::clone(&self.entries[len - 1].key);
                self.index.insert(key, len - 1);
            }
            INDEXED_FROM => self.reindex(),
            _ => {}
        }
    }

    /// Keeps the entries that `keep` wants.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&mut Entry) -> bool) {
        work::pieces(self.entries.len());
        let before = self.entries.len();
        self.entries.retain_mut(keep);
        if self.entries.len() != before {
            self.reindex();
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Entry> {
        let at = self.find(key)?;
        let entry = self.entries.remove(at);
        self.reindex();
        Some(entry)
    }

    fn reindex(&mut self) {
        work::pieces(self.entries.len());
        self.index.clear();
        if self.entries.len() >= INDEXED_FROM {
            for (at, entry) in self.entries.iter().enumerate() {
                self.index.insert(Arc::clone(&entry.key), at);
            }
        }
    }
}

impl<'a> IntoIterator for &'a Mapping {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Mapping {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl FromIterator<Entry> for Mapping {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut mapping = Self::default();
        for entry in entries {
            mapping.push(entry);
        }
        mapping
    }
}
