//! What is found again at the next start: open files, recent files, layout of the panes, prices and limits.
//!
//! Turns the session file's text into data and back; reads and writes no file itself.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::PluginOptions;
use crate::model::operators::PriceChanges;

/// Most files that Recent lists.
const MOST_RECENT: usize = 12;

/// Most sources whose prices are remembered, and most whose options are.
const MOST_PRICED: usize = 64;

/// One file of Recent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentFile {
    /// Where it is.
    pub path: PathBuf,
    /// Length when it was last opened, in bytes.
    pub bytes: u64,
}

/// A source that was open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenedSource {
    /// A file.
    File(PathBuf),
    /// A sample, by the name of its file.
    Sample(String),
}

/// What the operators of a source cost in fuel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePrices {
    /// The source.
    pub source: OpenedSource,
    /// The prices that were changed.
    pub changes: PriceChanges,
}

/// Limits, rules and other options that the plugins of a source had last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceOptions {
    /// The source.
    pub source: OpenedSource,
    /// The options.
    pub options: PluginOptions,
}

/// Everything in the session file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Sources that were open, in the order of their tabs.
    pub open: Vec<OpenedSource>,
    /// Which of them was in front.
    pub active: Option<usize>,
    /// Files that were opened lately, newest first.
    pub recent: Vec<RecentFile>,
    /// Layout of the panes in the window's own notation; `None` asks for the default.
    pub layout: Option<String>,
    /// Whether listings show what offsets their lines stand for.
    pub shows_offsets: bool,
    /// Prices that were changed, of open sources and of closed ones, the newest change first.
    pub prices: Vec<SourcePrices>,
    /// Options that were changed, of open sources and of closed ones, the newest change first.
    pub options: Vec<SourceOptions>,
}

impl Session {
    /// Reads a session file.
    ///
    /// # Errors
    ///
    /// Returns one sentence when the text is not what the file may hold.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let mut session: Self = serde_json::from_str(text).map_err(|err| err.to_string())?;
        session.recent.truncate(MOST_RECENT);
        session.prices.truncate(MOST_PRICED);
        session.options.truncate(MOST_PRICED);
        Ok(session)
    }

    /// Writes the session file.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Returns what the operators of a source cost, when they were last priced.
    pub fn prices_of(&self, source: &OpenedSource) -> Option<&PriceChanges> {
        self.prices.iter().find(|priced| priced.source == *source).map(|priced| &priced.changes)
    }

    /// Remembers what the operators of a source cost; prices that are the engine's own need no memory.
    pub fn remember_prices(&mut self, source: OpenedSource, changes: &PriceChanges) {
        self.prices.retain(|priced| priced.source != source);
        if !changes.is_empty() {
            self.prices.insert(0, SourcePrices { source, changes: changes.clone() });
            self.prices.truncate(MOST_PRICED);
        }
    }

    /// Returns the options that the plugins of a source had last, where they were not the usual ones.
    pub fn options_of(&self, source: &OpenedSource) -> Option<&PluginOptions> {
        self.options.iter().find(|kept| kept.source == *source).map(|kept| &kept.options)
    }

    /// Remembers the options of a source; `None` forgets them.
    pub fn remember_options(&mut self, source: OpenedSource, options: Option<PluginOptions>) {
        self.options.retain(|kept| kept.source != source);
        if let Some(options) = options {
            self.options.insert(0, SourceOptions { source, options });
            self.options.truncate(MOST_PRICED);
        }
    }

    /// Puts a file to the front of Recent.
    pub fn remember(&mut self, path: &Path, bytes: u64) {
        self.recent.retain(|recent| recent.path != path);
        self.recent.insert(0, RecentFile { path: path.to_owned(), bytes });
        self.recent.truncate(MOST_RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_survives_its_file() {
        let mut session = Session { active: Some(1), layout: Some("…".to_owned()), ..Session::default() };
        session.open.push(OpenedSource::Sample("math.wat".to_owned()));
        session.open.push(OpenedSource::File("/a/b.wat".into()));
        session.remember(Path::new("/a/b.wat"), 7);
        let sample = || OpenedSource::Sample("math.wat".to_owned());
        session.remember_prices(sample(), &PriceChanges::only("i32.mul"));
        assert_eq!(session.prices_of(&sample()), Some(&PriceChanges::only("i32.mul")));
        assert_eq!(Session::from_json(&session.to_json()), Ok(session));
        assert!(Session::from_json("[").is_err());
    }

    #[test]
    fn recent_files_are_listed_once_newest_first() {
        let mut session = Session::default();
        for name in 0..20 {
            session.remember(Path::new(&format!("{name}.wat")), name);
        }
        session.remember(Path::new("15.wat"), 1);
        let names = session.recent.iter().map(|file| file.path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(names.len(), MOST_RECENT);
        assert_eq!(names[..3], ["15.wat", "19.wat", "18.wat"]);
    }
}
