//! What the prices mean for a call: its fuel at these prices, with that at the engine's own beside it; where one
//! operator alone has a price, how often that ran.
//!
//! Reckons by the counts of the call's operators, where they are known; else it offers to count them.

use egui::{Label, Ui};

use crate::app::{Action, AppState, CountsStatus, CountsView, PluginAction, PluginView, Repeated, Source};
use crate::model::call::{CallKind, CallRecord};
use crate::model::humanize::{count, grouped};
use crate::model::operators::{OperatorCounts, PriceChanges};
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::Chip;

use super::super::outcome_words::call_text;

/// Height of a line without a button.
const LINE: f32 = 20.0;

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
            Some((_, counts)) => by_counts(counts, source),
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
    if let Some((name, price)) = source.prices.counted_alone() {
        let counted = counts_of(plugin, record);
        let (words, hint) = match counted {
            Some((view, counts)) => alone(name, price, view, counts),
            None => not_counted(name),
        };
        ui.horizontal(|ui| {
            ui.set_height(LINE);
            ui.add_space(space::M);
            let ink = if counted.is_some() { tokens(ui).text } else { tokens(ui).text_muted };
            ui.add(Label::new(theme::caption(words).color(ink)).truncate()).on_hover_text(hint);
        });
    }
}

fn counts_of<'a>(
    plugin: &'a PluginView,
    record: &CallRecord,
) -> Option<(&'a CountsView, &'a OperatorCounts)> {
    let view = plugin.counts.as_ref()?;
    let is_of_call = view.original.as_ref().is_some_and(|original| original.number == record.number);
    view.counted().filter(|_| is_of_call).map(|counts| (view, &**counts))
}

/// Says how often the operator ran that alone has a price, and how that and the fuel belong together.
fn alone(name: &str, price: u8, view: &CountsView, counts: &OperatorCounts) -> (String, String) {
    let ran = counts.count_of(name);
    let times = if ran == 1 { "once".to_owned() } else { format!("{} times", grouped(ran)) };
    let most = if counts.is_exact { "" } else { "at most " };
    // Where the call that was made again went another way, its counts are not those of the first.
    let of_which = match view.repeated() {
        Some((_, Repeated::Alike)) => "",
        _ => " when the call was made again",
    };
    let words = format!("{name} ran {most}{times}{of_which}");
    let bulk = counts.bulk_fuel.map_or_else(
        || "and what bytes and elements cost, which is not known".to_owned(),
        |bulk| format!("{} for bytes and elements", grouped(bulk)),
    );
    let work = ran.saturating_mul(u64::from(price));
    let entries = grouped(counts.entries);
    let hint = format!("Its fuel is {} for {name}, {entries} for function entries, {bulk}", grouped(work));
    (words, hint)
}

/// Says what the fuel has beside the operator, as long as nobody has counted.
fn not_counted(name: &str) -> (String, String) {
    let words = format!("Fuel is {name}, function entries and bytes moved; counting tells them apart");
    let hint = "Short calls are counted unasked, long ones by “Count its operators”";
    (words, hint.to_owned())
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::OriginalEnd;
    use crate::engine::ProbedCall;
    use crate::model::call::Outcome;
    use crate::model::ids::BuildNumber;
    use crate::model::measured::Measured;
    use crate::model::operators::OperatorCount;

    /// A call that multiplied so often and burnt 10 units beside that; and how it was counted.
    fn counted(ran: u64, fuel_before: u64, is_exact: bool) -> CountsView {
        let counts = OperatorCounts {
            outcome: Outcome::Returned,
            results: Vec::new(),
            operators: vec![OperatorCount { name: "i32.mul".to_owned(), count: ran, default_price: 1 }],
            markers: Vec::new(),
            entries: 3,
            fuel: Measured::Exact(ran + 10),
            prices: PriceChanges::only("i32.mul"),
            bulk_fuel: Some(7),
            is_exact,
        };
        let original = OriginalEnd {
            number: 1,
            outcome: Outcome::Returned,
            results: Vec::new(),
            fuel: Measured::Exact(fuel_before),
        };
        CountsView {
            call: ProbedCall { export: "f".into(), args: Vec::new() },
            original: Some(original),
            build: BuildNumber(1),
            setting: String::new(),
            is_asked: false,
            status: CountsStatus::Counted(Arc::new(counts)),
        }
    }

    #[test]
    fn the_count_of_one_operator_is_told_as_exactly_as_it_is_known() {
        for (view, words) in [
            (counted(5, 15, true), "i32.mul ran 5 times"),
            (counted(1, 11, true), "i32.mul ran once"),
            (counted(0, 10, true), "i32.mul ran 0 times"),
            (counted(5, 15, false), "i32.mul ran at most 5 times"),
            (counted(5, 16, true), "i32.mul ran 5 times when the call was made again"),
        ] {
            let counts = view.counted().expect("it was counted");
            assert_eq!(alone("i32.mul", 1, &view, counts).0, words);
        }
        let view = counted(5, 15, true);
        let (_, hint) = alone("i32.mul", 1, &view, view.counted().expect("it was counted"));
        let expected = "Its fuel is 5 for i32.mul, 3 for function entries, 7 for bytes and elements";
        assert_eq!(hint, expected);
    }
}
