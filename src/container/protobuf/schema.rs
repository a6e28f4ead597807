//! What is known of the messages in files of machine learning: no more than
//! what gives a string its name, or says that bytes are numbers.

/// A kind of message.
pub(in crate::container) struct Schema(&'static [(u64, &'static str, Kind)]);

/// What a field holds.
#[derive(Clone, Copy)]
pub(in crate::container) enum Kind {
    /// A string, or bytes that may be a file.
    Text,
    /// A string that names what comes after it in its message.
    Key,
    /// A value in JSON.
    Json,
    /// Numbers.
    Skip,
    /// A message.
    Of(&'static Schema),
    /// Nobody knows.
    Guess,
}

impl Schema {
    /// The name of a field and what it holds.
    pub fn field(&self, number: u64) -> (&'static str, Kind) {
        let known = self.0.iter().find(|(it, _, _)| *it == number);
        known.map_or(("", Kind::Guess), |(_, name, kind)| (*name, *kind))
    }
}

use Kind::{Guess, Json, Key, Of, Skip, Text};

/// A message of which nothing is known.
pub(in crate::container) static UNKNOWN: Schema = Schema(&[]);

/// A key and its value, whatever that is.
pub(in crate::container) static ENTRY: Schema = Schema(&[(1, "key", Key), (2, "value", Guess)]);

/// `StringStringEntryProto`: both are text.
static PAIR: Schema = Schema(&[(1, "key", Key), (2, "value", Text)]);

/// `ModelProto` of ONNX.
pub(in crate::container) static ONNX: Schema = Schema(&[
    (2, "producer_name", Text),
    (3, "producer_version", Text),
    (4, "domain", Text),
    (6, "doc_string", Text),
    (7, "graph", Of(&GRAPH)),
    (8, "opset_import", Of(&OPSET)),
    (14, "metadata_props", Of(&PAIR)),
    (20, "training_info", Of(&TRAINING)),
    (25, "functions", Of(&FUNCTION)),
]);

static OPSET: Schema = Schema(&[(1, "domain", Text)]);

static GRAPH: Schema = Schema(&[
    (1, "node", Of(&NODE)),
    (2, "name", Text),
    (5, "initializer", Of(&TENSOR)),
    (10, "doc_string", Text),
    (11, "input", Of(&VALUE_INFO)),
    (12, "output", Of(&VALUE_INFO)),
    (13, "value_info", Of(&VALUE_INFO)),
    (15, "sparse_initializer", Of(&SPARSE_TENSOR)),
    (16, "metadata_props", Of(&PAIR)),
]);

static NODE: Schema = Schema(&[
    (1, "input", Text),
    (2, "output", Text),
    (3, "name", Text),
    (4, "op_type", Text),
    (5, "attribute", Of(&ATTRIBUTE)),
    (6, "doc_string", Text),
    (7, "domain", Text),
    (8, "overload", Text),
    (9, "metadata_props", Of(&PAIR)),
]);

static ATTRIBUTE: Schema = Schema(&[
    (1, "name", Key),
    (4, "s", Text),
    (5, "t", Of(&TENSOR)),
    (6, "g", Of(&GRAPH)),
    (7, "floats", Skip),
    (8, "ints", Skip),
    (9, "strings", Text),
    (10, "tensors", Of(&TENSOR)),
    (11, "graphs", Of(&GRAPH)),
    (13, "doc_string", Text),
    (21, "ref_attr_name", Text),
    (22, "sparse_tensor", Of(&SPARSE_TENSOR)),
    (23, "sparse_tensors", Of(&SPARSE_TENSOR)),
]);

static TENSOR: Schema = Schema(&[
    (1, "dims", Skip),
    (4, "float_data", Skip),
    (5, "int32_data", Skip),
    (6, "string_data", Text),
    (7, "int64_data", Skip),
    (8, "name", Text),
    (9, "raw_data", Skip),
    (10, "double_data", Skip),
    (11, "uint64_data", Skip),
    (12, "doc_string", Text),
    (13, "external_data", Of(&PAIR)),
    (16, "metadata_props", Of(&PAIR)),
]);

static SPARSE_TENSOR: Schema = Schema(&[
    (1, "values", Of(&TENSOR)),
    (2, "indices", Of(&TENSOR)),
    (3, "dims", Skip),
]);

static VALUE_INFO: Schema = Schema(&[
    (1, "name", Text),
    (3, "doc_string", Text),
    (4, "metadata_props", Of(&PAIR)),
]);

static TRAINING: Schema = Schema(&[
    (1, "initialization", Of(&GRAPH)),
    (2, "algorithm", Of(&GRAPH)),
    (3, "initialization_binding", Of(&PAIR)),
    (4, "update_binding", Of(&PAIR)),
]);

static FUNCTION: Schema = Schema(&[
    (1, "name", Text),
    (4, "input", Text),
    (5, "output", Text),
    (6, "attribute", Text),
    (7, "node", Of(&NODE)),
    (8, "doc_string", Text),
    (9, "opset_import", Of(&OPSET)),
    (10, "domain", Text),
    (11, "attribute_proto", Of(&ATTRIBUTE)),
    (12, "value_info", Of(&VALUE_INFO)),
    (13, "overload", Text),
    (14, "metadata_props", Of(&PAIR)),
]);

/// `Event` of TensorBoard.
pub(in crate::container) static EVENT: Schema =
    Schema(&[(3, "file_version", Text), (5, "summary", Of(&SUMMARY))]);

static SUMMARY: Schema = Schema(&[(1, "value", Of(&SUMMARY_VALUE))]);

static SUMMARY_VALUE: Schema = Schema(&[
    (1, "tag", Key),
    (4, "image", Of(&SUMMARY_IMAGE)),
    (5, "histo", Skip),
    (7, "node_name", Text),
    (8, "tensor", Of(&SUMMARY_TENSOR)),
]);

static SUMMARY_IMAGE: Schema = Schema(&[(4, "encoded_image_string", Text)]);

static SUMMARY_TENSOR: Schema = Schema(&[
    (2, "tensor_shape", Skip),
    (4, "tensor_content", Text),
    (5, "float_val", Skip),
    (6, "double_val", Skip),
    (7, "int_val", Skip),
    (8, "string_val", Text),
    (9, "scomplex_val", Skip),
    (10, "int64_val", Skip),
    (11, "bool_val", Skip),
]);

/// `Record` of Weights & Biases.
pub(in crate::container) static WANDB: Schema = Schema(&[
    (2, "history", Of(&WANDB_ITEMS)),
    (3, "summary", Of(&WANDB_ITEMS)),
    (4, "output", Of(&WANDB_OUTPUT)),
    (5, "config", Of(&WANDB_ITEMS)),
    (13, "output_raw", Of(&WANDB_OUTPUT)),
    (17, "run", Of(&WANDB_RUN)),
    (19, "uuid", Text),
    (26, "environment", Of(&WANDB_ENVIRONMENT)),
    (27, "output_logger", Of(&WANDB_OUTPUT)),
]);

/// Configuration, history and summary are lists of items, all alike.
static WANDB_ITEMS: Schema = Schema(&[(1, "", Of(&WANDB_ITEM)), (2, "", Of(&WANDB_ITEM))]);

static WANDB_ITEM: Schema = Schema(&[
    (1, "key", Key),
    (2, "nested_key", Key),
    (7, "text", Text),
    (8, "json", Json),
    (16, "value_json", Json),
]);

static WANDB_OUTPUT: Schema = Schema(&[(3, "line", Text)]);

static WANDB_RUN: Schema = Schema(&[
    (1, "run_id", Text),
    (2, "entity", Text),
    (3, "project", Text),
    (4, "config", Of(&WANDB_ITEMS)),
    (5, "summary", Of(&WANDB_ITEMS)),
    (6, "run_group", Text),
    (7, "job_type", Text),
    (8, "display_name", Text),
    (9, "notes", Text),
    (10, "tags", Text),
    (13, "host", Text),
    (21, "git", Of(&WANDB_GIT)),
]);

static WANDB_GIT: Schema = Schema(&[(1, "remote_url", Text), (2, "commit", Text)]);

static WANDB_ENVIRONMENT: Schema = Schema(&[
    (1, "os", Text),
    (2, "python", Text),
    (4, "docker", Text),
    (5, "args", Text),
    (6, "program", Text),
    (7, "code_path", Text),
    (8, "code_path_local", Text),
    (9, "git", Of(&WANDB_GIT)),
    (10, "email", Text),
    (11, "root", Text),
    (12, "host", Text),
    (13, "username", Text),
    (14, "executable", Text),
    (15, "colab", Text),
]);
