//! Printing some functions of a binary, and no others.
//!
//! The printer gets a module made for the purpose: as many imports as there are functions before the first,
//! so that all keep their index, the types, the names that are mentioned, and the functions themselves. It
//! needs no more, since it checks no index.

use std::io;
use std::ops::Range;

use wasmparser::{BinaryReader, FunctionBody, Operator};

use super::core_module::{CoreModule, offset};
use super::outline_lines::RunContent;
use super::page::{ListingPage, PAGE_LINES};
use super::sections::{CUSTOM, begin_section, end_section, push_u32};
use super::{Listing, MAX_LINE_BYTES, index_of};

/// Bytes of functions that are printed in one go.
const BATCH_BYTES: u32 = 128 * 1024;

/// Functions that are printed in one go.
const BATCH_FUNCTIONS: usize = 1024;

/// Deepest indentation that the printer makes.
const MOST_INDENT: usize = 100;

/// One line as it was printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct PrintedLine<'a> {
    /// Its number in the listing, from 1.
    pub(super) line: u32,
    /// What it stands for.
    pub(super) offset: Option<u32>,
    /// Its text, without line break.
    pub(super) text: &'a str,
}

impl Listing {
    /// Prints some lines, from 1; lines of the range that there are none of are left out.
    pub fn page(&self, lines: Range<u32>) -> ListingPage {
        let mut page = ListingPage::new(lines.start.max(1));
        self.print_lines(lines.clone(), MAX_LINE_BYTES, &mut |printed| {
            page.push(printed.line, printed.offset, printed.text);
            true
        });
        page.fill(lines.end.min(self.num_lines().saturating_add(1)));
        page
    }

    /// Prints a page by its number, from 0.
    pub fn page_numbered(&self, number: u32) -> ListingPage {
        let first = number.saturating_mul(PAGE_LINES).saturating_add(1);
        self.page(first..first.saturating_add(PAGE_LINES))
    }

    /// Prints the lines of one function, in full, with the offsets that they stand for.
    pub fn print_function(&self, number: usize, mut take: impl FnMut(Option<u64>, &str) -> bool) {
        let Some(function) = self.function(number) else { return };
        let lines = function.line..function.line + function.num_lines;
        self.print_lines(lines, usize::MAX, &mut |printed| take(printed.offset.map(u64::from), printed.text));
    }

    /// Prints some lines, from 1, until told to stop.
    pub(super) fn print_lines(
        &self,
        lines: Range<u32>,
        max_line_bytes: usize,
        take: &mut dyn FnMut(PrintedLine<'_>) -> bool,
    ) {
        let rows = lines.start.saturating_sub(1)..lines.end.saturating_sub(1).min(self.num_lines());
        let first = self.runs().partition_point(|run| run.first_line <= rows.start).saturating_sub(1);
        for run in self.runs()[first..].iter().take_while(|run| run.first_line < rows.end) {
            let goes_on = match &run.content {
                RunContent::Text(kept) => {
                    let from = rows.start.saturating_sub(run.first_line);
                    let to = (rows.end - run.first_line).min(kept.end - kept.start);
                    (from..to).all(|place| {
                        let (text, offset) = self.outside.kept(kept.start + place);
                        take(PrintedLine { line: run.first_line + place + 1, offset, text })
                    })
                }
                RunContent::Functions(functions) => {
                    let first = self.first_lines.partition_point(|line| *line <= rows.start);
                    let first = first.saturating_sub(1).max(functions.start);
                    let end = self.first_lines.partition_point(|line| *line < rows.end).min(functions.end);
                    self.print_functions(first..end, &rows, max_line_bytes, take)
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Prints the lines of some functions of one run that are in `rows`; returns whether to go on.
    fn print_functions(
        &self,
        mut functions: Range<usize>,
        rows: &Range<u32>,
        max_line_bytes: usize,
        take: &mut dyn FnMut(PrintedLine<'_>) -> bool,
    ) -> bool {
        while !functions.is_empty() {
            let number = functions.start;
            let is_unreadable =
                |number: usize| self.unreadable.binary_search_by_key(&number, |it| *it as usize).is_ok();
            if is_unreadable(number) {
                functions.start += 1;
                if !self.say_unreadable(number, take) {
                    return false;
                }
                continue;
            }
            let start = self.bodies[number].start;
            let mut end = number + 1;
            while end < functions.end.min(number + BATCH_FUNCTIONS)
                && self.bodies[end].end - start <= BATCH_BYTES
                && !is_unreadable(end)
            {
                end += 1;
            }
            if !self.print_batch(number..end, rows, max_line_bytes, take) {
                return false;
            }
            functions.start = end;
        }
        true
    }

    fn say_unreadable(&self, number: usize, take: &mut dyn FnMut(PrintedLine<'_>) -> bool) -> bool {
        let Some(function) = self.function(number) else { return true };
        let text = format!("  ;; the code of function {} can't be read", function.index);
        let offset = Some(self.bodies[number].start);
        take(PrintedLine { line: function.line, offset, text: &text })
    }

    fn print_batch(
        &self,
        functions: Range<usize>,
        rows: &Range<u32>,
        max_line_bytes: usize,
        take: &mut dyn FnMut(PrintedLine<'_>) -> bool,
    ) -> bool {
        let Some(module) = self.module_of(functions.start) else { return true };
        let (wasm, starts) = self.excerpt(module, &functions);
        let mut sink = Sink {
            listing: self,
            first: functions.start,
            starts: &starts,
            rows,
            max_line_bytes,
            indent: 2 * module.depth as usize,
            take,
            num_begun: 0,
            line_in_function: 0,
            current: None,
            text: String::new(),
            hidden: 0,
            is_done: false,
            goes_on: true,
        };
        // What can't be printed leaves empty lines; the reader of the binary has told of it long before.
        let printed = wasmprinter::Config::new().print(&wasm, &mut sink);
        if printed.is_ok() {
            sink.finish_line();
        }
        sink.goes_on
    }

    /// Makes the module that is printed in place of the whole one, and tells where its functions begin.
    fn excerpt(&self, module: &CoreModule, functions: &Range<usize>) -> (Vec<u8>, Vec<u32>) {
        let indices = index_of(module, functions.start)..index_of(module, functions.end);
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        if let Some(types) = &module.types {
            let start = begin_section(&mut out, 1);
            out.extend_from_slice(&self.wasm[types.clone()]);
            end_section(&mut out, start);
        }
        if indices.start > 0 {
            let start = begin_section(&mut out, 2);
            // One group of nameless imports, all functions of type 0.
            out.extend([1, 0, 0, 0x7e, 0, 0]);
            push_u32(&mut out, indices.start);
            out.resize(out.len() + indices.start as usize, 0);
            end_section(&mut out, start);
        }
        let start = begin_section(&mut out, 3);
        push_u32(&mut out, offset(functions.len()));
        let place = functions.start - module.functions.start;
        for ty in &module.function_types[place..place + functions.len()] {
            push_u32(&mut out, *ty);
        }
        end_section(&mut out, start);
        self.push_customs(module, functions, &indices, &mut out);
        let start = begin_section(&mut out, 10);
        push_u32(&mut out, offset(functions.len()));
        let mut starts = Vec::with_capacity(functions.len());
        for body in &self.bodies[functions.clone()] {
            push_u32(&mut out, body.end - body.start);
            starts.push(offset(out.len()));
            out.extend_from_slice(&self.wasm[body.start as usize..body.end as usize]);
        }
        end_section(&mut out, start);
        (out, starts)
    }

    fn push_customs(
        &self,
        module: &CoreModule,
        functions: &Range<usize>,
        indices: &Range<u32>,
        out: &mut Vec<u8>,
    ) {
        let mut mentioned: Vec<u32> = indices.clone().collect();
        for body in &self.bodies[functions.clone()] {
            mention(&self.wasm[body.start as usize..body.end as usize], &mut mentioned);
        }
        // Names that are not unique are printed otherwise, from the second function on that has one.
        let holders: Vec<_> = mentioned.iter().filter_map(|index| module.holder_of_name(*index)).collect();
        mentioned.extend(holders);
        mentioned.sort_unstable();
        mentioned.dedup();
        let start = begin_section(out, CUSTOM);
        out.extend(b"\x04name");
        module.push_names(&self.wasm, &mentioned, indices, out);
        end_section(out, start);
        if module.has_hints() {
            let start = begin_section(out, CUSTOM);
            out.extend(b"\x19metadata.code.branch_hint");
            module.push_hints(&self.wasm, indices, out);
            end_section(out, start);
        }
    }
}

/// Notes the functions that a function speaks of.
fn mention(body: &[u8], mentioned: &mut Vec<u32>) {
    let Ok(operators) = FunctionBody::new(BinaryReader::new(body, 0)).get_operators_reader() else { return };
    for operator in operators.into_iter().map_while(Result::ok) {
        if let Operator::Call { function_index }
        | Operator::ReturnCall { function_index }
        | Operator::RefFunc { function_index } = operator
        {
            mentioned.push(function_index);
        }
    }
}

/// Takes what is printed of an excerpt, and hands on the lines that somebody wants.
struct Sink<'a> {
    listing: &'a Listing,
    /// Number of the excerpt's first function.
    first: usize,
    /// Where its functions begin.
    starts: &'a [u32],
    /// Rows of the listing that are wanted, from 0.
    rows: &'a Range<u32>,
    max_line_bytes: usize,
    /// Spaces that stand before each line more than are printed.
    indent: usize,
    take: &'a mut dyn FnMut(PrintedLine<'_>) -> bool,
    num_begun: usize,
    line_in_function: u32,
    /// Row and offset of the line that is being printed, if it is wanted.
    current: Option<(u32, Option<u32>)>,
    text: String,
    hidden: usize,
    is_done: bool,
    goes_on: bool,
}

impl Sink<'_> {
    fn begin_line(&mut self, at: Option<u64>) {
        self.text.clear();
        self.hidden = 0;
        let next = self.starts.get(self.num_begun).copied().map(u64::from);
        if at.is_some() && at == next {
            self.num_begun += 1;
            self.line_in_function = 0;
        } else {
            self.line_in_function += 1;
        }
        let Some(place) = self.num_begun.checked_sub(1) else { return };
        let number = self.first + place;
        let row = self.listing.first_lines[number] + self.line_in_function;
        if row >= self.rows.end {
            self.is_done = true;
        }
        if self.line_in_function >= self.listing.count(number) || !self.rows.contains(&row) {
            return;
        }
        let body = self.listing.bodies[number];
        let within = at.and_then(|at| at.checked_sub(u64::from(self.starts[place])));
        let offset = within.and_then(|within| u32::try_from(u64::from(body.start) + within).ok());
        self.current = Some((row, offset));
    }

    fn finish_line(&mut self) {
        let Some((row, offset)) = self.current.take() else { return };
        if self.hidden > 0 {
            self.text.push_str(&format!(" ;; … {} more characters", self.hidden));
        }
        if self.indent > 0 {
            let spaces = self.text.len() - self.text.trim_start_matches(' ').len();
            let more = self.indent.min(MOST_INDENT.saturating_sub(spaces));
            self.text.insert_str(0, &" ".repeat(more));
        }
        if !(self.take)(PrintedLine { line: row + 1, offset, text: &self.text }) {
            self.is_done = true;
            self.goes_on = false;
        }
    }
}

impl wasmprinter::Print for Sink<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        if self.current.is_some() {
            let room = self.max_line_bytes.saturating_sub(self.text.len());
            let end = if text.len() <= room { text.len() } else { text.floor_char_boundary(room) };
            self.text.push_str(&text[..end]);
            self.hidden += text.len() - end;
        }
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.finish_line();
        if self.is_done { Err(io::Error::other("there are enough lines")) } else { Ok(()) }
    }

    fn start_line(&mut self, binary_offset: Option<u64>) {
        self.begin_line(binary_offset);
    }
}
