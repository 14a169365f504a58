//! Which export's calls are shown: all of them, or those of one; of two sets that are compared always those of one.
//!
//! Knows no points. Counts exports anew only when calls were added.

use std::collections::HashMap;

use egui::{ScrollArea, Ui};

use crate::model::call::{INSTANTIATE_NAME, START_NAME};
use crate::model::humanize;
use crate::model::timeline::{ExportCalls, OTHER_NAME, OutcomeCounts, Pick};
use crate::ui::widgets::Chip;

use super::lane::{CallsKey, Lane, Owner};
use super::limit_lines::LaneLimits;

/// Exports that are offered.
const MOST_OFFERED: usize = 100;
/// Letters of a name that are shown.
const MOST_LETTERS: usize = 24;
/// Height of the list of exports.
const LIST_HEIGHT: f32 = 320.0;
/// What is recorded beside calls that somebody asked for, which is not compared: it happens once an instance.
const NOT_COMPARED: [&str; 5] = [INSTANTIATE_NAME, START_NAME, OTHER_NAME, "_initialize", "_cleanup"];

/// An export that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) name: String,
    /// Calls of each lane.
    pub(super) calls: Vec<u64>,
}

/// What exports were counted of.
type Key = (Owner, Vec<CallsKey>);

/// The exports of all lanes.
#[derive(Debug, Default)]
struct Exports {
    /// Of each lane, the most called one first.
    lanes: Vec<Vec<ExportCalls>>,
    offers: Vec<Offer>,
}

/// Which export's calls are shown.
#[derive(Debug, Default)]
pub(super) struct ChoiceView {
    counted: Option<(Key, Exports)>,
    wanted: Option<String>,
}

impl ChoiceView {
    /// Goes back to what is shown by itself, as for another plugin.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Counts exports when something has changed, and leaves to the lanes the calls that are shown.
    pub(super) fn apply(&mut self, owner: Owner, lanes: &mut [Lane<'_>]) {
        let key = (owner, lanes.iter().map(Lane::calls_key).collect::<Vec<_>>());
        if self.counted.as_ref().is_none_or(|(of, _)| *of != key) {
            self.counted = Some((key, Exports::of(lanes)));
        }
        let Some((_, exports)) = &self.counted else { return };
        let chosen = chosen(&exports.offers, self.wanted.as_deref(), lanes.len() > 1);
        for (lane, of) in lanes.iter_mut().zip(&exports.lanes) {
            narrow(lane, of, chosen);
        }
    }

    /// Shows the choice as a chip where there is one, and tells whether another one was made.
    pub(super) fn ui(&mut self, ui: &mut Ui, lanes: &[Lane<'_>]) -> bool {
        let offers = self.counted.as_ref().map_or(&[][..], |(_, exports)| &exports.offers);
        let is_pair = lanes.len() > 1;
        if offers.is_empty() || !is_pair && offers.len() < 2 {
            return false;
        }
        let chosen = chosen(offers, self.wanted.as_deref(), is_pair).map(|offer| offer.name.clone());
        let (what, all) = if is_pair { ("Compare calls of", "") } else { ("Show calls of", "all exports") };
        let subject = if is_pair { "of" } else { "calls of" };
        let words = format!("{subject} {}", chosen.as_deref().map_or(all.to_owned(), short));
        let chip = ui.add(Chip::small_menu(&words).tooltip(what));
        let before = self.wanted.clone();
        egui::Popup::menu(&chip).show(|ui| {
            ui.set_min_width(160.0);
            ui.label(crate::ui::theme::caption(what).color(crate::ui::theme::tokens(ui).text_muted));
            ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
                if !is_pair && ui.selectable_label(chosen.is_none(), all).clicked() {
                    self.wanted = None;
                }
                for offer in offers {
                    let calls: Vec<_> = offer.calls.iter().map(|calls| humanize::grouped(*calls)).collect();
                    let words = format!("{} ({})", short(&offer.name), calls.join(" / "));
                    if ui.selectable_label(chosen.as_ref() == Some(&offer.name), words).clicked() {
                        self.wanted = Some(offer.name.clone());
                    }
                }
            });
        });
        let is_new = self.wanted != before;
        if is_new {
            // This frame shows what was chosen before.
            ui.ctx().request_repaint();
        }
        is_new
    }
}

/// Returns what is shown of that which is offered: what is wanted, else of two lanes the first one.
fn chosen<'a>(offers: &'a [Offer], wanted: Option<&str>, is_pair: bool) -> Option<&'a Offer> {
    let found = wanted.and_then(|wanted| offers.iter().find(|offer| offer.name == wanted));
    found.or_else(|| offers.first().filter(|_| is_pair))
}

/// Leaves to a lane the calls of an export; without one, all of them alone or none to compare.
fn narrow(lane: &mut Lane<'_>, exports: &[ExportCalls], chosen: Option<&Offer>) {
    let export = chosen.and_then(|offer| lane.timeline.index_of_name(&offer.name));
    let mut counts = OutcomeCounts::default();
    for of in exports.iter().filter(|of| export.is_none_or(|export| export == of.export)) {
        counts.add_all(&of.counts);
    }
    lane.counts = counts;
    let called = exports.iter().map(|of| lane.timeline.name(of.export));
    let names = called.filter(|name| chosen.is_none_or(|offer| offer.name == *name));
    lane.limits = LaneLimits::of(lane.own_limits, lane.rules, names);
    let pick = Pick { export, returned_only: lane.is_paired };
    lane.pick = (export.is_some() || !lane.is_paired).then_some(pick);
    if let Some(export) = export {
        lane.keep_calls_of(export);
    }
}

impl Exports {
    fn of(lanes: &[Lane<'_>]) -> Self {
        let mut exports: Vec<_> =
            lanes.iter().map(|lane| lane.timeline.exports_in(lane.range.clone())).collect();
        for of in &mut exports {
            of.sort_by_key(|of| std::cmp::Reverse(of.counts.total()));
        }
        let offers = match (lanes, &exports[..]) {
            ([one, other], [of_one, of_other]) => shared((one, of_one), (other, of_other)),
            ([lane], [of]) => {
                let offer = |of: &ExportCalls| Offer {
                    name: lane.timeline.name(of.export).to_owned(),
                    calls: vec![of.counts.total()],
                };
                of.iter().take(MOST_OFFERED).map(offer).collect()
            }
            _ => Vec::new(),
        };
        Self { lanes: exports, offers }
    }
}

/// Lists the exports that both sides have called, that first of which both have the most calls that returned.
fn shared(
    (one, of_one): (&Lane<'_>, &[ExportCalls]),
    (other, of_other): (&Lane<'_>, &[ExportCalls]),
) -> Vec<Offer> {
    let others: HashMap<&str, &OutcomeCounts> =
        of_other.iter().map(|of| (other.timeline.name(of.export), &of.counts)).collect();
    let both = of_one.iter().filter_map(|of| {
        let name = one.timeline.name(of.export);
        let counts = [&of.counts, *others.get(name)?];
        let returned = counts.map(|counts| counts.returned);
        (!NOT_COMPARED.contains(&name)).then_some((name, counts, returned))
    });
    let mut both: Vec<_> = both.collect();
    both.sort_by_key(|(name, counts, returned)| {
        let fewer = returned[0].min(returned[1]);
        (std::cmp::Reverse((fewer, counts[0].total() + counts[1].total())), *name)
    });
    let offer =
        |(name, _, returned): (&str, _, [u64; 2])| Offer { name: name.to_owned(), calls: returned.to_vec() };
    both.into_iter().take(MOST_OFFERED).map(offer).collect()
}

/// Cuts a name that a guest has given itself to what there is room for.
pub(super) fn short(name: &str) -> String {
    let mut letters = name.chars().map(|letter| if letter.is_control() { '·' } else { letter });
    let mut short: String = letters.by_ref().take(MOST_LETTERS).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}
