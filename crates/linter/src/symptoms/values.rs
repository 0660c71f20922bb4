//! What the variable parts of a message say together with the tables.

use std::collections::BTreeMap;

use facts::pytorch_index::{self, IndexStatus};
use facts::symptom::Kind;
use facts::{ComputeCapability, CudaVersion, arch, cuda, nvidia_cuda, torch};

use super::scan::{Hit, Log};
use crate::Target;
use crate::advice::index;

/// Names that the texts of every symptom may use.
pub const ALWAYS: [&str; 3] = ["pypi-cuda", "pypi-driver", "wheel"];

/// Names that the texts may use where a variable part of the given name is known.
pub const DERIVED: [(&str, &[&str]); 6] = [
    ("found", &["branch", "index"]),
    ("required", &["required-branch"]),
    ("image", &["image-index"]),
    (
        "sm",
        &["capability", "architecture", "gpu-builds", "gpu-index"],
    ),
    ("tag", &["tag-verdict"]),
    ("torch", &["torch-verdict"]),
];

/// Values by name.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, String>);

impl Values {
    /// What a message, the log around it and the machine say.
    #[must_use]
    pub fn of(hit: &Hit, log: &Log, target: &Target) -> Self {
        let mut values = Self::general(log, target);
        for (&name, value) in &hit.values {
            values.put(name, value.clone());
        }
        if let Some(phase) = hit.section.as_str() {
            values.put("phase", phase);
        }
        for variable in &hit.symptom.variables {
            let name = variable.name.as_str();
            let Some(value) = hit.values.get(name) else {
                continue;
            };
            match variable.kind {
                Kind::CudaNumber => values.cuda_number(name, value),
                Kind::Sm => values.gpu(value),
                Kind::Soname => {
                    let major = value.split('.').next().unwrap_or(value);
                    values.put("wanted", major);
                }
                _ => values.word(name, value),
            }
        }
        values
    }

    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn put(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// What can be said without a message.
    #[must_use]
    pub fn general(log: &Log, target: &Target) -> Self {
        let mut values = Self::default();
        if let Some(latest) = torch::latest() {
            values.put("pypi-cuda", latest.cuda.to_string());
            if let Some(driver) = cuda::min_driver(latest.cuda.major) {
                values.put("pypi-driver", driver);
            }
        }
        let wheel = log.wheel.as_deref().and_then(CudaVersion::from_suffix);
        if let Some(wheel) = wheel {
            values.put("wheel", wheel.to_string());
        }
        if let Some(reported) = target.driver.as_ref().and_then(cuda::max_cuda)
            && let Some(index) = index::for_major(reported.major)
        {
            values.put("index", index.suffix);
        }
        values
    }

    /// 12080 is 12.8.
    fn cuda_number(&mut self, name: &str, value: &str) {
        let Ok(number) = value.parse::<u32>() else {
            return;
        };
        let version = CudaVersion::new((number / 1000) as u16, (number % 1000 / 10) as u16);
        self.put(name, version.to_string());
        let newest =
            |row: &&cuda::Branch| row.max_cuda.and_then(|cuda| cuda.parse().ok()) == Some(version);
        if let Some(row) = cuda::branches().iter().find(newest) {
            self.put("branch", row.branch);
        }
        if let Some(index) = index::for_major(version.major) {
            self.put("index", index.suffix);
        }
    }

    fn gpu(&mut self, value: &str) {
        let Some(gpu) = ComputeCapability::parse(&value.to_ascii_lowercase()) else {
            return;
        };
        self.put("capability", gpu.to_string());
        if let Some(row) = arch::capability(gpu) {
            self.put("architecture", row.architecture);
        }
        if let Some((index, _)) = index::for_gpu(gpu) {
            self.put("gpu-index", index.suffix);
        }
        if let Some(builds) = builds(gpu) {
            self.put("gpu-builds", builds);
        }
    }

    fn word(&mut self, name: &str, value: &str) {
        match name {
            "required" => {
                let version = value.parse::<CudaVersion>().ok();
                let newest = |row: &&cuda::Branch| {
                    row.max_cuda.and_then(|cuda| cuda.parse().ok()) == version
                };
                if let Some(row) = version.and_then(|_| cuda::branches().iter().find(newest)) {
                    self.put("required-branch", row.branch);
                }
            }
            "image" => {
                let nearest = value.parse().ok().and_then(pytorch_index::nearest);
                if let Some(nearest) = nearest {
                    self.put("image-index", nearest.suffix);
                }
            }
            "tag" => {
                if let nvidia_cuda::Verdict::Missing { reason, instead } =
                    nvidia_cuda::verdict(value)
                {
                    let instead = instead.map_or_else(String::new, |tag| {
                        format!("; the nearest is nvidia/cuda:{tag}")
                    });
                    self.put(
                        "tag-verdict",
                        format!("nvidia/cuda:{value}: {reason}{instead}"),
                    );
                }
            }
            "torch" => {
                if let Some(verdict) = torch_verdict(value) {
                    self.put("torch-verdict", verdict);
                }
            }
            _ => {}
        }
    }
}

/// What the messages of a log say of the machine: the branch of its driver, its GPU.
#[must_use]
pub fn implied(log: &Log) -> Target {
    let nowhere = Target::default();
    let mut target = Target::default();
    for hit in &log.hits {
        let values = Values::of(hit, log, &nowhere);
        if let Some(branch) = values.get("branch") {
            let branch = branch
                .split('/')
                .next()
                .and_then(|branch| branch.parse().ok());
            target.driver = target.driver.or(branch);
        }
        let gpu = hit
            .values
            .get("sm")
            .and_then(|sm| sm.to_ascii_lowercase().parse().ok());
        if target.gpus.is_empty() {
            target.gpus.extend(gpu);
        }
    }
    target
}

/// Which PyTorch builds have code for a GPU.
fn builds(gpu: ComputeCapability) -> Option<String> {
    let (newest, release) = index::for_gpu(gpu)?;
    let latest = torch::latest()?;
    let first = torch::all().iter().find_map(|release| {
        let indexes = release.indexes.iter();
        let suffix = indexes
            .copied()
            .find(|suffix| release.runs_on(suffix, gpu) == Some(true))?;
        Some((release, suffix))
    })?;
    let lacking = ["cu126", "cu128", "cu130"].into_iter().filter(|suffix| {
        release.runs_on(suffix, gpu) == Some(false) || latest.runs_on(suffix, gpu) == Some(false)
    });
    let lacking: Vec<&str> = lacking.collect();
    let without = if lacking.is_empty() {
        String::new()
    } else {
        format!(", and not in {}", lacking.join(" and "))
    };
    Some(if latest.runs_on(&latest.suffix, gpu) == Some(true) {
        format!(
            "PyTorch has code for it since {} ({}){without}",
            first.0.version, first.1
        )
    } else {
        format!(
            "the newest PyTorch with code for it is {} ({}){without}",
            release.version, newest.suffix
        )
    })
}

/// Why pip does not find a torch of this version.
fn torch_verdict(version: &str) -> Option<String> {
    let (number, local) = match version.split_once('+') {
        Some((number, local)) => (number, Some(local)),
        None => (version, None),
    };
    let suffix = local?;
    match pytorch_index::find(suffix) {
        IndexStatus::NeverExisted(row) => {
            let nearest = pytorch_index::nearest(row.cuda);
            let instead = nearest.map_or_else(String::new, |row| {
                format!("; the nearest is {}", row.suffix)
            });
            Some(format!("there was never an index {suffix}{instead}"))
        }
        IndexStatus::Published(_) if pytorch_index::has(suffix, number) == Some(false) => {
            let release = torch::release(number)?;
            Some(format!(
                "{suffix} does not have torch {number}; it is on {}",
                release.indexes.join(", ")
            ))
        }
        _ => None,
    }
}
