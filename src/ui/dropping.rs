//! Files that are held over the window, and those that are dropped on it.
//!
//! Reads no file: paths become actions, and whoever reads them says what they hold.

use std::path::{Path, PathBuf};

use egui::{Align2, Area, Context, CursorIcon, Frame, Id, Label, LayerId, Order, Stroke, StrokeKind, Ui};

use super::icons;
use super::theme::{caption, headline, space, tokens};
use crate::app::{Action, FileAction};

/// Names that are shown of the files that are held.
const MOST_NAMED: usize = 5;

/// Returns what files that were dropped in this frame ask for.
pub(super) fn dropped(ctx: &Context) -> Option<Action> {
    let paths = ctx.input(|input| {
        let files = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
        files.collect::<Vec<PathBuf>>()
    });
    (!paths.is_empty()).then_some(Action::File(FileAction::Drop(paths)))
}

/// Says over all panes what letting go would do, while files are held over the window.
pub(super) fn held_ui(ui: &Ui) {
    let ctx = ui.ctx();
    let files = ctx.input(|input| {
        let paths = input.raw.hovered_files.iter().map(|file| file.path.clone());
        paths.collect::<Vec<Option<PathBuf>>>()
    });
    if files.is_empty() {
        return;
    }
    let tokens = tokens(ui);
    let window = ctx.content_rect();
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("held files")));
    painter.rect_filled(window, 0.0, tokens.app_background.gamma_multiply(0.8));
    let edge = window.shrink(space::S);
    painter.rect_stroke(edge, space::RADIUS, Stroke::new(2.0, tokens.accent), StrokeKind::Inside);
    let area =
        Area::new(Id::unique("held files")).order(Order::Tooltip).anchor(Align2::CENTER_CENTER, [0.0, 0.0]);
    area.interactable(false).show(ctx, |ui| {
        Frame::popup(ui.style()).inner_margin(space::L).show(ui, |ui| {
            ui.set_max_width(420.0);
            ui.vertical_centered(|ui| {
                ui.label(headline(icons::FILE_CODE).color(tokens.accent));
                ui.label(headline(what_happens(&files)));
                for name in files.iter().flatten().take(MOST_NAMED) {
                    ui.add(Label::new(file_name(name)).truncate());
                }
                if let Some(rest) = files.len().checked_sub(MOST_NAMED).filter(|rest| *rest > 0) {
                    ui.label(caption(format!("and {rest} more")).color(tokens.text_muted));
                }
                ui.label(caption(".wat and .wasm; each opens in a tab of its own").color(tokens.text_muted));
            });
        });
    });
    ctx.set_cursor_icon(CursorIcon::Copy);
}

fn what_happens(files: &[Option<PathBuf>]) -> String {
    match files.len() {
        1 => "Drop to open this file".to_owned(),
        count => format!("Drop to open {count} files"),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
