//! Looking at memory and changing it.

use std::sync::Arc;

use super::super::action::MemoryAction;
use super::super::state::{AppState, MemoryEdit, Now, PluginView};
use super::tell;
use crate::model::ids::PluginId;
use crate::worker::protocol::{Command, PluginCommand};

pub(super) fn update(
    state: &mut AppState,
    id: PluginId,
    action: MemoryAction,
    now: Now,
    out: &mut Vec<Command>,
) {
    let Some(plugin) = state.plugin_mut(id) else { return };
    match action {
        MemoryAction::Show(request) => {
            plugin.memory.wanted = Some(request);
            plugin.memory.refusal = None;
            tell(id, PluginCommand::ReadMemory(request), out);
        }
        MemoryAction::Watch(is_watched) => {
            let was_watched = std::mem::replace(&mut plugin.memory.is_watched, is_watched);
            plugin.memory.refresh_due = None;
            if is_watched && !was_watched {
                show_again(plugin, out);
            }
        }
        MemoryAction::Write { memory, address, bytes } => write(plugin, memory, address, bytes, out),
        MemoryAction::Undo => {
            if let Some(edit) = plugin.memory.undo.pop() {
                send(plugin, edit.memory, edit.address, Arc::clone(&edit.old), out);
                plugin.memory.redo.push(edit);
            }
        }
        MemoryAction::Redo => {
            if let Some(edit) = plugin.memory.redo.pop() {
                send(plugin, edit.memory, edit.address, Arc::clone(&edit.new), out);
                plugin.memory.remember_edit(edit);
            }
        }
        MemoryAction::ReadGlobals => tell(id, PluginCommand::ReadGlobals, out),
    }
    super::super::due::schedule_refresh(state, id, now);
}

/// Asks again for the part that is being looked at.
pub(crate) fn show_again(plugin: &PluginView, out: &mut Vec<Command>) {
    if plugin.memory.is_watched {
        if let Some(request) = plugin.memory.wanted {
            tell(plugin.id, PluginCommand::ReadMemory(request), out);
        }
        tell(plugin.id, PluginCommand::ReadGlobals, out);
    }
}

fn write(plugin: &mut PluginView, memory: u32, address: u64, bytes: Arc<[u8]>, out: &mut Vec<Command>) {
    // Only what was on screen can be taken back; a write elsewhere is still made.
    let old = plugin.memory.bytes_at(memory, address, bytes.len()).map(Arc::from);
    if let Some(old) = old {
        plugin.memory.remember_edit(MemoryEdit { memory, address, old, new: Arc::clone(&bytes) });
        plugin.memory.redo.clear();
    }
    send(plugin, memory, address, bytes, out);
}

fn send(plugin: &mut PluginView, memory: u32, address: u64, bytes: Arc<[u8]>, out: &mut Vec<Command>) {
    plugin.earlier.forget(1);
    tell(plugin.id, PluginCommand::WriteMemory { memory, address, bytes }, out);
    if let Some(request) = plugin.memory.wanted {
        tell(plugin.id, PluginCommand::ReadMemory(request), out);
    }
}
