//! The shape the Compose Specification gives a project, and what Compose says about departures from it.

mod check;
mod deploy;
mod keys;
mod resources;
mod service;

pub(crate) use check::check;
pub use keys::known_keys;

/// JSON types, as far as the specification tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Null,
    Boolean,
    Integer,
    /// Integers too.
    Number,
    String,
    Array,
    Object,
}

/// What a value may be.
enum Schema {
    Types(&'static [Type]),
    /// One of these strings.
    Words(&'static [&'static str]),
    /// A string that fits; the pattern is for the message.
    Text(&'static str, fn(&str) -> bool),
    /// An integer in a range.
    Range(i64, i64),
    List(&'static List),
    Object(&'static Object),
    /// Exactly one of these; they never overlap.
    OneOf(&'static [Self]),
}

struct List {
    items: Schema,
    unique: bool,
}

/// A mapping with known keys.
struct Object {
    nullable: bool,
    /// Sorted by key.
    keys: &'static [(&'static str, Schema)],
    /// Other keys that may stand here.
    others: Option<(Names, Schema)>,
    /// Whether `x-…` keys may stand here.
    extensions: bool,
    /// Whether a key that nothing above allows is an error.
    closed: bool,
    required: &'static [&'static str],
}

/// Which names a mapping of named things takes.
#[derive(Clone, Copy)]
enum Names {
    /// `[a-zA-Z0-9._-]+`.
    Resource,
    /// `[a-z]+`.
    Lower,
    /// Any but the empty one.
    Any,
}

impl Names {
    fn fit(self, name: &str) -> bool {
        !name.is_empty()
            && match self {
                Self::Resource => name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')),
                Self::Lower => name.bytes().all(|b| b.is_ascii_lowercase()),
                Self::Any => true,
            }
    }
}

impl Object {
    /// Known keys and `x-…`, nothing else: the usual mapping.
    const fn of(keys: &'static [(&'static str, Schema)]) -> Self {
        Self {
            nullable: false,
            keys,
            others: None,
            extensions: true,
            closed: true,
            required: &[],
        }
    }

    /// Named things of one shape.
    const fn named(names: Names, value: Schema) -> Self {
        Self {
            nullable: false,
            keys: &[],
            others: Some((names, value)),
            extensions: false,
            closed: true,
            required: &[],
        }
    }

    const fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }

    const fn without_extensions(mut self) -> Self {
        self.extensions = false;
        self
    }

    const fn requiring(mut self, keys: &'static [&'static str]) -> Self {
        self.required = keys;
        self
    }

    const fn open(mut self) -> Self {
        self.closed = false;
        self
    }
}

const fn list(items: Schema) -> List {
    List {
        items,
        unique: false,
    }
}

const fn set(items: Schema) -> List {
    List {
        items,
        unique: true,
    }
}

const STRING: Schema = Schema::Types(&[Type::String]);
const BOOLEAN: Schema = Schema::Types(&[Type::Boolean]);
const INTEGER: Schema = Schema::Types(&[Type::Integer]);
const NUMBER: Schema = Schema::Types(&[Type::Number]);
const BOOLEAN_OR_STRING: Schema = Schema::Types(&[Type::Boolean, Type::String]);
const INTEGER_OR_STRING: Schema = Schema::Types(&[Type::Integer, Type::String]);
const NUMBER_OR_STRING: Schema = Schema::Types(&[Type::Number, Type::String]);
const PLAIN_VALUE: Schema = Schema::Types(&[Type::String, Type::Number, Type::Boolean, Type::Null]);

const STRINGS: Schema = Schema::List(&list(STRING));
const STRING_SET: Schema = Schema::List(&set(STRING));
const STRING_OR_SET: Schema = Schema::OneOf(&[STRING, STRING_SET]);
const STRING_OR_STRINGS: Schema = Schema::OneOf(&[STRING, STRINGS]);
const LIST_OR_MAPPING: Schema = Schema::OneOf(&[
    Schema::Object(&Object::named(Names::Any, PLAIN_VALUE)),
    STRING_SET,
]);
const STRING_OR_NUMBER_OPTIONS: Schema =
    Schema::Object(&Object::named(Names::Any, NUMBER_OR_STRING).open());

/// The whole file.
static PROJECT: Schema = Schema::Object(&Object::of(&[
    (
        "configs",
        Schema::Object(&Object::named(Names::Resource, resources::CONFIG)),
    ),
    ("include", Schema::List(&list(resources::INCLUDE))),
    (
        "models",
        Schema::Object(&Object::named(Names::Resource, resources::MODEL).open()),
    ),
    ("name", STRING),
    (
        "networks",
        Schema::Object(&Object::named(Names::Resource, resources::NETWORK).open()),
    ),
    (
        "secrets",
        Schema::Object(&Object::named(Names::Resource, resources::SECRET)),
    ),
    (
        "services",
        Schema::Object(&Object::named(Names::Resource, service::SERVICE)),
    ),
    ("version", STRING),
    (
        "volumes",
        Schema::Object(&Object::named(Names::Resource, resources::VOLUME)),
    ),
]));

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_sorted(schema: &Schema) {
        match schema {
            Schema::Object(object) => {
                assert!(
                    object.keys.is_sorted_by(|a, b| a.0 < b.0),
                    "{:?}",
                    object.keys.iter().map(|key| key.0).collect::<Vec<_>>()
                );
                object
                    .keys
                    .iter()
                    .for_each(|(_, schema)| assert_sorted(schema));
                object
                    .others
                    .iter()
                    .for_each(|(_, schema)| assert_sorted(schema));
            }
            Schema::List(list) => assert_sorted(&list.items),
            Schema::OneOf(alternatives) => alternatives.iter().for_each(assert_sorted),
            _ => {}
        }
    }

    #[test]
    fn keys_are_sorted_so_that_they_are_found() {
        assert_sorted(&PROJECT);
    }
}
