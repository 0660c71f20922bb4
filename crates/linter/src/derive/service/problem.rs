//! Which rule speaks about what Compose refuses.

use compose::{Problem, ProblemKind, Project, SchemaError};

use super::slips::Slips;
use super::values::{holds_request, value_at};

/// The subject of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A device item without proper `capabilities`.
    Capabilities,
    /// `count` beside `device_ids`.
    CountAndIds,
    /// Anything else inside a device request.
    Request,
    /// A device request in the wrong place.
    Place,
    /// Not the file's fault: what it needs is not at hand here.
    Surroundings,
    /// What is missing is there, under a misspelt key that is a problem of its own.
    Consequence,
    /// Anything else.
    Other,
}

const RESERVED: &str = "services.*.deploy.resources.reservations.devices.**";

/// What a problem is about.
pub fn subject(problem: &Problem, project: &Project, slips: &Slips) -> Subject {
    let path = &problem.path;
    if is_about_surroundings(problem) {
        return Subject::Surroundings;
    }
    if follows_from_slip(problem, slips) {
        return Subject::Consequence;
    }
    if path.matches(RESERVED) || path.matches("services.*.gpus.**") {
        return inside_request(problem);
    }
    if is_misplaced(problem, project, slips) {
        return Subject::Place;
    }
    Subject::Other
}

/// Whether every key that a problem misses is there, misspelt.
fn follows_from_slip(problem: &Problem, slips: &Slips) -> bool {
    let is_given = |key: &str| slips.instead_of(&problem.path, key).is_some();
    match &problem.kind {
        ProblemKind::Schema(SchemaError::MissingKeys(keys)) => keys.iter().all(|key| is_given(key)),
        // A service without image and build.
        ProblemKind::Reference if problem.path.matches("services.*") => {
            ["image", "build", "provider", "extends"]
                .into_iter()
                .any(is_given)
        }
        _ => false,
    }
}

/// The reader's machine lacks a variable or an env file; on the one that runs the project it may be there.
pub fn is_about_surroundings(problem: &Problem) -> bool {
    match problem.kind {
        ProblemKind::RequiredVariable => true,
        ProblemKind::Read => problem.path.matches("services.*.env_file.**"),
        _ => false,
    }
}

fn inside_request(problem: &Problem) -> Subject {
    let path = &problem.path;
    match &problem.kind {
        ProblemKind::Schema(SchemaError::MissingKeys(keys)) if keys.contains(&"capabilities") => {
            Subject::Capabilities
        }
        ProblemKind::Schema(_)
            if path
                .matches("services.*.deploy.resources.reservations.devices.*.capabilities.**")
                || path.matches("services.*.gpus.*.capabilities.**") =>
        {
            Subject::Capabilities
        }
        ProblemKind::Value if problem.message.contains("attributes are exclusive") => {
            Subject::CountAndIds
        }
        _ => Subject::Request,
    }
}

/// Keys that people write where `deploy.resources.reservations.devices` or `gpus` belongs.
const REQUEST_KEYS: &[&str] = &[
    "devices",
    "device",
    "gpu",
    "gpus",
    "device_requests",
    "capabilities",
    "device_ids",
    "count",
    "driver",
];

fn is_misplaced(problem: &Problem, project: &Project, slips: &Slips) -> bool {
    let ProblemKind::Schema(SchemaError::UnknownKey(key)) = &problem.kind else {
        return false;
    };
    if problem.path.service().is_none() {
        return false;
    }
    let inside = value_at(project, &problem.path).is_some_and(holds_request);
    let resources = problem.path.matches("services.*.deploy.**");
    inside
        || (resources && REQUEST_KEYS.contains(&key.as_str()))
        || key == "gpu"
        || slips.meant_by(problem) == Some("gpus")
}
