//! The card of imports that nobody provides, with what likely went wrong.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use wasm_workbench::model::interface::{ExternType, Import};
use wasm_workbench::model::signature::FuncSignature;
use wasm_workbench::worker::protocol::{Command, PluginCommand, PluginEvent};

use super::{BOTH_FACES, Window};

#[test]
fn missing_imports_are_listed_with_what_went_wrong_and_a_button() {
    for (mode, face) in BOTH_FACES {
        let mut window = Window::ready(mode, None);
        let import = |module: &str, name: &str| Import {
            module: module.to_owned(),
            name: name.to_owned(),
            ty: ExternType::Func(FuncSignature::default()),
            index: 0,
            offset: 0,
        };
        let missing = vec![
            import("wasi_snapshot_preview1", "fd_write"),
            import("wasi_snapshot_preview1", "fd_read"),
            import("env", "SSL_connect"),
        ];
        window.workers.plugin(window.plugin(), PluginEvent::ImportsMissing(missing));
        window.harness.run();
        assert!(window.is_shown("3 imports are missing") && window.is_shown("env.SSL_connect"));
        let hints = ["It was built for WASI preview 1", "The linker makes an import of `env` of each symbol"];
        for hint in hints {
            assert_eq!(window.harness.query_all_by_label_contains(hint).count(), 1, "{hint}");
        }
        window.shot(&format!("imports-{face}"));
        window.harness.get_by_role_and_label(Role::Button, "Run with stubs").click_accesskit();
        window.harness.run();
        let has_stubs = window.workers.sent.borrow().iter().any(|command| {
            matches!(command, Command::Plugin { command: PluginCommand::SetOptions(options), .. } if options.stub_missing_imports)
        });
        assert!(has_stubs);
    }
}
