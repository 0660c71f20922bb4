//! GPU models by the names that people, shops and `nvidia-smi` give them.

use crate::arch::{Gpu, gpus};

/// Words that do not tell one compute capability from another.
const NOISE: &[&str] = &[
    "nvidia",
    "geforce",
    "tesla",
    "grid",
    "gpu",
    "laptop",
    "mobile",
    "notebook",
    "generation",
    "edition",
    "workstation",
    "server",
    "max",
    "q",
    "with",
    "design",
    "pcie",
    "mig",
    "nvgpu",
];

/// Series that people leave out when a number follows.
const SERIES: &[&str] = &["quadro", "rtx", "gtx", "gt", "jetson"];

/// The models that a name can stand for, in the order of the table; empty where it is in no row.
///
/// `NVIDIA GeForce RTX 4090 Laptop GPU`, `rtx4090` and `4090` are one; `RTX 6000` is two.
#[must_use]
pub fn find(name: &str) -> Vec<&'static Gpu> {
    let words = words(name);
    let wanted = words.concat();
    if wanted.is_empty() {
        return Vec::new();
    }
    let rows = |matches: &dyn Fn(&Gpu) -> bool| -> Vec<&'static Gpu> {
        gpus().iter().filter(|row| matches(row)).collect()
    };
    let exact = rows(&|row| self::words(&row.name).concat() == wanted);
    if !exact.is_empty() {
        return exact;
    }
    rows(&|row| {
        let names = std::iter::once(&row.name).chain(row.aliases.iter());
        names.into_iter().any(|name| {
            let words = self::words(name);
            let series = words
                .iter()
                .take_while(|word| SERIES.contains(&word.as_str()))
                .count();
            (0..=series).any(|skipped| words[skipped..].concat() == wanted)
        })
    })
}

/// A model's name without the maker's: `RTX 5090` of `GeForce RTX 5090`.
#[must_use]
pub fn short(gpu: &Gpu) -> &'static str {
    gpu.name.as_str().trim_start_matches("GeForce ")
}

/// The words of a name that matter, in lower case.
fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .map(str::to_ascii_lowercase)
        .filter(|word| !word.is_empty() && !is_noise(word))
        .collect()
}

fn is_noise(word: &str) -> bool {
    NOISE.contains(&word) || is_form_factor(word) || is_memory(word)
}

/// `sxm4`, `hbm3e`, `nvl72`.
fn is_form_factor(word: &str) -> bool {
    ["sxm", "hbm", "nvl", "gddr"]
        .iter()
        .any(|prefix| word.starts_with(prefix))
}

/// `80gb`, `1g` of a MIG slice.
fn is_memory(word: &str) -> bool {
    let number = word.strip_suffix("gb").or_else(|| word.strip_suffix('g'));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(name: &str) -> Vec<String> {
        let mut found: Vec<_> = find(name).iter().map(|gpu| gpu.capability.sm()).collect();
        found.dedup();
        found
    }

    #[test]
    fn every_model_is_found_by_its_name_short_name_and_aliases() {
        for gpu in gpus() {
            let found = find(&gpu.name);
            assert!(found.iter().any(|row| row.name == gpu.name), "{}", gpu.name);
            assert!(
                found.iter().all(|row| row.capability == gpu.capability),
                "{}",
                gpu.name
            );
            for alias in gpu.aliases.texts().chain([short(gpu)]) {
                assert!(
                    find(alias).iter().any(|row| row.name == gpu.name),
                    "{alias}"
                );
            }
        }
    }

    #[test]
    fn people_and_nvidia_smi_spell_names_differently() {
        for (name, sm) in [
            ("RTX 5090", "sm_120"),
            ("rtx5090", "sm_120"),
            ("5090", "sm_120"),
            ("NVIDIA GeForce RTX 4090 Laptop GPU", "sm_89"),
            ("RTX 4070 Ti SUPER", "sm_89"),
            ("3090ti", "sm_86"),
            ("NVIDIA A100-SXM4-80GB", "sm_80"),
            ("NVIDIA H100 80GB HBM3", "sm_90"),
            ("NVIDIA H100 NVL", "sm_90"),
            ("Tesla V100-SXM2-16GB", "sm_70"),
            ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "sm_80"),
            (
                "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
                "sm_120",
            ),
            ("NVIDIA RTX 6000 Ada Generation", "sm_89"),
            ("A6000", "sm_86"),
            ("DGX Spark", "sm_121"),
            ("Orin (nvgpu)", "sm_87"),
        ] {
            let found = capabilities(name);
            assert_eq!(found.first().map_or("", String::as_str), sm, "{name}");
            assert!(found.len() <= 1, "{name}");
        }
    }

    #[test]
    fn names_of_several_models_are_not_guessed() {
        assert_eq!(capabilities("RTX 6000"), ["sm_89", "sm_75"]);
        assert_eq!(capabilities("TITAN X"), ["sm_61", "sm_52"]);
        assert!(find("RX 7900 XTX").is_empty());
        assert!(find("GPU").is_empty());
    }
}
