use host::facts::Layer;
use source::Severity;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// NVIDIA's Linux driver inside WSL.
pub(crate) static RULE: Rule = Rule {
    name: "host-wsl-linux-driver",
    summary: "a Linux driver inside WSL hides the one of Windows",
    section: Section::Host,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-wsl-linux-driver.md"),
    checks: &[Check::Host(Layer::Libraries, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    if !view.is_wsl() {
        return;
    }
    let driver = &view.facts.driver;
    let library = driver.libraries.iter().find(|library| !library.wsl);
    let packages: Vec<&str> = driver
        .packages
        .iter()
        .filter_map(|package| package.split_whitespace().next())
        .collect();
    if library.is_none() && packages.is_empty() {
        return;
    }
    let message = "NVIDIA's Linux driver is installed in WSL and hides the one of Windows";
    let told = view.package_source(packages.first().unwrap_or(&""));
    let package = driver
        .packages
        .first()
        .map(|package| (told, package.clone()));
    let (source, value) = match (library, package) {
        (Some(library), _) => (
            library.path.as_str(),
            library
                .version
                .clone()
                .unwrap_or_else(|| "not a link into /usr/lib/wsl/lib".to_owned()),
        ),
        (None, Some((source, value))) => (source, value),
        (None, None) => return,
    };
    let help = if packages.is_empty() {
        "remove the driver as it was installed (nvidia-installer --uninstall), then in Windows: wsl --shutdown".to_owned()
    } else {
        format!(
            "sudo apt-get purge -y {}, then in Windows: wsl --shutdown",
            packages.join(" ")
        )
    };
    let mut finding = report
        .finding(message, source, value)
        .why("programs load a libcuda that has no kernel module behind it: \"no CUDA-capable device is detected\"")
        .help(help);
    if library.is_some()
        && let Some(package) = driver.packages.first()
    {
        finding = report.also(finding, told, package.clone());
    }
    report.add(finding);
}
