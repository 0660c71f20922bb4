use super::{
    INTEGER_OR_STRING, LIST_OR_MAPPING, NUMBER_OR_STRING, Object, STRING, STRING_SET, STRINGS,
    Schema, list,
};

/// The keys of a device request, in `deploy` and in `gpus`.
pub(super) const DEVICE_REQUEST_KEYS: &[(&str, Schema)] = &[
    ("capabilities", STRING_SET),
    ("count", INTEGER_OR_STRING),
    ("device_ids", STRING_SET),
    ("driver", STRING),
    ("options", LIST_OR_MAPPING),
];

const ROLLOUT: Schema = Schema::Object(&Object::of(&[
    ("delay", STRING),
    ("failure_action", STRING),
    ("max_failure_ratio", NUMBER_OR_STRING),
    ("monitor", STRING),
    ("order", Schema::Words(&["start-first", "stop-first"])),
    ("parallelism", INTEGER_OR_STRING),
]));

const RESERVATIONS: Schema = Schema::Object(&Object::of(&[
    ("cpus", NUMBER_OR_STRING),
    (
        "devices",
        Schema::List(&list(Schema::Object(
            &Object::of(DEVICE_REQUEST_KEYS).requiring(&["capabilities"]),
        ))),
    ),
    (
        "generic_resources",
        Schema::List(&list(Schema::Object(&Object::of(&[(
            "discrete_resource_spec",
            Schema::Object(&Object::of(&[
                ("kind", STRING),
                ("value", NUMBER_OR_STRING),
            ])),
        )])))),
    ),
    ("memory", STRING),
]));

pub(super) const DEPLOY: Schema = Schema::Object(
    &Object::of(&[
        ("endpoint_mode", STRING),
        ("labels", LIST_OR_MAPPING),
        ("mode", STRING),
        (
            "placement",
            Schema::Object(&Object::of(&[
                ("constraints", STRINGS),
                ("max_replicas_per_node", INTEGER_OR_STRING),
                (
                    "preferences",
                    Schema::List(&list(Schema::Object(&Object::of(&[("spread", STRING)])))),
                ),
            ])),
        ),
        ("replicas", INTEGER_OR_STRING),
        (
            "resources",
            Schema::Object(&Object::of(&[
                (
                    "limits",
                    Schema::Object(&Object::of(&[
                        ("cpus", NUMBER_OR_STRING),
                        ("memory", STRING),
                        ("pids", INTEGER_OR_STRING),
                    ])),
                ),
                ("reservations", RESERVATIONS),
            ])),
        ),
        (
            "restart_policy",
            Schema::Object(&Object::of(&[
                ("condition", STRING),
                ("delay", STRING),
                ("max_attempts", INTEGER_OR_STRING),
                ("window", STRING),
            ])),
        ),
        ("rollback_config", ROLLOUT),
        ("update_config", ROLLOUT),
    ])
    .or_null(),
);
