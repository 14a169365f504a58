//! Turns what a person does into a changed state and commands for the workers.
//!
//! Pure: no clock, no file, no thread, and nothing that takes long.

mod calls;
mod files;
mod listings;
mod memory;
mod needs;
mod operators;
mod options;
mod plugins;
mod prices;
mod recovery;
mod settings;
mod sources;
mod view;

pub(crate) use calls::{Repetition, read_text, send_call};
pub(crate) use files::{
    OpenedFile, activate, add_file, add_source, go_on_after_saving, open_printed, opened_as, remember_tabs,
    save_now, save_to, write_export,
};
pub(crate) use memory::show_again;
pub(crate) use operators::count_unasked;
pub(crate) use options::remember as remember_options;
pub(crate) use plugins::{create_plugin, tell};
pub(crate) use prices::remember as remember_prices;
pub(crate) use recovery::{file_read as recovered_file_read, offer as offer_recovered};
pub(crate) use sources::{request_compile, rewritten, take_from_disk};

use super::action::Action;
use super::state::{AppState, Now};
use crate::model::ids::SourceId;
use crate::worker::protocol::{Command, PluginCommand};

/// Does what a person asked for, as far as it can be done at once, and returns what the workers must do.
pub fn update(state: &mut AppState, action: Action, now: Now) -> Vec<Command> {
    let mut out = Vec::new();
    match action {
        Action::File(action) => files::update(state, action, now, &mut out),
        Action::Source(action) => sources::update(state, action, now, &mut out),
        Action::Plugin(plugin, action) => plugins::update(state, plugin, action, now, &mut out),
        Action::Call(action) => calls::update(state, action, now, &mut out),
        Action::Memory(plugin, action) => memory::update(state, plugin, action, now, &mut out),
        Action::Settings(action) => settings::update(state, action, now, &mut out),
        Action::View(action) => view::update(state, action, now, &mut out),
    }
    settle(state, &mut out);
    out
}

/// Makes the selection fit what there is, so that no pane shows what is gone.
pub(crate) fn settle(state: &mut AppState, out: &mut Vec<Command>) {
    if state.active_source().is_none() {
        state.active = state.sources.last().map(|source| source.id);
    }
    let is_of_active = state.selected_plugin().is_some_and(|plugin| Some(plugin.source) == state.active);
    if !is_of_active {
        let newest = state.plugins.iter().rev().find(|plugin| Some(plugin.source) == state.active);
        state.selection.plugin = newest.map(|plugin| plugin.id);
    }
    settle_export(state);
    if state.watched != state.selection.plugin {
        for (plugin, watch) in [(state.watched, false), (state.selection.plugin, true)] {
            if let Some(plugin) = plugin.filter(|plugin| state.plugin(*plugin).is_some()) {
                out.push(Command::Plugin { plugin, command: PluginCommand::WatchUsage(watch) });
            }
        }
        state.watched = state.selection.plugin;
    }
}

fn settle_export(state: &mut AppState) {
    let Some(plugin) = state.selected_plugin() else {
        state.selection.export = None;
        return;
    };
    let source = plugin.source;
    let interface = std::sync::Arc::clone(&plugin.build.build.interface);
    let chosen = state.selection.export.as_deref().filter(|name| interface.exported_function(name).is_some());
    // Hooks are called by the life cycle, so a function that somebody wrote to be called comes first.
    let is_hook = |name: &str| matches!(name, "_initialize" | "_cleanup");
    let names = || interface.exported_functions().map(|(name, _, _)| name);
    let first = || names().find(|name| !is_hook(name)).or_else(|| names().next());
    let Some(name) = chosen.or_else(first) else {
        state.selection.export = None;
        return;
    };
    if let Some((_, signature)) = interface.exported_function(name) {
        let example = example(state, source, name);
        let is_new = state.forms.get(source, name).is_none();
        let form = state.forms.ensure(source, name, signature);
        if let Some(example) = example.filter(|_| is_new) {
            form.set_args(&example);
        }
    }
    state.selection.export = Some(name.into());
}

/// Returns the arguments of the first call of a function that a sample's header shows.
fn example(state: &AppState, source: SourceId, export: &str) -> Option<Vec<String>> {
    let sample = state.source(source)?.sample()?;
    sample.calls.iter().find(|call| call.export == export).map(|call| call.args.clone())
}
