// The front page: a headline, what kinds of copies there are, and four figures that can be read without their colors.

function drawFront() {
  const seen = run.overview;
  byId("headline").textContent = seen.copies
    ? `${number(seen.copies)} of ${count(seen.articles, "article", "articles")} ${seen.copies === 1 ? "is a copy" : "are copies"}`
    : `No copies among ${count(seen.articles, "article", "articles")}`;
  const kinds = seen.relations.flatMap(([relation, copies], at) => [
    at ? ", " : " ",
    el(
      "button",
      {
        type: "button",
        class: "plain",
        title: `Show the groups with a copy that is ${relation}`,
        onclick: () => only("relation", relation),
      },
      `${number(copies)} ${relation}`,
    ),
  ]);
  const where = [
    `${percentOf(seen.copies, seen.articles)} of what was read`,
    seen.sources > 1 ? `from ${count(seen.sources, "outlet", "outlets")}` : "",
    `in ${count(seen.groups, "group", "groups")}, the largest of ${count(seen.largest, "article", "articles")}`,
  ]
    .filter(Boolean)
    .join(", ");
  byId("deck").append(
    ...(seen.copies ? [where + ":", ...kinds, "."] : ["Nothing was found that is a copy of anything else."]),
  );
  const { texts, groups } = run.left_out;
  if (texts || groups) {
    byId("left-out").hidden = false;
    byId("left-out").textContent = [
      texts
        ? `To keep this page at a size that opens at once, ${count(texts, "smaller group is", "smaller groups are")} listed without their texts.`
        : "",
      groups
        ? `${count(groups, "group is", "groups are")} not listed at all; the figures below count every group.`
        : "",
    ]
      .filter(Boolean)
      .join(" ");
  }
  const figures = [similarity(seen), flows(seen), delays(seen), sizes(seen)].filter(Boolean);
  byId("figures").dataset.count = figures.length;
  byId("figures").append(...(seen.groups || seen.near_misses ? figures : []));
  byId("about").append(about());
}

function only(field, value) {
  byId("controls").reset();
  byId(field).value = value;
  list.apply();
  byId("groups").scrollIntoView();
}

const figure = (title, note, ...body) =>
  el("figure", {}, el("h2", { class: "figure-title" }, title), ...body, el("figcaption", {}, ...[note].flat()));

// Copies by similarity as full bars, and on them the pairs that were nearly taken, as hollow ones.
function similarity(seen) {
  const wide = 400,
    high = 130,
    bins = seen.similarity.length,
    step = wide / bins;
  const most = Math.max(1, ...seen.similarity.map((copies, at) => copies + seen.near_by_similarity[at]));
  // By the square root, so that few are seen beside many.
  const up = value => (value ? Math.max(2, Math.sqrt(value / most) * high) : 0);
  const shown = svg("svg", {
    viewBox: `-1 -14 ${wide + 2} ${high + 34}`,
    role: "img",
    "aria-label":
      "Copies by similarity: " +
      seen.similarity
        .map((copies, at) => (copies ? `${at * 5} to ${at * 5 + 5} percent: ${copies}` : ""))
        .filter(Boolean)
        .join("; "),
  });
  for (let at = 0; at < bins; at++) {
    const copies = seen.similarity[at],
      near = seen.near_by_similarity[at];
    const tops = [up(copies), near ? Math.max(up(copies) + 3, up(copies + near)) : 0];
    const told = svg(
      "title",
      {},
      `${at * 5} to ${at * 5 + 5} %: ${count(copies, "copy", "copies")}, ${count(near, "near miss", "near misses")}`,
    );
    const x = at * step + 1.5,
      width = step - 3;
    shown.append(
      svg(
        "g",
        {},
        told,
        near ? svg("rect", { class: "hollow", x, y: high - tops[1], width, height: tops[1] - tops[0] }) : "",
        copies ? svg("rect", { class: "full", x, y: high - tops[0], width, height: tops[0] }) : "",
        copies && copies === Math.max(...seen.similarity)
          ? svg(
              "text",
              { x: x + width / 2, y: high - Math.max(...tops) - 4, "text-anchor": at > bins - 3 ? "end" : "middle" },
              number(copies),
            )
          : "",
      ),
    );
  }
  shown.append(svg("line", { class: "axis", x1: 0, x2: wide, y1: high, y2: high }));
  for (const [share, anchor] of [
    [0, "start"],
    [25, "middle"],
    [50, "middle"],
    [75, "middle"],
    [100, "end"],
  ]) {
    shown.append(
      svg("text", { class: "soft", x: (share / 100) * wide, y: high + 15, "text-anchor": anchor }, share + " %"),
    );
  }
  const note = ["Full bars: copies, by the share of the shorter text that stands in the other. "];
  if (seen.near_misses) {
    note.push(
      "Hollow bars: ",
      data.near.length
        ? el("a", { href: "#near" }, count(seen.near_misses, "near miss", "near misses"))
        : count(seen.near_misses, "near miss", "near misses"),
      ", pairs that came close to being taken for copies and were not. ",
    );
  }
  return figure("How alike are the copies?", [...note, "Heights grow with the square root."], shown);
}

// From the outlet that was first to those that came later.
function flows(seen) {
  const { outlets, others, counts } = seen.flows;
  // Without dates, all that is known is which article was kept.
  const dated = seen.same_day || seen.delays.some(([, copies]) => copies);
  if (!outlets.length) return null;
  const total = counts.flat().reduce((sum, copies) => sum + copies, 0);
  if (outlets.length === 1) {
    return figure(
      dated ? "Who copies whom" : "Who has copies of whom",
      "Outlets are known from the input.",
      el("p", {}, `All ${count(total, "copy", "copies")} stay inside of one outlet, `, piece(outlets[0]), "."),
    );
  }
  const most = Math.max(...counts.flat());
  const names = [...outlets, ...(others ? [`${number(others)} others`] : [])];
  const head = el(
    "tr",
    {},
    el("th", { scope: "col", class: "corner" }, dated ? "first ↓ then →" : "kept ↓ copy →"),
    ...names.map((outlet, at) => el("th", { scope: "col" }, el("abbr", { title: line(outlet) }, String(at + 1)))),
  );
  const body = names.map((from, row) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        el("span", { class: "place" }, `${row + 1} `),
        row < outlets.length
          ? el(
              "button",
              {
                type: "button",
                class: "plain",
                title: "Show the groups with this outlet",
                onclick: () => only("source", line(from)),
              },
              piece(from),
            )
          : from,
      ),
      ...counts[row].map((copies, column) => {
        const cell = el(
          "td",
          { title: copies ? `${line(from)}, then ${line(names[column])}: ${number(copies)}` : null },
          copies ? number(copies) : "·",
        );
        cell.style.setProperty("--share", `${Math.round(Math.sqrt(copies / most) * 55)}%`);
        return cell;
      }),
    ),
  );
  return figure(
    dated ? "Who copies whom" : "Who has copies of whom",
    (dated
      ? "Rows published first, columns later: so many copies."
      : "No dates are known: rows have the kept article, columns its copies.") +
      " The numbers of the columns are those of the rows.",
    el("div", { class: "scroll" }, el("table", { class: "flows" }, el("thead", {}, head), el("tbody", {}, ...body))),
  );
}

function bars(rows, unit) {
  const most = Math.max(1, ...rows.map(([, value]) => value));
  return el(
    "table",
    { class: "bars" },
    el(
      "tbody",
      {},
      ...rows.map(([label, value]) => {
        const bar = el("span", { class: "bar" });
        bar.style.width = `${(value / most) * 100}%`;
        return el(
          "tr",
          {},
          el("th", { scope: "row" }, label),
          el("td", { class: "track" }, value ? bar : ""),
          el("td", { class: "value" }, number(value), el("span", { class: "unseen" }, " " + unit)),
        );
      }),
    ),
  );
}

function delays(seen) {
  const rows = [
    ...(seen.same_day ? [["same day", seen.same_day]] : []),
    ...seen.delays.map(([label, value]) => [label === "longer" ? label : "up to " + label, value]),
  ];
  const last = rows.findLastIndex(([, value]) => value);
  if (last < 0) return null;
  const note =
    "Copies by the time that passed since the first article of their group." +
    (seen.undated ? ` ${count(seen.undated, "copy has", "copies have")} no date to compare.` : "");
  return figure("How soon after the first?", note, bars(rows.slice(0, last + 1), "copies"));
}

function sizes(seen) {
  const last = seen.sizes.findLastIndex(([, value]) => value);
  return last < 0
    ? null
    : figure(
        "How large are the groups?",
        "Groups by their number of articles.",
        bars(seen.sizes.slice(0, last + 1), "groups"),
      );
}

function about() {
  const fact = (term, ...told) => [el("dt", {}, term), el("dd", {}, ...told)];
  const fields = Object.entries(run.fields)
    .map(([part, field]) => `${part} = ${line(field)}`)
    .join(", ");
  const lost = run.problems.map(([place, kind, detail]) => el("li", {}, piece(place), ` ${kind}: `, piece(detail)));
  return el(
    "dl",
    {},
    ...fact("Program", `wirecopy ${run.version}`),
    ...fact(
      "Settings",
      ...run.settings.flatMap(([setting, value], at) => [at ? ", " : "", `${setting} `, piece(value)]),
    ),
    ...(fields ? fact("Fields", fields) : []),
    ...(run.overview.not_judged
      ? fact(
          "Too short",
          `${count(run.overview.not_judged, "article was", "articles were")} compared for exact copies only`,
        )
      : []),
    ...(run.failures.length
      ? fact("Not read", el("ul", {}, ...run.failures.map(failure => el("li", {}, piece(failure)))))
      : []),
    ...(lost.length ? fact(count(run.bad_records, "record lost", "records lost"), el("ul", {}, ...lost)) : []),
    ...fact(
      "Similarity",
      "The share of the shorter article’s words that stand in the other, in the same order, boilerplate not counted.",
    ),
    ...fact("Copy", "The page says which texts share their words, not who had the right to them."),
  );
}
