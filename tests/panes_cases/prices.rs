//! The Fuel prices pane: prices of operators and classes, and one operator counted alone.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use wasm_workbench::engine::{Engines, NoObserver, SharedObserver};
use wasm_workbench::model::humanize;
use wasm_workbench::model::operators::PriceChanges;
use wasm_workbench::ui::theme::Mode;
use wasm_workbench::worker::protocol::{Command, Event};

use super::panes_rig::{BOTH, end_call, make_ready};
use super::{BOTH_FACES, Window, asked_to_count};

/// Returns the prices that the newest compilation was asked for with.
fn priced(window: &Window) -> Option<PriceChanges> {
    let sent = window.workers.sent.borrow();
    sent.iter().rev().find_map(|command| match command {
        Command::Compile { settings, .. } => Some(settings.prices.clone()),
        _ => None,
    })
}

#[test]
fn a_price_is_typed_checked_and_reset_and_one_operator_can_be_counted_alone() {
    let layout = BOTH.replace("timing", "prices");
    let mut window = Window::ready(Mode::Dark, Some(&layout));
    window.click(Role::DisclosureTriangle, "Control and calls");
    window.shot("prices-classes-dark");
    assert!(window.is_shown("price of nop"));
    window.type_into("Filter operators", "i32.mul");
    window.harness.get_by_label("price of i32.mul").focus();
    window.harness.run();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.type_into("price of i32.mul", "17");
    assert_eq!(priced(&window).map(|prices| prices.price_of("i32.mul", 1)), Some(1), "17 is none, 1 is");
    window.harness.key_press(egui::Key::Backspace);
    window.type_into("price of i32.mul", "6");
    assert_eq!(priced(&window).map(|prices| prices.price_of("i32.mul", 1)), Some(16));
    assert!(window.is_shown("1 price changed"));
    window.shot("prices-dark");
    window.click(Role::Button, "Reset the price of i32.mul");
    assert_eq!(priced(&window), Some(PriceChanges::default()));
    window.click(Role::Button, "Count only i32.mul");
    assert_eq!(priced(&window), Some(PriceChanges::only("i32.mul")));
    window.click(Role::Button, "Reset all");
    assert_eq!(priced(&window), Some(PriceChanges::default()));
    assert!(window.is_shown("the engine's own prices"));
}

#[test]
fn a_plugin_with_prices_of_its_own_is_on_the_engine_that_is_set() {
    let layout = BOTH.replace("timing", "settings").replace("memory", "prices");
    let mut window = Window::ready(Mode::Dark, Some(&layout));
    window.type_into("Filter operators", "i32.mul");
    window.click(Role::Button, "Count only i32.mul");
    let plugin = window.harness.state().state().selected_plugin().expect("it lives");
    assert_eq!(plugin.build.build.settings.prices, PriceChanges::only("i32.mul"));
    assert!(!window.is_shown("Reload start_here"), "nothing is there to be brought to another engine");
    window.harness.get_by_role_and_label(Role::CheckBox, "Debug info").click_accesskit();
    window.harness.run_steps(12);
    window.harness.get_by_role_and_label(Role::Button, "Reload start_here").click_accesskit();
    window.harness.run_steps(12);
    assert!(!window.is_shown("Reload start_here"), "reloading has brought it there");
}

#[test]
fn one_edit_reprices_a_class_and_its_reset_takes_it_back() {
    for (mode, face) in BOTH_FACES {
        let layout = BOTH.replace("timing", "prices");
        let mut window = Window::ready(mode, Some(&layout));
        let value = |window: &Window, class: &str| window.value_of(&format!("price of all of {class}"));
        assert_eq!(value(&window, "32-bit integers").as_deref(), Some("1"));
        assert_eq!(value(&window, "Control and calls").as_deref(), Some(""), "nop is free, br is not");
        window.harness.get_by_label("price of all of 32-bit integers").focus();
        window.harness.run();
        window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        window.type_into("price of all of 32-bit integers", "7");
        let prices = priced(&window).expect("it is compiled anew");
        let of = |name: &str| prices.price_of(name, 1);
        assert_eq!((of("i32.mul"), of("i32.rotl"), of("i32.load"), of("i64.mul")), (7, 7, 1, 1));
        window.click(Role::DisclosureTriangle, "32-bit integers");
        window.shot(&format!("prices-class-{face}"));
        window.type_into("Filter operators", "i32.add");
        assert_eq!(window.value_of("price of i32.add").as_deref(), Some("7"));
        window.harness.get_by_label("price of i32.add").focus();
        window.harness.run();
        window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        window.type_into("price of i32.add", "2");
        assert_eq!(value(&window, "32-bit integers").as_deref(), Some(""), "it has no common price");
        window.click(Role::Button, "Reset the prices of 32-bit integers");
        assert_eq!(priced(&window), Some(PriceChanges::default()));
    }
}

#[test]
fn an_operator_that_is_counted_alone_is_told_with_its_exact_count() {
    for (mode, face) in BOTH_FACES {
        let layout = BOTH.replace("timing", "prices");
        let mut window = Window::ready(mode, Some(&layout));
        window.type_into("Filter operators", "i32.sub");
        window.click(Role::Button, "Count only i32.sub");
        assert!(window.is_shown("only i32.sub costs fuel"));
        make_ready(&window.workers, window.plugin());
        end_call(&window.workers, window.plugin(), 1, 94);
        window.harness.run();
        let waits = "Fuel is i32.sub, function entries and bytes moved; counting tells them apart";
        assert!(window.is_shown(waits));
        let (request, counter) = asked_to_count(&window);
        let observer: SharedObserver = Arc::new(NoObserver);
        let counts = counter.count(&Engines::new(), &observer, &mut |_| true).expect("it can be counted");
        let counts = counts.expect("nobody stopped it");
        let rest = counts.entries + counts.bulk_fuel.expect("it is known");
        let fuel = counts.fuel_at(&counts.prices).expect("it is known");
        let ran = fuel - rest;
        assert!(ran > 1000, "fib(24) subtracts often");
        window.workers.hear(Event::OperatorsCounted { request, result: Ok(Some(Arc::new(counts))) });
        window.harness.run();
        // The pretended call burnt other fuel than the real one, which is said.
        let words = format!("i32.sub ran {} times when the call was made again", humanize::grouped(ran));
        assert!(window.is_shown(&words), "{words}");
        window.shot(&format!("prices-alone-{face}"));
    }
}
