//! The verb `run`: compiles a source, calls its exports and reports.
//!
//! Decides no exit code and prints no failure: both are the dispatcher's.

use std::ffi::OsString;
use std::sync::Arc;

use super::args::{CallArgs, CallVerb, Invoke, option_meant_by, parse_call_verb};
use super::failure::{Failure, location, shortened};
use super::input::Source;
use super::session::{Call, Made, Setting, Watch, drive};
use super::{Status, output, report, unwritable};
use crate::app::Settings;
use crate::engine::front::SizeCaps;
use crate::engine::{Build, BuildCache, CompileRequest, EngineSettings, Engines, PluginOptions, compile};
use crate::model::import_hints::import_hints;
use crate::model::interface::{ExternType, Import, Interface};
use crate::model::interface_json::{kind_word, type_text};
use crate::model::nearest::nearest;
use crate::model::operators::PriceChanges;
use crate::model::signature::FuncSignature;
use crate::model::value::parse_value;
use crate::worker::artefacts::ArtefactFolder;
use crate::worker::folders::{Folders, read_text};
use crate::worker::foreground;
use crate::worker::protocol::Notice;

/// Runs what the words ask for.
///
/// # Errors
///
/// Fails when the words are wrong or the source can't be read, compiled or linked.
pub(super) fn execute(words: &[OsString]) -> Result<Status, Failure> {
    let args = parse_call_verb(CallVerb::Run, words)?;
    let source = args.input.read()?;
    let engines = Engines::new();
    let build = build(&engines, &source, &args)?;
    let calls = calls(CallVerb::Run, &build, &args.invokes)?;
    if calls.is_empty()
        && !args.json
        && let Some(note) = uncalled(&build.interface)
    {
        output::tell(&note);
    }
    let watch = Arc::new(Watch::default());
    stop_on_ctrl_c(&watch);
    let repeat = args.repeat.unwrap_or(1);
    let default_priced = default_priced(&engines, &source, &args)?;
    let options = options(&args);
    let setting = Setting { build: Arc::clone(&build), default_priced, options, repeat };
    let mut written = Ok(());
    let mut print = |made: &Made| {
        if !args.json && written.is_ok() {
            written = output::to_stdout(&report::call(made, &source.file));
        }
    };
    let body = || drive(setting, &watch, &calls, &mut print);
    let session = foreground::run(&engines, build.thread_stack_bytes(), body)
        .map_err(|err| Failure::new(format!("can't start a thread for the plugin: {err}")))?
        .ok_or_else(|| Failure::new("the program failed inside, see above"))?
        .map_err(|imports| missing(&imports))?;
    let text = if args.json {
        report::run_json(&source, &build, &session)
    } else {
        report::summary(&source, &build, &session)
    };
    written.and_then(|()| output::to_stdout(&text)).map_err(|err| unwritable(&err))?;
    Ok(if session.is_success() { Status::Good } else { Status::GuestFailed })
}

/// Returns the options of the plugin.
pub(super) fn options(args: &CallArgs) -> PluginOptions {
    PluginOptions {
        limits: args.limits,
        rules: args.rules.clone(),
        stub_missing_imports: args.stub_missing_imports,
        keep_after_trap: args.keep_after_trap,
    }
}

/// Compiles the source, and tells on stderr what its author should know although it compiles.
pub(super) fn build(engines: &Engines, source: &Source, args: &CallArgs) -> Result<Arc<Build>, Failure> {
    let request = CompileRequest {
        source: &source.bytes,
        settings: &args.engine,
        caps: SizeCaps::default(),
        read_ns: Some(source.read_ns),
    };
    let cache = if args.is_cached { disk_cache() } else { BuildCache::new(0) };
    let build = compile(engines, &cache, &request)
        .map_err(|failure| Failure::of_source(source.file.clone(), failure.diagnostics))?;
    cache.save(&build, &source.file);
    let warnings = build.info.warnings.iter().map(|warning| {
        format!("{}: warning: {}", location(&source.file, Some(&warning.place)), warning.message)
    });
    let notices = build.info.notices.iter().map(|notice| format!("{}: note: {notice}", source.file));
    for line in warnings.chain(notices) {
        output::tell(&line);
    }
    Ok(build)
}

/// Compiles the source at the engine's own prices, where it is called at others.
fn default_priced(
    engines: &Engines,
    source: &Source,
    args: &CallArgs,
) -> Result<Option<Arc<Build>>, Failure> {
    if args.engine.prices.is_empty() || !args.engine.fuel {
        return Ok(None);
    }
    let settings = EngineSettings { prices: PriceChanges::default(), ..args.engine.clone() };
    let caps = SizeCaps::default();
    let request = CompileRequest { source: &source.bytes, settings: &settings, caps, read_ns: None };
    let build = compile(engines, &BuildCache::new(0), &request);
    build.map(Some).map_err(|failure| Failure::of_source(source.file.clone(), failure.diagnostics))
}

/// Opens the cache that the window keeps too, where and as large as the settings file says; in memory nothing
/// need be kept, since a run compiles once.
fn disk_cache() -> BuildCache {
    let folders = Folders::found();
    let file = folders.settings_file();
    let (settings, problems) = Settings::read(&file.as_deref().and_then(read_text).unwrap_or_default());
    let file = file.map_or_else(String::new, |file| file.display().to_string());
    for problem in problems {
        output::tell(&format!("note: {file}: {problem}"));
    }
    let Some(path) = settings.cache.disk_folder(folders.builds()) else { return BuildCache::new(0) };
    let (_, most_bytes) = settings.cache.bytes();
    let tell = Box::new(|notice: Notice| {
        let details = notice.details.map_or_else(String::new, |details| format!(" ({details})"));
        output::tell(&format!("note: {}{details}", notice.message));
    });
    BuildCache::with_store(0, Arc::new(ArtefactFolder::new(path, most_bytes, tell)))
}

/// Reads the values of all calls by the types of their exports, before anything runs.
pub(super) fn calls(verb: CallVerb, build: &Build, invokes: &[Invoke]) -> Result<Vec<Call>, Failure> {
    if build.info.kind.is_component() && !invokes.is_empty() {
        return Err(Failure::new("the functions of a component can't be called yet")
            .with_hint("without `--invoke` it is instantiated, and `inspect` shows its interface"));
    }
    invokes.iter().map(|invoke| call(verb, &build.interface, invoke)).collect()
}

fn call(verb: CallVerb, interface: &Interface, invoke: &Invoke) -> Result<Call, Failure> {
    let export = &invoke.export;
    let Some((_, signature)) = interface.exported_function(export) else {
        return Err(unknown_export(interface, export));
    };
    let (expected, given) = (signature.params.len(), invoke.words.len());
    if expected != given {
        let noun = if expected == 1 { "argument" } else { "arguments" };
        let failure = Failure::new(format!("`{export}` takes {expected} {noun}, not {given}"));
        return Err(failure.with_hint(count_hint(verb, signature, &invoke.words)));
    }
    let values = signature.params.iter().zip(&invoke.words).enumerate().map(|(index, (param, word))| {
        parse_value(word, &param.ty).map_err(|err| {
            let failure =
                Failure::new(format!("argument {} of `{export}`, {}: {err}", index + 1, param.label(index)));
            let option =
                option_meant_by(verb, word).map(|option| format!("did you mean the option `{option}`?"));
            match option.or(err.hint) {
                Some(hint) => failure.with_hint(hint),
                None => failure,
            }
        })
    });
    Ok(Call { export: export.clone(), args: values.collect::<Result<_, _>>()? })
}

fn count_hint(verb: CallVerb, signature: &FuncSignature, words: &[String]) -> String {
    match words.iter().find_map(|word| option_meant_by(verb, word)) {
        Some(option) => format!("did you mean the option `{option}`?"),
        None => format!("its type is {}", signature.with_names()),
    }
}

fn unknown_export(interface: &Interface, export: &str) -> Failure {
    if let Some(other) = interface.exports.iter().find(|other| other.name == export) {
        return Failure::new(format!("`{export}` is exported, but it is a {}", kind_word(&other.ty)));
    }
    let failure = Failure::new(format!("no function is exported as `{}`", shortened(export)));
    let mut names = interface.exported_functions().map(|(name, _, _)| name);
    match nearest(export, &mut names) {
        Some(meant) => failure.with_hint(format!("did you mean `{meant}`?")),
        None => failure.with_hint(exported(interface)),
    }
}

/// Says which functions a module exports.
fn exported(interface: &Interface) -> String {
    const MOST_NAMED: usize = 10;
    let names: Vec<_> = interface.exported_functions().map(|(name, _, _)| shortened(name)).collect();
    let listed = names.iter().take(MOST_NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "it exports no function".to_owned(),
        count if count > MOST_NAMED => format!("it exports {count} functions, such as {listed}"),
        _ => format!("it exports {listed}"),
    }
}

/// Tells somebody who asked for no call how to ask for one; nothing where there is none to make.
fn uncalled(interface: &Interface) -> Option<String> {
    let is_hook = |name: &str| matches!(name, "_initialize" | "_cleanup");
    if interface.exported_functions().all(|(name, _, _)| is_hook(name)) {
        return None;
    }
    let exported = exported(interface);
    Some(format!("note: no call was asked for: `--invoke NAME ARGS…` makes one; {exported}"))
}

pub(super) fn missing(imports: &[Import]) -> Failure {
    let headline = match imports.len() {
        1 => "nobody provides an import".to_owned(),
        count => format!("nobody provides {count} imports"),
    };
    let name = |import: &Import| match import.ty {
        ExternType::Component(_) => format!("`{}`", import.module),
        _ => format!("`{}.{}`", import.module, import.name),
    };
    let details: Vec<_> =
        imports.iter().map(|import| format!("{} {}", name(import), type_text(&import.ty))).collect();
    let mut hints = import_hints(imports);
    hints.push("`--stub-missing-imports` fills them with stubs that end the call which uses one".to_owned());
    Failure::new(headline).with_details(&details).with_hints(hints)
}

/// Has the first Ctrl+C end the running call, and the second the program.
pub(super) fn stop_on_ctrl_c(watch: &Arc<Watch>) {
    let watch = Arc::clone(watch);
    let handler = move || {
        if watch.cancel() {
            std::process::exit(i32::from(Status::GuestFailed as u8));
        }
    };
    if let Err(err) = ctrlc::set_handler(handler) {
        output::tell(&format!("note: Ctrl+C ends the program, not the call: {err}"));
    }
}
