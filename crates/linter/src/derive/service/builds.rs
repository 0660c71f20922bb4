//! The Dockerfiles that a Compose project builds, once for each distinct target and arguments that are read.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use camino::Utf8PathBuf;
use compose::yaml::ScalarStyle;
use compose::{Project, Service};
use dockerfile::Dockerfile;
use packages::text::HOLE;
use source::{FileId, Location, Sources};

use super::inline;
use crate::derive::environment::{Derived, Model};
use crate::derive::image::{Finals, Walked, find_finals, walk};
use crate::derive::loader::Loader;
use crate::derive::names;
use crate::derive::note::Note;
use crate::derive::settings::{DockerfileInput, Settings};

/// A Dockerfile as one or more services build it.
pub(crate) struct Build {
    /// Its file; the Compose file where it is written in there.
    pub file: FileId,
    /// Its grammar.
    pub dockerfile: Dockerfile,
    /// What it does.
    pub walked: Walked,
    /// What is worked out about it.
    pub derived: Derived,
    /// The stage that runs; the last where none is named.
    pub stage: Option<String>,
    /// Whether it stands in the Compose file.
    pub inline: bool,
    /// Positions of the services.
    pub services: Vec<usize>,
}

impl Build {
    /// The Dockerfile as rules see it.
    pub(crate) fn model<'a>(&'a self, sources: &'a Sources, settings: &'a Settings) -> Model<'a> {
        // A build without target makes the last stage, whatever other stages look final.
        let finals = match &self.stage {
            Some(stage) => find_finals(&self.walked.stages, Some(stage)),
            None => Finals::last(&self.walked.stages),
        };
        let name = sources.get(self.file).name();
        Model {
            file: self.file,
            dockerfile: &self.dockerfile,
            sources,
            stages: &self.walked.stages,
            derived: &self.derived,
            finals,
            intent: names::intent(name),
            target: &settings.target,
            known: &settings.known,
            host: settings.host.as_deref(),
        }
    }
}

/// How many Dockerfiles in one project's Compose files are read: each takes as long as the whole file.
const MAX_INLINE: usize = 64;

/// What the Dockerfiles of one project may come to, those counted twice that are built twice.
const MAX_PARTS: usize = 2 * source::MAX_PARTS;

/// Where a Dockerfile is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Written {
    /// In a file of its own.
    File {
        /// The file.
        path: Utf8PathBuf,
        /// How a message names it.
        shown: Utf8PathBuf,
    },
    /// In the Compose file; whether as a block of lines, which keeps its bytes.
    Inline(Location, bool),
}

/// What distinguishes two builds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    written: Written,
    context: Utf8PathBuf,
    stage: Option<String>,
    args: Vec<(String, String)>,
}

/// Reads every Dockerfile that a service is built from; notes say what could not be read.
pub(crate) fn read<L: Loader>(
    project: &Project,
    sources: &mut Sources,
    loader: &L,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Vec<Build> {
    let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    let mut words: BTreeMap<Written, Option<HashSet<String>>> = BTreeMap::new();
    for (index, service) in project.services.iter().enumerate() {
        let Some(mut key) = key(service) else {
            continue;
        };
        if !key.args.is_empty() {
            let words = words.entry(key.written.clone());
            let words = words.or_insert_with_key(|written| words_of(written, sources, loader));
            key.args
                .retain(|(name, _)| may_be_read(name, words.as_ref()));
        }
        groups.entry(key).or_default().push(index);
    }
    let mut groups: Vec<(Key, Vec<usize>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, services)| services[0]);
    let mut found = Vec::new();
    let mut inline = 0;
    let mut left = MAX_PARTS;
    for (key, services) in groups {
        inline += usize::from(matches!(key.written, Written::Inline(..)));
        if inline > MAX_INLINE {
            break;
        }
        match open(&key.written, sources, loader, &mut left) {
            Ok((file, dockerfile)) => {
                let build = walked(key, file, dockerfile, sources, loader, settings);
                notes.extend(build.walked.notes.iter().cloned());
                found.push(Build { services, ..build });
            }
            Err(text) => {
                let build = project.services[services[0]].build();
                let location = build.map(|build| build.value.location);
                notes.extend(location.map(|location| Note { location, text }));
            }
        }
    }
    found
}

/// The words of a Dockerfile; `None` where it is not at hand.
fn words_of<L: Loader>(
    written: &Written,
    sources: &Sources,
    loader: &L,
) -> Option<HashSet<String>> {
    let (source, range) = match written {
        Written::File { path, .. } => {
            let source = loader.read(path)?;
            let all = 0..source.text().len();
            (source, all)
        }
        Written::Inline(at, _) => (Arc::clone(sources.get(at.file)), at.span.range()),
    };
    let text = source.text().get(range)?;
    let words = text.split(|c: char| !is_word(c));
    Some(words.map(str::to_owned).collect())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether an instruction may read an argument: all builds whose arguments differ elsewhere only are one.
fn may_be_read(name: &str, words: Option<&HashSet<String>>) -> bool {
    words.is_none_or(|words| words.contains(name) || !name.chars().all(is_word))
}

/// The Dockerfile and the file it is in, or why it is not known.
fn open<L: Loader>(
    written: &Written,
    sources: &mut Sources,
    loader: &L,
    left: &mut usize,
) -> Result<(FileId, Dockerfile), String> {
    let mut parse = |path: &str, text: &str| {
        let Some(rest) = left.checked_sub(source::parts(text)) else {
            let reason = source::too_much(MAX_PARTS);
            loader.refuse(
                path.into(),
                &format!("{reason} with what the project builds"),
            );
            return Err(format!("`{path}` is {reason}"));
        };
        *left = rest;
        Ok(dockerfile::parse(text))
    };
    match written {
        Written::File { path, shown } => {
            let source = loader.read(path);
            let source = source.ok_or_else(|| format!("`{shown}` is not at hand"))?;
            let dockerfile = parse(path.as_str(), source.text())?;
            Ok((sources.add(source), dockerfile))
        }
        Written::Inline(_, false) => {
            Err("`dockerfile_inline` is read as a block of lines (`|`) only".to_owned())
        }
        Written::Inline(at, true) => {
            let file = sources.get(at.file);
            let text = inline::masked(file.text(), at.span)?;
            Ok((at.file, parse(file.name(), &text)?))
        }
    }
}

fn walked<L: Loader>(
    key: Key,
    file: FileId,
    dockerfile: Dockerfile,
    sources: &mut Sources,
    loader: &L,
    settings: &Settings,
) -> Build {
    let input = DockerfileInput {
        file,
        contexts: vec![key.context],
    };
    let mut build_args = settings.build_args.clone();
    build_args.extend(key.args);
    let settings = Settings {
        stage: key.stage.clone(),
        build_args,
        ..settings.clone()
    };
    let walked = walk(&dockerfile, sources, &input, loader, &settings);
    Build {
        file,
        dockerfile,
        derived: Derived::new(walked.stages.len()),
        walked,
        stage: key.stage,
        inline: matches!(key.written, Written::Inline(..)),
        services: Vec::new(),
    }
}

/// How a service is built; `None` where that cannot be known here.
fn key(service: &Service) -> Option<Key> {
    let build = service.build()?;
    let compose::Context::Directory(context) = build.context() else {
        return None;
    };
    let stage = match build.target() {
        Some((stage, _)) => Some(stage.meant()?.to_owned()),
        None => None,
    };
    let written = match build.dockerfile_inline() {
        Some((text, at)) => Written::Inline(at, text.style == ScalarStyle::Literal),
        None => Written::File {
            path: build.dockerfile()?,
            shown: build.dockerfile_shown(),
        },
    };
    let args = build.args().into_iter();
    // What may not be shown is set, and nobody knows to what.
    let args = args.filter_map(|argument| {
        let unknown = || argument.withheld.then(|| HOLE.to_string());
        Some((argument.name, argument.value.or_else(unknown)?))
    });
    Some(Key {
        written,
        context,
        stage: stage.filter(|stage| !stage.is_empty()),
        args: args.collect(),
    })
}
