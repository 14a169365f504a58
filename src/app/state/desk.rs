//! What lies on top of the panes: dialogs, notices, and wishes that only the window can grant.

use std::sync::Arc;
use std::time::Duration;

use super::super::editor_commands::EditorWish;
use super::super::pane::PaneKind;
use crate::model::difference::Difference;
use crate::model::ids::SourceId;
use crate::model::text::ReadFile;
use crate::worker::Content;
use crate::worker::protocol::{Notice, UnsavedText};

/// How long a notice is shown as a toast.
pub const TOAST_LASTS: Duration = Duration::from_secs(6);
/// Most notices that are kept.
const MOST_NOTICES: usize = 200;

/// A dialog; there is one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialog {
    /// Asks for the path of a file to open.
    Open {
        /// What was typed.
        path: String,
        /// Why it could not be opened.
        error: Option<String>,
    },
    /// Asks for the path of a file to write.
    Save {
        /// What is written.
        what: SaveWhat,
        /// What was typed.
        path: String,
        /// Why it could not be written.
        error: Option<String>,
    },
    /// Asks what to do with unsaved text.
    Unsaved {
        /// Sources that have some.
        sources: Vec<SourceId>,
        /// What was asked for.
        then: AfterSaving,
    },
    /// Says that a file changed on disk while its text was edited.
    FileChanged {
        /// Source of the file.
        source: SourceId,
        /// What the file holds now; `None` when it is gone.
        content: Option<ReadFile>,
        /// Whether it came up since the source was to be saved.
        is_saving: bool,
    },
    /// Offers text that an earlier run of the program had not saved.
    Recovered {
        /// The texts.
        texts: Vec<UnsavedText>,
        /// Which of them the answer is about.
        chosen: Vec<bool>,
    },
    /// Lists commands and shortcuts.
    Shortcuts,
    /// Says what this program is.
    About,
}

/// How a source differs from what its file holds, once somebody asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceView {
    /// Source that is compared with its file.
    pub source: SourceId,
    /// The difference, once it has been found.
    pub made: Option<Arc<Difference>>,
}

/// What a Save dialog writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveWhat {
    /// A source.
    Source(SourceId),
    /// An export of calls, events or a picture.
    Export(Export),
}

/// A document that is to be written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// What it holds, in words, such as `1 200 calls`.
    pub what: String,
    /// The document.
    pub content: Content,
}

/// What happens once text has been saved or given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSaving {
    /// Nothing more.
    Stay,
    /// The tab is closed.
    Close(SourceId),
    /// The program ends.
    Quit,
}

/// Something that only the window can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Fill the clipboard.
    Copy(String),
    /// Close the window.
    Quit,
    /// Bring a pane to the front, opening it if need be.
    ShowPane(PaneKind),
    /// Open a pane, or close it when it is open.
    TogglePane(PaneKind),
    /// Put all panes back to where they were at first.
    ResetLayout,
    /// Put the keyboard into the first field of Call.
    FocusCall,
    /// Ask something of the editor that shows the source in front.
    AskEditor(EditorWish),
}

/// A notice and when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeEntry {
    /// Tells it from others.
    pub id: u64,
    /// What it says.
    pub notice: Notice,
    /// When it came, after the program's start.
    pub at: Duration,
    /// Whether it still is a toast.
    pub is_toast: bool,
}

/// Notices, newest last.
#[derive(Debug, Default)]
pub struct Notices {
    /// The notices.
    pub entries: Vec<NoticeEntry>,
    last_id: u64,
}

impl Notices {
    /// Adds a notice as a toast; the same sentence as the newest toast only makes that last longer.
    pub fn push(&mut self, notice: Notice, at: Duration) {
        if let Some(newest) =
            self.entries.last_mut().filter(|newest| newest.is_toast && newest.notice == notice)
        {
            newest.at = at;
            return;
        }
        if self.entries.len() == MOST_NOTICES {
            self.entries.remove(0);
        }
        self.last_id += 1;
        self.entries.push(NoticeEntry { id: self.last_id, notice, at, is_toast: true });
    }

    /// Lists the notices that are toasts, newest last.
    pub fn toasts(&self) -> impl Iterator<Item = &NoticeEntry> {
        self.entries.iter().filter(|entry| entry.is_toast)
    }

    pub(crate) fn dismiss(&mut self, id: u64) {
        for entry in self.entries.iter_mut().filter(|entry| entry.id == id) {
            entry.is_toast = false;
        }
    }

    pub(crate) fn dismiss_all(&mut self) {
        for entry in &mut self.entries {
            entry.is_toast = false;
        }
    }

    /// Ends toasts whose time is over and returns when the next one's is.
    pub(crate) fn expire(&mut self, now: Duration) -> Option<Duration> {
        for entry in &mut self.entries {
            entry.is_toast &= entry.at + TOAST_LASTS > now;
        }
        self.toasts().map(|entry| entry.at + TOAST_LASTS).min()
    }
}
