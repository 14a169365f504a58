//! Two plugins or two builds whose calls are shown against each other, and the calls of plugins that are gone.
//!
//! Knows no plot.

use std::ops::Range;

use super::AppState;
use crate::model::ids::PluginId;
use crate::model::limit_rules::LimitRules;
use crate::model::limits::Limits;
use crate::model::timeline::Timeline;

/// Unloaded plugins whose calls are kept.
const MOST_PAST: usize = 8;
/// Calls of unloaded plugins that are kept together; the newest one's are kept whatever their number.
const MOST_PAST_CALLS: usize = 2_000_000;
/// Pairs that are offered.
const MOST_OFFERED: usize = 40;
/// Pairs of builds among them, so that there is room for other plugins.
const MOST_OFFERED_BUILDS: usize = 24;
/// Newest builds of which each is offered with each; the newest one is offered with older ones too.
const MOST_BUILDS_EACH: usize = 6;

/// A plugin, or one build of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The plugin, live or unloaded.
    pub plugin: PluginId,
    /// Number of the build; `None` means all of them.
    pub build: Option<u64>,
}

/// Two subjects; the first belongs to the plugin that is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// What is compared.
    pub first: Subject,
    /// What it is compared with.
    pub second: Subject,
}

/// Calls of a plugin that was unloaded.
#[derive(Debug, Clone)]
pub struct PastPlugin {
    /// Its id, which no other plugin gets.
    pub id: PluginId,
    /// What it was called on screen.
    pub label: String,
    /// Its calls.
    pub timeline: Timeline,
    /// Limits at its end.
    pub limits: Limits,
    /// Limits of single functions at its end.
    pub rules: LimitRules,
}

/// Calls of a subject, ready to be shown.
#[derive(Debug, Clone)]
pub struct SubjectCalls<'a> {
    /// What the subject is called.
    pub label: String,
    /// Calls of its plugin.
    pub timeline: &'a Timeline,
    /// Which of them are the subject's, by index.
    pub range: Range<usize>,
    /// Limits of its plugin.
    pub limits: Limits,
    /// Limits of single functions of its plugin.
    pub rules: &'a LimitRules,
}

impl AppState {
    /// Returns the calls of a subject, unless its plugin is not kept.
    pub fn calls_of(&self, subject: Subject) -> Option<SubjectCalls<'_>> {
        let (name, timeline, limits, rules) = if let Some(plugin) = self.plugin(subject.plugin) {
            let options = &plugin.options;
            (self.plugin_label(subject.plugin), &plugin.calls.timeline, options.limits, &options.rules)
        } else {
            let past = self.past.iter().find(|past| past.id == subject.plugin)?;
            (format!("{} (unloaded)", past.label), &past.timeline, past.limits, &past.rules)
        };
        let (label, range) = match subject.build {
            Some(build) => (format!("build {build}"), timeline.calls_of_build(build)),
            None => (name, 0..timeline.len()),
        };
        Some(SubjectCalls { label, timeline, range, limits, rules })
    }

    /// Returns the two that are compared, when the first belongs to the selected plugin and both have calls.
    pub fn shown_pairing(&self) -> Option<[SubjectCalls<'_>; 2]> {
        let pairing = self.pairing.filter(|pairing| Some(pairing.first.plugin) == self.selection.plugin)?;
        let both = [self.calls_of(pairing.first)?, self.calls_of(pairing.second)?];
        both.iter().all(|calls| !calls.range.is_empty()).then_some(both)
    }

    /// Lists what the selected plugin can be compared with, with words for each: its builds that were called,
    /// the newest ones first, each with those before it; then the plugin with every other one.
    pub fn pairings(&self) -> Vec<(String, Pairing)> {
        let Some(plugin) = self.selected_plugin().filter(|plugin| !plugin.calls.timeline.is_empty()) else {
            return Vec::new();
        };
        let mut offered = Vec::new();
        let builds: Vec<u64> = plugin.calls.timeline.builds().iter().rev().map(|of| of.build).collect();
        for (age, newer) in builds.iter().enumerate().take(MOST_BUILDS_EACH) {
            let end = if age == 0 { builds.len() } else { builds.len().min(MOST_BUILDS_EACH) };
            for older in &builds[age + 1..end.max(age + 1)] {
                let of = |build: u64| Subject { plugin: plugin.id, build: Some(build) };
                let words = format!("build {newer} with build {older}");
                offered.push((words, Pairing { first: of(*newer), second: of(*older) }));
            }
        }
        offered.truncate(MOST_OFFERED_BUILDS);
        let live = self.plugins.iter().filter(|other| !other.calls.timeline.is_empty());
        let others = live.map(|other| other.id).chain(self.past.iter().rev().map(|past| past.id));
        let own = Subject { plugin: plugin.id, build: None };
        for other in others.filter(|other| *other != plugin.id) {
            let second = Subject { plugin: other, build: None };
            if let Some(calls) = self.calls_of(second) {
                offered.push((format!("with {}", calls.label), Pairing { first: own, second }));
            }
        }
        offered.truncate(MOST_OFFERED);
        offered
    }

    /// Keeps the calls of a plugin that goes, so that others can still be compared with it.
    pub(crate) fn keep_calls_of(&mut self, id: PluginId) {
        let label = self.plugin_label(id);
        let Some(plugin) = self.plugin_mut(id).filter(|plugin| !plugin.calls.timeline.is_empty()) else {
            return;
        };
        let timeline = std::mem::take(&mut plugin.calls.timeline);
        let (limits, rules) = (plugin.options.limits, plugin.options.rules.clone());
        self.past.push(PastPlugin { id, label, timeline, limits, rules });
        let calls = |past: &[PastPlugin]| past.iter().map(|past| past.timeline.len()).sum::<usize>();
        while self.past.len() > MOST_PAST || (self.past.len() > 1 && calls(&self.past) > MOST_PAST_CALLS) {
            self.past.remove(0);
        }
    }
}
