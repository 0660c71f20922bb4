//! Which stages run, and what names say about the purpose of an image.

use super::model::{Base, CopyFrom, Finals, Intent, Stage, StageView, StepAction};
use super::text::Text;

/// Words in a stage's name that say its result is not shipped.
const HELPER_WORDS: &[&str] = &[
    "build",
    "builder",
    "builds",
    "building",
    "compile",
    "compiler",
    "wheel",
    "wheels",
    "test",
    "tests",
    "testing",
    "lint",
    "linter",
    "docs",
    "doc",
    "ci",
    "check",
    "checks",
    "deps",
    "dependencies",
    "cache",
    "source",
    "sources",
    "src",
    "download",
    "downloader",
    "fetch",
    "export",
    "artifact",
    "artifacts",
    "tmp",
    "temp",
];

/// The stages that run: the target, or what looks final.
#[must_use]
pub fn find(stages: &[Stage], target: Option<&str>) -> Finals {
    Finals::new(stages, indices(stages, target))
}

fn indices(stages: &[Stage], target: Option<&str>) -> Vec<usize> {
    let Some(last) = stages.len().checked_sub(1) else {
        return Vec::new();
    };
    if let Some(target) = target {
        let wanted = target.to_ascii_lowercase();
        let chosen = stages
            .iter()
            .rposition(|stage| stage.name.as_deref() == Some(&wanted));
        let number = target
            .parse::<usize>()
            .ok()
            .filter(|&number| number <= last);
        return vec![chosen.or(number).unwrap_or(last)];
    }
    let mut used = vec![false; stages.len()];
    for stage in stages {
        if let Base::Stage(parent) = stage.base {
            used[parent] = true;
        }
        for step in &stage.steps {
            if let StepAction::Copy(copy) = &step.action
                && let CopyFrom::Stage(from) = copy.from
            {
                used[from] = true;
            }
        }
    }
    (0..stages.len())
        .filter(|&index| {
            let helper = stages[index]
                .name
                .as_deref()
                .is_some_and(|name| words(name).any(|word| HELPER_WORDS.contains(&word)));
            index == last || (!used[index] && stages[index].name.is_some() && !helper)
        })
        .collect()
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
pub(super) fn names_cpu_extra(word: &Text) -> bool {
    let rest = word.as_str().split_once('[').map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once(']'))
        .is_some_and(|(names, _)| names.split(',').any(is_cpu_name))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

impl StageView<'_> {
    /// Whether names or tools say that people work in the image, rather than run something finished.
    #[must_use]
    pub fn is_for_development(self) -> bool {
        let path = self
            .model
            .sources
            .get(self.model.file)
            .name()
            .to_ascii_lowercase();
        let name = self.stage().name.clone().unwrap_or_default();
        let says = |text: &str| {
            text.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| {
                    matches!(
                        word,
                        "dev"
                            | "devel"
                            | "development"
                            | "devcontainer"
                            | "build"
                            | "builder"
                            | "ci"
                            | "test"
                    )
                })
        };
        let file = path.rsplit('/').take(2).any(says);
        let tools = self.os().any(|(_, install)| {
            install.packages.iter().any(|package| {
                matches!(
                    package.as_str(),
                    "openssh-server" | "gdb" | "cmake" | "vim" | "zsh" | "nsight-systems"
                )
            })
        });
        // Kept alive for `docker exec`.
        let idles = self.start_commands().any(|command| {
            let argument = |wanted: &str| command.args().iter().any(|arg| arg.as_str() == wanted);
            match command.program() {
                "sleep" => argument("infinity"),
                "tail" => argument("/dev/null"),
                _ => false,
            }
        });
        file || says(&name) || tools || idles
    }
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
