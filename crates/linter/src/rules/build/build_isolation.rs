use facts::package;
use packages::action::{NoBuildIsolation, PythonTool, Requirement, RequirementOrigin, VersionSpec};
use packages::text::Text;
use source::{Diagnostic, Edit, Fix, Location, Severity, Span};

use crate::derive::environment::{Installed, StageView};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// An extension whose build imports torch, built where torch cannot be imported.
pub(crate) static RULE: Rule = Rule {
    name: "build-isolation",
    summary: "an extension that imports torch while it builds is built without torch",
    section: Section::Build,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/build-isolation.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    for installed in stage.own_python() {
        let pip = matches!(installed.install.tool, PythonTool::Pip | PythonTool::UvPip);
        // These options ask for the old way of building, which is not isolated.
        let legacy = ["--global-option", "--install-option", "--no-use-pep517"]
            .iter()
            .any(|option| {
                installed
                    .command
                    .args()
                    .iter()
                    .any(|arg| arg.as_str().starts_with(option))
            });
        if !pip || legacy || installed.command.place().in_function {
            continue;
        }
        for requirement in installed.requirements() {
            let shipped = requirement.version == VersionSpec::Any
                && requirement.url.is_none()
                && stage
                    .image()
                    .is_some_and(|image| image.ships(&requirement.name));
            if shipped || !imports_torch(stage, &installed, requirement) {
                continue;
            }
            let off = match &installed.install.no_build_isolation {
                NoBuildIsolation::All => true,
                NoBuildIsolation::Packages(names) => names.contains(&requirement.name),
                NoBuildIsolation::No => false,
            };
            if !off {
                report.add(isolated(stage, &installed, requirement, report));
            } else if !stage.may_have_torch(&installed) {
                report.add(
                    report
                        .finding(format!("{} is built before torch is installed", requirement.name), requirement.name_at)
                        .label("its build imports torch")
                        .why("without build isolation the build sees what is installed: \"ModuleNotFoundError: No module named 'torch'\"")
                        .help("install torch in a step before this one"),
                );
            }
        }
    }
}

fn imports_torch(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
) -> bool {
    if matches!(requirement.origin, RequirementOrigin::Lock { .. }) || installed.install.dry_run {
        return false;
    }
    let address = requirement.url.as_ref().map(Text::as_str);
    if let Some(address) = address {
        let file = address.split(['#', '?']).next().unwrap_or(address);
        if file.ends_with(".whl") {
            return false;
        }
        // At an old revision the build may be of the kind that pip does not isolate.
        let pinned = file.rsplit('/').next().is_some_and(|last| {
            last.split_once('@')
                .is_some_and(|(_, revision)| !matches!(revision, "main" | "master"))
        });
        return !pinned
            && package::find_repository(address).is_some_and(|row| {
                row.no_build_isolation
                    && row.confidence.supports_errors()
                    && row.package != "xformers"
            });
    }
    let local = matches!(&requirement.version, VersionSpec::Exact { version, .. } if !version.local().is_empty());
    let indexes = &installed.install.indexes;
    // A page of wheels or another index may have a built one.
    let elsewhere = indexes.unknown
        || installed.install.no_index
        || !indexes.find_links.is_empty()
        || indexes.all().any(|index| {
            use facts::pytorch_index::IndexKind;
            matches!(
                stage.model.known.kind(index),
                IndexKind::Foreign | IndexKind::Unknown
            )
        });
    let row = package::find(&requirement.name);
    let extra_needed = requirement.name == "transformer-engine"
        && !requirement.extras.iter().any(|extra| extra == "pytorch");
    // Without a pyproject.toml older versions of pip build these where torch is visible.
    let legacy = matches!(
        requirement.name.as_str(),
        "torch-scatter"
            | "torch-sparse"
            | "torch-cluster"
            | "torch-spline-conv"
            | "mmcv"
            | "mmcv-full"
    );
    !local
        && !elsewhere
        && !extra_needed
        && !legacy
        && row.is_some_and(|row| row.no_build_isolation && row.confidence.supports_errors())
}

fn isolated(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
    report: &Report<'_>,
) -> Diagnostic {
    let finding = report
        .finding(format!("{} imports torch while it builds, and pip builds it where torch is not visible", requirement.name), requirement.name_at)
        .label("built from source")
        .why("pip builds packages in an empty environment: \"ModuleNotFoundError: No module named 'torch'\"");
    let finding = if requirement.origin == RequirementOrigin::Command {
        finding
    } else {
        finding.related(installed.command.at(), "installed by this command")
    };
    // The option alone would show the build an image without torch.
    if !stage.may_have_torch(installed) {
        return finding.help(
            "install torch in a command before this one, and add `--no-build-isolation` here",
        );
    }
    let finding = finding.help("add `--no-build-isolation`, after torch is installed");
    let at = installed.install.options_at;
    let end = Location::new(at.file, Span::empty(at.span.end));
    finding.fix(Fix::safe(
        "build it where torch is visible",
        vec![Edit::insert(end, " --no-build-isolation")],
    ))
}
