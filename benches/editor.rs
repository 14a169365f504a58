//! What a keystroke costs in the text of a large source, beside what copying it would cost.
//!
//! Prints a table and fails on wrong results alone.
#![allow(clippy::print_stdout, reason = "the table is what a bench is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use wasm_workbench::model::text::{
    EditCommand, Motion, SearchPattern, SearchQuery, SelectUnit, TextEditor, TextSearch,
};

/// Keystrokes that are timed one by one.
const KEYS: usize = 2_000;

fn main() {
    for num_lines in [10_000, 200_000] {
        let text = generated(num_lines);
        println!("{num_lines} lines, {} bytes", text.len());
        row("take the text", 3, || drop(black_box(TextEditor::new(&text))));
        row("read how its lines begin and parentheses pair", 3, || TextEditor::new(&text).read_syntax());
        let mut editor = TextEditor::new(&text);
        let middle = editor.buffer().line_start(num_lines / 2);
        let point = EditCommand::PointAt { byte: middle, unit: SelectUnit::Character };
        editor.apply(&point, Duration::ZERO);
        row("copy the whole text, for comparison", 5, || drop(black_box(editor.buffer().to_text())));
        row("take a snapshot", KEYS, || drop(black_box(editor.buffer().clone())));
        let mut now = Duration::ZERO;
        let mut key = |name: &str, editor: &mut TextEditor, command: &EditCommand| {
            row(name, KEYS, || {
                now += Duration::from_millis(80);
                black_box(editor.apply(command, now));
            });
        };
        key("type a letter in the middle", &mut editor, &EditCommand::Type("x".to_owned()));
        key("Backspace", &mut editor, &EditCommand::Delete(Motion::Left));
        key("type and close a parenthesis", &mut editor, &EditCommand::Type("(".to_owned()));
        key("Enter", &mut editor, &EditCommand::Newline);
        key("undo", &mut editor, &EditCommand::Undo);
        key("a line down", &mut editor, &EditCommand::Move { motion: Motion::Down, extend: false });
        let head = editor.selections().primary().head;
        row("partner of a parenthesis", KEYS, || {
            black_box(editor.matching_brackets(head));
        });
        row("partner over the whole text", 50, || {
            assert!(editor.matching_brackets(0).is_some());
        });
        let query = SearchQuery { text: "$F77 ".to_owned(), ..SearchQuery::default() };
        let pattern = SearchPattern::new(&query).expect("it is text");
        row("search all of it", 5, || {
            let mut search = TextSearch::new(pattern.clone(), 0..editor.buffer().len_bytes(), 100_000);
            while !search.advance(editor.buffer(), 1 << 20) {}
            assert!(!search.found().is_empty());
        });
        while editor.can_undo() {
            editor.apply(&EditCommand::Undo, Duration::ZERO);
        }
        assert!(editor.buffer().is_text(&text) && editor.is_at_saved(), "undo did not bring the text back");
        println!();
    }
}

/// Prints median and worst of so many rounds.
fn row(name: &str, count: usize, mut round: impl FnMut()) {
    let mut times: Vec<Duration> = (0..count)
        .map(|_| {
            let began = Instant::now();
            round();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!("  {name:<40} median {:>12?}   99 % {:>12?}   worst {:>12?}", at(50), at(99), at(100));
}

fn generated(num_lines: usize) -> String {
    let mut text = String::from("(module\n");
    for index in 0..num_lines.saturating_sub(2) / 5 {
        text.push_str(&format!(
            "  (func $f{index} (param i32) (result i32)\n    local.get 0 ;; the argument\n"
        ));
        text.push_str("    i32.const 12\n    i32.add\n  )\n");
    }
    text.push_str(")\n");
    text
}
