//! The panes that show figures, memory, calls and events, driven by accessible names.
//!
//! Knows no pixels; with `WORKBENCH_SHOTS` set to a folder, it leaves pictures there to look at.
#![cfg(feature = "gui")]

#[path = "panes_cases/costs.rs"]
mod costs;
#[path = "panes_cases/imports.rs"]
mod imports;
#[path = "panes_cases/metrics.rs"]
mod metrics;
mod panes_rig;
#[path = "panes_cases/prices.rs"]
mod prices;

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use panes_rig::{BOTH, Workers, call_often, end_call, log, make_ready, workbench};
use wasm_workbench::engine::{Engines, NoObserver, OperatorCounter, SharedObserver};
use wasm_workbench::model::cache::{CacheKey, CacheListing, CacheRow, CachedFacts};
use wasm_workbench::model::event::LogLevel;
use wasm_workbench::model::ids::{PluginId, RequestId};
use wasm_workbench::model::limits::Preset;
use wasm_workbench::model::operators::CountStep;
use wasm_workbench::model::proposal::Proposal;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::ui::{Workbench, icons};
use wasm_workbench::worker::protocol::{CacheCommand, Command, Event, PluginCommand};

/// Both faces of the window, with the word that pictures have for them.
const BOTH_FACES: [(Mode, &str); 2] = [(Mode::Dark, "dark"), (Mode::Light, "light")];

struct Window {
    harness: Harness<'static, Workbench>,
    workers: Workers,
}

impl Window {
    fn ready(mode: Mode, layout: Option<&str>) -> Self {
        let (workbench, workers) = workbench(layout, mode.word());
        let show = |ui: &mut egui::Ui, workbench: &mut Workbench| {
            workbench.logic(ui.ctx());
            workbench.ui(ui);
        };
        let builder = Harness::builder().with_size([1440.0, 900.0]);
        let builder = builder.with_context_setup(move |ctx| theme::apply(ctx, mode));
        // Only pictures need a render adapter.
        let builder = if std::env::var_os("WORKBENCH_SHOTS").is_some() { builder.wgpu() } else { builder };
        let mut window = Self { harness: builder.build_ui_state(show, workbench), workers };
        window.harness.run();
        make_ready(&window.workers, window.plugin());
        window.harness.run();
        window
    }

    /// Makes calls as somebody at work does: a few dozen, each with its details.
    fn called(mode: Mode, layout: Option<&str>, total: u64) -> Self {
        let mut window = Self::ready(mode, layout);
        window.limit();
        for number in 1..=total {
            end_call(&window.workers, window.plugin(), number, total);
        }
        window.harness.run();
        window
    }

    fn limit(&mut self) {
        self.click(Role::Button, "Default");
        self.click(Role::Button, Preset::Tutorial.label());
    }

    fn plugin(&self) -> PluginId {
        self.harness.state().state().selection.plugin.expect("a plugin is selected")
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.run();
    }

    fn type_into(&mut self, field: &str, text: &str) {
        self.harness.get_by_label(field).focus();
        self.harness.run();
        self.harness.get_by_label(field).type_text(text);
        self.harness.run();
    }

    fn go_to(&mut self, address: &str) {
        self.type_into("Go to address", address);
        self.harness.key_press(egui::Key::Enter);
        self.harness.run();
    }

    fn selected(&self) -> Option<u64> {
        self.harness.state().state().selected_plugin().and_then(|plugin| plugin.calls.selected)
    }

    fn value_of(&self, name: &str) -> Option<String> {
        self.harness.get_by_label(name).accesskit_node().value()
    }

    fn is_shown(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    /// Tells whether a figure stands right of its name, in the same line.
    fn is_beside(&self, name: &str, figure: &str) -> bool {
        let names = self.harness.get_all_by_label(name).map(|node| node.rect()).collect::<Vec<_>>();
        let figures = self.harness.query_all_by_label(figure).map(|node| node.rect()).collect::<Vec<_>>();
        names.iter().any(|name| {
            figures.iter().any(|rect| {
                let gap = rect.left() - name.right();
                (0.0..20.0).contains(&gap) && name.y_range().contains(rect.center().y)
            })
        })
    }

    /// Asserts that all of these are shown, none of them cut off by the window.
    fn assert_whole(&self, names: &[&str]) {
        assert!(!names.is_empty(), "nothing is looked for");
        let window = self.harness.ctx.viewport_rect();
        for name in names {
            let all: Vec<_> = self.harness.get_all_by_label(name).map(|node| node.rect()).collect();
            assert!(all.iter().any(|rect| window.contains_rect(*rect)), "{name} is cut off: {all:?}");
        }
    }

    fn shot(&mut self, name: &str) {
        let Ok(folder) = std::env::var("WORKBENCH_SHOTS") else { return };
        let picture = self.harness.render().expect("there is a render adapter");
        picture.save(format!("{folder}/{name}.png")).expect("the folder can be written");
    }
}

#[test]
fn a_million_calls_are_plotted_in_one_frame_and_a_click_selects_one() {
    let mut window = Window::ready(Mode::Dark, None);
    call_often(&window.workers, window.plugin(), 1_000_000);
    window.harness.run();
    let value = window.value_of("Timing plot");
    assert_eq!(value.as_deref(), Some("1000000 calls, 35001 failed, growth refused in 1"));
    window.click(Role::Figure, "Timing plot");
    let selected = window.selected().expect("the click selects a call");
    assert!((100_000..900_000).contains(&selected), "{selected} is not in the middle");
    window.shot("million-dark");
    window.harness.key_press(egui::Key::End);
    window.harness.run();
    assert_eq!(window.selected(), Some(1_000_000));
    window.harness.key_press(egui::Key::ArrowLeft);
    window.harness.run();
    assert_eq!(window.selected(), Some(999_999));
    window.click(Role::Tab, "Calls");
    window.harness.get_by_label("#999999 fib stopped by the fuel limit");
    window.harness.get_by_label("Only the figures of this call are kept");
}

#[test]
fn the_distribution_takes_the_place_of_the_plots_and_tells_exact_counts() {
    for (mode, face) in BOTH_FACES {
        let mut window = Window::called(mode, None, 94);
        let pane = window.harness.get_by_label("Timing plot").rect();
        window.click(Role::Button, "Distribution");
        assert!(!window.is_shown("Timing plot"));
        let value = window.value_of("Distribution of wall time").expect("the figure has a value");
        assert!(value.starts_with("94 calls, p50 "), "{value}");
        let foot = window.harness.get_by_label("wall time · 94 calls").rect();
        assert!(pane.expand(0.5).contains_rect(foot), "{foot} is cut off by {pane}");
        let rect = window.harness.get_by_label("Distribution of wall time").rect();
        window.harness.hover_at(egui::pos2(rect.left() + rect.width() * 0.05, rect.center().y));
        window.harness.run();
        assert!(window.harness.query_by_label_contains(" calls (").is_some(), "the bar tells its count");
        window.shot(&format!("distribution-{face}"));
        window.click(Role::Button, "Distribution");
        assert!(window.is_shown("Timing plot"));
    }
}

#[test]
fn the_distribution_of_a_million_calls_is_that_of_all_of_them() {
    let mut window = Window::ready(Mode::Dark, None);
    call_often(&window.workers, window.plugin(), 1_000_000);
    window.harness.run();
    window.click(Role::Button, "Distribution");
    assert!(window.is_shown("wall time · 1\u{202f}000\u{202f}000 calls"));
    window.shot("distribution-million-dark");
}

#[test]
fn a_click_on_a_row_selects_the_call_and_shows_all_of_it() {
    let mut window = Window::called(Mode::Dark, None, 94);
    window.click(Role::Tab, "Calls");
    assert_eq!(window.selected(), Some(94));
    assert!(window.harness.get_all_by_label("start_here.wat 19:7").count() > 1, "place and backtrace");
    window.shot("calls-dark");
    window.click(Role::ListItem, "#90 fib(24) returned");
    assert_eq!(window.selected(), Some(90));
    window.click(Role::Button, "Call again");
    let called = window.workers.sent.borrow().iter().any(|command| {
        matches!(command, Command::Plugin { command: PluginCommand::Call(request), .. } if &*request.export == "fib")
    });
    assert!(called);
}

#[test]
fn calls_are_filtered_by_text_and_outcome_and_sorted_by_a_column() {
    let mut window = Window::called(Mode::Dark, None, 94);
    window.click(Role::Tab, "Calls");
    window.type_into("Filter calls", "fuel limit");
    assert!(window.is_shown("4 found"));
    assert!(window.is_shown("#94 fib(24) stopped by the fuel limit"));
    assert!(!window.is_shown("#90 fib(24) returned"));
    window.type_into("Filter calls", " and more");
    assert!(window.is_shown("No call matches the filter"));
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.harness.key_press(egui::Key::Delete);
    window.harness.run();
    window.click(Role::Button, "All outcomes");
    window.click(Role::Button, "Stopped by you");
    assert!(window.is_shown("#50 fib(24) stopped by you") && window.is_shown("1 found"));
    window.click(Role::Button, "Stopped by you");
    window.click(Role::Button, "All outcomes");
    window.click(Role::ColumnHeader, "Sort by Wall time");
    let top = |window: &Window, name: &str| window.harness.get_by_label(name).rect().top();
    assert!(
        top(&window, "#94 fib(24) stopped by the fuel limit")
            < top(&window, "#92 fib(24) stopped by the fuel limit")
    );
}

#[test]
fn the_memory_pane_asks_for_what_is_in_view_and_no_more() {
    let mut window = Window::ready(Mode::Dark, None);
    assert!(window.workers.memory_requests().is_empty(), "nobody looks at memory yet");
    window.click(Role::Tab, "Memory");
    let requests = window.workers.memory_requests();
    let first = requests.last().expect("the pane asks");
    assert_eq!(first.address, 0);
    assert!(requests.iter().all(|request| request.bytes <= 64 * 64), "{requests:?}");
    window.go_to("page 7 + 0x10");
    let last = *window.workers.memory_requests().last().expect("the pane asks");
    let asked = last.address..last.address + u64::from(last.bytes);
    assert!(asked.contains(&(7 * 65_536 + 0x10)) && last.bytes <= 64 * 64, "{last:?}");
    let quiet = window.workers.memory_requests().len();
    window.harness.run_steps(5);
    assert_eq!(window.workers.memory_requests().len(), quiet, "what is there is not asked for again");
    window.click(Role::Tab, "Calls");
    let watched = window.harness.state().state().plugins.iter().any(|plugin| plugin.memory.is_watched);
    assert!(!watched, "nobody looks at memory any more");
}

#[test]
fn a_typed_value_is_written_at_the_selected_byte() {
    let mut window = Window::ready(Mode::Dark, None);
    window.click(Role::Tab, "Memory");
    window.go_to("272");
    window.harness.get_by_label("Go to 0x00000010");
    window.type_into("New value", "-2x");
    assert!(window.harness.get_by_label("Write").accesskit_node().is_disabled());
    window.harness.key_press(egui::Key::Backspace);
    window.harness.run();
    window.shot("memory-dark");
    window.click(Role::Button, "Write");
    let written = window.workers.sent.borrow().iter().find_map(|command| match command {
        Command::Plugin { command: PluginCommand::WriteMemory { address, bytes, .. }, .. } => {
            Some((*address, bytes.to_vec()))
        }
        _ => None,
    });
    assert_eq!(written, Some((272, vec![0xfe, 0xff, 0xff, 0xff])));
    window.harness.get_by_label("Undo write");
}

#[test]
fn events_are_filtered_paused_and_cleared() {
    let mut window = Window::ready(Mode::Dark, None);
    let plugin = window.plugin();
    log(&window.workers, plugin, LogLevel::Warn, "the cup is nearly full");
    log(&window.workers, plugin, LogLevel::Info, "pouring");
    window.harness.run();
    window.click(Role::Tab, "Events");
    window.shot("events-dark");
    let warning = "start_here Log the cup is nearly full";
    assert!(window.is_shown(warning) && window.is_shown("start_here Log pouring"));
    window.type_into("Filter events", "CUP");
    assert!(window.is_shown(warning) && !window.is_shown("start_here Log pouring"));
    window.click(Role::Button, "Show all events");
    window.click(Role::Button, "Pause events");
    log(&window.workers, plugin, LogLevel::Info, "spilt");
    window.harness.run();
    assert!(window.is_shown("paused, 1 held back") && !window.is_shown("start_here Log spilt"));
    window.click(Role::Button, "Resume events");
    assert!(window.is_shown("start_here Log spilt"));
    window.click(Role::Button, "Clear events");
    assert!(window.is_shown("Nothing has happened yet"));
}

/// Opens a pane by its entry in the View menu.
fn open(window: &mut Window, pane: &str) {
    window.click(Role::Button, "View");
    window.click(Role::MenuItemCheckBox, pane);
}

fn kept() -> CacheListing {
    let row = |key: u8, name: &str, memory, disk, hits| CacheRow {
        key: CacheKey([key; 32]),
        facts: CachedFacts {
            name: name.to_owned(),
            sha256: format!("{key:02x}").repeat(32),
            source_bytes: 1914,
            wasm_bytes: 296,
            made_in_ns: 3_200_000,
            made_unix_ms: 43_384_123,
            engine: "Cranelift, speed, fuel, call depth".to_owned(),
        },
        memory_bytes: memory,
        disk_bytes: disk,
        hits,
        used_unix_ms: 43_384_123,
    };
    CacheListing {
        rows: vec![
            row(0xa1, "math.wat", Some(7194), None, 3),
            row(0xb2, "go_plugin.wasm", Some(60_000_000), Some(41_000_000), 1),
            row(0xc3, "codec.wasm", None, Some(3_100_000), 0),
        ],
        most_memory_bytes: 512 << 20,
        most_disk_bytes: Some(512 << 20),
        folder: Some("/people/me/.cache/wasm-workbench/builds".into()),
    }
}

#[test]
fn the_runtime_pane_lists_what_is_kept_and_drops_one_build_or_all() {
    let mut window = Window::ready(Mode::Dark, None);
    open(&mut window, "Runtime");
    let asked = |window: &Window, wanted: CacheCommand| {
        let sent = window.workers.sent.borrow();
        sent.iter().any(|command| matches!(command, Command::Cache(command) if *command == wanted))
    };
    assert!(asked(&window, CacheCommand::List));
    window.workers.hear(Event::CacheListed(kept().into()));
    window.harness.run();
    for (name, figure) in [("Modules compiled", "1"), ("Plugins created", "1"), ("Executions", "0")] {
        assert!(window.is_beside(name, figure), "{figure} does not stand beside {name}");
    }
    assert!(window.is_shown("Hit rate") && window.is_shown("0 %"));
    assert!(window.is_shown("3 builds · 57 MiB of 512 MiB in memory · 42 MiB of 512 MiB on disk"));
    for row in [
        "math.wat a1a1a1a1 · 296 B · memory · 3 hits · ",
        "go_plugin.wasm b2b2b2b2 · 296 B · memory and disk · 1 hit · ",
        "codec.wasm c3c3c3c3 · 296 B · disk · 0 hits · ",
    ] {
        window.harness.get_by_label_contains(row);
    }
    window.click(Role::Button, "Remove go_plugin.wasm b2b2b2b2 from the cache");
    assert!(asked(&window, CacheCommand::Remove(CacheKey([0xb2; 32]))));
    window.click(Role::Button, "Clear cache");
    assert!(asked(&window, CacheCommand::Clear));
}

#[test]
fn a_switch_in_settings_makes_another_engine_and_plugins_say_which_they_live_in() {
    let mut window = Window::ready(Mode::Dark, None);
    open(&mut window, "Settings");
    window.harness.get_by_role_and_label(Role::CheckBox, "Bulk memory").click();
    window.harness.run_steps(12);
    let state = window.harness.state().state();
    assert!(!state.settings.engine.proposals.has(Proposal::BulkMemory));
    assert!(!state.settings.engine.proposals.has(Proposal::ReferenceTypes), "it needs bulk memory");
    let compiled = window.workers.sent.borrow().iter().any(|command| {
        matches!(command, Command::Compile { settings, .. } if !settings.proposals.has(Proposal::BulkMemory))
    });
    assert!(compiled);
    let plugin = window.harness.state().state().selected_plugin().expect("it lives");
    assert!(plugin.waiting_build.is_some(), "it keeps its engine");
    window.harness.get_by_label_contains("Build 2 is for another engine, and waits for Reload");
    let lives_in = "start_here Cranelift, speed, fuel, call depth";
    assert!(window.is_shown(lives_in), "it is the engine that it was made for");
    window.harness.get_by_role_and_label(Role::Button, "Reload start_here");
    window.harness.get_by_role_and_label(Role::Button, "Reset settings").click();
    window.harness.run_steps(12);
    assert!(window.harness.state().state().settings.engine.proposals.has(Proposal::ReferenceTypes));
}

#[test]
fn a_problem_that_needs_a_proposal_has_a_button_that_turns_it_on() {
    let mut window = Window::ready(Mode::Dark, None);
    let start = window.harness.state().state().sources.len();
    assert_eq!(start, 1);
    open(&mut window, "Settings");
    window.harness.get_by_role_and_label(Role::CheckBox, "Bulk memory").click();
    window.harness.run_steps(12);
    // The sample does not need it; a text that does is opened as a file.
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::O);
    window.harness.run();
    window.type_into("Path", "bulk.wat");
    window.harness.get_by_role_and_label(Role::Button, "Open").click();
    window.harness.run_steps(12);
    let request = window.workers.sent.borrow().iter().rev().find_map(|command| match command {
        Command::OpenFile { request, path } => Some((*request, path.clone())),
        _ => None,
    });
    let (request, path) = request.expect("the file is asked for");
    let text = "(module (memory 1) (func i32.const 0 i32.const 0 i32.const 0 memory.fill))";
    window.workers.hear(Event::FileOpened { request, path, result: Ok((text.as_bytes().into(), 1)) });
    window.harness.run();
    window.harness.get_by_role_and_label(Role::Button, "Turn on Bulk memory").click();
    window.harness.run_steps(12);
    assert!(window.harness.state().state().settings.engine.proposals.has(Proposal::BulkMemory));
    assert!(!window.is_shown("Turn on Bulk memory"));
}

#[test]
fn runtime_and_settings_are_drawn_in_both_faces() {
    for (mode, face) in BOTH_FACES {
        let mut window = Window::called(mode, None, 12);
        for pane in ["Runtime", "Settings"] {
            open(&mut window, pane);
            window.workers.hear(Event::CacheListed(kept().into()));
            window.harness.run();
            window.harness.get_by_role_and_label(Role::Tab, pane);
            window.assert_whole(words_of(pane));
            window.shot(&format!("{}-{face}", pane.to_lowercase()));
        }
        window.harness.set_size(egui::vec2(1024.0, 700.0));
        window.harness.run();
        for pane in ["Runtime", "Settings"] {
            window.click(Role::Tab, pane);
            window.assert_whole(words_of(pane));
            window.shot(&format!("{}-{face}-small", pane.to_lowercase()));
        }
    }
}

/// What must be in view when a pane is opened, beside its tab.
fn words_of(pane: &str) -> &'static [&'static str] {
    match pane {
        "Runtime" => &["SINCE THE START", "Modules compiled", "Compile time", "Executions", "Failed"],
        "Settings" => &["ENGINE", "Reset settings", "Compiler", "Compiles slowly, runs fast"],
        "Timing" => &["Timing plot", "Distribution"],
        "Memory" => &["Go to address"],
        "Calls" => &["Filter calls", "All outcomes"],
        "Events" => &["Filter events", "Pause events"],
        _ => &[],
    }
}

/// Returns the newest question about operators.
fn asked_to_count(window: &Window) -> (RequestId, OperatorCounter) {
    let sent = window.workers.sent.borrow();
    let asked = sent.iter().rev().find_map(|command| match command {
        Command::CountOperators { request, counter, .. } => Some((*request, (**counter).clone())),
        _ => None,
    });
    asked.expect("it was asked")
}

#[test]
fn operators_of_a_call_are_counted_listed_filtered_and_copied() {
    for (mode, face) in BOTH_FACES {
        let layout = BOTH.replace("timing", "operators");
        let mut window = Window::ready(mode, Some(&layout));
        window.click(Role::Button, "Count the selected call");
        assert!(asked_to_count(&window).1.replay.is_empty(), "nothing was called before");
        for number in 1..=3 {
            end_call(&window.workers, window.plugin(), number, 94);
        }
        window.harness.run();
        window.click(Role::Button, "Stop counting");
        let (request, _) = asked_to_count(&window);
        window.workers.hear(Event::OperatorsCounted { request, result: Ok(None) });
        window.harness.run();
        assert!(window.is_shown("Counting was stopped"));
        window.click(Role::Button, "Count the selected call");
        let (request, counter) = asked_to_count(&window);
        assert_eq!((counter.replay.len(), &*counter.call.export), (2, "fib"));
        window.workers.hear(Event::CountMoved { request, step: CountStep::Calling });
        window.harness.run();
        assert!(window.is_shown("fib(24) · the call runs"));
        let observer: SharedObserver = Arc::new(NoObserver);
        let counts = counter.count(&Engines::new(), &observer, &mut |_| true).expect("it can be counted");
        let result = Ok(counts.map(Arc::new));
        window.workers.hear(Event::OperatorsCounted { request, result });
        window.harness.run();
        assert!(window.is_shown("after 2 earlier calls, replayed"));
        window.shot(&format!("operators-{face}"));
        let first = window
            .harness
            .get_all_by_role(Role::ListItem)
            .filter(|row| row.accesskit_node().label().is_some_and(|label| label.ends_with(" fuel")));
        assert!(first.count() > 3, "operators are listed");
        // That call ended before the limits of a lesson stopped it, as the pretended workers had it.
        assert!(
            window.is_shown(&format!("{} Ended otherwise than call #3, which was: Returned", icons::WARNING))
        );
        window.click(Role::Button, "All operators");
        window.click(Role::DisclosureTriangle, "32-bit integers");
        window.shot(&format!("operators-classes-{face}"));
        window.click(Role::Button, "By class");
        window.type_into("Filter operators that ran", "i32.add");
        let rows = window
            .harness
            .query_all_by_label_contains(" fuel")
            .filter(|row| row.accesskit_node().role() == Role::ListItem);
        assert_eq!(rows.count(), 1, "the filter leaves one");
        window.harness.get_by_role_and_label(Role::Button, "Copy counts as CSV").click();
        let copied = (0..4).any(|_| {
            window.harness.run_steps(1);
            window.harness.output().platform_output.commands.iter().any(|command| {
                matches!(command, egui::OutputCommand::CopyText(text) if text.starts_with("operator,class,count"))
            })
        });
        assert!(copied, "the rows are in the clipboard");
    }
}

#[test]
fn every_pane_is_drawn_in_both_faces() {
    for (mode, face) in BOTH_FACES {
        let mut window = Window::called(mode, None, 94);
        window.assert_whole(words_of("Timing"));
        window.shot(&format!("timing-{face}"));
        for tab in ["Memory", "Calls", "Events"] {
            window.click(Role::Tab, tab);
            window.assert_whole(words_of(tab));
            if tab == "Memory" {
                window.go_to("256");
                window.workers.generation.set(3);
                end_call(&window.workers, window.plugin(), 95, 95);
                window.harness.run();
                window.harness.get_by_label_contains("00000100 e7 e7 e7 e7 00");
            }
            window.shot(&format!("{}-{face}", tab.to_lowercase()));
        }
        window.harness.set_size(egui::vec2(1024.0, 700.0));
        window.harness.run();
        for tab in ["Timing", "Memory", "Calls", "Events"] {
            window.click(Role::Tab, tab);
            window.assert_whole(words_of(tab));
            match tab {
                "Calls" => assert!(window.is_shown("#94 fib(24) stopped by the fuel limit")),
                "Events" => {
                    assert!(
                        window
                            .harness
                            .query_all_by_label_contains("start_here Executed fib")
                            .next()
                            .is_some()
                    );
                }
                "Timing" => {
                    let value = window.value_of("Timing plot");
                    assert_eq!(value.as_deref(), Some("95 calls, 8 failed, growth refused in 1"));
                }
                _ => assert!(window.harness.query_by_label_contains("00000100 e7 e7").is_some()),
            }
            window.shot(&format!("{}-{face}-small", tab.to_lowercase()));
        }
    }
}
