//! What is wrong at a place in a configuration, as people read it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use workspace::failure::Excerpt;

use super::excerpt::{Lines, visible};
use super::tame;

/// The message over the lines that it is about.
pub(crate) fn render(message: &str, excerpt: &Excerpt) -> String {
    let Excerpt { file, span, help } = excerpt;
    let range = visible(file, *span);
    let lines = Lines::around(file, std::iter::once(range.clone()));
    if lines.too_long() {
        let at = file.position(span.start);
        let (name, line, column) = (tame(file.name()), at.line, at.column);
        return format!("error: {name}:{line}:{column}: {}", tame(message));
    }
    let mut group = Level::ERROR.primary_title(tame(message)).element(
        Snippet::source(lines.text)
            .line_start(lines.number)
            .path(tame(file.name()))
            .annotation(AnnotationKind::Primary.span(lines.locate(&range))),
    );
    if let Some(help) = help {
        group = group.element(Level::HELP.message(tame(help)));
    }
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
    renderer.render(&[group])
}
