//! A report and the same report rewritten throughout: found by a deep search only, and nothing else with it.

use wirecopy::article::Article;
use wirecopy::config::Config;
use wirecopy::find::Relation;
use wirecopy::scan::{Outcome, Scan};

use crate::example;

const REPORT: &str = "The dredger Aldous Wren has been refloated off Tarn Head after eleven days on the Sallow Bank, \
    the harbor master Ines Kolbe said on Thursday. Two tugs from Marrick pulled the ship free at the top of the spring \
    tide, shortly before four in the morning, once divers had welded a patch over a split in a ballast tank. None of the \
    fourteen crew was hurt. The Aldous Wren was carrying gravel for the new breakwater at Fennport when her steering \
    failed on the eighth of March. The insurer, Gaunt and Oakley, will pay for the salvage, which Kolbe put at two \
    million crowns. Fishermen from Tarn Head complained that the channel had been closed for a week and a half. Their \
    spokesman, Piet Harrow, asked the county for compensation. An inquiry led by the coastguard officer Della Voss will \
    look into why the alarm was raised only after ninety minutes. The ship is to be towed to the yard at Marrick, where \
    repairs will take until the middle of June. Work on the breakwater stops until then.";

/// Every sentence in other words; names, figures and their order kept.
const REWRITTEN: &str = "A dredging vessel, Aldous Wren, floats again near Tarn Head: eleven days aground at Sallow Bank \
    ended Thursday, according to Ines Kolbe, who runs the port. Before dawn, with the highest water of the month, a pair \
    of Marrick tugboats dragged her loose; earlier, a cracked ballast compartment had been sealed by divers. All fourteen \
    sailors escaped injury. Gravel meant for Fennport's breakwater filled the hold of the Aldous Wren on March eighth, \
    the day that her rudder quit. Recovery costs, about two million crowns by Kolbe's reckoning, fall to Gaunt and \
    Oakley, her underwriters. With shipping lanes shut for so long, skippers at Tarn Head grumbled, and Piet Harrow, who \
    speaks for them, wants money from county hall. Della Voss of the coastguard heads an investigation of a ninety \
    minute delay before anyone called for help. Next stop is Marrick, whose shipyard expects to need until mid June; \
    meanwhile nobody builds at the breakwater.";

/// Another report of the same event.
const SAME_EVENT: &str = "Piet Harrow stood on the quay at Tarn Head this week and counted empty fish boxes. For the \
    small boats here the grounding of the Aldous Wren meant days without income, and many have not paid for their fuel. \
    We were told nothing, he says, not by the harbor office, not by the coastguard. His brother sold his nets in Marrick. \
    The county has promised an answer by summer. Della Voss, an officer of thirty years who has chaired three inquiries, \
    says that she will listen to everyone, the fishermen first. In the bars of the town people talk of little else than \
    Sallow Bank, which has moved two hundred meters since the charts were drawn, and of a lighthouse switched off.";

fn outcome(deep: bool) -> Outcome {
    let mut config = Config::default();
    config.matching.deep = deep;
    let mut scan = Scan::new(config);
    scan.read(&[example::folder()], &()).unwrap();
    for (id, text) in [("report", REPORT), ("rewritten", REWRITTEN), ("event", SAME_EVENT)] {
        scan.push(Article::new(id, text));
    }
    scan.finish(&()).unwrap()
}

fn groups(outcome: &Outcome) -> Vec<Vec<&str>> {
    let id = |article: u32| outcome.articles[article as usize].id.as_str();
    let ids = |group: &wirecopy::find::Group| {
        let mut ids: Vec<&str> = group.members.iter().map(|member| id(member.article)).collect();
        ids.sort_unstable();
        ids
    };
    outcome.groups.iter().map(ids).collect()
}

#[test]
fn a_deep_search_finds_it_and_changes_no_other_group() {
    let (plain, deep) = (outcome(false), outcome(true));
    let (mut expected, found) = (groups(&plain), groups(&deep));
    assert!(!expected.iter().flatten().any(|id| ["report", "rewritten", "event"].contains(id)));
    expected.push(vec!["report", "rewritten"]);
    expected.sort();
    let mut found_sorted = found.clone();
    found_sorted.sort();
    assert_eq!(found_sorted, expected);
    let group = deep.groups.iter().find(|group| {
        group.members.iter().any(|member| deep.articles[member.article as usize].id == "report")
    });
    let link = group.and_then(|group| group.members[1].link.as_ref()).unwrap();
    assert_eq!(link.relation, Relation::Reworded);
    assert!(link.similarity < 0.5, "hardly any words are left in place: {}", link.similarity);
}
