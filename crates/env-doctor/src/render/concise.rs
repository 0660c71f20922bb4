//! One line a finding, as compilers print them and editors read them.

use std::io::{self, Write};

use workspace::findings;
use workspace::report::Report;

use super::text::tame;

/// `file:line:column: severity[rule] message`.
pub(crate) fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in findings::in_order(report) {
        let place = finding.place();
        let diagnostic = finding.diagnostic;
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            tame(place.file),
            place.start.line,
            place.start.column,
            diagnostic.severity.as_str(),
            diagnostic.rule,
            tame(&diagnostic.message),
        )?;
    }
    Ok(())
}
