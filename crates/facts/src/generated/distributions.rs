//! `data/distributions.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::distribution::Distribution;
use crate::distribution::Distributions;

pub(crate) static DISTRIBUTIONS: Distributions = super::ALL.distributions.file;

static DISTRIBUTIONS_DISTRIBUTION: [Distribution; 10] = super::ALL.distributions.distribution;

impl Listed for Distribution {
    fn array() -> &'static [Self] {
        &DISTRIBUTIONS_DISTRIBUTION
    }
}

pub(super) struct Rows {
    distribution: [Distribution; 10],
    file: Distributions,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut distribution = Dealer::new();
    Rows {
        distribution: [
            Distribution { name: pen.str("debian"), version: pen.str("10"), codename: pen.str("buster"), python: pen.str("3.7"), pip: pen.str("18.1"), pip_brings: None, confidence: Confidence::General },
            Distribution { name: pen.str("debian"), version: pen.str("11"), codename: pen.str("bullseye"), python: pen.str("3.9"), pip: pen.str("20.3.4"), pip_brings: Some(pen.strs(["setuptools", "wheel"])), confidence: Confidence::Doc },
            Distribution { name: pen.str("debian"), version: pen.str("12"), codename: pen.str("bookworm"), python: pen.str("3.11"), pip: pen.str("23.0.1"), pip_brings: Some(pen.strs(["setuptools", "wheel"])), confidence: Confidence::Doc },
            Distribution { name: pen.str("debian"), version: pen.str("13"), codename: pen.str("trixie"), python: pen.str("3.13"), pip: pen.str("25.1.1"), pip_brings: None, confidence: Confidence::Doc },
            Distribution { name: pen.str("ubuntu"), version: pen.str("16.04"), codename: pen.str("xenial"), python: pen.str("3.5"), pip: pen.str("8.1.1"), pip_brings: None, confidence: Confidence::General },
            Distribution { name: pen.str("ubuntu"), version: pen.str("18.04"), codename: pen.str("bionic"), python: pen.str("3.6"), pip: pen.str("9.0.1"), pip_brings: None, confidence: Confidence::Doc },
            Distribution { name: pen.str("ubuntu"), version: pen.str("20.04"), codename: pen.str("focal"), python: pen.str("3.8"), pip: pen.str("20.0.2"), pip_brings: Some(pen.strs(["setuptools", "wheel"])), confidence: Confidence::Doc },
            Distribution { name: pen.str("ubuntu"), version: pen.str("22.04"), codename: pen.str("jammy"), python: pen.str("3.10"), pip: pen.str("22.0.2"), pip_brings: Some(pen.strs(["setuptools", "wheel"])), confidence: Confidence::Doc },
            Distribution { name: pen.str("ubuntu"), version: pen.str("24.04"), codename: pen.str("noble"), python: pen.str("3.12"), pip: pen.str("24.0"), pip_brings: None, confidence: Confidence::Doc },
            Distribution { name: pen.str("ubuntu"), version: pen.str("26.04"), codename: pen.str("resolute"), python: pen.str("3.14"), pip: pen.str("25.1.1"), pip_brings: Some(pen.strs(["wheel"])), confidence: Confidence::Doc },
        ],
        file: Distributions { rows: distribution.next(10) },
    }
}
