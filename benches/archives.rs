//! What large models cost: a safetensors file and a PyTorch archive of 5 GB,
//! made with holes, so that they take no room. See `benches/README.md`.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How many numbers a model has, in bytes.
const SIZE: u64 = 5_000_000_000;

fn main() -> io::Result<()> {
    // `cargo test --benches` only sees that they work: small inputs will do.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let size = if is_bench { SIZE } else { SIZE / 50 };
    let folder = tempfile::tempdir()?;
    println!("{:<36} {:>8} {:>9} {:>10}", "input", "GB", "ms", "MB held");
    for (name, make) in [
        (
            "m.safetensors",
            safetensors as fn(&Path, u64) -> io::Result<()>,
        ),
        ("m.pt", torch),
    ] {
        let path = folder.path().join(name);
        make(&path, size)?;
        for verb in ["check", "fix"] {
            let (time, held) = run(folder.path(), verb, name)?;
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let gigabytes = size as f64 / 1e9;
            println!(
                "{:<36} {gigabytes:>8.1} {:>9} {held:>10}",
                format!("{verb} {name}"),
                time.as_millis()
            );
        }
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// A token that nobody issued.
fn token() -> String {
    ["hf_", "kQzRvTnWcLxBmYpHsJ", "dGfAeUoIqZwKrNtV"].concat()
}

fn safetensors(path: &Path, size: u64) -> io::Result<()> {
    let header = format!(
        r#"{{"__metadata__":{{"ss_training_comment":"{}"}},"w":{{"dtype":"U8","shape":[{size}],"data_offsets":[0,{size}]}}}}"#,
        token()
    );
    let mut file = File::create(path)?;
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    file.set_len(8 + header.len() as u64 + size)
}

/// As `torch.save` lays it out, without checksums: stored members on borders
/// of 64 bytes, and an end of zip64, since it is large.
fn torch(path: &Path, size: u64) -> io::Result<()> {
    let mut pickle = b"\x80\x02}q\x00X\x09\x00\x00\x00hub_tokenq\x01X\x25\x00\x00\x00".to_vec();
    pickle.extend(token().bytes());
    pickle.extend(b"q\x02s.");
    let mut file = File::create(path)?;
    let mut directory = Vec::new();
    let half = size / 2;
    let members = [
        ("m/data.pkl", pickle.len() as u64, pickle.as_slice()),
        ("m/data/0", half, &[]),
        ("m/data/1", half, &[]),
    ];
    for (name, len, start) in members {
        let offset = file.stream_position()?;
        let length = narrow(len);
        let filler = (64 - (offset + 34 + name.len() as u64) % 64) % 64;
        let about = [&8u16.to_le_bytes()[..], &[0; 10], &length, &length].concat();
        let name_len = u16::try_from(name.len()).unwrap_or_default().to_le_bytes();
        let filler_len = u16::try_from(filler).unwrap_or_default().to_le_bytes();
        let extra_len = u16::try_from(filler + 4).unwrap_or_default().to_le_bytes();
        file.write_all(b"PK\x03\x04\0\0")?;
        // Lengths stand in the directory and behind the content.
        file.write_all(&[&about[..12], &[0; 8], &name_len, &extra_len].concat())?;
        file.write_all(&[name.as_bytes(), b"FB", &filler_len].concat())?;
        file.seek(SeekFrom::Current(filler.cast_signed()))?;
        let content = file.stream_position()?;
        file.write_all(start)?;
        file.seek(SeekFrom::Start(content + len))?;
        file.write_all(&[b"PK\x07\x08", &[0; 4][..], &length, &length].concat())?;
        directory.extend_from_slice(b"PK\x01\x02\0\0\0\0");
        directory.extend([&about[..], &name_len, &[0; 12]].concat());
        directory.extend([&narrow(offset)[..], name.as_bytes()].concat());
    }
    let at = file.stream_position()?;
    file.write_all(&directory)?;
    let (count, len) = (3u64.to_le_bytes(), (directory.len() as u64).to_le_bytes());
    let end = at + directory.len() as u64;
    file.write_all(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0")?;
    file.write_all(&[count, count, len, at.to_le_bytes()].concat())?;
    file.write_all(
        &[
            &b"PK\x06\x07\0\0\0\0"[..],
            &end.to_le_bytes(),
            &[1, 0, 0, 0],
        ]
        .concat(),
    )?;
    file.write_all(&[&b"PK\x05\x06\0\0\0\0"[..], &[0xff; 12], &[0, 0]].concat())
}

fn narrow(number: u64) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// How long the program takes, and how much memory it holds at most, in MB.
fn run(folder: &Path, verb: &str, name: &str) -> io::Result<(Duration, u64)> {
    let start = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_unspill"))
        .args([verb, "--no-own", "--no-config", name])
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()?;
    let mut held = 0;
    let status = loop {
        held = held.max(most_held(program.id()));
        if let Some(status) = program.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let expected = if verb == "check" { 1 } else { 0 };
    assert_eq!(status.code(), Some(expected), "{verb} {name}");
    Ok((start.elapsed(), held))
}

/// The most memory a process has held so far, in MB; 0 where nobody tells.
fn most_held(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or(0) / 1024
}
