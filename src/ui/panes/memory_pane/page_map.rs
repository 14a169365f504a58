//! The map of a memory's pages: one cell a page, or one for several where there are too many.

use std::ops::Range;
use std::sync::Arc;

use egui::{Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::model::hex::{address_digits, format_address};
use crate::model::humanize;
use crate::model::ids::PluginId;
use crate::model::memory::PageUse;
use crate::ui::theme::{self, Tokens, space, tokens};

use super::{MemoryPane, Shown};

/// Side of a cell and the distance between two cells' left edges.
const CELL: f32 = 9.0;
const PITCH: f32 = 11.0;
/// Most rows of cells; more pages share cells.
const MOST_ROWS: u64 = 2;

/// The newest summary of a memory's pages.
#[derive(Debug, Clone)]
pub(super) struct Pages {
    plugin: PluginId,
    memory: u32,
    generation: u64,
    uses: Arc<[PageUse]>,
}

impl Pages {
    /// Tells whether the summary is of that memory at that generation.
    pub(super) fn is_of(&self, shown: &Shown<'_>, generation: Option<u64>) -> bool {
        self.plugin == shown.plugin.id && self.memory == shown.memory && Some(self.generation) == generation
    }
}

impl MemoryPane {
    /// Shows the map and returns the first address of a page that was clicked.
    pub(super) fn page_map_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>) -> Option<u64> {
        self.take_pages(shown);
        let num_pages = shown.bytes.div_ceil(shown.page_bytes);
        let cells_per_row = to_cells((ui.available_width() - 2.0 * space::M) / PITCH).max(1);
        let pages_per_cell = num_pages.div_ceil(cells_per_row * MOST_ROWS).max(1);
        let num_cells = num_pages.div_ceil(pages_per_cell);
        // What the limit leaves to grow into is outlined, where that fits without sharing cells.
        let limit = shown.plugin.options.limits.memory_pages.unwrap_or(num_pages);
        let outlined = if pages_per_cell == 1 && limit <= cells_per_row * MOST_ROWS {
            limit.max(num_pages)
        } else {
            num_cells
        };
        let rows = outlined.div_ceil(cells_per_row).max(1);
        let height = from_cells(rows) * PITCH + space::XS;
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::CLICK | Sense::HOVER);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Image, true, "Page map");
            info.current_text_value = Some(humanize::pages(num_pages));
            info
        });
        let cell_rect = |cell: u64| {
            let (row, column) = (cell / cells_per_row, cell % cells_per_row);
            let at = pos2(
                rect.left() + space::M + from_cells(column) * PITCH,
                rect.top() + from_cells(row) * PITCH,
            );
            Rect::from_min_size(at, vec2(CELL, CELL))
        };
        let tokens = tokens(ui);
        let view = self.scroll.in_view(shown.bytes.div_ceil(self.bytes_per_row));
        let bytes_per_cell = shown.page_bytes.saturating_mul(pages_per_cell);
        for cell in 0..outlined {
            let at = cell_rect(cell);
            if cell >= num_cells {
                ui.painter().rect_stroke(at, 2.0, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
                continue;
            }
            let pages = cell * pages_per_cell..((cell + 1) * pages_per_cell).min(num_pages);
            ui.painter().rect_filled(at, 2.0, cell_colour(self.use_of(&pages), tokens));
            let from = cell * bytes_per_cell;
            let is_in_view = view.start * self.bytes_per_row < from.saturating_add(bytes_per_cell)
                && view.end * self.bytes_per_row > from;
            if is_in_view {
                let stroke = Stroke::new(1.0, tokens.text);
                ui.painter().rect_stroke(at, 2.0, stroke, StrokeKind::Outside);
            }
        }
        let pointer = response.hover_pos()?;
        let cell = (0..num_cells).find(|cell| cell_rect(*cell).expand(1.0).contains(pointer))?;
        let pages = cell * pages_per_cell..((cell + 1) * pages_per_cell).min(num_pages);
        let address = pages.start * shown.page_bytes;
        let is_clicked = response.clicked();
        let word = use_word(self.use_of(&pages));
        response.on_hover_ui_at_pointer(|ui| tooltip_ui(ui, &pages, address, shown, word));
        is_clicked.then_some(address)
    }

    /// Keeps the summary of the newest answer that has one.
    fn take_pages(&mut self, shown: &Shown<'_>) {
        let newest = shown.plugin.memory.window.as_ref().filter(|window| window.memory == shown.memory);
        if let Some(window) = newest
            && let Some(uses) = &window.pages
        {
            self.pages = Some(Pages {
                plugin: shown.plugin.id,
                memory: window.memory,
                generation: window.generation,
                uses: Arc::clone(uses),
            });
        }
    }

    /// Returns the strongest use among some pages; `None` where nothing is known.
    fn use_of(&self, pages: &Range<u64>) -> Option<PageUse> {
        let uses = &self.pages.as_ref()?.uses;
        let cut = |page: u64| usize::try_from(page).unwrap_or(usize::MAX).min(uses.len());
        let rank = |page_use: &PageUse| match page_use {
            PageUse::Zero => 0,
            PageUse::Used => 1,
            PageUse::Changed => 2,
        };
        uses[cut(pages.start)..cut(pages.end)].iter().copied().max_by_key(rank)
    }
}

fn tooltip_ui(ui: &mut Ui, pages: &Range<u64>, address: u64, shown: &Shown<'_>, word: &str) {
    let digits = address_digits(shown.bytes);
    let last = pages.end.saturating_sub(1);
    let name = if pages.start == last {
        format!("Page {}: {word}", humanize::grouped(pages.start))
    } else {
        format!("Pages {} – {}: {word}", humanize::grouped(pages.start), humanize::grouped(last))
    };
    ui.label(name);
    let end = (pages.end * shown.page_bytes).min(shown.bytes).saturating_sub(1);
    let range = format!("{} – {}", format_address(address, digits), format_address(end, digits));
    ui.label(theme::code(range).size(theme::FIGURE));
}

fn use_word(page_use: Option<PageUse>) -> &'static str {
    match page_use {
        Some(PageUse::Zero) => "all zero",
        Some(PageUse::Used) => "used",
        Some(PageUse::Changed) => "changed by the last call",
        None => "not read yet",
    }
}

fn cell_colour(page_use: Option<PageUse>, tokens: &Tokens) -> Color32 {
    match page_use {
        None => tokens.raised,
        Some(PageUse::Zero) => tokens.border,
        Some(PageUse::Used) => theme::mix(tokens.pane, tokens.accent, 0.65),
        Some(PageUse::Changed) => tokens.warning,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a pane is a few thousand points wide"
)]
fn to_cells(count: f32) -> u64 {
    count as u64
}

#[allow(clippy::cast_precision_loss, reason = "there are no more cells than fit into a pane")]
fn from_cells(count: u64) -> f32 {
    count as f32
}
