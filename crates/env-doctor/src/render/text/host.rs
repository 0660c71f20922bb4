//! The layers of a machine, one line each.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use host::facts::Evidence;
use linter::{LayerVerdict, Verdict};
use workspace::report::HostReport;

use super::summary::Paint;
use super::tame;

/// Wide enough for every layer's name.
const TITLE: usize = 17;
/// Wide enough for every verdict.
const VERDICT: usize = 7;

/// Everything that was seen of a layer, and what could not be.
fn evidence(host: &HostReport, layer: &LayerVerdict, out: &mut String) {
    for seen in &layer.evidence {
        let (source, value) = (tame(&seen.source), tame(&seen.value));
        let _ = writeln!(out, "  {source}: {value}");
    }
    let unknown = host.facts.unknown.iter();
    for unknown in unknown.filter(|unknown| unknown.layer == layer.layer) {
        let (source, why) = (tame(&unknown.source), tame(&unknown.why));
        let _ = writeln!(out, "  {source}: not known: {why}");
    }
}

/// What said what the line says: the evidence that has one of its numbers or names.
fn source(layer: &LayerVerdict) -> Option<&str> {
    let first = layer.summary.split(", ").next().unwrap_or_default();
    let numbers = layer.summary.split([' ', ',']);
    let numbers = numbers.filter(|word| word.contains(|c: char| c.is_ascii_digit()));
    let numbers: Vec<&str> = numbers.filter(|word| word.len() > 2).collect();
    let says = |evidence: &&Evidence| evidence.value == first;
    let mentions = |evidence: &&Evidence| {
        let mut numbers = numbers.iter();
        numbers.any(|number| evidence.value.contains(number))
    };
    let all = layer.evidence.iter();
    let found = all
        .clone()
        .find(says)
        .or_else(|| all.clone().find(mentions))?;
    (!layer.summary.contains(&found.source)).then_some(found.source.as_str())
}

/// Every layer with its verdict, what was seen, and where; `verbose` tells all of that.
pub(super) fn layers(host: &HostReport, colored: bool, verbose: bool, out: &mut String) {
    let paint = Paint(colored);
    for layer in &host.layers {
        let word = format!("{:VERDICT$}", layer.verdict.as_str());
        let word = match layer.verdict {
            Verdict::Ok => paint.good(&word),
            Verdict::Warning => paint.with(AnsiColor::Yellow, &word),
            Verdict::Error => paint.with(AnsiColor::BrightRed, &word),
            Verdict::Unknown | Verdict::Skipped => word,
        };
        let summary = tame(&layer.summary);
        let judged = matches!(
            layer.verdict,
            Verdict::Ok | Verdict::Warning | Verdict::Error
        );
        let source = source(layer).filter(|_| judged);
        let source = source.map_or_else(String::new, |source| format!("   ({})", tame(source)));
        let title = layer.layer.title();
        let line = format!("{title:TITLE$}  {word}  {summary}{source}");
        let _ = writeln!(out, "{}", line.trim_end());
        if verbose {
            evidence(host, layer, out);
        }
    }
    out.push('\n');
}
