use crate::cli::ExplainOptions;
use crate::{Outcome, output, suggest};

/// Prints a rule's page.
pub(crate) fn run(options: &ExplainOptions) -> anyhow::Result<Outcome> {
    let Some(rule) = linter::rules::find(&options.rule) else {
        let names = linter::rules::ALL.iter().map(|rule| rule.name);
        anyhow::bail!("there is no rule `{}`{}", options.rule, suggest::hint(&options.rule, names));
    };
    output::write(None, rule.page)?;
    Ok(Outcome::Clean)
}
