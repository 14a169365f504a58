//! The fields of the Call pane: one for each argument, and a text for a pointer and its length.
//!
//! Reads no values: the form in the program's state says what a text stands for, or what is wrong with it.

use std::collections::HashMap;

use egui::text::LayoutJob;
use egui::{Id, Key, Modifiers, TextFormat, Ui, pos2, vec2};

use crate::app::{Action, AppState, CallAction, CallForm, PluginView, Purpose};
use crate::model::interface::Interface;
use crate::model::signature::{FuncSignature, Param, ValueType};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{field_error, icon_button, quiet_button, text_field};

/// Least width of the column of names.
const LEAST_LABEL: f32 = 68.0;
/// Most functions whose texts for memory are remembered.
const MOST_TEXTS: usize = 200;
/// Exports that can make room for a text, as the plugin looks for them.
const ALLOCATORS: [&str; 3] = ["alloc", "malloc", "cabi_realloc"];

/// What the fields remember of their own looks.
#[derive(Debug, Default)]
pub(super) struct CallFields {
    // By source, export and parameter: whether a text stands for the pair, and which.
    pairs: HashMap<(u32, String, usize), PairText>,
}

#[derive(Debug, Default)]
struct PairText {
    text: String,
    // `None` leaves it to the names of the parameters.
    is_shown: Option<bool>,
}

impl CallFields {
    /// Shows a field for each argument; `wants_focus` puts the keyboard into the first one.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        (plugin, export, signature): (&PluginView, &str, &FuncSignature),
        form: &CallForm,
        wants_focus: &mut bool,
        actions: &mut Vec<Action>,
    ) {
        let label_width = label_width(ui, signature);
        // Parameter whose address a text is written to; the text stands under its length.
        let mut pair = None;
        for (index, (param, arg)) in signature.params.iter().zip(&form.args).enumerate() {
            let can_pair =
                pair.is_none() && is_pair(signature, index) && has_allocator(&plugin.build.build.interface);
            ui.horizontal(|ui| {
                label(ui, param, index, label_width);
                let toggle_room = if can_pair { 28.0 } else { 0.0 };
                let width = (ui.available_width() - toggle_room).max(40.0);
                let name = param.label(index);
                let id = field_id(plugin, export, index);
                if std::mem::take(wants_focus) {
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
                let mut text = arg.text.clone();
                let error = arg.value.as_ref().err().map(String::as_str);
                ui.allocate_ui(vec2(width, space::ROW), |ui| {
                    let response = ui.add(text_field(&name, &mut text).code().id(id).error(error));
                    if response.changed() {
                        actions.push(Action::Call(CallAction::SetArg(index, text.clone())));
                    }
                    // Who comes by the keyboard mostly wants another value.
                    if response.gained_focus() && !ui.input(|input| input.pointer.any_down()) {
                        select_all(ui, id, &text);
                    }
                    keys(ui, &response, form, actions);
                });
                if can_pair {
                    self.toggle(ui, plugin, export, signature, index);
                }
            });
            if let Err(error) = &arg.value {
                indented(ui, label_width, |ui| {
                    field_error(ui, error);
                });
            }
            if let Some(first) = pair.take() {
                self.text_ui(ui, state, (plugin, export, signature), first, label_width, actions);
            } else if can_pair && self.is_shown(plugin, export, signature, index) {
                pair = Some(index);
            }
        }
    }

    fn is_shown(&self, plugin: &PluginView, export: &str, signature: &FuncSignature, index: usize) -> bool {
        let chosen = self.pairs.get(&key(plugin, export, index)).and_then(|pair| pair.is_shown);
        chosen.unwrap_or_else(|| is_named_pair(signature, index))
            && has_allocator(&plugin.build.build.interface)
    }

    fn entry(&mut self, plugin: &PluginView, export: &str, index: usize) -> &mut PairText {
        if self.pairs.len() >= MOST_TEXTS {
            self.pairs.clear();
        }
        self.pairs.entry(key(plugin, export, index)).or_default()
    }

    fn toggle(
        &mut self,
        ui: &mut Ui,
        plugin: &PluginView,
        export: &str,
        signature: &FuncSignature,
        index: usize,
    ) {
        let is_shown = self.is_shown(plugin, export, signature, index);
        let name = format!("Text for {}", signature.params[index].label(index));
        let button = icon_button(icons::TEXT_T, &name).small().selected(is_shown);
        if ui.add(button).clicked() {
            self.entry(plugin, export, index).is_shown = Some(!is_shown);
        }
    }

    fn text_ui(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        (plugin, export, signature): (&PluginView, &str, &FuncSignature),
        index: usize,
        label_width: f32,
        actions: &mut Vec<Action>,
    ) {
        let is_only = (0..index).all(|other| !self.is_shown(plugin, export, signature, other));
        let name = if is_only {
            "Text → memory".to_owned()
        } else {
            format!("Text → memory for {}", signature.params[index].label(index))
        };
        let is_writing = state.requests.any(|purpose| {
            matches!(purpose, Purpose::WriteText { plugin: of, param, .. }
                if *of == plugin.id && *param == index)
        });
        let pair = self.entry(plugin, export, index);
        indented(ui, label_width, |ui| {
            ui.horizontal(|ui| {
                let button_width = 64.0;
                let width = (ui.available_width() - button_width - space::S).max(40.0);
                let hint = "text to write into memory";
                let field = text_field(&name, &mut pair.text).icon(icons::TEXT_T).hint(hint);
                let response = ui.allocate_ui(vec2(width, space::ROW), |ui| ui.add(field)).inner;
                let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let tooltip = "Writes the text through the plugin's allocator and fills address and length";
                let button = quiet_button("", "Write").tooltip(tooltip).min_width(button_width);
                let is_clicked = ui.add_enabled(!is_writing, button).clicked();
                if is_entered || is_clicked {
                    actions.push(Action::Call(CallAction::WriteText(index, pair.text.clone())));
                }
            });
        });
    }
}

/// Selects all of a field's text, so that typing replaces it.
pub(super) fn select_all(ui: &Ui, id: Id, text: &str) {
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(egui::text_selection::CCursorRange::select_all_str(text)));
    state.store(ui.ctx(), id);
}

/// Returns the id of an argument's field.
fn field_id(plugin: &PluginView, export: &str, index: usize) -> Id {
    Id::unique(("argument", plugin.id, export, index))
}

/// Enter calls, the arrows walk the history.
fn keys(ui: &Ui, response: &egui::Response, form: &CallForm, actions: &mut Vec<Action>) {
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        // The next Enter calls again.
        response.request_focus();
        if form.args.iter().all(|arg| arg.value.is_ok()) {
            actions.push(Action::Call(CallAction::Call));
        }
    }
    if response.has_focus() && !form.history.is_empty() {
        for (key, step) in [(Key::ArrowUp, -1), (Key::ArrowDown, 1)] {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                actions.push(Action::Call(CallAction::Recall(step)));
            }
        }
    }
}

fn label_width(ui: &Ui, signature: &FuncSignature) -> f32 {
    let params = signature.params.iter().enumerate();
    let widths = params.map(|(index, param)| job(ui, param, index, f32::INFINITY).size().x + space::S);
    widths.fold(LEAST_LABEL, f32::max).min(ui.available_width() * 0.45).ceil()
}

fn job(ui: &Ui, param: &Param, index: usize, width: f32) -> std::sync::Arc<egui::Galley> {
    let tokens = tokens(ui);
    let font = theme::code_font(theme::STRONG);
    let name = param.name.as_ref().map_or_else(|| format!("#{index}"), |name| format!("${name}"));
    let mut job = LayoutJob::default();
    job.append(&name, 0.0, TextFormat::simple(font.clone(), tokens.text));
    job.append(&param.ty.to_string(), space::S, TextFormat::simple(font, tokens.type_));
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}

/// Paints the name of an argument; the field itself carries it for tests and screen readers.
fn label(ui: &mut Ui, param: &Param, index: usize, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, space::ROW), egui::Sense::hover());
    let galley = job(ui, param, index, width - space::S);
    if galley.elided {
        response.on_hover_text(theme::code(param.label(index)));
    }
    let y = (rect.center().y - galley.size().y * 0.5).round();
    ui.painter().galley(pos2(rect.left(), y), galley, tokens(ui).text);
    // The field follows its label without a further gap.
    ui.add_space(-ui.spacing().item_spacing.x);
}

fn indented(ui: &mut Ui, width: f32, add_contents: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.add_space(width);
        ui.vertical(add_contents);
    });
}

fn key(plugin: &PluginView, export: &str, index: usize) -> (u32, String, usize) {
    (plugin.source.0, export.to_owned(), index)
}

fn has_allocator(interface: &Interface) -> bool {
    ALLOCATORS.iter().any(|name| interface.exported_function(name).is_some())
}

/// Tells whether this parameter and the next could be an address and a length.
fn is_pair(signature: &FuncSignature, index: usize) -> bool {
    let is_i32 = |at: usize| signature.params.get(at).is_some_and(|param| param.ty == ValueType::I32);
    is_i32(index) && is_i32(index + 1) && (is_named_pair(signature, index) || has_no_names(signature, index))
}

fn has_no_names(signature: &FuncSignature, index: usize) -> bool {
    signature.params[index..].iter().take(2).all(|param| param.name.is_none())
}

/// Tells whether the names of this parameter and the next say address and length.
fn is_named_pair(signature: &FuncSignature, index: usize) -> bool {
    let says = |at: usize, words: &[&str]| {
        let name = signature.params.get(at).and_then(|param| param.name.as_deref()).unwrap_or_default();
        let name = name.to_lowercase();
        words.iter().any(|word| name.split(['_', '-', '.']).any(|part| part.starts_with(word)))
            || words.iter().any(|word| name.ends_with(word))
    };
    says(index, &["ptr", "pointer", "addr", "buf", "offset", "str", "text"])
        && says(index + 1, &["len", "length", "size", "bytes"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(names: &[Option<&str>]) -> FuncSignature {
        let param = |name: Option<&str>| Param { name: name.map(str::to_owned), ty: ValueType::I32 };
        FuncSignature { params: names.iter().copied().map(param).collect(), results: Vec::new() }
    }

    #[test]
    fn address_and_length_are_told_by_their_names() {
        for (names, is_named) in [
            ([Some("ptr"), Some("len")], true),
            ([Some("name_ptr"), Some("name_len")], true),
            ([Some("buffer"), Some("size")], true),
            ([Some("address"), Some("length")], true),
            ([Some("strPtr"), Some("strLen")], true),
            ([Some("a"), Some("b")], false),
            ([Some("len"), Some("ptr")], false),
            ([Some("ptr"), None], false),
        ] {
            assert_eq!(is_named_pair(&signature(&names), 0), is_named, "{names:?}");
        }
    }

    #[test]
    fn a_text_may_be_asked_for_where_no_names_speak_against_it() {
        assert!(is_pair(&signature(&[None, None]), 0));
        assert!(!is_pair(&signature(&[None, None]), 1));
        assert!(!is_pair(&signature(&[Some("a"), Some("b")]), 0));
        assert!(is_pair(&signature(&[Some("n"), Some("ptr"), Some("len")]), 1));
    }
}
