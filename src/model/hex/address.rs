//! Addresses in text: with their digits, and as the expressions that people type.
//!
//! Knows no symbols itself: the caller resolves names.

use crate::model::value::{ValueError, clean_digits, echo};

/// Bytes in a page, for `page 2`.
const PAGE_BYTES: u64 = 65_536;

/// Returns how many digits the addresses of a memory of so many bytes take: 8, or 16 beyond 4 GiB.
pub fn address_digits(memory_bytes: u64) -> usize {
    if memory_bytes > 1 << 32 { 16 } else { 8 }
}

/// Writes an address in hexadecimal with so many digits, or more where it needs them.
pub fn format_address(address: u64, digits: usize) -> String {
    format!("{address:0digits$x}")
}

/// Reads an address: `0x10`, `16`, `page 2`, `$name`, and sums and differences of these.
///
/// `names` resolves a name without its `$`. Pages are of 64 KiB.
///
/// # Errors
///
/// Says which part can't be read, or that the sum is no address.
pub fn parse_address(text: &str, names: &dyn Fn(&str) -> Option<u64>) -> Result<u64, ValueError> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(ValueError::new("the address is missing").with_hint(FORMS));
    }
    let mut sum: Option<u64> = None;
    let mut is_added = true;
    loop {
        let (term, after) = parse_term(rest, names)?;
        let total = match sum {
            None => Some(term),
            Some(sum) if is_added => sum.checked_add(term),
            Some(sum) => sum.checked_sub(term),
        };
        sum = Some(
            total.ok_or_else(|| ValueError::new(format!("{} is not within 64 bits", echo(text.trim()))))?,
        );
        rest = after.trim_start();
        let Some(sign) = rest.chars().next() else { return Ok(sum.unwrap_or_default()) };
        is_added = match sign {
            '+' => true,
            '-' | '−' => false,
            _ => return Err(unreadable(rest)),
        };
        rest = rest[sign.len_utf8()..].trim_start();
        if rest.is_empty() {
            return Err(ValueError::new(format!("something is missing after the {sign}")).with_hint(FORMS));
        }
    }
}

const FORMS: &str = "write 0x10, 16, page 2, or a name such as $heap_base+16";

fn unreadable(text: &str) -> ValueError {
    ValueError::new(format!("`{}` is not an address", echo(text))).with_hint(FORMS)
}

/// Reads one term and returns what follows it.
fn parse_term<'a>(text: &'a str, names: &dyn Fn(&str) -> Option<u64>) -> Result<(u64, &'a str), ValueError> {
    if let Some(name) = text.strip_prefix('$') {
        return parse_name(name, names);
    }
    if let Some(number) = text.strip_prefix("page").filter(|rest| rest.starts_with(char::is_whitespace)) {
        let (page, rest) = parse_number(number.trim_start())?;
        let address = page.checked_mul(PAGE_BYTES);
        return Ok((address.ok_or_else(|| ValueError::new(format!("there is no page {page}")))?, rest));
    }
    parse_number(text)
}

/// Resolves the longest name that is known: names of the text format may contain `+` and `-` themselves.
fn parse_name<'a>(text: &'a str, names: &dyn Fn(&str) -> Option<u64>) -> Result<(u64, &'a str), ValueError> {
    const LONGEST_NAME: usize = 1024;
    let word = &text[..text.find(char::is_whitespace).unwrap_or(text.len())];
    let cuts = word.char_indices().rev().filter(|(_, c)| matches!(c, '+' | '-' | '−')).map(|(at, _)| at);
    let candidates = std::iter::once(word.len()).chain(cuts).filter(|at| *at <= LONGEST_NAME);
    for at in candidates {
        if let Some(address) = names(&word[..at]) {
            return Ok((address, &text[at..]));
        }
    }
    let shortest = word.split(['+', '-', '−']).next().unwrap_or(word);
    Err(ValueError::new(format!("no global or data segment is named `${}`", echo(shortest))))
}

fn parse_number(text: &str) -> Result<(u64, &str), ValueError> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let (digits, radix) = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (word, 10),
    };
    let digits = clean_digits(digits, radix).ok_or_else(|| unreadable(text))?;
    let number = u64::from_str_radix(&digits, radix);
    Ok((number.map_err(|_| ValueError::new(format!("{} is not within 64 bits", echo(word))))?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str) -> Option<u64> {
        match name {
            "heap_base" => Some(0x1000),
            "a-b" => Some(7),
            "a" => Some(100),
            _ => None,
        }
    }

    #[test]
    fn addresses_have_8_digits_and_16_beyond_4_gib() {
        assert_eq!(address_digits(0), 8);
        assert_eq!(address_digits(1 << 32), 8);
        assert_eq!(address_digits((1 << 32) + 1), 16);
        assert_eq!(format_address(0x1f, 8), "0000001f");
        assert_eq!(format_address(0x1f, 16), "000000000000001f");
        assert_eq!(format_address(u64::MAX, 8), "ffffffffffffffff");
    }

    #[test]
    fn an_address_is_a_number_a_page_a_name_or_their_sum() {
        let cases = [
            ("0x10", 16),
            (" 16 ", 16),
            ("1_000", 1000),
            ("0XFF", 255),
            ("page 2", 131_072),
            ("page 0x1 + 4", 65_540),
            ("$heap_base", 0x1000),
            ("$heap_base+16", 0x1010),
            ("$heap_base + 0x10 - 1", 0x100f),
            ("8+$heap_base", 0x1008),
            ("$a-b", 7),
            ("$a-b-7", 0),
            ("$a-1", 99),
            ("$a - 1", 99),
            ("0xffffffffffffffff", u64::MAX),
        ];
        for (text, address) in cases {
            assert_eq!(parse_address(text, &names), Ok(address), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        let cases = [
            ("", "the address is missing"),
            ("ff", "`ff` is not an address"),
            ("0x", "`0x` is not an address"),
            ("1 2", "`2` is not an address"),
            ("1+", "something is missing after the +"),
            ("1+-2", "`-2` is not an address"),
            ("-1", "`-1` is not an address"),
            ("page", "`page` is not an address"),
            ("$nobody+1", "no global or data segment is named `$nobody`"),
            ("1-2", "1-2 is not within 64 bits"),
            ("0xffffffffffffffff+1", "0xffffffffffffffff+1 is not within 64 bits"),
            ("18446744073709551616", "18446744073709551616 is not within 64 bits"),
            ("page 281474976710656", "there is no page 281474976710656"),
        ];
        for (text, message) in cases {
            assert_eq!(parse_address(text, &names).expect_err(text).message, message, "{text}");
        }
    }
}
