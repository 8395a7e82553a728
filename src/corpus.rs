//! Articles that were read and signed: held against an index, surveyed, compared; and what comes of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Instant;

use crate::article::{Article, Articles, Place, Problems};
use crate::config::{Config, FieldNames};
use crate::error::Result;
use crate::find::pipeline::{self, Survey};
use crate::find::{Collection, Group, Match, NearMisses, near_misses};
use crate::progress::{Progress, Stats};
use crate::store::{Index, Published};

/// Articles in canonical order, ready to be compared.
#[derive(Debug)]
pub struct Corpus {
    pub(crate) config: Config,
    pub(crate) collection: Collection,
    pub(crate) outcome: Outcome,
}

impl Corpus {
    /// Number of articles.
    pub fn len(&self) -> usize {
        self.collection.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.collection.is_empty()
    }

    /// All articles, by index as in the outcome, which take memory now.
    ///
    /// # Errors
    ///
    /// If what is on disk cannot be read back.
    pub fn articles(&self) -> Result<Vec<Article>> {
        self.collection.articles()
    }

    /// Inputs that could not be read, as they will stand in the outcome.
    pub fn failures(&self) -> &[String] {
        &self.outcome.failures
    }

    /// Looks which of the articles were published before, by an index.
    ///
    /// # Errors
    ///
    /// If the index is damaged where it is looked at, or what is on disk cannot be read back.
    pub fn hold_against(&mut self, index: &Index, progress: &dyn Progress) -> Result<()> {
        let start = Instant::now();
        let published = Published::among(&self.collection, index, &self.config.matching, progress)?;
        self.outcome.published = Some(published);
        self.outcome.stats.times.push(("published before", start.elapsed()));
        Ok(())
    }

    /// Shows `look` what is known of the articles before they are grouped.
    ///
    /// # Errors
    ///
    /// If what is on disk cannot be read back, or `look` fails.
    pub fn survey<T>(
        self,
        progress: &dyn Progress,
        look: impl FnOnce(&Survey<'_>) -> Result<T>,
    ) -> Result<T> {
        let Corpus { config, collection, mut outcome } = self;
        look(&pipeline::survey(&collection, &config, progress, &mut outcome.stats)?)
    }

    /// Compares the articles. Before they are grouped, `look` sees what is known of every pair.
    ///
    /// # Errors
    ///
    /// If what is on disk cannot be read back, or `look` fails.
    pub fn compare<T>(
        self,
        progress: &dyn Progress,
        look: impl FnOnce(&Survey<'_>) -> Result<T>,
    ) -> Result<(Outcome, T)> {
        let Corpus { config, collection, mut outcome } = self;
        let stats = &mut outcome.stats;
        let survey = pipeline::survey(&collection, &config, progress, stats)?;
        let looked = look(&survey)?;
        if config.near_misses {
            outcome.near_misses = near_misses::near_misses(&survey, &config.matching)?;
            outcome.boilerplate = near_misses::boilerplate(&survey, &outcome.near_misses)?;
        }
        let near = outcome.near_misses.closest.iter().flat_map(|pair| [pair.a, pair.b]);
        let published = outcome.published.iter().flat_map(|published| &published.copies);
        let others: Vec<u32> = near.chain(published.map(|copy| copy.article)).collect();
        (outcome.groups, outcome.matches, outcome.articles) =
            pipeline::conclude(survey, others, &config, progress, stats)?;
        Ok((outcome, looked))
    }
}

/// Everything a run found, as data. Reporters only print it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Every article that was read, in canonical order (by content fingerprint, then id): the order of the input never shows.
    ///
    /// Of a run that outgrew its memory only those in groups, matches and near misses are held. Texts that can be read again are not
    /// held: [`load_texts`](crate::scan::load_texts) reads them.
    pub articles: Articles,
    /// Groups of copies, largest first, then by id.
    pub groups: Vec<Group>,
    /// Accepted pairs and shared passages, by the ids of their articles.
    pub matches: Vec<Match>,
    /// Pairs just below the cut, if they were asked for: [`Config::near_misses`].
    pub near_misses: NearMisses,
    /// The same of articles in any pair above: (article, ranges of its words that are boilerplate), by article.
    pub boilerplate: Vec<(u32, Vec<Range<u32>>)>,
    /// What was published before, if the run was held against an index.
    pub published: Option<Published>,
    /// What holds every file that articles were read from.
    pub place: Place,
    /// How many articles each source has, held or not.
    pub sources: BTreeMap<String, usize>,
    /// Records that could not be used, or not as they stand, by place.
    pub problems: Problems,
    /// Inputs that could not be opened or decoded to their end: one message each. They make the run fail after its report.
    pub failures: Vec<String>,
    /// Fields that were taken, of the first file that had any.
    pub fields: FieldNames,
    /// What each stage did.
    pub stats: Stats,
}
