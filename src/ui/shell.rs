//! The bars around the panes: menus, picker, state and builds above; place, engine and notices below.
//!
//! Knows no pane; every click is an action.

use egui::{Align, Button, Frame, Layout, Margin, Panel, Popup, Role, ScrollArea, Ui, WidgetInfo};

use super::icons;
use super::panes::state_colour;
use super::theme::{caption, space, strong, tokens};
use super::widgets::{Chip, chip, icon_button, quiet_button};
use crate::app::{Action, AppState, CompileStatus, MENUS, Menu, PaneKind, PluginAction, Source, UiCommand};
use crate::engine::Compiler;
use crate::model::build::CacheOutcome;
use crate::model::humanize;

/// Least width of a window that has the names of the program and of the palette in its bar.
const ROOMY: f32 = 1200.0;

/// Tells whether the bar needs the room of its names for what the last build took.
fn is_narrow(ui: &Ui) -> bool {
    ui.ctx().content_rect().width() < ROOMY
}

/// Shows the bar at the top of the window.
pub(super) fn top_bar(
    ui: &mut Ui,
    state: &AppState,
    is_open: impl Fn(PaneKind) -> bool,
    actions: &mut Vec<Action>,
) {
    let tokens = tokens(ui);
    let frame = Frame::new().fill(tokens.app_background).inner_margin(Margin::symmetric(12, 0));
    Panel::top("top bar").exact_size(space::BAR).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            if !is_narrow(ui) {
                ui.label(strong("Wasm Workbench"));
                ui.add_space(space::S);
            }
            menus_ui(ui, state, is_open, actions);
            ui.add_space(space::L);
            plugin_ui(ui, state, actions);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                right_ui(ui, state, actions);
                build_line_ui(ui, state);
            });
        });
    });
}

/// Shows the bar at the bottom of the window.
pub(super) fn status_bar(ui: &mut Ui, state: &AppState) {
    let tokens = tokens(ui);
    let frame = Frame::new().fill(tokens.app_background).inner_margin(Margin::symmetric(12, 0));
    Panel::bottom("status bar").exact_size(space::STATUS).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = space::XL;
            let say = |ui: &mut Ui, text: String| ui.label(caption(text).color(tokens.text_muted));
            if let Some(source) = state.active_source() {
                say(ui, format!("Ln {}, Col {}", source.cursor.0, source.cursor.1));
            }
            say(ui, engine_line(state));
            let cache = &state.runtime.cache_stats;
            let hits = cache.memory_hits + cache.disk_hits;
            if hits + cache.misses > 0 {
                say(ui, format!("cache hit {hits} of {}", hits + cache.misses));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let notices = state.notices.entries.len();
                if notices > 0 {
                    let newest = state.notices.entries.last().map_or("", |entry| &entry.notice.message);
                    let text =
                        if notices == 1 { "1 notice".to_owned() } else { format!("{notices} notices") };
                    say(ui, text).on_hover_text(newest);
                }
                if let Some(source) = state.active_source().filter(|source| source.is_dirty) {
                    say(ui, format!("{} — unsaved", source.name));
                }
            });
        });
    });
}

fn menus_ui(ui: &mut Ui, state: &AppState, is_open: impl Fn(PaneKind) -> bool, actions: &mut Vec<Action>) {
    let style = ui.style().clone();
    let tokens = tokens(ui);
    ui.spacing_mut().item_spacing.x = 0.0;
    let inactive = &mut ui.visuals_mut().widgets.inactive;
    inactive.weak_bg_fill = egui::Color32::TRANSPARENT;
    inactive.bg_stroke = egui::Stroke::NONE;
    inactive.fg_stroke.color = tokens.text_muted;
    for menu in MENUS {
        menu_ui(ui, menu, state, &is_open, actions);
    }
    ui.set_style(style);
}

fn menu_ui(
    ui: &mut Ui,
    menu: &Menu,
    state: &AppState,
    is_open: impl Fn(PaneKind) -> bool,
    actions: &mut Vec<Action>,
) {
    ui.menu_button(menu.title, |ui| {
        ui.set_min_width(240.0);
        let room = ui.ctx().content_rect().height() - space::BAR - space::L;
        squeeze(ui, menu, room);
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
            for entry in menu.entries {
                let Some(command) = entry else {
                    ui.separator();
                    continue;
                };
                let is_on = command.pane().map(&is_open).or_else(|| command.is_on(state));
                if entry_ui(ui, *command, is_on, command.action(state).err()) {
                    actions.extend(command.action(state));
                    ui.close();
                }
            }
        });
    });
}

/// Makes the entries of a menu as low as it takes for all of them to fit into a height, within reason; what does
/// not fit then is scrolled.
fn squeeze(ui: &mut Ui, menu: &Menu, room: f32) {
    const LEAST_ENTRY: f32 = 21.0;
    const LINE: f32 = 6.0;
    let num_entries = menu.entries.iter().flatten().count();
    let num_lines = menu.entries.len() - num_entries;
    let spacing = ui.spacing();
    #[allow(clippy::cast_precision_loss, reason = "a menu has some thirty entries")]
    let (entries, lines) = (num_entries as f32, num_lines as f32);
    let needed =
        entries * (spacing.interact_size.y + spacing.item_spacing.y) + lines * (LINE + 2.0 * space::S);
    if needed <= room {
        return;
    }
    let height = ((room - lines * LINE) / entries.max(1.0)).floor().max(LEAST_ENTRY);
    let spacing = ui.spacing_mut();
    spacing.item_spacing.y = 0.0;
    spacing.button_padding.y = 0.0;
    spacing.interact_size.y = spacing.interact_size.y.min(height);
}

/// Shows an entry of a menu; returns whether it was chosen.
fn entry_ui(ui: &mut Ui, command: UiCommand, is_on: Option<bool>, refusal: Option<String>) -> bool {
    let keys = command.shortcut().map(|chord| chord.to_string()).unwrap_or_default();
    let mark = match is_on {
        Some(true) => icons::CHECK,
        Some(false) | None => "",
    };
    let button = Button::new(command.label()).shortcut_text(format!("{mark} {keys}"));
    let response = ui.add_enabled(refusal.is_none(), button);
    let is_enabled = refusal.is_none();
    // The keys are no part of the name that people and tests know the entry by; the role tells the entry
    // from a button that does the same.
    response.widget_info(|| match is_on {
        Some(is_on) => WidgetInfo::selected(Role::MenuItemCheckBox, is_enabled, is_on, command.label()),
        None => WidgetInfo::labeled(Role::MenuItem, is_enabled, command.label()),
    });
    let response = response.on_hover_text(command.tooltip());
    match refusal {
        Some(refusal) => response.on_disabled_hover_text(refusal).clicked(),
        None => response.clicked(),
    }
}

fn plugin_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let Some(plugin) = state.selected_plugin() else { return };
    let label = state.plugin_label(plugin.id);
    let picker =
        ui.add(Chip::menu(icons::PUZZLE_PIECE, &label).tooltip("Choose the plugin that the panes show"));
    Popup::menu(&picker).show(|ui| {
        for other in &state.plugins {
            let name = format!("{} · {}", state.plugin_label(other.id), other.state.label());
            if ui.selectable_label(other.id == plugin.id, name).clicked() {
                actions.push(Action::Plugin(other.id, PluginAction::Select));
                ui.close();
            }
        }
    });
    let colour = state_colour(tokens(ui), plugin.state);
    ui.add(chip(colour, plugin.state.label()));
}

/// Shows how the builds stand and what the last good one took, as far as there is room.
fn build_line_ui(ui: &mut Ui, state: &AppState) {
    let Some(source) = state.active_source() else { return };
    let tokens = tokens(ui);
    let doing = match source.status {
        CompileStatus::Running(_) | CompileStatus::Queued => Some("compiling".to_owned()),
        CompileStatus::Due(_) | CompileStatus::Done => source.build_line(),
    };
    let colour = if source.failure.is_some() { tokens.error } else { tokens.text_muted };
    let compiled = compiled_line(source);
    let width = |text: &str| {
        let font = super::theme::body_font(super::theme::CAPTION);
        ui.painter().layout_no_wrap(text.to_owned(), font, colour).size().x + space::XL
    };
    let doing_width = doing.as_deref().map_or(0.0, width);
    let has_room = compiled.as_deref().is_some_and(|text| doing_width + width(text) < ui.available_width());
    if let Some(text) = compiled.filter(|_| has_room) {
        let response = ui.label(caption(text).color(tokens.text_muted));
        response.on_hover_ui(|ui| phases_ui(ui, source));
    }
    if let Some(text) = doing.filter(|_| ui.available_width() > space::XL) {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let response = ui.add(egui::Label::new(caption(&text).color(colour)).truncate());
            response.on_hover_ui(|ui| {
                ui.label(&text);
                phases_ui(ui, source);
            });
        });
    }
}

fn compiled_line(source: &Source) -> Option<String> {
    let info = &source.good.as_ref()?.build.info;
    let bytes = humanize::bytes(info.wasm_bytes);
    Some(match info.cache {
        CacheOutcome::Miss => {
            format!("compiled in {} · {bytes}", humanize::duration_ns(info.phases.total_ns()))
        }
        CacheOutcome::Memory | CacheOutcome::Disk => format!("from the cache · {bytes}"),
    })
}

fn phases_ui(ui: &mut Ui, source: &Source) {
    let Some(good) = &source.good else { return };
    let info = &good.build.info;
    for (name, nanos) in info.phases.iter() {
        ui.label(format!("{name} {}", humanize::duration_ns(nanos)));
    }
    ui.label(format!(
        "source {} · module {}",
        humanize::bytes(info.source_bytes),
        humanize::bytes(info.wasm_bytes)
    ));
    ui.label(format!("SHA-256 {}", info.sha256));
}

fn right_ui(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let icon = if ui.visuals().dark_mode { icons::MOON } else { icons::SUN };
    if ui.add(icon_button(icon, UiCommand::ToggleTheme.label())).clicked() {
        actions.extend(UiCommand::ToggleTheme.action(state));
    }
    let keys = UiCommand::Palette.shortcut().map(|chord| chord.to_string()).unwrap_or_default();
    let commands = quiet_button(icons::MAGNIFYING_GLASS, UiCommand::Palette.label()).hint(&keys);
    let short = icon_button(icons::MAGNIFYING_GLASS, UiCommand::Palette.label()).shortcut(&keys);
    let response = if is_narrow(ui) { ui.add(short) } else { ui.add(commands) };
    if response.clicked() {
        actions.extend(UiCommand::Palette.action(state));
    }
}

fn engine_line(state: &AppState) -> String {
    let engine = &state.settings.engine;
    let compiler = match engine.compiler {
        _ if engine.exact_live_fuel && engine.fuel => "Winch",
        Compiler::Cranelift => "Cranelift",
        Compiler::Winch => "Winch",
    };
    let fuel = match (engine.fuel, engine.exact_live_fuel) {
        (true, true) => "fuel exact",
        (true, false) => "fuel on",
        (false, _) => "fuel off",
    };
    let depth = if engine.call_depth { "depth exact" } else { "depth off" };
    format!("{compiler} · {fuel} · {depth}")
}
