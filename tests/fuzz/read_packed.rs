//! Packed files are read like plain ones, and of broken ones what comes before the break.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use wirecopy::config::Input;
use wirecopy_fuzz::{file, reading};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory can be read")
}

fuzz_target!(|input: (u8, u16, u8, &[u8])| {
    let (kind, at, bit, bytes) = input;
    let block = 1 + bytes.len() % 61;
    let pack = [gzip, zst][usize::from(kind % 2)];
    let (first, second) = bytes.split_at(usize::from(at) % (bytes.len() + 1));
    let mut packed = match kind / 2 % 3 {
        0 => pack(bytes),
        1 => [pack(first), pack(second)].concat(),
        _ => bytes.to_vec(),
    };
    if kind / 2 % 3 < 2 && !file::has_magic(bytes) {
        let plain = reading::read(&file::holding("a", bytes), &Input::default(), block);
        let whole = reading::read(&file::holding("a.gz", &packed), &Input::default(), block);
        assert_eq!(plain.texts(), whole.texts());
        assert_eq!(plain.problems.len(), whole.problems.len());
        assert_eq!(whole.bytes, packed.len() as u64);
    }
    // A byte is turned or everything after it is lost.
    let place = usize::from(at) % packed.len().max(1);
    match (packed.get_mut(place), kind >= 128) {
        (Some(byte), true) => *byte ^= bit,
        (_, _) => packed.truncate(place),
    }
    reading::read(&file::holding("b.zst", &packed), &Input::default(), block);
});
