//! What the editor promises to hands and to tests.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Modifiers, Role, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::app::EditorWish;
use crate::model::diagnostic::{Diagnostic, Place, Severity};
use crate::model::proposal::{Proposal, Proposals};
use crate::model::text::{Selection, TextChange, TextEditor};
use crate::model::wat::WatReading;
use crate::ui::theme::{Mode, apply, space};

#[derive(Default)]
struct State {
    text: TextEditor,
    changes: Vec<TextChange>,
    view: EditorView,
    diagnostics: Vec<Diagnostic>,
    response: EditorResponse,
    num_changes: usize,
    clicked_line: Option<u32>,
    turned_on: Vec<Proposal>,
    is_dressed: bool,
}

impl State {
    fn shown(&self) -> String {
        self.text.buffer().to_text()
    }

    fn apply(&mut self) {
        for command in &self.response.commands {
            let outcome = self.text.apply(command, Duration::ZERO);
            self.num_changes += usize::from(outcome.changed());
            self.changes.extend(outcome.changes);
        }
        self.turned_on.extend(self.response.turn_on);
        for how in &self.response.rewritings {
            let made = how.run(&self.text.snapshot()).expect("nothing is refused");
            if let Some((change, _)) = made.and_then(|made| self.text.take_over(made, Duration::ZERO)) {
                self.num_changes += 1;
                self.changes.push(change);
            }
        }
        self.clicked_line = self.clicked_line.or(self.response.gutter_clicked);
    }
}

fn harness(text: &str) -> Harness<'static, State> {
    let state = State { text: TextEditor::new(text), ..State::default() };
    let show = |ui: &mut Ui, state: &mut State| {
        if !std::mem::replace(&mut state.is_dressed, true) {
            apply(ui.ctx(), Mode::Dark);
            return;
        }
        let changes = std::mem::take(&mut state.changes);
        let reading = Arc::new(WatReading::new(state.text.buffer().to_shared()));
        let version = state.text.buffer().version();
        let language = Some(Language { reading: &reading, version, is_fresh: true });
        let options = EditorOptions {
            source: "a",
            changes: &changes,
            language,
            proposals: Some(Proposals::default()),
            breakpoints: &[2],
            ..EditorOptions::default()
        };
        state.response = editor_ui(ui, &mut state.view, &state.text, &state.diagnostics, &options);
        state.apply();
    };
    let mut harness =
        Harness::builder().with_size(vec2(600.0, 400.0)).with_step_dt(1.0 / 60.0).build_ui_state(show, state);
    harness.run();
    harness
}

fn focus_at(harness: &mut Harness<'static, State>, line: u32, column: u32) {
    harness.state_mut().view.goto_line(line, column);
    harness.run();
}

fn press(harness: &mut Harness<'static, State>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

fn place(harness: &Harness<'static, State>) -> (u32, u32) {
    let cursor = harness.state().response.cursor;
    (cursor.line, cursor.column)
}

fn error_at(range: Range<usize>, line: u32, column: u32) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        message: "type mismatch".to_owned(),
        hint: None,
        place: Place { line: Some(line), column: Some(column), ..Place::default() },
        range: Some(range),
        needs: None,
        fixes: Vec::new(),
    }
}

#[test]
fn typing_changes_the_text_and_moves_the_cursor() {
    let mut harness = harness("(module)");
    harness.get_by_role_and_label(Role::MultilineTextInput, NAME);
    focus_at(&mut harness, 1, 8);
    harness.get_by_label(NAME).type_text(" nop");
    harness.run();
    assert_eq!(harness.state().shown(), "(module nop)");
    assert_eq!(harness.state().num_changes, 1);
    assert_eq!(harness.state().response.cursor, TextPlace { line: 1, column: 12, byte: 11 });
    assert!(harness.state().response.has_focus);
}

#[test]
fn enter_indents_and_tab_writes_two_spaces() {
    let mut harness = harness("  (func");
    focus_at(&mut harness, 1, 99);
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().shown(), "  (func\n    ");
    harness.key_press(Key::Tab);
    harness.run();
    assert_eq!(harness.state().shown(), "  (func\n      ");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    harness.run();
    assert_eq!(harness.state().shown(), "  (func\n    ");
    assert_eq!(place(&harness).1, 5);
}

#[test]
fn selected_lines_step_in_and_out_together() {
    let mut harness = harness("a\nb\nc");
    harness.state_mut().view.goto_bytes(0..3);
    harness.run();
    harness.key_press(Key::Tab);
    harness.run();
    assert_eq!(harness.state().shown(), "  a\n  b\nc");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    harness.run();
    assert_eq!(harness.state().shown(), "a\nb\nc");
}

#[test]
fn goto_brings_a_far_line_into_view_and_puts_the_cursor_there() {
    let text = "nop\n".repeat(500);
    let mut harness = harness(&text);
    focus_at(&mut harness, 400, 3);
    assert_eq!(harness.state().response.cursor, TextPlace { line: 400, column: 3, byte: 399 * 4 + 2 });
    harness.get_by_label(NAME).type_text("X");
    harness.run();
    assert_eq!(harness.state().text.buffer().line(399), "noXp");
}

#[test]
fn goto_selects_bytes_so_that_typing_replaces_them() {
    let mut harness = harness("i64.const 1");
    harness.state_mut().view.goto_bytes(0..3);
    harness.run();
    harness.get_by_label(NAME).type_text("i32");
    harness.run();
    assert_eq!(harness.state().shown(), "i32.const 1");
}

#[test]
fn places_that_the_text_does_not_have_are_met_at_its_end() {
    let mut harness = harness("ä\nb");
    for goal in [0..99, 1..2, 99..100] {
        harness.state_mut().view.goto_bytes(goal);
        harness.run();
    }
    focus_at(&mut harness, 99, 99);
    assert_eq!(harness.state().response.cursor, TextPlace { line: 2, column: 2, byte: 4 });
    harness.state_mut().diagnostics = vec![error_at(90..95, 70, 1), error_at(1..1, 1, 1)];
    harness.run();
}

fn click_at(harness: &mut Harness<'static, State>, x: f32, y: f32) {
    clicks_at(harness, x, y, 1);
}

fn clicks_at(harness: &mut Harness<'static, State>, x: f32, y: f32, count: usize) {
    let at = egui::pos2(x, y);
    harness.event(egui::Event::PointerMoved(at));
    for pressed in [true, false].repeat(count) {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run();
}

#[test]
fn a_click_beside_a_line_number_goes_out_as_that_line_and_one_on_it_selects_the_line() {
    let mut harness = harness(&"nop\n".repeat(40));
    let gutter = harness.get_by_label("Line numbers").rect();
    let y = gutter.top() + 4.0 + 2.5 * space::CODE_LINE;
    click_at(&mut harness, gutter.left() + 8.0, y);
    assert_eq!(harness.state().clicked_line, Some(3));
    click_at(&mut harness, gutter.center().x, y + space::CODE_LINE);
    assert_eq!(harness.state().text.selections().primary().range(), 12..16);
}

#[test]
fn finding_walks_through_the_text_and_hands_the_keyboard_back() {
    let mut harness = harness("nop\nadd\nnop\n");
    focus_at(&mut harness, 2, 1);
    harness.state_mut().view.ask(EditorWish::Find);
    harness.run();
    harness.get_by_label("Find").type_text("NOP");
    harness.run();
    harness.get_by_label("2 of 2");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("1 of 2");
    press(&mut harness, Modifiers::SHIFT, Key::Enter);
    harness.get_by_label("2 of 2");
    assert_eq!(harness.state().shown(), "nop\nadd\nnop\n", "no key of the bar reaches the text");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label("Find").is_none());
    assert_eq!(place(&harness), (3, 4));
    assert!(harness.state().response.has_focus);
}

#[test]
fn replacing_goes_from_find_to_find_or_over_all_at_once() {
    let mut harness = harness("i32 i32 i32");
    harness.state_mut().view.ask(EditorWish::Replace);
    harness.run();
    harness.get_by_label("Find").type_text("i32");
    harness.run();
    harness.get_by_label("Replace with").focus();
    harness.run();
    harness.get_by_label("Replace with").type_text("f64");
    harness.run();
    harness.get_by_label("Replace").click();
    harness.run();
    assert_eq!(harness.state().shown(), "f64 i32 i32");
    harness.get_by_label("1 of 2");
    harness.get_by_label("Replace all").click();
    harness.run();
    assert_eq!(harness.state().shown(), "f64 f64 f64");
    harness.get_by_label("nothing found");
}

const CALLS: &str =
    "(module\n  (func $add (param i32)\n    nop\n  )\n  (func\n    call $add\n    call $add\n  )\n)\n";

#[test]
fn what_is_typed_is_taken_back_and_made_again() {
    let mut harness = harness("");
    focus_at(&mut harness, 1, 1);
    harness.get_by_label(NAME).type_text(";; nop");
    harness.run();
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().shown(), "");
    press(&mut harness, Modifiers::COMMAND, Key::Y);
    assert_eq!(harness.state().shown(), ";; nop");
}

#[test]
fn everything_is_copied_cut_and_pasted_elsewhere() {
    let mut harness = harness("one\ntwo");
    focus_at(&mut harness, 1, 1);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Cut);
    harness.step();
    let copied = harness
        .output()
        .platform_output
        .commands
        .iter()
        .any(|command| matches!(command, egui::OutputCommand::CopyText(text) if text == "one\ntwo"));
    assert!(copied);
    harness.run();
    assert_eq!(harness.state().shown(), "");
    harness.event(egui::Event::Paste("three".to_owned()));
    harness.run();
    assert_eq!(harness.state().shown(), "three");
}

#[test]
fn lines_and_carets_obey_the_keys_of_the_command_table() {
    const CTRL: Modifiers = Modifiers::COMMAND;
    const SHIFT: Modifiers = Modifiers::SHIFT;
    const ALT: Modifiers = Modifiers::ALT;
    for (modifiers, key, expected) in [
        (CTRL, Key::Slash, "  one\n  ;; two\n  one\n"),
        (ALT, Key::ArrowUp, "  two\n  one\n  one\n"),
        (ALT, Key::ArrowDown, "  one\n  one\n  two\n"),
        (CTRL | SHIFT, Key::D, "  one\n  two\n  two\n  one\n"),
        (CTRL | SHIFT, Key::K, "  one\n  one\n"),
        (CTRL, Key::J, "  one\n  two one\n"),
        (CTRL, Key::CloseBracket, "  one\n    two\n  one\n"),
        (CTRL, Key::OpenBracket, "  one\ntwo\n  one\n"),
        (CTRL, Key::Enter, "  one\n  two\n  \n  one\n"),
    ] {
        let mut harness = harness("  one\n  two\n  one\n");
        focus_at(&mut harness, 2, 4);
        press(&mut harness, modifiers, key);
        assert_eq!(harness.state().shown(), expected, "{modifiers:?} {key:?}");
    }
    let mut harness = harness("one one\n");
    focus_at(&mut harness, 1, 1);
    press(&mut harness, CTRL, Key::D);
    press(&mut harness, CTRL, Key::D);
    harness.get_by_label(NAME).type_text("x");
    harness.run();
    assert_eq!(harness.state().shown(), "x x\n");
    press(&mut harness, CTRL | ALT, Key::ArrowDown);
    assert_eq!(harness.state().text.selections().len(), 3);
}

#[test]
fn a_line_and_column_are_typed_and_gone_to() {
    let mut harness = harness(&"nop nop\n".repeat(300));
    focus_at(&mut harness, 1, 1);
    harness.state_mut().view.ask(EditorWish::GoToLine);
    harness.run();
    harness.get_by_label("Line").type_text("250:5");
    harness.run();
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(place(&harness), (250, 5));
    assert!(harness.state().response.has_focus);
    assert!(harness.query_by_label("Line").is_none());
}

#[test]
fn a_name_is_followed_and_renamed_wherever_it_is_used() {
    let mut harness = harness(CALLS);
    focus_at(&mut harness, 6, 11);
    harness.state_mut().view.ask(EditorWish::GoToDefinition);
    harness.run();
    assert_eq!(harness.state().text.selections().primary().range(), 16..20);
    press(&mut harness, Modifiers::NONE, Key::F2);
    harness.get_by_label("New name").type_text("plus one");
    harness.run();
    harness.get_by_label_contains("is no name");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label("New name").type_text("plus");
    harness.run();
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().shown(), CALLS.replace("$add", "$plus"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().shown(), CALLS);
}

#[test]
fn a_word_is_completed_as_one_types_and_escape_leaves_it_alone() {
    let mut harness = harness("(func\n  \n)");
    focus_at(&mut harness, 2, 3);
    harness.get_by_label(NAME).type_text("i32.cons");
    harness.run();
    harness.get_by_role_and_label(Role::ListItem, "i32.const");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_role_and_label(Role::ListItem, "i32.const").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::Space);
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert_eq!(harness.state().shown(), "(func\n  i32.const\n)");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().text.buffer().num_lines(), 4, "Enter is a line again");
}

#[test]
fn forms_fold_away_and_the_caret_steps_over_them() {
    let mut harness = harness(CALLS);
    focus_at(&mut harness, 2, 5);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::OpenBracket);
    let value = harness.get_by_label(NAME).accesskit_node().value().unwrap_or_default();
    assert!(!value.contains("nop"), "{value}");
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(place(&harness).0, 4);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(place(&harness).0, 2);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::CloseBracket);
    let value = harness.get_by_label(NAME).accesskit_node().value().unwrap_or_default();
    assert!(value.contains("nop"), "{value}");
    harness.state_mut().view.ask(EditorWish::FoldAll);
    harness.run();
    focus_at(&mut harness, 3, 1);
    let value = harness.get_by_label(NAME).accesskit_node().value().unwrap_or_default();
    assert!(value.contains("nop") && !value.contains("call"), "who goes to a hidden line sees it: {value}");
}

#[test]
fn a_block_is_drawn_with_keys_and_typed_into() {
    let mut harness = harness("nop\nnop\nnop");
    focus_at(&mut harness, 1, 1);
    for _ in 0..2 {
        press(&mut harness, Modifiers::ALT | Modifiers::SHIFT, Key::ArrowDown);
    }
    harness.get_by_label(NAME).type_text("x");
    harness.run();
    assert_eq!(harness.state().shown(), "xnop\nxnop\nxnop");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().text.selections().len(), 1);
}

#[test]
fn a_text_is_indented_when_asked_and_only_then() {
    let mut harness = harness("(module\n(func\nnop))");
    focus_at(&mut harness, 1, 1);
    press(&mut harness, Modifiers::SHIFT | Modifiers::ALT, Key::F);
    assert_eq!(harness.state().shown(), "(module\n  (func\n    nop))");
}

#[test]
fn what_is_composed_is_shown_and_becomes_text_when_it_is_done() {
    let mut harness = harness("ab");
    focus_at(&mut harness, 1, 2);
    let preedit = egui::ImeEvent::Preedit { text: "é".to_owned(), active_range_chars: None };
    harness.event(egui::Event::Ime(preedit));
    harness.run();
    assert_eq!(harness.state().shown(), "ab");
    harness.event(egui::Event::Ime(egui::ImeEvent::Commit("ö".to_owned())));
    harness.run();
    assert_eq!(harness.state().shown(), "aöb");
}

#[test]
fn carets_are_set_by_clicks_and_lines_by_three() {
    let mut harness = harness("(func\n  nop)\n");
    let gutter = harness.get_by_label("Line numbers").rect();
    let (x, y) = (gutter.right() + 100.0, gutter.top() + 4.0 + 1.5 * space::CODE_LINE);
    click_at(&mut harness, x, y);
    assert_eq!(place(&harness), (2, 7), "beside the text means its end");
    clicks_at(&mut harness, gutter.right() + 8.0 + 3.2 * 7.8, y, 2);
    assert_eq!(harness.state().text.selections().primary().range(), 8..11);
    clicks_at(&mut harness, gutter.right() + 8.0 + 3.2 * 7.8, y, 1);
    assert_eq!(harness.state().text.selections().primary().range(), 6..13);
}

#[test]
fn assistive_technology_replaces_the_whole_text_or_what_is_selected() {
    let mut harness = harness("(module)");
    harness.get_by_label(NAME).set_text_value_accesskit("(component)");
    harness.step();
    assert_eq!(harness.state().response.whole_text.as_deref(), Some("(component)"));
    focus_at(&mut harness, 1, 8);
    harness.get_by_label(NAME).replace_selected_text_accesskit(" ");
    harness.run();
    assert_eq!(harness.state().shown(), "(module )");
}

#[test]
fn an_error_that_lacks_a_proposal_offers_to_turn_it_on_where_it_stands() {
    let mut harness = harness("i64.add128");
    let lacks = Diagnostic { needs: Some(Proposal::WideArithmetic), ..error_at(0..10, 1, 1) };
    harness.state_mut().diagnostics = vec![lacks];
    harness.run();
    let text = harness.get_by_label(NAME).rect();
    harness.hover_at(text.left_top() + vec2(20.0, 10.0));
    // The card comes once the pointer has rested.
    harness.run_steps(40);
    harness.get_by_label(&format!("Turn on {}", Proposal::WideArithmetic.label())).click();
    harness.run_steps(2);
    assert_eq!(harness.state().turned_on, [Proposal::WideArithmetic]);
}

#[test]
fn the_instruction_at_the_caret_is_explained_when_asked_and_follows_the_caret() {
    const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    let text = "(module\n  (func $add (param $a i32) (param i32) (result i32)\n    nop)\n  (memory 1)\n  (func\n    \
                (i32.store (i32.const 8) (call $add (i32.const 1) (i32.const 2)))\n    nop))\n";
    let mut harness = harness(text);
    focus_at(&mut harness, 6, 28);
    let hint = |harness: &Harness<'static, State>, said: &str| harness.query_by_label(said).is_some();
    assert!(!hint(&harness, "i32.store takes i32, i32 and gives nothing; now i32"), "nobody has asked");
    press(&mut harness, CTRL_SHIFT, Key::Space);
    harness.get_by_label("i32.store takes i32, i32 and gives nothing; now i32");
    focus_at(&mut harness, 6, 40);
    harness.get_by_label("call $add takes $a i32, i32 and gives i32; now $a i32");
    focus_at(&mut harness, 7, 6);
    harness.get_by_label("nop takes nothing and gives nothing");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!hint(&harness, "nop takes nothing and gives nothing"));
    assert!(harness.state().response.has_focus, "the keyboard stays in the text");
    press(&mut harness, CTRL_SHIFT, Key::Space);
    press(&mut harness, CTRL_SHIFT, Key::Space);
    assert!(!hint(&harness, "nop takes nothing and gives nothing"), "the same keys take it away");
}

/// Presses the button, drags over some places and lets go where the last one is.
fn drag(harness: &mut Harness<'static, State>, places: &[egui::Pos2], modifiers: Modifiers) {
    let button = |pos, pressed| {
        let button = egui::PointerButton::Primary;
        egui::Event::PointerButton { pos, button, pressed, modifiers }
    };
    harness.event_modifiers(egui::Event::PointerMoved(places[0]), modifiers);
    harness.event_modifiers(button(places[0], true), modifiers);
    harness.step();
    for place in &places[1..] {
        harness.event_modifiers(egui::Event::PointerMoved(*place), modifiers);
        harness.step();
    }
    harness.event_modifiers(button(places[places.len() - 1], false), modifiers);
    harness.step();
}

/// Where a character stands, both counted from 1.
fn at(harness: &Harness<'static, State>, line: u8, column: u8) -> egui::Pos2 {
    let gutter = harness.get_by_label("Line numbers").rect();
    let digit = 7.8;
    let x = gutter.right() + 8.0 + (f32::from(column) - 1.0) * digit + 0.5;
    egui::pos2(x, gutter.top() + 4.0 + (f32::from(line) - 0.5) * space::CODE_LINE)
}

#[test]
fn a_drag_beyond_the_text_scrolls_and_selects_on() {
    let mut harness = harness(&"nop\n".repeat(300));
    let (from, below) = (at(&harness, 3, 1), egui::pos2(120.0, 430.0));
    let to = at(&harness, 5, 2);
    drag(&mut harness, &[from, to], Modifiers::NONE);
    assert_eq!(harness.state().text.selections().primary().range(), 8..17);
    drag(&mut harness, &[from, below, below, below, below, below, below, below, below], Modifiers::NONE);
    let selected = harness.state().text.selections().primary().range();
    assert_eq!(selected.start, 8);
    assert!(selected.end > 4 * 21, "more is selected than was in view: {selected:?}");
}

#[test]
fn what_is_selected_is_dragged_elsewhere_or_copied_there() {
    let mut harness = harness("one two\nthree\n");
    harness.state_mut().view.goto_bytes(0..4);
    harness.run();
    let (from, to) = (at(&harness, 1, 2), at(&harness, 2, 6));
    drag(&mut harness, &[from, to], Modifiers::NONE);
    harness.run();
    assert_eq!(harness.state().shown(), "two\nthreeone \n");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().shown(), "one two\nthree\n");
}

#[test]
fn columns_are_selected_by_a_drag_with_alt() {
    let mut harness = harness("abcd\nabcd\nabcd\n");
    focus_at(&mut harness, 1, 1);
    let (from, to) = (at(&harness, 1, 2), at(&harness, 3, 4));
    drag(&mut harness, &[from, to], Modifiers::ALT);
    harness.run();
    let ranges: Vec<_> = harness.state().text.selections().iter().map(Selection::range).collect();
    assert_eq!(ranges, [1..3, 6..8, 11..13]);
}

#[test]
fn line_ends_and_tabs_of_a_text_are_kept() {
    let mut harness = harness("(module\r\n\t(func\r\n\t))\r\n");
    focus_at(&mut harness, 2, 99);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label(NAME).type_text("nop");
    harness.run();
    assert_eq!(harness.state().shown(), "(module\r\n\t(func\r\n\t\tnop\r\n\t))\r\n");
    harness.event(egui::Event::Paste("a\nb".to_owned()));
    harness.run();
    assert_eq!(harness.state().shown(), "(module\r\n\t(func\r\n\t\tnopa\r\nb\r\n\t))\r\n");
}

#[test]
fn words_and_pages_are_stepped_over_by_keys() {
    let mut harness = harness(&"local.get $a\n".repeat(200));
    focus_at(&mut harness, 1, 1);
    for (modifiers, key, expected) in [
        (Modifiers::COMMAND, Key::ArrowRight, (1, 6)),
        (Modifiers::COMMAND, Key::ArrowRight, (1, 7)),
        (Modifiers::COMMAND, Key::ArrowRight, (1, 10)),
        (Modifiers::COMMAND, Key::ArrowRight, (1, 13)),
        (Modifiers::COMMAND, Key::ArrowLeft, (1, 11)),
        (Modifiers::NONE, Key::Home, (1, 1)),
        (Modifiers::NONE, Key::End, (1, 13)),
        (Modifiers::COMMAND, Key::End, (201, 1)),
        (Modifiers::COMMAND, Key::Home, (1, 1)),
    ] {
        press(&mut harness, modifiers, key);
        assert_eq!(place(&harness), expected, "{modifiers:?} {key:?}");
    }
    press(&mut harness, Modifiers::NONE, Key::PageDown);
    let page = place(&harness).0 - 1;
    assert!((10..30).contains(&page), "a page is what fits, less what one has seen already: {page}");
    press(&mut harness, Modifiers::NONE, Key::PageDown);
    assert_eq!(place(&harness), (1 + 2 * page, 1));
    press(&mut harness, Modifiers::SHIFT, Key::PageUp);
    assert_eq!(place(&harness), (1 + page, 1));
    assert!(!harness.state().text.selections().are_all_empty());
}

#[test]
fn a_card_says_what_a_word_means_and_not_to_somebody_who_types() {
    let mut harness = harness("(func\n  i32.add\n)\n");
    focus_at(&mut harness, 3, 1);
    let is_shown = |harness: &mut Harness<'static, State>| {
        harness.run_steps(60);
        harness.query_by_label_contains("Adds two integers").is_some()
    };
    let over = at(&harness, 2, 6);
    harness.event(egui::Event::PointerMoved(over));
    assert!(is_shown(&mut harness), "the pointer rests");
    harness.get_by_label(NAME).type_text(" ");
    assert!(!is_shown(&mut harness), "the pointer was left there");
    harness.event(egui::Event::PointerMoved(over + vec2(3.0, 1.0)));
    assert!(is_shown(&mut harness), "the pointer is used again");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!is_shown(&mut harness));
}

#[test]
fn the_line_of_the_caret_is_set_off() {
    let mut harness = harness("(module\n  (func)\n)\n");
    for line in [1, 3, 2] {
        focus_at(&mut harness, u32::from(line), 1);
        let y = at(&harness, line, 1).y;
        let fill = crate::ui::theme::DARK.row_hover;
        let strips = harness.output().shapes.iter().filter_map(|shape| match &shape.shape {
            egui::Shape::Rect(rect) if rect.fill == fill => Some(rect.rect.y_range()),
            _ => None,
        });
        let strips: Vec<_> = strips.collect();
        assert_eq!(strips.len(), 1, "line {line}");
        assert!(
            strips[0].contains(y) && strips[0].span() < 1.5 * space::CODE_LINE,
            "line {line}: {strips:?}"
        );
    }
}
