//! `data/engine.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::engine::Capability;
use crate::engine::Driver;
use crate::engine::Engine;

pub(crate) static ENGINE: Engine = super::ALL.engine.file;

static ENGINE_DRIVER: [Driver; 5] = super::ALL.engine.driver;

impl Listed for Driver {
    fn array() -> &'static [Self] {
        &ENGINE_DRIVER
    }
}

static ENGINE_CAPABILITY: [Capability; 9] = super::ALL.engine.capability;

impl Listed for Capability {
    fn array() -> &'static [Self] {
        &ENGINE_CAPABILITY
    }
}

pub(super) struct Rows {
    driver: [Driver; 5],
    capability: [Capability; 9],
    file: Engine,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut driver = Dealer::new();
    let mut capability = Dealer::new();
    Rows {
        driver: [
            Driver { name: pen.str("nvidia"), since: pen.str("19.03") },
            Driver { name: pen.str("nvidia.cdi"), since: pen.str("29.2") },
            Driver { name: pen.str("nvidia.runtime-hook"), since: pen.str("29.2") },
            Driver { name: pen.str("cdi"), since: pen.str("25.0") },
            Driver { name: pen.str("amd"), since: pen.str("28.3") },
        ],
        capability: [
            Capability { name: pen.str("gpu"), vendors: pen.strs(["nvidia", "amd"]), driver_capability: false },
            Capability { name: pen.str("nvidia"), vendors: pen.strs(["nvidia"]), driver_capability: false },
            Capability { name: pen.str("amd"), vendors: pen.strs(["amd"]), driver_capability: false },
            Capability { name: pen.str("compute"), vendors: pen.strs(["nvidia"]), driver_capability: true },
            Capability { name: pen.str("compat32"), vendors: pen.strs(["nvidia"]), driver_capability: true },
            Capability { name: pen.str("graphics"), vendors: pen.strs(["nvidia"]), driver_capability: true },
            Capability { name: pen.str("utility"), vendors: pen.strs(["nvidia"]), driver_capability: true },
            Capability { name: pen.str("video"), vendors: pen.strs(["nvidia"]), driver_capability: true },
            Capability { name: pen.str("display"), vendors: pen.strs(["nvidia"]), driver_capability: true },
        ],
        file: Engine { drivers: driver.next(5), capabilities: capability.next(9) },
    }
}
