//! Files of other kinds that get among texts, by their first bytes: to say what a file is instead of where it stops being text.

/// Where a tar archive names itself.
const TAR: usize = 257;

/// What the bytes are, in words, if they are known and no text.
pub(super) fn name(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 15] = [
        (b"%PDF-", "a PDF file"),
        (b"PK\x03\x04", "a zip archive or an office document"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x04\x22\x4d\x18", "an lz4 stream"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"RIFF", "a RIFF file (sound, video or WebP)"),
        (b"\0\0\0\x18ftyp", "a video"),
        (b"\0\0\0\x20ftyp", "a video"),
        (b"ID3", "sound"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x7fELF", "a program"),
        (b"\xd0\xcf\x11\xe0", "an old office document"),
    ];
    let found = known.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
    let is_tar = bytes.get(TAR..).is_some_and(|rest| rest.starts_with(b"ustar"));
    found.or(is_tar.then_some("a tar archive: unpack it first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_pictures_are_named() {
        let mut tar = vec![b'x'; 512];
        tar[TAR..TAR + 5].copy_from_slice(b"ustar");
        assert!(name(&tar).unwrap().contains("tar"));
        assert!(name(b"%PDF-1.7\n").unwrap().contains("PDF"));
        for text in [&b"Plain words"[..], b"", b"P", b"GIF pictures"] {
            assert_eq!(name(text), None);
        }
    }
}
