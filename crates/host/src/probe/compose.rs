//! Docker Compose, as a plugin and as a program.

use std::time::Duration;

use super::address::{User, client_config};
use super::packages::{Packages, upstream};
use super::sight::Sight;
use crate::facts::Layer;
use crate::system::{Output, keep, which};

const LAYER: Layer = Layer::Compose;

pub(super) fn look(sight: &mut Sight<'_>, packages: &Packages) {
    if let Some(plugin) = plugin(sight) {
        let of_system = plugin.starts_with("/usr/lib");
        let found =
            packages.version(&["docker-compose-plugin", "docker-compose-v2", "moby-compose"]);
        let found = found
            .filter(|_| of_system)
            .map(|version| (packages.source.to_owned(), version));
        let found = found.or_else(|| ask(sight, &plugin));
        if let Some((source, version)) = found {
            sight.saw(LAYER, &source, version.clone());
            sight.facts.compose.version = Some(version);
        }
        sight.facts.compose.program = Some(plugin);
    }
    let folders = ["/usr/bin", "/usr/local/bin", "/run/current-system/sw/bin"];
    let Some(program) = which(sight.system, "docker-compose", &folders) else {
        return;
    };
    let known = packages
        .version(&["docker-compose"])
        .filter(|_| program.starts_with("/usr/bin/"));
    let found = known.map(|version| (packages.source.to_owned(), version));
    let Some((source, version)) = found.or_else(|| ask(sight, &program)) else {
        return;
    };
    sight.saw(LAYER, &source, format!("{program} is {version}"));
    let compose = &mut sight.facts.compose;
    if version.starts_with("1.") {
        compose.legacy_version = Some(version);
    } else if compose.version.is_none() {
        compose.version = Some(version);
        compose.program = Some(program);
    }
}

/// The first plugin in the folders where the client looks.
fn plugin(sight: &mut Sight<'_>) -> Option<String> {
    let user = User::look(sight);
    let mut folders = Vec::new();
    if let Some(folder) = user.docker_folder(sight) {
        let config = client_config(sight, &folder);
        let further = config
            .as_ref()
            .and_then(|config| config.get("cliPluginsExtraDirs")?.as_array());
        let further = further
            .into_iter()
            .flatten()
            .filter_map(|folder| folder.as_str());
        folders.extend(further.map(str::to_owned));
        folders.push(format!("{folder}/cli-plugins"));
    }
    for folder in [
        "/usr/local/lib/docker",
        "/usr/local/libexec/docker",
        "/usr/lib/docker",
        "/usr/libexec/docker",
    ] {
        folders.push(format!("{folder}/cli-plugins"));
    }
    let mut paths = folders
        .iter()
        .map(|folder| format!("{folder}/docker-compose"));
    paths.find(|path| sight.system.exists(path))
}

/// `2.39.1` or `v2.39.1`.
fn version_of(output: &Output) -> Option<&str> {
    let line = output.stdout.lines().next().unwrap_or_default();
    let version = upstream(line.trim().trim_start_matches('v'));
    version.contains('.').then_some(version)
}

fn keep_version(output: &Output) -> Output {
    let version = version_of(output).map(|version| format!("{version}\n"));
    keep::output(output, version.unwrap_or_default())
}

fn ask(sight: &mut Sight<'_>, program: &str) -> Option<(String, String)> {
    match sight.system.run(
        program,
        &["version", "--short"],
        Duration::from_secs(3),
        &keep_version,
    ) {
        Ok(output) => {
            if let Some(version) = version_of(&output) {
                return Some((program.to_owned(), version.to_owned()));
            }
            sight.unknown(LAYER, program, "it does not say its version");
            None
        }
        Err(trouble) => {
            sight.missed(LAYER, program, &trouble);
            None
        }
    }
}
