//! What has a name is a string, what has none a number.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Family, Phase, Uuid};

/// An enum of which some numbers have names.
trait Named: Copy + From<i32> + Into<i32> {
    /// Name and number of each that has one.
    const NAMES: &'static [(&'static str, i32)];
}

impl Named for Phase {
    const NAMES: &'static [(&'static str, i32)] =
        &[("connect", 0), ("initialize", 1), ("disconnect", 2)];
}

impl Named for Family {
    const NAMES: &'static [(&'static str, i32)] = &[("ipv4", 0), ("ipv6", 1), ("unix", 2)];
}

fn serialize<T: Named, S: Serializer>(value: T, serializer: S) -> Result<S::Ok, S::Error> {
    let number = value.into();
    match T::NAMES.iter().find(|(_, named)| *named == number) {
        Some((name, _)) => serializer.serialize_str(name),
        None => serializer.serialize_i32(number),
    }
}

struct NameOrNumber<T>(PhantomData<T>);

impl<T: Named> Visitor<'_> for NameOrNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, _) in T::NAMES {
            write!(f, "`{name}`, ")?;
        }
        f.write_str("or a number of 32 bits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let named = T::NAMES.iter().find(|(name, _)| *name == text);
        let (_, number) = named.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))?;
        Ok(T::from(*number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        let narrow = i32::try_from(number);
        let narrow = narrow.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))?;
        Ok(T::from(narrow))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let narrow = i32::try_from(number);
        let narrow = narrow.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        Ok(T::from(narrow))
    }
}

impl Serialize for Phase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(*self, serializer)
    }
}

impl<'de> Deserialize<'de> for Phase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrNumber(PhantomData))
    }
}

impl Serialize for Family {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(*self, serializer)
    }
}

impl<'de> Deserialize<'de> for Family {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrNumber(PhantomData))
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
