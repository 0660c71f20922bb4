//! Why something that was asked for cannot be done at all.

use std::fmt::Display;

use crate::failure::Failure;

/// One sentence for whoever asked: lower-case start, no full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// What a request comes to.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A sentence that stands alone.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What an error and those below it say of something.
    pub(crate) fn about(what: impl Display, error: &dyn std::error::Error) -> Self {
        let mut message = format!("{what}: {error}");
        let mut below = error.source();
        while let Some(error) = below {
            message = format!("{message}: {error}");
            below = error.source();
        }
        Self(message)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(format!("{}: {}", failure.file, failure.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_is_below_it() {
        #[derive(Debug, thiserror::Error)]
        #[error("is no recording")]
        struct Outer(#[source] std::fmt::Error);

        let below = std::fmt::Error.to_string();
        let error = Error::about("host.txt", &Outer(std::fmt::Error));
        assert_eq!(
            error.to_string(),
            format!("host.txt: is no recording: {below}")
        );
    }
}
