//! TensorFlow.

use facts::tensorflow::{self, FIRST_AND_CUDA, TensorflowRelease};

use super::Advice;
use super::machine::Question;
use super::requirement::Wanted;
use super::step::{Install, quoted};
use facts::image::Cudnn;

/// Chooses a release, and says why.
pub(super) fn advise(question: &Question, wanted: &Wanted, advice: &mut Advice) {
    if wanted.name == "tensorflow-gpu" {
        let nearest = Some("pip install 'tensorflow[and-cuda]'".to_owned());
        advice.refuse(
            wanted,
            "tensorflow-gpu was removed: its last release fails on purpose",
            nearest,
        );
        return;
    }
    if wanted.name == "tf-nightly" {
        advice.refuse(wanted, "nightly builds are not in the tables", None);
        return;
    }
    if question.is_arm() {
        advice.refuse(wanted, "the wheels for linux/arm64 are CPU builds", None);
        return;
    }
    match choose(question, wanted) {
        Ok(release) => found(question, wanted, release, advice),
        Err((why, nearest)) => advice.refuse(wanted, why, nearest),
    }
}

type No = (String, Option<String>);

fn choose(question: &Question, wanted: &Wanted) -> Result<&'static TensorflowRelease, No> {
    let rows = || tensorflow::all().iter();
    let named: Vec<_> = rows().filter(|row| allows(wanted, row)).collect();
    if named.is_empty() {
        let newest = tensorflow::latest().map_or("", |row| row.version.as_str());
        return Err((
            format!("no such release is in the tables, which end with {newest}"),
            None,
        ));
    }
    let pythons = |row: &&&TensorflowRelease| {
        question
            .python()
            .is_none_or(|python| row.supports_python(python))
    };
    let for_python: Vec<_> = named.iter().filter(pythons).collect();
    let Some(first) = for_python.first() else {
        let row = named[0];
        return Err((
            format!("TensorFlow {} is for Python {}", row.version, row.python),
            rows()
                .find(|row| pythons(&&&**row))
                .map(|row| format!("pip install '{}'", requirement(row))),
        ));
    };
    let why = match for_python
        .iter()
        .map(|row| (row, major(row)))
        .find_map(|(row, major)| question.runs(major?).is_ok().then_some(row))
    {
        Some(row) => return Ok(row),
        None => major(first).and_then(|major| question.runs(major).err()),
    };
    let nearest = rows().find(|row| major(row).is_some_and(|major| question.runs(major).is_ok()));
    Err((
        format!(
            "TensorFlow {} is for CUDA {}: {}",
            first.version,
            first.cuda,
            why.unwrap_or_default()
        ),
        nearest.map(|row| format!("pip install '{}'", requirement(row))),
    ))
}

fn found(question: &Question, wanted: &Wanted, release: &TensorflowRelease, advice: &mut Advice) {
    let (cuda, cudnn) = (release.cuda, release.cudnn);
    let version = release.version.trim_end_matches(".x");
    let newest = tensorflow::latest().is_some_and(|latest| latest.version == release.version);
    let brings = release.and_cuda;
    let text = match (wanted.is_free(), newest) {
        (true, true) if brings => "tensorflow[and-cuda]".to_owned(),
        (true, _) => requirement(release),
        (false, _) if brings => wanted.with_extras(&["and-cuda"]),
        (false, _) => wanted.with_extras(&[]),
    };
    advice.steps.push(Install::of([text]));
    let driver = major(release)
        .and_then(facts::cuda::min_driver)
        .unwrap_or_default();
    if brings {
        advice.reasons.push(format!(
            "TensorFlow {version} is for CUDA {cuda} and cuDNN {cudnn}; [and-cuda] brings both as wheels, and the driver must be {driver} or newer"
        ));
    } else {
        let (major, minor) = FIRST_AND_CUDA;
        advice.reasons.push(format!(
            "TensorFlow {version} is for CUDA {cuda} and cuDNN {cudnn}; [and-cuda] came with {major}.{minor}"
        ));
        advice.needs.push(format!("an image with CUDA {cuda} and cuDNN {cudnn}: nvidia/cuda:…-cudnn…-runtime-…, or tensorflow/tensorflow:{version}…-gpu"));
    }
    let has = question.base().is_some_and(|image| {
        let cudnn = matches!(image.cudnn, Some(Cudnn::Present(Some(major))) if Some(major) == release.cudnn_major());
        image.cuda.map(|cuda| cuda.major) == major(release) && cudnn
    });
    let command = format!("`pip install {}`", quoted(&wanted.to_string()));
    if has {
        let works = "works on this image too: it has CUDA and cuDNN of the right majors";
        advice.plain.push(format!("{command} {works}"));
        return;
    }
    let given = tensorflow::all()
        .iter()
        .find(|row| allows(wanted, row))
        .unwrap_or(release);
    advice.plain.push(format!(
        "{command} gives TensorFlow {} without CUDA libraries: on an image that lacks CUDA {} or cuDNN {} it runs on the CPU: \"Cannot dlopen some GPU libraries\"",
        given.version.trim_end_matches(".x"),
        given.cuda,
        given.cudnn
    ));
}

/// `tensorflow[and-cuda]==2.19.*`.
fn requirement(release: &TensorflowRelease) -> String {
    let extra = if release.and_cuda { "[and-cuda]" } else { "" };
    let version = match release.version.strip_suffix(".x") {
        Some(line) => format!("{line}.*"),
        None => release.version.to_string(),
    };
    format!("tensorflow{extra}=={version}")
}

fn allows(wanted: &Wanted, release: &TensorflowRelease) -> bool {
    // Lines of several minors are too old for a GPU of today.
    let Some(line) = release.version.strip_suffix(".x") else {
        return !release.version.contains('-') && wanted.allows(&release.version);
    };
    let patches = 0..10;
    let exact = wanted.exact();
    let of_line =
        exact.is_some_and(|exact| exact == line || exact.starts_with(&format!("{line}.")));
    of_line
        || wanted.is_free()
        || patches
            .into_iter()
            .any(|patch| wanted.allows(&format!("{line}.{patch}")))
}

fn major(release: &TensorflowRelease) -> Option<u16> {
    release.cuda.split('.').next()?.parse().ok()
}
