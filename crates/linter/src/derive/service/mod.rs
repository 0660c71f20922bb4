//! A Compose service as rules see it: what it asks of the engine, what is in its image, what it needs.

pub(crate) mod builds;
mod contents;
pub mod device;
mod environment;
mod index;
mod inline;
mod need;
pub(crate) mod overlays;
pub mod problem;
mod request;
pub mod slips;
mod supply;

use std::collections::HashSet;

use compose::{Problem, Project, Service};
use host::HostFacts;
use index::Index;
use problem::Subject;
use slips::Slips;
use source::{Location, Sources};

use crate::derive::environment::StageView;
use crate::derive::known::Known;
use crate::derive::settings::Settings;
use crate::derive::target::Target;

pub use contents::Contents;
pub use environment::{By, Variable};
pub use need::{Level, Need, is_emptied};
pub use request::{Driver, Form, REQUEST_KEYS, Request, Selection, Text, Vendor, request_kinds};
pub use supply::{Runtime, Supply};

/// A Compose project with what is known of its services.
#[derive(Debug)]
pub struct ProjectModel<'a> {
    /// As Compose reads it.
    pub project: &'a Project,
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
    index: Index,
}

/// What a file beside the project does for a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// Gives a GPU to the same image.
    Gpu,
    /// Gives a GPU to another image.
    Replaced,
}

/// A service.
#[derive(Debug)]
pub struct ServiceModel<'a> {
    /// Its position in the project.
    pub index: usize,
    /// As Compose reads it.
    pub service: &'a Service,
    /// Its device requests in the engine's order.
    pub requests: Vec<Request<'a>>,
    /// Its image.
    pub contents: Contents<'a>,
    /// What another file beside the project's gives it when added with `-f`.
    pub(crate) overlay: Option<Given>,
    /// The keys that it lacks because they are misspelt, as dotted paths: `deploy.resources`.
    pub(crate) misspelt: HashSet<String>,
}

impl<'a> ServiceModel<'a> {
    /// A service and the stage that is built for it.
    pub fn new(
        index: usize,
        service: &'a Service,
        built: Option<StageView<'a>>,
        known: &Known,
        slips: &Slips,
    ) -> Self {
        let misspelt = slips.of_service(&service.name).cloned().unwrap_or_default();
        let contents = if misspelt.contains("build") {
            Contents::Unknown
        } else {
            Contents::of(service, built, known)
        };
        Self {
            index,
            service,
            requests: Request::of(service),
            contents,
            overlay: None,
            misspelt,
        }
    }

    /// Whether a key on the way to `path`, `deploy.resources`, is misspelt, so that what is there is not known.
    pub fn is_misspelt(&self, path: &str) -> bool {
        let mut misspelt = self.misspelt.iter();
        misspelt.any(|key| path.strip_prefix(key.as_str()).is_some_and(ends_step))
    }

    /// Whether another file beside the project's gives it a GPU when added with `-f`.
    pub fn has_gpu_overlay(&self) -> bool {
        self.overlay.is_some()
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        &self.service.name
    }

    /// Where service-wide findings point.
    pub fn at(&self) -> Location {
        self.service.key_location
    }
}

/// Whether what follows a key in a dotted path is another key, or nothing.
fn ends_step(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
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
            project,
            sources,
            services,
            default_runtime: settings.default_runtime.as_deref(),
            target: &settings.machine,
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
        problem::subject(problem, self.project, &self.slips)
    }

    /// Whether the engine's default runtime gives GPUs to services that do not ask.
    pub fn default_runtime_gives_gpu(&self) -> bool {
        self.default_runtime == Some("nvidia")
    }
}
