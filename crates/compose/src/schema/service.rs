use super::deploy::{DEPLOY, DEVICE_REQUEST_KEYS};
use super::{
    BOOLEAN, BOOLEAN_OR_STRING, INTEGER_OR_STRING, LIST_OR_MAPPING, NUMBER, NUMBER_OR_STRING,
    Names, Object, STRING, STRING_OR_NUMBER_OPTIONS, STRING_OR_SET, STRING_OR_STRINGS, STRING_SET,
    STRINGS, Schema, Type, list, set,
};

const COMMAND: Schema = Schema::OneOf(&[
    Schema::Types(&[Type::Null]),
    STRING,
    Schema::List(&list(STRING)),
]);

const EXTRA_HOSTS: Schema = Schema::OneOf(&[
    Schema::Object(&Object::named(Names::Any, STRING_OR_STRINGS)),
    STRING_SET,
]);

const FILE_REFERENCES: Schema = Schema::List(&list(Schema::OneOf(&[
    STRING,
    Schema::Object(&Object::of(&[
        ("gid", STRING),
        ("mode", NUMBER_OR_STRING),
        ("source", STRING),
        ("target", STRING),
        ("uid", STRING),
    ])),
])));

const ULIMITS: Schema = Schema::Object(
    &Object::named(
        Names::Lower,
        Schema::OneOf(&[
            INTEGER_OR_STRING,
            Schema::Object(
                &Object::of(&[("hard", INTEGER_OR_STRING), ("soft", INTEGER_OR_STRING)])
                    .requiring(&["soft", "hard"]),
            ),
        ]),
    )
    .open(),
);

const BUILD: Schema = Schema::OneOf(&[
    STRING,
    Schema::Object(&Object::of(&[
        ("additional_contexts", LIST_OR_MAPPING),
        ("args", LIST_OR_MAPPING),
        ("cache_from", STRINGS),
        ("cache_to", STRINGS),
        ("context", STRING),
        ("dockerfile", STRING),
        ("dockerfile_inline", STRING),
        ("entitlements", STRINGS),
        ("extra_hosts", EXTRA_HOSTS),
        ("isolation", STRING),
        ("labels", LIST_OR_MAPPING),
        ("network", STRING),
        ("no_cache", BOOLEAN_OR_STRING),
        ("no_cache_filter", STRING_OR_SET),
        ("platforms", STRINGS),
        ("privileged", BOOLEAN_OR_STRING),
        ("provenance", BOOLEAN_OR_STRING),
        ("pull", BOOLEAN_OR_STRING),
        ("sbom", BOOLEAN_OR_STRING),
        ("secrets", FILE_REFERENCES),
        ("shm_size", INTEGER_OR_STRING),
        ("ssh", LIST_OR_MAPPING),
        ("tags", STRINGS),
        ("target", STRING),
        ("ulimits", ULIMITS),
    ])),
]);

const BLKIO_LIMITS: Schema = Schema::List(&list(Schema::Object(
    &Object::of(&[("path", STRING), ("rate", INTEGER_OR_STRING)]).without_extensions(),
)));

const BLKIO: Schema = Schema::Object(
    &Object::of(&[
        ("device_read_bps", BLKIO_LIMITS),
        ("device_read_iops", BLKIO_LIMITS),
        ("device_write_bps", BLKIO_LIMITS),
        ("device_write_iops", BLKIO_LIMITS),
        ("weight", INTEGER_OR_STRING),
        (
            "weight_device",
            Schema::List(&list(Schema::Object(
                &Object::of(&[("path", STRING), ("weight", INTEGER_OR_STRING)])
                    .without_extensions(),
            ))),
        ),
    ])
    .without_extensions(),
);

const DEPENDENCY: Schema = Schema::Object(
    &Object::of(&[
        (
            "condition",
            Schema::Words(&[
                "service_started",
                "service_healthy",
                "service_completed_successfully",
            ]),
        ),
        ("required", BOOLEAN),
        ("restart", BOOLEAN_OR_STRING),
    ])
    .requiring(&["condition"]),
);

const HOOK_KEYS: &[(&str, Schema)] = &[
    ("command", COMMAND),
    ("environment", LIST_OR_MAPPING),
    ("privileged", BOOLEAN_OR_STRING),
    ("user", STRING),
    ("working_dir", STRING),
];
const HOOK: Schema = Schema::Object(&Object::of(HOOK_KEYS).requiring(&["command"]));
const PRE_START_HOOK: Schema = Schema::Object(&Object::of(&[
    ("command", COMMAND),
    ("environment", LIST_OR_MAPPING),
    ("image", STRING),
    ("per_replica", BOOLEAN_OR_STRING),
    ("privileged", BOOLEAN_OR_STRING),
    ("user", STRING),
    ("working_dir", STRING),
]));

const DEVELOP: Schema = Schema::Object(
    &Object::of(&[(
        "watch",
        Schema::List(&list(Schema::Object(
            &Object::of(&[
                (
                    "action",
                    Schema::Words(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"]),
                ),
                ("exec", HOOK),
                ("ignore", STRING_OR_SET),
                ("include", STRING_OR_SET),
                ("initial_sync", BOOLEAN),
                ("path", STRING),
                ("target", STRING),
            ])
            .requiring(&["path", "action"]),
        ))),
    )])
    .or_null(),
);

const HEALTHCHECK: Schema = Schema::Object(&Object::of(&[
    ("disable", BOOLEAN_OR_STRING),
    ("interval", STRING),
    ("retries", NUMBER_OR_STRING),
    ("start_interval", STRING),
    ("start_period", STRING),
    ("test", STRING_OR_STRINGS),
    ("timeout", STRING),
]));

const SERVICE_NETWORK: Schema = Schema::Object(
    &Object::of(&[
        ("aliases", STRING_SET),
        ("driver_opts", STRING_OR_NUMBER_OPTIONS),
        ("gw_priority", NUMBER),
        ("interface_name", STRING),
        ("ipv4_address", STRING),
        ("ipv6_address", STRING),
        ("link_local_ips", STRING_SET),
        ("mac_address", STRING),
        ("priority", NUMBER),
    ])
    .or_null(),
);

const SERVICE_MODEL: Schema =
    Schema::Object(&Object::of(&[("endpoint_var", STRING), ("model_var", STRING)]).or_null());

const ENV_FILE: Schema = Schema::OneOf(&[
    STRING,
    Schema::List(&list(Schema::OneOf(&[
        STRING,
        Schema::Object(
            &Object::of(&[
                ("format", STRING),
                ("path", STRING),
                ("required", BOOLEAN_OR_STRING),
            ])
            .requiring(&["path"])
            .without_extensions(),
        ),
    ]))),
]);

const PORTS: Schema = Schema::List(&set(Schema::OneOf(&[
    NUMBER,
    STRING,
    Schema::Object(&Object::of(&[
        ("app_protocol", STRING),
        ("host_ip", STRING),
        ("mode", STRING),
        ("name", STRING),
        ("protocol", STRING),
        ("published", INTEGER_OR_STRING),
        ("target", INTEGER_OR_STRING),
    ])),
])));

const VOLUMES: Schema = Schema::List(&set(Schema::OneOf(&[
    STRING,
    Schema::Object(
        &Object::of(&[
            (
                "bind",
                Schema::Object(&Object::of(&[
                    ("create_host_path", BOOLEAN_OR_STRING),
                    ("propagation", STRING),
                    (
                        "recursive",
                        Schema::Words(&["enabled", "disabled", "writable", "readonly"]),
                    ),
                    ("selinux", Schema::Words(&["z", "Z"])),
                ])),
            ),
            ("consistency", STRING),
            ("image", Schema::Object(&Object::of(&[("subpath", STRING)]))),
            ("read_only", BOOLEAN_OR_STRING),
            ("source", STRING),
            ("target", STRING),
            (
                "tmpfs",
                Schema::Object(&Object::of(&[
                    ("mode", NUMBER_OR_STRING),
                    ("size", Schema::OneOf(&[Schema::Range(0, i64::MAX), STRING])),
                ])),
            ),
            (
                "type",
                Schema::Words(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"]),
            ),
            (
                "volume",
                Schema::Object(&Object::of(&[
                    ("labels", LIST_OR_MAPPING),
                    ("nocopy", BOOLEAN_OR_STRING),
                    ("subpath", STRING),
                ])),
            ),
        ])
        .requiring(&["type"]),
    ),
])));

const DEVICES: Schema = Schema::List(&list(Schema::OneOf(&[
    STRING,
    Schema::Object(
        &Object::of(&[
            ("permissions", STRING),
            ("source", STRING),
            ("target", STRING),
        ])
        .requiring(&["source"]),
    ),
])));

/// Compose closes the list instead of its items, so unknown keys of an item pass.
const GPUS: Schema = Schema::OneOf(&[
    Schema::Words(&["all"]),
    Schema::List(&list(Schema::Object(
        &Object::of(DEVICE_REQUEST_KEYS).open(),
    ))),
]);

const PROVIDER: Schema = Schema::Object(
    &Object::of(&[
        (
            "options",
            Schema::Object(
                &Object::named(
                    Names::Any,
                    Schema::OneOf(&[
                        Schema::Types(&[Type::String, Type::Number, Type::Boolean]),
                        Schema::List(&list(Schema::Types(&[
                            Type::String,
                            Type::Number,
                            Type::Boolean,
                        ]))),
                    ]),
                )
                .open(),
            ),
        ),
        ("type", STRING),
    ])
    .requiring(&["type"]),
);

const LOGGING: Schema = Schema::Object(&Object::of(&[
    ("driver", STRING),
    (
        "options",
        Schema::Object(
            &Object::named(
                Names::Any,
                Schema::Types(&[Type::String, Type::Number, Type::Null]),
            )
            .open(),
        ),
    ),
]));

fn is_container_name(text: &str) -> bool {
    // The pattern is not anchored: two such characters in a row anywhere are enough.
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    text.as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_alphanumeric() && inner(&pair[1]))
}

fn is_pull_policy(text: &str) -> bool {
    const POLICIES: [&str; 8] = [
        "always",
        "never",
        "build",
        "if_not_present",
        "missing",
        "refresh",
        "daily",
        "weekly",
    ];
    POLICIES.iter().any(|policy| text.contains(policy)) || has_interval(text)
}

fn has_interval(text: &str) -> bool {
    text.match_indices("every_").any(|(at, prefix)| {
        let rest = &text[at + prefix.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with(['w', 'd', 'h', 'm', 's'])
    })
}

pub(super) const SERVICE: Schema = Schema::Object(&Object::of(&[
    ("annotations", LIST_OR_MAPPING),
    ("attach", BOOLEAN_OR_STRING),
    ("blkio_config", BLKIO),
    ("build", BUILD),
    ("cap_add", STRING_SET),
    ("cap_drop", STRING_SET),
    ("cgroup", Schema::Words(&["host", "private"])),
    ("cgroup_parent", STRING),
    ("command", COMMAND),
    ("configs", FILE_REFERENCES),
    (
        "container_name",
        Schema::Text("[a-zA-Z0-9][a-zA-Z0-9_.-]+", is_container_name),
    ),
    (
        "cpu_count",
        Schema::OneOf(&[STRING, Schema::Range(0, i64::MAX)]),
    ),
    (
        "cpu_percent",
        Schema::OneOf(&[STRING, Schema::Range(0, 100)]),
    ),
    ("cpu_period", NUMBER_OR_STRING),
    ("cpu_quota", NUMBER_OR_STRING),
    ("cpu_rt_period", NUMBER_OR_STRING),
    ("cpu_rt_runtime", NUMBER_OR_STRING),
    ("cpu_shares", NUMBER_OR_STRING),
    ("cpus", NUMBER_OR_STRING),
    ("cpuset", STRING),
    (
        "credential_spec",
        Schema::Object(&Object::of(&[
            ("config", STRING),
            ("file", STRING),
            ("registry", STRING),
        ])),
    ),
    (
        "depends_on",
        Schema::OneOf(&[
            STRING_SET,
            Schema::Object(&Object::named(Names::Resource, DEPENDENCY)),
        ]),
    ),
    ("deploy", DEPLOY),
    ("develop", DEVELOP),
    ("device_cgroup_rules", STRING_SET),
    ("devices", DEVICES),
    ("dns", STRING_OR_SET),
    ("dns_opt", STRING_SET),
    ("dns_search", STRING_OR_SET),
    ("domainname", STRING),
    ("entrypoint", COMMAND),
    ("env_file", ENV_FILE),
    ("environment", LIST_OR_MAPPING),
    (
        "expose",
        Schema::List(&set(Schema::Types(&[Type::String, Type::Number]))),
    ),
    (
        "extends",
        Schema::OneOf(&[
            STRING,
            Schema::Object(
                &Object::of(&[("file", STRING), ("service", STRING)])
                    .requiring(&["service"])
                    .without_extensions(),
            ),
        ]),
    ),
    ("external_links", STRING_SET),
    ("extra_hosts", EXTRA_HOSTS),
    ("gpus", GPUS),
    (
        "group_add",
        Schema::List(&set(Schema::Types(&[Type::String, Type::Number]))),
    ),
    ("healthcheck", HEALTHCHECK),
    ("hostname", STRING),
    ("image", STRING),
    ("init", BOOLEAN_OR_STRING),
    ("ipc", STRING),
    ("isolation", STRING),
    ("label_file", STRING_OR_STRINGS),
    ("labels", LIST_OR_MAPPING),
    ("links", STRING_SET),
    ("logging", LOGGING),
    ("mac_address", STRING),
    ("mem_limit", NUMBER_OR_STRING),
    ("mem_reservation", INTEGER_OR_STRING),
    ("mem_swappiness", INTEGER_OR_STRING),
    ("memswap_limit", NUMBER_OR_STRING),
    (
        "models",
        Schema::OneOf(&[
            STRING_SET,
            Schema::Object(&Object::named(Names::Resource, SERVICE_MODEL).open()),
        ]),
    ),
    ("network_mode", STRING),
    (
        "networks",
        Schema::OneOf(&[
            STRING_SET,
            Schema::Object(&Object::named(Names::Resource, SERVICE_NETWORK)),
        ]),
    ),
    ("oom_kill_disable", BOOLEAN_OR_STRING),
    (
        "oom_score_adj",
        Schema::OneOf(&[STRING, Schema::Range(-1000, 1000)]),
    ),
    ("pid", Schema::Types(&[Type::String, Type::Null])),
    ("pids_limit", NUMBER_OR_STRING),
    ("platform", STRING),
    ("ports", PORTS),
    ("post_start", Schema::List(&list(HOOK))),
    ("pre_start", Schema::List(&list(PRE_START_HOOK))),
    ("pre_stop", Schema::List(&list(HOOK))),
    ("privileged", BOOLEAN_OR_STRING),
    ("profiles", STRING_SET),
    ("provider", PROVIDER),
    (
        "pull_policy",
        Schema::Text(
            "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+",
            is_pull_policy,
        ),
    ),
    ("pull_refresh_after", STRING),
    ("read_only", BOOLEAN_OR_STRING),
    ("restart", STRING),
    ("runtime", STRING),
    ("scale", INTEGER_OR_STRING),
    ("secrets", FILE_REFERENCES),
    ("security_opt", STRING_SET),
    ("shm_size", NUMBER_OR_STRING),
    ("stdin_open", BOOLEAN_OR_STRING),
    ("stop_grace_period", STRING),
    ("stop_signal", STRING),
    ("storage_opt", Schema::Types(&[Type::Object])),
    ("sysctls", LIST_OR_MAPPING),
    ("tmpfs", STRING_OR_SET),
    ("tty", BOOLEAN_OR_STRING),
    ("ulimits", ULIMITS),
    ("use_api_socket", BOOLEAN),
    ("user", STRING),
    ("userns_mode", STRING),
    ("uts", STRING),
    ("volumes", VOLUMES),
    ("volumes_from", STRING_SET),
    ("working_dir", STRING),
]));
