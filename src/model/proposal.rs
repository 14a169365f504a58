//! Proposals of WebAssembly that can be switched on and off: their names, what each is for, which need others.
//!
//! Knows no engine; which of them a compiler can do is decided there.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One proposal of WebAssembly, whether it is part of the standard by now or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proposal {
    /// `i32.extend8_s` and its like.
    SignExtension,
    /// `i32.trunc_sat_f32_s` and its like.
    SaturatingFloatToInt,
    /// Several results of functions and blocks.
    MultiValue,
    /// `memory.copy`, `memory.fill`, passive segments.
    BulkMemory,
    /// `externref`, several tables.
    ReferenceTypes,
    /// `v128`.
    Simd,
    /// Vector operators whose results may differ between processors.
    RelaxedSimd,
    /// `return_call`.
    TailCall,
    /// Arithmetic in initial values.
    ExtendedConst,
    /// More than one linear memory.
    MultiMemory,
    /// Memories and tables with 64-bit addresses.
    Memory64,
    /// Typed references to functions, `call_ref`.
    FunctionReferences,
    /// Structs, arrays and `i31`, kept by a collector.
    Gc,
    /// `throw`, `try_table`.
    Exceptions,
    /// Pages of one byte.
    CustomPageSizes,
    /// 128-bit addition and multiplication.
    WideArithmetic,
    /// Components and their interfaces.
    ComponentModel,
    /// Shared memories and atomic operators.
    Threads,
    /// Coroutines: `cont.new`, `resume`.
    StackSwitching,
}

impl Proposal {
    /// All proposals, those that others need first.
    pub const ALL: [Self; 19] = [
        Self::SignExtension,
        Self::SaturatingFloatToInt,
        Self::MultiValue,
        Self::BulkMemory,
        Self::ReferenceTypes,
        Self::Simd,
        Self::RelaxedSimd,
        Self::TailCall,
        Self::ExtendedConst,
        Self::MultiMemory,
        Self::Memory64,
        Self::FunctionReferences,
        Self::Gc,
        Self::Exceptions,
        Self::CustomPageSizes,
        Self::WideArithmetic,
        Self::ComponentModel,
        Self::Threads,
        Self::StackSwitching,
    ];

    /// Returns its name on the command line and in the settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignExtension => "sign-extension",
            Self::SaturatingFloatToInt => "saturating-float-to-int",
            Self::MultiValue => "multi-value",
            Self::BulkMemory => "bulk-memory",
            Self::ReferenceTypes => "reference-types",
            Self::Simd => "simd",
            Self::RelaxedSimd => "relaxed-simd",
            Self::TailCall => "tail-call",
            Self::ExtendedConst => "extended-const",
            Self::MultiMemory => "multi-memory",
            Self::Memory64 => "memory64",
            Self::FunctionReferences => "function-references",
            Self::Gc => "gc",
            Self::Exceptions => "exceptions",
            Self::CustomPageSizes => "custom-page-sizes",
            Self::WideArithmetic => "wide-arithmetic",
            Self::ComponentModel => "component-model",
            Self::Threads => "threads",
            Self::StackSwitching => "stack-switching",
        }
    }

    /// Finds the proposal of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proposal| proposal.name() == name)
    }

    /// Returns its name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::SignExtension => "Sign extension",
            Self::SaturatingFloatToInt => "Saturating float to int",
            Self::MultiValue => "Multi-value",
            Self::BulkMemory => "Bulk memory",
            Self::ReferenceTypes => "Reference types",
            Self::Simd => "SIMD",
            Self::RelaxedSimd => "Relaxed SIMD",
            Self::TailCall => "Tail call",
            Self::ExtendedConst => "Extended const",
            Self::MultiMemory => "Multi-memory",
            Self::Memory64 => "Memory64",
            Self::FunctionReferences => "Function references",
            Self::Gc => "GC",
            Self::Exceptions => "Exceptions",
            Self::CustomPageSizes => "Custom page sizes",
            Self::WideArithmetic => "Wide arithmetic",
            Self::ComponentModel => "Component model",
            Self::Threads => "Threads",
            Self::StackSwitching => "Stack switching",
        }
    }

    /// Says in a few words what it brings.
    pub fn brings(self) -> &'static str {
        match self {
            Self::SignExtension => "`i32.extend8_s` and its like",
            Self::SaturatingFloatToInt => "`i32.trunc_sat_f32_s` and its like, which never trap",
            Self::MultiValue => "functions and blocks with several results",
            Self::BulkMemory => "`memory.copy`, `memory.fill` and passive segments",
            Self::ReferenceTypes => "`externref`, several tables, `table.grow`",
            Self::Simd => "vectors of 128 bits, `v128`",
            Self::RelaxedSimd => "vector operators whose results may differ between processors",
            Self::TailCall => "`return_call`, which needs no frame of its own",
            Self::ExtendedConst => "arithmetic in initial values",
            Self::MultiMemory => "more than one linear memory",
            Self::Memory64 => "memories and tables with 64-bit addresses",
            Self::FunctionReferences => "typed references to functions, `call_ref`",
            Self::Gc => "structs, arrays and `i31ref`",
            Self::Exceptions => "`throw` and `try_table`",
            Self::CustomPageSizes => "memories with pages of one byte",
            Self::WideArithmetic => "128-bit addition and multiplication",
            Self::ComponentModel => "components and their interfaces",
            Self::Threads => "shared memories and atomic operators",
            Self::StackSwitching => "coroutines: `cont.new`, `resume`",
        }
    }

    /// Says in a clause what having it on costs; what can't be on costs nothing.
    ///
    /// That modules which don't use a proposal get the same machine code with and without it is tested where the
    /// engine is.
    pub fn costs(self) -> &'static str {
        match self {
            Self::SignExtension
            | Self::SaturatingFloatToInt
            | Self::MultiValue
            | Self::Simd
            | Self::RelaxedSimd
            | Self::TailCall
            | Self::MultiMemory
            | Self::WideArithmetic
            | Self::Threads
            | Self::StackSwitching => "costs nothing unless used",
            Self::BulkMemory => "costs nothing unless used; moving costs fuel by the byte or element",
            Self::ReferenceTypes => {
                "costs nothing unless used; an `externref` takes a collector's heap, which counts as memory"
            }
            Self::ExtendedConst => "costs nothing but at instantiation",
            Self::Memory64 | Self::CustomPageSizes => {
                "costs nothing unless used; such memories check bounds in code at each access (not measured)"
            }
            Self::FunctionReferences => "costs nothing unless used; `call_ref` looks for null (not measured)",
            Self::Gc => {
                "costs nothing unless used; objects live on a collector's heap, which counts as memory"
            }
            Self::Exceptions => {
                "costs nothing unless used; with tags, counting call depth takes a fifth instead of a twentieth"
            }
            Self::ComponentModel => "costs modules nothing; in components call depth is not counted",
        }
    }

    /// Returns the proposal without which it can't be.
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::RelaxedSimd => Some(Self::Simd),
            Self::ReferenceTypes => Some(Self::BulkMemory),
            Self::FunctionReferences => Some(Self::ReferenceTypes),
            Self::Gc => Some(Self::FunctionReferences),
            Self::Exceptions => Some(Self::ReferenceTypes),
            _ => None,
        }
    }

    /// Says why it can't be switched on at all, if so.
    pub fn never(self) -> Option<&'static str> {
        match self {
            Self::Threads => Some("a shared memory would evade the memory limit"),
            Self::StackSwitching => Some("frames on other stacks would evade the call depth limit"),
            _ => None,
        }
    }

    /// Tells whether it is on unless somebody switches it off.
    pub fn is_on_by_default(self) -> bool {
        self.never().is_none() && !matches!(self, Self::CustomPageSizes | Self::WideArithmetic)
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of proposals that are on; one whose base is off is not on either.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proposals {
    wanted: u32,
}

impl Proposals {
    /// Tells whether a proposal is on.
    pub fn has(self, proposal: Proposal) -> bool {
        self.is_wanted(proposal) && proposal.needs().is_none_or(|base| self.has(base))
    }

    /// Tells whether a proposal was switched on, even where what it needs is off.
    pub fn is_wanted(self, proposal: Proposal) -> bool {
        self.wanted & proposal.bit() != 0
    }

    /// Switches a proposal on, with all that it needs, or off. One that can't be on stays off.
    pub fn set(&mut self, proposal: Proposal, is_on: bool) {
        if !is_on || proposal.never().is_some() {
            self.wanted &= !proposal.bit();
            return;
        }
        self.wanted |= proposal.bit();
        if let Some(base) = proposal.needs() {
            self.set(base, true);
        }
    }

    /// Returns the same set with a proposal switched on or off.
    pub fn with(mut self, proposal: Proposal, is_on: bool) -> Self {
        self.set(proposal, is_on);
        self
    }

    /// Returns the words of a button that makes a proposal usable to a source which lacks it: one that is on
    /// already is only lacked by the compiler. `None` for a proposal that can't be on.
    pub fn offer(self, proposal: Proposal) -> Option<String> {
        match proposal.never() {
            Some(_) => None,
            None if self.has(proposal) => Some("Use Cranelift".to_owned()),
            None => Some(format!("Turn on {}", proposal.label())),
        }
    }

    /// Lists the proposals that are on.
    pub fn iter(self) -> impl Iterator<Item = Proposal> {
        Proposal::ALL.into_iter().filter(move |proposal| self.has(*proposal))
    }

    /// Lists what differs from the default, such as `without SIMD`.
    pub fn differences(self) -> Vec<String> {
        let differs = |proposal: &Proposal| self.has(*proposal) != Self::default().has(*proposal);
        let word = |proposal: Proposal| if self.has(proposal) { "with" } else { "without" };
        Proposal::ALL
            .into_iter()
            .filter(differs)
            .map(|proposal| format!("{} {}", word(proposal), proposal.label()))
            .collect()
    }
}

impl Default for Proposals {
    fn default() -> Self {
        let on = Proposal::ALL.into_iter().filter(|proposal| proposal.is_on_by_default());
        Self { wanted: on.map(Proposal::bit).sum() }
    }
}

impl std::fmt::Debug for Proposals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Proposals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let switchable = Proposal::ALL.into_iter().filter(|proposal| proposal.never().is_none());
        serializer.collect_map(switchable.map(|proposal| (proposal.name(), self.is_wanted(proposal))))
    }
}

impl<'de> Deserialize<'de> for Proposals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let switches = BTreeMap::<Proposal, bool>::deserialize(deserializer)?;
        let mut proposals = Self::default();
        for (proposal, is_on) in switches {
            match proposal.never() {
                Some(reason) if is_on => {
                    let message = format!("`{}` can't be on: {reason}", proposal.name());
                    return Err(serde::de::Error::custom(message));
                }
                _ => {
                    proposals.wanted =
                        proposals.wanted & !proposal.bit() | if is_on { proposal.bit() } else { 0 }
                }
            }
        }
        Ok(proposals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_proposal_is_found_by_its_name_and_none_needs_a_later_one() {
        for (at, proposal) in Proposal::ALL.into_iter().enumerate() {
            assert_eq!(Proposal::from_name(proposal.name()), Some(proposal));
            assert_eq!(proposal as usize, at);
            assert!(proposal.needs().is_none_or(|base| (base as usize) < at), "{proposal:?}");
            let json = serde_json::to_string(&proposal).expect("it is a string");
            assert_eq!(json, format!("\"{}\"", proposal.name()));
        }
        assert_eq!(Proposal::from_name("SIMD"), None);
    }

    #[test]
    fn what_needs_a_proposal_goes_off_and_comes_on_with_it() {
        let without = Proposals::default().with(Proposal::ReferenceTypes, false);
        for proposal in [Proposal::FunctionReferences, Proposal::Gc, Proposal::Exceptions] {
            assert!(!without.has(proposal), "{proposal:?}");
            assert!(without.with(proposal, true).has(proposal), "{proposal:?}");
        }
        assert!(!Proposals::default().with(Proposal::Threads, true).has(Proposal::Threads));
        assert_eq!(
            Proposals::default().with(Proposal::Simd, false).differences(),
            ["without SIMD", "without Relaxed SIMD"]
        );
    }

    #[test]
    fn a_set_survives_its_document_and_says_what_can_not_be() {
        let set = Proposals::default().with(Proposal::Gc, false).with(Proposal::WideArithmetic, true);
        let json = serde_json::to_string(&set).expect("it is a map");
        assert_eq!(serde_json::from_str::<Proposals>(&json).ok(), Some(set));
        let err = serde_json::from_str::<Proposals>(r#"{"threads":true}"#).expect_err("they can't be on");
        assert!(err.to_string().contains("memory limit"), "{err}");
    }
}
