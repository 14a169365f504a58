//! The program's state and the pure functions that change it.
//!
//! Knows no widgets, no threads, no clocks and no files: [`update`] turns what a person does and [`apply`]
//! what a worker answers into a changed [`AppState`] and [`Command`]s for the workers, [`due`] what time has
//! come for. Whoever runs them passes the time in, sends the commands, and grants the [`Effect`]s.
//!
//! [`Command`]: crate::worker::protocol::Command

mod action;
mod apply;
mod command_table;
mod demo;
mod due;
mod editor_commands;
mod export;
mod form;
mod journal;
mod listing_goals;
mod pane;
mod session;
mod settings;
mod start;
mod state;
mod templates;
mod update;

pub use action::{
    Action, CallAction, ExportFormat, FileAction, MemoryAction, PluginAction, SettingsAction, SourceAction,
    ViewAction,
};
pub use apply::apply;
pub use command_table::{Chord, Key, MENUS, Menu, UiCommand};
pub use demo::{DemoRow, DemoRun, DemoState, Demos};
pub use due::due;
pub use editor_commands::EditorWish;
pub use form::{ArgField, CallForm, CallForms};
pub use listing_goals::{ListingGoal, listing_goals};
pub use pane::PaneKind;
pub use session::{OpenedSource, RecentFile, Session, SourcePrices};
pub use settings::{CacheSettings, Settings, ThemeChoice};
pub use start::{Startup, start};
pub use state::*;
pub use templates::Template;
pub use update::update;

#[cfg(test)]
mod tests;
