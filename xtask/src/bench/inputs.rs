//! Files to measure with, made from the shipped examples.

use std::fmt::Write as _;
use std::fs;

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};

/// How many files the large tree has.
const TREE: usize = 2_000;
/// How many Compose projects the other tree has.
const PROJECTS: usize = 1_000;
/// How many lines the long file has, at least.
const LONG: usize = 5_000;

/// How large the log is.
const LOG: usize = 10 << 20;

/// Where the files are.
pub(super) struct Inputs {
    one: Utf8PathBuf,
    long: Utf8PathBuf,
    tree: Utf8PathBuf,
    project: Utf8PathBuf,
    projects: Utf8PathBuf,
    log: Utf8PathBuf,
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
            project: folder.join("project"),
            projects: folder.join("projects"),
            log: folder.join("log"),
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
        write_project(&inputs.project, 0)?;
        for index in 0..PROJECTS {
            let folder = inputs.projects.join(format!("{:02}/{index}", index % 50));
            write_project(&folder, index)?;
        }
        fs::write(&inputs.log, log())?;
        Ok(inputs)
    }

    /// A log of 10 MiB with a known message near its end.
    pub(super) fn log(&self) -> &Utf8Path {
        &self.log
    }

    /// What is measured: its name, the command and its input.
    pub(super) fn cases(&self) -> [(&'static str, &'static str, &Utf8Path); 5] {
        [
            ("one Dockerfile", "dockerfile", &self.one),
            ("one Dockerfile of 5,000 lines", "dockerfile", &self.long),
            ("2,000 Dockerfiles", "dockerfile", &self.tree),
            ("one Compose file", "docker-compose", &self.project),
            ("1,000 Compose files", "docker-compose", &self.projects),
        ]
    }
}

/// A project of four services as people write it: a GPU request with a fault, an anchor, variables.
fn write_project(folder: &Utf8Path, index: usize) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let text = format!(
        "x-logging: &logging
  driver: json-file
  options: {{max-size: 10m}}
services:
  train:
    image: nvidia/cuda:12.4.1-runtime-ubuntu22.04
    command: python train.py --seed {index}
    environment:
      - MODE=${{MODE:-fast}}
      - CUDA_VISIBLE_DEVICES=1
    deploy:
      resources:
        limits: {{memory: 16g}}
        reservations:
          devices:
            - driver: nvidia
              device_ids: [\"1\"]
              capabilities: [gpu]
    logging: *logging
  chat:
    image: vllm/vllm-openai:v0.8.5
    runtime: nvidia
    ports: [\"8000:8000\"]
    volumes: [\"models:/root/.cache/huggingface\"]
    depends_on: [db]
  db:
    image: postgres:16
    env_file: db.env
    volumes: [\"db:/var/lib/postgresql/data\"]
    healthcheck:
      test: [\"CMD\", \"pg_isready\"]
      interval: 10s
  web:
    image: nginx:1.27
    ports: [\"80:80\"]
    logging: *logging
volumes:
  models:
  db:
"
    );
    fs::write(folder.join("compose.yaml"), text)?;
    fs::write(folder.join("db.env"), "POSTGRES_PASSWORD=secret\n")?;
    Ok(())
}

/// Lines as a service of Compose and a build write them.
fn log() -> String {
    let mut text = String::with_capacity(LOG + 200);
    let mut line = 0;
    while text.len() < LOG {
        let (step, second) = (line % 40, line / 1000);
        // Writing to a string cannot fail.
        let _ = match line % 3 {
            0 => writeln!(
                text,
                "trainer-1  | 2026-11-28T17:53:{:02}.123Z INFO epoch {step}, loss 0.{line}",
                second % 60
            ),
            1 => writeln!(
                text,
                "#{step} {second}.123 Collecting nvidia-cublas-cu12==12.4.5.{step} (from torch==2.{line})"
            ),
            _ => writeln!(
                text,
                "  File \"/usr/lib/python3/dist-packages/torch/module.py\", line {line}, in forward"
            ),
        };
        line += 1;
    }
    text + "RuntimeError: The NVIDIA driver on your system is too old (found version 12080).\n"
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
