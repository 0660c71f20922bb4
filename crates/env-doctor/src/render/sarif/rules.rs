//! The catalogue as SARIF describes it.

use source::Severity;
use workspace::pages::rule_address;

use super::model::{Configuration, Driver, DriverProperties, Help, Rule, RuleProperties};
use super::{level, message};

/// The program and all its rules.
pub(super) fn driver() -> Driver {
    Driver {
        name: "env-doctor",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: linter::rules::ALL
            .iter()
            .map(|rule| descriptor(rule))
            .collect(),
        properties: DriverProperties {
            facts_date: facts::DATE,
        },
    }
}

/// Where a rule stands in the list.
pub(super) fn index(rule: &str) -> Option<usize> {
    linter::rules::ALL
        .iter()
        .position(|other| other.name == rule)
}

fn descriptor(rule: &'static linter::Rule) -> Rule {
    let name = rule.name;
    Rule {
        id: name,
        short_description: message(rule.summary),
        full_description: message(section(rule.page, "What it finds").unwrap_or(rule.summary)),
        help_uri: rule_address(name),
        help: Help {
            text: format!("{}. `env-doctor explain {name}` says more.", rule.summary),
            markdown: rule.page,
        },
        default_configuration: Configuration {
            level: level(rule.severity),
        },
        properties: RuleProperties {
            tags: ["gpu", "container"],
            fix: rule.fix.as_str(),
            problem_severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

/// What stands below a heading of a page.
fn section<'p>(page: &'p str, heading: &str) -> Option<&'p str> {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n"))?;
    let text = rest.split_once("\n## ").map_or(rest, |(text, _)| text);
    Some(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_says_what_its_rule_finds() {
        for rule in linter::rules::ALL {
            let text = section(rule.page, "What it finds").unwrap_or_default();
            assert!(text.len() > 20 && !text.contains("## "), "{}", rule.name);
        }
    }
}
