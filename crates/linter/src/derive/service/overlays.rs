//! Files beside a Compose project that give its services a GPU when they are added with `-f`, as
//! `docker-compose.gpu.yml` does.

use std::collections::{HashMap, HashSet};

use camino::{Utf8Path, Utf8PathBuf};
use compose::{Build, Inputs, Project, Role, Service};
use source::Sources;

use super::model::{Given, ServiceModel};
use super::public;
use super::slips::Slips;
use crate::derive::loader::Loader;
use crate::derive::settings::Settings;

/// A directory may hold hundreds of projects; the overlays of one are few.
const MOST: usize = 24;

/// Those of the services `without` a GPU that a file beside the project may give one.
pub(crate) fn giving_gpu<L: Loader + compose::Loader>(
    project: &Project,
    without: &[String],
    inputs: &Inputs,
    loader: &L,
    settings: &Settings,
) -> HashMap<String, Given> {
    let mut found = HashMap::new();
    if without.is_empty() {
        return found;
    }
    let base: Vec<Utf8PathBuf> = project
        .files
        .iter()
        .filter(|file| matches!(file.role, Role::Given | Role::Override))
        .map(|file| file.path.clone())
        .collect();
    for path in candidates(project, loader) {
        let mut files = base.clone();
        files.push(path);
        let inputs = Inputs {
            files,
            directory: Utf8PathBuf::new(),
            project_directory: Some(project.directory.clone()),
            ..inputs.clone()
        };
        let Ok(merged) = public::load(&mut Sources::new(), &inputs, loader) else {
            continue;
        };
        let slips = Slips::of(&merged);
        for name in without {
            let Some(service) = merged.service(name) else {
                continue;
            };
            let model = ServiceModel::new(0, service, None, &settings.known, &slips);
            if !model.may_have_gpu() {
                continue;
            }
            let same = project
                .service(name)
                .is_some_and(|own| same_image(own, service));
            let given = found.entry(name.clone()).or_insert(Given::Replaced);
            if same {
                *given = Given::Gpu;
            }
        }
    }
    found
}

/// Whether both run what is built or pulled in the same way.
fn same_image(a: &Service, b: &Service) -> bool {
    let image = |service: &Service| {
        let build = service.build();
        let pulled = service.image().filter(|_| build.is_none());
        (
            pulled.map(|(image, _)| image.text.clone()),
            build.as_ref().and_then(Build::dockerfile),
            build
                .as_ref()
                .and_then(|build| Some(build.target()?.0.text.clone())),
            build.map(|build| {
                let arguments = build.args().into_iter();
                arguments
                    .map(|argument| (argument.name, argument.value))
                    .collect::<Vec<_>>()
            }),
        )
    };
    image(a) == image(b)
}

/// The files that may be added: those beside the first file, and those of development containers.
fn candidates<L: Loader + compose::Loader>(project: &Project, loader: &L) -> Vec<Utf8PathBuf> {
    let first = project.files.first().and_then(|file| file.path.parent());
    let directory = match first {
        Some(parent) if !parent.as_str().is_empty() => parent,
        _ => Utf8Path::new("."),
    };
    let mut found = loader.list(directory);
    let inside = loader.list(&directory.join(".devcontainer"));
    for path in inside {
        if path.extension().is_none() {
            found.extend(loader.list(&path));
        } else {
            found.push(path);
        }
    }
    let given: HashSet<Utf8PathBuf> = project.files.iter().map(|file| clean(&file.path)).collect();
    found.retain(|path| is_overlay_name(path) && !given.contains(&clean(path)));
    // Names that say GPU first.
    found.sort_by_key(|path| !says_gpu(path.file_name().unwrap_or_default()));
    found.truncate(MOST);
    found.retain(|path| {
        let file = compose::Loader::read(loader, path);
        file.is_ok_and(|file| says_gpu(file.text()))
    });
    found
}

fn says_gpu(text: &str) -> bool {
    ["gpu", "nvidia", "cuda", "GPU"]
        .iter()
        .any(|word| text.contains(word))
}

fn is_overlay_name(path: &Utf8Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    (name.contains("compose") || name.contains("gpu"))
        && matches!(path.extension(), Some("yml" | "yaml"))
}

fn clean(path: &Utf8Path) -> Utf8PathBuf {
    let parts = path.components();
    parts.filter(|part| part.as_str() != ".").collect()
}
