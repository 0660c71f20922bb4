//! NVIDIA Container Toolkit: its programs, version and configuration.

use std::time::Duration;

use super::config;
use super::packages::Packages;
use super::sight::Sight;
use crate::facts::Layer;
use crate::system::{Output, keep, resolve, which};

const LAYER: Layer = Layer::Toolkit;

/// Where its programs may be beside PATH; what counts for Docker is the engine's PATH, not the user's.
const FOLDERS: [&str; 6] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/nvidia/toolkit",
    "/run/current-system/sw/bin",
    "/opt/bin",
];

const CONFIG: &str = "/etc/nvidia-container-runtime/config.toml";

pub(super) fn look(sight: &mut Sight<'_>, packages: &Packages) {
    programs(sight);
    version(sight, packages);
    let user = sight.system.variable("XDG_CONFIG_HOME");
    let user = user.filter(|folder| folder.starts_with('/'));
    let user = user.map(|folder| format!("{folder}/nvidia-container-runtime/config.toml"));
    let path = user.filter(|path| sight.system.exists(path));
    configuration(sight, path.as_deref().unwrap_or(CONFIG));
}

fn programs(sight: &mut Sight<'_>) {
    let find = |name| which(sight.system, name, &FOLDERS);
    let ctk = find("nvidia-ctk");
    let cdi_hook = find("nvidia-cdi-hook");
    let runtime = find("nvidia-container-runtime");
    let hook = find("nvidia-container-runtime-hook").or_else(|| find("nvidia-container-toolkit"));
    let cli = find("nvidia-container-cli");
    let nvidia_docker = find("nvidia-docker");
    let found = [&ctk, &cdi_hook, &runtime, &hook, &cli, &nvidia_docker];
    let found: Vec<String> = found.into_iter().flatten().cloned().collect();
    for path in &found {
        sight.saw(LAYER, path, "exists");
    }
    let placed = [&hook, &cdi_hook].into_iter().flatten();
    let placed = placed.filter_map(|path| resolve(sight.system, path).ok()?.1.placed);
    let changed = placed.max();
    let toolkit = &mut sight.facts.toolkit;
    toolkit.changed = changed;
    toolkit.ctk = ctk;
    toolkit.cdi_hook = cdi_hook;
    toolkit.runtime = runtime;
    toolkit.hook = hook;
    toolkit.cli = cli;
    toolkit.nvidia_docker = nvidia_docker;
}

fn version(sight: &mut Sight<'_>, packages: &Packages) {
    let libraries = [
        "libnvidia-container-tools",
        "libnvidia-container1",
        "libnvidia-container",
    ];
    sight.facts.toolkit.library_version = packages.version(&libraries);
    let names = ["nvidia-container-toolkit", "nvidia-container-toolkit-base"];
    let found = match packages.version(&names) {
        Some(version) => Some((packages.source.to_owned(), version)),
        None => ask(sight),
    };
    if let Some((source, version)) = found {
        sight.saw(LAYER, &source, version.clone());
        sight.facts.toolkit.version = Some(version);
        sight.facts.toolkit.version_source = Some(source);
    }
}

/// `NVIDIA Container Toolkit CLI version 1.20.0`, `NVIDIA Container Runtime Hook version 1.17.8`, or
/// `cli-version: 1.17.8`.
fn ask(sight: &mut Sight<'_>) -> Option<(String, String)> {
    let toolkit = &sight.facts.toolkit;
    let programs = [
        (toolkit.ctk.clone(), "--version"),
        (toolkit.hook.clone(), "-version"),
        (toolkit.cli.clone(), "-V"),
    ];
    for (program, argument) in programs {
        let Some(program) = program else {
            continue;
        };
        match sight
            .system
            .run(&program, &[argument], Duration::from_secs(2), &keep_version)
        {
            Ok(output) => {
                if let Some(version) = version_of(&output) {
                    return Some((program, version.to_owned()));
                }
            }
            Err(trouble) => sight.missed(LAYER, &program, &trouble),
        }
    }
    None
}

fn version_of(output: &Output) -> Option<&str> {
    let mut lines = output.stdout.lines().chain(output.stderr.lines());
    lines.find_map(version_in)
}

fn keep_version(output: &Output) -> Output {
    let version = version_of(output).map(|version| format!("version {version}\n"));
    keep::output(output, version.unwrap_or_default())
}

fn version_in(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("version")?;
    let rest = rest.trim_start_matches([':', ' ', '\t', 'v']);
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(rest.len());
    let version = rest[..end].trim_end_matches('.');
    version.contains('.').then_some(version)
}

fn configuration(sight: &mut Sight<'_>, path: &str) {
    let Some(mut file) = config::read(sight, LAYER, path, &keep_config) else {
        return;
    };
    if let Some(text) = sight.facts.texts.get(path) {
        match parse(text) {
            Ok(table) => settings(sight, path, &table),
            Err(why) => file.invalid = Some(why),
        }
    }
    sight.facts.toolkit.config = Some(file);
}

/// In place of a text that is no TOML: the reason.
const BROKEN: &str = "#! no TOML: ";

fn parse(text: &str) -> Result<toml::Table, String> {
    if let Some(why) = text.strip_prefix(BROKEN) {
        return Err(why.trim_end().to_owned());
    }
    text.parse::<toml::Table>()
        .map_err(|error| without_names(error.message()))
}

/// What is wrong with a text, without the keys of it.
fn without_names(message: &str) -> String {
    let parts = message.split('`').enumerate().map(|(at, part)| {
        let is_name = at % 2 == 1 && part.contains(char::is_alphanumeric);
        if is_name { "…" } else { part }
    });
    parts.collect::<Vec<_>>().join("`")
}

const ACCEPT: &str = "accept-nvidia-visible-devices-envvar-when-unprivileged";

/// The settings that are read, by section.
const SETTINGS: [(&str, &[&str]); 3] = [
    ("", &["disable-require", ACCEPT]),
    ("nvidia-container-cli", &["no-cgroups", "ldconfig"]),
    ("nvidia-container-runtime", &["mode"]),
];

/// The settings that are read; comments and the others are nobody's business.
fn keep_config(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let table = match parse(&text) {
        Ok(table) => table,
        Err(why) => return format!("{BROKEN}{why}\n").into_bytes(),
    };
    let mut kept = toml::Table::new();
    for (section, names) in SETTINGS {
        let of = match section {
            "" => Some(&table),
            section => table.get(section).and_then(toml::Value::as_table),
        };
        let wanted = |(name, value): &(&String, &toml::Value)| {
            let is_text = |text: &str| !text.contains(char::is_control);
            let is_read = value.is_bool() || value.as_str().is_some_and(is_text);
            is_read && names.contains(&name.as_str())
        };
        let found = of.into_iter().flatten().filter(wanted);
        let found: toml::Table = found
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if section.is_empty() {
            kept.extend(found);
        } else if !found.is_empty() {
            kept.insert(section.to_owned(), found.into());
        }
    }
    kept.to_string().into_bytes()
}

fn settings(sight: &mut Sight<'_>, path: &str, table: &toml::Table) {
    let section = |name: &str| table.get(name).and_then(toml::Value::as_table);
    let cli = section("nvidia-container-cli");
    let runtime = section("nvidia-container-runtime");
    let flag = |table: Option<&toml::Table>, name: &str| table?.get(name)?.as_bool();
    let word =
        |table: Option<&toml::Table>, name: &str| Some(table?.get(name)?.as_str()?.to_owned());

    let no_cgroups = flag(cli, "no-cgroups");
    let mode = word(runtime, "mode");
    let disable_require = flag(Some(table), "disable-require");
    let accept_envvar = flag(Some(table), ACCEPT);
    // A leading @ means a path of the host.
    let ldconfig = word(cli, "ldconfig");
    let ldconfig = ldconfig.and_then(|path| path.strip_prefix('@').map(str::to_owned));
    let ldconfig_missing = ldconfig.filter(|path| !sight.system.exists(path));

    let mut said: Vec<String> = Vec::new();
    said.extend(no_cgroups.map(|value| format!("no-cgroups = {value}")));
    said.extend(mode.as_ref().map(|value| format!("mode = \"{value}\"")));
    said.extend(disable_require.map(|value| format!("disable-require = {value}")));
    said.extend(accept_envvar.map(|value| format!("{ACCEPT} = {value}")));
    said.extend(
        ldconfig_missing
            .as_ref()
            .map(|value| format!("ldconfig = \"@{value}\", which does not exist")),
    );
    if !said.is_empty() {
        sight.saw(LAYER, path, said.join(", "));
    }
    let toolkit = &mut sight.facts.toolkit;
    toolkit.no_cgroups = no_cgroups;
    toolkit.mode = mode;
    toolkit.disable_require = disable_require;
    toolkit.accept_envvar = accept_envvar;
    toolkit.ldconfig_missing = ldconfig_missing;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_that_are_read_stay_in_the_configuration() {
        let text = "# ask ann, s3cret\ndisable-require = false # s3cret\nowner = \"s3cret\"\n\
            [nvidia-container-cli]\nenvironment = [\"TOKEN=s3cret\"]\nldconfig = \"@/sbin/ldconfig\"\n\
            no-cgroups = true\nuser = \"ann:s3cret\"\n[nvidia-container-runtime]\nmode = \"auto\"\n\
            [nvidia-container-runtime.modes.csv]\nmount-spec-path = \"/s3cret\"\n";
        let kept = keep_config(text.as_bytes());
        assert_eq!(
            String::from_utf8_lossy(&kept),
            "disable-require = false\n\n[nvidia-container-cli]\nldconfig = \"@/sbin/ldconfig\"\nno-cgroups = true\n\n\
             [nvidia-container-runtime]\nmode = \"auto\"\n"
        );
        assert_eq!(keep_config(&kept), kept);
        for broken in [
            "s3cret",
            "[s3cret",
            "a = 's3cret",
            "s3cret.a = 1\ns3cret.a.b = 2\n",
        ] {
            let kept = String::from_utf8(keep_config(broken.as_bytes())).unwrap();
            assert!(!kept.contains("s3cret"), "{kept}");
            assert_eq!(parse(&kept), parse(broken));
            assert_eq!(keep_config(kept.as_bytes()), kept.as_bytes());
        }
    }

    #[test]
    fn versions_are_found_in_what_the_programs_print() {
        let lines = [
            (
                "NVIDIA Container Toolkit CLI version 1.20.0",
                Some("1.20.0"),
            ),
            (
                "NVIDIA Container Runtime Hook version 1.17.8",
                Some("1.17.8"),
            ),
            ("cli-version: 1.16.2", Some("1.16.2")),
            ("commit: 5bb9f2b", None),
            ("version", None),
        ];
        for (line, version) in lines {
            assert_eq!(version_in(line), version, "{line}");
        }
    }
}
