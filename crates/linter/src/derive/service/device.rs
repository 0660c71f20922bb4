//! Entries of a service's `devices`: CDI names and device nodes.

use compose::Value;
use source::Location;

use super::known_text::KnownText;

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Device<'a> {
    /// The entry.
    pub value: &'a Value,
    /// The host's side; `None` where it cannot be told.
    pub source: Option<KnownText<'a>>,
    /// The container's side.
    pub target: Option<KnownText<'a>>,
    /// The short form, as written.
    pub short: Option<&'a str>,
}

/// What a device node is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceNode {
    /// `/dev/nvidia0`, `/dev/nvidiactl`, …
    Nvidia,
    /// `/dev/kfd`: ROCm.
    Amd,
    /// `/dev/dri`: graphics and video of any maker.
    Dri,
    /// `/dev/dxg`: the GPU of WSL2, `/dev/nvhost-*` and `/dev/nvmap`: Jetson's.
    Platform,
    /// Anything else.
    Other,
}

/// The entries of a service's `devices`.
pub fn devices(service: &compose::Service) -> impl Iterator<Item = Device<'_>> {
    let items = service.devices().and_then(Value::as_sequence);
    items.unwrap_or_default().iter().filter_map(Device::of)
}

impl<'a> Device<'a> {
    /// The entry, if it has the shape of one.
    pub fn of(value: &'a Value) -> Option<Self> {
        let short = value.short.as_ref().and_then(|short| short.known());
        if value.as_mapping().is_some() {
            return Some(Self {
                value,
                source: value.get("source").and_then(KnownText::of),
                target: value.get("target").and_then(KnownText::of),
                short,
            });
        }
        // A short form with a variable that is not set stays a scalar.
        value.as_scalar().map(|_| Self {
            value,
            source: None,
            target: None,
            short: None,
        })
    }

    /// Where it is written.
    pub fn at(&self) -> Location {
        self.value.location
    }

    /// Whether Compose makes a CDI request of it: both sides are one qualified name.
    pub fn is_cdi(&self) -> bool {
        match (self.source, self.target) {
            (Some(source), Some(target)) => source.text == target.text && is_qualified(source.text),
            (Some(source), None) => is_qualified(source.text),
            _ => false,
        }
    }

    /// What kind of node it is.
    pub fn node(&self) -> DeviceNode {
        let Some(source) = self.source else {
            return DeviceNode::Other;
        };
        let Some(name) = source.text.strip_prefix("/dev/") else {
            return DeviceNode::Other;
        };
        if name.starts_with("nvidia") {
            DeviceNode::Nvidia
        } else if name == "kfd" {
            DeviceNode::Amd
        } else if name == "dri" || name.starts_with("dri/") {
            DeviceNode::Dri
        } else if name == "dxg" || name.starts_with("nvhost") || name == "nvmap" {
            DeviceNode::Platform
        } else {
            DeviceNode::Other
        }
    }
}

/// Whether `name` is a CDI name as the CDI library parses it: `vendor/class=device`.
pub fn is_qualified(name: &str) -> bool {
    let Some((kind, device)) = name.split_once('=') else {
        return false;
    };
    let Some((vendor, class)) = kind.split_once('/') else {
        return false;
    };
    let letter = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    let ends = |text: &str| text.ends_with(|c: char| c.is_ascii_alphanumeric());
    let made_of = |text: &str, extra: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    };
    let starts = device.starts_with(|c: char| c.is_ascii_alphanumeric());
    letter(vendor)
        && ends(vendor)
        && made_of(vendor, "-_.")
        && letter(class)
        && ends(class)
        && made_of(class, "-_")
        && starts
        && ends(device)
        && made_of(device, "-_.:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cdi_names_have_vendor_class_and_device() {
        assert!(is_qualified("nvidia.com/gpu=all"));
        assert!(is_qualified("nvidia.com/gpu=1:0"));
        assert!(is_qualified("nvidia.com/gpu=GPU-8d3f"));
        for wrong in [
            "nvidia.com/gpu",
            "nvidia.com=all",
            "/dev/nvidia0",
            "nvidia.com/gpu=",
            "1a/gpu=0",
        ] {
            assert!(!is_qualified(wrong), "{wrong}");
        }
    }
}
