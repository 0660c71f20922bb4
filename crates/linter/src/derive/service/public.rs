//! Compose projects without what may not be shown.

use compose::{Error, Inputs, Project};
use source::Sources;

use crate::derive::public::is_public;

/// Loads a Compose project of which no text has more from the environment than may be shown.
pub(crate) fn load(
    sources: &mut Sources,
    inputs: &Inputs,
    loader: &dyn compose::Loader,
) -> Result<Project, Error> {
    let mut project = compose::load(sources, inputs, loader)?;
    project.admit(&is_public);
    Ok(project)
}
