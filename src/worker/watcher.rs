//! What the world sees and asks of one plugin while its guest code runs.
//!
//! Implements the engine's observer over the plugin's row of orders. Knows no more of the guest than the
//! engine shows at a tick.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::Receiver;

use super::orders::{Flags, Order, What};
use super::outlet::Outlet;
use super::protocol::{Event, PluginCommand, PluginEvent};
use super::ticker::{Clock, TickGuard};
use crate::engine::{CallObserver, LiveView, PluginOptions, Tick};
use crate::model::call::DeniedGrowth;
use crate::model::event::LogLevel;
use crate::model::ids::PluginId;
use crate::model::lifecycle::{LifecycleStep, PluginState, StateChange};

/// How often usage is shown while a guest runs and somebody looks.
const USAGE_PERIOD: Duration = Duration::from_millis(60);

/// Lines that a guest may log in one [`LOG_PERIOD`]; further ones are counted and left out.
const MOST_LINES: u32 = 200;

const LOG_PERIOD: Duration = Duration::from_millis(100);

/// Stands between one plugin's thread and everybody else.
pub(crate) struct Watcher {
    plugin: PluginId,
    outlet: Outlet,
    clock: Clock,
    flags: Arc<Flags>,
    /// A cancel with a larger number than this ends the job that runs.
    job_number: AtomicU64,
    /// Only the plugin's own thread takes this lock, so that it never waits.
    desk: Mutex<Desk>,
}

struct Desk {
    orders: Receiver<Order>,
    /// Jobs that came while another one ran.
    backlog: VecDeque<Order>,
    state: PluginState,
    tick_guard: Option<TickGuard>,
    watches_usage: bool,
    usage_shown: Option<Instant>,
    /// The largest cancel that ended something.
    served_cancel: u64,
    new_options: Option<PluginOptions>,
    log: LogGate,
}

#[derive(Default)]
struct LogGate {
    period_began: Option<Instant>,
    lines: u32,
    left_out: u64,
}

impl Watcher {
    pub(crate) fn new(
        plugin: PluginId,
        outlet: Outlet,
        clock: Clock,
        orders: Receiver<Order>,
        flags: Arc<Flags>,
    ) -> Self {
        let desk = Desk {
            orders,
            backlog: VecDeque::new(),
            state: PluginState::Compiling,
            tick_guard: None,
            watches_usage: false,
            usage_shown: None,
            served_cancel: 0,
            new_options: None,
            log: LogGate::default(),
        };
        Self { plugin, outlet, clock, flags, job_number: AtomicU64::new(u64::MAX), desk: Mutex::new(desk) }
    }

    /// Sends an event about the plugin that must arrive.
    pub(crate) fn tell(&self, event: PluginEvent) {
        self.outlet.send_plugin(self.plugin, event);
    }

    /// Sends an event about the plugin that a newer one will replace.
    pub(crate) fn show(&self, event: PluginEvent) {
        self.outlet.offer(Event::Plugin { plugin: self.plugin, event });
    }

    /// Sends a batch of samples, as soon as the reader keeps up; lost only when nobody reads any more.
    pub(crate) fn tell_batch(&self, event: PluginEvent) {
        // A cancelled call still delivers what it has: the guest is not running any more by then.
        if self.outlet.wait_for_batch(&|| !self.flags.is_unloading()) {
            self.tell(event);
        }
    }

    /// Waits for the next order; `None` when the plugin is to be dropped.
    pub(crate) fn next_order(&self) -> Option<Order> {
        if self.flags.is_unloading() {
            return None;
        }
        let mut desk = self.desk();
        let order = match desk.backlog.pop_front() {
            Some(order) => order,
            None => desk.orders.recv().ok()?,
        };
        if self.flags.is_unloading() {
            desk.backlog.push_front(order);
            return None;
        }
        if order.what.is_job() {
            self.flags.job_taken();
        }
        Some(order)
    }

    /// Announces that guest code is about to run; cancels sent after the order `number` end it.
    pub(crate) fn begin_guest(&self, number: u64) {
        self.job_number.store(number, Ordering::Release);
        let mut desk = self.desk();
        desk.usage_shown = None;
        desk.tick_guard = Some(self.clock.guard());
    }

    /// Announces that guest code has ended, and says what could not be said while it ran.
    pub(crate) fn end_guest(&self) {
        let mut desk = self.desk();
        desk.tick_guard = None;
        if self.is_job_cancelled() {
            desk.served_cancel = self.flags.cancelled_before();
        }
        self.job_number.store(u64::MAX, Ordering::Release);
        let left_out = desk.log.take_left_out();
        drop(desk);
        self.tell_left_out(left_out);
    }

    /// Number from which on only cancels count that were sent after this moment.
    pub(crate) fn number_now(&self) -> u64 {
        self.flags.newest_number()
    }

    /// Tells whether a cancel was sent after this order.
    pub(crate) fn is_cancelled_order(&self, number: u64) -> bool {
        number < self.flags.cancelled_before()
    }

    /// Notes that a cancel has found something to end.
    pub(crate) fn serve_cancel(&self) {
        self.desk().served_cancel = self.flags.cancelled_before();
    }

    /// Tells whether the cancel of that number has already ended something.
    pub(crate) fn was_cancel_served(&self, number: u64) -> bool {
        self.desk().served_cancel >= number
    }

    pub(crate) fn state(&self) -> PluginState {
        self.desk().state
    }

    /// Changes the state and tells everybody.
    pub(crate) fn change_state(&self, to: PluginState, reason: impl Into<String>) {
        let mut desk = self.desk();
        self.change_state_of(&mut desk, to, reason.into());
    }

    /// Takes a step if the state allows it; otherwise says why not.
    pub(crate) fn allows(&self, step: LifecycleStep) -> bool {
        match self.state().step(step) {
            Ok(_) => true,
            Err(reason) => {
                self.tell(PluginEvent::StepRefused { reason });
                false
            }
        }
    }

    /// Takes the options that were set while guest code ran.
    pub(crate) fn take_options(&self) -> Option<PluginOptions> {
        self.desk().new_options.take()
    }

    pub(crate) fn watch_usage(&self, watches: bool) {
        self.desk().watches_usage = watches;
    }

    /// Takes no further orders.
    pub(crate) fn close(&self) {
        self.flags.close();
    }

    /// Refuses all calls that still wait.
    pub(crate) fn refuse_waiting_calls(&self, reason: &str) {
        let mut desk = self.desk();
        let mut orders = std::mem::take(&mut desk.backlog);
        orders.extend(desk.orders.try_iter());
        drop(desk);
        for order in orders {
            if let What::Command(command) = order.what
                && let Some(call) = command.call()
            {
                self.tell(PluginEvent::CallRefused { call, reason: reason.to_owned() });
            }
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_job_cancelled(&self) -> bool {
        self.job_number.load(Ordering::Acquire) < self.flags.cancelled_before()
    }

    fn change_state_of(&self, desk: &mut Desk, to: PluginState, reason: String) {
        let from = std::mem::replace(&mut desk.state, to);
        let at_unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| {
            // Good for half a billion years.
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        });
        self.tell(PluginEvent::StateChanged(StateChange { from, to, at_unix_ms, reason }));
    }

    fn tell_left_out(&self, lines: u64) {
        if lines > 0 {
            let text = format!("{lines} more lines were logged faster than they can be shown");
            self.tell(PluginEvent::Logged { level: LogLevel::Warn, text });
        }
    }

    /// Answers one order that came while guest code runs; jobs wait for their turn.
    fn answer(&self, desk: &mut Desk, order: Order, live: &mut dyn LiveView) {
        let command = match order.what {
            What::Command(command) if !matches!(&command, PluginCommand::Call(_)) => command,
            what => {
                desk.backlog.push_back(Order { what, ..order });
                return;
            }
        };
        match command {
            PluginCommand::Pause | PluginCommand::Resume => self.hold_or_go_on(desk, &command),
            PluginCommand::Cancel => self.forget_calls(desk),
            PluginCommand::Unload => {}
            PluginCommand::SetOptions(options) => desk.new_options = Some(options),
            PluginCommand::ReadMemory(request) => self.show(match live.memory(request) {
                Some(window) => PluginEvent::Memory(window),
                None => {
                    PluginEvent::MemoryRefused { reason: format!("there is no memory {}", request.memory) }
                }
            }),
            PluginCommand::ReadGlobals => self.show(PluginEvent::Globals(live.globals())),
            PluginCommand::WatchUsage(watches) => {
                desk.watches_usage = watches;
                desk.usage_shown = None;
                if watches {
                    self.show_usage(desk, live);
                }
            }
            job => desk.backlog.push_back(Order { number: order.number, what: What::Command(job) }),
        }
    }

    fn hold_or_go_on(&self, desk: &mut Desk, command: &PluginCommand) {
        let (step, reason) = match command {
            PluginCommand::Pause => (LifecycleStep::Pause, "held by you"),
            _ => (LifecycleStep::Resume, "released by you"),
        };
        match desk.state.step(step) {
            Ok(to) => self.change_state_of(desk, to, reason.to_owned()),
            Err(reason) => self.tell(PluginEvent::StepRefused { reason }),
        }
    }

    /// Refuses the calls in the backlog that were asked for before the newest cancel.
    fn forget_calls(&self, desk: &mut Desk) {
        let cancelled_before = self.flags.cancelled_before();
        desk.backlog.retain(|order| match &order.what {
            What::Command(command) if order.number < cancelled_before => match command.call() {
                Some(call) => {
                    self.flags.job_taken();
                    self.tell(PluginEvent::CallRefused { call, reason: CANCELLED.to_owned() });
                    false
                }
                None => true,
            },
            _ => true,
        });
    }

    fn show_usage(&self, desk: &mut Desk, live: &mut dyn LiveView) {
        let now = Instant::now();
        let is_due = desk.usage_shown.is_none_or(|shown| now.duration_since(shown) >= USAGE_PERIOD);
        if desk.watches_usage && is_due {
            desk.usage_shown = Some(now);
            self.show(PluginEvent::Usage(live.usage()));
        }
    }

    /// Waits until the call is released or ended, answering peeks; no thread ticks meanwhile.
    fn hold(&self, desk: &mut Desk, live: &mut dyn LiveView) -> Duration {
        let began = Instant::now();
        desk.tick_guard = None;
        desk.usage_shown = None;
        self.show_usage(desk, live);
        while desk.state == PluginState::Paused && !self.is_cancelled() {
            // Cancel and Unload send an order behind their flag, or the row is full: either wakes this.
            let Ok(order) = desk.orders.recv() else {
                self.flags.unload();
                break;
            };
            self.answer(desk, order, live);
        }
        desk.tick_guard = Some(self.clock.guard());
        began.elapsed()
    }
}

/// Why a call that waited was refused after a cancel.
pub(crate) const CANCELLED: &str = "the call was cancelled before it began";

impl CallObserver for Watcher {
    fn tick(&self, live: &mut dyn LiveView) -> Tick {
        let mut desk = self.desk();
        // No more than lie there now, so that a flood of peeks can't hold the guest for ever.
        for _ in 0..desk.orders.len() {
            let Ok(order) = desk.orders.try_recv() else { break };
            self.answer(&mut desk, order, live);
        }
        self.show_usage(&mut desk, live);
        let held = if desk.state == PluginState::Paused && !self.is_cancelled() {
            self.hold(&mut desk, live)
        } else {
            Duration::ZERO
        };
        if self.is_cancelled() { Tick::Cancel { held } } else { Tick::Continue { held } }
    }

    fn is_cancelled(&self) -> bool {
        self.flags.is_unloading() || self.is_job_cancelled()
    }

    fn log(&self, level: LogLevel, text: String) {
        let is_crowded = self.outlet.is_crowded();
        let mut desk = self.desk();
        let (passes, left_out) = desk.log.admit(Instant::now(), is_crowded);
        drop(desk);
        self.tell_left_out(left_out);
        if passes {
            self.tell(PluginEvent::Logged { level, text });
        }
    }

    fn growth_refused(&self, denied: Vec<DeniedGrowth>, count: u64) {
        self.tell(PluginEvent::GrowthRefused { denied, count });
    }
}

impl LogGate {
    /// Decides on one line; a new period first gives back how many were left out in the one before.
    fn admit(&mut self, now: Instant, is_crowded: bool) -> (bool, u64) {
        let is_new = self.period_began.is_none_or(|began| now.duration_since(began) >= LOG_PERIOD);
        if is_new {
            self.period_began = Some(now);
            self.lines = 0;
        }
        if is_crowded || self.lines >= MOST_LINES {
            self.left_out = self.left_out.saturating_add(1);
            return (false, 0);
        }
        self.lines += 1;
        (true, self.take_left_out())
    }

    fn take_left_out(&mut self) -> u64 {
        std::mem::take(&mut self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_past_the_rate_are_left_out_and_counted() {
        let mut gate = LogGate::default();
        let now = Instant::now();
        for _ in 0..MOST_LINES {
            assert_eq!(gate.admit(now, false), (true, 0));
        }
        assert_eq!(gate.admit(now, false), (false, 0));
        assert_eq!(gate.admit(now, false), (false, 0));
        assert_eq!(gate.admit(now + LOG_PERIOD, false), (true, 2));
        assert_eq!(gate.admit(now + LOG_PERIOD, true), (false, 0));
        assert_eq!(gate.take_left_out(), 1);
    }
}
