//! Every link between the Markdown files of the repository leads somewhere.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a page links to, and where it can be linked to.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    page.add_heading(&heading.take().unwrap_or_default());
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// The anchor as forges make it; of equal headings the later ones are numbered.
    fn add_heading(&mut self, heading: &str) {
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        let slug: String = kept
            .map(|c| if c == ' ' { '-' } else { c })
            .flat_map(char::to_lowercase)
            .collect();
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        for anchor in std::iter::once(slug.clone()).chain(numbered) {
            if self.anchors.insert(anchor) {
                return;
            }
        }
    }
}

/// The Markdown files below `root` that are not ignored, by their path from there.
fn pages(root: &Path) -> BTreeMap<PathBuf, Page> {
    let walk = ignore::WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let files = walk.map(Result::unwrap).map(ignore::DirEntry::into_path);
    let markdown = files.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let read = |path: PathBuf| {
        let page = Page::read(&std::fs::read_to_string(&path).unwrap());
        (path.strip_prefix(root).unwrap().to_owned(), page)
    };
    markdown.map(read).collect()
}

/// Where a relative link leads, from the root; `None` outside it.
fn target(page: &Path, link: &str) -> Option<PathBuf> {
    let mut found = page.parent()?.to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::Normal(name) => found.push(name),
            Component::ParentDir => {
                if !found.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(found)
}

/// Links that lead nowhere.
fn broken(root: &Path) -> Vec<String> {
    let pages = pages(root);
    let mut broken = Vec::new();
    for (name, page) in &pages {
        for link in page.links.iter().filter(|link| !link.contains(':')) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                Some(name.clone())
            } else {
                target(name, path).filter(|target| root.join(target).exists())
            };
            let leads = target.is_some_and(|target| {
                let has = |page: &Page| page.anchors.contains(anchor);
                anchor.is_empty() || pages.get(&target).is_some_and(has)
            });
            if !leads {
                broken.push(format!("{}: {link}", name.display()));
            }
        }
    }
    broken
}

#[test]
fn every_link_of_the_repository_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let found = pages(root);
    assert!(found.contains_key(Path::new("README.md")));
    assert!(found.contains_key(Path::new("docs/rules/README.md")));
    assert_eq!(broken(root), [""; 0]);
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let page = "# One `two`, three\n\n## Same\n\n## Same\n\n\
        [a](other.md) [b](other.md#here) [c](#one-two-three) [d](#same-1) [e](https://example.org/x) [f](sub)\n\n\
        [1](gone.md) [2](other.md#gone) [3](#gone) [4](../outside.md) [5](/other.md) ![6](gone.png)\n\n\
        ```text\n[no](link.md)\n```\n";
    std::fs::write(folder.path().join("page.md"), page).unwrap();
    std::fs::write(folder.path().join("other.md"), "# Here\n").unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let links = [
        "gone.md",
        "other.md#gone",
        "#gone",
        "../outside.md",
        "/other.md",
        "gone.png",
    ];
    assert_eq!(
        broken(folder.path()),
        links.map(|link| format!("page.md: {link}"))
    );
}
