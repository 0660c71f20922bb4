//! Edits of a service's `environment`.

use compose::value::Kind;
use source::{Edit, Location, Span};

use super::edits;
use crate::derive::service::ServiceView;

/// Removes a variable from `environment`; the whole key where it is the only one. `None` where it comes from
/// elsewhere.
pub(super) fn remove(service: ServiceView<'_>, name: &str) -> Option<Edit> {
    let value = &service.compose.value;
    let top = value.as_mapping()?;
    let environment = top.entry("environment")?;
    // Another file may set the variable too.
    if !environment.value.earlier.is_empty() {
        return None;
    }
    let sources = service.project.sources;
    let whole = || edits::remove(sources, top, value.location, "environment");
    match &environment.value.kind {
        Kind::Mapping(mapping)
            if mapping.len() == 1
                && mapping
                    .get(name)
                    .is_some_and(|value| value.earlier.is_empty()) =>
        {
            whole()
        }
        Kind::Mapping(mapping) => edits::remove(sources, mapping, environment.value.location, name),
        Kind::Sequence(items) => {
            let is_it = |text: &str| text.split_once('=').is_some_and(|(key, _)| key == name);
            let item = items
                .iter()
                .find(|item| item.as_scalar().is_some_and(|item| is_it(&item.text)))?;
            if items.len() == 1 {
                return whole();
            }
            line_of(sources.get(item.location.file).text(), item.location)
        }
        Kind::Null | Kind::Scalar(_) | Kind::Unknown => None,
    }
}

/// The line of a list item, if it holds nothing else.
fn line_of(text: &str, item: Location) -> Option<Edit> {
    let range = item.span.range();
    let start = text.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
    let lead = text[start..range.start].trim_start_matches(' ');
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    let tail = text[range.end..end].trim();
    let dash = lead.strip_prefix('-')?;
    let plain = dash.trim_matches([' ', '"', '\'']).is_empty()
        && (tail.trim_matches(['"', '\'']).is_empty() || tail.starts_with('#'));
    plain.then(|| Edit::delete(Location::new(item.file, Span::from_usize(start..end))))
}
