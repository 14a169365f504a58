//! The Exports pane: what the plugin offers, asks for and is made of.
//!
//! Runs nothing: a click selects a function for Call or shows a definition in the source.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Frame, Label, Margin, Response, ScrollArea, Ui};

use super::definition::{go_to, shown_source};
use super::export_list::{Group, Line, is_long, lines};
use super::export_words::{ItemLook, item_look};
use super::fold::fold_header;
use crate::app::{Action, AppState, CallAction, MemoryAction, PluginView, ViewAction};
use crate::model::ids::PluginId;
use crate::model::interface::{ExternType, Interface};
use crate::model::lifecycle::PluginState;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{empty_state, hairline, icon_button, row, text_field};

/// Share of the pane that the items of a component take above its interface in WIT.
const LIST_SHARE: f32 = 0.45;

/// The Exports pane.
#[derive(Debug, Default)]
pub struct ExportsPane {
    filter: String,
    // Groups whose title was clicked an odd number of times.
    toggled: HashSet<u8>,
    // The lines as they were last made, and of what.
    list: Option<List>,
    // Plugin, calls and state when the globals were last asked for.
    asked: Option<(PluginId, u64, PluginState)>,
}

#[derive(Debug)]
struct List {
    interface: Arc<Interface>,
    filter: String,
    toggled: HashSet<u8>,
    lines: Vec<Line>,
}

impl ExportsPane {
    /// Shows the pane.
    pub fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(interface) = state.shown_interface().cloned() else {
            let hint = match state.active_source() {
                Some(source) if source.failure.is_some() => "Problems says why it does not compile",
                Some(_) => "They are listed as soon as the source is compiled",
                None => "Open a file or a sample",
            };
            empty_state(ui, icons::FUNCTION, "No exports yet", hint);
            return;
        };
        if is_long(&interface) {
            self.filter_ui(ui);
        } else {
            self.filter.clear();
        }
        self.refresh(&interface);
        self.ask_for_globals(state, &interface, actions);
        let is_empty = self.list.as_ref().is_none_or(|list| list.lines.is_empty());
        if let Some(wit) = &interface.wit {
            let height = ui.available_height() * LIST_SHARE;
            self.list_ui(ui, state, &interface, height, actions);
            hairline(ui);
            wit_ui(ui, wit, actions);
        } else if is_empty {
            let headline = if self.filter.is_empty() { "Nothing is exported" } else { "No match" };
            let hint =
                if self.filter.is_empty() { "Export a function: (func (export \"run\") …)" } else { "" };
            empty_state(ui, icons::FUNCTION, headline, hint);
        } else {
            self.list_ui(ui, state, &interface, f32::INFINITY, actions);
        }
    }

    fn list_ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        interface: &Interface,
        height: f32,
        actions: &mut Vec<Action>,
    ) {
        let Some(list) = &self.list else { return };
        let mut toggled = None;
        ui.spacing_mut().item_spacing.y = 0.0;
        let scroll = ScrollArea::vertical().id_salt("items").max_height(height);
        let scroll = scroll.auto_shrink([false, height.is_finite()]);
        scroll.show_rows(ui, space::ROW, list.lines.len(), |ui, range| {
            for line in &list.lines[range] {
                match *line {
                    Line::Header(group, count) => {
                        let is_open = self.is_open(group) || !self.filter.is_empty();
                        if fold_header(ui, group.title(), &count.to_string(), is_open, space::M).clicked() {
                            toggled = Some(group as u8);
                        }
                    }
                    Line::Item(group, index) => item_ui(ui, state, interface, (group, index), actions),
                }
            }
        });
        if let Some(group) = toggled
            && !self.toggled.remove(&group)
        {
            self.toggled.insert(group);
        }
    }

    fn filter_ui(&mut self, ui: &mut Ui) {
        Frame::new().inner_margin(Margin { left: 12, right: 12, top: 4, bottom: 4 }).show(ui, |ui| {
            let hint = "Filter by name";
            let field =
                text_field("Filter exports", &mut self.filter).icon(icons::MAGNIFYING_GLASS).hint(hint);
            let response = ui.add(field);
            if response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                self.filter.clear();
            }
        });
    }

    fn is_open(&self, group: Group) -> bool {
        is_open(&self.toggled, group)
    }

    fn refresh(&mut self, interface: &Arc<Interface>) {
        let is_fresh = self.list.as_ref().is_some_and(|list| {
            Arc::ptr_eq(&list.interface, interface)
                && list.filter == self.filter
                && list.toggled == self.toggled
        });
        if !is_fresh {
            self.list = Some(List {
                interface: Arc::clone(interface),
                filter: self.filter.clone(),
                toggled: self.toggled.clone(),
                lines: lines(interface, &self.filter, |group| is_open(&self.toggled, group)),
            });
        }
    }

    /// Asks for the values of globals where some are seen, once after each change of the instance.
    fn ask_for_globals(&mut self, state: &AppState, interface: &Interface, actions: &mut Vec<Action>) {
        let are_exported = interface.exports.iter().any(|export| matches!(export.ty, ExternType::Global(_)));
        let are_seen = !interface.globals.is_empty() && (are_exported || self.is_open(Group::Globals));
        let Some(plugin) = shown_plugin(state).filter(|_| are_seen) else { return };
        let now = (plugin.id, plugin.calls.timeline.counts().total(), plugin.state);
        let has_instance = matches!(plugin.state, PluginState::Ready | PluginState::Error);
        if has_instance && self.asked != Some(now) {
            self.asked = Some(now);
            actions.push(Action::Memory(plugin.id, MemoryAction::ReadGlobals));
        }
    }
}

fn is_open(toggled: &HashSet<u8>, group: Group) -> bool {
    toggled.contains(&(group as u8)) != (group == Group::Imports)
}

/// Returns the plugin whose build is shown.
fn shown_plugin(state: &AppState) -> Option<&PluginView> {
    let plugin = state.selected_plugin()?;
    let shown = state.shown_build()?;
    Arc::ptr_eq(&shown.build, &plugin.build.build).then_some(plugin)
}

fn item_ui(
    ui: &mut Ui,
    state: &AppState,
    interface: &Interface,
    (group, index): (Group, usize),
    actions: &mut Vec<Action>,
) {
    let plugin = shown_plugin(state);
    let globals = plugin.map_or(&[][..], |plugin| &plugin.globals);
    let Some(mut look) = item_look(interface, group, index, globals) else { return };
    let function = exported_function(interface, group, index);
    let is_missing = group == Group::Imports
        && plugin.is_some_and(|plugin| plugin.missing_imports.contains(&interface.imports[index]));
    let is_selected = function.is_some() && state.selection.export.as_deref() == function;
    let name =
        if group == Group::Exports { look.name.clone() } else { format!("{}: {}", group.title(), look.name) };
    if is_missing {
        look.hover.push_str("\nmissing: nobody provides it");
    }
    hover_hint(&mut look, function.is_some());
    let mut shown = row(&look.name).name(&name).code().right(&look.right).right_code();
    shown = if is_missing {
        let warning = tokens(ui).warning;
        shown.coloured_icon(icons::WARNING, warning).right_colour(warning)
    } else {
        shown.icon(look.icon)
    };
    shown = shown.selected(is_selected).indent(if group == Group::Exports { 0.0 } else { space::L });
    let response = ui.add(shown).on_hover_text(theme::code(&look.hover));
    clicks(&response, state, &look, function, actions);
}

fn exported_function(interface: &Interface, group: Group, index: usize) -> Option<&str> {
    let export = interface.exports.get(index).filter(|_| group == Group::Exports)?;
    matches!(export.ty, ExternType::Func(_)).then_some(export.name.as_str())
}

fn hover_hint(look: &mut ItemLook, is_function: bool) {
    match (look.definition.is_some(), is_function) {
        (true, true) => look.hover.push_str("\ndouble-click shows it in the source"),
        (true, false) => look.hover.push_str("\nclick shows it in the source"),
        (false, _) => {}
    }
}

fn clicks(
    response: &Response,
    state: &AppState,
    look: &ItemLook,
    function: Option<&str>,
    actions: &mut Vec<Action>,
) {
    let place = || {
        let build = &state.shown_build()?.build;
        Some(go_to(shown_source(state)?, look.definition?.place(build)))
    };
    if let Some(function) = function {
        if response.double_clicked() {
            actions.extend(place());
        } else if response.clicked() {
            actions.push(Action::Call(CallAction::SelectExport(function.to_owned())));
        }
    } else if response.clicked() {
        actions.extend(place());
    }
    response.context_menu(|ui| {
        if look.definition.is_some() && ui.button("Go to definition").clicked() {
            actions.extend(place());
        }
        if ui.button("Copy name").clicked() {
            actions.push(Action::View(ViewAction::Copy(look.name.clone())));
        }
        if ui.button("Copy type").clicked() {
            actions.push(Action::View(ViewAction::Copy(look.right.clone())));
        }
    });
}

/// Shows the interface of a component as its author wrote it.
fn wit_ui(ui: &mut Ui, wit: &str, actions: &mut Vec<Action>) {
    Frame::new().inner_margin(Margin { left: 12, right: 8, top: 0, bottom: 0 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(theme::caption("Interface in WIT").color(tokens(ui).text_muted));
            if ui.add(icon_button(icons::COPY, "Copy interface").small()).clicked() {
                actions.push(Action::View(ViewAction::Copy(wit.to_owned())));
            }
        });
        let lines = wit.lines().collect::<Vec<_>>();
        let height = ui.text_style_height(&egui::TextStyle::Monospace);
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::both().auto_shrink(false).show_rows(ui, height, lines.len(), |ui, range| {
            for line in &lines[range] {
                ui.add(Label::new(theme::code(*line)).selectable(true).extend());
            }
        });
    });
}
