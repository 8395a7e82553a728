//! The passages of any two texts hold every word of both once, and are the same seen from the other text.
#![no_main]

use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use wirecopy::find::align::Aligner;
use wirecopy::find::passage::{Form, Passage, Text, passages};
use wirecopy::find::sentence::sentences;
use wirecopy::text::Words;
use wirecopy_fuzz::{aligned, texts};

/// The numbers of the words in a range of bytes. None is cut.
fn within(words: &Words, bytes: &Range<u32>) -> Range<usize> {
    let start = words.spans.partition_point(|span| span.start < bytes.start);
    let end = words.spans.partition_point(|span| span.start < bytes.end);
    assert!(start == 0 || words.spans[start - 1].end <= bytes.start, "a word is cut");
    assert!(words.spans[start..end].iter().all(|span| span.end <= bytes.end), "a word is cut");
    start..end
}

/// True if several words are made of one character, such as the Arabic ligatures that stand for whole phrases: then no border
/// of bytes tells them apart.
fn shares_bytes(words: &Words) -> bool {
    words.spans.windows(2).any(|pair| pair[1].start < pair[0].end)
}

/// Every passage lies on borders of characters and holds the words it says; together they hold every word.
fn check(text: &Text<'_>, mut places: Vec<(Range<u32>, usize)>) {
    places.retain(|(bytes, _)| !bytes.is_empty());
    places.sort_by_key(|(bytes, _)| bytes.start);
    let (mut byte, mut word) = (0, 0);
    for (bytes, count) in places {
        assert!(byte <= bytes.start, "passages overlap");
        assert!(text.text.get(bytes.start as usize..bytes.end as usize).is_some());
        let words = within(text.words, &bytes);
        assert_eq!((words.start, words.len()), (word, count));
        (byte, word) = (bytes.end, words.end);
    }
    assert_eq!(word, text.words.len());
}

fn turned(passage: Passage) -> Passage {
    let form = match passage.form {
        Form::OnlyA => Form::OnlyB,
        Form::OnlyB => Form::OnlyA,
        form => form,
    };
    Passage {
        form,
        a: passage.b,
        b: passage.a,
        equal: passage.equal.into_iter().map(|(a, b)| (b, a)).collect(),
        words: passage.words,
        words_a: passage.words_b,
        words_b: passage.words_a,
    }
}

fuzz_target!(|input: ([u8; 4], &[u8])| {
    let ([from_a, many_a, from_b, many_b], bytes) = input;
    let (a, b) = texts::two(bytes);
    let (words_a, words_b) = (Words::new(&a), Words::new(&b));
    let recurs = |words: &Words, from: u8, many: u8| {
        let start = (words.len() as u32).min(from.into());
        let end = (words.len() as u32).min(start + u32::from(many % 32));
        if start < end { vec![start..end] } else { Vec::new() }
    };
    let (of_a, of_b) = (recurs(&words_a, from_a, many_a), recurs(&words_b, from_b, many_b));
    let text_a = Text { text: &a, words: &words_a, boilerplate: &of_a };
    let text_b = Text { text: &b, words: &words_b, boilerplate: &of_b };
    for text in [&text_a, &text_b] {
        let sentences = sentences(text.text, text.words);
        let mut end = 0;
        for sentence in &sentences {
            assert!(sentence.start == end && sentence.start < sentence.end);
            end = sentence.end;
        }
        assert_eq!(end, text.words.len());
    }
    let alignment = Aligner::new(&words_a.ids).align(&words_b.ids);
    aligned::check(&words_a.ids, &words_b.ids, &alignment);
    let mut there = passages(&text_a, &text_b, &alignment);
    if [&words_a, &words_b].iter().any(|words| shares_bytes(words)) {
        return;
    }
    for passage in &there {
        let mut words = 0;
        for (in_a, in_b) in &passage.equal {
            assert!(passage.a.start <= in_a.start && in_a.end <= passage.a.end);
            assert!(passage.b.start <= in_b.start && in_b.end <= passage.b.end);
            let (in_a, in_b) = (within(&words_a, in_a), within(&words_b, in_b));
            words += in_a.len();
            assert_eq!(words_a.ids[in_a], words_b.ids[in_b]);
        }
        assert_eq!(words, passage.words);
    }
    check(&text_a, there.iter().map(|found| (found.a.clone(), found.words_a)).collect());
    check(&text_b, there.iter().map(|found| (found.b.clone(), found.words_b)).collect());

    let mirrored = alignment.mirrored();
    let back = passages(&text_b, &text_a, &mirrored);
    let mut back: Vec<Passage> = back.into_iter().map(turned).collect();
    let key = |passage: &Passage| {
        let Passage { a, b, .. } = passage;
        (a.start, b.start, a.end, b.end, passage.form.name())
    };
    there.sort_by_key(key);
    back.sort_by_key(key);
    assert_eq!(there, back);
});
