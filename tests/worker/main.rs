//! The workers over real threads, each wait with a deadline; knows them by their commands and events alone.

mod bench;
mod compiling;
mod files;
mod life;
mod live;
mod repeating;
