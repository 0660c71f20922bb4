//! What people read in a terminal.

mod ascii;
pub(super) mod excerpt;
pub(crate) mod failure;
mod finding;
mod fix;
mod host;
mod summary;

use std::borrow::Cow;
use std::io::{self, Write};

use annotate_snippets::Renderer;
use annotate_snippets::renderer::DecorStyle;
use source::mask::is_misleading;
use workspace::report::Report;

/// Up to this many inputs, each gets its notes and a line of its own.
const FEW_FILES: usize = 3;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Findings only.
    Quiet,
    /// Also what was not looked at, and a summary.
    Normal,
    /// All of that for every file.
    Verbose,
}

/// How a report is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// How much is said.
    pub detail: Detail,
    /// With terminal colours.
    pub colored: bool,
    /// Nothing but ASCII.
    pub ascii: bool,
}

/// The report as text.
pub(crate) fn render(report: &Report, style: Style, to: &mut dyn Write) -> io::Result<()> {
    let mut put = |out: &mut String| {
        if style.ascii {
            *out = ascii::fold(std::mem::take(out));
        }
        to.write_all(out.as_bytes())?;
        out.clear();
        Ok(())
    };
    let renderer = if style.colored {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let every_file = style.detail == Detail::Verbose || report.files.len() <= FEW_FILES;
    let mut out = String::new();
    if let Some(host) = &report.host
        && style.detail != Detail::Quiet
        && (host.is_subject || style.detail == Detail::Verbose)
    {
        let verbose = style.detail == Detail::Verbose;
        host::layers(host, style.colored, verbose, &mut out);
    }
    let machine = report.host.iter().map(|host| &host.file);
    for file in machine.chain(&report.files) {
        for diagnostic in &file.checked.diagnostics {
            let groups = finding::groups(&file.sources, diagnostic);
            out.push_str(&renderer.render(&groups));
            out.push_str("\n\n");
            put(&mut out)?;
        }
        if style.detail != Detail::Quiet && every_file {
            summary::notes(file, &mut out);
        }
    }
    if style.detail != Detail::Quiet {
        summary::summary(report, every_file, style.colored, &mut out);
    }
    put(&mut out)
}

/// Text that may hold words of the checked files, without anything that a terminal would obey.
pub(crate) fn tame(text: &str) -> Cow<'_, str> {
    if text.contains(|c: char| c.is_control() || is_misleading(c)) {
        let text = annotate_snippets::normalize_untrusted_str(text);
        Cow::Owned(text.replace(is_misleading, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests;
