//! What a call returned: a line for each result, ways to read it, and the text that it points at.
//!
//! Changes nothing: a click copies, another way to read a result is a matter of looks.

use std::collections::HashMap;

use egui::{CursorIcon, Label, Popup, RichText, Sense, Ui};

use crate::app::{Action, CallAction, PluginView, ViewAction};
use crate::model::call::CallRecord;
use crate::model::humanize;
use crate::model::measured::Measured;
use crate::model::signature::{FuncSignature, ValueType};
use crate::model::value::{NumberFormat, Value, formats_for, quote};
use crate::ui::icons;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::Chip;

/// Size of the type of a result in points.
const RESULT: f32 = 15.0;
/// Most bytes of a text that are shown.
const MOST_SHOWN: usize = 2000;
/// Bytes that are read behind an address without a length.
const GLANCE: u64 = 64;
/// Bytes of a page of linear memory.
const PAGE: u64 = 64 * 1024;

/// How results are looked at.
#[derive(Debug, Default)]
pub(super) struct ResultViews {
    formats: HashMap<ValueType, NumberFormat>,
}

impl ResultViews {
    /// Shows what a call returned.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        plugin: &PluginView,
        record: &CallRecord,
        signature: Option<&FuncSignature>,
        actions: &mut Vec<Action>,
    ) {
        let is_old = record.build != plugin.build.number.0;
        if record.results.is_empty() {
            ui.label(result_text("= ()", ui, is_old)).on_hover_text("The function returned nothing");
        }
        for (index, value) in record.results.iter().enumerate() {
            let ty = signature.and_then(|signature| signature.results.get(index)).cloned();
            self.value_ui(ui, plugin, record, (index, value), ty.or_else(|| type_of(value)), actions);
        }
        if let Some(Ok(text)) = plugin.calls.text_of(record.number) {
            text_ui(ui, text, actions);
        } else if let Some(Err(reason)) = plugin.calls.text_of(record.number)
            && record.results.len() == 1
        {
            ui.label(theme::caption(format!("no text there: {reason}")).color(tokens(ui).text_muted));
        }
        let fuel_note = fuel_note(plugin, record);
        figures_ui(ui, record, fuel_note.as_deref());
        if is_old {
            let text = format!("old: from build {}, running build {}", record.build, plugin.build.number);
            let text = format!("{} {text}", icons::CLOCK_COUNTER_CLOCKWISE);
            ui.label(theme::caption(text).color(tokens(ui).warning));
        }
    }

    fn value_ui(
        &mut self,
        ui: &mut Ui,
        plugin: &PluginView,
        record: &CallRecord,
        (index, value): (usize, &Value),
        ty: Option<ValueType>,
        actions: &mut Vec<Action>,
    ) {
        let is_old = record.build != plugin.build.number.0;
        let formats = ty.as_ref().map_or(&[][..], formats_for);
        let canonical = formats.first().copied();
        let format = ty.as_ref().and_then(|ty| self.formats.get(ty)).copied().or(canonical);
        let text = format.map_or_else(|| value.to_text(), |format| value.format(format));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().interact_size.y = 22.0;
            let shown = result_text(&format!("= {text}"), ui, is_old);
            let label = ui.add(Label::new(shown).sense(Sense::click()).wrap());
            let label = label.on_hover_cursor(CursorIcon::PointingHand).on_hover_text("Click to copy");
            if label.clicked() {
                actions.push(Action::View(ViewAction::Copy(text)));
            }
            let Some(ty) = ty.filter(|_| !formats.is_empty()) else { return };
            let chip_text = match format {
                Some(format) if Some(format) != canonical => format.label().to_owned(),
                _ => ty.to_string(),
            };
            let chip = ui.add(Chip::small_menu(&chip_text).tooltip("Read the result in another way"));
            Popup::menu(&chip).show(|ui| {
                ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
                for choice in formats {
                    let line = theme::code(format!("{:<12} {}", choice.label(), value.format(*choice)));
                    if ui.selectable_label(Some(*choice) == format, line).clicked() {
                        self.formats.insert(ty.clone(), *choice);
                    }
                }
                let Some((address, bytes)) = text_at(plugin, &record.results, index) else { return };
                ui.separator();
                if ui.button("Show as text").clicked() {
                    let read = CallAction::ReadText(record.number, address, bytes);
                    actions.push(Action::Call(read));
                }
            });
        });
    }
}

/// Shows time, fuel, memory and depth of a call in one quiet line, the exact figures under the pointer.
pub(super) fn figures_ui(ui: &mut Ui, record: &CallRecord, fuel_note: Option<&str>) {
    let mut parts = vec![format!("#{}", record.number), humanize::duration_ns(record.wall_ns)];
    if let Some(fuel) = record.fuel.value() {
        let note = fuel_note.unwrap_or_default();
        parts.push(format!("{}{} fuel{note}", at_least(record.fuel), humanize::count(fuel)));
    }
    if record.peak_memory_pages > 0 {
        parts.push(pages(record.peak_memory_pages));
    }
    if let Some(depth) = record.peak_call_depth.value().filter(|depth| *depth > 1) {
        parts.push(format!("depth {}", humanize::grouped(depth)));
    }
    let line = parts.join(" · ");
    ui.label(theme::caption(line).color(tokens(ui).text_muted)).on_hover_text(exact_figures(record));
}

/// Says beside the fuel of a call what it is at the engine's own prices, or that it is not at those.
pub(super) fn fuel_note(plugin: &PluginView, record: &CallRecord) -> Option<String> {
    if let Some(default) = plugin.default_fuel.get(record.number) {
        return Some(format!(" at its prices, {} at default", humanize::count(default)));
    }
    let settings = &plugin.build.build.settings;
    let is_priced = record.build == plugin.build.number.0 && settings.fuel && !settings.prices.is_empty();
    is_priced.then(|| " at these prices".to_owned())
}

/// Writes the figures of a call to the unit, one a line.
pub(super) fn exact_figures(record: &CallRecord) -> String {
    let measured = |figure: Measured<u64>| match figure.value() {
        Some(value) => format!("{}{}", at_least(figure), humanize::grouped(value)),
        None => "not measured".to_owned(),
    };
    format!(
        "wall time {}\nfuel {}\nmost memory {}\nmost table elements {}\ngreatest depth {}",
        humanize::duration_exact_ns(record.wall_ns),
        measured(record.fuel),
        humanize::pages(record.peak_memory_pages),
        humanize::grouped(record.peak_table_elements),
        measured(record.peak_call_depth),
    )
}

/// Writes a number of pages without their size.
pub(super) fn pages(pages: u64) -> String {
    if pages == 1 { "1 page".to_owned() } else { format!("{} pages", humanize::grouped(pages)) }
}

/// Returns what stands before a figure that is a lower bound.
pub(super) fn at_least(figure: Measured<u64>) -> &'static str {
    if matches!(figure, Measured::AtLeast(_)) { "≥ " } else { "" }
}

fn result_text(text: &str, ui: &Ui, is_old: bool) -> RichText {
    let tokens = tokens(ui);
    let colour = if is_old { tokens.text_muted } else { tokens.text };
    RichText::new(text).font(theme::code_strong_font(RESULT)).color(colour)
}

fn text_ui(ui: &mut Ui, text: &str, actions: &mut Vec<Action>) {
    // What is read behind a lone address goes on past the end of a C string.
    let text = text.split('\0').next().unwrap_or_default();
    let shown = humanize::shortened(text, MOST_SHOWN);
    let colour = tokens(ui).string;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(icons::TEXT_T).color(tokens(ui).text_muted));
        let label = Label::new(theme::code(quote(&shown)).color(colour)).sense(Sense::click()).wrap();
        let label = ui.add(label).on_hover_cursor(CursorIcon::PointingHand);
        if label.on_hover_text("Text at the returned address; click to copy").clicked() {
            actions.push(Action::View(ViewAction::Copy(text.to_owned())));
        }
    });
}

/// Returns where the text of a result may lie: address and length in bytes, both inside the memory.
fn text_at(plugin: &PluginView, results: &[Value], index: usize) -> Option<(u64, u64)> {
    let memory = plugin.usage.memory_pages.saturating_mul(PAGE);
    let fits = |address: u64, bytes: u64| {
        let end = address.checked_add(bytes)?;
        (address > 0 && bytes > 0 && end <= memory).then_some((address, bytes))
    };
    let unsigned = |value: &Value| match value {
        Value::I32(value) => Some(u64::from(value.cast_unsigned())),
        _ => None,
    };
    match results.get(index)? {
        value @ Value::I32(_) => {
            let address = unsigned(value)?;
            let length = results.get(index + 1).and_then(unsigned).filter(|length| *length <= PAGE);
            let glance = || fits(address, GLANCE.min(memory.saturating_sub(address)));
            length.and_then(|length| fits(address, length)).or_else(glance)
        }
        // Address and length in one integer, either of them in the upper half.
        Value::I64(value) => {
            let bits = value.cast_unsigned();
            let (upper, lower) = (bits >> 32, bits & u64::from(u32::MAX));
            fits(upper, lower).or_else(|| fits(lower, upper))
        }
        _ => None,
    }
}

/// Returns the type of a value whose signature is gone.
fn type_of(value: &Value) -> Option<ValueType> {
    Some(match value {
        Value::I32(_) => ValueType::I32,
        Value::I64(_) => ValueType::I64,
        Value::F32(_) => ValueType::F32,
        Value::F64(_) => ValueType::F64,
        Value::V128(_) => ValueType::V128,
        _ => return None,
    })
}
