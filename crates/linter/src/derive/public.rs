//! Which values of the environment, of env files and of the command line may be shown: those that say nothing but what the tables say.
//!
//! Everything else stays as it is written, `${NAME}`, and counts as unknown. A report may be published where the
//! masking of a build server does not reach.

/// The words of versions, images, indexes, devices and capabilities.
const WORDS: &[&str] = &[
    "all",
    "alpine",
    "amd",
    "arm",
    "base",
    "bionic",
    "bookworm",
    "bullseye",
    "cdi",
    "com",
    "compat",
    "compute",
    "cpu",
    "cu",
    "cuda",
    "cudnn",
    "debian",
    "devel",
    "device",
    "display",
    "docker",
    "download",
    "false",
    "focal",
    "gcr",
    "ghcr",
    "gpu",
    "graphics",
    "host",
    "https",
    "index",
    "io",
    "jammy",
    "jax",
    "latest",
    "library",
    "linux",
    "ngc",
    "ngx",
    "nightly",
    "no",
    "noble",
    "none",
    "nvcr",
    "nvidia",
    "off",
    "on",
    "org",
    "py",
    "pypi",
    "python",
    "pytorch",
    "rocky",
    "rockylinux",
    "rocm",
    "runc",
    "runtime",
    "simple",
    "slim",
    "sm",
    "stable",
    "tensorflow",
    "tf",
    "torch",
    "torchaudio",
    "torchvision",
    "trixie",
    "true",
    "ubi",
    "ubuntu",
    "utility",
    "v",
    "video",
    "void",
    "whl",
    "xpu",
    "yes",
];

/// Whether a value is made of words of the tables and of short numbers: `12.4`, `all`, `compute,utility`,
/// `nvidia/cuda:12.4.1-runtime-ubuntu22.04`.
pub(crate) fn is_public(value: &str) -> bool {
    let mut numbers = 0;
    let mut words = 0;
    let separator = |c: char| matches!(c, ' ' | ',' | '.' | '-' | '_' | '/' | ':' | '+' | '=');
    for word in value.split(separator).filter(|word| !word.is_empty()) {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if word.len() - letters.len() > 3 {
            return false;
        }
        if letters.is_empty() {
            numbers += 1;
        } else if WORDS.binary_search(&letters).is_ok() {
            words += 1;
        } else {
            return false;
        }
    }
    // An address or a long number in pieces is no version.
    numbers <= 3 || (numbers <= 6 && words > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_the_tables_are_public() {
        assert!(WORDS.is_sorted());
        for value in [
            "",
            "0",
            "2",
            "all",
            "none",
            "true",
            "12.4",
            "12.4.1",
            "535.104.05",
            "compute,utility",
            "0,1",
            "nvidia",
            "nvidia.com/gpu=all",
            "nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04",
            "2.3.0+cu121",
            "linux/arm64",
            "pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime",
            "https://download.pytorch.org/whl/cu121",
            "python:3.12-slim",
        ] {
            assert!(is_public(value), "{value}");
        }
        for value in [
            "hunter2",
            "8675309",
            "10.1.2.3",
            "123-456-789-0",
            "registry.corp/nvidia/cuda:12.4.1",
            "GPU-8d3f",
            "nvidia\u{e9}",
            "sk-1",
            "all;x",
            "/dev/nvidia0",
            "All",
        ] {
            assert!(!is_public(value), "{value}");
        }
    }
}
