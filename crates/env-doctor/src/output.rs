//! Where results and errors go.

#![expect(clippy::disallowed_methods, reason = "asks the locale")]

use std::io::{self, Write as _};

use anyhow::Context as _;
use camino::Utf8Path;
use workspace::failure::Failure;
use workspace::writing::{self, Fill};

use crate::cli::Color;
use crate::render::text;

/// Writes a text to standard output or to a file, as [`stream`] does.
pub(crate) fn write(file: Option<&Utf8Path>, text: &str) -> anyhow::Result<()> {
    stream(file, &|out| out.write_all(text.as_bytes()))
}

/// Writes a report to standard output or to a file while it is made. A reader that goes away early is no failure,
/// and changes nothing about the findings.
pub(crate) fn stream(to: Option<&Utf8Path>, fill: Fill<'_>) -> anyhow::Result<()> {
    if let Some(path) = to {
        return writing::stream(path, fill).with_context(|| format!("cannot write {path}"));
    }
    match writing::filled(io::stdout().lock(), fill) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// Whether the report may hold colours.
pub(crate) fn colored(color: Color, to_file: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            !to_file && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
    }
}

/// Whether the terminal shows UTF-8, as far as the locale says.
pub(crate) fn locale_is_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// One line on standard error that says what could not be done.
pub(crate) fn error_line(message: &str) {
    let message = annotate_snippets::normalize_untrusted_str(message);
    // Nothing is left to do when standard error itself is closed.
    let _ = writeln!(io::stderr(), "env-doctor: {message}");
}

/// What could not be checked, and why.
pub(crate) fn failure(failure: &Failure) {
    match &failure.excerpt {
        Some(excerpt) => {
            let text = text::failure::render(&failure.message, excerpt);
            let _ = writeln!(io::stderr(), "{text}\n");
        }
        None => error_line(&format!("{}: {}", failure.file, failure.message)),
    }
}
