//! Whether an index suits packages that a command installs already.

use super::super::machine::Question;
use super::search::Search;
use super::{Chosen, Family, is_family};
use crate::advice::Wanted;

/// The index for the packages of a question: `preferred` where it has what pip would take from there and that runs on
/// the target, or else the one that `install` would choose. `None` where nothing in the tables suits.
pub(crate) fn index_for(
    question: &Question,
    preferred: Option<&'static str>,
) -> Option<&'static str> {
    let (wanted, rest): (Vec<&Wanted>, Vec<&Wanted>) = question
        .packages
        .iter()
        .partition(|wanted| is_family(&wanted.name));
    let needed_by = rest
        .into_iter()
        .filter(|wanted| facts::package::find(&wanted.name).is_some_and(super::belongs_to_torch))
        .collect();
    let family = Family { wanted, needed_by };
    let search = Search {
        question,
        family: &family,
    };
    let fits = search.fits().ok()?;
    if let Some(preferred) = preferred
        && takes_fitting(&search, &fits, preferred)
    {
        return Some(preferred);
    }
    let best = search.best().ok()?;
    takes_fitting(&search, &fits, best.suffix).then_some(best.suffix)
}

/// Whether the newest release that pip finds on an index is one that fits.
fn takes_fitting(search: &Search<'_>, fits: &[Chosen], suffix: &str) -> bool {
    let Some(newest) = search.newest_on(suffix) else {
        return false;
    };
    let mut fits = fits.iter().filter(|build| build.suffix == suffix);
    fits.any(|build| build.release.version == newest.version)
}
