//! Counts the core instances that a component consists of, from its binary alone.
//!
//! The engine counts them too, but does not tell.

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind, Encoding, Instance,
    Parser, Payload,
};

/// What is known of one component while it is read.
#[derive(Default)]
struct Scope {
    /// Core instances of each component in its index space; `None` where it comes from outside.
    components: Vec<Option<u64>>,
    count: u64,
}

/// Counts the core instances that one instance of the component has, those of nested components included.
///
/// Instances of components that come from outside are not counted. The bytes must have been validated.
pub(crate) fn core_instances(component: &[u8]) -> u64 {
    let mut scopes = vec![Scope::default()];
    let mut depth_in_module = 0_u32;
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else { break };
        match payload {
            Payload::ModuleSection { .. } => depth_in_module += 1,
            Payload::Version { encoding: Encoding::Component, range, .. } if range.start > 0 => {
                scopes.push(Scope::default());
            }
            Payload::End(_) if depth_in_module > 0 => depth_in_module -= 1,
            Payload::End(_) if scopes.len() > 1 => {
                let count = scopes.pop().map_or(0, |scope| scope.count);
                if let Some(outer) = scopes.last_mut() {
                    outer.components.push(Some(count));
                }
            }
            other => read(&mut scopes, other),
        }
    }
    scopes.first().map_or(0, |scope| scope.count)
}

fn read(scopes: &mut [Scope], payload: Payload<'_>) {
    let Some((scope, outer)) = scopes.split_last_mut() else { return };
    match payload {
        Payload::InstanceSection(section) => {
            let instantiated = section.into_iter().flatten();
            let made =
                instantiated.filter(|instance| matches!(instance, Instance::Instantiate { .. })).count();
            scope.count = scope.count.saturating_add(made as u64);
        }
        Payload::ComponentInstanceSection(section) => {
            for instance in section.into_iter().flatten() {
                if let ComponentInstance::Instantiate { component_index, .. } = instance {
                    let nested = scope.components.get(component_index as usize).copied().flatten();
                    scope.count = scope.count.saturating_add(nested.unwrap_or(0));
                }
            }
        }
        Payload::ComponentAliasSection(section) => {
            for alias in section.into_iter().flatten() {
                match alias {
                    ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                        // Count 0 is this very component, 1 the one around it.
                        let from = match (count as usize).checked_sub(1) {
                            None => Some(&*scope),
                            Some(up) => outer.len().checked_sub(1 + up).and_then(|at| outer.get(at)),
                        };
                        let aliased =
                            from.and_then(|from| from.components.get(index as usize).copied().flatten());
                        scope.components.push(aliased);
                    }
                    ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. } => {
                        scope.components.push(None);
                    }
                    _ => {}
                }
            }
        }
        Payload::ComponentImportSection(section) => {
            for import in section.into_iter().flatten() {
                if matches!(import.ty, wasmparser::ComponentTypeRef::Component(_)) {
                    scope.components.push(None);
                }
            }
        }
        Payload::ComponentExportSection(section) => {
            for export in section.into_iter().flatten() {
                if export.kind == ComponentExternalKind::Component {
                    let exported = scope.components.get(export.index as usize).copied().flatten();
                    scope.components.push(exported);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> u64 {
        core_instances(&wat::parse_str(text).unwrap())
    }

    #[test]
    fn instances_are_counted_through_nested_components() {
        assert_eq!(count("(component)"), 0);
        assert_eq!(count("(component (core module $m) (core instance (instantiate $m)))"), 1);
        let nested = "(component
            (component $inner
                (core module $m)
                (core instance (instantiate $m))
                (core instance (instantiate $m)))
            (instance (instantiate $inner))
            (instance (instantiate $inner))
            (core module $n)
            (core instance (instantiate $n)))";
        assert_eq!(count(nested), 5);
    }

    #[test]
    fn a_component_that_is_never_instantiated_counts_nothing() {
        assert_eq!(count("(component (component (core module $m) (core instance (instantiate $m))))"), 0);
    }
}
