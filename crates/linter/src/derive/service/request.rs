//! What a service asks of the engine's device drivers: `deploy`, `gpus` and CDI names as one type.

use compose::Value;
use compose::value::Entry;
use source::Location;

use super::known_text::KnownText;
use super::{device, slips};

/// How a request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `deploy.resources.reservations.devices`.
    Reservation,
    /// `gpus`.
    Gpus,
    /// A CDI name in `devices`.
    Cdi,
}

/// Whose devices a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// NVIDIA, or any GPU where only `gpu` is asked for.
    Nvidia,
    /// AMD.
    Amd,
    /// No GPU, or another maker's.
    Other,
    /// Cannot be told.
    Unknown,
}

/// Which of the host's devices a request gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection<'a> {
    /// Every one.
    All,
    /// The first so many: the engine counts indices from 0 and keeps no book.
    First(u64),
    /// These.
    Ids(Vec<KnownText<'a>>),
    /// None at all, and nobody says so.
    Nothing,
    /// Cannot be told.
    Unknown,
}

/// The driver a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver<'a> {
    /// None: the engine chooses by capability.
    Unsaid,
    /// This one.
    Named(KnownText<'a>),
    /// Cannot be told.
    Unknown,
}

/// One device request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// How it is written.
    pub form: Form,
    /// The item; for `gpus: all` what stands for it.
    pub value: &'a Value,
}

impl<'a> Request<'a> {
    /// All requests of a service, in the order in which the engine gets them.
    pub fn of(service: &'a compose::Service) -> Vec<Self> {
        let reserved = service.get(["deploy", "resources", "reservations", "devices"]);
        let named = |form: Form, value: Option<&'a Value>| {
            let items = value.and_then(Value::as_sequence).unwrap_or_default();
            let items = items.iter().filter(|item| item.as_mapping().is_some());
            items.map(move |value| Self { form, value })
        };
        let cdi = device::devices(service).filter(device::Device::is_cdi);
        let cdi = cdi.map(|device| Self {
            form: Form::Cdi,
            value: device.value,
        });
        named(Form::Reservation, reserved)
            .chain(cdi)
            .chain(named(Form::Gpus, service.gpus()))
            .collect()
    }

    /// Where it is written.
    pub fn at(self) -> Location {
        self.value.location
    }

    /// A key of the item.
    pub fn entry(self, key: &str) -> Option<&'a Entry> {
        match self.form {
            Form::Cdi => None,
            Form::Reservation | Form::Gpus => self.value.as_mapping()?.entry(key),
        }
    }

    /// The key that stands where `key` belongs and is misspelt.
    pub fn misspelt(self, key: &str) -> Option<&'a Entry> {
        if self.entry(key).is_some() || self.form == Form::Cdi {
            return None;
        }
        let mut entries = self.value.as_mapping()?.iter();
        entries.find(|entry| slips::meant_in_request(&entry.key) == Some(key))
    }

    /// The driver it names.
    pub fn driver(self) -> Driver<'a> {
        match self.entry("driver") {
            None if self.misspelt("driver").is_some() => Driver::Unknown,
            None => Driver::Unsaid,
            Some(entry) => match KnownText::of(&entry.value) {
                Some(KnownText { text: "", .. }) => Driver::Unsaid,
                Some(name) => Driver::Named(name),
                None => Driver::Unknown,
            },
        }
    }

    /// The capabilities it lists; `None` where they cannot be told.
    pub fn capabilities(self) -> Option<Vec<KnownText<'a>>> {
        let Some(entry) = self.entry("capabilities") else {
            return self.misspelt("capabilities").is_none().then(Vec::new);
        };
        let items = entry.value.as_sequence()?;
        items.iter().map(KnownText::of).collect()
    }

    /// Which devices it gives.
    pub fn selection(self) -> Selection<'a> {
        if self.form == Form::Cdi {
            return self.cdi_selection();
        }
        match (self.entry("device_ids"), self.entry("count")) {
            (Some(ids), None) => ids_of(&ids.value),
            (None, Some(count)) => count_of(&count.value),
            (None, None)
                if self.misspelt("count").is_some() || self.misspelt("device_ids").is_some() =>
            {
                Selection::Unknown
            }
            (None, None) => Selection::All,
            // Compose refuses both.
            (Some(_), Some(_)) => Selection::Unknown,
        }
    }

    fn cdi_selection(self) -> Selection<'a> {
        let name = device::Device::of(self.value).and_then(|device| device.source);
        match name.and_then(|source| Some((source, source.text.split_once('=')?.1))) {
            Some((_, "all")) => Selection::All,
            Some((source, name)) => Selection::Ids(vec![KnownText {
                text: name,
                at: source.at,
            }]),
            None => Selection::Unknown,
        }
    }

    /// Whose devices it is about.
    pub fn vendor(self) -> Vendor {
        if self.form == Form::Cdi {
            let source = device::Device::of(self.value).and_then(|device| device.source);
            return source.map_or(Vendor::Unknown, |source| cdi_vendor(source.text));
        }
        match self.driver() {
            Driver::Named(name) if name.text.starts_with("nvidia") => return Vendor::Nvidia,
            Driver::Named(name) if name.text == "amd" => return Vendor::Amd,
            Driver::Named(name) if name.text == "cdi" => {
                return match self.selection() {
                    Selection::Ids(ids) => ids
                        .first()
                        .map_or(Vendor::Unknown, |id| cdi_vendor(id.text)),
                    _ => Vendor::Unknown,
                };
            }
            Driver::Named(_) | Driver::Unknown => return Vendor::Unknown,
            Driver::Unsaid => {}
        }
        let Some(capabilities) = self.capabilities() else {
            return Vendor::Unknown;
        };
        // `gpus` asks for a GPU whatever it lists.
        let known = |name: &str| {
            let mut rows = capabilities.iter();
            rows.any(|word| word.text.eq_ignore_ascii_case(name))
        };
        if known("amd") {
            Vendor::Amd
        } else if self.form == Form::Gpus
            || capabilities.iter().any(|word| {
                let word = word.text.to_ascii_lowercase();
                facts::engine::capability(&word).is_some() || word.starts_with("nvidia")
            })
        {
            Vendor::Nvidia
        } else if capabilities.is_empty() {
            Vendor::Unknown
        } else {
            Vendor::Other
        }
    }

    /// Whether it may give a GPU.
    pub fn may_give_gpu(self) -> bool {
        self.vendor() != Vendor::Other && self.selection() != Selection::Nothing
    }
}

fn cdi_vendor(name: &str) -> Vendor {
    match name.split_once('/').map(|(vendor, _)| vendor) {
        Some("nvidia.com" | "runtime.nvidia.com" | "k8s.device-plugin.nvidia.com") => {
            Vendor::Nvidia
        }
        Some("amd.com") => Vendor::Amd,
        Some(_) => Vendor::Other,
        None => Vendor::Unknown,
    }
}

fn ids_of(value: &Value) -> Selection<'_> {
    let Some(items) = value.as_sequence() else {
        return Selection::Unknown;
    };
    let ids: Option<Vec<KnownText<'_>>> = items.iter().map(KnownText::of).collect();
    match ids {
        None => Selection::Unknown,
        Some(ids) if ids.iter().all(|id| id.text.is_empty()) => Selection::Nothing,
        Some(ids) if ids.iter().any(|id| id.text == "all") => Selection::All,
        Some(ids) => Selection::Ids(ids),
    }
}

fn count_of(value: &Value) -> Selection<'_> {
    let Some(count) = value.printed() else {
        return Selection::Unknown;
    };
    if count.eq_ignore_ascii_case("all") {
        return Selection::All;
    }
    match count.parse::<i64>() {
        Ok(0) => Selection::Nothing,
        // A negative count is all.
        Ok(number) => u64::try_from(number).map_or(Selection::All, Selection::First),
        Err(_) => Selection::Unknown,
    }
}

/// The kinds of `generic_resources`.
pub fn request_kinds(resources: &Value) -> impl Iterator<Item = &str> {
    let items = resources.as_sequence().unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.get_in(["discrete_resource_spec", "kind"])?.as_str())
}
