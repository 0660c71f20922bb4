//! Packages that are not named like the Git repository that they are installed from.

use crate::Confidence;
use crate::generated::REPOSITORY_NAMES;
use crate::packed::{List, Str};

/// A repository and its package.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct RepositoryName {
    /// Its name without the owner, lower case.
    pub repository: Str,
    /// The only owner whose repository is meant, where the name is too general; lower case.
    pub owner: Option<Str>,
    /// The package as PEP 503 normalises it.
    pub package: Str,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/repository_names.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct RepositoryNames {
    pub(crate) rows: List<RepositoryName>,
}

/// The package of a repository; `None` where it is not known to be named otherwise.
#[must_use]
pub fn package_of(owner: &str, repository: &str) -> Option<&'static str> {
    let name = repository.to_ascii_lowercase();
    let rows = &REPOSITORY_NAMES.rows;
    let row = rows.sorted(|row| row.repository.as_str().cmp(&name))?;
    let is_owner = |only: Str| owner.eq_ignore_ascii_case(only.as_str());
    row.owner.is_none_or(is_owner).then(|| row.package.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found() {
        let rows = REPOSITORY_NAMES.rows.as_slice();
        assert!(!rows.is_empty());
        assert!(rows.is_sorted_by(|a, b| a.repository.as_str() < b.repository.as_str()));
        for row in rows {
            let owner = row.owner.map_or("anyone", Str::as_str);
            let package = package_of(owner, row.repository.as_str());
            assert_eq!(package, Some(row.package.as_str()));
        }
    }

    #[test]
    fn general_names_count_for_their_owner_alone() {
        assert_eq!(package_of("PyTorch", "Vision"), Some("torchvision"));
        assert_eq!(package_of("someone", "vision"), None);
        assert_eq!(package_of("someone", "flash-attention"), Some("flash-attn"));
        assert_eq!(package_of("huggingface", "transformers"), None);
    }
}
