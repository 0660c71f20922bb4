use host::facts::Layer;
use source::Severity;

/// Images of GPU programs are this large together with what building them takes.
const ENOUGH: u64 = 20_000_000_000;

use crate::derive::machine::HostView;
use crate::{Check, FixAvailability, HostReport, Rule, Section, Special};

/// An engine with little room where it keeps images.
pub(crate) static RULE: Rule = Rule {
    name: "host-disk-low",
    summary: "there is little room for images",
    section: Section::Host,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/host-disk-low.md"),
    checks: &[Check::Host(Layer::Docker, check)],
    special: Special::NOTHING,
};

fn check(view: &HostView<'_>, report: &mut HostReport<'_>) {
    let docker = &view.facts.docker;
    let (Some(free), Some(root)) = (docker.free_bytes, docker.root_dir.as_deref()) else {
        return;
    };
    if free >= ENOUGH || !view.has_gpu() {
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal place is shown")]
    let gigabytes = free as f64 / 1e9;
    let finding = report
        .finding(
            format!("{gigabytes:.1} GB are free for images; those of GPU programs take 5 to 20"),
            root,
            format!("{free} bytes free"),
        )
        .why("\"no space left on device\" in the middle of a pull or a build")
        .help("docker system df shows what takes the room, docker image prune frees what nothing uses");
    report.add(finding);
}
