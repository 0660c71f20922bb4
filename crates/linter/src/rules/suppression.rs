//! Comments that suppress findings. What is wrong with one is found where they are read, in `suppress`.

use source::Severity;

use crate::{Check, FixAvailability, Rule, Section, Special};

/// A comment that cannot be read.
pub(crate) static MALFORMED: Rule = Rule {
    name: "suppression-malformed",
    summary: "a comment is meant to suppress findings and cannot be read",
    section: Section::Comments,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../docs/rules/suppression-malformed.md"),
    checks: &[Check::Comments],
    special: Special::NOTHING,
};

/// A name that is no rule's.
pub(crate) static UNKNOWN_RULE: Rule = Rule {
    name: "suppression-unknown-rule",
    summary: "a comment suppresses a rule that does not exist",
    section: Section::Comments,
    severity: Severity::Error,
    fix: FixAvailability::None,
    page: include_str!("../../docs/rules/suppression-unknown-rule.md"),
    checks: &[Check::Comments],
    special: Special::NOTHING,
};

/// A comment without effect.
pub(crate) static UNUSED: Rule = Rule {
    name: "suppression-unused",
    summary: "a comment suppresses what is not found",
    section: Section::Comments,
    severity: Severity::Warning,
    fix: FixAvailability::Always,
    page: include_str!("../../docs/rules/suppression-unused.md"),
    checks: &[Check::Comments],
    special: Special {
        may_follow_a_fix: true,
        ..Special::NOTHING
    },
};
