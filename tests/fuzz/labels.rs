//! Any file of labels is understood or refused with a place, and what is understood is the same when written down again.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use wirecopy::judge::labels::{Form, Label, parse};

/// Ids may begin with what begins a comment: a space in front keeps them from it, and is no part of them.
fn written(form: &Form) -> String {
    match form {
        Form::Pairs(pairs) => pairs
            .iter()
            .map(|pair| {
                let label = match pair.label {
                    Label::Copy => "1",
                    Label::Other => "0",
                    Label::Grey => "grey",
                };
                format!(" {}\t{}\t{label}\t{}\n", pair.a, pair.b, pair.kind)
            })
            .collect(),
        Form::Clusters(members) => {
            members.iter().map(|(id, cluster)| format!(" {id}\t{cluster}\n")).collect()
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("a.tsv");
    match parse("a", path, bytes) {
        Ok(labels) => {
            let again = parse("a", path, written(&labels.form).as_bytes());
            assert_eq!(again.expect("what was understood is"), labels);
        }
        Err(error) => {
            let message = error.to_string();
            assert!(
                message.starts_with("a.tsv") && !message.contains(char::is_control),
                "{message:?}"
            );
            assert!(error.hint().is_some());
        }
    }
});
