//! The card under the pointer: what is wrong there, what a word means, and what to do about it.
//!
//! Waits for the pointer to rest, and asks for one frame then; nothing is painted while nothing moves. Who types
//! gets no card for where the pointer was left.

use std::ops::Range;
use std::time::Duration;

use egui::{Area, Event, Frame, Id, Order, Pos2, Rect, Ui, vec2};

use crate::model::diagnostic::{Diagnostic, Fix};
use crate::model::proposal::{Proposal, Proposals};
use crate::model::wat::Hover;
use crate::ui::icons;
use crate::ui::theme::{caption, tokens};
use crate::ui::widgets::quiet_button;

use super::canvas::code_job;
use super::choices::place;
use super::marks::mark_ui;

/// How long the pointer rests before the card comes, in seconds.
const DELAY: f64 = 0.45;
/// Width of the card.
const WIDTH: f32 = 440.0;

/// Where the pointer rests, and the card if it is shown.
#[derive(Debug, Default)]
pub(super) struct Hovering {
    over: Option<(Range<usize>, f64)>,
    card: Option<(Range<usize>, Rect)>,
    /// Where the pointer rested when a key or a button was pressed: there it means nothing until it moves.
    quiet: Option<Pos2>,
}

/// What there is to say of a place.
pub(super) struct Subject<'a> {
    /// The bytes that it is about.
    pub(super) bytes: Range<usize>,
    /// Where they stand.
    pub(super) rect: Rect,
    /// What is wrong there.
    pub(super) diagnostics: Vec<&'a Diagnostic>,
    /// What the word means.
    pub(super) hover: Option<Hover>,
}

/// What was chosen in the card.
#[derive(Debug, Clone, Copy)]
pub(super) enum Remedy<'a> {
    /// A change to the text.
    Fix(&'a Fix),
    /// A proposal that is to be on.
    TurnOn(Proposal),
}

impl Hovering {
    /// Takes the card away until the pointer rests anew.
    pub(super) fn close(&mut self) {
        (self.over, self.card) = (None, None);
    }

    /// Tells whether the pointer means nothing, since somebody types and has left it where it was.
    pub(super) fn is_quiet(&mut self, ui: &Ui) -> bool {
        let is_on_card = self.holds(ui);
        let (at, is_pressed) = ui.input(|input| {
            let is_pressed = input.events.iter().any(|event| match event {
                Event::Key { pressed: true, .. } | Event::Text(_) | Event::Paste(_) | Event::Ime(_) => true,
                // A button that goes down on the card is about to choose something there.
                Event::PointerButton { pressed: true, .. } => !is_on_card,
                _ => false,
            });
            (input.pointer.latest_pos(), is_pressed)
        });
        if is_pressed {
            self.quiet = at;
        } else if self.quiet != at {
            self.quiet = None;
        }
        self.quiet.is_some()
    }

    /// Tells whether the card stays because the pointer is on it or between it and its word.
    pub(super) fn holds(&self, ui: &Ui) -> bool {
        let at = ui.input(|input| input.pointer.latest_pos());
        let Some(((_, rect), at)) = self.card.as_ref().zip(at) else { return false };
        rect.expand2(vec2(6.0, 8.0)).contains(at)
    }

    /// Returns the bytes that the card is about, while it is shown.
    pub(super) fn shown(&self) -> Option<Range<usize>> {
        self.card.as_ref().map(|(bytes, _)| bytes.clone())
    }

    /// Shows the card of what is under the pointer once that rests.
    ///
    /// Returns what was chosen in it; `can_fix` tells whether a fix would hit the right places, `proposals`
    /// which ones are on.
    pub(super) fn ui<'a>(
        &mut self,
        ui: &Ui,
        id: Id,
        subject: Option<Subject<'a>>,
        (can_fix, proposals): (bool, Option<Proposals>),
    ) -> Option<Remedy<'a>> {
        let Some(subject) = subject else {
            self.close();
            return None;
        };
        let now = ui.input(|input| input.time);
        let is_shown = self.shown().as_ref() == Some(&subject.bytes);
        let since = match &self.over {
            Some((bytes, since)) if *bytes == subject.bytes => *since,
            _ => now,
        };
        self.over = Some((subject.bytes.clone(), since));
        if !is_shown && now - since < DELAY {
            self.card = None;
            ui.ctx().request_repaint_after(Duration::from_secs_f64(DELAY - (now - since) + 0.01));
            return None;
        }
        let height = self.card.as_ref().map_or(80.0, |(_, rect)| rect.height());
        let at = place(ui.ctx().content_rect(), subject.rect, vec2(WIDTH, height));
        let mut chosen = None;
        let area =
            Area::new(id.with("hover")).order(Order::Tooltip).fixed_pos(at).constrain(true).fade_in(false);
        let shown = area.show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(10).show(ui, |ui| {
                ui.set_max_width(WIDTH);
                for diagnostic in &subject.diagnostics {
                    mark_ui(ui, diagnostic);
                    let needs = diagnostic.needs.zip(proposals);
                    if let Some((proposal, proposals)) = needs
                        && let Some(words) = proposals.offer(proposal)
                        && ui.add(quiet_button(icons::LIGHTBULB, &words)).clicked()
                    {
                        chosen = Some(Remedy::TurnOn(proposal));
                    }
                    for fix in diagnostic.fixes.iter().filter(|_| can_fix) {
                        if ui.add(quiet_button(icons::LIGHTBULB, &fix.title)).clicked() {
                            chosen = Some(Remedy::Fix(fix));
                        }
                    }
                }
                if let Some(hover) = &subject.hover {
                    hover_ui(ui, hover);
                }
            });
        });
        self.card = Some((subject.bytes, shown.response.rect.union(subject.rect)));
        chosen
    }
}

fn hover_ui(ui: &mut Ui, hover: &Hover) {
    let mut job = code_job(&hover.code, tokens(ui));
    job.wrap.max_width = WIDTH - 20.0;
    ui.label(job);
    if !hover.text.is_empty() {
        ui.label(caption(hover.text.as_str()).color(tokens(ui).text_muted));
    }
}
