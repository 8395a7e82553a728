// One group: its members by date and what each covers of the kept text, its pairs, and two of its texts.

// How much of the kept text a member covers, and where: equal words at full height, changed ones half as high, moved ones low.
function coverage(pair, kept, of) {
  const length = Math.max(1, kept.length);
  const shown = svg("svg", {
    class: runsFromTheRight(kept) ? "coverage rtl" : "coverage",
    viewBox: "0 0 1000 12",
    preserveAspectRatio: "none",
    role: "img",
  });
  const draw = (form, from, to, high) =>
    shown.append(
      svg("rect", {
        class: form,
        x: ((from / length) * 1000).toFixed(1),
        width: Math.max(1, ((to - from) / length) * 1000).toFixed(1),
        y: 12 - high,
        height: high,
      }),
    );
  let covered = 0;
  for (const one of pair.passages) {
    if (one.form > MOVED) continue;
    const [from, to] = one.at[0];
    covered += to - from;
    if (one.form === REWORDED) {
      draw("reworded", from, to, 6);
      one.runs[0].forEach(([from, to]) => draw("verbatim", from, to, 12));
    } else {
      draw(FORMS[one.form], from, to, one.form === MOVED ? 3 : 12);
    }
  }
  shown.setAttribute("aria-label", `covers ${Math.min(100, Math.round((covered / length) * 100))} % of ${of}`);
  return shown;
}

// Draws one group, or one near miss, into its place.
class GroupPage {
  constructor(place, bundle, options) {
    this.place = place;
    this.bundle = bundle;
    this.near = options.near;
    this.body = bodyOf(bundle);
    this.whole = this.body !== null;
    this.buttons = new Map();
    this.beside = el("div", {});
    const { members } = bundle;
    place.replaceChildren(
      el("nav", { class: "steps", "aria-label": "Groups" }, ...options.steps),
      el("h1", { dir: "auto" }, line(members[0].title) || "(no headline)"),
      el("p", { class: "deck" }, ...this.deck()),
      ...(this.near ? [] : [el("h2", {}, dates(bundle) ? "Members, by date" : "Members"), this.members()]),
      ...(this.whole
        ? [...(this.near ? [] : [this.pairs()]), this.beside]
        : [
            el(
              "p",
              { class: "notice" },
              "The texts of this group are left out to keep the page small. ",
              el("code", {}, `wirecopy compare ${line(members[0].id)} ${line(members[1].id)}`),
              " shows two of them.",
            ),
          ]),
    );
    // Opens on the pair that is doubted first.
    if (this.whole) this.show(this.weakest() ?? this.body.pairs[0]);
  }

  // The pair that holds a member, if any does.
  link(at) {
    const { of } = this.bundle.members[at];
    return this.body.pairs.find(({ a, b }) => (a === of && b === at) || (b === of && a === at));
  }

  // Of the pairs that hold members the least similar.
  weakest() {
    const links = this.bundle.members
      .map((member, at) => (member.of === undefined ? null : this.link(at)))
      .filter(pair => pair?.relation);
    return links.sort((x, y) => x.similarity - y.similarity)[0];
  }

  deck() {
    const { bundle, near } = this;
    if (near) {
      return [
        piece(name(bundle.members[0])),
        " and ",
        piece(name(bundle.members[1])),
        `: ${percent(bundle.weakest)} alike, ${bundle.members[1].relation}. Not taken for copies: the probability is ${percentBelow(bundle.confidence)}, and it takes ${percent(run.min_confidence * 1000)}.`,
      ];
    }
    const from = outlets(bundle),
      when = dates(bundle);
    const told = [count(bundle.members.length, "article", "articles")];
    if (from.length) told.push(` from ${count(from.length, "outlet", "outlets")}`);
    if (when && when[1] > when[0]) told.push(` within ${span(when[1] - when[0], when[2])}`);
    told.push(`. The weakest link is ${percent(bundle.weakest)}`);
    if (bundle.density < 1000 && bundle.members.length > 2)
      told.push(`; ${percent(bundle.density)} of all pairs are copies by themselves`);
    return [...told, ". Group ", el("code", {}, bundle.id), "."];
  }

  members() {
    const { bundle } = this;
    const order = bundle.members
      .map((_, at) => at)
      .sort((x, y) => (bundle.members[x].date ?? Infinity) - (bundle.members[y].date ?? Infinity) || x - y);
    const first = bundle.members[order[0]];
    const kept = this.whole ? this.body.articles[0].text : "";
    const list = el("ol", { class: dates(bundle) ? "members" : "members undated" });
    const add = at => {
      const member = bundle.members[at];
      const pair = this.whole ? this.body.pairs.find(pair => pair.a === 0 && pair.b === at) : null;
      const link = this.whole && at ? this.link(at) : null;
      const later =
        member.date !== undefined && first.date !== undefined && member !== first ? member.date - first.date : null;
      const inside = [
        !dates(bundle)
          ? null
          : el(
              "span",
              { class: "when" },
              member.date === undefined ? "no date" : date(member.date, member.day),
              later === null ? "" : el("small", {}, (later ? "+ " : "") + span(later, member.day || first.day)),
            ),
        el(
          "span",
          { class: "who" },
          member.source ? el("b", {}, piece(member.source)) : "",
          el("small", {}, piece(member.id)),
        ),
        el(
          "span",
          { class: "how" },
          ...(at === 0
            ? [el("b", {}, "kept"), el("small", {}, bundle.why)]
            : [
                el("b", {}, member.relation ?? ""),
                el(
                  "small",
                  {},
                  member.similarity === undefined ? "" : percent(member.similarity),
                  member.of ? [" of ", line(bundle.members[member.of].id)].join("") : "",
                ),
              ]),
        ),
        at === 0 && kept
          ? el(
              "span",
              { class: "strip" },
              coverage({ passages: [{ form: VERBATIM, at: [[0, kept.length]] }] }, kept, "itself"),
            )
          : pair
            ? el("span", { class: "strip" }, coverage(pair, kept, "the kept text"))
            : el("span", {}),
      ];
      const button = link
        ? el(
            "button",
            { type: "button", class: "member", "aria-pressed": "false", onclick: () => this.show(link, true) },
            ...inside,
          )
        : el("div", { class: at ? "member" : "member kept" }, ...inside);
      if (link) this.buttons.set(at, [button, link]);
      list.append(el("li", {}, button));
    };
    // A group of thousands opens as fast as one of two.
    const more = el("button", {
      type: "button",
      onclick: () => {
        order.splice(0, 60).forEach(add);
        more.hidden = !order.length;
        more.textContent = `Show more of ${number(order.length)}`;
      },
    });
    more.click();
    const strips = this.whole
      ? el(
          "p",
          { class: "note" },
          "Choose a member to see it beside what it copies. The strip is the kept text from its beginning to its end: full where the copy has the same words, half as high where it changed the words between them, low where it moved them, and empty where it left them out.",
        )
      : "";
    return el("div", {}, list, more, strips);
  }

  pairs() {
    const { bundle } = this;
    const known = this.body.pairs.filter(pair => pair.relation).sort((x, y) => x.similarity - y.similarity);
    const weakest = this.weakest();
    const rows = known.map(pair =>
      el(
        "tr",
        {},
        el(
          "td",
          {},
          el(
            "button",
            { type: "button", class: "plain", onclick: () => this.show(pair, true) },
            piece(bundle.members[pair.a].id),
            " – ",
            piece(bundle.members[pair.b].id),
          ),
        ),
        el("td", {}, pair.relation),
        el("td", { class: "value" }, percent(pair.similarity)),
        el("td", { class: "value" }, percent(pair.confidence)),
        el("td", {}, pair === weakest ? "weakest link" : ""),
      ),
    );
    if (known.length < 2) return "";
    return el(
      "details",
      { class: "pairs" },
      el("summary", {}, `All ${count(known.length, "pair", "pairs")}, the least alike first`),
      el(
        "div",
        { class: "scroll" },
        el(
          "table",
          {},
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              ...["pair", "relation", "similarity", "probability", ""].map(title => el("th", { scope: "col" }, title)),
            ),
          ),
          el("tbody", {}, ...rows),
        ),
      ),
    );
  }

  // Puts the two texts of a pair beside each other.
  show(pair, moved) {
    this.buttons.forEach(([button, link]) => button.setAttribute("aria-pressed", String(link === pair)));
    this.texts = new Texts(this.bundle, pair);
    const title = el(
      "h2",
      { tabindex: "-1" },
      pair.relation ? `Side by side: ${pair.relation}, ${percent(pair.similarity)}` : "Side by side",
    );
    this.beside.replaceChildren(title, this.texts.element, why(pair));
    if (moved) {
      title.scrollIntoView({ block: "start" });
      title.focus({ preventScroll: true });
    }
  }
}
