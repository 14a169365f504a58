//! What a person set once and finds again: looks, limits of new plugins, engine.
//!
//! Turns the settings file's text into data and back; reads and writes no file itself.

use serde::{Deserialize, Serialize};

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
    /// Limits of new plugins; a sample's own limits go first.
    pub limits: Limits,
    /// Engine that sources are compiled for.
    pub engine: EngineSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            text_percent: TEXT_PERCENT.1,
            compile_delay_ms: 150,
            keep_until_reload: false,
            limits: Preset::Default.limits(),
            engine: EngineSettings::default(),
        }
    }
}

impl Settings {
    /// Reads a settings file; what it does not name keeps its default.
    ///
    /// # Errors
    ///
    /// Returns one sentence with the place when the text is not what the file may hold.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let mut settings: Self = toml::from_str(text).map_err(|err| err.message().to_owned())?;
        settings.text_percent = settings.text_percent.clamp(TEXT_PERCENT.0, TEXT_PERCENT.2);
        settings.compile_delay_ms = settings.compile_delay_ms.min(10_000);
        Ok(settings)
    }

    /// Writes the settings file.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_their_file() {
        let mut settings = Settings { theme: ThemeChoice::Light, ..Settings::default() };
        settings.limits = Preset::Tutorial.limits();
        settings.scale_text(2);
        assert_eq!(Settings::from_toml(&settings.to_toml()), Ok(settings));
    }

    #[test]
    fn lifted_limits_survive_their_file() {
        let settings = Settings { limits: Limits::UNLIMITED, ..Settings::default() };
        assert_eq!(Settings::from_toml(&settings.to_toml()), Ok(settings));
    }

    #[test]
    fn a_short_file_keeps_the_defaults_and_a_broken_one_says_why() {
        let settings = Settings::from_toml("theme = \"light\"\ntext_percent = 9000\n").expect("it is valid");
        assert_eq!(
            settings,
            Settings { theme: ThemeChoice::Light, text_percent: 250, ..Settings::default() }
        );
        assert!(Settings::from_toml("theme = \"mauve\"").is_err_and(|message| message.contains("mauve")));
    }
}
