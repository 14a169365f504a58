//! What a person set once and finds again: looks, limits of new plugins, engine, cache.
//!
//! Turns the settings file's text into data and back; reads and writes no file itself.

mod file;

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::engine::EngineSettings;
use crate::model::limits::{Limits, Preset};

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// Light text on dark.
    #[default]
    Dark,
    /// Dark text on light.
    Light,
    /// Whatever the system says.
    System,
}

impl ThemeChoice {
    /// Returns the other of dark and light; the system's choice becomes dark.
    pub fn toggled(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light | Self::System => Self::Dark,
        }
    }
}

/// Smallest, usual and largest size of text, in percent.
const TEXT_PERCENT: (u16, u16, u16) = (60, 100, 250);

/// Everything in the settings file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: ThemeChoice,
    /// Size of text in percent, 60 to 250.
    pub text_percent: u16,
    /// Milliseconds after the last key before a source is compiled.
    pub compile_delay_ms: u64,
    /// Whether new plugins keep their instance when their source is compiled anew.
    pub keep_until_reload: bool,
    /// Milliseconds between two looks at a running guest: Stop and the time limit are that fine.
    pub epoch_tick_ms: u64,
    /// Limits of new plugins; a sample's own limits go first.
    #[serde(serialize_with = "write_limits", deserialize_with = "read_limits")]
    pub limits: Limits,
    /// Builds that are kept.
    pub cache: CacheSettings,
    /// Engine that sources are compiled for.
    pub engine: EngineSettings,
}

/// What is kept of builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheSettings {
    /// Mebibytes that builds may take in memory, by estimate.
    pub memory_mib: u64,
    /// Whether builds outlive the program.
    pub disk: bool,
    /// Mebibytes that builds may take on disk.
    pub disk_mib: u64,
    /// Folder for them; empty for the one that the system prescribes.
    pub folder: String,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { memory_mib: 512, disk: true, disk_mib: 512, folder: String::new() }
    }
}

impl CacheSettings {
    /// Largest size that can be set, in mebibytes.
    pub const MOST_MIB: u64 = 1 << 20;

    /// Returns the folder of builds on disk: the one that was set, or else the system's own; `None` when
    /// builds don't outlive the program.
    pub fn disk_folder(&self, of_system: Option<PathBuf>) -> Option<PathBuf> {
        let chosen = (!self.folder.is_empty()).then(|| PathBuf::from(&self.folder));
        chosen.or(of_system).filter(|_| self.disk)
    }

    /// Returns the bytes that builds may take in memory and on disk.
    pub fn bytes(&self) -> (u64, u64) {
        (self.memory_mib << 20, if self.disk { self.disk_mib << 20 } else { 0 })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            text_percent: TEXT_PERCENT.1,
            compile_delay_ms: 150,
            keep_until_reload: false,
            epoch_tick_ms: 5,
            limits: Preset::Default.limits(),
            cache: CacheSettings::default(),
            engine: EngineSettings::default(),
        }
    }
}

impl Settings {
    /// Reads a settings file: what it does not name, and what of it can't be used, keeps its default.
    ///
    /// Also returns what can't be used: one sentence each, with the line.
    pub fn read(text: &str) -> (Self, Vec<String>) {
        file::read(text)
    }

    /// Writes the settings file.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }

    fn deserialize_table(table: toml::Table) -> Result<Self, String> {
        let settings: Self = table.try_into().map_err(|err: toml::de::Error| err.message().to_owned())?;
        let stack = EngineSettings::WASM_STACK_BYTES;
        let ranges = [
            (u64::from(settings.text_percent), u64::from(TEXT_PERCENT.0), u64::from(TEXT_PERCENT.2)),
            (settings.compile_delay_ms, 0, 10_000),
            (settings.epoch_tick_ms, 1, 1000),
            (settings.cache.memory_mib, 1, CacheSettings::MOST_MIB),
            (settings.cache.disk_mib, 1, CacheSettings::MOST_MIB),
            (settings.engine.wasm_stack_bytes as u64, *stack.start() as u64, *stack.end() as u64),
        ];
        for (value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(format!("it is {least} to {most}"));
            }
        }
        Ok(settings)
    }

    /// Makes text larger or smaller by that many steps of 10 %.
    pub fn scale_text(&mut self, steps: i16) {
        let percent = i32::from(self.text_percent) + i32::from(steps) * 10;
        let clamped = percent.clamp(i32::from(TEXT_PERCENT.0), i32::from(TEXT_PERCENT.2));
        self.text_percent = u16::try_from(clamped).unwrap_or(TEXT_PERCENT.1);
    }

    /// Gives text its usual size.
    pub fn reset_text(&mut self) {
        self.text_percent = TEXT_PERCENT.1;
    }
}

/// Writes limits so that a lifted one is the word `none`, since the file has no empty values.
fn write_limits<S: Serializer>(limits: &Limits, serializer: S) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(limits).map_err(serde::ser::Error::custom)?;
    for limit in value.as_object_mut().into_iter().flat_map(|limits| limits.values_mut()) {
        if limit.is_null() {
            *limit = "none".into();
        }
    }
    value.serialize(serializer)
}

fn read_limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Limits, D::Error> {
    let mut value = serde_json::Value::deserialize(deserializer)?;
    for limit in value.as_object_mut().into_iter().flat_map(|limits| limits.values_mut()) {
        if limit == "none" {
            *limit = serde_json::Value::Null;
        }
    }
    serde_json::from_value(value).map_err(|_| serde::de::Error::custom("a limit is a number or \"none\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_their_file() {
        let mut settings = Settings { theme: ThemeChoice::Light, ..Settings::default() };
        settings.limits = Preset::Tutorial.limits();
        settings.cache.folder = "/tmp/builds".to_owned();
        settings.scale_text(2);
        assert_eq!(Settings::read(&settings.to_toml()), (settings, Vec::new()));
    }

    #[test]
    fn lifted_limits_survive_their_file() {
        let settings = Settings { limits: Limits::UNLIMITED, ..Settings::default() };
        assert_eq!(Settings::read(&settings.to_toml()), (settings, Vec::new()));
    }

    #[test]
    fn a_short_file_keeps_the_defaults() {
        let expected = Settings { theme: ThemeChoice::Light, ..Settings::default() };
        assert_eq!(Settings::read("theme = \"light\"\n"), (expected, Vec::new()));
        assert_eq!(Settings::read(""), (Settings::default(), Vec::new()));
    }
}
