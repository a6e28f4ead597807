//! Models that are one message of Protocol Buffers: ONNX, Core ML, and the
//! graphs of TensorFlow.
//!
//! Weights are not looked at, and data in files beside the model is not
//! touched.

use sha2::{Digest, Sha256};

use super::schema::{self, Schema};
use super::{Told, Walker};
use crate::container::strings::{self, Tell};
use crate::container::{Budget, Change, Container, Patch, ReadAt, Refusal, Room, Take};

const FINGERPRINTED: &str = "a checksum of it stands in fingerprint.pb: take the value out of \
     the code and save the model again";

/// Whose message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// `.onnx`.
    Onnx,
    /// `.mlmodel`.
    CoreMl,
    /// `saved_model.pb` and other `.pb`.
    TensorFlow,
}

impl Dialect {
    /// The dialect of a file of this name.
    pub fn of(name: &str) -> Option<Self> {
        match name.rsplit('.').next()?.to_ascii_lowercase().as_str() {
            "onnx" | "ort" => Some(Self::Onnx),
            "mlmodel" => Some(Self::CoreMl),
            "pb" => Some(Self::TensorFlow),
            _ => None,
        }
    }

    fn schema(self) -> &'static Schema {
        match self {
            Self::Onnx => &schema::ONNX,
            Self::CoreMl | Self::TensorFlow => &schema::UNKNOWN,
        }
    }
}

/// Opens a model that is one message: it does not say so in its bytes, so its
/// name tells.
pub(in crate::container) fn open<'s>(
    name: &str,
    source: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let dialect = Dialect::of(name).filter(|_| super::is_fields(source));
    Ok(dialect.map(|dialect| Box::new(Model { source, dialect }) as Box<dyn Container>))
}

/// A model that is one message.
struct Model<'a> {
    source: &'a dyn ReadAt,
    dialect: Dialect,
}

impl<'a> Model<'a> {
    fn walk(&self, tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
        Walker::new(self.source, tell).walk("", self.dialect.schema())
    }

    fn strings(&self, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        self.walk(&mut |told| match told {
            Told::Text(field) => tell(field),
            Told::Shape { .. } => Ok(()),
        })
    }

    fn room(&self) -> Room {
        match self.dialect {
            Dialect::Onnx | Dialect::CoreMl => Room::Same,
            Dialect::TensorFlow => Room::Fixed(FINGERPRINTED),
        }
    }
}

impl Container for Model<'_> {
    fn title(&self) -> &'static str {
        match self.dialect {
            Dialect::Onnx => "ONNX model",
            Dialect::CoreMl => "Core ML model",
            Dialect::TensorFlow => "TensorFlow graph",
        }
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        strings::show(&|tell| self.strings(tell), self.room(), take)
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        if let Room::Fixed(why) = self.room()
            && !changes.is_empty()
        {
            return Err(Refusal::Unsound(why.to_owned()));
        }
        strings::replace(&|tell| self.strings(tell), changes)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut outline = Outline::default();
        self.walk(&mut |told| {
            outline.add(&told);
            Ok(())
        })?;
        Ok(vec![outline.line()])
    }
}

/// The structure of messages: how many fields there are, and a digest of their
/// numbers and lengths.
#[derive(Default)]
pub(in crate::container) struct Outline {
    fields: usize,
    digest: Sha256,
}

impl Outline {
    pub fn add(&mut self, told: &Told<'_>) {
        if let Told::Shape { tag, value, depth } = told {
            self.fields += 1;
            for number in [*tag, *value, *depth as u64] {
                self.digest.update(number.to_le_bytes());
            }
        }
    }

    pub fn line(self) -> String {
        let digest: String = (self.digest.finalize().iter())
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{} fields, structure {digest}", self.fields)
    }
}
