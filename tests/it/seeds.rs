//! The five reports that the project is measured by: one is a reworded copy, three tell the same war independently.

use crate::example;
use crate::program::{skipped, wirecopy};

const ORIGINAL: &str = "000_37c57afadfc00539";
const COPY: &str = "001_6ac94ade45329e36";

#[test]
fn the_reworded_copy_is_found_and_the_independent_reports_are_left_alone() {
    let folder = example::root().join("../shared/seeds");
    if !folder.is_dir() {
        return skipped(&format!("{} is not there", folder.display()));
    }
    let said = wirecopy(["scan", "--format", "json", "--pairs", folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{}", said.err);

    let groups = said.of_type("group");
    assert_eq!(groups.len(), 1, "{}", said.out);
    let members = groups[0]["members"].as_array().unwrap();
    let mut ids: Vec<&str> = members.iter().filter_map(|member| member["id"].as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [ORIGINAL, COPY]);
    let copy = members.iter().find(|member| member["role"] == "copy").unwrap();
    assert!(copy["relation"] == "reworded" || copy["relation"] == "edited", "{copy}");

    for pair in said.of_type("pair").iter().filter(|pair| pair["relation"] != "shared-passage") {
        assert_eq!((&pair["a"], &pair["b"]), (&ORIGINAL.into(), &COPY.into()), "{pair}");
    }
}
