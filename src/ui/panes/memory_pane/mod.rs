//! Linear memory of the selected plugin: a map of its pages, its bytes, and what they mean.
//!
//! Holds no memory: it asks for the part in view and shows the newest answer, also while a call runs. What
//! is in view and not answered yet stays blank; what was answered last stays until there is something newer.

mod hex_view;
mod inspector;
mod page_map;
mod toolbar;

use egui::{Rect, Ui, UiBuilder};

use crate::app::{Action, AppState, MemoryAction, PluginView};
use crate::model::hex::{Endian, WriteType};
use crate::model::ids::PluginId;
use crate::model::memory::MemoryRequest;
use crate::ui::icons;
use crate::ui::theme::tokens;
use crate::ui::widgets::{empty_state, hairline};

use super::row_scroll::RowScroll;
use page_map::Pages;

/// Least width of the pane that has the inspector beside the bytes at all times.
const WIDE: f32 = 760.0;
/// Least width of the pane that has it once a byte is selected.
const NARROW: f32 = 560.0;
/// Width of the inspector: it leaves 16 bytes a row in the window as it opens at first.
const INSPECTOR: f32 = 216.0;
/// Rows that are asked for above and below those in view, so that a turn of the wheel shows bytes at once.
const SPARE_ROWS: u64 = 8;
/// Most addresses that Back remembers.
const MOST_VISITED: usize = 100;

/// Bytes of the selected plugin's memory.
#[derive(Debug)]
pub(in crate::ui) struct MemoryPane {
    plugin: Option<PluginId>,
    memory: u32,
    scroll: RowScroll,
    bytes_per_row: u64,
    cursor: Option<u64>,
    // Where the hexdump was before a jump, and where it was before going back.
    back: Vec<u64>,
    forward: Vec<u64>,
    address: String,
    address_error: Option<String>,
    endian: Endian,
    write_type: WriteType,
    write_text: String,
    pages: Option<Pages>,
}

impl Default for MemoryPane {
    fn default() -> Self {
        Self {
            plugin: None,
            memory: 0,
            scroll: RowScroll::from_start(),
            bytes_per_row: 16,
            cursor: None,
            back: Vec::new(),
            forward: Vec::new(),
            address: String::new(),
            address_error: None,
            endian: Endian::Little,
            write_type: WriteType::I32,
            write_text: String::new(),
            pages: None,
        }
    }
}

/// What is known of the memory that is shown.
#[derive(Debug, Clone, Copy)]
struct Shown<'a> {
    plugin: &'a PluginView,
    memory: u32,
    bytes: u64,
    page_bytes: u64,
}

impl<'a> Shown<'a> {
    fn of(plugin: &'a PluginView, memory: u32) -> Option<Self> {
        let answered = plugin.memory.window.iter().flat_map(|window| &window.memories);
        if let Some(info) = answered.into_iter().find(|info| info.index == memory) {
            return Some(Self { plugin, memory, bytes: info.bytes, page_bytes: info.page_size.max(1) });
        }
        let declared = plugin.build.build.interface.memories.get(memory as usize)?;
        let page_bytes = declared.ty.page_size.max(1);
        let bytes = declared.ty.pages.minimum.saturating_mul(page_bytes);
        Some(Self { plugin, memory, bytes, page_bytes })
    }

    /// Returns the byte at an address, where it is known.
    fn byte(&self, address: u64) -> Option<u8> {
        self.plugin.memory.bytes_at(self.memory, address, 1)?.first().copied()
    }

    /// Tells whether a byte differs from what was there before the last call.
    fn is_changed(&self, address: u64) -> bool {
        let Some(before) = self.plugin.memory.before.as_ref().filter(|before| before.memory == self.memory)
        else {
            return false;
        };
        let index = address.checked_sub(before.address).and_then(|index| usize::try_from(index).ok());
        let old = index.and_then(|index| before.bytes.get(index));
        matches!((old, self.byte(address)), (Some(old), Some(new)) if *old != new)
    }
}

impl MemoryPane {
    /// Says whether the bytes are live, and offers Undo and Redo, from the right edge.
    pub(in crate::ui) fn bar_right_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        if let Some(plugin) = state.selected_plugin() {
            toolbar::header_ui(ui, plugin, actions);
        }
    }

    /// Tells the plugins that nobody looks at their memory any more; for when the pane is not in view.
    pub(in crate::ui) fn hide(state: &AppState, actions: &mut Vec<Action>) {
        let watched = state.plugins.iter().filter(|plugin| plugin.memory.is_watched);
        actions.extend(watched.map(|plugin| Action::Memory(plugin.id, MemoryAction::Watch(false))));
    }

    /// Shows the memory of the selected plugin and asks for the part that is in view.
    pub(in crate::ui) fn ui(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(plugin) = state.selected_plugin() else {
            let hint = "Compile a source to get a plugin; the bytes of its memory are shown here";
            empty_state(ui, icons::MEMORY, "No plugin is selected", hint);
            return;
        };
        self.turn_to(plugin);
        let Some(shown) = Shown::of(plugin, self.memory) else {
            let hint = "A module has one when it declares or imports a memory, such as (memory 1)";
            empty_state(ui, icons::MEMORY, "This plugin has no linear memory", hint);
            return;
        };
        for other in state.plugins.iter().filter(|other| other.id != plugin.id && other.memory.is_watched) {
            actions.push(Action::Memory(other.id, MemoryAction::Watch(false)));
        }
        if !plugin.memory.is_watched {
            actions.push(Action::Memory(plugin.id, MemoryAction::Watch(true)));
        }
        self.toolbar_ui(ui, &shown);
        if let Some(page) = self.page_map_ui(ui, &shown) {
            self.go_to(page, &shown);
        }
        hairline(ui);
        self.content_ui(ui, &shown, actions);
        self.request(&shown, actions);
    }

    fn content_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        let whole = ui.available_rect_before_wrap();
        let mut left = whole;
        let least = if self.cursor.is_some() { NARROW } else { WIDE };
        if whole.width() >= least {
            left.set_right(whole.right() - INSPECTOR);
            let right = Rect::from_min_max(egui::pos2(left.right() + 1.0, whole.top()), whole.max);
            let border = egui::Stroke::new(1.0, tokens(ui).border);
            ui.painter().vline(left.right() + 0.5, whole.y_range(), border);
            ui.scope_builder(UiBuilder::new().max_rect(right).id_salt("inspector"), |ui| {
                if let Some(target) = self.inspector_ui(ui, shown, actions) {
                    self.go_to(target, shown);
                }
            });
        }
        ui.scope_builder(UiBuilder::new().max_rect(left).id_salt("bytes"), |ui| self.hex_ui(ui, shown));
    }

    /// Starts anew when another plugin is selected.
    fn turn_to(&mut self, plugin: &PluginView) {
        if self.plugin == Some(plugin.id) {
            return;
        }
        let kept = Self { endian: self.endian, write_type: self.write_type, ..Self::default() };
        *self = Self { plugin: Some(plugin.id), ..kept };
        // Where somebody looked last is still on hand, and so are its bytes.
        if let Some(wanted) = plugin.memory.wanted {
            self.memory = wanted.memory;
        }
    }

    /// Jumps to an address and selects its byte.
    fn go_to(&mut self, address: u64, shown: &Shown<'_>) {
        let address = address.min(shown.bytes.saturating_sub(1));
        if let Some(from) = self.cursor {
            self.back.push(from);
            if self.back.len() > MOST_VISITED {
                self.back.remove(0);
            }
        }
        self.forward.clear();
        self.look_at(address);
    }

    fn look_at(&mut self, address: u64) {
        self.cursor = Some(address);
        self.scroll.jump_to(address / self.bytes_per_row.max(1));
    }

    fn step_back(&mut self) {
        if let Some(to) = self.back.pop() {
            self.forward.extend(self.cursor);
            self.look_at(to);
        }
    }

    fn step_forward(&mut self) {
        if let Some(to) = self.forward.pop() {
            self.back.extend(self.cursor);
            self.look_at(to);
        }
    }

    /// Asks for what is in view unless it was asked for already.
    fn request(&mut self, shown: &Shown<'_>, actions: &mut Vec<Action>) {
        let num_rows = shown.bytes.div_ceil(self.bytes_per_row);
        let view = self.scroll.in_view(num_rows);
        let (from, to) = (view.start * self.bytes_per_row, (view.end * self.bytes_per_row).min(shown.bytes));
        let wanted = shown.plugin.memory.wanted.filter(|wanted| wanted.memory == self.memory);
        let is_covered = wanted.is_some_and(|wanted| {
            wanted.address <= from && wanted.address.saturating_add(wanted.bytes.into()) >= to
        });
        let newest = shown.plugin.memory.window.as_ref().filter(|window| window.memory == self.memory);
        let generation = newest.map(|window| window.generation);
        let knows_pages = self.pages.as_ref().is_some_and(|pages| pages.is_of(shown, generation));
        let asks_for_pages = wanted.is_some_and(|wanted| wanted.with_pages);
        // A summary of all pages costs a pass over the memory, so it is not asked for with every scroll.
        let with_pages = !knows_pages;
        if is_covered && (knows_pages || asks_for_pages) {
            return;
        }
        let start = view.start.saturating_sub(SPARE_ROWS) * self.bytes_per_row;
        let end = ((view.end + SPARE_ROWS) * self.bytes_per_row).min(shown.bytes).max(start);
        let bytes = u32::try_from(end - start).unwrap_or(u32::MAX).min(MemoryRequest::MOST_BYTES);
        let request = MemoryRequest { memory: self.memory, address: start, bytes, with_pages };
        if shown.plugin.memory.wanted != Some(request) {
            actions.push(Action::Memory(shown.plugin.id, MemoryAction::Show(request)));
        }
    }
}
