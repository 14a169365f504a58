//! Where the program keeps settings, session and unsaved text, and what the first two hold at the start.
//!
//! Reads before there is a window that could wait; everything later goes through commands.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::disk::read_file;

/// Folder of the program in each of the folders that the system prescribes.
const NAME: &str = "wasm-workbench";

/// Folders of the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    /// Folder of the settings file; `None` when the person has no home.
    pub config: Option<PathBuf>,
    /// Folder of the session and of unsaved text.
    pub state: Option<PathBuf>,
    /// Folder of what can be made again, such as builds; it need not be there yet.
    pub cache: Option<PathBuf>,
}

impl Folders {
    /// Finds the folders of the person who runs the program, and makes those that are missing.
    pub fn of_user() -> Self {
        let Ok(strategy) = etcetera::choose_base_strategy() else { return Self::default() };
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Self { config: made(&strategy.config_dir()), state: made(&state), ..Self::found() }
    }

    /// Finds the folders of the settings and of the cache, and makes none.
    pub fn found() -> Self {
        let Ok(strategy) = etcetera::choose_base_strategy() else { return Self::default() };
        let (config, cache) = (strategy.config_dir().join(NAME), strategy.cache_dir().join(NAME));
        Self { config: Some(config), cache: Some(cache), state: None }
    }

    /// Returns the home folder of the person who runs the program.
    pub fn home() -> Option<PathBuf> {
        etcetera::home_dir().ok()
    }

    /// Returns the folder of the disk cache, `builds`.
    pub fn builds(&self) -> Option<PathBuf> {
        self.cache.as_ref().map(|folder| folder.join("builds"))
    }

    /// Returns the settings file, `settings.toml`.
    pub fn settings_file(&self) -> Option<PathBuf> {
        self.config.as_ref().map(|folder| folder.join("settings.toml"))
    }

    /// Returns the session file, `session.json`.
    pub fn session_file(&self) -> Option<PathBuf> {
        self.state.as_ref().map(|folder| folder.join("session.json"))
    }
}

/// Reads a file of text; one that is missing or no text counts as none.
pub fn read_text(path: &Path) -> Option<String> {
    String::from_utf8(read_file(path).ok()?).ok()
}

fn made(parent: &Path) -> Option<PathBuf> {
    let folder = parent.join(NAME);
    std::fs::create_dir_all(&folder).ok().map(|()| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_binary_file_counts_as_none() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let path = made(folder.path()).expect("it can be made").join("a.toml");
        assert_eq!(read_text(&path), None);
        for (content, text) in [(&b"a = 1"[..], Some("a = 1")), (b"\xff", None)] {
            std::fs::write(&path, content).expect("it can be written");
            assert_eq!(read_text(&path).as_deref(), text);
        }
    }
}
