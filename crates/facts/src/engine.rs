//! What Docker's engine takes in a device request.

use crate::generated::ENGINE;
use crate::packed::{List, Str};

/// A device driver of the engine.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Driver {
    /// `nvidia`.
    pub name: Str,
    /// The first engine that has it.
    pub since: Str,
}

/// A word in `capabilities`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Capability {
    /// `gpu`.
    pub name: Str,
    /// The drivers whose set has it.
    pub vendors: List<Str>,
    /// Whether it also chooses which parts of NVIDIA's driver the container gets.
    pub driver_capability: bool,
}

/// `data/engine.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Engine {
    pub(crate) drivers: List<Driver>,
    pub(crate) capabilities: List<Capability>,
}

/// Every driver.
pub fn drivers() -> &'static [Driver] {
    ENGINE.drivers.as_slice()
}

/// Every capability.
pub fn capabilities() -> &'static [Capability] {
    ENGINE.capabilities.as_slice()
}

/// The driver of this name.
#[must_use]
pub fn driver(name: &str) -> Option<&'static Driver> {
    drivers().iter().find(|row| row.name == name)
}

/// The capability of this name.
#[must_use]
pub fn capability(name: &str) -> Option<&'static Capability> {
    capabilities().iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nvidia_has_no_capability_named_after_it_alone() {
        assert!(capability("nvidia-compute").is_none());
        assert!(capability("all").is_none());
        assert!(capability("GPU").is_none());
        let nvidia = capabilities().iter();
        let nvidia = nvidia.filter(|row| row.vendors.has("nvidia")).count();
        assert_eq!(nvidia, 8);
        assert_eq!(driver("cdi").unwrap().since, "25.0");
    }
}
