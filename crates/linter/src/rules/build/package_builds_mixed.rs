use std::collections::HashMap;

use facts::same_files::{self, Builds};
use packages::action::{PythonInstall, PythonTool, Requirement, RequirementOrigin};
use packages::text::Text;
use source::Severity;

use crate::derive::environment::StageView;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Two builds of one library in one environment.
pub(crate) static RULE: Rule = Rule {
    name: "package-builds-mixed",
    summary: "two builds of one library are installed over each other",
    section: Section::Build,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/package-builds-mixed.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let image = stage.image();
    // There, `cpu-wheel` says that the CPU build is the wrong one.
    let for_gpu = image.is_some_and(|image| image.is_nvidia() && image.is_certain());
    for installed in stage.own_python() {
        // Two commands may mean it: the second build replaces the first. And only pip's list is all of one environment.
        let install = installed.install;
        if !matches!(install.tool, PythonTool::Pip | PythonTool::UvPip) || install.dry_run {
            continue;
        }
        for (one, other, builds) in pairs(install) {
            let is_cpu = |one: &Requirement| builds.cpu.has(&one.name);
            if for_gpu && (is_cpu(one) || is_cpu(other)) {
                continue;
            }
            let message = format!(
                "{} and {} install the same files: the last one wins",
                one.name, other.name
            );
            report.add(
                report
                    .finding(message, other.name_at)
                    .label(format!("installs {}", builds.file))
                    .related(one.name_at, "installs it too")
                    .why(builds.effect.as_str())
                    .help(keep(one, other, builds)),
            );
        }
    }
}

type Pair<'m> = (&'m Requirement, &'m Requirement, &'static Builds);

/// Two builds of each library that one command installs under the same conditions.
fn pairs(install: &PythonInstall) -> Vec<Pair<'_>> {
    let mut first: HashMap<(&str, Option<&str>), &Requirement> = HashMap::new();
    let mut found: Vec<Pair<'_>> = Vec::new();
    for requirement in &install.requirements {
        let Some(builds) = same_files::of(&requirement.name) else {
            continue;
        };
        if matches!(requirement.origin, RequirementOrigin::Lock { .. }) {
            continue;
        }
        let marker = requirement.marker.as_ref().map(Text::as_str);
        let one = *first
            .entry((builds.file.as_str(), marker))
            .or_insert(requirement);
        if one.name != requirement.name && !found.iter().any(|(.., known)| *known == builds) {
            found.push((one, requirement, builds));
        }
    }
    found
}

fn keep(one: &Requirement, other: &Requirement, builds: &Builds) -> String {
    let names = [one.name.as_str(), other.name.as_str()];
    let mut kept = names.iter().filter(|name| !builds.cpu.has(name));
    match (kept.next(), kept.next()) {
        (Some(name), None) => format!("install {name} alone"),
        _ => "keep the one for the CUDA that the other packages use".to_owned(),
    }
}
