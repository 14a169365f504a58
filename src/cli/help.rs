//! What the verbs and their options are, for people.
//!
//! Reads no words: the options are read in `args`.

/// One verb of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verb {
    /// The word itself.
    pub name: &'static str,
    /// The words after it.
    pub usage: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
}

/// All verbs, in the order of the help.
pub const VERBS: [Verb; 8] = [
    Verb {
        name: "run",
        usage: "FILE [OPTIONS] [--invoke NAME ARGS…]…",
        summary: "Instantiate a plugin, call its functions and report what they used of their limits",
    },
    Verb {
        name: "inspect",
        usage: "FILE [--json] [OPTIONS]",
        summary: "Show what a module or component imports, exports and contains, without running it",
    },
    Verb {
        name: "limits",
        usage: "FILE [OPTIONS] --invoke NAME ARGS…",
        summary: "Find the smallest limits under which a call still ends the same way, and the time it takes",
    },
    Verb {
        name: "bench",
        usage: "FILE [OPTIONS] --invoke NAME ARGS…",
        summary: "Make a call again and again and report how long it takes",
    },
    Verb {
        name: "operators",
        usage: "FILE [OPTIONS] --invoke NAME ARGS…",
        summary: "Count how often each operator runs in a call, and what the call costs at other prices",
    },
    Verb {
        name: "print",
        usage: "FILE [--function NAME|INDEX] [--offsets] [OPTIONS]",
        summary: "Write a module or component as text, all of it or one function",
    },
    Verb {
        name: "validate",
        usage: "FILE… [OPTIONS]",
        summary: "Check modules and components, and tell everything that is wrong with them",
    },
    Verb {
        name: "sizes",
        usage: "FILE [--json] [OPTIONS]",
        summary: "Show what a module or component is made of, in bytes",
    },
];

const RUN_DETAILS: &str = "\
FILE is a module or a component, as text or binary; `-` reads it from standard input.
The start function and `_initialize` run first, then each --invoke in order on the same instance,
and `_cleanup` at the end, unless the last call failed.

Options, which may stand anywhere:
  --invoke NAME ARGS…           Call an export. It takes all words up to the next option of this list,
                                so `-5`, `-inf` and `-nan:0x1` are values, and a vector is one word:
                                'i32x4 1 2 3 4'
  --                            Whatever follows is a value of the last --invoke
  --repeat N                    Make each call N times, up to the first that does not return; the report
                                has the last of them, and its metrics count all
  --limits PRESET               default, restrictive, restricted (32 MiB, 30 s), standard (64 MiB, 60 s),
                                unlimited or tutorial
  --max-fuel N                  Units of fuel per call; here and below, `none` lifts the limit
  --max-execution-time-ms N     Wall-clock time per call
  --max-memory-pages N          Pages of 64 KiB over all memories
  --max-growth-pages N          Pages that one growth of a memory may add
  --max-table-elements N        Elements over all tables
  --max-instances N             Core instances, which only components have several of
  --max-call-depth N            Frames on top of each other; the exported function is the first
  --limit-for NAME:fuel=N,time_ms=N
                                Fuel and time of single functions, before the limits above; `*` in NAME
                                stands for any letters, `none` lifts one, and of several rules the first
                                that matches counts. `(start)`, `_initialize` and `_cleanup` are names too
  --wasm-stack BYTES            Native stack behind the limit of the call depth, from 16 KiB to 256 MiB, such as
                                1048576 or 1MiB; 512KiB where it is not given
  --trap-on-refused-growth      Growth past a limit traps, instead of answering −1 to the guest
  --prices NAME=N,…             What operators cost in fuel, from 0 to 16, such as i32.mul=16; `*` stands for
                                all that are not named
  --stub-missing-imports        Fill missing imports with stubs; calling one ends the call
  --keep-after-trap             Go on with the same instance after a call that failed, instead of a
                                fresh one
  --compiler NAME               cranelift, or winch, which compiles faster and runs slower
  --opt-level LEVEL             none, speed or speed_and_size, for cranelift
  --enable PROPOSAL             Let the source use a proposal of WebAssembly, such as wide-arithmetic, and
                                with it those that it needs
  --disable PROPOSAL            Refuse a source that uses it, such as simd
  --no-cache                    Compile anew and keep nothing: else a build of 16 KiB of binary and more
                                is kept in the cache folder, for later runs and for the window
  --json                        Print one JSON document
";

const LIMITS_DETAILS: &str = "\
FILE is a module as text or binary; `-` reads it from standard input.
The call is run on fresh instances: first under generous limits, then with each limit at what it used, and
one below that. Of several --invoke the last is looked at, the others are made before it each time.
A limit is proved when its value was seen to pass and the one below to end otherwise; the wasm stack is
looked for to 1 KiB. Generous limits are never less than those that are set: at least 1 GiB of memory,
1 000 000 table elements, twice the time up to 30 s, and 16 MiB of stack. Where growth is refused even so, that
is told, and what it takes stays open; `none` lets a run have all it asks for.
Fuel and call depth are those of the call and of the start function and `_initialize`, which run under the
same limits; memory and tables are those of the plugin from its beginning on.

Options, which may stand anywhere:
  --invoke NAME ARGS…           The call, or one that is made before it; see `run --help` for values
  --                            Whatever follows is a value of the last --invoke
  --limits PRESET, --max-… N    The limits to compare with, as in `run`
  --wasm-stack BYTES            The native stack to compare with, as in `run`
  --trap-on-refused-growth      Growth past a limit traps, instead of answering −1 to the guest
  --stub-missing-imports        Fill missing imports with stubs; calling one ends the call
  --keep-after-trap             Go on with the same instance after a call that failed, instead of a
                                fresh one
  --limit-for, --prices, --compiler, --opt-level, --enable, --disable, --no-cache
                                As in `run`
  --json                        Print one JSON document
";

const BENCH_DETAILS: &str = "\
FILE is a module as text or binary; `-` reads it from standard input.
Of several --invoke the last is measured, the others are made once before it on the same instance. Each call is
made under all limits. Where one call is too short for the clock, calls are timed in batches, and the
report says so; of few calls all may be one batch. The first call that does not return ends it.

Options, which may stand anywhere:
  --invoke NAME ARGS…           The call, or one that is made before it; see `run --help` for values
  --                            Whatever follows is a value of the last --invoke
  --seconds T                   Make calls for T seconds; 2 where neither this nor --repeat is given
  --repeat N                    Make N calls
  --warm-up N                   Make N calls before that, which are not measured; 100 where it is not
                                given, or as many as fit into half a second
  --limits PRESET, --max-… N    Limits in force, as in `run`
  --wasm-stack BYTES            Native stack, as in `run`
  --trap-on-refused-growth      Growth past a limit traps, instead of answering −1 to the guest
  --stub-missing-imports        Fill missing imports with stubs; calling one ends the call
  --keep-after-trap             Go on with the same instance after a call before it that failed, instead of
                                ending there
  --limit-for, --prices, --compiler, --opt-level, --enable, --disable, --no-cache
                                As in `run`
  --json                        Print one JSON document
";

const OPERATORS_DETAILS: &str = "\
FILE is a module as text or binary; `-` reads it from standard input.
Of several --invoke the last is counted, the others are made before it. Counting takes a build of its own,
for modules of up to 4 MiB. `end` and `else` only mark places and are not counted.

Options, which may stand anywhere:
  --invoke NAME ARGS…           The call, or one that is made before it; see `run --help` for values
  --                            Whatever follows is a value of the last --invoke
  --prices NAME=N,…             What operators cost, from 0 to 16; `*` stands for all that are not named
  --limits PRESET, --max-… N    Limits in force, as in `run`; the time limit is doubled
  --wasm-stack BYTES            Native stack, as in `run`
  --trap-on-refused-growth      Growth past a limit traps, instead of answering −1 to the guest
  --stub-missing-imports        Fill missing imports with stubs; calling one ends the call
  --keep-after-trap             Go on with the same instance after a call that failed, instead of a
                                fresh one
  --limit-for, --compiler, --opt-level, --enable, --disable, --no-cache
                                As in `run`
  --json                        Print one JSON document
";

const INSPECT_DETAILS: &str = "\
FILE is a module or a component, as text or binary; `-` reads it from standard input.

Options:
  --enable PROPOSAL, --disable PROPOSAL, --compiler NAME, --opt-level LEVEL
                                As for `run`: what the source may use
  --json                        Print one JSON document
";

const PRINT_DETAILS: &str = "\
FILE is a module or a component, as text or binary; `-` reads it from standard input. A text is compiled
to a binary first, so that what is printed is what an engine gets. The text is written as it is made.

Options:
  --function NAME|INDEX         Print one function alone, by its name with or without `$`, or its index
  --offsets                     Begin each line with the offset in the binary that it stands for
  --enable PROPOSAL, --disable PROPOSAL
                                As for `run`: what the source may use
";

const VALIDATE_DETAILS: &str = "\
FILE is a module or a component, as text or binary; `-` reads one from standard input. All files are
checked, and all errors told as `file:line:column: message`, or `file:offset: message` in a binary.
The exit status is 2 as soon as one of them is not valid.

Options:
  --enable PROPOSAL, --disable PROPOSAL
                                As for `run`: what the source may use
";

const SIZES_DETAILS: &str = "\
FILE is a module or a component, as text or binary; `-` reads it from standard input. The sections add up
to the size of the file, headers included; functions are part of the code section, data segments of
the data section. A binary need not be valid.

Options:
  --enable PROPOSAL, --disable PROPOSAL
                                As for `run`: what the source may use
  --json                        Print one JSON document, with all sections, functions and data segments
";

const STATUS_DETAILS: &str = "
Exit status: 0 everything returned; 1 a guest trapped, hit a limit or was cancelled;
2 wrong words, or a source that can't be read, is not valid, can't be linked, or lacks what was asked for.
";

/// Returns the help on the whole program.
pub(super) fn overview() -> String {
    let verbs =
        VERBS.map(|verb| format!("  wasm-workbench {} {}\n      {}\n", verb.name, verb.usage, verb.summary));
    let verbs = verbs.concat();
    format!(
        "\
Open or edit WebAssembly plugins, call them, and watch what they use of their limits.

Usage:
  wasm-workbench [FILE…]        Open the window
{verbs}  wasm-workbench help [VERB], VERB --help
  wasm-workbench --version
{STATUS_DETAILS}"
    )
}

/// Returns the help on one verb.
pub(super) fn of_verb(name: &str) -> String {
    let details = match name {
        "run" => RUN_DETAILS,
        "limits" => LIMITS_DETAILS,
        "bench" => BENCH_DETAILS,
        "operators" => OPERATORS_DETAILS,
        "print" => PRINT_DETAILS,
        "validate" => VALIDATE_DETAILS,
        "sizes" => SIZES_DETAILS,
        _ => INSPECT_DETAILS,
    };
    let verb = VERBS.iter().find(|verb| verb.name == name);
    let head = verb.map_or_else(String::new, |verb| {
        format!("{}.\n\nUsage: wasm-workbench {} {}\n\n", verb.summary, verb.name, verb.usage)
    });
    format!("{head}{details}{STATUS_DETAILS}")
}
