//! What is said beside findings.

use source::Location;

/// Something that was not looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What could not be known.
    pub location: Location,
    /// One sentence, lower case start, no full stop.
    pub text: String,
}

/// What was seen, so that silence is not mistaken for blindness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Build stages.
    pub stages: usize,
    /// What is known of the stages that run: `CUDA 12.1`, `PyTorch 2.5.1 (cu121)`; in a fixed order.
    pub facts: Vec<String>,
}
