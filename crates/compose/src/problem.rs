use std::collections::{HashMap, HashSet};
use std::fmt;
use std::mem::discriminant;

use source::{FileId, Label, Location, Sources};

use crate::path::{KeyPath, Step};

/// What Compose refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Not YAML.
    Syntax,
    /// A key occurs twice in one mapping; the other place is related.
    DuplicateKey,
    /// A key that is not a string.
    Key,
    /// An alias without its anchor, inside its own anchor, or too many of them.
    Alias,
    /// A `<<` whose value is not a mapping or a list of mappings.
    MergeKey,
    /// Nested deeper than is checked.
    TooDeep,
    /// A file that another one names cannot be read.
    Read,
    /// `${…}` that is no substitution, or a value that does not fit its type after it.
    Interpolation,
    /// `${NAME:?…}` and the variable is not set. True of the environment at hand only.
    RequiredVariable,
    /// A line of an env file.
    EnvFile,
    /// Two files that cannot be merged.
    Merge,
    /// `extends` without its service, or in a circle.
    Extends,
    /// `include` in a circle, or of the wrong shape.
    Include,
    /// Against the shape that the Compose Specification gives the value.
    Schema(SchemaError),
    /// The right shape, but a value that Compose does not take.
    Value,
    /// A service without image and build, or a name that nothing defines.
    Reference,
}

/// How a value departs from the shape it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaError {
    /// Another type is expected: `string`, `array or mapping`.
    Type(String),
    /// This key is not known here.
    UnknownKey(String),
    /// These keys are missing.
    MissingKeys(Vec<&'static str>),
    /// One of these words is expected.
    Word(&'static [&'static str]),
    /// The text does not fit.
    Pattern(&'static str),
    /// The number is outside the range.
    Range,
    /// Two items are equal, counted from 0.
    EqualItems(usize, usize),
}

/// One thing that makes Compose refuse the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which step refuses it.
    pub kind: ProblemKind,
    /// The value in the merged project; empty for a whole file.
    pub path: KeyPath,
    /// The bytes to change.
    pub location: Location,
    /// Compose's own reason, path included.
    pub message: String,
    /// Other places that belong to it.
    pub related: Vec<Label>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Collects problems, each place and reason once.
#[derive(Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    /// Whether a value of the environment or of an env file was read, so that messages may have it.
    pub(crate) private: bool,
    seen: HashSet<(Location, String)>,
}

impl Problems {
    pub(crate) fn add(
        &mut self,
        kind: ProblemKind,
        path: KeyPath,
        location: Location,
        message: impl Into<String>,
    ) {
        self.push(Problem {
            kind,
            path,
            location,
            message: message.into(),
            related: Vec::new(),
        });
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        if self
            .seen
            .insert((problem.location, problem.message.clone()))
        {
            self.list.push(problem);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn into_list(mut self) -> Vec<Problem> {
        sort(&mut self.list);
        self.list
    }
}

/// The problems that were `found`, in the words of those that are found when private values are put in as they are
/// `written`: nothing of such a value is in them.
pub(crate) fn as_written(
    found: Vec<Problem>,
    written: Vec<Problem>,
    sources: &Sources,
) -> Vec<Problem> {
    let mut places: HashMap<Location, Vec<Problem>> = HashMap::new();
    for problem in written {
        places.entry(problem.location).or_default().push(problem);
    }
    let reworded = found.into_iter().map(|problem| {
        let there = places.get(&problem.location).map_or(&[][..], Vec::as_slice);
        let same = there.iter().find(|other| other.message == problem.message);
        let like = || there.iter().find(|other| other.kind.is_like(&problem.kind));
        match same.or_else(like) {
            Some(other) => other.clone(),
            None => problem.without_values(sources),
        }
    });
    reworded.collect()
}

impl ProblemKind {
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Schema(own), Self::Schema(other)) => discriminant(own) == discriminant(other),
            _ => discriminant(self) == discriminant(other),
        }
    }
}

impl Problem {
    /// The problem as far as it can be told without what variables are set to.
    fn without_values(self, sources: &Sources) -> Self {
        // Names from lists have become keys below the keys of a service.
        let mut path = self.path;
        let in_request =
            matches!(path.0.get(2), Some(Step::Key(key)) if matches!(&**key, "deploy" | "gpus"));
        let depth = if in_request { path.0.len() } else { 3 };
        path.0.truncate(depth);
        let file = sources.get(self.location.file);
        let text = file.slice(self.location.span);
        let message = if text.contains('$')
            && !text.contains('\n')
            && !sources.is_private(self.location.file)
        {
            format!("{path}: the value of {text} is refused")
        } else {
            format!("{path}: the value of a variable is refused")
        };
        Self {
            kind: match self.kind {
                ProblemKind::Schema(SchemaError::UnknownKey(_)) => ProblemKind::Value,
                kind => kind,
            },
            path,
            location: self.location,
            message,
            related: Vec::new(),
        }
    }
}

/// Orders problems by place. A file that breaks off has no other problem than that; what the others lack because of it
/// is none of theirs.
pub(crate) fn sort(problems: &mut Vec<Problem>) {
    let broken: HashSet<FileId> = problems
        .iter()
        .filter(|problem| problem.kind == ProblemKind::Syntax)
        .map(|problem| problem.location.file)
        .collect();
    if !broken.is_empty() {
        problems.retain(|problem| match problem.kind {
            ProblemKind::Syntax => true,
            ProblemKind::Schema(_)
            | ProblemKind::Value
            | ProblemKind::Reference
            | ProblemKind::Merge
            | ProblemKind::Extends => false,
            _ => !broken.contains(&problem.location.file),
        });
    }
    problems.sort_by_key(|problem| problem.location);
}
