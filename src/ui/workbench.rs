//! The window's program: takes events in, runs actions, sends commands, and paints.
//!
//! Knows the workers only as somewhere to send commands and take events from; never waits for them.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use egui::{Context, Ui, ViewportCommand};

use super::dock::Dock;
use super::palette::Palette;
use super::panes::PaneViews;
use super::theme::{self, Mode};
use super::{dialogs, dropping, shell, shortcuts};
use crate::app::{
    self, Action, AppState, Effect, FileAction, Now, Startup, ThemeChoice, ViewAction, apply, due, update,
};
use crate::model::event::LogLevel;
use crate::worker::protocol::{Command, Event, Notice, PluginEvent};

/// Longest time that a frame spends on events; the rest waits for the next frame.
const EVENT_BUDGET: Duration = Duration::from_millis(4);

/// Where commands go and events come from.
pub trait Bridge {
    /// Hands a command to the workers without waiting.
    ///
    /// # Errors
    ///
    /// Returns what to tell the person when it could not be handed over.
    fn send(&self, command: Command) -> Result<(), Notice>;

    /// Takes the next event, if there is one.
    fn try_event(&self) -> Option<Event>;
}

/// Tells the time; a test brings its own.
pub type Clock = Box<dyn Fn() -> Now>;

/// Returns a clock that begins now.
pub fn system_clock() -> Clock {
    let start = Instant::now();
    Box::new(move || {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { since_start: start.elapsed(), unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX) }
    })
}

/// The program behind the window.
pub struct Workbench {
    state: AppState,
    bridge: Box<dyn Bridge>,
    clock: Clock,
    dock: Dock,
    views: PaneViews,
    palette: Palette,
    actions: Vec<Action>,
    // Theme and text size that the window wears.
    dressed: Option<(ThemeChoice, u16)>,
    is_focused: bool,
    is_quitting: bool,
}

impl Workbench {
    /// Begins with what the program was given.
    pub fn new(startup: Startup, bridge: Box<dyn Bridge>, clock: Clock) -> Self {
        let now = clock();
        let (mut state, commands) = app::start(startup, now);
        let dock = match state.session.layout.as_deref().map(Dock::from_text) {
            None => Dock::new(),
            Some(Ok(dock)) => dock,
            Some(Err(err)) => {
                let message = "the layout of the panes could not be restored".to_owned();
                let notice = Notice { level: LogLevel::Warn, message, details: Some(err) };
                let _nothing_to_send = apply(&mut state, Event::Notice(notice), now);
                Dock::new()
            }
        };
        let mut workbench = Self {
            state,
            bridge,
            clock,
            dock,
            views: PaneViews::default(),
            palette: Palette::default(),
            actions: Vec::new(),
            dressed: None,
            is_focused: true,
            is_quitting: false,
        };
        workbench.send(commands);
        workbench
    }

    /// Returns the program's state.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Does something as if a person had, with the next frame.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Takes in what happened, runs what was asked for, and says when to be called again.
    pub fn logic(&mut self, ctx: &Context) {
        self.dress(ctx);
        self.take_events(ctx);
        self.take_input(ctx);
        let now = (self.clock)();
        for action in std::mem::take(&mut self.actions) {
            let commands = update(&mut self.state, action, now);
            self.send(commands);
        }
        let (commands, next) = due(&mut self.state, now);
        self.send(commands);
        if let Some(next) = next {
            ctx.request_repaint_after(next.saturating_sub(now.since_start));
        }
        self.run_effects(ctx);
        self.dress(ctx);
    }

    /// Paints the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        if self.state.dialog.is_none() {
            for command in shortcuts::pressed(ui.ctx()) {
                self.actions.extend(command.action(&self.state));
            }
        }
        let Self { state, dock, views, palette, actions, .. } = self;
        shell::top_bar(ui, state, |pane| dock.is_open(pane), actions);
        shell::status_bar(ui, state);
        egui::CentralPanel::no_frame().show(ui, |ui| dock.ui(ui, state, views, actions));
        palette.ui(ui, state, actions);
        dialogs::dialog_ui(ui, state, actions);
        dialogs::toasts_ui(ui, state, actions);
        dropping::held_ui(ui);
        if !actions.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    fn take_events(&mut self, ctx: &Context) {
        let began = Instant::now();
        while let Some(event) = self.bridge.try_event() {
            let now = (self.clock)();
            let commands = apply(&mut self.state, event, now);
            self.send(commands);
            if began.elapsed() > EVENT_BUDGET {
                ctx.request_repaint();
                break;
            }
        }
    }

    fn take_input(&mut self, ctx: &Context) {
        self.actions.extend(dropping::dropped(ctx));
        let (is_focused, wants_close) =
            ctx.input(|input| (input.focused, input.viewport().close_requested()));
        if is_focused && !std::mem::replace(&mut self.is_focused, is_focused) {
            self.actions.push(Action::File(FileAction::CheckDisk));
        }
        self.is_focused = is_focused;
        if wants_close && !self.is_quitting {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.actions.push(Action::File(FileAction::Quit));
        }
    }

    fn run_effects(&mut self, ctx: &Context) {
        for effect in std::mem::take(&mut self.state.effects) {
            match effect {
                Effect::Copy(text) => ctx.copy_text(text),
                Effect::Quit => {
                    self.is_quitting = true;
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                }
                Effect::ShowPane(pane) => self.dock.show(pane),
                Effect::TogglePane(pane) => {
                    self.dock.toggle(pane);
                    self.actions.push(Action::View(ViewAction::KeepLayout(self.dock.to_text())));
                }
                Effect::ResetLayout => self.dock = Dock::new(),
                Effect::FocusCall => self.views.focus_call(),
                Effect::AskEditor(wish) => self.views.ask_editor(&self.state, wish),
            }
            ctx.request_repaint();
        }
    }

    fn send(&mut self, commands: Vec<Command>) {
        for command in commands {
            let made = match &command {
                Command::CreatePlugin { plugin, .. } => Some(*plugin),
                _ => None,
            };
            if let Err(notice) = self.bridge.send(command) {
                let now = (self.clock)();
                let _nothing_to_send = apply(&mut self.state, Event::Notice(notice), now);
                // A plugin that got no thread is none, and would wait for its first state for ever.
                if let Some(plugin) = made {
                    let gone = Event::Plugin { plugin, event: PluginEvent::Unloaded };
                    let _nothing_to_send = apply(&mut self.state, gone, now);
                }
            }
        }
    }

    /// Dresses the window when its colours or the size of its text were changed.
    fn dress(&mut self, ctx: &Context) {
        let wanted = (self.state.settings.theme, self.state.settings.text_percent);
        if self.dressed != Some(wanted) {
            self.dressed = Some(wanted);
            theme::apply(ctx, mode_of(wanted.0));
            ctx.set_zoom_factor(f32::from(wanted.1) / 100.0);
        }
    }
}

impl eframe::App for Workbench {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}

/// Returns the theme's name for a choice in the settings.
pub(super) fn mode_of(theme: ThemeChoice) -> Mode {
    match theme {
        ThemeChoice::Dark => Mode::Dark,
        ThemeChoice::Light => Mode::Light,
        ThemeChoice::System => Mode::System,
    }
}
