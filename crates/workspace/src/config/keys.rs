//! What may stand in a configuration: the one description that reading, the schema and the reference follow from.

use super::document::{ACCELERATORS, LEVELS};
use super::words::Words;

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether its table needs it.
    pub required: bool,
    /// What it is for: one or more sentences in Markdown.
    pub about: &'static str,
    /// A value as one would write it.
    pub example: &'static str,
}

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// A string.
    Word(Words),
    /// A list of strings.
    Words(Words),
    /// `true` or `false`.
    Switch,
    /// A string, or `true` or `false` alone.
    WordOrSwitch(Words),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A list of such tables.
    Tables(&'static [Key]),
    /// A table with any of these keys, all with such values.
    Map(Words, Words),
}

const fn key(name: &'static str, holds: Holds, example: &'static str, about: &'static str) -> Key {
    Key {
        name,
        holds,
        required: false,
        about,
        example,
    }
}

const fn required(
    name: &'static str,
    holds: Holds,
    example: &'static str,
    about: &'static str,
) -> Key {
    Key {
        required: true,
        ..key(name, holds, example, about)
    }
}

/// The top of `env-doctor.toml`, and of `[tool.env-doctor]` in `pyproject.toml`.
pub const TOP: &[Key] = &[
    key(
        "select",
        Holds::Words(Words::Rule),
        r#"["torch-index-missing", "driver-in-image"]"#,
        "Report these rules only.",
    ),
    key(
        "ignore",
        Holds::Words(Words::Rule),
        r#"["cuda-image-end-of-life"]"#,
        "Do not report these rules.",
    ),
    key(
        "fail-on",
        Holds::Word(Words::OneOf(&["error", "warning", "info", "never"])),
        r#""warning""#,
        "Lowest severity that makes the exit status 1; `error` where nothing is said.",
    ),
    key(
        "exclude",
        Holds::Words(Words::Pattern),
        r#"["third_party/", "*.old.Dockerfile"]"#,
        "Files and directories that a search leaves out. What the command line names is checked all the same.",
    ),
    key(
        "context",
        Holds::Word(Words::Any),
        r#"".""#,
        "Build context of Dockerfiles, where COPY finds its files. Compose projects say theirs.",
    ),
    key(
        "default-runtime",
        Holds::Word(Words::Any),
        r#""nvidia""#,
        "The default runtime of the engine that runs Compose services. With `nvidia`, a service needs no request to get GPUs.",
    ),
    key(
        "rules",
        Holds::Map(Words::Rule, Words::OneOf(LEVELS)),
        r#"{ torch-extra-index = "error", gpu-shared = "off" }"#,
        "Severity by rule: whatever the rule finds has this one. `off` switches it off, anything else switches on a rule that is off by default.",
    ),
    key(
        "per-path",
        Holds::Tables(PER_PATH),
        "",
        "What differs for some files. Every entry whose patterns fit counts, the later over the earlier.",
    ),
    key(
        "target",
        Holds::Table(TARGET),
        "",
        "The machine that the images will run on.",
    ),
    key(
        "build-args",
        Holds::Map(Words::Any, Words::Any),
        r#"{ CUDA_VERSION = "12.4.1" }"#,
        "Values of ARGs, as in `docker build --build-arg`.",
    ),
    key(
        "image",
        Holds::Tables(IMAGE),
        "",
        "An image that no public table has. It says `from`, `cuda`, `flavor` or `accelerator`, and what else is known. The first entry that fits counts.",
    ),
    key(
        "mirror",
        Holds::Tables(MIRROR),
        "",
        "An index of Python packages that copies a public one. The longest address that fits counts.",
    ),
];

const PER_PATH: &[Key] = &[
    required(
        "paths",
        Holds::Words(Words::Pattern),
        r#"["docker/dev/"]"#,
        "Which files. What is found in a dependency file also counts as found in the Dockerfile that installs from it.",
    ),
    key(
        "ignore",
        Holds::Words(Words::Rule),
        r#"["devel-base-unneeded"]"#,
        "Do not report these rules there.",
    ),
    key(
        "rules",
        Holds::Map(Words::Rule, Words::OneOf(LEVELS)),
        r#"{ torch-index-missing = "warning" }"#,
        "Severity by rule there.",
    ),
];

const TARGET: &[Key] = &[
    key(
        "driver",
        Holds::Word(Words::Checked(super::words::driver)),
        r#""535""#,
        "Its NVIDIA driver: a version or a branch.",
    ),
    key(
        "gpus",
        Holds::Words(Words::Checked(super::words::gpu)),
        r#"["RTX 4090", "sm_80"]"#,
        "Its GPUs: models or compute capabilities.",
    ),
    key(
        "platform",
        Holds::Word(Words::Checked(super::words::platform)),
        r#""linux/amd64""#,
        "Its platform.",
    ),
];

const IMAGE: &[Key] = &[
    required(
        "name",
        Holds::Word(Words::Checked(super::words::image_pattern)),
        r#""registry.corp/ml/base""#,
        "Which images: a name for all its tags, or a name and a tag. `*` stands for any text in both.",
    ),
    key(
        "from",
        Holds::Word(Words::Checked(super::words::public_image)),
        r#""nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04""#,
        "The public image that it is built from: what that one holds, it holds too, and perhaps more. Without a tag: it is the one with the same tag, as in a registry that copies another.",
    ),
    key(
        "cuda",
        Holds::Word(Words::Checked(super::words::cuda)),
        r#""12.4""#,
        "Its CUDA version.",
    ),
    key(
        "flavor",
        Holds::Word(Words::OneOf(&["base", "runtime", "devel"])),
        r#""devel""#,
        "How much of CUDA it holds, in the words of `nvidia/cuda`.",
    ),
    key(
        "cudnn",
        Holds::WordOrSwitch(Words::Checked(super::words::major)),
        r#""9""#,
        "Its cuDNN: the major version, or whether there is one.",
    ),
    key("nvcc", Holds::Switch, "true", "Whether nvcc is in it."),
    key(
        "python",
        Holds::WordOrSwitch(Words::Checked(super::words::python)),
        r#""3.11""#,
        "Its Python: the version, or whether there is one.",
    ),
    key(
        "torch",
        Holds::WordOrSwitch(Words::Checked(super::words::version)),
        r#""2.5.1""#,
        "The PyTorch that it ships: the version, or whether there is one.",
    ),
    key(
        "tensorflow",
        Holds::WordOrSwitch(Words::Checked(super::words::version)),
        r#""2.17.0""#,
        "The TensorFlow that it ships.",
    ),
    key(
        "jax",
        Holds::WordOrSwitch(Words::Checked(super::words::version)),
        r#""0.4.35""#,
        "The JAX that it ships.",
    ),
    key(
        "os",
        Holds::Word(Words::Any),
        r#""ubuntu22.04""#,
        "Its system. CUDA wheels do not run on `alpine`.",
    ),
    key(
        "accelerator",
        Holds::Word(Words::OneOf(ACCELERATORS)),
        r#""nvidia""#,
        "What it is made for; NVIDIA GPUs where CUDA is in it.",
    ),
];

const MIRROR: &[Key] = &[
    required(
        "url",
        Holds::Word(Words::Checked(super::words::url)),
        r#""https://pypi.corp/whl/cu121""#,
        "The address, or what addresses begin with. Passwords in addresses do not matter.",
    ),
    required(
        "of",
        Holds::Word(Words::Checked(super::words::mirror)),
        r#""cu121""#,
        "What it copies: `pypi`; `pytorch`, all of download.pytorch.org, where the rest of the address names the build; one build, such as `cu121` or `cpu`; `other`, packages among which is no PyTorch.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn all(keys: &'static [Key], found: &mut Vec<Key>) {
        for key in keys {
            found.push(*key);
            if let Holds::Table(inner) | Holds::Tables(inner) = key.holds {
                all(inner, found);
            }
        }
    }

    #[test]
    fn every_key_is_described_and_every_value_has_an_example_that_is_read() {
        let mut keys = Vec::new();
        all(TOP, &mut keys);
        for key in keys {
            assert!(key.about.ends_with('.'), "{}", key.name);
            let is_table = matches!(key.holds, Holds::Table(_) | Holds::Tables(_));
            assert_eq!(key.example.is_empty(), is_table, "{}", key.name);
        }
    }
}
