//! Web archives: the articles in them are found as in any dump, and a clean one holds whole records, each in its own member.

use std::fs;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::example;
use crate::program::{Said, wirecopy};

/// The records of one outlet of the example, as JSON.
fn stories() -> Vec<Value> {
    let records = example::records_of(&example::folder().join("northwire.jsonl"));
    records.iter().map(|record| serde_json::from_str(record).unwrap()).collect()
}

fn field<'a>(story: &'a Value, name: &str) -> &'a str {
    story[name].as_str().unwrap_or_default()
}

/// A record of an archive about one story.
fn record(story: &Value, kind: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let mut record = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {}\r\nWARC-Date: {}\r\nContent-Type: {media}\r\n\
         Content-Length: {}\r\n\r\n",
        field(story, "id"),
        field(story, "date"),
        body.len()
    )
    .into_bytes();
    record.extend_from_slice(body);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

fn wet(story: &Value) -> Vec<u8> {
    record(story, "conversion", "text/plain", field(story, "text").as_bytes())
}

/// The answer of a server with a page of the story.
fn answer(story: &Value) -> Vec<u8> {
    let paragraphs: String =
        field(story, "text").split('\n').map(|paragraph| format!("<p>{paragraph}</p>\n")).collect();
    let page = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<!doctype html><title>{}</title>\
         <nav><a href=/>Home</a> <a href=/sports>Sports</a></nav><article>{paragraphs}</article>\
         <footer>Imprint</footer>",
        field(story, "title")
    );
    record(story, "response", "application/http; msgtype=response", page.as_bytes())
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// The members of a gzip file, unpacked.
fn members(mut packed: &[u8]) -> Vec<Vec<u8>> {
    let mut members = Vec::new();
    while !packed.is_empty() {
        let mut member = Vec::new();
        let mut decoder = GzDecoder::new(packed);
        decoder.read_to_end(&mut member).unwrap();
        packed = decoder.into_inner();
        members.push(member);
    }
    members
}

/// The ids of every group, sorted.
fn groups(said: &Said) -> Vec<Vec<String>> {
    let ids = |group: &Value| {
        let members = group["members"].as_array().unwrap().iter();
        let mut ids: Vec<_> = members.map(|m| m["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    said.of_type("group").iter().map(ids).collect()
}

#[test]
fn archives_give_the_groups_of_the_records_they_were_made_of() {
    let folder = tempfile::tempdir().unwrap();
    let lines = example::folder().join("northwire.jsonl");
    let expected = wirecopy(["scan", "--format", "json", lines.to_str().unwrap()]);
    let stories = stories();
    let info = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\na:b\r\n\r\n".to_vec();
    let texts = [vec![info], stories.iter().map(wet).collect()].concat();
    let mut archives = vec![
        ("a.warc.wet", texts.concat()),
        ("a.warc.wet.gz", texts.iter().flat_map(|record| gzip(record)).collect()),
        ("a.warc.zst", zstd::encode_all(&*texts.concat(), 1).unwrap()),
        ("archive", texts.concat()),
    ];
    if cfg!(feature = "html") {
        archives.push(("a.warc", stories.iter().flat_map(answer).collect()));
    }
    for (name, data) in archives {
        let path = folder.path().join(name);
        fs::write(&path, data).unwrap();
        let said = wirecopy(["scan", "--format", "json", path.to_str().unwrap()]);
        assert_eq!(
            (said.code, said.articles_and_bad_records()),
            (Some(0), (stories.len() as u64, 0)),
            "{name}: {}",
            said.err
        );
        assert_eq!(groups(&said), groups(&expected), "{name}");
        assert!(!groups(&said).is_empty(), "{name}");
    }
}

#[test]
fn a_clean_archive_holds_whole_records_in_members_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let stories = stories();
    let records: Vec<Vec<u8>> = stories.iter().map(wet).collect();
    let path = folder.path().join("a.warc.wet.gz");
    fs::write(&path, records.iter().flat_map(|record| gzip(record)).collect::<Vec<u8>>()).unwrap();
    let out = folder.path().join("out");
    let said = wirecopy([
        "clean",
        "--force",
        "--format",
        "json",
        "-o",
        out.to_str().unwrap(),
        path.to_str().unwrap(),
    ]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let gone: Vec<String> =
        said.of_type("removal").iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
    assert!(!gone.is_empty() && gone.len() < stories.len());
    let kept = |(story, _): &(&Value, &Vec<u8>)| !gone.iter().any(|id| id == field(story, "id"));
    let kept: Vec<Vec<u8>> =
        stories.iter().zip(&records).filter(kept).map(|(_, record)| record.clone()).collect();
    assert_eq!(members(&fs::read(out.join("a.warc.wet.gz")).unwrap()), kept);
    let removed = fs::read_to_string(out.join("removed.jsonl")).unwrap();
    assert_eq!(removed.lines().count(), gone.len());
    for line in removed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let story = stories.iter().find(|story| story["id"] == line["id"]).unwrap();
        assert_eq!(line["text"], story["text"]);
    }
}
