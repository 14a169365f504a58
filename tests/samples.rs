//! Runs the demo of every sample on the real engine and holds each call to what the header promises.
//!
//! Knows nothing of what single samples do: their headers say it.
#![allow(clippy::disallowed_methods, reason = "a test waits for the threads that it starts")]

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use wasm_workbench::engine::{
    BuildCache, CLEANUP_HOOK, CallRefusal, CompileRequest, CreateFailure, EngineSettings, Engines,
    NoObserver, Plugin, PluginOptions, compile, front::SizeCaps,
};
use wasm_workbench::model::call::{CallKind, CallRecord};
use wasm_workbench::model::interface::Interface;
use wasm_workbench::model::sample::{self, Sample, SampleCall};
use wasm_workbench::model::value::{Value, parse_value};

#[test]
fn every_sample_does_what_its_header_says() {
    let engines = Engines::new();
    let (ticker, ends) = mpsc::sync_channel::<()>(0);
    let shared = Arc::clone(&engines);
    // Ends when its sender is dropped.
    let tick = move || {
        while ends.recv_timeout(Duration::from_millis(2)) == Err(mpsc::RecvTimeoutError::Timeout) {
            shared.tick();
        }
    };
    let ticker_thread = named("ticker").spawn(tick).expect("a thread can be had");
    let cache = BuildCache::new(64 << 20);
    let problems =
        sample::all().iter().flat_map(|sample| problems_of(sample, &engines, &cache)).collect::<Vec<_>>();
    drop(ticker);
    ticker_thread.join().expect("the ticker does not panic");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// Runs one demo and lists what did not end as promised.
fn problems_of(sample: &'static Sample, engines: &Engines, cache: &BuildCache) -> Vec<String> {
    let settings = EngineSettings::default();
    let request = CompileRequest {
        source: sample.source.as_bytes(),
        settings: &settings,
        caps: SizeCaps::default(),
        read_ns: None,
    };
    let build = match compile(engines, cache, &request) {
        Ok(build) => build,
        Err(failure) => {
            let lines = failure.diagnostics.iter();
            return lines
                .map(|diagnostic| format!("{}:{}", sample.file_name(), diagnostic.to_line()))
                .collect();
        }
    };
    let options = PluginOptions {
        limits: sample.limits,
        stub_missing_imports: sample.stub_missing_imports,
        ..PluginOptions::default()
    };
    // Guest code needs a thread whose stack is larger than the one that the engine grants it.
    let stack_bytes = build.thread_stack_bytes();
    let demo = move || {
        let interface = Arc::clone(&build.interface);
        let plugin = Plugin::create(build, 1, options, Arc::new(NoObserver));
        Demo::new(plugin).run(sample, &interface)
    };
    let thread = named(&sample.file_name()).stack_size(stack_bytes).spawn(demo).expect("a thread can be had");
    thread.join().unwrap_or_else(|_| vec![format!("{}: panicked", sample.file_name())])
}

/// Begins a thread that a crash report can name.
fn named(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned())
}

/// A plugin together with the records that came about by themselves.
struct Demo {
    plugin: Option<Plugin>,
    records: Vec<CallRecord>,
    problems: Vec<String>,
}

impl Demo {
    fn new(created: Result<Plugin, CreateFailure>) -> Self {
        let mut demo = Self { plugin: None, records: Vec::new(), problems: Vec::new() };
        match created {
            Ok(mut plugin) => {
                demo.records = plugin.initialize();
                demo.plugin = Some(plugin);
            }
            Err(CreateFailure::Failed(record)) => demo.records.push(*record),
            Err(CreateFailure::MissingImports(imports)) => {
                demo.problems.push(format!("imports are missing: {imports:?}"));
            }
        }
        demo
    }

    fn run(mut self, sample: &Sample, interface: &Interface) -> Vec<String> {
        for call in &sample.calls {
            if let Err(problem) = self.check(call, interface) {
                self.problems.push(format!(
                    "{}:{}: `{}`: {problem}",
                    sample.file_name(),
                    call.line,
                    call.text
                ));
            }
        }
        // What failed without being announced would otherwise pass unseen.
        for record in &self.records {
            let is_announced = sample.calls.iter().any(|call| call.export == *record.export);
            if !is_announced && !record.is_success() {
                self.problems.push(format!(
                    "{}: `{}`: {:?}",
                    sample.file_name(),
                    record.export,
                    record.message
                ));
            }
        }
        self.problems
    }

    fn check(&mut self, call: &SampleCall, interface: &Interface) -> Result<(), String> {
        if call.kind() == CallKind::Export {
            let record = self.call(call, interface)?;
            return call.expect.matches(&record);
        }
        if call.export == CLEANUP_HOOK {
            self.records.extend(self.plugin.as_mut().and_then(Plugin::cleanup));
        }
        let record = self.records.iter().find(|record| *record.export == *call.export);
        call.expect.matches(record.ok_or("there is no record of it")?)
    }

    fn call(&mut self, call: &SampleCall, interface: &Interface) -> Result<CallRecord, String> {
        let plugin = self.plugin.as_mut().ok_or("there is no instance")?;
        let (_, signature) = interface.exported_function(&call.export).ok_or("there is no such export")?;
        let args = call.args.iter().zip(&signature.params).map(|(text, param)| parse_value(text, &param.ty));
        let args = args.collect::<Result<Vec<Value>, _>>().map_err(|err| err.to_string())?;
        if args.len() != call.args.len() {
            return Err("there are more arguments than parameters".to_owned());
        }
        if plugin.needs_renewal() {
            plugin.renew().map_err(|failure| format!("{failure:?}"))?;
            plugin.initialize();
        }
        plugin.call(&call.export, &args).map_err(|refusal: CallRefusal| refusal.to_string())
    }
}
