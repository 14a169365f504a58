//! What the program asks about listings and sizes of binaries, and what the workers answer.
//!
//! Answers name the source and its generation, or the number of the search, so that late ones can be told.

use std::sync::Arc;

use crate::engine::listing::{Found, Listing, ListingError, ListingPage, SearchPattern, Stretch};
use crate::model::ids::{Generation, RequestId, SourceId};
use crate::model::module_sizes::ModuleSizes;
use crate::model::text::SourceText;

/// One job about a listing or about sizes.
#[derive(Debug, Clone)]
pub enum ListingCommand {
    /// Index a binary; a newer generation of the same source stops an older one.
    Make {
        /// Source that it is.
        source: SourceId,
        /// Generation of its bytes.
        generation: Generation,
        /// The binary.
        wasm: Arc<[u8]>,
    },
    /// Print pages; a newer wish of the same source replaces one that waits.
    Print {
        /// Source that it is.
        source: SourceId,
        /// Generation of its bytes.
        generation: Generation,
        /// Its index.
        listing: Arc<Listing>,
        /// Numbers of the pages, from 0.
        pages: Vec<u32>,
    },
    /// Look through the whole text; stops the search before.
    Search {
        /// Source that it is.
        source: SourceId,
        /// Number of the search, another each time and never 0.
        number: u64,
        /// Its index.
        listing: Arc<Listing>,
        /// What is looked for.
        pattern: SearchPattern,
    },
    /// Stop the search.
    StopSearch,
    /// Print everything, if that is small enough to be edited.
    Whole {
        /// Answer to this request.
        request: RequestId,
        /// The binary.
        wasm: Arc<[u8]>,
    },
    /// Print a stretch of the text, if that is small enough for the clipboard.
    Copy {
        /// Answer to this request.
        request: RequestId,
        /// Its index.
        listing: Arc<Listing>,
        /// What is printed.
        stretch: Stretch,
    },
    /// Read what a binary is made of.
    Measure {
        /// Source that it is.
        source: SourceId,
        /// Generation of its text or bytes.
        generation: Generation,
        /// The binary.
        wasm: Arc<[u8]>,
    },
}

/// One answer about a listing or about sizes.
#[derive(Debug, Clone)]
pub enum ListingEvent {
    /// A binary is being indexed.
    Indexing {
        /// Source that it is.
        source: SourceId,
        /// Generation of its bytes.
        generation: Generation,
        /// How much of it is done, in percent.
        percent: u8,
    },
    /// A binary was indexed, or can't be.
    Made {
        /// Source that it is.
        source: SourceId,
        /// Generation of its bytes.
        generation: Generation,
        /// The index, or why there is none.
        result: Result<Arc<Listing>, String>,
    },
    /// Pages were printed.
    Printed {
        /// Source that it is.
        source: SourceId,
        /// Generation of its bytes.
        generation: Generation,
        /// The pages by number.
        pages: Vec<(u32, Arc<ListingPage>)>,
    },
    /// A search went on.
    Searched {
        /// Source that it is.
        source: SourceId,
        /// Number of the search.
        number: u64,
        /// Lines that were found since the last event.
        found: Vec<Found>,
        /// How much of the text is done, in percent.
        percent: u8,
        /// How it ended, when it has.
        end: Option<SearchEnd>,
    },
    /// A whole text was printed, or not.
    Whole {
        /// Request that this answers.
        request: RequestId,
        /// The text, ready to be edited, or why there is none.
        result: Result<Box<SourceText>, ListingError>,
    },
    /// A stretch was printed, or not.
    Copied {
        /// Request that this answers.
        request: RequestId,
        /// The text, or why there is none.
        result: Result<String, ListingError>,
    },
    /// Sizes were read, or can't be.
    Measured {
        /// Source that it is.
        source: SourceId,
        /// Generation of its text or bytes.
        generation: Generation,
        /// The sizes, or why there are none.
        result: Result<Arc<ModuleSizes>, String>,
    },
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchEnd {
    /// The whole text was looked through.
    Complete,
    /// So much was found that the rest was left out.
    Full,
    /// Somebody stopped it.
    Stopped,
    /// The pattern is no regular expression; this says why not.
    Refused(String),
}
