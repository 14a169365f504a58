//! The whole window over a text of any length, with workers that answer between frames: what a frame costs is the
//! window's own.
//!
//! Knows nothing of what is measured.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Context, Event, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use wasm_workbench::app::{Now, Session, Source, Startup};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::{Build, BuildCache, CompileRequest, EngineSettings, Engines, compile};
use wasm_workbench::model::text::{FileContent, ReadFile, TextEditor};
use wasm_workbench::model::wat::WatReading;
use wasm_workbench::ui::theme::{self, Mode};
use wasm_workbench::ui::{Bridge, Workbench};
use wasm_workbench::worker::Workers;
use wasm_workbench::worker::protocol::{self, Command, Notice};
use wasm_workbench::worker::text_protocol::{TextCommand, TextEvent};

/// Source in the middle, with everything beside it that is made from a text.
const LAYOUT: &str = r#"{"row":{"children":[
    [232.0,{"tabs":{"children":[{"pane":"outline"}],"active":0}}],
    [836.0,{"column":{"children":[
        [70.0,{"tabs":{"children":[{"pane":"source"}],"active":0}}],
        [30.0,{"tabs":{"children":[{"pane":"problems"}],"active":0}}]]}}],
    [372.0,{"tabs":{"children":[{"pane":"exports"}],"active":0}}]]}}"#;

/// Size of the window.
const SIZE: egui::Vec2 = vec2(1440.0, 900.0);

/// Makes a module of so many lines; one function in ten calls the first one.
pub(crate) fn generated(num_lines: usize) -> String {
    let mut text = String::from("(module\n");
    for index in 0..num_lines.saturating_sub(2) / 5 {
        text.push_str(&format!(
            "  (func $f{index} (param i32) (result i32)\n    local.get 0 ;; the argument\n"
        ));
        let body = if index % 10 == 5 { "call $f0\n    nop" } else { "i32.const 12\n    i32.add" };
        text.push_str(&format!("    {body}\n  )\n"));
    }
    text.push_str(")\n");
    text
}

/// Keeps commands until they are answered, and hands out the answers.
#[derive(Default, Clone)]
struct Desk {
    sent: Rc<RefCell<VecDeque<Command>>>,
    events: Rc<RefCell<VecDeque<protocol::Event>>>,
}

impl Bridge for Desk {
    fn send(&self, command: Command) -> Result<(), Notice> {
        self.sent.borrow_mut().push_back(command);
        Ok(())
    }

    fn try_event(&self) -> Option<protocol::Event> {
        self.events.borrow_mut().pop_front()
    }
}

/// The window.
pub(crate) struct Rig {
    ctx: Context,
    workbench: Workbench,
    desk: Desk,
    time: Rc<Cell<Duration>>,
    number: u32,
    file: Vec<u8>,
    build: Option<Arc<Build>>,
    /// Whether the window has asked for another frame.
    wants_more: bool,
}

/// How long each frame took: logic, layout and tessellation, less what it waited for a processor.
#[derive(Default)]
pub(crate) struct Times(pub(crate) Vec<Duration>);

/// Takes a time without that in which other programs had the processor, where the system tells.
pub(crate) struct Watch {
    began: Instant,
    waited: Duration,
}

impl Watch {
    /// Begins.
    pub(crate) fn start() -> Self {
        let waited = waited();
        Self { began: Instant::now(), waited }
    }

    /// Returns how long it took so far.
    pub(crate) fn elapsed(&self) -> Duration {
        let took = self.began.elapsed();
        took.saturating_sub(waited().saturating_sub(self.waited))
    }
}

/// Returns how long this thread has waited for a processor since it began; nothing where that is not known.
fn waited() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split_ascii_whitespace().nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

impl Rig {
    /// Opens a window on a file with that content, which is still to be read.
    pub(crate) fn open(text: &str) -> Self {
        let desk = Desk::default();
        let files = vec!["small.wat".into(), "large.wat".into()];
        let mut rig = Self::over(files, Box::new(desk.clone()));
        rig.desk = desk;
        // A small text comes first, so that letters, panes and the box for a line have been laid out once.
        rig.file = generated(300).into_bytes();
        let large = rig.desk.sent.borrow_mut().pop_back();
        rig.answer();
        rig.frames(10, |_| Vec::new());
        rig.answer();
        rig.settle();
        rig.click(pos2(700.0, 300.0));
        rig.go_to(2, 3);
        rig.build = None;
        rig.file = text.as_bytes().to_vec();
        rig.desk.sent.borrow_mut().clear();
        rig.desk.sent.borrow_mut().extend(large);
        rig
    }

    /// Opens a window on a file, over real workers.
    pub(crate) fn with_workers(path: PathBuf, workers: Workers) -> Self {
        Self::over(vec![path], Box::new(workers))
    }

    fn over(files: Vec<PathBuf>, bridge: Box<dyn Bridge>) -> Self {
        let time = Rc::new(Cell::new(Duration::ZERO));
        let hand = Rc::clone(&time);
        let session = Session { layout: Some(LAYOUT.to_owned()), ..Session::default() };
        let startup = Startup {
            files,
            session: Some(session.to_json()),
            settings: Some("theme = \"dark\"".to_owned()),
            ..Startup::default()
        };
        let clock = Box::new(move || Now { since_start: hand.get(), unix_ms: 0 });
        let ctx = Context::default();
        theme::apply(&ctx, Mode::Dark);
        let workbench = Workbench::new(startup, bridge, clock);
        Self {
            ctx,
            workbench,
            desk: Desk::default(),
            time,
            number: 0,
            file: Vec::new(),
            build: None,
            wants_more: true,
        }
    }

    /// Returns the open source, once it is open.
    pub(crate) fn active_source(&self) -> Option<&Source> {
        self.workbench.state().active_source()
    }

    /// Returns the open source.
    pub(crate) fn source(&self) -> &Source {
        self.active_source().expect("a source is open")
    }

    /// Returns its text.
    pub(crate) fn editor(&self) -> &TextEditor {
        self.source().editor().expect("it is a text")
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, millis: u64) {
        self.time.set(self.time.get() + Duration::from_millis(millis));
    }

    /// Runs so many frames with the input that `events` makes of each one's number.
    pub(crate) fn frames(&mut self, count: usize, mut events: impl FnMut(usize) -> Vec<Event>) -> Times {
        let mut times = Times::default();
        for frame in 0..count {
            times.0.push(self.frame(events(frame)));
        }
        times
    }

    /// Runs frames without input until the window asks for none any more, a hundred at most.
    pub(crate) fn settle(&mut self) -> Times {
        let mut times = Times::default();
        while times.0.len() < 100 {
            times.0.push(self.frame(Vec::new()));
            if !self.wants_more {
                break;
            }
        }
        times
    }

    /// Presses a key and lets the window do what that brings.
    pub(crate) fn key(&mut self, key: Key, modifiers: Modifiers) -> Times {
        let pressed = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        let mut times = Times(vec![self.frame(vec![
            Event::ModifiersChanged(modifiers),
            pressed(true),
            pressed(false),
            Event::ModifiersChanged(Modifiers::NONE),
        ])]);
        times.add(self.settle());
        times
    }

    /// Types a text and lets the window do what that brings.
    pub(crate) fn type_text(&mut self, text: &str) -> Times {
        let mut times = Times(vec![self.frame(vec![Event::Text(text.to_owned())])]);
        times.add(self.settle());
        times
    }

    /// Puts the caret at a line and column by the keyboard.
    pub(crate) fn go_to(&mut self, line: usize, column: usize) -> Times {
        let mut times = self.key(Key::G, Modifiers::COMMAND);
        times.add(self.type_text(&format!("{line}:{column}")));
        times.add(self.key(Key::Enter, Modifiers::NONE));
        times
    }

    /// Clicks into the text, which gives it the keyboard.
    pub(crate) fn click(&mut self, at: Pos2) {
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.frame(vec![Event::PointerMoved(at), button(true)]);
        self.frame(vec![button(false)]);
        self.settle();
    }

    /// Moves the pointer.
    pub(crate) fn point(&mut self, at: Pos2) -> Times {
        Times(vec![self.frame(vec![Event::PointerMoved(at)])])
    }

    /// Returns the place of the control of that role and name.
    pub(crate) fn find(&mut self, role: Role, name: &str) -> Option<Rect> {
        self.ctx.enable_accesskit();
        let output = self.run(Vec::new());
        self.ctx.disable_accesskit();
        let update = output.platform_output.accesskit_update?;
        let is_it = |node: &egui::accesskit::Node| node.role() == role && node.label() == Some(name);
        let node = update.nodes.iter().find(|(_, node)| is_it(node))?;
        let bounds = node.1.bounds()?;
        #[allow(clippy::cast_possible_truncation, reason = "the window is 1440 points wide")]
        let rect = Rect::from_min_max(
            pos2(bounds.x0 as f32, bounds.y0 as f32),
            pos2(bounds.x1 as f32, bounds.y1 as f32),
        );
        Some(rect)
    }

    /// Answers what was asked for of files and leaves the rest unanswered.
    pub(crate) fn answer_files(&mut self) {
        self.desk.sent.borrow_mut().retain(|command| matches!(command, Command::OpenFile { .. }));
        self.answer();
    }

    /// Answers what was asked, as the workers would; takes as long as it takes, between two frames.
    pub(crate) fn answer(&mut self) {
        for command in self.desk.sent.take() {
            let events = self.answers(command);
            self.desk.events.borrow_mut().extend(events);
        }
    }

    fn answers(&mut self, command: Command) -> Vec<protocol::Event> {
        match command {
            Command::OpenFile { request, path } => {
                let read = ReadFile::new(self.file.clone().into());
                vec![protocol::Event::FileOpened { request, path, result: Ok((read, 1)) }]
            }
            Command::Compile { source, generation, content, settings, .. } => {
                let build = self.build(&content, &settings);
                let mut events = vec![protocol::Event::CompileStarted { source, generation }];
                if let FileContent::Text(buffer) = &content {
                    let reading = Arc::new(WatReading::new(buffer.to_shared()));
                    let version = buffer.version();
                    events.push(protocol::Event::TextRead { source, generation, version, reading });
                }
                events.push(protocol::Event::Compiled { source, generation, result: Ok(build) });
                events
            }
            Command::Text(TextCommand::Rewrite { request, text, how }) => {
                let result = how.run(&text).map(|made| made.map(Box::new));
                vec![protocol::Event::Text(TextEvent::Rewritten { request, result })]
            }
            _ => Vec::new(),
        }
    }

    /// Compiles the first text; later ones are near enough for what a window does with a build.
    fn build(&mut self, content: &FileContent, settings: &EngineSettings) -> Arc<Build> {
        if let Some(build) = &self.build {
            return Arc::clone(build);
        }
        let (source, caps) = (content.to_bytes(), SizeCaps::default());
        let request = CompileRequest { source: &source, settings, caps, read_ns: None };
        let build = compile(&Engines::new(), &BuildCache::new(0), &request).expect("the module is valid");
        Arc::clone(self.build.insert(build))
    }

    fn frame(&mut self, events: Vec<Event>) -> Duration {
        let watch = Watch::start();
        let output = self.run(events);
        let meshes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let took = watch.elapsed();
        assert!(!meshes.is_empty(), "something is painted");
        took
    }

    fn run(&mut self, events: Vec<Event>) -> egui::FullOutput {
        self.number += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(f64::from(self.number) / 60.0),
            focused: true,
            events,
            ..RawInput::default()
        };
        let mut output = self.ctx.run_ui(input, |ui| {
            self.workbench.logic(ui.ctx());
            self.workbench.ui(ui);
        });
        output.textures_delta.clear();
        let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min();
        self.wants_more = delay.is_some_and(|delay| delay < Duration::from_millis(20));
        output
    }
}

impl Times {
    /// Takes up the frames of somebody else.
    pub(crate) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Says how long the frames took and whether a bar was kept.
    pub(crate) fn row(mut self, what: &str, bar: Duration) -> String {
        self.0.sort_unstable();
        let at = |percent: usize| self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)];
        let verdict = if at(99) <= bar { "kept" } else { "MISSED" };
        format!(
            "  {what:<52} {:>5} frames  p50 {:>9.2?}  p99 {:>9.2?}  worst {:>9.2?}  {verdict}",
            self.0.len(),
            at(50),
            at(99),
            at(100)
        )
    }
}
