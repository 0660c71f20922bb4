//! What a rule is: plain data and one function.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use host::Layer;
use source::{Context, Diagnostic, Edit, Location, Severity, SourceFile, Sources, Span};

use crate::derive::environment::{Model, StageView};
use crate::derive::machine::HostView;
use crate::derive::service::{ProjectModel, ServiceView};

/// Whether a rule's findings come with edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Never: the help says what to type.
    None,
    /// Where the fix is certain.
    Sometimes,
    /// With every finding.
    Always,
}

impl FixAvailability {
    /// The word used in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sometimes => "sometimes",
            Self::Always => "always",
        }
    }
}

/// What a rule is about; the catalogue is shown in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What a stage starts from.
    BaseImage,
    /// PyTorch and its companions.
    Pytorch,
    /// TensorFlow.
    Tensorflow,
    /// The driver, the toolkit, and what belongs on the host.
    Driver,
    /// What the build does.
    Build,
    /// Variables of the running container.
    Environment,
    /// Compose projects.
    Compose,
    /// The machine that will run it.
    Target,
    /// The machine by itself.
    Host,
    /// Comments that suppress findings.
    Comments,
}

impl Section {
    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::BaseImage => "Base image",
            Self::Pytorch => "PyTorch",
            Self::Tensorflow => "TensorFlow",
            Self::Driver => "Driver and toolkit",
            Self::Build => "Build",
            Self::Environment => "Environment",
            Self::Compose => "Compose",
            Self::Target => "Target machine",
            Self::Host => "Host",
            Self::Comments => "Comments that suppress findings",
        }
    }

    /// The word used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BaseImage => "base-image",
            Self::Pytorch => "pytorch",
            Self::Tensorflow => "tensorflow",
            Self::Driver => "driver",
            Self::Build => "build",
            Self::Environment => "environment",
            Self::Compose => "compose",
            Self::Target => "target",
            Self::Host => "host",
            Self::Comments => "comments",
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Check {
    /// A whole Dockerfile.
    Dockerfile(fn(&Model<'_>, &mut Report<'_>)),
    /// Each stage, with everything it inherits.
    Stage(fn(StageView<'_>, &mut Report<'_>)),
    /// A whole Compose project.
    Project(fn(&ProjectModel<'_>, &mut Report<'_>)),
    /// Each service of a Compose project.
    Service(fn(ServiceView<'_>, &mut Report<'_>)),
    /// One layer of a machine.
    Host(Layer, HostCheck),
    /// The comments that suppress findings; they are read beside the rules.
    Comments,
}

/// What looks at a machine.
pub(crate) type HostCheck = fn(&HostView<'_>, &mut HostReport<'_>);

impl Check {
    /// The commands that run it.
    #[must_use]
    pub fn commands(&self) -> &'static [&'static str] {
        match self {
            // What a Compose project builds is checked with it.
            Self::Dockerfile(_) | Self::Stage(_) | Self::Comments => {
                &["dockerfile", "docker-compose"]
            }
            Self::Project(_) | Self::Service(_) => &["docker-compose"],
            Self::Host(..) => &["host"],
        }
    }
}

/// How a rule differs from most; [`Special::NOTHING`] where it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Special {
    /// Whether it reports only where `select`, `extend-select` or a severity names it.
    pub off_by_default: bool,
    /// Whether a repair may bring about its findings: what hid them is repaired, or what is repaired has to be shared.
    pub may_follow_a_fix: bool,
    /// Whether its advice says that a host is not meant for GPUs, which is no news where files are checked for another.
    pub about_absence: bool,
    /// Whether no other finding about the host matters beside its own.
    pub excludes_others: bool,
}

impl Special {
    /// On, never caused by a fix, about what is there.
    pub const NOTHING: Self = Self {
        off_by_default: false,
        may_follow_a_fix: false,
        about_absence: false,
        excludes_others: false,
    };
}

/// One rule of the catalogue.
pub struct Rule {
    /// Kebab-case name; the interface of JSON, configuration and documentation.
    pub name: &'static str,
    /// One line, lower-case start unless a name, no full stop.
    pub summary: &'static str,
    /// What it is about.
    pub section: Section,
    /// What it usually reports; single findings may be milder or worse, as the page says.
    pub severity: Severity,
    /// Whether findings come with edits.
    pub fix: FixAvailability,
    /// The page in Markdown.
    pub page: &'static str,
    /// What it looks at, with the functions that look.
    pub checks: &'static [Check],
    /// How it differs from most rules.
    pub special: Special,
}

impl Rule {
    /// Whether it is on where nobody chooses.
    #[must_use]
    pub fn is_on_by_default(&self) -> bool {
        !self.special.off_by_default
    }

    /// The commands that run it.
    #[must_use]
    pub fn commands(&self) -> Vec<&'static str> {
        let mut commands = Vec::new();
        for &command in self.checks.iter().flat_map(Check::commands) {
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
        commands
    }
}

/// Where a rule puts its findings.
pub struct Report<'r> {
    rule: &'static Rule,
    context: Context,
    places: &'r mut HashMap<Location, usize>,
    findings: &'r mut Vec<Diagnostic>,
}

impl<'r> Report<'r> {
    /// For one rule, on the part of the project that `context` names; `places` are where the rule has reported
    /// already.
    pub fn new(
        rule: &'static Rule,
        context: Context,
        places: &'r mut HashMap<Location, usize>,
        findings: &'r mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            rule,
            context,
            places,
            findings,
        }
    }

    /// Begins a finding with the rule's own severity.
    pub fn finding(&self, message: impl Into<String>, at: Location) -> Diagnostic {
        self.with_severity(self.rule.severity, message, at)
    }

    /// Begins a finding that is milder or worse than usual.
    pub fn with_severity(
        &self,
        severity: Severity,
        message: impl Into<String>,
        at: Location,
    ) -> Diagnostic {
        let mut finding = Diagnostic::new(self.rule.name, severity, message, at);
        finding.context = self.context.clone();
        finding
    }

    /// Reports a finding. The same rule reports a place once: stages share what they inherit. A line of a file that
    /// several of them install from takes what each of them would change.
    pub fn add(&mut self, finding: Diagnostic) {
        match self.places.entry(finding.primary.location) {
            Entry::Vacant(place) => {
                place.insert(self.findings.len());
                self.findings.push(finding);
            }
            Entry::Occupied(place) => {
                if let Some(first) = self.findings.get_mut(*place.get())
                    && first.message == finding.message
                    && !join_fixes(first, &finding)
                {
                    first.fixes.clear();
                }
            }
        }
    }
}

/// Adds the edits of a finding at the same place; `false` where there is no one fix for both.
fn join_fixes(first: &mut Diagnostic, other: &Diagnostic) -> bool {
    let (fix, added) = match (first.fixes.first_mut(), other.fixes.first()) {
        (Some(fix), Some(added)) => (fix, added),
        (None, _) => return true,
        (Some(_), None) => return false,
    };
    if (&fix.title, fix.applicability) != (&added.title, added.applicability) {
        return false;
    }
    added.edits.iter().all(|edit| {
        let place = |edit: &Edit| edit.location;
        let at = match fix.edits.binary_search_by_key(&edit.location, place) {
            Ok(same) => return fix.edits[same].replacement == edit.replacement,
            Err(at) => at,
        };
        let apart = |a: Location, b: Location| a.file != b.file || a.span.end <= b.span.start;
        let before = at.checked_sub(1).map(|at| fix.edits[at].location);
        let after = fix.edits.get(at).map(place);
        let fits = before.is_none_or(|before| apart(before, edit.location))
            && after.is_none_or(|after| apart(edit.location, after));
        if fits {
            fix.edits.insert(at, edit.clone());
        }
        fits
    })
}

/// Where a rule about machines puts its findings.
pub struct HostReport<'r> {
    report: Report<'r>,
    sources: &'r mut Sources,
    most: Severity,
}

impl<'r> HostReport<'r> {
    /// For one rule; nothing is reported as worse than `most`.
    pub fn new(report: Report<'r>, sources: &'r mut Sources, most: Severity) -> Self {
        Self {
            report,
            sources,
            most,
        }
    }

    /// Begins a finding with the rule's own severity, about what `source` said.
    pub fn finding(
        &mut self,
        message: impl Into<String>,
        source: &str,
        value: impl Into<String>,
    ) -> Diagnostic {
        let severity = self.report.rule.severity;
        self.with_severity(severity, message, source, value)
    }

    /// Begins a finding that is milder or worse than usual.
    pub fn with_severity(
        &mut self,
        severity: Severity,
        message: impl Into<String>,
        source: &str,
        value: impl Into<String>,
    ) -> Diagnostic {
        let at = self.observe(source, value);
        self.report
            .with_severity(severity.min(self.most), message, at)
    }

    /// Begins a finding at a place in one of the machine's files.
    pub fn at(&self, severity: Severity, message: impl Into<String>, at: Location) -> Diagnostic {
        self.report
            .with_severity(severity.min(self.most), message, at)
    }

    /// Adds evidence to a finding.
    #[must_use]
    pub fn also(
        &mut self,
        finding: Diagnostic,
        source: &str,
        value: impl Into<String>,
    ) -> Diagnostic {
        let at = self.observe(source, value);
        finding.related(at, "")
    }

    /// Reports a finding.
    pub fn add(&mut self, finding: Diagnostic) {
        self.report.add(finding);
    }

    /// The machine's files, and what was seen.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        self.sources
    }

    fn observe(&mut self, source: &str, value: impl Into<String>) -> Location {
        let value = value.into();
        let span = Span::from_usize(0..value.len());
        let file = self
            .sources
            .add(Arc::new(SourceFile::observed(source, value)));
        Location::new(file, span)
    }
}
