//! Whether a service is made for the GPU, and whether it is meant to go without.

use compose::{Role, Value};
use packages::program::base_name;
use source::{Location, Span};

use super::contents::Contents;
use super::model::ServiceModel;
use super::reason::{Level, Need, of_contents};
use super::values::{is_emptied, texts};
use super::view::ServiceView;
use crate::derive::names::{self, Intent};

/// Variables whose name says that they choose a device.
const DEVICE_VARIABLES: &[&str] = &[
    "DEVICE",
    "TORCH_DEVICE",
    "COMPUTE",
    "ACCELERATOR",
    "BACKEND",
];

/// Programs that are at home in GPU images and compute nothing there.
const WITHOUT_GPU: &[&str] = &["tensorboard", "mlflow", "flower", "alembic"];

impl ServiceView<'_> {
    /// Why the service wants an NVIDIA GPU, if its image says so.
    pub fn need(&self) -> Option<Need> {
        of_contents(&self.contents).or_else(|| self.command_need())
    }

    /// Why the service wants an NVIDIA GPU by what it runs: `--device cuda`.
    fn command_need(&self) -> Option<Need> {
        let may_have_cuda = match &self.contents {
            Contents::Image { image, .. } => !image.is_cpu(),
            Contents::Build { .. } => false,
            Contents::Unknown => true,
        };
        if !may_have_cuda {
            return None;
        }
        let of = |key| {
            let value = self.service.compose.value.get(key)?;
            let text = texts(value).collect::<Vec<_>>().join(" ");
            let words: Vec<&str> = text.split_whitespace().collect();
            let apart = words
                .windows(2)
                .any(|pair| pair[0] == "--device" && is_cuda(pair[1]));
            let attached = words
                .iter()
                .filter_map(|word| word.strip_prefix("--device="));
            (apart || attached.into_iter().any(is_cuda)).then(|| Need {
                level: Level::Requires,
                because: format!("its {key} says `--device cuda`"),
                at: value.location,
            })
        };
        of("command").or_else(|| of("entrypoint"))
    }

    /// Whether the service is meant to do without a GPU: its name, profile, command or variables say CPU, it does
    /// not run, or its request was cancelled on purpose.
    pub fn goes_without(&self) -> bool {
        let service = self.compose;
        // With `build`, `image` is the name of the result.
        let result = service.image().and_then(|(image, _)| image.known());
        let cpu_name = names::is_cpu_name(&service.name)
            || result.is_some_and(names::is_cpu_name)
            || self
                .project
                .compose
                .files
                .iter()
                .filter(|file| matches!(file.role, Role::Given | Role::Override))
                .filter_map(|file| file.path.file_name())
                .any(names::is_cpu_name)
            || service.profiles().any(names::is_cpu_name)
            || service
                .build()
                .and_then(|build| build.dockerfile())
                .is_some_and(|path| names::intent(path.as_str()) == Intent::Cpu);
        cpu_name
            || hides_gpus(self)
            || runs_on_cpu(self)
            || does_not_run(self)
            || self.was_cancelled()
    }

    /// [`goes_without`](Self::goes_without), or a key that would say so is misspelt.
    pub fn may_go_without(&self) -> bool {
        let ways = [
            "profiles",
            "command",
            "entrypoint",
            "environment",
            "env_file",
            "scale",
            "deploy.replicas",
        ];
        self.goes_without() || ways.iter().any(|way| self.is_misspelt(way))
    }

    /// Whether `!reset`, `!override` or an empty value took a request away.
    fn was_cancelled(&self) -> bool {
        let emptied = |key: &str| self.compose.value.get(key).is_some_and(is_emptied);
        self.project.index.is_cancelled(self.name())
            || emptied("deploy")
            || emptied("gpus")
            || emptied("devices")
    }

    /// Whether Compose refuses a request of the service, so that what it would get is not known.
    pub fn is_refused(&self) -> bool {
        self.project.index.is_refused(self.name())
    }

    /// Whether the project gives the GPU to another service and this one does something else with the same
    /// image, or with the same list of packages.
    pub fn leaves_gpu_to_others(&self, need: &Need) -> bool {
        self.project.index.has_image(self.service)
            || (need.level == Level::Benefits && self.project.index.has_evidence(need.at))
    }

    /// A device request that stands in comments among the keys of the service.
    pub fn commented_request(&self) -> Option<Location> {
        let value = &self.compose.value;
        let at = value.location;
        if value.alias.is_some() || at.file != self.at().file {
            return None;
        }
        let mut files = self.project.compose.files.iter();
        let comments = &files.find(|file| file.id == at.file)?.comments;
        let source = self.project.sources.get(at.file);
        let first = comments.partition_point(|comment| comment.start < at.span.start);
        // Comments behind the last key belong to it as far as they are indented like it.
        let column = source.position(at.span.start).column;
        let mut end = at.span.end;
        let inside = comments[first..].iter().take_while(|comment| {
            if comment.start < at.span.end {
                return true;
            }
            let gap = source.slice(Span::new(end, comment.start));
            end = comment.end;
            gap.trim().is_empty() && source.position(comment.start).column >= column
        });
        let mut requests = inside.filter(|comment| is_request_text(source.slice(**comment)));
        requests
            .next()
            .map(|comment| Location::new(at.file, *comment))
    }
}

/// Whether a comment is a line of a device request: `# capabilities: [gpu]`.
fn is_request_text(comment: &str) -> bool {
    let text = comment.trim_start_matches(['#', ' ', '-', '\t']).trim_end();
    let Some((key, value)) = text.split_once(':') else {
        return false;
    };
    let value = value.trim();
    match key.trim_end() {
        "capabilities" => value.contains("gpu"),
        "driver" | "runtime" => value.trim_matches(['"', '\'']) == "nvidia",
        "gpus" => !value.is_empty(),
        _ => false,
    }
}

fn hides_gpus(service: &ServiceModel<'_>) -> bool {
    let hides = |name: &str, words: &[&str]| {
        let variable = service.variable(name);
        let value = variable.value().map(str::trim);
        value.is_some_and(|value| words.contains(&value))
    };
    hides("CUDA_VISIBLE_DEVICES", &["", "-1", "none", "NoDevFiles"])
        || hides("NVIDIA_VISIBLE_DEVICES", &["", "none", "void"])
}

fn runs_on_cpu(service: &ServiceModel<'_>) -> bool {
    let value = &service.compose.value;
    let words = |key: &str| {
        let value = value.get(key);
        value.is_some_and(|value| texts(value).any(|text| says_cpu(&text)))
    };
    let variables = service.compose.environment.iter().any(|variable| {
        let name = variable.name.to_ascii_uppercase();
        let device = DEVICE_VARIABLES
            .iter()
            .any(|known| name == *known || name.ends_with(&format!("_{known}")));
        let value = variable.value.as_deref().unwrap_or_default();
        (device && value.to_ascii_lowercase().starts_with("cpu"))
            || (name.contains("USE_CPU") && !matches!(value, "" | "0" | "false"))
            || ((name.contains("USE_CUDA") || name.contains("USE_GPU"))
                && matches!(
                    value.to_ascii_lowercase().as_str(),
                    "0" | "false" | "no" | "off"
                ))
    });
    words("command") || words("entrypoint") || variables
}

/// `cuda`, `cuda:0`.
fn is_cuda(device: &str) -> bool {
    device == "cuda" || device.starts_with("cuda:")
}

fn says_cpu(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || c == '=')
        .any(|word| matches!(word, "cpu" | "--cpu" | "--no-cuda" | "--no-gpu"))
}

fn does_not_run(service: &ServiceModel<'_>) -> bool {
    let value = &service.compose.value;
    let zero = |keys: &[&str]| {
        let value = value.get_in(keys.iter().copied());
        value
            .and_then(Value::printed)
            .is_some_and(|text| text == "0")
    };
    let builds = |key: &str| {
        let Some(value) = value.get(key) else {
            return false;
        };
        let mut words = texts(value);
        let first = words.next();
        first.is_some_and(|first| {
            let program = first.split_whitespace().next().unwrap_or_default();
            let program = base_name(program);
            matches!(program, "true" | "echo" | "exit" | ":") || WITHOUT_GPU.contains(&program)
        })
    };
    let only_build = service.compose.profiles().any(|profile| {
        profile
            .split(['-', '_'])
            .any(|word| word == "build" || word == "builder")
    });
    zero(&["scale"])
        || zero(&["deploy", "replicas"])
        || builds("command")
        || builds("entrypoint")
        || only_build
}
