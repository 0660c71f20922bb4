//! Which stages run.

use super::stage::{Base, CopyFrom, Stage, StepAction};
use crate::derive::names::words;

/// Words in a stage's name that say its result is not shipped.
const HELPER_WORDS: &[&str] = &[
    "build",
    "builder",
    "builds",
    "building",
    "compile",
    "compiler",
    "wheel",
    "wheels",
    "test",
    "tests",
    "testing",
    "lint",
    "linter",
    "docs",
    "doc",
    "ci",
    "check",
    "checks",
    "deps",
    "dependencies",
    "cache",
    "source",
    "sources",
    "src",
    "download",
    "downloader",
    "fetch",
    "export",
    "artifact",
    "artifacts",
    "tmp",
    "temp",
];

/// The stages that run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finals {
    indices: Vec<usize>,
    runs: Vec<bool>,
    inherited: Vec<bool>,
}

impl Finals {
    /// The stages with these indices.
    #[must_use]
    pub fn new(stages: &[Stage], indices: Vec<usize>) -> Self {
        let mut runs = vec![false; stages.len()];
        for &index in &indices {
            runs[index] = true;
        }
        let mut inherited = runs.clone();
        for stage in stages.iter().rev() {
            if let Base::Stage(parent) = stage.base {
                inherited[parent] |= inherited[stage.index];
            }
        }
        Self {
            indices,
            runs,
            inherited,
        }
    }

    /// The last stage alone, as a build without target makes it.
    #[must_use]
    pub fn last(stages: &[Stage]) -> Self {
        Self::new(stages, stages.len().checked_sub(1).into_iter().collect())
    }

    /// Their indices, ascending.
    #[must_use]
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// Whether this stage runs.
    #[must_use]
    pub fn runs(&self, stage: usize) -> bool {
        self.runs[stage]
    }

    /// Whether this stage runs, or one that starts from it, directly or not.
    #[must_use]
    pub fn inherit(&self, stage: usize) -> bool {
        self.inherited[stage]
    }
}

/// The stages that run: the target, or what looks final.
#[must_use]
pub fn find(stages: &[Stage], target: Option<&str>) -> Finals {
    Finals::new(stages, indices(stages, target))
}

fn indices(stages: &[Stage], target: Option<&str>) -> Vec<usize> {
    let Some(last) = stages.len().checked_sub(1) else {
        return Vec::new();
    };
    if let Some(target) = target {
        let wanted = target.to_ascii_lowercase();
        let chosen = stages
            .iter()
            .rposition(|stage| stage.name.as_deref() == Some(&wanted));
        let number = target
            .parse::<usize>()
            .ok()
            .filter(|&number| number <= last);
        return vec![chosen.or(number).unwrap_or(last)];
    }
    let mut used = vec![false; stages.len()];
    for stage in stages {
        if let Base::Stage(parent) = stage.base {
            used[parent] = true;
        }
        for step in &stage.steps {
            if let StepAction::Copy(copy) = &step.action
                && let CopyFrom::Stage(from) = copy.from
            {
                used[from] = true;
            }
        }
    }
    (0..stages.len())
        .filter(|&index| {
            let helper = stages[index]
                .name
                .as_deref()
                .is_some_and(|name| words(name).any(|word| HELPER_WORDS.contains(&word)));
            index == last || (!used[index] && stages[index].name.is_some() && !helper)
        })
        .collect()
}
