//! The workers over real threads, each wait with a deadline; knows them by their commands and events alone.
#![allow(clippy::disallowed_methods, reason = "files and threads are what is tested here")]

mod bench;
mod cache;
mod compiling;
mod crash;
mod files;
mod life;
mod listings;
mod live;
mod probing;
mod repeating;
mod rewriting;
