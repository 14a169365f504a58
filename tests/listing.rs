//! The listing of a binary and its sizes in the window, driven by accessible names, over workers that answer
//! at once.
#![cfg(feature = "gui")]

mod panes_rig;

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use panes_rig::{Workers, workbench};
use wasm_workbench::model::text::ReadFile;
use wasm_workbench::ui::Workbench;
use wasm_workbench::ui::theme::{self, Mode};
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
