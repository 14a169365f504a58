//! The window: reads the program's state and pushes actions; egui only.
//!
//! Knows no threads, no files and no engine.

pub mod editor;
pub mod icons;
pub mod theme;
pub mod widgets;
