//! A window over workers that answer by themselves, with a plugin that has been called as often as wanted.
//!
//! Knows nothing of what a test looks for; the benchmark of a frame uses it too.
#![allow(dead_code, reason = "the tests and the benchmark each use a part of it")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "figures and bytes are invented here, and any would do"
)]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use wasm_workbench::app::{Now, Session, Startup};
use wasm_workbench::engine::front::SizeCaps;
use wasm_workbench::engine::listing::{Listing, Matcher, whole_text};
use wasm_workbench::engine::sizes::sizes;
use wasm_workbench::engine::{BuildCache, CompileRequest, Engines, compile};
use wasm_workbench::model::build::Phases;
use wasm_workbench::model::call::{
    CallKind, CallRecord, CallSample, DeniedGrowth, EndDetails, Frame, GrowthBound, Outcome, TrapKind,
};
use wasm_workbench::model::diagnostic::Place;
use wasm_workbench::model::event::LogLevel;
use wasm_workbench::model::ids::{CallId, PluginId};
use wasm_workbench::model::lifecycle::{PluginState, StateChange};
use wasm_workbench::model::limits::{LimitKind, Preset};
use wasm_workbench::model::measured::Measured;
use wasm_workbench::model::memory::{MemoryInfo, MemoryRequest, MemoryWindow, PageUse};
use wasm_workbench::model::text::SourceText;
use wasm_workbench::model::value::Value;
use wasm_workbench::ui::{Bridge, Workbench};
use wasm_workbench::worker::listing_protocol::{ListingCommand, ListingEvent, SearchEnd};
use wasm_workbench::worker::protocol::{Command, Event, Notice, PluginCommand, PluginEvent};

/// Pages of the memory that the workers pretend to have.
pub(crate) const PAGES: u64 = 12;

/// Layout with Timing and Memory both in view.
pub(crate) const BOTH: &str = r#"{"row":{"children":[
    [232.0,{"tabs":{"children":[{"pane":"plugins"},{"pane":"samples"}],"active":0}}],
    [836.0,{"column":{"children":[
        [30.0,{"tabs":{"children":[{"pane":"source"}],"active":0}}],
        [35.0,{"tabs":{"children":[{"pane":"timing"}],"active":0}}],
        [35.0,{"tabs":{"children":[{"pane":"memory"}],"active":0}}]]}}],
    [372.0,{"column":{"children":[
        [22.0,{"tabs":{"children":[{"pane":"exports"}],"active":0}}],
        [38.0,{"tabs":{"children":[{"pane":"call"}],"active":0}}],
        [40.0,{"tabs":{"children":[{"pane":"limits"}],"active":0}}]]}}]]}}"#;

/// Workers that compile at once, and answer what they are asked about memory.
#[derive(Default, Clone)]
pub(crate) struct Workers {
    pub(crate) sent: Rc<RefCell<Vec<Command>>>,
    events: Rc<RefCell<VecDeque<Event>>>,
    /// Counts calls; bytes of the memory depend on it.
    pub(crate) generation: Rc<Cell<u64>>,
    /// Whether nothing is answered about listings, since the test does that.
    pub(crate) is_silent: Rc<Cell<bool>>,
}

impl Bridge for Workers {
    fn send(&self, command: Command) -> Result<(), Notice> {
        if let Command::Plugin { plugin, command: PluginCommand::ReadMemory(request) } = &command {
            let event = PluginEvent::Memory(self.window(*request));
            self.hear(Event::Plugin { plugin: *plugin, event });
        }
        if let Command::Plugin { plugin, command: PluginCommand::SetOptions(options) } = &command {
            self.plugin(*plugin, PluginEvent::LimitsSet(options.limits));
        }
        if let Command::Compile { source, generation, content, settings, .. } = &command {
            let caps = SizeCaps::default();
            let request = CompileRequest { source: &content.to_bytes(), settings, caps, read_ns: None };
            let mut result = compile(&Engines::new(), &BuildCache::new(0), &request).map_err(Arc::new);
            // Compiling takes another time on every computer; what is shown of it does not.
            if let Ok(build) = &mut result {
                let build = Arc::get_mut(build).expect("a cache without room keeps no build");
                build.info.phases =
                    Phases { parse: Some(140_000), compile: Some(3_060_000), ..Phases::default() };
            }
            self.hear(Event::Compiled { source: *source, generation: *generation, result });
        }
        if let Command::Listing(command) = &command
            && !self.is_silent.get()
        {
            self.answer_listing(command.clone());
        }
        self.sent.borrow_mut().push(command);
        Ok(())
    }

    fn try_event(&self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }
}

impl Workers {
    pub(crate) fn hear(&self, event: Event) {
        self.events.borrow_mut().push_back(event);
    }

    pub(crate) fn plugin(&self, plugin: PluginId, event: PluginEvent) {
        self.hear(Event::Plugin { plugin, event });
    }

    /// Answers about listings and sizes as the workers would.
    fn answer_listing(&self, command: ListingCommand) {
        let event = match command {
            ListingCommand::Make { source, generation, wasm } => {
                let result = Listing::index(wasm, &mut |_, _| true).map(Arc::new);
                let result = result.map_err(|err| err.to_string());
                ListingEvent::Made { source, generation, result }
            }
            ListingCommand::Print { source, generation, listing, pages } => {
                let pages = pages.into_iter().map(|page| (page, Arc::new(listing.page_numbered(page))));
                ListingEvent::Printed { source, generation, pages: pages.collect() }
            }
            ListingCommand::Search { source, number, listing, pattern } => {
                let mut found = Vec::new();
                let end = match Matcher::new(&pattern) {
                    Ok(matcher) => {
                        let searched = listing.search(&matcher, &mut |_, _| true, &mut |line| {
                            found.push(line);
                            true
                        });
                        searched.map_or(SearchEnd::Stopped, |()| SearchEnd::Complete)
                    }
                    Err(message) => SearchEnd::Refused(message),
                };
                ListingEvent::Searched { source, number, found, percent: 100, end: Some(end) }
            }
            ListingCommand::Whole { request, wasm } => {
                let result = whole_text(&wasm, 16 << 20).map(|text| Box::new(SourceText::new(&text)));
                ListingEvent::Whole { request, result }
            }
            ListingCommand::Copy { request, listing, stretch } => {
                let result = listing.text_of(&stretch, 16 << 20, &mut |_, _| true);
                ListingEvent::Copied { request, result }
            }
            ListingCommand::Measure { source, generation, wasm } => {
                let result = sizes(&wasm).map(Arc::new).map_err(|err| err.to_string());
                ListingEvent::Measured { source, generation, result }
            }
            ListingCommand::StopSearch => return,
        };
        self.hear(Event::Listing(event));
    }

    /// Lists what was asked of memory, oldest first.
    pub(crate) fn memory_requests(&self) -> Vec<MemoryRequest> {
        let sent = self.sent.borrow();
        let requests = sent.iter().filter_map(|command| match command {
            Command::Plugin { command: PluginCommand::ReadMemory(request), .. } => Some(*request),
            _ => None,
        });
        requests.collect()
    }

    fn window(&self, request: MemoryRequest) -> MemoryWindow {
        let generation = self.generation.get();
        let size = PAGES * 65_536;
        let end = (request.address + u64::from(request.bytes)).min(size);
        let page_use = |page: u64| match page {
            0 | 3..=5 => PageUse::Used,
            7 => PageUse::Changed,
            _ => PageUse::Zero,
        };
        MemoryWindow {
            memory: request.memory,
            address: request.address,
            bytes: (request.address..end).map(|address| byte_at(address, generation)).collect(),
            memories: vec![MemoryInfo {
                index: 0,
                name: Some("memory".to_owned()),
                bytes: size,
                page_size: 65_536,
                maximum_pages: Some(16),
            }],
            pages: request.with_pages.then(|| (0..PAGES).map(page_use).collect()),
            generation,
            is_live: false,
        }
    }
}

/// The byte that the pretended memory holds after so many calls.
pub(crate) fn byte_at(address: u64, generation: u64) -> u8 {
    const TEXT: &[u8] = b"Hello from linear memory! ";
    match address {
        16..200 => TEXT[(address as usize - 16) % TEXT.len()],
        256..260 => (generation * 77) as u8,
        272..280 => [0x10, 0, 0, 0, 0, 0, 0x80, 0x3f][address as usize - 272],
        512..1024 if address.is_multiple_of(3) => (address * 31) as u8,
        _ => 0,
    }
}

/// Makes a window with a layout of its panes, in a theme by its word.
pub(crate) fn workbench(layout: Option<&str>, theme: &str) -> (Workbench, Workers) {
    let workers = Workers::default();
    let session = Session { layout: layout.map(str::to_owned), ..Session::default() };
    let startup = Startup {
        session: Some(session.to_json()),
        settings: Some(format!("theme = {theme:?}")),
        ..Startup::default()
    };
    let clock = Box::new(|| Now { unix_ms: 43_384_123, ..Now::default() });
    (Workbench::new(startup, Box::new(workers.clone()), clock), workers)
}

/// Brings a plugin into the state in which it waits for calls, under the limits of a lesson.
pub(crate) fn make_ready(workers: &Workers, plugin: PluginId) {
    let change = StateChange {
        from: PluginState::Created,
        to: PluginState::Ready,
        at_unix_ms: 0,
        reason: String::new(),
    };
    workers.plugin(plugin, PluginEvent::StateChanged(change));
}

/// The figures of call `number` of `total`: work grows, and the last ones are stopped.
pub(crate) fn sample(number: u64, total: u64) -> CallSample {
    let share = number as f64 / total.max(1) as f64;
    let noise = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as f64 / 1024.0;
    let work = (share - 0.5).max(0.0) * 2.0;
    let fuel = (8.0 * (work * 11.7).exp()) as u64;
    let is_stopped = share > 0.965;
    let outcome = match number {
        _ if is_stopped => Outcome::Limit(LimitKind::Fuel),
        _ if number % 61 == 17 && total < 1000 => Outcome::Trapped(TrapKind::IntegerDivideByZero),
        _ if number == 50 => Outcome::Cancelled,
        _ => Outcome::Returned,
    };
    CallSample {
        started_ns: number * 1_000_000,
        wall_ns: 180 + (noise * 60.0) as u64 + fuel / 2 + if number % 20 == 7 { 4000 } else { 0 },
        fuel: Measured::Exact(fuel),
        peak_memory_pages: 1 + (share * 5.0) as u64 * 2,
        peak_call_depth: Measured::Exact(1 + (work * 22.0) as u64),
        outcome,
        was_denied: number == total / 3,
        export: 0,
    }
}

/// Lets the window hear of calls that were repeated.
pub(crate) fn call_often(workers: &Workers, plugin: PluginId, total: u64) {
    let samples = (1..=total).map(|number| sample(number, total)).collect();
    let event =
        PluginEvent::CallSamples { call: CallId(1), export: "fib".into(), samples, done: total, total };
    workers.plugin(plugin, event);
}

/// Lets the window hear of the end of a call that a limit stopped, with everything that is known of it.
pub(crate) fn end_call(workers: &Workers, plugin: PluginId, number: u64, total: u64) {
    let sample = sample(number, total);
    let place = Place {
        function: Some("fib".to_owned()),
        index: Some(1),
        line: Some(19),
        column: Some(7),
        offset: Some(0x9a),
    };
    let is_success = sample.outcome == Outcome::Returned;
    let denied = DeniedGrowth {
        what: LimitKind::MemoryPages,
        growth: 1,
        bound: GrowthBound::Total,
        requested: 20,
        size: 20,
        limit: Some(16),
        maximum: None,
        collector: false,
        place: Some(place.clone()),
        nth: 1,
    };
    let record = CallRecord {
        number,
        kind: CallKind::Export,
        export: "fib".into(),
        args: vec![Value::I32(24)],
        results: if is_success { vec![Value::I32(46_368)] } else { Vec::new() },
        outcome: sample.outcome,
        message: (!is_success).then(|| "used 40 000 of 40 000 fuel".to_owned()),
        hint: (!is_success).then(|| "it needs about 927 000 fuel to return".to_owned()),
        note: None,
        place: (!is_success).then(|| place.clone()),
        backtrace: if is_success { Vec::new() } else { vec![Frame { place }; 23] },
        wall_ns: sample.wall_ns,
        fuel: sample.fuel,
        peak_memory_pages: sample.peak_memory_pages,
        peak_table_elements: 1,
        peak_call_depth: sample.peak_call_depth,
        fresh_instance: false,
        denied: if sample.was_denied { vec![denied] } else { Vec::new() },
        refused_growths: u64::from(sample.was_denied),
        end: EndDetails::default(),
        instances: 1,
        rule: None,
        wasm_stack_bytes: 512 * 1024,
        limits: Preset::Tutorial.limits(),
        build: 1,
        started_ns: sample.started_ns,
    };
    let event = PluginEvent::CallEnded { call: None, record: Box::new(record), is_sampled: false };
    workers.plugin(plugin, event);
}

/// Lets the window hear what a guest logs.
pub(crate) fn log(workers: &Workers, plugin: PluginId, level: LogLevel, text: &str) {
    workers.plugin(plugin, PluginEvent::Logged { level, text: text.to_owned() });
}
