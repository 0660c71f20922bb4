use source::{Edit, Fix, Severity};

use super::{edits, request_block, variables};
use crate::derive::service::{By, Runtime, ServiceView, Variable};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `runtime: nvidia`.
pub(crate) static RULE: Rule = Rule {
    name: "legacy-nvidia-runtime",
    summary: "`runtime: nvidia` needs a set-up of the daemon and does not choose a GPU",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/legacy-nvidia-runtime.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Runtime::Nvidia(at) = service.runtime() else {
        return;
    };
    if service.is_for_jetson() {
        let message = "on Jetson `runtime: nvidia` is the way to the GPU";
        report.add(
            report
                .with_severity(Severity::Info, message, at)
                .why("device requests do not work with Jetson's drivers; keep the runtime"),
        );
        return;
    }
    if service.requests_gpu() {
        beside_request(service, at, report);
        return;
    }
    // What it requests shows once the key is right.
    if service.has_misspelt_request() {
        return;
    }
    let mut finding = report
        .finding(
            "`runtime: nvidia` works only where the daemon knows that runtime, and does not choose a GPU",
            at,
        )
        .why(
            "without `nvidia` among the runtimes of daemon.json: unknown or invalid runtime name: nvidia; \
             which GPUs the container gets is up to NVIDIA_VISIBLE_DEVICES",
        )
        .help(
            "request the GPU instead: deploy.resources.reservations.devices with `driver: nvidia`, `count: all` \
             and `capabilities: [gpu]`",
        );
    if let Some(fix) = request_instead(service) {
        finding = finding.fix(fix);
    }
    report.add(finding);
}

fn beside_request(service: ServiceView<'_>, at: source::Location, report: &mut Report<'_>) {
    let mut finding = report
        .with_severity(
            Severity::Info,
            "`runtime: nvidia` beside a device request is not needed",
            at,
        )
        .why("the request gives the GPU; the runtime only adds a daemon setting that the host must have")
        .help("remove `runtime: nvidia`");
    if let Some(request) = service.requests.first() {
        finding = finding.related(request.at(), "the request");
    }
    let value = &service.compose.value;
    if let Some(mapping) = value.as_mapping()
        && let Some(edit) =
            edits::remove(service.project.sources, mapping, value.location, "runtime")
    {
        finding = finding.fix(Fix::risky(
            "remove `runtime`",
            "with Docker's snap package the request alone gives no GPU",
            vec![edit],
        ));
    }
    report.add(finding);
}

/// The device request that gives the GPUs which `NVIDIA_VISIBLE_DEVICES` names.
fn request_instead(service: ServiceView<'_>) -> Option<Fix> {
    let value = &service.compose.value;
    let mapping = value.as_mapping()?;
    let entry = mapping.entry("runtime")?;
    if entry.key_location.file != service.at().file {
        return None;
    }
    let mut changes: Vec<Edit> = Vec::new();
    let which = match service.variable("NVIDIA_VISIBLE_DEVICES") {
        Variable::Set { value: "all", .. } | Variable::Unset | Variable::Unknown => {
            "count: all".to_owned()
        }
        Variable::Set {
            value: "" | "none" | "void",
            ..
        } => return None,
        Variable::Set { value: ids, by, .. } => {
            let which = request_block::device_ids(ids)?;
            if by == By::Service {
                changes.push(variables::remove(service, "NVIDIA_VISIBLE_DEVICES")?);
            }
            which
        }
    };
    // The only key of a service has no line of its own to give up.
    let remove = edits::remove(service.project.sources, mapping, value.location, "runtime")?;
    let insert = request_block::insert(service, &which)?;
    changes.extend([remove, insert]);
    Some(
        Fix::risky(
            "request the GPU instead",
            "the container gets its GPUs in another way, and starts on machines with one only",
            changes,
        )
        .uncovering(),
    )
}
