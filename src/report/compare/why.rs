//! Why a pair is what it is called, in sentences: each says one thing that was counted, most telling first.

use crate::config::Matching;
use crate::find::compare::{Comparison, Part, Verdict};
use crate::find::evidence::VERBATIM_WORDS;
use crate::find::signed::MIN_SHINGLES;
use crate::report::figures::{count, percent, thousands};

/// Values from which on something is worth a sentence.
const MANY_QUOTED: f64 = 0.25;
const MANY_CONFLICTS: f64 = 0.2;
const NOT_EXCLUSIVE: f64 = 0.8;
const MUCH_LONGER: f64 = 0.6;

/// The sentences, with the first article as A and the second as B.
pub(super) fn why(found: &Comparison, matching: &Matching) -> Vec<String> {
    let e = &found.evidence;
    let [a, b] = &found.parts;
    let (shorter, name, other) = if a.body() <= b.body() { (a, "A", "B") } else { (b, "B", "A") };
    let mut why = ruling(found, matching);
    if a.words == 0 || b.words == 0 {
        return why;
    }
    why.push(format!(
        "{} of the words of the shorter text, {name}, stand in {other} in the same order: {} of {}",
        percent(e.similarity),
        thousands(shorter.in_order as u64),
        thousands(shorter.body() as u64)
    ));
    if shorter.moved > 0 {
        let words = count(shorter.moved, "more word stands", "more words stand");
        why.push(format!("{words} in {other} at another place"));
    }
    why.push(if e.verbatim > 0.0 {
        let longest = count(shorter.longest, "word", "words");
        format!(
            "{} stand there word for word, {VERBATIM_WORDS} or more in a row; the longest run has {longest}",
            percent(e.verbatim)
        )
    } else {
        format!("nowhere are {VERBATIM_WORDS} words in a row the same")
    });
    let own = |part: &Part, name: &str, other: &str| {
        let sentences = count(part.sentences, "sentence", "sentences");
        let own = thousands(part.own_sentences as u64);
        let verb = if part.own_sentences == 1 { "is" } else { "are" };
        let of = format!("{own} of the {sentences} of {name} {verb} nowhere in {other}");
        (part.own_sentences > 0).then_some(of)
    };
    let alone: Vec<String> = [own(a, "A", "B"), own(b, "B", "A")].into_iter().flatten().collect();
    why.push(match alone.is_empty() {
        true => "of every sentence something is in the other text".to_owned(),
        false => alone.join(", "),
    });
    if shorter.numbers > 0 {
        let numbers = count(shorter.numbers, "number", "numbers");
        let agree = if shorter.numbers_matched == shorter.numbers {
            format!("{numbers} of {name}, all of them in {other}")
        } else {
            format!("{} of {numbers} of {name} are in {other}", shorter.numbers_matched)
        };
        let differ = if e.number_conflicts > 0.0 { "; some at the same places differ" } else { "" };
        why.push(agree + differ);
    }
    if e.name_conflicts >= MANY_CONFLICTS {
        why.push("names at the same places differ".to_owned());
    }
    if e.quoted >= MANY_QUOTED {
        why.push(format!(
            "{} of the words in common stand inside quotation marks",
            percent(e.quoted)
        ));
    }
    if let Some(title) = e.title {
        why.push(format!(
            "{} of the words of the shorter headline stand in the other",
            percent(title)
        ));
    }
    if e.length_ratio <= MUCH_LONGER && e.length_ratio > 0.0 {
        why.push(format!("{other} is {:.1} times as long as {name}", 1.0 / e.length_ratio));
    }
    if a.boilerplate + b.boilerplate > 0 {
        why.push(format!(
            "{} of A and {} of B recur across the dump and do not count",
            count(a.boilerplate, "word", "words"),
            thousands(b.boilerplate as u64)
        ));
    }
    if e.exclusive < NOT_EXCLUSIVE && e.jaccard > 0.0 {
        why.push("much of what they share stands in other articles of the dump too".to_owned());
    }
    why
}

/// Which rule keeps a pair from being called copies.
fn ruling(found: &Comparison, matching: &Matching) -> Vec<String> {
    let mut why = Vec::new();
    match found.verdict {
        Verdict::Copy => {}
        Verdict::TooShort => why.push(format!(
            "one of them has fewer than {} words or {MIN_SHINGLES} different runs of three: a scan looks \
             for the same text only",
            matching.min_words
        )),
        Verdict::Sifted => why.push(format!(
            "only {} of their runs of three words, common text left out, are in both: a scan looks no further",
            percent(found.evidence.containment)
        )),
        Verdict::NotCopy => {
            if found.confidence < matching.min_confidence {
                why.push(format!(
                    "the confidence, {:.3}, is less than --min-confidence {}",
                    found.confidence, matching.min_confidence
                ));
            }
            if let Some(least) = matching.threshold.filter(|least| found.evidence.similarity < *least) {
                why.push(format!("the similarity is less than --threshold {least}"));
            }
            if why.is_empty() {
                why.push("--no-updates leaves later versions out".to_owned());
            }
        }
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::find::common::CommonText;
    use crate::find::compare::compare;

    const REPORT: &str = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday. A storm \
        damaged the landing stage and 2 of the 4 moorings on the island. Nobody was hurt.";

    fn told(b: &str, change: impl FnOnce(&mut Matching)) -> String {
        let mut matching = Matching::default();
        change(&mut matching);
        let (a, b) = (Article::new("a", REPORT), Article::new("b", b));
        why(&compare(&a, &b, &CommonText::new(0), &matching), &matching).join("\n")
    }

    #[test]
    fn sentences_say_what_was_counted() {
        let b = REPORT
            .replace("2 of the 4", "3 of the 4")
            .replace("Nobody was hurt.", "The mayor wept.");
        let told = told(&b, |_| ());
        for said in [
            "of the words of the shorter text, A, stand in B in the same order: ",
            "stand there word for word, 5 or more in a row; the longest run has ",
            "1 of the 3 sentences of A is nowhere in B, 1 of the 3 sentences of B is nowhere in A",
            "1 of 2 numbers of A are in B; some at the same places differ",
        ] {
            assert!(told.contains(said), "{said}\n{told}");
        }
    }

    #[test]
    fn what_keeps_a_pair_from_being_a_copy_comes_first() {
        let b = REPORT.replace("Friday", "the end of the week");
        assert!(
            told(&b, |matching| matching.min_confidence = 1.0).starts_with("the confidence, 0.")
        );
        assert!(
            told(&b, |matching| matching.threshold = Some(1.0))
                .starts_with("the similarity is less")
        );
        assert!(
            told("Nobody was hurt.", |_| ()).starts_with("one of them has fewer than 10 words")
        );
        assert!(
            told(&"Nine schools in the valley reopen today with new roofs. ".repeat(3), |_| ())
                .starts_with("only 0 % of")
        );
        assert!(told("...", |_| ()).lines().count() == 1);
    }
}
