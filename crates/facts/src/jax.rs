//! What each way to install JAX gives.

use serde::Deserialize;

use crate::Confidence;
use crate::table::Table;

/// One form of the requirement.
#[derive(Debug, Deserialize)]
pub struct Form {
    /// `jax[cuda12]`.
    pub spec: &'static str,
    /// CUDA it brings, in words.
    pub cuda: Option<&'static str>,
    /// Whether it runs on NVIDIA GPUs: a bool, or the name of another vendor.
    pub gpu: serde_json::Value,
    /// How the row was established.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Data {
    forms: Vec<Form>,
}

static DATA: Table<Data> = Table::new(include_str!("../data/jax.json"));

/// Every form.
pub fn forms() -> &'static [Form] {
    &DATA.get().forms
}

/// The CUDA major that an extra of `jax` brings or expects; `None` for extras without GPU.
#[must_use]
pub fn extra_cuda_major(extra: &str) -> Option<u16> {
    let rest = extra.strip_prefix("cuda")?;
    if rest.is_empty() {
        // `jax[cuda]` still means CUDA 12 (PyPI metadata of jax 0.12.0.1).
        return Some(12);
    }
    rest.get(..2).and_then(|major| major.parse().ok())
}

/// Whether an extra expects CUDA in the image instead of bringing it (`cuda12-local`).
#[must_use]
pub fn extra_uses_system_cuda(extra: &str) -> bool {
    extra.starts_with("cuda") && extra.contains("local")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        assert_eq!(DATA.error(), None);
        assert!(forms().iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn extras_agree_with_the_table() {
        for form in forms() {
            for part in form.spec.split(" / ") {
                let Some(extra) = part
                    .strip_prefix("jax[")
                    .and_then(|rest| rest.strip_suffix(']'))
                else {
                    continue;
                };
                assert_eq!(
                    form.gpu == serde_json::Value::Bool(true),
                    extra_cuda_major(extra).is_some(),
                    "{part}"
                );
            }
        }
        assert!(extra_uses_system_cuda("cuda12-local"));
        assert!(!extra_uses_system_cuda("cuda12"));
    }
}
