//! One test a format.

use crate::real::Sample;

#[test]
fn a_gguf_model_keeps_its_tensors() {
    Sample::new("gguf", "model.gguf").proves(3);
}

#[test]
fn an_onnx_model_passes_the_checker() {
    Sample::new("onnx", "model.onnx").proves(5);
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
