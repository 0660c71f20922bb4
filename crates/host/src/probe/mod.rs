//! From a machine to its facts. One module looks at one subject; nothing is judged here.

mod address;
mod cdi;
mod cdi_kept;
mod compose;
mod config;
mod daemon;
mod driver;
mod engine;
mod gpus;
mod hardware;
mod libraries;
mod nodes;
mod packages;
mod platform;
mod podman;
mod process;
mod sight;
mod smi;
mod toolkit;
mod yaml;

use crate::HostFacts;
use crate::system::{Audience, System, Veil};

/// Looks at a machine. Changes nothing, needs no rights, and ends in bounded time. Anybody may see the facts.
#[must_use]
pub fn probe(system: &dyn System) -> HostFacts {
    probe_for(system, Audience::Anyone)
}

/// As [`probe`], with facts for this audience.
#[must_use]
pub fn probe_for(system: &dyn System, audience: Audience) -> HostFacts {
    let veil = Veil::new(system, audience);
    let mut facts = look(&veil);
    facts.stand_ins = veil.into_stand_ins();
    facts
}

fn look(system: &dyn System) -> HostFacts {
    let mut sight = sight::Sight::new(system);
    let sight = &mut sight;
    platform::look(sight);
    hardware::look(sight);
    let packages = packages::look(sight);
    driver::look(sight, &packages);
    libraries::look(sight);
    nodes::look(sight);
    gpus::look(sight);
    smi::look(sight);
    toolkit::look(sight, &packages);
    podman::look(sight, &packages);
    engine::look(sight, &packages);
    daemon::look(sight);
    cdi::look(sight);
    compose::look(sight, &packages);
    std::mem::take(&mut sight.facts)
}
