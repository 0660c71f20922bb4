//! Why it is this PyTorch, what the plain command gives, and why there is none.

use facts::pytorch_index::{self, IndexStatus};
use facts::torch::{self, TorchRelease};
use facts::{cuda, install};

use super::super::machine::Question;
use super::super::requirement::Wanted;
use super::super::step::{Install, Tool, quoted};
use super::super::{Advice, Refusal};
use super::search::Search;
use super::{Chosen, Family, has_pins, pin, step};
use crate::target::TargetGpu;

/// A local part that names an index which never was or is not known.
pub(super) fn refused_index(question: &Question, family: &Family<'_>) -> Option<Refusal> {
    family.wanted.iter().find_map(|wanted| {
        let suffix = wanted.local.as_deref()?;
        let (why, cuda) = match pytorch_index::find(suffix) {
            IndexStatus::Published(_) => return None,
            IndexStatus::NeverExisted(row) => (
                format!("PyTorch never had an index {suffix}"),
                Some(row.cuda),
            ),
            IndexStatus::Unknown => (format!("the index {suffix} is not in the tables"), None),
        };
        let question = Question {
            cuda: question.cuda.or(cuda),
            ..question.clone()
        };
        Some(Refusal {
            package: wanted.to_string(),
            why,
            nearest: nearest(&question, family),
        })
    })
}

/// Says why.
pub(super) fn reasons(
    question: &Question,
    family: &Family<'_>,
    chosen: Chosen,
    advice: &mut Advice,
) {
    let Chosen {
        release,
        suffix,
        cuda,
    } = chosen;
    let mut because = Vec::new();
    if let Some(wanted) = question.cuda() {
        let whose = match (&question.cuda, &question.base) {
            (None, Some((name, _))) => format!("{name} has CUDA {wanted}"),
            _ => format!("CUDA {wanted} is wanted"),
        };
        because.push(
            if cuda > wanted
                && pytorch_index::nearest(wanted).is_none_or(|row| row.suffix != suffix)
            {
                format!("{whose}, and no build for that or an older minor suits")
            } else {
                whose
            },
        );
        if let Some(row) =
            pytorch_index::nearest(wanted).filter(|row| !row.exact && row.suffix == suffix)
        {
            because.push(format!(
                "{} never existed, {} is the nearest",
                wanted.suffix(),
                row.suffix
            ));
        }
    }
    if let Some(driver) = question.driver() {
        let needed = cuda::min_driver(cuda.major).unwrap_or_default();
        because.push(format!(
            "driver {driver} runs any CUDA {}.x ({needed} or newer)",
            cuda.major
        ));
    }
    for gpu in &question.target.gpus {
        if release.runs_on(suffix, gpu.capability) == Some(true) {
            because.push(format!("{suffix} has code for {gpu}"));
        }
    }
    let needs = if question.driver().is_none() {
        let needed = cuda::min_driver(cuda.major).unwrap_or_default();
        format!(", which needs driver {needed} or newer")
    } else {
        String::new()
    };
    let because = if because.is_empty() {
        String::new()
    } else {
        format!(": {}", because.join("; "))
    };
    let version = release.version;
    advice.reasons.push(format!(
        "torch {version} from {suffix} is for CUDA {cuda}{needs}{because}"
    ));
    if let Some(newer) = newer(question, family, chosen) {
        advice.reasons.push(newer);
    }
    plain(question, family, chosen, advice);
}

/// Another index of the same major with a newer release, which the image's CUDA kept from being chosen.
fn newer(question: &Question, family: &Family<'_>, chosen: Chosen) -> Option<String> {
    question.cuda()?;
    let free = question.without_cuda();
    let search = Search {
        question: &free,
        family,
    };
    let fits = search.fits().ok()?;
    let major = chosen.cuda.major;
    let best = fits.iter().find(|build| build.cuda.major == major)?;
    let age = |release: &TorchRelease| {
        torch::all()
            .iter()
            .position(|row| row.version == release.version)
    };
    (age(best.release) > age(chosen.release)).then(|| {
        format!(
            "{} has torch {}, which runs on the same drivers: take it where nothing is compiled in the image",
            best.suffix, best.release.version
        )
    })
}

/// What PyPI gives.
fn plain(question: &Question, family: &Family<'_>, chosen: Chosen, advice: &mut Advice) {
    let pins = family.needed_by.iter().filter(|wanted| has_pins(wanted));
    let asked: Vec<&Wanted> = family.wanted.iter().chain(pins).copied().collect();
    let Some(release) = given(family, chosen) else {
        return;
    };
    let subject = if asked.is_empty() {
        "the torch that such packages bring along from PyPI is".to_owned()
    } else {
        let words: Vec<String> = asked
            .iter()
            .map(|wanted| quoted(&wanted.to_string()))
            .collect();
        format!("`pip install {}` gives", words.join(" "))
    };
    let (version, cuda) = (release.version, release.cuda);
    if question.is_arm() {
        let build = match release.aarch64.as_str() {
            "cuda" => format!("torch {version} for CUDA {cuda}"),
            "cpu" => format!("a CPU build of torch {version}"),
            _ => "nothing".to_owned(),
        };
        advice
            .plain
            .push(format!("{subject} {build} on linux/arm64"));
        return;
    }
    if version == chosen.release.version && release.suffix == chosen.suffix {
        advice.plain.push(format!(
            "{subject} the same today: torch {version} for CUDA {cuda}"
        ));
        return;
    }
    let lacks = |gpu: &&TargetGpu| release.runs_on(&release.suffix, gpu.capability) == Some(false);
    let result = match (
        question.runs(cuda.major),
        question.target.gpus.iter().find(lacks),
    ) {
        (Err(why), _) => why,
        (Ok(()), Some(gpu)) => format!("it has no code for {gpu}"),
        (Ok(()), None) => {
            let needed = cuda::min_driver(cuda.major).unwrap_or_default();
            format!("that needs driver {needed} or newer")
        }
    };
    advice.plain.push(format!(
        "{subject} torch {version} for CUDA {cuda} today; {result}"
    ));
}

/// The release that pip would take; `None` where the tables do not say.
fn given(family: &Family<'_>, chosen: Chosen) -> Option<&'static TorchRelease> {
    if let Some(wanted) = family.needed_by.iter().find(|wanted| has_pins(wanted)) {
        let pin = install::torch_pins(&wanted.name)
            .filter(|pin| wanted.allows(pin.version))
            .last()?;
        let mut releases = torch::all().iter().rev();
        return releases.find(|release| pin.accepts(&release.version));
    }
    let pinned = family.wanted.iter().any(|wanted| !wanted.is_free());
    if pinned {
        Some(chosen.release)
    } else {
        torch::latest()
    }
}

/// Says why nothing suits, and what would if the versions were free.
pub(super) fn refuse(question: &Question, family: &Family<'_>, why: &str, advice: &mut Advice) {
    let all = family.wanted.iter().chain(&family.needed_by);
    let names: Vec<String> = all.map(ToString::to_string).collect();
    advice.refused.push(Refusal {
        package: names.join(" "),
        why: why.to_owned(),
        nearest: nearest(question, family),
    });
}

/// Takes away what is asked of a package.
type Free = fn(&Wanted) -> Wanted;

/// What suits without the local part, then without what is asked of the versions, then without the CUDA version.
fn nearest(question: &Question, family: &Family<'_>) -> Option<String> {
    let of = |list: &[&Wanted], free: Free| -> Vec<Wanted> {
        list.iter().map(|wanted| free(wanted)).collect()
    };
    let without_cuda = question.without_cuda();
    let attempts: [(&Question, Free); 3] = [
        (question, Wanted::without_local),
        (question, Wanted::without_versions),
        (&without_cuda, Wanted::without_versions),
    ];
    attempts.into_iter().find_map(|(question, free)| {
        let (wanted, needed_by) = (of(&family.wanted, free), of(&family.needed_by, free));
        let family = Family {
            wanted: wanted.iter().collect(),
            needed_by: needed_by.iter().collect(),
        };
        let chosen = Search {
            question,
            family: &family,
        }
        .best()
        .ok()?;
        let pins = family
            .needed_by
            .iter()
            .filter_map(|wanted| Some((&wanted.name, pin(wanted, chosen.release)?)));
        let pins = pins.map(|(name, pin)| format!("{name}=={}", pin.version));
        let step =
            if family.wanted.is_empty() && family.needed_by.iter().all(|wanted| has_pins(wanted)) {
                Install::of(pins)
            } else {
                step(question, &family, chosen)
            };
        let command = step.command(Tool::Pip);
        Some(format!(
            "{command} (torch {} for CUDA {})",
            chosen.release.version, chosen.cuda
        ))
    })
}
