//! Everything that the program knows while it runs, in parts that each have one owner's worth of meaning.
//!
//! Knows no widgets and no threads; it changes through `update`, `apply` and `due` alone.

mod calls;
mod desk;
mod needs;
mod operators;
mod pairing;
mod phases;
mod plugin;
mod reading;
mod refusals;
mod requests;
mod source;

use std::sync::Arc;
use std::time::Duration;

pub use calls::{BenchView, CallPeaks, MOST_RECORDS, PendingCall, PluginCalls, ResultText};
pub use desk::{
    AfterSaving, Dialog, DifferenceView, Effect, Export, NoticeEntry, Notices, SaveWhat, TOAST_LASTS,
};
pub use needs::{EarlierCalls, NeedsStatus, NeedsView, roomy_limit, roomy_stack_bytes};
pub use operators::{CountsStatus, CountsView, DefaultFuel, OriginalEnd, Repeated};
pub use pairing::{Pairing, PastPlugin, Subject, SubjectCalls};
pub use phases::PhaseRun;
pub use plugin::{LimitField, MemoryEdit, PluginMemory, PluginView, RuleField};
pub use reading::{ListingPages, ListingSearch, Reading, SizesView};
pub use refusals::{OfKind, Refusals};
pub use requests::{Purpose, Requests};
pub use source::{CompileStatus, GoTo, GoodBuild, Origin, Source, SourceContent, TextReading};

use super::demo::Demos;
use super::form::{CallForm, CallForms};
use super::session::Session;
use super::settings::Settings;
use crate::model::cache::CacheListing;
use crate::model::event::{EventLog, LogLevel};
use crate::model::ids::{CallId, PluginId, SourceId};
use crate::model::interface::Interface;
use crate::model::limits::Limits;
use crate::model::metrics::RuntimeStats;
use crate::model::signature::FuncSignature;
use crate::model::zone::Zone;
use crate::worker::protocol::Notice;

/// The time as the one who calls `update` sees it, so that the functions themselves need no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Time since the program began; never goes back.
    pub since_start: Duration,
    /// Milliseconds since the Unix epoch, for histories that people read.
    pub unix_ms: u64,
}

/// The program's state.
#[derive(Debug, Default)]
pub struct AppState {
    /// Time of the frame that is about to be shown.
    pub now: Now,
    /// Open sources in the order of their tabs.
    pub sources: Vec<Source>,
    /// Source whose tab is in front.
    pub active: Option<SourceId>,
    /// Live plugins in the order in which they were made.
    pub plugins: Vec<PluginView>,
    /// Calls of plugins that were unloaded, oldest first.
    pub past: Vec<PastPlugin>,
    /// Two plugins or builds that are shown in one plot.
    pub pairing: Option<Pairing>,
    /// What is selected in the panes.
    pub selection: Selection,
    /// Arguments that stand in the fields, by source and export.
    pub forms: CallForms,
    /// What happened, and what of it Events shows.
    pub events: EventLog,
    /// Notices, shown as toasts first.
    pub notices: Notices,
    /// Runs of samples' demos.
    pub demos: Demos,
    /// The dialog that is open, if any.
    pub dialog: Option<Dialog>,
    /// The difference that the dialog about a changed file shows, if any.
    pub difference: Option<DifferenceView>,
    /// Whether the command palette is open.
    pub is_palette_open: bool,
    /// What is kept in the settings file.
    pub settings: Settings,
    /// What is kept in the session file.
    pub session: Session,
    /// Questions to the workers that have not been answered.
    pub requests: Requests,
    /// Where the two files are, and when they are written next.
    pub(crate) keeping: Keeping,
    /// What only the window can do, such as filling the clipboard; it takes these out.
    pub effects: Vec<Effect>,
    /// The builds that are kept, when they were last asked for.
    pub cache: Option<Arc<CacheListing>>,
    /// When the program began, in milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// What the clocks show where the program runs.
    pub zone: Zone,
    /// What the program has done since it began.
    pub runtime: RuntimeStats,
    pub(crate) ids: Ids,
    // What goes on once these sources have been saved.
    pub(crate) after_saving: Option<(Vec<SourceId>, AfterSaving)>,
    // Number of the newest search in a listing.
    pub(crate) last_search: u64,
    // Plugin whose usage is being watched, so that a change of the selection is noticed.
    pub(crate) watched: Option<PluginId>,
}

/// What is selected in the panes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Plugin that the panes show.
    pub plugin: Option<PluginId>,
    /// Function that Call shows.
    pub export: Option<Arc<str>>,
}

/// Files for settings and session, and when they are written next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keeping {
    pub(crate) settings_path: Option<std::path::PathBuf>,
    pub(crate) session_path: Option<std::path::PathBuf>,
    /// What `~` stands for in a path that is typed.
    pub(crate) home: Option<std::path::PathBuf>,
    // Whether there is something to write, and when that is done at the latest.
    pub(crate) settings_are_new: bool,
    pub(crate) session_is_new: bool,
    pub(crate) due: Option<Duration>,
}

/// Counters that hand out ids.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ids {
    source: SourceId,
    plugin: PluginId,
    call: CallId,
}

impl Ids {
    pub(crate) fn source(&mut self) -> SourceId {
        self.source = self.source.successor();
        self.source
    }

    pub(crate) fn plugin(&mut self) -> PluginId {
        self.plugin = self.plugin.successor();
        self.plugin
    }

    pub(crate) fn call(&mut self) -> CallId {
        self.call = self.call.successor();
        self.call
    }
}

impl AppState {
    /// Finds an open source.
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// Finds a live plugin.
    pub fn plugin(&self, id: PluginId) -> Option<&PluginView> {
        self.plugins.iter().find(|plugin| plugin.id == id)
    }

    /// Returns the source whose tab is in front.
    pub fn active_source(&self) -> Option<&Source> {
        self.source(self.active?)
    }

    /// Returns the selected plugin.
    pub fn selected_plugin(&self) -> Option<&PluginView> {
        self.plugin(self.selection.plugin?)
    }

    /// Returns the build that the inspector shows: the selected plugin's when it belongs to the source in
    /// front, else the last good one of that source.
    pub fn shown_build(&self) -> Option<&GoodBuild> {
        let plugin = self.selected_plugin();
        if let Some(plugin) =
            plugin.filter(|plugin| Some(plugin.source) == self.active || self.active.is_none())
        {
            return Some(&plugin.build);
        }
        self.active_source()
            .and_then(|source| source.good.as_ref())
            .or_else(|| plugin.map(|plugin| &plugin.build))
    }

    /// Returns what the inspector shows.
    pub fn shown_interface(&self) -> Option<&Arc<Interface>> {
        self.shown_build().map(|good| &good.build.interface)
    }

    /// Returns the name of a plugin on screen: that of its source, with a number where there are several.
    pub fn plugin_label(&self, id: PluginId) -> String {
        let Some(plugin) = self.plugin(id) else { return String::new() };
        let of_same_name = self.plugins.iter().filter(|other| other.stem == plugin.stem).count();
        if of_same_name > 1 {
            format!("{} #{}", plugin.stem, plugin.ordinal)
        } else {
            plugin.stem.to_string()
        }
    }

    /// Returns the limits that a new plugin of that source starts with.
    pub fn starting_limits(&self, source: SourceId) -> Limits {
        self.source(source).and_then(Source::sample_limits).unwrap_or(self.settings.limits)
    }

    /// Lists the sources with unsaved text.
    pub fn dirty_sources(&self) -> Vec<SourceId> {
        self.sources.iter().filter(|source| source.is_dirty).map(|source| source.id).collect()
    }

    /// Returns the signature of the selected function.
    pub fn selected_function(&self) -> Option<(&PluginView, &str, &FuncSignature)> {
        let plugin = self.selected_plugin()?;
        let export = self.selection.export.as_deref()?;
        let (_, signature) = plugin.build.build.interface.exported_function(export)?;
        Some((plugin, export, signature))
    }

    /// Returns the fields of the selected function.
    pub fn selected_form(&self) -> Option<&CallForm> {
        let (plugin, export, _) = self.selected_function()?;
        self.forms.get(plugin.source, export)
    }

    /// Adds a notice.
    pub(crate) fn notify(&mut self, level: LogLevel, message: impl Into<String>, now: Now) {
        let notice = Notice { level, message: message.into(), details: None };
        self.notices.push(notice, now.since_start);
    }

    pub(crate) fn source_mut(&mut self, id: SourceId) -> Option<&mut Source> {
        self.sources.iter_mut().find(|source| source.id == id)
    }

    pub(crate) fn plugin_mut(&mut self, id: PluginId) -> Option<&mut PluginView> {
        self.plugins.iter_mut().find(|plugin| plugin.id == id)
    }
}
