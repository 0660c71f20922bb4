//! `data/compose_features.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::release::AdviceSeverity;
use crate::release::CdiVersion;
use crate::release::Change;
use crate::release::ComposeFeatures;
use crate::release::Feature;
use crate::release::Form;
use crate::release::ReleaseVersion;
use crate::release::ToolkitAdvice;

pub(crate) static COMPOSE_FEATURES: ComposeFeatures = super::ALL.compose_features.file;

static COMPOSE_FEATURES_FEATURE: [Feature; 4] = super::ALL.compose_features.feature;

impl Listed for Feature {
    fn array() -> &'static [Self] {
        &COMPOSE_FEATURES_FEATURE
    }
}

static COMPOSE_FEATURES_CHANGE: [Change; 8] = super::ALL.compose_features.change;

impl Listed for Change {
    fn array() -> &'static [Self] {
        &COMPOSE_FEATURES_CHANGE
    }
}

static COMPOSE_FEATURES_TOOLKIT_ADVICE: [ToolkitAdvice; 3] = super::ALL.compose_features.toolkit_advice;

impl Listed for ToolkitAdvice {
    fn array() -> &'static [Self] {
        &COMPOSE_FEATURES_TOOLKIT_ADVICE
    }
}

static COMPOSE_FEATURES_CDI_VERSION: [CdiVersion; 1] = super::ALL.compose_features.cdi_version;

impl Listed for CdiVersion {
    fn array() -> &'static [Self] {
        &COMPOSE_FEATURES_CDI_VERSION
    }
}

pub(super) struct Rows {
    feature: [Feature; 4],
    change: [Change; 8],
    toolkit_advice: [ToolkitAdvice; 3],
    cdi_version: [CdiVersion; 1],
    file: ComposeFeatures,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut feature = Dealer::new();
    let mut change = Dealer::new();
    let mut toolkit_advice = Dealer::new();
    let mut cdi_version = Dealer::new();
    Rows {
        feature: [
            Feature { form: Form::Reservation, name: pen.str("deploy.resources.reservations.devices"), since: ReleaseVersion::new(1, 28, 0), older: pen.str("Compose refuses the file: \"Additional properties are not allowed ('devices' was unexpected)\""), refused: true, confidence: Confidence::Doc },
            Feature { form: Form::GpusList, name: pen.str("gpus"), since: ReleaseVersion::new(2, 30, 0), older: pen.str("Compose refuses the file: \"Additional property gpus is not allowed\""), refused: true, confidence: Confidence::Verified },
            Feature { form: Form::GpusAll, name: pen.str("gpus: all"), since: ReleaseVersion::new(2, 33, 0), older: pen.str("Compose refuses the file: \"gpus must be a list\""), refused: true, confidence: Confidence::Verified },
            Feature { form: Form::CdiDevice, name: pen.str("a CDI name in devices"), since: ReleaseVersion::new(2, 30, 0), older: pen.str("Compose passes it on as a path: \"no such file or directory\" at start"), refused: false, confidence: Confidence::Verified },
        ],
        change: [
            Change { name: pen.str("gpus"), since: ReleaseVersion::new(19, 3, 0) },
            Change { name: pen.str("cdi"), since: ReleaseVersion::new(25, 0, 0) },
            Change { name: pen.str("cdi-by-default"), since: ReleaseVersion::new(28, 2, 0) },
            Change { name: pen.str("gpus-through-cdi"), since: ReleaseVersion::new(29, 2, 0) },
            Change { name: pen.str("cdi-by-default"), since: ReleaseVersion::new(1, 18, 0) },
            Change { name: pen.str("cdi-devices"), since: ReleaseVersion::new(4, 1, 0) },
            Change { name: pen.str("gpus"), since: ReleaseVersion::new(5, 0, 0) },
            Change { name: pen.str("cdi-requests"), since: ReleaseVersion::new(5, 4, 0) },
        ],
        toolkit_advice: [
            ToolkitAdvice { before: ReleaseVersion::new(1, 14, 0), severity: AdviceSeverity::Warning, text: pen.str("is too old for Docker 25 and newer, Podman with CDI and cgroup v2 with systemd") },
            ToolkitAdvice { before: ReleaseVersion::new(1, 17, 8), severity: AdviceSeverity::Warning, text: pen.str("lets an image break out of its container (CVE-2024-0132, CVE-2025-23266)") },
            ToolkitAdvice { before: ReleaseVersion::new(1, 18, 0), severity: AdviceSeverity::Info, text: pen.str("keeps no CDI specification up to date by itself") },
        ],
        cdi_version: [
            CdiVersion { cdi: ReleaseVersion::new(0, 7, 0), engine: ReleaseVersion::new(26, 1, 0), podman: ReleaseVersion::new(5, 1, 0) },
        ],
        file: ComposeFeatures { features: feature.next(4), engine: change.next(4), toolkit: change.next(1), toolkit_advice: toolkit_advice.next(3), podman: change.next(3), cdi_versions: cdi_version.next(1) },
    }
}
