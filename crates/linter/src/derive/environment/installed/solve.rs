//! Which versions one command takes, for one Python.

use std::collections::{BTreeMap, VecDeque};
use std::str::FromStr as _;

use facts::pypi;
use packages::action::VersionSpec;
use pep440_rs::{Version, VersionSpecifiers};

use super::candidates::{self, Candidate, Files, Source};
use super::choice::{Asked, Choice, Pick};
use super::requires::{self, Required};

/// A requirement of the command on a package of the tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub name: &'static str,
    pub extras: &'a [String],
    pub version: &'a VersionSpec,
    pub source: Source<'a>,
    /// When it is wanted: `python_version < "3.9"`.
    pub marker: Option<&'a str>,
    /// Which requirement of the command.
    pub number: usize,
}

/// What is asked.
pub(super) struct Question<'q, 'a> {
    pub wanted: &'q [Wanted<'a>],
    /// Versions that `-c` allows.
    pub constraints: Vec<(&'a str, &'a VersionSpec)>,
    /// What packages come from that nobody names.
    pub source: &'q dyn Fn(&str) -> Source<'a>,
    /// The version that is there already; `Some(None)` where it is not told.
    pub held: &'q dyn Fn(&str) -> Option<Option<Version>>,
    /// Named packages are taken anew.
    pub renew: bool,
    pub no_deps: bool,
    pub pre: bool,
    pub files: Files,
}

/// What one package has to be.
#[derive(Clone, Debug)]
enum Bound {
    Exactly(Version),
    Within(VersionSpecifiers),
    Unknown,
}

impl Bound {
    fn of(spec: &VersionSpec) -> Option<Self> {
        match spec {
            VersionSpec::Any => None,
            VersionSpec::Exact { version, .. } => Some(Self::Exactly(version.clone())),
            VersionSpec::Range { specifiers, .. } => Some(Self::Within(specifiers.clone())),
            VersionSpec::Unknown => Some(Self::Unknown),
        }
    }

    /// Whether a version will do; a local part matters where one is asked for.
    fn allows(&self, version: &Version) -> Option<bool> {
        match self {
            Self::Exactly(wanted) if wanted.local().is_empty() => {
                Some(*wanted == without_local(version))
            }
            Self::Exactly(wanted) => Some(without_local(wanted) == without_local(version)),
            Self::Within(specifiers) => Some(specifiers.contains(&without_local(version))),
            Self::Unknown => None,
        }
    }

    fn pin(&self) -> Option<&Version> {
        match self {
            Self::Exactly(version) => Some(version),
            Self::Within(_) | Self::Unknown => None,
        }
    }
}

fn without_local(version: &Version) -> Version {
    version.clone().without_local()
}

/// A version chosen so far.
struct Chosen {
    /// `None` where it is open.
    version: Option<Version>,
    stays: bool,
    /// Nothing else could have been chosen.
    forced: bool,
    asked: Asked,
}

struct Solver<'q, 'a> {
    question: &'q Question<'q, 'a>,
    bounds: BTreeMap<&'static str, Vec<Bound>>,
    chosen: BTreeMap<&'static str, Chosen>,
    queue: VecDeque<(&'static str, Vec<String>, Asked)>,
    /// By package which releases require it.
    required_by: BTreeMap<&'static str, Vec<String>>,
    /// Some package has no release at all for this Python.
    impossible: bool,
}

/// Packages that one command is followed to.
const MAX_PACKAGES: usize = 200;

/// What the command does to each package of the tables that it touches; `None` where a package has no release that can
/// be installed.
pub(super) fn solve(question: &Question<'_, '_>) -> Option<Vec<Choice>> {
    let mut solver = Solver {
        question,
        bounds: BTreeMap::new(),
        chosen: BTreeMap::new(),
        queue: VecDeque::new(),
        required_by: BTreeMap::new(),
        impossible: false,
    };
    for (name, version) in &question.constraints {
        if let Some(project) = pypi::project(name) {
            solver.bind(project.name.as_str(), Bound::of(version));
        }
    }
    for wanted in question.wanted {
        solver.bind(wanted.name, Bound::of(wanted.version));
    }
    // What is pinned is chosen first, as installers do: the rest must fit it.
    let pinned = |wanted: &&Wanted<'_>| matches!(wanted.version, VersionSpec::Exact { .. });
    let first = question.wanted.iter().filter(pinned);
    let then = question.wanted.iter().filter(|wanted| !pinned(wanted));
    for wanted in first.chain(then) {
        solver.queue.push_back((
            wanted.name,
            wanted.extras.to_vec(),
            Asked::Named(wanted.number),
        ));
    }
    while let Some((name, extras, asked)) = solver.queue.pop_front() {
        work::done();
        if solver.chosen.len() < MAX_PACKAGES {
            solver.choose(name, &extras, asked);
        }
    }
    if solver.impossible {
        return None;
    }
    let mut required_by = solver.required_by;
    let choices = solver.chosen.into_iter().map(|(name, chosen)| Choice {
        name,
        pick: match chosen.version {
            _ if chosen.stays => Pick::Stays,
            Some(version) => Pick::Takes(vec![version.to_string()]),
            None => Pick::Open,
        },
        asked: chosen.asked,
        required_by: required_by.remove(name).unwrap_or_default(),
    });
    Some(choices.collect())
}

impl Solver<'_, '_> {
    fn bind(&mut self, name: &'static str, bound: Option<Bound>) {
        self.bounds.entry(name).or_default().extend(bound);
    }

    fn bounds(&self, name: &str) -> &[Bound] {
        self.bounds.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether every bound allows a version; `None` where one is not known.
    fn allows(&self, name: &str, version: &Version) -> Option<bool> {
        let mut known = Some(true);
        for bound in self.bounds(name) {
            match bound.allows(version) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => known = None,
            }
        }
        known
    }

    fn choose(&mut self, name: &'static str, extras: &[String], asked: Asked) {
        if self.chosen.contains_key(name) {
            return;
        }
        let named = matches!(asked, Asked::Named(_));
        let wanted = self.question.wanted.iter().find(|it| it.name == name);
        if let Some(held) = (self.question.held)(name)
            && !(named && self.question.renew)
        {
            let fits = held.as_ref().map(|version| self.allows(name, version));
            match fits {
                // A version that is not told satisfies what asks for none.
                None if self.bounds(name).is_empty() => {
                    return self.keep(name, None, true, asked);
                }
                None => return self.keep(name, None, false, asked),
                Some(Some(true)) => return self.keep(name, held, true, asked),
                Some(Some(false)) => {}
                Some(None) => return self.keep(name, None, false, asked),
            }
        }
        let source = wanted.map_or_else(|| (self.question.source)(name), |wanted| wanted.source);
        let pinned = self.bounds(name).iter().find_map(Bound::pin).cloned();
        let forced = pinned.is_some();
        let Some(candidates) =
            candidates::newest_first(name, source, self.question.files, pinned.as_ref())
        else {
            // A pin says which version, wherever it comes from.
            return self.set(name, pinned, false, forced, asked);
        };
        let (mut prerelease, mut conflicts) = (None, false);
        for candidate in candidates {
            work::done();
            match self.allows(name, &candidate.version) {
                Some(true) => {}
                Some(false) => continue,
                None => return self.set(name, None, false, false, asked),
            }
            // Withdrawn releases are for those who pin them.
            if candidate.release.is_some_and(|release| release.yanked) && !forced {
                continue;
            }
            if candidate.version.any_prerelease() && !forced && !self.question.pre {
                prerelease = prerelease.or(Some(candidate));
                continue;
            }
            // What it requires was not read: an older release may be taken for it.
            let unread = candidate.release.is_some_and(|it| it.requires.is_none());
            if unread && !forced && !self.question.no_deps {
                return self.set(name, None, false, false, asked);
            }
            match self.suits(&candidate, extras) {
                Suits::Yes(required) => {
                    return self.take(name, &candidate, forced, required, asked);
                }
                Suits::No => conflicts = true,
                Suits::Open(other) => {
                    // The other one may give way just as well.
                    if let Some(other) = self.chosen.get_mut(other) {
                        other.version = None;
                        other.stays = false;
                    }
                    return self.set(name, None, false, false, asked);
                }
            }
        }
        // No final release fits: a pre-release does.
        if let Some(candidate) = prerelease
            && let Suits::Yes(required) = self.suits(&candidate, extras)
        {
            return self.take(name, &candidate, forced, required, asked);
        }
        // A pinned version that is in no list is taken at its word: another rule says that it is not there.
        if let Some(version) = pinned.clone()
            && pypi::project(name).is_none_or(|it| it.release(&version.to_string()).is_none())
        {
            return self.set(name, Some(version), false, true, asked);
        }
        // Where anything will do, an old pre-release that the table does not list does too.
        self.impossible |= !conflicts && !self.bounds(name).is_empty();
        self.set(name, None, false, false, asked);
    }

    /// Whether what a release requires goes with what is chosen.
    fn suits(&self, candidate: &Candidate, extras: &[String]) -> Suits {
        let files = self.question.files;
        if self.question.no_deps {
            return Suits::Yes(Vec::new());
        }
        let required = candidate
            .release
            .and_then(|release| requires::of(release, files.minor, files.machine, extras));
        // What it requires was not read: it is followed no further.
        let Some(required) = required else {
            return Suits::Yes(Vec::new());
        };
        for other in &required {
            let Some(chosen) = self.chosen.get(other.name) else {
                continue;
            };
            let Some(version) = &chosen.version else {
                return Suits::Open(other.name);
            };
            if !other.specifiers.contains(&without_local(version)) {
                // Which of the two gives way depends on the installer's search.
                return if chosen.forced {
                    Suits::No
                } else {
                    Suits::Open(other.name)
                };
            }
        }
        Suits::Yes(required)
    }

    fn take(
        &mut self,
        name: &'static str,
        candidate: &Candidate,
        forced: bool,
        required: Vec<Required>,
        asked: Asked,
    ) {
        let by = format!("{name} {}", candidate.version);
        for other in required {
            let Some(project) = pypi::project(other.name) else {
                continue;
            };
            let other_name = project.name.as_str();
            if !other.specifiers.is_empty() {
                self.bind(other_name, Some(Bound::Within(other.specifiers)));
            }
            let by_name = self.required_by.entry(other_name).or_default();
            by_name.push(by.clone());
            self.queue.push_back((
                other_name,
                other.extras,
                Asked::Required {
                    root: asked.root(),
                    by: by.clone(),
                    wants: other.text.to_owned(),
                },
            ));
        }
        self.set(name, Some(candidate.version.clone()), false, forced, asked);
    }

    fn keep(&mut self, name: &'static str, version: Option<Version>, stays: bool, asked: Asked) {
        self.set(name, version, stays, false, asked);
    }

    fn set(
        &mut self,
        name: &'static str,
        version: Option<Version>,
        stays: bool,
        forced: bool,
        asked: Asked,
    ) {
        self.chosen.insert(
            name,
            Chosen {
                version,
                stays,
                forced,
                asked,
            },
        );
    }
}

enum Suits {
    Yes(Vec<Required>),
    No,
    /// It and this package cannot both be as they are.
    Open(&'static str),
}

/// The version that a text says; `None` where it is none.
pub(super) fn version(text: &str) -> Option<Version> {
    Version::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use facts::pypi::Machine;
    use packages::action::VersionSpec;

    use super::*;

    /// `torch==2.6.0`, as a command names it.
    fn wanted(text: &str) -> (&'static str, VersionSpec) {
        let end = text.find(['=', '<', '>']).unwrap_or(text.len());
        let nowhere = source::Location::new(source::FileId(0), source::Span::default());
        let place = packages::text::Text::empty(nowhere);
        let spec = match text[end..].strip_prefix("==") {
            Some(exact) => VersionSpec::Exact {
                version: exact.parse().unwrap(),
                text: place,
            },
            None if end == text.len() => VersionSpec::Any,
            None => VersionSpec::Range {
                specifiers: text[end..].parse().unwrap(),
                text: place,
            },
        };
        (pypi::project(&text[..end]).unwrap().name.as_str(), spec)
    }

    /// What a command does, with what is there before, for Python 3.12 on `x86_64`.
    fn takes(there: &[(&str, &str)], command: &str) -> String {
        let there: HashMap<&str, Version> = there
            .iter()
            .map(|(name, version)| (*name, version.parse().unwrap()))
            .collect();
        let words: Vec<(&str, VersionSpec)> = command.split(' ').map(wanted).collect();
        let wanted: Vec<Wanted<'_>> = words
            .iter()
            .enumerate()
            .map(|(number, (name, version))| Wanted {
                name: pypi::project(name).unwrap().name.as_str(),
                extras: &[],
                version,
                source: Source::Pypi,
                marker: None,
                number,
            })
            .collect();
        let answer = solve(&Question {
            wanted: &wanted,
            constraints: Vec::new(),
            source: &|_| Source::Pypi,
            held: &|name| there.get(name).cloned().map(Some),
            renew: false,
            no_deps: false,
            pre: false,
            files: Files {
                minor: 12,
                machine: Machine::X86_64,
                pip: None,
            },
        });
        let Some(choices) = answer else {
            return "impossible".to_owned();
        };
        let said = choices
            .iter()
            .filter(|choice| matches!(choice.name, "torch" | "xformers" | "vllm" | "torchvision"));
        let said = said.map(|choice| match &choice.pick {
            Pick::Stays => format!("{} stays", choice.name),
            Pick::Open => format!("{} open", choice.name),
            Pick::Takes(versions) => format!("{} {}", choice.name, versions.join("/")),
        });
        said.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn packages_bring_what_they_require() {
        assert_eq!(takes(&[], "torch"), "torch 2.15.0");
        assert_eq!(
            takes(&[], "xformers==0.0.34"),
            "torch 2.10.0, xformers 0.0.34"
        );
        assert_eq!(
            takes(&[], "vllm==0.33.0"),
            "torch 2.14.0, torchvision 0.29.0, vllm 0.33.0"
        );
    }

    #[test]
    fn what_is_pinned_decides_about_the_rest() {
        assert_eq!(
            takes(&[], "xformers torch==2.6.0"),
            "torch 2.6.0, xformers 0.0.29.post3"
        );
        assert_eq!(
            takes(&[], "torchvision torch==2.5.1"),
            "torch 2.5.1, torchvision 0.20.1"
        );
    }

    #[test]
    fn what_is_there_stays_where_it_is_good_enough() {
        let there = &[("torch", "2.6.0+cu124")];
        assert_eq!(takes(there, "torch"), "torch stays");
        assert_eq!(takes(there, "torch>=2.5"), "torch stays");
        assert_eq!(takes(there, "torch==2.6.0"), "torch stays");
        assert_eq!(takes(there, "accelerate"), "torch stays");
        assert_eq!(takes(there, "torch>=2.7"), "torch 2.15.0");
        assert_eq!(takes(there, "xformers"), "torch 2.15.0, xformers 0.0.35");
    }

    /// Which of two gives way depends on the installer's search.
    #[test]
    fn a_search_is_left_open() {
        assert_eq!(takes(&[], "torch vllm"), "torch open, vllm open");
    }

    #[test]
    fn what_no_python_has_cannot_be_installed() {
        assert_eq!(takes(&[], "torch==2.1.0"), "impossible");
        assert_eq!(takes(&[], "torch>=99"), "impossible");
    }
}
