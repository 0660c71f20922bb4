//! What rules ask of all services of a project, found once.

use std::collections::HashSet;

use compose::Project;
use source::Location;

use super::contents::Contents;
use super::model::ServiceModel;
use super::problem::{Subject, subject};
use super::reason::of_packages;
use super::slips::Slips;

/// Answers about the other services.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Images that a service with a GPU runs.
    images: HashSet<String>,
    /// Places that say of the Dockerfile of such a service that it is for the GPU.
    evidence: HashSet<Location>,
    /// Services whose device request Compose refuses.
    refused: HashSet<String>,
    /// Services of which `!reset` or `!override` takes a request.
    cancelled: HashSet<String>,
}

impl Index {
    pub(super) fn of(project: &Project, services: &[ServiceModel<'_>], slips: &Slips) -> Self {
        let mut index = Self::default();
        let gpu = |service: &&ServiceModel<'_>| service.may_have_gpu() || service.has_gpu_overlay();
        for service in services.iter().filter(gpu) {
            index.images.extend(service.contents.identity());
            if let Contents::Build { stage, .. } = service.contents {
                index
                    .evidence
                    .extend(of_packages(stage).map(|need| need.at));
            }
        }
        for problem in &project.problems {
            let Some(name) = problem.path.service() else {
                continue;
            };
            if !matches!(
                subject(problem, project, slips),
                Subject::Surroundings | Subject::Consequence | Subject::Other
            ) {
                index.refused.insert(name.to_owned());
            }
        }
        for reset in &project.resets {
            let Some(compose::Step::Key(key)) = reset.path.0.get(2) else {
                continue;
            };
            if let Some(name) = reset.path.service()
                && matches!(&**key, "deploy" | "gpus" | "devices" | "runtime")
            {
                index.cancelled.insert(name.to_owned());
            }
        }
        index
    }

    /// Whether another service of the same image has a GPU. Not to be asked for one that has.
    pub(super) fn has_image(&self, service: &ServiceModel<'_>) -> bool {
        service
            .contents
            .identity()
            .is_some_and(|image| self.images.contains(&image))
    }

    /// Whether what says of a service that it is for the GPU says it of one that has a GPU.
    pub(super) fn has_evidence(&self, at: Location) -> bool {
        self.evidence.contains(&at)
    }

    pub(super) fn is_refused(&self, name: &str) -> bool {
        self.refused.contains(name)
    }

    pub(super) fn is_cancelled(&self, name: &str) -> bool {
        self.cancelled.contains(name)
    }
}
