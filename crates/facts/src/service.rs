//! What is known of images as services: whether they run without a GPU, and how much GPU memory they take.

use crate::Confidence;
use crate::generated::SERVICES;
use crate::image::ImageRef;
use crate::packed::{List, Str};

/// What an image for the GPU does where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum WithoutGpu {
    /// It runs on the CPU.
    Runs,
    /// It stops, or nothing useful is left.
    Fails,
}

/// The GPU memory that a program takes when it starts, whatever it needs.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct Memory {
    /// How much, in words: `90 %`.
    pub share: Str,
    /// The same in percent of one GPU.
    pub percent: u16,
    /// Options of its command that set another share, from 0 to 1.
    pub options: List<Str>,
    /// Variables that do, or that end it.
    pub variables: List<Str>,
}

/// One image.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub struct ServiceImage {
    /// Registry and repository: `docker.io/ollama/ollama`.
    pub name: Str,
    /// What it does where there is no GPU.
    pub without_gpu: WithoutGpu,
    /// What it takes of a GPU when it starts; `None` where it takes what it needs.
    pub memory: Option<Memory>,
    /// How the row was established.
    pub confidence: Confidence,
}

/// `data/services.json`.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Services {
    pub(crate) images: List<ServiceImage>,
}

/// Every image.
pub fn images() -> &'static [ServiceImage] {
    SERVICES.images.as_slice()
}

/// The row of an image, if there is one.
#[must_use]
pub fn find(image: &ImageRef) -> Option<&'static ServiceImage> {
    images().iter().find(|row| {
        let name = row.name.split_once('/');
        name.is_some_and(|(domain, path)| domain == image.domain && path == image.path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::describe;

    #[test]
    fn every_row_names_an_image_that_the_image_table_knows() {
        for row in images() {
            let image = ImageRef::parse(&row.name).unwrap();
            assert!(describe(&image).is_some(), "{}", row.name);
            assert_eq!(find(&image).map(|found| found.name), Some(row.name));
        }
    }

    #[test]
    fn memory_is_known_where_findings_say_so() {
        for row in images() {
            assert!(row.memory.is_none() || row.confidence >= Confidence::Doc);
        }
    }
}
