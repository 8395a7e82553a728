// Why a pair counts: every value that was looked at, in words.

// What a value of evidence says, in words. A share comes in thousandths.
const EVIDENCE = {
  containment: share =>
    `${percent(share)} of the rarer three-word runs of the article that has fewer stand in the other.`,
  unquoted: share => `Outside of quotation marks, ${percent(share)} of the shorter text stands in the other.`,
  quoted: share =>
    share
      ? `${percent(share)} of the copied words are quotations, which independent reports share too.`
      : "None of the copied words are quotations.",
  exclusive: share =>
    share >= 900
      ? "Hardly any other article has what these two share."
      : `What they share stands in other articles too (${percent(share)} exclusive).`,
  rare_words: share => `${percent(share)} of the rare words of the article that has fewer stand in the other.`,
  rare_order: share => `${percent(share)} of the rare words follow each other in the same order.`,
  verbatim: share => `${percent(share)} of the shorter text is copied in runs of five words and more.`,
  moved: share =>
    share ? `${percent(share)} of the shorter text stands at another place of the other.` : "Nothing was moved.",
  longest_run: share => `The longest run of equal words is ${percent(share)} of the shorter text.`,
  spread: share => `The copied words are spread over ${Math.round(share / 100)} of 10 parts of the shorter text.`,
  thinnest_third: share => `Of its beginning, middle and end, the least copied is copied to ${percent(share)}.`,
  interior: share =>
    `Between the first and the last copied word, so many words were put in or left out: ${percent(share)} of the shorter text.`,
  holes: share =>
    share
      ? `${percent(share)} of the shorter text are whole sentences of its own.`
      : "No whole sentence of the shorter text is its own.",
  numbers: share => `${percent(share)} of the numbers of the shorter text stand in the other.`,
  number_conflicts: share =>
    share
      ? `Where the words around agree, ${percent(share)} of the numbers differ.`
      : "Where the words around agree, the numbers do too.",
  name_conflicts: share =>
    share
      ? `Where the words around agree, ${percent(share)} of the capitalized words differ.`
      : "Where the words around agree, the names do too.",
  length_ratio: share => `The shorter text is ${percent(share)} as long as the longer.`,
  boilerplate: share =>
    share
      ? `${percent(share)} of the shorter article is boilerplate, and is not counted.`
      : "No boilerplate was left out.",
  texture: share => `${percent(share)} of the copied words stand in runs of five words and more.`,
  concentration: share => `The longest run of equal words holds ${percent(share)} of the copied words.`,
  title: share => `${percent(share)} of the words of the shorter headline stand in the other.`,
};

// What a reader asks first; the rest can be unfolded.
const TOLD_FIRST = ["verbatim", "moved", "spread", "exclusive", "number_conflicts", "boilerplate"];

function why(pair) {
  if (!pair.relation) {
    return el(
      "section",
      { class: "why" },
      el("h2", {}, "Why it counts"),
      el(
        "p",
        {},
        "These two were not taken for copies of each other: each is in the group by another member. See the pairs above.",
      ),
    );
  }
  const values = new Map(
    run.evidence.map((name, at) => [name, pair.evidence[at]]).filter(([, value]) => value !== undefined),
  );
  // A value that this page has no words for stands in the table by its name alone.
  const told = name => EVIDENCE[name]?.(values.get(name)) ?? "";
  const grouped = pair.confidence >= run.min_confidence * 1000;
  return el(
    "section",
    { class: "why" },
    el("h2", {}, grouped ? "Why it counts" : "Why it does not count"),
    el(
      "p",
      {},
      `Of the ${count(pair.words, "word", "words")} of the shorter text, ${percent(pair.similarity)} stand in the other in the same order. `,
      ...TOLD_FIRST.filter(name => values.has(name)).map(name => told(name) + " "),
    ),
    el(
      "p",
      {},
      `By all of this the pair is a copy with a probability of ${grouped ? percent(pair.confidence) : percentBelow(pair.confidence)}`,
      grouped ? ", and its kind is " : `; it takes ${percent(run.min_confidence * 1000)}. Its kind is `,
      el("b", {}, pair.relation),
      ".",
    ),
    el(
      "details",
      {},
      el("summary", {}, "Every value"),
      el(
        "div",
        { class: "scroll" },
        el(
          "table",
          { class: "evidence" },
          el(
            "tbody",
            {},
            ...[...values].map(([name, value]) =>
              el(
                "tr",
                {},
                el("th", { scope: "row" }, name),
                el("td", {}, (value / 1000).toFixed(3)),
                el("td", { class: "told" }, told(name)),
              ),
            ),
            el(
              "tr",
              {},
              el("th", { scope: "row" }, "jaccard"),
              el("td", {}, (pair.jaccard / 1000).toFixed(3)),
              el("td", { class: "told" }, "Three-word runs of both over those of either."),
            ),
          ),
        ),
      ),
    ),
  );
}

