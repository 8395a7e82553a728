//! What is asked of everything that is no group: passages, ids, articles by themselves, records, and entries that match
//! nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::AHashMap;

use super::baseline::{Member, Sort};
use super::changes::Changes;
use super::codes::Code;
use super::finding::{Detail, Location, Stale, fingerprint};
use super::inquiry::{Inquiry, Part, subject};
use super::scope::Seen;
use crate::article::Origin;
use crate::find::{Match, Relation};
use crate::store::Republished;
use crate::text::Fingerprint;

impl<'a> Inquiry<'a> {
    /// Everything but groups. Stale entries come last: what was used is known by then.
    pub(super) fn ungrouped(&mut self) {
        self.passages();
        self.published();
        self.same_ids();
        self.repeats();
        self.records();
        self.short();
        self.stale();
    }

    /// Pairs with a passage in common.
    fn passages(&mut self) {
        let code = Code::SharedPassage;
        if !self.tells(code) {
            return;
        }
        let passages = self
            .examined
            .outcome
            .matches
            .iter()
            .filter(|pair| pair.relation == Relation::SharedPassage);
        for Match { a, b, evidence, .. } in passages {
            let detail = Detail::Passage { similarity: evidence.similarity, words: evidence.words };
            self.alone(code, Sort::Passage, &[*a, *b], detail);
        }
    }

    /// Articles that were published before: one finding for equal ones.
    fn published(&mut self) {
        let code = Code::PublishedBefore;
        let examined = self.examined;
        let Some(published) = examined.outcome.published.as_ref().filter(|_| self.tells(code))
        else {
            return;
        };
        let mut equal: BTreeMap<Fingerprint, Vec<&Republished>> = BTreeMap::new();
        for copy in &published.copies {
            let content = examined.roster.rows[copy.article as usize].content;
            equal.entry(content).or_default().push(copy);
        }
        for copies in equal.into_values() {
            let members: Vec<Member> =
                copies.iter().map(|copy| examined.member(copy.article)).collect();
            let accepted = self.accepted(Sort::Published, &members);
            if accepted.all() {
                self.verdict.known += 1;
                continue;
            }
            let mut parts: Vec<Part<'a>> = Vec::new();
            for (copy, &is_known) in copies.iter().zip(&accepted.known) {
                let Some(article) = examined.article(copy.article) else { continue };
                let seen = Seen {
                    id: &article.id,
                    source: article.source.as_deref(),
                    file: &article.origin.file,
                    of: copy.earlier.first().map(|earlier| earlier.article.id.as_str()),
                };
                if !self.excused(code, seen) {
                    parts.push(Part { is_known, ..subject(copy.article) });
                }
            }
            if parts.is_empty() {
                self.verdict.excused += 1;
                continue;
            }
            let first = copies.iter().find(|copy| copy.article == parts[0].article);
            let earlier = first.map(|copy| copy.earlier.clone()).unwrap_or_default();
            let index = published.index.clone();
            self.tell(code, None, &parts, Detail::Published { index, earlier });
        }
    }

    /// Articles that share an id.
    fn same_ids(&mut self) {
        let examined = self.examined;
        for articles in &examined.roster.same_ids {
            let mut articles = articles.clone();
            articles.sort_by_cached_key(|&article| {
                (examined.article(article).map(|article| article.origin.clone()), article)
            });
            self.alone(Code::DuplicateId, Sort::SameId, &articles, Detail::SameId);
        }
    }

    /// Articles that repeat themselves.
    fn repeats(&mut self) {
        let roster = &self.examined.roster;
        for &(first, words) in &roster.repeats {
            let articles: Vec<u32> = roster.equal(first).collect();
            let detail = Detail::Repeat { words, of: roster.rows[first as usize].words };
            self.alone(Code::SelfRepeat, Sort::Repeat, &articles, detail);
        }
    }

    /// Articles too short to judge.
    fn short(&mut self) {
        let code = Code::NotJudged;
        if !self.tells(code) {
            return;
        }
        let roster = &self.examined.roster;
        for first in roster.firsts(|row| !row.is_judged) {
            let parts: Vec<Part<'a>> = roster.equal(first).map(subject).collect();
            let left = self.left(code, &parts);
            if left.is_empty() {
                self.verdict.excused += 1;
            } else {
                let words = roster.rows[first as usize].words;
                self.tell(code, None, &left, Detail::Short { words });
            }
        }
    }

    /// A finding about articles that are no group.
    fn alone(&mut self, code: Code, sort: Sort, articles: &[u32], detail: Detail) {
        let members: Vec<Member> =
            articles.iter().map(|&article| self.examined.member(article)).collect();
        let accepted = self.accepted(sort, &members);
        if accepted.all() {
            self.verdict.known += 1;
            return;
        }
        let known = articles.iter().zip(&accepted.known);
        let parts: Vec<Part<'a>> =
            known.map(|(&article, &is_known)| Part { is_known, ..subject(article) }).collect();
        // Of one text that stands in several places one is enough; of anything else it takes two.
        let least = if sort == Sort::Repeat { 1 } else { 2 };
        let left = self.left(code, &parts);
        if left.len() >= least {
            self.tell(code, None, &left, detail);
        } else {
            self.verdict.excused += 1;
        }
    }

    /// Records that could not be used.
    fn records(&mut self) {
        let code = Code::BadRecord;
        if !self.tells(code) {
            return;
        }
        let mut seen: AHashMap<(&str, &str), u32> = AHashMap::new();
        for problem in
            self.examined.outcome.problems.iter().filter(|problem| problem.kind.loses_record())
        {
            let is_changed =
                self.changes.as_mut().is_some_and(|changes| changes.meet_problem(problem));
            let Origin { file, line, .. } = &problem.origin;
            if self.excused(code, Seen { id: "", source: None, file, of: None }) {
                self.verdict.excused += 1;
                continue;
            }
            let place =
                Location { file: Arc::clone(file), line: *line, is_changed, ..Location::default() };
            let name = problem.kind.name();
            // Told apart by their number among equals, since a place is no identity.
            let number = seen.entry((name, &problem.detail)).or_default();
            *number += 1;
            let identity = [name.to_owned(), problem.detail.clone(), number.to_string()];
            let detail = Detail::Record { reason: problem.kind, seen: problem.detail.clone() };
            self.push(code, fingerprint(code, identity), None, vec![place], detail);
        }
    }

    /// Entries that match nothing. Under a revision only those whose articles went or changed since.
    fn stale(&mut self) {
        if !self.tells(Code::StaleEntry) {
            return;
        }
        let gone = self.changes.as_ref().map(Changes::gone);
        if let Some(acceptance) = self.acceptance.take() {
            let path: Arc<str> = acceptance.path().to_string_lossy().into();
            for entry in acceptance.stale() {
                let is_gone = |member: &Member| {
                    gone.as_ref().is_some_and(|gone| gone.contains(&member.content))
                };
                let is_changed = entry.members.iter().any(is_gone);
                let ids = entry.members.iter().map(|member| member.id.clone()).collect();
                let contents = entry.members.iter().map(|member| member.content.to_string());
                let codes = entry.codes.iter().map(|code| code.name().to_owned());
                let identity = fingerprint(Code::StaleEntry, contents.chain(codes));
                let place = Location {
                    file: Arc::clone(&path),
                    line: entry.line,
                    is_changed,
                    ..Location::default()
                };
                self.push(
                    Code::StaleEntry,
                    identity,
                    None,
                    vec![place],
                    Detail::Stale(Stale::Baseline(ids)),
                );
            }
        }
        if gone.is_some() {
            return;
        }
        let unused = self.rules.allow.iter().zip(&self.allow_used).filter(|(_, used)| !**used);
        let unused = unused.map(|(allow, _)| (allow.line, Stale::Allow(allow.reason.clone())));
        let is_empty = |number: u32| !self.splits.contains(&Some(number));
        let empty = (0..).zip(self.rules.splits.all()).filter(|(number, _)| is_empty(*number));
        let empty = empty.map(|(_, split)| (split.line, Stale::Split(split.name.clone())));
        let file: Arc<str> = self.rules.settings.to_string_lossy().into();
        for (line, stale) in unused.chain(empty).collect::<Vec<_>>() {
            let place = Location { file: Arc::clone(&file), line, ..Location::default() };
            let identity = fingerprint(Code::StaleEntry, [format!("{stale:?}"), line.to_string()]);
            self.push(Code::StaleEntry, identity, None, vec![place], Detail::Stale(stale));
        }
    }
}
