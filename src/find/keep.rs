//! Which member of a group is kept, and the rule that decided.

use crate::article::Article;
use crate::config::{Keep, KeepRule};

/// Said when no rule decides: the smallest content fingerprint, then the smallest id.
pub const TIE: &str = "tie";

/// The kept one of `members` (indices in canonical order, at least one) and the name of the rule that decided.
///
/// Each rule leaves those members that fit it best; the first to leave one decides. Input order matters for
/// [`KeepRule::First`] only.
pub fn choose<'a>(
    members: &[u32],
    article: impl Fn(u32) -> &'a Article,
    words: impl Fn(u32) -> u32,
    keep: &Keep,
) -> (u32, &'static str) {
    let mut left = members.to_vec();
    for rule in &keep.0 {
        match rule {
            KeepRule::Earliest => {
                best(&mut left, |m| article(m).date.map_or((1, 0), |date| (0, date.seconds)))
            }
            KeepRule::Longest => best(&mut left, |m| std::cmp::Reverse(words(m))),
            KeepRule::Prefer(sources) => best(&mut left, |m| {
                let source = article(m).source.as_deref().unwrap_or("");
                sources.iter().position(|wanted| wanted == source).unwrap_or(sources.len())
            }),
            KeepRule::First => best(&mut left, |m| article(m).position),
        }
        if let [only] = left[..] {
            return (only, rule.name());
        }
    }
    (left.first().copied().unwrap_or(0), TIE)
}

/// Leaves the members with the smallest key.
fn best<K: Ord>(left: &mut Vec<u32>, key: impl Fn(u32) -> K) {
    if let Some(least) = left.iter().map(|&m| key(m)).min() {
        left.retain(|&m| key(m) == least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Date;

    fn article(day: Option<i64>, source: &str, position: u64) -> Article {
        Article {
            date: day.map(|seconds| Date { seconds, day_only: false }),
            source: Some(source.to_owned()),
            position,
            ..Article::default()
        }
    }

    #[test]
    fn the_first_rule_that_decides_wins() {
        let articles = [article(None, "a", 2), article(Some(5), "b", 1), article(Some(5), "c", 0)];
        let words = |m: u32| [10, 20, 30][m as usize];
        let kept =
            |keep: Vec<KeepRule>| choose(&[0, 1, 2], |m| &articles[m as usize], words, &Keep(keep));
        assert_eq!(kept(vec![KeepRule::Earliest, KeepRule::Longest]), (2, "longest"));
        assert_eq!(kept(vec![KeepRule::Earliest]), (1, TIE));
        assert_eq!(kept(vec![KeepRule::First]), (2, "first"));
        let prefer = KeepRule::Prefer(vec!["x".into(), "a".into()]);
        assert_eq!(kept(vec![prefer, KeepRule::Earliest]), (0, "preferred source"));
        assert_eq!(kept(vec![]), (0, TIE));
    }
}
