use facts::package::{self, Nvcc, SourceBuild};
use facts::pypi;
use facts::torch::{self, TorchRelease};
use packages::action::{NoBuildIsolation, PythonTool, Requirement, RequirementOrigin, VersionSpec};
use packages::text::Text;
use source::{Diagnostic, Edit, Fix, Location, Severity, Span};

use crate::derive::environment::installed::Isolation;
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
            if shipped {
                continue;
            }
            let Some(build) = built_with_torch(stage, &installed, requirement) else {
                continue;
            };
            let finding = if is_off(&installed, requirement) {
                without_torch(stage, &installed, requirement, report)
            } else if build == SourceBuild::FreshTorch {
                fresh_torch(stage, &installed, requirement, report)
            } else {
                match stage.isolation(&installed) {
                    _ if build == SourceBuild::Pyproject => {
                        let because =
                            "every installer isolates the build of a project with a pyproject.toml";
                        Some(isolated(
                            stage,
                            &installed,
                            requirement,
                            Some(because),
                            report,
                        ))
                    }
                    Isolation::Certain(because) => Some(isolated(
                        stage,
                        &installed,
                        requirement,
                        Some(because),
                        report,
                    )),
                    // Some of these leave CUDA out where they do not find torch, and build.
                    Isolation::Unknown if is_switched(requirement) => None,
                    Isolation::Unknown => {
                        Some(isolated(stage, &installed, requirement, None, report))
                    }
                    Isolation::None => without_torch(stage, &installed, requirement, report),
                }
            };
            if let Some(finding) = finding {
                report.add(finding);
            }
        }
    }
}

/// Whether the build of a package has CUDA only where it is switched on, or torch is found.
fn is_switched(requirement: &Requirement) -> bool {
    let row = package::find(&requirement.name);
    requirement.url.is_none() && row.is_some_and(|row| row.nvcc == Nvcc::BuildSwitch)
}

/// Whether the command turns isolation off for a requirement.
fn is_off(installed: &Installed<'_>, requirement: &Requirement) -> bool {
    match &installed.install.no_build_isolation {
        NoBuildIsolation::All => true,
        NoBuildIsolation::Packages(names) => names.contains(&requirement.name),
        NoBuildIsolation::No => false,
    }
}

/// The finding where a build sees what is installed, and torch is not.
fn without_torch(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    if stage.may_have_torch(installed) {
        return None;
    }
    Some(
        report
            .finding(
                format!("{} is built before torch is installed", requirement.name),
                requirement.name_at,
            )
            .label("its build imports torch")
            .why("without build isolation the build sees what is installed: \"ModuleNotFoundError: No module named 'torch'\"")
            .help("install torch in a step before this one"),
    )
}

/// The finding where an isolated build gets a torch of its own, for another CUDA than nvcc's or not the installed one.
fn fresh_torch(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
    report: &Report<'_>,
) -> Option<Diagnostic> {
    // NVIDIA's images hold every installation to their own torch.
    if stage
        .image()
        .is_some_and(|image| image.reference.domain == "nvcr.io")
    {
        return None;
    }
    let fresh = stage.fresh(installed, "torch");
    let releases: Option<Vec<_>> = fresh
        .iter()
        .map(|version| torch::release(version))
        .collect();
    let releases = releases.filter(|releases| !releases.is_empty())?;
    let nvcc = stage.compiler()?;
    let other_major = |release: &&TorchRelease| release.cuda.major != nvcc.major;
    // Transformer Engine compiles no file with nvcc that checks it.
    let checked = requirement.name != "transformer-engine";
    let newest = releases.last()?;
    let certain = checked && releases.iter().all(other_major);
    if !releases.iter().any(other_major) {
        return None;
    }
    let name = &requirement.name;
    let (severity, why) = if certain {
        (
            Severity::Error,
            format!(
                "torch refuses: \"The detected CUDA version ({nvcc}) mismatches the version that was used to compile PyTorch ({})\"",
                newest.cuda
            ),
        )
    } else {
        (
            Severity::Warning,
            format!(
                "what is compiled against another torch than the installed one may fail at its import (\"undefined symbol\"), and torch refuses another CUDA major than that of nvcc ({nvcc})"
            ),
        )
    };
    let finding = report
        .with_severity(
            severity,
            format!(
                "{name} is compiled against a torch of its own: the newest of PyPI, {} for CUDA {}",
                newest.version, newest.cuda
            ),
            requirement.name_at,
        )
        .label("lists torch among its build requirements")
        .related(stage.image_at(), format!("nvcc of CUDA {nvcc}"))
        .why(why);
    Some(not_isolated(stage, installed, finding, false))
}

/// How the build of a requirement gets its torch; `None` where it is no build, or needs none.
fn built_with_torch(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
) -> Option<SourceBuild> {
    if matches!(requirement.origin, RequirementOrigin::Lock { .. }) || installed.install.dry_run {
        return None;
    }
    let address = requirement.url.as_ref().map(Text::as_str);
    if let Some(address) = address {
        let file = address.split(['#', '?']).next().unwrap_or(address);
        if file.ends_with(".whl") {
            return None;
        }
        // At an old revision the build may be of the kind that pip does not isolate.
        let pinned = file.rsplit('/').next().is_some_and(|last| {
            last.split_once('@')
                .is_some_and(|(_, revision)| !matches!(revision, "main" | "master"))
        });
        let row = package::find_repository(address).filter(|row| {
            row.confidence.supports_errors() && !pinned && row.package != "xformers"
        })?;
        return kind(row.no_build_isolation, row.build);
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
    if local || elsewhere || extra_needed {
        return None;
    }
    let row = row.filter(|row| row.confidence.supports_errors())?;
    // Where the release has a wheel, nothing is built.
    let wheel = pypi::project(&requirement.name).is_some_and(|project| {
        let newest = project.newest_first().next();
        newest.is_some_and(|newest| newest.release.wheels(stage.stage().machine).is_some())
    });
    if wheel {
        return None;
    }
    kind(row.no_build_isolation, row.build)
}

fn kind(imports_torch: bool, build: Option<SourceBuild>) -> Option<SourceBuild> {
    match build {
        Some(SourceBuild::FreshTorch) => build,
        // Where it was not read, it is judged as what fails with fewer installers.
        _ => imports_torch.then(|| build.unwrap_or(SourceBuild::SetupPy)),
    }
}

/// The finding where the build does not see torch, or may not.
fn isolated(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    requirement: &Requirement,
    because: Option<&str>,
    report: &Report<'_>,
) -> Diagnostic {
    let name = &requirement.name;
    let finding = match because {
        Some(because) => report
            .finding(
                format!("{name} imports torch while it builds, and is built where torch is not visible"),
                requirement.name_at,
            )
            .label("built from source")
            .why(format!(
                "{because}: \"ModuleNotFoundError: No module named 'torch'\""
            )),
        None => report
            .with_severity(
                Severity::Warning,
                format!("{name} imports torch while it builds, which fails where pip isolates the build"),
                requirement.name_at,
            )
            .label("built from source")
            .why("pip from 25.3 on, and older ones without setuptools or wheel, build it in an empty environment: \"ModuleNotFoundError: No module named 'torch'\""),
    };
    let finding = if requirement.origin == RequirementOrigin::Command {
        finding
    } else {
        finding.related(installed.command.at(), "installed by this command")
    };
    not_isolated(stage, installed, finding, because.is_some())
}

/// With what to do: isolation off, where torch is.
fn not_isolated(
    stage: StageView<'_>,
    installed: &Installed<'_>,
    finding: Diagnostic,
    fails: bool,
) -> Diagnostic {
    // The option alone would show the build an image without torch.
    if !stage.may_have_torch(installed) {
        return finding.help(
            "install torch in a command before this one, and add `--no-build-isolation` here",
        );
    }
    let finding = finding.help("add `--no-build-isolation`, after torch is installed");
    let at = installed.install.options_at;
    let end = Location::new(at.file, Span::empty(at.span.end));
    let (title, edits) = (
        "build it where torch is visible",
        vec![Edit::insert(end, " --no-build-isolation")],
    );
    finding.fix(if fails {
        Fix::safe(title, edits)
    } else {
        Fix::risky(
            title,
            "the build then needs setuptools, wheel and the rest of its requirements installed",
            edits,
        )
    })
}
