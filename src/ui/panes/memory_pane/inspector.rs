//! What the bytes at the selected address can mean, and a field that writes there.

use std::sync::Arc;

use egui::{Grid, Key, RichText, ScrollArea, Ui};

use crate::app::{Action, MemoryAction};
use crate::model::hex::{
    Endian, Reading, WriteType, address_digits, format_address, interpret, parse_typed_write,
};
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, field_error, icon_button, section, text_field};

use super::{MemoryPane, Shown};

/// Bytes that readings look at; text is previewed up to that.
const READ_BYTES: u64 = 64;

impl MemoryPane {
    /// Shows the inspector and returns the address of a pointer that was followed.
    pub(super) fn inspector_ui(
        &mut self,
        ui: &mut Ui,
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) -> Option<u64> {
        let mut target = None;
        ScrollArea::vertical().id_salt("inspector").auto_shrink(false).show(ui, |ui| {
            section(ui, |ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                let Some(cursor) = self.cursor.filter(|cursor| *cursor < shown.bytes) else {
                    ui.label(
                        RichText::new("Click a byte to read it as a value").color(tokens(ui).text_muted),
                    );
                    return;
                };
                self.heading_ui(ui, cursor, shown);
                self.write_ui(ui, cursor, shown, actions);
                let bytes: Vec<u8> = (0..READ_BYTES).map_while(|byte| shown.byte(cursor + byte)).collect();
                if bytes.is_empty() {
                    ui.label(RichText::new("Not read yet").color(tokens(ui).text_muted));
                }
                target = readings_ui(ui, &interpret(&bytes, self.endian), shown.bytes);
            });
        });
        target
    }

    fn heading_ui(&mut self, ui: &mut Ui, cursor: u64, shown: &Shown<'_>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            let page = format!("In page {}", cursor / shown.page_bytes);
            ui.label(theme::code(format_address(cursor, address_digits(shown.bytes)))).on_hover_text(page);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let chip = ui.add(Chip::small(self.endian.label()).clickable());
                if chip.on_hover_text("Order of the bytes of a number").clicked() {
                    self.endian = match self.endian {
                        Endian::Little => Endian::Big,
                        Endian::Big => Endian::Little,
                    };
                }
            });
        });
    }

    fn write_ui(&mut self, ui: &mut Ui, cursor: u64, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        let is_empty = self.write_text.trim().is_empty();
        let parsed = parse_typed_write(self.write_type, &self.write_text, self.endian);
        let parsed = parsed.map_err(|err| err.to_string()).and_then(|bytes| {
            let end = cursor.saturating_add(bytes.len() as u64);
            if end > shown.bytes {
                Err("this reaches past the end of the memory".to_owned())
            } else {
                Ok(bytes)
            }
        });
        let error = parsed.as_ref().err().filter(|_| !is_empty).cloned();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let chip =
                ui.add(Chip::small_menu(self.write_type.label())).on_hover_text("Type that is written");
            egui::Popup::menu(&chip).show(|ui| {
                for ty in WriteType::ALL {
                    ui.selectable_value(&mut self.write_type, ty, ty.label());
                }
            });
            let field = text_field("New value", &mut self.write_text).code().hint("value");
            let room = ui.available_width() - space::ROW - space::XS;
            let response = ui.add(field.error(error.as_deref()).width(room - 20.0));
            let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let button = ui.add_enabled(parsed.is_ok(), icon_button(icons::PENCIL_SIMPLE, "Write"));
            if (button.clicked() || is_entered)
                && let Ok(bytes) = &parsed
            {
                let bytes = Arc::from(bytes.as_slice());
                let write = MemoryAction::Write { memory: shown.memory, address: cursor, bytes };
                actions.push(Action::Memory(shown.plugin.id, write));
            }
        });
        if let Some(error) = error {
            field_error(ui, &error);
        }
    }
}

/// Shows the readings and returns the address of a pointer that was followed.
fn readings_ui(ui: &mut Ui, readings: &[Reading], memory_bytes: u64) -> Option<u64> {
    let mut target = None;
    let (muted, text) = (tokens(ui).text_muted, tokens(ui).text);
    ui.spacing_mut().interact_size.y = 18.0;
    Grid::new("readings").num_columns(2).spacing([space::M, 0.0]).min_row_height(18.0).show(ui, |ui| {
        for reading in readings {
            ui.label(RichText::new(reading.label).size(theme::FIGURE).color(muted));
            ui.horizontal(|ui| {
                ui.label(theme::code(&reading.text).size(theme::FIGURE).color(text));
                if let Some(address) = reading.target.filter(|address| *address < memory_bytes) {
                    let name = format!("Go to {}", reading.text);
                    if ui.add(icon_button(icons::ARROW_RIGHT, &name).small()).clicked() {
                        target = Some(address);
                    }
                }
            });
            ui.end_row();
        }
    });
    target
}
