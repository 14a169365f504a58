//! Everything that a person can do, as data.
//!
//! Knows no widgets: whoever has some turns a click into one of these.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::editor_commands::EditorWish;
use super::pane::PaneKind;
use super::settings::{CacheSettings, ThemeChoice};
use super::state::{Export, Pairing, RuleField};
use super::templates::Template;
use crate::engine::EngineSettings;
use crate::engine::listing::{SearchPattern, Stretch};
use crate::model::cache::CacheKey;
use crate::model::diagnostic::Place;
use crate::model::ids::{PluginId, SourceId};
use crate::model::limits::{LimitKind, Limits, Preset};
use crate::model::memory::MemoryRequest;
use crate::model::operators::PriceChanges;
use crate::model::proposal::Proposal;
use crate::model::text::{EditCommand, Rewriting};
use crate::model::text_edit::TextEdit;

/// One thing that a person does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Something with files and tabs.
    File(FileAction),
    /// Something with the text of a source.
    Source(SourceAction),
    /// Something with a plugin.
    Plugin(PluginId, PluginAction),
    /// Something with what is selected or with the fields of Call.
    Call(CallAction),
    /// Something with the memory of a plugin.
    Memory(PluginId, MemoryAction),
    /// Something with the settings of engine and cache, or with what the cache keeps.
    Settings(SettingsAction),
    /// Something with the window itself.
    View(ViewAction),
}

/// Something with files and tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAction {
    /// Show the dialog that asks for a path.
    ShowOpen,
    /// Change the path in the dialog that is open.
    SetDialogPath(String),
    /// Do what the dialog is for, with the path in it.
    ConfirmDialog,
    /// Show the system's own dialog instead.
    Browse,
    /// Close the dialog.
    CloseDialog,
    /// Open files: typed, from the command line or from Recent.
    Open(Vec<PathBuf>),
    /// Open files that were dropped on the window; something without a file has an empty path.
    Drop(Vec<PathBuf>),
    /// Open a sample by the name of its file.
    OpenSample(String),
    /// Open a new text.
    New(Template),
    /// Open the listing of a binary as a text of its own.
    EditAsWat(SourceId),
    /// Bring a tab to the front.
    Activate(SourceId),
    /// Bring the next tab (`1`) or the previous one (`-1`) to the front.
    Cycle(i8),
    /// Close a tab, asking first when it has unsaved text.
    Close(SourceId),
    /// Save to its file, asking for one when there is none.
    Save(SourceId),
    /// Ask for a file and save there.
    SaveAs(SourceId),
    /// Save everything that the dialog names, then go on with what was asked for.
    SaveAll,
    /// Give up the unsaved text that the dialog names, then go on.
    DiscardAll,
    /// Take over what the file holds now.
    TakeChanged,
    /// Keep the text and overwrite the file when it is saved.
    KeepMine,
    /// Show how the text differs from what the file holds now.
    ShowDifference,
    /// Choose text of an earlier run, or leave it for later, by its place in the dialog.
    ChooseRecovered(usize, bool),
    /// Bring the chosen texts of an earlier run back.
    RestoreRecovered,
    /// Give the chosen texts of an earlier run up.
    DiscardRecovered,
    /// Look whether open files changed on disk, such as when the window gets the focus.
    CheckDisk,
    /// End the program, asking first when there is unsaved text.
    Quit,
}

/// Something with the text of a source.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceAction {
    /// Do something to the text or its cursors.
    Edit(SourceId, EditCommand),
    /// Replace the whole text by another one, such as a formatted one; undone at once.
    SetText(SourceId, Arc<str>),
    /// Change the text at many places, such as to format it; undone at once.
    Rewrite(SourceId, Rewriting),
    /// Make changes that put an error right; they speak of the text that was compiled last.
    Fix(SourceId, Vec<TextEdit>),
    /// Compile now, without waiting.
    Compile(SourceId),
    /// Make an instance of its last good build, such as after the last one was unloaded.
    Instantiate(SourceId),
    /// Show a place in the editor.
    GoTo(SourceId, Place),
    /// Tell where the cursor is: line and column, both from 1.
    CursorMoved(SourceId, u32, u32),
    /// Have these lines of a listing printed, from 1, since they are in view.
    ShowLines(SourceId, Range<u32>),
    /// Look through a listing.
    SearchListing(SourceId, SearchPattern),
    /// Stop looking through a listing, and keep what was found.
    StopSearch(SourceId),
    /// Forget what was found in a listing.
    CloseSearch(SourceId),
    /// Put a stretch of a listing into the clipboard.
    CopyListing(SourceId, Stretch),
    /// Ask what its binary is made of.
    MeasureSizes(SourceId),
    /// Change what its operators cost in fuel, and compile it anew.
    SetPrices(SourceId, PriceChanges),
}

/// Something with a plugin.
#[derive(Debug, Clone, PartialEq)]
pub enum PluginAction {
    /// Show it in the panes.
    Select,
    /// Make another instance of the same source.
    NewInstance,
    /// Run the start function and `_initialize`.
    Initialize,
    /// End the running call and forget those that wait.
    Cancel,
    /// Hold the running call.
    Pause,
    /// Let the held call go on.
    Resume,
    /// Run `_cleanup` and take no more calls.
    Stop,
    /// Replace the instance by a fresh one of the newest build.
    Reload,
    /// Drop the plugin.
    Unload,
    /// Change the text in the field of a limit.
    SetLimitText(LimitKind, String),
    /// Set all limits at once.
    SetLimits(Limits),
    /// Set all limits to a preset.
    SetPreset(Preset),
    /// Set one limit and repeat the last call.
    RaiseLimit {
        /// Limit that stopped the call.
        kind: LimitKind,
        /// New value; `None` lifts it.
        value: Option<u64>,
        /// Number of the call to repeat; `None` repeats nothing.
        call_again: Option<u64>,
    },
    /// Change the limits of single functions, as they stand in their fields.
    SetRules(Vec<RuleField>),
    /// Choose whether refused growth traps.
    SetTrapOnRefusedGrowth(bool),
    /// Choose whether imports that nobody provides are stubbed.
    SetStubMissing(bool),
    /// Choose whether the instance stays in use after a call that did not return.
    SetKeepAfterTrap(bool),
    /// Choose whether the instance stays when the source is compiled anew.
    SetKeepUntilReload(bool),
    /// Find what a call would take: that of a record by its number, or the one in the fields of Call.
    FindNeeds(Option<u64>),
    /// End the search for what a call would take.
    StopFinding,
    /// Set a limit to what is needed of it and some room; without a limit, all of them.
    ApplyNeeds(Option<LimitKind>),
    /// Count which operators a call runs: that of a record by its number, or the one in the fields of Call.
    CountOperators(Option<u64>),
    /// End the counting of operators.
    StopCounting,
    /// Forget calls and figures.
    ResetMetrics,
    /// Select a call in Calls and Timing, by its number.
    SelectCall(Option<u64>),
    /// Pick the calls between two numbers, or those of any number.
    BrushCalls(Option<(u64, u64)>),
    /// Pick the calls of both sets that are compared: between two numbers of the first, and of the second where
    /// there are any.
    BrushPair((u64, u64), Option<(u64, u64)>),
    /// Pick the calls whose wall time lies between two, in nanoseconds, or those of any wall time.
    BrushWallNs(Option<(u64, u64)>),
    /// Ask for the calls as a file.
    ExportCalls(ExportFormat),
    /// Ask for what the calls add up to as a file.
    ExportMetrics(ExportFormat),
}

/// Something with what is selected or with the fields of Call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallAction {
    /// Show an exported function in Call.
    SelectExport(String),
    /// Change the text of an argument.
    SetArg(usize, String),
    /// Change how often, or for how long, the call is repeated.
    SetRepeat(String),
    /// Choose whether calls that are not measured come before those that are repeated.
    SetWarmUp(bool),
    /// Measure what was repeated last in batches, where one call is too short for the clock.
    TimeInBatches,
    /// Choose whether repeating goes on after a call that did not return.
    SetContinueOnFailure(bool),
    /// Take an older (`-1`) or newer (`1`) set of arguments from the history of the function.
    Recall(i8),
    /// Call the selected function with the arguments in the fields.
    Call,
    /// Call again what a record of the selected plugin names, by its number.
    CallAgain(u64),
    /// Put the arguments of a record into the fields, by its number.
    UseArgs(u64),
    /// Copy the command that repeats a call; without a number, the one in the fields.
    CopyAsCommand(Option<u64>),
    /// Write a text into memory and put address and length into this field and the next.
    WriteText(usize, String),
    /// Read the text that the result of a call points at: number, address, length in bytes.
    ReadText(u64, u64, u64),
    /// Run the demo of a sample, by the name of its file.
    RunDemo(String),
}

/// Something with the memory of a plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemoryAction {
    /// Show this part from now on.
    Show(MemoryRequest),
    /// Keep the part up to date (`true`), or no longer.
    Watch(bool),
    /// Change bytes.
    Write {
        /// Index of the memory.
        memory: u32,
        /// First address.
        address: u64,
        /// New bytes.
        bytes: Arc<[u8]>,
    },
    /// Take the newest write back.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// Ask for the globals.
    ReadGlobals,
}

/// Something with the settings of engine and cache, or with what the cache keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsAction {
    /// Compile for another engine from now on; all sources are compiled anew.
    SetEngine(EngineSettings),
    /// Switch a proposal on, and take the compiler that can do it.
    TurnOn(Proposal),
    /// Change the limits of new plugins.
    SetLimits(Limits),
    /// Change how often running guests are looked at, in milliseconds.
    SetEpochTick(u64),
    /// Change how much the cache may keep, and where.
    SetCache(CacheSettings),
    /// Ask what the cache keeps.
    ListCache,
    /// Drop one build from the cache.
    RemoveCached(CacheKey),
    /// Drop all builds from the cache.
    ClearCache,
    /// Put all settings of engine, limits and cache back to what they were at first.
    Reset,
}

/// Something with the window itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewAction {
    /// Choose the colours.
    SetTheme(ThemeChoice),
    /// Make text larger or smaller by steps of 10 %.
    ScaleText(i16),
    /// Give text its usual size.
    ResetText,
    /// Open or close the command palette.
    ShowPalette(bool),
    /// Show the list of shortcuts.
    ShowShortcuts,
    /// Show what this program is.
    ShowAbout,
    /// Bring a pane to the front.
    ShowPane(PaneKind),
    /// Open a pane, or close it.
    TogglePane(PaneKind),
    /// Put all panes back to where they were at first.
    ResetLayout,
    /// Remember the layout of the panes, in the window's own notation.
    KeepLayout(String),
    /// Show beside the lines of listings what offsets they stand for, or not.
    ShowOffsets(bool),
    /// Ask something of the editor that shows the source in front.
    AskEditor(EditorWish),
    /// Copy a text.
    Copy(String),
    /// End a toast.
    DismissNotice(u64),
    /// End all toasts.
    DismissNotices,
    /// Hold the events back, or show them again.
    PauseEvents(bool),
    /// Forget the events.
    ClearEvents,
    /// Ask for the events as a file.
    ExportEvents(ExportFormat),
    /// Write a document to a file that the person chooses, such as a picture of the plots.
    ExportFile {
        /// Name that the dialog suggests.
        suggested: String,
        /// What is written.
        export: Export,
    },
    /// Show two plugins or two builds in one plot, or only the selected plugin again.
    Compare(Option<Pairing>),
    /// Forget all calls of all plugins and the figures of the program.
    ResetAllMetrics,
}

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values.
    Csv,
    /// One JSON document.
    Json,
}

impl ExportFormat {
    /// Returns the ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}
