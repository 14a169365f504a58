//! Fills triangles into an image: what a graphics card does for the window, done by the processor.
//!
//! Knows no shapes: they have become triangles before. Colours are mixed as the window's shaders mix them,
//! without going through linear light, so that a picture looks like the window.

use egui::epaint::{ClippedPrimitive, ImageData, Mesh, Primitive, TextureId, Vertex};
use egui::{Color32, Pos2, Rect, TexturesDelta, Vec2};

use super::Picture;

/// Parts of a pixel that corners are rounded to, so that triangles that share an edge share no pixel.
const PARTS: i64 = 256;
/// Largest coordinate in pixels that a corner may have; beyond it nothing is visible.
const FARTHEST: f32 = 100_000.0;

/// The image that glyphs are taken from.
#[derive(Debug, Default)]
pub(super) struct Atlas {
    width: usize,
    pixels: Vec<Color32>,
}

impl Atlas {
    /// Takes over what has changed of it.
    pub(super) fn update(&mut self, delta: &TexturesDelta) {
        for change in delta.set.get(&TextureId::default()).into_iter().flatten() {
            let ImageData::Color(image) = &change.image;
            let Some([left, top]) = change.pos else {
                (self.width, self.pixels) = (image.width(), image.pixels.clone());
                continue;
            };
            for (y, row) in image.pixels.chunks_exact(image.width().max(1)).enumerate() {
                let start = (top + y) * self.width + left;
                if let Some(target) = self.pixels.get_mut(start..start + row.len()) {
                    target.copy_from_slice(row);
                }
            }
        }
    }

    fn height(&self) -> usize {
        self.pixels.len().checked_div(self.width).unwrap_or(0)
    }

    /// Returns the colour at a place from 0 to 1, mixed of the four pixels around it.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an atlas has a few thousand pixels a side, and the places are cut to it"
    )]
    fn sample(&self, at: [f32; 2]) -> [f32; 4] {
        let (width, height) = (self.width, self.height());
        if width == 0 || height == 0 {
            return [1.0; 4];
        }
        let place = |share: f32, side: usize| (share * side as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        let (x, y) = (place(at[0], width), place(at[1], height));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
        let (along, down) = (x - left as f32, y - top as f32);
        let pixel = |x: usize, y: usize| parts(self.pixels[y * width + x]);
        let upper = mix(pixel(left, top), pixel(right, top), along);
        let lower = mix(pixel(left, bottom), pixel(right, bottom), along);
        mix(upper, lower, down)
    }
}

fn parts(colour: Color32) -> [f32; 4] {
    colour.to_array().map(|part| f32::from(part) / 255.0)
}

fn mix(one: [f32; 4], other: [f32; 4], share: f32) -> [f32; 4] {
    std::array::from_fn(|part| one[part] + (other[part] - one[part]) * share)
}

/// The image that is painted on.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    // Red, green and blue from 0 to 1; the ground is opaque, so nothing else is needed.
    pixels: Vec<[f32; 3]>,
}

/// A corner of a triangle in parts of a pixel, with what it brings along.
struct Corner<'a> {
    x: i64,
    y: i64,
    vertex: &'a Vertex,
}

impl Canvas {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the size has been bounded")]
    pub(super) fn new(size: Vec2, ground: Color32) -> Self {
        let (width, height) = (size.x.max(1.0) as usize, size.y.max(1.0) as usize);
        let [red, green, blue, _] = parts(ground);
        Self { width, height, pixels: vec![[red, green, blue]; width * height] }
    }

    /// Paints what has become triangles; anything else, such as a callback of a graphics card, is left out.
    pub(super) fn paint(&mut self, primitive: &ClippedPrimitive, atlas: &Atlas, pixels_per_point: f32) {
        if let Primitive::Mesh(mesh) = &primitive.primitive {
            let clip = primitive.clip_rect * pixels_per_point;
            self.paint_mesh(mesh, clip, atlas, pixels_per_point);
        }
    }

    fn paint_mesh(&mut self, mesh: &Mesh, clip: Rect, atlas: &Atlas, pixels_per_point: f32) {
        let xs = bounds(clip.left(), clip.right(), self.width);
        let ys = bounds(clip.top(), clip.bottom(), self.height);
        for triangle in mesh.indices.chunks_exact(3) {
            let corner = |index: u32| {
                let vertex = mesh.vertices.get(usize::try_from(index).ok()?)?;
                let [x, y] = fixed(vertex.pos, pixels_per_point)?;
                Some(Corner { x, y, vertex })
            };
            if let (Some(a), Some(b), Some(c)) =
                (corner(triangle[0]), corner(triangle[1]), corner(triangle[2]))
            {
                self.fill([a, b, c], (xs, ys), atlas);
            }
        }
    }

    /// Fills a triangle: every pixel whose middle lies within.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is left of the triangle lies within the image"
    )]
    fn fill(&mut self, [a, mut b, mut c]: [Corner<'_>; 3], (xs, ys): ([i64; 2], [i64; 2]), atlas: &Atlas) {
        let mut area = cross(&a, &b, c.x, c.y);
        if area < 0 {
            (b, c, area) = (c, b, -area);
        }
        if area == 0 {
            return;
        }
        let least = |one: i64, two: i64, three: i64| one.min(two).min(three).div_euclid(PARTS);
        let most = |one: i64, two: i64, three: i64| one.max(two).max(three).div_euclid(PARTS) + 1;
        let columns = least(a.x, b.x, c.x).max(xs[0])..most(a.x, b.x, c.x).min(xs[1]);
        let is_flat = a.vertex.uv == b.vertex.uv && b.vertex.uv == c.vertex.uv;
        let flat = is_flat.then(|| atlas.sample([a.vertex.uv.x, a.vertex.uv.y]));
        let colours = [&a, &b, &c].map(|corner| parts(corner.vertex.color));
        for y in least(a.y, b.y, c.y).max(ys[0])..most(a.y, b.y, c.y).min(ys[1]) {
            for x in columns.clone() {
                let (px, py) = (x * PARTS + PARTS / 2, y * PARTS + PARTS / 2);
                let weights = [cross(&b, &c, px, py), cross(&c, &a, px, py), cross(&a, &b, px, py)];
                let is_within =
                    covers(&b, &c, weights[0]) && covers(&c, &a, weights[1]) && covers(&a, &b, weights[2]);
                if !is_within {
                    continue;
                }
                let [wa, wb, wc] = weights.map(|weight| weight as f32 / area as f32);
                let blend = |of: [f32; 3]| of[0] * wa + of[1] * wb + of[2] * wc;
                let texel = flat.unwrap_or_else(|| {
                    atlas.sample([
                        blend([a.vertex.uv.x, b.vertex.uv.x, c.vertex.uv.x]),
                        blend([a.vertex.uv.y, b.vertex.uv.y, c.vertex.uv.y]),
                    ])
                });
                let ink: [f32; 4] = std::array::from_fn(|part| {
                    texel[part] * blend([colours[0][part], colours[1][part], colours[2][part]])
                });
                let pixel = &mut self.pixels[y as usize * self.width + x as usize];
                for (part, value) in pixel.iter_mut().enumerate() {
                    *value = ink[part] + *value * (1.0 - ink[3]);
                }
            }
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    pub(super) fn finish(self) -> Picture {
        let rgb = self.pixels.iter().flatten().map(|part| (part * 255.0).round() as u8).collect();
        Picture { width: self.width, height: self.height, rgb }
    }
}

/// Returns the first pixel of a clip and the one after its last, within the image.
#[allow(clippy::cast_possible_truncation, reason = "the cast saturates, and the result is cut to the image")]
fn bounds(from: f32, to: f32, side: usize) -> [i64; 2] {
    let side = i64::try_from(side).unwrap_or(i64::MAX);
    [(from.round() as i64).clamp(0, side), (to.round() as i64).clamp(0, side)]
}

/// Returns a corner in parts of a pixel; none for what lies beyond all bounds.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the bound is checked")]
fn fixed(pos: Pos2, pixels_per_point: f32) -> Option<[i64; 2]> {
    let at = [pos.x * pixels_per_point, pos.y * pixels_per_point];
    let is_near = at.iter().all(|part| part.is_finite() && part.abs() <= FARTHEST);
    is_near.then(|| at.map(|part| (part * PARTS as f32).round() as i64))
}

/// Returns twice the area of the triangle of two corners and a point; positive on one side of their edge.
fn cross(a: &Corner<'_>, b: &Corner<'_>, x: i64, y: i64) -> i64 {
    (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)
}

/// Tells whether a point lies on the inner side of an edge; a point on it belongs to one of two neighbours.
fn covers(a: &Corner<'_>, b: &Corner<'_>, weight: i64) -> bool {
    weight > 0 || weight == 0 && (a.y > b.y || a.y == b.y && a.x < b.x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme;

    fn vertex(x: f32, y: f32, color: Color32) -> Vertex {
        Vertex { pos: Pos2::new(x, y), uv: Pos2::ZERO, color }
    }

    #[test]
    fn two_halves_of_a_rectangle_cover_each_pixel_once() {
        let half = theme::tokens_of(true).error.gamma_multiply(0.5);
        for (left, right) in [(1.0, 9.0), (1.3, 8.7), (0.5, 9.5)] {
            let corners = [(left, 1.0), (right, 1.0), (left, 9.0), (right, 9.0)];
            let mesh = Mesh {
                vertices: corners.map(|(x, y)| vertex(x, y, half)).to_vec(),
                indices: vec![0, 1, 2, 2, 1, 3],
                ..Mesh::default()
            };
            let mut canvas = Canvas::new(Vec2::splat(10.0), theme::tokens_of(true).pane);
            let clip = Rect::from_min_max(Pos2::ZERO, Pos2::new(10.0, 10.0));
            canvas.paint_mesh(&mesh, clip, &Atlas::default(), 1.0);
            let picture = canvas.finish();
            let ground = &theme::tokens_of(true).pane.to_array()[..3];
            let colours: Vec<_> = picture.rgb.chunks_exact(3).filter(|pixel| *pixel != ground).collect();
            assert!(colours.windows(2).all(|pair| pair[0] == pair[1]), "a pixel was painted twice");
            assert!(colours.len() >= 56, "{} pixels from {left} to {right}", colours.len());
        }
    }

    #[test]
    fn corners_out_of_all_bounds_and_wrong_indices_paint_nothing() {
        let ink = theme::tokens_of(true).error;
        let mesh = Mesh {
            vertices: vec![vertex(f32::NAN, 0.0, ink), vertex(1e30, 0.0, ink), vertex(0.0, 1e9, ink)],
            indices: vec![0, 1, 2, 7, 8, 9, 0],
            ..Mesh::default()
        };
        let mut canvas = Canvas::new(Vec2::splat(4.0), theme::tokens_of(true).pane);
        canvas.paint_mesh(&mesh, Rect::EVERYTHING, &Atlas::default(), 1.0);
        let empty = Canvas::new(Vec2::splat(4.0), theme::tokens_of(true).pane).finish();
        assert_eq!(canvas.finish(), empty);
    }
}
