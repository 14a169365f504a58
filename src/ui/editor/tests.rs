//! What the editor promises to hands and to tests.

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::model::diagnostic::{Place, Severity};
use crate::ui::theme::{Mode, apply};

#[derive(Default)]
struct State {
    text: String,
    view: EditorView,
    diagnostics: Vec<Diagnostic>,
    response: EditorResponse,
    changes: usize,
    clicked_line: Option<u32>,
    is_dressed: bool,
}

fn harness(text: &str) -> Harness<'static, State> {
    let state = State { text: text.to_owned(), ..State::default() };
    let show = |ui: &mut Ui, state: &mut State| {
        if !std::mem::replace(&mut state.is_dressed, true) {
            apply(ui.ctx(), Mode::Dark);
            return;
        }
        let options = EditorOptions { source: "a", breakpoints: &[2], held_line: None };
        state.response = editor_ui(ui, &mut state.view, &mut state.text, &state.diagnostics, &options);
        state.changes += usize::from(state.response.changed);
        state.clicked_line = state.clicked_line.or(state.response.gutter_clicked);
    };
    let mut harness = Harness::builder().with_size(vec2(600.0, 400.0)).build_ui_state(show, state);
    harness.run();
    harness
}

fn focus_at(harness: &mut Harness<'static, State>, line: u32, column: u32) {
    harness.state_mut().view.goto_line(line, column);
    harness.run();
}

fn error_at(range: Range<usize>, line: u32, column: u32) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        message: "type mismatch".to_owned(),
        hint: None,
        place: Place { line: Some(line), column: Some(column), ..Place::default() },
        range: Some(range),
        needs: None,
    }
}

#[test]
fn typing_changes_the_text_and_moves_the_cursor() {
    let mut harness = harness("(module)");
    harness.get_by_role_and_label(Role::MultilineTextInput, NAME);
    focus_at(&mut harness, 1, 8);
    harness.get_by_label(NAME).type_text(" nop");
    harness.run();
    assert_eq!(harness.state().text, "(module nop)");
    assert_eq!(harness.state().changes, 1);
    assert_eq!(harness.state().response.cursor, Some(TextPlace { line: 1, column: 12, byte: 11 }));
    assert!(harness.state().response.has_focus);
}

#[test]
fn enter_indents_and_tab_writes_two_spaces() {
    let mut harness = harness("  (func");
    focus_at(&mut harness, 1, 99);
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().text, "  (func\n    ");
    harness.key_press(Key::Tab);
    harness.run();
    assert_eq!(harness.state().text, "  (func\n      ");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    harness.run();
    assert_eq!(harness.state().text, "  (func\n    ");
    assert_eq!(harness.state().response.cursor.map(|place| place.column), Some(5));
}

#[test]
fn selected_lines_step_in_and_out_together() {
    let mut harness = harness("a\nb\nc");
    harness.state_mut().view.goto_bytes(0..3);
    harness.run();
    harness.key_press(Key::Tab);
    harness.run();
    assert_eq!(harness.state().text, "  a\n  b\nc");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Tab);
    harness.run();
    assert_eq!(harness.state().text, "a\nb\nc");
}

#[test]
fn goto_brings_a_far_line_into_view_and_puts_the_cursor_there() {
    let text = "nop\n".repeat(500);
    let mut harness = harness(&text);
    focus_at(&mut harness, 400, 3);
    assert_eq!(harness.state().response.cursor, Some(TextPlace { line: 400, column: 3, byte: 399 * 4 + 2 }));
    harness.get_by_label(NAME).type_text("X");
    harness.run();
    assert_eq!(harness.state().text.lines().nth(399), Some("noXp"));
}

#[test]
fn goto_selects_bytes_so_that_typing_replaces_them() {
    let mut harness = harness("i64.const 1");
    harness.state_mut().view.goto_bytes(0..3);
    harness.run();
    harness.get_by_label(NAME).type_text("i32");
    harness.run();
    assert_eq!(harness.state().text, "i32.const 1");
}

#[test]
fn places_that_the_text_does_not_have_are_met_at_its_end() {
    let mut harness = harness("ä\nb");
    for goal in [0..99, 1..2, 99..100] {
        harness.state_mut().view.goto_bytes(goal);
        harness.run();
    }
    focus_at(&mut harness, 99, 99);
    assert_eq!(harness.state().response.cursor, Some(TextPlace { line: 2, column: 2, byte: 4 }));
    harness.state_mut().diagnostics = vec![error_at(90..95, 70, 1), error_at(1..1, 1, 1)];
    harness.run();
}

#[test]
fn a_diagnostic_underlines_its_token_in_its_line() {
    let text = "(module\n  i64.const 1\n)";
    let harness = harness(text);
    let document = harness.state().view.document.as_ref().expect("a frame was shown");
    for (diagnostic, line, underlined) in [
        (error_at(10..19, 2, 3), 1, "i64.const"),
        (error_at(10..10, 2, 3), 1, "i64.const"),
        (error_at(8..8, 2, 1), 1, "i64.const 1"),
        (error_at(10..23, 2, 3), 1, "i64.const 1"),
        (Diagnostic { range: None, ..error_at(0..0, 2, 13) }, 1, "1"),
    ] {
        let marks = field_marks::resolve(text, document, std::slice::from_ref(&diagnostic));
        assert_eq!((marks[0].line, &text[marks[0].bytes.clone()]), (line, underlined));
    }
    let nowhere = Diagnostic { range: None, place: Place::default(), ..error_at(0..0, 1, 1) };
    assert!(field_marks::resolve(text, document, &[nowhere]).is_empty());
}

#[test]
fn a_click_on_a_line_number_goes_out_as_that_line() {
    let mut harness = harness(&"nop\n".repeat(40));
    let gutter = harness.get_by_label("Line numbers").rect();
    harness.get_by_label("Line numbers").click();
    harness.run();
    let lines = ((gutter.height() * 0.5 - 6.0) / space::CODE_LINE).floor();
    assert_eq!(harness.state().clicked_line.map(f64::from), Some(f64::from(lines) + 1.0));
}

#[test]
fn finding_walks_through_the_text_and_hands_the_keyboard_back() {
    let mut harness = harness("nop\nadd\nnop\n");
    focus_at(&mut harness, 2, 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    harness.get_by_label("Find").type_text("NOP");
    harness.run();
    harness.get_by_label("1 of 2");
    harness.key_press(Key::Enter);
    harness.run();
    harness.get_by_label("2 of 2");
    assert_eq!(harness.state().text, "nop\nadd\nnop\n", "no key of the bar reaches the text");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("Find").is_none());
    assert_eq!(harness.state().response.cursor.map(|place| (place.line, place.column)), Some((3, 4)));
    assert!(harness.state().response.has_focus);
}

#[test]
fn a_listing_shows_only_what_is_in_view_and_goes_where_it_is_told() {
    let lines: Vec<String> = (1..=5000).map(|line| format!("line{line}")).collect();
    let text = lines.join("\n");
    let mut view = ListingView::default();
    view.goto_line(4000);
    let mut is_dressed = false;
    let mut answer = ListingResponse::default();
    let mut harness = Harness::builder().with_size(vec2(600.0, 400.0)).build_ui(|ui| {
        if !std::mem::replace(&mut is_dressed, true) {
            apply(ui.ctx(), Mode::Light);
            return;
        }
        let options = ListingOptions { source: "a", revision: 1, held_line: None };
        answer = listing_ui(ui, &mut view, &text, &options);
    });
    harness.run();
    let value = harness.get_by_label(NAME).accesskit_node().value().unwrap_or_default();
    assert!(value.contains("line4000\n") && !value.contains("line3900\n"), "{value}");
    harness.get_by_label(NAME).focus();
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    drop(harness);
    assert_eq!(answer.line, Some(4001));
}
