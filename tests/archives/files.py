"""Files as the real libraries write them, with values planted in them.

    files.py write FORMAT FOLDER   writes the file
    files.py read FORMAT FOLDER    prints all that its library reads, as JSON
    files.py search FOLDER         prints where a value stands, in any encoding

What may stand in a value's place is read as <T> and <P>, and so are the
values, so that what is read before and after is the same.
"""

import base64
import bz2
import dataclasses
import enum
import gzip
import hashlib
import io
import json
import lzma
import os
import pickle
import re
import struct
import sys
import tarfile
import zipfile
import zlib

TOKEN = os.environ["TOKEN"]
PASSWORD = os.environ["PASSWORD"]


class Args:
    pass


class Strategy(str, enum.Enum):
    STEPS = "steps"


@dataclasses.dataclass
class TrainingArguments:
    """As transformers keeps them in training_args.bin."""

    output_dir: str
    strategy: Strategy
    hub_token: str = None
    logging_dir: str = "runs/Nov26_host"
    push_to_hub_token: str = None


def settings():
    args = Args()
    args.output_dir = "out"
    args.hub_token = TOKEN
    args.lr = 1e-4
    return {
        "args": args,
        "hub_token": TOKEN,
        "db": {"password": PASSWORD, "steps": [1, 2, TOKEN]},
        "headers": [("Authorization", "Bearer " + TOKEN)],
        "blob": b"\x00\x01key=" + TOKEN.encode() + b"\xff",
    }


def notebook():
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": [f'login("{TOKEN}")'],
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


# --- writing ---------------------------------------------------------------


def write_pickle(protocol):
    def write(path):
        with open(path, "wb") as file:
            pickle.dump(settings(), file, protocol=protocol)

    return write


def write_safetensors(path):
    import numpy as np
    from safetensors.numpy import save_file

    tensors = {"w": np.arange(12, dtype=np.float32).reshape(3, 4), "b": np.ones(3)}
    metadata = {
        "ss_training_comment": "with token=" + TOKEN,
        "hub_token": TOKEN,
        "password": PASSWORD,
        "config": json.dumps({"hub_token": TOKEN, "dirs": ["a", "b"]}),
        "plain": "nothing to see",
    }
    save_file(tensors, path, metadata=metadata)


def write_zip(path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/lesson.ipynb", notebook())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"a comment"
        archive.writestr("a/lesson.ipynb", notebook())
        archive.writestr("config.json", json.dumps({"hf_token": TOKEN}))
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("plain.txt", "nothing to see")
        stored = zipfile.ZipInfo("stored.txt", (2020, 2, 2, 2, 2, 2))
        stored.comment = b"about this member"
        stored.external_attr = 0o640 << 16
        archive.writestr(stored, f"token {TOKEN}\n")
        archive.writestr("stored.txt", f"the same name: {TOKEN}\n")
        archive.writestr("folder/", "")
        archive.writestr("last.bin", bytes(range(256)))


def write_compressions(path):
    methods = [("bz2", 12), ("lzma", 14), ("deflated", 8)]
    with zipfile.ZipFile(path, "w") as archive:
        for name, method in methods:
            archive.writestr(f"{name}.txt", f"token {TOKEN}\n", method)


def write_deleted(path):
    """As tools delete a member: the directory does not have it any more."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "nothing to see")
        archive.writestr("old.txt", f"token {TOKEN}\n" * 9)
        archive.writestr("b.txt", "nothing to see either")
        gone = archive.infolist()[1]
        archive.filelist.remove(gone)
        archive.NameToInfo.pop(gone.filename)


def write_zip64(path):
    with zipfile.ZipFile(path, "w") as archive:
        for name in ["a.txt", "b.txt"]:
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(f"{name}: {TOKEN}\n".encode())
    with open(path, "rb") as file:
        old = file.read()
    # As a writer that does not know the length beforehand ends it.
    end = old.rindex(b"PK\5\6")
    count, size, offset = struct.unpack("<HII", old[end + 10 : end + 20])
    wide = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<IIQI", 0x07064B50, 0, end, 1)
    narrow = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    with open(path, "wb") as file:
        file.write(old[:end] + wide + locator + narrow)


def write_zipapp(path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__main__.py", f'key = "{TOKEN}"\n')
        archive.writestr("other.py", "x = 1\n")
    with open(path, "wb") as file:
        file.write(b"#!/usr/bin/env python3\n" + inner.getvalue())


class Unseekable(io.RawIOBase):
    """A pipe: the zip writer puts a descriptor behind each member."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


def write_piped_zip(path):
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", f"token {TOKEN}\n" * 3)
        archive.writestr("b.txt", f"token {TOKEN}\n")
        archive.writestr("c.txt", "nothing to see")
    with open(path, "wb") as file:
        file.write(out.content)


def deflated(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def torch_archive(members, has_checksums):
    """An archive as torch.save lays it out: members are stored, their numbers
    stand behind them, and a filler puts each on a border of 64 bytes."""
    out = io.BytesIO()
    directory = b""
    for name, data in members:
        offset, name = out.tell(), name.encode()
        # Its code is compressed, if it is longer than this.
        is_packed = b"/code/" in name and len(data) > 200
        method, content = (8, deflated(data)) if is_packed else (0, data)
        filler = -(offset + 30 + len(name) + 4) % 64
        extra = b"FB" + struct.pack("<H", filler) + b"Z" * filler
        crc = zlib.crc32(data) if has_checksums else 0
        header = (0x04034B50, 0, 0x808, method, 0, 0, 0, 0, 0, len(name), len(extra))
        out.write(struct.pack("<IHHHHHIIIHH", *header) + name + extra)
        assert out.tell() % 64 == 0
        out.write(content)
        out.write(struct.pack("<IIII", 0x08074B50, crc, len(content), len(data)))
        record = (0x02014B50, 0, 0, 0x808, method, 0, 0, crc, len(content), len(data), len(name))
        directory += struct.pack("<IHHHHHHIIIHHHHHII", *record, 0, 0, 0, 0, 0, offset) + name
    end = (0x06054B50, 0, 0, len(members), len(members), len(directory), out.tell(), 0)
    return out.getvalue() + directory + struct.pack("<IHHHHIIH", *end)


def write_torch(has_checksums):
    def write(path):
        members = [
            ("archive/data.pkl", pickle.dumps(settings(), 2)),
            ("archive/.format_version", b"1"),
            ("archive/.storage_alignment", b"64"),
            ("archive/byteorder", b"little"),
            ("archive/data/0", bytes(range(256)) * 20),
            ("archive/extra/note.txt", f"key: {TOKEN}".encode()),
            ("archive/data/1", bytes(range(256)) * 3),
            ("archive/version", b"3\n"),
            ("archive/.data/serialization_id", b"1234567890123456789012345678901234567890"),
        ]
        with open(path, "wb") as file:
            file.write(torch_archive(members, has_checksums))

    return write


def write_training_args(path):
    args = TrainingArguments("out", Strategy.STEPS, TOKEN, push_to_hub_token=TOKEN)
    members = [
        ("training_args/data.pkl", pickle.dumps(args, 2)),
        ("training_args/byteorder", b"little"),
        ("training_args/version", b"3\n"),
        ("training_args/.data/serialization_id", b"0" * 40),
    ]
    with open(path, "wb") as file:
        file.write(torch_archive(members, True))


def write_torchscript(path):
    """A module with its code, and where each line of it came from."""
    source = f'class Model(Module):\n  def forward(self, x):\n    key = "{TOKEN}"\n'
    source += "".join(f"    x{n} = torch.add(x, {n})\n" for n in range(40)) + "    return x\n"
    ranges = ("FORMAT_WITH_STRING_TABLE", ["/home/me/train.py", source], [(0, (1, 2, 3))] * 30)
    members = [
        ("model/data.pkl", pickle.dumps({"training": True}, 2)),
        ("model/code/__torch__.py", source.encode()),
        ("model/code/__torch__.py.debug_pkl", pickle.dumps(ranges, 2)),
        ("model/code/short.py", f'key = "{TOKEN}"\n'.encode()),
        ("model/data/0", bytes(range(256)) * 20),
        ("model/constants.pkl", pickle.dumps((), 2)),
        ("model/version", b"3\n"),
    ]
    with open(path, "wb") as file:
        file.write(torch_archive(members, True))


def write_members(*members, method=zipfile.ZIP_DEFLATED):
    """A kind of file that is an archive of these."""

    def write(path):
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in members:
                archive.writestr(name, content() if callable(content) else content)

    return write


def record_of(content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"a/__init__.py,sha256={digest},{len(content)}\na-1.dist-info/RECORD,,\n"


def keras_weights():
    return b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 9


MEMBERS = {
    "keras": (
        "model.keras",
        write_members(
            ("metadata.json", json.dumps({"keras_version": "3.15", "date_saved": "2026-11-26"})),
            ("config.json", json.dumps({"class_name": "Sequential", "config": {"api_key": TOKEN}})),
            ("model.weights.h5", keras_weights),
            method=zipfile.ZIP_STORED,
        ),
    ),
    "mar": (
        "model.mar",
        write_members(
            ("model.pt", lambda: torch_archive([("m/data.pkl", pickle.dumps(settings(), 2))], True)),
            ("handler.py", f'import os\nTOKEN = "{TOKEN}"\n'),
            ("MAR-INF/MANIFEST.json", json.dumps({"model": {"handler": "handler.py"}})),
        ),
    ),
    "skops": (
        "model.skops",
        write_members(
            ("schema.json", json.dumps({"__class__": "dict", "content": {"hub_token": TOKEN}})),
            ("140.npy", b"\x93NUMPY\1\0v\0" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }".ljust(117) + b"\n" + bytes(16)),
        ),
    ),
    "whl": (
        "a-1-py3-none-any.whl",
        write_members(
            ("a/__init__.py", f'import os\nKEY = "{TOKEN}"\n'),
            ("a-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: a\nVersion: 1\n"),
            ("a-1.dist-info/RECORD", lambda: record_of(f'import os\nKEY = "{TOKEN}"\n'.encode())),
        ),
    ),
    "docx": (
        "notes.docx",
        write_members(
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", f"<w:document><w:t>the key is {TOKEN}</w:t></w:document>"),
        ),
    ),
    "comet": (
        "0123-offline.zip",
        write_members(
            ("experiment.json", json.dumps({"offline_id": "0123", "api_key": TOKEN})),
            ("messages.json", json.dumps({"type": "ws_msg", "payload": {"param": {"paramName": "hub_token", "paramValue": TOKEN}}}) + "\n"),
        ),
    ),
}


def write_legacy_torch(path):
    """A file of torch before 1.6: five pickles, then the numbers."""
    with open(path, "wb") as file:
        for part in [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, settings(), ["0"]]:
            pickle.dump(part, file, protocol=2)
        file.write(struct.pack("<q", 3) + bytes(range(12)))


def write_gzip(path):
    with gzip.GzipFile(path, "wb", mtime=7) as file:
        file.write(f"token {TOKEN}\n".encode() * 4)


def packed(kind, data):
    if kind == "bz2":
        return bz2.compress(data)
    if kind == "xz":
        return lzma.compress(data)
    if kind == "lzma":
        return lzma.compress(data, format=lzma.FORMAT_ALONE)
    if kind == "lz4":
        import lz4.frame

        return lz4.frame.compress(data, content_checksum=True)
    import zstandard

    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(data)


def unpacked(kind, data):
    import lz4.frame
    import zstandard

    if kind in ("zst", "lz4"):
        unpack = zstandard.ZstdDecompressor().decompressobj if kind == "zst" else lz4.frame.LZ4FrameDecompressor
        out = b""
        while data:
            one = unpack()
            out, data = out + one.decompress(data), one.unused_data
        return out
    return (bz2 if kind == "bz2" else lzma).decompress(data)


def write_packed(kind):
    def write(path):
        with open(path, "wb") as file:
            file.write(packed(kind, f"step 1\ntoken {TOKEN}\n".encode() * 40))

    return write


def write_frames(kind):
    """Two frames, the token in the second; what a program calls its own
    between them."""

    def write(path):
        own = struct.pack("<II", 0x184D2A53, 5) + b"index" if kind == "zst" else b""
        with open(path, "wb") as file:
            file.write(packed(kind, b"nothing\n") + own)
            file.write(packed(kind, f"token {TOKEN}\n".encode()))

    return write


def write_packed_tar(kind):
    def write(path):
        write_tar("w")(path)
        with open(path, "rb") as file:
            data = packed(kind, file.read())
        with open(path, "wb") as file:
            file.write(data)

    return write


def write_tar(mode):
    def write(path):
        with tarfile.open(path, mode, format=tarfile.GNU_FORMAT) as archive:
            for name, text in [
                ("a/lesson.ipynb", notebook()),
                ("config.json", json.dumps({"hf_token": TOKEN})),
                ("n" * 120 + "/long.txt", f"token {TOKEN}\n"),
                ("plain.txt", "nothing to see"),
            ]:
                info = tarfile.TarInfo(name)
                info.size, info.mtime, info.mode, info.uname = len(text), 1234567, 0o640, "me"
                archive.addfile(info, io.BytesIO(text.encode()))
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "config.json"
            archive.addfile(link)

    return write


def write_pax_tar(path):
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in ["é" * 80 + ".txt", "b.txt"]:
            data = f"token {TOKEN}\n".encode()
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1234567.25
            archive.addfile(info, io.BytesIO(data))


def write_npy(make):
    def write(path):
        import numpy as np

        np.save(path, make(np), allow_pickle=True)

    return write


def write_npz(save):
    def write(path):
        import numpy as np

        getattr(np, save)(
            path,
            numbers=np.arange(1000),
            texts=np.array(["short", TOKEN]),
            objects=np.array([{"hub_token": TOKEN}, None], dtype=object),
        )

    return write


def write_joblib(compress):
    def write(path):
        import joblib
        import numpy as np

        value = {
            "numbers": np.arange(1000.0).reshape(10, 100),
            "hub_token": TOKEN,
            "texts": np.array(["x", TOKEN]),
            "objects": np.array([{"password": PASSWORD}, None], dtype=object),
            "after": {"password": PASSWORD, "n": 3},
        }
        joblib.dump(value, path, compress=compress)

    return write


# Compressions that are only read.
KINDS = ["bz2", "xz", "zst", "lz4"]

FORMATS = {f"pickle{protocol}": ("p.pkl", write_pickle(protocol)) for protocol in range(6)} | {
    "safetensors": ("m.safetensors", write_safetensors),
    "zip": ("course.zip", write_zip),
    "names": (
        "n.zip",
        write_members(
            (f"{TOKEN}.txt", f"token {TOKEN}"),
            (f"a/{TOKEN}.zip", b"PK\3\4 and no more"),
            ("p.pkl", pickle.dumps({TOKEN: {"hub_token": TOKEN}}, 2)),
        ),
    ),
    "zip-compressions": ("c.zip", write_compressions),
    "deleted": ("d.zip", write_deleted),
    "zip64": ("wide.zip", write_zip64),
    "zipapp": ("app.pyz", write_zipapp),
    "piped-zip": ("piped.zip", write_piped_zip),
    "torch": ("model.pt", write_torch(True)),
    "torch-without-checksums": ("model.pt", write_torch(False)),
    "torch-training-args": ("training_args.bin", write_training_args),
    "torchscript": ("model.pt", write_torchscript),
    **MEMBERS,
    "legacy-torch": ("training_args.bin", write_legacy_torch),
    "gzip": ("log.txt.gz", write_gzip),
    "tar": ("a.tar", write_tar("w")),
    "tar-gz": ("a.tar.gz", write_tar("w:gz")),
    "tar-pax": ("p.tar", write_pax_tar),
    "npy-unicode": ("a.npy", write_npy(lambda np: np.array([["short", TOKEN], ["é", "x"]]))),
    "npy-big-endian": ("a.npy", write_npy(lambda np: np.array(["x", TOKEN]).astype(">U50"))),
    "npy-bytes": ("a.npy", write_npy(lambda np: np.array([b"short", TOKEN.encode()]))),
    "npy-fields": (
        "a.npy",
        write_npy(lambda np: np.array([(1, TOKEN, 2.5)], dtype="i4,U40,f8")),
    ),
    "npy-objects": (
        "a.npy",
        write_npy(lambda np: np.array([{"hub_token": TOKEN}, 3], dtype=object)),
    ),
    "npz": ("a.npz", write_npz("savez")),
    "npz-compressed": ("a.npz", write_npz("savez_compressed")),
    "joblib": ("a.joblib", write_joblib(0)),
    "joblib-zlib": ("a.joblib", write_joblib(3)),
    **{kind: (f"log.txt.{kind}", write_packed(kind)) for kind in KINDS},
    **{f"tar-{kind}": (f"a.tar.{kind}", write_packed_tar(kind)) for kind in KINDS},
    **{f"{kind}-frames": (f"log.txt.{kind}", write_frames(kind)) for kind in KINDS},
    "joblib-bz2": ("a.joblib", write_joblib(("bz2", 3))),
    "joblib-xz": ("a.joblib", write_joblib(("xz", 3))),
    "joblib-lzma": ("a.joblib", write_joblib(("lzma", 3))),
    "joblib-lz4": ("a.joblib", write_joblib(("lz4", 3))),
    "joblib-gzip": ("a.joblib.gz", write_joblib(("gzip", 3))),
}


# --- reading ---------------------------------------------------------------


def plain(value):
    """A value as JSON, with everything in it that could differ."""
    if hasattr(value, "dtype"):
        return [str(value.dtype), list(value.shape), plain(value.tolist())]
    if isinstance(value, (Args, TrainingArguments)):
        return {type(value).__name__: plain(vars(value))}
    if isinstance(value, Strategy):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [plain(inner) for inner in value]]
    if isinstance(value, bytes):
        return masked(value.decode("latin-1"))
    if isinstance(value, str):
        return masked(value)
    return value


def masked(text):
    for value, name in [(TOKEN, "T"), (PASSWORD, "P")]:
        length = "REDACTED".ljust(len(value), "_")
        for mask in [value, length]:
            text = text.replace(mask, f"<{name}>")
    text = re.sub(r'"?os\.environ\[\\*"HF_TOKEN\\*"\]"?|REDACTED_HF_TOKEN(_\d)?', "<T>", text)
    text = re.sub(r"REDACTED_PASSWORD", "<P>", text)
    text = re.sub(r'\\*"<T>\\*"', "<T>", text)
    return re.sub(r'(import os\\n",\s*")|import os\s*(\\n)?', "", text)


def read_members(data):
    """The members of an archive, nested ones too."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if not data.startswith(b"PK\3\4\0\0\x08\x08"):
            assert archive.testzip() is None
        members = []
        for info in archive.infolist():
            if info.CRC == 0:
                archive.open(info)._expected_crc = None
            with archive.open(info) as member:
                if info.CRC == 0:
                    member._expected_crc = None
                content = member.read()
            about = [info.filename, info.compress_type, info.date_time, info.flag_bits]
            about += [info.external_attr, info.create_system, plain(info.comment)]
            members.append([about, read_any(content)])
        return [plain(archive.comment), members]


def read_any(content):
    if content[:4] == b"PK\3\4":
        return read_members(content)
    if content[:2] in [b"\x80\2", b"\x80\3"]:
        return plain(pickle.loads(content))
    return plain(content)


def read(format, path):
    with open(path, "rb") as file:
        data = file.read()
    if format.startswith("pickle"):
        return plain(pickle.loads(data))
    if format == "legacy-torch":
        file = io.BytesIO(data)
        return plain([pickle.load(file) for _ in range(5)] + [file.read()])
    if format.startswith("torch"):
        with zipfile.ZipFile(path) as archive:
            places = [(i.filename, i.header_offset, i.file_size) for i in archive.infolist()]
        return [places, read_members(data)]
    if format == "safetensors":
        from safetensors import safe_open

        with safe_open(path, "np") as file:
            tensors = {key: plain(file.get_tensor(key)) for key in file.keys()}
            return [tensors, plain(file.metadata())]
    if format == "gzip":
        with gzip.open(path) as file:
            return plain(file.read())
    if format.startswith("tar"):
        with tarfile.open(path) as archive:
            members = []
            for info in archive:
                content = archive.extractfile(info).read() if info.isreg() else b""
                about = [info.name, info.mode, info.mtime, info.uname, info.linkname]
                members.append(about + [read_any(content)])
            return members
    if format.startswith("joblib"):
        import joblib

        return plain(joblib.load(path))
    if format == "whl":
        with zipfile.ZipFile(path) as archive:
            record = archive.read("a-1.dist-info/RECORD").decode()
            assert record == record_of(archive.read("a/__init__.py")), record
            names = archive.namelist()
            return [names, read_any(archive.read("a/__init__.py")), archive.testzip()]
    if format.startswith("npz"):
        import numpy as np

        with np.load(path, allow_pickle=True) as arrays:
            return {key: plain(arrays[key]) for key in arrays.files}
    if format.startswith("npy"):
        import numpy as np

        return plain(np.load(path, allow_pickle=True))
    return read_members(data)


# --- searching -------------------------------------------------------------


def encodings(value):
    yield "utf-8", value.encode()
    for name in ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]:
        yield name, value.encode(name)
    yield "hex", value.encode().hex().encode()
    for shift in range(3):
        whole = base64.b64encode(b"x" * shift + value.encode())
        yield "base64", whole[4 if shift else 0 : -4]


def layers(data, depth=0):
    """The bytes, and what comes out of every compression in them."""
    yield data
    if depth > 5:
        return
    unpack = [gzip.decompress, zlib.decompress, bz2.decompress, lzma.decompress]
    unpack += [lambda data: unpacked("zst", data), lambda data: unpacked("lz4", data)]
    for one in unpack:
        try:
            yield from layers(one(data), depth + 1)
        except Exception:
            pass
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                member = archive.open(info)
                member._expected_crc = None
                yield from layers(member.read(), depth + 1)
    except zipfile.BadZipFile:
        pass


def search(folder):
    hits = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        for layer in layers(content):
            for value in [TOKEN, PASSWORD]:
                hits += [(name, e) for e, bytes_ in encodings(value) if bytes_ in layer]
    return hits


def main():
    verb = sys.argv[1]
    if verb == "search":
        print(json.dumps(search(sys.argv[2])))
        return
    name, write = FORMATS[sys.argv[2]]
    path = os.path.join(sys.argv[3], name)
    if verb == "write":
        write(path)
    else:
        print(json.dumps(read(sys.argv[2], path), sort_keys=True, default=str))


main()
