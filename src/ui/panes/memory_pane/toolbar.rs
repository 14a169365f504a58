//! What stands above the bytes: which memory, how large it is, and where to go in it.

use egui::{Key, Ui};

use crate::app::{Action, MemoryAction, PluginView};
use crate::model::hex::parse_address;
use crate::model::humanize;
use crate::model::value::Value;
use crate::ui::icons;
use crate::ui::theme::{self, space, tokens};
use crate::ui::widgets::{Chip, icon_button, text_field};

use super::{MemoryPane, Shown};

/// Says whether the bytes are live, and offers Undo and Redo.
pub(super) fn header_ui(ui: &mut Ui, plugin: &PluginView, actions: &mut Vec<Action>) {
    let edits = &plugin.memory;
    let mut push = |action| actions.push(Action::Memory(plugin.id, action));
    let redo = icon_button(icons::ARROW_CLOCKWISE, "Redo write").small();
    if !edits.redo.is_empty() && ui.add(redo).clicked() {
        push(MemoryAction::Redo);
    }
    let undo = icon_button(icons::ARROW_COUNTER_CLOCKWISE, "Undo write").small();
    if !edits.undo.is_empty() && ui.add(undo).clicked() {
        push(MemoryAction::Undo);
    }
    let is_live = edits.window.as_ref().is_some_and(|window| window.is_live);
    if is_live {
        let hint = "A call is running: the bytes may be half way between two states";
        let colour = tokens(ui).info;
        ui.label(theme::caption(format!("{} Live", icons::BROADCAST)).color(colour)).on_hover_text(hint);
    }
}

impl MemoryPane {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>) {
        ui.add_space(space::XS);
        ui.horizontal(|ui| {
            ui.add_space(space::M);
            self.picker_ui(ui, shown);
            self.address_ui(ui, shown);
            ui.spacing_mut().item_spacing.x = 0.0;
            let back = icon_button(icons::ARROW_LEFT, "Back");
            if ui.add_enabled(!self.back.is_empty(), back).clicked() {
                self.step_back();
            }
            let forward = icon_button(icons::ARROW_RIGHT, "Forward");
            if ui.add_enabled(!self.forward.is_empty(), forward).clicked() {
                self.step_forward();
            }
            ui.spacing_mut().item_spacing.x = space::S;
            summary_ui(ui, shown);
        });
    }

    /// Shows which memory it is where there are several.
    fn picker_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>) {
        let memories = &shown.plugin.build.build.interface.memories;
        if memories.len() < 2 {
            return;
        }
        let label = |index: u32| match memories.get(index as usize).and_then(|memory| memory.name.as_ref()) {
            Some(name) => format!("${name}"),
            None => format!("memory {index}"),
        };
        let chip = ui.add(Chip::small_menu(&label(self.memory))).on_hover_text("Memory that is shown");
        let mut chosen = self.memory;
        egui::Popup::menu(&chip).show(|ui| {
            for memory in memories {
                ui.selectable_value(&mut chosen, memory.index, label(memory.index));
            }
        });
        if chosen != self.memory {
            let plugin = self.plugin;
            *self = Self { plugin, memory: chosen, ..Self::default() };
        }
    }

    fn address_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>) {
        let field = text_field("Go to address", &mut self.address).code().width(150.0);
        let response = ui.add(field.hint("0x10, page 2").error(self.address_error.as_deref()));
        if response.changed() {
            // Wrong is shown as it is typed; nothing typed is not wrong.
            let parsed = resolve(&self.address, shown);
            self.address_error = parsed.err().filter(|_| !self.address.trim().is_empty());
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            match resolve(&self.address, shown) {
                Ok(address) => {
                    self.address_error = None;
                    self.go_to(address, shown);
                }
                Err(error) => self.address_error = Some(error),
            }
        }
    }
}

/// Reads an address or an expression, whose names are those of globals and data segments.
fn resolve(text: &str, shown: &Shown<'_>) -> Result<u64, String> {
    let interface = &shown.plugin.build.build.interface;
    let names = |name: &str| {
        let global = shown.plugin.globals.iter().find(|global| global.name.as_deref() == Some(name));
        let of_global = global.and_then(|global| match global.value {
            Value::I32(address) => Some(u64::from(address.cast_unsigned())),
            Value::I64(address) => Some(address.cast_unsigned()),
            _ => None,
        });
        let segment = interface.data.iter().find(|data| data.name.as_deref() == Some(name));
        of_global.or_else(|| segment.and_then(|data| data.address))
    };
    let address = parse_address(text, &names).map_err(|err| err.to_string())?;
    if address >= shown.bytes {
        return Err(format!("the memory ends at 0x{:x}", shown.bytes));
    }
    Ok(address)
}

fn summary_ui(ui: &mut Ui, shown: &Shown<'_>) {
    let tokens = tokens(ui);
    let pages = shown.bytes / shown.page_bytes;
    let usage = &shown.plugin.usage;
    let noun = if pages == 1 { "page" } else { "pages" };
    let mut text = format!("{} {noun}", humanize::count(pages));
    if usage.memory_pages_peak > 0 {
        text = format!("{text} · peak {}", humanize::count(usage.memory_pages_peak));
    }
    if let Some(limit) = shown.plugin.options.limits.memory_pages {
        text = format!("{text} · limit {}", humanize::count(limit));
    }
    let exact = format!("{} bytes, a page is {} bytes", humanize::grouped(shown.bytes), shown.page_bytes);
    ui.label(theme::caption(text).color(tokens.text_muted)).on_hover_text(exact);
    if let Some(refusal) = &shown.plugin.memory.refusal {
        ui.label(theme::caption(format!("{} {refusal}", icons::WARNING)).color(tokens.warning));
    }
}
