//! The articles of a dump: any of them by its number, with source, date, title, address and what its source adds.
//!
//! Each is modeled on one article of the corpus, which gives source, date, length and the place where the chain sets out,
//! so a mixed corpus gives a dump of the same mix. Sources add two blocks of text, chained like the rest and then fixed:
//! a short one in most of their articles, a longer one in some. Small sources share theirs, as papers of one house do.

use wirecopy::article::{Article, Date};

use super::chain::{Chain, Style, Walk};
use crate::generate::random::Random;

/// Bytes of text that chains walk along.
const TEXT: usize = 64 << 20;
/// Sources for a corpus that names fewer than two.
const SOURCES: usize = 40;
/// How often two articles should come from one house, at least.
const SAME: f64 = 0.03;
/// Share of all pairs that have the short block in common, and the long one.
const BLOCKS: [f64; 2] = [0.02, 0.0025];
/// Where dates lie for a corpus without: from 2024 on, in days.
const DAYS: [i64; 2] = [19_723, 730];
const DAY: i64 = 86_400;

/// Everything that shapes an article.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shape {
    /// How chains move.
    pub(crate) style: Style,
    /// Words of the short block and of the long one; 0 for none.
    pub(crate) blocks: [usize; 2],
}

/// One article of the corpus, as a model.
#[derive(Clone, Debug)]
struct Model {
    start: u32,
    words: u32,
    title: std::ops::Range<u32>,
    source: u32,
    date: Option<Date>,
}

/// Makes articles.
#[derive(Debug)]
pub(crate) struct Press {
    chain: Chain,
    titles: Chain,
    models: Vec<Model>,
    sources: Vec<String>,
    houses: u32,
    chances: [f64; 2],
    scale: f64,
    seed: u64,
    shape: Shape,
    /// Two blocks of each house.
    blocks: Vec<String>,
}

impl Press {
    /// Takes a corpus in, up to a limit of its text; `words` is the mean length wanted, if not that of the corpus.
    pub(crate) fn new(articles: &[Article], words: Option<f64>, seed: u64) -> Self {
        let picked = sample(articles, seed);
        let texts: Vec<&str> = picked.iter().map(|article| article.text.as_str()).collect();
        let (chain, places) = Chain::new(&texts);
        let titles: Vec<&str> =
            picked.iter().map(|article| article.title.as_deref().unwrap_or_default()).collect();
        let (titles, title_places) = Chain::new(&titles);
        let mut sources: Vec<String> =
            picked.iter().filter_map(|article| article.source.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        let named = sources.len() > 1;
        if !named {
            sources = (1..=SOURCES).map(|number| format!("paper-{number:02}.example")).collect();
        }
        let mut random = Random::new(seed, "models");
        let models: Vec<Model> = picked
            .iter()
            .zip(places)
            .zip(title_places)
            .map(|((article, place), title)| {
                let source = match &article.source {
                    Some(source) if named => sources.binary_search(source).unwrap_or(0),
                    // Few big ones, many small ones.
                    _ => libm::pow(SOURCES as f64, random.unit()) as usize - 1,
                };
                Model {
                    start: place.start,
                    words: place.end - place.start,
                    title,
                    source: source as u32,
                    date: article.date,
                }
            })
            .filter(|model| model.words > 0)
            .collect();
        let total: f64 = models.iter().map(|model| f64::from(model.words)).sum();
        let scale = words.map_or(1.0, |words| words * models.len() as f64 / total.max(1.0));
        let (houses, chances) = houses(&models, sources.len());
        let mut press = Press {
            chain,
            titles,
            models,
            sources,
            houses,
            chances,
            scale,
            seed,
            shape: Shape::default(),
            blocks: Vec::new(),
        };
        press.take_shape(Shape::default());
        press
    }

    /// True if there is nothing to make articles from.
    pub(crate) fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// How long articles are, as a multiple of those of the corpus.
    pub(crate) fn scale(&self) -> f64 {
        self.scale
    }

    /// The shape that articles have.
    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// Articles have this shape from now on.
    pub(crate) fn take_shape(&mut self, shape: Shape) {
        self.shape = shape;
        let mut starts = vec![0; self.houses as usize];
        for model in &self.models {
            starts[self.house(model.source) as usize] = model.start;
        }
        let walks = starts.iter().enumerate().flat_map(|(house, &start)| {
            [0, 1].map(|which| {
                let random = Random::new(self.seed, &format!("block {which} of {house}"));
                // The two blocks of a house do not begin alike.
                let from = (start as usize + 200 * which) as u32 % self.chain.len();
                Walk::new(from, shape.blocks[which], random)
            })
        });
        let mut walks: Vec<Walk> = walks.collect();
        self.chain.go(&mut walks, shape.style);
        self.blocks = walks.into_iter().map(|walk| walk.text).collect();
    }

    /// The articles of these numbers.
    pub(crate) fn articles(&self, numbers: &[u64]) -> Vec<Article> {
        let walks = numbers.iter().map(|&number| {
            let mut random = Random::new(self.seed, &id(number));
            let model = &self.models[random.below(self.models.len())];
            let length = (f64::from(model.words) * self.scale).round().max(8.0) as usize;
            (Walk::new(model.start, length, random), model)
        });
        let (mut walks, models): (Vec<Walk>, Vec<&Model>) = walks.unzip();
        self.chain.go(&mut walks, self.shape.style);
        let headings = models.iter().zip(&mut walks).map(|(model, walk)| {
            let random = Random::new(walk.random.bits(), "title");
            Walk::new(model.title.start, model.title.len(), random)
        });
        let mut headings: Vec<Walk> = headings.collect();
        self.titles.go(&mut headings, self.shape.style);
        let parts = numbers.iter().zip(models).zip(walks.into_iter().zip(headings));
        parts
            .map(|((&number, model), (body, heading))| {
                self.finished(number, model, body, heading.text)
            })
            .collect()
    }

    /// The article of a body and a title: with blocks, source, date and address.
    fn finished(&self, number: u64, model: &Model, body: Walk, mut title: String) -> Article {
        let Walk { mut random, mut text, .. } = body;
        if text.ends_with(char::is_alphanumeric) {
            text.push('.');
        }
        if title.is_empty() {
            title = text.lines().next().unwrap_or_default().chars().take(70).collect();
        }
        let house = 2 * self.house(model.source) as usize;
        for (block, chance) in self.blocks[house..house + 2].iter().zip(self.chances) {
            if random.chance(chance) && !block.is_empty() {
                text.push_str("\n\n");
                text.push_str(block);
            }
        }
        let moved = random.below(30 * DAY as usize) as i64;
        let date = match model.date {
            Some(Date { seconds, day_only: true }) => {
                Date { seconds: seconds + moved / DAY * DAY, day_only: true }
            }
            Some(Date { seconds, .. }) => Date { seconds: seconds + moved, day_only: false },
            None => {
                let day = DAYS[0] + random.below(DAYS[1] as usize) as i64;
                Date { seconds: day * DAY + moved % DAY, day_only: false }
            }
        };
        let source = &self.sources[model.source as usize];
        let url = format!("https://{}.example/{}-{number}", slug(source), slug(&title));
        Article {
            id: id(number),
            text,
            title: Some(title),
            date: Some(date),
            source: Some(source.clone()),
            url: Some(url),
            ..Article::default()
        }
    }

    fn house(&self, source: u32) -> u32 {
        source % self.houses
    }
}

fn id(number: u64) -> String {
    format!("d{number:07}")
}

/// The first words of a text as a part of an address.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.take(8).collect::<Vec<_>>().join("-").to_lowercase()
}

/// Articles up to a limit of text, in the order in which they are.
fn sample(articles: &[Article], seed: u64) -> Vec<&Article> {
    let total: usize = articles.iter().map(|article| article.text.len()).sum();
    let share = TEXT as f64 / total.max(1) as f64;
    articles
        .iter()
        .filter(|article| Random::new(seed, &article.id).unit() < share)
        .filter(|article| !article.text.is_empty())
        .collect()
}

/// How many houses there are, and the chance that an article has each block.
fn houses(models: &[Model], sources: usize) -> (u32, [f64; 2]) {
    let same = |houses: usize| {
        let mut counts = vec![0_f64; houses];
        models.iter().for_each(|model| counts[model.source as usize % houses] += 1.0);
        let total = models.len() as f64;
        counts.iter().map(|count| (count / total).powi(2)).sum::<f64>()
    };
    let mut houses = sources.max(1);
    while houses > 1 && same(houses) < SAME {
        houses = houses * 3 / 4;
    }
    let together = same(houses);
    (houses as u32, BLOCKS.map(|share| (share / together).sqrt().min(1.0)))
}
