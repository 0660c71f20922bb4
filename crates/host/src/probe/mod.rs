//! From a machine to its facts. One module looks at one subject; nothing is judged here.

mod platform;
mod sight;

use crate::HostFacts;
use crate::system::System;

/// Looks at a machine. Changes nothing, needs no rights, and ends in bounded time.
#[must_use]
pub fn probe(system: &dyn System) -> HostFacts {
    let mut sight = sight::Sight::new(system);
    platform::look(&mut sight);
    sight.facts
}
