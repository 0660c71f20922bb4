//! Conda's match specifications: `pytorch-cuda=12.1`, `nvidia::cuda-toolkit`, `pytorch=*=*cuda*`.

use crate::action::{CondaInstall, CondaPackage};
use crate::call::Call;
use crate::text::{HOLE, Text};
use crate::words::options;

/// An installation of nothing yet.
pub(crate) fn new_install(call: &Call<'_>, tool: String, verb: &Text) -> CondaInstall {
    CondaInstall {
        tool,
        packages: Vec::new(),
        channels: Vec::new(),
        files: Vec::new(),
        system_cuda: None,
        options_at: options::after(verb),
        incomplete: call.fed,
    }
}

/// Adds what a specification names.
pub(crate) fn add(install: &mut CondaInstall, spec: &Text) {
    match read_spec(spec) {
        Some(package) => install.packages.push(package),
        None => install.incomplete = true,
    }
}

/// `channel::name=version=build`, `name>=version`, `name[version=…,build=…]`, `name version build`.
pub(crate) fn read_spec(spec: &Text) -> Option<CondaPackage> {
    let text = spec.as_str();
    let mut start = text.len() - text.trim_start().len();
    let mut channel = None;
    if let Some(at) = text.find("::") {
        channel = Some(text[start..at].to_owned());
        start = at + 2;
    }
    let length = text[start..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .unwrap_or(text.len() - start);
    let end = start + length;
    if length == 0
        || text[end..].starts_with([HOLE, '/', ':'])
        || text[start..].starts_with(['-', '.'])
    {
        return None;
    }
    let brackets = text[end..].find('[').map_or(text.len(), |at| end + at);
    let (mut version, mut build) = version_and_build(text, end..brackets);
    let inside = text.get(brackets + 1..).and_then(|rest| {
        rest.find(']')
            .map(|close| brackets + 1..brackets + 1 + close)
    });
    for (key, range) in inside.map(|range| fields(text, range)).unwrap_or_default() {
        match key {
            "version" => version = Some(range),
            "build" => build = Some(range),
            "channel" => channel = Some(text[range].to_owned()),
            _ => {}
        }
    }
    Some(CondaPackage {
        name: text[start..end].to_ascii_lowercase(),
        name_at: spec.locate(start..end),
        channel,
        version: version
            .filter(|range| !range.is_empty())
            .map(|range| spec.slice(range)),
        build: build
            .map(|range| text[range].to_owned())
            .filter(|build| !build.is_empty()),
        text: spec.clone(),
    })
}

type Range = std::ops::Range<usize>;

fn version_and_build(text: &str, range: Range) -> (Option<Range>, Option<Range>) {
    let range = options::trim(text, range);
    let spec = &text[range.clone()];
    if spec.is_empty() {
        return (None, None);
    }
    // `==2.1`, `=2.1` and `= 2.1` say the version alone; other operators are part of it.
    let plain = spec.trim_start_matches(['=', ' ']);
    let start = if spec.starts_with('=') {
        range.end - plain.len()
    } else {
        range.start
    };
    let rest = &text[start..range.end];
    let operators = rest.len()
        - rest
            .trim_start_matches(['<', '>', '!', '~', '=', ' '])
            .len();
    let ranged = rest[operators..].find([',', '|', '<', '>']).is_some() || operators > 0;
    let cut = rest[operators..]
        .find(if ranged { ['\0', '='] } else { [' ', '='] })
        .map(|at| operators + at);
    match cut {
        Some(at) => {
            let build = options::trim(text, start + at + 1..range.end);
            (Some(options::trim(text, start..start + at)), Some(build))
        }
        None => (Some(start..range.end), None),
    }
}

/// `key=value` pairs between brackets; values may be quoted.
fn fields(text: &str, range: Range) -> Vec<(&str, Range)> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let Some(equals) = text[at..range.end].find('=').map(|equals| at + equals) else {
            break;
        };
        let key = text[at..equals].trim();
        let mut start = equals + 1;
        let quote = text[start..range.end]
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"'));
        let end = match quote {
            Some(quote) => {
                start += 1;
                text[start..range.end]
                    .find(quote)
                    .map_or(range.end, |end| start + end)
            }
            None => text[start..range.end]
                .find(',')
                .map_or(range.end, |end| start + end),
        };
        found.push((key, start..end));
        at = text[end..range.end]
            .find(',')
            .map_or(range.end, |comma| end + comma + 1);
    }
    found
}
