//! Limits of single functions, in the Limits pane: a short list of rules by name.
//!
//! Reads no rules: the program's state does, and says what is wrong with them.

use egui::{Label, Rect, Ui, pos2};

use super::fold::fold_header;
use super::progress::reveal_when_new;
use crate::app::{Action, PluginAction, PluginView, RuleField};
use crate::model::call::CallKind;
use crate::model::limit_rules::MOST_RULES;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, field_error, icon_button, text_field};

/// Widths of the fields for fuel and time, and of the button that drops a rule.
const FUEL: f32 = 72.0;
const TIME: f32 = 60.0;
const DROP: f32 = 26.0;
/// Least width of the field for the name.
const LEAST_NAME: f32 = 56.0;

/// Whether the list is open.
#[derive(Debug, Default)]
pub(super) struct RulesView {
    is_open: bool,
}

impl RulesView {
    /// Shows the list, and brings it into view when it is opened or grows.
    pub(super) fn ui(&mut self, ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
        let top = ui.cursor().min;
        self.list_ui(ui, plugin, actions);
        let rect = Rect::from_min_max(top, pos2(ui.max_rect().right(), ui.cursor().top()));
        let stamp = if self.is_open { 1 + plugin.rule_fields.len() as u64 } else { 0 };
        reveal_when_new(ui, "rules", rect, stamp);
    }

    fn list_ui(&mut self, ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
        let in_force = plugin.options.rules.list().len();
        let right = match in_force {
            0 => "none".to_owned(),
            1 => "1 rule".to_owned(),
            count => format!("{count} rules"),
        };
        if fold_header(ui, "Rules for functions", &right, self.is_open, 0.0).clicked() {
            self.is_open = !self.is_open;
        }
        if !self.is_open {
            return;
        }
        let mut fields = plugin.rule_fields.clone();
        let mut dropped = None;
        if fields.is_empty() {
            let words = "Fuel and time of functions by name, such as fib* or _initialize; the first that matches counts";
            ui.add(Label::new(theme::caption(words).color(tokens(ui).text_muted)).wrap());
        }
        for (at, field) in fields.iter_mut().enumerate() {
            ui.push_id(("rule", at), |ui| {
                if rule_ui(ui, at + 1, field) {
                    dropped = Some(at);
                }
                if let Some(error) = &field.error {
                    field_error(ui, error);
                }
            });
        }
        if let Some(at) = dropped {
            fields.remove(at);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            let chip = Chip::small("Add rule").clickable().tooltip("Adds limits for functions by name");
            if ui.add_enabled(fields.len() < MOST_RULES, chip).clicked() && ui.ctx().current_pass_index() == 0
            {
                fields.push(RuleField { pattern: proposed(plugin), ..RuleField::default() });
            }
            if in_force > 0 {
                let words = "in force from the next call";
                ui.label(theme::caption(words).color(tokens(ui).text_muted));
            }
        });
        if fields != plugin.rule_fields {
            actions.push(Action::Plugin(plugin.id, PluginAction::SetRules(fields)));
        }
    }
}

/// Returns the name that a new rule begins with: that of the function that was called last.
fn proposed(plugin: &PluginView) -> String {
    let called = plugin.calls.records.iter().rev().find(|record| record.kind == CallKind::Export);
    called.map_or_else(|| "*".to_owned(), |record| record.export.to_string())
}

/// Shows a rule; tells whether it is dropped.
fn rule_ui(ui: &mut Ui, number: usize, field: &mut RuleField) -> bool {
    let mut is_dropped = false;
    let is_wrong = field.error.as_deref();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let gaps = 3.0 * space::XS;
        let name_width = (ui.available_width() - FUEL - TIME - DROP - gaps).max(LEAST_NAME);
        let name = format!("Rule {number}: name");
        let pattern = text_field(&name, &mut field.pattern).code().hint("name*").width(name_width);
        ui.add(pattern.error(is_wrong)).on_hover_text("Name of an export; * stands for any letters");
        let name = format!("Rule {number}: fuel");
        let fuel = text_field(&name, &mut field.fuel).code().hint("fuel").width(FUEL);
        let hint = "Units of fuel per call; nothing keeps the plugin's, `none` lifts it";
        ui.add(fuel.error(is_wrong)).on_hover_text(hint);
        let name = format!("Rule {number}: time (ms)");
        let time = text_field(&name, &mut field.time_ms).code().hint("ms").width(TIME);
        let hint = "Milliseconds per call; nothing keeps the plugin's, `none` lifts it";
        ui.add(time.error(is_wrong)).on_hover_text(hint);
        let drop = format!("Remove rule {number}");
        if ui.add(icon_button(icons::X, &drop).small()).clicked() {
            is_dropped = true;
        }
    });
    is_dropped
}
