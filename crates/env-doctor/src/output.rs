//! Where results and errors go.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use anyhow::Context as _;
use camino::Utf8Path;

use crate::cli::Color;

/// Writes a finished report to standard output or to a file.
pub(crate) fn write(file: Option<&Utf8Path>, text: &str) -> anyhow::Result<()> {
    match file {
        Some(path) => {
            let mut out = BufWriter::new(File::create(path).with_context(|| format!("cannot write {path}"))?);
            out.write_all(text.as_bytes()).with_context(|| format!("cannot write {path}"))?;
            out.flush().with_context(|| format!("cannot write {path}"))?;
        }
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
    }
    Ok(())
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

/// One line on standard error that says what could not be done.
pub(crate) fn error_line(message: &str) {
    // Nothing is left to do when standard error itself is closed.
    let _ = writeln!(anstream::stderr(), "env-doctor: {message}");
}

/// Whether the reader of our output has gone, which is no failure.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
