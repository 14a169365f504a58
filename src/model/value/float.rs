//! Floats in text: reading with correct rounding, and the shortest text that reads back.
//!
//! Works on bits alone and never computes with a float, so no rounding happens twice.

use super::parse::{ValueError, clean_digits, echo, split_sign};

/// Layout of one of the two IEEE 754 formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FloatFormat {
    /// Name of the WebAssembly type.
    pub(super) name: &'static str,
    /// Bits of the significand, the implied one included.
    precision: u32,
    /// Largest exponent of a finite number; the smallest of a normal one is `1 − max_exponent`.
    max_exponent: i64,
    /// Largest finite number, as prose.
    largest: &'static str,
}

impl FloatFormat {
    /// The format of `f32`.
    pub(super) const F32: Self =
        Self { name: "f32", precision: 24, max_exponent: 127, largest: "3.4028235e38" };

    /// The format of `f64`.
    pub(super) const F64: Self =
        Self { name: "f64", precision: 53, max_exponent: 1023, largest: "1.7976931348623157e308" };

    /// Reads a float; the bits of an `f32` come in the lower half.
    pub(super) fn parse(self, text: &str) -> Result<u64, ValueError> {
        let (is_negative, rest) = split_sign(text);
        let rest = rest.to_ascii_lowercase();
        let magnitude = if rest == "inf" || rest == "infinity" {
            self.infinity()
        } else if let Some(payload) = rest.strip_prefix("nan") {
            self.infinity() | self.nan_payload(payload, text)?
        } else if let Some(digits) = rest.strip_prefix("0x") {
            self.parse_radix(digits, 4, text)?
        } else if let Some(digits) = rest.strip_prefix("0b") {
            self.parse_radix(digits, 1, text)?
        } else {
            self.parse_decimal(&rest, text)?
        };
        Ok(if is_negative { magnitude | self.sign_bit() } else { magnitude })
    }

    /// Writes the shortest text that reads back to these bits; a NaN always with its payload.
    pub(super) fn to_text(self, bits: u64) -> String {
        let magnitude = bits & !self.sign_bit();
        if magnitude > self.infinity() {
            let sign = if bits == magnitude { "" } else { "-" };
            return format!("{sign}nan:{:#x}", magnitude ^ self.infinity());
        }
        let text = match u32::try_from(bits) {
            Ok(bits) if self == Self::F32 => format!("{:?}", f32::from_bits(bits)),
            _ => format!("{:?}", f64::from_bits(bits)),
        };
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    }

    fn sign_bit(self) -> u64 {
        self.infinity().next_power_of_two()
    }

    fn infinity(self) -> u64 {
        (2 * self.max_exponent.unsigned_abs() + 1) << (self.precision - 1)
    }

    fn nan_payload(self, suffix: &str, text: &str) -> Result<u64, ValueError> {
        let largest = (1_u64 << (self.precision - 1)) - 1;
        let canonical = 1 << (self.precision - 2);
        let digits = match suffix {
            "" | ":canonical" | ":arithmetic" => return Ok(canonical),
            _ => suffix.strip_prefix(":0x").ok_or_else(|| self.not_a_float(text))?,
        };
        let digits = clean_digits(digits, 16).ok_or_else(|| self.not_a_float(text))?;
        match u64::from_str_radix(&digits, 16) {
            Ok(payload) if (1..=largest).contains(&payload) => Ok(payload),
            _ => Err(ValueError::new(format!(
                "{} has no payload of an {}: 0x1 … {largest:#x}",
                echo(text),
                self.name
            ))),
        }
    }

    fn parse_decimal(self, rest: &str, text: &str) -> Result<u64, ValueError> {
        let malformed = || self.not_a_float(text);
        let (significand, exponent) = rest.split_once('e').unwrap_or((rest, "0"));
        let (whole, fraction) = split_point(significand, 10).ok_or_else(malformed)?;
        let (is_small, exponent) = split_sign(exponent);
        let exponent = clean_digits(exponent, 10).ok_or_else(malformed)?;
        let plain = format!("{whole}.{fraction}e{}{exponent}", if is_small { "-" } else { "" });
        let bits = if self == Self::F32 {
            plain.parse::<f32>().map(|value| u64::from(value.to_bits()))
        } else {
            plain.parse::<f64>().map(f64::to_bits)
        };
        self.check_range(bits.map_err(|_| malformed())?, text)
    }

    /// Reads digits of 4 or 1 bits each, with an optional point and a binary exponent after `p`.
    fn parse_radix(self, rest: &str, bits_per_digit: u32, text: &str) -> Result<u64, ValueError> {
        let malformed = || self.not_a_float(text);
        let radix = 1 << bits_per_digit;
        let (significand, exponent) = rest.split_once('p').unwrap_or((rest, "0"));
        let (whole, fraction) = split_point(significand, radix).ok_or_else(malformed)?;
        let mut scaled =
            Scaled { exponent: parse_exponent(exponent).ok_or_else(malformed)?, ..Scaled::default() };
        for digit in whole.chars().filter_map(|digit| digit.to_digit(radix)) {
            scaled.push(digit, bits_per_digit);
        }
        scaled.exponent = scaled.exponent.saturating_sub(scaled_length(&fraction, bits_per_digit));
        for digit in fraction.chars().filter_map(|digit| digit.to_digit(radix)) {
            scaled.push(digit, bits_per_digit);
        }
        self.check_range(self.round(scaled), text)
    }

    /// Rounds to the nearest number of the format, ties to even; past the largest comes infinity.
    fn round(self, scaled: Scaled) -> u64 {
        if scaled.significand == 0 {
            return 0;
        }
        let shift = scaled.significand.leading_zeros();
        let aligned = u128::from(scaled.significand << shift);
        let exponent = scaled.exponent.saturating_sub(i64::from(shift)).saturating_add(63);
        if exponent > self.max_exponent {
            return self.infinity();
        }
        // A subnormal number keeps one bit fewer for each step below the smallest normal exponent.
        let shortfall = (1 - self.max_exponent).saturating_sub(exponent).max(0);
        let dropped = i64::from(64 - self.precision).saturating_add(shortfall);
        let Some(dropped) = u32::try_from(dropped).ok().filter(|dropped| *dropped <= 64) else { return 0 };
        let kept = u64::try_from(aligned >> dropped).expect("at least eleven bits of the 64 are dropped");
        let rest = aligned & ((1_u128 << dropped) - 1);
        let half = 1_u128 << (dropped - 1);
        let rounds_up = rest > half || (rest == half && (scaled.is_inexact || kept & 1 == 1));
        let biased = if shortfall > 0 { 0 } else { (exponent + self.max_exponent - 1).unsigned_abs() };
        // The implied bit of a normal number, and a carry out of the significand, add one to the exponent.
        (biased << (self.precision - 1)) + kept + u64::from(rounds_up)
    }

    fn check_range(self, magnitude: u64, text: &str) -> Result<u64, ValueError> {
        if magnitude < self.infinity() {
            return Ok(magnitude);
        }
        let message = format!(
            "{} is out of range for {}: −{largest} … {largest}",
            echo(text),
            self.name,
            largest = self.largest
        );
        Err(ValueError::new(message).with_hint("write `inf` for infinity"))
    }

    fn not_a_float(self, text: &str) -> ValueError {
        ValueError::new(format!("`{}` is not a number", echo(text)))
            .with_hint(format!("{} takes numbers such as 1.5, -2e9, 0x1.8p3, inf, nan, nan:0x1", self.name))
    }
}

/// A number in the making: `significand × 2^exponent`, and a little more when it is inexact.
#[derive(Debug, Clone, Copy, Default)]
struct Scaled {
    significand: u64,
    exponent: i64,
    is_inexact: bool,
}

impl Scaled {
    /// Appends a digit; what no longer fits the 64 bits only leaves its mark.
    fn push(&mut self, digit: u32, bits: u32) {
        if self.significand >> (64 - bits) == 0 {
            self.significand = self.significand << bits | u64::from(digit);
        } else {
            self.is_inexact |= digit != 0;
            self.exponent = self.exponent.saturating_add(i64::from(bits));
        }
    }
}

fn scaled_length(digits: &str, bits_per_digit: u32) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX).saturating_mul(i64::from(bits_per_digit))
}

/// Reads an exponent; one too large to count stays as large as it can be.
fn parse_exponent(text: &str) -> Option<i64> {
    let (is_negative, rest) = split_sign(text);
    let magnitude = clean_digits(rest, 10)?.parse::<i64>().unwrap_or(i64::MAX).min(1 << 40);
    Some(if is_negative { -magnitude } else { magnitude })
}

/// Splits `1_0.5` into clean digits before and after the point; one of the two may be missing.
fn split_point(text: &str, radix: u32) -> Option<(String, String)> {
    let (whole, fraction) = match text.split_once('.') {
        Some(("", "")) => return None,
        Some((whole, "")) => (clean_digits(whole, radix)?, String::new()),
        Some(("", fraction)) => (String::new(), clean_digits(fraction, radix)?),
        Some((whole, fraction)) => (clean_digits(whole, radix)?, clean_digits(fraction, radix)?),
        None => (clean_digits(text, radix)?, String::new()),
    };
    Some((whole, fraction))
}

#[cfg(test)]
mod tests {
    use super::FloatFormat;

    #[test]
    fn f32_texts_have_exactly_these_bits() {
        let cases: &[(&str, u32)] = &[
            ("1", 0x3f80_0000),
            ("+1.5e0", 0x3fc0_0000),
            ("-0", 0x8000_0000),
            (".5", 0x3f00_0000),
            ("5.", 0x40a0_0000),
            ("1_000.5_0", 0x447a_2000),
            ("inf", 0x7f80_0000),
            ("-INF", 0xff80_0000),
            ("nan", 0x7fc0_0000),
            ("-nan", 0xffc0_0000),
            ("nan:canonical", 0x7fc0_0000),
            ("nan:arithmetic", 0x7fc0_0000),
            ("-nan:0x1", 0xff80_0001),
            ("nan:0x7f_ffff", 0x7fff_ffff),
            ("0x10", 0x4180_0000),
            ("0b101", 0x40a0_0000),
            ("0x1.8p3", 0x4140_0000),
            ("0x.8", 0x3f00_0000),
            ("0x0p999999999999999999999", 0),
            ("-0x0.0", 0x8000_0000),
            // Ties go to the even neighbour, and a single bit far behind breaks the tie.
            ("0x1.000001p0", 0x3f80_0000),
            ("0x1.000003p0", 0x3f80_0002),
            ("0x1.0000010000000000000000001p0", 0x3f80_0001),
            ("0x1.fffffep127", 0x7f7f_ffff),
            ("0x1.fffffefffffffffp127", 0x7f7f_ffff),
            // Smallest subnormal, and half of it with and without a bit behind.
            ("0x1p-149", 1),
            ("0x1p-150", 0),
            ("0x1.000000000000000001p-150", 1),
            ("0x3p-150", 2),
            ("0x1p-151", 0),
            ("0x1p-99999999999999999999", 0),
            ("0x0.ffffffp-126", 0x0080_0000),
            ("0x0.fffffep-126", 0x007f_ffff),
            // Rounding to `f64` first would make a tie of this one and lose the last bit.
            ("0x1.00000100000000001p0", 0x3f80_0001),
            ("1.00000005960464477539062500000000000000001", 0x3f80_0001),
            ("1.000000059604644775390625", 0x3f80_0000),
            ("1e-46", 0),
        ];
        for (text, bits) in cases {
            assert_eq!(FloatFormat::F32.parse(text), Ok(u64::from(*bits)), "{text}");
        }
    }

    #[test]
    fn f64_texts_have_exactly_these_bits() {
        let cases: &[(&str, u64)] = &[
            ("0x1.8p3", 12f64.to_bits()),
            ("0x1.00000000000008p0", 1f64.to_bits()),
            ("0x1.00000000000018p0", 0x3ff0_0000_0000_0002),
            ("0x1.000000000000080000000001p0", 0x3ff0_0000_0000_0001),
            ("0x1.fffffffffffffp1023", f64::MAX.to_bits()),
            ("0x1p-1074", 1),
            ("0x1p-1075", 0),
            ("0x1.1p-1075", 1),
            ("0x0.fffffffffffff8p-1022", 0x0010_0000_0000_0000),
            ("1e308", 1e308f64.to_bits()),
            ("nan", 0x7ff8_0000_0000_0000),
            ("-nan:0x1", 0xfff0_0000_0000_0001),
            ("18446744073709551616", 18_446_744_073_709_551_616f64.to_bits()),
            ("0x1_0000_0000_0000_0001", 18_446_744_073_709_551_616f64.to_bits()),
            ("0x100000000000008000001", 0x44f0_0000_0000_0001),
        ];
        for (text, bits) in cases {
            assert_eq!(FloatFormat::F64.parse(text), Ok(*bits), "{text}");
        }
    }

    #[test]
    fn what_is_no_float_is_refused() {
        let malformed = [
            ".", "e5", "1e", "1e+", "--1", "- 1", "1__0", "_1", "1_", "0x", "0x.", "0x1p", "0b2", "1.2.3",
            "1_.5", "nan:", "nan:1", "nan:0x", "nanx", "infx", "0xg", "'a'", "true", "１",
        ];
        for text in malformed {
            let error = FloatFormat::F64.parse(text).expect_err(text);
            assert_eq!(error.message, format!("`{text}` is not a number"));
        }
    }

    #[test]
    fn what_rounds_to_infinity_is_out_of_range() {
        for text in ["1e39", "3.4028236e38", "0x1.ffffffp127", "0x1p128", "-0x1p99999999999999999999"] {
            let error = FloatFormat::F32.parse(text).expect_err(text);
            assert_eq!(
                error.message,
                format!("{text} is out of range for f32: −3.4028235e38 … 3.4028235e38")
            );
        }
        for text in ["1e309", "0x1.fffffffffffff8p1023"] {
            assert!(FloatFormat::F64.parse(text).is_err(), "{text}");
        }
        for text in ["nan:0x0", "nan:0x800000", "nan:0xffffffffffffffffffff"] {
            let error = FloatFormat::F32.parse(text).expect_err(text);
            assert_eq!(error.message, format!("{text} has no payload of an f32: 0x1 … 0x7fffff"));
        }
    }

    #[test]
    fn hexadecimal_and_decimal_reading_agree() {
        for exponent in -149..=127 {
            for text in [format!("0x1p{exponent}"), format!("0x0.1p{}", exponent + 4)] {
                let decimal = format!("{:e}", 2f64.powi(exponent));
                assert_eq!(FloatFormat::F32.parse(&text), FloatFormat::F32.parse(&decimal), "{text}");
            }
        }
    }
}
