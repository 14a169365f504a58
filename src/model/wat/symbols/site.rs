//! What is around a place that a pass has reached: what completion goes by.

use super::pass::Pass;
use super::roles::Role;
use super::{Immediates, SymbolKind};
use crate::model::wat::scan::next_lexeme;

/// What is around a place, for completion.
#[derive(Debug)]
pub(in crate::model::wat) struct Site<'t> {
    /// The innermost form.
    pub(in crate::model::wat) role: Role,
    /// Whether a `(` stands right before.
    pub(in crate::model::wat) after_open: bool,
    /// The operator whose words are being written, and how many it has so far.
    pub(in crate::model::wat) operator: Option<(&'t str, usize)>,
    /// What the operator or form expects next, if a name or number.
    pub(in crate::model::wat) expected: Option<SymbolKind>,
    /// The operator's first operand.
    pub(in crate::model::wat) operand: Option<&'t str>,
    /// Named labels from the innermost outwards.
    pub(in crate::model::wat) labels: Vec<&'t str>,
    /// Named locals and parameters, with their declarations, in order.
    pub(in crate::model::wat) locals: Vec<(&'t str, &'t str, SymbolKind)>,
    /// Words and forms in the innermost form so far.
    pub(in crate::model::wat) num_items: u32,
}

impl<'t> Pass<'t> {
    /// Tells what is around the place that has been reached.
    pub(in crate::model::wat) fn site(&self) -> Site<'t> {
        // A form without its keyword is judged by the form around it.
        let innermost = self.frames.iter().rev().find(|frame| frame.role != Role::Headless);
        let role = innermost.map_or(Role::Top, |frame| frame.role);
        let operator = self.operator.map(|operator| {
            (&self.text[operator.start as usize..operator.end as usize], self.operands.len())
        });
        let locals = self.found.definitions.iter().filter(|one| {
            let is_here = one.owner.map(|owner| owner.0) == self.function && self.function.is_some();
            is_here && matches!(one.kind, SymbolKind::Local | SymbolKind::Param)
        });
        let locals = locals.filter_map(|one| {
            let end = if one.form.end > one.form.start { one.form.end } else { self.at };
            Some((&self.text[one.name.clone()?], &self.text[one.form.start..end], one.kind))
        });
        Site {
            role,
            after_open: self.after_open,
            operator,
            expected: self.expected(role),
            operand: self.operands.first().map(|&(start, end, _)| &self.text[start as usize..end as usize]),
            labels: self.visible_labels().filter_map(|label| label.name).collect(),
            locals: locals.collect(),
            num_items: innermost.map_or(0, |frame| frame.num_items),
        }
    }

    /// Tells whether a byte, up to which lexemes were read, is inside of a comment or string.
    pub(in crate::model::wat) fn is_inside(&self, byte: usize) -> bool {
        (self.is_open_ended && self.at == byte)
            || next_lexeme(self.text, self.at).is_some_and(|(_, range)| range.start < byte)
    }

    /// Lists where the forms of code begin that are open at the place that has been reached, from the innermost
    /// outwards.
    pub(in crate::model::wat) fn code_forms(&self) -> impl Iterator<Item = usize> {
        let code = self.frames.iter().rev().filter(|frame| frame.role == Role::Code);
        code.map(|frame| frame.start as usize)
    }

    pub(super) fn expected(&self, role: Role) -> Option<SymbolKind> {
        let count = self.operands.len();
        if let Some(operator) = self.operator {
            return match operator.immediates {
                Immediates::Each(kinds) => kinds.get(count).copied(),
                Immediates::All(kind) => Some(kind),
                Immediates::Last(first, last) => Some(if count == 0 { last } else { first }),
                Immediates::MemoryAndLane => (count == 0).then_some(SymbolKind::Memory),
                Immediates::TypeAndField => match count {
                    0 => Some(SymbolKind::Type),
                    1 => Some(SymbolKind::Field),
                    _ => None,
                },
                Immediates::LabelThatEnds => Some(SymbolKind::Label),
                Immediates::Nothing | Immediates::LabelOfItsOwn => None,
            };
        }
        let num_items = self.frames.last().map_or(0, |frame| frame.num_items);
        match role {
            Role::Defines(SymbolKind::Elem) if num_items > 0 => Some(SymbolKind::Func),
            _ => None,
        }
    }
}
