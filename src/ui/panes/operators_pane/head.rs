//! What stands above the table of operators: the call, how it ended, and what all of it adds up to.
//!
//! Knows no rows.

use egui::{Align, Label, Layout, Ui};

use crate::app::{Action, AppState, CountsView, PluginView, Repeated, ViewAction};
use crate::model::call::Outcome;
use crate::model::humanize::{count, grouped, shortened};
use crate::model::measured::Measured;
use crate::model::operators::{OperatorCounts, PriceChanges};
use crate::model::value::Value;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, icon_button, text_field};

/// Writes the call, such as `fib(24)`.
pub(super) fn call_text(view: &CountsView) -> String {
    format!("{}({})", view.call.export, values_text(&view.call.args))
}

fn values_text(values: &[Value]) -> String {
    let text = values.iter().map(Value::to_text).collect::<Vec<_>>().join(", ");
    shortened(&text, 200).into_owned()
}

/// Shows the call, on which instance it was made, and whether it ended as it had.
pub(super) fn head_ui(
    ui: &mut Ui,
    state: &AppState,
    plugin: &PluginView,
    (view, counts): (&CountsView, &OperatorCounts),
    actions: &mut Vec<Action>,
) {
    let tokens = tokens(ui);
    let end = match counts.outcome {
        Outcome::Returned if counts.results.is_empty() => " returned".to_owned(),
        Outcome::Returned => format!(" = {}", values_text(&counts.results)),
        outcome => format!(" · {}", outcome.headline()),
    };
    let call = format!("{}{end}", call_text(view));
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::M);
            super::count_button(ui, state, "Count again", actions);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let line = theme::code(call.as_str()).size(theme::FIGURE);
                ui.add(Label::new(line).truncate()).on_hover_text(call.as_str());
                let mut setting = view.setting.clone();
                if view.build != plugin.build.number {
                    setting += &format!(" · of build {}", view.build);
                }
                let setting = theme::caption(setting.as_str()).color(tokens.text_muted);
                ui.add(Label::new(setting).truncate());
            });
        });
    });
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 16.0;
        ui.spacing_mut().item_spacing.y = 2.0;
        for (icon, text, is_bad) in verdicts(view, counts) {
            let colour = if is_bad { tokens.warning } else { tokens.text_muted };
            ui.horizontal(|ui| {
                ui.add_space(space::M);
                let label = Label::new(theme::caption(format!("{icon} {text}")).color(colour)).truncate();
                ui.add(label).on_hover_text(text);
            });
        }
    });
}

/// Says how the counted call compares with the one that it repeats, and what its counts leave out.
fn verdicts(view: &CountsView, counts: &OperatorCounts) -> Vec<(&'static str, String, bool)> {
    let mut lines = Vec::new();
    if let Some((original, repeated)) = view.repeated() {
        let number = grouped(original.number);
        lines.push(match repeated {
            Repeated::Alike if counts.is_exact => {
                (icons::CHECK, format!("Counting changed nothing: the same end as call #{number}"), false)
            }
            Repeated::Alike => (icons::CHECK, format!("The same end as call #{number}"), false),
            Repeated::OtherFuel => {
                let text =
                    format!("Call #{number} burnt other fuel: it met another state, or the guest varies");
                (icons::WARNING, text, true)
            }
            Repeated::OtherResults => {
                let was = values_text(&original.results);
                let text =
                    format!("Call #{number} returned {was}: it met another state, or the guest varies");
                (icons::WARNING, text, true)
            }
            Repeated::OtherEnd => {
                let was = original.outcome.headline();
                (icons::WARNING, format!("Ended otherwise than call #{number}, which was: {was}"), true)
            }
        });
    }
    if counts.outcome != Outcome::Returned {
        let text = "The straight piece of code that the call ended in counts as a whole".to_owned();
        lines.push((icons::INFO, text, false));
    }
    lines
}

/// Shows the filter, the choice of groups, the totals, and the button that copies; tells whether the rows change.
pub(super) fn filter_ui(
    ui: &mut Ui,
    filter: &mut String,
    is_by_class: &mut bool,
    counts: &OperatorCounts,
    actions: &mut Vec<Action>,
) -> bool {
    let mut has_changed = false;
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        let field = text_field("Filter operators that ran", filter);
        let response = ui.add(field.hint("Filter").icon(icons::MAGNIFYING_GLASS).width(150.0));
        has_changed |= response.changed();
        let chip = Chip::small(if *is_by_class { "By class" } else { "All operators" });
        let tooltip =
            if *is_by_class { "Lists each operator on its own" } else { "Groups operators by class" };
        if ui.add(chip.clickable().tooltip(tooltip)).clicked() && ui.ctx().current_pass_index() == 0 {
            *is_by_class = !*is_by_class;
            has_changed = true;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(space::M);
            if ui.add(icon_button(icons::COPY, "Copy counts as CSV").small()).clicked() {
                actions.push(Action::View(ViewAction::Copy(counts.to_csv())));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| totals_ui(ui, counts));
        });
    });
    has_changed
}

fn totals_ui(ui: &mut Ui, counts: &OperatorCounts) {
    let tokens = tokens(ui);
    let total = counts.total();
    let operators = theme::caption(format!("{} operators", count(total))).color(tokens.text_muted);
    ui.label(operators).on_hover_text(format!(
        "{} operators ran, {} functions were entered",
        grouped(total),
        grouped(counts.entries)
    ));
    let (fuel, hint) = fuel_words(counts);
    ui.add(Label::new(theme::caption(fuel).color(tokens.text)).truncate()).on_hover_text(hint);
}

/// Says what the call burnt, with what it would at the engine's own prices beside it.
fn fuel_words(counts: &OperatorCounts) -> (String, String) {
    let exact = counts.fuel_at(&counts.prices);
    let burnt = match (exact, counts.fuel) {
        (Some(fuel), _) => format!("{} fuel", count(fuel)),
        (None, Measured::Exact(fuel)) => format!("{} fuel", count(fuel)),
        (None, Measured::AtLeast(fuel)) => format!("≥ {} fuel", count(fuel)),
        (None, Measured::NotMeasured) => {
            format!("{} fuel and bulk work", count(counts.operator_fuel(&counts.prices)))
        }
    };
    let mut hint = format!(
        "{} for operators, {} for function entries",
        grouped(counts.operator_fuel(&counts.prices).saturating_sub(counts.entries)),
        grouped(counts.entries)
    );
    if let Some(bulk) = counts.bulk_fuel {
        hint += &format!(", {} for bytes and elements", grouped(bulk));
    }
    if counts.prices.is_empty() {
        return (burnt, hint);
    }
    match counts.fuel_at(&PriceChanges::default()) {
        Some(default) => {
            hint += &format!("\n{} at the engine's own prices", grouped(default));
            (format!("{burnt} · {} at default prices", count(default)), hint)
        }
        None => (burnt, hint),
    }
}
