//! The layers of a machine, one line each.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use linter::Verdict;

use super::summary::Paint;
use super::tame;
use crate::report::HostReport;

/// Wide enough for every layer's name.
const TITLE: usize = 17;
/// Wide enough for every verdict.
const VERDICT: usize = 7;

/// Every layer with its verdict, what was seen, and where.
pub(super) fn layers(host: &HostReport, colored: bool, out: &mut String) {
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
        let source = layer.evidence.first().filter(|_| judged);
        let source = match source {
            Some(evidence) if !layer.summary.contains(&evidence.source) => {
                format!("   ({})", tame(&evidence.source))
            }
            _ => String::new(),
        };
        let title = layer.layer.title();
        let line = format!("{title:TITLE$}  {word}  {summary}{source}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out.push('\n');
}
