//! Rules by name.

use source::suggest;

/// The rule of this name, or an error that names the nearest one.
pub(crate) fn known(name: &str) -> anyhow::Result<&'static linter::Rule> {
    linter::rules::find(name).ok_or_else(|| {
        let names = linter::rules::ALL.iter().map(|rule| rule.name);
        let hint = suggest::hint(name, names);
        anyhow::anyhow!("there is no rule `{name}`{hint} (`env-doctor rules` lists them)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_rule_is_an_error_that_names_the_right_one() {
        let error = known("torch-index-mising").err().unwrap().to_string();
        assert!(
            error.contains("did you mean `torch-index-missing`?"),
            "{error}"
        );
    }
}
