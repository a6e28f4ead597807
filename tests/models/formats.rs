//! One test a format.

use unspill::container::{Budget, Content, Room, open};

use crate::real::{Sample, holds, mask, token};

#[test]
fn a_gguf_model_keeps_its_tensors() {
    Sample::new("gguf", "model.gguf").proves(3);
    Sample::new("gguf_big_endian", "model.gguf").proves(3);
}

#[test]
fn an_onnx_model_passes_the_checker() {
    Sample::new("onnx", "model.onnx").proves(5);
}

#[test]
fn a_core_ml_model_keeps_its_weights() {
    Sample::new("core_ml", "model.mlmodel").proves(2);
}

#[test]
fn a_core_ml_package_is_mended_in_its_folder() {
    let sample = Sample::new("core_ml", "model.mlmodel");
    let before = sample.read();
    let folder = sample.path.parent().unwrap();
    let package = folder.join("a.mlpackage");
    let inner = package.join("Data/com.apple.CoreML/model.mlmodel");
    std::fs::create_dir_all(inner.parent().unwrap().join("weights")).unwrap();
    std::fs::rename(&sample.path, &inner).unwrap();
    let weights = inner.with_file_name("weights").join("weight.bin");
    std::fs::write(&weights, [7; 4096]).unwrap();
    let manifest = r#"{"fileFormatVersion": "1.0.0", "itemInfoEntries": {}}"#;
    std::fs::write(package.join("Manifest.json"), manifest).unwrap();
    let run = sample.unspill_at("fix", &package);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    std::fs::rename(&inner, &sample.path).unwrap();
    assert_eq!(sample.read(), before.replace(&token(), &mask()));
    assert_eq!(std::fs::read(weights).unwrap(), [7; 4096]);
}

#[test]
fn a_message_that_nobody_knows_is_looked_at_and_left() {
    let sample = Sample::new("core_ml", "model.binpb");
    let before = sample.bytes();
    let run = sample.unspill("fix");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("make it again"), "{}", run.out);
    assert_eq!(sample.bytes(), before);
}

#[test]
fn a_graph_of_tensorflow_is_looked_at_and_what_to_do_is_said() {
    let sample = Sample::new("onnx", "saved_model.pb");
    let before = sample.bytes();
    let run = sample.unspill("fix");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("save the model again"), "{}", run.out);
    assert_eq!(sample.bytes(), before);
}

#[test]
fn what_is_not_written_to_its_end_is_looked_at_too() {
    let sample = Sample::new("tfevents", "events.out.tfevents.1");
    let bytes = sample.bytes();
    let at = memchr::memmem::find(&bytes, token().as_bytes()).unwrap();
    std::fs::write(&sample.path, &bytes[..at + token().len()]).unwrap();
    let run = sample.unspill("check");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
}

#[test]
fn an_event_file_keeps_all_records() {
    Sample::new("tfevents", "events.out.tfevents.1.host").proves(2);
}

#[test]
fn a_run_of_wandb_keeps_all_records() {
    Sample::new("wandb", "run-1.wandb").proves(6);
}

#[test]
fn a_png_picture_keeps_its_pixels() {
    Sample::new("png", "ComfyUI_1.png").proves(8);
}

#[test]
fn a_jpeg_picture_keeps_its_pixels() {
    Sample::new("jpeg", "picture.jpg").proves(5);
}

#[test]
fn a_webp_picture_keeps_its_pixels() {
    Sample::new("webp", "picture.webp").proves(4);
}

#[test]
fn a_database_keeps_its_rows_and_nothing_of_the_old_ones() {
    Sample::new("sqlite", "mlflow.db").proves(8);
}

#[test]
fn a_parquet_file_keeps_its_rows() {
    Sample::new("parquet", "train.parquet").proves(9);
}

#[test]
fn an_hdf5_file_of_the_old_form_keeps_its_data() {
    Sample::new("hdf5", "model.h5").proves(4);
}

#[test]
fn an_hdf5_file_with_checksums_is_looked_at_and_not_changed() {
    assert_eq!(looked_at("hdf5_latest", "model.h5"), (4, 0));
    // The compressed dataset keeps its strings in a heap, each one there.
    assert_eq!(looked_at("hdf5_checked", "model.h5"), (104, 0));
}

#[test]
fn compressed_chunks_of_hdf5_are_looked_into() {
    for format in ["hdf5_packed", "hdf5_packed_latest"] {
        let sample = Sample::new(format, "a.h5");
        let before = sample.bytes();
        assert!(!holds(&before, token().as_bytes()));
        let run = sample.unspill("fix");
        assert_eq!(run.status, 1, "{format}: {}{}", run.out, run.err);
        assert!(run.out.contains("2 credentials"), "{format}: {}", run.out);
        assert!(run.out.contains("save the dataset again"), "{}", run.out);
        assert_eq!(sample.bytes(), before);
    }
    let run = Sample::new("hdf5_lzf", "a.h5").unspill("check");
    assert!(
        run.err.contains("not looked into"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn names_in_hdf5_are_told_and_left() {
    let sample = Sample::new("hdf5_names", "a.h5");
    let run = sample.unspill("fix");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("give that another name"), "{}", run.out);
    let read = sample.read();
    for kept in ["run ", "a/data ", "key "] {
        assert!(read.contains(&format!("{kept}{}", token())), "{read}");
    }
    assert!(read.contains(&format!("made with {}", mask())), "{read}");
    let latest = Sample::new("hdf5_names_latest", "a.h5").unspill("fix");
    assert_eq!(latest.status, 1, "{}{}", latest.out, latest.err);
}

#[test]
fn an_arrow_file_keeps_its_rows() {
    Sample::new("arrow", "train.arrow").proves(9);
    Sample::new("arrow_stream", "train.arrow").proves(9);
}

#[test]
fn a_picture_in_a_column_of_arrow_is_mended_where_it_stands() {
    let sample = Sample::new("arrow_images", "train.arrow");
    let before = sample.read();
    let len = sample.bytes().len();
    let run = sample.unspill("fix");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("column bytes"), "{}", run.out);
    assert_eq!(sample.read(), before.replace(&token(), &mask()));
    assert_eq!(sample.bytes().len(), len);
}

#[test]
fn a_compressed_text_in_such_a_picture_is_told_and_the_others_are_mended() {
    let sample = Sample::with("arrow_images", "train.arrow", &[("PACKED", "1")]);
    let run = sample.unspill("fix");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("nothing of the same length"),
        "{}",
        run.out
    );
    assert_eq!(sample.read().matches(&mask()).count(), 2);
}

#[test]
fn a_compressed_arrow_file_is_looked_at_and_not_changed() {
    assert_eq!(looked_at("feather", "train.feather"), (22, 0));
}

#[test]
fn a_column_of_arrow_beyond_a_limit_is_told_alone() {
    let sample = Sample::new("feather_large", "train.feather");
    let run = sample.unspill_with(&["check", "--max-size", "1"], &sample.path);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("column large, batch"), "{}", run.err);
    assert!(run.out.contains("column key"), "{}", run.out);
}

/// How many parts hold the token, and how many nobody can look at, in a file
/// of which no part can be changed.
fn looked_at(format: &'static str, name: &str) -> (usize, usize) {
    let bytes = Sample::new(format, name).bytes();
    let budget = Budget::default();
    let container = open(name, &bytes, &budget).unwrap().unwrap();
    let (mut found, mut unseen) = (0, 0);
    let visited = container.visit(&mut |part| {
        assert!(matches!(part.room, Room::Fixed(_)));
        match part.content {
            Content::Text { text, .. } => found += usize::from(text.contains(&token())),
            Content::File { bytes, .. } => {
                let bytes = bytes.read_at(0..bytes.len()).unwrap();
                found += usize::from(String::from_utf8_lossy(&bytes).contains(&token()));
            }
            Content::Closed(_) | Content::Unseen(_) => unseen += 1,
        }
        Ok(())
    });
    assert!(visited.is_ok());
    (found, unseen)
}

#[test]
fn a_database_whose_latest_changes_stand_beside_it_is_left() {
    let sample = Sample::new("sqlite", "mlflow.db");
    let log = sample.path.with_file_name("mlflow.db-wal");
    std::fs::write(&log, "changes").unwrap();
    let before = sample.bytes();
    let run = sample.unspill("fix");
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("wal_checkpoint"), "{}", run.out);
    assert_eq!(sample.bytes(), before);
    std::fs::remove_file(log).unwrap();
    assert_eq!(sample.unspill("fix").status, 0);
}
