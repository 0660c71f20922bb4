//! The driver's user-space libraries, where the loader looks.

use super::driver::is_version;
use super::sight::Sight;
use crate::facts::{Layer, Library};
use crate::system::{name_of, resolve};

const LAYER: Layer = Layer::Libraries;
const WSL: &str = "/usr/lib/wsl/lib";

pub(super) fn look(sight: &mut Sight<'_>) {
    let multiarch = format!("/usr/lib/{}-linux-gnu", sight.facts.platform.arch);
    let folders = [
        multiarch.clone(),
        // Debian and Jetson keep them one level deeper.
        format!("{multiarch}/nvidia/current"),
        format!("{multiarch}/nvidia"),
        format!("{multiarch}/tegra"),
        "/usr/lib64".to_owned(),
        "/usr/lib".to_owned(),
        "/usr/local/nvidia/lib64".to_owned(),
        "/run/opengl-driver/lib".to_owned(),
        WSL.to_owned(),
    ];
    for folder in folders {
        match sight.system.list(&folder, &wanted) {
            Ok(names) => libraries(sight, &folder, &names),
            Err(trouble) => sight.missed(LAYER, &folder, &trouble),
        }
    }
    let found = &mut sight.facts.driver.libraries;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    for library in found.clone() {
        let version = library
            .version
            .unwrap_or_else(|| "no version in its name".to_owned());
        sight.saw(LAYER, &library.path, version);
    }
}

fn wanted(name: &str) -> bool {
    let starts = ["libcuda.so.", "libnvidia-ml.so.", "libdxcore.so"];
    starts.iter().any(|start| name.starts_with(start))
}

/// The files among these names, by what they lead to.
fn libraries(sight: &mut Sight<'_>, folder: &str, names: &[String]) {
    for name in names {
        let written = format!("{folder}/{name}");
        let (path, _) = match resolve(sight.system, &written) {
            Ok(found) => found,
            Err(trouble) => {
                sight.missed(LAYER, &written, &trouble);
                continue;
            }
        };
        let linked = name.ends_with(".so.1");
        let found = &mut sight.facts.driver.libraries;
        if let Some(known) = found.iter_mut().find(|known| known.path == path) {
            known.linked |= linked;
            continue;
        }
        let version = name_of(&path)
            .split_once(".so.")
            .map(|(_, version)| version);
        found.push(Library {
            version: version
                .filter(|version| is_version(version))
                .map(str::to_owned),
            wsl: path.starts_with(WSL) || path.starts_with("/usr/lib/wsl/drivers/"),
            linked,
            path,
        });
    }
}
