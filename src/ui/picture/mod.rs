//! Pictures of what the window paints, made without a window and without a graphics card.
//!
//! Knows no pane: whoever wants a picture brings what is painted, and has it run on a thread of its own.

mod raster;

use std::io::{self, Write};

use egui::{Context, RawInput, Rect, Ui, Vec2, ViewportId, ViewportInfo};
use image::{ExtendedColorType, ImageEncoder as _};

use super::theme::{self, Mode};
use raster::{Atlas, Canvas};

/// Pixels for each point, so that a picture is sharp in print and on dense screens.
const PIXELS_PER_POINT: f32 = 2.0;
/// Largest side of a picture in points.
const MOST_POINTS: f32 = 2400.0;
/// Passes until everything has its place: the second knows how large all of it is.
const PASSES: usize = 2;

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// Width in pixels.
    pub(super) width: usize,
    /// Height in pixels.
    pub(super) height: usize,
    /// Red, green and blue of each pixel, row by row.
    pub(super) rgb: Vec<u8>,
}

impl Picture {
    /// Paints `add_contents` over the pane's ground, `size` points large.
    pub(super) fn paint(size: Vec2, is_dark: bool, mut add_contents: impl FnMut(&mut Ui)) -> Self {
        let size = size.clamp(Vec2::splat(1.0), Vec2::splat(MOST_POINTS)).ceil();
        let ctx = Context::default();
        theme::apply(&ctx, if is_dark { Mode::Dark } else { Mode::Light });
        let mut atlas = Atlas::default();
        let mut shapes = Vec::new();
        for pass in 0..PASSES {
            let mut output = ctx.run_ui(input(size, pass), |ui| {
                ui.scope_builder(egui::UiBuilder::new().max_rect(ui.ctx().content_rect()), |ui| {
                    ui.set_clip_rect(ui.ctx().content_rect());
                    add_contents(ui);
                });
            });
            atlas.update(&output.textures_delta);
            output.textures_delta.clear();
            shapes = output.shapes;
        }
        let ground = theme::tokens_of(is_dark).pane;
        let mut canvas = Canvas::new(size * PIXELS_PER_POINT, ground);
        for primitive in ctx.tessellate(shapes, PIXELS_PER_POINT) {
            canvas.paint(&primitive, &atlas, PIXELS_PER_POINT);
        }
        canvas.finish()
    }

    /// Writes the picture as PNG.
    ///
    /// # Errors
    ///
    /// Returns what kept it from being encoded or written.
    pub(super) fn write_png(&self, out: &mut dyn Write) -> io::Result<()> {
        let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
        let encoder = image::codecs::png::PngEncoder::new(out);
        encoder
            .write_image(&self.rgb, side(self.width)?, side(self.height)?, ExtendedColorType::Rgb8)
            .map_err(io::Error::other)
    }
}

fn input(size: Vec2, pass: usize) -> RawInput {
    let viewport =
        ViewportInfo { native_pixels_per_point: Some(PIXELS_PER_POINT), ..ViewportInfo::default() };
    #[allow(clippy::cast_precision_loss, reason = "there are two passes")]
    let time = pass as f64;
    RawInput {
        screen_rect: Some(Rect::from_min_size(egui::Pos2::ZERO, size)),
        viewports: std::iter::once((ViewportId::ROOT, viewport)).collect(),
        time: Some(time),
        ..RawInput::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Stroke, pos2, vec2};

    #[test]
    fn rectangles_lines_and_text_are_where_they_were_painted() {
        let tokens = theme::tokens_of(true);
        let picture = Picture::paint(vec2(60.0, 40.0), true, |ui| {
            let painter = ui.painter();
            painter.rect_filled(Rect::from_min_max(pos2(10.0, 10.0), pos2(20.0, 20.0)), 0.0, tokens.error);
            painter.hline(0.0..=60.0, 30.25, Stroke::new(0.5, tokens.ok));
            let font = theme::body_font(12.0);
            painter.text(pos2(30.0, 5.0), egui::Align2::LEFT_TOP, "Hm", font, tokens.text);
        });
        assert_eq!((picture.width, picture.height, picture.rgb.len()), (120, 80, 120 * 80 * 3));
        let at = |x: usize, y: usize| &picture.rgb[(y * 120 + x) * 3..][..3];
        let rgb = |colour: egui::Color32| [colour.r(), colour.g(), colour.b()];
        assert_eq!(at(30, 30), rgb(tokens.error));
        assert_eq!(at(5, 5), rgb(tokens.pane));
        let inked = |xs: std::ops::Range<usize>, ys: std::ops::Range<usize>| {
            ys.flat_map(|y| xs.clone().map(move |x| (x, y)))
                .filter(|(x, y)| at(*x, *y) != rgb(tokens.pane))
                .count()
        };
        assert!(
            (50..600).contains(&inked(60..110, 10..40)),
            "the text has {} pixels",
            inked(60..110, 10..40)
        );
        assert!(inked(0..120, 59..62) >= 120, "the line is there");
        assert_eq!(inked(60..120, 64..80), 0, "nothing is where nothing was painted");
    }

    #[test]
    fn a_picture_survives_being_written_and_read() {
        let picture = Picture::paint(vec2(20.0, 10.0), false, |ui| {
            ui.painter().circle_filled(pos2(10.0, 5.0), 4.0, theme::tokens_of(false).accent);
        });
        let mut png = Vec::new();
        picture.write_png(&mut png).expect("memory has room");
        let read = image::load_from_memory_with_format(&png, image::ImageFormat::Png).expect("it is a PNG");
        assert_eq!((read.width(), read.height()), (40, 20));
        assert_eq!(read.into_rgb8().into_raw(), picture.rgb);
    }
}
