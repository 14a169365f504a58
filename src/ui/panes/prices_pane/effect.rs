//! What the prices mean for a call: its fuel at these prices, with that at the engine's own beside it.
//!
//! Reckons by the counts of the call's operators, where they are known; else it offers to count them.

use egui::{Label, Ui};

use crate::app::{Action, AppState, CountsStatus, PluginAction, PluginView, Source};
use crate::model::call::{CallKind, CallRecord};
use crate::model::humanize::{count, grouped};
use crate::model::operators::{OperatorCounts, PriceChanges};
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::Chip;

use super::super::outcome_words::call_text;

/// Shows the effect on the selected call of the source's plugin; nothing before there is a call.
pub(super) fn effect_ui(ui: &mut Ui, state: &AppState, source: &Source, actions: &mut Vec<Action>) {
    let Some(plugin) = state.selected_plugin().filter(|plugin| plugin.source == source.id) else { return };
    let is_export = |record: &&CallRecord| record.kind == CallKind::Export;
    let selected = plugin.calls.selected_record().filter(is_export);
    let Some(record) = selected.or_else(|| plugin.calls.records.iter().rev().find(is_export)) else { return };
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        let call = theme::code(call_text(record)).size(theme::CAPTION);
        ui.add(Label::new(call).truncate()).on_hover_text(format!("Call #{}", grouped(record.number)));
        let (words, hint) = match counts_of(plugin, record) {
            Some(counts) => by_counts(counts, source),
            None => by_record(plugin, record),
        };
        ui.label(theme::caption(words).color(tokens(ui).text_muted)).on_hover_text(hint);
        let is_running =
            plugin.counts.as_ref().is_some_and(|view| matches!(view.status, CountsStatus::Running { .. }));
        if counts_of(plugin, record).is_none() && !is_running {
            let chip = Chip::small("Count its operators").clickable();
            if ui.add(chip.tooltip("Tells what it costs at any prices, without calling it again")).clicked() {
                let count = PluginAction::CountOperators(Some(record.number));
                actions.push(Action::Plugin(plugin.id, count));
            }
        }
    });
}

fn counts_of<'a>(plugin: &'a PluginView, record: &CallRecord) -> Option<&'a OperatorCounts> {
    let view = plugin.counts.as_ref()?;
    let is_of_call = view.original.as_ref().is_some_and(|original| original.number == record.number);
    view.counted().filter(|_| is_of_call).map(|counts| &**counts)
}

/// Reckons counts times prices, for the prices as they are set now.
fn by_counts(counts: &OperatorCounts, source: &Source) -> (String, String) {
    let at = |prices: &PriceChanges| counts.fuel_at(prices);
    if let (Some(here), Some(default)) = (at(&source.prices), at(&PriceChanges::default())) {
        if source.prices.is_empty() {
            return (format!("{} fuel", count(here)), grouped(here));
        }
        let hint = format!("{} at these prices\n{} at the engine's own", grouped(here), grouped(default));
        return (format!("{} fuel at these prices · {} at default", count(here), count(default)), hint);
    }
    let here = counts.operator_fuel(&source.prices);
    let default = counts.operator_fuel(&PriceChanges::default());
    let words = format!("≥ {} fuel at these prices · ≥ {} at default", count(here), count(default));
    (words, "What moving bytes and elements costs is not known".to_owned())
}

fn by_record(plugin: &PluginView, record: &CallRecord) -> (String, String) {
    let Some(fuel) = record.fuel.value() else { return ("fuel was not measured".to_owned(), String::new()) };
    match plugin.default_fuel.get(record.number) {
        Some(default) => {
            let hint = format!(
                "{} when it was called\n{} at the engine's own prices",
                grouped(fuel),
                grouped(default)
            );
            (format!("{} fuel · {} at default", count(fuel), count(default)), hint)
        }
        None => (format!("{} fuel when it was called", count(fuel)), grouped(fuel)),
    }
}
