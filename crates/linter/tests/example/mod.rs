//! Fenced examples: ` ```dockerfile bad ` gives exactly the findings its `# finding:` lines assert,
//! ` good ` none, ` fixed ` is the bad block before it after its fixes, and clean.
//!
//! CONTRIBUTING.md lists the kinds of blocks and their options.

mod compose_project;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use crate::machine;

use camino::{Utf8Path, Utf8PathBuf};
use linter::fix::{self, Examined, Grammar, Project, Texts};
use linter::{DockerfileInput, Loader, Settings, Target};
use source::{Applicability, Diagnostic, SourceFile, Sources};

/// Files of one example by name.
pub(crate) type Files = BTreeMap<String, String>;

/// A fenced block.
pub(crate) struct Block {
    line: usize,
    /// `dockerfile`, `yaml`, `machine`.
    pub language: String,
    /// `bad`, `good`, `fixed`.
    pub kind: String,
    /// What follows the kind.
    pub options: Vec<String>,
    body: String,
}

/// The files in a block.
pub(crate) struct Example {
    /// The Dockerfile.
    pub first: String,
    /// All of them.
    pub files: Files,
    /// The findings that it asserts, as written.
    pub expected: Vec<String>,
}

/// Runs every example of a page; the error names the line of the block.
pub(crate) fn run_all(path: &Path, text: &str) -> Result<(), String> {
    let mut failures = String::new();
    let mut bad: Option<(Example, Vec<String>)> = None;
    for block in blocks(text) {
        let result = match block.kind.as_str() {
            "bad" | "good" if block.language == "machine" => expect_on_machine(&block),
            "bad" => {
                let example = parse(&block);
                let result = expect_findings(&example, &block.options);
                bad = Some((example, block.options.clone()));
                result
            }
            "good" => expect_findings(&parse(&block), &block.options),
            "fixed" => match bad.take() {
                Some((bad, options)) => expect_fixed(&bad, &parse(&block), &options),
                None => Err("a fixed block needs a bad block before it".to_owned()),
            },
            _ => Ok(()),
        };
        if let Err(error) = result {
            let _ = writeln!(failures, "{}:{}: {error}", path.display(), block.line);
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

/// The fenced blocks of a page.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            if let Some(block) = open.take() {
                found.push(block);
            } else {
                let mut words = info.split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                let kind = words.next().unwrap_or_default();
                open = Some(Block {
                    line: index + 1,
                    language,
                    kind,
                    options: words.collect(),
                    body: String::new(),
                });
            }
        } else if let Some(block) = &mut open {
            block.body.push_str(line);
            block.body.push('\n');
        }
    }
    found
}

/// The files in a block, without its assertions.
pub(crate) fn parse(block: &Block) -> Example {
    let path = block
        .options
        .iter()
        .find_map(|option| option.strip_prefix("path="));
    let mut name = path
        .unwrap_or(if block.language == "yaml" {
            "compose.yaml"
        } else {
            "Dockerfile"
        })
        .to_owned();
    let mut first = None;
    let mut files = Files::new();
    let mut expected = Vec::new();
    for line in block.body.lines() {
        if let Some(next) = line.strip_prefix("# file: ") {
            next.trim().clone_into(&mut name);
            files.entry(name.clone()).or_default();
            first.get_or_insert_with(|| name.clone());
            continue;
        }
        if let Some(finding) = line.trim_start().strip_prefix("# finding: ") {
            expected.push(finding.trim().to_owned());
            continue;
        }
        first.get_or_insert_with(|| name.clone());
        let text = files.entry(name.clone()).or_default();
        text.push_str(line);
        text.push('\n');
    }
    Example {
        first: first.unwrap_or(name),
        files,
        expected,
    }
}

struct Memory(BTreeMap<Utf8PathBuf, Arc<SourceFile>>);

impl Loader for Memory {
    fn read(&self, path: &Utf8Path) -> Option<Arc<SourceFile>> {
        self.0.get(path).cloned()
    }

    fn list(&self, path: &Utf8Path) -> Vec<Utf8PathBuf> {
        self.0
            .keys()
            .filter(|file| file.parent() == Some(path))
            .cloned()
            .collect()
    }
}

/// What is found in an example.
pub(crate) fn check(first: &str, files: &Files, options: &[String]) -> Examined {
    let loader = Memory(
        files
            .iter()
            .map(|(name, text)| (name.into(), Arc::new(SourceFile::new(name, text))))
            .collect(),
    );
    if first.ends_with(".yaml") || first.ends_with(".yml") {
        return compose_project::check(first, &loader, options);
    }
    let mut settings = Settings::default();
    for option in options {
        match option.split_once('=') {
            Some(("target", stage)) => settings.stage = Some(stage.to_owned()),
            Some(("build-arg", pair)) => {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                settings
                    .build_args
                    .push((name.to_owned(), value.to_owned()));
            }
            _ => machine_option(option, &mut settings),
        }
    }
    let mut sources = Sources::new();
    let file = sources.add(Arc::clone(&loader.0[Utf8Path::new(first)]));
    let directory = Utf8Path::new(first)
        .parent()
        .unwrap_or(Utf8Path::new(""))
        .to_owned();
    let input = DockerfileInput {
        file,
        contexts: vec![directory, Utf8PathBuf::new()],
    };
    let checked = linter::check_dockerfile(&mut sources, &input, &loader, &settings);
    Examined {
        sources,
        grammars: vec![(file, Grammar::Dockerfile)],
        reported: checked.diagnostics,
        hidden: Vec::new(),
    }
}

/// The options about the machine.
fn machine_option(option: &str, settings: &mut Settings) {
    let target = &mut settings.target;
    match option.split_once('=') {
        Some(("driver", text)) => target.driver = linter::target::driver(text).ok(),
        Some(("gpu", text)) => target.gpus.extend(text.parse()),
        Some(("machine", name)) => {
            let facts = machine::facts_of(&machine::text_of(name).unwrap_or_default());
            *target = Target::of_host(&facts);
            settings.default_runtime = linter::derive::machine::default_runtime(&facts);
            settings.host = Some(Arc::new(facts));
        }
        Some(("platform", text)) => target.platform = text.parse().ok(),
        Some((name, version)) if name.starts_with("host-") => {
            let host = Arc::make_mut(settings.host.get_or_insert_default());
            let version = Some(version.to_owned());
            match name {
                "host-compose" => host.compose.version = version,
                "host-docker" => host.docker.version = version,
                "host-toolkit" => host.toolkit.version = version,
                _ => {}
            }
        }
        _ => {}
    }
}

/// What is found on the machine of a block.
fn expect_on_machine(block: &Block) -> Result<(), String> {
    let like = block
        .options
        .iter()
        .find_map(|option| option.strip_prefix("like="));
    let mut text = match like {
        Some(name) => machine::text_of(name).ok_or(format!("there is no machine {name}"))?,
        None => String::new(),
    };
    let mut expected = Vec::new();
    for line in block.body.lines() {
        if let Some(finding) = line.strip_prefix("# finding: ") {
            expected.push(finding.trim().to_owned());
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    let facts = machine::facts_of(&text);
    let mut sources = Sources::new();
    let checked = linter::check_host(&mut sources, &facts, &|_, found| Some(found));
    compare(&expected, &sources, &checked.diagnostics)
}

fn expect_findings(example: &Example, options: &[String]) -> Result<(), String> {
    let found = check(&example.first, &example.files, options);
    compare(&example.expected, &found.sources, &found.reported)
}

fn compare(
    expected: &[String],
    sources: &Sources,
    diagnostics: &[Diagnostic],
) -> Result<(), String> {
    let mut found: Vec<(String, String)> = diagnostics
        .iter()
        .map(|d| {
            let file = sources.get(d.primary.location.file);
            let mut span = file.slice(d.primary.location.span).to_owned();
            if file.is_observed() {
                span = format!("{}: {span}", file.name());
            }
            let tail = format!("\"{}\" @ \"{}\"", d.message, span.escape_debug());
            (
                format!("{} {tail}", d.rule),
                format!("{}[{}] {tail}", d.severity.as_str(), d.rule),
            )
        })
        .collect();
    let mut missing = Vec::new();
    for expected in expected {
        match found
            .iter()
            .position(|(plain, full)| fits(expected, plain) || fits(expected, full))
        {
            Some(at) => {
                found.swap_remove(at);
            }
            None => missing.push(expected.clone()),
        }
    }
    if missing.is_empty() && found.is_empty() {
        return Ok(());
    }
    let mut message = "findings differ".to_owned();
    for line in missing {
        let _ = write!(message, "\n    missing:    # finding: {line}");
    }
    for (_, line) in found {
        let _ = write!(message, "\n    unexpected: # finding: {line}");
    }
    Err(message)
}

/// The asserted text may be a part of the message; rule and span must be equal.
fn fits(expected: &str, found: &str) -> bool {
    let split = |line: &str| -> Option<(String, String, String)> {
        let (rule, rest) = line.split_once(" \"")?;
        let (text, span) = rest.rsplit_once("\" @ \"")?;
        Some((
            rule.to_owned(),
            text.to_owned(),
            span.trim_end_matches('"').to_owned(),
        ))
    };
    match (split(expected), split(found)) {
        (Some((rule, text, span)), Some((rule_found, text_found, span_found))) => {
            rule == rule_found && text_found.contains(&text) && span == span_found
        }
        _ => false,
    }
}

/// One example as a project that can be repaired.
pub(crate) struct Repairable<'e> {
    /// The Dockerfile.
    pub first: &'e str,
    /// It and what it reads.
    pub files: &'e Files,
    /// As behind the kind of a block.
    pub options: &'e [String],
}

impl Project for Repairable<'_> {
    fn check(&self, _input: usize, texts: &Texts) -> Examined {
        let mut files = self.files.clone();
        for (name, file) in texts {
            files.insert(name.clone(), file.text().to_owned());
        }
        check(self.first, &files, self.options)
    }

    fn may_change(&self, _file: &SourceFile) -> bool {
        true
    }
}

fn expect_fixed(bad: &Example, fixed: &Example, options: &[String]) -> Result<(), String> {
    let project = Repairable {
        first: &bad.first,
        files: &bad.files,
        options,
    };
    let before = vec![project.check(0, &Texts::new())];
    let repaired = fix::repair(&project, before, Applicability::Unsafe);
    if let Some(dropped) = repaired.dropped.first() {
        return Err(format!("a fix was not kept: {dropped:?}"));
    }
    if repaired.unfinished {
        return Err("the fixes do not come to an end".to_owned());
    }
    let mut files = bad.files.clone();
    for (name, file) in repaired.texts {
        files.insert(name, file.text().to_owned());
    }
    for (name, text) in &fixed.files {
        let found = files.get(name).map_or("", String::as_str);
        if found != text {
            return Err(format!(
                "{name} after the fix is\n{found}\ninstead of\n{text}"
            ));
        }
    }
    expect_findings(
        &Example {
            first: bad.first.clone(),
            files,
            expected: fixed.expected.clone(),
        },
        options,
    )
}
