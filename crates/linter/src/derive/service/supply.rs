//! Through what a service gets a GPU.

use compose::Value;
use facts::image::Accelerator;
use source::Location;

use super::device::{DeviceNode, devices};
use super::environment::Variable;
use super::model::{Given, ServiceModel};
use super::request::{Selection, Vendor};
use super::view::ServiceView;

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
        let service = self.compose;
        let image = self.contents.image();
        let dockerfile = service.build().and_then(|build| build.dockerfile());
        let files = &self.project.compose.files;
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

    /// Whether nothing gives it an NVIDIA GPU and nothing says that it wants one.
    pub fn has_no_gpu(&self) -> bool {
        let project = self.project;
        let amd = devices(self.compose).any(|device| device.node() == DeviceNode::Amd);
        let open = project.compose.overlay
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
        match self.compose.runtime() {
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

    /// The first device node of NVIDIA that it gets: `/dev/nvidia0`.
    pub fn device_nodes(&self) -> Option<Location> {
        let mut nodes = devices(self.compose).filter(|device| device.node() == DeviceNode::Nvidia);
        nodes.next().map(|node| node.at())
    }

    /// `privileged: true`.
    pub fn privileged(&self) -> Option<Location> {
        let privileged = self.compose.value.get("privileged")?;
        (privileged.printed()?.as_ref() == "true").then_some(privileged.location)
    }

    /// Whether it has the devices of another maker, or is set up by hand in a way that is not ours to judge.
    pub fn is_set_up_by_hand(&self) -> bool {
        let nodes = devices(self.compose).any(|device| {
            matches!(device.node(), DeviceNode::Amd | DeviceNode::Platform)
                // A device that cannot be told may be anything.
                || device.source.is_none()
        });
        let rules = self.compose.value.get("device_cgroup_rules").is_some();
        let mounts = self.compose.get(["volumes"]).and_then(Value::as_sequence);
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
            .any(|key| self.compose.value.get(key).is_some());
        nodes || rules || mounts || outside || self.runtime() == Runtime::Other
    }

    /// Whether anything gives it a GPU, or may.
    pub fn may_have_gpu(&self) -> bool {
        self.requests_gpu()
            || matches!(self.runtime(), Runtime::Nvidia(_) | Runtime::Unknown)
            || self.device_nodes().is_some()
            || self.is_set_up_by_hand()
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
            let value = self.compose.get(keys.iter().copied());
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
