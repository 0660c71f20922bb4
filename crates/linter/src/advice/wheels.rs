//! Packages whose release, name or extra says their CUDA major: onnxruntime-gpu, CuPy, JAX and others.

use std::str::FromStr as _;

use facts::image::Cudnn;
use facts::install::{self, Era};
use pep440_rs::{Version, VersionSpecifier};

use super::Advice;
use super::machine::Question;
use super::requirement::Wanted;
use super::step::Install;

/// Says what to install, if the package is one of these.
pub(super) fn advise(question: &Question, wanted: &Wanted, advice: &mut Advice) -> bool {
    let name = wanted.name.as_str();
    if install::eras(name).next().is_some() {
        era(question, wanted, advice);
    } else if install::names(name).next().is_some() {
        named(question, wanted, advice);
    } else if install::extras(name).next().is_some() {
        extra(question, wanted, advice);
    } else {
        return false;
    }
    true
}

/// A package that loads the CUDA libraries of the system.
fn era(question: &Question, wanted: &Wanted, advice: &mut Advice) {
    let eras: Vec<&Era> = install::eras(&wanted.name)
        .filter(|era| allows(wanted, era))
        .collect();
    let Some(newest) = eras.first() else {
        advice.refuse(wanted, "no such release is in the tables", None);
        return;
    };
    let base_cudnn = question.base().and_then(|image| match image.cudnn {
        Some(Cudnn::Present(major)) => major,
        _ => None,
    });
    let wanted_cuda = question.cuda().map(|cuda| cuda.major);
    let fits = |era: &&&Era| {
        question.runs(era.cuda).is_ok()
            && wanted_cuda.is_none_or(|major| major == era.cuda)
            && base_cudnn.is_none_or(|major| major == era.cudnn)
    };
    let Some(era) = eras.iter().find(fits) else {
        let why = question.runs(newest.cuda).err().unwrap_or_else(|| {
            format!(
                "{wanted} is for CUDA {} and cuDNN {}",
                newest.cuda, newest.cudnn
            )
        });
        let all: Vec<&Era> = install::eras(&wanted.name).collect();
        let nearest = all
            .iter()
            .find(fits)
            .map(|era| format!("pip install '{}'", of_era(wanted, era)));
        advice.refuse(wanted, why, nearest);
        return;
    };
    let bare = question.base().is_some_and(|image| {
        image.cuda.is_none() || !matches!(image.cudnn, Some(Cudnn::Present(_)))
    });
    let (cuda, cudnn) = (era.cuda, era.cudnn);
    let mut text = of_era(wanted, era);
    if let Some(extra) = era.extra.filter(|_| bare || question.base.is_none()) {
        text = text.replacen(&wanted.name, &format!("{}[{extra}]", wanted.name), 1);
        advice.needs.push(format!("onnxruntime.preload_dlls() before the first session: it loads the libraries that [{extra}] brings; or an image with CUDA {cuda} and cuDNN {cudnn}, nvidia/cuda:…-cudnn-runtime-…"));
    } else if question.base.is_none() || bare {
        advice.needs.push(format!("CUDA {cuda} and cuDNN {cudnn} in the image: nvidia/cuda:…-cudnn-runtime-… of CUDA {cuda}"));
    }
    advice.steps.push(Install::of([text]));
    let driver = facts::cuda::min_driver(cuda).unwrap_or_default();
    advice.reasons.push(format!(
        "{} {} loads CUDA {cuda} and cuDNN {cudnn}; the driver must be {driver} or newer",
        wanted.name,
        range(era)
    ));
    let given = eras.first().filter(|given| !std::ptr::eq(**given, *era));
    advice.plain.push(match given {
        Some(given) => format!("`pip install {wanted}` gives a release for CUDA {} and cuDNN {} today, which falls back to the CPU here", given.cuda, given.cudnn),
        None => format!("`pip install {wanted}` gives the same release; it brings no CUDA libraries, and without them it runs on the CPU"),
    });
}

/// Whether an era has a release that is wanted.
fn allows(wanted: &Wanted, era: &Era) -> bool {
    if wanted.is_free() {
        return true;
    }
    let version = |text: &str| Version::from_str(text).ok();
    let within = |given: &Version| {
        era.from
            .as_deref()
            .and_then(version)
            .is_none_or(|from| *given >= from)
            && era
                .before
                .as_deref()
                .and_then(version)
                .is_none_or(|before| *given < before)
    };
    if let Some(exact) = wanted.exact() {
        return version(&exact).is_some_and(|exact| within(&exact));
    }
    // Of a range, the ends of the era say whether it reaches in.
    let first = era.from.is_some_and(|from| wanted.allows(&from));
    let mut bounds = wanted.versions.iter().map(VersionSpecifier::version);
    first || bounds.any(|bound| within(bound) && wanted.versions.contains(bound))
}

/// The requirement that leaves releases of an era only.
fn of_era(wanted: &Wanted, era: &Era) -> String {
    let asked: Vec<String> = wanted.versions.iter().map(ToString::to_string).collect();
    let asked = asked.into_iter().filter(|_| allows(wanted, era));
    let from = era.from.filter(|_| era.before.is_some());
    let from = from.map(|from| format!(">={from}"));
    let before = era.before.map(|before| format!("<{before}"));
    let of_era = from
        .into_iter()
        .chain(before)
        .filter(|_| wanted.exact().is_none() || !allows(wanted, era));
    let versions: Vec<String> = asked.chain(of_era).collect();
    format!("{}{}", wanted.name, versions.join(","))
}

fn range(era: &Era) -> String {
    match (era.from, era.before) {
        (Some(from), None) => format!("{from} and newer"),
        (Some(from), Some(before)) => format!("{from} up to, not with, {before}"),
        (None, Some(before)) => format!("before {before}"),
        (None, None) => String::new(),
    }
}

/// A package whose name says its CUDA major.
fn named(question: &Question, wanted: &Wanted, advice: &mut Advice) {
    let mut rows: Vec<_> = install::names(&wanted.name).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.cuda));
    let majors: Vec<u16> = rows.iter().map(|row| row.cuda).collect();
    let major = match question.best_major(&majors) {
        Ok(major) => major,
        Err(why) => {
            let free = question.without_cuda();
            let nearest = free.best_major(&majors).ok();
            let nearest = nearest.and_then(|major| rows.iter().find(|row| row.cuda == major));
            let nearest = nearest.map(|row| format!("pip install {}", row.name));
            advice.refuse(wanted, why, nearest);
            return;
        }
    };
    let Some(row) = rows.iter().find(|row| row.cuda == major) else {
        return;
    };
    // The image's own libraries will do where it has them all.
    let has = question.base().is_some_and(|image| {
        image.cuda.is_some() && image.flavor > Some(facts::image::Flavor::Base)
    });
    let extra = row
        .extra
        .filter(|_| !has)
        .map_or_else(String::new, |extra| format!("[{extra}]"));
    let versions = wanted
        .requirement()
        .trim_start_matches(&wanted.name)
        .to_owned();
    let versions = versions.rsplit(']').next().unwrap_or_default().to_owned();
    advice
        .steps
        .push(Install::of([format!("{}{extra}{versions}", row.name)]));
    let driver = facts::cuda::min_driver(major).unwrap_or_default();
    let brings = if extra.is_empty() {
        String::new()
    } else {
        format!("; {extra} brings the CUDA libraries")
    };
    advice.reasons.push(format!(
        "{} is the build for CUDA {major}, which needs driver {driver} or newer{brings}",
        row.name
    ));
    if wanted.name == "cupy" {
        advice
            .plain
            .push("`pip install cupy` compiles it, which takes a whole CUDA toolkit".to_owned());
    }
}

/// A package with an extra for each CUDA major.
fn extra(question: &Question, wanted: &Wanted, advice: &mut Advice) {
    let given = wanted
        .extras
        .iter()
        .find_map(|given| install::extras(&wanted.name).find(|row| row.extra == *given));
    let mut rows: Vec<_> = install::extras(&wanted.name).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.cuda));
    if let Some(exact) = wanted.exact() {
        let version = |text: &str| Version::from_str(text).ok();
        rows.retain(|row| version(&exact) >= version(&row.from));
    }
    if let Some(given) = given {
        rows.retain(|row| row.cuda == given.cuda);
    }
    let majors: Vec<u16> = rows.iter().map(|row| row.cuda).collect();
    if majors.is_empty() {
        advice.refuse(wanted, "that release has no such extra in the tables", None);
        return;
    }
    let major = match question.best_major(&majors) {
        Ok(major) => major,
        Err(why) => {
            let all: Vec<u16> = install::extras(&wanted.name).map(|row| row.cuda).collect();
            let nearest = question.without_cuda().best_major(&all).ok();
            let nearest =
                nearest.map(|major| format!("pip install '{}[cuda{major}]'", wanted.name));
            advice.refuse(wanted, why, nearest);
            return;
        }
    };
    let Some(row) = rows.iter().find(|row| row.cuda == major) else {
        return;
    };
    advice
        .steps
        .push(Install::of([wanted.with_extras(&[row.extra.as_str()])]));
    let driver = facts::cuda::min_driver(major).unwrap_or_default();
    advice.reasons.push(format!(
        "[{}] brings the libraries of CUDA {major} as wheels; the driver must be {driver} or newer",
        row.extra
    ));
    advice
        .plain
        .push(format!("`pip install {}` gives a CPU build", wanted.name));
}
