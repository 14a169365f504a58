//! Every command by name: the one table that menus, palette, shortcuts and help are made from.
//!
//! Commands carry no data; each becomes an [`Action`] on what is selected, or says why it can't.

use std::fmt;

use super::action::{Action, CallAction, ExportFormat, FileAction, PluginAction, SourceAction, ViewAction};
use super::pane::PaneKind;
use super::state::{AppState, SourceContent};
use super::templates::Template;
use crate::model::call::{CallKind, CallRecord};
use crate::model::lifecycle::LifecycleStep;

/// A key, named by what is printed on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A letter or digit, in capitals.
    Char(char),
    /// A function key by its number.
    F(u8),
    /// Enter.
    Enter,
    /// The key with `+`.
    Plus,
    /// The key with `-`.
    Minus,
    /// Tab.
    Tab,
    /// The space bar.
    Space,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
}

/// Keys that are pressed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// Whether Ctrl is held (Command on a Mac).
    pub ctrl: bool,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Alt is held.
    pub alt: bool,
    /// The key itself.
    pub key: Key,
}

impl Chord {
    const fn plain(key: Key) -> Self {
        Self { ctrl: false, shift: false, alt: false, key }
    }

    const fn ctrl(key: Key) -> Self {
        Self { ctrl: true, ..Self::plain(key) }
    }

    const fn shift(key: Key) -> Self {
        Self { shift: true, ..Self::plain(key) }
    }

    const fn ctrl_shift(key: Key) -> Self {
        Self { ctrl: true, shift: true, ..Self::plain(key) }
    }

    const fn alt(key: Key) -> Self {
        Self { alt: true, ..Self::plain(key) }
    }

    const fn ctrl_alt(key: Key) -> Self {
        Self { ctrl: true, alt: true, ..Self::plain(key) }
    }

    const fn shift_alt(key: Key) -> Self {
        Self { shift: true, alt: true, ..Self::plain(key) }
    }
}

/// Writes the chord as menus show it, such as `Ctrl+Shift+P`.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl+"), (self.alt, "Alt+"), (self.shift, "Shift+")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.key {
            Key::Char(letter) => write!(f, "{letter}"),
            Key::F(number) => write!(f, "F{number}"),
            Key::Enter => f.write_str("Enter"),
            Key::Plus => f.write_str("+"),
            Key::Minus => f.write_str("−"),
            Key::Tab => f.write_str("Tab"),
            Key::Space => f.write_str("Space"),
            Key::Up => f.write_str("Up"),
            Key::Down => f.write_str("Down"),
        }
    }
}

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident, $label:literal, $tooltip:literal, $chord:expr;)*) => {
        /// A command without data.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum UiCommand {
            $(#[doc = $tooltip] $name,)*
        }

        impl UiCommand {
            /// All commands in the order of the menus.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns its name in menus and palette.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }

            /// Says what it does, in one sentence.
            pub fn tooltip(self) -> &'static str {
                match self {
                    $(Self::$name => $tooltip,)*
                }
            }

            /// Returns the keys that run it.
            pub fn shortcut(self) -> Option<Chord> {
                match self {
                    $(Self::$name => $chord,)*
                }
            }
        }
    };
}

commands! {
    NewEmpty, "New empty module", "Opens a module with nothing in it", Some(Chord::ctrl(Key::Char('N')));
    NewFunction, "New function", "Opens a module with one exported function", None;
    NewMemory, "New memory with allocator", "Opens a module with a memory and a bump allocator", None;
    NewHostLog, "New host log", "Opens a module that logs through its host", None;
    Open, "Open…", "Opens a .wat or .wasm file", Some(Chord::ctrl(Key::Char('O')));
    Save, "Save", "Writes the text to its file", Some(Chord::ctrl(Key::Char('S')));
    SaveAs, "Save as…", "Writes the text to another file", Some(Chord::ctrl_shift(Key::Char('S')));
    EditAsWat, "Edit as WAT", "Opens the listing of the binary as a text that can be edited", None;
    CloseTab, "Close tab", "Closes the source in front and unloads its plugins", Some(Chord::ctrl(Key::Char('W')));
    Quit, "Quit", "Ends the program, asking first when there is unsaved text", Some(Chord::ctrl(Key::Char('Q')));
    NextTab, "Next tab", "Brings the next source to the front", Some(Chord::ctrl(Key::Tab));
    PreviousTab, "Previous tab", "Brings the previous source to the front", Some(Chord::ctrl_shift(Key::Tab));
    Undo, "Undo", "Takes the last edit back", Some(Chord::ctrl(Key::Char('Z')));
    Redo, "Redo", "Makes again the edit that was taken back", Some(Chord::ctrl_shift(Key::Char('Z')));
    Cut, "Cut", "Puts what is selected into the clipboard and deletes it", Some(Chord::ctrl(Key::Char('X')));
    Copy, "Copy", "Puts what is selected into the clipboard", Some(Chord::ctrl(Key::Char('C')));
    Paste, "Paste", "Inserts what is in the clipboard", Some(Chord::ctrl(Key::Char('V')));
    SelectAll, "Select all", "Selects the whole text", Some(Chord::ctrl(Key::Char('A')));
    SelectLine, "Select line", "Selects the lines of all carets", Some(Chord::ctrl(Key::Char('L')));
    ExpandSelection, "Expand selection", "Selects the word, then form after form around the caret", Some(Chord::ctrl(Key::Char('E')));
    ShrinkSelection, "Shrink selection", "Takes the last step of selecting more back", Some(Chord::ctrl_shift(Key::Char('E')));
    NextOccurrence, "Add next occurrence", "Selects the word at the caret, then its next place too", Some(Chord::ctrl(Key::Char('D')));
    AllOccurrences, "Select all occurrences", "Selects every place of what is selected", Some(Chord::ctrl_shift(Key::Char('L')));
    CaretAbove, "Add caret above", "Adds a caret on the line above", Some(Chord::ctrl_alt(Key::Up));
    CaretBelow, "Add caret below", "Adds a caret on the line below", Some(Chord::ctrl_alt(Key::Down));
    SplitIntoLines, "Split into lines", "Selects each line of what is selected on its own", None;
    ToggleComment, "Toggle line comment", "Makes the lines of all carets comments, or no longer", Some(Chord::ctrl(Key::Char('/')));
    ToggleBlockComment, "Toggle block comment", "Makes what is selected a comment, or no longer", Some(Chord::shift_alt(Key::Char('A')));
    IndentLines, "Indent lines", "Moves the lines of all carets in", Some(Chord::ctrl(Key::Char(']')));
    OutdentLines, "Outdent lines", "Moves the lines of all carets out", Some(Chord::ctrl(Key::Char('[')));
    MoveLinesUp, "Move lines up", "Swaps the lines of all carets with the line above", Some(Chord::alt(Key::Up));
    MoveLinesDown, "Move lines down", "Swaps the lines of all carets with the line below", Some(Chord::alt(Key::Down));
    DuplicateLines, "Duplicate lines", "Writes the lines of all carets once more", Some(Chord::ctrl_shift(Key::Char('D')));
    DeleteLines, "Delete lines", "Deletes the lines of all carets", Some(Chord::ctrl_shift(Key::Char('K')));
    JoinLines, "Join lines", "Joins the selected lines, or the caret's with the next", Some(Chord::ctrl(Key::Char('J')));
    LineBelow, "Insert line below", "Begins a line below the caret's", Some(Chord::ctrl(Key::Enter));
    LineAbove, "Insert line above", "Begins a line above the caret's", Some(Chord::ctrl_shift(Key::Enter));
    Find, "Find…", "Finds text in the source", Some(Chord::ctrl(Key::Char('F')));
    Replace, "Replace…", "Finds text in the source and replaces it", Some(Chord::ctrl(Key::Char('H')));
    FindNext, "Find next", "Goes to the next find", Some(Chord::plain(Key::F(3)));
    FindPrevious, "Find previous", "Goes to the find before", Some(Chord::shift(Key::F(3)));
    Format, "Format", "Indents the source as its parentheses ask for", Some(Chord::shift_alt(Key::Char('F')));
    GoToLine, "Go to line…", "Goes to a line, or to a line and column", Some(Chord::ctrl(Key::Char('G')));
    GoToDefinition, "Go to definition", "Goes to where the name at the caret is defined", Some(Chord::plain(Key::F(12)));
    MatchingParen, "Go to matching parenthesis", "Goes to the other one of a pair of parentheses", Some(Chord::ctrl_shift(Key::Char('\\')));
    Rename, "Rename…", "Gives what stands at the caret another name, wherever it is used", Some(Chord::plain(Key::F(2)));
    Complete, "Complete", "Lists what may be written at the caret", Some(Chord::ctrl(Key::Space));
    ParameterHints, "Parameter hints", "Shows what the instruction at the caret takes and gives, or no longer", Some(Chord::ctrl_shift(Key::Space));
    Fold, "Fold", "Folds away the form that the caret's line begins", Some(Chord::ctrl_shift(Key::Char('[')));
    Unfold, "Unfold", "Shows what is folded away under the caret's line", Some(Chord::ctrl_shift(Key::Char(']')));
    FoldAll, "Fold all", "Folds every form away", None;
    UnfoldAll, "Unfold all", "Shows all that is folded away", None;
    CopyAsCommand, "Copy as command", "Copies the command that repeats this call without a window", None;
    Palette, "Commands", "Lists every command", Some(Chord::ctrl_shift(Key::Char('P')));
    Offsets, "Offsets", "Shows beside the lines of a listing where they stand in the binary", Some(Chord::alt(Key::Char('O')));
    ToggleTheme, "Switch theme", "Switches between dark and light", None;
    TextLarger, "Larger text", "Makes all text larger", Some(Chord::ctrl(Key::Plus));
    TextSmaller, "Smaller text", "Makes all text smaller", Some(Chord::ctrl(Key::Minus));
    TextUsual, "Usual text size", "Gives text its usual size", Some(Chord::ctrl(Key::Char('0')));
    NextProblem, "Next problem", "Goes to the next error or warning of the source", Some(Chord::plain(Key::F(8)));
    PreviousProblem, "Previous problem", "Goes to the error or warning before", Some(Chord::shift(Key::F(8)));
    ShowPlugins, "Plugins", "Shows the live instances and their states", None;
    ShowSamples, "Samples", "Shows the samples and recent files", None;
    ShowSource, "Source", "Shows the open sources", None;
    ShowProblems, "Problems", "Shows errors and warnings of the source", None;
    ShowOutline, "Outline", "Shows what the open text consists of", None;
    ShowExports, "Exports", "Shows what the plugin offers and asks for", None;
    ShowCall, "Call", "Shows arguments and the end of the last call", None;
    ShowLimits, "Limits", "Shows the limits and what is used of them", None;
    ShowTiming, "Timing", "Shows time, fuel, pages and depth of every call", None;
    ShowMemory, "Memory", "Shows linear memory as bytes", None;
    ShowCalls, "Calls", "Shows every call as a row", None;
    ShowEvents, "Events", "Shows what happened, with the lines that guests log", None;
    ShowSizes, "Sizes", "Shows what the binary is made of, in bytes", None;
    ShowRuntime, "Runtime", "Shows what the program has done and which builds it keeps", None;
    ShowSettings, "Settings", "Shows engine, proposals, limits of new plugins and cache", None;
    ShowPrices, "Fuel prices", "Shows what operators cost in fuel, and sets it", None;
    ShowOperators, "Operators", "Shows which operators a call ran, and how often", None;
    ResetLayout, "Reset layout", "Puts all panes back to where they were at first", None;
    Compile, "Compile", "Compiles the source now, without waiting for a pause", Some(Chord::ctrl(Key::Char('B')));
    Initialize, "Initialize", "Runs the start function and _initialize", None;
    Reload, "Reload", "Replaces the instance by a fresh one of the newest build", Some(Chord::ctrl(Key::Char('R')));
    NewInstance, "New instance", "Makes another instance of the same module, with a state of its own", None;
    StopPlugin, "Stop plugin", "Runs _cleanup and takes no calls until initialized again", None;
    Unload, "Unload", "Drops the plugin and ends its thread", None;
    StubMissing, "Stub missing imports", "Fills imports that nobody provides with functions that end the call", None;
    KeepAfterTrap, "Keep the instance after a trap", "Goes on with the instance of a call that did not return", None;
    KeepUntilReload, "Keep instance until Reload", "Leaves the instance alone when its source is compiled anew", None;
    TrapOnRefusedGrowth, "Trap on refused growth", "Ends the call when memory or table growth is refused", None;
    CallFunction, "Call", "Calls the selected function with the arguments in the fields", Some(Chord::plain(Key::F(5)));
    CountOperators, "Count operators", "Makes the call on a fresh instance and counts each operator that it runs", None;
    StopCall, "Stop", "Ends the running call", Some(Chord::shift(Key::F(5)));
    Pause, "Pause", "Holds the running call where it stands", Some(Chord::plain(Key::F(6)));
    Resume, "Resume", "Lets the held call go on", Some(Chord::shift(Key::F(6)));
    RunDemo, "Run the demo", "Makes the calls of the sample's header and compares their ends", None;
    ResetMetrics, "Reset metrics", "Forgets the calls of the plugin and their figures", None;
    ExportCallsCsv, "Export calls as CSV…", "Writes the calls to a file of comma-separated values", None;
    ExportCallsJson, "Export calls as JSON…", "Writes the calls to a JSON document", None;
    ExportMetricsCsv, "Export metrics as CSV…", "Writes what the calls add up to to a file of comma-separated values", None;
    ExportMetricsJson, "Export metrics as JSON…", "Writes what the calls add up to to a JSON document", None;
    ExportEventsCsv, "Export events as CSV…", "Writes the events to a file of comma-separated values", None;
    ExportEventsJson, "Export events as JSON…", "Writes the events to a JSON document", None;
    ClearEvents, "Clear events", "Forgets the events", None;
    Shortcuts, "Shortcuts", "Lists the commands and their shortcuts", Some(Chord::plain(Key::F(1)));
    About, "About Wasm Workbench", "Says what this program is", None;
}

/// One menu: its title and its entries; `None` is a line between groups.
pub struct Menu {
    /// Title in the menu bar.
    pub title: &'static str,
    /// Entries from top to bottom.
    pub entries: &'static [Option<UiCommand>],
}

/// The menus from left to right.
pub const MENUS: &[Menu] = {
    use UiCommand as C;
    &[
        Menu {
            title: "File",
            entries: &[
                Some(C::NewEmpty),
                Some(C::NewFunction),
                Some(C::NewMemory),
                Some(C::NewHostLog),
                None,
                Some(C::Open),
                Some(C::Save),
                Some(C::SaveAs),
                None,
                Some(C::CloseTab),
                Some(C::Quit),
            ],
        },
        Menu {
            title: "Edit",
            entries: &[
                Some(C::Undo),
                Some(C::Redo),
                None,
                Some(C::Cut),
                Some(C::Copy),
                Some(C::Paste),
                None,
                Some(C::Find),
                Some(C::Replace),
                Some(C::FindNext),
                Some(C::FindPrevious),
                None,
                Some(C::Format),
                Some(C::EditAsWat),
                Some(C::CopyAsCommand),
                None,
                Some(C::ClearEvents),
                Some(C::ResetMetrics),
            ],
        },
        Menu {
            title: "Lines",
            entries: &[
                Some(C::SelectAll),
                Some(C::SelectLine),
                Some(C::ExpandSelection),
                Some(C::ShrinkSelection),
                None,
                Some(C::NextOccurrence),
                Some(C::AllOccurrences),
                Some(C::CaretAbove),
                Some(C::CaretBelow),
                Some(C::SplitIntoLines),
                None,
                Some(C::ToggleComment),
                Some(C::ToggleBlockComment),
                Some(C::IndentLines),
                Some(C::OutdentLines),
                None,
                Some(C::MoveLinesUp),
                Some(C::MoveLinesDown),
                Some(C::DuplicateLines),
                Some(C::DeleteLines),
                Some(C::JoinLines),
                Some(C::LineBelow),
                Some(C::LineAbove),
            ],
        },
        Menu {
            title: "View",
            entries: &[
                Some(C::ShowPlugins),
                Some(C::ShowSamples),
                Some(C::ShowSource),
                Some(C::ShowProblems),
                Some(C::ShowOutline),
                Some(C::ShowExports),
                Some(C::ShowCall),
                Some(C::ShowLimits),
                Some(C::ShowTiming),
                Some(C::ShowMemory),
                Some(C::ShowCalls),
                Some(C::ShowEvents),
                Some(C::ShowSizes),
                Some(C::ShowRuntime),
                Some(C::ShowSettings),
                Some(C::ShowPrices),
                Some(C::ShowOperators),
                None,
                Some(C::ResetLayout),
                None,
                Some(C::Offsets),
                Some(C::ToggleTheme),
                Some(C::TextLarger),
                Some(C::TextSmaller),
                Some(C::TextUsual),
                None,
                Some(C::NextTab),
                Some(C::PreviousTab),
                Some(C::Palette),
            ],
        },
        Menu {
            title: "Go",
            entries: &[
                Some(C::GoToLine),
                Some(C::GoToDefinition),
                Some(C::MatchingParen),
                Some(C::NextProblem),
                Some(C::PreviousProblem),
                None,
                Some(C::Rename),
                Some(C::Complete),
                Some(C::ParameterHints),
                None,
                Some(C::Fold),
                Some(C::Unfold),
                Some(C::FoldAll),
                Some(C::UnfoldAll),
            ],
        },
        Menu {
            title: "Plugin",
            entries: &[
                Some(C::Initialize),
                Some(C::Reload),
                Some(C::NewInstance),
                Some(C::StopPlugin),
                Some(C::Unload),
                None,
                Some(C::StubMissing),
                Some(C::KeepAfterTrap),
                Some(C::KeepUntilReload),
                Some(C::TrapOnRefusedGrowth),
            ],
        },
        Menu {
            title: "Run",
            entries: &[
                Some(C::Compile),
                None,
                Some(C::CallFunction),
                Some(C::StopCall),
                Some(C::Pause),
                Some(C::Resume),
                None,
                Some(C::CountOperators),
                Some(C::RunDemo),
                None,
                Some(C::ExportCallsCsv),
                Some(C::ExportCallsJson),
                Some(C::ExportMetricsCsv),
                Some(C::ExportMetricsJson),
                Some(C::ExportEventsCsv),
                Some(C::ExportEventsJson),
            ],
        },
        Menu { title: "Help", entries: &[Some(C::Shortcuts), Some(C::About)] },
    ]
};

impl UiCommand {
    /// Returns the pane that the command shows, if it shows one.
    pub fn pane(self) -> Option<PaneKind> {
        Some(match self {
            Self::ShowPlugins => PaneKind::Plugins,
            Self::ShowSamples => PaneKind::Samples,
            Self::ShowSource => PaneKind::Source,
            Self::ShowProblems => PaneKind::Problems,
            Self::ShowOutline => PaneKind::Outline,
            Self::ShowExports => PaneKind::Exports,
            Self::ShowCall => PaneKind::Call,
            Self::ShowLimits => PaneKind::Limits,
            Self::ShowTiming => PaneKind::Timing,
            Self::ShowMemory => PaneKind::Memory,
            Self::ShowCalls => PaneKind::Calls,
            Self::ShowEvents => PaneKind::Events,
            Self::ShowSizes => PaneKind::Sizes,
            Self::ShowRuntime => PaneKind::Runtime,
            Self::ShowSettings => PaneKind::Settings,
            Self::ShowPrices => PaneKind::Prices,
            Self::ShowOperators => PaneKind::Operators,
            _ => return None,
        })
    }

    /// Tells whether an entry that switches something is on; `None` for all other commands.
    pub fn is_on(self, state: &AppState) -> Option<bool> {
        let plugin = state.selected_plugin();
        match self {
            Self::Offsets => Some(state.session.shows_offsets),
            Self::StubMissing => Some(plugin.is_some_and(|plugin| plugin.options.stub_missing_imports)),
            Self::KeepAfterTrap => Some(plugin.is_some_and(|plugin| plugin.options.keep_after_trap)),
            Self::KeepUntilReload => Some(plugin.is_some_and(|plugin| plugin.keep_until_reload)),
            Self::TrapOnRefusedGrowth => {
                Some(plugin.is_some_and(|plugin| plugin.options.limits.trap_on_refused_growth))
            }
            _ => None,
        }
    }

    /// Turns the command into an action on what is selected.
    ///
    /// # Errors
    ///
    /// Says why it can't be done now, as the tooltip of a disabled entry.
    pub fn action(self, state: &AppState) -> Result<Action, String> {
        if let Some(pane) = self.pane() {
            return Ok(Action::View(ViewAction::TogglePane(pane)));
        }
        self.editor_action(state)
            .or_else(|| self.file_action(state))
            .or_else(|| self.plugin_action(state))
            .or_else(|| self.call_action(state))
            .unwrap_or_else(|| Ok(Action::View(self.view_action(state))))
    }

    fn file_action(self, state: &AppState) -> Option<Result<Action, String>> {
        let source = state.active_source().ok_or_else(|| "no source is open".to_owned());
        let of = |make: fn(crate::model::ids::SourceId) -> FileAction| {
            source.clone().map(|source| Action::File(make(source.id)))
        };
        Some(match self {
            Self::NewEmpty => Ok(Action::File(FileAction::New(Template::Empty))),
            Self::NewFunction => Ok(Action::File(FileAction::New(Template::Function))),
            Self::NewMemory => Ok(Action::File(FileAction::New(Template::Memory))),
            Self::NewHostLog => Ok(Action::File(FileAction::New(Template::HostLog))),
            Self::Open => Ok(Action::File(FileAction::ShowOpen)),
            Self::Save => of(FileAction::Save),
            Self::SaveAs => of(FileAction::SaveAs),
            Self::EditAsWat => match source.map(|source| (source.id, &source.content)) {
                Ok((id, SourceContent::Binary { .. })) => Ok(Action::File(FileAction::EditAsWat(id))),
                Ok(_) => Err("the source is text already".to_owned()),
                Err(err) => Err(err),
            },
            Self::CloseTab => of(FileAction::Close),
            Self::Quit => Ok(Action::File(FileAction::Quit)),
            Self::NextTab => Ok(Action::File(FileAction::Cycle(1))),
            Self::PreviousTab => Ok(Action::File(FileAction::Cycle(-1))),
            Self::Compile => source.map(|source| Action::Source(SourceAction::Compile(source.id))),
            Self::NextProblem | Self::PreviousProblem => source.and_then(|source| {
                let forwards = self == Self::NextProblem;
                let place = source.problem_from_cursor(forwards).ok_or("there are no problems")?;
                Ok(Action::Source(SourceAction::GoTo(source.id, place.clone())))
            }),
            _ => return None,
        })
    }

    fn plugin_action(self, state: &AppState) -> Option<Result<Action, String>> {
        let (step, action) = match self {
            Self::Initialize => (Some(LifecycleStep::Initialize), PluginAction::Initialize),
            Self::Reload => (Some(LifecycleStep::Reload), PluginAction::Reload),
            Self::NewInstance => (None, PluginAction::NewInstance),
            Self::StopPlugin => (Some(LifecycleStep::StopPlugin), PluginAction::Stop),
            Self::Unload => (Some(LifecycleStep::Unload), PluginAction::Unload),
            Self::StopCall => (Some(LifecycleStep::Cancel), PluginAction::Cancel),
            Self::Pause => (Some(LifecycleStep::Pause), PluginAction::Pause),
            Self::Resume => (Some(LifecycleStep::Resume), PluginAction::Resume),
            Self::StubMissing => (None, PluginAction::SetStubMissing(self.is_on(state) == Some(false))),
            Self::KeepAfterTrap => (None, PluginAction::SetKeepAfterTrap(self.is_on(state) == Some(false))),
            Self::KeepUntilReload => {
                (None, PluginAction::SetKeepUntilReload(self.is_on(state) == Some(false)))
            }
            Self::TrapOnRefusedGrowth => {
                (None, PluginAction::SetTrapOnRefusedGrowth(self.is_on(state) == Some(false)))
            }
            Self::ResetMetrics => (None, PluginAction::ResetMetrics),
            Self::ExportCallsCsv => (None, PluginAction::ExportCalls(ExportFormat::Csv)),
            Self::ExportCallsJson => (None, PluginAction::ExportCalls(ExportFormat::Json)),
            Self::ExportMetricsCsv => (None, PluginAction::ExportMetrics(ExportFormat::Csv)),
            Self::ExportMetricsJson => (None, PluginAction::ExportMetrics(ExportFormat::Json)),
            _ => return None,
        };
        Some(state.selected_plugin().ok_or_else(|| "no plugin is selected".to_owned()).and_then(|plugin| {
            step.map_or(Ok(()), |step| plugin.may(step))?;
            Ok(Action::Plugin(plugin.id, action))
        }))
    }

    fn call_action(self, state: &AppState) -> Option<Result<Action, String>> {
        let selected = || state.selected_function().ok_or_else(|| "no function is selected".to_owned());
        Some(match self {
            Self::CallFunction => selected().and_then(|(plugin, _, _)| {
                plugin.may(LifecycleStep::Call)?;
                Ok(Action::Call(CallAction::Call))
            }),
            Self::CopyAsCommand => selected().map(|_| Action::Call(CallAction::CopyAsCommand(None))),
            Self::CountOperators => countable(state),
            Self::RunDemo => match state.active_source().and_then(super::state::Source::sample) {
                Some(sample) => Ok(Action::Call(CallAction::RunDemo(sample.id.to_owned()))),
                None => Err("only samples have a demo".to_owned()),
            },
            _ => return None,
        })
    }

    fn view_action(self, state: &AppState) -> ViewAction {
        match self {
            Self::Offsets => ViewAction::ShowOffsets(!state.session.shows_offsets),
            Self::ToggleTheme => ViewAction::SetTheme(state.settings.theme.toggled()),
            Self::TextLarger => ViewAction::ScaleText(1),
            Self::TextSmaller => ViewAction::ScaleText(-1),
            Self::TextUsual => ViewAction::ResetText,
            Self::ResetLayout => ViewAction::ResetLayout,
            Self::ExportEventsCsv => ViewAction::ExportEvents(ExportFormat::Csv),
            Self::ExportEventsJson => ViewAction::ExportEvents(ExportFormat::Json),
            Self::ClearEvents => ViewAction::ClearEvents,
            Self::Shortcuts => ViewAction::ShowShortcuts,
            Self::About => ViewAction::ShowAbout,
            // What is left is the palette itself; the test below holds that nothing else is.
            _ => ViewAction::ShowPalette(!state.is_palette_open),
        }
    }
}

/// Finds the call whose operators can be counted: the selected one, or the one in the fields of Call.
fn countable(state: &AppState) -> Result<Action, String> {
    let plugin = state.selected_plugin().ok_or("no plugin is selected")?;
    let is_export = |record: &&CallRecord| record.kind == CallKind::Export;
    let number = plugin.calls.selected_record().filter(is_export).map(|record| record.number);
    if number.is_none() {
        let form = state.selected_form().ok_or("no function is selected")?;
        form.values().map_err(|(index, err)| format!("argument {index}: {err}"))?;
    }
    Ok(Action::Plugin(plugin.id, PluginAction::CountOperators(number)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_command_stands_in_one_menu_and_no_two_share_a_shortcut() {
        let listed = MENUS.iter().flat_map(|menu| menu.entries.iter().flatten()).collect::<Vec<_>>();
        assert_eq!(listed.iter().collect::<HashSet<_>>().len(), listed.len());
        for command in UiCommand::ALL {
            assert!(listed.contains(&command), "{}", command.label());
            assert!(!command.tooltip().is_empty() && !command.tooltip().ends_with('.'));
        }
        let shortcuts = UiCommand::ALL.iter().filter_map(|command| command.shortcut()).collect::<Vec<_>>();
        assert_eq!(shortcuts.iter().collect::<HashSet<_>>().len(), shortcuts.len());
    }

    #[test]
    fn only_the_palette_opens_the_palette() {
        let state = AppState::default();
        for command in UiCommand::ALL {
            let opens = command.action(&state) == Ok(Action::View(ViewAction::ShowPalette(true)));
            assert_eq!(opens, *command == UiCommand::Palette, "{}", command.label());
        }
    }

    #[test]
    fn without_anything_open_commands_say_why_they_cannot() {
        let state = AppState::default();
        for command in [UiCommand::Save, UiCommand::Compile, UiCommand::Reload, UiCommand::CallFunction] {
            assert!(command.action(&state).is_err_and(|reason| !reason.is_empty()), "{}", command.label());
        }
    }

    #[test]
    fn chords_are_written_as_people_say_them() {
        assert_eq!(Chord::ctrl_shift(Key::Char('P')).to_string(), "Ctrl+Shift+P");
        assert_eq!(Chord::shift(Key::F(5)).to_string(), "Shift+F5");
    }
}
