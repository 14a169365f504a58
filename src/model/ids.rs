//! Numbers that name things: plugins, sources, builds, calls.
//!
//! Knows nothing of what they name, and hands none out.

use std::fmt;

use serde::Serialize;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// Returns the one after it; the last one stays where it is.
            #[must_use]
            pub const fn successor(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// Names a live plugin, a single instance with its store; never used again after an unload.
    PluginId(u32)
}

id! {
    /// Names a request to the files or to a plugin's memory, so that its answer can be told from others.
    RequestId(u64)
}

id! {
    /// Names an open source, whatever its file is called by now.
    SourceId(u32)
}

id! {
    /// Counts the builds of one source that were asked for, from 1.
    BuildNumber(u64)
}

id! {
    /// Tells newer text or newer data from older; what carries an older one is stale.
    Generation(u64)
}

id! {
    /// Names one call that was asked for, so that its end can be matched to it.
    CallId(u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_its_bare_number() {
        assert_eq!(BuildNumber(7).to_string(), "7");
        assert_eq!(format!("{:>3}", PluginId(7)), "  7");
        assert_eq!(serde_json::to_string(&CallId(9)).expect("a number serialises"), "9");
    }

    #[test]
    fn the_last_id_has_no_successor() {
        assert_eq!(PluginId(1).successor(), PluginId(2));
        assert_eq!(PluginId(u32::MAX).successor(), PluginId(u32::MAX));
    }
}
