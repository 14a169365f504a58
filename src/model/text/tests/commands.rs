//! The commands that work on lines, forms, clipboards and several cursors.

use std::time::Duration;

use super::super::*;
use super::marked::{after, editor, marked};

/// Returns one of the commands that take nothing, by a number.
pub(super) fn any(index: usize) -> EditCommand {
    use EditCommand::*;
    const COMMANDS: [EditCommand; 22] = [
        SelectAll,
        SelectWord,
        Collapse,
        OpenLine(Direction::Up),
        OpenLine(Direction::Down),
        Indent,
        MoveLines(Direction::Up),
        MoveLines(Direction::Down),
        DuplicateLines(Direction::Up),
        DuplicateLines(Direction::Down),
        DeleteLines,
        JoinLines,
        ToggleLineComment,
        ToggleBlockComment,
        Cut,
        Copy,
        ExpandSelection,
        ShrinkSelection,
        AddCursor(Direction::Up),
        AddCursor(Direction::Down),
        AddNextOccurrence,
        SplitIntoLines,
    ];
    COMMANDS[index % COMMANDS.len()].clone()
}

fn table(cases: &[(&str, EditCommand, &str)]) {
    for (given, command, expected) in cases {
        assert_eq!(after(given, std::slice::from_ref(command)), *expected, "{given:?} {command:?}");
    }
}

fn typed(signs: &str) -> Vec<EditCommand> {
    signs.chars().map(|sign| EditCommand::Type(sign.to_string())).collect()
}

#[test]
fn lines_move_are_copied_deleted_and_joined() {
    use Direction::*;
    use EditCommand::*;
    table(&[
        ("a\nb|b\nc", MoveLines(Up), "b|b\na\nc"),
        ("a\nb|b\nc", MoveLines(Down), "a\nc\nb|b"),
        ("a\nb\nc|", MoveLines(Up), "a\nc|\nb"),
        ("|a\nb", MoveLines(Up), "|a\nb"),
        ("a\n|b", MoveLines(Down), "a\n|b"),
        ("a\r\nb|\r\nc", MoveLines(Down), "a\r\nc\r\nb|"),
        ("a\n¦b\nc|\nd", MoveLines(Down), "a\nd\n¦b\nc|"),
        ("a\n¦b\nc\n|d", MoveLines(Up), "¦b\nc\n|a\nd"),
        ("|a\nb\n|c\nd", MoveLines(Down), "b\n|a\nd\n|c"),
        ("a|b\nc", DuplicateLines(Down), "ab\na|b\nc"),
        ("a|b\nc", DuplicateLines(Up), "a|b\nab\nc"),
        ("a\nb|", DuplicateLines(Down), "a\nb\nb|"),
        ("¦a\nb|\nc", DuplicateLines(Down), "a\nb\n¦a\nb|\nc"),
        ("ab\ncd|\nef", DeleteLines, "ab\nef|"),
        ("ab\ncd|", DeleteLines, "ab|"),
        ("ab|", DeleteLines, "|"),
        ("a\n¦b\nc|\nd", DeleteLines, "a\nd|"),
        ("|a\r\nb", DeleteLines, "|b"),
        ("(a|\n  (b)\n)", JoinLines, "(a| (b)\n)"),
        ("(a (b)|\n)", JoinLines, "(a (b)|)"),
        ("¦a\n b\n\n c|", JoinLines, "¦a b c|"),
        ("a|", JoinLines, "a|"),
        ("  (a|b)\nc", OpenLine(Down), "  (ab)\n  |\nc"),
        ("  (a|b\nc", OpenLine(Down), "  (ab\n    |\nc"),
        ("x\n  a|b", OpenLine(Up), "x\n  |\n  ab"),
        ("  a|b", Indent, "    a|b"),
    ]);
}

#[test]
fn comments_come_and_go() {
    use EditCommand::*;
    table(&[
        ("  a|b", ToggleLineComment, "  ;; a|b"),
        ("  ;; a|b", ToggleLineComment, "  a|b"),
        ("  ;;a|b", ToggleLineComment, "  a|b"),
        ("¦  a\n\n    b|", ToggleLineComment, "¦  ;; a\n\n  ;;   b|"),
        ("¦  ;; a\n\n  ;;   b|", ToggleLineComment, "¦  a\n\n    b|"),
        ("¦;; a\nb|", ToggleLineComment, ";; ¦;; a\n;; b|"),
        ("|", ToggleLineComment, ";; |"),
        ("(¦a b| c)", ToggleBlockComment, "((; ¦a b| ;) c)"),
        ("((; ¦a b| ;) c)", ToggleBlockComment, "(¦a b| c)"),
        ("x ¦(; a ;)| y", ToggleBlockComment, "x ¦a| y"),
        ("  nop|", ToggleBlockComment, "  (; nop ;)|"),
    ]);
    let twice = [ToggleLineComment, ToggleLineComment];
    assert_eq!(after("¦\ta\r\n\tb|", &twice), "¦\ta\r\n\tb|");
}

#[test]
fn partners_are_put_in_typed_over_and_deleted_together() {
    for (given, keys, expected) in [
        ("|", "(", "(|)"),
        ("|", "()", "()|"),
        ("|", "(a)", "(a)|"),
        ("|a", "(", "(|a"),
        ("(|)", "(", "((|))"),
        ("|", "\"", "\"|\""),
        ("|", "\"a\"", "\"a\"|"),
        ("a|", "\"", "a\"|"),
        ("\"a| \"", "(", "\"a(| \""),
        (";; |", "(\"", ";; (\"|"),
        ("|", "(;", "(;|;)"),
        ("|", "(;;)", "(;;)|"),
        ("a |)", ")", "a )|)"),
        ("¦a b|", "(", "(¦a b|)"),
        ("|a b¦", "\"", "\"|a b¦\""),
        ("|\n|", "(", "(|)\n(|)"),
        ("|\n|", "(x)", "(x)|\n(x)|"),
        ("|", "((a", "((a|))"),
    ] {
        assert_eq!(after(given, &typed(keys)), expected, "{given:?} {keys:?}");
    }
    let back = EditCommand::Delete(Motion::Left);
    table(&[
        ("(|)", back.clone(), "|"),
        ("\"|\"", back.clone(), "|"),
        ("(|a)", back.clone(), "|a)"),
        ("  a\n    |b", back.clone(), "  a\n  |b"),
        ("a\n   |b", back.clone(), "a\n  |b"),
        ("a\n\t|b", back, "a\n|b"),
    ]);
    let mut away = typed("(");
    away.extend([EditCommand::Move { motion: Motion::DocumentStart, extend: false }]);
    away.extend([EditCommand::Move { motion: Motion::Right, extend: false }]);
    away.extend(typed(")"));
    assert_eq!(after("|", &away), "()|", "a partner ahead on the same line is still typed over");
}

#[test]
fn a_new_line_begins_as_deep_as_the_form_it_is_in() {
    let newline = EditCommand::Newline;
    for (given, expected) in [
        ("(module|", "(module\n  |"),
        ("(module\n  (func (param i32)|", "(module\n  (func (param i32)\n    |"),
        ("(module\n  (func\n    nop)|", "(module\n  (func\n    nop)\n  |"),
        ("(module\n  (func\n    nop))|", "(module\n  (func\n    nop))\n|"),
        ("(module\n    nop|", "(module\n    nop\n    |"),
        ("  block $a|", "  block $a\n    |"),
        ("  (nop) ;; (|", "  (nop) ;; (\n  |"),
        ("  \"(\"|", "  \"(\"\n  |"),
        ("(; (\n  (a|", "(; (\n  (a\n  |"),
        ("  a |b", "  a \n  |b"),
        ("  a| b", "  a\n  |b"),
        ("(a\n  |\n)", "(a\n\n  |\n)"),
        ("\t(a|", "\t(a\n\t\t|"),
        ("¦(a|)", "\n|)"),
    ] {
        assert_eq!(after(given, std::slice::from_ref(&newline)), expected, "{given:?}");
    }
}

#[test]
fn words_are_deleted_within_their_line() {
    use EditCommand::Delete;
    use Motion::*;
    table(&[
        ("a\n|b", Delete(WordLeft), "a|b"),
        ("a\n  |b", Delete(WordLeft), "a\n|b"),
        ("a|\n  b", Delete(WordRight), "a|b"),
        ("a| \nb", Delete(WordRight), "a|\nb"),
        ("a|\nb", Delete(LineEnd), "a|b"),
    ]);
}

#[test]
fn the_clipboard_takes_lines_where_nothing_is_selected() {
    let now = Duration::ZERO;
    for (given, cuts, clipboard, rest, target, pasted) in [
        ("a¦b|c", true, "b", "a|c", "x|y", "xb|y"),
        ("ab\nc|d\nef", true, "cd\n", "ab\ne|f", "x|y", "cd\nx|y"),
        ("ab\nc|d", false, "cd\n", "ab\nc|d", "x\ny|", "x\ncd\ny|"),
        ("¦a| ¦b|", false, "a\nb", "¦a| ¦b|", "|-|", "a|-b|"),
        ("a\r\nb|", false, "b\r\n", "a\r\nb|", "x|", "b\nx|"),
    ] {
        let mut source = editor(given);
        let outcome = source.apply(if cuts { &EditCommand::Cut } else { &EditCommand::Copy }, now);
        assert_eq!(outcome.clipboard.as_deref(), Some(clipboard), "{given:?}");
        assert_eq!(marked(&source), rest, "{given:?}");
        // The paste of the same editor, since it knows what it copied.
        let mut place = editor(target);
        source.become_text(place.snapshot(), now);
        source.apply(&EditCommand::SetSelections(place.selections().clone()), now);
        place = source;
        place.apply(&EditCommand::Paste(clipboard.to_owned()), now);
        let pasted = if given.contains('\r') { pasted.replace('\n', "\r\n") } else { pasted.to_owned() };
        assert_eq!(marked(&place), pasted, "{given:?}");
    }
    table(&[
        ("|-|", EditCommand::Paste("a\nb".to_owned()), "a|-b|"),
        ("|-|", EditCommand::Paste("a b".to_owned()), "a b|-a b|"),
        ("x|", EditCommand::Paste("a\nb\n".to_owned()), "xa\nb\n|"),
    ]);
    assert_eq!(editor("|").apply(&EditCommand::Copy, now).clipboard.as_deref(), Some("\n"));
}

#[test]
fn selections_grow_by_words_and_forms_and_shrink_again() {
    let mut editor = editor("(module (func (i32.add (local.get $a) (nop|))))");
    let steps = [
        "(module (func (i32.add (local.get $a) (¦nop|))))",
        "(module (func (i32.add (local.get $a) ¦(nop)|)))",
        "(module (func ¦(i32.add (local.get $a) (nop))|))",
        "(module ¦(func (i32.add (local.get $a) (nop)))|)",
        "¦(module (func (i32.add (local.get $a) (nop))))|",
    ];
    for expected in steps {
        editor.apply(&EditCommand::ExpandSelection, Duration::ZERO);
        assert_eq!(marked(&editor), expected);
    }
    for expected in steps.iter().rev().skip(1) {
        editor.apply(&EditCommand::ShrinkSelection, Duration::ZERO);
        assert_eq!(marked(&editor), *expected);
    }
}

#[test]
fn brackets_match_over_lines_strings_and_comments() {
    let go = EditCommand::Move { motion: Motion::MatchingBracket, extend: false };
    table(&[
        ("|(a (b)\n \")\" ;; )\n)", go.clone(), "(a (b)\n \")\" ;; )\n|)"),
        ("(a (b)\n \")\" ;; )\n|)", go.clone(), "|(a (b)\n \")\" ;; )\n)"),
        ("(a (b)|)", go.clone(), "|(a (b))"),
        ("(a (b) |c)", go.clone(), "|(a (b) c)"),
        ("(a\n(b)\n(c (d))\nx|)", go.clone(), "|(a\n(b)\n(c (d))\nx)"),
        ("a|", go, "a|"),
    ]);
    let editor = editor("(a (; ( ;)\n  (b)\n |x (c))");
    assert_eq!(editor.enclosing_form(editor.selections().primary().head), Some(0..24));
    assert_eq!(editor.matching_brackets(13), Some((13, 15)));
}

#[test]
fn cursors_are_added_where_hands_expect() {
    use Direction::*;
    use EditCommand::*;
    table(&[
        ("ab\nc|d\nef", AddCursor(Up), "a|b\nc|d\nef"),
        ("ab\nc|d\nef", AddCursor(Down), "ab\nc|d\ne|f"),
        ("a|b\nc|d\nef", AddCursor(Down), "a|b\nc|d\ne|f"),
        ("|ab", AddCursor(Up), "|ab"),
        ("$a $a|b $a", AddNextOccurrence, "$a ¦$ab| $a"),
        ("¦$a| $ab $a", AddNextOccurrence, "¦$a| ¦$a|b $a"),
        ("a¦b|ab", AddNextOccurrence, "a¦b|a¦b|"),
        ("x|x x\nxx x", SelectAllOccurrences, "¦xx| x\n¦xx| x"),
        ("¦a\nb\n|c", SplitIntoLines, "¦a|\n¦b|\nc"),
    ]);
    let twice = [AddNextOccurrence, AddNextOccurrence, AddNextOccurrence];
    assert_eq!(after("$a| $ab $a", &twice), "¦$a| $ab ¦$a|", "a word that was taken up is sought as one");
}

#[test]
fn places_are_replaced_at_once() {
    let part = |range: std::ops::Range<usize>, text: &str| (range, text.to_owned());
    let edits =
        vec![part(0..1, ""), part(4..5, "xyz"), part(4..6, "no"), part(2..3, "no"), part(90..99, "!")];
    let mut editor = editor("a b c| d");
    editor.apply(&EditCommand::Replace(edits), Duration::ZERO);
    assert_eq!(marked(&editor), " b xyz| d", "parts that overlap or lie outside are left out");
    editor.apply(&EditCommand::Undo, Duration::ZERO);
    assert_eq!(marked(&editor), "a b c| d");
}
