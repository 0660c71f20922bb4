/// How a row was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Confidence {
    /// Memory; not relied on.
    Unverified,
    /// Knowledge or opinion without a file read.
    General,
    /// Found in use only.
    Seen,
    /// Stated in documentation, or by several public files.
    Doc,
    /// Read in the owner's file or registry metadata.
    Verified,
}

impl Confidence {
    /// Whether a finding of severity error may rest on the row.
    #[must_use]
    pub fn supports_errors(self) -> bool {
        self >= Self::Doc
    }
}
