//! How long a frame of the whole window takes while a large text is edited, and how soon an error is on screen.
//!
//! A frame is logic, layout and tessellation of the window with Source, Outline and Problems in view; what the
//! workers do is done between two frames, and the time in which other programs had the processor is left out where
//! the system tells it, so that the figures are the window's own. The bar is a p99 of 4 ms in
//! 10,000 lines and of 8 ms in 200,000. The last rows go through the real workers, from the end of the pause in
//! typing to the frame that shows the error. Prints tables and fails on wrong results alone.
#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]
#![allow(clippy::disallowed_methods, reason = "a benchmark may wait for the workers")]

mod editor_rig;

use std::sync::Arc;
use std::time::{Duration, Instant};

use editor_rig::{Rig, Times, generated};
use egui::accesskit::Role;
use egui::{Key, Modifiers, pos2, vec2};
use wasm_workbench::app::CompileStatus;
use wasm_workbench::worker::{Workers, WorkersConfig};

/// Lines of the texts, and the bar of a frame in each.
const SIZES: [(usize, Duration); 2] =
    [(10_000, Duration::from_millis(4)), (200_000, Duration::from_millis(8))];
/// Lines of the text in which an error is shown, and the bar of that.
const SHOWN: (usize, Duration) = (1_000, Duration::from_millis(30));
/// Keystrokes of each kind.
const KEYS: usize = 150;
/// Pauses in typing, after each of which the text is compiled and read.
const PAUSES: usize = 20;

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;

fn main() {
    for (num_lines, bar) in SIZES {
        let text = generated(num_lines);
        let bytes = text.len();
        println!("{num_lines} lines, {bytes} bytes; the bar of a frame is a p99 of {bar:?}");
        let mut rig = opened(&text, bar);
        keystrokes(&mut rig, num_lines, bar);
        pauses(&mut rig, num_lines, bar);
        help(&mut rig, bar);
        everywhere(&mut rig, bar);
        finding(&mut rig, num_lines, bar);
        println!();
    }
    taking_over();
    until_an_error_is_shown();
}

/// Opens the text a few times and prints what taking it over costs; the caret goes to the middle.
fn opened(text: &str, bar: Duration) -> Rig {
    let num_lines = text.lines().count();
    let (mut opening, mut first) = (Times::default(), Times::default());
    let mut rig = Rig::open(text);
    for round in 0..5 {
        if round > 0 {
            rig = Rig::open(text);
        }
        rig.answer();
        opening.add(rig.settle());
        rig.click(pos2(700.0, 300.0));
        // A function begins there, with a parenthesis whose partner is four lines further down.
        first.add(rig.go_to(num_lines / 2 / 5 * 5 + 2, 3));
        first.add(rig.go_to(1, 1));
        assert_eq!(rig.editor().matching_brackets(0).map(|pair| pair.1), Some(text.len() - 2));
    }
    println!("{}", opening.row("the text is taken over and shown", bar));
    println!("{}", first.row("first frames at the middle, then at the first `(`", bar));
    let mut read = Times::default();
    rig.answer();
    read.add(rig.settle());
    println!("{}", read.row("first build and reading are taken over", bar));
    rig
}

fn keystrokes(rig: &mut Rig, num_lines: usize, bar: Duration) {
    let middle = num_lines / 2 / 5 * 5 + 3;
    let row = |name: &str, rig: &mut Rig, stroke: &mut dyn FnMut(&mut Rig) -> Times| {
        rig.go_to(middle, 1);
        rig.key(Key::End, NONE);
        let mut times = Times::default();
        for _ in 0..KEYS {
            rig.wait(40);
            times.add(stroke(rig));
        }
        println!("{}", times.row(name, bar));
    };
    row("a letter", rig, &mut |rig| rig.type_text("x"));
    row("a parenthesis", rig, &mut |rig| rig.type_text("("));
    row("Enter", rig, &mut |rig| rig.key(Key::Enter, NONE));
    row("Backspace", rig, &mut |rig| rig.key(Key::Backspace, NONE));
    row("undo", rig, &mut |rig| rig.key(Key::Z, CTRL));
    row("a block comment is opened and closed above all", rig, &mut |rig| {
        let mut times = rig.type_text("(");
        times.add(rig.type_text(";"));
        times.add(rig.key(Key::Backspace, NONE));
        times.add(rig.key(Key::Backspace, NONE));
        times
    });
    row("a line up", rig, &mut |rig| rig.key(Key::ArrowUp, NONE));
    row("a page down", rig, &mut |rig| rig.key(Key::PageDown, NONE));
    row("to the start of the text and its end", rig, &mut |rig| {
        let mut times = rig.key(Key::Home, CTRL);
        times.add(rig.key(Key::End, CTRL));
        times
    });
    undo_all(rig);
}

/// Takes every edit back.
fn undo_all(rig: &mut Rig) {
    while rig.editor().can_undo() {
        rig.key(Key::Z, CTRL);
    }
    assert!(!rig.source().is_dirty, "undo brings the text back");
}

/// After each pause the text is handed to the compiler, and what comes back is taken over.
fn pauses(rig: &mut Rig, num_lines: usize, bar: Duration) {
    rig.go_to(num_lines / 2, 1);
    rig.key(Key::End, NONE);
    let (mut sent, mut answered) = (Times::default(), Times::default());
    for _ in 0..PAUSES {
        rig.type_text("x");
        let before = rig.source().generation;
        rig.wait(400);
        sent.add(rig.settle());
        rig.answer();
        answered.add(rig.settle());
        assert!(rig.source().language.as_ref().is_some_and(|read| read.generation == before));
    }
    println!("{}", sent.row("a pause: the text is sent and kept safe", bar));
    println!("{}", answered.row("a pause: build, names, outline, folds are taken over", bar));
    undo_all(rig);
    read_again(rig);
}

/// Brings names, outline and folds up to date.
fn read_again(rig: &mut Rig) {
    rig.wait(400);
    rig.settle();
    rig.answer();
    rig.settle();
}

/// Prints a row about something that is done to a line in the middle that calls the first function.
fn row(rig: &mut Rig, (name, rounds): (&str, usize), bar: Duration, deed: &mut dyn FnMut(&mut Rig) -> Times) {
    let calling = calling(rig);
    let mut times = Times::default();
    for _ in 0..rounds {
        rig.go_to(calling, 11);
        times.add(deed(rig));
    }
    println!("{}", times.row(name, bar));
}

/// Returns a line in the middle that calls the first function.
fn calling(rig: &Rig) -> usize {
    rig.editor().buffer().num_lines() / 2 / 50 * 50 + 29
}

/// What an editor knows of the language.
fn help(rig: &mut Rig, bar: Duration) {
    let line = calling(rig);
    assert_eq!(rig.editor().buffer().line(line - 1), "    call $f0", "line {line}");
    row(rig, ("completion of an operator as it is typed", 30), bar, &mut |rig| {
        rig.key(Key::End, NONE);
        let mut times = rig.key(Key::Enter, NONE);
        for sign in ["i", "3", "2", ".", "s"] {
            times.add(rig.type_text(sign));
        }
        times.add(rig.key(Key::Escape, NONE));
        times
    });
    undo_all(rig);
    row(rig, ("completion of the name of a function", 30), bar, &mut |rig| {
        let mut times = rig.key(Key::Backspace, NONE);
        times.add(rig.key(Key::Space, CTRL));
        times.add(rig.type_text("f"));
        times.add(rig.type_text("9"));
        times.add(rig.key(Key::Escape, NONE));
        times
    });
    undo_all(rig);
    read_again(rig);
    row(rig, ("parameter hints", 30), bar, &mut |rig| {
        let mut times = rig.key(Key::Space, CTRL | Modifiers::SHIFT);
        times.add(rig.key(Key::ArrowLeft, NONE));
        times.add(rig.key(Key::Escape, NONE));
        times
    });
    row(rig, ("uses of a name, thousands of them", 30), bar, &mut |rig| rig.key(Key::ArrowLeft, NONE));
    row(rig, ("hover", 30), bar, &mut hover);
    row(rig, ("go to definition", 30), bar, &mut |rig| rig.key(Key::F12, NONE));
    row(rig, ("fold and unfold", 30), bar, &mut |rig| {
        let mut times = rig.key(Key::OpenBracket, CTRL | Modifiers::SHIFT);
        times.add(rig.key(Key::CloseBracket, CTRL | Modifiers::SHIFT));
        times
    });
    row(rig, ("fold all and unfold all", 3), bar, &mut |rig| {
        let mut times = command(rig, "fold all");
        times.add(rig.settle());
        times.add(command(rig, "unfold all"));
        times
    });
}

/// What changes the text at thousands of places; what a worker does of it is done between two frames.
fn everywhere(rig: &mut Rig, bar: Duration) {
    let line = calling(rig);
    row(rig, ("rename, everywhere, and undo it", 3), bar, &mut |rig| {
        let mut times = rig.key(Key::F2, NONE);
        times.add(rig.type_text("first"));
        times.add(rig.key(Key::Enter, NONE));
        rig.answer();
        times.add(rig.settle());
        assert_eq!(rig.editor().buffer().line(line - 1), "    call $first");
        times.add(rig.key(Key::Z, CTRL));
        read_again(rig);
        times
    });
    row(rig, ("move every line in, and format", 3), bar, &mut |rig| {
        let mut times = rig.key(Key::A, CTRL);
        times.add(rig.key(Key::CloseBracket, CTRL));
        rig.answer();
        times.add(rig.settle());
        times.add(rig.key(Key::Home, CTRL));
        assert_eq!(rig.editor().buffer().line(line - 1), "      call $f0");
        times.add(rig.key(Key::F, Modifiers::SHIFT | Modifiers::ALT));
        rig.answer();
        times.add(rig.settle());
        assert_eq!(rig.editor().buffer().line(line - 1), "    call $f0");
        times.add(rig.key(Key::Z, CTRL));
        times.add(rig.key(Key::Z, CTRL));
        times
    });
    undo_all(rig);
}

/// Rests the pointer on a name until there is a card.
fn hover(rig: &mut Rig) -> Times {
    let body = rig.find(Role::MultilineTextInput, "Source").expect("the text is there");
    // The caret's line is in the middle of what is in view.
    let at = pos2(body.left() + 90.0, body.center().y);
    let mut times = rig.point(at);
    for _ in 0..40 {
        times.add(rig.point(at));
    }
    times.add(rig.point(at - vec2(0.0, 200.0)));
    times
}

/// Runs a command out of the palette.
fn command(rig: &mut Rig, name: &str) -> Times {
    rig.key(Key::P, CTRL | Modifiers::SHIFT);
    rig.type_text(name);
    rig.key(Key::Enter, NONE)
}

fn finding(rig: &mut Rig, num_lines: usize, bar: Duration) {
    rig.go_to(num_lines / 2, 1);
    let mut times = rig.key(Key::F, CTRL);
    for sign in ["l", "o", "c", "a", "l", "."] {
        times.add(rig.type_text(sign));
    }
    for _ in 0..20 {
        times.add(rig.key(Key::Enter, NONE));
    }
    println!("{}", times.row("find, as it is typed, and walk from find to find", bar));
    let mut times = rig.key(Key::H, CTRL);
    rig.key(Key::Tab, NONE);
    let field = rig.find(Role::TextInput, "Replace with").expect("the field is there");
    rig.click(field.center());
    times.add(rig.type_text("local_"));
    times.add(rig.key(Key::Enter, CTRL | Modifiers::ALT));
    rig.answer();
    times.add(rig.settle());
    assert!(rig.editor().buffer().line(2).contains("local_get"), "{}", rig.editor().buffer().line(2));
    println!("{}", times.row("replace all", bar));
    rig.key(Key::Escape, NONE);
    println!("{}", rig.key(Key::Z, CTRL).row("undo that", bar));
    undo_all(rig);
}

/// What the frame costs that takes a text of 20 MB over.
fn taking_over() {
    let text = generated(900_000);
    println!("{} bytes, {} lines; the bar of a frame is 4 ms", text.len(), text.lines().count());
    let mut times = Times::default();
    for _ in 0..5 {
        let mut rig = Rig::open(&text);
        rig.answer_files();
        times.add(rig.settle());
        assert_eq!(rig.editor().buffer().len_bytes(), text.len());
    }
    println!("{}\n", times.row("the text is taken over and shown", Duration::from_millis(4)));
}

/// From the end of the pause in typing to the frame that shows the error, through the real workers.
fn until_an_error_is_shown() {
    let (num_lines, bar) = SHOWN;
    let folder = std::env::temp_dir().join(format!("wasm-workbench-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is room for a file");
    let path = folder.join("small.wat");
    std::fs::write(&path, generated(num_lines)).expect("there is room for a file");
    let (ring, rung) = std::sync::mpsc::sync_channel(1);
    let wake = Arc::new(move || {
        // A bell that is ringing already rings for this one too.
        let _ = ring.try_send(());
    });
    let workers = Workers::start(&WorkersConfig::default(), wake).expect("the system has threads");
    let mut rig = Rig::with_workers(path, workers);
    let until = |rig: &mut Rig, has_errors: bool| {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            rig.settle();
            let source = rig.active_source();
            let is_there = source.is_some_and(|source| {
                source.status == CompileStatus::Done
                    && source.good.is_some()
                    && source.failure.is_some() == has_errors
            });
            if is_there {
                break;
            }
            assert!(Instant::now() < deadline, "the workers do not answer");
            // A frame has taken all events, so the bell rings for the next one; it may have rung already.
            let _ = rung.recv_timeout(Duration::from_millis(200));
        }
    };
    until(&mut rig, false);
    rig.click(pos2(700.0, 300.0));
    let mut times = Times::default();
    for round in 0..100 {
        rig.go_to(3 + round * 5, 8);
        rig.type_text("x");
        rig.wait(200);
        let began = Instant::now();
        until(&mut rig, true);
        times.0.push(began.elapsed());
        assert!(rig.source().num_errors() > 0);
        rig.key(Key::Z, CTRL);
        rig.wait(200);
        until(&mut rig, false);
    }
    println!("{num_lines} lines with the real workers; the bar is {bar:?} after the pause in typing");
    println!("{}", times.row("from the pause to the error on screen", bar));
    drop(rig);
    drop(std::fs::remove_dir_all(&folder));
}
