//! Every stage on its own, in bytes of article text a second. Each asserts the work it did, so that it cannot get faster
//! by doing less.
//!
//! `cargo bench` measures; `cargo bench -- --test` runs each once.

#![allow(missing_docs, reason = "a benchmark")]

mod corpus;

use std::hint::black_box;
use std::io::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wirecopy::article::Article;
use wirecopy::config::{Config, Input, Matching};
use wirecopy::find::Signed;
use wirecopy::find::align::Aligner;
use wirecopy::find::bands::{self, WIDE};
use wirecopy::find::rare::{self, Sampled};
use wirecopy::find::sketch::{estimate, sign, sketch};
use wirecopy::read;
use wirecopy::scan::Scan;
use wirecopy::text::Words;
use wirecopy::text::shingle::shingle_set;

fn text_stages(c: &mut Criterion) {
    let made = corpus::articles(200);
    let curly: Vec<Article> = made
        .iter()
        .map(|article| {
            Article::new(
                article.id.clone(),
                article.text.replace(", ", "’s, “").replace(". ", ".” "),
            )
        })
        .collect();
    let others: Vec<Article> =
        corpus::bundled().into_iter().filter(|article| !article.text.is_ascii()).collect();
    let mut group = c.benchmark_group("words");
    for (name, articles) in
        [("ascii", &made), ("curly quotes", &curly), ("seven other languages", &others)]
    {
        let expected: usize = articles.iter().map(|article| Words::new(&article.text).len()).sum();
        group.throughput(Throughput::Bytes(corpus::bytes(articles)));
        group.bench_function(name, |b| {
            b.iter(|| {
                let words: usize =
                    articles.iter().map(|article| Words::new(black_box(&article.text)).len()).sum();
                assert_eq!(words, expected);
            });
        });
    }
    group.finish();

    let words: Vec<Words> = made.iter().map(|article| Words::new(&article.text)).collect();
    let sets: Vec<Vec<u64>> =
        words.iter().map(|words| shingle_set(&words.ids, &words.kinds, 0)).collect();
    let mut group = c.benchmark_group("sign");
    group.throughput(Throughput::Bytes(corpus::bytes(&made)));
    group.bench_function("shingles", |b| {
        b.iter(|| {
            for (words, set) in words.iter().zip(&sets) {
                assert_eq!(shingle_set(black_box(&words.ids), &words.kinds, 0).len(), set.len());
            }
        });
    });
    group.bench_function("signature", |b| {
        b.iter(|| {
            for set in &sets {
                assert!(sign(black_box(set))[0] < u32::MAX);
            }
        });
    });
    group.bench_function("whole article", |b| {
        b.iter(|| {
            for (article, set) in made.iter().zip(&sets) {
                assert_eq!(
                    Signed::new(black_box(&article.text), &Matching::default()).shingles as usize,
                    set.len()
                );
            }
        });
    });
    group.finish();
}

fn pair_stages(c: &mut Criterion) {
    let made = corpus::articles(2000);
    let signed: Vec<Signed> =
        made.iter().map(|article| Signed::new(&article.text, &Matching::default())).collect();
    let planted =
        |pairs: &[(u32, u32)]| pairs.iter().filter(|(a, b)| b % 10 == 9 && a + 1 == *b).count();
    let mut group = c.benchmark_group("candidates");
    group.throughput(Throughput::Bytes(corpus::bytes(&made)));
    let signatures: Vec<_> = signed
        .iter()
        .zip(0..)
        .filter_map(|(one, at)| {
            one.signature.as_deref().map(|signature| (at, one.shingles, signature))
        })
        .collect();
    let sketches: Vec<_> = signatures.iter().map(|(_, _, signature)| sketch(signature)).collect();
    group.bench_function("wide bands", |b| {
        b.iter(|| {
            let found = bands::propose(&signatures, WIDE, |a, b| {
                estimate(&sketches[a as usize], &sketches[b as usize]) > 0.07
            });
            assert_eq!(planted(&found.pairs), 200);
        });
    });
    let sampled: Vec<Sampled<'_>> = signed
        .iter()
        .zip(0..)
        .map(|(one, article)| Sampled { article, shingles: one.shingles, sample: &one.sample })
        .collect();
    group.bench_function("rare shingles", |b| {
        b.iter(|| assert_eq!(planted(&rare::propose(&sampled)), 200));
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
            assert_eq!(scan.finish(&()).groups.len(), 200);
        });
    });
    group.finish();
}

criterion_group!(stages, text_stages, pair_stages, whole);
criterion_main!(stages);
