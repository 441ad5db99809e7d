//! Forms of fixed length (RFC 4506, sections 4.1 to 4.8).
//!
//! A number that stands alone is read by a call: inlined everywhere, this would be half of the code. Numbers beside one
//! another are read in runs.

use super::Decoder;
use crate::error::ErrorKind;
use crate::fault::Fault;

impl Decoder<'_> {
    /// `unsigned int` (RFC 4506, section 4.2).
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEnd`], as every method that reads.
    pub fn take_u32(&mut self) -> Result<u32, Fault> {
        self.take_array().map(u32::from_be_bytes)
    }

    /// `int` (section 4.1).
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_i32(&mut self) -> Result<i32, Fault> {
        self.take_u32().map(u32::cast_signed)
    }

    /// `unsigned hyper` (section 4.5).
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    pub fn take_u64(&mut self) -> Result<u64, Fault> {
        self.take_array().map(u64::from_be_bytes)
    }

    /// `hyper` (section 4.5).
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_i64(&mut self) -> Result<i64, Fault> {
        self.take_u64().map(u64::cast_signed)
    }

    /// `float` (section 4.6), bit for bit.
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_f32(&mut self) -> Result<f32, Fault> {
        self.take_u32().map(f32::from_bits)
    }

    /// `double` (section 4.7), bit for bit.
    ///
    /// # Errors
    /// As [`take_u32`](Self::take_u32).
    #[inline]
    pub fn take_f64(&mut self) -> Result<f64, Fault> {
        self.take_u64().map(f64::from_bits)
    }

    /// `bool` (section 4.4).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidBool`] unless [`Rule::Bool`](crate::Rule::Bool) is relaxed.
    pub fn take_bool(&mut self) -> Result<bool, Fault> {
        match self.take_u32()? {
            0 => Ok(false),
            1 => Ok(true),
            value => self.other_truth(ErrorKind::InvalidBool { value }),
        }
    }

    /// The presence word of an optional (section 4.19).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOptional`] unless [`Rule::Bool`](crate::Rule::Bool) is relaxed.
    pub fn take_presence(&mut self) -> Result<bool, Fault> {
        match self.take_u32()? {
            0 => Ok(false),
            1 => Ok(true),
            value => self.other_truth(ErrorKind::InvalidOptional { value }),
        }
    }
}
