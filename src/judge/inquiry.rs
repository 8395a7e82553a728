//! What is asked of a group: whether it was accepted or excused, whether it leaks, and what its copies are.
//!
//! A group that lies across splits is one finding. One of which a part was accepted has its new members told. Of any
//! other the copies are told by code. What an allow entry fits is left out first; of what is left it takes two.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::baseline::{Acceptance, Accepted, Baseline, Member, Sort};
use super::changes::{Change, Changes};
use super::check::{Examined, Rules};
use super::codes::Code;
use super::finding::{Detail, Finding, LinkTo, Location, Role, fingerprint};
use super::loose;
use super::policy::Verdict;
use super::scope::Seen;
use crate::error::Result;
use crate::find::{Group, Link, Relation};

/// One article on its way into a finding.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) article: u32,
    pub(super) role: Role,
    pub(super) link: Option<&'a Link>,
    pub(super) is_known: bool,
}

/// A verdict in the making.
pub(super) struct Inquiry<'a> {
    pub(super) examined: &'a Examined,
    pub(super) rules: &'a Rules,
    pub(super) acceptance: Option<Acceptance<'a>>,
    pub(super) changes: Option<Changes>,
    /// Of each article how it relates to the revision; empty if there is none.
    changed: Vec<Change>,
    /// Of each file the split that it is in.
    pub(super) splits: Vec<Option<u32>>,
    /// Of each allow entry whether it has excused anything.
    pub(super) allow_used: Vec<bool>,
    pub(super) verdict: Verdict,
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(
        examined: &'a Examined,
        rules: &'a Rules,
        baseline: Option<&'a Baseline>,
        mut changes: Option<Changes>,
    ) -> Result<Self> {
        let Examined { outcome, roster } = examined;
        let splits: Vec<Option<u32>> = roster
            .files
            .iter()
            .map(|file| rules.splits.of(Path::new(&**file)))
            .collect::<Result<_>>()?;
        let mut changed = Vec::new();
        if let Some(changes) = &mut changes {
            let touched: Vec<bool> =
                roster.files.iter().map(|file| changes.touches(file)).collect();
            let is_touched = |article: &usize| touched[roster.rows[*article].file as usize];
            let articles: Vec<usize> = (0..roster.rows.len()).filter(is_touched).collect();
            let record = |&article: &usize| {
                let row = &roster.rows[article];
                (row.content, splits[row.file as usize], row.id)
            };
            let met = changes.meet(&articles.iter().map(record).collect::<Vec<_>>());
            changed = vec![Change::default(); roster.rows.len()];
            articles.into_iter().zip(met).for_each(|(article, change)| changed[article] = change);
        }
        let verdict = Verdict {
            articles: outcome.articles.len(),
            groups: outcome.groups.len(),
            copies: outcome.groups.iter().map(|group| group.members.len().saturating_sub(1)).sum(),
            since: changes.as_ref().map(|changes| changes.since.clone()),
            failures: outcome.failures.clone(),
            ..Verdict::default()
        };
        let acceptance = baseline.map(Acceptance::new);
        let allow_used = vec![false; rules.allow.len()];
        Ok(Inquiry { examined, rules, acceptance, changes, changed, splits, allow_used, verdict })
    }

    pub(super) fn tells(&self, code: Code) -> bool {
        self.rules.policy.levels.tells(code)
    }

    pub(super) fn accepted(&mut self, sort: Sort, members: &[Member]) -> Accepted {
        match &mut self.acceptance {
            Some(acceptance) => acceptance.of(sort, members),
            None => Accepted {
                known: vec![false; members.len()],
                edited: vec![false; members.len()],
                ..Accepted::default()
            },
        }
    }

    fn split(&self, article: u32) -> Option<&'a str> {
        let file = self.examined.roster.rows[article as usize].file;
        self.splits[file as usize].map(|split| self.rules.splits.name(split))
    }

    /// What there is to tell of a group.
    pub(super) fn group(&mut self, group: &'a Group) {
        let members = self.examined.members(group);
        let accepted = self.accepted(Sort::Group, &members);
        let parts: Vec<Part<'a>> = group
            .members
            .iter()
            .zip(&accepted.known)
            .map(|(member, &is_known)| Part {
                article: member.article,
                role: if member.link.is_some() { Role::Copy } else { Role::Kept },
                link: member.link.as_ref(),
                is_known,
            })
            .collect();
        if loose::is_loose(group) && self.tells(Code::LooseGroup) {
            if accepted.all() && accepted.codes.contains(&Code::LooseGroup) {
                self.verdict.known += 1;
            } else if self.left(Code::LooseGroup, &parts).len() > 1 {
                let detail = Detail::Loose { weakest: group.weakest, density: group.density };
                self.tell(Code::LooseGroup, Some(group), &parts, detail);
            } else {
                self.verdict.excused += 1;
            }
        }
        if self.tells(Code::SplitLeak) && !accepted.codes.contains(&Code::SplitLeak) {
            let all = self.sides(&parts);
            let left = self.left(Code::SplitLeak, &parts);
            let left = self.sides(&left);
            if left.len() > 1 {
                let splits = left.into_iter().map(str::to_owned).collect();
                return self.tell(Code::SplitLeak, Some(group), &parts, Detail::Leak { splits });
            }
            self.verdict.excused += usize::from(all.len() > 1);
        }
        if accepted.all() {
            self.verdict.known += 1;
        } else if accepted.any() {
            self.joined(group, &parts, &members, &accepted);
        } else {
            [Code::ExactCopy, Code::NearCopy, Code::Excerpt]
                .into_iter()
                .for_each(|code| self.copies(code, group, &parts));
        }
    }

    /// The splits of some articles.
    fn sides(&self, parts: &[Part<'a>]) -> BTreeSet<&'a str> {
        parts.iter().filter_map(|part| self.split(part.article)).collect()
    }

    /// New members of an accepted group.
    fn joined(
        &mut self,
        group: &'a Group,
        parts: &[Part<'a>],
        members: &[Member],
        accepted: &Accepted,
    ) {
        let code = Code::JoinedKnownGroup;
        if !self.tells(code) {
            return;
        }
        let new: Vec<Part<'a>> = parts.iter().filter(|part| !part.is_known).copied().collect();
        let mut shown = self.left(code, &new);
        if shown.is_empty() {
            self.verdict.excused += 1;
            return;
        }
        shown.extend(parts.iter().filter(|part| part.is_known));
        let edited = members.iter().zip(&accepted.edited).filter(|(_, edited)| **edited);
        let edited = edited.map(|(member, _)| member.id.clone()).collect();
        self.tell(code, Some(group), &shown, Detail::Joined { edited });
    }

    /// The copies of a group that have this code, beside the kept article.
    fn copies(&mut self, code: Code, group: &'a Group, parts: &[Part<'a>]) {
        let has_code =
            |part: &&Part<'a>| part.link.is_some_and(|link| code_of(link.relation) == code);
        let copies: Vec<Part<'a>> = parts.iter().filter(has_code).copied().collect();
        if copies.is_empty() || !self.tells(code) {
            return;
        }
        let kept: Vec<Part<'a>> =
            parts.iter().filter(|part| part.role == Role::Kept).copied().collect();
        let left = self.left(code, &copies);
        if left.len() + self.left(code, &kept).len() > 1 {
            let shown: Vec<Part<'a>> = kept.into_iter().chain(left).collect();
            self.tell(code, Some(group), &shown, Detail::Copies);
        } else {
            self.verdict.excused += 1;
        }
    }

    /// The articles that no allow entry leaves out.
    pub(super) fn left(&mut self, code: Code, parts: &[Part<'a>]) -> Vec<Part<'a>> {
        let examined = self.examined;
        let id = |article: u32| examined.article(article).map(|article| article.id.as_str());
        let mut left = Vec::with_capacity(parts.len());
        for part in parts {
            let Some(article) = examined.article(part.article) else { continue };
            // Of two articles without a link each is the other's.
            let other = match parts {
                [a, b] if part.role == Role::Subject => {
                    Some(if a.article == part.article { b.article } else { a.article })
                }
                _ => part.link.map(|link| link.of),
            };
            let seen = Seen {
                id: &article.id,
                source: article.source.as_deref(),
                file: &article.origin.file,
                of: other.and_then(id),
            };
            if !self.excused(code, seen) {
                left.push(*part);
            }
        }
        left
    }

    pub(super) fn excused(&mut self, code: Code, seen: Seen<'_>) -> bool {
        let mut is_excused = false;
        for (allow, used) in self.rules.allow.iter().zip(&mut self.allow_used) {
            if allow.fits(code, seen) {
                *used = true;
                is_excused = true;
            }
        }
        is_excused
    }

    /// Puts a finding about articles into words of data, the new one in front.
    pub(super) fn tell(
        &mut self,
        code: Code,
        group: Option<&Group>,
        parts: &[Part<'a>],
        detail: Detail,
    ) {
        let is_changed = |part: &Part<'a>| {
            let change = self.changed.get(part.article as usize).copied().unwrap_or_default();
            if code == Code::DuplicateId { change.id || change.content } else { change.content }
        };
        let date =
            |part: &Part<'a>| self.examined.article(part.article).and_then(|article| article.date);
        let new = |(at, part): &(usize, &Part<'a>)| {
            let is_kept = part.role == Role::Kept;
            (!is_changed(part), part.is_known, is_kept, Reverse(date(part)), *at)
        };
        let Some((first, _)) = parts.iter().enumerate().min_by_key(new) else { return };
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|&at| (at != first, parts[at].role != Role::Kept, at));
        let locations: Vec<Location> = order
            .iter()
            .filter_map(|&at| self.location(&parts[at], is_changed(&parts[at])))
            .collect();
        let mut identity: Vec<String> =
            locations.iter().filter_map(|place| Some(place.content?.to_string())).collect();
        if code == Code::DuplicateId {
            identity.push(locations.first().map(|place| place.id.clone()).unwrap_or_default());
        }
        let fingerprint = fingerprint(code, identity);
        self.push(code, fingerprint, group.map(|group| group.id.clone()), locations, detail);
    }

    fn location(&self, part: &Part<'a>, is_changed: bool) -> Option<Location> {
        let article = self.examined.article(part.article)?;
        let link = part.link.and_then(|link| {
            Some(LinkTo {
                of: self.examined.article(link.of)?.id.clone(),
                relation: link.relation,
                similarity: link.similarity,
                confidence: link.confidence,
            })
        });
        Some(Location {
            file: Arc::clone(&article.origin.file),
            line: article.origin.line,
            id: article.id.clone(),
            title: article.title.clone(),
            content: Some(self.examined.roster.rows[part.article as usize].content),
            split: self.split(part.article).map(str::to_owned),
            role: part.role,
            link,
            is_known: part.is_known,
            is_changed,
        })
    }

    /// Takes a finding in, unless it is older than the revision asked about.
    pub(super) fn push(
        &mut self,
        code: Code,
        fingerprint: String,
        group: Option<String>,
        locations: Vec<Location>,
        detail: Detail,
    ) {
        let is_new = self.changes.is_none() || locations.iter().any(|place| place.is_changed);
        if !is_new {
            self.verdict.older += 1;
        } else if !locations.is_empty() {
            let level = self.rules.policy.levels.of(code);
            self.verdict.findings.push(Finding {
                code,
                level,
                fingerprint,
                group,
                locations,
                detail,
            });
        }
    }
}

/// The code of a copy of this relation.
fn code_of(relation: Relation) -> Code {
    match relation {
        Relation::Exact => Code::ExactCopy,
        Relation::Excerpt => Code::Excerpt,
        _ => Code::NearCopy,
    }
}

/// An article that a finding without a group is about.
pub(super) fn subject<'a>(article: u32) -> Part<'a> {
    Part { article, role: Role::Subject, link: None, is_known: false }
}
