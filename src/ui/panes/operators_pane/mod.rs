//! The Operators pane: which operators a call ran, how often, and what each of them cost.
//!
//! Counts nothing itself: it asks for the counts of the selected call, and shows them as a table.

mod head;
mod table;

use std::cmp::Reverse;
use std::sync::Arc;

use egui::Ui;

use crate::app::{Action, AppState, CountsStatus, CountsView, PluginAction, PluginView, UiCommand};
use crate::model::call::{CallKind, CallRecord};
use crate::model::operator_class::OperatorClass;
use crate::model::operators::{CountStep, OperatorCounts};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, empty_state, hairline, quiet_button};

use super::progress::progress_bar;
use super::row_scroll::RowScroll;

/// What the rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Name,
    Class,
    Count,
    Fuel,
}

/// What stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// An operator, by its place in the counts.
    Operator(usize),
    /// All operators of a class, by its place among the classes.
    Class(usize),
    /// What entering functions cost.
    Entries,
    /// What bulk operations cost by the byte or element.
    Bulk,
}

/// The Operators pane.
pub(in crate::ui) struct OperatorsPane {
    of: Option<Arc<OperatorCounts>>,
    filter: String,
    is_by_class: bool,
    open: Vec<OperatorClass>,
    order: Order,
    is_descending: bool,
    rows: Vec<Entry>,
    is_stale: bool,
    scroll: RowScroll,
}

impl Default for OperatorsPane {
    fn default() -> Self {
        Self {
            of: None,
            filter: String::new(),
            is_by_class: false,
            open: Vec::new(),
            order: Order::Count,
            is_descending: true,
            rows: Vec::new(),
            is_stale: true,
            scroll: RowScroll::from_start(),
        }
    }
}

impl OperatorsPane {
    /// Shows the pane.
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "Open a module and call one of its functions to see what it runs";
            empty_state(ui, icons::LIST_NUMBERS, "No plugin is selected", hint);
            return;
        };
        let Some(view) = &plugin.counts else {
            let hint = "Each operator that a call runs, how often, and what it costs";
            empty_state(ui, icons::LIST_NUMBERS, "Nothing is counted yet", hint);
            ui.add_space(space::S);
            ui.vertical_centered(|ui| count_button(ui, state, "Count the selected call", actions));
            return;
        };
        match &view.status {
            CountsStatus::Running { step, .. } => running_ui(ui, plugin, view, *step, actions),
            CountsStatus::Counted(counts) => self.counted_ui(ui, state, (plugin, view, counts), actions),
            CountsStatus::Stopped => {
                let call = head::call_text(view);
                empty_state(ui, icons::STOP, "Counting was stopped", &call);
                ui.vertical_centered(|ui| count_button(ui, state, "Count the selected call", actions));
            }
            CountsStatus::Failed(reason) => {
                empty_state(ui, icons::WARNING, "The operators can't be counted", reason);
                ui.vertical_centered(|ui| count_button(ui, state, "Count the selected call", actions));
            }
        }
    }

    fn counted_ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        (plugin, view, counts): (&PluginView, &CountsView, &Arc<OperatorCounts>),
        actions: &mut Vec<Action>,
    ) {
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, counts)) {
            self.of = Some(Arc::clone(counts));
            self.is_stale = true;
            self.scroll = RowScroll::from_start();
        }
        ui.add_space(space::XS);
        head::head_ui(ui, state, plugin, (view, counts), actions);
        self.filter_ui(ui, counts, actions);
        hairline(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        if let Some(order) = table::header_ui(ui, self.order, self.is_descending) {
            let falls = matches!(order, Order::Count | Order::Fuel);
            self.is_descending = if self.order == order { !self.is_descending } else { falls };
            self.order = order;
            self.is_stale = true;
            ui.ctx().request_repaint();
        }
        if std::mem::take(&mut self.is_stale) {
            self.list(counts);
        }
        if self.rows.is_empty() {
            empty_state(ui, icons::FUNNEL, "No operator matches the filter", "");
            return;
        }
        self.table_ui(ui, counts);
    }

    /// Shows the filter, the choice of groups, and what is listed.
    fn filter_ui(&mut self, ui: &mut Ui, counts: &OperatorCounts, actions: &mut Vec<Action>) {
        let changed = head::filter_ui(ui, &mut self.filter, &mut self.is_by_class, counts, actions);
        if changed {
            self.is_stale = true;
            self.scroll = RowScroll::from_start();
            ui.ctx().request_repaint();
        }
    }

    fn table_ui(&mut self, ui: &mut Ui, counts: &OperatorCounts) {
        let scale = table::Scale::of(counts);
        let classes = counts.classes();
        let is_filtered = !self.filter.trim().is_empty();
        let Self { rows, open, scroll, is_stale, is_by_class, .. } = self;
        scroll.show(ui, "Operators that ran", rows.len() as u64, table::ROW, |ui, at, rect| {
            match usize::try_from(at).ok().and_then(|at| rows.get(at)) {
                Some(Entry::Operator(at)) => {
                    if let Some(operator) = counts.operators.get(*at) {
                        table::operator_ui(ui, rect, counts, operator, &scale, *is_by_class);
                    }
                }
                Some(Entry::Class(at)) => {
                    let Some(class) = classes.get(*at) else { return };
                    let is_open = is_filtered || open.contains(&class.class);
                    if table::class_ui(ui, rect, class, &scale, is_open) && !is_filtered {
                        match open.iter().position(|of| *of == class.class) {
                            Some(at) => drop(open.remove(at)),
                            None => open.push(class.class),
                        }
                        *is_stale = true;
                        ui.ctx().request_repaint();
                    }
                }
                Some(Entry::Entries) => table::other_ui(
                    ui,
                    rect,
                    ("function entries", Some(counts.entries), counts.entries),
                    "Entering a function costs a unit, at any prices",
                ),
                Some(Entry::Bulk) => table::other_ui(
                    ui,
                    rect,
                    ("bytes and elements", None, counts.bulk_fuel.unwrap_or(0)),
                    "What memory.copy, memory.fill, table.grow and their like cost by what they move, at any prices",
                ),
                None => {}
            }
        });
    }

    /// Lists what the filter lets through, in the order that was asked for.
    fn list(&mut self, counts: &OperatorCounts) {
        let wanted = self.filter.trim().to_lowercase();
        let matches = |at: &usize| {
            let operator = &counts.operators[*at];
            wanted.is_empty()
                || operator.name.contains(&wanted)
                || operator.class().label().to_lowercase().contains(&wanted)
        };
        let mut operators: Vec<usize> = (0..counts.operators.len()).filter(matches).collect();
        let of = |at: &usize| &counts.operators[*at];
        match self.order {
            Order::Name => operators.sort_by(|left, right| of(right).name.cmp(&of(left).name)),
            Order::Class => operators.sort_by_key(|at| (Reverse(of(at).class()), Reverse(of(at).count))),
            Order::Count => operators.sort_by_key(|at| Reverse(of(at).count)),
            Order::Fuel => {
                operators.sort_by_key(|at| (Reverse(counts.fuel_of(of(at))), Reverse(of(at).count)));
            }
        }
        if !self.is_descending {
            operators.reverse();
        }
        self.rows.clear();
        if self.is_by_class {
            self.list_by_class(counts, &operators, !wanted.is_empty());
        } else {
            self.rows.extend(operators.into_iter().map(Entry::Operator));
        }
        if wanted.is_empty() {
            self.rows.push(Entry::Entries);
            if counts.bulk_fuel.is_some_and(|bulk| bulk > 0) {
                self.rows.push(Entry::Bulk);
            }
        }
    }

    fn list_by_class(&mut self, counts: &OperatorCounts, operators: &[usize], opens_all: bool) {
        let classes = counts.classes();
        let mut order: Vec<usize> = (0..classes.len()).collect();
        match self.order {
            Order::Name | Order::Class => order.sort_by_key(|at| Reverse(classes[*at].class)),
            Order::Count => order.sort_by_key(|at| Reverse(classes[*at].count)),
            Order::Fuel => order.sort_by_key(|at| Reverse(classes[*at].fuel)),
        }
        if !self.is_descending {
            order.reverse();
        }
        for at in order {
            let class = classes[at].class;
            let own = operators.iter().filter(|at| counts.operators[**at].class() == class);
            let own: Vec<_> = own.map(|at| Entry::Operator(*at)).collect();
            if own.is_empty() {
                continue;
            }
            self.rows.push(Entry::Class(at));
            if opens_all || self.open.contains(&class) {
                self.rows.extend(own);
            }
        }
    }
}

/// Shows how far counting is, and what ends it.
fn running_ui(
    ui: &mut Ui,
    plugin: &PluginView,
    view: &CountsView,
    step: Option<CountStep>,
    actions: &mut Vec<Action>,
) {
    let colour = tokens(ui).info;
    let (share, words) = match step {
        None | Some(CountStep::Preparing) => (0.0, "compiling the module with counters".to_owned()),
        Some(CountStep::Before { made, of }) => {
            #[allow(clippy::cast_precision_loss, reason = "a bar is a few hundred points long")]
            let share = made as f64 / of.max(1) as f64;
            (0.1 + share * 0.6, format!("earlier call {} of {of}", made + 1))
        }
        Some(CountStep::Calling) => (0.75, "the call runs".to_owned()),
    };
    ui.add_space(space::M);
    ui.horizontal(|ui| {
        ui.add_space(space::M);
        ui.vertical(|ui| {
            ui.set_width((ui.available_width() - space::M).max(40.0));
            progress_bar(ui, share, colour);
            ui.horizontal(|ui| {
                ui.label(theme::caption(format!("{} · {words}", head::call_text(view))).color(colour));
                let stop = Chip::small("Stop counting").clickable().tooltip("Stop counting operators");
                if ui.add(stop).clicked() {
                    actions.push(Action::Plugin(plugin.id, PluginAction::StopCounting));
                }
            });
        });
    });
}

/// Returns the call that is counted at a click: the selected one, or the one in the fields of Call, in words.
fn question(state: &AppState) -> Option<String> {
    let plugin = state.selected_plugin()?;
    let is_export = |record: &&CallRecord| record.kind == CallKind::Export;
    if let Some(record) = plugin.calls.selected_record().filter(is_export) {
        return Some(super::outcome_words::call_text(record));
    }
    state.selected_function().map(|(_, export, _)| format!("{export}(…)"))
}

/// Shows the button that counts the selected call.
fn count_button(ui: &mut Ui, state: &AppState, text: &str, actions: &mut Vec<Action>) {
    let action = UiCommand::CountOperators.action(state);
    let response = ui.add_enabled(action.is_ok(), quiet_button(icons::LIST_NUMBERS, text));
    let hint = question(state).map_or_else(String::new, |call| format!("Counts what {call} runs"));
    let response = response.on_hover_text(hint);
    if let Err(reason) = &action {
        response.clone().on_disabled_hover_text(reason);
    }
    if response.clicked() {
        actions.extend(action);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::call::Outcome;
    use crate::model::measured::Measured;
    use crate::model::operators::{OperatorCount, PriceChanges};

    fn counts() -> OperatorCounts {
        let operator = |name: &str, count| OperatorCount { name: name.to_owned(), count, default_price: 1 };
        OperatorCounts {
            outcome: Outcome::Returned,
            results: Vec::new(),
            operators: vec![operator("local.get", 10), operator("i32.add", 5), operator("i32.mul", 4)],
            markers: Vec::new(),
            entries: 3,
            fuel: Measured::Exact(22),
            prices: PriceChanges::parse("i32.mul=16").expect("it is well written"),
            bulk_fuel: Some(0),
            is_exact: true,
        }
    }

    #[test]
    fn rows_follow_order_filter_and_groups() {
        use Entry::{Class, Entries, Operator};
        let counts = counts();
        let mut pane = OperatorsPane::default();
        pane.list(&counts);
        assert_eq!(pane.rows, [Operator(0), Operator(1), Operator(2), Entries]);
        pane.order = Order::Fuel;
        pane.list(&counts);
        assert_eq!(pane.rows, [Operator(2), Operator(0), Operator(1), Entries]);
        (pane.order, pane.is_descending) = (Order::Name, false);
        pane.list(&counts);
        assert_eq!(pane.rows, [Operator(1), Operator(2), Operator(0), Entries]);
        pane.filter = "32-bit".to_owned();
        pane.list(&counts);
        assert_eq!(pane.rows, [Operator(1), Operator(2)], "by class, without what is no operator");
        pane.filter.clear();
        (pane.order, pane.is_descending, pane.is_by_class) = (Order::Count, true, true);
        pane.list(&counts);
        assert_eq!(pane.rows, [Class(0), Class(1), Entries]);
        pane.open.push(OperatorClass::I32);
        pane.list(&counts);
        assert_eq!(pane.rows, [Class(0), Class(1), Operator(1), Operator(2), Entries]);
        pane.open.clear();
        pane.filter = "mul".to_owned();
        pane.list(&counts);
        assert_eq!(pane.rows, [Class(1), Operator(2)], "a filter opens what it lets through");
    }
}
