//! `explain`: what a word or a number of the output means, how likely pairs are found, why a group is one.

use std::path::PathBuf;

use clap::ColorChoice;
use wirecopy::Error;
use wirecopy::report::explain::{self, CURVE, Sort, curve, formats, group};
use wirecopy::settings::values::share;

use crate::cli::exit::Exit;
use crate::cli::scan::{color, colored_stdout, prose_width, write_stdout};

/// Explain a word or number of the output, what is read, the curve of the search, or a group of a run
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = topics())]
pub(crate) struct ExplainArgs {
    /// A name of the output, or the id of a group with --run; without it, all topics are listed
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
    /// JSON report of the run that the group is from
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// For recall and threshold: how likely a pair of this Jaccard similarity is looked at
    #[arg(long, value_name = "SHARE", value_parser = share)]
    jaccard: Option<f64>,
    /// For recall and threshold: articles of so many words
    #[arg(long, value_name = "WORDS", default_value_t = curve::USUAL_WORDS)]
    words: u32,
    /// When to use colors
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

/// The topics by sort, from the table of pages.
fn topics() -> String {
    let mut text = String::from("Topics:\n");
    for (sort, heading) in Sort::ALL {
        text.push_str(&format!("  {heading}:\n"));
        let names = explain::pages().filter(|page| page.sort == *sort).map(|page| page.name);
        for line in names.collect::<Vec<_>>().chunks(6) {
            text.push_str(&format!("    {}\n", line.join(", ")));
        }
    }
    text + "\nExamples:
  wirecopy explain reworded
  wirecopy explain recall --jaccard 0.3
  wirecopy scan --format json --pairs -o run.jsonl dump.jsonl
  wirecopy explain w8f2k0c91aq --run run.jsonl"
}

/// Runs the command.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    color(args.color).write_global();
    let colored = args.color == ColorChoice::Always || colored_stdout();
    let width = prose_width();
    let Some(topic) = &args.topic else {
        if args.run.is_some() {
            return Err(Error::new("no group is named")
                .with_hint("the id of a group of the run")
                .into());
        }
        write_stdout(true, |out| explain::list(colored, width, out))?;
        return Ok(Exit::Done);
    };
    if let Some(run) = &args.run {
        let explained = group::find(run, topic)?;
        write_stdout(true, |out| group::render(&explained, colored, width, out))?;
    } else if CURVE.contains(&topic.as_str()) {
        write_stdout(true, |out| curve::render(args.jaccard, args.words, colored, width, out))?;
    } else if topic == formats::FORMATS {
        write_stdout(true, |out| formats::render(colored, width, out))?;
    } else if explain::page(topic).is_some() {
        write_stdout(true, |out| {
            explain::pages_of(topic).enumerate().try_for_each(|(at, page)| {
                if at > 0 {
                    writeln!(out)?;
                }
                explain::render(page, colored, width, out)
            })
        })?;
    } else {
        return Err(unknown(topic).into());
    }
    Ok(Exit::Done)
}

fn unknown(topic: &str) -> Error {
    let is_group = topic.len() == 11 && topic.starts_with('w');
    if is_group {
        let error = Error::new(format!("{topic} is the id of a group, and no run is named"));
        return error.with_hint(format!("wirecopy explain {topic} --run run.jsonl"));
    }
    let near = explain::suggestions(topic);
    let error = Error::new(format!("nothing is known about {topic:?}"));
    match near.first() {
        Some(_) => error.with_hint(near.join(", ")),
        None => error.with_hint("wirecopy explain, which lists all topics"),
    }
}
