use facts::release::{self, Form as Asked, ReleaseVersion};
use source::Severity;

use crate::derive::service::{Form, Request, ServiceView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A way to ask for a GPU that the machine's Compose does not know.
pub(crate) static RULE: Rule = Rule {
    name: "host-compose-too-old",
    summary: "the machine's Compose does not know how the file asks for a GPU",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-compose-too-old.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    let Some(version) = service.project.host.and_then(|host| host.compose_version()) else {
        return;
    };
    let Ok(installed) = version.parse::<ReleaseVersion>() else {
        return;
    };
    for &request in &service.requests {
        let form = form(request, service);
        let Some(feature) =
            release::feature(form).filter(|feature| feature.confidence.supports_errors())
        else {
            continue;
        };
        if installed >= feature.since {
            continue;
        }
        report.add(
            report
                .finding(
                    format!(
                        "`{}` needs Compose {} or newer; the machine has {version}",
                        feature.name, feature.since
                    ),
                    request.at(),
                )
                .label(format!("known since Compose {}", feature.since))
                .why(feature.older)
                .help(format!(
                    "upgrade the docker-compose-plugin package to {} or newer{}",
                    feature.since,
                    instead(form, installed)
                )),
        );
    }
}

fn form(request: Request<'_>, service: ServiceView<'_>) -> Asked {
    match request.form {
        Form::Reservation => Asked::Reservation,
        Form::Cdi => Asked::CdiDevice,
        Form::Gpus => {
            let value = service.compose.gpus();
            let items = value.is_some_and(|value| value.as_sequence().is_some());
            let written = value.map(|value| value.location);
            // Compose turns `all` into a list; the place tells what was written.
            if items && written != Some(request.at()) {
                Asked::GpusList
            } else {
                Asked::GpusAll
            }
        }
    }
}

fn instead(form: Asked, installed: ReleaseVersion) -> &'static str {
    let reservation = release::feature(Asked::Reservation);
    if form != Asked::Reservation && reservation.is_some_and(|known| installed >= known.since) {
        ", or ask under deploy.resources.reservations.devices"
    } else {
        ""
    }
}
