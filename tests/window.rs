//! The window driven by accessible names, over a fake pair of workers.
//!
//! Knows no pixels: what is clicked becomes commands, what the workers answer is shown.
#![cfg(feature = "gui")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use wasm_workbench::app::{MENUS, Now, Startup};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{BuildCache, CompileRequest, EngineSettings, Engines, compile};
use wasm_workbench::model::build::CacheOutcome;
use wasm_workbench::model::event::LogLevel;
use wasm_workbench::model::ids::{PluginId, RequestId};
use wasm_workbench::model::lifecycle::{PluginState, StateChange};
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::ui::{Bridge, Workbench};
use wasm_workbench::worker::protocol::{Command, Event, Notice, PluginCommand, PluginEvent};

/// Keeps commands and hands out events that a test has put in.
#[derive(Default, Clone)]
struct Fake {
    sent: Rc<RefCell<Vec<Command>>>,
    events: Rc<RefCell<VecDeque<Event>>>,
}

impl Bridge for Fake {
    fn send(&self, command: Command) -> Result<(), Notice> {
        self.sent.borrow_mut().push(command);
        Ok(())
    }

    fn try_event(&self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }
}

struct Window {
    harness: Harness<'static, Workbench>,
    fake: Fake,
    time: Rc<RefCell<Duration>>,
}

impl Window {
    fn open(startup: Startup) -> Self {
        let fake = Fake::default();
        let time = Rc::new(RefCell::new(Duration::ZERO));
        let hand = Rc::clone(&time);
        let clock = Box::new(move || Now { since_start: *hand.borrow(), unix_ms: 0 });
        let workbench = Workbench::new(startup, Box::new(fake.clone()), clock);
        let show = |ui: &mut egui::Ui, workbench: &mut Workbench| {
            workbench.logic(ui.ctx());
            workbench.ui(ui);
        };
        let harness = Harness::builder()
            .with_size([1440.0, 900.0])
            .with_context_setup(|ctx| theme::apply(ctx, Mode::Dark))
            .build_ui_state(show, workbench);
        let mut window = Self { harness, fake, time };
        window.harness.run();
        window
    }

    /// Opens the first sample, compiled and ready.
    fn ready() -> Self {
        let mut window = Self::open(Startup::default());
        window.answer_compiler();
        window.state(PluginState::Ready);
        window
    }

    fn hear(&mut self, event: Event) {
        self.fake.events.borrow_mut().push_back(event);
        self.harness.run();
    }

    fn answer_compiler(&mut self) {
        self.answer_compiler_as(CacheOutcome::Miss);
    }

    /// Answers with a build that was made now, or one that was found.
    fn answer_compiler_as(&mut self, found: CacheOutcome) {
        let question = self.fake.sent.borrow().iter().rev().find_map(|command| match command {
            Command::Compile { source, generation, content, .. } => {
                Some((*source, *generation, content.to_bytes().into_owned()))
            }
            _ => None,
        });
        let (source, generation, content) = question.expect("something is to be compiled");
        let settings = EngineSettings::default();
        let request = CompileRequest {
            source: &content,
            settings: &settings,
            caps: SizeCaps::default(),
            read_ns: None,
        };
        let mut result = compile(&Engines::new(), &BuildCache::new(0), &request).map_err(Arc::new);
        if let Ok(build) = &mut result {
            Arc::get_mut(build).expect("a cache without room keeps no build").info.cache = found;
        }
        self.hear(Event::Compiled { source, generation, result });
    }

    fn state(&mut self, to: PluginState) {
        let plugin = self.plugin();
        let change = StateChange { from: PluginState::Created, to, at_unix_ms: 0, reason: String::new() };
        self.hear(Event::Plugin { plugin, event: PluginEvent::StateChanged(change) });
    }

    fn plugin(&self) -> PluginId {
        self.harness.state().state().selection.plugin.expect("a plugin is selected")
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run();
    }

    fn wait(&mut self, millis: u64) {
        *self.time.borrow_mut() += Duration::from_millis(millis);
        self.harness.run();
    }

    fn told(&self) -> Vec<PluginCommand> {
        let told = self.fake.sent.borrow();
        let told = told.iter().filter_map(|command| match command {
            Command::Plugin { command, .. } => Some(command.clone()),
            _ => None,
        });
        told.collect()
    }
}

#[test]
fn the_first_window_has_a_tab_for_every_pane_and_the_first_sample_ready() {
    let window = Window::ready();
    for pane in [
        "Plugins", "Samples", "Source", "Problems", "Exports", "Call", "Limits", "Timing", "Memory", "Calls",
        "Events",
    ] {
        window.harness.get_by_role_and_label(Role::Tab, pane);
    }
    window.harness.get_by_role_and_label(Role::Tab, "start_here.wat");
    window.harness.get_by_label("Ready");
    for menu in ["File", "Edit", "View", "Plugin", "Run", "Help"] {
        window.harness.get_by_role_and_label(Role::Button, menu);
    }
}

#[test]
fn a_function_is_called_two_clicks_after_the_start() {
    let mut window = Window::ready();
    window.click(Role::ListItem, "add");
    window.click(Role::Button, "Call");
    let called = window.told().into_iter().find_map(|command| match command {
        PluginCommand::Call(request) => Some((request.export.to_string(), request.args.len())),
        _ => None,
    });
    assert_eq!(called, Some(("add".to_owned(), 2)));
}

#[test]
fn menus_run_commands_and_show_what_cannot_be_done() {
    let mut window = Window::ready();
    window.click(Role::Button, "Plugin");
    window.click(Role::MenuItem, "Stop plugin");
    assert!(window.told().iter().any(|command| matches!(command, PluginCommand::Stop)));
    window.state(PluginState::Stopped);
    window.harness.get_by_label("Stopped");
}

#[test]
fn text_that_is_typed_is_compiled_after_a_pause() {
    let mut window = Window::ready();
    let count = |window: &Window| {
        window.fake.sent.borrow().iter().filter(|command| matches!(command, Command::Compile { .. })).count()
    };
    let before = count(&window);
    let editor = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Source");
    editor.focus();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Source").type_text("(");
    window.harness.run();
    assert!(window.harness.state().state().active_source().is_some_and(|source| source.is_dirty));
    assert_eq!(count(&window), before);
    window.wait(200);
    assert_eq!(count(&window), before + 1);
    window.answer_compiler();
    let line =
        window.harness.state().state().active_source().and_then(wasm_workbench::app::Source::build_line);
    assert!(line.as_ref().is_some_and(|line| line.contains("running build 1 · build 2 has")), "{line:?}");
}

#[test]
fn what_the_cache_found_is_told_above_and_below() {
    let mut window = Window::ready();
    window.harness.get_by_label("cache hit 0 of 1");
    window.harness.get_by_label_contains("compiled in ");
    for (hits, found) in [(1, CacheOutcome::Memory), (2, CacheOutcome::Disk)] {
        window.click(Role::Button, "Run");
        window.click(Role::MenuItem, "Compile");
        window.answer_compiler_as(found);
        window.harness.get_by_label_contains("from the cache · ");
        window.harness.get_by_label(&format!("cache hit {hits} of {}", hits + 1));
    }
}

#[test]
fn panes_are_closed_and_opened_from_the_view_menu_and_the_layout_is_kept() {
    let mut window = Window::ready();
    window.click(Role::Button, "View");
    window.click(Role::MenuItemCheckBox, "Problems");
    assert!(window.harness.query_by_role_and_label(Role::Tab, "Problems").is_none());
    let layout = window.harness.state().state().session.layout.clone().expect("it was kept");
    let session = wasm_workbench::app::Session { layout: Some(layout), ..Default::default() };
    let again = Window::open(Startup { session: Some(session.to_json()), ..Startup::default() });
    assert!(again.harness.query_by_role_and_label(Role::Tab, "Problems").is_none());
    let broken = wasm_workbench::app::Session { layout: Some("nonsense".into()), ..Default::default() };
    let window = Window::open(Startup { session: Some(broken.to_json()), ..Startup::default() });
    window.harness.get_by_role_and_label(Role::Tab, "Problems");
    window.harness.get_by_label("the layout of the panes could not be restored");
}

#[test]
fn the_palette_finds_and_runs_a_command() {
    let mut window = Window::ready();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, egui::Key::P);
    window.harness.run();
    window.harness.get_by_label("Find a command").type_text("new instance");
    window.harness.run();
    window.harness.key_press(egui::Key::Enter);
    window.harness.run();
    assert!(!window.harness.state().state().is_palette_open);
    assert_eq!(window.harness.state().state().plugins.len(), 2);
}

#[test]
fn a_path_is_typed_into_the_open_dialog() {
    let mut window = Window::ready();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::O);
    window.harness.run();
    window.harness.get_by_label("Path").type_text("/tmp/x.wat");
    window.harness.run();
    window.click(Role::Button, "Open");
    let asked = window.fake.sent.borrow().iter().any(
        |command| matches!(command, Command::OpenFile { path, .. } if path.to_str() == Some("/tmp/x.wat")),
    );
    assert!(asked);
}

/// A file as the system hands it over when it is dropped.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        panic!("the window reads no file")
    }
}

impl Window {
    /// Drops files on the window; returns what the workers are asked to open.
    fn drop_files(&mut self, paths: &[&str]) -> Vec<(RequestId, PathBuf)> {
        let files = paths.iter().map(|path| Arc::new(Dropped(PathBuf::from(path))) as _);
        self.fake.sent.borrow_mut().clear();
        self.harness.input_mut().dropped_files = files.collect();
        self.harness.run();
        let sent = self.fake.sent.borrow();
        let asked = sent.iter().filter_map(|command| match command {
            Command::OpenFile { request, path } => Some((*request, path.clone())),
            _ => None,
        });
        asked.collect()
    }

    fn answer_open(&mut self, (request, path): (RequestId, PathBuf), result: Result<&[u8], &str>) {
        let result = result.map(|bytes| (bytes.into(), 0)).map_err(str::to_owned);
        self.hear(Event::FileOpened { request, path, result });
    }
}

#[test]
fn each_dropped_file_opens_in_a_tab_and_the_last_one_comes_to_the_front() {
    let mut window = Window::ready();
    let asked = window.drop_files(&["/x/one.wat", "/x/two.wasm", "/x/one.wat"]);
    assert_eq!(
        asked.iter().map(|(_, path)| path.display().to_string()).collect::<Vec<_>>(),
        ["/x/one.wat", "/x/two.wasm"]
    );
    window.answer_open(asked[0].clone(), Ok(b"(module (func $one))"));
    window.answer_open(asked[1].clone(), Ok(b"\0asm\x01\0\0\0"));
    window.harness.get_by_role_and_label(Role::Tab, "one.wat");
    let active = window.harness.state().state().active_source().map(|source| source.name.clone());
    assert_eq!(active.as_deref(), Some("two.wasm"));
    // One that is open already comes to the front, and nothing is read twice.
    assert_eq!(window.drop_files(&["/x/one.wat"]), []);
    let active = window.harness.state().state().active_source().map(|source| source.name.clone());
    assert_eq!(active.as_deref(), Some("one.wat"));
}

#[test]
fn what_is_dropped_and_can_not_be_opened_is_told_and_leaves_everything_as_it_was() {
    for (path, answer, told) in [
        (
            "/x/picture.png",
            Ok(&b"\x89PNG\r\n\x1a\n\0\xff"[..]),
            "`picture.png` is neither a WebAssembly binary nor text",
        ),
        (
            "/x/gone.wat",
            Err("can't read the file: there is no such file or folder: `/x/gone.wat`"),
            "can't read the file: there is no such file or folder: `/x/gone.wat`",
        ),
    ] {
        let mut window = Window::ready();
        let asked = window.drop_files(&[path]);
        window.answer_open(asked[0].clone(), answer);
        window.harness.get_by_label(told);
        assert_eq!(window.harness.state().state().sources.len(), 1, "{path}");
        assert!(window.harness.state().state().session.recent.is_empty(), "{path}");
    }
    let mut window = Window::ready();
    assert_eq!(window.drop_files(&[""]), []);
    window
        .harness
        .get_by_label("what was dropped is no file on disk: save it there first, then open the file");
}

#[test]
fn a_heap_of_dropped_files_is_opened_up_to_a_bound() {
    let mut window = Window::ready();
    let paths: Vec<String> = (0..200).map(|number| format!("/x/{number}.wat")).collect();
    let asked = window.drop_files(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(asked.len(), 32);
    window.harness.get_by_label("200 files were dropped; the first 32 are opened");
}

#[test]
fn files_that_are_held_over_the_window_are_named_until_they_are_gone() {
    let mut window = Window::ready();
    let hold = |window: &mut Window, paths: &[&str]| {
        let held = |path: &&str| egui::HoveredFile { path: Some(PathBuf::from(path)), ..Default::default() };
        window.harness.input_mut().hovered_files = paths.iter().map(held).collect();
        // While files are held, every frame asks for the next.
        window.harness.run_steps(4);
    };
    hold(&mut window, &["/x/one.wat"]);
    window.harness.get_by_label("Drop to open this file");
    window.harness.get_by_label("one.wat");
    let names: Vec<String> = (0..8).map(|number| format!("/x/{number}.wasm")).collect();
    hold(&mut window, &names.iter().map(String::as_str).collect::<Vec<_>>());
    window.harness.get_by_label("Drop to open 8 files");
    window.harness.get_by_label("and 3 more");
    hold(&mut window, &[]);
    assert!(window.harness.query_by_label("Drop to open 8 files").is_none());
}

#[test]
fn a_notice_is_a_toast_until_its_time_is_over() {
    let mut window = Window::ready();
    let notice = Notice { level: LogLevel::Warn, message: "the disk is slow".into(), details: None };
    window.hear(Event::Notice(notice));
    window.harness.get_by_label("the disk is slow");
    window.wait(10_000);
    assert!(window.harness.query_by_label("the disk is slow").is_none());
}

#[test]
fn the_smallest_window_shows_every_bar() {
    let mut window = Window::ready();
    window.harness.set_size(egui::vec2(1024.0, 700.0));
    window.harness.run();
    for (role, name) in [(Role::Button, "Help"), (Role::Button, "Commands"), (Role::Button, "Switch theme")] {
        let rect = window.harness.get_by_role_and_label(role, name).rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 1024.0, "{name}: {rect}");
    }
}

#[test]
fn the_smallest_window_cuts_no_tab_and_hides_no_build() {
    let mut window = Window::ready();
    window.harness.set_size(egui::vec2(1024.0, 700.0));
    window.harness.run();
    let rect =
        |window: &Window, role: Role, name: &str| window.harness.get_by_role_and_label(role, name).rect();
    // The columns: what begins the next one ends the one before.
    let (middle, right) =
        (rect(&window, Role::Tab, "Source").left(), rect(&window, Role::Tab, "Exports").left());
    for (tab, end) in [("Samples", middle), ("Outline", middle), ("Timing", right), ("Sizes", right)] {
        assert!(rect(&window, Role::Tab, tab).right() <= end, "{tab}");
    }
    window.harness.get_by_label_contains("compiled in ");
    // With every pane open there is not room for all of them, but for the one in front there is.
    for pane in ["Runtime", "Settings", "Fuel prices"] {
        window.click(Role::Button, "View");
        window.click(Role::MenuItemCheckBox, pane);
        let tab = rect(&window, Role::Tab, pane);
        assert!(tab.left() >= middle && tab.right() <= right, "{pane}: {tab}");
    }
    window.click(Role::Tab, "Timing");
    let tab = rect(&window, Role::Tab, "Timing");
    assert!(tab.left() >= middle && tab.right() <= right, "{tab}");
}

#[test]
fn every_menu_fits_into_the_smallest_window() {
    let mut window = Window::ready();
    window.harness.set_size(egui::vec2(1024.0, 700.0));
    window.harness.run();
    for menu in MENUS {
        window.click(Role::Button, menu.title);
        let ends = menu.entries.iter().flatten().copied();
        for command in ends {
            let role = if command.is_on(window.harness.state().state()).is_some() || command.pane().is_some()
            {
                Role::MenuItemCheckBox
            } else {
                Role::MenuItem
            };
            let rect = window.harness.get_by_role_and_label(role, command.label()).rect();
            assert!(
                rect.top() >= 0.0 && rect.bottom() <= 700.0,
                "{}, {}: {rect}",
                menu.title,
                command.label()
            );
        }
        window.harness.key_press(egui::Key::Escape);
        window.harness.run();
    }
}

/// Opens a file with these bytes.
fn open_file(window: &mut Window, name: &str, bytes: &[u8]) {
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::O);
    window.harness.run();
    window.harness.get_by_label("Path").type_text(name);
    window.harness.run();
    window.click(Role::Button, "Open");
    let request = window.fake.sent.borrow().iter().rev().find_map(|command| match command {
        Command::OpenFile { request, .. } => Some(*request),
        _ => None,
    });
    let request = request.expect("a file is to be read");
    window.hear(Event::FileOpened { request, path: name.into(), result: Ok((bytes.into(), 1)) });
}

#[test]
fn a_file_that_is_not_utf_8_says_so_above_its_text_and_takes_no_keys() {
    let mut window = Window::ready();
    open_file(&mut window, "/tmp/old.wat", b"(module) ;; caf\xE9\n");
    // The toast that says so too goes after a while; what stands above the text stays.
    window.wait(10_000);
    window.harness.get_by_label_contains("this file is in another encoding, not UTF-8");
    let editor = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Source");
    editor.focus();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Source").type_text("x");
    window.harness.run();
    assert!(window.harness.state().state().active_source().is_some_and(|source| !source.is_dirty));
}

#[test]
fn the_wheel_with_ctrl_changes_the_size_of_text_once_and_scrolls_nothing() {
    let mut window = Window::ready();
    let text = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Source").rect();
    let wheel = |lines: f32| egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: egui::vec2(0.0, lines),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::COMMAND,
    };
    window.harness.event(egui::Event::PointerMoved(text.center()));
    window.harness.run();
    for (lines, percent) in [(1.0, 110), (1.0, 120), (-1.0, 110), (-0.5, 110), (-0.5, 100)] {
        window.harness.event_modifiers(wheel(lines), egui::Modifiers::COMMAND);
        window.harness.run();
        assert_eq!(window.harness.state().state().settings.text_percent, percent, "{lines}");
        let factor = window.harness.ctx.zoom_factor();
        assert!((factor - f32::from(percent) / 100.0).abs() < 1e-3, "{factor}");
    }
    window.harness.event(egui::Event::PointerMoved(egui::pos2(20.0, 880.0)));
    window.harness.run();
    window.harness.event_modifiers(wheel(1.0), egui::Modifiers::COMMAND);
    window.harness.run();
    assert_eq!(window.harness.state().state().settings.text_percent, 100, "only over the text");
}
