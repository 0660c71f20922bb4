use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use facts::Str;
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
    /// How much memory it takes when it starts.
    takes: Option<Share>,
    counts: bool,
}

/// A part of a GPU's memory.
#[derive(Clone, Copy)]
struct Share {
    /// In percent.
    percent: u16,
    /// As its documentation says it; `None` where the service sets it.
    words: Option<&'static str>,
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words {
            Some(words) => f.write_str(words),
            None => write!(f, "{} %", self.percent),
        }
    }
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
    let greedy = tenants
        .iter()
        .filter_map(|tenant| Some((tenant, tenant.takes?.percent)));
    for together in too_much(greedy, 100) {
        if reported.insert(together.last.service.index) {
            memory(gpu, &together, report);
        }
    }
    let counting = tenants.iter().filter(|tenant| tenant.counts);
    for together in too_much(counting.map(|tenant| (tenant, 1)), 1) {
        if reported.insert(together.last.service.index) {
            count(together.first, together.last, report);
        }
    }
}

/// A tenant with which those that run with it are too many.
struct Together<'t, 'm> {
    /// The first of the others.
    first: &'t Tenant<'m>,
    last: &'t Tenant<'m>,
    /// What they take, all of them.
    total: u16,
}

/// Tenants that run at the same time.
#[derive(Clone, Copy, Default)]
struct Group<'t, 'm> {
    total: u16,
    first: Option<(usize, &'t Tenant<'m>)>,
}

impl<'t, 'm> Group<'t, 'm> {
    fn add(&mut self, position: usize, tenant: &'t Tenant<'m>, takes: u16) {
        self.total = self.total.saturating_add(takes);
        self.first.get_or_insert((position, tenant));
    }

    fn and(self, other: Self) -> Self {
        let firsts = [self.first, other.first].into_iter().flatten();
        Self {
            total: self.total.saturating_add(other.total),
            first: firsts.min_by_key(|(position, _)| *position),
        }
    }
}

/// Each tenant that takes, with earlier ones that may run together with it, more than `most`.
fn too_much<'t, 'm>(
    tenants: impl Iterator<Item = (&'t Tenant<'m>, u16)>,
    most: u16,
) -> Vec<Together<'t, 'm>> {
    let mut found = Vec::new();
    let mut always = Group::default();
    // Services of different profiles do not run at the same time.
    let mut by_profile: HashMap<&str, Group<'_, '_>> = HashMap::new();
    let mut fullest = Group::default();
    for (position, (tenant, takes)) in tenants.enumerate() {
        let profiles: Vec<&'m str> = tenant.service.compose.profiles().collect();
        let others = if profiles.is_empty() {
            always.and(fullest)
        } else {
            let same = profiles.iter().filter_map(|name| by_profile.get(name));
            let fullest = same.max_by_key(|group| group.total).copied();
            always.and(fullest.unwrap_or_default())
        };
        let total = others.total.saturating_add(takes);
        if let Some((_, first)) = others.first.filter(|_| total > most) {
            found.push(Together {
                first,
                last: tenant,
                total,
            });
        }
        if profiles.is_empty() {
            always.add(position, tenant, takes);
        }
        for name in profiles {
            let group = by_profile.entry(name).or_default();
            group.add(position, tenant, takes);
            if group.total > fullest.total {
                fullest = *group;
            }
        }
    }
    found
}

fn memory(gpu: &str, together: &Together<'_, '_>, report: &mut Report<'_>) {
    let (first, second) = (together.first, together.last);
    let names = (first.service.name(), second.service.name());
    let takes = |tenant: &Tenant<'_>| {
        let share = tenant.takes.map(|share| share.to_string());
        share.unwrap_or_else(|| "most".to_owned())
    };
    let most = |tenant: &Tenant<'_>| tenant.takes.is_some_and(|share| share.percent > 50);
    let message = if most(first) && most(second) {
        format!(
            "services `{}` and `{}` both take most of {gpu}",
            names.0, names.1
        )
    } else {
        format!(
            "with `{}`, services take {} % of the memory of {gpu}",
            names.1, together.total
        )
    };
    let mut finding = report
        .finding(message, second.at)
        .related(first.at, format!("`{}` is on it too", names.0))
        .why(format!(
            "`{}` takes {} of the GPU's memory when it starts, `{}` takes {}: CUDA out of memory",
            names.0,
            takes(first),
            names.1,
            takes(second),
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

/// The memory that the service's program takes when it starts; `None` where an option or variable makes it unknown.
fn takes_memory(service: ServiceView<'_>) -> Option<Share> {
    let image = service.contents.image()?;
    // What a Dockerfile builds on such an image need not start its server.
    service.contents.stage().is_none().then_some(())?;
    let memory = facts::service::find(&image.reference)?.memory.as_ref()?;
    let set = memory
        .variables
        .iter()
        .any(|name| service.variable(name) != Variable::Unset && is_set(service, name));
    if set {
        return None;
    }
    let value = &service.compose.value;
    let keys = ["command", "entrypoint"];
    let texts: Vec<String> = keys
        .iter()
        .filter_map(|key| value.get(key).map(texts))
        .collect();
    // A variable may hold any option.
    if texts.iter().any(|text| text.contains('$')) {
        return None;
    }
    let options = memory.options.as_slice();
    match texts.iter().find_map(|text| option_in(text, options)) {
        Some(given) => Some(Share {
            percent: percent(given)?,
            words: None,
        }),
        None => Some(Share {
            percent: memory.percent,
            words: Some(memory.share.as_str()),
        }),
    }
}

/// The value of the first of the options that is given.
fn option_in<'t>(text: &'t str, options: &[Str]) -> Option<&'t str> {
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        for option in options {
            match word.strip_prefix(option.as_str()) {
                Some("") => return Some(words.next().unwrap_or_default()),
                Some(rest) if rest.starts_with('=') => return Some(&rest[1..]),
                _ => {}
            }
        }
    }
    None
}

/// `0.45` of a GPU in percent.
fn percent(share: &str) -> Option<u16> {
    let share: f32 = share.trim_matches(['"', '\'']).parse().ok()?;
    (0.0..=1.0).contains(&share).then_some(())?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100"
    )]
    let percent = (share * 100.0).round() as u16;
    Some(percent)
}

fn is_set(service: ServiceView<'_>, name: &str) -> bool {
    service.compose.variable(name).is_some() || !service.compose.environment_complete
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
