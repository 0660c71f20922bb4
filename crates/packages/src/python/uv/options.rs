//! Options that uv's subcommands share, with the variables behind them.

use crate::action::NoBuildIsolation;
use crate::call::Variable;
use crate::python::builder::Builder;
use crate::text::Text;
use crate::words::options::{self, Line, Spec, flag, value};

/// Options of every subcommand.
pub(crate) const GLOBAL: &[Spec] = &[
    value(&["--cache-dir"]),
    value(&["--color"]),
    value(&["--allow-insecure-host", "--trusted-host"]),
    value(&["--directory"]),
    value(&["--project"]),
    value(&["--config-file"]),
    value(&["--python-preference"]),
    value(&["--python-fetch"]),
    value(&["--preview-features"]),
    flag(&["--quiet", "-q"]),
    flag(&["--verbose", "-v"]),
    flag(&["--no-cache", "-n", "--no-cache-dir"]),
    flag(&["--offline"]),
    flag(&["--no-config"]),
    flag(&["--help", "-h"]),
    flag(&["--version", "-V"]),
];

/// Options of everything that resolves or installs.
pub(crate) const RESOLVE: &[Spec] = &[
    value(&["--index"]),
    value(&["--default-index"]),
    value(&["--index-url", "-i"]),
    value(&["--extra-index-url"]),
    value(&["--find-links", "-f"]),
    flag(&["--no-index"]),
    value(&["--index-strategy"]),
    value(&["--keyring-provider"]),
    flag(&["--upgrade", "-U"]),
    value(&["--upgrade-package", "-P"]),
    value(&["--upgrade-group"]),
    value(&["--resolution"]),
    value(&["--prerelease"]),
    flag(&["--pre"]),
    value(&["--prerelease-package"]),
    value(&["--fork-strategy"]),
    value(&["--exclude-newer"]),
    value(&["--exclude-newer-package"]),
    flag(&["--no-sources"]),
    value(&["--no-sources-package"]),
    flag(&["--reinstall", "--force-reinstall"]),
    value(&["--reinstall-package"]),
    value(&["--link-mode"]),
    value(&["--config-setting", "-C", "--config-settings"]),
    value(&["--config-settings-package"]),
    flag(&["--no-build-isolation"]),
    value(&["--no-build-isolation-package"]),
    flag(&["--no-build"]),
    value(&["--no-build-package"]),
    value(&["--no-binary-package"]),
    flag(&["--refresh"]),
    value(&["--refresh-package"]),
    value(&["--python", "-p"]),
    value(&["--python-platform"]),
    value(&["--torch-backend"]),
    flag(&["--dry-run"]),
    value(&["--cert"]),
    value(&["--output-format"]),
    value(&["--no-editable-package"]),
];

/// Options that all resolving subcommands share, with the variables behind them.
pub(crate) fn resolution(builder: &mut Builder<'_>, line: &Line) {
    if line.is_unclear() {
        builder.unknown_word();
    }
    indexes(builder, line);
    let call = builder.call;
    if let Some(python) = line.last("--python") {
        builder.install.python = Some(python.clone());
    } else if let (None, Variable::Known(python)) =
        (&builder.install.python, call.variable("UV_PYTHON"))
    {
        builder.install.python = Some(python);
    }
    let install = &mut builder.install;
    install.no_index |= line.has("--no-index") || call.switch("UV_NO_INDEX") == Some(true);
    install.upgrade |= line.has("--upgrade") || line.has("--reinstall");
    install.dry_run |= line.has("--dry-run");
    let prerelease = line.last("--prerelease").cloned();
    let prerelease = prerelease.or_else(|| match call.variable("UV_PRERELEASE") {
        Variable::Known(text) => Some(text),
        _ => None,
    });
    install.pre |= line.has("--pre") || prerelease.is_some_and(|text| text.as_str() == "allow");
    let mut packages: Vec<String> = line
        .all("--no-build-isolation-package")
        .map(|name| crate::python::version::normalize(name.as_str()))
        .collect();
    if let Variable::Known(names) = call.variable("UV_NO_BUILD_ISOLATION_PACKAGE") {
        packages.extend(
            names
                .as_str()
                .split_whitespace()
                .map(crate::python::version::normalize),
        );
    }
    if line.has("--no-build-isolation") || call.switch("UV_NO_BUILD_ISOLATION") == Some(true) {
        install.no_build_isolation = NoBuildIsolation::All;
    } else if !packages.is_empty() {
        install.no_build_isolation = NoBuildIsolation::Packages(packages);
    }
}

/// An option wins over its own variable; the two spellings of an option add up.
fn indexes(builder: &mut Builder<'_>, line: &Line) {
    let primary: [(&str, &str); 2] = [
        ("--default-index", "UV_DEFAULT_INDEX"),
        ("--index-url", "UV_INDEX_URL"),
    ];
    for (option, _) in primary {
        if builder.install.indexes.primary.is_none()
            && let Some(url) = line.last(option)
        {
            builder.primary(&unnamed(url), option);
        }
    }
    for (_, variable) in primary {
        if builder.install.indexes.primary.is_none()
            && let Some(url) = builder.index_variable(variable)
        {
            builder.primary(&unnamed(&url), variable);
        }
    }
    for (option, variable) in [
        ("--index", "UV_INDEX"),
        ("--extra-index-url", "UV_EXTRA_INDEX_URL"),
    ] {
        if line.has(option) {
            for url in line.all(option).flat_map(options::blank_separated) {
                builder.extra(&unnamed(&url), option);
            }
        } else if let Some(urls) = builder.index_variable(variable) {
            for url in options::blank_separated(&urls) {
                builder.extra(&unnamed(&url), variable);
            }
        }
    }
    if line.has("--find-links") {
        for url in line.all("--find-links") {
            builder.find_links(url, "--find-links");
        }
    } else if let Some(urls) = builder.index_variable("UV_FIND_LINKS") {
        for url in options::separated(&urls, |c| c == ',' || c.is_whitespace()) {
            builder.find_links(&url, "UV_FIND_LINKS");
        }
    }
    if builder.index_variable("UV_CONFIG_FILE").is_some() || line.has("--config-file") {
        builder.install.indexes.unknown = true;
    }
}

/// `pytorch=https://…` without its name.
fn unnamed(url: &Text) -> Text {
    let text = url.as_str();
    match text.split_once('=') {
        Some((name, _)) if !name.contains(['/', ':', '?']) => url.slice(name.len() + 1..text.len()),
        _ => url.clone(),
    }
}

/// `--torch-backend`, which `uv pip` and tools know but projects do not.
pub(crate) fn torch_backend(builder: &mut Builder<'_>, line: &Line) {
    let backend = match line.last("--torch-backend") {
        Some(backend) => Some(backend.clone()),
        None => builder.index_variable("UV_TORCH_BACKEND"),
    };
    builder.install.indexes.torch_backend = backend;
}
