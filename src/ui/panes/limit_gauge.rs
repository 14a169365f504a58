//! One limit of the Limits pane: a gauge whose limit is a field.
//!
//! Reads no numbers that people type: the program's state does, and says what is wrong with them.

use egui::{
    Align2, Color32, FontSelection, Frame, Id, Key, Margin, Rect, Stroke, TextEdit, Ui, UiBuilder, pos2, vec2,
};

use super::call_fields::select_all;
use super::definition::go_to;
use crate::app::{Action, PluginAction, PluginView};
use crate::model::diagnostic::Place;
use crate::model::humanize;
use crate::model::limits::LimitKind;
use crate::model::measured::Measured;
use crate::ui::icons;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets::{GaugeQuality, GaugeView, field_error, gauge};

/// Nanoseconds in a millisecond.
const MILLI: u64 = 1_000_000;
/// Height of the line of figures above the bar.
const LINE: f32 = 18.0;
/// Least width of a limit's field.
const LEAST_FIELD: f32 = 10.0;
/// Space of a field around its digits.
const MARGIN: f32 = 4.0;

/// What a gauge shows of a limit.
#[derive(Debug, Clone)]
pub(super) struct LimitUse {
    pub(super) kind: LimitKind,
    /// Used now: by the running or the last call, or by the plugin as it is.
    pub(super) now: Measured<u64>,
    /// Most that the running or the last call used.
    pub(super) call_peak: Option<u64>,
    /// Most that was ever used in the plugin's life.
    pub(super) life_peak: Option<u64>,
    /// Growth that was refused.
    pub(super) refused: RefusedUse,
    /// Height of the gauge in points.
    pub(super) height: f32,
}

/// Growth that was refused, as a gauge shows it.
#[derive(Debug, Clone, Default)]
pub(super) struct RefusedUse {
    /// New totals that were asked for, oldest first.
    pub(super) requested: Vec<u64>,
    /// How often growth was refused in the plugin's life.
    pub(super) count: u64,
    /// Whether the last of it was refused in the running or the last call, and so matters more than the peaks.
    pub(super) is_recent: bool,
    /// Who asked last, where that is known.
    pub(super) at: Option<Place>,
    /// What the bound was, in words, where that is known.
    pub(super) bound: Option<String>,
}

/// Shows a limit: its gauge, its field, what is wrong with its text, when a change takes effect.
pub(super) fn limit_ui(ui: &mut Ui, plugin: &PluginView, used: &LimitUse, actions: &mut Vec<Action>) {
    let kind = used.kind;
    let limit = plugin.options.limits.get(kind);
    let id = Id::unique(("limit", plugin.id, kind.snake_case()));
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let field = plugin.limit_fields.get(&kind);
    let error = field.and_then(|field| field.error.as_deref());
    let typed = field.filter(|field| has_focus || field.error.is_some());
    let mut text = match (typed, limit) {
        (Some(field), _) => field.text.clone(),
        (None, Some(limit)) => humanize::grouped(limit),
        (None, None) => "none".to_owned(),
    };
    let suffix = if kind == LimitKind::ExecutionTime && limit.is_some() { " ms" } else { "" };
    let room = field_room(ui, &text, suffix);
    let rect = used_ui(ui, plugin, used, (text.as_str(), room), actions);
    // The digits end where the bar ends; the field's own margins lie around them.
    let right = rect.right() - suffix_width(ui, suffix) + MARGIN;
    let left = rect.right() - room - MARGIN;
    let at = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.top() + LINE));
    field_ui(ui, plugin, kind, at, id, &mut text, error.is_some(), actions);
    suffix_ui(ui, suffix, pos2(rect.right(), rect.top() + LINE * 0.5));
    if let Some(error) = error {
        field_error(ui, error);
    }
}

/// Shows the engine's stack: a limit whose use nobody can read, and which is set elsewhere.
pub(super) fn stack_ui(ui: &mut Ui, plugin: &PluginView, height: f32) {
    let bytes = plugin.build.build.wasm_stack_bytes() as u64;
    let limit = humanize::binary_bytes(bytes);
    let view = GaugeView {
        name: LimitKind::WasmStack.label(),
        limit: Some(&limit),
        peaks: "not measured",
        spoken: "its use can't be read",
        quality: GaugeQuality::NotMeasured,
        height,
        ..GaugeView::default()
    };
    let hint = "Native stack that guest code may use, a setting of the engine.\nIt backs the call depth up; its \
                use can't be read";
    gauge(ui, &view).on_hover_text(format!("{hint}\nlimit {} bytes", humanize::grouped(bytes)));
}

/// Shows the gauge and leads to who was refused growth; returns where it is.
fn used_ui(
    ui: &mut Ui,
    plugin: &PluginView,
    used: &LimitUse,
    (text, room): (&str, f32),
    actions: &mut Vec<Action>,
) -> Rect {
    let kind = used.kind;
    // What the call had, which a rule for its function may have set.
    let in_force = plugin.limits_in_force().get(kind);
    let is_ruled = in_force != plugin.options.limits.get(kind);
    // A limit of nothing is full as soon as anything is used.
    let scale = in_force.map(|limit| match kind {
        LimitKind::ExecutionTime => limit.saturating_mul(MILLI),
        _ => limit,
    });
    let value = used.now.value().map_or_else(String::new, |value| value_text(kind, value));
    // What was refused without a limit on the total was refused for its own size, and has no place on the gauge.
    let share_of = |asked: &u64| fraction(*asked, scale).unwrap_or(1.0);
    let refused = used.refused.requested.iter().map(share_of).collect::<Vec<_>>();
    let share = |peak: Option<u64>| peak.filter(|peak| *peak > 0).and_then(|peak| fraction(peak, scale));
    let note = refused_note(&used.refused);
    let change = effect(plugin, kind);
    let effect = change.map(|effect| {
        let short = effect.replace("takes effect with", "from");
        format!("{} {short}", icons::CLOCK_COUNTDOWN)
    });
    let is_known = used.refused.at.is_some();
    let rule = is_ruled.then(|| match in_force {
        Some(limit) => format!("rule {}", humanize::count(limit)),
        None => "rule: no limit".to_owned(),
    });
    let peaks = rule.iter().cloned().chain(Some(peaks_text(used)).filter(|text| !text.is_empty()));
    let peaks = peaks.collect::<Vec<_>>().join(" · ");
    let said = Some(spoken(used, note.as_ref())).filter(|said| !said.is_empty());
    let spoken = rule.into_iter().chain(said).chain(change.map(str::to_owned)).collect::<Vec<_>>().join(", ");
    let view = GaugeView {
        name: if kind == LimitKind::ExecutionTime { "Execution time" } else { kind.label() },
        value: &value,
        limit: Some(text),
        limit_room: Some(room),
        fraction: used.now.value().and_then(|value| fraction(value, scale)),
        call_peak: share(used.call_peak),
        peak: share(used.life_peak),
        peaks: &peaks,
        refused: &refused,
        warning: note.as_ref().filter(|_| used.refused.is_recent).map(|note| note.short.as_str()),
        remark: effect.as_deref(),
        spoken: &spoken,
        quality: quality(used.now),
        height: used.height,
        leads: is_known,
    };
    let shown = gauge(ui, &view);
    if let Some(place) = used.refused.at.as_ref().filter(|_| shown.clicked()) {
        actions.push(go_to(plugin.source, place.clone()));
    }
    let rect = shown.rect;
    let shown = shown.on_hover_ui(|ui| {
        ui.label(exact(used, in_force));
        if is_ruled {
            ui.label("by a rule for the function that was called");
        }
        if let Some(note) = &note {
            ui.label(format!("▲ {}", note.long));
        }
    });
    if is_known {
        shown.on_hover_cursor(egui::CursorIcon::PointingHand);
    }
    rect
}

#[allow(clippy::too_many_arguments, reason = "one call, from above")]
fn field_ui(
    ui: &mut Ui,
    plugin: &PluginView,
    kind: LimitKind,
    at: Rect,
    id: Id,
    text: &mut String,
    is_wrong: bool,
    actions: &mut Vec<Action>,
) {
    let tokens = tokens(ui);
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let is_lit = has_focus || ui.rect_contains_pointer(at);
    let colour = if is_lit { tokens.text } else { tokens.text_muted };
    let edit = TextEdit::singleline(text)
        .id(id)
        .frame(Frame::new().inner_margin(Margin::symmetric(4, 0)))
        .font(FontSelection::FontId(theme::body_font(theme::FIGURE)))
        .text_color(if is_wrong { tokens.error } else { colour })
        .desired_width(at.width())
        .align(Align2::RIGHT_CENTER)
        .clip_text(true);
    // A part of its own, so that what comes next still stands under the gauge.
    let mut line = ui.new_child(UiBuilder::new().max_rect(at).id_salt(kind.label()));
    line.spacing_mut().interact_size.y = LINE;
    let response = line.add(edit).accessible_name(kind.label());
    let line = match (is_wrong, has_focus, is_lit) {
        (true, ..) => tokens.error,
        (false, true, _) => tokens.accent,
        (false, false, true) => tokens.border_strong,
        (false, false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_stroke(at, 4.0, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    if response.gained_focus() {
        select_all(ui, id, text);
    }
    let set = |text: String| Action::Plugin(plugin.id, PluginAction::SetLimitText(kind, text));
    if response.changed() {
        actions.push(set(text.clone()));
    }
    if response.lost_focus() {
        let is_given_up = ui.input(|input| input.key_pressed(Key::Escape));
        if text.trim().is_empty() && !is_given_up {
            actions.push(set("none".to_owned()));
        } else if is_given_up {
            actions.push(Action::Plugin(plugin.id, PluginAction::SetLimits(plugin.options.limits)));
        }
    }
    response.on_hover_text(format!("{}: type another limit; nothing or `none` lifts it", kind.label()));
}

fn width(ui: &Ui, text: &str) -> f32 {
    let font = theme::body_font(theme::FIGURE);
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::WHITE).size().x
}

fn suffix_width(ui: &Ui, suffix: &str) -> f32 {
    if suffix.is_empty() { 0.0 } else { width(ui, suffix) }
}

fn field_room(ui: &Ui, text: &str, suffix: &str) -> f32 {
    let most = ui.available_width() * 0.5;
    // One point more for the cursor.
    (width(ui, text) + 1.0).clamp(LEAST_FIELD, most).ceil() + suffix_width(ui, suffix)
}

fn suffix_ui(ui: &Ui, suffix: &str, right: egui::Pos2) {
    if suffix.is_empty() {
        return;
    }
    let colour = tokens(ui).text_muted;
    let font = theme::body_font(theme::FIGURE);
    let galley = ui.painter().layout_no_wrap(suffix.to_owned(), font, colour);
    let at = right - vec2(galley.size().x, galley.size().y * 0.5);
    ui.painter().galley(pos2(at.x.round(), at.y.round()), galley, colour);
}

/// Says when a changed limit takes effect, as long as the last call ran under another one.
fn effect(plugin: &PluginView, kind: LimitKind) -> Option<&'static str> {
    let field = plugin.limit_fields.get(&kind)?;
    let effect = field.effect.filter(|_| field.error.is_none())?;
    let last = plugin.calls.records.back();
    let is_new =
        last.is_none_or(|record| record.limits.get(kind) != plugin.limits_of(&record.export).get(kind));
    (is_new || !field.is_set).then_some(effect)
}

fn quality(figure: Measured<u64>) -> GaugeQuality {
    match figure {
        Measured::Exact(_) => GaugeQuality::Exact,
        Measured::AtLeast(_) => GaugeQuality::AtLeast,
        Measured::NotMeasured => GaugeQuality::NotMeasured,
    }
}

fn value_text(kind: LimitKind, value: u64) -> String {
    match kind {
        LimitKind::ExecutionTime => millis_text(value),
        _ => humanize::count(value),
    }
}

/// Writes a time in the unit of its limit, such as `0.03 ms`.
fn millis_text(nanos: u64) -> String {
    let hundredths = nanos / (MILLI / 100);
    match hundredths {
        0 if nanos == 0 => "0 ms".to_owned(),
        0 => "<0.01 ms".to_owned(),
        1..1000 => format!("{}.{:02} ms", hundredths / 100, hundredths % 100),
        _ => format!("{} ms", humanize::grouped(nanos / MILLI)),
    }
}

/// What is said of refused growth: beside the gauge, and in full.
struct RefusedNote {
    short: String,
    long: String,
}

fn refused_note(refused: &RefusedUse) -> Option<RefusedNote> {
    let last = humanize::grouped(*refused.requested.last()?);
    let times = humanize::grouped(refused.count);
    let by = refused.at.as_ref().and_then(Place::phrase);
    let by = by.map(|by| format!(", asked for by {by}")).unwrap_or_default();
    let bound = refused.bound.as_ref().map(|bound| format!(", {bound}")).unwrap_or_default();
    Some(match refused.count {
        0 | 1 => RefusedNote {
            short: format!("{last} refused"),
            long: format!("growth to {last} refused once{by}{bound}"),
        },
        _ => RefusedNote {
            short: format!("{last} refused × {times}"),
            long: format!("growth refused {times} times, last to {last}{by}{bound}"),
        },
    })
}

/// Tells the figure of a call from the state that lasts.
fn is_per_call(kind: LimitKind) -> bool {
    matches!(kind, LimitKind::Fuel | LimitKind::ExecutionTime | LimitKind::CallDepth)
}

/// Writes the peaks that say more than the figure itself.
fn peaks_text(used: &LimitUse) -> String {
    let text = |value: u64| value_text(used.kind, value);
    let call = used.call_peak.filter(|peak| used.now.value().is_some_and(|now| now != *peak));
    let call = call.map(|peak| format!("call {}", text(peak)));
    let life =
        used.life_peak.filter(|_| used.now.value().is_some()).map(|peak| format!("life {}", text(peak)));
    call.into_iter().chain(life).collect::<Vec<_>>().join(" · ")
}

fn spoken(used: &LimitUse, note: Option<&RefusedNote>) -> String {
    let text = |value: u64| value_text(used.kind, value);
    let call = used.call_peak.map(|peak| format!("peak of the call {}", text(peak)));
    let life = used.life_peak.map(|peak| format!("peak of the plugin's life {}", text(peak)));
    let refused = note.map(|note| note.long.clone());
    call.into_iter().chain(life).chain(refused).collect::<Vec<_>>().join(", ")
}

/// Writes use, peaks and limit to the unit.
fn exact(used: &LimitUse, limit: Option<u64>) -> String {
    let text = |value: u64| match used.kind {
        LimitKind::ExecutionTime => humanize::duration_exact_ns(value),
        LimitKind::MemoryPages => humanize::pages(value),
        _ => humanize::grouped(value),
    };
    let now = match used.now {
        Measured::Exact(value) => text(value),
        Measured::AtLeast(value) => format!("at least {}", text(value)),
        Measured::NotMeasured => "not measured yet".to_owned(),
    };
    let what = if is_per_call(used.kind) { "this call" } else { "now" };
    let peak = |peak: Option<u64>| peak.map_or_else(|| "not measured yet".to_owned(), text);
    let limit = match (limit, used.kind) {
        (None, _) => "none".to_owned(),
        (Some(limit), LimitKind::ExecutionTime) => format!("{} ms", humanize::grouped(limit)),
        (Some(limit), LimitKind::MemoryPages) => humanize::pages(limit),
        (Some(limit), _) => humanize::grouped(limit),
    };
    format!(
        "{what} {now}\npeak of this call {}\npeak of the plugin's life {}\nlimit {limit}",
        peak(used.call_peak),
        peak(used.life_peak)
    )
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a gauge is a few hundred pixels long"
)]
fn fraction(value: u64, limit: Option<u64>) -> Option<f32> {
    match limit? {
        0 => Some(if value == 0 { 0.0 } else { 1.0 }),
        limit => Some((value as f64 / limit as f64) as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_the_unit_of_its_limit() {
        for (nanos, text) in [
            (0, "0 ms"),
            (180, "<0.01 ms"),
            (31_000, "0.03 ms"),
            (9_990_000, "9.99 ms"),
            (10_000_000, "10 ms"),
            (1_000_400_000, "1\u{202f}000 ms"),
        ] {
            assert_eq!(millis_text(nanos), text);
        }
    }

    fn used(now: u64, call_peak: u64, refused: &[u64]) -> LimitUse {
        LimitUse {
            kind: LimitKind::MemoryPages,
            now: Measured::Exact(now),
            call_peak: Some(call_peak),
            life_peak: Some(14),
            refused: RefusedUse {
                requested: refused.to_vec(),
                count: refused.len() as u64,
                is_recent: true,
                at: Some(Place { function: Some("grow".to_owned()), line: Some(7), ..Place::default() }),
                bound: Some("the limit is 16".to_owned()),
            },
            height: 0.0,
        }
    }

    #[test]
    fn a_refused_growth_is_told_with_its_size_and_who_asked() {
        let told =
            |refused: &[u64]| refused_note(&used(1, 1, refused).refused).map(|note| (note.short, note.long));
        assert_eq!(told(&[]), None);
        let text = |short: &str, long: &str| Some((short.to_owned(), long.to_owned()));
        assert_eq!(
            told(&[20]),
            text("20 refused", "growth to 20 refused once, asked for by $grow, line 7, the limit is 16")
        );
        assert_eq!(
            told(&[20, 30]),
            text(
                "30 refused × 2",
                "growth refused 2 times, last to 30, asked for by $grow, line 7, the limit is 16"
            )
        );
    }

    #[test]
    fn the_peaks_of_call_and_life_stand_beside_the_figure() {
        assert_eq!(peaks_text(&used(12, 12, &[])), "life 14");
        assert_eq!(peaks_text(&used(1, 12, &[])), "call 12 · life 14");
        let lines = exact(&used(1, 12, &[]), Some(16));
        assert!(lines.contains("\npeak of this call 12 pages") && lines.lines().count() == 4, "{lines}");
        let before =
            LimitUse { now: Measured::NotMeasured, call_peak: None, life_peak: None, ..used(0, 0, &[]) };
        assert_eq!(peaks_text(&before), "");
        assert!(exact(&before, None).contains("not measured yet"));
    }

    #[test]
    fn a_limit_of_zero_is_full_at_once() {
        assert_eq!(fraction(0, Some(0)), Some(0.0));
        assert_eq!(fraction(1, Some(0)), Some(1.0));
        assert_eq!(fraction(1, None), None);
    }
}
