//! Who must say why before they read what people wrote in a dossier: an officer who has no work on
//! it and had none. Work is what stands in their inbox; whoever did anything with the dossier is
//! known from its entries.
//! Does not know: what is shown meanwhile.

use super::events::Event;
use super::inbox::is_work_of;
use super::state::Dossier;
use facts::agency::Viewer;
use jiff::Timestamp;
use kernel::Entry;

/// Whether `viewer` must say why they look before they read on. Only of officers; what they may see
/// at all is `may`'s to say.
#[must_use]
pub fn asks_why(
    viewer: &Viewer,
    dossier: &Dossier,
    entries: &[Entry<Event>],
    now: Timestamp,
) -> bool {
    let Some(officer) = viewer.officer() else {
        return false;
    };
    let knows = |entry: &Entry<Event>| match &entry.event {
        Event::Looked { until, .. } => now < *until,
        _ => true,
    };
    let mut own = entries.iter().filter(|entry| entry.actor == officer);
    !is_work_of(viewer, dossier) && !own.any(knows)
}
