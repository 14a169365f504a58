//! What hands may rely on: tables of commands, and random edits against a plain string.

mod basics;
mod commands;
mod finding;
mod marked;
mod random;
mod rewriting;
