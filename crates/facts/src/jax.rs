//! What each way to install JAX gives.

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
    fn extras_agree_with_the_table() {
        let table = include_str!("../data/jax.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        for form in table["forms"].as_array().unwrap() {
            for part in form["spec"].as_str().unwrap().split(" / ") {
                let Some(extra) = part
                    .strip_prefix("jax[")
                    .and_then(|rest| rest.strip_suffix(']'))
                else {
                    continue;
                };
                assert_eq!(
                    form["gpu"] == true,
                    extra_cuda_major(extra).is_some(),
                    "{part}"
                );
            }
        }
        assert!(extra_uses_system_cuda("cuda12-local"));
        assert!(!extra_uses_system_cuda("cuda12"));
    }
}
