//! Which engine the Docker client talks to.

use serde_json::{Value, json};

use super::sight::Sight;
use crate::facts::Layer;
use crate::system::keep;

const LAYER: Layer = Layer::Docker;

/// Where the client looks when nobody says where.
const DEFAULT: &str = "unix:///var/run/docker.sock";
const DEFAULT_ON_WINDOWS: &str = "npipe:////./pipe/docker_engine";

/// Home, and the folder for sockets of this user.
pub(super) struct User {
    pub(super) home: Option<String>,
    pub(super) runtime: Option<String>,
}

impl User {
    pub(super) fn look(sight: &Sight<'_>) -> Self {
        let absolute = |name| {
            sight
                .system
                .variable(name)
                .filter(|path| path.starts_with('/'))
        };
        let home = absolute("HOME").map(|home| home.trim_end_matches('/').to_owned());
        let runtime = absolute("XDG_RUNTIME_DIR").or_else(|| {
            let user = |bytes: &[u8]| keep::lines(bytes, |line| line.starts_with("Uid:"));
            let status = sight
                .system
                .text_of("/proc/self/status", 65_536, &user)
                .ok()?;
            let user = status.split_whitespace().nth(1)?.to_owned();
            Some(format!("/run/user/{user}"))
        });
        Self { home, runtime }
    }

    /// The folder of the client's configuration.
    pub(super) fn docker_folder(&self, sight: &Sight<'_>) -> Option<String> {
        let chosen = sight
            .system
            .variable("DOCKER_CONFIG")
            .filter(|path| path.starts_with('/'));
        chosen.or_else(|| Some(format!("{}/.docker", self.home.as_ref()?)))
    }

    /// `$XDG_CONFIG_HOME` or its default.
    pub(super) fn config_folder(&self, sight: &Sight<'_>) -> Option<String> {
        let chosen = sight
            .system
            .variable("XDG_CONFIG_HOME")
            .filter(|path| path.starts_with('/'));
        chosen.or_else(|| Some(format!("{}/.config", self.home.as_ref()?)))
    }
}

/// Where the client finds its engine, and what decided that.
pub(super) struct Address {
    pub(super) address: String,
    pub(super) source: String,
}

pub(super) fn look(sight: &mut Sight<'_>, user: &User) -> Address {
    let named = |name| {
        sight
            .system
            .variable(name)
            .filter(|value: &String| !value.is_empty())
    };
    if let Some(address) = named("DOCKER_HOST") {
        // What the client refuses is nobody's business either.
        let is_address = address.contains("://");
        return Address {
            address: keep::address(if is_address { &address } else { "tcp://" }),
            source: "DOCKER_HOST".to_owned(),
        };
    }
    let folder = user.docker_folder(sight);
    let variable = "DOCKER_CONTEXT";
    let context = match named(variable) {
        Some(context) => Some((context, variable.to_owned())),
        None => folder
            .as_deref()
            .and_then(|folder| current_context(sight, folder))
            .map(|context| {
                let source = format!("context {context}");
                (context, source)
            }),
    };
    let context = context.filter(|(name, _)| name != "default");
    if let (Some((context, source)), Some(folder)) = (context, &folder) {
        if let Some(address) = endpoint(sight, folder, &context) {
            return Address { address, source };
        }
        // A value of the environment is shown as it is written.
        let chosen = source.replace("context ", "");
        let why = format!("the context {chosen} is chosen, and has no endpoint");
        sight.unknown(LAYER, folder, why);
    }
    Address {
        address: match sight.system.os() {
            "windows" => DEFAULT_ON_WINDOWS.to_owned(),
            _ => DEFAULT.to_owned(),
        },
        source: "default".to_owned(),
    }
}

fn current_context(sight: &mut Sight<'_>, folder: &str) -> Option<String> {
    let config = client_config(sight, folder)?;
    let context = config.get("currentContext")?.as_str()?;
    (!context.is_empty()).then(|| context.to_owned())
}

/// What matters of the client's configuration; credentials stay in the file.
pub(super) fn client_config(sight: &mut Sight<'_>, folder: &str) -> Option<Value> {
    let path = format!("{folder}/config.json");
    let kept = |bytes: &[u8]| keep::members(bytes, &["currentContext", "cliPluginsExtraDirs"]);
    match sight.system.text_of(&path, 1024 * 1024, &kept) {
        Ok(text) => serde_json::from_str(&text).ok(),
        Err(trouble) => {
            sight.missed(LAYER, &path, &trouble);
            None
        }
    }
}

/// The address of a context, from the file of metadata that has its name.
fn endpoint(sight: &mut Sight<'_>, folder: &str, context: &str) -> Option<String> {
    let all = format!("{folder}/contexts/meta");
    let names = match sight.system.list(&all, &|_| true) {
        Ok(names) => names,
        Err(trouble) => {
            sight.missed(LAYER, &all, &trouble);
            return None;
        }
    };
    names.iter().find_map(|name| {
        let path = format!("{all}/{name}/meta.json");
        let text = sight
            .system
            .text_of(&path, 1024 * 1024, &keep_endpoint)
            .ok()?;
        let meta: Value = serde_json::from_str(&text).ok()?;
        if meta.get("Name")?.as_str()? != context {
            return None;
        }
        Some(host_of(&meta)?.to_owned())
    })
}

fn host_of(meta: &Value) -> Option<&str> {
    meta.get("Endpoints")?.get("docker")?.get("Host")?.as_str()
}

/// Name and address of a context, of which the machine stays untold.
fn keep_endpoint(bytes: &[u8]) -> Vec<u8> {
    let Ok(meta) = serde_json::from_slice::<Value>(bytes) else {
        return Vec::new();
    };
    let name = meta.get("Name").and_then(Value::as_str);
    let host = host_of(&meta).map(keep::address);
    keep::json(json!({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
}

/// Sockets of engines that users meet: the system's, and those of this user.
pub(super) fn sockets(user: &User) -> Vec<String> {
    let mut sockets = vec!["/var/run/docker.sock".to_owned()];
    if let Some(runtime) = &user.runtime {
        sockets.push(format!("{runtime}/docker.sock"));
    }
    if let Some(home) = &user.home {
        sockets.push(format!("{home}/.docker/run/docker.sock"));
        sockets.push(format!("{home}/.docker/desktop/docker.sock"));
    }
    sockets
}
