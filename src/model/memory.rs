//! Windows on linear memories: what the window asks for instead of copies of everything.

use std::sync::Arc;

use serde::Serialize;

/// A linear memory of a live plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemoryInfo {
    /// Index in the module's memory index space.
    pub index: u32,
    /// Name from the name section or of its export.
    pub name: Option<String>,
    /// Size now, in bytes.
    pub bytes: u64,
    /// Bytes in a page.
    pub page_size: u64,
    /// Most pages that the module itself allows; `None` when it sets no maximum.
    pub maximum_pages: Option<u64>,
}

/// What of a memory somebody wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryRequest {
    /// Index in the module's memory index space.
    pub memory: u32,
    /// First address.
    pub address: u64,
    /// How many bytes; at most [`MemoryRequest::MOST_BYTES`] are answered.
    pub bytes: u32,
    /// Whether a summary of each page is wanted too.
    pub with_pages: bool,
}

impl MemoryRequest {
    /// Most bytes that one request is answered with.
    pub const MOST_BYTES: u32 = 256 * 1024;
}

/// What a page holds, for the page map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageUse {
    /// Every byte is zero.
    Zero,
    /// Some byte is not zero.
    Used,
    /// The page changed since the call before the last.
    Changed,
}

/// The bytes that were asked for, as they were at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryWindow {
    /// Index in the module's memory index space.
    pub memory: u32,
    /// Address of the first byte.
    pub address: u64,
    /// The bytes; fewer than asked for where the memory ends.
    pub bytes: Arc<[u8]>,
    /// All memories of the plugin.
    pub memories: Vec<MemoryInfo>,
    /// Summary of each page of this memory, when asked for; at most [`MemoryWindow::MOST_PAGES`].
    pub pages: Option<Arc<[PageUse]>>,
    /// Counts calls and writes: two windows with the same number show the same memory.
    pub generation: u64,
    /// Whether a call was running, so that the bytes may be half way between two states.
    pub is_live: bool,
}

impl MemoryWindow {
    /// Most pages that are summarised, 1 GiB worth.
    pub const MOST_PAGES: usize = 16_384;
}

/// A global of a live plugin and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalValue {
    /// Index in the module's global index space.
    pub index: u32,
    /// Name from the name section or of its export.
    pub name: Option<String>,
    /// Its value now.
    pub value: super::value::Value,
    /// Whether code may change it.
    pub is_mutable: bool,
}
