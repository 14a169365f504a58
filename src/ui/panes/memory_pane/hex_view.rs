//! The hexdump: address, bytes in groups, ASCII; of any size, one galley a row.
//!
//! All signs of the code face are equally wide, so a byte's place follows from its column.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, EventFilter, FontId, Key, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::model::hex::{
    HexRow, address_digits, ascii_char, byte_digits, bytes_per_row, format_address, hex_columns,
};
use crate::ui::theme::{self, Tokens, space, tokens};

use super::super::row_scroll::thin_focus_ring;
use super::{MemoryPane, Shown};

/// Height of a row.
const ROW: f32 = 19.0;
/// Bytes between two wider gaps.
const GROUP: usize = 8;

/// Where the columns of the hexdump lie.
#[derive(Debug, Clone, Copy)]
struct Columns {
    digits: usize,
    bytes: usize,
    sign_width: f32,
}

impl Columns {
    fn of(ui: &Ui, width: f32, memory_bytes: u64) -> Self {
        let font = theme::code_font(theme::FIGURE);
        let sign_width = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0')).max(1.0);
        let digits = address_digits(memory_bytes);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a pane is a few thousand points wide"
        )]
        let signs = ((width - 2.0 * space::M) / sign_width).max(0.0) as usize;
        Self { digits, bytes: bytes_per_row(signs, digits, GROUP), sign_width }
    }

    fn hex_column(self, byte: usize) -> usize {
        self.digits + 2 + 3 * byte + byte / GROUP
    }

    fn ascii_column(self, byte: usize) -> usize {
        self.digits + 2 + hex_columns(self.bytes, GROUP) + 2 + byte
    }

    #[allow(clippy::cast_precision_loss, reason = "a row has a few hundred signs")]
    fn rect(self, row: Rect, column: usize, signs: usize) -> Rect {
        let left = row.left() + space::M + column as f32 * self.sign_width;
        Rect::from_min_size(pos2(left, row.top()), vec2(signs as f32 * self.sign_width, row.height()))
    }

    /// Returns the byte under a pointer.
    fn byte_at(self, row: Rect, x: f32) -> Option<usize> {
        let half = self.sign_width * 0.5;
        let is_in = |rect: Rect, by: f32| rect.x_range().expand(by).contains(x);
        (0..self.bytes).find(|byte| {
            is_in(self.rect(row, self.hex_column(*byte), 2), half)
                || is_in(self.rect(row, self.ascii_column(*byte), 1), 0.0)
        })
    }
}

impl MemoryPane {
    pub(super) fn hex_ui(&mut self, ui: &mut Ui, shown: &Shown<'_>) {
        // The strip of the scroll bar is no room for bytes.
        let columns = Columns::of(ui, ui.available_width() - 10.0, shown.bytes);
        self.set_bytes_per_row(columns.bytes as u64);
        ui.spacing_mut().item_spacing.y = 0.0;
        let num_rows = shown.bytes.div_ceil(self.bytes_per_row);
        let (bytes_per_row, cursor) = (self.bytes_per_row, self.cursor);
        let mut clicked = None;
        let list = self.scroll.show(ui, "Memory bytes", num_rows, ROW, |ui, row, rect| {
            let address = row * bytes_per_row;
            clicked = row_ui(ui, rect, columns, shown, address, cursor).or(clicked);
        });
        if let Some(address) = clicked {
            self.cursor = Some(address);
            list.request_focus();
        }
        self.keys(ui, &list, shown);
        if list.has_focus() {
            thin_focus_ring(ui, list.rect);
        }
    }

    /// Keeps what is in view where it is when a row gets wider or narrower.
    fn set_bytes_per_row(&mut self, bytes: u64) {
        if self.bytes_per_row != bytes {
            let top = self.scroll.in_view(u64::MAX).start * self.bytes_per_row;
            self.bytes_per_row = bytes;
            self.scroll.set_top(self.cursor.filter(|_| top > 0).unwrap_or(top) / bytes);
        }
    }

    fn keys(&mut self, ui: &Ui, list: &Response, shown: &Shown<'_>) {
        if !list.has_focus() || shown.bytes == 0 {
            return;
        }
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(list.id, arrows));
        let now = self.cursor.unwrap_or(0);
        let row = self.bytes_per_row;
        let page = row * self.scroll.page_rows();
        let last = shown.bytes - 1;
        let target = ui.input(|input| {
            let steps = [
                (Key::ArrowLeft, now.saturating_sub(1)),
                (Key::ArrowRight, now.saturating_add(1)),
                (Key::ArrowUp, if now < row { now } else { now - row }),
                (Key::ArrowDown, if last - now < row { now } else { now + row }),
                (Key::PageUp, now.saturating_sub(page)),
                (Key::PageDown, now.saturating_add(page)),
                (Key::Home, if input.modifiers.command { 0 } else { now - now % row }),
                (Key::End, if input.modifiers.command { last } else { now - now % row + row - 1 }),
            ];
            steps.into_iter().find(|(key, _)| input.key_pressed(*key)).map(|(_, address)| address.min(last))
        });
        if let Some(address) = target {
            self.cursor = Some(address);
            self.scroll.reveal(address / row);
        }
    }
}

/// Shows a row and returns the address of the byte that was clicked.
fn row_ui(
    ui: &Ui,
    rect: Rect,
    columns: Columns,
    shown: &Shown<'_>,
    address: u64,
    cursor: Option<u64>,
) -> Option<u64> {
    let tokens = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(address), Sense::CLICK);
    let count = usize::try_from(shown.bytes - address).unwrap_or(usize::MAX).min(columns.bytes);
    let bytes: Vec<Option<u8>> = (0..count as u64).map(|byte| shown.byte(address + byte)).collect();
    response.widget_info(|| {
        let known: Vec<u8> = bytes.iter().map_while(|byte| *byte).collect();
        let row = HexRow { address, bytes: &known };
        let label =
            format!("{} {}", format_address(address, columns.digits), row.hex_text(known.len(), GROUP));
        WidgetInfo::labeled(Role::ListItem, true, label)
    });
    let selected = cursor.and_then(|cursor| cursor.checked_sub(address));
    let selected = selected.and_then(|byte| usize::try_from(byte).ok()).filter(|byte| *byte < count);
    if let Some(byte) = selected {
        let hex = columns.rect(rect, columns.hex_column(byte), 2).expand2(vec2(2.0, 0.0));
        ui.painter().rect_filled(hex, 3.0, tokens.text_selection);
        let ascii = columns.rect(rect, columns.ascii_column(byte), 1);
        ui.painter().rect_filled(ascii, 3.0, tokens.text_selection);
    }
    let is_changed: Vec<bool> = (0..count as u64).map(|byte| shown.is_changed(address + byte)).collect();
    for (byte, _) in is_changed.iter().enumerate().filter(|(_, is_changed)| **is_changed) {
        // An underline too, so that it is not colour alone that tells.
        let at = columns.rect(rect, columns.hex_column(byte), 2);
        let line = egui::Stroke::new(1.5, tokens.warning);
        ui.painter().hline(at.x_range(), at.bottom() - 2.0, line);
    }
    let galley = ui.painter().layout_job(row_job(columns, address, &bytes, &is_changed, tokens));
    let at = pos2(rect.left() + space::M, rect.center().y - galley.size().y * 0.5);
    ui.painter().galley(at, galley, tokens.text);

    let is_clicked = response.clicked();
    let pointer = response.interact_pointer_pos().filter(|_| is_clicked)?;
    let byte = columns.byte_at(rect, pointer.x).filter(|byte| *byte < count)?;
    Some(address + byte as u64)
}

fn row_job(
    columns: Columns,
    address: u64,
    bytes: &[Option<u8>],
    is_changed: &[bool],
    tokens: &Tokens,
) -> LayoutJob {
    let mut text = ColouredText::new(theme::code_font(theme::FIGURE));
    text.push_str(&format_address(address, columns.digits), tokens.text_muted);
    text.push_str("  ", tokens.text_muted);
    let ink = |byte: u8, is_changed: bool| match (byte, is_changed) {
        (_, true) => tokens.warning,
        (0, false) => tokens.text_faint,
        (_, false) => tokens.text,
    };
    for position in 0..columns.bytes {
        if position > 0 {
            text.push_str(if position % GROUP == 0 { "  " } else { " " }, tokens.text);
        }
        match bytes.get(position).zip(is_changed.get(position)) {
            Some((Some(byte), is_changed)) => {
                let colour = ink(*byte, *is_changed);
                for digit in byte_digits(*byte) {
                    text.push(digit, colour);
                }
            }
            Some((None, _)) => text.push_str("··", tokens.text_faint),
            None => text.push_str("  ", tokens.text),
        }
    }
    text.push_str("  ", tokens.text);
    for (byte, is_changed) in bytes.iter().zip(is_changed) {
        let sign = byte.map_or(' ', ascii_char);
        let is_seen = byte.is_some_and(|byte| byte.is_ascii_graphic());
        let colour = match (is_changed, is_seen) {
            (true, _) => tokens.warning,
            (false, true) => tokens.string,
            (false, false) => tokens.text_faint,
        };
        text.push(sign, colour);
    }
    text.finish()
}

/// Builds a line whose neighbours of the same colour share a section.
struct ColouredText {
    job: LayoutJob,
    font: FontId,
    run: String,
    colour: Color32,
}

impl ColouredText {
    fn new(font: FontId) -> Self {
        let mut job = LayoutJob::default();
        job.wrap.max_width = f32::INFINITY;
        Self { job, font, run: String::new(), colour: Color32::TRANSPARENT }
    }

    fn push(&mut self, sign: char, colour: Color32) {
        // What can't be seen takes the colour of its neighbour, whatever that is.
        if colour != self.colour && sign != ' ' {
            self.end_run();
            self.colour = colour;
        }
        self.run.push(sign);
    }

    fn push_str(&mut self, text: &str, colour: Color32) {
        text.chars().for_each(|sign| self.push(sign, colour));
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            let format = TextFormat::simple(self.font.clone(), self.colour);
            self.job.append(&self.run, 0.0, format);
            self.run.clear();
        }
    }

    fn finish(mut self) -> LayoutJob {
        self.end_run();
        self.job
    }
}
