//! Where the result will run, as far as the user says: a driver, GPUs, a platform.

use std::fmt;
use std::str::FromStr;

use facts::arch::{self, Gpu};
use facts::{ComputeCapability, Confidence, CudaVersion, DriverVersion, gpu_name};
use host::HostFacts;
use source::suggest;

/// The machine that the result will run on. What is not given is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// NVIDIA's Linux driver there.
    pub driver: Option<DriverVersion>,
    /// Its GPUs; empty where they are not known.
    pub gpus: Vec<TargetGpu>,
    /// The platform of images there.
    pub platform: Option<Platform>,
}

impl Target {
    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// What a machine says of itself. Jetson modules have drivers of their own kind, so theirs stays unknown.
    #[must_use]
    pub fn of_host(facts: &HostFacts) -> Self {
        let driver = facts
            .driver_version()
            .filter(|_| facts.platform.tegra.is_none());
        Self {
            driver: driver.and_then(|version| version.parse().ok()),
            gpus: facts.gpus.iter().filter_map(of_host_gpu).collect(),
            platform: facts
                .image_platform()
                .and_then(|platform| platform.parse().ok()),
        }
    }

    /// This one, completed by another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            driver: self.driver.or(other.driver),
            gpus: if self.gpus.is_empty() {
                other.gpus
            } else {
                self.gpus
            },
            platform: self.platform.or(other.platform),
        }
    }
}

/// A GPU by what the driver says it executes, else by its name.
fn of_host_gpu(gpu: &host::facts::Gpu) -> Option<TargetGpu> {
    let reported = gpu
        .compute_capability
        .as_deref()
        .and_then(ComputeCapability::parse);
    match reported {
        Some(capability) => Some(TargetGpu::reported(Some(gpu.name.clone()), capability)),
        None => gpu.name.parse().ok(),
    }
}

/// Why a word says nothing about a target: one sentence, lower-case start, no full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TargetError(String);

fn refuse<T>(message: impl Into<String>) -> Result<T, TargetError> {
    Err(TargetError(message.into()))
}

/// A GPU of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGpu {
    /// The model, where it was named: `GeForce RTX 5090`.
    pub name: Option<String>,
    /// What it executes.
    pub capability: ComputeCapability,
    /// How well it is established that the model has this capability.
    pub confidence: Confidence,
}

impl TargetGpu {
    /// A GPU that itself said what it executes.
    #[must_use]
    pub fn reported(name: Option<String>, capability: ComputeCapability) -> Self {
        Self {
            name,
            capability,
            confidence: Confidence::Verified,
        }
    }
}

impl fmt::Display for TargetGpu {
    /// `GeForce RTX 5090 (sm_120)`, or `sm_120`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.capability.sm()),
            None => write!(f, "{}", self.capability.sm()),
        }
    }
}

impl FromStr for TargetGpu {
    type Err = TargetError;

    /// From a model's name (`RTX 5090`, `H100`) or a compute capability (`sm_120`, `12.0`, `120`).
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        if let Some(capability) = ComputeCapability::parse(text) {
            let newest = arch::capabilities().iter().map(|row| row.capability).max();
            let known = arch::capability(capability).is_some();
            // What is newer than the tables may exist; `750` is a model, not a capability.
            let explicit = text.contains(['_', '.']);
            if known || (explicit && Some(capability) > newest) {
                return Ok(Self::reported(None, capability));
            }
            if explicit {
                return refuse(format!("no GPU has compute capability {capability}"));
            }
        }
        let found = gpu_name::find(text);
        let Some(first) = found.first() else {
            return refuse(unknown_model(text));
        };
        if found.iter().any(|gpu| gpu.capability != first.capability) {
            let names: Vec<String> = found
                .iter()
                .map(|gpu| format!("{} ({})", gpu.name, gpu.capability.sm()))
                .collect();
            let names = names.join(", ");
            return refuse(format!("`{text}` is more than one GPU: {names}"));
        }
        Ok(Self {
            name: Some(first.name.to_string()),
            capability: first.capability,
            confidence: first.confidence,
        })
    }
}

fn unknown_model(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let other_vendor = ["radeon", "instinct", "rx", "amd", "arc", "intel", "gaudi"];
    if words.iter().any(|word| other_vendor.contains(word)) {
        return format!("`{text}` is no NVIDIA GPU");
    }
    let short = |gpu: &Gpu| gpu_name::short(gpu).to_ascii_lowercase();
    let names: Vec<String> = arch::gpus().iter().map(short).collect();
    let near = suggest::nearest(&lower, names.iter().map(String::as_str));
    let near = near.and_then(|near| arch::gpus().iter().find(|gpu| short(gpu) == near));
    match near {
        Some(gpu) => {
            let name = gpu_name::short(gpu);
            format!("no GPU `{text}` is known; did you mean `{name}`?")
        }
        None => {
            format!("no GPU `{text}` is known; give its compute capability instead, such as sm_89")
        }
    }
}

/// Reads a driver: `535.104.05`, or a branch, `535` or `R535`, which stands for its newest release.
pub fn driver(text: &str) -> Result<DriverVersion, TargetError> {
    let digits = text.trim().trim_start_matches(['R', 'r', 'v']);
    if let Ok(driver) = digits.parse() {
        return Ok(driver);
    }
    if digits.parse::<CudaVersion>().is_ok() {
        return refuse(format!(
            "`{text}` is a CUDA version, not a driver's; `nvidia-smi --query-gpu=driver_version --format=csv,noheader` prints the driver's"
        ));
    }
    refuse(format!(
        "`{text}` is no driver version; expected one such as 535.104.05, or its branch, 535"
    ))
}

/// The platform of an image, in Docker's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    system: String,
    architecture: String,
}

impl Platform {
    /// `linux`, `windows`.
    #[must_use]
    pub fn system(&self) -> &str {
        &self.system
    }

    /// `amd64`, `arm64`.
    #[must_use]
    pub fn architecture(&self) -> &str {
        &self.architecture
    }

    /// Linux on 64-bit Arm.
    #[must_use]
    pub fn is_linux_arm64(&self) -> bool {
        self.system == "linux" && self.architecture == "arm64"
    }

    /// Linux on `x86_64`.
    #[must_use]
    pub fn is_linux_amd64(&self) -> bool {
        self.system == "linux" && self.architecture == "amd64"
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.system, self.architecture)
    }
}

impl FromStr for Platform {
    type Err = TargetError;

    /// From `linux/arm64`, `linux/arm64/v8`, `arm64`, `linux/aarch64`; the variant decides nothing we follow.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        const SYSTEMS: &[&str] = &["linux", "windows", "darwin"];
        let lower = text.trim().to_ascii_lowercase();
        let mut parts = lower.split('/');
        let (system, architecture) = match (parts.next(), parts.next()) {
            (Some(system), Some(architecture)) => (system, architecture),
            (Some(architecture), None) => ("linux", architecture),
            (None, _) => ("", ""),
        };
        let architecture = match architecture {
            "amd64" | "x86_64" | "x86-64" => "amd64",
            "arm64" | "aarch64" => "arm64",
            known @ ("386" | "arm" | "ppc64le" | "riscv64" | "s390x") => known,
            _ => "",
        };
        if architecture.is_empty() || !SYSTEMS.contains(&system) {
            return refuse(format!(
                "`{text}` is no platform; expected linux/amd64 or linux/arm64"
            ));
        }
        Ok(Self {
            system: system.to_owned(),
            architecture: architecture.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpu(text: &str) -> Result<String, String> {
        let parsed: Result<TargetGpu, TargetError> = text.parse();
        parsed
            .map(|gpu| gpu.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_gpu_is_a_model_or_a_capability() {
        assert_eq!(gpu("RTX 5090").unwrap(), "GeForce RTX 5090 (sm_120)");
        assert_eq!(gpu("h100").unwrap(), "H100 (sm_90)");
        for text in ["sm_120", "12.0", "120", "compute_120", "sm_120a"] {
            assert_eq!(gpu(text).unwrap(), "sm_120", "{text}");
        }
        assert_eq!(gpu("GTX 750").unwrap(), "GeForce GTX 750 (sm_50)");
        assert_eq!(gpu("750").unwrap(), "GeForce GTX 750 (sm_50)");
        assert_eq!(gpu("sm_150").unwrap(), "sm_150");
    }

    #[test]
    fn what_is_no_gpu_says_what_was_meant() {
        assert_eq!(
            gpu("RTX 5990").unwrap_err(),
            "no GPU `RTX 5990` is known; did you mean `RTX 5090`?"
        );
        assert_eq!(
            gpu("sm_68").unwrap_err(),
            "no GPU has compute capability 6.8"
        );
        assert_eq!(
            gpu("Radeon RX 7900 XTX").unwrap_err(),
            "`Radeon RX 7900 XTX` is no NVIDIA GPU"
        );
        assert!(
            gpu("RTX 6000")
                .unwrap_err()
                .starts_with("`RTX 6000` is more than one GPU: RTX 6000 Ada (sm_89), Quadro")
        );
        assert!(gpu("").is_err());
    }

    #[test]
    fn a_driver_is_a_version_or_a_branch() {
        assert_eq!(driver("535.104.05").unwrap().to_string(), "535.104.05");
        assert!(driver("R535").unwrap().is_branch());
        assert!(
            driver("12.4")
                .unwrap_err()
                .to_string()
                .starts_with("`12.4` is a CUDA version")
        );
        assert!(driver("latest").is_err());
    }

    #[test]
    fn platforms_are_read_in_dockers_and_unames_words() {
        for text in ["linux/arm64", "linux/arm64/v8", "arm64", "linux/aarch64"] {
            let platform: Platform = text.parse().unwrap();
            assert!(platform.is_linux_arm64(), "{text}");
            assert_eq!(platform.to_string(), "linux/arm64");
        }
        let x86: Platform = "linux/x86_64".parse().unwrap();
        assert!(x86.is_linux_amd64());
        for text in ["linux/arm46", "lunix/arm64", "linux/", ""] {
            let error = text.parse::<Platform>().unwrap_err().to_string();
            assert!(error.ends_with("linux/amd64 or linux/arm64"), "{error}");
        }
    }
}
