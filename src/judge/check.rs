//! A run of the search to a verdict, or to a baseline that accepts it: what a check does, in order.
//!
//! Groups are judged by `inquiry`, everything else by `ungrouped`. Linear in articles and findings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ahash::AHashMap;

use super::baseline::{Baseline, Entry, Member, Sort};
use super::changes::Changes;
use super::codes::Code;
use super::finding::Location;
use super::inquiry::Inquiry;
use super::policy::{Policy, Verdict};
use super::roster::{Roster, Wanted};
use super::scope::{Allow, Splits};
use crate::article::Article;
use crate::config::Config;
use crate::error::Result;
use crate::find::Group;
use crate::progress::Progress;
use crate::scan::{Outcome, Scan, with_threads};
use crate::store::Index;

/// What a corpus is held against.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Levels and limits.
    pub policy: Policy,
    /// Files that must not share copies.
    pub splits: Splits,
    /// Findings that are excused.
    pub allow: Vec<Allow>,
    /// The configuration that splits and allow entries are from.
    pub settings: PathBuf,
}

/// A corpus that was read and searched, ready to be judged.
#[derive(Debug)]
pub struct Examined {
    /// What the search found.
    pub outcome: Outcome,
    pub(super) roster: Roster,
}

impl Examined {
    /// Reads and compares the articles of `paths` (files, folders, `-` for standard input), and holds them against an index
    /// of those that were published before, if there is one.
    ///
    /// # Errors
    ///
    /// If the threads asked for cannot be started, or what outgrows memory cannot be written to disk.
    pub fn paths(
        paths: &[PathBuf],
        config: &Config,
        rules: &Rules,
        against: Option<&Index>,
        progress: &dyn Progress,
    ) -> Result<Examined> {
        with_threads(config, || {
            let mut scan = Scan::new(config.clone());
            scan.read(paths, progress)?;
            let mut corpus = scan.corpus()?;
            let levels = &rules.policy.levels;
            if let Some(index) = against.filter(|_| levels.tells(Code::PublishedBefore)) {
                corpus.hold_against(index, progress)?;
            }
            let wanted = Wanted {
                same_ids: levels.tells(Code::DuplicateId),
                repeats: levels.tells(Code::SelfRepeat),
                short: levels.tells(Code::NotJudged),
            };
            let roster = Roster::new(&corpus.collection, wanted)?;
            let (outcome, ()) = corpus.compare(progress, |_| Ok(()))?;
            Ok(Examined { outcome, roster })
        })
    }

    /// The verdict: of findings that a baseline does not accept and that no revision had already.
    ///
    /// # Errors
    ///
    /// If a file is in two splits.
    pub fn judge(
        &self,
        rules: &Rules,
        baseline: Option<&Baseline>,
        changes: Option<Changes>,
    ) -> Result<Verdict> {
        let mut inquiry = Inquiry::new(self, rules, baseline, changes)?;
        self.outcome.groups.iter().for_each(|group| inquiry.group(group));
        inquiry.ungrouped();
        Ok(inquiry.verdict.conclude(&rules.policy))
    }

    /// Entries that accept all that can be accepted of what there is.
    ///
    /// # Errors
    ///
    /// If a file is in two splits.
    pub fn accept(&self, rules: &Rules) -> Result<Vec<Entry>> {
        let verdict = self.judge(rules, None, None)?;
        let groups: AHashMap<&str, &Group> =
            self.outcome.groups.iter().map(|group| (&*group.id, group)).collect();
        // A group may have several findings, and has one entry, of all its members.
        let mut codes: AHashMap<&str, BTreeSet<Code>> = AHashMap::new();
        let mut entries = Vec::new();
        for finding in &verdict.findings {
            match (&finding.group, Sort::of(finding.code)) {
                (Some(group), Some(_)) => {
                    codes.entry(group).or_default().insert(finding.code);
                }
                (None, Some(_)) => {
                    let member = |place: &Location| {
                        Some(Member { content: place.content?, id: place.id.clone() })
                    };
                    let members = finding.locations.iter().filter_map(member).collect();
                    entries.push(Entry::new(&BTreeSet::from([finding.code]), members));
                }
                (_, None) => {}
            }
        }
        for (id, codes) in codes {
            let members = groups.get(id).map(|group| self.members(group)).unwrap_or_default();
            entries.push(Entry::new(&codes, members));
        }
        entries.sort_by(|x, y| (&x.members, &x.codes).cmp(&(&y.members, &y.codes)));
        Ok(entries)
    }

    pub(super) fn members(&self, group: &Group) -> Vec<Member> {
        group.members.iter().map(|member| self.member(member.article)).collect()
    }

    pub(super) fn member(&self, article: u32) -> Member {
        let id = self.article(article).map(|article| article.id.clone()).unwrap_or_default();
        Member { content: self.roster.rows[article as usize].content, id }
    }

    /// An article that a finding may be about: the outcome holds it, or the roster.
    pub(super) fn article(&self, article: u32) -> Option<&Article> {
        self.outcome.articles.get(article as usize).or_else(|| self.roster.aside(article))
    }
}
