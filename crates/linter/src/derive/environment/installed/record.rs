//! What is written down of a stage: what its installations do, and what there is at its end.

use std::collections::{BTreeMap, BTreeSet};

use source::Location;

use super::choice::Choice;
use super::place::Place;

/// What is installed of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The versions that it may be; empty where it is not told.
    pub versions: Vec<String>,
    /// Where that is said.
    pub at: Location,
    /// By whose doing it is there.
    pub by: HeldBy,
    /// The build that an index or a local version chose: `cu124`, `cpu`.
    pub suffix: Option<String>,
    /// Somebody chose it: its version is pinned, or its index is named.
    pub chosen: bool,
}

/// By whose doing a package is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The base image ships it.
    Image,
    /// A command names it.
    Name,
    /// A package that a command names requires it.
    Requirement,
    /// conda installed it.
    Conda,
}

/// What one Python installation does.
#[derive(Clone, Debug, Default)]
pub struct StepChoices {
    /// To each package of the tables that it touches.
    pub choices: Vec<Choice>,
    /// What was there of them, in the same environment.
    pub found: BTreeMap<&'static str, Held>,
    /// The torch of that environment afterwards.
    pub torch: Option<Held>,
}

/// What the Python installations of a stage do, and what there is at its end.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By the number of the installation among the stage's own.
    pub(crate) steps: Vec<StepChoices>,
    pub(super) after: State,
}

/// What is installed, by environment and package.
pub(super) type State = BTreeMap<Place, BTreeMap<&'static str, Held>>;

/// The CUDA majors that wheels bring into a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WheelCuda {
    /// These; none where the set is empty.
    Majors(BTreeSet<u16>),
    /// Something may bring one that is not told.
    Unknown,
}
