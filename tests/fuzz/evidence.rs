//! The evidence of any pair is made of shares, and is the same whichever article is named first.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::article::Article;
use wirecopy::config::Matching;
use wirecopy::find::Relation;
use wirecopy::find::common::CommonText;
use wirecopy::find::compare::{Part, Verdict, compare};
use wirecopy::find::evidence::Evidence;
use wirecopy_fuzz::texts;

/// Values that are no share: words between the matched ones, on both sides.
const NO_SHARE: &[&str] = &["interior", "concentration"];

fn check_evidence(evidence: &Evidence) {
    let Evidence { jaccard, a_in_b, b_in_a, similarity, moved, verbatim, .. } = *evidence;
    for (name, value) in evidence.named() {
        let is_share = (0.0..=1.0).contains(&value);
        assert!(
            is_share || NO_SHARE.contains(&name) && value >= 0.0 && value.is_finite(),
            "{name} is {value}"
        );
    }
    assert!([jaccard, a_in_b, b_in_a, similarity].iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(jaccard <= a_in_b.min(b_in_a) && verbatim <= similarity);
    // Two sums of shares of one whole may miss it by their last bit.
    assert!(similarity + moved <= 1.0 + 1e-9, "{similarity} and {moved}");
}

fn check_part(part: &Part) {
    assert!(part.in_order + part.moved <= part.body() && part.longest <= part.body());
    assert!(part.numbers_matched <= part.numbers && part.numbers <= part.body());
    assert!(part.own_sentences <= part.sentences && part.sentences <= part.words);
}

fuzz_target!(|bytes: &[u8]| {
    let (a, b) = texts::two(bytes);
    let titled = |id: &str, text: &str| Article {
        title: text.lines().next().map(str::to_owned),
        ..Article::new(id, text)
    };
    let (a, b) = (titled("a", &a), titled("b", &b));
    let common = CommonText::new(0);
    let matching = Matching { deep: bytes.len() % 2 == 0, ..Matching::default() };
    let there = compare(&a, &b, &common, &matching);
    let back = compare(&b, &a, &common, &matching);
    assert_eq!(there.evidence, back.evidence.mirrored());
    assert_eq!((there.verdict, there.relation), (back.verdict, back.relation));
    assert_eq!(there.confidence, back.confidence);
    assert_eq!(there.parts, [back.parts[1], back.parts[0]]);
    assert!((0.0..=1.0).contains(&there.confidence));
    assert!(there.verdict != Verdict::Copy || there.relation.is_copy());
    check_evidence(&there.evidence);
    there.parts.iter().for_each(check_part);

    let own = compare(&a, &a, &common, &matching);
    assert_eq!((own.verdict, own.relation, own.confidence), (Verdict::Copy, Relation::Exact, 1.0));
    check_evidence(&own.evidence);
});
