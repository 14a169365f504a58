//! Every colour, space and text style of the window, as named tokens, and how egui is dressed in them.
//!
//! Knows nothing of plugins, calls or panes; it is the only place where a colour is given by its numbers.

mod fonts;
mod style;
mod tokens;

pub use fonts::{CAPTION, FIGURE, STRONG, TITLE};
pub use tokens::{DARK, LIGHT, Tokens};

use egui::{Color32, Context, FontId, RichText, TextStyle, Theme, ThemePreference, Ui};

/// Spaces in points, all on a grid of 4.
pub mod space {
    /// Between an icon and its word.
    pub const XS: f32 = 4.0;
    /// Between two controls that belong together.
    pub const S: f32 = 8.0;
    /// Between a pane's edge and its content.
    pub const M: f32 = 12.0;
    /// Between two groups.
    pub const L: f32 = 16.0;
    /// Between two sections.
    pub const XL: f32 = 24.0;
    /// Height of a row in a list, of a button and of a field.
    pub const ROW: f32 = 28.0;
    /// Height of the bars at the top and at the bottom of the window.
    pub const BAR: f32 = 40.0;
    /// Height of the status line.
    pub const STATUS: f32 = 24.0;
    /// Height of a row of tabs.
    pub const TABS: f32 = 34.0;
    /// Corner radius of buttons, fields and cards.
    pub const RADIUS: u8 = 6;
    /// Corner radius of chips: half of their height.
    pub const RADIUS_CHIP: u8 = 12;
    /// Thickness of a gauge's bar.
    pub const GAUGE: f32 = 6.0;
    /// Height of a line of code.
    pub const CODE_LINE: f32 = 21.0;
}

/// Which of the two faces of the window is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// As the desktop says, dark where it says nothing.
    #[default]
    System,
    /// Light text on dark ground.
    Dark,
    /// Dark text on light ground.
    Light,
}

impl Mode {
    /// Every mode, in the order of menus.
    pub const ALL: [Self; 3] = [Self::System, Self::Dark, Self::Light];

    /// Returns the mode's name in menus.
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Dark => "Dark",
            Self::Light => "Light",
        }
    }

    /// Returns the name in the settings file.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// Returns the mode of that name in the settings file.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// Dresses the window: fonts, colours, spaces. Cheap enough to be called whenever the mode changes.
pub fn apply(ctx: &Context, mode: Mode) {
    let installed = egui::Id::unique("workbench fonts");
    if !ctx.data(|data| data.get_temp::<bool>(installed).unwrap_or(false)) {
        ctx.set_fonts(fonts::definitions());
        ctx.data_mut(|data| data.insert_temp(installed, true));
    }
    ctx.set_style_of(Theme::Dark, style::style(&DARK, true));
    ctx.set_style_of(Theme::Light, style::style(&LIGHT, false));
    ctx.options_mut(|options| options.fallback_theme = Theme::Dark);
    ctx.set_theme(match mode {
        Mode::System => ThemePreference::System,
        Mode::Dark => ThemePreference::Dark,
        Mode::Light => ThemePreference::Light,
    });
}

/// Returns the tokens of the face that this part of the window wears.
pub fn tokens(ui: &Ui) -> &'static Tokens {
    tokens_of(ui.visuals().dark_mode)
}

/// Returns the tokens of the dark or of the light face.
pub fn tokens_of(dark: bool) -> &'static Tokens {
    if dark { &DARK } else { &LIGHT }
}

/// Returns text in the code face.
pub fn code(text: impl Into<String>) -> RichText {
    RichText::new(text).text_style(TextStyle::Monospace)
}

/// Returns text in the heavier weight of the interface face.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).font(FontId::new(13.0, fonts::strong_family()))
}

/// Returns small text, for what stands under or beside something larger.
pub fn caption(text: impl Into<String>) -> RichText {
    RichText::new(text).font(FontId::proportional(CAPTION))
}

/// Returns a headline, for what a pane says when there is nothing in it.
pub fn headline(text: impl Into<String>) -> RichText {
    RichText::new(text).font(FontId::new(TITLE, fonts::strong_family()))
}

/// Returns the font of the interface at a size in points.
pub fn body_font(size: f32) -> FontId {
    FontId::proportional(size)
}

/// Returns the heavier font of the interface at a size in points.
pub fn strong_font(size: f32) -> FontId {
    FontId::new(size, fonts::strong_family())
}

/// Returns the font of code at a size in points.
pub fn code_font(size: f32) -> FontId {
    FontId::monospace(size)
}

/// Returns the heavier font of code at a size in points.
pub fn code_strong_font(size: f32) -> FontId {
    FontId::new(size, fonts::code_strong_family())
}

/// Returns `colour` mixed with `share` (0 to 1) of `other`.
pub fn mix(colour: Color32, other: Color32, share: f32) -> Color32 {
    colour.lerp_to_gamma(other, share.clamp(0.0, 1.0))
}

/// Reads the program's icon, as straight RGBA with its width and height in pixels.
pub fn icon_rgba() -> Option<(Vec<u8>, u32, u32)> {
    let bytes = include_bytes!("../../assets/icon.png");
    let picture = image::load_from_memory_with_format(bytes, image::ImageFormat::Png).ok()?.into_rgba8();
    let (width, height) = picture.dimensions();
    Some((picture.into_raw(), width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_words_come_back_as_their_mode() {
        for mode in Mode::ALL {
            assert_eq!(Mode::from_word(mode.word()), Some(mode));
        }
        assert_eq!(Mode::from_word("sepia"), None);
    }

    #[test]
    fn the_programs_icon_is_a_square_of_256_pixels() {
        let (pixels, width, height) = icon_rgba().expect("the icon ships with the program");
        assert_eq!((width, height, pixels.len()), (256, 256, 256 * 256 * 4));
    }

    #[test]
    fn both_faces_are_set_and_the_mode_picks_one() {
        for (mode, dark) in [(Mode::Dark, true), (Mode::Light, false)] {
            let ctx = Context::default();
            apply(&ctx, mode);
            let visuals = ctx.global_style().visuals.clone();
            assert_eq!(visuals.dark_mode, dark);
            assert_eq!(visuals.panel_fill, tokens_of(dark).pane);
            assert!(!visuals.text_cursor.blink, "a blinking cursor repaints an idle window");
        }
    }

    #[test]
    fn text_stands_out_from_every_ground_it_is_set_on() {
        for (name, tokens) in [("dark", &DARK), ("light", &LIGHT)] {
            for (what, text, ground, least) in [
                ("text on pane", tokens.text, tokens.pane, 7.0),
                ("text on raised", tokens.text, tokens.raised, 7.0),
                ("text on selection", tokens.text, tokens.selection, 7.0),
                ("muted on pane", tokens.text_muted, tokens.pane, 4.5),
                ("error on pane", tokens.error, tokens.pane, 4.5),
                ("on accent", tokens.on_accent, tokens.accent, 3.0),
            ] {
                let contrast = contrast(text, ground);
                assert!(contrast >= least, "{name}: {what} has a contrast of {contrast:.2}, below {least}");
            }
        }
    }

    /// Contrast ratio as WCAG 2.1 defines it.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |colour: Color32| {
            let [r, g, b, _] = egui::Rgba::from(colour).to_array();
            0.2126f32.mul_add(r, 0.7152f32.mul_add(g, 0.0722 * b))
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}
