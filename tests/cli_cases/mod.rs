//! The commands that have a golden, by name.
//!
//! Knows nothing of how they are run.

/// One command.
pub(crate) struct Case {
    /// Name of its golden.
    pub(crate) name: &'static str,
    /// Words after the program's name, as in a shell; `< FILE` at the end gives it an input.
    pub(crate) command: &'static str,
    /// What is masked in its golden.
    pub(crate) mask: Mask,
}

/// What is masked in a golden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Times alone.
    Times,
    /// Times, fuel and depth: where a call is stopped by what depends on the machine.
    Figures,
}

const fn case(name: &'static str, command: &'static str) -> Case {
    Case { name, command, mask: Mask::Times }
}

const fn masked(name: &'static str, command: &'static str) -> Case {
    Case { name, command, mask: Mask::Figures }
}

pub(crate) const CASES: &[Case] = &[
    // Help and wrong words.
    case("help", "help"),
    case("help_run", "run --help"),
    case("help_inspect", "help inspect"),
    case("help_print", "print --help"),
    case("help_sizes", "sizes --help"),
    case("help_validate", "help validate"),
    case("help_unknown", "help rum"),
    case("usage_no_file", "run"),
    case("usage_two_files", "run sample_plugins/math.wat add 1 2"),
    case("usage_unknown_option", "run sample_plugins/math.wat --max-feul 3"),
    case("usage_equals", "run --max-fuel=3 sample_plugins/math.wat --json"),
    case("usage_bad_number", "run sample_plugins/math.wat --max-fuel many"),
    case("usage_bad_preset", "run sample_plugins/math.wat --limits tutrial"),
    case("usage_invoke_without_name", "run sample_plugins/math.wat --invoke --json"),
    case("usage_inspect", "inspect sample_plugins/math.wat --limits"),
    case("usage_print", "print sample_plugins/math.wat --function"),
    case("usage_verb", "validat sample_plugins/math.wat"),
    case("usage_option_first", "--json sample_plugins/math.wat"),
    case("usage_option_of_print", "print sample_plugins/math.wat --offset"),
    case("usage_validate", "validate --json"),
    // Values.
    case("values_integers", "run sample_plugins/math.wat --invoke add -5 0x10 --invoke add 4294967295 1"),
    case("values_options_anywhere", "run --invoke add 20 22 --json --max-fuel 4 sample_plugins/math.wat"),
    case(
        "values_floats",
        "run sample_plugins/floats.wat --json --invoke add -inf 1 --invoke negate -nan:0x1 --invoke divide 1 3 --invoke negate 0",
    ),
    case("values_after_dashes", "run sample_plugins/floats.wat --invoke divide -- -1 -0"),
    case("values_vector", "run sample_plugins/vectors.wat --invoke add 'i32x4 1 2 3 4' 'i32x4 10 20 30 -40'"),
    case(
        "values_references",
        "run sample_plugins/references.wat --invoke echo '\"a text\"' --invoke is_null null --invoke no_function",
    ),
    case("values_multi", "run sample_plugins/multi_value.wat --invoke swap 1 2 --invoke one_of_each"),
    case("values_out_of_range", "run sample_plugins/math.wat --invoke add 4294967296 1"),
    case("values_bad_json", "run sample_plugins/math.wat --json --invoke add 1 two"),
    case("values_too_few", "run sample_plugins/math.wat --invoke add 1"),
    case("values_option_misspelt", "run sample_plugins/math.wat --invoke add 1 2 --max-feul 3"),
    case("values_name_like_an_option", "run tests/plugins/rude.wat --invoke -- --json 7"),
    // Sources.
    case("source_stdin", "run - --invoke add 20 22 < sample_plugins/math.wat"),
    case("source_stdin_empty", "inspect -"),
    case("source_binary", "run tests/plugins/add.wasm --json --invoke add 20 22"),
    case("source_missing", "run tests/plugins/no_such_file.wat"),
    case("source_missing_json", "run tests/plugins/no_such_file.wat --json"),
    case("source_misspelt", "validate sample_plugins/maths.wat"),
    case("source_without_a_name", "run ''"),
    case("source_empty_binary", "run tests/plugins/empty.wasm"),
    case("source_folder", "inspect tests/plugins"),
    case("source_not_wasm", "run tests/plugins/not_wasm.txt"),
    case("source_errors", "run tests/plugins/errors.wat --invoke one"),
    case("source_errors_json", "run --json tests/plugins/errors.wat"),
    case("source_type_errors", "inspect tests/plugins/type_errors.wat"),
    case("source_binary_error", "inspect tests/plugins/broken.wasm --json"),
    case("source_empty_module", "run tests/plugins/empty.wat"),
    case("source_no_call", "run sample_plugins/math.wat"),
    // Exports and imports.
    case("export_unknown", "run sample_plugins/math.wat --invoke ad 1 2"),
    case("export_unknown_far", "run sample_plugins/math.wat --json --invoke xyzzy"),
    case("export_is_a_memory", "run sample_plugins/memory.wat --invoke memory"),
    case("imports_missing", "run sample_plugins/missing_import.wat --invoke answer"),
    case("imports_missing_json", "run sample_plugins/missing_import.wat --json"),
    case(
        "imports_stubbed",
        "run sample_plugins/missing_import.wat --stub-missing-imports --invoke answer --invoke forecast 3",
    ),
    case("imports_hints", "run tests/plugins/wasi_module.wat"),
    case("imports_hints_versions", "run tests/plugins/wasi_component.wat"),
    case("imports_hints_inspect", "inspect tests/plugins/wasi_module.wat"),
    case(
        "imports_stubbed_json",
        "run sample_plugins/missing_import.wat --json --stub-missing-imports --invoke forecast 3 --invoke forecast 4",
    ),
    case("names_forged_imports", "run tests/plugins/forged_names.wat --invoke trap"),
    case("names_forged_exports", "run tests/plugins/forged_names.wat --stub-missing-imports --invoke nope"),
    case("names_forged_uncalled", "run tests/plugins/forged_names.wat --stub-missing-imports"),
    case("names_forged_trap", "run tests/plugins/forged_names.wat --stub-missing-imports --invoke trap"),
    case("names_forged_inspect", "inspect tests/plugins/forged_names.wat"),
    // Lifecycle.
    case("life_hooks", "run tests/plugins/hooks.wat --json --invoke next"),
    case("life_cleanup_traps", "run tests/plugins/hooks.wat --invoke next --invoke next --invoke next"),
    case(
        "life_fresh_instance",
        "run tests/plugins/hooks.wat --json --invoke next --invoke trap_at 112 --invoke next",
    ),
    case(
        "life_keep_after_trap",
        "run tests/plugins/hooks.wat --keep-after-trap --invoke next --invoke trap_at 112 --invoke next --invoke next",
    ),
    case("life_start_traps", "run tests/plugins/start_traps.wat --json --invoke answer"),
    case("life_start_traps_keep", "run tests/plugins/start_traps.wat --keep-after-trap --invoke answer"),
    case("life_no_instance", "run tests/plugins/data_outside.wat --invoke answer"),
    case("life_repeat", "run sample_plugins/counter.wat --repeat 1000 --invoke increment --invoke get"),
    case("life_repeat_json", "run sample_plugins/counter.wat --json --repeat 5000 --invoke increment"),
    case("life_repeat_until_trap", "run tests/plugins/hooks.wat --json --repeat 100 --invoke trap_at 117"),
    case(
        "life_repeat_until_overrun",
        "run sample_plugins/math.wat --max-fuel 3 --repeat 10 --invoke add 20 22",
    ),
    case("life_start_function", "run sample_plugins/start_function.wat --invoke square 3"),
    // The engine.
    case("engine_winch", "run sample_plugins/math.wat --compiler winch --no-cache --json --invoke add 20 22"),
    case("engine_opt_level", "run sample_plugins/math.wat --opt-level none --invoke fibonacci 10"),
    case("engine_disabled", "run sample_plugins/multi_value.wat --disable multi-value"),
    case("engine_disabled_inspect", "inspect --disable simd sample_plugins/vectors.wat --json"),
    case("engine_enabled", "inspect tests/plugins/wide.wat --enable wide-arithmetic"),
    case("engine_not_enabled", "run tests/plugins/wide.wat --invoke add 1 2 3 4"),
    case("engine_not_by_winch", "run tests/plugins/tail_call.wat --compiler winch --invoke f 3"),
    case("engine_never", "run sample_plugins/math.wat --enable threads"),
    case("engine_unknown_proposal", "run sample_plugins/math.wat --enable smid"),
    case("engine_unknown_compiler", "run sample_plugins/math.wat --compiler gcc"),
    // Limits, at the boundary and past it.
    case("limit_fuel_exact", "run sample_plugins/math.wat --max-fuel 4 --invoke add 20 22"),
    case(
        "limit_fuel_overrun",
        "run sample_plugins/math.wat --max-fuel 3 --json --invoke add 20 22 --invoke add 1 2",
    ),
    case(
        "limit_fuel",
        "run sample_plugins/limit_fuel.wat --max-fuel 40000 --invoke count_to 1000 --invoke forever",
    ),
    case("limit_fuel_zero", "run sample_plugins/math.wat --max-fuel 0 --invoke add 20 22"),
    case(
        "limit_time",
        "run sample_plugins/limit_time.wat --max-fuel none --max-execution-time-ms 20 --invoke forever",
    ),
    case(
        "limit_time_in_start",
        "run tests/plugins/spin_in_start.wat --limits unlimited --max-execution-time-ms 20 --invoke answer",
    ),
    case(
        "limit_time_in_initialize",
        "run tests/plugins/spin_in_initialize.wat --json --max-fuel none --max-execution-time-ms 20 --invoke answer",
    ),
    case("limit_fuel_in_start", "run sample_plugins/loop_in_start.wat --limits tutorial"),
    case(
        "limit_depth",
        "run sample_plugins/limit_call_depth.wat --json --max-call-depth 100 --invoke dive 100 --invoke dive 101",
    ),
    case("limit_depth_zero", "run sample_plugins/math.wat --max-call-depth 0 --invoke add 1 2"),
    masked(
        "limit_wasm_stack",
        "run sample_plugins/limit_wasm_stack.wat --max-call-depth none --invoke dive_forever",
    ),
    case("limit_memory", "run sample_plugins/limit_memory.wat --json --max-memory-pages 16 --invoke fill_up"),
    case(
        "limit_memory_ignored",
        "run sample_plugins/limit_memory.wat --max-memory-pages 16 --max-fuel 20000 --invoke hoard",
    ),
    case(
        "limit_memory_trap",
        "run sample_plugins/limit_memory_trap.wat --trap-on-refused-growth --max-memory-pages 16 --invoke grow 15 --invoke grow 1",
    ),
    case("limit_memory_at_start", "run sample_plugins/limit_initial_memory.wat --json --max-memory-pages 31"),
    case("limit_memory_at_start_exact", "run sample_plugins/limit_initial_memory.wat --max-memory-pages 32"),
    case(
        "limit_table",
        "run sample_plugins/limit_table.wat --max-table-elements 100 --invoke grow_first 80 --invoke grow_second 1",
    ),
    case(
        "limit_table_trap",
        "run sample_plugins/limit_table.wat --json --max-table-elements 100 --trap-on-refused-growth --invoke grow_first 81",
    ),
    case("limit_instances", "run sample_plugins/limit_instances.wat --max-instances 2"),
    case("limit_instances_exact", "run sample_plugins/limit_instances.wat --max-instances 3"),
    case("limit_preset_standard", "run sample_plugins/math.wat --limits standard --json --invoke add 1 2"),
    masked(
        "wasm_stack_small",
        "run sample_plugins/limit_call_depth.wat --limits unlimited --wasm-stack 256KiB --invoke dive 50000",
    ),
    masked(
        "wasm_stack_large",
        "run sample_plugins/limit_call_depth.wat --limits unlimited --wasm-stack 4194304 --json --invoke dive 20000",
    ),
    case("wasm_stack_wrong", "run sample_plugins/math.wat --wasm-stack 1GiB --invoke add 1 2"),
    case("limit_preset", "run sample_plugins/limit_call_depth.wat --limits restrictive --invoke dive 101"),
    // Traps.
    case("trap_unreachable", "run sample_plugins/traps.wat --json --invoke hit_unreachable"),
    case(
        "trap_all",
        "run sample_plugins/traps.wat --invoke read_past_memory --invoke read_past_table --invoke divide 1 0 --invoke divide -2147483648 -1 --invoke to_integer nan --invoke call_empty_slot --invoke call_wrong_type",
    ),
    case(
        "trap_exception",
        "run sample_plugins/uncaught_exception.wat --invoke throw_if 7 --invoke guarded 7",
    ),
    // What guests say.
    case("log_lines", "run sample_plugins/host_log_levels.wat --json --invoke all_levels"),
    case("log_bad_pointer", "run sample_plugins/log_bad_pointers.wat --invoke past_the_end"),
    case("log_rude", "run tests/plugins/rude.wat --invoke 'clear\u{1b}[2J'"),
    // Components.
    case("component", "run sample_plugins/component.wat"),
    case("component_json", "run sample_plugins/component.wat --json"),
    case("component_invoke", "run sample_plugins/component.wat --invoke add 1 2"),
    // Inspect.
    case("inspect_all", "inspect tests/plugins/globals_and_tags.wat"),
    case("inspect_all_json", "inspect --json tests/plugins/globals_and_tags.wat"),
    case("inspect_binary", "inspect tests/plugins/add.wasm"),
    case("inspect_stdin_json", "inspect - --json < tests/plugins/add.wasm"),
    case("inspect_component", "inspect sample_plugins/component.wat"),
    case("inspect_component_json", "inspect sample_plugins/component.wat --json"),
    // What a call would take.
    case("help_limits", "limits --help"),
    case("limits_add", "limits sample_plugins/math.wat --invoke add 20 22"),
    case("limits_json", "limits sample_plugins/math.wat --json --limits tutorial --invoke factorial 5"),
    case("limits_pages", "limits sample_plugins/page_growth.wat --max-memory-pages 4 --invoke grow 9"),
    case(
        "limits_replayed",
        "limits sample_plugins/table_growth.wat --json --invoke grow 4 --invoke put 0 --invoke grow 2",
    ),
    case("limits_trap", "limits sample_plugins/traps.wat --invoke divide 1 0"),
    case("limits_initialize", "limits tests/plugins/hooks.wat --invoke next"),
    case("limits_depth", "limits sample_plugins/limit_call_depth.wat --max-call-depth 50 --invoke dive 100"),
    case("limits_stack", "limits sample_plugins/limit_wasm_stack.wat --invoke dive_forever"),
    case(
        "limits_endless",
        "limits sample_plugins/limit_fuel.wat --json --max-execution-time-ms 100 --invoke forever",
    ),
    case("limits_past_generous", "limits sample_plugins/page_growth.wat --json --invoke grow 20000"),
    case(
        "limits_no_memory_limit",
        "limits sample_plugins/page_growth.wat --max-memory-pages none --invoke grow 20000",
    ),
    case(
        "limits_no_table_limit",
        "limits sample_plugins/table_growth.wat --limits unlimited --invoke grow 1200000",
    ),
    case("limits_no_instance", "limits tests/plugins/data_outside.wat --invoke answer"),
    case("limits_start_grows", "limits tests/plugins/start_grows.wat --invoke answer"),
    case("limits_component", "limits sample_plugins/component.wat --invoke add 1 2"),
    case("limits_missing", "limits sample_plugins/missing_import.wat --json --invoke answer"),
    case("limits_without_call", "limits sample_plugins/math.wat"),
    case("limits_unknown_option", "limits sample_plugins/math.wat --repeat 3 --invoke add 1 2"),
    // How long a call takes.
    case("help_bench", "bench --help"),
    case(
        "bench",
        "bench sample_plugins/limit_fuel.wat --max-fuel none --repeat 40 --warm-up 5 --invoke count_to 100000",
    ),
    case(
        "bench_json",
        "bench sample_plugins/limit_fuel.wat --max-fuel none --repeat 40 --warm-up 5 --json --invoke count_to 100000",
    ),
    case("bench_trap", "bench sample_plugins/traps.wat --repeat 10 --json --invoke divide 1 0"),
    case(
        "bench_limit",
        "bench sample_plugins/limit_fuel.wat --seconds 1 --warm-up 0 --invoke count_to 100000000",
    ),
    case("bench_before", "bench sample_plugins/traps.wat --invoke hit_unreachable --invoke divide 4 2"),
    case(
        "bench_before_json",
        "bench sample_plugins/traps.wat --json --invoke divide 1 0 --invoke divide 4 2",
    ),
    case("bench_start_traps", "bench tests/plugins/start_grows.wat --json --invoke answer"),
    case("bench_both_lengths", "bench sample_plugins/math.wat --repeat 3 --seconds 1 --invoke add 1 2"),
    // Print.
    case("print_text", "print sample_plugins/math.wat"),
    case("print_stdin_offsets", "print - --offsets < tests/plugins/add.wasm"),
    case("print_component", "print sample_plugins/component.wat"),
    case("print_function", "print --function fibonacci sample_plugins/math.wat --offsets"),
    case("print_function_index", "print sample_plugins/math.wat --function 0"),
    case("print_function_unknown", "print sample_plugins/math.wat --function fibonaci"),
    case("print_function_imported", "print sample_plugins/host_log_levels.wat --function 0"),
    case("print_invalid", "print tests/plugins/type_errors.wat"),
    // Validate.
    case(
        "validate_good",
        "validate sample_plugins/math.wat tests/plugins/add.wasm sample_plugins/component.wat",
    ),
    case(
        "validate_all",
        "validate tests/plugins/errors.wat tests/plugins/broken.wasm tests/plugins/no_such_file.wat tests/plugins/add.wasm tests/plugins/type_errors.wat",
    ),
    case("validate_component", "validate tests/plugins/component_errors.wat"),
    case("validate_stdin", "validate - tests/plugins/empty.wat < tests/plugins/not_wasm.txt"),
    // Sizes.
    case("sizes_text", "sizes sample_plugins/math.wat"),
    case("sizes_json", "sizes tests/plugins/add.wasm --json"),
    case("sizes_stdin", "sizes - < tests/plugins/broken.wasm"),
    case("sizes_component_json", "sizes --json sample_plugins/component.wat"),
    case("sizes_cut_off", "sizes tests/plugins/cut_off.wasm"),
    case("sizes_not_wasm", "sizes tests/plugins/not_wasm.txt"),
    case("sizes_errors_json", "sizes tests/plugins/errors.wat --json"),
    // How often each operator runs, and prices.
    case("help_operators", "operators --help"),
    case("operators", "operators sample_plugins/math.wat --invoke factorial 5"),
    case(
        "operators_prices_json",
        "operators sample_plugins/math.wat --json --prices '*=0,i32.mul=1' --invoke factorial 5",
    ),
    case(
        "operators_prices",
        "operators sample_plugins/memory.wat --prices i32.const=3 --invoke fill 1000 7 5",
    ),
    case("operators_trap", "operators sample_plugins/traps.wat --invoke divide 1 0"),
    case("operators_start_traps", "operators tests/plugins/start_grows.wat --invoke answer"),
    case(
        "operators_start_limit_json",
        "operators sample_plugins/loop_in_start.wat --json --max-fuel 1000 --invoke answer",
    ),
    case("operators_missing", "operators sample_plugins/missing_import.wat --json --invoke answer"),
    case("operators_bad_price", "operators sample_plugins/math.wat --prices i32.mull=2 --invoke add 1 2"),
    case(
        "operators_limit",
        "operators sample_plugins/limit_fuel.wat --max-fuel 1000 --prices loop=0 --invoke forever",
    ),
    case(
        "prices_run_json",
        "run sample_plugins/math.wat --json --prices i32.mul=16 --max-fuel 120 --invoke factorial 5 \
         --invoke factorial 9 --invoke factorial 5",
    ),
    case(
        "limit_growth",
        "run sample_plugins/page_growth.wat --max-growth-pages 2 --invoke grow 2 --invoke grow 3",
    ),
    case(
        "limit_rules",
        "run sample_plugins/math.wat --limit-for 'fib*:fuel=100' --limit-for '*:fuel=none,time_ms=9' \
         --invoke factorial 5 --invoke fibonacci 10",
    ),
    case(
        "limit_rules_limits",
        "limits sample_plugins/math.wat --json --limit-for factorial:fuel=20 --invoke factorial 5",
    ),
    case(
        "limit_rules_bench",
        "bench sample_plugins/math.wat --repeat 3 --limit-for 'fact*:fuel=20' --invoke factorial 5",
    ),
    case(
        "limit_rules_operators",
        "operators sample_plugins/math.wat --limit-for 'fact*:fuel=20' --invoke add 1 2 --invoke factorial 5",
    ),
    case("validate_enabled", "validate tests/plugins/small_pages.wat --enable custom-page-sizes"),
    case("validate_off", "validate tests/plugins/small_pages.wat"),
    case("print_enabled", "print tests/plugins/small_pages.wat --enable custom-page-sizes"),
    case("sizes_enabled", "sizes --enable custom-page-sizes tests/plugins/small_pages.wat"),
    case("limit_rules_wrong", "run sample_plugins/math.wat --limit-for fib:depth=3 --invoke factorial 5"),
    case("prices_run", "run sample_plugins/math.wat --prices i32.mul=16 --invoke factorial 5"),
    case("prices_run_one_alone", "run sample_plugins/math.wat --prices '*=0,i32.mul=1' --invoke factorial 5"),
];
