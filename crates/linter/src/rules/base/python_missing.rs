use packages::action::Action;
use packages::program::is_pip;
use source::Severity;

use crate::derive::effects::housekeeping::installs_python;
use crate::derive::effects::{RunCommand, Topic};
use crate::derive::environment::StageView;
use crate::derive::image::{CopyFrom, StepAction};
use crate::derive::shell::Command;
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// pip or Python used in an image of nvidia/cuda, which has neither.
pub(crate) static RULE: Rule = Rule {
    name: "python-missing",
    summary: "pip or python is used before anything installed Python",
    section: Section::BaseImage,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/python-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let Some(image) = stage.image().filter(|image| image.says_what_it_lacks()) else {
        return;
    };
    if image.facts.as_ref().and_then(|facts| facts.python) != Some(false)
        || stage.has_unreadable_step()
    {
        return;
    }
    for step in stage.steps() {
        match &step.action {
            // Files from other images or an unpacked archive may bring anything.
            StepAction::Copy(copy) if copy.from != CopyFrom::Context => return,
            StepAction::Run(run) => {
                for command in &run.commands {
                    if uses_python(command) {
                        if !command.is_conditional() && !command.place().in_condition {
                            add(stage, command, report);
                        }
                        return;
                    }
                    if may_bring_python(command) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

fn uses_python(command: &Command) -> bool {
    // A path names an interpreter that came from somewhere else, a package manager brings its own.
    let elsewhere = command.invocation.program_word().as_str().contains('/')
        || command.invocation.runner().is_some();
    !elsewhere && (is_pip(command.program()) || command.is_python())
}

fn may_bring_python(command: &RunCommand) -> bool {
    let brings = command.effects.actions.iter().any(|action| match action {
        Action::Os(install) => {
            install.incomplete
                || install.packages.iter().any(|package| {
                    let name = package.as_str();
                    // Packages that depend on Python, or are it.
                    [
                        "python",
                        "pip",
                        "conda",
                        "pypy",
                        "software-properties-common",
                        "supervisor",
                        "awscli",
                        "ansible",
                        "gdb",
                        "mercurial",
                        ".deb",
                        "meson",
                        "ros-",
                        "cuda-nsight",
                        "libboost-all-dev",
                        "llvm",
                        "clang",
                    ]
                    .iter()
                    .any(|part| name.contains(part))
                })
        }
        Action::Conda(_) => true,
        Action::Python(_) | Action::PythonRemove(_) | Action::PipConfig { .. } => true,
    });
    let builds = command.invocation.runner().is_some()
        || matches!(
            command.program(),
            "make"
                | "uv"
                | "pyenv"
                | "tar"
                | "conda"
                | "mamba"
                | "micromamba"
                | "pixi"
                | "add-apt-repository"
        );
    brings || builds || installs_python(command) || command.is_opaque(Topic::System)
}

fn add(stage: StageView<'_>, command: &Command, report: &mut Report<'_>) {
    let word = command.invocation.program_word();
    report.add(
        report
            .finding(format!("`{}` is used, but nvidia/cuda images contain no Python", command.program()), word.place())
            .label("not found")
            .related(stage.image_at(), "no image of nvidia/cuda has Python or pip")
            .why(format!("the build stops: \"{}: not found\" (exit code 127)", command.program()))
            .help("install it first: `RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip`"),
    );
}
