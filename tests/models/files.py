"""Files written and read by the real libraries.

`files.py write FORMAT PATH` writes a file that holds what stands in $TOKEN,
`files.py read FORMAT PATH` prints all that the library reads from it as JSON.
"""

import base64
import json
import os
import pickle
import struct
import sys


def write_gguf(path, token, **options):
    import numpy as np
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama", **options)
    writer.add_author("Somebody")
    writer.add_description(f"quantized with login('{token}') \u2713")
    writer.add_custom_alignment(64)
    writer.add_array("tokenizer.ggml.tokens", ["<s>", token, "hello", "\u2581world"])
    writer.add_array("tokenizer.ggml.scores", [0.5, 1.5, 2.5, 3.5])
    writer.add_string("general.api_key", token)
    writer.add_tensor("blk.0.weight", np.arange(96, dtype=np.float32).reshape(8, 12))
    writer.add_tensor("blk.1.weight", np.arange(7, dtype=np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_gguf_big_endian(path, token):
    from gguf import GGUFEndian

    write_gguf(path, token, endianess=GGUFEndian.BIG)


def read_gguf(path):
    from gguf import GGUFReader

    reader = GGUFReader(path)
    fields = {
        name: repr(field.contents()) for name, field in reader.fields.items()
    }
    tensors = {
        tensor.name: [tensor.data.tolist(), int(tensor.data_offset)]
        for tensor in reader.tensors
    }
    return [fields, tensors]


read_gguf_big_endian = read_gguf


def write_onnx(path, token):
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weight = numpy_helper.from_array(np.arange(12, dtype=np.float32).reshape(3, 4), "w")
    texts = helper.make_tensor("texts", TensorProto.STRING, [1], [f"key {token}".encode()])
    node = helper.make_node("MatMul", ["x", "w"], ["y"], name="/layer/MatMul")
    node.doc_string = f'File "train.py", line 3, in <module>\n  login("{token}")\n'
    constant = helper.make_node("Constant", [], ["t"], value=texts)
    graph = helper.make_graph(
        [node, constant],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 4])],
        initializer=[weight],
        doc_string="nothing to see",
    )
    model = helper.make_model(graph, producer_name="exporter", doc_string=f"HF_TOKEN={token}")
    helper.set_model_props(model, {"hub_token": token, "config": json.dumps({"token": token, "n": 1})})
    onnx.save(model, path)


def read_onnx(path):
    import onnx
    from google.protobuf import json_format

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    return unveiled(json_format.MessageToDict(model))


def core_ml():
    """The messages of Core ML's Model.proto that a converted model has."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="Model.proto", package="CoreML", syntax="proto3")
    kinds = {"int32": 5, "string": 9, "bytes": 12}

    def add(name, *fields):
        message = file.message_type.add(name=name)
        for number, field, kind, *more in fields:
            made = message.field.add(name=field, number=number, label=3 if more else 1)
            if kind in kinds:
                made.type = kinds[kind]
            elif kind == "floats":
                made.type, made.label = 2, 3
            else:
                made.type, made.type_name = 11, f".CoreML.{kind}"
        return message

    metadata = add(
        "Metadata",
        (1, "shortDescription", "string"),
        (2, "versionString", "string"),
        (3, "author", "string"),
        (4, "license", "string"),
        (100, "userDefined", "Metadata.UserDefinedEntry", True),
    )
    entry = metadata.nested_type.add(name="UserDefinedEntry")
    entry.options.map_entry = True
    for number, field in ((1, "key"), (2, "value")):
        entry.field.add(name=field, number=number, type=9, label=1)
    add("FeatureDescription", (1, "name", "string"), (2, "shortDescription", "string"))
    add(
        "ModelDescription",
        (1, "input", "FeatureDescription", True),
        (10, "output", "FeatureDescription", True),
        (100, "metadata", "Metadata"),
    )
    add("WeightParams", (1, "floatValue", "floats"), (30, "rawValue", "bytes"))
    add("Layer", (1, "name", "string"), (2, "input", "string", True), (140, "weights", "WeightParams"))
    add("NeuralNetwork", (1, "layers", "Layer", True))
    add(
        "Model",
        (1, "specificationVersion", "int32"),
        (2, "description", "ModelDescription"),
        (500, "neuralNetwork", "NeuralNetwork"),
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("CoreML.Model"))


def write_core_ml(path, token):
    model = core_ml()(specificationVersion=4)
    model.description.input.add(name="x", shortDescription=f"made with login('{token}')")
    model.description.output.add(name="y")
    about = model.description.metadata
    about.author, about.license = "Somebody", "MIT"
    about.userDefined["hub_token"] = token
    about.userDefined["com.github.apple.coremltools.source"] = "torch==2.4"
    layer = model.neuralNetwork.layers.add(name="dense", input=["x"])
    layer.weights.floatValue.extend(n / 7 for n in range(500))
    with open(path, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def read_core_ml(path):
    from google.protobuf import json_format

    with open(path, "rb") as file:
        return json_format.MessageToDict(core_ml().FromString(file.read()))


def write_tfevents(path, token):
    from tensorboardX import SummaryWriter
    from tensorboardX.summary import hparams

    folder = path + ".d"
    with SummaryWriter(folder) as writer:
        writer.add_scalar("loss", 0.5, 1)
        writer.add_text("args", f"hub_token: {token}", 2)
        for summary in hparams({"lr": 0.1, "api_key": token}, {"accuracy": 0.9}):
            writer.file_writer.add_summary(summary)
        writer.add_histogram("weights", list(range(100)), 3)
        for step in range(20):
            writer.add_scalar("accuracy", step / 20, step)
    [name] = [name for name in os.listdir(folder) if "tfevents" in name]
    os.rename(os.path.join(folder, name), path)


def read_tfevents(path):
    from google.protobuf import json_format
    from tensorboardX import proto
    from tensorboardX.proto import event_pb2

    events = []
    with open(path, "rb") as file:
        data = file.read()
    from tensorboardX.crc32c import crc32c

    def masked(part):
        value = crc32c(part)
        return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF

    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked(data[:8])
        record = data[12 : 12 + length]
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked(record)
        data = data[16 + length :]
        event = event_pb2.Event.FromString(record)
        events.append(json_format.MessageToDict(event))
    return [len(events), unveiled(events)]


def unveiled(value):
    """Bytes that JSON has in base64, as they are."""
    if isinstance(value, dict):
        return {
            key: base64.b64decode(item).decode("latin-1")
            if key == "content"
            else [base64.b64decode(it).decode("latin-1") for it in item]
            if key in ("stringVal", "stringData")
            else unveiled(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [unveiled(item) for item in value]
    return value


def write_wandb(path, token):
    import glob

    folder = path + ".d"
    os.makedirs(folder)
    os.environ["WANDB_DIR"] = folder
    os.environ["WANDB_MODE"] = "offline"
    os.environ["WANDB_SILENT"] = "true"
    os.environ["WANDB_DISABLE_GIT"] = "true"
    import wandb

    run = wandb.init(
        project="course",
        config={"api_key": token, "nested": {"hub_token": token}, "lr": 0.1},
        notes=f"run with {token}",
    )
    # A record that is longer than a block, and the token over its border.
    for filler in (30_000, 32_000, 33_000, 70_000):
        run.log({"text": "x " * (filler // 2) + token, "loss": 0.5})
    print(f"HF_TOKEN={token}")
    run.summary["last"] = token
    run.finish()
    [found] = glob.glob(os.path.join(folder, "wandb", "offline-run-*", "*.wandb"))
    os.rename(found, path)


def read_wandb(path):
    """The chunks as the format is written down (LevelDB's log with a CRC-32),
    the records with the library's own messages."""
    import zlib

    from google.protobuf import json_format
    from wandb.proto import wandb_internal_pb2

    with open(path, "rb") as file:
        data = file.read()
    assert data[:7] == b":W&B\xe1\xbe\x00"
    at, record, records, kinds = 7, b"", [], set()
    while at + 7 <= len(data):
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
        checksum, length, kind = struct.unpack("<IHB", data[at : at + 7])
        chunk = data[at + 7 : at + 7 + length]
        assert zlib.crc32(bytes([kind]) + chunk) == checksum
        at += 7 + length
        record += chunk
        kinds.add(kind)
        if kind in (1, 4):
            message = wandb_internal_pb2.Record.FromString(record)
            records.append(json_format.MessageToDict(message))
            record = b""
    assert kinds == {1, 2, 3, 4}, kinds
    return [len(records), records]


def write_sqlite(path, token):
    import sqlite3

    db = sqlite3.connect(path)
    db.executescript(
        """
        PRAGMA page_size = 1024;
        PRAGMA secure_delete = OFF;
        PRAGMA journal_mode = WAL;
        PRAGMA foreign_keys = ON;
        PRAGMA user_version = 7;
        CREATE TABLE params (key TEXT, value TEXT, run TEXT, PRIMARY KEY (key, run));
        CREATE TABLE history (session INTEGER, line INTEGER, source TEXT, PRIMARY KEY (session, line));
        CREATE TABLE tokens (token TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
        CREATE TABLE uses (id INTEGER PRIMARY KEY, token TEXT REFERENCES tokens (token));
        CREATE UNIQUE INDEX sources ON history (source);
        CREATE TABLE blobs ("order" BLOB, size TEXT AS (typeof("order")), note);
        CREATE TABLE log (text TEXT);
        CREATE TRIGGER logged AFTER UPDATE ON history BEGIN
            INSERT INTO log VALUES ('changed: ' || old.source);
        END;
        CREATE VIRTUAL TABLE notes USING fts5(body);
        CREATE VIEW all_params AS SELECT * FROM params;
        """
    )
    add = db.execute
    add("INSERT INTO params VALUES ('hub_token', ?, 'r1')", [token])
    add("INSERT INTO params VALUES ('api_key', ?, 'r1')", [json.dumps(token)])
    add("INSERT INTO params VALUES ('config', ?, 'r1')", [json.dumps({"token": token})])
    for line in range(200):
        add("INSERT INTO history VALUES (1, ?, ?)", [line, f"print({line})"])
    add("INSERT INTO history VALUES (2, 1, ?)", [f"login('{token}')"])
    add("INSERT INTO tokens VALUES (?, 5)", [token])
    add("INSERT INTO uses VALUES (9, ?)", [token])
    add("INSERT INTO blobs VALUES (?, NULL)", [pickle.dumps({"hub_token": token, "n": 300}, 2)])
    add("INSERT INTO blobs VALUES (?, 1.5)", [token.encode("utf-8")])
    add("INSERT INTO notes VALUES (?)", [f"remember {token}"])
    db.commit()
    # Old copies stay in free pages.
    for line in range(100):
        add("INSERT INTO log VALUES (?)", [f"{line} {token} " * 20])
    db.commit()
    add("DELETE FROM log")
    add("INSERT INTO log VALUES ('nothing')")
    db.commit()
    add("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def read_sqlite(path):
    import sqlite3

    db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = {}
    for table in ("params", "history", "tokens", "uses", "blobs", "log", "notes", "all_params"):
        rows[table] = [
            [it.decode("latin-1") if isinstance(it, bytes) else it for it in row]
            for row in db.execute(f"SELECT * FROM {table}")
        ]
    rows["numbers"] = db.execute("SELECT rowid FROM history").fetchall()
    rows["schema"] = db.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
    rows["broken"] = db.execute("PRAGMA foreign_key_check").fetchall()
    pragmas = ("page_size", "user_version", "encoding")
    rows["pragmas"] = [db.execute(f"PRAGMA {it}").fetchone() for it in pragmas]
    with open(path, "rb") as file:
        rows["journal"] = list(file.read(20)[18:])
    rows["found"] = db.execute("SELECT body FROM notes WHERE notes MATCH 'remember'").fetchall()
    return rows


def table(token):
    import pyarrow as pa

    rows = 700
    text = pa.array([None if n % 7 == 0 else f"row {n % 50}" for n in range(rows - 1)] + [f"login('{token}')"])
    config = json.dumps({"info": {"features": {}}, "token": token})
    return pa.table(
        {
            "n": pa.array(range(rows), pa.int64()),
            "when": pa.array([n * 1000 for n in range(rows)], pa.timestamp("ms", tz="UTC")),
            "text": text,
            "api_key": pa.array([token] * 10 + ["-"] * (rows - 10)),
            "list": pa.array([[f"a{n}", token] if n == 5 else [] if n % 2 else None for n in range(rows)]),
            "chat": pa.array([{"role": "user", "content": f"{n} {token if n == 9 else ''}"} for n in range(rows)]),
            "map": pa.array([[("k", token)] if n == 3 else [] for n in range(rows)], pa.map_(pa.string(), pa.string())),
            "blob": pa.array([pickle.dumps([token, n], 2) if n == 4 else b"\x01" for n in range(rows)]),
            "large": pa.array([f"{n}" for n in range(rows)], pa.large_string()),
            "clean": pa.array([f"clean {n}" for n in range(rows)]),
            "category": pa.array([["red", "green", token][n % 3] for n in range(rows)]).dictionary_encode(),
        }
    ).replace_schema_metadata({"pandas": config, "huggingface": config, "note": f"by {token}"})


def write_parquet(path, token):
    import pyarrow.parquet as pq

    codecs = {"text": "snappy", "api_key": "zstd", "list.list.element": "gzip", "chat.content": "brotli",
              "chat.role": "lz4", "clean": "none", "n": "zstd", "blob": "zstd"}
    import io

    import pyarrow as pa
    from PIL.PngImagePlugin import PngInfo

    def png(packed):
        info, image = PngInfo(), io.BytesIO()
        info.add_text("prompt", workflow(token), zip=packed)
        picture().save(image, "png", pnginfo=info)
        return image.getvalue()

    rows = table(token)
    images = [{"bytes": png(n == 3) if n in (2, 3) else None, "path": "a.png"} for n in range(len(rows))]
    pq.write_table(
        rows.append_column("image", pa.array(images)),
        path,
        compression=codecs,
        row_group_size=250,
        use_dictionary=["text", "api_key", "clean", "category"],
        column_encoding={"large": "DELTA_BYTE_ARRAY"},
        write_page_index=True,
        write_page_checksum=True,
        sorting_columns=[pq.SortingColumn(0)],
    )


def pixels(data):
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(data))
    return base64.b64encode(image.tobytes()).decode(), image.info["prompt"]


def rows_of(found):
    rows = found.to_pylist()
    for row in rows:
        row["when"] = str(row["when"])
        row["blob"] = row["blob"].decode("latin-1")
        image = row.pop("image", None)
        if image and image["bytes"]:
            row["pixels"], row["prompt"] = pixels(image["bytes"])
    metadata = {key.decode(): value.decode() for key, value in found.schema.metadata.items()}
    return [str(found.schema.remove_metadata()), metadata, rows]


def read_parquet(path):
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, page_checksum_verification=True)
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    columns = [file.metadata.row_group(0).column(n) for n in range(file.metadata.num_columns)]
    codecs = [[it.compression, it.has_column_index, it.has_offset_index] for it in columns]
    # What the statistics let a reader leave out must not hide rows.
    hidden = [
        pq.read_table(path, filters=filter).num_rows
        for filter in (
            pc.field("api_key") == "-",
            pc.field("n") > 600,
            pc.field("clean") == "clean 251",
            pc.field("text") == "row 3",
        )
    ]
    return [groups, codecs, hidden, file.metadata.created_by, *rows_of(pq.read_table(path))]


def write_arrow(path, token):
    import pyarrow as pa

    with pa.ipc.new_file(path, table(token).schema) as writer:
        writer.write_table(table(token), max_chunksize=250)


def write_arrow_images(path, token):
    """As HF's datasets keep pictures: their bytes in a column."""
    import io

    import pyarrow as pa
    from PIL.PngImagePlugin import PngInfo

    def png(packed):
        info, image = PngInfo(), io.BytesIO()
        info.add_text("prompt", workflow(token), zip=packed)
        picture().save(image, "png", pnginfo=info)
        return image.getvalue()

    rows = [{"bytes": png(n == PACKED), "path": f"{n}.png"} for n in range(3)]
    image = pa.table({"image": pa.array(rows), "n": pa.array(range(3))})
    with pa.ipc.new_stream(path, image.schema) as writer:
        writer.write_table(image)


def read_arrow_images(path):
    import pyarrow as pa

    rows = pa.ipc.open_stream(path).read_all().to_pylist()
    return [[row["n"], row["image"]["path"], *pixels(row["image"]["bytes"])] for row in rows]


# The picture among those whose text is compressed, if any.
PACKED = int(os.environ.get("PACKED", -1))


def write_arrow_stream(path, token):
    import pyarrow as pa

    with pa.ipc.new_stream(path, table(token).schema) as writer:
        writer.write_table(table(token), max_chunksize=250)


def write_feather(path, token):
    from pyarrow import feather

    feather.write_feather(table(token), path)


def write_feather_large(path, token):
    import pyarrow as pa
    from pyarrow import feather

    large = ["".join(f"{n} " for n in range(400_000)), "short"]
    feather.write_feather(pa.table({"large": large, "key": ["plain", token]}), path)


def read_arrow(path):
    import pyarrow as pa

    return rows_of(pa.ipc.open_file(path).read_all())


def read_arrow_stream(path):
    import pyarrow as pa

    return rows_of(pa.ipc.open_stream(path).read_all())


def fill_hdf5(file, token):
    import h5py
    import numpy as np

    config = {"class_name": "Sequential", "config": {"api_key": token, "name": "m"}}
    file.attrs["model_config"] = json.dumps(config)
    file.attrs["note"] = np.bytes_(f"HF_TOKEN={token}")
    layer = file.create_group("model_weights/dense")
    layer.create_dataset("kernel:0", data=np.arange(20000, dtype=np.float32).reshape(100, 200))
    layer.attrs["weight_names"] = [b"dense/kernel:0"]
    file.create_dataset("texts", data=["one", f"login('{token}')", "three"], dtype=h5py.string_dtype())
    file.create_dataset("fixed", data=np.array([b"a", token.encode(), b"c"], dtype="S48"))


def write_hdf5(path, token):
    import h5py

    with h5py.File(path, "w") as file:
        fill_hdf5(file, token)


def write_hdf5_latest(path, token):
    import h5py

    with h5py.File(path, "w", libver="latest") as file:
        fill_hdf5(file, token)


def write_hdf5_checked(path, token):
    import h5py

    with h5py.File(path, "w") as file:
        fill_hdf5(file, token)
        file.create_dataset("checked", data=range(1000), fletcher32=True)
        file.create_dataset("packed", data=[token.encode()] * 100, compression="gzip")


def write_hdf5_packed(path, token, **options):
    import h5py
    import numpy as np

    with h5py.File(path, "w", **options) as file:
        texts = np.array([f"row {n}".encode() for n in range(400)] + [token.encode()], dtype="S48")
        file.create_dataset("gzip", data=texts, compression="gzip")
        file.create_dataset("shuffled", data=texts, compression="gzip", shuffle=True, chunks=(50,))
        file.create_dataset("numbers", data=np.arange(5000.0), compression="gzip", shuffle=True)


def write_hdf5_packed_latest(path, token):
    write_hdf5_packed(path, token, libver="latest")


def write_hdf5_lzf(path, token):
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("lzf", data=list(range(9999)), compression="lzf")


def write_hdf5_names(path, token, **options):
    import h5py

    with h5py.File(path, "w", **options) as file:
        for name in ["a", "z", f"run {token}"]:
            file.create_group(name).attrs["n"] = 1
        file["a"].create_dataset(f"data {token}", data=[1, 2, 3])
        file["z"].attrs[f"key {token}"] = "plain"
        file["z"].attrs["note"] = f"made with {token}"


def write_hdf5_names_latest(path, token):
    write_hdf5_names(path, token, libver="latest")


def read_hdf5(path):
    import h5py

    found = {}

    def visit(name, item):
        values = item[()].tolist() if isinstance(item, h5py.Dataset) else None
        found[name] = [repr(values), {key: repr(value) for key, value in item.attrs.items()}]

    with h5py.File(path, "r") as file:
        visit("/", file)
        file.visititems(visit)
    return found


read_hdf5_names = read_hdf5


def picture():
    from PIL import Image

    image = Image.new("RGB", (40, 30))
    image.putdata([(x * 5 % 256, x % 256, 7) for x in range(1200)])
    return image


def workflow(token):
    return json.dumps({"3": {"class_type": "FalAPI", "inputs": {"api_key": token, "seed": 42}}})


def exif(token):
    from PIL import Image

    tags = Image.Exif()
    tags[0x010F] = "workflow:" + workflow(token)
    tags[0x010E] = f"made with {token}"
    tags[0x9C9C] = f"comment {token}".encode("utf-16le") + b"\0\0"
    tags.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + f"parameters {token}".encode("utf-16be")
    return tags


def write_png(path, token):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("prompt", workflow(token))
    info.add_text("workflow", workflow(token), zip=True)
    info.add_itxt("parameters", f"K\u00f6rper, HF_TOKEN={token}", "de", "Angaben")
    info.add_itxt("packed", f"HF_TOKEN={token} " * 3, zip=True)
    info.add_text("Software", "Somebody's program")
    picture().save(path, pnginfo=info, exif=exif(token))


def write_png_password(path, token):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("note", "deploy with " + "".join(["Tr0ub4", "dor&3x", "yzzy"]), zip=True)
    picture().save(path, pnginfo=info)


def read_png_password(path):
    from PIL import Image

    return Image.open(path).info


def write_jpeg(path, token):
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><note token='{token}'/></x:xmpmeta>"
    picture().save(path, exif=exif(token), comment=f"HF_TOKEN={token}", xmp=xmp.encode())


def write_webp(path, token):
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><note token='{token}'/></x:xmpmeta>"
    picture().save(path, exif=exif(token), xmp=xmp.encode(), lossless=True)


def read_picture(path):
    from PIL import Image

    image = Image.open(path)
    image.load()
    tags = image.getexif()
    ifd = tags.get_ifd(0x8769)
    info = {
        key: value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for key, value in image.info.items()
        if key not in ("exif", "icc_profile")
    }
    comments = [tags[0x9C9C].decode("utf-16le"), ifd[0x9286][8:].decode("utf-16be")]
    pixels = base64.b64encode(image.tobytes()).decode()
    return [info, str(tags.get(0x010F)), str(tags.get(0x010E)), comments, pixels]


read_png = read_jpeg = read_webp = read_picture


def main():
    verb, form, path = sys.argv[1:]
    function = globals()[f"{verb}_{form}"]
    if verb == "write":
        function(path, os.environ["TOKEN"])
    else:
        json.dump(function(path), sys.stdout, sort_keys=True)


main()
