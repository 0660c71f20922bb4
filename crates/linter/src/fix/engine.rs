//! Rounds of repair: apply what fits together, check again, keep what holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use source::{Applicability, Diagnostic, SourceFile};

use super::candidate::{Candidate, candidates};
use super::edits::{EditSet, NamedEdit};
use super::{Dropped, Examined, Project, Repaired, Texts};

/// More rounds mean fixes that undo each other.
const MAX_ROUNDS: usize = 10;
/// How often one round may check again while it looks for the fix that does harm.
const MAX_TRIALS: usize = 64;

/// A finding that a repair may bring about: a suppression hid what is now repaired.
const MAY_APPEAR: &str = "suppression-unused";

/// Repairs what may be repaired at `level`; `examined` are the inputs as they are.
pub fn repair(project: &dyn Project, examined: Vec<Examined>, level: Applicability) -> Repaired {
    let mut engine = Engine {
        project,
        texts: Texts::new(),
        examined,
        dropped: Vec::new(),
        refused: BTreeSet::new(),
        trials: 0,
    };
    let mut unfinished = false;
    for round in 0..=MAX_ROUNDS {
        let mut open = candidates(project, &engine.examined, level);
        open.retain(|candidate| !engine.refused.contains(&engine.key(candidate)));
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
        examined: engine.examined,
        dropped: engine.dropped,
        unfinished,
    }
}

/// What a fix is across rounds, while offsets move: its rule, title, replacements, and the lines it changes.
type Key = (&'static str, String, Vec<(String, String)>);

struct Engine<'p> {
    project: &'p dyn Project,
    /// Changed so far.
    texts: Texts,
    /// The inputs as they are with these texts.
    examined: Vec<Examined>,
    dropped: Vec<Dropped>,
    refused: BTreeSet<Key>,
    trials: usize,
}

/// A set of edits that holds: the texts, and the inputs that read them.
struct Trial {
    texts: Texts,
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
        self.trials = 0;
        let refused = self.refused.len();
        let mut good = Vec::new();
        let mut held = None;
        self.settle(&mut good, &mut held, &fitting);
        if let Some(trial) = held {
            self.texts.extend(trial.texts);
            for (input, examined) in trial.examined {
                self.examined[input] = examined;
            }
        }
        !good.is_empty() || self.refused.len() > refused
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
                        self.refused.insert(self.key(only));
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
            examined,
        })
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

    fn key(&self, candidate: &Candidate) -> Key {
        let changes = candidate.edits.iter().map(|edit| {
            let line = self
                .current(&edit.name)
                .map_or_else(String::new, |file| line_of(file.text(), edit));
            (line, edit.replacement.clone())
        });
        let dropped = &candidate.as_dropped;
        (dropped.rule, dropped.title.clone(), changes.collect())
    }
}

fn line_of(text: &str, edit: &NamedEdit) -> String {
    let start = text[..edit.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[edit.start..]
        .find('\n')
        .map_or(text.len(), |at| edit.start + at);
    text[start..end].to_owned()
}

/// Every fix removes its findings and adds none, counted by rule and file.
fn compare(
    input: usize,
    before: &Examined,
    after: &Examined,
    fixes: &[&Candidate],
) -> Result<(), String> {
    let mut allowed = counts(before);
    let removes = fixes.iter().flat_map(|fix| &fix.removes);
    for removed in removes.filter(|removed| removed.input == input) {
        let key = (removed.rule, removed.file.clone());
        if let Some(count) = allowed.get_mut(&key) {
            *count = count.saturating_sub(1);
        }
    }
    let first = fixes.first().map_or("", |fix| fix.as_dropped.rule);
    for (key, count) in counts(after) {
        let most = allowed.get(&key).copied().unwrap_or_default();
        if count <= most || key.0 == MAY_APPEAR {
            continue;
        }
        return Err(if key.0 == first {
            "the finding would still be there".to_owned()
        } else {
            let new = all(after).rfind(|finding| finding.rule == key.0);
            let message = new.map_or("", |finding| finding.message.as_str());
            format!("it would add {}: {message}", key.0)
        });
    }
    Ok(())
}

fn all(examined: &Examined) -> impl DoubleEndedIterator<Item = &Diagnostic> {
    examined.reported.iter().chain(&examined.hidden)
}

fn counts(examined: &Examined) -> BTreeMap<(&'static str, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in all(examined) {
        let file = examined.sources.get(finding.primary.location.file).name();
        *counts.entry((finding.rule, file.to_owned())).or_insert(0) += 1;
    }
    counts
}
