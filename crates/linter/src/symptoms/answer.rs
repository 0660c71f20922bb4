//! The causes of a message, with what is known of the case at hand.

use std::fmt;

use facts::symptom::{Cause, Condition, Step, Symptom, render};

use super::scan::{Hit, Log};
use super::values::Values;
use crate::{Rule, Target, rules};

/// How much a finding says for a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A fault.
    Fault,
    /// Of a machine, what is no fault by itself: it has no GPU.
    Circumstance,
    /// Advice, which decides nothing.
    Advice,
}

/// A finding that speaks for a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The rule that found it.
    pub rule: String,
    /// Where: `compose.yaml:4`, or nothing for a machine.
    pub place: String,
    /// What it says.
    pub message: String,
    /// What it says to type here.
    pub help: Option<String>,
    /// How much it says.
    pub weight: Weight,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(f, "{} ({})", self.message, self.rule)
        } else {
            write!(f, "{}: {} ({})", self.place, self.message, self.rule)
        }
    }
}

/// One cause, in words for the case at hand.
pub struct Likely {
    /// The row of the tables.
    pub cause: &'static Cause,
    /// What it is.
    pub what: String,
    /// With the values of the message.
    pub exact: Option<String>,
    /// Where to look to tell it from the others.
    pub tell: String,
    /// What to do: whether it is a command, and the text.
    pub fix: Vec<(bool, String)>,
    /// The rules that find it beforehand.
    pub rules: Vec<&'static Rule>,
    /// What was found here and speaks for it.
    pub here: Vec<Evidence>,
}

/// What a message means here.
pub struct Answer<'h> {
    /// The message.
    pub hit: &'h Hit,
    /// Its causes, the most likely first.
    pub causes: Vec<Likely>,
}

/// The answers to what a log holds: what names the fault first, what is harmless last.
#[must_use]
pub fn answers<'h>(log: &'h Log, target: &Target, evidence: &[Evidence]) -> Vec<Answer<'h>> {
    let mut answers: Vec<Answer<'h>> = log
        .hits
        .iter()
        .map(|hit| Answer {
            hit,
            causes: causes(hit.symptom, &Values::of(hit, log, target), evidence),
        })
        .collect();
    answers.sort_by_key(|answer| (answer.hit.symptom.role, answer.hit.line));
    answers
}

/// The causes of a symptom, without a message at hand.
#[must_use]
pub fn causes(symptom: &'static Symptom, values: &Values, evidence: &[Evidence]) -> Vec<Likely> {
    let mut found: Vec<(Weight, Fit, Likely)> = Vec::new();
    for cause in &symptom.causes {
        let fit = fit(cause, values);
        let named = |found: &&Evidence| cause.rules.has(&found.rule);
        let here: Vec<Evidence> = evidence.iter().filter(named).cloned().collect();
        if fit == Fit::Excluded && here.is_empty() {
            continue;
        }
        let weight = here.iter().map(|found| found.weight).min();
        let weight = weight.unwrap_or(Weight::Advice);
        found.push((weight, fit, likely(cause, values, here)));
    }
    // Causes of the same standing stay in the order of the tables.
    found.sort_by_key(|(weight, fit, _)| (*weight, *fit));
    found.into_iter().map(|(_, _, likely)| likely).collect()
}

/// How a cause agrees with what is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// A value speaks for it.
    Named,
    /// Nothing is known against it.
    Possible,
    /// It would need a value that is not known.
    Doubtful,
    /// A value speaks against it.
    Excluded,
}

fn fit(cause: &Cause, values: &Values) -> Fit {
    let holds = |conditions: &[Condition]| {
        let mut known = conditions.iter().filter_map(|condition| {
            let value = values.get(&condition.name)?;
            let mut wanted = condition.values.texts();
            Some(wanted.any(|wanted| wanted.eq_ignore_ascii_case(value)))
        });
        known.next().map(|first| first && known.all(|next| next))
    };
    let asks = |conditions: &[Condition]| conditions.iter().any(|one| one.name != "phase");
    match (holds(&cause.when), holds(&cause.unless)) {
        (Some(false), _) | (_, Some(true)) => Fit::Excluded,
        (Some(true), _) => Fit::Named,
        // A value that is out of the ordinary is a hint; a phase is none.
        (None, Some(false)) if asks(&cause.unless) => Fit::Named,
        (None, _) if !cause.when.is_empty() => Fit::Doubtful,
        (None, None) if asks(&cause.unless) => Fit::Doubtful,
        (None, _) => Fit::Possible,
    }
}

fn likely(cause: &'static Cause, values: &Values, here: Vec<Evidence>) -> Likely {
    let value = |name: &str| values.get(name).map(str::to_owned);
    let fill = |text: &str| render(text, &value);
    Likely {
        what: fill(&cause.what).unwrap_or_else(|| cause.what.to_string()),
        exact: cause.exact.as_deref().and_then(fill),
        tell: fill(&cause.tell).unwrap_or_else(|| cause.tell.to_string()),
        fix: cause
            .fix
            .iter()
            .filter_map(|step| Some((matches!(step, Step::Run(_)), fill(step.text())?)))
            .collect(),
        rules: cause
            .rules
            .iter()
            .filter_map(|name| rules::find(name))
            .collect(),
        here,
        cause,
    }
}
