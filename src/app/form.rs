//! The fields of the Call pane: text of each argument, what it stands for, and the history of each function.
//!
//! Knows no widgets; texts are read as they are typed.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::bench::Span;
use crate::model::ids::SourceId;
use crate::model::signature::{FuncSignature, ValueType};
use crate::model::value::{Value, default_text, parse_value};

/// Most sets of arguments that are remembered for a function.
const MOST_HISTORY: usize = 100;
/// Most functions whose fields are remembered.
const MOST_FORMS: usize = 2000;

/// The fields of every function that was looked at, by its source and export.
#[derive(Debug, Clone, Default)]
pub struct CallForms {
    forms: HashMap<(SourceId, Arc<str>), CallForm>,
}

/// The fields of one function.
#[derive(Debug, Clone, PartialEq)]
pub struct CallForm {
    /// One field for each parameter.
    pub args: Vec<ArgField>,
    /// How often the call is repeated, as typed.
    pub repeat: String,
    /// Whether calls that are not measured come before those that are repeated.
    pub warm_up: bool,
    /// Whether repeating goes on after a call that did not return.
    pub continue_on_failure: bool,
    /// Arguments of earlier calls, oldest first, each set once.
    pub history: Vec<Vec<String>>,
    // `None` while the fields hold what was typed and not what the history says.
    recalled: Option<usize>,
    // What was typed before the history was walked.
    draft: Vec<String>,
}

/// One argument's field.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgField {
    /// Type that the function takes.
    pub ty: ValueType,
    /// What was typed.
    pub text: String,
    /// What it stands for, or why it stands for nothing.
    pub value: Result<Value, String>,
}

impl ArgField {
    fn new(ty: &ValueType, text: String) -> Self {
        let value = parse_value(&text, ty).map_err(|err| err.to_string());
        Self { ty: ty.clone(), text, value }
    }
}

impl CallForm {
    fn new(signature: &FuncSignature) -> Self {
        let field = |ty: &ValueType| ArgField::new(ty, default_text(ty).to_owned());
        Self {
            args: signature.params.iter().map(|param| field(&param.ty)).collect(),
            repeat: "1".to_owned(),
            warm_up: false,
            continue_on_failure: false,
            history: Vec::new(),
            recalled: None,
            draft: Vec::new(),
        }
    }

    /// Fits the fields to a signature; texts stay where they were.
    fn fit(&mut self, signature: &FuncSignature) {
        if self.args.iter().map(|arg| &arg.ty).eq(signature.params.iter().map(|param| &param.ty)) {
            return;
        }
        let mut old = std::mem::take(&mut self.args).into_iter();
        self.args = signature
            .params
            .iter()
            .map(|param| match old.next() {
                Some(arg) if arg.ty == param.ty => arg,
                _ => ArgField::new(&param.ty, default_text(&param.ty).to_owned()),
            })
            .collect();
        self.recalled = None;
    }

    /// Changes the text of an argument; a function without that many parameters is left alone.
    pub fn set_arg(&mut self, index: usize, text: String) {
        if let Some(arg) = self.args.get_mut(index) {
            *arg = ArgField::new(&arg.ty.clone(), text);
            self.recalled = None;
        }
    }

    /// Fills all fields, as many as there are texts for.
    pub fn set_args(&mut self, texts: &[String]) {
        for (arg, text) in self.args.iter_mut().zip(texts) {
            *arg = ArgField::new(&arg.ty.clone(), text.clone());
        }
    }

    /// Returns the arguments.
    ///
    /// # Errors
    ///
    /// Returns the index of the first field that stands for nothing, and why.
    pub fn values(&self) -> Result<Vec<Value>, (usize, String)> {
        let value = |(index, arg): (usize, &ArgField)| arg.value.clone().map_err(|err| (index, err));
        self.args.iter().enumerate().map(value).collect()
    }

    /// Returns how often to call, or for how long.
    ///
    /// # Errors
    ///
    /// Says why the field holds neither.
    pub fn repetition(&self) -> Result<Span, String> {
        Span::parse(&self.repeat)
    }

    /// Walks the history: back with a negative step, forth with a positive one.
    pub(crate) fn recall(&mut self, step: i8) {
        let newest = self.history.len();
        let at = self.recalled.unwrap_or(newest);
        let to = if step < 0 { at.saturating_sub(1) } else { (at + 1).min(newest) };
        if at == to || newest == 0 {
            return;
        }
        if self.recalled.is_none() {
            self.draft = self.texts();
        }
        let texts = self.history.get(to).cloned().unwrap_or_else(|| self.draft.clone());
        self.set_args(&texts);
        self.recalled = (to < newest).then_some(to);
    }

    /// Takes the fields up into the history.
    pub(crate) fn remember(&mut self) {
        let texts = self.texts();
        self.recalled = None;
        if texts.is_empty() {
            return;
        }
        self.history.retain(|other| *other != texts);
        if self.history.len() == MOST_HISTORY {
            self.history.remove(0);
        }
        self.history.push(texts);
    }

    fn texts(&self) -> Vec<String> {
        self.args.iter().map(|arg| arg.text.clone()).collect()
    }
}

impl CallForms {
    /// Returns the fields of a function, once it has been selected.
    pub fn get(&self, source: SourceId, export: &str) -> Option<&CallForm> {
        self.forms.get(&(source, Arc::from(export)))
    }

    /// Returns the fields of a function, made new or fitted to its signature.
    pub(crate) fn ensure(
        &mut self,
        source: SourceId,
        export: &str,
        signature: &FuncSignature,
    ) -> &mut CallForm {
        if self.forms.len() >= MOST_FORMS {
            self.forms.retain(|_, form| !form.history.is_empty());
        }
        let form = self.forms.entry((source, Arc::from(export))).or_insert_with(|| CallForm::new(signature));
        form.fit(signature);
        form
    }

    pub(crate) fn forget(&mut self, source: SourceId) {
        self.forms.retain(|(of, _), _| *of != source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signature::Param;

    fn signature(types: &[ValueType]) -> FuncSignature {
        let params = types.iter().map(|ty| Param { name: None, ty: ty.clone() }).collect();
        FuncSignature { params, results: Vec::new() }
    }

    #[test]
    fn a_field_says_what_is_wrong_with_it() {
        let mut form = CallForm::new(&signature(&[ValueType::I32, ValueType::I64]));
        form.set_arg(0, "0x10".to_owned());
        form.set_arg(1, "-3".to_owned());
        assert_eq!(form.values(), Ok(vec![Value::I32(16), Value::I64(-3)]));
        form.set_arg(0, "5000000000".to_owned());
        let (index, message) = form.values().expect_err("it does not fit");
        assert_eq!(index, 0);
        assert!(message.contains("out of range for i32"), "{message}");
        form.set_arg(7, "1".to_owned());
        assert_eq!(form.args.len(), 2);
    }

    #[test]
    fn the_history_is_walked_back_and_forth_to_what_was_typed() {
        let mut form = CallForm::new(&signature(&[ValueType::I32]));
        for text in ["1", "2", "1", "3"] {
            form.set_arg(0, text.to_owned());
            form.remember();
        }
        form.set_arg(0, "typed".to_owned());
        let mut walk = |step| {
            form.recall(step);
            form.args[0].text.clone()
        };
        assert_eq!([walk(-1), walk(-1), walk(-1), walk(-1)], ["3", "1", "2", "2"]);
        assert_eq!([walk(1), walk(1), walk(1), walk(1)], ["1", "3", "typed", "typed"]);
    }

    #[test]
    fn texts_stay_where_the_signature_stays() {
        let mut forms = CallForms::default();
        let source = SourceId(1);
        forms
            .ensure(source, "f", &signature(&[ValueType::I32, ValueType::I32]))
            .set_args(&["7".into(), "8".into()]);
        let form = forms.ensure(source, "f", &signature(&[ValueType::I32, ValueType::F32, ValueType::I32]));
        let texts = form.texts();
        assert_eq!(texts.len(), 3);
        assert_eq!(texts[0], "7");
        assert_eq!(texts[1], default_text(&ValueType::F32));
        forms.forget(source);
        assert!(forms.get(source, "f").is_none());
    }
}
