use crate::cli::ExplainOptions;
use crate::{Outcome, output, selection};

/// Prints a rule's page.
pub(crate) fn run(options: &ExplainOptions) -> anyhow::Result<Outcome> {
    let rule = selection::known(&options.rule)?;
    output::write(None, rule.page)?;
    Ok(Outcome::Clean)
}
