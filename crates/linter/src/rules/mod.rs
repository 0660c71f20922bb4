//! The catalogue: one file a rule, one line here each, in alphabetical order.

mod build;
mod edits;
mod environment;

use crate::Rule;

/// Every rule, sorted by name.
pub static ALL: &[&Rule] = &[
    &environment::cuda_requirement_disabled::RULE,
    &build::dockerfile_syntax::RULE,
    &environment::driver_capabilities::RULE,
    &build::gpu_query_at_build::RULE,
    &environment::library_path_overwritten::RULE,
    &environment::visible_devices_fixed::RULE,
];

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.name.cmp(name)).ok().map(|index| ALL[index])
}
