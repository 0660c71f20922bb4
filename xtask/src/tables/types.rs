//! The row types of `facts`, read from its source: they are the description of every column.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, bail, ensure};
use camino::Utf8Path;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Bool,
    Number,
    Str,
    Optional(Box<Self>),
    List(Box<Self>),
    /// A type of this name.
    Named(String),
}

/// A type that columns name.
pub(super) struct Type {
    /// `image::table`.
    pub(super) module: String,
    pub(super) name: String,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    /// Columns in their order.
    Row(Vec<(String, Holds)>),
    /// The variants of an enum.
    Words(Vec<Word>),
    /// Something else, which no column may hold.
    Other,
}

/// A variant of an enum.
pub(super) struct Word {
    pub(super) name: String,
    /// What it holds, where it is written `{"word": …}`.
    pub(super) holds: Option<Holds>,
    /// Whether it is meant where nothing is written.
    pub(super) default: bool,
}

/// Every type of the crate, by name.
#[derive(Default)]
pub(super) struct Types(BTreeMap<String, Vec<Type>>);

impl Types {
    /// The types in the files below a folder.
    pub(super) fn read(folder: &Utf8Path) -> anyhow::Result<Self> {
        let mut types = Self::default();
        types.folder(folder, "")?;
        Ok(types)
    }

    fn folder(&mut self, folder: &Utf8Path, module: &str) -> anyhow::Result<()> {
        for entry in folder.read_dir_utf8()? {
            let path = entry?.into_path();
            let stem = path.file_stem().unwrap_or_default();
            let inner = match (module, stem) {
                (_, "generated") => continue,
                (_, "lib" | "mod") => module.to_owned(),
                ("", _) => stem.to_owned(),
                _ => format!("{module}::{stem}"),
            };
            if path.is_dir() {
                self.folder(&path, &inner)?;
            } else {
                let text = fs::read_to_string(&path)?;
                self.add(&text, &inner).with_context(|| path.to_string())?;
            }
        }
        Ok(())
    }

    /// The types of a file.
    pub(super) fn add(&mut self, text: &str, module: &str) -> anyhow::Result<()> {
        for item in syn::parse_file(text)?.items {
            let (name, shape) = match item {
                syn::Item::Struct(item) => (item.ident, row(&item.fields)),
                syn::Item::Enum(item) => (item.ident, words(&item.variants)),
                _ => continue,
            };
            let name = name.to_string();
            self.0.entry(name.clone()).or_default().push(Type {
                module: module.to_owned(),
                name,
                shape,
            });
        }
        Ok(())
    }

    /// The type that a name means in a module: its own, or the only one of that name.
    pub(super) fn find(&self, name: &str, module: &str) -> anyhow::Result<&Type> {
        let Some(all) = self.0.get(name) else {
            bail!("`facts` has no type `{name}`");
        };
        if let Some(own) = all.iter().find(|own| own.module == module) {
            return Ok(own);
        }
        ensure!(all.len() == 1, "`facts` has several types `{name}`");
        Ok(&all[0])
    }

    /// The struct that stands for a file of tables: `CudaImages` of `cuda_images.json`; `None` where the program carries
    /// nothing of it.
    pub(super) fn of_file(&self, stem: &str) -> anyhow::Result<Option<&Type>> {
        let name = variant(stem);
        if self.0.contains_key(&name) {
            self.find(&name, "").map(Some)
        } else {
            Ok(None)
        }
    }
}

fn row(fields: &syn::Fields) -> Shape {
    let columns = fields.iter().map(|field| {
        let name = field.ident.as_ref()?.to_string();
        Some((name, holds(&field.ty)?))
    });
    columns
        .collect::<Option<_>>()
        .map_or(Shape::Other, Shape::Row)
}

fn words<'v>(variants: impl IntoIterator<Item = &'v syn::Variant>) -> Shape {
    let words = variants.into_iter().map(|variant| {
        let mut fields = variant.fields.iter();
        let holds = match fields.next() {
            None => None,
            Some(field) => Some(holds(&field.ty)?),
        };
        let alone = fields.next().is_none();
        let mut attributes = variant.attrs.iter();
        alone.then(|| Word {
            name: variant.ident.to_string(),
            holds,
            default: attributes.any(|attribute| attribute.path().is_ident("default")),
        })
    });
    words
        .collect::<Option<_>>()
        .map_or(Shape::Other, Shape::Words)
}

fn holds(ty: &syn::Type) -> Option<Holds> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let inner = || match &last.arguments {
        syn::PathArguments::AngleBracketed(inner) => match inner.args.first()? {
            syn::GenericArgument::Type(inner) => holds(inner).map(Box::new),
            _ => None,
        },
        _ => None,
    };
    Some(match last.ident.to_string().as_str() {
        "bool" => Holds::Bool,
        "u8" | "u16" | "u32" => Holds::Number,
        "Str" => Holds::Str,
        "Option" => Holds::Optional(inner()?),
        "List" => Holds::List(inner()?),
        name => Holds::Named(name.to_owned()),
    })
}

/// The name of a type or variant for a word of the tables: `NameTrap` of `name trap`.
pub(super) fn variant(word: &str) -> String {
    let parts = word.split(|c: char| !c.is_alphanumeric());
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    parts.map(capital).collect()
}
