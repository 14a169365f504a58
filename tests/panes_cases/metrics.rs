//! What the calls of a plugin add up to, in the Runtime pane.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use wasm_workbench::model::host_calls::HostCallCount;
use wasm_workbench::model::humanize;
use wasm_workbench::model::limits::Usage;
use wasm_workbench::worker::protocol::PluginEvent;

use super::panes_rig::BOTH;
use super::{BOTH_FACES, Window};

#[test]
fn the_metrics_of_a_plugin_are_shown_reset_and_exported() {
    for (mode, face) in BOTH_FACES {
        let layout = BOTH.replace("timing", "runtime").replace("memory", "calls");
        let layout = layout.replace("[35.0", "[60.0");
        let mut window = Window::called(mode, Some(&layout), 94);
        let plugin = window.plugin();
        window.workers.plugin(plugin, PluginEvent::Usage(Usage { memory_pages: 3, ..Usage::default() }));
        let host = |name: &str, calls, total_ns: Option<u64>| HostCallCount {
            module: "env".into(),
            name: name.into(),
            calls,
            total_ns,
            is_stub: total_ns.is_none(),
        };
        let counts = [host("log", 12, Some(3_400)), host("oracle", 1, None), host("host_log", 0, Some(0))];
        window.workers.plugin(plugin, PluginEvent::HostCalls(Arc::new(counts)));
        window.harness.run();
        let metrics =
            window.harness.state().state().selected_plugin().expect("it lives").calls.metrics.snapshot();
        assert_eq!((metrics.call_count, metrics.error_count), (94, 7));
        let duration = |ns: Option<u64>| humanize::duration_ns(ns.expect("it was measured"));
        for (name, figure) in [
            ("Calls", "94".to_owned()),
            ("Succeeded", "87".to_owned()),
            ("Failed", "7".to_owned()),
            ("Total time", humanize::duration_ns(metrics.total_execution_time_ns)),
            ("Mean", duration(metrics.avg_execution_time_ns)),
            ("p50", duration(metrics.p50_ns)),
            ("p95", duration(metrics.p95_ns)),
            ("p99", duration(metrics.p99_ns)),
            ("Fuel consumed", humanize::count(metrics.fuel_consumed.expect("it was measured"))),
            ("Memory now", "192 KiB".to_owned()),
            ("Memory peak", "704 KiB".to_owned()),
            ("Last call", humanize::clock_time(43_384_123, 0)),
            ("Refused growth", "1".to_owned()),
        ] {
            assert!(window.is_beside(name, &figure), "{figure} does not stand beside {name}");
        }
        let bars = window.value_of("Last calls of start_here").expect("the figure has a value");
        assert!(
            bars.starts_with("Wall time of the last 94 calls: ") && bars.ends_with(", 7 failed"),
            "{bars}"
        );
        for (name, words) in [
            ("env.log", "12 calls · 3.4 µs"),
            ("env.oracle", "1 call · a stub"),
            ("env.host_log", "not called yet"),
        ] {
            assert!(window.is_beside(name, words), "{words} does not stand beside {name}");
        }
        window.shot(&format!("metrics-{face}"));
        window.harness.get_by_label("Export metrics as CSV of start_here").click_accesskit();
        window.harness.run();
        assert!(window.value_of("Path").is_some_and(|path| path.ends_with("start_here-metrics.csv")));
        window.click(Role::Button, "Cancel");
        window.click(Role::DisclosureTriangle, "Metrics of start_here");
        assert!(!window.is_shown("Reset metrics of start_here"), "it is folded");
        window.click(Role::DisclosureTriangle, "Metrics of start_here");
        window.harness.get_by_label("Reset metrics of start_here").click_accesskit();
        window.harness.run();
        assert!(window.is_beside("Calls", "0") && window.is_beside("p50", "–"));
        assert!(window.is_beside("Memory peak", "192 KiB"), "what it has is still there");
        assert!(
            window.is_beside("env.log", "not called yet")
                && window.is_beside("env.oracle", "0 calls · a stub")
        );
    }
}
