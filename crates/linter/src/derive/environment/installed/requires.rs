//! What a release requires of other packages, as its metadata writes it.

use std::str::FromStr as _;

use facts::pypi::{Machine, Releases};
use packages::marker::{self, Target};
use pep440_rs::VersionSpecifiers;

/// A requirement of a release.
#[derive(Clone, Debug)]
pub(super) struct Required {
    pub name: &'static str,
    pub extras: Vec<String>,
    pub specifiers: VersionSpecifiers,
    /// As written, without its marker: `torch==2.14.0`.
    pub text: &'static str,
}

/// What the metadata requires under the circumstances; `None` where it was not read, or one of its lines cannot be
/// decided.
pub(super) fn of(
    release: &'static Releases,
    minor: u16,
    machine: Machine,
    extras: &[String],
) -> Option<Vec<Required>> {
    let target = Target {
        python: Some((3, u32::from(minor))),
        machine: Some(machine.name()),
        extras: Some(extras),
    };
    let mut found = Vec::new();
    for text in release.requires.as_ref()?.texts() {
        let (body, marker) = match text.split_once(';') {
            Some((body, marker)) => (body.trim_end(), Some(marker)),
            None => (text, None),
        };
        match marker.map(|marker| marker::applies(marker, &target)) {
            None | Some(Some(true)) => found.push(read(body)?),
            Some(Some(false)) => {}
            Some(None) => return None,
        }
    }
    Some(found)
}

fn read(text: &'static str) -> Option<Required> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let (extras, specifiers) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    Some(Required {
        name,
        extras: extras
            .split(',')
            .filter(|extra| !extra.is_empty())
            .map(|extra| extra.trim().to_owned())
            .collect(),
        specifiers: VersionSpecifiers::from_str(specifiers.trim()).ok()?,
        text,
    })
}
