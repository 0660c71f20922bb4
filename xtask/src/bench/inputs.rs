//! Files to measure with, made from the shipped examples.

use std::fs;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};

/// How many files the large tree has.
const TREE: usize = 2_000;
/// How many lines the long file has, at least.
const LONG: usize = 5_000;

/// Where the files are.
pub(super) struct Inputs {
    one: Utf8PathBuf,
    long: Utf8PathBuf,
    tree: Utf8PathBuf,
}

impl Inputs {
    /// Writes the files below `folder`.
    pub(super) fn write(root: &Utf8Path, folder: &Utf8Path) -> anyhow::Result<Self> {
        let broken = Example::read(&root.join("examples/broken-gpu-app"))?;
        let good = Example::read(&root.join("examples/good-gpu-app"))?;
        let inputs = Self {
            one: folder.join("one"),
            long: folder.join("long"),
            tree: folder.join("tree"),
        };
        broken.write(&inputs.one, &broken.dockerfile)?;
        good.write(&inputs.long, &long(&good.dockerfile))?;
        for index in 0..TREE {
            let example = if index % 2 == 0 { &broken } else { &good };
            // No two are alike, so that nothing can be answered from memory.
            let text = format!("{}\nLABEL number={index}\n", example.dockerfile);
            let folder = inputs.tree.join(format!("{:02}/{index}", index % 50));
            example.write(&folder, &text)?;
        }
        Ok(inputs)
    }

    /// What is measured, by name.
    pub(super) fn cases(&self) -> [(&'static str, &Utf8Path); 3] {
        [
            ("one Dockerfile", &self.one),
            ("one Dockerfile of 5,000 lines", &self.long),
            ("2,000 Dockerfiles", &self.tree),
        ]
    }
}

/// The stages of `dockerfile` again and again, under other names each time.
fn long(dockerfile: &str) -> String {
    let rounds = LONG / dockerfile.lines().count().max(1) + 1;
    let mut text = String::new();
    for round in 0..rounds {
        let stages = dockerfile
            .replace(" AS build", &format!(" AS build{round}"))
            .replace("--from=build", &format!("--from=build{round}"));
        text.push_str(&stages);
    }
    text
}

struct Example {
    dockerfile: String,
    requirements: String,
}

impl Example {
    fn read(folder: &Utf8Path) -> anyhow::Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
        };
        Ok(Self {
            dockerfile: read("Dockerfile")?,
            requirements: read("requirements.txt")?,
        })
    }

    fn write(&self, folder: &Utf8Path, dockerfile: &str) -> anyhow::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("Dockerfile"), dockerfile)?;
        fs::write(folder.join("requirements.txt"), &self.requirements)?;
        Ok(())
    }
}
