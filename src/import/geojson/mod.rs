//! Reads a GeoJSON FeatureCollection (RFC 7946) of any size, one feature in
//! memory at a time.

mod feature;
mod refusals;

use std::{
    cell::{Cell, RefCell},
    fmt,
    io::{self, BufReader, Read},
};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

pub use self::feature::{Area, Feature, Properties};
use self::refusals::Refusal;
use super::{
    mojibake::looks_like_mojibake,
    source::{ReadError, mojibake},
};

/// The longest feature that is read, in bytes: the largest published zone has
/// some ten. What is longer is refused before it fills the memory.
pub const MAX_FEATURE_BYTES: u64 = 64 * 1024 * 1024;

/// What a FeatureCollection says beside its features.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collection {
    /// How many features it has.
    pub read: u64,
    /// Its name, where it has one.
    pub name: Option<String>,
}

/// Reads every feature of a FeatureCollection, in order, and hands each to
/// `each` with its number from 1, unparsed, so that one bad feature is one bad
/// row. `progress` hears how many bytes were read.
///
/// Members may stand in any order, so a file may still be refused after its
/// features were seen: nothing may be kept of it before this returns.
///
/// # Errors
///
/// [`ReadError::File`] with the code `truncated`, `not_json`, `too_deep`,
/// `not_utf8`, `mojibake`, `feature_too_large`, `unknown_crs`, `unavailable`
/// or `not_feature_collection`; [`ReadError::Machine`] when reading fails, or
/// `each` does.
pub fn read_features(
    reader: impl Read,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(u64, &RawValue) -> io::Result<()>,
) -> Result<Collection, ReadError> {
    let meter = Meter::default();
    let mut counted = Counted {
        inner: reader,
        meter: &meter,
        progress,
    };
    let mut start = [0; 3];
    let filled = fill(&mut counted, &mut start)?;
    let start = &start[..filled];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let reader = BufReader::with_capacity(256 * 1024, start.chain(counted));

    let stopped = RefCell::new(None);
    let mut json = serde_json::Deserializer::from_reader(reader);
    let top = Top {
        meter: &meter,
        stopped: &stopped,
        each,
    };
    let result = top.deserialize(&mut json).and_then(|seen| {
        meter.unlimited();
        json.end().map(|()| seen).map_err(|error| {
            let refusal = if error.is_io() {
                None
            } else {
                Some(Stop::Refused(Refusal::Trailing))
            };
            if let Some(stop) = refusal {
                stopped.replace(Some(stop));
            }
            error
        })
    });
    let seen = match result {
        Ok(seen) => seen,
        Err(error) => {
            return Err(match stopped.into_inner() {
                Some(Stop::Refused(refusal)) => refusal.into(),
                Some(Stop::Mojibake) => mojibake(),
                Some(Stop::Callback(error)) => ReadError::Machine(error),
                None if meter.exceeded.get() => Refusal::FeatureTooLarge.into(),
                None => refusals::of_json(error),
            });
        }
    };
    seen.judge()
}

/// Reads until the buffer is full or the file ends.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// How far the file was read, and how far it may be read before the element
/// that is being collected is too large.
#[derive(Debug, Default)]
struct Meter {
    read: Cell<u64>,
    limit: Cell<Option<u64>>,
    exceeded: Cell<bool>,
}

impl Meter {
    fn next_element(&self) {
        self.limit.set(Some(self.read.get() + MAX_FEATURE_BYTES));
    }

    fn unlimited(&self) {
        self.limit.set(None);
    }
}

struct Counted<'a, R> {
    inner: R,
    meter: &'a Meter,
    progress: &'a dyn Fn(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.meter.read.get();
        if self.meter.limit.get().is_some_and(|limit| read > limit) {
            self.meter.exceeded.set(true);
            return Err(io::Error::other("one element is too large"));
        }
        let n = self.inner.read(buffer)?;
        self.meter.read.set(read + n as u64);
        (self.progress)(read + n as u64);
        Ok(n)
    }
}

/// Why the reading was stopped by us, not by the JSON.
enum Stop {
    Refused(Refusal),
    Mojibake,
    Callback(io::Error),
}

/// What the top of the file was found to be.
#[derive(Debug, Default)]
struct Seen {
    kind: Option<String>,
    name: Option<String>,
    message: Option<String>,
    crs: Option<String>,
    has_features: bool,
    read: u64,
}

impl Seen {
    fn judge(self) -> Result<Collection, ReadError> {
        if self.kind.as_deref() == Some("unavailable") {
            return Err(Refusal::Unavailable {
                place: self.name,
                message: self.message,
            }
            .into());
        }
        if self.kind.as_deref() != Some("FeatureCollection") || !self.has_features {
            return Err(Refusal::NotFeatureCollection(self.kind).into());
        }
        if let Some(crs) = self.crs {
            refusals::judge_crs(&crs)?;
        }
        Ok(Collection {
            read: self.read,
            name: self.name,
        })
    }
}

struct Top<'a> {
    meter: &'a Meter,
    stopped: &'a RefCell<Option<Stop>>,
    each: &'a mut dyn FnMut(u64, &RawValue) -> io::Result<()>,
}

impl Top<'_> {
    fn stop<E: serde::de::Error>(&self, stop: Stop) -> E {
        self.stopped.replace(Some(stop));
        E::custom("stopped")
    }
}

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = Seen;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Seen, D::Error> {
        self.meter.next_element();
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Seen, A::Error> {
        let mut seen = Seen::default();
        loop {
            self.meter.next_element();
            let Some(key) = map.next_key::<String>()? else {
                return Ok(seen);
            };
            match key.as_str() {
                "features" if seen.has_features => {
                    return Err(self.stop(Stop::Refused(Refusal::TwoLists)));
                }
                "features" => {
                    seen.has_features = true;
                    seen.read = map.next_value_seed(Features(&mut self))?;
                }
                "type" => seen.kind = map.next_value_seed(Word)?,
                "name" => seen.name = map.next_value_seed(Word)?,
                "message" => seen.message = map.next_value_seed(Word)?,
                "crs" => {
                    let raw: Box<RawValue> = map.next_value()?;
                    seen.crs = (raw.get() != "null").then(|| raw.get().to_owned());
                }
                _ => {
                    // Skipped without being kept, however long it is.
                    self.meter.unlimited();
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Seen, A::Error> {
        Err(self.stop(Stop::Refused(Refusal::NotAnObject)))
    }
}

/// A text, or nothing where something else stands.
struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<String>, D::Error> {
        let raw: Box<RawValue> = serde::Deserialize::deserialize(json)?;
        Ok(serde_json::from_str(raw.get()).ok())
    }
}

/// The list of features.
struct Features<'a, 'b>(&'a mut Top<'b>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = u64;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<u64, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut features: A) -> Result<u64, A::Error> {
        let top = self.0;
        let mut row = 0;
        loop {
            top.meter.next_element();
            let Some(feature) = features.next_element::<Box<RawValue>>()? else {
                return Ok(row);
            };
            row += 1;
            if looks_like_mojibake(feature.get()) {
                return Err(top.stop(Stop::Mojibake));
            }
            if let Err(error) = (top.each)(row, &feature) {
                return Err(A::Error::custom(
                    top.stop::<serde_json::Error>(Stop::Callback(error)),
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests;
