//! A layer in a few words, from what is known of it.

use host::facts::{Answer, EngineKind, Layer};

use super::view::HostView;

/// What was seen of a layer.
#[must_use]
pub fn summary(view: &HostView<'_>, layer: Layer) -> String {
    let parts = match layer {
        Layer::Machine => machine(view),
        Layer::Gpu => gpus(view),
        Layer::Driver => driver(view),
        Layer::Libraries => libraries(view),
        Layer::DeviceNodes => nodes(view),
        Layer::FabricManager => fabric_manager(view),
        Layer::Toolkit => toolkit(view),
        Layer::Docker => docker(view),
        Layer::DockerConfiguration => configuration(view),
        Layer::Cdi => cdi(view),
        Layer::Cgroups => cgroups(view),
        Layer::Podman => podman(view),
        Layer::Compose => compose(view),
    };
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// `2 × NVIDIA H100, NVIDIA T4`: what occurs several times is counted.
fn counted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for name in names {
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => found.push((name, 1)),
        }
    }
    let found = found.into_iter();
    found
        .map(|(name, count)| match count {
            1 => name,
            _ => format!("{count} × {name}"),
        })
        .collect()
}

fn machine(view: &HostView<'_>) -> Vec<String> {
    let platform = &view.facts.platform;
    let name = platform.distribution_name.clone().unwrap_or_else(|| {
        let os = match platform.os.as_str() {
            "macos" => "macOS",
            "windows" => "Windows",
            "linux" => "Linux",
            other => other,
        };
        os.to_owned()
    });
    let kernel = platform.kernel.as_ref();
    let wsl = platform.wsl.map(|version| format!("WSL {version}"));
    let container = platform.container.as_ref().map(|_| "inside a container");
    let ci = platform.ci.as_ref().map(|_| "a build server");
    vec![
        name,
        kernel
            .map(|kernel| format!("kernel {kernel}"))
            .unwrap_or_default(),
        platform.arch.clone(),
        wsl.unwrap_or_default(),
        text(platform.tegra.as_ref().map(|_| "Tegra")),
        text(container),
        text(ci),
    ]
}

fn gpus(view: &HostView<'_>) -> Vec<String> {
    let facts = view.facts;
    if !facts.gpus.is_empty() {
        return counted(facts.gpus.iter().map(|gpu| gpu.name.clone()));
    }
    if view.is_wsl() && view.has_gpu() {
        return vec!["the GPUs of Windows".to_owned()];
    }
    if view.is_tegra() {
        return vec!["the board's GPU".to_owned()];
    }
    let devices = facts.hardware.nvidia.iter().map(|gpu| match &gpu.device {
        Some(device) => format!("NVIDIA {device}"),
        None => "NVIDIA".to_owned(),
    });
    counted(devices)
}

fn driver(view: &HostView<'_>) -> Vec<String> {
    let driver = &view.facts.driver;
    let cuda = view
        .driver()
        .and_then(|driver| facts::cuda::max_cuda(&driver));
    let cuda = cuda
        .map(|cuda| cuda.to_string())
        .or_else(|| driver.cuda.clone());
    let kind = driver
        .open
        .map(|open| if open { "open module" } else { "" });
    let windows = view.is_wsl() && view.has_windows_driver();
    vec![
        text(windows.then_some("Windows's driver")),
        text(driver.version.as_deref()),
        cuda.map(|cuda| format!("CUDA {cuda} and older"))
            .unwrap_or_default(),
        text(kind),
    ]
}

fn libraries(view: &HostView<'_>) -> Vec<String> {
    let libraries = view.facts.driver.libraries.iter();
    let versions = libraries.filter_map(|library| library.version.clone());
    let mut versions: Vec<String> = versions.collect();
    versions.sort();
    versions.dedup();
    if versions.is_empty() && view.has_windows_driver() {
        versions.push("Windows's, in /usr/lib/wsl/lib".to_owned());
    }
    versions
}

fn nodes(view: &HostView<'_>) -> Vec<String> {
    let nodes = view.facts.nodes.nodes.iter();
    let plain = nodes.filter(|node| !node.path.contains("caps") && !node.path.contains("/char/"));
    let names: Vec<String> = plain.map(|node| node.path.clone()).collect();
    if names.len() > 6 {
        let gpus = view.facts.nodes.gpus().count();
        return vec![format!("{gpus} GPUs, {} nodes", names.len())];
    }
    names
}

fn fabric_manager(view: &HostView<'_>) -> Vec<String> {
    let driver = &view.facts.driver;
    let state = match driver.fabric_manager_running {
        Some(true) => "runs",
        Some(false) => "does not run",
        None => "",
    };
    vec![
        text(driver.fabric_manager_version.as_deref()),
        state.to_owned(),
    ]
}

fn toolkit(view: &HostView<'_>) -> Vec<String> {
    let toolkit = &view.facts.toolkit;
    if !toolkit.installed() {
        return vec!["not installed".to_owned()];
    }
    let version = toolkit.version.as_deref().unwrap_or("of unknown version");
    let mode = toolkit.mode.as_ref().map(|mode| format!("mode {mode}"));
    vec![version.to_owned(), mode.unwrap_or_default()]
}

fn docker(view: &HostView<'_>) -> Vec<String> {
    let docker = &view.facts.docker;
    if !view.has_docker() {
        return vec!["not installed".to_owned()];
    }
    let kind = match docker.kind {
        EngineKind::Rootful => "",
        EngineKind::Rootless => "rootless",
        EngineKind::Snap => "snap",
        EngineKind::Desktop => "Docker Desktop",
        EngineKind::Remote => "on another machine",
        EngineKind::Podman => "Podman behind Docker's socket",
    };
    let state = match &docker.answer {
        Answer::Answered => String::new(),
        Answer::NotAsked => "not asked".to_owned(),
        Answer::NoSocket => "does not run: no socket".to_owned(),
        Answer::Refused => "does not run: nothing listens".to_owned(),
        Answer::Denied => "its socket refuses this user".to_owned(),
        Answer::Failed(why) => format!("gives no answer: {why}"),
    };
    let runtime = docker
        .default_runtime
        .as_ref()
        .filter(|name| *name != "runc");
    vec![
        text(docker.version.as_deref()),
        kind.to_owned(),
        state,
        runtime
            .map(|name| format!("default runtime {name}"))
            .unwrap_or_default(),
    ]
}

fn configuration(view: &HostView<'_>) -> Vec<String> {
    match &view.facts.docker.config {
        Some(config) => {
            let why = config.unreadable.as_ref();
            let path = config.path.clone();
            vec![why.map_or(path.clone(), |why| format!("{path}: {why}"))]
        }
        None => vec!["none, so that defaults hold".to_owned()],
    }
}

fn cdi(view: &HostView<'_>) -> Vec<String> {
    let Some(spec) = view.cdi_spec() else {
        return vec!["no specification".to_owned()];
    };
    let names = spec.devices.join(" ");
    vec![spec.path.clone(), names]
}

fn cgroups(view: &HostView<'_>) -> Vec<String> {
    let facts = view.facts;
    let version = match facts.platform.cgroup_v2 {
        Some(true) => Some("2"),
        Some(false) => Some("1"),
        None => facts.docker.cgroup_version.as_deref(),
    };
    let driver = facts.docker.cgroup_driver.as_ref();
    vec![
        version
            .map(|version| format!("version {version}"))
            .unwrap_or_default(),
        driver
            .map(|driver| format!("{driver} driver"))
            .unwrap_or_default(),
    ]
}

fn podman(view: &HostView<'_>) -> Vec<String> {
    vec![text(view.facts.podman.version.as_deref())]
}

fn compose(view: &HostView<'_>) -> Vec<String> {
    let compose = &view.facts.compose;
    let legacy = compose.legacy_version.as_ref();
    vec![
        text(compose.version.as_deref()),
        legacy
            .map(|version| format!("docker-compose {version}"))
            .unwrap_or_default(),
    ]
}
