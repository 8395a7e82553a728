//! Every stage on its own, in bytes of article text a second. Each asserts the work it did, so that it cannot get faster
//! by doing less.
//!
//! `cargo bench` measures; `cargo bench -- --test` runs each once. `WIRECOPY_CORPORA=a.jsonl.zst:b.jsonl cargo bench -- sign`
//! signs news of your own.
//!
//! Instructions of the hottest loops of signing, counted by callgrind on news in English and in Russian:
//! - words: 24 and 34 a byte, 148 and 445 a word. Bound by their number in English, a third of them the hash; in Russian,
//!   where each letter is looked up, by guesses where a word ends.
//! - count distinct: 33 a shingle, besides clearing the table. Bound by two places looked up a shingle in the nearest cache.
//! - signature: 17 a shingle in long articles; in short ones, where most slots are empty, filling them comes first.

#![allow(missing_docs, reason = "a benchmark")]

mod corpus;

use std::hint::black_box;
use std::io::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wirecopy::config::{Config, Input, Matching};
use wirecopy::find::Signed;
use wirecopy::find::align::Aligner;
use wirecopy::find::bands::{self, WIDE};
use wirecopy::find::rare::{self, Samples};
use wirecopy::find::signatures::Signatures;
use wirecopy::find::sketch::{estimate, sign, sketch};
use wirecopy::read;
use wirecopy::scan::Scan;
use wirecopy::text::Words;
use wirecopy::text::quotes::quotations;
use wirecopy::text::shingle::{count_distinct, shingles, sorted_distinct};

fn text_stages(c: &mut Criterion) {
    for (name, articles) in corpus::news() {
        let words: Vec<Words> = articles.iter().map(|article| Words::new(&article.text)).collect();
        let hashes: Vec<Vec<u64>> =
            words.iter().map(|words| shingles(&words.ids, &words.kinds, 0)).collect();
        let sets: Vec<Vec<u64>> = hashes.iter().map(|hashes| sorted_distinct(hashes)).collect();
        let mut group = c.benchmark_group(format!("sign {name}"));
        group.throughput(Throughput::Bytes(corpus::bytes(&articles)));
        group.sample_size(20);
        group.bench_function("words", |b| {
            b.iter(|| {
                for (article, words) in articles.iter().zip(&words) {
                    assert_eq!(Words::new(black_box(&article.text)).len(), words.len());
                }
            });
        });
        group.bench_function("quotations", |b| {
            b.iter(|| {
                for article in &articles {
                    let found = quotations(black_box(&article.text));
                    assert!(found.is_sorted_by_key(|range| range.start));
                }
            });
        });
        group.bench_function("shingles", |b| {
            b.iter(|| {
                for (words, hashes) in words.iter().zip(&hashes) {
                    let again = shingles(black_box(&words.ids), &words.kinds, 0);
                    assert_eq!(again.len(), hashes.len());
                }
            });
        });
        group.bench_function("count distinct", |b| {
            b.iter(|| {
                for (hashes, set) in hashes.iter().zip(&sets) {
                    assert_eq!(count_distinct(black_box(hashes)), set.len());
                }
            });
        });
        group.bench_function("sort distinct", |b| {
            b.iter(|| {
                for (hashes, set) in hashes.iter().zip(&sets) {
                    assert_eq!(sorted_distinct(black_box(hashes)).len(), set.len());
                }
            });
        });
        group.bench_function("signature", |b| {
            b.iter(|| {
                for hashes in hashes.iter().filter(|hashes| !hashes.is_empty()) {
                    assert!(sign(black_box(hashes))[0] < u32::MAX);
                }
            });
        });
        group.bench_function("sample", |b| {
            b.iter(|| {
                for (hashes, set) in hashes.iter().zip(&sets) {
                    let sample = rare::sample(black_box(hashes), set.len() as u32);
                    assert!(sample.len() <= set.len());
                }
            });
        });
        group.bench_function("whole article", |b| {
            b.iter(|| {
                for (article, set) in articles.iter().zip(&sets) {
                    let signed = Signed::new(black_box(&article.text), &Matching::default());
                    assert_eq!(signed.shingles as usize, set.len());
                }
            });
        });
        group.finish();
    }
}

fn pair_stages(c: &mut Criterion) {
    let made = corpus::articles(2000);
    let signed: Vec<Signed> =
        made.iter().map(|article| Signed::new(&article.text, &Matching::default())).collect();
    let planted =
        |pairs: &[(u32, u32)]| pairs.iter().filter(|(a, b)| b % 10 == 9 && a + 1 == *b).count();
    let mut group = c.benchmark_group("candidates");
    group.throughput(Throughput::Bytes(corpus::bytes(&made)));
    let signatures: Vec<_> = (0..)
        .zip(&signed)
        .filter_map(|(at, one)| one.signature.as_deref().map(|signature| (at, signature)))
        .collect();
    let sketches: Vec<_> = signatures.iter().map(|(_, signature)| sketch(signature)).collect();
    let signatures = Signatures::of(signatures).expect("it fits into memory");
    let length = |article: u32| Some(signed[article as usize].shingles);
    group.bench_function("wide bands", |b| {
        b.iter(|| {
            let found = bands::propose(&signatures, WIDE, 2, length, |a, b| {
                estimate(&sketches[a as usize], &sketches[b as usize]) > 0.07
            });
            let found = found.expect("it fits into memory");
            assert_eq!(planted(&found.pairs), 200);
        });
    });
    let samples = Samples::of((0..).zip(signed.iter().map(|one| &*one.sample)));
    let samples = samples.expect("they fit into memory");
    group.bench_function("rare shingles", |b| {
        b.iter(|| {
            let found = rare::propose(&samples, length).expect("they fit into memory");
            assert_eq!(planted(&found), 200);
        });
    });
    group.finish();

    let mut group = c.benchmark_group("verify");
    group.bench_function("sketch estimate", |b| {
        b.iter(|| assert!(estimate(black_box(&sketches[8]), black_box(&sketches[9])) > 0.3));
    });
    group
        .bench_function("prepare to align", |b| b.iter(|| Aligner::new(black_box(&signed[8].ids))));
    let aligner = Aligner::new(&signed[8].ids);
    group.bench_function("align a copy", |b| {
        b.iter(|| {
            let words: usize =
                aligner.align(black_box(&signed[9].ids)).blocks.iter().map(|block| block.len).sum();
            assert!(words > 300);
        });
    });
    group.bench_function("align unrelated", |b| {
        b.iter(|| assert!(aligner.align(black_box(&signed[17].ids)).blocks.len() < 200));
    });
    group.finish();
}

fn whole(c: &mut Criterion) {
    let made = corpus::articles(2000);
    let mut file = tempfile::Builder::new().suffix(".jsonl").tempfile().expect("a temporary file");
    for article in &made {
        let line = serde_json::json!({ "id": article.id, "text": article.text });
        writeln!(file, "{line}").expect("room for a temporary file");
    }
    let paths = [file.path().to_owned()];
    let mut group = c.benchmark_group("pipeline");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(corpus::bytes(&made)));
    group.bench_function("read", |b| {
        b.iter(|| {
            let mut articles = 0;
            let summary = read::read(
                &paths,
                &Input::default(),
                |article| article,
                |batch| articles += batch.records.len(),
            );
            assert!(summary.is_ok() && articles == 2000);
        });
    });
    group.bench_function("read to groups", |b| {
        b.iter(|| {
            let mut scan = Scan::new(Config::default());
            scan.read(&paths, &()).expect("the file is readable");
            assert_eq!(scan.finish(&()).expect("it fits into memory").groups.len(), 200);
        });
    });
    group.finish();
}

criterion_group!(stages, text_stages, pair_stages, whole);
criterion_main!(stages);
