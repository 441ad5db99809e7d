//! Values without parts.

use std::str;

use xdr_wire::{ErrorKind, Rule};

use super::{Writing, Wrong, mismatch};
use crate::json::parse::{Kind, Token};
use crate::json::{DOUBLE_NAN, FLOAT_NAN};
use crate::program::{Form, FormId};
use crate::scalar::CHAR;

/// The key of what is no UTF-8, and that of a NaN with a payload.
const BYTES: &str = "bytes";
const BITS: &str = "bits";

impl Writing<'_, '_> {
    /// Writes a value without parts. Returns the number that it is, if it may be a discriminant.
    pub(super) fn scalar(&mut self, form: FormId, token: Token) -> Result<i64, Wrong> {
        let mut number = 0;
        match *self.program.form(form) {
            Form::Int => {
                number = self.integer(form, token, i32::MIN, i32::MAX)?;
                self.put_word(number);
            }
            Form::UnsignedInt => {
                number = self.integer(form, token, u32::MIN, u32::MAX)?;
                self.put_word(number);
            }
            Form::Short => {
                let value = self.integer(form, token, i16::MIN, i16::MAX)?;
                self.put_word(value);
            }
            Form::UnsignedShort => {
                let value = self.integer(form, token, u16::MIN, u16::MAX)?;
                self.put_word(value);
            }
            Form::Char => {
                let value = self.integer(form, token, *CHAR.start(), *CHAR.end())?;
                self.put_word(value);
            }
            Form::UnsignedChar => {
                let value = self.integer(form, token, u8::MIN, u8::MAX)?;
                self.put_word(value);
            }
            Form::Bool => {
                let Kind::Bool(value) = self.tape.kind(token) else {
                    return self.mismatch_of(form, token, "true or false");
                };
                number = value.into();
                self.encoder.put_bool(value);
            }
            Form::Enum(of) => {
                let value = self.enumerator(form, of, token)?;
                number = value.into();
                self.encoder.put_i32(value);
            }
            Form::Hyper => {
                let value = self.long(form, token, "a decimal string from -2^63 to 2^63-1")?;
                self.encoder.put_i64(value);
            }
            Form::UnsignedHyper => {
                let value = self.long(form, token, "a decimal string from 0 to 2^64-1")?;
                self.encoder.put_u64(value);
            }
            Form::Float => {
                let value = self.float(form, token)?;
                self.encoder.put_u32(value);
            }
            Form::Double => {
                let value = self.double(form, token)?;
                self.encoder.put_u64(value);
            }
            Form::Quadruple => {
                let bytes = self.fixed_hex(form, token, 16)?;
                self.encoder.put_fixed_opaque(&bytes);
            }
            Form::FixedOpaque { len } => {
                let bytes = self.fixed_hex(form, token, len)?;
                self.encoder.put_fixed_opaque(&bytes);
            }
            Form::Opaque { bound } => {
                let Some(bytes) = self.hex(token) else {
                    return self.mismatch_of(form, token, "a string of hex digits");
                };
                self.encoder.put_opaque(&bytes, bound);
            }
            Form::String { bound } => self.string(form, token, bound)?,
            // `void` has one value. Forms with parts do not come here.
            _ => {
                if self.tape.kind(token) != Kind::Null {
                    return mismatch("null", self.found(token));
                }
            }
        }
        self.check()?;
        Ok(number)
    }

    /// The low 32 bits of a number that is known to fit.
    fn put_word(&mut self, number: i64) {
        let [.., a, b, c, d] = number.to_be_bytes();
        self.encoder.put_u32(u32::from_be_bytes([a, b, c, d]));
    }

    /// An integer of at most 32 bits: a number.
    fn integer<T: Into<i64>>(
        &self,
        form: FormId,
        token: Token,
        least: T,
        most: T,
    ) -> Result<i64, Wrong> {
        let (least, most) = (least.into(), most.into());
        let value = (self.tape.kind(token) == Kind::Number)
            .then(|| self.tape.raw(token).parse().ok())
            .flatten();
        match value {
            Some(value) if (least..=most).contains(&value) => Ok(value),
            _ => {
                let what = format!("an integer from {least} to {most}");
                self.mismatch_of(form, token, &what)
            }
        }
    }

    /// An integer of 64 bits: a string, or a number.
    fn long<T: str::FromStr>(&self, form: FormId, token: Token, what: &str) -> Result<T, Wrong> {
        let text = if self.tape.kind(token) == Kind::Number {
            self.tape.raw(token).into()
        } else {
            self.tape.string(token).unwrap_or_default()
        };
        // Not what Rust also takes for a number.
        let is_decimal = !text.starts_with('+');
        let value = is_decimal.then(|| text.parse().ok()).flatten();
        match value {
            Some(value) => Ok(value),
            None => self.mismatch_of(form, token, what),
        }
    }

    /// An enumerator, or a number.
    fn enumerator(&mut self, form: FormId, of: u32, token: Token) -> Result<i32, Wrong> {
        let enumeration = self.program.enumeration(of);
        match self.tape.kind(token) {
            Kind::Number => {
                let value = self.integer(form, token, i32::MIN, i32::MAX)?;
                // As checked above.
                let value = i32::try_from(value).unwrap_or_default();
                let is_known = enumeration.name_of(value).is_some();
                if is_known || self.encoder.options().allows(Rule::Enum) {
                    Ok(value)
                } else {
                    self.fail(ErrorKind::UnknownEnum { value })
                }
            }
            Kind::String { .. } => {
                let name = self.tape.string(token).unwrap_or_default();
                match enumeration.by_name.get(&*name) {
                    Some(value) => Ok(*value),
                    None => self.mismatch_of(form, token, "an enumerator"),
                }
            }
            _ => self.mismatch_of(form, token, "an enumerator or a number"),
        }
    }

    /// The bits of a float. It is rounded once: what a double would be on the way is another number at times.
    fn float(&self, form: FormId, token: Token) -> Result<u32, Wrong> {
        if self.tape.kind(token) == Kind::Number {
            let value = self.tape.raw(token).parse::<f32>();
            if let Some(value) = value.ok().filter(|value| value.is_finite()) {
                return Ok(value.to_bits());
            }
            return self.mismatch_of(form, token, "a number in range");
        }
        match self.tape.string(token).as_deref() {
            Some("NaN") => return Ok(FLOAT_NAN),
            Some("Infinity") => return Ok(f32::INFINITY.to_bits()),
            Some("-Infinity") => return Ok(f32::NEG_INFINITY.to_bits()),
            _ => {}
        }
        match self.tagged(token, BITS).as_deref().map(TryInto::try_into) {
            Some(Ok(bits)) => Ok(u32::from_be_bytes(bits)),
            _ => self.mismatch_of(form, token, FLOATS),
        }
    }

    /// The bits of a double.
    fn double(&self, form: FormId, token: Token) -> Result<u64, Wrong> {
        if self.tape.kind(token) == Kind::Number {
            let value = self.tape.raw(token).parse::<f64>();
            if let Some(value) = value.ok().filter(|value| value.is_finite()) {
                return Ok(value.to_bits());
            }
            return self.mismatch_of(form, token, "a number in range");
        }
        match self.tape.string(token).as_deref() {
            Some("NaN") => return Ok(DOUBLE_NAN),
            Some("Infinity") => return Ok(f64::INFINITY.to_bits()),
            Some("-Infinity") => return Ok(f64::NEG_INFINITY.to_bits()),
            _ => {}
        }
        match self.tagged(token, BITS).as_deref().map(TryInto::try_into) {
            Some(Ok(bits)) => Ok(u64::from_be_bytes(bits)),
            _ => self.mismatch_of(form, token, FLOATS),
        }
    }

    fn string(&mut self, form: FormId, token: Token, bound: u32) -> Result<(), Wrong> {
        if let Some(text) = self.tape.string(token) {
            self.encoder.put_str(&text, bound);
            return Ok(());
        }
        let Some(bytes) = self.tagged(token, BYTES) else {
            return self.mismatch_of(form, token, "a string, or {\"bytes\":\"hex\"}");
        };
        match String::from_utf8(bytes) {
            Ok(text) => self.encoder.put_str(&text, bound),
            Err(_) if !self.encoder.options().allows(Rule::Utf8) => {
                return self.fail(ErrorKind::InvalidUtf8);
            }
            Err(error) => self.encoder.put_string_bytes(error.as_bytes(), bound),
        }
        Ok(())
    }

    fn fixed_hex(&self, form: FormId, token: Token, len: usize) -> Result<Vec<u8>, Wrong> {
        match self.hex(token) {
            Some(bytes) if bytes.len() == len => Ok(bytes),
            _ => {
                let what = format!("a string of {} hex digits", len.saturating_mul(2));
                self.mismatch_of(form, token, &what)
            }
        }
    }

    /// The bytes of a string of hex digits.
    fn hex(&self, token: Token) -> Option<Vec<u8>> {
        let text = self.tape.string(token)?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs
            .iter()
            .map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok());
        rest.is_empty().then(|| bytes.collect()).flatten()
    }

    /// The bytes in an object of this one key.
    fn tagged(&self, token: Token, key: &str) -> Option<Vec<u8>> {
        let is_object = self.tape.kind(token) == Kind::Object && self.tape.len(token) == 1;
        let (name, value) = is_object
            .then(|| self.tape.members(token).next())
            .flatten()?;
        let is_key = self.tape.string(name).is_some_and(|name| name == key);
        is_key.then(|| self.hex(value)).flatten()
    }
}

/// What stands for a float or a double.
const FLOATS: &str = "a number, \"NaN\", \"Infinity\", \"-Infinity\" or {\"bits\":\"hex\"}";
