use crate::{Location, Span};

/// What a finding means for the user, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice; nothing is lost by ignoring it.
    Info,
    /// Works by luck or on some hosts only, does silently less than written, or wastes gigabytes.
    Warning,
    /// The build stops, the container does not start, or the program gets no GPU.
    Error,
}

impl Severity {
    /// The word used in text and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How freely a fix may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Shown, never applied.
    DisplayOnly,
    /// May change what the image does; applied on request.
    Unsafe,
    /// Keeps the meaning; applied with `--fix`.
    Safe,
}

impl Applicability {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DisplayOnly => "display-only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }

    /// What people call such a fix.
    pub fn title(self) -> &'static str {
        match self {
            Self::DisplayOnly => "by hand",
            Self::Unsafe => "unsafe fix",
            Self::Safe => "safe fix",
        }
    }
}

/// A place and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there; may be empty on a primary label.
    pub text: String,
}

impl Label {
    /// A label for `location`.
    pub fn new(location: Location, text: impl Into<String>) -> Self {
        Self {
            location,
            text: text.into(),
        }
    }
}

/// The replacement of a byte range in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; an empty span inserts.
    pub location: Location,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Edit {
    /// Replaces `location`.
    pub fn replace(location: Location, replacement: impl Into<String>) -> Self {
        Self {
            location,
            replacement: replacement.into(),
        }
    }

    /// Inserts at the start of `location`.
    pub fn insert(location: Location, text: impl Into<String>) -> Self {
        let at = Location::new(location.file, Span::empty(location.span.start));
        Self {
            location: at,
            replacement: text.into(),
        }
    }

    /// Removes `location`.
    pub fn delete(location: Location) -> Self {
        Self {
            location,
            replacement: String::new(),
        }
    }
}

/// Edits that remove the cause of a finding together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Imperative, lower case: "use the CUDA 12.1 wheels".
    pub title: String,
    /// How freely it may be applied.
    pub applicability: Applicability,
    /// What an unsafe fix may change beyond the fault: "the image grows by some gigabytes".
    pub consequence: Option<String>,
    /// In any file; sorted, not overlapping.
    pub edits: Vec<Edit>,
    /// Whether the finding hides others: what it is about is not read as it was meant, or nothing beside it is judged
    /// while it is there. What is found afterwards was there before.
    pub uncovers: bool,
}

impl Fix {
    /// A fix that keeps the meaning.
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self::with(title.into(), Applicability::Safe, None, edits)
    }

    /// A fix that may change what the image or the service does, and how.
    pub fn risky(
        title: impl Into<String>,
        consequence: impl Into<String>,
        edits: Vec<Edit>,
    ) -> Self {
        let consequence = Some(consequence.into());
        Self::with(title.into(), Applicability::Unsafe, consequence, edits)
    }

    /// A change that the user makes; it is shown and never applied.
    pub fn by_hand(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self::with(title.into(), Applicability::DisplayOnly, None, edits)
    }

    /// Says that more may be found once it is made, none of it the fix's doing.
    #[must_use]
    pub fn uncovering(mut self) -> Self {
        self.uncovers = true;
        self
    }

    /// What to say of it before it is applied; `None` where nothing needs to be said.
    pub fn remark(&self) -> Option<&str> {
        match self.applicability {
            Applicability::Safe => None,
            Applicability::Unsafe => self.consequence.as_deref(),
            Applicability::DisplayOnly => Some("never applied automatically"),
        }
    }

    fn with(
        title: String,
        applicability: Applicability,
        consequence: Option<String>,
        mut edits: Vec<Edit>,
    ) -> Self {
        edits.sort_by_key(|edit| edit.location);
        Self {
            title,
            applicability,
            consequence,
            edits,
            uncovers: false,
        }
    }
}

/// Which part of the project a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Name or number of the Dockerfile stage.
    pub stage: Option<String>,
    /// Compose service.
    pub service: Option<String>,
    /// Compose profile.
    pub profile: Option<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name.
    pub rule: &'static str,
    /// What it means for the user.
    pub severity: Severity,
    /// One sentence, lower case start unless a name, no full stop, understandable alone.
    pub message: String,
    /// The smallest text that is wrong.
    pub primary: Label,
    /// How we know: the derivation, in this or other files.
    pub related: Vec<Label>,
    /// The reason, with the error text the user would otherwise meet.
    pub why: Option<String>,
    /// What to type.
    pub help: Option<String>,
    /// Where in the project.
    pub context: Context,
    /// Alternatives, best first; at most the first is applied.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A finding without reason, help and fix yet.
    pub fn new(
        rule: &'static str,
        severity: Severity,
        message: impl Into<String>,
        at: Location,
    ) -> Self {
        Self {
            rule,
            severity,
            message: message.into(),
            primary: Label::new(at, ""),
            related: Vec::new(),
            why: None,
            help: None,
            context: Context::default(),
            fixes: Vec::new(),
        }
    }

    /// Says what stands at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds a place of the derivation.
    #[must_use]
    pub fn related(mut self, location: Location, text: impl Into<String>) -> Self {
        self.related.push(Label::new(location, text));
        self
    }

    /// Gives the reason.
    #[must_use]
    pub fn why(mut self, text: impl Into<String>) -> Self {
        self.why = Some(text.into());
        self
    }

    /// Says what to type.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers a fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }
}
