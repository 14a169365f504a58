//! Gives every definition its index and every use its target, once the whole text has been read.

use std::collections::HashMap;
use std::sync::Arc;

use super::pass::{Found, How, RawUse, number};
use super::{Definition, DefinitionId, SymbolIndex, SymbolKind, Use};

/// What there is to be found, by where and what.
#[derive(Default)]
struct Spaces<'t> {
    /// Scope, kind and name.
    names: HashMap<(u32, SymbolKind, &'t str), u32>,
    /// Scope and kind, by index.
    indices: HashMap<(u32, SymbolKind), Vec<u32>>,
    /// Parameters and locals, or fields, of a function or type.
    members: HashMap<u32, Vec<u32>>,
}

/// Makes an index of what a pass has found; its text is still to be put in.
pub(super) fn resolve(mut found: Found<'_>) -> SymbolIndex {
    let spaces = spaces(found.text, &mut found.definitions);
    let mut uses: Vec<Use> = Vec::with_capacity(found.uses.len());
    for raw in &found.uses {
        let target = target(raw, &found, &spaces, &uses);
        let kind = target.map_or(raw.kind, |target| found.definitions[target as usize].kind);
        uses.push(Use {
            range: raw.start as usize..raw.end as usize,
            kind,
            target: target.map(DefinitionId),
            by_index: raw.by_index,
        });
    }
    count_parameters_of_types(&mut found, &spaces, &uses);
    let (used, used_from) = by_target(&uses, found.definitions.len());
    let mut named: Vec<(usize, DefinitionId)> = (0u32..)
        .zip(&found.definitions)
        .filter_map(|(id, definition)| Some((definition.name.as_ref()?.start, DefinitionId(id))))
        .collect();
    named.sort_unstable();
    SymbolIndex {
        text: Arc::default(),
        definitions: found.definitions,
        uses,
        used,
        used_from,
        named: named.into_iter().map(|(_, id)| id).collect(),
        fields: found.fields,
        scopes: found.scopes,
        is_cut: found.is_cut,
    }
}

/// Lists the uses of each definition, and where those of each begin in that list.
fn by_target(uses: &[Use], num_definitions: usize) -> (Vec<u32>, Vec<u32>) {
    let mut from = vec![0u32; num_definitions + 1];
    for target in uses.iter().filter_map(|one| one.target) {
        from[target.0 as usize + 1] += 1;
    }
    for id in 0..num_definitions {
        from[id + 1] += from[id];
    }
    let mut next = from.clone();
    let mut used = vec![0u32; from[num_definitions] as usize];
    for (at, one) in (0u32..).zip(uses) {
        let Some(target) = one.target else { continue };
        let next = &mut next[target.0 as usize];
        used[*next as usize] = at;
        *next += 1;
    }
    (used, from)
}

fn spaces<'t>(text: &'t str, definitions: &mut [Definition]) -> Spaces<'t> {
    let mut spaces = Spaces::default();
    for (id, definition) in (0u32..).zip(definitions) {
        if definition.kind == SymbolKind::Label {
            continue;
        }
        if let Some(owner) = definition.owner {
            let members = spaces.members.entry(owner.0).or_default();
            definition.index = u32::try_from(members.len()).unwrap_or(u32::MAX);
            members.push(id);
            continue;
        }
        let indices = spaces.indices.entry((definition.scope, definition.kind)).or_default();
        definition.index = u32::try_from(indices.len()).unwrap_or(u32::MAX);
        indices.push(id);
        if let Some(name) = definition.name.clone() {
            spaces.names.entry((definition.scope, definition.kind, &text[name])).or_insert(id);
        }
    }
    spaces
}

/// Returns what a use stands for; `uses` are those before it.
fn target(raw: &RawUse, found: &Found<'_>, spaces: &Spaces<'_>, uses: &[Use]) -> Option<u32> {
    let word = &found.text[raw.start as usize..raw.end as usize];
    match raw.how {
        How::Known(target) => target,
        How::InScope(scope) if raw.by_index => {
            spaces.indices.get(&(scope, raw.kind))?.get(number(word)? as usize).copied()
        }
        How::InScope(scope) => spaces.names.get(&(scope, raw.kind, word)).copied(),
        How::OfAnyKind(scope) => named_anywhere(word, raw.kind, scope, found, spaces),
        How::AmongLocals(function) => {
            let locals = spaces.members.get(&function).map_or(&[][..], Vec::as_slice);
            let of_type = parameters_of_type(function, found, spaces, uses);
            let index = number(word)? as usize;
            match index.checked_sub(of_type.len()) {
                Some(index) => locals.get(index).copied(),
                None => of_type.get(index).copied(),
            }
        }
        How::FieldOf(type_use) => {
            let ty = uses.get(type_use as usize)?.target?;
            let fields = spaces.members.get(&ty.0)?;
            if raw.by_index {
                return fields.get(number(word)? as usize).copied();
            }
            let is_it = |id: &&u32| {
                let name = found.definitions[**id as usize].name.clone();
                name.is_some_and(|name| &found.text[name] == word)
            };
            fields.iter().find(is_it).copied()
        }
    }
}

/// Returns the parameters that a function has from its type alone.
fn parameters_of_type<'s>(
    function: u32,
    found: &Found<'_>,
    spaces: &'s Spaces<'_>,
    uses: &[Use],
) -> &'s [u32] {
    let ty = found.type_uses.get(&function).and_then(|index| uses.get(*index as usize)?.target);
    let own = spaces.members.get(&function).and_then(|locals| locals.first());
    let lists_them = own.is_some_and(|id| found.definitions[*id as usize].kind == SymbolKind::Param);
    match ty {
        Some(ty) if !lists_them => spaces.members.get(&ty.0).map_or(&[], Vec::as_slice),
        _ => &[],
    }
}

/// Numbers the locals of functions whose parameters are listed by their type.
fn count_parameters_of_types(found: &mut Found<'_>, spaces: &Spaces<'_>, uses: &[Use]) {
    let functions: Vec<u32> = found.type_uses.keys().copied().collect();
    for function in functions {
        let count = parameters_of_type(function, found, spaces, uses).len();
        for local in spaces.members.get(&function).into_iter().flatten() {
            let index = &mut found.definitions[*local as usize].index;
            *index = index.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
}

fn named_anywhere(
    word: &str,
    kind: SymbolKind,
    scope: u32,
    found: &Found<'_>,
    spaces: &Spaces<'_>,
) -> Option<u32> {
    use SymbolKind as K;
    const KINDS: [SymbolKind; 13] = [
        K::Func,
        K::Type,
        K::Instance,
        K::Component,
        K::Module,
        K::CoreInstance,
        K::CoreFunc,
        K::CoreType,
        K::Memory,
        K::Table,
        K::Global,
        K::Tag,
        K::Value,
    ];
    let mut next = Some(scope);
    while let Some(scope) = next {
        let all = std::iter::once(kind).chain(KINDS);
        let found_here = all.into_iter().find_map(|kind| spaces.names.get(&(scope, kind, word)).copied());
        if found_here.is_some() {
            return found_here;
        }
        next = found.scopes.get(scope as usize).copied().flatten();
    }
    None
}
