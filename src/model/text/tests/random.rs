//! Random edits against a plain string.

use std::time::Duration;

use super::super::*;
use crate::model::text_position::LineIndex;

/// A small generator of numbers, the same on every machine.
struct Random(u64);

impl Random {
    fn new(seed: u64, salt: u64) -> Self {
        Self(seed.wrapping_mul(salt) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("is below a usize")
    }

    fn text(&mut self, most: usize) -> String {
        const PIECES: [&str; 20] = [
            "a",
            "bc",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "(",
            ")",
            "\"",
            ";;",
            "(;",
            ";)",
            "é",
            "e\u{301}",
            "€",
            "👩‍👩‍👧",
            "👍🏽",
            "$name",
            "\r",
        ];
        (0..self.below(most + 1)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

#[test]
fn a_buffer_does_what_a_string_does() {
    for seed in 1..=60 {
        let mut random = Random::new(seed, 0x9E37_79B9_7F4A_7C15);
        let mut text = random.text(60);
        let mut buffer = TextBuffer::new(&text);
        for step in 0..40 {
            let mut ends = [random.below(text.len() + 1), random.below(text.len() + 1)];
            ends.sort_unstable();
            let [start, end] = ends.map(|byte| text.floor_char_boundary(byte));
            let inserted = random.text(6);
            let lines = [text[start..end].matches('\n').count(), inserted.matches('\n').count()];
            let first_line = text[..start].matches('\n').count();
            let change = buffer.replace(start..end, &inserted);
            text.replace_range(start..end, &inserted);
            let expected = TextChange {
                start,
                removed: end - start,
                inserted: inserted.len(),
                first_line,
                lines_removed: lines[0],
                lines_inserted: lines[1],
            };
            assert_eq!(change, expected, "seed {seed}, step {step}");
            check(&buffer, &text, &mut random, &format!("seed {seed}, step {step}"));
        }
    }
}

/// Compares everything that a buffer tells of its text.
fn check(buffer: &TextBuffer, text: &str, random: &mut Random, at: &str) {
    assert_eq!(buffer.to_text(), text, "{at}");
    assert!(buffer.is_text(text), "{at}");
    let index = LineIndex::new(text);
    assert_eq!(buffer.num_lines(), index.num_lines() as usize, "{at}");
    assert_eq!(buffer.len_chars(), text.chars().count(), "{at}");
    assert_eq!(buffer.len_utf16(), text.encode_utf16().count(), "{at}");
    for (line, expected) in text.split('\n').enumerate() {
        let is_last = line + 1 == buffer.num_lines();
        let expected = if is_last { expected } else { expected.strip_suffix('\r').unwrap_or(expected) };
        assert_eq!(buffer.line(line), expected, "{at}, line {line}");
    }
    for _ in 0..8 {
        let byte = text.floor_char_boundary(random.below(text.len() + 1));
        let before = &text[..byte];
        assert_eq!(buffer.byte_to_char(byte), before.chars().count(), "{at}, byte {byte}");
        assert_eq!(buffer.char_to_byte(before.chars().count()), byte, "{at}");
        assert_eq!(buffer.byte_to_utf16(byte), before.encode_utf16().count(), "{at}, byte {byte}");
        assert_eq!(buffer.utf16_to_byte(before.encode_utf16().count()), byte, "{at}");
        assert_eq!(buffer.position(byte), index.position(byte), "{at}, byte {byte}");
        if buffer.floor(byte) == byte {
            assert_eq!(buffer.byte_at(buffer.position(byte)), byte, "{at}, byte {byte}");
        }
        assert_eq!(buffer.char_at(byte), text[byte..].chars().next(), "{at}");
        assert_eq!(buffer.char_before(byte), before.chars().next_back(), "{at}");
    }
}

#[test]
fn steps_between_characters_are_those_of_the_whole_text() {
    use unicode_segmentation::UnicodeSegmentation as _;
    for seed in 1..=20 {
        let mut random = Random::new(seed, 0x2545_F491_4F6C_DD1D);
        // Long enough for a rope of several pieces.
        let text = random.text(4_000);
        let buffer = TextBuffer::new(&text);
        let mut borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        borders.push(text.len());
        let mut at = 0;
        for border in borders.iter().skip(1) {
            at = grapheme::next(&buffer, at);
            assert_eq!(at, *border, "seed {seed}");
        }
        for border in borders.iter().rev().skip(1) {
            at = grapheme::previous(&buffer, at);
            assert_eq!(at, *border, "seed {seed}");
        }
    }
}

fn command(random: &mut Random, len: usize) -> EditCommand {
    use Motion::*;
    const MOTIONS: [Motion; 13] = [
        Left,
        Right,
        WordLeft,
        WordRight,
        Up,
        Down,
        PageUp(3),
        PageDown(3),
        LineStart,
        LineEnd,
        DocumentStart,
        DocumentEnd,
        MatchingBracket,
    ];
    const SIGNS: [&str; 9] = ["x", " ", "(", ")", "\"", ";", "é", "$", "👩‍👩‍👧"];
    const UNITS: [SelectUnit; 3] = [SelectUnit::Character, SelectUnit::Word, SelectUnit::Line];
    let motion = MOTIONS[random.below(MOTIONS.len())];
    let unit = UNITS[random.below(UNITS.len())];
    match random.below(34) {
        0..6 => EditCommand::Type(SIGNS[random.below(SIGNS.len())].to_owned()),
        6..9 => EditCommand::Move { motion, extend: random.below(2) == 0 },
        9..12 => EditCommand::Delete(motion),
        12 => EditCommand::Insert(random.text(5)),
        13 => EditCommand::Newline,
        14 => EditCommand::Tab,
        15 => EditCommand::BackTab,
        16 => EditCommand::PointAt { byte: random.below(len + 3), unit },
        17 => EditCommand::PointTo { byte: random.below(len + 3), unit },
        18 => EditCommand::ToggleCursor(random.below(len + 3)),
        19 => EditCommand::SelectBlock {
            anchor: (random.below(9), random.below(9)),
            head: (random.below(9), random.below(9)),
        },
        20 => EditCommand::SelectLine,
        23 => EditCommand::Paste(random.text(4)),
        24 => {
            let edits = (0..3).map(|_| {
                let start = random.below(len + 2);
                (start..start + random.below(4), random.text(2))
            });
            EditCommand::Replace(edits.collect())
        }
        21 => EditCommand::Undo,
        22 => EditCommand::Redo,
        _ => super::commands::any(random.below(usize::MAX)),
    }
}

#[test]
fn whatever_is_done_can_be_undone_and_done_again() {
    for seed in 1..=120 {
        let mut random = Random::new(seed, 0xD129_0247_3A61_7BD5);
        let begun = random.text(40);
        let mut editor = TextEditor::new(&begun);
        // The text by its number: a number that comes back must bring its text back.
        let mut known = std::collections::HashMap::from([(editor.text_state(), begun.clone())]);
        let mut text = begun.clone();
        for step in 0..80 {
            let at = format!("seed {seed}, step {step}");
            let command = command(&mut random, text.len());
            let now = Duration::from_millis(step * (1 + random.next() % 900));
            let outcome = editor.apply(&command, now);
            for change in &outcome.changes {
                assert!(text.is_char_boundary(change.start), "{at}: {command:?}");
                if outcome.changes.len() == 1 {
                    let line = text[..change.start].matches('\n').count();
                    assert_eq!(change.first_line, line, "{at}: {command:?}");
                }
                // What was inserted is taken from the end result where only one change was made.
                text.replace_range(change.old_range(), &"\u{1}".repeat(change.inserted));
            }
            let now_text = editor.buffer().to_text();
            assert_eq!(text.len(), now_text.len(), "{at}: {command:?}");
            for (expected, found) in text.bytes().zip(now_text.bytes()) {
                assert!(expected == 1 || expected == found, "{at}: {command:?} changed more than it said");
            }
            text = now_text;
            check_selections(&editor, &format!("{at}: {command:?}"));
            let before = known.entry(editor.text_state()).or_insert_with(|| text.clone());
            assert_eq!(*before, text, "{at}: {command:?}");
        }
        let last = text.clone();
        while editor.can_undo() {
            editor.apply(&EditCommand::Undo, Duration::ZERO);
            check_selections(&editor, &format!("seed {seed}, undo"));
            assert_eq!(
                known.get(&editor.text_state()).map(String::as_str),
                Some(&*editor.buffer().to_text())
            );
        }
        assert_eq!(editor.buffer().to_text(), begun, "seed {seed}");
        assert!(editor.is_at_saved(), "seed {seed}");
        while editor.can_redo() {
            editor.apply(&EditCommand::Redo, Duration::ZERO);
        }
        assert!(editor.buffer().is_text(&last) || known.values().any(|text| editor.buffer().is_text(text)));
    }
}

fn check_selections(editor: &TextEditor, at: &str) {
    let mut last = None;
    for item in editor.selections().iter() {
        for byte in [item.anchor, item.head] {
            assert!(byte <= editor.buffer().len_bytes(), "{at}");
            assert_eq!(editor.buffer().floor(byte), byte, "{at}: a cursor stands inside of a character");
        }
        assert!(last.is_none_or(|last| last <= item.start()), "{at}: cursors are out of order");
        last = Some(item.end());
    }
    assert!(editor.selections().primary_index() < editor.selections().len(), "{at}");
}
