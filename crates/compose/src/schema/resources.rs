use super::{
    BOOLEAN_OR_STRING, INTEGER, LIST_OR_MAPPING, Names, Object, STRING, STRING_OR_NUMBER_OPTIONS,
    STRING_OR_SET, STRINGS, Schema, list,
};

/// `external: true`, or the old `external: {name: …}`.
const EXTERNAL: Schema = Schema::OneOf(&[
    BOOLEAN_OR_STRING,
    Schema::Object(&Object::of(&[("name", STRING)])),
]);
const OPEN_EXTERNAL: Schema = Schema::OneOf(&[
    BOOLEAN_OR_STRING,
    Schema::Object(&Object::of(&[("name", STRING)]).open()),
]);

const STRING_OPTIONS: Schema = Schema::Object(&Object::named(Names::Any, STRING));

pub(super) const INCLUDE: Schema = Schema::OneOf(&[
    STRING,
    Schema::Object(
        &Object::of(&[
            ("env_file", STRING_OR_SET),
            ("path", STRING_OR_SET),
            ("project_directory", STRING),
        ])
        .without_extensions(),
    ),
]);

pub(super) const NETWORK: Schema = Schema::Object(
    &Object::of(&[
        ("attachable", BOOLEAN_OR_STRING),
        ("driver", STRING),
        ("driver_opts", STRING_OR_NUMBER_OPTIONS),
        ("enable_ipv4", BOOLEAN_OR_STRING),
        ("enable_ipv6", BOOLEAN_OR_STRING),
        ("external", EXTERNAL),
        ("internal", BOOLEAN_OR_STRING),
        (
            "ipam",
            Schema::Object(&Object::of(&[
                (
                    "config",
                    Schema::List(&list(Schema::Object(&Object::of(&[
                        ("aux_addresses", STRING_OPTIONS),
                        ("gateway", STRING),
                        ("ip_range", STRING),
                        ("subnet", STRING),
                    ])))),
                ),
                ("driver", STRING),
                ("options", STRING_OPTIONS),
            ])),
        ),
        ("labels", LIST_OR_MAPPING),
        ("name", STRING),
    ])
    .or_null(),
);

pub(super) const VOLUME: Schema = Schema::Object(
    &Object::of(&[
        ("driver", STRING),
        ("driver_opts", STRING_OR_NUMBER_OPTIONS),
        ("external", EXTERNAL),
        ("labels", LIST_OR_MAPPING),
        ("name", STRING),
    ])
    .or_null(),
);

pub(super) const SECRET: Schema = Schema::Object(&Object::of(&[
    ("driver", STRING),
    ("driver_opts", STRING_OR_NUMBER_OPTIONS),
    ("environment", STRING),
    ("external", OPEN_EXTERNAL),
    ("file", STRING),
    ("labels", LIST_OR_MAPPING),
    ("name", STRING),
    ("template_driver", STRING),
]));

pub(super) const CONFIG: Schema = Schema::Object(&Object::of(&[
    ("content", STRING),
    ("environment", STRING),
    ("external", OPEN_EXTERNAL),
    ("file", STRING),
    ("labels", LIST_OR_MAPPING),
    ("name", STRING),
    ("template_driver", STRING),
]));

pub(super) const MODEL: Schema = Schema::Object(
    &Object::of(&[
        ("context_size", INTEGER),
        ("model", STRING),
        ("name", STRING),
        ("runtime_flags", STRINGS),
    ])
    .requiring(&["model"]),
);
