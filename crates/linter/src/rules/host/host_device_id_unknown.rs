use host::HostFacts;
use host::facts::EngineKind;
use source::{Location, Severity};

use crate::derive::service::{Driver, Form, Request, Selection, ServiceView, Vendor};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A request for GPUs that the machine does not have.
pub(crate) static RULE: Rule = Rule {
    name: "host-device-id-unknown",
    summary: "the service asks for a GPU that the machine does not have",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-device-id-unknown.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some(host) = service.project.host else {
        return;
    };
    let elsewhere = matches!(
        host.docker.kind,
        EngineKind::Remote | EngineKind::Desktop | EngineKind::Podman
    );
    // Slices of GPUs and the one device of WSL have names of their own.
    let sliced = host.gpus.iter().any(|gpu| gpu.mig == Some(true));
    if elsewhere || sliced || host.gpus.is_empty() || host.platform.wsl.is_some() {
        return;
    }
    for &request in &service.requests {
        // Names of CDI devices are those of a specification.
        let named = matches!(request.driver(), Driver::Named(name) if name.text == "cdi");
        if request.vendor() == Vendor::Nvidia && request.form != Form::Cdi && !named {
            judge(request, host, report);
        }
    }
}

fn judge(request: Request<'_>, host: &HostFacts, report: &mut Report<'_>) {
    let count = host.gpus.len();
    match request.selection() {
        Selection::First(wanted) if wanted > count as u64 => {
            let at = request
                .entry("count")
                .map_or(request.at(), |entry| entry.value.location);
            let message = format!("{wanted} GPUs are asked for; the machine has {count}");
            add(message, at, wanted - 1, report);
        }
        Selection::Ids(ids) => {
            for id in ids {
                if is_known(id.text, host) == Some(false) {
                    let message =
                        format!("the machine has no GPU {}; it has {}", id.text, names(host));
                    add(message, id.at, id.text, report);
                }
            }
        }
        _ => {}
    }
}

/// Whether the machine has the GPU; `None` where that cannot be told.
fn is_known(id: &str, host: &HostFacts) -> Option<bool> {
    if let Ok(index) = id.parse::<usize>() {
        return Some(index < host.gpus.len());
    }
    if !id.starts_with("GPU-") {
        return None;
    }
    // The beginning of a name is enough.
    let begins = |uuid: &str| host.stand_ins.begins(id, uuid);
    let gpus = host.gpus.iter().map(|gpu| begins(gpu.uuid.as_deref()?));
    gpus.collect::<Option<Vec<bool>>>()
        .map(|begins| begins.contains(&true))
}

fn names(host: &HostFacts) -> String {
    match host.gpus.as_slice() {
        [only] => format!("GPU 0 ({})", only.name),
        gpus => format!("GPUs 0 to {}", gpus.len() - 1),
    }
}

fn add(message: String, at: Location, first: impl std::fmt::Display, report: &mut Report<'_>) {
    report.add(
        report
            .finding(message, at)
            .why(format!(
                "the container does not start: \"nvidia-container-cli: device error: {first}: unknown device\""
            ))
            .help("ask for GPUs that are there: nvidia-smi --list-gpus"),
    );
}
