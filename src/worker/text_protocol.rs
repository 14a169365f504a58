//! What is asked of the workers about texts that are edited, and what they answer.
//!
//! Knows no editor's window: a snapshot goes in, another text comes out.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex};

use crate::model::ids::RequestId;
use crate::model::text::{Rewriting, Rewritten, TextSnapshot};

/// One job about a text.
#[derive(Debug, Clone)]
pub enum TextCommand {
    /// Make another text out of one.
    Rewrite {
        /// Answer to this request.
        request: RequestId,
        /// The text.
        text: TextSnapshot,
        /// What is done to it.
        how: Rewriting,
    },
    /// Let go of what would take a while to take apart.
    Discard(Discarded),
}

/// One answer about a text.
#[derive(Debug, Clone)]
pub enum TextEvent {
    /// Another text was made.
    Rewritten {
        /// Request that this answers.
        request: RequestId,
        /// The other text, nothing when it would be the same, or why there is none.
        result: Result<Option<Box<Rewritten>>, String>,
    },
}

/// Something that nobody needs any more; it goes where its last copy is dropped.
#[derive(Clone)]
pub struct Discarded {
    _value: Arc<dyn Any + Send + Sync>,
}

impl Discarded {
    /// Takes something that is to be dropped elsewhere.
    pub fn new(value: impl Send + 'static) -> Self {
        Self { _value: Arc::new(Mutex::new(value)) }
    }
}

impl fmt::Debug for Discarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Discarded")
    }
}
