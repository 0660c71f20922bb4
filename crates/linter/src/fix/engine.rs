//! Rounds of repair: apply what fits together, check again, keep what holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use source::{Applicability, Diagnostic, Severity, SourceFile};

use super::candidate::{Candidate, Removed, candidates};
use super::changes::joined;
use super::edits::{EditSet, NamedEdit};
use super::{Change, Dropped, Examined, Project, Repaired, Texts, shape};
use crate::rules;

/// More rounds mean fixes that undo each other.
const MAX_ROUNDS: usize = 10;
/// How often the engine may check again, while no fix holds, to find those that do harm.
const MAX_TRIALS: usize = 64;

const STAYS: &str = "the finding would still be there";

/// Repairs what may be repaired at `level`; `examined` are the inputs as they are.
pub fn repair(project: &dyn Project, examined: Vec<Examined>, level: Applicability) -> Repaired {
    let mut engine = Engine {
        project,
        texts: Texts::new(),
        changes: BTreeMap::new(),
        examined,
        dropped: Vec::new(),
        refused: BTreeSet::new(),
        trials: 0,
    };
    let mut unfinished = false;
    for round in 0..=MAX_ROUNDS {
        let mut open = candidates(project, &engine.examined, level);
        open.retain(|candidate| !engine.refused.contains(&candidate.edits));
        // What others would do is judged once everything shows.
        if open.iter().any(|candidate| candidate.uncovers) {
            open.retain(|candidate| candidate.uncovers);
        }
        if open.is_empty() {
            break;
        }
        unfinished = round == MAX_ROUNDS;
        if unfinished || !engine.round(&open) {
            break;
        }
    }
    Repaired {
        texts: engine.texts,
        changes: engine.changes,
        examined: engine.examined,
        dropped: engine.dropped,
        unfinished,
    }
}

struct Engine<'p> {
    project: &'p dyn Project,
    /// Changed so far.
    texts: Texts,
    /// Where.
    changes: BTreeMap<String, Vec<Change>>,
    /// The inputs as they are with these texts.
    examined: Vec<Examined>,
    /// Fixes that do harm to these texts.
    dropped: Vec<Dropped>,
    /// Their edits.
    refused: BTreeSet<Vec<NamedEdit>>,
    trials: usize,
}

/// A set of edits that holds: the texts, and the inputs that read them.
struct Trial {
    texts: Texts,
    changes: BTreeMap<String, Vec<Change>>,
    examined: BTreeMap<usize, Examined>,
}

impl Engine<'_> {
    /// Applies what fits together and holds; `false` when nothing came of it.
    fn round(&mut self, open: &[Candidate]) -> bool {
        let mut set = EditSet::default();
        let fitting: Vec<&Candidate> = open
            .iter()
            .filter(|candidate| set.take(&candidate.edits))
            .collect();
        let refused = self.refused.len();
        let mut good = Vec::new();
        let mut held = None;
        self.settle(&mut good, &mut held, &fitting);
        if let Some(trial) = held {
            self.texts.extend(trial.texts);
            for (name, then) in trial.changes {
                let changes = self.changes.entry(name).or_default();
                *changes = joined(changes, &then);
            }
            for (input, examined) in trial.examined {
                self.examined[input] = examined;
            }
            self.trials = 0;
            // In other texts they may do good.
            self.refused.clear();
            self.dropped.clear();
            return true;
        }
        self.refused.len() > refused
    }

    /// Adds to `good` those of `list` that hold together with it, by halving.
    fn settle<'c>(
        &mut self,
        good: &mut Vec<&'c Candidate>,
        held: &mut Option<Trial>,
        list: &[&'c Candidate],
    ) {
        if list.is_empty() || self.trials >= MAX_TRIALS {
            return;
        }
        let together: Vec<&Candidate> = good.iter().chain(list).copied().collect();
        self.trials += 1;
        match self.attempt(&together) {
            Ok(trial) => {
                *held = Some(trial);
                good.extend(list);
            }
            Err(reason) => {
                if let [only] = list {
                    // Beside others it may be their fault: the next round tries it first.
                    if good.is_empty() {
                        self.refused.insert(only.edits.clone());
                        let mut dropped = only.as_dropped.clone();
                        dropped.reason = reason;
                        self.dropped.push(dropped);
                    }
                    return;
                }
                let (left, right) = list.split_at(list.len() / 2);
                self.settle(good, held, left);
                self.settle(good, held, right);
            }
        }
    }

    /// Checks the inputs that `fixes` concern; an error says what got worse.
    fn attempt(&self, fixes: &[&Candidate]) -> Result<Trial, String> {
        let mut set = EditSet::default();
        let mut touched = BTreeSet::new();
        for fix in fixes {
            set.take(&fix.edits);
            touched.extend(fix.files());
        }
        let new = set.apply(|name| self.current(name));
        self.keep_shapes(&new, fixes)?;
        let mut texts = self.texts.clone();
        texts.extend(
            new.iter()
                .map(|(name, text)| (name.clone(), Arc::clone(text))),
        );
        let mut examined = BTreeMap::new();
        for (input, before) in self.examined.iter().enumerate() {
            let reads = |(_, file): (_, &Arc<SourceFile>)| touched.contains(file.name());
            if !before.sources.iter().any(reads) {
                continue;
            }
            let after = self.project.check(input, &texts);
            compare(input, before, &after, fixes)?;
            examined.insert(input, after);
        }
        Ok(Trial {
            texts: new,
            changes: set.changes(),
            examined,
        })
    }

    /// Whether instructions and keys stay what they are where no fix is about them.
    fn keep_shapes(&self, new: &Texts, fixes: &[&Candidate]) -> Result<(), String> {
        for (name, text) in new {
            let Some(old) = self.current(name) else {
                continue;
            };
            let edits = fixes.iter().flat_map(|fix| &fix.edits);
            let mut edits: Vec<&NamedEdit> = edits.filter(|edit| edit.name == *name).collect();
            edits.sort_by_key(|edit| (edit.start, edit.end));
            let mut grammars = self.examined.iter().filter_map(|examined| {
                let named = |file| examined.sources.get(file).name() == name;
                let mut all = examined.grammars.iter();
                all.find_map(|&(file, grammar)| named(file).then_some(grammar))
            });
            // Inputs that share a file read it alike.
            if let Some(grammar) = grammars.next() {
                shape::keep(grammar, old.text(), text.text(), &edits)?;
            }
        }
        Ok(())
    }

    fn current(&self, name: &str) -> Option<Arc<SourceFile>> {
        let changed = self.texts.get(name).cloned();
        changed.or_else(|| {
            self.examined.iter().find_map(|examined| {
                let id = examined.sources.find(name)?;
                Some(Arc::clone(examined.sources.get(id)))
            })
        })
    }
}

/// Every fix removes its findings and does no harm; fixes that uncover others are never mixed with those that do not.
fn compare(
    input: usize,
    before: &Examined,
    after: &Examined,
    fixes: &[&Candidate],
) -> Result<(), String> {
    let removes = fixes.iter().flat_map(|fix| &fix.removes);
    let removes: Vec<&Removed> = removes.filter(|removed| removed.input == input).collect();
    if fixes.iter().all(|fix| fix.uncovers) {
        are_gone(before, after, &removes)
    } else {
        adds_none(before, after, &removes)
    }
}

/// Whether findings that hid others are gone, known by what they say: the same rule may say something else now that
/// there is more to see.
fn are_gone(before: &Examined, after: &Examined, removes: &[&Removed]) -> Result<(), String> {
    let mut left = said(before);
    for removed in removes {
        let key = (
            removed.rule,
            removed.file.as_str(),
            removed.message.as_str(),
        );
        if let Some(count) = left.get_mut(&key) {
            *count = count.saturating_sub(1);
        }
    }
    let now = said(after);
    let stays = removes.iter().any(|removed| {
        let key = (
            removed.rule,
            removed.file.as_str(),
            removed.message.as_str(),
        );
        now.get(&key) > left.get(&key)
    });
    if stays {
        return Err(STAYS.to_owned());
    }
    Ok(())
}

/// How often each rule says the same of a file.
fn said(examined: &Examined) -> HashMap<(&str, &str, &str), usize> {
    let mut counts = HashMap::new();
    for finding in all(examined) {
        let key = (
            finding.rule,
            name_of(examined, finding),
            finding.message.as_str(),
        );
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

/// No more findings than before, less those that are removed, counted by rule, file and severity. Only advice may come
/// to light where something worse was repaired: a tag that exists may still be an old one.
fn adds_none(before: &Examined, after: &Examined, removes: &[&Removed]) -> Result<(), String> {
    let mut allowed = counts(before);
    let mut worst = Severity::Info;
    for removed in removes {
        worst = worst.max(removed.severity);
        for severity in up_to(removed.severity) {
            let key = (removed.rule, removed.file.clone(), severity);
            if let Some(count) = allowed.get_mut(&key) {
                *count = count.saturating_sub(1);
            }
        }
    }
    for (key, count) in counts(after) {
        let most = allowed.get(&key).copied().unwrap_or_default();
        let (rule, _, severity) = key;
        let advice = severity == Severity::Info && worst > Severity::Info;
        let own = removes.iter().any(|removed| removed.rule == rule);
        if count <= most || may_follow(rule) || (advice && !own) {
            continue;
        }
        return Err(if own {
            STAYS.to_owned()
        } else {
            let new = all(after).rfind(|finding| finding.rule == rule);
            let message = new.map_or("", |finding| finding.message.as_str());
            format!("it would add {rule}: {message}")
        });
    }
    Ok(())
}

fn may_follow(rule: &str) -> bool {
    rules::find(rule).is_some_and(|rule| rule.special.may_follow_a_fix)
}

fn name_of<'e>(examined: &'e Examined, finding: &Diagnostic) -> &'e str {
    examined.sources.get(finding.primary.location.file).name()
}

fn all(examined: &Examined) -> impl DoubleEndedIterator<Item = &Diagnostic> {
    examined.reported.iter().chain(&examined.hidden)
}

/// How many findings of a rule in a file are at least this bad.
fn counts(examined: &Examined) -> BTreeMap<(&'static str, String, Severity), usize> {
    let mut counts = BTreeMap::new();
    for finding in all(examined) {
        let file = name_of(examined, finding);
        for severity in up_to(finding.severity) {
            *counts
                .entry((finding.rule, file.to_owned(), severity))
                .or_insert(0) += 1;
        }
    }
    counts
}

fn up_to(severity: Severity) -> impl Iterator<Item = Severity> {
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .filter(move |&lower| lower <= severity)
}
