use facts::release;
use host::facts::Layer;
use source::{Location, Severity};

use crate::derive::machine::{CDI_KIND, HostView};
use crate::derive::service::{Form, Request, Selection, ServiceView, Vendor};
use crate::{Check, FixAvailability, HostReport, Report, Rule, Section, Special};

/// An engine that finds GPUs by a specification that does not exist.
pub(crate) static RULE: Rule = Rule {
    name: "host-cdi-spec-missing",
    summary: "no CDI specification names the GPUs",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-cdi-spec-missing.md"),
    checks: &[
        Check::Host(Layer::Cdi, check),
        Check::Service(check_service),
    ],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if !is_missing(view) || view.is_tegra() {
        return;
    }
    let toolkit = &view.facts.toolkit;
    let docker = view.is_docker_here()
        && toolkit.hook.is_none()
        && view.engine().is_some_and(release::engine_prefers_cdi);
    let severity = if docker || (view.has_podman() && !view.has_docker()) {
        Severity::Error
    } else if view.has_podman() {
        Severity::Warning
    } else {
        // The hook does without.
        return;
    };
    let who = if docker { "Docker" } else { "Podman" };
    let why = if docker {
        "no container gets the GPU: \"failed to discover GPU vendor from CDI: no known GPU vendor found\""
    } else {
        "no container gets the GPU: \"unresolvable CDI devices nvidia.com/gpu=all\""
    };
    let finding = report
        .with_severity(
            severity,
            format!("no CDI specification names the GPUs, by which {who} finds them"),
            &folders(view),
            "no specification of nvidia.com/gpu",
        )
        .why(why)
        .help(super::make_spec(view));
    report.add(finding);
}

fn check_service(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some(view) = super::engine_of(service) else {
        return;
    };
    let unknown = view.facts.unknown_about(Layer::Cdi).is_some();
    if unknown || !view.has_gpu() || view.docker_has_cdi() == Some(false) {
        return;
    }
    for request in &service.requests {
        for (name, at) in names(*request) {
            if is_named(&view, name) == Some(false) {
                judge(&view, name, at, report);
            }
        }
    }
}

/// The devices of NVIDIA that a request names by CDI, without their kind.
fn names(request: Request<'_>) -> Vec<(&str, Location)> {
    if request.vendor() != Vendor::Nvidia {
        return Vec::new();
    }
    let ids = match request.selection() {
        Selection::All if request.form == Form::Cdi => return vec![("all", request.at())],
        Selection::Ids(ids) => ids,
        _ => return Vec::new(),
    };
    let ids = ids.into_iter();
    if request.form == Form::Cdi {
        return ids.map(|id| (id.text, id.at)).collect();
    }
    if !super::names_cdi(request) {
        return Vec::new();
    }
    let full = ids.filter_map(|id| {
        let (kind, name) = id.text.split_once('=')?;
        (kind == CDI_KIND).then_some((name, id.at))
    });
    full.collect()
}

/// Whether a specification names the device, or the engine has discovered it; `None` where names were replaced.
fn is_named(view: &HostView<'_>, name: &str) -> Option<bool> {
    let specs = view.cdi_specs().flat_map(|spec| &spec.devices);
    let discovered = view.facts.docker.cdi_devices.iter().flatten();
    let discovered = discovered.filter_map(|device| {
        let (kind, name) = device.split_once('=')?;
        (kind == CDI_KIND).then_some(name)
    });
    let known = specs.map(String::as_str).chain(discovered);
    // A name that was replaced may be any of its kind.
    let alike = known.filter(|known| is_id(known) == is_id(name));
    view.facts.stand_ins.is_among(name, alike)
}

/// Whether a device is named by what its maker gave it.
fn is_id(name: &str) -> bool {
    name.starts_with("GPU-") || name.starts_with("MIG-")
}

fn judge(view: &HostView<'_>, name: &str, at: Location, report: &mut Report<'_>) {
    let mut known: Vec<&str> = view
        .cdi_specs()
        .flat_map(|spec| spec.devices.iter().map(String::as_str))
        .collect();
    known.dedup();
    // Numbers are what people write, and serial numbers of GPUs are nobody's business.
    if known.iter().any(|name| !is_id(name)) {
        known.retain(|name| !is_id(name));
    }
    let (message, help) = if known.is_empty() {
        (
            "the machine has no CDI specification that names this device".to_owned(),
            super::make_spec(view).to_owned(),
        )
    } else {
        (
            format!(
                "the machine's CDI specification names no device `{name}`; it has {}",
                known.join(", ")
            ),
            format!(
                "name one that is there, or make the specification anew: {}",
                super::make_spec(view)
            ),
        )
    };
    report.add(
        report
            .finding(message, at)
            .label(format!("looked for in {}", folders(view)))
            .why(format!(
                "the container does not start: \"CDI device injection failed: unresolvable CDI devices {CDI_KIND}={name}\""
            ))
            .help(help),
    );
}

/// Whether there is none, for certain.
fn is_missing(view: &HostView<'_>) -> bool {
    view.cdi_specs().next().is_none() && view.facts.unknown_about(Layer::Cdi).is_none()
}

fn folders(view: &HostView<'_>) -> String {
    let folders = &view.facts.cdi.folders;
    if folders.is_empty() {
        "/etc/cdi, /var/run/cdi".to_owned()
    } else {
        folders.join(", ")
    }
}
