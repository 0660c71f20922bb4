//! One JSON object on standard output.

use std::io::{self, Write};

use workspace::json::document;
use workspace::report::Report;

/// The report as JSON.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    out.write_all(b"\n")
}
