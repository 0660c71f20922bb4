//! Every recorded machine of `crates/host/tests/machines` gets exactly the verdicts and findings that its page states.
//!
//! The block `verdicts` of a page has one line for each layer that is not well, `ok` standing for all the others, and one
//! line for each finding and one for its fix. `UPDATE_MACHINES=1` writes the blocks anew; read the difference.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod machine;

use std::fmt::Write as _;
use std::path::Path;

use host::HostFacts;
use host::system::machine_in_markdown;
use linter::{Verdict, check_host};
use source::{Severity, Sources};

const OPEN: &str = "```verdicts\n";

fn machine(path: &Path) -> datatest_stable::Result<()> {
    let page = std::fs::read_to_string(path)?;
    let text = machine_in_markdown(&page, &machine::text_of);
    let facts = machine::facts_of(&text.unwrap());
    // Judged elsewhere, a machine gets the same verdicts.
    let facts = HostFacts::from_json(&serde_json::to_string(&facts)?)?;
    let mut sources = Sources::new();
    let checked = check_host(&mut sources, &facts, &|_, found| Some(found));
    let mut seen = String::new();
    for layer in &checked.layers {
        let verdict = layer.verdict.as_str();
        let title = layer.layer.title();
        match layer.verdict {
            Verdict::Ok => {}
            Verdict::Skipped | Verdict::Unknown => {
                let _ = writeln!(seen, "{title}: {verdict}: {}", layer.summary);
            }
            Verdict::Warning | Verdict::Error => {
                let _ = writeln!(seen, "{title}: {verdict}");
            }
        }
    }
    for finding in &checked.diagnostics {
        let severity = finding.severity.as_str();
        let (rule, message) = (finding.rule, &finding.message);
        let at = finding.primary.location;
        let file = sources.get(at.file);
        let place = if file.is_observed() {
            format!("{}: {}", file.name(), file.text())
        } else {
            let line = file.position(at.span.start).line;
            format!("{}:{line}: {}", file.name(), file.slice(at.span))
        };
        let _ = writeln!(
            seen,
            "finding: {severity}[{rule}] \"{message}\" @ \"{place}\""
        );
        if let Some(help) = &finding.help {
            let _ = writeln!(seen, "  fix: {help}");
        }
        assert!(
            finding.help.is_some() || finding.severity == Severity::Info,
            "{rule} has no help"
        );
    }
    if let Some(proof) = checked.proof {
        let _ = writeln!(seen, "proof: {proof}");
    }
    if std::env::var_os("UPDATE_MACHINES").is_some() {
        let before = page.split(&format!("\n{OPEN}")).next().unwrap();
        std::fs::write(path, format!("{before}\n{OPEN}{seen}```\n"))?;
        return Ok(());
    }
    let stated = page.split_once(OPEN).map_or("", |(_, rest)| rest);
    let stated = stated.split("```").next().unwrap_or_default();
    if stated != seen {
        return Err(format!("stated:\n{stated}\nseen:\n{seen}").into());
    }
    Ok(())
}

datatest_stable::harness! {
    { test = machine, root = "../host/tests/machines", pattern = r"\.md$" },
}
