use std::collections::{BTreeMap, BTreeSet, HashMap};

use source::{Location, Severity};

use crate::derive::service::{
    ProjectModel, Selection, ServiceModel, ServiceView, Variable, Vendor,
};
use crate::{Check, FixAvailability, Report, Rule, Section, Special};

/// Several services on one GPU where that will hurt.
pub(crate) static RULE: Rule = Rule {
    name: "gpu-shared",
    summary: "services that each take most of a GPU's memory share one",
    section: Section::Compose,
    severity: Severity::Warning,
    fix: FixAvailability::None,
    page: include_str!("../../../docs/rules/gpu-shared.md"),
    checks: &[Check::Project(check)],
    special: Special {
        may_follow_a_fix: true,
        ..Special::NOTHING
    },
};

/// How many services on all GPUs are looked at again for each GPU.
const MEETINGS: usize = 64;

/// A service on a GPU.
#[derive(Clone, Copy)]
struct Tenant<'m> {
    service: ServiceView<'m>,
    at: Location,
    /// How much memory it takes when it starts, in words.
    takes: Option<&'static str>,
    counts: bool,
}

fn check(project: &ProjectModel<'_>, report: &mut Report<'_>) {
    let mut gpus: BTreeMap<String, Vec<Tenant<'_>>> = BTreeMap::new();
    for service in project.views() {
        let Some((names, at, counts)) = occupied(service.service) else {
            continue;
        };
        let tenant = Tenant {
            service,
            at,
            takes: takes_memory(service),
            counts,
        };
        for name in names {
            gpus.entry(name).or_default().push(tenant);
        }
    }
    // Those who take all GPUs meet everybody.
    let everywhere = gpus.remove("all").unwrap_or_default();
    let mut reported = BTreeSet::new();
    for (name, tenants) in &gpus {
        let others = everywhere.iter().take(MEETINGS);
        let tenants: Vec<Tenant<'_>> = tenants.iter().chain(others).copied().collect();
        compare(&format!("GPU {name}"), &tenants, &mut reported, report);
    }
    compare("all GPUs", &everywhere, &mut reported, report);
}

/// Reports tenants that take memory away from each other, and counts that look like different GPUs.
fn compare(
    gpu: &str,
    tenants: &[Tenant<'_>],
    reported: &mut BTreeSet<usize>,
    report: &mut Report<'_>,
) {
    let greedy = tenants.iter().filter(|tenant| tenant.takes.is_some());
    for (first, second) in pairs(greedy) {
        if reported.insert(second.service.index) {
            memory(gpu, first, second, report);
        }
    }
    let counting = tenants.iter().filter(|tenant| tenant.counts);
    for (first, second) in pairs(counting) {
        if reported.insert(second.service.index) {
            count(first, second, report);
        }
    }
}

/// Each tenant that may run together with an earlier one, and the first such.
fn pairs<'t, 'm>(
    tenants: impl Iterator<Item = &'t Tenant<'m>>,
) -> Vec<(&'t Tenant<'m>, &'t Tenant<'m>)> {
    let mut found = Vec::new();
    let mut first: Option<&Tenant<'_>> = None;
    let mut always: Option<(usize, &Tenant<'_>)> = None;
    // Services of different profiles do not run at the same time.
    let mut by_profile: HashMap<&str, (usize, &Tenant<'_>)> = HashMap::new();
    for (position, tenant) in tenants.enumerate() {
        let profiles: Vec<&'m str> = tenant.service.service.service.profiles().collect();
        let other = if profiles.is_empty() {
            first
        } else {
            let same = profiles.iter().filter_map(|name| by_profile.get(name));
            let earliest = same.copied().chain(always).min_by_key(|(at, _)| *at);
            earliest.map(|(_, other)| other)
        };
        found.extend(other.map(|other| (other, tenant)));
        first.get_or_insert(tenant);
        if profiles.is_empty() {
            always.get_or_insert((position, tenant));
        }
        for name in profiles {
            by_profile.entry(name).or_insert((position, tenant));
        }
    }
    found
}

fn memory(gpu: &str, first: &Tenant<'_>, second: &Tenant<'_>, report: &mut Report<'_>) {
    let names = (first.service.name(), second.service.name());
    let mut finding = report
        .finding(
            format!(
                "services `{}` and `{}` both take most of {gpu}",
                names.0, names.1
            ),
            second.at,
        )
        .related(first.at, format!("`{}` is on it too", names.0))
        .why(format!(
            "`{}` takes {} of the GPU's memory when it starts, `{}` takes {}: CUDA out of memory",
            names.0,
            first.takes.unwrap_or("most"),
            names.1,
            second.takes.unwrap_or("most"),
        ))
        .help("give them different `device_ids`, or limit the memory of each with its own option");
    finding.context.service = Some(names.1.to_owned());
    report.add(finding);
}

fn count(first: &Tenant<'_>, second: &Tenant<'_>, report: &mut Report<'_>) {
    let names = (first.service.name(), second.service.name());
    // What an anchor or `extends` gives to both stands in one place only.
    let in_one = first.at == second.at;
    let at = |tenant: &Tenant<'_>| {
        if in_one {
            tenant.service.at()
        } else {
            tenant.at
        }
    };
    let mut finding = report
        .with_severity(
            Severity::Info,
            format!("services `{}` and `{}` both get GPU 0", names.0, names.1),
            at(second),
        )
        .related(at(first), format!("`{}` counts from GPU 0 too", names.0))
        .why("`count` takes the first GPUs; the engine does not keep them for one container")
        .help("to spread them, choose with `device_ids`");
    finding.context.service = Some(names.1.to_owned());
    report.add(finding);
}

/// The GPUs of a service, where its request stands, and whether it is `count: 1`.
fn occupied(service: &ServiceModel<'_>) -> Option<(Vec<String>, Location, bool)> {
    let [request] = service.requests.as_slice() else {
        return None;
    };
    if request.vendor() != Vendor::Nvidia {
        return None;
    }
    let at = request
        .entry("device_ids")
        .or_else(|| request.entry("count"))
        .map_or(request.at(), |entry| entry.value.location);
    match request.selection() {
        Selection::All => Some((vec!["all".to_owned()], at, false)),
        // More than a few GPUs in one request are the machine.
        Selection::First(count) if count <= 16 => {
            let names = (0..count).map(|index| index.to_string());
            Some((names.collect(), at, count == 1))
        }
        Selection::Ids(ids) => {
            let names = ids.iter().flat_map(|id| id.text.split(','));
            let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
            Some((names.collect(), at, false))
        }
        Selection::First(_) | Selection::Nothing | Selection::Unknown => None,
    }
}

/// The memory that the service's program takes when it starts, unless an option or variable sets it.
fn takes_memory(service: ServiceView<'_>) -> Option<&'static str> {
    let image = service.contents.image()?;
    // What a Dockerfile builds on such an image need not start its server.
    service.contents.stage().is_none().then_some(())?;
    let memory = facts::service::find(&image.reference)?.memory.as_ref()?;
    let value = &service.service.service.value;
    let limited = ["command", "entrypoint"].iter().any(|key| {
        let text = value.get(key).map(texts).unwrap_or_default();
        memory
            .options
            .iter()
            .any(|option| text.contains(option.as_str()))
            || text.contains('$')
    });
    let set = memory
        .variables
        .iter()
        .any(|name| service.variable(name) != Variable::Unset && is_set(service, name));
    (!limited && !set).then_some(memory.share.as_str())
}

fn is_set(service: ServiceView<'_>, name: &str) -> bool {
    service.service.service.variable(name).is_some()
        || !service.service.service.environment_complete
}

fn texts(value: &compose::Value) -> String {
    let items = value.as_sequence().unwrap_or(std::slice::from_ref(value));
    let words = items.iter().map(|item| match item.as_scalar() {
        Some(scalar) if scalar.is_known() => scalar.text.to_string(),
        // A variable may hold any option.
        _ => "$".to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
