//! A Compose service by itself: what it asks of the engine, and what is in its image.

use std::collections::HashSet;

use compose::Service;
use source::Location;

use super::contents::Contents;
use super::request::Request;
use super::slips::Slips;
use crate::derive::environment::StageView;
use crate::derive::known::Known;

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
    pub compose: &'a Service,
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
            compose: service,
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
        &self.compose.name
    }

    /// Where service-wide findings point.
    pub fn at(&self) -> Location {
        self.compose.key_location
    }
}

/// Whether what follows a key in a dotted path is another key, or nothing.
fn ends_step(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}
