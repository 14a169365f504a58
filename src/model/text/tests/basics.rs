//! Places, motions, typing, deleting, undo.

use std::time::Duration;

use super::super::*;
use super::marked::{after, editor, marked};
use crate::model::text_position::TextPosition;

fn type_text(text: &str) -> EditCommand {
    EditCommand::Insert(text.to_owned())
}

fn go(motion: Motion) -> EditCommand {
    EditCommand::Move { motion, extend: false }
}

fn extend(motion: Motion) -> EditCommand {
    EditCommand::Move { motion, extend: true }
}

#[test]
fn lines_end_at_line_feeds_alone() {
    let buffer = TextBuffer::new("a\r\nb\rc\u{2028}d\u{b}e\n\n");
    assert_eq!(buffer.num_lines(), 4);
    let lines: Vec<_> = (0..5).map(|line| buffer.line(line).into_owned()).collect();
    assert_eq!(lines, ["a", "b\rc\u{2028}d\u{b}e", "", "", ""]);
    assert_eq!(buffer.position(5), TextPosition { line: 2, column: 3 });
    assert_eq!(buffer.floor(2), 1, "no cursor stands inside of a line break");
    assert_eq!(TextBuffer::new("").num_lines(), 1);
    assert_eq!(TextBuffer::new("").line(0), "");
}

#[test]
fn inserted_lines_end_as_those_of_the_text_do() {
    for (text, ending) in [
        ("", LineEnding::Lf),
        ("a\nb", LineEnding::Lf),
        ("a\r\nb\r\nc\n", LineEnding::CrLf),
        ("a\r\nb\n", LineEnding::Lf),
        ("a\rb", LineEnding::Lf),
    ] {
        assert_eq!(TextBuffer::new(text).line_ending(), ending, "{text:?}");
    }
    assert_eq!(after("(a\r\n|)", &[type_text("x\ny\r\nz")]), "(a\r\nx\r\ny\r\nz|)");
    assert_eq!(after("(a|\n)", &[EditCommand::Newline]), "(a\n  |\n)");
    assert_eq!(after("(a|\r\n)", &[EditCommand::Newline]), "(a\r\n  |\r\n)");
}

#[test]
fn motions_lead_where_hands_expect() {
    use Motion::*;
    for (given, motion, expected) in [
        ("a|b", Left, "|ab"),
        ("|ab", Left, "|ab"),
        ("ab|", Right, "ab|"),
        ("|\r\nb", Right, "\r\n|b"),
        ("a\r\n|b", Left, "a|\r\nb"),
        ("|e\u{301}x", Right, "e\u{301}|x"),
        ("👩‍👩‍👧|x", Left, "|👩‍👩‍👧x"),
        ("|👍🏽x", Right, "👍🏽|x"),
        ("¦ab|c", Left, "|abc"),
        ("|ab¦c", Right, "ab|c"),
        ("(call |$fib2 1)", WordRight, "(call $fib2| 1)"),
        ("(call| $fib2 1)", WordRight, "(call $fib2| 1)"),
        ("(call $fib2| 1)", WordLeft, "(call |$fib2 1)"),
        ("i32|.add", WordRight, "i32.|add"),
        ("a|\n  b", WordRight, "a\n  b|"),
        ("a\n  |b", WordLeft, "|a\n  b"),
        ("  (a|)", LineStart, "  |(a)"),
        ("  |(a)", LineStart, "|  (a)"),
        ("|  (a)", LineStart, "  |(a)"),
        ("  |  ", LineStart, "|    "),
        ("a|b\nc", LineEnd, "ab|\nc"),
        ("a|b\r\nc", LineEnd, "ab|\r\nc"),
        ("a\nb|c", DocumentStart, "|a\nbc"),
        ("|a\nbc", DocumentEnd, "a\nbc|"),
        ("a|b\ncd", Up, "|ab\ncd"),
        ("ab\nc|d", Down, "ab\ncd|"),
        ("ab\nc|d", Up, "a|b\ncd"),
        ("a\nb\nc\n|d", PageUp(2), "a\n|b\nc\nd"),
        ("a\nb\nc\n|d", PageUp(9), "|a\nb\nc\nd"),
        ("|a\nb", PageDown(usize::MAX), "a\n|b"),
    ] {
        assert_eq!(after(given, &[go(motion)]), expected, "{given:?} {motion:?}");
    }
}

#[test]
fn a_cursor_comes_back_to_its_column() {
    use Motion::*;
    assert_eq!(after("abcd|e\nx\nabcde", &[go(Down), go(Down)]), "abcde\nx\nabcd|e");
    assert_eq!(after("abcd|e\nx\nabcde", &[go(Down), go(Left), go(Down)]), "abcde\nx\n|abcde");
    assert_eq!(after("\ta|b\n    abc", &[go(Down)]), "\tab\n    a|bc", "a tab is four columns");
    assert_eq!(after("abc|\n\txyz", &[go(Down)]), "abc\n|\txyz", "no cursor stands inside of a tab");
    assert_eq!(after("ab|c\nabc", &[extend(Down), extend(Right)]), "ab¦c\nabc|");
}

#[test]
fn every_cursor_types_and_deletes() {
    use EditCommand::Delete;
    use Motion::*;
    for (given, command, expected) in [
        ("a|b|", type_text("xy"), "axy|bxy|"),
        ("¦ab|c¦d|", type_text("é"), "é|cé|"),
        ("|a\n|b", type_text("\n"), "\n|a\n\n|b"),
        ("ab|c|", Delete(Left), "a||"),
        ("|a|b", Delete(Right), "|"),
        ("(call $f|)", Delete(WordLeft), "(call |)"),
        ("|  call $f", Delete(WordRight), "| $f"),
        ("ab|cd\nef|g", Delete(LineEnd), "ab|\nef|"),
        ("  ab|cd", Delete(LineStart), "  |cd"),
        ("a\r\n|b", Delete(Left), "a|b"),
        ("a|\r\nb", Delete(Right), "a|b"),
        ("e\u{301}|", Delete(Left), "|"),
        ("a¦b|c", Delete(Left), "a|c"),
        ("  a|b", EditCommand::Tab, "  a b"),
        ("  |", EditCommand::Tab, "    |"),
        ("¦(a\n\nb|)", EditCommand::Tab, "  ¦(a\n\n  b|)"),
        ("  ¦  (a\n b|)", EditCommand::BackTab, "¦  (a\nb|)"),
        ("  (func|", EditCommand::Newline, "  (func\n    |"),
    ] {
        let expected = expected.replace("  a b", "  a |b");
        let expected = if expected == "a||" { "a|".to_owned() } else { expected };
        assert_eq!(after(given, std::slice::from_ref(&command)), expected, "{given:?} {command:?}");
    }
}

#[test]
fn pointing_selects_in_units() {
    use SelectUnit::*;
    let point = |byte, unit| EditCommand::PointAt { byte, unit };
    let drag = |byte, unit| EditCommand::PointTo { byte, unit };
    for (given, commands, expected) in [
        ("|ab cd ef", vec![point(4, Character)], "ab c|d ef"),
        ("|ab cd ef", vec![point(4, Word)], "ab ¦cd| ef"),
        ("|ab cd ef", vec![point(4, Word), drag(7, Word)], "ab ¦cd ef|"),
        ("|ab cd ef", vec![point(4, Word), drag(0, Word)], "|ab cd¦ ef"),
        ("|ab cd ef", vec![point(4, Word), drag(0, Word), drag(7, Word)], "ab ¦cd ef|"),
        ("|ab\ncd\nef", vec![point(4, Line)], "ab\n¦cd\n|ef"),
        ("|ab\ncd\nef", vec![point(4, Line), drag(0, Line)], "|ab\ncd\n¦ef"),
        ("|ab cd", vec![drag(4, Character)], "¦ab c|d"),
        ("a|bc", vec![EditCommand::ToggleCursor(2)], "a|b|c"),
        ("a|b|c", vec![EditCommand::ToggleCursor(2)], "a|bc"),
        ("a|bc", vec![EditCommand::ToggleCursor(1)], "a|bc"),
        (
            "|abcd\na\nabcd",
            vec![EditCommand::SelectBlock { anchor: (0, 1), head: (2, 3) }],
            "a¦bc|d\na\na¦bc|d",
        ),
        ("|abc\nabc", vec![EditCommand::SelectBlock { anchor: (1, 2), head: (0, 0) }], "|ab¦c\n|ab¦c"),
        ("ab c|d ef", vec![EditCommand::SelectWord], "ab ¦cd| ef"),
        ("ab\nc|d\nef", vec![EditCommand::SelectLine, EditCommand::SelectLine], "ab\n¦cd\nef|"),
        ("a|b\nc", vec![EditCommand::SelectAll], "¦ab\nc|"),
        ("a|b|c", vec![EditCommand::Collapse], "a|bc"),
        ("a¦b|c", vec![EditCommand::Collapse], "ab|c"),
    ] {
        assert_eq!(after(given, &commands), expected, "{given:?} {commands:?}");
    }
}

#[test]
fn undo_takes_back_what_a_person_thinks_of_as_one() {
    let mut editor = editor("|");
    let at = Duration::from_millis;
    for (time, sign) in (0..).zip("let it be".chars()) {
        editor.apply(&type_text(&sign.to_string()), at(time * 100));
    }
    for expected in ["let it |", "let |", "|"] {
        editor.apply(&EditCommand::Undo, at(1000));
        assert_eq!(marked(&editor), expected);
    }
    assert!(!editor.can_undo());
    for expected in ["let |", "let it |", "let it be|", "let it be|"] {
        editor.apply(&EditCommand::Redo, at(1000));
        assert_eq!(marked(&editor), expected);
    }
    for time in 2_000..2_003 {
        editor.apply(&EditCommand::Delete(Motion::Left), at(time));
    }
    assert_eq!(marked(&editor), "let it|");
    editor.apply(&type_text("s"), at(2_010));
    editor.apply(&type_text("s"), at(9_000));
    editor.apply(&go(Motion::Left), at(9_010));
    editor.apply(&go(Motion::Right), at(9_020));
    editor.apply(&type_text("s"), at(9_030));
    for expected in ["let itss|", "let its|", "let it|", "let it be|"] {
        editor.apply(&EditCommand::Undo, at(9_100));
        assert_eq!(marked(&editor), expected, "a pause and a move each end a run");
    }
}

#[test]
fn the_saved_text_is_known_again_by_undo_and_redo() {
    let mut editor = editor("a|");
    let apply = |editor: &mut TextEditor, command| editor.apply(&command, Duration::ZERO);
    assert!(editor.is_at_saved());
    apply(&mut editor, type_text("b"));
    assert!(!editor.is_at_saved());
    let state = editor.text_state();
    apply(&mut editor, type_text("c"));
    editor.mark_saved(Some(state));
    assert!(!editor.is_at_saved(), "typing went on while it was saved");
    editor.mark_saved(Some(editor.text_state()));
    assert!(editor.is_at_saved());
    apply(&mut editor, type_text("d"));
    assert!(!editor.is_at_saved());
    apply(&mut editor, EditCommand::Undo);
    assert_eq!((marked(&editor).as_str(), editor.is_at_saved()), ("abc|", true));
    apply(&mut editor, EditCommand::Undo);
    assert_eq!((marked(&editor).as_str(), editor.is_at_saved()), ("a|", false));
    apply(&mut editor, EditCommand::Redo);
    assert!(editor.is_at_saved());
    apply(&mut editor, EditCommand::Undo);
    apply(&mut editor, type_text("x"));
    apply(&mut editor, EditCommand::Undo);
    assert!(!editor.is_at_saved(), "the saved text can't be reached any more");
}

#[test]
fn a_text_from_elsewhere_changes_only_what_differs() {
    for (given, text, expected, changes) in [
        ("(a b| c)", "(a b c)", "(a b| c)", 0),
        ("(a b c|)", "(a xyz c)", "(a xyz c|)", 1),
        ("|", "ab", "ab|", 1),
        ("aaa|", "aa", "aa|", 1),
        ("x|é", "x\u{ea}", "x|\u{ea}", 1),
        ("|é", "\u{169}", "|\u{169}", 1),
        ("ab|", "", "|", 1),
    ] {
        let mut editor = editor(given);
        let before = marked(&editor);
        assert_eq!(
            editor.become_text(TextBuffer::new(text).into(), Duration::ZERO).len(),
            changes,
            "{given:?}"
        );
        assert_eq!(editor.buffer().to_text(), text);
        assert_eq!(marked(&editor), expected, "{given:?}");
        editor.apply(&EditCommand::Undo, Duration::ZERO);
        assert_eq!(marked(&editor), before, "{given:?}");
    }
}

#[test]
fn a_read_only_text_is_left_as_it_is() {
    let mut editor = editor("a|b");
    editor.set_read_only(true);
    let outcome = editor.apply(&type_text("x"), Duration::ZERO);
    assert!(outcome.refused && !outcome.changed());
    assert_eq!(marked(&editor), "a|b");
    assert!(editor.apply(&go(Motion::Right), Duration::ZERO).moved);
}
