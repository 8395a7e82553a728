//! The kinds of planted copies, and how an article becomes a copy of each.
//!
//! A copy has an id made of the article's and its kind, another source, and a later date if the article has a date.
//! What a copy borrows from another article of the corpus is at most a quarter of that one, so that the two are no
//! copies of each other.

use wirecopy::article::{Article, Date};

use super::calibrate::{rate, rewording, rewording_within};
use super::edits::shuffle;
use super::learned::Learned;
use super::pieces::{lead, updated, wrapped};
use super::random::{self, Random};

/// Sources for corpora that name fewer than two.
const WIRES: [&str; 4] =
    ["wire-one.example", "wire-two.example", "wire-three.example", "wire-four.example"];

/// One kind of copy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kind {
    /// The name in ids and labels.
    pub(crate) name: String,
    /// How it is made.
    pub(crate) how: How,
}

/// How copies are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// Words and sentences edited so that the median copy has this similarity.
    Reworded(f64),
    /// The same, each copy within a band.
    RewordedWithin([f64; 2]),
    /// Cut after this share of the words, at the end of a sentence.
    Excerpt(f64),
    /// Between sentences of another article.
    Wrapped,
    /// Numbers changed, a paragraph dropped, sentences of another article added.
    Update,
    /// Word by word, with a dateline and a last line added.
    ExactLine,
    /// The same paragraphs or sentences in another order.
    Reordered,
}

impl Kind {
    /// Every kind that has a name of its own.
    pub(crate) const NAMED: &[(&str, How)] = &[
        ("reworded-light", How::Reworded(0.6)),
        ("reworded-seed", How::RewordedWithin([0.4, 0.43])),
        ("reworded-heavy", How::Reworded(0.25)),
        ("reworded-extreme", How::Reworded(0.12)),
        ("excerpt-50", How::Excerpt(0.5)),
        ("excerpt-30", How::Excerpt(0.3)),
        ("wrapped", How::Wrapped),
        ("update", How::Update),
        ("edited", How::Reworded(0.8)),
        ("exact-line", How::ExactLine),
        ("reordered", How::Reordered),
    ];

    /// The kind of this name.
    pub(crate) fn named(name: &str) -> Option<Kind> {
        let &(name, how) = Kind::NAMED.iter().find(|entry| entry.0 == name)?;
        Some(Kind { name: name.to_owned(), how })
    }

    /// Every kind that has a name.
    pub(crate) fn all() -> Vec<Kind> {
        Self::NAMED.iter().filter_map(|entry| Kind::named(entry.0)).collect()
    }

    /// The kinds of these names, with commas between.
    pub(crate) fn list(names: &str) -> Result<Vec<Kind>, String> {
        let one = |name| {
            Kind::named(name).ok_or_else(|| {
                let names: Vec<&str> = Self::NAMED.iter().map(|entry| entry.0).collect();
                format!("no kind {name}; there are {}", names.join(", "))
            })
        };
        names.split(',').map(one).collect()
    }

    /// Rewordings whose median similarity is this.
    pub(crate) fn strength(similarity: f64) -> Result<Kind, String> {
        if !(0.0..=1.0).contains(&similarity) {
            return Err("--strength is a similarity from 0 to 1".to_owned());
        }
        Ok(Kind { name: format!("reworded-{similarity:.2}"), how: How::Reworded(similarity) })
    }

    /// The similarity aimed at, if there is one.
    pub(crate) fn target(&self) -> Option<f64> {
        match self.how {
            How::Reworded(target) => Some(target),
            How::RewordedWithin([low, high]) => Some((low + high) / 2.0),
            _ => None,
        }
    }
}

/// Makes copies of chosen kinds.
#[derive(Debug)]
pub(crate) struct Generator<'a> {
    learned: &'a Learned,
    /// The kinds, each with the rate at which it edits words.
    pub(crate) kinds: Vec<(Kind, f64)>,
    sources: Vec<String>,
    seed: u64,
}

impl<'a> Generator<'a> {
    /// Calibrates every kind on a sample of the articles that are to be copied.
    pub(crate) fn new(
        learned: &'a Learned,
        kinds: Vec<Kind>,
        sample: &[&Article],
        seed: u64,
    ) -> Self {
        let texts: Vec<&str> = sample.iter().map(|article| article.text.as_str()).collect();
        let kinds = kinds
            .into_iter()
            .map(|kind| {
                let rate = kind.target().map_or(0.0, |target| rate(&texts, target, learned, seed));
                (kind, rate)
            })
            .collect();
        let mut sources: Vec<String> =
            sample.iter().filter_map(|article| article.source.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        if sources.len() < 2 {
            sources = WIRES.map(str::to_owned).to_vec();
        }
        Generator { learned, kinds, sources, seed }
    }

    /// The copy of kind `kind` that is the article's `number`th; some kinds borrow from the text of `donor`.
    pub(crate) fn copy(
        &self,
        kind: usize,
        article: &Article,
        donor: impl FnOnce() -> String,
        number: usize,
    ) -> Article {
        let (Kind { name, how }, rate) = &self.kinds[kind];
        let id = format!("{}~{name}-{number}", article.id);
        let mut random = Random::new(self.seed, &id);
        let date = article.date.map(|date| later(date, &mut random));
        let source = self.other_source(article.source.as_deref(), &mut random);
        let text = article.text.as_str();
        let learned = self.learned;
        let text = match *how {
            How::Reworded(target) => rewording(text, target, *rate, learned, &mut random),
            How::RewordedWithin(band) => rewording_within(text, band, *rate, learned, &mut random),
            How::Excerpt(share) => lead(&learned.draft(text), text, share),
            How::Wrapped => wrapped(text, &learned.draft(text), &learned.draft(&donor())),
            How::Update => updated(learned.draft(text), &learned.draft(&donor()), &mut random),
            How::ExactLine => {
                let day = date.map_or_else(String::new, |date| format!(" {date}"));
                format!("{}{day} — {text}\n\n© {source}", source.to_uppercase())
            }
            How::Reordered => {
                let mut draft = learned.draft(text);
                shuffle(&mut draft, &mut random);
                draft.text()
            }
        };
        let title = article.title.as_ref().map(|title| match *how {
            How::Reworded(_) | How::RewordedWithin(_) => {
                rewording(title, 1.0, *rate, learned, &mut random)
            }
            _ => title.clone(),
        });
        let url = article
            .url
            .as_ref()
            .map(|_| format!("https://copies.example/{:016x}", random::key(self.seed, &id)));
        Article { id, text, title, date, source: Some(source), url, ..Article::default() }
    }

    fn other_source(&self, source: Option<&str>, random: &mut Random) -> String {
        let at = random.below(self.sources.len());
        let chosen = &self.sources[at];
        if Some(chosen.as_str()) == source {
            self.sources[(at + 1) % self.sources.len()].clone()
        } else {
            chosen.clone()
        }
    }
}

/// One to seventy-two hours later; whole days where only the day is known.
fn later(date: Date, random: &mut Random) -> Date {
    let step = if date.day_only { 86_400 } else { 3600 };
    let steps = if date.day_only { 1 + random.below(3) } else { 1 + random.below(72) };
    Date { seconds: date.seconds + step * steps as i64, ..date }
}

#[cfg(test)]
mod tests {
    use super::super::calibrate::{likeness, shingles};
    use super::super::learned::tests::{learned, texts};
    use super::*;

    fn copies(kinds: &[&str]) -> Vec<(Article, Article)> {
        let learned = learned();
        let articles: Vec<Article> = texts()
            .into_iter()
            .enumerate()
            .map(|(at, text)| Article {
                source: Some(format!("paper {}", at % 3)),
                date: Some(Date { seconds: 0, day_only: true }),
                ..Article::new(at.to_string(), text)
            })
            .collect();
        let kinds = kinds.iter().map(|name| Kind::named(name).unwrap()).collect();
        let sample: Vec<&Article> = articles.iter().collect();
        let generator = Generator::new(&learned, kinds, &sample, 9);
        (0..generator.kinds.len())
            .map(|kind| {
                let donor = || articles[50].text.clone();
                (articles[kind].clone(), generator.copy(kind, &articles[kind], donor, 1))
            })
            .collect()
    }

    #[test]
    fn every_kind_makes_a_copy_of_its_own_kind() {
        let names: Vec<&str> = Kind::NAMED.iter().map(|entry| entry.0).collect();
        let copies = copies(&names);
        for ((article, copy), name) in copies.iter().zip(names) {
            assert_eq!(copy.id, format!("{}~{name}-1", article.id));
            assert!(copy.date > article.date && copy.source != article.source, "{name}");
            assert_ne!(copy.text, article.text, "{name}");
            let seen = likeness(&shingles(&article.text), &shingles(&copy.text));
            let least = match name {
                "reworded-extreme" => 0.05,
                "reworded-heavy" => 0.2,
                "reworded-seed" => 0.5,
                "reworded-light" | "update" => 0.6,
                "edited" | "reordered" => 0.8,
                _ => 0.95,
            };
            assert!(seen.containment > least, "{name}: {seen:?}");
        }
    }

    #[test]
    fn excerpts_are_cut_at_the_end_of_a_sentence() {
        for (article, copy) in copies(&["excerpt-50", "excerpt-30"]) {
            assert!(article.text.starts_with(&copy.text) && copy.text.ends_with('.'));
            let share = copy.text.len() as f64 / article.text.len() as f64;
            assert!((0.25..0.55).contains(&share), "{share}");
        }
    }
}
