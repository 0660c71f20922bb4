//! Findings in dependency files say which command reads the file.

use std::collections::{BTreeMap, HashMap};

use source::{Diagnostic, FileId, Location};

use crate::derive::environment::readers::of_stage;
use crate::derive::environment::{Model, StageView};

/// Adds the command that reads the file to each finding in a dependency file that names no place in the
/// Dockerfile.
pub(super) fn relate(model: &Model<'_>, findings: &mut [Diagnostic]) {
    let names_none = |finding: &Diagnostic| {
        finding.primary.location.file != model.file
            && finding
                .related
                .iter()
                .all(|label| label.location.file != model.file)
    };
    if !findings.iter().any(names_none) {
        return;
    }
    let readers: Vec<BTreeMap<FileId, Location>> = model.views().map(of_stage).collect();
    let mut stages: HashMap<String, StageView<'_>> = HashMap::new();
    for stage in model.views() {
        stages.entry(stage.label()).or_insert(stage);
    }
    let mut first: BTreeMap<FileId, Location> = BTreeMap::new();
    for (&file, &place) in readers.iter().flatten() {
        first.entry(file).or_insert(place);
    }
    for finding in findings.iter_mut().filter(|finding| names_none(finding)) {
        let file = finding.primary.location.file;
        let stage = finding.context.stage.as_ref();
        let mut line = stage
            .and_then(|label| stages.get(label))
            .into_iter()
            .flat_map(|stage| stage.line());
        let own = line.find_map(|stage| readers[stage.index].get(&file));
        if let Some(&place) = own.or_else(|| first.get(&file)) {
            *finding = finding.clone().related(place, "installed by this command");
        }
    }
}
