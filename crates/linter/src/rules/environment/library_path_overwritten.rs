use source::{Edit, Fix, Location, Severity, Span};

use crate::derive::environment::StageView;
use crate::derive::image::{Setting, StepAction};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// `ENV LD_LIBRARY_PATH` that loses what the CUDA image set, or that puts the wrong libcuda first.
pub(crate) static RULE: Rule = Rule {
    name: "library-path-overwritten",
    summary: "LD_LIBRARY_PATH drops the CUDA image's folders or puts a wrong libcuda first",
    section: Section::Environment,
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../docs/rules/library-path-overwritten.md"),
    checks: &[Check::Stage(check)],
    special: Special::NOTHING,
};

fn check(stage: StageView<'_>, report: &mut Report<'_>) {
    if !stage.is_inherited_by_final() {
        return;
    }
    // On Jetson and in unknown images the compatibility libraries may be right.
    let knows_image = stage
        .image()
        .is_some_and(|image| image.is_certain() && !image.is_other_vendor());
    for step in stage.own_steps() {
        let StepAction::Env(settings) = &step.action else {
            continue;
        };
        for setting in settings
            .iter()
            .filter(|setting| setting.name == "LD_LIBRARY_PATH")
        {
            if knows_image {
                wrong_libcuda(setting, report);
            }
            dropped(stage, setting, report);
        }
    }
}

fn folders(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(':').scan(0, |start, folder| {
        let at = *start;
        *start += folder.len() + 1;
        Some((at, folder))
    })
}

fn wrong_libcuda(setting: &Setting, report: &mut Report<'_>) {
    for (index, (at, folder)) in folders(setting.value.as_str()).enumerate() {
        let plain = folder.trim_end_matches('/');
        let stubs = plain.ends_with("/stubs") && plain.contains("cuda");
        let compat =
            index == 0 && plain.starts_with("/usr/local/cuda") && plain.ends_with("/compat");
        let inherited = matches!(&setting.before, Some(Some(before)) if folders(before.as_str()).any(|(_, known)| known == folder));
        let range = at..at + folder.len();
        // One that is written again here would stay when the first is gone.
        let inherited = inherited && !setting.value.definitions(range.clone()).is_empty();
        if !stubs && !compat || inherited {
            continue;
        }
        let (message, why) = if stubs {
            (
                "LD_LIBRARY_PATH points programs at the stub driver",
                "the stub libcuda.so exists for linking only; a program that loads it reports \"CUDA driver is a stub library\" (cudaErrorStubLibrary)",
            )
        } else {
            (
                "LD_LIBRARY_PATH puts the compatibility libcuda before the host's driver",
                "on a host whose driver is newer than this libcuda, and on all GeForce cards, CUDA then fails with \"forward compatibility was attempted on non supported HW\" or \"system has unsupported display driver / cuda driver combination\"; the NVIDIA runtime adds it by itself where it helps",
            )
        };
        let finding = report
            .with_severity(
                Severity::Error,
                message,
                setting.value.locate(range.clone()),
            )
            .label("wrong at run time")
            .why(why)
            .help(if stubs {
                "give the folder to the linker in the build step only: `LIBRARY_PATH=…/stubs make`"
            } else {
                "remove the folder from LD_LIBRARY_PATH"
            });
        let whole = setting.value.as_str().len();
        let cut = if range.end < whole {
            range.start..range.end + 1
        } else {
            range.start.saturating_sub(1)..range.end
        };
        let fix = setting.value.editable(cut).filter(|_| range != (0..whole));
        report.add(match fix {
            Some(place) => finding.fix(Fix::risky(
                "remove the folder",
                "libraries that lie only there are not found any more",
                vec![Edit::delete(place)],
            )),
            None => finding,
        });
    }
}

fn dropped(stage: StageView<'_>, setting: &Setting, report: &mut Report<'_>) {
    if setting.value.has_hole() {
        return;
    }
    let Some(image) = stage.image() else { return };
    let Some((_, inherited)) = image
        .environment()
        .find(|(name, _)| *name == "LD_LIBRARY_PATH")
    else {
        return;
    };
    let value = setting.value.as_str();
    let lost: Vec<&str> = folders(inherited)
        .map(|(_, folder)| folder)
        .filter(|folder| !folder.is_empty() && !folders(value).any(|(_, kept)| kept == *folder))
        .collect();
    if lost.is_empty() {
        return;
    }
    let finding = report
        .finding(format!("LD_LIBRARY_PATH drops {} that the base image set", lost.join(" and ")), setting.value.place())
        .label("replaces the base image's value")
        .related(stage.image_at(), format!("sets LD_LIBRARY_PATH={inherited}"))
        .why("hosts that mount the driver below /usr/local/nvidia (Google's Container-Optimized OS and GKE) rely on that entry: without it \"libcuda.so.1: cannot open shared object file\"")
        .help("append the old value: `:${LD_LIBRARY_PATH}`");
    let all = setting.value.all();
    let end = (!all.is_empty())
        .then(|| setting.value.editable(all.end - 1..all.end))
        .flatten();
    report.add(match end {
        Some(tail) => {
            let at = Location::new(tail.file, Span::empty(tail.span.end));
            finding.fix(Fix::safe(
                "keep the base image's folders",
                vec![Edit::insert(at, ":${LD_LIBRARY_PATH}")],
            ))
        }
        None => finding,
    });
}
