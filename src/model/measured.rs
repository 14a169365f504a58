//! A figure together with how good it is.

use serde::{Serialize, Serializer};

/// A measured figure that says how far it can be trusted.
///
/// Serialises as the bare value, or as `null` where nothing was measured, never as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measured<T> {
    /// The value is right to the unit.
    Exact(T),
    /// The true value is this one or larger, such as fuel that still sits in a register.
    AtLeast(T),
    /// Nobody looked; there is no value to show.
    #[default]
    NotMeasured,
}

impl<T: Copy> Measured<T> {
    /// Returns the value, whatever its quality, or `None` when nothing was measured.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Exact(value) | Self::AtLeast(value) => Some(value),
            Self::NotMeasured => None,
        }
    }

    /// Tells whether the value is right to the unit.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Exact(_))
    }

    /// Applies a function to the value and keeps its quality.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Self::Exact(value) => Measured::Exact(function(value)),
            Self::AtLeast(value) => Measured::AtLeast(function(value)),
            Self::NotMeasured => Measured::NotMeasured,
        }
    }
}

impl<T: Serialize> Serialize for Measured<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(value) | Self::AtLeast(value) => value.serialize(serializer),
            Self::NotMeasured => serializer.serialize_none(),
        }
    }
}
