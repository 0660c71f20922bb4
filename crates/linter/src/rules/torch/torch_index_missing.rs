use facts::image::Accelerator;
use facts::torch::{self, TorchRelease};
use facts::{CudaVersion, pytorch_index};
use packages::action::{PythonTool, RequirementOrigin};
use source::{Diagnostic, Edit, Fix, Location, Severity};

use super::{choose_index, index_url, is_cpu_on_arm, is_lock, own, release_of, same_command};
use crate::advice::{self, Question};
use crate::derive::environment::StageView;
use crate::derive::environment::torch::{Build, FAMILY, TorchInstall, chose_cpu, public};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `PyTorch` installed without saying for which CUDA.
pub(crate) static RULE: Rule = Rule {
    name: "torch-index-missing",
    summary: "PyTorch is installed without choosing a CUDA build",
    section: Section::Pytorch,
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/torch-index-missing.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    let other_vendor = stage
        .image()
        .is_some_and(crate::derive::image::BaseImage::is_other_vendor);
    // No index suits NVIDIA's own build: what is wrong there is that it gets replaced.
    let own_build = stage
        .image()
        .is_some_and(|image| image.is_certain() && image.is_ngc_pytorch());
    if stage.says_cpu() || other_vendor || own_build {
        return;
    }
    let mut installs = own(stage);
    // What is wrong with a build for the CPU is another rule's, and its companions follow it.
    if installs
        .iter()
        .any(|install| install.requirement.name != "torch")
        && chose_cpu(stage)
    {
        installs.retain(|install| install.requirement.name == "torch");
    }
    for group in installs.chunk_by(|a, b| same_command(&a.installed, &b.installed)) {
        of_command(stage, group, report);
    }
}

/// The members of the family that one command installs.
fn of_command(stage: StageView<'_>, group: &[TorchInstall<'_>], report: &mut Report<'_>) {
    let mut built: Vec<&Build> = Vec::new();
    for install in group {
        // One finding a command, at the first member of the family.
        let repeated = built.contains(&install.build);
        if !repeated {
            built.push(install.build);
        }
        let local_without_index = install.pin.is_some_and(|pin| pin.contains('+'))
            && install.installed.install.indexes.all().next().is_none()
            && !install.installed.install.indexes.unknown
            && !install.installed.install.no_index
            && install.requirement.url.is_none()
            && install.requirement.index.is_none()
            && install.requirement.origin == RequirementOrigin::Command;
        if *install.build != Build::Default && !local_without_index {
            continue;
        }
        if perhaps_there(stage, install) {
            continue;
        }
        // What PyPI gives there is another rule's.
        if is_cpu_on_arm(stage, install) {
            continue;
        }
        if !local_without_index && (may_ship(stage, install) || asks_for_cpu(stage, install)) {
            continue;
        }
        // A companion of an old release: which build it is, and whether it has one, is not in the tables.
        let untold = install.pin.is_some_and(|pin| {
            install.requirement.name != "torch"
                && release_of(&install.requirement.name, pin).is_none()
        });
        if untold {
            continue;
        }
        let sure = !install.installed.command.place().in_function;
        if !repeated && sure && !is_lock(install) {
            report.add(finding(stage, install, group, local_without_index, report));
        }
    }
}

fn asks_for_cpu(stage: StageView<'_>, install: &TorchInstall<'_>) -> bool {
    stage.asks_for_cpu(&install.installed, install.requirement)
}

/// Whether a torch of an untold version is there, which a range may accept.
fn perhaps_there(stage: StageView<'_>, install: &TorchInstall<'_>) -> bool {
    let step = stage.choices_of(&install.installed);
    let held = step.and_then(|step| step.found.get(install.requirement.name.as_str()));
    install.pin.is_none() && held.is_some_and(|held| held.versions.is_empty())
}

/// Whether the base image may have the package already, so that nothing is installed.
fn may_ship(stage: StageView<'_>, install: &TorchInstall<'_>) -> bool {
    match stage.image() {
        Some(image) if image.is_certain() => false,
        Some(image) if image.says_torch() => true,
        Some(image) if image.accelerator() == Some(Accelerator::Cpu) => false,
        // Its name or tag tells CUDA, and no more.
        Some(image) if image.facts.is_some() => {
            install.requirement.origin != RequirementOrigin::Command
        }
        _ => true,
    }
}

fn finding(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    group: &[TorchInstall<'_>],
    local: bool,
    report: &Report<'_>,
) -> Diagnostic {
    let image = stage.image().filter(|image| image.is_nvidia());
    let base = image.and_then(crate::derive::image::BaseImage::cuda);
    let pin = install.pin;
    let taken = taken(stage, install);
    let release = pin.and_then(|pin| release_of(&install.requirement.name, pin));
    let default = release.map(|release| release.cuda);
    let suits = match (base, default) {
        // Any driver for the base's major runs it, as minor-version compatibility says.
        (Some(base), Some(default)) => base.major == default.major,
        _ => true,
    };
    let pinned = pin.is_some() && !local;
    // A range, or a Python that gets nothing newer, settles it as a pin does.
    let settled = taken.is_some_and(|taken| {
        taken.settled && base.is_some_and(|base| base.major == taken.release.cuda.major)
    });
    let severity = if (pinned && suits) || (settled && !local) {
        Severity::Warning
    } else {
        Severity::Error
    };
    let name = &install.requirement.name;
    let told = release.filter(|_| pinned);
    let told = told.or_else(|| {
        taken
            .filter(|taken| taken.settled && !pinned)
            .map(|it| it.release)
    });
    let message = match (local, told) {
        (true, _) => format!(
            "{name} {} is not on PyPI: versions with a local part need their index",
            pin.unwrap_or_default()
        ),
        (false, Some(release)) => match pin {
            Some(pin) => format!(
                "{name} {} is installed without choosing a CUDA build; PyPI gives the one for CUDA {}",
                public(pin),
                release.cuda
            ),
            None => format!(
                "{name} is installed without choosing a CUDA build; PyPI gives {} for CUDA {}",
                release.version, release.cuda
            ),
        },
        (false, None) => format!("{name} is installed without choosing a CUDA build"),
    };
    let mut finding = report
        .with_severity(severity, message, install.requirement.name_at)
        .label(if local {
            "no index has this version"
        } else {
            "whatever PyPI carries"
        })
        .why(why(
            local,
            release.or(told),
            taken.map(|taken| taken.release),
        ));
    if let Some(base) = base {
        finding = finding.related(stage.image_at(), format!("the base image has CUDA {base}"));
    }
    if install.requirement.origin != RequirementOrigin::Command {
        finding = finding.related(install.installed.command.at(), "installed by this command");
    }
    let suffix = if let (true, Some(pin)) = (local, pin) {
        pin.split('+').nth(1)
    } else {
        let question = question(stage, install, group, base);
        advice::index_for(&question, choose_index(base, release))
    };
    let Some(suffix) = suffix else {
        let how = how_to_choose(install, &index_url("cuNNN"));
        return finding.help(format!("{how}, for the CUDA version you want"));
    };
    let finding = finding.help(how_to_choose(install, &index_url(suffix)));
    // Wheels newer than the image are the next finding: that choice is the user's.
    let newer = CudaVersion::from_suffix(suffix) > base;
    if base.is_some() && newer {
        return finding;
    }
    // Without an image or a version to go by, the index is a suggestion.
    let told = base.is_some() || release.is_some() || local;
    fix(stage, install, group, suffix, told, finding)
}

/// What `PyPI` gives where nothing is pinned.
#[derive(Clone, Copy)]
struct Taken {
    release: &'static TorchRelease,
    /// It stays this one: a range or the Python admits nothing newer.
    settled: bool,
}

fn taken(stage: StageView<'_>, install: &TorchInstall<'_>) -> Option<Taken> {
    let step = stage.choices_of(&install.installed)?;
    let mut choices = step.choices.iter();
    let version = choices
        .find(|choice| choice.name == "torch")?
        .pick
        .version()?;
    let release = torch::release(version)?;
    let newest = torch::latest().is_some_and(|latest| latest.version == release.version);
    Some(Taken {
        release,
        settled: !newest && install.requirement.name == "torch",
    })
}

/// How to name an index to the tool that is used.
fn how_to_choose(install: &TorchInstall<'_>, url: &str) -> String {
    let name = &install.requirement.name;
    match install.installed.install.tool {
        PythonTool::Pip
        | PythonTool::UvPip
        | PythonTool::UvTool
        | PythonTool::Pipx
        | PythonTool::CondaPip => format!("add `--index-url {url}`"),
        PythonTool::UvSync | PythonTool::UvAdd => format!(
            "name {url} in pyproject.toml under `[[tool.uv.index]]` with `explicit = true`, and take {name} from it under `[tool.uv.sources]`"
        ),
        PythonTool::Poetry => format!(
            "name {url} in pyproject.toml under `[[tool.poetry.source]]` with `priority = \"explicit\"`, and take {name} from it with `source`"
        ),
        PythonTool::Pdm => format!(
            "name {url} in pyproject.toml under `[[tool.pdm.source]]`, with {name} in `include_packages`"
        ),
        PythonTool::Pipenv => {
            format!(
                "name {url} in the Pipfile under `[[source]]`, and take {name} from it with `index`"
            )
        }
        PythonTool::Pixi => {
            format!("name {url} as the `index` of {name} under `[pypi-dependencies]`")
        }
    }
}

/// What `install` would be asked: the packages of the command, for the image's CUDA and the target.
fn question(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    group: &[TorchInstall<'_>],
    cuda: Option<CudaVersion>,
) -> Question {
    let family = group.iter().map(|member| member.requirement);
    let others = install.installed.install.requirements.iter();
    let others = others.filter(|other| !FAMILY.contains(&other.name.as_str()));
    Question {
        packages: family
            .chain(others)
            .filter_map(|requirement| requirement.text.known()?.parse().ok())
            .collect(),
        target: stage.model.target.clone(),
        cuda,
        python: stage
            .interpreter_of(&install.installed)
            .map(|python| python.version),
        ..Question::default()
    }
}

fn why(
    local: bool,
    release: Option<&TorchRelease>,
    taken: Option<&'static TorchRelease>,
) -> String {
    if local {
        return "pip stops: \"Could not find a version that satisfies the requirement\"".to_owned();
    }
    match (release, taken.or_else(torch::latest)) {
        (Some(release), _) => match release.min_driver {
            Some(driver) => format!(
                "the default wheel of this version was built for CUDA {} and needs a driver from {driver} on; say so in the command, where the next reader looks",
                release.cuda
            ),
            None => format!(
                "the default wheel of this version was built for CUDA {}",
                release.cuda
            ),
        },
        (None, Some(latest)) => {
            let driver = facts::cuda::min_driver(latest.cuda.major).unwrap_or("a recent version");
            format!(
                "PyPI gives {} for CUDA {} today, which needs a driver from {driver} on; with an older one: \"The NVIDIA driver on your system is too old\"",
                latest.version, latest.cuda
            )
        }
        (None, None) => "the default changes with each release".to_owned(),
    }
}

/// `--index-url` where the index has every package of the command; otherwise `PyTorch` in a command of its own
/// before it.
fn fix(
    stage: StageView<'_>,
    install: &TorchInstall<'_>,
    group: &[TorchInstall<'_>],
    suffix: &str,
    told: bool,
    finding: Diagnostic,
) -> Diagnostic {
    let python = install.installed.install;
    // An option without its address would take that of the fix, or win over it.
    let args = install.installed.command.args();
    let dangling = args
        .iter()
        .any(|word| matches!(word.as_str(), "--index-url" | "-i" | "--default-index"));
    if !matches!(python.tool, PythonTool::Pip | PythonTool::UvPip)
        || python.indexes.primary.is_some()
        || dangling
    {
        return finding;
    }
    let url = index_url(suffix);
    let pure = python.files.is_empty()
        && python.projects.is_empty()
        && !python.incomplete
        && python.requirements.iter().all(|requirement| {
            pytorch_index::carries(&requirement.name) && requirement.url.is_none()
        });
    let title = format!("install from the {suffix} index");
    if pure {
        let end = Location::new(
            python.options_at.file,
            source::Span::empty(python.options_at.span.end),
        );
        let edits = vec![Edit::insert(end, format!(" --index-url {url}"))];
        // Older indexes are documented beside PyPI only: they may lack what torch depends on.
        let alone = CudaVersion::from_suffix(suffix) >= Some(CudaVersion::new(11, 7));
        return finding.fix(if alone && told {
            Fix::safe(title, edits)
        } else {
            Fix::risky(title, "another build of torch is installed", edits)
        });
    }
    // What pins a release of torch takes the first command's out again.
    let pins = |name: &str| facts::install::torch_pins(name).next().is_some();
    if python.requirements.iter().any(|other| pins(&other.name)) {
        return finding;
    }
    let command = install.installed.command;
    let joinable = command.shell.connector != dockerfile::shell::Connector::Pipe
        && !command.shell.span.is_empty();
    let words: Vec<&str> = group
        .iter()
        .filter(|other| *other.build == Build::Default)
        .filter_map(|other| other.requirement.text.known())
        .filter(|text| {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.=+[],".contains(c))
        })
        .collect();
    let Some(program) = written_program(command, python) else {
        return finding;
    };
    // One command more would replace the image's torch once more.
    if stage.image().is_some_and(|image| image.torch().is_some()) {
        return finding;
    }
    // What goes to another folder, or is installed anew, does not find what the first command installed.
    if !joinable || words.is_empty() || python.upgrade || python.target.is_some() {
        return finding;
    }
    let Some(options) = place_options(command) else {
        return finding;
    };
    let text = format!(
        "{program}{options} --index-url {url} {} && ",
        words.join(" ")
    );
    let title = format!("install PyTorch from the {suffix} index first");
    finding.fix(Fix::risky(
        title,
        "another build of torch is installed",
        vec![Edit::insert(command.at(), text)],
    ))
}

/// The options that say where and how packages are installed, for a second command like the first; `None`
/// where one takes a value.
fn place_options(command: &crate::derive::shell::Command) -> Option<String> {
    let mut options = String::new();
    for word in command.args().iter().map(packages::text::Text::as_str) {
        if matches!(
            word,
            "--system" | "--user" | "--break-system-packages" | "--no-cache-dir" | "--no-cache"
        ) {
            options.push(' ');
            options.push_str(word);
        } else if matches!(word, "--python" | "-p" | "--python=" | "--no-deps") {
            return None;
        }
    }
    Some(options)
}

/// `pip3 install` as the command writes it.
fn written_program(
    command: &crate::derive::shell::Command,
    python: &packages::action::PythonInstall,
) -> Option<String> {
    let words: Vec<&str> = command
        .invocation
        .words
        .iter()
        .take_while(|word| word.at().span.start < python.options_at.span.end)
        .map(packages::text::Text::known)
        .collect::<Option<_>>()?;
    (!words.is_empty() && words.iter().all(|word| !word.contains([' ', '\'', '"'])))
        .then(|| words.join(" "))
}
