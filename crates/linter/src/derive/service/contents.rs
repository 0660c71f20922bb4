//! What is in the image of a service: the image it names, or the stage that its Dockerfile builds.

use compose::Service;
use source::Location;

use super::known_text::KnownText;
use crate::derive::environment::StageView;
use crate::derive::image::{Base, BaseImage};
use crate::derive::known::Known;

/// The image of a service.
#[derive(Clone, Debug)]
pub enum Contents<'a> {
    /// Pulled.
    Image {
        /// The image.
        image: Box<BaseImage>,
        /// Its reference.
        at: KnownText<'a>,
    },
    /// Built.
    Build {
        /// The stage that runs.
        stage: StageView<'a>,
        /// `build`.
        at: Location,
    },
    /// Not known: a variable, a remote context, a Dockerfile that is not at hand.
    Unknown,
}

impl<'a> Contents<'a> {
    /// From the stage that is built for the service, or else its `image`.
    pub fn of(service: &'a Service, built: Option<StageView<'a>>, known: &Known) -> Self {
        if let Some(build) = service.build() {
            return match built {
                Some(stage) => Self::Build {
                    stage,
                    at: build.value.location,
                },
                None => Self::Unknown,
            };
        }
        let reference = service
            .image()
            .and_then(|(image, at)| Some((image.known()?, at)));
        let resolved = reference.and_then(|(text, at)| {
            Some((BaseImage::resolve(text, known)?, KnownText { text, at }))
        });
        match resolved {
            Some((image, at)) => Self::Image {
                image: Box::new(image),
                at,
            },
            None => Self::Unknown,
        }
    }

    /// The image at the bottom.
    pub fn image(&self) -> Option<&BaseImage> {
        match self {
            Self::Image { image, .. } => Some(image),
            Self::Build { stage, .. } => stage.image(),
            Self::Unknown => None,
        }
    }

    /// Where that image is written.
    pub fn image_at(&self) -> Option<Location> {
        match self {
            Self::Image { at, .. } => Some(at.at),
            Self::Build { stage, .. } => Some(stage.image_at()),
            Self::Unknown => None,
        }
    }

    /// The stage that is built.
    pub fn stage(&self) -> Option<StageView<'a>> {
        match self {
            Self::Build { stage, .. } => Some(*stage),
            Self::Image { .. } | Self::Unknown => None,
        }
    }

    /// What tells whether two services run the same image.
    pub(super) fn identity(&self) -> Option<String> {
        match self {
            Self::Image { at, .. } => Some(at.text.to_owned()),
            Self::Build { stage, .. } => {
                let file = stage.model.sources.get(stage.model.file).name();
                Some(format!("{file}#{}", stage.index))
            }
            Self::Unknown => None,
        }
    }

    /// For AMD, Intel, Jetson and the like.
    pub fn is_other_vendor(&self) -> bool {
        self.image().is_some_and(BaseImage::is_other_vendor)
    }

    /// Whether it starts from nothing, so that it holds no driver and no CUDA.
    pub fn is_scratch(&self) -> bool {
        let root = self.stage().map(StageView::root);
        root.is_some_and(|root| matches!(root.stage().base, Base::Scratch))
    }
}
