//! A configuration from its file.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use facts::image::{Accelerator, Cudnn, Flavor, ImageRef};
use linter::Target;
use linter::known::{Known, KnownImage, KnownMirror, MirrorOf, NamePattern, Origin, SaidFacts};
use source::{Severity, SourceFile, Span};
use toml::de::DeTable;

use super::check::{self, MAX_PROBLEMS, Problem};
use super::document::{Config, Levels, PerPath, Threshold, accelerator};
use super::keys;
use super::patterns::Patterns;
use crate::ignored::MAX_PATTERNS;

/// What stands in a file, or what is wrong with it.
pub(super) fn config(file: &Arc<SourceFile>, top: &[&str]) -> Result<Config, Vec<Problem>> {
    // The parser knows no byte order mark.
    let skipped = file.text().len() - file.text().trim_start_matches('\u{feff}').len();
    let text = &file.text()[skipped..];
    read(file, text, skipped, top).map_err(|mut problems| {
        problems.sort_by_key(|problem| problem.span.start);
        problems.truncate(MAX_PROBLEMS);
        for problem in &mut problems {
            problem.span.start += skipped;
            problem.span.end += skipped;
        }
        problems
    })
}

fn read(
    file: &Arc<SourceFile>,
    text: &str,
    skipped: usize,
    top: &[&str],
) -> Result<Config, Vec<Problem>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problem = |error: &toml::de::Error| {
            let span = error.span().unwrap_or_default();
            let message = error.message().lines().next().unwrap_or_default();
            Problem::new(span, format!("this is no TOML: {message}"))
        };
        return Err(errors.iter().map(problem).collect());
    }
    let (mut table, mut span) = (document.get_ref(), 0..0);
    for name in top {
        let Some(value) = table.get(*name) else {
            return Ok(Config::default());
        };
        let Some(inner) = value.get_ref().as_table() else {
            let message = format!("`{}` holds a table", top.join("."));
            return Err(vec![Problem::new(value.span(), message)]);
        };
        (table, span) = (inner, value.span());
    }
    let mut problems = Vec::new();
    let count = |table: &DeTable<'_>, key| words(table, key).map_or(0, |words| words.len());
    let of_paths = tables(table, "per-path").map(|(table, _)| count(table, "paths"));
    if of_paths.sum::<usize>() + count(table, "exclude") > MAX_PATTERNS {
        let message = format!("there are more than {MAX_PATTERNS} patterns for paths");
        return Err(vec![Problem::new(span, message)]);
    }
    check::table(table, &span, keys::TOP, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let reader = Reader { file, skipped };
    let images = reader.images(table)?;
    Ok(Config {
        select: words(table, "select").map(names),
        ignore: words(table, "ignore").map(names).unwrap_or_default(),
        levels: levels(table),
        per_path: tables(table, "per-path")
            .map(|(table, _)| per_path(table))
            .collect(),
        fail_on: word(table, "fail-on").and_then(fail_on),
        exclude: patterns(table, "exclude"),
        context: word(table, "context").map(Utf8PathBuf::from),
        default_runtime: word(table, "default-runtime").map(str::to_owned),
        target: inner(table, "target").map(target).unwrap_or_default(),
        build_args: pairs(table, "build-args"),
        known: Arc::new(Known {
            images,
            mirrors: reader.mirrors(table),
        }),
    })
}

fn word<'d>(table: &'d DeTable<'_>, key: &str) -> Option<&'d str> {
    table.get(key)?.get_ref().as_str()
}

fn switch(table: &DeTable<'_>, key: &str) -> Option<bool> {
    table.get(key)?.get_ref().as_bool()
}

fn words<'d>(table: &'d DeTable<'_>, key: &str) -> Option<Vec<&'d str>> {
    let items = table.get(key)?.get_ref().as_array()?.iter();
    Some(items.filter_map(|item| item.get_ref().as_str()).collect())
}

fn inner<'d, 'i>(table: &'d DeTable<'i>, key: &str) -> Option<&'d DeTable<'i>> {
    table.get(key)?.get_ref().as_table()
}

fn tables<'d, 'i>(
    table: &'d DeTable<'i>,
    key: &str,
) -> impl Iterator<Item = (&'d DeTable<'i>, std::ops::Range<usize>)> {
    let items = table.get(key).and_then(|value| value.get_ref().as_array());
    let items = items.into_iter().flat_map(|items| items.iter());
    items.filter_map(|item| Some((item.get_ref().as_table()?, item.span())))
}

/// In the order of the file.
fn pairs(table: &DeTable<'_>, key: &str) -> Vec<(String, String)> {
    let entries = inner(table, key).into_iter().flatten();
    let mut found: Vec<(usize, &str, &str)> = entries
        .filter_map(|(name, value)| {
            Some((
                name.span().start,
                &**name.get_ref(),
                value.get_ref().as_str()?,
            ))
        })
        .collect();
    found.sort_unstable();
    let owned = |(_, name, value): (usize, &str, &str)| (name.to_owned(), value.to_owned());
    found.into_iter().map(owned).collect()
}

fn names(words: Vec<&str>) -> Vec<&'static str> {
    let rules = words.into_iter().filter_map(linter::rules::find);
    rules.map(|rule| rule.name).collect()
}

fn levels(table: &DeTable<'_>) -> Levels {
    let mut levels = BTreeMap::new();
    for (name, level) in pairs(table, "rules") {
        if let Some(rule) = linter::rules::find(&name) {
            levels.insert(rule.name, severity(&level));
        }
    }
    levels
}

/// `None` for `off`.
fn severity(word: &str) -> Option<Severity> {
    match word {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "info" => Some(Severity::Info),
        _ => None,
    }
}

fn fail_on(word: &str) -> Option<Threshold> {
    match word {
        "never" => Some(Threshold(None)),
        word => severity(word).map(|least| Threshold(Some(least))),
    }
}

fn patterns(table: &DeTable<'_>, key: &str) -> Patterns {
    Patterns::new(words(table, key).unwrap_or_default().into_iter())
}

fn per_path(table: &DeTable<'_>) -> PerPath {
    PerPath {
        paths: patterns(table, "paths"),
        ignore: words(table, "ignore").map(names).unwrap_or_default(),
        levels: levels(table),
    }
}

fn target(table: &DeTable<'_>) -> Target {
    let gpus = words(table, "gpus").unwrap_or_default();
    Target {
        driver: word(table, "driver").and_then(|text| linter::target::driver(text).ok()),
        gpus: gpus.iter().filter_map(|text| text.parse().ok()).collect(),
        platform: word(table, "platform").and_then(|text| text.parse().ok()),
    }
}

/// What says where something stands.
struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    skipped: usize,
}

impl Reader<'_> {
    fn origin(&self, table: &DeTable<'_>, key: &str) -> Origin {
        let span = table.get(key).map(toml::Spanned::span).unwrap_or_default();
        Origin {
            file: Arc::clone(self.file),
            span: Span::from_usize(span.start + self.skipped..span.end + self.skipped),
        }
    }

    fn images(&self, table: &DeTable<'_>) -> Result<Vec<Arc<KnownImage>>, Vec<Problem>> {
        let (mut images, mut problems) = (Vec::new(), Vec::new());
        for (table, span) in tables(table, "image") {
            let name = word(table, "name").map(NamePattern::parse);
            let Some(Ok(name)) = name else { continue };
            let from = word(table, "from").and_then(ImageRef::parse);
            let facts = said(table);
            problems.extend(contradiction(table, &span, from.is_some(), &facts));
            images.push(Arc::new(KnownImage {
                name,
                from,
                facts,
                origin: self.origin(table, "name"),
            }));
        }
        if problems.is_empty() {
            Ok(images)
        } else {
            Err(problems)
        }
    }

    fn mirrors(&self, table: &DeTable<'_>) -> Vec<Arc<KnownMirror>> {
        let mirror = |(table, _)| {
            Some(Arc::new(KnownMirror {
                url: word(table, "url")?.to_owned(),
                of: MirrorOf::parse(word(table, "of")?).ok()?,
                origin: self.origin(table, "url"),
            }))
        };
        tables(table, "mirror").filter_map(mirror).collect()
    }
}

fn said(table: &DeTable<'_>) -> SaidFacts {
    let frameworks = ["torch", "tensorflow", "jax"];
    let framework = frameworks
        .into_iter()
        .find(|name| word(table, name).is_some() || switch(table, name) == Some(true));
    SaidFacts {
        accelerator: word(table, "accelerator").and_then(accelerator),
        cuda: word(table, "cuda").and_then(|text| text.parse().ok()),
        flavor: word(table, "flavor").and_then(Flavor::from_word),
        cudnn: cudnn(table),
        nvcc: switch(table, "nvcc"),
        python: switch(table, "python"),
        python_version: word(table, "python").map(major_minor),
        framework,
        framework_version: framework
            .and_then(|name| word(table, name))
            .map(str::to_owned),
        musl: word(table, "os").map(|os| os.to_ascii_lowercase().starts_with("alpine")),
    }
}

fn cudnn(table: &DeTable<'_>) -> Option<Cudnn> {
    if let Some(version) = word(table, "cudnn") {
        let major = version.split('.').next().unwrap_or_default();
        return Some(Cudnn::Present(major.parse().ok()));
    }
    let present = switch(table, "cudnn")?;
    Some(if present {
        Cudnn::Present(None)
    } else {
        Cudnn::Absent
    })
}

/// `3.11` of `3.11.4`.
fn major_minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// Why an image's facts cannot hold together.
fn contradiction(
    table: &DeTable<'_>,
    span: &std::ops::Range<usize>,
    from: bool,
    facts: &SaidFacts,
) -> Option<Problem> {
    let cuda = facts.cuda.is_some() || facts.flavor.is_some();
    if !from && !cuda && facts.accelerator.is_none() {
        return Some(Problem {
            help: Some("add `from`, `cuda`, `flavor` or `accelerator`".to_owned()),
            ..Problem::new(
                span.clone(),
                "nothing says what this image is made for".to_owned(),
            )
        });
    }
    let other = |accelerator: &Accelerator| *accelerator != Accelerator::Nvidia;
    if cuda && facts.accelerator.as_ref().is_some_and(other) {
        let at = table.get("accelerator").map(toml::Spanned::span);
        return Some(Problem::new(
            at.unwrap_or_else(|| span.clone()),
            "an image with CUDA is made for `nvidia`".to_owned(),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Config, Vec<Problem>> {
        config(&Arc::new(SourceFile::new("env-doctor.toml", text)), &[])
    }

    fn spans_lie_in(text: &str, problems: &[Problem]) -> bool {
        problems
            .iter()
            .all(|problem| text.get(problem.span.clone()).is_some())
    }

    #[test]
    fn nesting_without_end_is_refused() {
        for text in [
            "select = ".to_owned() + &"[".repeat(100_000),
            "select".to_owned() + &".a".repeat(100_000) + " = 1",
            "target = ".to_owned() + &"{a = ".repeat(100_000),
        ] {
            let problems = read(&text).unwrap_err();
            assert!(spans_lie_in(&text, &problems));
        }
    }

    #[test]
    fn mistakes_without_number_are_not_all_shown() {
        let text = "ignore = [".to_owned() + &"1,".repeat(10_000) + "]";
        assert_eq!(read(&text).unwrap_err().len(), MAX_PROBLEMS);
    }

    #[test]
    fn patterns_without_number_are_refused() {
        let list = |count| format!("exclude = [{}]", "'a', ".repeat(count));
        assert!(read(&list(100)).is_ok());
        let many = read(&list(MAX_PATTERNS)).unwrap();
        assert!(many.exclude.fit(std::path::Path::new("a"), false));
        let half = "'a', ".repeat(MAX_PATTERNS / 2 + 1);
        for text in [
            list(MAX_PATTERNS + 1),
            format!("[[per-path]]\npaths = [{half}]\n").repeat(2),
        ] {
            let problems = read(&text).unwrap_err();
            assert_eq!(
                problems[0].message,
                "there are more than 10000 patterns for paths"
            );
        }
    }

    #[test]
    fn names_without_number_are_not_all_compared_with_those_that_exist() {
        let list = |count| format!("ignore = [{}]", "'nvc-missing', ".repeat(count));
        let table = |count| {
            let lines = (0..count).map(|number| format!("nvc-missing{number} = 'off'\n"));
            format!("[rules]\n{}", lines.collect::<String>())
        };
        let keys = |count| {
            let lines = (0..count).map(|number| format!("ignor{number} = 1\n"));
            lines.collect()
        };
        let shapes: [&dyn Fn(usize) -> String; 3] = [&list, &table, &keys];
        for make in shapes {
            let [few, many] = [100, 1_000].map(|count| {
                let (result, work) = work::measured(|| read(&make(count)));
                assert_eq!(result.unwrap_err().len(), MAX_PROBLEMS);
                work
            });
            assert!(few > 0 && few == many, "{few} and {many}");
        }
    }

    #[test]
    fn places_count_the_byte_order_mark() {
        let problems = read("\u{feff}selct = []").unwrap_err();
        assert_eq!(problems[0].span, 3..8);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_at_places_in_it(text in "\\PC{0,60}") {
            if let Err(problems) = read(&text) {
                prop_assert!(spans_lie_in(&text, &problems));
            }
        }

        #[test]
        fn any_values_are_read_or_refused_at_places_in_them(
            lines in proptest::collection::vec(
                ("(select|ignore|fail-on|exclude|rules|image|mirror|target|per-path|\\[image\\]|\\[\\[image\\]\\]|\\[\\[mirror\\]\\]|name|cuda|url|of|paths|cudnn|torch)",
                 "( = (1|true|'x'|\\['é'\\]|\\{ a = 1 \\}|'12.4'|'cu122'|\\[\\]|1979-05-27))?"),
                0..8,
            )
        ) {
            let lines = lines.iter().map(|(key, value)| format!("{key}{value}"));
            let text = lines.collect::<Vec<_>>().join("
    ");
            if let Err(problems) = read(&text) {
                prop_assert!(!problems.is_empty());
                prop_assert!(spans_lie_in(&text, &problems));
            }
        }
    }
}
