//! Patterns for paths, with the meaning that they have in `.gitignore`.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns of one list.
#[derive(Clone, Debug)]
pub(crate) struct Patterns(Gitignore);

impl Default for Patterns {
    fn default() -> Self {
        Self(Gitignore::empty())
    }
}

impl Patterns {
    /// Those that can be read.
    pub(super) fn new<'p>(patterns: impl Iterator<Item = &'p str>) -> Self {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            // What cannot be read has been reported by `check`.
            let _ = builder.add_line(None, pattern);
        }
        Self(builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// What is wrong with a pattern.
    pub(super) fn check(pattern: &str) -> Result<(), String> {
        let mut builder = GitignoreBuilder::new("");
        let added = builder.add_line(None, pattern).map(drop);
        let built = added.and_then(|()| builder.build());
        match built {
            Ok(built) if built.is_empty() => Err(format!("`{pattern}` fits nothing")),
            Ok(_) => Ok(()),
            Err(error) => Err(format!("`{pattern}` is no pattern: {error}")),
        }
    }

    /// Whether they fit a path, which counts from the directory of the configuration, or a directory above it.
    pub(crate) fn fit(&self, path: &Path, is_directory: bool) -> bool {
        !self.0.is_empty()
            && !path.has_root()
            && self
                .0
                .matched_path_or_any_parents(path, is_directory)
                .is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(pattern: &str, path: &str) -> bool {
        Patterns::check(pattern).unwrap();
        Patterns::new(std::iter::once(pattern)).fit(Path::new(path), false)
    }

    #[test]
    fn patterns_mean_what_they_mean_to_git() {
        assert!(fit("docker/dev/**", "docker/dev/a/Dockerfile"));
        assert!(fit("docker/dev/", "docker/dev/Dockerfile"));
        assert!(fit("*.dev.Dockerfile", "a/b/x.dev.Dockerfile"));
        assert!(fit("/Dockerfile", "Dockerfile"));
        assert!(!fit("/Dockerfile", "a/Dockerfile"));
        assert!(!fit("docker/dev/**", "other/docker/dev/Dockerfile"));
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_refused() {
        assert!(Patterns::check("[z-a]").is_err());
        assert!(Patterns::check("# comment").is_err());
    }
}
