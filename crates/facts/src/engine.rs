//! What Docker's engine takes in a device request.

use serde::Deserialize;

use crate::table::Table;

/// A device driver of the engine.
#[derive(Debug, Deserialize)]
pub struct Driver {
    /// `nvidia`.
    pub name: &'static str,
    /// The first engine that has it.
    pub since: &'static str,
    /// Where it was read.
    pub source: &'static str,
}

/// A word in `capabilities`.
#[derive(Debug, Deserialize)]
pub struct Capability {
    /// `gpu`.
    pub name: &'static str,
    /// The drivers whose set has it.
    pub vendors: Vec<&'static str>,
    /// Whether it also chooses which parts of NVIDIA's driver the container gets.
    pub driver_capability: bool,
    /// Where it was read.
    pub source: &'static str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Data {
    drivers: Vec<Driver>,
    capabilities: Vec<Capability>,
}

static DATA: Table<Data> = Table::new(include_str!("../data/engine.json"));

/// Every driver.
pub fn drivers() -> &'static [Driver] {
    &DATA.get().drivers
}

/// Every capability.
pub fn capabilities() -> &'static [Capability] {
    &DATA.get().capabilities
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
    fn the_table_reads() {
        assert_eq!(DATA.error(), None);
        assert!(drivers().iter().all(|row| !row.source.is_empty()));
        assert!(capabilities().iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn nvidia_has_no_capability_named_after_it_alone() {
        assert!(capability("nvidia-compute").is_none());
        assert!(capability("all").is_none());
        assert!(capability("GPU").is_none());
        let nvidia = capabilities().iter();
        let nvidia = nvidia.filter(|row| row.vendors.contains(&"nvidia")).count();
        assert_eq!(nvidia, 8);
        assert_eq!(driver("cdi").map(|row| row.since), Some("25.0"));
    }
}
