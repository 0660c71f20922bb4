//! For which torch and CUDA a wheel was built, as its name or the page that lists it says.

use facts::CudaVersion;
use pep440_rs::Version;

/// What an address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltFor {
    /// Major and minor version of torch.
    pub torch: Option<(u64, u64)>,
    /// The CUDA major, and the minor where it is told.
    pub cuda: Option<(u16, Option<u16>)>,
}

/// What the file name of a wheel (`flash_attn-2.8.3+cu12torch2.8cxx11abiFALSE-…`) or a page of wheels
/// (`…/torch-1.13.0+cu117.html`, `…/dist/cu118/torch2.1/index.html`) says; `None` where it names neither.
#[must_use]
pub fn built_for(address: &str) -> Option<BuiltFor> {
    let plain = address.replace("%2B", "+").replace("%2b", "+");
    let mut found = BuiltFor {
        torch: None,
        cuda: None,
    };
    let lower = plain.to_ascii_lowercase();
    for (at, _) in lower.match_indices("torch") {
        let rest = &lower[at + "torch".len()..];
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        found.torch = found.torch.or_else(|| torch(rest));
    }
    for (at, _) in lower.match_indices("cu") {
        let before = lower[..at].chars().next_back();
        // `cu12torch2.8`, `torch260cu124`, and not `cuda` or `…cu…` inside of a word.
        if before.is_some_and(|c| c.is_ascii_alphabetic()) {
            continue;
        }
        found.cuda = found.cuda.or_else(|| cuda(&lower[at + 2..]));
    }
    (found.torch.is_some() || found.cuda.is_some()).then_some(found)
}

/// `2.8`, `1.13.0`, `260` for 2.6.0.
fn torch(text: &str) -> Option<(u64, u64)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    if number.len() == 3 && !number.contains('.') {
        let digit = |at: usize| number[at..=at].parse::<u64>().ok();
        return Some((digit(0)?, digit(1)?));
    }
    let version: Version = number.parse().ok().filter(|_| number.contains('.'))?;
    let release = version.release();
    Some((*release.first()?, *release.get(1)?))
}

/// `12`, `121`, `118`.
fn cuda(text: &str) -> Option<(u16, Option<u16>)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    match end {
        2 => {
            let number: u16 = text[..2].parse().ok()?;
            // `cu92` is 9.2.
            Some(if number > 20 {
                (number / 10, Some(number % 10))
            } else {
                (number, None)
            })
        }
        3 => {
            let version = CudaVersion::from_suffix(&format!("cu{}", &text[..3]))?;
            Some((version.major, Some(version.minor)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_pages_say_it() {
        let says = |address: &str| {
            let found = built_for(address).unwrap();
            (found.torch, found.cuda)
        };
        for (address, torch, cuda) in [
            (
                "https://data.pyg.org/whl/torch-1.13.0+cu117.html",
                Some((1, 13)),
                Some((11, Some(7))),
            ),
            (
                "https://data.pyg.org/whl/torch-2.4.0%2Bcu121.html",
                Some((2, 4)),
                Some((12, Some(1))),
            ),
            (
                "https://data.dgl.ai/wheels/torch-2.1/cu121/repo.html",
                Some((2, 1)),
                Some((12, Some(1))),
            ),
            (
                "https://data.dgl.ai/wheels/cu118/repo.html",
                None,
                Some((11, Some(8))),
            ),
            (
                "https://download.openmmlab.com/mmcv/dist/cu118/torch2.1/index.html",
                Some((2, 1)),
                Some((11, Some(8))),
            ),
            (
                "https://github.com/o/r/releases/download/v2.8.3/flash_attn-2.8.3+cu12torch2.8cxx11abiFALSE-cp311-cp311-linux_x86_64.whl",
                Some((2, 8)),
                Some((12, None)),
            ),
            (
                "natten-0.17.5+torch260cu124-cp311-cp311-linux_x86_64.whl",
                Some((2, 6)),
                Some((12, Some(4))),
            ),
        ] {
            assert_eq!(says(address), (torch, cuda), "{address}");
        }
        assert_eq!(built_for("https://example.com/wheels/focus-1.0.whl"), None);
        assert_eq!(built_for("https://example.com/pytorch/simple"), None);
    }
}
