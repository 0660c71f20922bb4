//! Interpolation gives strings; Compose casts them at these places.

use std::sync::LazyLock;

use crate::path::PathTable;
use crate::value::Scalar;
use crate::yaml::ScalarType;

#[derive(Clone, Copy)]
pub(crate) enum Cast {
    Int,
    Float,
    Bool,
}

/// compose-go's `interpolateTypeCastMapping`.
pub(crate) static CASTS: LazyLock<PathTable<Cast>> = LazyLock::new(|| {
    PathTable::new([
        ("services.*.cpu_count", Cast::Int),
        ("services.*.cpu_percent", Cast::Float),
        ("services.*.cpu_period", Cast::Int),
        ("services.*.cpu_quota", Cast::Int),
        ("services.*.cpu_rt_period", Cast::Int),
        ("services.*.cpu_rt_runtime", Cast::Int),
        ("services.*.cpus", Cast::Float),
        ("services.*.cpu_shares", Cast::Int),
        ("services.*.init", Cast::Bool),
        ("services.*.depends_on.*.required", Cast::Bool),
        ("services.*.depends_on.*.restart", Cast::Bool),
        ("services.*.deploy.replicas", Cast::Int),
        ("services.*.deploy.update_config.parallelism", Cast::Int),
        (
            "services.*.deploy.update_config.max_failure_ratio",
            Cast::Float,
        ),
        ("services.*.deploy.rollback_config.parallelism", Cast::Int),
        (
            "services.*.deploy.rollback_config.max_failure_ratio",
            Cast::Float,
        ),
        ("services.*.deploy.restart_policy.max_attempts", Cast::Int),
        (
            "services.*.deploy.placement.max_replicas_per_node",
            Cast::Int,
        ),
        ("services.*.healthcheck.retries", Cast::Int),
        ("services.*.healthcheck.disable", Cast::Bool),
        ("services.*.oom_kill_disable", Cast::Bool),
        ("services.*.oom_score_adj", Cast::Int),
        ("services.*.pids_limit", Cast::Int),
        ("services.*.ports.[].target", Cast::Int),
        ("services.*.privileged", Cast::Bool),
        ("services.*.read_only", Cast::Bool),
        ("services.*.scale", Cast::Int),
        ("services.*.stdin_open", Cast::Bool),
        ("services.*.tty", Cast::Bool),
        ("services.*.ulimits.*", Cast::Int),
        ("services.*.ulimits.*.hard", Cast::Int),
        ("services.*.ulimits.*.soft", Cast::Int),
        ("services.*.volumes.[].read_only", Cast::Bool),
        ("services.*.volumes.[].volume.nocopy", Cast::Bool),
        ("networks.*.external", Cast::Bool),
        ("networks.*.internal", Cast::Bool),
        ("networks.*.attachable", Cast::Bool),
        ("networks.*.enable_ipv4", Cast::Bool),
        ("networks.*.enable_ipv6", Cast::Bool),
        ("volumes.*.external", Cast::Bool),
        ("secrets.*.external", Cast::Bool),
        ("configs.*.external", Cast::Bool),
    ])
});

/// Gives the scalar its type; the error is Compose's reason.
pub(crate) fn apply(cast: Cast, scalar: &mut Scalar) -> Result<(), String> {
    let text = &*scalar.text;
    match cast {
        Cast::Int => {
            if text.parse::<i64>().is_err() {
                return Err(format!("strconv.Atoi: parsing {text:?}: invalid syntax"));
            }
            scalar.scalar_type = ScalarType::Int;
        }
        Cast::Float => {
            if !is_number(text) {
                return Err(format!(
                    "strconv.ParseFloat: parsing {text:?}: invalid syntax"
                ));
            }
            scalar.scalar_type = ScalarType::Float;
        }
        Cast::Bool => {
            let value = boolean(text).ok_or_else(|| format!("invalid boolean: {text}"))?;
            scalar.scalar_type = ScalarType::Bool;
            let plain = if value { "true" } else { "false" };
            if *scalar.text != *plain {
                scalar.text = plain.into();
                scalar.text_start = None;
            }
        }
    }
    Ok(())
}

/// Truth values, the ones of YAML 1.1 included.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "y" | "yes" | "on" => Some(true),
        "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Whether Go's `ParseFloat` takes the text.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.parse::<f64>().is_ok()
}
