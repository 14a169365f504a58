//! States of a plugin instance and which step may follow which.

use serde::Serialize;

/// State of a plugin instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PluginState {
    /// Its first build is not there yet.
    Compiling,
    /// Instantiated; neither its start function nor `_initialize` has run.
    Created,
    /// Its start function or `_initialize` runs.
    Initializing,
    /// Waits for a call.
    Ready,
    /// A call runs.
    Running,
    /// A call runs, but is held where it stands.
    Paused,
    /// The last call ended badly, or the instance could not be made.
    Error,
    /// `_cleanup` has run; only initializing brings it back.
    Stopped,
}

impl PluginState {
    /// All states in the order of a plugin's life.
    pub const ALL: [Self; 8] = [
        Self::Compiling,
        Self::Created,
        Self::Initializing,
        Self::Ready,
        Self::Running,
        Self::Paused,
        Self::Error,
        Self::Stopped,
    ];

    /// Returns the word of the state chip.
    pub fn label(self) -> &'static str {
        match self {
            Self::Compiling => "Compiling",
            Self::Created => "Created",
            Self::Initializing => "Initializing",
            Self::Ready => "Ready",
            Self::Running => "Running",
            Self::Paused => "Paused",
            Self::Error => "Error",
            Self::Stopped => "Stopped",
        }
    }

    /// Tells whether guest code is on the stack in this state.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Initializing | Self::Running | Self::Paused)
    }

    /// Tells whether a step may be taken in this state, and the state that it leads to at once.
    ///
    /// # Errors
    ///
    /// Returns a sentence that says why the step is refused.
    pub fn step(self, step: LifecycleStep) -> Result<Self, String> {
        use LifecycleStep as Step;
        match (self, step) {
            (Self::Created | Self::Stopped | Self::Error, Step::Initialize) => Ok(Self::Initializing),
            (Self::Ready, Step::Call) => Ok(Self::Running),
            // A call on an instance that failed first makes a fresh one.
            (Self::Error, Step::Call) => Ok(Self::Initializing),
            (Self::Running, Step::Pause) => Ok(Self::Paused),
            (Self::Paused, Step::Resume) => Ok(Self::Running),
            (Self::Ready | Self::Created | Self::Error, Step::StopPlugin) => Ok(Self::Stopped),
            (Self::Running | Self::Paused | Self::Initializing, Step::Cancel) => Ok(self),
            (Self::Ready | Self::Error | Self::Stopped | Self::Created, Step::Reload) => {
                Ok(Self::Initializing)
            }
            (Self::Initializing | Self::Running | Self::Paused, Step::Reload) => {
                Err(format!("can't reload while the plugin is {}: stop the call first", self.word()))
            }
            (_, Step::Unload) => Ok(Self::Stopped),
            (Self::Created, Step::Call) => {
                Err("plugin not ready, current state: Created: initialize it first".to_owned())
            }
            (Self::Stopped, Step::Call) => {
                Err("plugin not ready, current state: Stopped: initialize it again".to_owned())
            }
            (_, Step::Call) => Err(format!("plugin not ready, current state: {}", self.label())),
            (_, Step::Initialize) => Err(format!("cannot initialize plugin in state {}", self.label())),
            (_, Step::Pause) => Err("only a running call can be paused".to_owned()),
            (_, Step::Resume) => Err("nothing is paused".to_owned()),
            (_, Step::Cancel) => Err("no call is running".to_owned()),
            (Self::Running | Self::Paused | Self::Initializing, Step::StopPlugin) => {
                Err(format!("can't stop a plugin that is {}: stop the call first", self.word()))
            }
            (Self::Stopped, Step::StopPlugin) => Err("the plugin is stopped already".to_owned()),
            (Self::Compiling, Step::StopPlugin | Step::Reload) => {
                Err("the plugin is still compiling".to_owned())
            }
        }
    }

    fn word(self) -> String {
        self.label().to_lowercase()
    }
}

/// Step that a person or a script asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LifecycleStep {
    /// Run the start function and `_initialize`, on a fresh instance unless this one is new.
    Initialize,
    /// Call an export.
    Call,
    /// Hold the running call where it stands.
    Pause,
    /// Let a held call go on.
    Resume,
    /// End the running call.
    Cancel,
    /// Run `_cleanup` and take no calls until initialized again.
    StopPlugin,
    /// Replace the instance by a fresh one of the newest build.
    Reload,
    /// Drop the plugin.
    Unload,
}

impl LifecycleStep {
    /// All steps, for tables of buttons and tests.
    pub const ALL: [Self; 8] = [
        Self::Initialize,
        Self::Call,
        Self::Pause,
        Self::Resume,
        Self::Cancel,
        Self::StopPlugin,
        Self::Reload,
        Self::Unload,
    ];
}

/// One entry of an instance's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateChange {
    /// State before.
    pub from: PluginState,
    /// State after.
    pub to: PluginState,
    /// Milliseconds since the Unix epoch.
    pub at_unix_ms: u64,
    /// Why it changed, such as the export that was called or the limit that was hit.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::{LifecycleStep as Step, PluginState as State};

    #[test]
    fn every_state_says_which_steps_it_takes() {
        let legal: &[(State, &[Step])] = &[
            (State::Compiling, &[Step::Unload]),
            (State::Created, &[Step::Initialize, Step::StopPlugin, Step::Reload, Step::Unload]),
            (State::Initializing, &[Step::Cancel, Step::Unload]),
            (State::Ready, &[Step::Call, Step::StopPlugin, Step::Reload, Step::Unload]),
            (State::Running, &[Step::Pause, Step::Cancel, Step::Unload]),
            (State::Paused, &[Step::Resume, Step::Cancel, Step::Unload]),
            (State::Error, &[Step::Initialize, Step::Call, Step::StopPlugin, Step::Reload, Step::Unload]),
            (State::Stopped, &[Step::Initialize, Step::Reload, Step::Unload]),
        ];
        assert_eq!(legal.len(), State::ALL.len());
        for (state, steps) in legal {
            for step in Step::ALL {
                let answer = state.step(step);
                assert_eq!(answer.is_ok(), steps.contains(&step), "{state:?} {step:?}: {answer:?}");
                if let Err(reason) = answer {
                    assert!(!reason.is_empty());
                }
            }
        }
    }

    #[test]
    fn refusals_name_the_state() {
        assert_eq!(
            State::Stopped.step(Step::Call).unwrap_err(),
            "plugin not ready, current state: Stopped: initialize it again"
        );
        assert_eq!(
            State::Ready.step(Step::Initialize).unwrap_err(),
            "cannot initialize plugin in state Ready"
        );
    }
}
