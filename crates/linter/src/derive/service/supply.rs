//! Through what a service gets a GPU.

use compose::Value;
use facts::image::Accelerator;
use source::Location;

use super::device::{Node, devices};
use super::request::{Selection, Vendor};
use super::{Driver, Given, ServiceModel, ServiceView, Variable};

/// `runtime` of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// The engine's default.
    Default,
    /// `nvidia`, or one of its fixed modes.
    Nvidia(Location),
    /// Another one.
    Other,
    /// Cannot be told.
    Unknown,
}

/// Ways to a GPU that are neither a request nor a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// `/dev/nvidia*`.
    Nodes(Location),
    /// `privileged: true`.
    Privileged(Location),
}

/// Words of names that say Jetson: its modules, its system, its software.
const JETSON_WORDS: [&str; 7] = ["jetson", "jetpack", "l4t", "tegra", "orin", "xavier", "agx"];

fn says_jetson(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| JETSON_WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

impl ServiceView<'_> {
    /// Whether it runs on Jetson: its image is for it, or the names of the service, its profiles, its image, its
    /// Dockerfile or the Compose files say so.
    pub fn is_for_jetson(&self) -> bool {
        let service = self.service.service;
        let image = self.contents.image();
        let dockerfile = service.build().and_then(|build| build.dockerfile());
        let files = &self.project.project.files;
        image.is_some_and(|image| image.accelerator() == Some(Accelerator::Jetson))
            || says_jetson(&service.name)
            || service.profiles().any(says_jetson)
            || service
                .image()
                .and_then(|(image, _)| image.known())
                .is_some_and(says_jetson)
            || dockerfile.is_some_and(|path| path.file_name().is_some_and(says_jetson))
            || files
                .iter()
                .any(|file| file.path.file_name().is_some_and(says_jetson))
    }
}

impl ServiceView<'_> {
    /// Whether nothing gives it an NVIDIA GPU and nothing says that it wants one.
    pub fn has_no_gpu(&self) -> bool {
        let project = self.project;
        let amd = devices(self.service.service).any(|device| device.node() == Node::Amd);
        let open = project.project.overlay
            || project.default_runtime_gives_gpu()
            || self.overlay == Some(Given::Gpu)
            || self.is_refused()
            || self
                .need()
                .is_some_and(|need| !self.leaves_gpu_to_others(&need));
        (amd && !self.requests_nvidia()) || (!open && !self.may_have_gpu())
    }
}

impl ServiceModel<'_> {
    /// Its `runtime`.
    pub fn runtime(&self) -> Runtime {
        match self.service.runtime() {
            None if self.is_misspelt("runtime") => Runtime::Unknown,
            None => Runtime::Default,
            Some((scalar, at)) => match scalar.known() {
                Some("nvidia" | "nvidia-cdi" | "nvidia-legacy" | "nvidia-experimental") => {
                    Runtime::Nvidia(at)
                }
                Some("") => Runtime::Default,
                Some(_) => Runtime::Other,
                None => Runtime::Unknown,
            },
        }
    }

    /// Whether a request, of any maker or unknown, may give it a GPU.
    pub fn requests_gpu(&self) -> bool {
        self.requests.iter().any(|request| request.may_give_gpu())
    }

    /// Whether a request is plainly for an NVIDIA GPU.
    pub fn requests_nvidia(&self) -> bool {
        let mut requests = self.requests.iter();
        requests.any(|request| request.vendor() == Vendor::Nvidia && request.may_give_gpu())
    }

    /// Device nodes of NVIDIA, and `privileged`.
    pub fn raw(&self) -> Option<Supply> {
        let mut nodes = devices(self.service).filter(|device| device.node() == Node::Nvidia);
        if let Some(node) = nodes.next() {
            return Some(Supply::Nodes(node.at()));
        }
        let privileged = self.service.value.get("privileged")?;
        (privileged.printed()?.as_ref() == "true")
            .then_some(Supply::Privileged(privileged.location))
    }

    /// Whether it has the devices of another maker, or is set up by hand in a way that is not ours to judge.
    pub fn is_hand_made(&self) -> bool {
        let nodes = devices(self.service).any(|device| {
            matches!(device.node(), Node::Amd | Node::HandMade)
                // A device that cannot be told may be anything.
                || device.source.is_none()
        });
        let rules = self.service.value.get("device_cgroup_rules").is_some();
        let mounts = self.service.get(["volumes"]).and_then(Value::as_sequence);
        let mounts = mounts.unwrap_or_default().iter().any(|mount| {
            ["source", "target"].iter().any(|side| {
                let path = mount.get(side).and_then(Value::as_str);
                path.is_some_and(|path| {
                    ["/usr/lib/wsl", "nvidia", "libcuda", "/dev/dxg", "/dev/dri"]
                        .iter()
                        .any(|part| path.contains(part))
                })
            })
        });
        let outside = ["models", "provider", "gpu", "device_requests"];
        let outside = outside
            .iter()
            .any(|key| self.service.value.get(key).is_some());
        nodes || rules || mounts || outside || self.runtime() == Runtime::Other
    }

    /// Whether anything gives it a GPU, or may.
    pub fn may_have_gpu(&self) -> bool {
        let nodes = matches!(self.raw(), Some(Supply::Nodes(_)));
        self.requests_gpu()
            || matches!(self.runtime(), Runtime::Nvidia(_) | Runtime::Unknown)
            || nodes
            || self.is_hand_made()
            || self.has_unknown_request()
    }

    /// Whether what might be a request cannot be told.
    pub fn has_unknown_request(&self) -> bool {
        if self.has_misspelt_request() {
            return true;
        }
        let keys: [&[&str]; 2] = [
            &["deploy", "resources", "reservations", "devices"],
            &["gpus"],
        ];
        keys.iter().any(|keys| {
            let value = self.service.get(keys.iter().copied());
            value.is_some_and(|value| value.as_sequence().is_none() && !value.is_null())
        })
    }

    /// Whether a key that may give it a GPU is misspelt.
    pub fn has_misspelt_request(&self) -> bool {
        let ways = [
            "deploy.resources.reservations.devices",
            "gpus",
            "devices",
            "privileged",
        ];
        ways.iter().any(|way| self.is_misspelt(way))
    }

    /// Whether it chooses its driver itself by name.
    pub fn names_driver(&self) -> bool {
        self.requests
            .iter()
            .any(|request| !matches!(request.driver(), Driver::Unsaid))
    }

    /// The indices or names of the GPUs it gets, where all requests are known and plain.
    pub fn gpus(&self) -> Option<Selection<'_>> {
        match self.requests.as_slice() {
            [only] if only.vendor() == Vendor::Nvidia => Some(only.selection()),
            [] => {
                let Runtime::Nvidia(_) = self.runtime() else {
                    return None;
                };
                match self.variable("NVIDIA_VISIBLE_DEVICES") {
                    Variable::Set { value: "all", .. } => Some(Selection::All),
                    Variable::Set {
                        value: "" | "none" | "void",
                        ..
                    } => Some(Selection::Nothing),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
