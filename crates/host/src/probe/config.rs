//! Configuration files whose text findings point into.

use super::sight::Sight;
use crate::facts::{ConfigFile, Layer};
use crate::system::{FILE_LIMIT, Keep, resolve};

/// A configuration file and what is kept of its text. `None` where there is none.
pub(super) fn read(
    sight: &mut Sight<'_>,
    layer: Layer,
    path: &str,
    keep: Keep<'_>,
) -> Option<ConfigFile> {
    let mut file = ConfigFile {
        path: path.to_owned(),
        ..ConfigFile::default()
    };
    file.changed = resolve(sight.system, path)
        .ok()
        .and_then(|(_, metadata)| metadata.changed);
    match sight.system.text_of(path, FILE_LIMIT, keep) {
        Ok(text) => {
            sight.saw(layer, path, "exists");
            sight.facts.texts.insert(path.to_owned(), text);
        }
        Err(trouble) if trouble.is_absent() => return None,
        Err(trouble) => {
            sight.missed(layer, path, &trouble);
            file.unreadable = Some(trouble.to_string());
        }
    }
    Some(file)
}
