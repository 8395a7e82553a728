//! Which names were probably meant: for messages about an id or a topic that does not exist.
//!
//! Jaro-Winkler similarity, which forgives typing errors and likes equal beginnings, as ids of one outlet have them. All
//! names are looked at: about a microsecond each for short names, tens of them for addresses.

/// Less alike than this is no help.
const LEAST: f64 = 0.7;

/// Up to `most` of the names, the likeliest first; none if none is like it.
pub fn nearest<'a>(
    name: &str,
    names: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let score = |other: &str| {
        let other = other.to_lowercase();
        let holds = !wanted.is_empty() && (other.contains(&wanted) || wanted.contains(&other));
        strsim::jaro_winkler(&wanted, &other).max(if holds { LEAST } else { 0.0 })
    };
    let mut scored: Vec<(f64, &str)> =
        names.into_iter().map(|other| (score(other), other)).collect();
    scored.retain(|(score, other)| *score >= LEAST && !other.is_empty());
    scored.sort_by(|(x, x_name), (y, y_name)| y.total_cmp(x).then(x_name.cmp(y_name)));
    scored.dedup_by(|x, y| x.1 == y.1);
    scored.into_iter().take(most).map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_come_first() {
        let names = ["northwire-12", "northwire-02", "harbor-post-02", "northwire-02"];
        assert_eq!(nearest("northwire-2", names, 2), ["northwire-02", "northwire-12"]);
        assert_eq!(nearest("rewroded", ["independent", "reworded", ""], 3), ["reworded"]);
        assert_eq!(nearest("02", names, 1), ["harbor-post-02"], "a part of it will do");
        assert!(nearest("", ["a"], 3).is_empty() && nearest("zzz", names, 3).is_empty());
    }
}
