//! The listing of a binary and its sizes in the window, driven by accessible names, over workers that answer
//! at once.
#![cfg(feature = "gui")]

mod panes_rig;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use panes_rig::{Workers, workbench};
use wasm_workbench::app::Session;
use wasm_workbench::engine::listing::ListingError;
use wasm_workbench::model::text::ReadFile;
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::worker::listing_protocol::{ListingCommand, ListingEvent};
use wasm_workbench::worker::protocol::{Command, Event};

/// Functions of the sample; each has five lines.
const FUNCTIONS: usize = 3000;

struct Window {
    harness: Harness<'static, Workbench>,
    workers: Workers,
}

impl Window {
    fn with_binary() -> Self {
        let (workbench, workers) = workbench(None, "dark");
        let show = |ui: &mut egui::Ui, workbench: &mut Workbench| {
            workbench.logic(ui.ctx());
            workbench.ui(ui);
        };
        let builder = Harness::builder().with_size([1440.0, 900.0]).with_max_steps(12);
        let builder = builder.with_context_setup(move |ctx| theme::apply(ctx, Mode::Dark));
        let mut window = Self { harness: builder.build_ui_state(show, workbench), workers };
        window.harness.run();
        window.open();
        window
    }

    fn open(&mut self) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        self.harness.run();
        self.harness.get_by_label("Path").type_text("many.wasm");
        self.harness.run();
        self.harness.key_press(Key::Enter);
        self.harness.run();
        let asked = self.workers.sent.borrow().iter().rev().find_map(|command| match command {
            Command::OpenFile { request, path } => Some((*request, path.clone())),
            _ => None,
        });
        let (request, path) = asked.expect("a file is asked for");
        let functions: Vec<_> =
            (0..FUNCTIONS).map(|it| format!("(func $f{it} i32.const {it} drop nop)")).collect();
        let text = format!(
            "(module (memory 1) {} (data $big (i32.const 0) \"{}\"))",
            functions.join(" "),
            "x".repeat(9000)
        );
        let wasm: Arc<[u8]> = wat::parse_str(text).expect("the sample is good").into();
        self.workers.hear(Event::FileOpened { request, path, result: Ok((ReadFile::new(wasm), 1)) });
        self.harness.run();
        self.harness.run();
    }

    fn text(&self) -> String {
        let mut sources = self.harness.query_all_by_label("Source");
        sources.find_map(|node| node.accesskit_node().value()).unwrap_or_default()
    }

    fn type_into(&mut self, field: &str, text: &str) {
        self.harness.get_by_label(field).focus();
        self.harness.run();
        self.harness.get_by_label(field).type_text(text);
        self.harness.run();
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run();
    }

    /// Runs until nothing moves; returns what went into the clipboard meanwhile.
    fn copied(&mut self) -> Vec<String> {
        let mut copied = Vec::new();
        for _ in 0..4 {
            self.harness.step();
            let commands = &self.harness.output().platform_output.commands;
            copied.extend(commands.iter().filter_map(|command| match command {
                OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            }));
        }
        copied
    }

    /// Returns the offsets beside the lines; `None` when they are not shown.
    fn offsets(&self) -> Option<String> {
        let column = self.harness.query_by_label("Offsets in the binary")?;
        Some(column.accesskit_node().value().unwrap_or_default())
    }

    fn is_shown(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }
}

#[test]
fn a_binary_is_shown_from_its_first_line_on_and_a_name_leads_to_a_function() {
    let mut window = Window::with_binary();
    let text = window.text();
    assert!(text.starts_with("(module\n") && !text.contains("$f100 "), "{text}");
    window.type_into("Go to in listing", "f2999");
    assert!(window.is_shown("$f2999"));
    window.press(Key::Enter);
    let text = window.text();
    assert!(text.contains("(func $f2999 (;2999;)") && !text.contains("$f2000 "), "{text}");
    // The footer says where the caret is, and leads to the head of the function.
    window.harness.get_by_role_and_label(Role::Link, "$f2999");
    window.type_into("Go to in listing", "$nobody");
    let field = window.harness.get_by_label("Go to in listing");
    let error = field.accesskit_node().description().unwrap_or_default();
    assert!(error.contains("No function"), "{error}");
}

#[test]
fn a_search_lists_what_it_finds_and_a_click_leads_there() {
    let mut window = Window::with_binary();
    window.type_into("Search in listing", "i32.const 250");
    window.press(Key::Enter);
    assert!(window.is_shown("11 lines"), "250 and 2500 to 2509");
    window.press(Key::Enter);
    assert!(window.text().contains("i32.const 250\n"));
    window.harness.get_by_role_and_label(Role::List, "Search results");
    let row = window
        .harness
        .query_all_by_role(Role::ListItem)
        .find(|row| row.accesskit_node().label().is_some_and(|label| label.contains("i32.const 2503")));
    row.expect("it is listed").click();
    window.harness.run();
    assert!(window.text().contains("i32.const 2503\n"));
    window.harness.get_by_label("Search in listing").focus();
    window.harness.run();
    window.press(Key::Escape);
    assert!(!window.is_shown("Search results"));
}

#[test]
fn a_search_that_is_no_regular_expression_says_so() {
    let mut window = Window::with_binary();
    window.click(Role::Button, "Regular expression");
    window.type_into("Search in listing", "(");
    window.press(Key::Enter);
    assert!(window.is_shown("Not a regular expression"));
}

#[test]
fn the_listing_can_be_edited_as_text() {
    let mut window = Window::with_binary();
    window.click(Role::Button, "Edit as WAT");
    let state = window.harness.state().state();
    assert_eq!(state.active_source().map(|source| &*source.name), Some("many.wat"));
}

#[test]
fn sizes_are_listed_largest_first_and_a_click_leads_to_the_listing() {
    let mut window = Window::with_binary();
    window.click(Role::Tab, "Sizes");
    let names = |window: &Window| {
        let rows = window.harness.query_all_by_role(Role::ListItem);
        let labels = rows.filter_map(|row| row.accesskit_node().label());
        labels.filter(|label| label.ends_with(" bytes")).collect::<Vec<_>>()
    };
    let first = names(&window);
    assert!(first[0].starts_with("custom section name, "), "{first:?}");
    assert!(first[1].starts_with("data $big, 9006 bytes"), "{first:?}");
    window.harness.get_by_role(Role::Figure);
    window.type_into("Filter sizes", "$f2999");
    assert_eq!(names(&window), ["function $f2999, 8 bytes"]);
    window.click(Role::ListItem, "function $f2999, 8 bytes");
    assert!(window.text().contains("(func $f2999 (;2999;)"));
}

#[test]
fn offsets_stand_beside_the_lines_once_they_are_asked_for_and_are_found_again() {
    let mut window = Window::with_binary();
    assert_eq!(window.offsets(), None);
    window.click(Role::Button, "Offsets");
    let shown = window.offsets().expect("the column is there");
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.len() > 10 && lines[0] == "0x0000" && lines.is_sorted(), "{shown}");
    window.type_into("Go to in listing", "$f2999");
    window.press(Key::Enter);
    assert_ne!(window.offsets().as_deref(), Some(&*shown), "they follow the lines in view");
    let session = window.harness.state().state().session.to_json();
    assert!(Session::from_json(&session).is_ok_and(|session| session.shows_offsets));
    window.harness.key_press_modifiers(Modifiers::ALT, Key::O);
    window.harness.run();
    assert_eq!(window.offsets(), None);
}

#[test]
fn everything_is_copied_also_what_was_never_in_view() {
    let mut window = Window::with_binary();
    window.click(Role::Button, "Lines");
    window.click(Role::MenuItem, "Select all");
    window.click(Role::Button, "Edit");
    window.harness.get_by_role_and_label(Role::MenuItem, "Copy").click();
    let copied = window.copied();
    assert_eq!(copied.len(), 1);
    assert!(copied[0].starts_with("(module\n") && copied[0].ends_with("\n)"), "{}", copied[0].len());
    assert_eq!(copied[0].lines().filter(|line| line.contains("(func $f")).count(), FUNCTIONS);
}

#[test]
fn too_much_for_the_clipboard_is_told_and_leaves_it_alone() {
    let mut window = Window::with_binary();
    window.workers.is_silent.set(true);
    window.click(Role::Button, "Lines");
    window.click(Role::MenuItem, "Select all");
    window.click(Role::Button, "Edit");
    window.harness.get_by_role_and_label(Role::MenuItem, "Copy").click();
    assert_eq!(window.copied(), Vec::<String>::new());
    let asked = window.workers.sent.borrow().iter().rev().find_map(|command| match command {
        Command::Listing(ListingCommand::Copy { request, .. }) => Some(*request),
        _ => None,
    });
    let (request, result) = (
        asked.expect("it is asked for"),
        Err(ListingError::TooLarge { bytes: 17 << 20, max_bytes: 16 << 20 }),
    );
    window.workers.hear(Event::Listing(ListingEvent::Copied { request, result }));
    assert_eq!(window.copied(), Vec::<String>::new());
    assert!(window.is_shown(
        "Nothing was copied: what is selected has more than the 16 MiB that go into the clipboard"
    ));
}

#[test]
fn the_next_result_is_one_key_away_wherever_the_keyboard_is() {
    let mut window = Window::with_binary();
    window.press(Key::F3);
    assert!(window.harness.get_by_label("Search in listing").is_focused(), "there is nothing to go on with");
    window.type_into("Search in listing", "i32.const 250");
    window.press(Key::Enter);
    window.press(Key::F3);
    assert!(window.text().contains("i32.const 250\n"));
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::F3);
    window.harness.run();
    assert!(window.text().contains("i32.const 2509\n"));
}
