//! A Compose project as rules see it, and one service within it.

use compose::{Problem, Project};
use host::HostFacts;
use source::Sources;

use super::index::Index;
use super::model::ServiceModel;
use super::problem::{self, Subject};
use super::slips::Slips;
use crate::derive::settings::Settings;
use crate::derive::target::Target;

/// A Compose project with what is known of its services.
#[derive(Debug)]
pub struct ProjectModel<'a> {
    /// As Compose reads it.
    pub compose: &'a Project,
    /// Its files, and those it builds from.
    pub sources: &'a Sources,
    /// In the project's order.
    pub services: Vec<ServiceModel<'a>>,
    /// The engine's default runtime, where the user has said so.
    pub default_runtime: Option<&'a str>,
    /// What the services will run on.
    pub target: &'a Target,
    /// The machine itself, where it was looked at.
    pub host: Option<&'a HostFacts>,
    /// The misspelt keys of its files.
    pub slips: Slips,
    pub(super) index: Index,
}

/// One service within its project: what service rules look at.
#[derive(Clone, Copy, Debug)]
pub struct ServiceView<'m> {
    /// The project.
    pub project: &'m ProjectModel<'m>,
    /// The service.
    pub service: &'m ServiceModel<'m>,
}

impl<'m> std::ops::Deref for ServiceView<'m> {
    type Target = ServiceModel<'m>;

    fn deref(&self) -> &Self::Target {
        self.service
    }
}

impl<'a> ProjectModel<'a> {
    /// The project with its services, for `machine` and `host`.
    pub fn new(
        project: &'a Project,
        sources: &'a Sources,
        services: Vec<ServiceModel<'a>>,
        slips: Slips,
        settings: &'a Settings,
    ) -> Self {
        Self {
            index: Index::of(project, &services, &slips),
            slips,
            compose: project,
            sources,
            services,
            default_runtime: settings.default_runtime.as_deref(),
            target: &settings.target,
            host: settings.host.as_deref(),
        }
    }

    /// The service at a position.
    pub fn view(&self, index: usize) -> ServiceView<'_> {
        ServiceView {
            project: self,
            service: &self.services[index],
        }
    }

    /// All services.
    pub fn views(&self) -> impl Iterator<Item = ServiceView<'_>> {
        self.services.iter().map(|service| ServiceView {
            project: self,
            service,
        })
    }

    /// What a problem of the project is about.
    pub fn subject(&self, problem: &Problem) -> Subject {
        problem::subject(problem, self.compose, &self.slips)
    }

    /// Whether the engine's default runtime gives GPUs to services that do not ask.
    pub fn default_runtime_gives_gpu(&self) -> bool {
        self.default_runtime == Some("nvidia")
    }
}
