//! Rows of comma-separated values as RFC 4180 has them.
//!
//! Knows no document in particular.

/// Text of a table, built row by row; rows end with CR LF.
#[derive(Debug, Default)]
pub(super) struct CsvWriter {
    text: String,
    is_inside_row: bool,
}

impl CsvWriter {
    /// Starts a table with a row of column names.
    pub(super) fn with_header(columns: &[&str]) -> Self {
        let mut writer = Self::default();
        for column in columns {
            writer.field(column);
        }
        writer.end_row();
        writer
    }

    /// Appends a field, quoted where its text asks for it.
    pub(super) fn field(&mut self, text: &str) {
        if self.is_inside_row {
            self.text.push(',');
        }
        self.is_inside_row = true;
        let needs_quotes =
            text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ');
        if needs_quotes {
            self.text.push('"');
            self.text.push_str(&text.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(text);
        }
    }

    /// Appends the text of a value.
    pub(super) fn value(&mut self, value: &impl ToString) {
        self.field(&value.to_string());
    }

    /// Appends the text of a value, or an empty field where there is none.
    pub(super) fn optional(&mut self, value: Option<impl ToString>) {
        self.field(&value.map(|value| value.to_string()).unwrap_or_default());
    }

    /// Ends the row.
    pub(super) fn end_row(&mut self) {
        self.text.push_str("\r\n");
        self.is_inside_row = false;
    }

    /// Returns the whole table.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_their_text_asks_for_it() {
        let table = [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" edge", "\" edge\""),
            ("-5", "-5"),
        ];
        for (text, written) in table {
            let mut writer = CsvWriter::default();
            writer.field(text);
            writer.value(&7);
            writer.optional(None::<u32>);
            writer.end_row();
            assert_eq!(writer.finish(), format!("{written},7,\r\n"));
        }
    }
}
