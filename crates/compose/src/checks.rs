//! What Compose refuses in a value of the right shape.

use std::sync::LazyLock;

use source::{Label, Location};

use crate::cast::is_number;
use crate::path::{Cursor, PathTable, ROOT, Trail};
use crate::problem::{Problem, ProblemKind, Problems};
use crate::short;
use crate::value::{Entry, Kind, Mapping, Scalar, Value};
use crate::yaml::ScalarType;

#[derive(Clone, Copy)]
enum Check {
    DeviceRequest,
    Count,
    Duration,
    Bytes,
    /// A number, perhaps as text.
    Number,
    Integer,
    /// `true`, `"yes"`.
    Boolean,
    Octal,
    Command,
    Environment,
    Hosts,
    /// An external resource has a name and nothing else.
    External,
    /// Exactly one of these keys, unless external or of another driver.
    OneOf(&'static [&'static str]),
    PortAddress,
    NotBlank,
}

/// compose-go's `checks`, and what its types refuse.
static CHECKS: LazyLock<PathTable<Check>> = LazyLock::new(|| {
    let mut rules = vec![
        ("volumes.*", Check::External),
        (
            "configs.*",
            Check::OneOf(&["file", "environment", "content"]),
        ),
        ("secrets.*", Check::OneOf(&["file", "environment"])),
        ("services.*.ports.[]", Check::PortAddress),
        ("services.*.develop.watch.[].path", Check::NotBlank),
        (
            "services.*.deploy.resources.reservations.devices.[]",
            Check::DeviceRequest,
        ),
        ("services.*.gpus.[]", Check::DeviceRequest),
        (
            "services.*.deploy.resources.reservations.devices.[].count",
            Check::Count,
        ),
        ("services.*.gpus.[].count", Check::Count),
        ("services.*.environment", Check::Environment),
        ("services.*.build.args", Check::Environment),
        ("services.*.extra_hosts", Check::Hosts),
        ("services.*.build.extra_hosts", Check::Hosts),
    ];
    let plain: [(&[&'static str], Check); 7] = [
        (
            &[
                "services.*.healthcheck.interval",
                "services.*.healthcheck.timeout",
                "services.*.healthcheck.start_period",
                "services.*.healthcheck.start_interval",
                "services.*.stop_grace_period",
                "services.*.deploy.update_config.delay",
                "services.*.deploy.update_config.monitor",
                "services.*.deploy.rollback_config.delay",
                "services.*.deploy.rollback_config.monitor",
                "services.*.deploy.restart_policy.delay",
                "services.*.deploy.restart_policy.window",
            ],
            Check::Duration,
        ),
        (
            &[
                "services.*.mem_limit",
                "services.*.mem_reservation",
                "services.*.memswap_limit",
                "services.*.mem_swappiness",
                "services.*.shm_size",
                "services.*.build.shm_size",
                "services.*.deploy.resources.limits.memory",
                "services.*.deploy.resources.reservations.memory",
                "services.*.volumes.[].tmpfs.size",
                "services.*.blkio_config.device_read_bps.[].rate",
                "services.*.blkio_config.device_write_bps.[].rate",
                "services.*.blkio_config.device_read_iops.[].rate",
                "services.*.blkio_config.device_write_iops.[].rate",
            ],
            Check::Bytes,
        ),
        (
            &[
                "services.*.deploy.resources.limits.cpus",
                "services.*.deploy.resources.reservations.cpus",
            ],
            Check::Number,
        ),
        (
            &[
                "services.*.deploy.resources.limits.pids",
                "services.*.blkio_config.weight",
                "services.*.blkio_config.weight_device.[].weight",
            ],
            Check::Integer,
        ),
        (
            &[
                "services.*.attach",
                "services.*.build.no_cache",
                "services.*.build.pull",
                "services.*.build.privileged",
                "services.*.env_file.[].required",
                "services.*.volumes.[].bind.create_host_path",
            ],
            Check::Boolean,
        ),
        (
            &[
                "services.*.secrets.[].mode",
                "services.*.configs.[].mode",
                "services.*.build.secrets.[].mode",
                "services.*.volumes.[].tmpfs.mode",
            ],
            Check::Octal,
        ),
        (
            &[
                "services.*.command",
                "services.*.entrypoint",
                "services.*.post_start.[].command",
                "services.*.pre_start.[].command",
                "services.*.pre_stop.[].command",
            ],
            Check::Command,
        ),
    ];
    for (paths, check) in plain {
        rules.extend(paths.iter().map(|path| (*path, check)));
    }
    PathTable::new(rules)
});

/// Checks every value of a project that the schema took.
pub(crate) fn check(project: &Value, problems: &mut Problems) {
    let mut checker = Checker { problems };
    checker.walk(project, ROOT, Trail::Root, project.location);
}

struct Checker<'a> {
    problems: &'a mut Problems,
}

impl Checker<'_> {
    fn walk(&mut self, value: &Value, at: Cursor, trail: Trail<'_>, key: Location) {
        if at.is_none() {
            return;
        }
        if let Some(check) = CHECKS.rule(at) {
            self.apply(*check, value, trail, key);
        }
        match &value.kind {
            Kind::Mapping(mapping) => {
                for entry in mapping {
                    let trail = Trail::Key(&trail, &entry.key);
                    let next = CHECKS.step(at, &entry.key);
                    self.walk(&entry.value, next, trail, entry.key_location);
                }
            }
            Kind::Sequence(items) => {
                let next = CHECKS.step(at, "[]");
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, next, Trail::Item(&trail, index), item.location);
                }
            }
            Kind::Null | Kind::Scalar(_) | Kind::Unknown => {}
        }
    }

    fn problem(&mut self, trail: Trail<'_>, at: Location, message: String) {
        self.problems
            .add(ProblemKind::Value, trail.to_path(), at, message);
    }

    fn apply(&mut self, check: Check, value: &Value, trail: Trail<'_>, key: Location) {
        match check {
            Check::DeviceRequest => self.device_request(value, trail),
            Check::External => self.external(value, trail),
            Check::OneOf(keys) => self.one_of(value, keys, trail, key),
            Check::Environment => self.environment(value, trail),
            Check::Hosts => self.hosts(value, trail),
            Check::PortAddress => {
                if let Some(ip) = value.get("host_ip")
                    && let Some(text) = ip.as_str()
                    && text.parse::<std::net::IpAddr>().is_err()
                {
                    let path = trail.to_path();
                    let message = format!("{path}: invalid ip address: {text}");
                    self.problem(trail, ip.location, message);
                }
            }
            Check::NotBlank => {
                if value.as_str() == Some("") {
                    let message = format!("{}: value can't be blank", trail.to_path());
                    self.problem(trail, value.location, message);
                }
            }
            _ => {
                if let Some(scalar) = value.as_scalar()
                    && scalar.is_known()
                    && let Err(reason) = scalar_fits(check, scalar)
                {
                    let message = format!("{} {reason}", trail.to_path());
                    self.problem(trail, value.location, message);
                }
            }
        }
    }

    fn device_request(&mut self, value: &Value, trail: Trail<'_>) {
        let Some(mapping) = value.as_mapping() else {
            return;
        };
        let (Some(count), Some(ids)) = (mapping.entry("count"), mapping.entry("device_ids")) else {
            return;
        };
        // The one that was added last is the one to look at.
        let (first, last) = if count.key_location < ids.key_location {
            (count, ids)
        } else {
            (ids, count)
        };
        self.problems.push(Problem {
            kind: ProblemKind::Value,
            path: Trail::Key(&trail, &last.key).to_path(),
            location: last.key_location,
            message: format!(
                "{}: \"count\" and \"device_ids\" attributes are exclusive",
                trail.to_path()
            ),
            related: vec![Label::new(
                first.key_location,
                format!("`{}` is here", first.key),
            )],
        });
    }

    fn external(&mut self, value: &Value, trail: Trail<'_>) {
        let Some(mapping) = value.as_mapping().filter(|mapping| is_external(mapping)) else {
            return;
        };
        let allowed = |key: &str| matches!(key, "name" | "external") || key.starts_with("x-");
        for entry in mapping.iter().filter(|entry| !allowed(&entry.key)) {
            let message = format!(
                "{}: conflicting parameters \"external\" and {:?} specified",
                trail.to_path(),
                entry.key
            );
            self.problem(Trail::Key(&trail, &entry.key), entry.key_location, message);
        }
    }

    fn one_of(
        &mut self,
        value: &Value,
        keys: &'static [&'static str],
        trail: Trail<'_>,
        key: Location,
    ) {
        let Some(mapping) = value.as_mapping() else {
            return;
        };
        let given: Vec<&Entry> = keys.iter().filter_map(|key| mapping.entry(key)).collect();
        let path = trail.to_path();
        let names = keys.join("|");
        match given.as_slice() {
            [] => {
                if mapping.get("driver").is_none() && mapping.get("external").is_none() {
                    self.problem(trail, key, format!("{path}: one of {names} must be set"));
                }
            }
            [_] => {}
            [_, second, ..] => {
                let message = format!("{path}: {names} attributes are mutually exclusive");
                self.problem(trail, second.key_location, message);
            }
        }
    }

    fn environment(&mut self, value: &Value, trail: Trail<'_>) {
        for (index, item) in value.as_sequence().unwrap_or_default().iter().enumerate() {
            let Some(text) = item.as_str() else { continue };
            let name = text.split('=').next().unwrap_or_default();
            if name.ends_with(char::is_whitespace) {
                let message =
                    format!("environment variable {name} is declared with a trailing space");
                self.problem(Trail::Item(&trail, index), item.location, message);
            }
        }
    }

    fn hosts(&mut self, value: &Value, trail: Trail<'_>) {
        for (index, item) in value.as_sequence().unwrap_or_default().iter().enumerate() {
            let Some(text) = item.as_str() else { continue };
            let trail = Trail::Item(&trail, index);
            match text.split_once('=').or_else(|| text.split_once(':')) {
                None => {
                    let message = format!("invalid additional host, missing IP: {text}");
                    self.problem(trail, item.location, message);
                }
                Some((host, _)) => self.host(host, trail, item.location),
            }
        }
        for entry in value.as_mapping().into_iter().flatten() {
            let trail = Trail::Key(&trail, &entry.key);
            self.host(&entry.key, trail, entry.key_location);
        }
    }

    fn host(&mut self, host: &str, trail: Trail<'_>, at: Location) {
        if host.is_empty() || host.contains([':', '=']) {
            self.problem(trail, at, format!("bad host name '{host}'"));
        }
    }
}

/// Whether a resource is `external: true`.
pub(crate) fn is_external(mapping: &Mapping) -> bool {
    mapping
        .get("external")
        .and_then(Value::as_str)
        .is_some_and(|text| text == "true")
}

fn is_whole_float(scalar: &Scalar) -> bool {
    let number = scalar.text.parse::<f64>();
    scalar.scalar_type == ScalarType::Float && number.is_ok_and(|number| number.fract() == 0.0)
}

fn scalar_fits(check: Check, scalar: &Scalar) -> Result<(), String> {
    let text = &*scalar.text;
    let string = scalar.scalar_type == ScalarType::String;
    match check {
        Check::Count if string => {
            if text.eq_ignore_ascii_case("all") || text.parse::<i64>().is_ok() {
                return Ok(());
            }
            Err(format!(
                "invalid value {text:?}, the only value allowed is 'all' or a number"
            ))
        }
        // `1.0` passes the schema, which takes it for a whole number.
        Check::Count if is_whole_float(scalar) => {
            Err("invalid type float64 for device count".to_owned())
        }
        Check::Duration => short::check_duration(text),
        Check::Bytes if string => short::check_bytes(text),
        Check::Number if string && !is_number(text) => Err(format!(
            "strconv.ParseFloat: parsing {text:?}: invalid syntax"
        )),
        Check::Integer if string && text.parse::<i64>().is_err() => {
            Err(format!("strconv.Atoi: parsing {text:?}: invalid syntax"))
        }
        Check::Boolean if string && crate::cast::boolean(text).is_none() => {
            Err(format!("invalid boolean: {text}"))
        }
        Check::Octal if string && i64::from_str_radix(text, 8).is_err() => Err(format!(
            "strconv.ParseInt: parsing {text:?}: invalid syntax"
        )),
        Check::Command if string => short::check_command(text),
        _ => Ok(()),
    }
}
