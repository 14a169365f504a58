//! Texts that become other ones as a whole, against the same change made piece by piece.

use std::ops::Range;
use std::time::Duration;

use super::super::*;

/// Parts of a text that are replaced: every so-manieth word, by something else.
fn parts(text: &str, step: usize) -> Vec<(Range<usize>, String)> {
    let words = text.match_indices("nop").step_by(step);
    words.map(|(at, word)| (at..at + word.len(), format!("drop\n{at}"))).collect()
}

#[test]
fn a_text_made_elsewhere_is_what_the_same_replacements_make_here() {
    let text = "(func nop nop)\r\n ;; é nop\r\n".repeat(40);
    for step in [1, 3, 70] {
        let parts = parts(&text, step);
        let mut here = TextEditor::new(&text);
        here.apply(&EditCommand::SelectAll, Duration::ZERO);
        here.apply(&EditCommand::SplitIntoLines, Duration::ZERO);
        let mut there = here.clone();
        let version = there.buffer().version();
        here.apply(&EditCommand::Replace(parts.clone()), Duration::ZERO);
        let made = Rewritten::new(&there.snapshot(), &parts).expect("something changes");
        let (change, _) = there.take_over(made.clone(), Duration::ZERO).expect("it is the same text");
        assert_eq!(there.buffer().to_text(), here.buffer().to_text(), "step {step}");
        assert_eq!(there.selections(), here.selections(), "step {step}");
        // Whoever follows the text is told of one change that spans all of them.
        let mut followed = text.clone();
        followed.replace_range(change.old_range(), &there.buffer().slice(change.new_range()));
        assert_eq!(followed, there.buffer().to_text(), "step {step}");
        let lines = |text: &str| text.matches('\n').count();
        assert_eq!(change.first_line, lines(&text[..change.start]));
        assert_eq!(change.lines_removed, lines(&text[change.old_range()]));
        assert_eq!(change.lines_inserted, lines(&there.buffer().slice(change.new_range())));
        assert_eq!(
            there.changes_since(version).map(|changes| changes.copied().collect()),
            Some(vec![change])
        );
        assert_eq!(there.take_over(made, Duration::ZERO), None, "it is another text by now");
        for _ in 0..2 {
            there.apply(&EditCommand::Undo, Duration::ZERO);
            assert!(there.buffer().is_text(&text) && there.is_at_saved());
            there.apply(&EditCommand::Redo, Duration::ZERO);
            assert!(there.buffer().is_text(&followed) && !there.is_at_saved());
        }
        // What is typed next is undone before it.
        there.apply(&EditCommand::PointAt { byte: 6, unit: SelectUnit::Character }, Duration::ZERO);
        there.apply(&EditCommand::Type("x".to_owned()), Duration::ZERO);
        there.apply(&EditCommand::Undo, Duration::ZERO);
        there.apply(&EditCommand::Undo, Duration::ZERO);
        assert!(there.buffer().is_text(&text));
    }
}

#[test]
fn parts_that_do_not_fit_are_left_out_and_nothing_is_made_of_nothing() {
    let text = TextEditor::new("aé nop").snapshot();
    for (parts, expected) in [
        (vec![(2..3, "x")], None),
        (vec![(9..12, "x")], None),
        (vec![(4..7, "nop")], None),
        (vec![], None),
        (vec![(0..1, "b"), (0..3, "c")], Some("bé nop")),
        (vec![(4..7, "end"), (0..1, "b")], Some("aé end")),
    ] {
        let parts: Vec<_> = parts.into_iter().map(|(range, new)| (range, new.to_owned())).collect();
        let made = Rewritten::new(&text, &parts);
        let mut editor = TextEditor::new("aé nop");
        let taken = made.and_then(|made| editor.take_over(made, Duration::ZERO));
        assert_eq!(taken.map(|_| editor.buffer().to_text()).as_deref(), expected, "{parts:?}");
    }
    let mut editor = TextEditor::new("aé nop");
    editor.set_read_only(true);
    let made = Rewritten::new(&text, &[(0..1, "b".to_owned())]).expect("something changes");
    assert_eq!(editor.take_over(made, Duration::ZERO), None);
}

#[test]
fn a_text_becomes_another_one_however_much_of_it_differs() {
    let long = "(func nop) ;; é\n".repeat(10_000);
    let inner = long.replace("nop", "drop");
    for (before, after) in [
        ("(a é b)", "(a è b)"),
        ("a\r\nb", "a\nb"),
        ("", "x"),
        ("same", "same"),
        (&long, ""),
        (&long, &inner),
        (&inner, &long),
        (&long, &format!("{long}(a)")),
        (&format!("x{long}y"), &format!("x{inner}y")),
    ] {
        let mut editor = TextEditor::new(before);
        let changes = editor.become_text(TextBuffer::new(after).into(), Duration::ZERO);
        assert!(editor.buffer().is_text(after));
        let mut followed = before.to_owned();
        for change in &changes {
            followed.replace_range(change.old_range(), &editor.buffer().slice(change.new_range()));
        }
        assert_eq!(followed, after);
        if before != after {
            editor.apply(&EditCommand::Undo, Duration::ZERO);
        }
        assert!(editor.buffer().is_text(before) && editor.is_at_saved());
        let last = editor.buffer().len_bytes().saturating_sub(1);
        assert_eq!(
            editor.matching_brackets(last),
            TextEditor::new(before).matching_brackets(last),
            "what is known of the lines is that of the text that came back"
        );
    }
}

#[test]
fn every_way_of_rewriting_does_what_it_says() {
    let text = "(module\n(func $f)\n(func call $f))";
    let reading = std::sync::Arc::new(crate::model::wat::WatReading::new(text.into()));
    let definition = reading.index.definition_at(15).expect("there is a name");
    let pattern = SearchPattern::new(&SearchQuery { text: "$f".to_owned(), ..SearchQuery::default() });
    let replace = Rewriting::Replace {
        pattern: pattern.expect("it is text"),
        finds: std::sync::Arc::from([14..16, 29..31]),
        replacement: "0".to_owned(),
    };
    for (how, expected) in [
        (
            Rewriting::Format { lines: 0..9, step: "  ".to_owned() },
            Ok("(module\n  (func $f)\n  (func call $f))"),
        ),
        (
            Rewriting::Rename { reading: reading.clone(), definition, name: "g".to_owned() },
            Ok("(module\n(func $g)\n(func call $g))"),
        ),
        (Rewriting::Rename { reading, definition, name: "a b".to_owned() }, Err("`a b` is no name")),
        (replace, Ok("(module\n(func 0)\n(func call 0))")),
    ] {
        let mut editor = TextEditor::new(text);
        let made = how.run(&editor.snapshot());
        let found = made.map(|made| {
            editor.take_over(made.expect("something changes"), Duration::ZERO);
            editor.buffer().to_text()
        });
        match expected {
            Ok(expected) => assert_eq!(found.as_deref(), Ok(expected), "{how:?}"),
            Err(reason) => assert!(found.is_err_and(|err| err.starts_with(reason)), "{how:?}"),
        }
    }
}

#[test]
fn a_command_for_very_many_lines_does_elsewhere_what_it_does_here() {
    let text = "(func\n  nop)\n\n".repeat(2_000);
    for command in [
        EditCommand::Indent,
        EditCommand::Tab,
        EditCommand::BackTab,
        EditCommand::JoinLines,
        EditCommand::ToggleLineComment,
    ] {
        let mut here = TextEditor::new(&text);
        here.apply(&EditCommand::SelectAll, Duration::ZERO);
        let mut there = here.clone();
        let how = there.for_many_lines(&command).expect("there are many lines");
        let made = how.run(&there.snapshot()).expect("it can be done").expect("something changes");
        here.apply(&command, Duration::ZERO);
        there.take_over(made, Duration::ZERO).expect("it is the same text");
        assert!(there.buffer() == here.buffer() && there.selections() == here.selections(), "{command:?}");
        there.apply(&EditCommand::Undo, Duration::ZERO);
        assert!(there.buffer().is_text(&text), "{command:?}");
        there.apply(&EditCommand::PointAt { byte: 0, unit: SelectUnit::Line }, Duration::ZERO);
        assert_eq!(there.for_many_lines(&command), None, "one line is no matter");
    }
}
