use source::{Edit, Fix, Severity};

use crate::derive::service::ServiceView;
use crate::derive::service::device::{Device, devices, is_qualified};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// A CDI name that Compose takes for a path.
pub(crate) static RULE: Rule = Rule {
    name: "cdi-device-name",
    summary: "a CDI device name is written so that Compose takes it for a path",
    section: Section::Compose,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/cdi-device-name.md"),
    checks: &[Check::Service(check)],
    special: Special::NOTHING,
};

/// Makers whose CDI names are known.
const VENDORS: [&str; 4] = [
    "nvidia.com/",
    "amd.com/",
    "intel.com/",
    "runtime.nvidia.com/",
];

fn check(service: ServiceView<'_>, report: &mut Report<'_>) {
    for device in devices(service.compose) {
        let Some(name) = written(&device) else {
            continue;
        };
        if device.is_cdi() || !VENDORS.iter().any(|vendor| name.starts_with(vendor)) {
            continue;
        }
        broken(&device, name, report);
    }
}

/// The short form, or the host's side of the long one.
fn written<'a>(device: &Device<'a>) -> Option<&'a str> {
    device.short.or(device.source.map(|source| source.text))
}

fn broken(device: &Device<'_>, name: &str, report: &mut Report<'_>) {
    let at = device.at();
    let path = device.source.map_or(name, |source| source.text);
    let finding = report
        .finding(format!("Compose takes `{name}` for a path"), at)
        .why(format!(
            "the container does not start: error gathering device information while adding custom device \
             \"{path}\": no such file or directory"
        ));
    let replace = |text: String| vec![Edit::replace(at, text)];
    // One that is listed twice would stay.
    let short = device.short.is_some() && device.value.earlier.is_empty();
    let finding = if let Some((plain, _)) = name
        .rsplit_once(':')
        .filter(|(plain, mode)| is_qualified(plain) && is_mode(mode))
    {
        let finding = finding.help(format!("a CDI name takes no permissions: `{plain}`"));
        if short {
            finding.fix(
                Fix::safe("drop the permissions", replace(format!("\"{plain}\""))).uncovering(),
            )
        } else {
            finding
        }
    } else if name.contains(':') && is_qualified(name) {
        let long = format!("{{source: \"{name}\", target: \"{name}\"}}");
        let finding =
            finding.help("write the long form, source and target: the short form is split at `:`");
        if short {
            finding.fix(Fix::safe("write the long form", replace(long)).uncovering())
        } else {
            finding
        }
    } else if !name.contains(['=', ':']) {
        let finding = finding.help(format!("say which device: `{name}=all`"));
        if short {
            finding.fix(
                Fix::risky(
                    "name all devices",
                    "the service gets every GPU of the machine",
                    replace(format!("\"{name}=all\"")),
                )
                .uncovering(),
            )
        } else {
            finding
        }
    } else {
        finding.help("a CDI name is `vendor/class=device`, such as `nvidia.com/gpu=all`")
    };
    report.add(finding);
}

fn is_mode(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| b"rwm".contains(&byte))
}
