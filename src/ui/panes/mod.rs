//! The panes: one file for each, and the one place that knows which is which.
//!
//! A pane reads the state, keeps only what belongs to its looks, and pushes actions.

mod bench_ui;
mod call_fields;
mod call_pane;
mod call_result;
mod calls_pane;
mod definition;
mod end_card;
mod events_pane;
mod export_list;
mod export_words;
mod exports_pane;
mod fold;
mod instance_ui;
mod limit_gauge;
mod limits_pane;
mod listing_panel;
mod memory_pane;
mod metrics_card;
mod needs_ui;
mod operators_pane;
mod outcome_words;
mod outline_pane;
mod plugins_pane;
mod prices_pane;
mod problems_pane;
mod progress;
mod row_scroll;
mod rules_ui;
mod runtime_pane;
mod samples_pane;
mod settings_pane;
mod sizes_pane;
mod source_pane;
mod timing_pane;

use egui::Ui;

pub use call_pane::CallPane;
pub use exports_pane::ExportsPane;
pub use limits_pane::LimitsPane;
pub(super) use plugins_pane::state_colour;

use crate::app::{Action, AppState, EditorWish, PaneKind};

/// What the panes remember of their own looks from frame to frame.
#[derive(Default)]
pub struct PaneViews {
    plugins: plugins_pane::PluginsPane,
    samples: samples_pane::SamplesPane,
    source: source_pane::SourcePane,
    problems: problems_pane::ProblemsPane,
    outline: outline_pane::OutlinePane,
    exports: ExportsPane,
    call: CallPane,
    limits: LimitsPane,
    timing: timing_pane::TimingPane,
    memory: memory_pane::MemoryPane,
    calls: calls_pane::CallsPane,
    events: events_pane::EventsPane,
    sizes: sizes_pane::SizesPane,
    runtime: runtime_pane::RuntimePane,
    settings: settings_pane::SettingsPane,
    prices: prices_pane::PricesPane,
    operators: operators_pane::OperatorsPane,
}

impl PaneViews {
    /// Tells plugins that nobody looks at their memory any more.
    pub(super) fn hide_memory(state: &AppState, actions: &mut Vec<Action>) {
        memory_pane::MemoryPane::hide(state, actions);
    }

    /// Asks something of the editor that shows the source in front.
    pub(super) fn ask_editor(&mut self, state: &AppState, wish: EditorWish) {
        self.source.ask(state, wish);
    }

    /// Asks for the keyboard to go into the first field of Call.
    pub(super) fn focus_call(&mut self) {
        self.call.focus();
    }
}

/// Shows a pane.
pub(super) fn pane_ui(
    kind: PaneKind,
    ui: &mut Ui,
    state: &AppState,
    views: &mut PaneViews,
    actions: &mut Vec<Action>,
) {
    match kind {
        PaneKind::Plugins => views.plugins.ui(ui, state, actions),
        PaneKind::Samples => views.samples.ui(ui, state, actions),
        PaneKind::Source => views.source.ui(ui, state, actions),
        PaneKind::Problems => views.problems.ui(ui, state, actions),
        PaneKind::Outline => views.outline.ui(ui, state, actions),
        PaneKind::Exports => views.exports.ui(ui, state, actions),
        PaneKind::Call => views.call.ui(ui, state, actions),
        PaneKind::Limits => views.limits.ui(ui, state, actions),
        PaneKind::Timing => views.timing.ui(ui, state, actions),
        PaneKind::Memory => views.memory.ui(ui, state, actions),
        PaneKind::Calls => views.calls.ui(ui, state, actions),
        PaneKind::Events => views.events.ui(ui, state, actions),
        PaneKind::Sizes => views.sizes.ui(ui, state, actions),
        PaneKind::Runtime => views.runtime.ui(ui, state, actions),
        PaneKind::Settings => views.settings.ui(ui, state, actions),
        PaneKind::Prices => views.prices.ui(ui, state, actions),
        PaneKind::Operators => views.operators.ui(ui, state, actions),
    }
}

/// Shows what stands in a pane's bar right after its tabs.
pub(super) fn bar_ui(
    kind: PaneKind,
    ui: &mut Ui,
    state: &AppState,
    views: &mut PaneViews,
    actions: &mut Vec<Action>,
) {
    match kind {
        PaneKind::Source => views.source.bar_ui(ui, state, actions),
        PaneKind::Call => views.call.bar_ui(ui, state),
        _ => {}
    }
}

/// Shows what stands at the right end of a pane's bar, laid out from the right.
pub(super) fn bar_right_ui(
    kind: PaneKind,
    ui: &mut Ui,
    state: &AppState,
    views: &mut PaneViews,
    actions: &mut Vec<Action>,
) {
    match kind {
        PaneKind::Plugins => views.plugins.bar_right_ui(ui, state, actions),
        PaneKind::Call => views.call.bar_right_ui(ui, state, actions),
        PaneKind::Limits => views.limits.bar_right_ui(ui, state, actions),
        PaneKind::Timing => views.timing.bar_right_ui(ui, state, actions),
        PaneKind::Problems => views.problems.bar_right_ui(ui, state, actions),
        PaneKind::Memory => memory_pane::MemoryPane::bar_right_ui(ui, state, actions),
        PaneKind::Calls => calls_pane::CallsPane::bar_right_ui(ui, state, actions),
        PaneKind::Events => events_pane::EventsPane::bar_right_ui(ui, state, actions),
        _ => {}
    }
}

/// Returns the number that stands beside a pane's title, such as the number of problems.
pub(super) fn count(kind: PaneKind, state: &AppState) -> Option<usize> {
    let count = match kind {
        PaneKind::Problems => state.active_source()?.diagnostics().len(),
        _ => return None,
    };
    (count > 0).then_some(count)
}
