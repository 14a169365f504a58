//! The faces that ship with the program and the families that egui finds them under.
//!
//! Knows no colours. How the files were cut from their originals is told in `assets/README.md`.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// Size of small text in points.
pub const CAPTION: f32 = 11.0;
/// Size of the names and figures of gauges in points.
pub const FIGURE: f32 = 12.0;
/// Size of text in points.
pub const STRONG: f32 = 13.0;
/// Size of headlines in points.
pub const TITLE: f32 = 15.0;

/// Returns the family of the heavier interface face.
pub(super) fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Returns the family of the heavier code face.
pub(super) fn code_strong_family() -> FontFamily {
    FontFamily::Name("code strong".into())
}

/// Returns all faces in their families; each family can draw text, code signs and icons.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    // Icons are drawn on a square as high as the em; their middle is put on that of the capitals.
    let icon = FontTweak { scale: 1.2, y_offset_factor: 0.06, hinting: Some(false), ..FontTweak::default() };
    let text = FontTweak::default();
    for (name, bytes, tweak) in [
        ("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf").as_slice(), &text),
        ("Inter SemiBold", include_bytes!("../../../assets/fonts/Inter-SemiBold.otf").as_slice(), &text),
        (
            "JetBrains Mono",
            include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf").as_slice(),
            &text,
        ),
        (
            "JetBrains Mono Bold",
            include_bytes!("../../../assets/fonts/JetBrainsMono-Bold.ttf").as_slice(),
            &text,
        ),
        ("Phosphor", include_bytes!("../../../assets/fonts/Phosphor.ttf").as_slice(), &icon),
        ("Phosphor Fill", include_bytes!("../../../assets/fonts/Phosphor-Fill.ttf").as_slice(), &icon),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak.clone())));
    }
    for (family, first, second) in [
        (FontFamily::Proportional, "Inter", "JetBrains Mono"),
        (strong_family(), "Inter SemiBold", "JetBrains Mono Bold"),
        (FontFamily::Monospace, "JetBrains Mono", "Inter"),
        (code_strong_family(), "JetBrains Mono Bold", "Inter SemiBold"),
    ] {
        let chain = [first, "Phosphor", "Phosphor Fill", second].map(str::to_owned).to_vec();
        fonts.families.insert(family, chain);
    }
    fonts
}

#[cfg(test)]
mod tests {
    use egui::FontId;
    use egui::epaint::text::{Fonts, TextOptions};

    use super::*;

    #[test]
    fn every_family_draws_the_signs_that_the_window_writes() {
        let mut fonts = Fonts::new(TextOptions::default(), definitions());
        let families =
            [FontFamily::Proportional, strong_family(), FontFamily::Monospace, code_strong_family()];
        for family in families {
            let font = FontId::new(13.0, family);
            for sign in "Aéß×…→←↑↓·−–—µƒ≤≥≈∞●▲■ «»„“”#$@".chars()
            {
                assert!(fonts.has_glyph(&font, sign), "{:?} cannot draw {sign:?}", font.family);
            }
        }
    }

    #[test]
    fn digits_are_as_wide_as_each_other() {
        for font in [FontId::proportional(13.0), FontId::new(13.0, strong_family())] {
            let mut fonts = Fonts::new(TextOptions::default(), definitions());
            let mut view = fonts.with_pixels_per_point(1.0);
            let widths: Vec<f32> = ('0'..='9').map(|digit| view.glyph_width(&font, digit)).collect();
            assert!(widths.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1e-3), "{widths:?}");
        }
    }
}
