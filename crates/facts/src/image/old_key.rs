//! Images that were built before NVIDIA changed the key of its package repositories, and never again.

use super::ImageRef;
use crate::generated::IMAGES;

/// Whether `apt-get update` stops in an image as it was published.
#[must_use]
pub fn carries_old_key(image: &ImageRef) -> bool {
    let Some(tag) = image.tag.as_deref() else {
        return false;
    };
    let name = image.repository();
    let version = tag.split(['-', '_']).next().unwrap_or(tag);
    IMAGES.old_keys.iter().any(|row| {
        row.name == name
            && row.confidence.supports_errors()
            && tag.split(['-', '_']).any(|part| part == row.word)
            && !row.except.has(version)
            && (row.ended.has(tag)
                || numbers(version).is_some_and(|version| Some(version) <= numbers(&row.through)))
    })
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carries(text: &str) -> bool {
        carries_old_key(&ImageRef::parse(text).unwrap())
    }

    #[test]
    fn ranges_end_where_the_key_changed() {
        assert!(carries("pytorch/pytorch:1.11.0-cuda11.3-cudnn8-devel"));
        assert!(carries("pytorch/pytorch:1.9.0-cuda11.1-cudnn8-devel"));
        assert!(!carries("pytorch/pytorch:1.11.0-cuda11.3-cudnn8-runtime"));
        assert!(!carries("pytorch/pytorch:1.12.1-cuda11.3-cudnn8-devel"));
        assert!(carries("tensorflow/tensorflow:2.8.0-gpu-jupyter"));
        assert!(!carries("tensorflow/tensorflow:2.7.2-gpu"));
        assert!(!carries("tensorflow/tensorflow:2.8.0"));
        assert!(!carries("tensorflow/tensorflow:latest-gpu"));
        assert!(carries("tensorflow/tensorflow:latest-gpu-py3"));
    }
}
