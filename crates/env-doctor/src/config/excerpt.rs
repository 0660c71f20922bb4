//! What is wrong in a configuration, as people read it.

use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use source::{Location, SourceFile, Sources, Span};

use crate::render::text::{Lines, tame};

/// A place in a file that could not be used, and what to write there.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    file: Arc<SourceFile>,
    span: Span,
    help: Option<String>,
}

impl Excerpt {
    /// `span` of `file`.
    pub(super) fn new(file: &Arc<SourceFile>, span: Span, help: Option<String>) -> Self {
        Self {
            file: file.shown(),
            span,
            help,
        }
    }

    /// The file by itself and the place in it.
    pub(crate) fn place(&self) -> (Sources, Location) {
        let mut sources = Sources::new();
        let file = sources.add(Arc::clone(&self.file));
        (sources, Location::new(file, self.span))
    }

    /// The message over the lines that it is about.
    pub(crate) fn render(&self, message: &str) -> String {
        let file = &self.file;
        let range = crate::render::text::visible(file, self.span);
        let lines = Lines::around(file, std::iter::once(range.clone()));
        if lines.too_long() {
            let at = file.position(self.span.start);
            let (name, line, column) = (tame(file.name()), at.line, at.column);
            return format!("error: {name}:{line}:{column}: {}", tame(message));
        }
        let mut group = Level::ERROR.primary_title(tame(message)).element(
            Snippet::source(lines.text)
                .line_start(lines.number)
                .path(tame(file.name()))
                .annotation(AnnotationKind::Primary.span(lines.locate(&range))),
        );
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(tame(help)));
        }
        let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
        renderer.render(&[group])
    }
}
