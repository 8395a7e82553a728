//! The codes of a check: their names, their usual levels, and what each means, why it matters and what to do.
//!
//! One table, from which help, `explain`, the documentation and the rules of every report format are made. Names are a
//! contract: they stand in configuration files, baselines and the databases of code hosts.

use super::loose;
use super::repeat;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// Copies across groups of files that must share none.
    SplitLeak,
    /// A new copy in a group that was accepted.
    JoinedKnownGroup,
    /// The same text twice.
    ExactCopy,
    /// Edited, reworded or updated copies.
    NearCopy,
    /// A copy of an article of an index.
    PublishedBefore,
    /// A cut-down piece of another article.
    Excerpt,
    /// A block in common, the rest written independently.
    SharedPassage,
    /// Articles that share an id.
    DuplicateId,
    /// An article that says a passage twice.
    SelfRepeat,
    /// A group that hangs together poorly.
    LooseGroup,
    /// A record that could not be used.
    BadRecord,
    /// An article too short to compare.
    NotJudged,
    /// An entry of the baseline or the configuration that matches nothing.
    StaleEntry,
}

/// What a finding does to the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is not told.
    Allow,
    /// It is told.
    Warn,
    /// It is told, and the check fails.
    Deny,
}

impl Level {
    /// Every level with the name that flags and files use.
    pub const NAMES: &[(&str, Level)] =
        &[("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny)];

    /// The name that flags and files use.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

/// Everything that is to be told of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The code.
    pub code: Code,
    /// Its name, as it is typed and printed.
    pub name: &'static str,
    /// Its level unless somebody sets another.
    pub level: Level,
    /// What it says, in a line.
    pub what: &'static str,
    /// When it is given, and why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

/// The table, in the order in which findings of one level are told.
pub const TABLE: &[About] = &[
    About {
        code: Code::SplitLeak,
        name: "split-leak",
        level: Level::Deny,
        what: "copies of one text stand on both sides of a split",
        why: "Given to a group whose articles are in files of different [splits] of the configuration, such as train and \
              test. A model that has read a test article in other words is measured by its memory. The whole group is one \
              finding, and takes the place of near-copy and its like.",
        fix: "Take the article out of one side, or move the group to one side. Splits are lists of file patterns in \
              wirecopy.toml: see `wirecopy init`.",
    },
    About {
        code: Code::JoinedKnownGroup,
        name: "joined-known-group",
        level: Level::Deny,
        what: "an article joined a group of copies that was accepted",
        why: "Given to a member of a group in the baseline that is not itself in the baseline: a new copy, also a \
              verbatim one, or an accepted article whose text has changed since. What was accepted were those texts in \
              that number, not every copy to come.",
        fix: "Leave the new article out, or accept it too with --update-baseline.",
    },
    About {
        code: Code::ExactCopy,
        name: "exact-copy",
        level: Level::Deny,
        what: "the same text twice",
        why: "Given to copies of the relation `exact`: equal but for white space, typography, datelines, bylines and \
              boilerplate. They add nothing to a corpus but weight.",
        fix: "Delete all but one, which `wirecopy clean` does, or accept them with --update-baseline, or with an \
              [[allow]] entry and a reason.",
    },
    About {
        code: Code::NearCopy,
        name: "near-copy",
        level: Level::Deny,
        what: "the same report, edited, reworded or updated",
        why: "Given to copies of the relations `edited`, `reworded` and `update`. Comparing by long runs of words misses \
              most reworded ones. --min-confidence and --threshold decide which pairs count.",
        fix: "Look at both with `wirecopy compare`; delete one, or accept them with --update-baseline, or with an \
              [[allow]] entry and a reason.",
    },
    About {
        code: Code::PublishedBefore,
        name: "published-before",
        level: Level::Deny,
        what: "an article is a copy of one that was published before",
        why: "Given under --against to articles that are copies, of any relation, of articles in that index. An article \
              is not held against the one with its own id. Those of the index belong to no group of the corpus and count \
              in no limit.",
        fix: "Leave the new article out, which `wirecopy clean --against` does, or accept it with --update-baseline, or \
              with an [[allow]] entry and a reason.",
    },
    About {
        code: Code::Excerpt,
        name: "excerpt",
        level: Level::Warn,
        what: "a cut-down piece of another article",
        why: "Given to copies of the relation `excerpt`: the shorter text stands in one about twice as long or longer. \
              Briefs and teasers are such; a corpus that must not repeat itself wants none.",
        fix: "Keep the longer one. Where teasers are meant to be there, an [[allow]] entry for their outlet says so.",
    },
    About {
        code: Code::SharedPassage,
        name: "shared-passage",
        level: Level::Allow,
        what: "a substantial block in common, the rest written independently",
        why: "Given to pairs of the relation `shared-passage`: a statement or background paragraphs inside two reports \
              that are each their own. Usual in news, and so allowed unless you say otherwise.",
        fix: "Nothing, as a rule. `wirecopy compare` shows the passage.",
    },
    About {
        code: Code::DuplicateId,
        name: "duplicate-id",
        level: Level::Deny,
        what: "several articles have one id",
        why: "Ids are how results are joined to articles. With one id for two, labels, splits and deletions hit the wrong \
              one. Also given where articles have no id and share their address.",
        fix: "Give each its own id, or name the field that holds the right one with --id-field.",
    },
    About {
        code: Code::SelfRepeat,
        name: "self-repeat",
        level: Level::Warn,
        what: "an article says a passage of its own twice",
        why: repeat::RULE,
        fix: "Look at what wrote the text: the extraction of a page often takes its body twice, once for print.",
    },
    About {
        code: Code::LooseGroup,
        name: "loose-group",
        level: Level::Warn,
        what: "a group hangs together poorly",
        why: loose::RULE,
        fix: "Look at the weakest pair with `wirecopy compare`. A higher --min-confidence or a --threshold parts such \
              groups.",
    },
    About {
        code: Code::BadRecord,
        name: "bad-record",
        level: Level::Warn,
        what: "a record could not be used",
        why: "Not valid JSON, not UTF-8, or without a text: the record was not compared with anything. `wirecopy explain` \
              knows each reason by its name.",
        fix: "Mend or delete the record. Where many lack a text, name the right field with --text-field.",
    },
    About {
        code: Code::NotJudged,
        name: "not-judged",
        level: Level::Allow,
        what: "an article is too short to be compared for more than equality",
        why: "Fewer words than --min-words, or fewer than 8 different runs of three. So little text recurs by chance.",
        fix: "Nothing, as a rule. A corpus of headlines can lower --min-words.",
    },
    About {
        code: Code::StaleEntry,
        name: "stale-entry",
        level: Level::Warn,
        what: "an entry of the baseline or the configuration matches nothing",
        why: "Accepted copies that are gone, an [[allow]] entry that excuses nothing, a split without an article. What is \
              left standing would excuse the same copies when they come back.",
        fix: "Bring the baseline up to date with --update-baseline; take the entry out of the configuration.",
    },
];

impl Code {
    /// All that is to be told of it.
    pub fn about(self) -> &'static About {
        // The table is in the order of the codes, which a test holds.
        &TABLE[self as usize]
    }

    /// Its name, as it is typed and printed.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// The code of this name.
    pub fn named(name: &str) -> Option<Code> {
        TABLE.iter().find(|about| about.name == name).map(|about| about.code)
    }

    /// Every code, in the order of the table.
    pub fn all() -> impl Iterator<Item = Code> {
        TABLE.iter().map(|about| about.code)
    }
}

/// The level of every code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels([Level; TABLE.len()]);

impl Default for Levels {
    fn default() -> Self {
        let mut levels = [Level::Allow; TABLE.len()];
        TABLE.iter().for_each(|about| levels[about.code as usize] = about.level);
        Levels(levels)
    }
}

impl Levels {
    /// The level of a code.
    pub fn of(&self, code: Code) -> Level {
        self.0[code as usize]
    }

    /// Sets the level of a code.
    pub fn set(&mut self, code: Code, level: Level) {
        self.0[code as usize] = level;
    }

    /// True if findings of this code are told.
    pub fn tells(&self, code: Code) -> bool {
        self.of(code) > Level::Allow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_codes_and_names_are_their_own() {
        for (place, about) in TABLE.iter().enumerate() {
            assert_eq!(about.code as usize, place, "{}", about.name);
            assert_eq!(Code::named(about.name), Some(about.code));
            assert_eq!(about.name, about.name.to_lowercase().replace('_', "-"));
            assert!(about.what.len() < 80 && about.why.len() > 60 && about.fix.len() > 30);
        }
        assert_eq!(Code::named("near"), None);
    }

    /// The levels that teams rely on: a change here breaks their builds, or lets copies in.
    #[test]
    fn usual_levels() {
        let levels = Levels::default();
        let of = |level| {
            let names = Code::all().filter(|&code| levels.of(code) == level).map(Code::name);
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            of(Level::Deny),
            "split-leak joined-known-group exact-copy near-copy published-before duplicate-id"
        );
        assert_eq!(of(Level::Warn), "excerpt self-repeat loose-group bad-record stale-entry");
        assert_eq!(of(Level::Allow), "shared-passage not-judged");
    }
}
