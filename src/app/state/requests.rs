//! Questions to the workers that have not been answered, and why they were asked.

use std::collections::HashMap;
use std::sync::Arc;

use super::Export;
use crate::model::ids::{Generation, PluginId, RequestId, SourceId};
use crate::worker::protocol::UnsavedText;

/// Why something was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Open what is in the file as a source; `true` puts its tab in front.
    Open(bool),
    /// Read the file of a text that is brought back.
    Recover(Box<UnsavedText>),
    /// See how a source differs from what its file holds.
    Compare(SourceId),
    /// Open the files that the system's dialog picks.
    Pick,
    /// Look whether the file is as it was, before it is overwritten by this source.
    CheckBeforeSave(SourceId),
    /// Open the whole text of this binary.
    EditAsWat(SourceId),
    /// Put a stretch of a listing into the clipboard.
    CopyListing,
    /// Find a place for this source.
    PickForSource(SourceId),
    /// Find a place for an export.
    PickForExport(Export),
    /// Write this source.
    Save {
        /// Source that is written.
        source: SourceId,
        /// Length of what is written, in bytes.
        len_bytes: u64,
        /// Number of the text that it is, if it is one.
        text_state: Option<u64>,
    },
    /// Change this source's text at many places.
    Rewrite {
        /// Source whose text it is.
        source: SourceId,
        /// Generation of the text.
        generation: Generation,
        /// What is done to it, such as `formatting`.
        doing: &'static str,
    },
    /// Write an export; what it holds, in words.
    Export(String),
    /// Write settings or session.
    Keep,
    /// Write text for the arguments of an export, from that parameter on.
    WriteText {
        /// Plugin that takes the text.
        plugin: PluginId,
        /// Export whose fields get address and length.
        export: Arc<str>,
        /// Index of the pointer's field; the length's is the next.
        param: usize,
    },
    /// Find what a call of a plugin would take.
    FindNeeds {
        /// Plugin whose call it is.
        plugin: PluginId,
    },
    /// Count the operators of a call of a plugin.
    CountOperators {
        /// Plugin whose call it is.
        plugin: PluginId,
    },
    /// Read the text that the result of a call points at.
    ReadText {
        /// Plugin that it lies in.
        plugin: PluginId,
        /// Number of the call.
        number: u64,
    },
}

/// Questions that have not been answered.
#[derive(Debug, Default)]
pub struct Requests {
    last: RequestId,
    open: HashMap<RequestId, Purpose>,
}

impl Requests {
    pub(crate) fn ask(&mut self, purpose: Purpose) -> RequestId {
        self.last = self.last.successor();
        self.open.insert(self.last, purpose);
        self.last
    }

    pub(crate) fn take(&mut self, request: RequestId) -> Option<Purpose> {
        self.open.remove(&request)
    }

    /// Tells whether a question of that kind waits for its answer.
    pub fn any(&self, test: impl Fn(&Purpose) -> bool) -> bool {
        self.open.values().any(test)
    }
}
