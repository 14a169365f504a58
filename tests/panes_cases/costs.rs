//! What each row of the Settings pane costs, in words.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use wasm_workbench::model::proposal::Proposal;
use wasm_workbench::ui::theme::Mode;

use super::Window;
use super::panes_rig::BOTH;

/// Rows of Settings that are not proposals, each with words of what it costs.
const COSTS: [(&str, &str); 23] = [
    ("Compiler", "Compiles slowly, runs fast"),
    ("Optimization", "Compiles with about an eighth more work than None"),
    ("Count fuel", "Busy loops run some percent slower"),
    ("Count call depth", "a twentieth slower, with exceptions a fifth"),
    ("Exact live fuel", "calls take 1.5 times as long, loops 1.3 times"),
    ("Epoch interruption", "A few percent"),
    ("Parallel compilation", "Takes all processors while it compiles"),
    ("Debug info", "compiling takes longer (not measured)"),
    ("Wasm stack", "reserves that much and 4 MiB"),
    ("Epoch tick", "at 5 ms a call that does nothing but call takes 2 % longer"),
    ("Preset", "cost what counting them does"),
    ("New plugins: fuel", "cost what counting them does"),
    ("New plugins: time (ms)", "cost what counting them does"),
    ("New plugins: depth", "cost what counting them does"),
    ("New plugins: pages", "the others nothing, except when something grows"),
    ("New plugins: per growth", "the others nothing, except when something grows"),
    ("New plugins: elements", "the others nothing, except when something grows"),
    ("New plugins: instances", "the others nothing, except when something grows"),
    ("New plugins trap on refused growth", "costs nothing"),
    ("Cache in memory", "A cache takes up to its size"),
    ("Keep builds on disk", "Costs disk space, and a checksum"),
    ("Cache on disk", "A cache takes up to its size"),
    ("Cache folder", "A cache takes up to its size"),
];

#[test]
fn each_row_of_settings_says_what_it_costs() {
    let layout = BOTH
        .replace("timing", "settings")
        .replace(r#"[30.0,{"tabs":{"children":[{"pane":"source"}],"active":0}}],"#, "");
    let window = Window::ready(Mode::Dark, Some(&layout));
    let title = window.harness.get_by_label("ENGINE").rect();
    let notes: Vec<_> = window.harness.get_all_by_role(Role::Label).filter_map(|node| node.value()).collect();
    let is_said = |words: &str| notes.iter().any(|note| note.contains(words));
    for (row, words) in COSTS {
        assert!(is_said(words), "{row} does not say “{words}”");
    }
    for proposal in Proposal::ALL.into_iter().filter(|proposal| proposal.never().is_none()) {
        let words = format!("{} · {}", proposal.brings(), proposal.costs()).replace('`', "");
        assert!(proposal.costs().contains("cost") && is_said(&words), "{words}");
    }
    // A row that is added must say it too.
    let mut rows = 0;
    for role in [Role::CheckBox, Role::TextInput, Role::ComboBox] {
        for node in window.harness.get_all_by_role(role) {
            let (rect, name) = (node.rect(), node.accesskit_node().label().unwrap_or_default());
            let is_in_pane = title.left() <= rect.left() && rect.right() <= 1068.0;
            if !is_in_pane || rect.top() <= title.top() || name == "Go to address" {
                continue;
            }
            let is_known = COSTS.iter().any(|(row, _)| *row == name)
                || Proposal::ALL.iter().any(|proposal| proposal.label() == name);
            assert!(is_known, "nothing says what {name} costs");
            rows += 1;
        }
    }
    assert_eq!(rows, COSTS.len() + Proposal::ALL.len());
}
