//! Broken files: no panic, no hang, no memory for a length that lies.

use proptest::prelude::*;
use proptest::sample::Index;
use unspill::container::{Budget, Change, New, open};

use crate::real::Sample;

/// Looks at everything, and asks for patches of everything.
fn walk(name: &str, bytes: &[u8]) {
    let budget = Budget::default();
    let Ok(Some(container)) = open(name, &bytes, &budget) else {
        return;
    };
    let mut changes = Vec::new();
    let _ = container.visit(&mut |part| {
        changes.push(Change {
            part: part.number,
            new: New::Whole(b"REDACTED".to_vec()),
        });
        Ok(())
    });
    let _ = container.patches(&changes);
    let _ = container.outline();
}

/// Cuts a file at many places, and turns bytes in it over.
fn mutate(format: &'static str, name: &str) {
    let sample = Sample::new(format, name);
    let bytes = sample.bytes();
    let step = bytes.len() / 300 + 1;
    for end in (0..bytes.len()).step_by(step) {
        walk(name, &bytes[..end]);
    }
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let hits = proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6);
    proptest!(config, |(hits in hits)| {
        let mut bytes = bytes.clone();
        for (index, byte) in hits {
            // Most of what a walker reads stands near the beginning.
            let at = index.index(bytes.len());
            let at = if byte % 2 == 0 { at } else { at % 512 };
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        walk(name, &bytes);
    });
}

macro_rules! mutations {
    ($($test:ident: $format:literal, $name:literal;)*) => {
        $(#[test]
        fn $test() {
            mutate($format, $name);
        })*
    };
}

mutations! {
    broken_gguf: "gguf", "model.gguf";
    broken_onnx: "onnx", "model.onnx";
    broken_core_ml: "core_ml", "model.mlmodel";
    broken_events: "tfevents", "events.out.tfevents.1";
    broken_run: "wandb", "run-1.wandb";
    broken_parquet: "parquet", "a.parquet";
    broken_hdf5: "hdf5", "a.h5";
    broken_hdf5_in_chunks: "hdf5_packed", "a.h5";
    broken_arrow: "arrow", "a.arrow";
    broken_feather: "feather", "a.feather";
    broken_png: "png", "a.png";
    broken_jpeg: "jpeg", "a.jpg";
    broken_database: "sqlite", "mlflow.db";
    broken_webp: "webp", "a.webp";
}
