//! What the controls promise to tests, screen readers and layouts.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::ui::icons;
use crate::ui::theme::{Mode, apply};

fn harness<'a>(mut show: impl FnMut(&mut Ui) + 'a) -> Harness<'a> {
    let mut is_dressed = false;
    let mut harness = Harness::new_ui(move |ui| {
        // The first pass has no fonts yet: it dresses the window and shows nothing.
        if is_dressed {
            show(ui);
        } else {
            apply(ui.ctx(), Mode::Dark);
            is_dressed = true;
        }
    });
    harness.run();
    harness
}

#[test]
fn every_control_is_found_by_its_name() {
    let mut text = String::new();
    let mut harness = harness(|ui| {
        ui.add(primary_button(icons::PLAY, "Call").hint("F5"));
        ui.add(quiet_button("", "Stop"));
        ui.add(icon_button(icons::PLUS, "New plugin"));
        ui.add(chip(tokens(ui).ok, "Ready"));
        ui.add(Chip::small_menu("Tutorial"));
        ui.add(text_field("$n i32", &mut text));
        ui.add(row("fib").right("(i32) → i32"));
        ui.add(tab("", "math.wat", true));
        link(ui, "math.wat 19:7");
        gauge(ui, &GaugeView { name: "Fuel", value: "4", limit: Some("8"), ..GaugeView::default() });
    });
    for (role, name) in [
        (Role::Button, "Call"),
        (Role::Button, "Stop"),
        (Role::Button, "New plugin"),
        (Role::Button, "Tutorial"),
        (Role::TextInput, "$n i32"),
        (Role::ListItem, "fib"),
        (Role::Tab, "math.wat"),
        (Role::Link, "math.wat 19:7"),
        (Role::Meter, "Fuel gauge"),
    ] {
        harness.get_by_role_and_label(role, name);
    }
    harness.get_by_label("Ready");
    let gauge = harness.get_by_label("Fuel gauge");
    assert_eq!(gauge.accesskit_node().value().as_deref(), Some("4, limit 8"));
    harness.run();
}

#[test]
fn a_button_is_clicked_by_pointer_and_by_keyboard() {
    let mut clicks = 0;
    let mut harness = harness(|ui| {
        if ui.add(quiet_button("", "Stop")).clicked() {
            clicks += 1;
        }
    });
    harness.get_by_label("Stop").click();
    harness.run();
    harness.get_by_label("Stop").focus();
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    drop(harness);
    assert_eq!(clicks, 2);
}

#[test]
fn a_disabled_button_does_not_answer() {
    let mut clicks = 0;
    let mut harness = harness(|ui| {
        if ui.add_enabled(false, primary_button("", "Call")).clicked() {
            clicks += 1;
        }
    });
    harness.get_by_label("Call").click();
    harness.run();
    drop(harness);
    assert_eq!(clicks, 0);
}

#[test]
fn a_row_fills_its_pane_whatever_it_says() {
    let long =
        "a name that is much longer than any pane will ever be wide enough to show in one line".repeat(4);
    let mut heights = Vec::new();
    let mut harness = harness(|ui| {
        ui.set_width(200.0);
        heights.clear();
        for (text, right) in [("fib", "(i32) → i32"), (long.as_str(), long.as_str())] {
            heights.push(ui.add(row(text).right(right)).rect.size());
        }
    });
    harness.run();
    drop(harness);
    assert_eq!(heights, [vec2(200.0, space::ROW); 2]);
}

#[test]
fn a_gauge_says_how_good_its_figure_is() {
    for (quality, said) in [
        (GaugeQuality::Exact, "40, limit 100"),
        (GaugeQuality::AtLeast, "at least 40, limit 100"),
        (GaugeQuality::NotMeasured, "not measured, limit 100"),
    ] {
        let harness = harness(|ui| {
            let view =
                GaugeView { name: "Fuel", value: "40", limit: Some("100"), quality, ..GaugeView::default() };
            gauge(ui, &view);
        });
        assert_eq!(harness.get_by_label("Fuel gauge").accesskit_node().value().as_deref(), Some(said));
    }
}

#[test]
fn a_gauge_warns_from_nine_tenths_of_its_limit_on() {
    for (fraction, said) in [(0.89, "89, limit 100"), (0.9, "89, limit 100, near its limit")] {
        let harness = harness(|ui| {
            let (name, value, limit) = ("Fuel", "89", Some("100"));
            gauge(ui, &GaugeView { name, value, limit, fraction: Some(fraction), ..GaugeView::default() });
        });
        assert_eq!(harness.get_by_label("Fuel gauge").accesskit_node().value().as_deref(), Some(said));
    }
}

#[test]
fn a_field_takes_what_is_typed_and_tells_what_is_wrong() {
    let mut text = String::new();
    let mut harness = harness(|ui| {
        let error = (text == "x").then_some("not an i32");
        ui.add(text_field("$n i32", &mut text).code().error(error));
    });
    harness.get_by_label("$n i32").focus();
    harness.run();
    harness.get_by_label("$n i32").type_text("x");
    harness.run();
    assert_eq!(harness.get_by_label("$n i32").accesskit_node().value().as_deref(), Some("x"));
    drop(harness);
    assert_eq!(text, "x");
}
