//! What costs four times as much may take four times the work, whatever a file repeats: findings, stages, services,
//! suppressions, fixes. Counted in work (`crates/work`), not in time.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[expect(dead_code, reason = "the other half runs the pages")]
mod example;
mod machine;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use example::{Example, Files, Repairable};
use linter::fix::{self, Examined, Project as _, Texts};
use source::Applicability;

/// How often something stands in the smaller file, and in the larger one.
const SIZES: [usize; 2] = [500, 2000];
/// The same for the pages, which are many, and for their repair, which checks many times.
const PAGE_SIZES: [usize; 2] = [250, 1000];
const REPAIR_SIZES: [usize; 2] = [50, 200];
/// How many percent of the smaller one's work the larger one may take: four times as much, and what a logarithm adds.
const MOST: u64 = 440;

/// An example of some size.
struct Sized {
    first: String,
    files: Files,
    options: Vec<String>,
}

impl Sized {
    fn dockerfile(text: String) -> Self {
        Self::of("Dockerfile", vec![("Dockerfile", text)])
    }

    fn compose(text: String) -> Self {
        Self::of("compose.yaml", vec![("compose.yaml", text)])
    }

    fn of(first: &str, files: Vec<(&str, String)>) -> Self {
        let files = files.into_iter();
        Self {
            first: first.to_owned(),
            files: files.map(|(name, text)| (name.to_owned(), text)).collect(),
            options: Vec::new(),
        }
    }

    fn check(&self) -> Examined {
        example::check(&self.first, &self.files, &self.options)
    }

    fn work_of_checking(&self) -> u64 {
        work::measured(|| self.check()).1
    }

    fn work_of_repairing(&self) -> u64 {
        let project = Repairable {
            first: &self.first,
            files: &self.files,
            options: &self.options,
        };
        let before = vec![project.check(0, &Texts::new())];
        work::measured(|| fix::repair(&project, before, Applicability::Unsafe)).1
    }
}

/// Compares the work of two sizes; an error says how much it grows.
fn compare(name: &str, [small, large]: [u64; 2]) -> Result<(), String> {
    let percent = large * 100 / small.max(1);
    if percent <= MOST {
        return Ok(());
    }
    Err(format!(
        "{name}: {small}, and {large} for four times as many: {percent} %\n"
    ))
}

/// Asserts that neither checking nor repairing what `make` gives grows faster than its size.
fn grows_evenly(make: impl Fn(usize) -> Sized) {
    let sized = SIZES.map(make);
    let found = sized[0].check().reported.len();
    assert!(found >= SIZES[0], "{found} findings");
    compare("checking", sized.each_ref().map(Sized::work_of_checking)).unwrap();
    compare("repairing", sized.each_ref().map(Sized::work_of_repairing)).unwrap();
}

/// The rule pages.
fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The first bad example of a page that is about files.
fn bad(page: &Path) -> Option<(Example, Vec<String>)> {
    let blocks = example::blocks(&std::fs::read_to_string(page).unwrap());
    let mut bad = blocks.into_iter().filter(|block| block.kind == "bad");
    let block = bad.find(|block| block.language != "machine")?;
    Some((example::parse(&block), block.options))
}

/// The example with what its first finding stands in so many times: an instruction, a service, or a line of a
/// dependency file. `None` where nothing in it can be repeated.
fn repeated(example: &Example, options: &[String], times: usize) -> Option<Sized> {
    let examined = example::check(&example.first, &example.files, options);
    let rule = example.expected.first()?.split(' ').next()?;
    let rule = rule.trim_end_matches(']').rsplit('[').next()?;
    let mut found = examined.reported.iter();
    let finding = found.find(|finding| finding.rule == rule)?;
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    let mut again = labels.filter_map(|label| {
        let file = examined.sources.get(label.location.file);
        let text = example.files.get(file.name())?;
        let line = file.position(label.location.span.start).line as usize - 1;
        let new = repeated_in(file.name(), text, line, times)?;
        let mut files = example.files.clone();
        files.insert(file.name().to_owned(), new);
        Some(files)
    });
    Some(Sized {
        first: example.first.clone(),
        files: again.next()?,
        options: options.to_vec(),
    })
}

fn repeated_in(name: &str, text: &str, line: usize, times: usize) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_compose = name.ends_with(".yaml") || name.ends_with(".yml");
    let part = if is_compose && text.contains("services:") {
        service(&lines, line)?
    } else if name.contains("ockerfile") {
        instruction(&lines, line)
    } else {
        line..line + 1
    };
    let mut out = lines[..part.start].concat();
    for number in 0..times {
        let part = lines[part.clone()].concat();
        match part.split_once(':') {
            Some((name, rest)) if is_compose => write!(out, "{name}-{number}:{rest}").unwrap(),
            _ => out.push_str(&part),
        }
    }
    out.push_str(&lines[part.end..].concat());
    Some(out)
}

/// The lines of the instruction around a line.
fn instruction(lines: &[&str], line: usize) -> std::ops::Range<usize> {
    let goes_on = |line: &&str| line.trim_end().ends_with('\\');
    let before = lines[..line].iter().rev().take_while(|line| goes_on(line));
    let behind = lines[line..].iter().take_while(|line| goes_on(line));
    line - before.count()..line + behind.count() + 1
}

/// The lines of the service around a line.
fn service(lines: &[&str], line: usize) -> Option<std::ops::Range<usize>> {
    let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let top = lines
        .iter()
        .position(|line| line.starts_with("services:"))?;
    let is_name = |line: &&str| depth(line) == 2 && !line.trim_start().starts_with(['#', '-']);
    let start = (top + 1..=line).rev().find(|&at| is_name(&lines[at]))?;
    let ends = |line: &&str| depth(line) <= 2 && !line.trim().is_empty();
    let rest = lines[start + 1..].iter().position(ends);
    Some(start..rest.map_or(lines.len(), |at| start + 1 + at))
}

/// Runs `judge` for every page, on as many threads as there are cores, and asserts that none fails; `least` is how many
/// have something to repeat.
fn every_page(
    least: usize,
    judge: impl Fn(&str, &Example, &[String]) -> Result<bool, String> + Sync,
) {
    let pages = pages();
    let (next, judged, failures) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        Mutex::new(String::new()),
    );
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some((example, options)) = bad(page) else {
                        continue;
                    };
                    let name = page.file_stem().unwrap().to_str().unwrap();
                    match judge(name, &example, &options) {
                        Ok(was) => _ = judged.fetch_add(usize::from(was), Ordering::Relaxed),
                        Err(text) => failures.lock().unwrap().push_str(&text),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{failures}");
    let judged = judged.into_inner();
    assert!(judged >= least, "{judged} pages");
}

#[test]
fn what_every_page_finds_may_be_found_by_the_thousand() {
    every_page(60, |name, example, options| {
        let work = PAGE_SIZES.map(|times| {
            let sized = repeated(example, options, times);
            sized.map_or(0, |sized| sized.work_of_checking())
        });
        if work == [0, 0] {
            return Ok(false);
        }
        compare(name, work).map(|()| true)
    });
}

/// Its fix gives each ENV the value of the one before, and its own.
const GROWS_BY_ITSELF: &[&str] = &["library-path-overwritten"];

#[test]
fn what_every_page_finds_may_be_repaired_by_the_hundred() {
    every_page(25, |name, example, options| {
        if GROWS_BY_ITSELF.contains(&name) {
            return Ok(false);
        }
        let work = REPAIR_SIZES.map(|times| {
            let sized = repeated(example, options, times);
            sized.map_or(0, |sized| sized.work_of_repairing())
        });
        if work == [0, 0] {
            return Ok(false);
        }
        compare(name, work).map(|()| true)
    });
}

const CUDA: &str = "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04";
const NEVER: &str = "pip install torch==2.3.0 --index-url https://download.pytorch.org/whl/cu122";
const REQUEST: &str = "    image: nvidia/cuda:12.4.1-base-ubuntu22.04\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - driver: nvidia\n              count: 1\n";

#[test]
fn stages_may_start_from_each_other_and_copy_from_each_other() {
    grows_evenly(|times| {
        let mut text = format!("{CUDA} AS s0\n");
        for number in 0..times {
            let next = number + 1;
            writeln!(text, "FROM s{number} AS s{next}").unwrap();
            writeln!(
                text,
                "COPY --from=s{number} /opt/venv /opt/venv\nRUN {NEVER}"
            )
            .unwrap();
        }
        Sized::dockerfile(text)
    });
}

#[test]
fn one_stage_may_copy_from_all_others() {
    grows_evenly(|times| {
        let mut text = String::new();
        for number in 0..times {
            writeln!(text, "{CUDA} AS s{number}\nRUN {NEVER}").unwrap();
        }
        writeln!(text, "{CUDA}").unwrap();
        for number in 0..times {
            writeln!(text, "COPY --from=s{number} /opt/{number} /opt/{number}").unwrap();
        }
        Sized::dockerfile(text)
    });
}

#[test]
fn one_stage_may_be_copied_from_again_and_again() {
    grows_evenly(|times| {
        let installs = format!("RUN {NEVER}\n").repeat(times);
        let mut text = format!("{CUDA} AS built\n{installs}{CUDA}\n");
        for number in 0..times {
            writeln!(text, "COPY --from=built /app/{number} /app/{number}").unwrap();
        }
        Sized::dockerfile(text)
    });
}

#[test]
fn one_run_may_have_many_lines() {
    for line in [NEVER, "nvidia-smi", "apt-get install -y nvidia-driver-535"] {
        grows_evenly(|times| {
            let lines = format!(" && \\\n    {line}").repeat(times);
            Sized::dockerfile(format!("{CUDA}\nRUN true{lines}\n"))
        });
    }
}

#[test]
fn one_command_may_have_many_words() {
    grows_evenly(|times| {
        let words = " \\\n    nvidia-driver-535".repeat(times);
        Sized::dockerfile(format!("{CUDA}\nRUN apt-get install -y{words}\n"))
    });
}

#[test]
fn many_findings_may_be_suppressed() {
    let of = |times: usize| {
        let lines = format!("# env-doctor: ignore[torch-index-unknown] x\nRUN {NEVER}\n");
        Sized::dockerfile(format!("{CUDA}\n{}", lines.repeat(times)))
    };
    let services = |times: usize| {
        let mut text = "services:\n".to_owned();
        for number in 0..times {
            let comment = "    # env-doctor: ignore[gpu-capabilities-missing] x";
            writeln!(text, "  s{number}:\n{comment}\n{REQUEST}").unwrap();
        }
        Sized::compose(text)
    };
    let requirements = |times: usize| {
        let dockerfile = format!("{CUDA}\nCOPY r.txt .\nRUN pip install -r r.txt\n");
        let lines = "# env-doctor: ignore[build-isolation] x\nflash-attn\n".repeat(times);
        Sized::of(
            "Dockerfile",
            vec![("Dockerfile", dockerfile), ("r.txt", lines)],
        )
    };
    let work = |make: &dyn Fn(usize) -> Sized| SIZES.map(|times| make(times).work_of_checking());
    compare("instructions", work(&of)).unwrap();
    compare("services", work(&services)).unwrap();
    compare("requirements", work(&requirements)).unwrap();
}

#[test]
fn services_may_extend_each_other() {
    let make = |times: usize| {
        let mut text = format!("services:\n  s0:\n{REQUEST}");
        for number in 0..times {
            writeln!(text, "  s{}:\n    extends: s{number}", number + 1).unwrap();
        }
        Sized::compose(text)
    };
    compare(
        "checking",
        SIZES.map(|times| make(times).work_of_checking()),
    )
    .unwrap();
}

#[test]
fn services_may_be_many() {
    grows_evenly(|times| {
        let mut text = "services:\n".to_owned();
        for number in 0..times {
            writeln!(text, "  s{number}:\n{REQUEST}").unwrap();
        }
        Sized::compose(text)
    });
}

#[test]
fn many_services_may_be_built_from_one_long_dockerfile() {
    let make = |times: usize| {
        let mut text = "services:\n".to_owned();
        for number in 0..times {
            writeln!(text, "  s{number}:\n    build: .\n    gpus: all").unwrap();
        }
        let dockerfile = format!(
            "{CUDA}\n{}",
            format!("ENV A=b\nRUN {NEVER}\n").repeat(times)
        );
        Sized::of(
            "compose.yaml",
            vec![("compose.yaml", text), ("Dockerfile", dockerfile)],
        )
    };
    compare(
        "checking",
        SIZES.map(|times| make(times).work_of_checking()),
    )
    .unwrap();
}
