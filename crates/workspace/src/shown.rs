//! What of a finding is shown, whatever the format: no credentials, nothing misleading. Edits keep the bytes that
//! they write.

use std::borrow::Cow;

use linter::{Checked, LayerVerdict};
use source::{Diagnostic, mask};

/// The text as it may be shown.
pub(crate) fn text(text: &mut String) {
    if let Cow::Owned(shown) = mask::shown(text) {
        *text = shown;
    }
}

/// All that a check says.
pub(crate) fn checked(checked: &mut Checked) {
    let found = checked.diagnostics.iter_mut();
    found.chain(&mut checked.suppressed).for_each(diagnostic);
    checked
        .notes
        .iter_mut()
        .for_each(|note| text(&mut note.text));
    checked.overview.facts.iter_mut().for_each(text);
}

/// What was seen of a machine.
pub(crate) fn layers(layers: &mut [LayerVerdict]) {
    for layer in layers {
        text(&mut layer.summary);
        for seen in &mut layer.evidence {
            text(&mut seen.source);
            text(&mut seen.value);
        }
    }
}

fn diagnostic(finding: &mut Diagnostic) {
    text(&mut finding.message);
    text(&mut finding.primary.text);
    finding
        .related
        .iter_mut()
        .for_each(|label| text(&mut label.text));
    finding.why.iter_mut().for_each(text);
    finding.help.iter_mut().for_each(text);
    for fix in &mut finding.fixes {
        text(&mut fix.title);
        fix.consequence.iter_mut().for_each(text);
    }
}
