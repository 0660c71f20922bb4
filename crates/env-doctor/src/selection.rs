//! Which rules are reported.

use crate::suggest;

/// `--select` and `--ignore`.
pub(crate) struct Selection<'o> {
    select: &'o [String],
    ignore: &'o [String],
}

impl<'o> Selection<'o> {
    /// Fails on a name that is no rule's.
    pub(crate) fn new(select: &'o [String], ignore: &'o [String]) -> anyhow::Result<Self> {
        for name in select.iter().chain(ignore) {
            known(name)?;
        }
        Ok(Self { select, ignore })
    }

    /// Whether findings of this rule are wanted.
    pub(crate) fn wants(&self, rule: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == rule);
        let off = linter::rules::OFF_BY_DEFAULT.contains(&rule);
        let selected = if self.select.is_empty() {
            !off
        } else {
            named(self.select)
        };
        selected && !named(self.ignore)
    }
}

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

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn ignoring_wins_over_selecting() {
        let both = names(&["cpu-wheel", "torch-replaced"]);
        let one = names(&["cpu-wheel"]);
        let selection = Selection::new(&both, &one).unwrap();
        assert!(selection.wants("torch-replaced"));
        assert!(!selection.wants("cpu-wheel"));
        assert!(!selection.wants("nvcc-missing"));
    }

    #[test]
    fn a_misspelt_rule_is_an_error_that_names_the_right_one() {
        let error = known("torch-index-mising").err().unwrap().to_string();
        assert!(
            error.contains("did you mean `torch-index-missing`?"),
            "{error}"
        );
    }
}
