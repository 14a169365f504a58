//! Golden tests of the verbs: each file in `tests/golden` is what one command prints and how it ends.
//!
//! Knows nothing of the library; it runs the program. `BLESS=1` writes the files anew. Times are masked,
//! and what depends on the machine where a case says so; fuel, bytes and hashes are exact.
#![allow(clippy::disallowed_methods, reason = "goldens and inputs are files, and no window waits for them")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

mod cli_cases;

use cli_cases::{CASES, Case, Mask};

#[test]
fn each_command_prints_what_its_golden_says() {
    let is_blessing = std::env::var_os("BLESS").is_some();
    let mut problems = Vec::new();
    for case in CASES {
        let actual = transcript(case);
        let path = golden_folder().join(format!("{}.txt", case.name));
        if is_blessing {
            fs::write(&path, &actual).expect("the folder of goldens can be written");
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(expected) if expected == actual => {}
            Ok(expected) => problems.push(format!("{}\n{}", case.name, difference(&expected, &actual))),
            Err(err) => problems.push(format!("{}: no golden, run with BLESS=1: {err}", case.name)),
        }
    }
    assert!(problems.is_empty(), "{} goldens differ:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn each_golden_belongs_to_a_case() {
    let names: BTreeSet<String> = CASES.iter().map(|case| format!("{}.txt", case.name)).collect();
    assert_eq!(names.len(), CASES.len(), "two cases have the same name");
    let files = fs::read_dir(golden_folder()).expect("there is a folder of goldens");
    let files = files.map(|file| file.expect("the folder can be read").file_name().display().to_string());
    let orphans: Vec<_> = files.filter(|file| !names.contains(file)).collect();
    assert!(orphans.is_empty(), "goldens without a case: {orphans:?}");
}

#[test]
fn every_option_is_in_some_case_and_in_the_help() {
    let help =
        fs::read_to_string(golden_folder().join("help_run.txt")).expect("there is a golden of the help");
    for option in [
        "--json",
        "--repeat",
        "--limits",
        "--max-fuel",
        "--max-memory-pages",
        "--max-growth-pages",
        "--limit-for",
        "--max-table-elements",
        "--max-instances",
        "--max-execution-time-ms",
        "--max-call-depth",
        "--trap-on-refused-growth",
        "--stub-missing-imports",
        "--prices",
        "--keep-after-trap",
        "--wasm-stack",
        "--compiler",
        "--opt-level",
        "--enable",
        "--disable",
        "--no-cache",
        "--invoke",
    ] {
        let is_used = |case: &&Case| case.command.split(' ').any(|word| word == option);
        assert!(CASES.iter().any(|case| is_used(&case)), "{option} is never used");
        assert!(help.contains(&format!("\n  {option} ")), "{option} is not in the help");
    }
}

#[test]
fn every_option_of_bench_is_in_some_case_and_in_its_help() {
    let help = fs::read_to_string(golden_folder().join("help_bench.txt")).expect("there is a golden");
    for option in ["--seconds", "--repeat", "--warm-up", "--invoke", "--json"] {
        let is_used = |case: &&Case| {
            let words: Vec<_> = case.command.split(' ').collect();
            words[0] == "bench" && words.contains(&option)
        };
        assert!(CASES.iter().any(|case| is_used(&case)), "{option} is never used");
        assert!(help.contains(&format!("\n  {option} ")), "{option} is not in the help");
    }
}

#[test]
fn a_call_that_is_too_short_for_the_clock_is_timed_in_batches() {
    let output = program()
        .args([
            "bench",
            "sample_plugins/math.wat",
            "--json",
            "--repeat",
            "20000",
            "--invoke",
            "add",
            "1",
            "2",
        ])
        .output()
        .expect("the program starts");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is JSON");
    assert_eq!((output.status.code(), report["calls"].as_u64()), (Some(0), Some(20_000)));
    let figures = ["min", "p50", "p95", "p99", "max"].map(|name| report["wall_ns"][name].as_f64());
    assert!(figures.iter().all(Option::is_some) && figures.is_sorted(), "{figures:?}");
    // No clock is so fine that a look at it is a twentieth of an addition.
    assert_eq!(report["batched"], true);
    assert!(report["calls_per_batch"].as_u64() > Some(1));
    assert!(report["note"].as_str().is_some_and(|note| note.contains("in batches of ")));
    assert!(report["calls_per_second"].as_f64() > Some(0.0));
}

#[test]
fn few_calls_are_batched_as_well_and_one_call_says_that_it_can_not_be() {
    for (calls, warm_up) in [(2, 100), (30, 0), (30, 100), (100, 0), (1000, 0)] {
        let (status, report) = bench(
            "sample_plugins/math.wat",
            &["--repeat", &calls.to_string(), "--warm-up", &warm_up.to_string(), "--invoke", "add", "1", "2"],
        );
        assert_eq!((status, report["calls"].as_u64()), (Some(0), Some(calls)), "{report}");
        assert_eq!(
            (&report["batched"], report["warm_up_calls"].as_u64()),
            (&true.into(), Some(warm_up)),
            "{report}"
        );
        assert!(report["calls_per_batch"].as_u64() <= Some(calls), "{report}");
    }
    let (_, report) = bench("sample_plugins/math.wat", &["--repeat", "1", "--invoke", "add", "1", "2"]);
    assert_eq!((&report["batched"], &report["calls"]), (&false.into(), &1.into()));
    let note = report["note"].as_str().expect("an addition is too short for any clock");
    assert!(note.contains("dominates") && note.ends_with("one call makes no batch"), "{note}");
}

#[test]
fn a_benchmark_counts_refused_growth_and_may_go_on_after_a_trap() {
    let growing = ["--repeat", "1000", "--warm-up", "20", "--max-memory-pages", "16", "--invoke", "grow"];
    let (status, report) = bench("tests/plugins/trap_between.wat", &growing);
    // Of 1020 calls the first fifteen get their page.
    assert_eq!((status, &report["refused_growths"]), (Some(0), &1005.into()), "{report}");
    let calls = [
        "--repeat",
        "3",
        "--warm-up",
        "0",
        "--invoke",
        "next",
        "--invoke",
        "trap",
        "--invoke",
        "expect",
        "1",
    ];
    let (status, report) = bench("tests/plugins/trap_between.wat", &calls);
    assert_eq!(
        (status, &report["export"], &report["calls"]),
        (Some(1), &"trap".into(), &0.into()),
        "{report}"
    );
    let (status, report) =
        bench("tests/plugins/trap_between.wat", &[&["--keep-after-trap"], &calls[..]].concat());
    assert_eq!(
        (status, &report["export"], &report["calls"]),
        (Some(0), &"expect".into(), &3.into()),
        "{report}"
    );
    assert_eq!((&report["outcome"], &report["failure"]), (&"returned".into(), &serde_json::Value::Null));
}

/// Runs `bench` and returns how it ended and its document.
fn bench(file: &str, words: &[&str]) -> (Option<i32>, serde_json::Value) {
    let output = program().args(["bench", file, "--json"]).args(words).output().expect("the program starts");
    (output.status.code(), serde_json::from_slice(&output.stdout).expect("stdout is JSON"))
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_every_verb_that_calls_with_a_document() {
    for (verb, is_json) in
        ["limits", "bench", "operators", "run"].into_iter().flat_map(|verb| [(verb, false), (verb, true)])
    {
        let mut child = program()
            .args([verb, "tests/plugins/log_and_spin.wat", "--limits", "unlimited"])
            .args(if is_json { &["--json"][..] } else { &[] })
            .args(["--invoke", "forever"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let mut line = String::new();
        // The guest says that it runs, so that there is a call to cancel.
        stderr.read_line(&mut line).expect("stderr is text");
        assert_eq!(line, "[info] running\n");
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(killed.expect("there is a `kill`").success());
        let mut told = String::new();
        child.stdout.take().expect("stdout is piped").read_to_string(&mut told).expect("stdout is text");
        let status = child.wait().expect("the program ends");
        assert_eq!(status.code(), Some(1), "{verb}");
        if is_json {
            let document: serde_json::Value = serde_json::from_str(&told).expect("stdout is JSON");
            let call = if verb == "run" { &document["calls"][0] } else { &document };
            assert_eq!(
                (&call["export"], &call["outcome"]),
                (&"forever".into(), &"cancelled".into()),
                "{verb}"
            );
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    // A text that no pipe takes at once, so that the reader is missed in the middle of it too.
    let many = format!("(module {})", "(func nop nop)".repeat(20_000));
    for (words, source) in [(&["inspect", "-", "--json"][..], "(module)"), (&["print", "-"], &many)] {
        let mut child = program()
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // Nobody reads any more before there is anything to write.
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin.write_all(source.as_bytes()).expect("the program reads its input");
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_can_not_be_written_is_a_failure() {
    let full = File::options().write(true).open("/dev/full").expect("Linux has this device");
    let output = program()
        .args(["run", "sample_plugins/math.wat", "--invoke", "add", "1", "2"])
        .stdout(full)
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: can't write to standard output"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_cancels_the_running_call_and_those_after_it() {
    let mut child = program()
        .args(["run", "tests/plugins/log_and_spin.wat", "--limits", "unlimited", "--json"])
        .args(["--invoke", "forever", "--invoke", "answer"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
    let mut line = String::new();
    // The guest says that it runs, so that there is a call to cancel.
    stderr.read_line(&mut line).expect("stderr is text");
    assert_eq!(line, "[info] running\n");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("there is a `kill`").success());
    let mut json = String::new();
    child.stdout.take().expect("stdout is piped").read_to_string(&mut json).expect("stdout is text");
    let status = child.wait().expect("the program ends");
    let document: serde_json::Value = serde_json::from_str(&json).expect("stdout is JSON");
    let ends = document["calls"].as_array().expect("calls are a list").iter();
    let ends: Vec<_> = ends.map(|call| (call["export"].as_str(), call["outcome"].as_str())).collect();
    assert_eq!(ends, [(Some("forever"), Some("cancelled")), (Some("answer"), Some("cancelled"))]);
    assert_eq!((status.code(), document["state"].as_str()), (Some(1), Some("error")));
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_read_or_refused_like_any_other() {
    use std::os::unix::ffi::OsStringExt as _;
    let path = PathBuf::from(std::ffi::OsString::from_vec(b"tests/no_such_\xff_file".to_vec()));
    let output = program().arg("inspect").arg(path).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no such file"), "{output:?}");
}

#[test]
fn without_a_display_the_bare_command_names_every_verb() {
    let mut command = program();
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    // Elsewhere there always is a display.
    if cfg!(any(windows, target_os = "macos")) {
        return;
    }
    let output = command.output().expect("the program starts");
    let told = text(&output.stderr);
    assert_eq!((output.status.code(), told.lines().count()), (Some(2), 1), "{told}");
    let help = fs::read_to_string(golden_folder().join("help.txt")).expect("there is a golden of the help");
    let verbs = help.lines().filter_map(|line| line.strip_prefix("  wasm-workbench ")?.split(' ').next());
    for verb in verbs.filter(|verb| verb.starts_with(|c: char| c.is_ascii_lowercase()) && *verb != "help") {
        assert!(told.contains(&format!(" {verb}")), "{verb}: {told}");
    }
}

#[test]
fn two_runs_at_once_share_the_disk_cache_and_a_third_finds_the_build() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = large_source(folder.path());
    let run = || {
        let mut command = program();
        command.env("XDG_CACHE_HOME", folder.path()).arg("run").arg(&path).args(["--json", "--invoke", "f"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    };
    let end = |child: std::process::Child| {
        let output = child.wait_with_output().expect("the program ends");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("stdout is JSON");
        assert_eq!(document["calls"][0]["results"][0], "42");
        document["compile"]["cache"].as_str().map(str::to_owned)
    };
    let both = [run(), run()];
    for child in both {
        // Whoever came second may have found what the first one wrote.
        assert!(matches!(end(child).as_deref(), Some("miss" | "disk")));
    }
    assert_eq!(end(run()).as_deref(), Some("disk"));
}

#[cfg(unix)]
#[test]
fn a_disk_without_room_for_the_build_costs_a_note_and_no_call() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = large_source(folder.path());
    let program = program();
    let mut command = Command::new("sh");
    // No file may have more than a few kibibytes; who writes on gets an error and no signal.
    command.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]).arg(program.get_program());
    command.env("XDG_CACHE_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
    let output = command.arg("run").arg(&path).args(["--invoke", "f"]).output().expect("there is a shell");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = text(&output.stderr);
    assert!(
        told.starts_with("note: Builds can't be kept on disk any more (") && told.lines().count() == 1,
        "{told}"
    );
    let left = fs::read_dir(folder.path().join("wasm-workbench/builds")).expect("it was made").count();
    assert_eq!(left, 0, "nothing half written is left");
}

#[test]
fn a_run_keeps_builds_where_and_as_much_of_them_as_the_settings_file_says() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = large_source(folder.path());
    let (usual, mine) = (folder.path().join("wasm-workbench/builds"), folder.path().join("mine"));
    let settings = folder.path().join("wasm-workbench/settings.toml");
    fs::create_dir_all(&usual).expect("the folder can be written");
    // A build of long ago, of so many MiB; a sparse file takes no room.
    let old_build = |in_folder: &Path, mib: u64| {
        fs::create_dir_all(in_folder).expect("the folder can be written");
        let old = in_folder.join("0".repeat(64)).with_extension("build");
        let file = File::create(&old).expect("the folder can be written");
        file.set_len(mib << 20).expect("a sparse file costs nothing");
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("the file is ours");
        old
    };
    let run = |toml: &str| {
        fs::write(&settings, toml).expect("the folder can be written");
        let mut command = program();
        command.env("XDG_CACHE_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        let output = command.arg("run").arg(&path).args(["--invoke", "f"]).output();
        let output = output.expect("the program starts");
        assert!(output.status.success(), "{output:?}");
        text(&output.stderr)
    };
    let builds = |folder: &Path| fs::read_dir(folder).map_or(0, Iterator::count);

    assert_eq!((run("[cache]\ndisk = false"), builds(&usual)), (String::new(), 0));
    let in_mine = format!("folder = {:?}", mine.display().to_string());
    let old = old_build(&mine, 200);
    assert_eq!(run(&format!("[cache]\ndisk_mib = 1024\n{in_mine}")), "");
    assert_eq!((builds(&usual), builds(&mine), old.exists()), (0, 2, true));
    for file in fs::read_dir(&mine).expect("it was made").flatten() {
        fs::remove_file(file.path()).expect("the folder can be written");
    }
    let old = old_build(&mine, 200);
    assert_eq!(run(&format!("[cache]\ndisk_mib = 100\n{in_mine}")), "");
    assert_eq!((builds(&usual), builds(&mine), old.exists()), (0, 1, false));

    let old = old_build(&usual, 600);
    let told = run("[cache]\ndisk_mib = 0");
    assert!(
        told.ends_with("settings.toml: line 2: `cache.disk_mib` can't be `0`: it is 1 to 1048576\n"),
        "{told}"
    );
    assert_eq!((builds(&usual), old.exists()), (1, false), "the default counts for what can't be used");
}

/// Writes a source whose build is large enough to be kept on disk; it exports `f`, which returns 42.
fn large_source(folder: &Path) -> PathBuf {
    let path = folder.join("large.wat");
    let functions = (0..2000).map(|index| format!("(func $f{index} (drop (i32.const {index})))\n"));
    let functions: Vec<_> = functions.collect();
    let source = format!("(module (func (export \"f\") (result i32) i32.const 42)\n{})", functions.concat());
    fs::write(&path, source).expect("the folder can be written");
    path
}

/// Runs a command and writes down all that can be seen of it.
fn transcript(case: &Case) -> String {
    let output = run(case.command);
    let stdout = text(&output.stdout);
    if words(case.command).iter().take_while(|word| *word != "--").any(|word| word == "--json") {
        // One document and nothing else, whatever happens.
        let parsed = serde_json::from_str::<serde_json::Value>(&stdout);
        assert!(parsed.is_ok(), "{}: stdout is no JSON document: {stdout}", case.name);
    }
    let section = |stream: &str, content: &str| {
        let masked = masked(content, case.mask);
        if masked.is_empty() { masked } else { format!("--- {stream}\n{masked}") }
    };
    let stdout = section("stdout", &stdout);
    let stderr = section("stderr", &text(&output.stderr));
    let code = output.status.code().expect("no signal ended the program");
    format!("$ wasm-workbench {}\n{stdout}{stderr}--- exit {code}\n", case.command)
}

/// Runs a command as a shell would that knows words, single quotes and `<`.
fn run(command: &str) -> Output {
    let (command, input) =
        command.split_once(" < ").map_or((command, None), |(command, file)| (command, Some(file)));
    let stdin = input.map_or_else(Stdio::null, |file| {
        File::open(root().join(file)).expect("the case names an input that exists").into()
    });
    program().args(words(command)).stdin(stdin).output().expect("the program starts")
}

fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasm-workbench"));
    // Nobody's own cache is read or written, and nobody's own settings count.
    for folder in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
        command.env(folder, Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli"));
    }
    command.current_dir(root()).env_remove("RUST_BACKTRACE");
    command
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden_folder() -> PathBuf {
    root().join("tests/golden")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program writes UTF-8")
}

/// Replaces what differs from run to run.
fn masked(content: &str, mask: Mask) -> String {
    let mut masked = String::new();
    let (mut is_in_phases, mut is_in_time) = (false, false);
    for line in content.lines() {
        let field = line.trim_start().strip_prefix('"').and_then(|rest| rest.split_once("\": "));
        is_in_phases &= !line.contains('}');
        is_in_time &= !line.contains('}');
        let line = if let Some((key, value)) = field {
            is_in_phases |= matches!(key, "phases_ns" | "wall_ns") && value == "{";
            is_in_time |= key == "execution_time_ns";
            mask_json_line(line, key, value, is_in_phases || (is_in_time && key == "used"), mask)
        } else {
            mask_text_line(line, mask)
        };
        masked += &line;
        masked.push('\n');
    }
    masked
}

fn mask_json_line(line: &str, key: &str, value: &str, is_in_phases: bool, mask: Mask) -> String {
    let number = value.trim_end_matches(',');
    let is_time =
        is_in_phases || key.ends_with("_ns") || matches!(key, "last_execution" | "calls_per_second");
    let is_figure = mask == Mask::Figures && matches!(key, "fuel" | "fuel_consumed" | "peak_call_depth");
    if !(is_time || is_figure) || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return line.to_owned();
    }
    let name = if is_time { "<time>" } else { "<figure>" };
    format!(
        "{}\"{name}\"{}",
        line.strip_suffix(value).expect("the value ends its line"),
        &value[number.len()..]
    )
}

/// Masks times in lines of figures, which have ` · ` between them and three spaces before the first.
fn mask_text_line(line: &str, mask: Mask) -> String {
    let mut line = line.to_owned();
    if line.ends_with(" calls per second") || line.ends_with(" 1 call per second") {
        return "  <rate> calls per second".to_owned();
    }
    if line.contains(" · ") || line.trim_start().contains("   ") {
        let parts: Vec<_> = line.split(" · ").map(mask_time).collect();
        line = parts.join(" · ");
        if mask == Mask::Figures {
            let parts: Vec<_> = line.split(" · ").map(mask_figure).collect();
            line = parts.join(" · ");
        }
    }
    if mask == Mask::Figures && line.starts_with("    … ") && line.ends_with(" frames more") {
        return "    … <figure> frames more".to_owned();
    }
    if mask == Mask::Figures && line.ends_with(" times)") {
        let head = line.rsplit_once('(').map_or("", |(head, _)| head);
        return format!("{head}(<figure> times)");
    }
    line
}

/// Masks a duration at the end of a part, such as `p50 42 ns` or `add(1, 2) = 3   0.18 µs`, and what was used
/// of the time limit.
fn mask_time(part: &str) -> String {
    if let Some(used) = part.strip_prefix("time ") {
        let limit = used.find(" of ").or_else(|| used.find(", no limit")).unwrap_or(used.len());
        return format!("time <time>{}", &used[limit..]);
    }
    let Some((head, unit)) = part.rsplit_once(' ') else { return part.to_owned() };
    let number_at = head.rfind(' ').map_or(0, |space| space + 1);
    let is_number = head[number_at..].chars().all(|c| c.is_ascii_digit() || c == '.');
    if matches!(unit, "ns" | "µs" | "ms" | "s") && is_number {
        return format!("{}<time>", &head[..number_at]);
    }
    part.to_owned()
}

fn mask_figure(part: &str) -> String {
    if part.ends_with(" fuel") {
        "<figure> fuel".to_owned()
    } else if part.starts_with("  used: fuel ") {
        "  used: fuel <figure>".to_owned()
    } else if part.starts_with("depth ") {
        "depth <figure>".to_owned()
    } else {
        part.to_owned()
    }
}

/// Shows the lines from the first difference on.
fn difference(expected: &str, actual: &str) -> String {
    let same = expected.lines().zip(actual.lines()).take_while(|(left, right)| left == right).count();
    let rest = |text: &str| text.lines().skip(same).take(12).collect::<Vec<_>>().join("\n    ");
    format!("  from line {}, expected\n    {}\n  found\n    {}", same + 1, rest(expected), rest(actual))
}
