//! Plain data and pure functions: what every other layer speaks of.
//!
//! Knows no engine, no widgets, no threads, no clocks and no files.

pub mod bench;
pub mod build;
pub mod cache;
pub mod call;
pub mod call_json;
pub mod cause;
pub mod command_line;
pub mod comparison;
mod csv;
pub mod diagnostic;
pub mod difference;
pub mod event;
pub mod growth;
pub mod hex;
pub mod host_calls;
pub mod humanize;
pub mod ids;
pub mod import_hints;
pub mod interface;
pub mod interface_json;
pub mod lifecycle;
pub mod limit_rules;
pub mod limits;
pub mod measured;
pub mod memory;
pub mod metrics;
pub mod metrics_export;
pub mod module_sizes;
pub mod nearest;
pub mod needs;
pub mod operator_class;
pub mod operators;
pub mod proposal;
pub mod raise;
pub mod sample;
pub mod signature;
pub mod size_tree;
pub mod text;
pub mod text_edit;
pub mod text_position;
pub mod timeline;
pub mod used;
pub mod value;
pub mod wat;
pub mod zone;
