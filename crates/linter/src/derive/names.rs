//! What names say about the purpose of an image.

use packages::text::Text;

/// What an image is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Nothing outside the instructions says.
    Unsaid,
    /// The project requests a GPU for it.
    Gpu,
    /// The file's or stage's name says CPU or another maker's accelerator, or the project gives it no GPU on
    /// purpose.
    Cpu,
}

/// What the path of a Dockerfile says it is for.
#[must_use]
pub fn intent(path: &str) -> Intent {
    let mut intent = Intent::Unsaid;
    for part in path.rsplit('/').take(2) {
        for word in words(part) {
            match word {
                "gpu" | "cuda" | "nvidia" => return Intent::Gpu,
                "cpu" | "intel" | "xpu" | "hpu" | "gaudi" | "amd" | "rocm" | "npu" | "ascend"
                | "tpu" => intent = Intent::Cpu,
                _ => {}
            }
        }
    }
    intent
}

/// Whether a stage's name says CPU.
#[must_use]
pub fn is_cpu_name(name: &str) -> bool {
    let mut cpu = false;
    for word in words(name) {
        match word {
            "cpu" | "cpuonly" => cpu = true,
            "gpu" | "cuda" => return false,
            _ => {}
        }
    }
    cpu
}

/// Whether an extra in a word says CPU: `.[cpu]`.
pub(crate) fn names_cpu_extra(word: &Text) -> bool {
    let rest = word.as_str().split_once('[').map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once(']'))
        .is_some_and(|(names, _)| names.split(',').any(is_cpu_name))
}

/// The words of a name.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_cpu_from_gpu() {
        assert_eq!(intent("docker/Dockerfile.cpu"), Intent::Cpu);
        assert_eq!(intent("docker/Dockerfile.gpu"), Intent::Gpu);
        assert_eq!(intent("docker/cpu-and-gpu/Dockerfile"), Intent::Gpu);
        assert_eq!(intent("docker/Dockerfile.intel"), Intent::Cpu);
        assert_eq!(intent("docker/Dockerfile.amd64"), Intent::Unsaid);
        assert_eq!(intent("recpu/Dockerfile"), Intent::Unsaid);
    }
}
