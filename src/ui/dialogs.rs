//! Dialogs and toasts: what lies over the panes.
//!
//! Knows no files; every answer is an action.

use egui::{Align, Align2, Area, Frame, Id, Key, Layout, Modal, Order, ScrollArea, Ui, vec2};

use super::difference;
use super::icons;
use super::theme::{caption, headline, space, tokens};
use super::widgets::{field_error, icon_button, key_hint, primary_button, quiet_button, row, text_field};
use crate::app::{
    Action, AfterSaving, AppState, Dialog, DifferenceView, FileAction, SaveWhat, UiCommand, ViewAction,
};
use crate::model::event::LogLevel;
use crate::model::humanize;
use crate::worker::protocol::UnsavedText;

/// Shows the dialog that is open, if any.
pub(super) fn dialog_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some(dialog) = &state.dialog else { return };
    let frame = Frame::popup(ui.style()).inner_margin(space::L);
    let answer = Modal::new(Id::unique("dialog")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(if state.difference.is_some() { difference::WIDTH } else { 460.0 });
        ui.spacing_mut().item_spacing.y = space::S;
        match dialog {
            Dialog::Open { path, error } => open_ui(ui, state, path, error.as_deref(), actions),
            Dialog::Save { what, path, error } => save_ui(ui, what, path, error.as_deref(), actions),
            Dialog::Unsaved { sources, then } => {
                let names = sources.iter().filter_map(|id| state.source(*id)).map(|source| &*source.name);
                unsaved_ui(ui, &names.collect::<Vec<_>>(), *then, actions);
            }
            Dialog::FileChanged { source, content, .. } => {
                let name = state.source(*source).map_or("", |source| &source.name);
                let difference = state.difference.as_ref().filter(|view| view.source == *source);
                changed_ui(ui, name, content.is_some(), difference, actions);
            }
            Dialog::Recovered { texts, chosen } => recovered_ui(ui, texts, chosen, actions),
            Dialog::Shortcuts => shortcuts_ui(ui),
            Dialog::About => about_ui(ui),
        }
    });
    if answer.should_close() {
        actions.push(Action::File(FileAction::CloseDialog));
    }
}

/// Shows the newest notices in the corner for a while.
pub(super) fn toasts_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if state.notices.toasts().next().is_none() {
        return;
    }
    let offset = vec2(-space::M, -(space::STATUS + space::M));
    let area = Area::new(Id::unique("toasts")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, offset);
    area.show(ui.ctx(), |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        for entry in state.notices.toasts() {
            let tokens = tokens(ui);
            let (icon, colour) = match entry.notice.level {
                LogLevel::Error => (icons::X_CIRCLE, tokens.error),
                LogLevel::Warn => (icons::WARNING, tokens.warning),
                LogLevel::Info | LogLevel::Debug | LogLevel::Trace => (icons::INFO, tokens.info),
            };
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(340.0);
                ui.horizontal_top(|ui| {
                    ui.colored_label(colour, icon);
                    // A long notice, such as one with a path, takes more lines and not the whole window.
                    ui.allocate_ui_with_layout(vec2(280.0, 0.0), Layout::top_down(Align::Min), |ui| {
                        ui.set_width(280.0);
                        let message = ui.add(egui::Label::new(&*entry.notice.message).wrap());
                        if let Some(details) = &entry.notice.details {
                            message.on_hover_text(details);
                        }
                    });
                    if ui.add(icon_button(icons::X, "Dismiss").small()).clicked() {
                        actions.push(Action::View(ViewAction::DismissNotice(entry.id)));
                    }
                });
            });
        }
    });
}

fn path_ui(ui: &mut Ui, name: &str, path: &str, error: Option<&str>, actions: &mut Vec<Action>) {
    let mut text = path.to_owned();
    let id = Id::unique("dialog path");
    let response = ui.add(text_field(name, &mut text).error(error).hint("~/plugins/math.wat").id(id));
    if response.changed() {
        actions.push(Action::File(FileAction::SetDialogPath(text)));
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        actions.push(Action::File(FileAction::ConfirmDialog));
    } else if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
    if let Some(error) = error {
        field_error(ui, error);
    }
}

fn open_ui(ui: &mut Ui, state: &AppState, path: &str, error: Option<&str>, actions: &mut Vec<Action>) {
    ui.label(headline("Open a file"));
    path_ui(ui, "Path", path, error, actions);
    if !state.session.recent.is_empty() {
        ui.label(caption("Recent").color(tokens(ui).text_muted));
    }
    for recent in state.session.recent.iter().take(6) {
        let path = recent.path.display().to_string();
        if ui.add(row(&path).icon(icons::FILE)).clicked() {
            actions.push(Action::File(FileAction::CloseDialog));
            actions.push(Action::File(FileAction::Open(vec![recent.path.clone()])));
        }
    }
    buttons(ui, &[("Open", FileAction::ConfirmDialog), ("Browse…", FileAction::Browse)], actions);
}

fn save_ui(ui: &mut Ui, what: &SaveWhat, path: &str, error: Option<&str>, actions: &mut Vec<Action>) {
    let title = match what {
        SaveWhat::Source(_) => "Save as",
        SaveWhat::Export(_) => "Export to a file",
    };
    ui.label(headline(title));
    path_ui(ui, "Path", path, error, actions);
    buttons(ui, &[("Save", FileAction::ConfirmDialog), ("Browse…", FileAction::Browse)], actions);
}

fn unsaved_ui(ui: &mut Ui, names: &[&str], then: AfterSaving, actions: &mut Vec<Action>) {
    ui.label(headline("Unsaved text"));
    let before = match then {
        AfterSaving::Quit => "before quitting",
        AfterSaving::Close(_) | AfterSaving::Stay => "before closing",
    };
    ui.label(format!("Save {} {before}?", names.join(", ")));
    buttons(ui, &[("Save", FileAction::SaveAll), ("Discard", FileAction::DiscardAll)], actions);
}

fn changed_ui(
    ui: &mut Ui,
    name: &str,
    is_there: bool,
    difference: Option<&DifferenceView>,
    actions: &mut Vec<Action>,
) {
    ui.label(headline("The file changed on disk"));
    if !is_there {
        ui.label(format!("{name} is gone from disk; your text is still here."));
        buttons(ui, &[("Keep mine", FileAction::KeepMine)], actions);
        return;
    }
    ui.label(format!("{name} holds another text than when it was read, and yours is edited too."));
    let mut answers = vec![("Keep mine", FileAction::KeepMine), ("Take theirs", FileAction::TakeChanged)];
    match difference {
        Some(view) => difference::difference_ui(ui, view),
        None => answers.push(("Show difference", FileAction::ShowDifference)),
    }
    buttons(ui, &answers, actions);
}

/// Offers what an earlier run had not saved: what is chosen is restored or discarded, the rest waits.
fn recovered_ui(ui: &mut Ui, texts: &[UnsavedText], chosen: &[bool], actions: &mut Vec<Action>) {
    ui.label(headline("Unsaved text was found"));
    ui.label(match texts.len() {
        1 => "The program ended before this text was saved.".to_owned(),
        count => format!("The program ended before these {count} texts were saved."),
    });
    scrolled(240.0).show(ui, |ui| {
        for (index, (text, is_chosen)) in texts.iter().zip(chosen).enumerate() {
            let mut is_chosen = *is_chosen;
            ui.horizontal(|ui| {
                if ui.checkbox(&mut is_chosen, &text.name).changed() {
                    actions.push(Action::File(FileAction::ChooseRecovered(index, is_chosen)));
                }
                let folder = text.path.as_ref().and_then(|path| path.parent());
                let place =
                    folder.map_or_else(|| "no file yet".to_owned(), |folder| folder.display().to_string());
                let size = humanize::binary_bytes(text.text.len_bytes() as u64);
                let words = caption(format!("{size} · {place}")).color(tokens(ui).text_muted);
                ui.add(egui::Label::new(words).truncate());
            });
        }
    });
    ui.add_space(space::S);
    let any = chosen.contains(&true);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.add_enabled(any, primary_button("", "Restore")).clicked() {
            actions.push(Action::File(FileAction::RestoreRecovered));
        }
        if ui.add_enabled(any, quiet_button("", "Discard")).clicked() {
            actions.push(Action::File(FileAction::DiscardRecovered));
        }
        let later =
            quiet_button("", "Later").tooltip("They stay safe, and are offered again at the next start");
        if ui.add(later).clicked() {
            actions.push(Action::File(FileAction::CloseDialog));
        }
    });
}

/// Makes the part of a dialog that is scrolled once it is higher than that. What floats over the window gives
/// it no height of its own.
fn scrolled(height: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true])
}

/// Shows the answers from the right, the first one as the thing to do, and Cancel.
fn buttons(ui: &mut Ui, answers: &[(&str, FileAction)], actions: &mut Vec<Action>) {
    ui.add_space(space::S);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        for (index, (name, action)) in answers.iter().enumerate() {
            let button = if index == 0 { primary_button("", name) } else { quiet_button("", name) };
            if ui.add(button).clicked() {
                actions.push(Action::File(action.clone()));
            }
        }
        if ui.add(quiet_button("", "Cancel")).clicked() {
            actions.push(Action::File(FileAction::CloseDialog));
        }
    });
}

fn shortcuts_ui(ui: &mut Ui) {
    ui.label(headline("Commands and shortcuts"));
    scrolled(480.0).show(ui, |ui| {
        for command in UiCommand::ALL {
            ui.horizontal(|ui| {
                ui.label(command.label()).on_hover_text(command.tooltip());
                if let Some(chord) = command.shortcut() {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        key_hint(ui, &chord.to_string())
                    });
                }
            });
        }
    });
}

fn about_ui(ui: &mut Ui) {
    ui.label(headline("Wasm Workbench"));
    ui.label(concat!("Version ", env!("CARGO_PKG_VERSION")));
    ui.label(env!("CARGO_PKG_DESCRIPTION"));
    ui.label(caption("MIT or Apache-2.0").color(tokens(ui).text_muted));
}
