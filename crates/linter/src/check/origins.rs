//! Findings say where it stands that they rest on what the user says.

use std::collections::HashMap;

use source::{Diagnostic, FileId, Label, Location, Sources};

use crate::derive::environment::Model;
use crate::derive::image::Base;
use crate::derive::known::KnownImage;
use crate::derive::service::{Contents, ProjectModel};
use crate::nested::Nested;

/// Adds to each finding that rests on what the user says where that is said.
pub(crate) fn relate(model: &Model<'_>, findings: &mut [Diagnostic]) {
    let mut said = Vec::new();
    for stage in model.views() {
        if let Base::Image(image) = &stage.stage().base
            && let Some(known) = &image.said
        {
            let at = stage.stage().image.at();
            said.extend(Saying::of_image(at, known, model.sources));
        }
        for installed in stage.own_python() {
            for index in installed.install.index_urls() {
                let mirror = index.url.known().and_then(|url| model.known.mirror(url));
                let origin = mirror.and_then(|known| known.origin.locate(model.sources));
                said.extend(origin.map(|origin| Saying {
                    at: index.url.at(),
                    origin,
                    text: "the configuration says what this index copies",
                }));
            }
        }
    }
    add(said, findings);
}

/// The same for the images that services name.
pub(crate) fn relate_services(model: &ProjectModel<'_>, findings: &mut [Diagnostic]) {
    let images = model.services.iter().filter_map(|service| {
        let Contents::Image { image, at } = &service.contents else {
            return None;
        };
        Saying::of_image(at.at, image.said.as_ref()?, model.sources)
    });
    add(images.collect(), findings);
}

/// What is said of the text at a place.
struct Saying {
    at: Location,
    origin: Location,
    text: &'static str,
}

impl Saying {
    fn of_image(at: Location, known: &KnownImage, sources: &Sources) -> Option<Self> {
        Some(Self {
            at,
            origin: known.origin.locate(sources)?,
            text: "the configuration says what this image holds",
        })
    }
}

fn add(mut said: Vec<Saying>, findings: &mut [Diagnostic]) {
    said.sort_by_key(|saying| saying.at);
    let mut files: HashMap<FileId, (Nested, &[Saying])> = HashMap::new();
    for said in said.chunk_by(|a, b| a.at.file == b.at.file) {
        let spans = said.iter().map(|saying| saying.at.span).collect();
        files.insert(said[0].at.file, (Nested::new(spans), said));
    }
    for finding in findings {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let places: Vec<Location> = labels.map(|label| label.location).collect();
        let mut around: Vec<&Saying> = Vec::new();
        for place in &places {
            let Some((nested, said)) = files.get(&place.file) else {
                continue;
            };
            let sayings = nested.around(place.span.start).map(|number| &said[number]);
            around.extend(sayings.filter(|saying| saying.at.span.contains(place.span)));
        }
        around.sort_by_key(|saying| saying.at);
        for saying in around {
            if !places.contains(&saying.origin) {
                finding.related.push(Label::new(saying.origin, saying.text));
            }
        }
        finding.related.dedup();
    }
}
