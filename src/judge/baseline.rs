//! Accepted findings, in a file of their own that is committed beside the corpus: one sorted line for each.
//!
//! An entry accepts these texts in this number, under these ids as long as they last. A member is found again by content
//! and id, else by content alone, and no entry is used for more articles than it names: a verbatim copy more is new, as
//! is an accepted article whose text has changed. Files, lines and order are not in it, so that moves change nothing.
//!
//! Schemes that key by place decay and hide swaps (gitleaks #2239); those that key by content and count miss the copy of
//! a known text into a new file (AgentsCommander #2199). Lines of two branches merge without conflict or, next to each
//! other, by keeping both.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ahash::{AHashMap, AHashSet};

use super::codes::Code;
use super::written;
use crate::error::Result;
use crate::text::Fingerprint;

/// What sort of finding an entry accepts. Entries of one sort say nothing about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Copies of one text, whatever their codes.
    Group,
    /// Two articles with a passage in common.
    Passage,
    /// Articles with one id.
    SameId,
    /// An article that repeats itself.
    Repeat,
    /// An article that was published before.
    Published,
}

impl Sort {
    /// The sort of finding that has this code; none if such findings cannot be accepted.
    pub fn of(code: Code) -> Option<Sort> {
        match code {
            Code::SplitLeak
            | Code::JoinedKnownGroup
            | Code::ExactCopy
            | Code::NearCopy
            | Code::Excerpt
            | Code::LooseGroup => Some(Sort::Group),
            Code::SharedPassage => Some(Sort::Passage),
            Code::DuplicateId => Some(Sort::SameId),
            Code::SelfRepeat => Some(Sort::Repeat),
            Code::PublishedBefore => Some(Sort::Published),
            // They are not about texts, or say of themselves that something is to be mended.
            Code::BadRecord | Code::NotJudged | Code::StaleEntry => None,
        }
    }

    /// Members that an entry must share with a finding to bear on it.
    fn least(self) -> usize {
        if matches!(self, Sort::Repeat | Sort::Published) { 1 } else { 2 }
    }
}

/// One article that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Identity of its words.
    pub content: Fingerprint,
    /// Its id when it was accepted.
    pub id: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Codes of the findings that were accepted, in the order of the table; never empty, all of one sort.
    pub codes: Vec<Code>,
    /// The articles, sorted; never empty.
    pub members: Vec<Member>,
    /// Why, if somebody wrote it down.
    pub reason: Option<String>,
    /// Line (1-based) in the file; 0 if it is not from a file.
    pub line: u64,
}

impl Entry {
    /// An entry for members in any order.
    pub fn new(codes: &BTreeSet<Code>, mut members: Vec<Member>) -> Entry {
        members.sort();
        Entry { codes: codes.iter().copied().collect(), members, reason: None, line: 0 }
    }

    /// The sort of finding that it accepts.
    pub fn sort(&self) -> Option<Sort> {
        self.codes.first().and_then(|&code| Sort::of(code))
    }

    /// What two entries have in common that accept the same, whatever the ids.
    fn key(&self) -> (Option<Sort>, bool, Vec<Fingerprint>) {
        let leak = self.codes.contains(&Code::SplitLeak);
        (self.sort(), leak, self.members.iter().map(|member| member.content).collect())
    }
}

/// Accepted findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The file, as it was named.
    pub path: PathBuf,
    /// Its entries, in the order of the file.
    pub entries: Vec<Entry>,
}

impl Baseline {
    /// Reads the text of a baseline.
    ///
    /// # Errors
    ///
    /// If a line is no entry of this version.
    pub fn parse(path: &Path, text: &str) -> Result<Baseline> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let entries =
            lines.map(|(number, line)| written::read(path, number, line)).collect::<Result<_>>()?;
        Ok(Baseline { path: path.to_owned(), entries })
    }

    /// The text of the file: the same for the same entries in any order.
    pub fn to_text(&self) -> String {
        let lines: BTreeSet<String> = self.entries.iter().map(written::line).collect();
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// The entries for what there is today, with the reasons of those that accepted it before.
    pub fn updated(&self, today: Vec<Entry>) -> (Baseline, Difference) {
        let mut reasons: AHashMap<(Sort, Fingerprint), BTreeSet<&str>> = AHashMap::new();
        for entry in &self.entries {
            let (Some(sort), Some(reason)) = (entry.sort(), &entry.reason) else { continue };
            for member in &entry.members {
                reasons.entry((sort, member.content)).or_default().insert(reason);
            }
        }
        let before: BTreeSet<_> = self.entries.iter().map(Entry::key).collect();
        let after: BTreeSet<_> = today.iter().map(Entry::key).collect();
        let kept = before.intersection(&after).count();
        let difference =
            Difference { added: after.len() - kept, removed: before.len() - kept, kept };
        let with_reason = |mut entry: Entry| {
            let known = entry
                .members
                .iter()
                .filter_map(|member| reasons.get(&(entry.sort()?, member.content)));
            let all: BTreeSet<&str> = known.flatten().copied().collect();
            entry.reason =
                (!all.is_empty()).then(|| all.into_iter().collect::<Vec<_>>().join("; "));
            entry
        };
        let entries = today.into_iter().map(with_reason).collect();
        (Baseline { path: self.path.clone(), entries }, difference)
    }
}

/// What an update changes, in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Accepted now.
    pub added: usize,
    /// No longer there.
    pub removed: usize,
    /// There before and after.
    pub kept: usize,
}

impl std::fmt::Display for Difference {
    /// `+3 -1 =12`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{} -{} ={}", self.added, self.removed, self.kept)
    }
}

/// A baseline that is being held against a run.
#[derive(Debug)]
pub(super) struct Acceptance<'a> {
    baseline: &'a Baseline,
    /// The entries of each sort that hold a content.
    by_content: AHashMap<(Sort, Fingerprint), Vec<usize>>,
    used: AHashSet<usize>,
}

/// What is accepted of one finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    /// Of each member whether an entry names it.
    pub(super) known: Vec<bool>,
    /// Codes of the entries.
    pub(super) codes: BTreeSet<Code>,
    /// Of each member whether an entry has its id with another content.
    pub(super) edited: Vec<bool>,
}

impl Accepted {
    /// True if every member is accepted.
    pub(super) fn all(&self) -> bool {
        !self.known.is_empty() && self.known.iter().all(|known| *known)
    }

    /// True if some member is.
    pub(super) fn any(&self) -> bool {
        self.known.iter().any(|known| *known)
    }
}

impl<'a> Acceptance<'a> {
    pub(super) fn new(baseline: &'a Baseline) -> Self {
        let mut by_content: AHashMap<(Sort, Fingerprint), Vec<usize>> = AHashMap::new();
        for (at, entry) in baseline.entries.iter().enumerate() {
            let Some(sort) = entry.sort() else { continue };
            for member in &entry.members {
                let places = by_content.entry((sort, member.content)).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        Acceptance { baseline, by_content, used: AHashSet::new() }
    }

    /// What is accepted of a finding of this sort about these articles.
    pub(super) fn of(&mut self, sort: Sort, members: &[Member]) -> Accepted {
        let mut entries: Vec<usize> = members
            .iter()
            .filter_map(|member| self.by_content.get(&(sort, member.content)))
            .flatten()
            .copied()
            .collect();
        entries.sort_unstable();
        entries.dedup();
        let none = vec![false; members.len()];
        let mut accepted = Accepted { known: none.clone(), codes: BTreeSet::new(), edited: none };
        for at in entries {
            let entry = &self.baseline.entries[at];
            let known = matched(&entry.members, members);
            if known.iter().filter(|known| **known).count() < sort.least() {
                continue;
            }
            self.used.insert(at);
            accepted.codes.extend(&entry.codes);
            let ids: AHashSet<&str> = entry.members.iter().map(|member| &*member.id).collect();
            for (place, known) in known.into_iter().enumerate() {
                accepted.known[place] |= known;
                accepted.edited[place] |= !known && ids.contains(&*members[place].id);
            }
        }
        for (edited, known) in accepted.edited.iter_mut().zip(&accepted.known) {
            *edited &= !known;
        }
        accepted
    }

    /// The file of the entries.
    pub(super) fn path(&self) -> &'a Path {
        &self.baseline.path
    }

    /// The entries that nothing was found for.
    pub(super) fn stale(&self) -> impl Iterator<Item = &'a Entry> {
        let unused = |(at, _): &(usize, &Entry)| !self.used.contains(at);
        self.baseline.entries.iter().enumerate().filter(unused).map(|(_, entry)| entry)
    }
}

/// Which of the articles an entry names: by content and id first, then by content alone, each of its members once.
fn matched(named: &[Member], articles: &[Member]) -> Vec<bool> {
    let mut free = vec![true; named.len()];
    let mut known = vec![false; articles.len()];
    for with_id in [true, false] {
        for (article, known) in articles.iter().zip(&mut known).filter(|(_, known)| !**known) {
            let fits = |member: &Member| {
                member.content == article.content && (!with_id || member.id == article.id)
            };
            if let Some(at) = (0..named.len()).find(|&at| free[at] && fits(&named[at])) {
                free[at] = false;
                *known = true;
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member(id: &str, content: u128) -> Member {
        Member { id: id.to_owned(), content: Fingerprint(content) }
    }

    fn near(members: &[(&str, u128)]) -> Entry {
        let members = members.iter().map(|&(id, content)| member(id, content)).collect();
        Entry::new(&BTreeSet::from([Code::NearCopy]), members)
    }

    fn baseline(entries: &[Entry]) -> Baseline {
        Baseline { path: PathBuf::from("b.jsonl"), entries: entries.to_vec() }
    }

    fn known(entries: &[Entry], today: &[(&str, u128)]) -> Vec<bool> {
        let today: Vec<Member> = today.iter().map(|&(id, content)| member(id, content)).collect();
        Acceptance::new(&baseline(entries)).of(Sort::Group, &today).known
    }

    #[test]
    fn a_pair_is_known_however_it_is_named_today() {
        let pair = [near(&[("a", 1), ("b", 2)])];
        assert_eq!(known(&pair, &[("a", 1), ("b", 2)]), [true, true]);
        assert_eq!(known(&pair, &[("moved/b", 2), ("moved/a", 1)]), [true, true]);
    }

    #[test]
    fn a_further_member_is_new_even_word_for_word() {
        let pair = [near(&[("a", 1), ("b", 2)])];
        assert_eq!(known(&pair, &[("a", 1), ("b", 2), ("c", 3)]), [true, true, false]);
        assert_eq!(known(&pair, &[("z", 1), ("a", 1), ("b", 2)]), [false, true, true]);
        let twice = [near(&[("a", 1), ("b", 1)])];
        assert_eq!(known(&twice, &[("a", 1), ("b", 1), ("c", 1)]), [true, true, false]);
    }

    #[test]
    fn an_edited_article_is_judged_again() {
        let pair = [near(&[("a", 1), ("b", 2)])];
        assert_eq!(
            known(&pair, &[("a", 1), ("b", 9)]),
            [false, false],
            "a pair of it is left no more"
        );
        let three = [near(&[("a", 1), ("b", 2), ("c", 3)])];
        let base = baseline(&three);
        let mut acceptance = Acceptance::new(&base);
        let accepted =
            acceptance.of(Sort::Group, &[member("a", 1), member("b", 9), member("c", 3)]);
        assert_eq!(accepted.known, [true, false, true]);
        assert_eq!(accepted.edited, [false, true, false]);
    }

    #[test]
    fn entries_of_two_branches_are_good_together() {
        let merged = [near(&[("a", 1), ("b", 2)]), near(&[("a", 1), ("c", 3)])];
        assert_eq!(known(&merged, &[("a", 1), ("b", 2), ("c", 3)]), [true; 3]);
    }

    #[test]
    fn what_was_accepted_of_one_sort_says_nothing_of_another() {
        let base = baseline(&[near(&[("a", 1), ("b", 2)])]);
        let mut acceptance = Acceptance::new(&base);
        assert!(!acceptance.of(Sort::SameId, &[member("a", 1), member("b", 2)]).any());
        assert_eq!(acceptance.stale().count(), 1);
        assert!(acceptance.of(Sort::Group, &[member("a", 1), member("b", 2)]).all());
        assert_eq!(acceptance.stale().count(), 0);
    }

    #[test]
    fn an_update_keeps_reasons_and_counts() {
        let mut first = near(&[("a", 1), ("b", 2)]);
        first.reason = Some("legacy".to_owned());
        let base = baseline(&[first, near(&[("c", 3), ("d", 4)])]);
        let today = vec![near(&[("a2", 1), ("b", 2)]), near(&[("e", 5), ("f", 6)])];
        let (updated, difference) = base.updated(today);
        assert_eq!(difference.to_string(), "+1 -1 =1");
        assert_eq!(updated.entries[0].reason.as_deref(), Some("legacy"));
        assert_eq!(updated.entries[1].reason, None);
    }

    proptest! {
        /// However today's articles are ordered and renamed, what was accepted is known, and one article more is not.
        #[test]
        fn accepted_groups_stay_accepted(
            contents in prop::collection::vec(0u128..6, 2..9),
            further in 0u128..6,
            renamed: bool,
            turn in any::<prop::sample::Index>(),
        ) {
            let name = |at: usize| if renamed { format!("new-{at}") } else { format!("id-{at}") };
            let old: Vec<(String, u128)> = contents.iter().enumerate().map(|(at, &c)| (format!("id-{at}"), c)).collect();
            let entry = near(&old.iter().map(|(id, content)| (&**id, *content)).collect::<Vec<_>>());
            let mut today: Vec<(String, u128)> = contents.iter().enumerate().map(|(at, &c)| (name(at), c)).collect();
            let at = turn.index(today.len());
            today.rotate_left(at);
            let shown = |today: &[(String, u128)]| known(std::slice::from_ref(&entry), &today.iter().map(|(id, c)| (&**id, *c)).collect::<Vec<_>>());
            prop_assert!(shown(&today).iter().all(|known| *known));
            today.insert(at, ("further".to_owned(), further));
            prop_assert_eq!(shown(&today).iter().filter(|known| !**known).count(), 1);
        }
    }
}
