//! Groups that hang together poorly: the cut below which a group is doubtful to readers, and how it is told.

use crate::find::Group;

/// A link of less similarity makes a group doubtful.
pub const WEAKEST: f64 = 0.4;

/// With a smaller share of its pairs accepted as copies, a group is doubtful.
pub const DENSITY: f64 = 0.5;

/// The rule in words.
pub(super) const RULE: &str = "Given to a group with a link of less than 40 % similarity, or of which fewer than half of the pairs are copies by \
    themselves: two stories that a third borrows from can look so. See: weakest, density.";

/// True if a group is doubtful.
pub fn is_loose(group: &Group) -> bool {
    group.weakest < WEAKEST || group.density < DENSITY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_state_the_cuts() {
        assert!(RULE.contains(&format!("less than {:.0} %", WEAKEST * 100.0)));
        assert!(RULE.contains("fewer than half") && DENSITY == 0.5);
    }
}
