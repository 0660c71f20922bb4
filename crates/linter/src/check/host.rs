//! A machine in, a verdict on each of its layers and findings out.

use ::host::HostFacts;
use ::host::facts::{Answer, EngineKind, Evidence, Layer};
use source::{Context, Diagnostic, Severity, Sources};

use super::{Subject, run};
use crate::derive::machine::{self, HostView};

/// What becomes of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands in the way.
    Ok,
    /// It has a finding of severity warning.
    Warning,
    /// It has a finding of severity error.
    Error,
    /// It could not be looked at.
    Unknown,
    /// It was not judged: a layer below it failed, or it has no part on this machine.
    Skipped,
}

impl Verdict {
    /// The word used in text and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

/// One layer of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerVerdict {
    /// Which.
    pub layer: Layer,
    /// What became of it.
    pub verdict: Verdict,
    /// What was seen, or why nothing was: a few words.
    pub summary: String,
    /// The layer below that failed, where it was skipped for that.
    pub because: Option<Layer>,
    /// What was seen there.
    pub evidence: Vec<Evidence>,
}

/// The result of checking a machine.
#[derive(Clone, Debug, Default)]
pub struct HostChecked {
    /// In the order in which layers rest on each other.
    pub layers: Vec<LayerVerdict>,
    /// Findings in the same order.
    pub diagnostics: Vec<Diagnostic>,
    /// What was seen, in a few words each.
    pub overview: Vec<String>,
    /// Why nothing could be judged: this is the inside of a container, or a build server.
    pub blind: Option<&'static str>,
    /// One command that shows whether a container gets the GPU; `None` where there is none to get.
    pub proof: Option<&'static str>,
}

/// The order of the verdicts. An engine that does not start because of its configuration is judged behind it.
const ORDER: [Layer; 13] = [
    Layer::Machine,
    Layer::Gpu,
    Layer::Driver,
    Layer::Libraries,
    Layer::DeviceNodes,
    Layer::FabricManager,
    Layer::Toolkit,
    Layer::DockerConfiguration,
    Layer::Docker,
    Layer::Cdi,
    Layer::Cgroups,
    Layer::Podman,
    Layer::Compose,
];

/// The severity that findings of a rule are reported with, if they are, from the one that they were found with.
pub type Judge<'j> = &'j dyn Fn(&str, Severity) -> Option<Severity>;

/// Checks a machine; what it reports of files and places is added to `sources`. Once a layer has an error, those behind
/// it are skipped.
pub fn check_host(sources: &mut Sources, facts: &HostFacts, judge: Judge<'_>) -> HostChecked {
    let view = HostView::new(facts, sources);
    let mut checked = HostChecked {
        proof: view.proof(),
        blind: blind(&view),
        ..HostChecked::default()
    };
    let mut failed = None;
    for layer in ORDER {
        let evidence = facts.evidence_of(layer).cloned().collect();
        let mut verdict = LayerVerdict {
            layer,
            verdict: Verdict::Ok,
            summary: machine::summary(&view, layer),
            because: None,
            evidence,
        };
        if let Some(below) = failed {
            verdict.verdict = Verdict::Skipped;
            verdict.because = Some(below);
            verdict.summary = format!("{} first", below.title());
        } else if let Some((what, why)) = aside(&view, layer) {
            verdict.verdict = what;
            verdict.summary = why;
            // Where there is no GPU, the layer itself still says so.
            if what == Verdict::Skipped && layer == Layer::Gpu {
                checked
                    .diagnostics
                    .extend(judged(&view, layer, sources, judge));
            }
        } else {
            let findings = judged(&view, layer, sources, judge);
            verdict.verdict = verdict_of(&view, layer, &findings);
            if verdict.verdict == Verdict::Unknown {
                match facts.unknown_about(layer) {
                    Some(unknown) => {
                        verdict.summary = format!("{}: {}", unknown.source, unknown.why);
                    }
                    None if layer == Layer::Gpu => {
                        "whether there is a GPU cannot be told".clone_into(&mut verdict.summary);
                    }
                    None => {}
                }
            }
            if verdict.summary.is_empty()
                && let Some(worst) = findings.first()
            {
                verdict.summary.clone_from(&worst.message);
            }
            checked.diagnostics.extend(findings);
        }
        if verdict.verdict == Verdict::Error {
            failed = Some(layer);
        }
        checked.layers.push(verdict);
    }
    checked.overview = overview(&view, &checked);
    checked
}

/// What sees too little of the machine to be judged for it.
fn blind(view: &HostView<'_>) -> Option<&'static str> {
    let platform = &view.facts.platform;
    if platform.container.is_some() {
        Some("inside a container, whose host decides")
    } else if platform.ci.is_some() && !view.has_gpu() {
        Some("a build server; the machine that runs the result decides")
    } else {
        None
    }
}

/// The parts that count for a container.
fn overview(view: &HostView<'_>, checked: &HostChecked) -> Vec<String> {
    if let Some(why) = checked.blind {
        return vec![why.to_owned()];
    }
    let mut parts = Vec::new();
    for layer in &checked.layers {
        let known = matches!(layer.verdict, Verdict::Ok | Verdict::Warning);
        if !known || layer.summary.is_empty() {
            continue;
        }
        let version = match layer.layer {
            Layer::Gpu => Some(layer.summary.clone()),
            Layer::Driver => view
                .facts
                .driver_version()
                .map(|found| format!("driver {found}")),
            Layer::Toolkit => view
                .facts
                .toolkit_version()
                .map(|found| format!("container toolkit {found}")),
            Layer::Docker => view
                .facts
                .docker_version()
                .map(|found| format!("Docker {found}")),
            Layer::Podman => Some(format!("Podman {}", layer.summary)),
            Layer::Compose => view
                .facts
                .compose_version()
                .map(|found| format!("Compose {found}")),
            _ => None,
        };
        parts.extend(version);
    }
    if !view.has_gpu() {
        let gpu = if view.may_have_gpu() {
            "GPU unknown"
        } else {
            "no NVIDIA GPU"
        };
        parts.insert(0, gpu.to_owned());
    }
    parts
}

/// What the rules of one layer find, as it is reported.
fn judged(
    view: &HostView<'_>,
    layer: Layer,
    sources: &mut Sources,
    judge: Judge<'_>,
) -> Vec<Diagnostic> {
    // What a build server lacks, the machine that runs the result may have.
    let most = match view.facts.platform.ci {
        Some(_) => Severity::Info,
        None => Severity::Error,
    };
    let subject = Subject::Layer {
        view,
        layer,
        sources,
        most,
    };
    let mut findings = run(subject, &Context::default());
    findings.retain_mut(|finding| match judge(finding.rule, finding.severity) {
        Some(severity) => {
            finding.severity = severity;
            true
        }
        None => false,
    });
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn verdict_of(view: &HostView<'_>, layer: Layer, findings: &[Diagnostic]) -> Verdict {
    match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Error) => Verdict::Error,
        Some(Severity::Warning) => Verdict::Warning,
        _ if is_unknown(view, layer) => Verdict::Unknown,
        Some(Severity::Info) | None => Verdict::Ok,
    }
}

/// Whether nothing can be said of a layer because it could not be looked at.
fn is_unknown(view: &HostView<'_>, layer: Layer) -> bool {
    let facts = view.facts;
    let untold = facts.unknown_about(layer).is_some();
    match layer {
        Layer::Machine | Layer::Cgroups => false,
        Layer::Gpu => !view.has_gpu() && view.may_have_gpu(),
        Layer::Driver => untold && !view.is_driver_loaded() && !view.is_wsl(),
        Layer::Libraries => untold && facts.driver.libraries.is_empty(),
        Layer::DeviceNodes => untold && facts.nodes.nodes.is_empty(),
        Layer::FabricManager => facts.driver.fabric_manager_running.is_none(),
        Layer::Toolkit => untold && !facts.toolkit.installed(),
        Layer::DockerConfiguration => !view.daemon.is_known() && view.daemon.file().is_none(),
        Layer::Docker => view.has_docker() && facts.docker.answer != Answer::Answered,
        Layer::Cdi => untold && facts.cdi.specs.is_empty(),
        Layer::Podman => untold && facts.podman.version.is_none(),
        Layer::Compose => untold && facts.compose_version().is_none(),
    }
}

/// Why a layer is not judged on this machine, if it is not.
fn aside(view: &HostView<'_>, layer: Layer) -> Option<(Verdict, String)> {
    let facts = view.facts;
    let skip = |why: &str| Some((Verdict::Skipped, why.to_owned()));
    if layer != Layer::Machine
        && let Some(why) = blind(view)
    {
        let seen = matches!(layer, Layer::Gpu | Layer::Driver) && view.has_gpu();
        let seen = if seen {
            machine::summary(view, layer)
        } else {
            String::new()
        };
        let why = if seen.is_empty() {
            why.to_owned()
        } else {
            format!("{seen}; {why}")
        };
        return Some((Verdict::Unknown, why));
    }
    let needs_gpu = matches!(
        layer,
        Layer::Gpu
            | Layer::Driver
            | Layer::Libraries
            | Layer::DeviceNodes
            | Layer::FabricManager
            | Layer::Toolkit
            | Layer::Cdi
            | Layer::Cgroups
    );
    if needs_gpu && !view.has_gpu() {
        if view.is_passed_through() {
            return (layer != Layer::Gpu).then(|| (Verdict::Skipped, "no GPU left".to_owned()));
        }
        // A Linux driver in WSL hides Windows's.
        if view.is_wsl() && layer == Layer::Libraries {
            return None;
        }
        return match (layer, view.may_have_gpu()) {
            (Layer::Gpu, true) => None,
            (_, true) => {
                let why = "whether there is a GPU cannot be told";
                Some((Verdict::Unknown, why.to_owned()))
            }
            (_, false) => skip("no NVIDIA GPU"),
        };
    }
    match layer {
        Layer::Driver | Layer::Libraries if view.is_tegra() => skip("part of the board's system"),
        Layer::DeviceNodes if view.is_tegra() => skip("part of the board's system"),
        Layer::DeviceNodes if view.is_wsl() => skip("WSL has /dev/dxg instead"),
        Layer::FabricManager if !facts.hardware.nvswitch => skip("no NVSwitch"),
        Layer::Toolkit if facts.docker.kind == EngineKind::Snap && view.has_docker() => {
            skip("part of the docker snap")
        }
        Layer::Toolkit | Layer::Cdi
            if facts.docker.kind == EngineKind::Desktop && view.has_docker() =>
        {
            skip("part of Docker Desktop")
        }
        Layer::Docker if !view.has_docker() && (view.has_podman() || !view.has_gpu()) => {
            skip("not installed")
        }
        Layer::DockerConfiguration if !view.has_docker() => skip("Docker is not installed"),
        Layer::DockerConfiguration | Layer::Cgroups | Layer::Cdi
            if facts.docker.kind == EngineKind::Remote && !view.has_podman() =>
        {
            skip("the engine is on another machine")
        }
        Layer::Cgroups if !view.is_docker_here() => skip("no Docker engine here"),
        Layer::Podman if !view.has_podman() => skip("not installed"),
        Layer::Compose
            if facts.compose_version().is_none() && facts.compose.legacy_version.is_none() =>
        {
            match facts.unknown_about(layer) {
                Some(_) => None,
                None => skip("not installed"),
            }
        }
        _ => None,
    }
}
