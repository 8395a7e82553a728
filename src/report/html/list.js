// The list of groups: search, filters, order, and only as many rows in the page as can be seen.

const PRINTED = 1000;

// Draws the rows of a long list that are in sight. All rows are equally high.
class Rows {
  constructor(list, draw) {
    this.list = list;
    this.draw = draw;
    this.items = [];
    this.shown = new Map();
    addEventListener("scroll", () => this.update(), { passive: true });
    addEventListener("resize", () => this.measure());
    // On paper there is no scrolling: as many rows as a person may want to print.
    addEventListener("beforeprint", () => {
      for (let at = 0; at < Math.min(PRINTED, this.items.length); at++) if (!this.shown.has(at)) this.add(at);
    });
    addEventListener("afterprint", () => this.update());
  }
  set(items) {
    this.items = items;
    this.shown.forEach(row => row.remove());
    this.shown.clear();
    this.measure();
  }
  measure() {
    if (!this.list.offsetParent) return;
    this.high =
      parseFloat(getComputedStyle(this.list).getPropertyValue("--row")) *
      parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.list.style.height = `${this.items.length * this.high}px`;
    this.shown.forEach((row, at) => {
      row.style.top = `${at * this.high}px`;
    });
    this.update();
  }
  update() {
    if (!this.list.offsetParent || !this.high) return;
    const top = -this.list.getBoundingClientRect().top;
    const spare = 8;
    const first = Math.max(0, Math.floor(top / this.high) - spare);
    const last = Math.min(this.items.length, Math.ceil((top + innerHeight) / this.high) + spare);
    for (const [at, row] of this.shown) {
      if ((at < first || at >= last) && !row.contains(document.activeElement)) {
        row.remove();
        this.shown.delete(at);
      }
    }
    for (let at = first; at < last; at++) if (!this.shown.has(at)) this.add(at);
  }
  add(at) {
    const row = el("li", { "aria-setsize": this.items.length, "aria-posinset": at + 1 }, this.draw(this.items[at]));
    row.style.top = `${at * this.high}px`;
    this.shown.set(at, row);
    // In the order of the list, so that the Tab key goes down it.
    const after = [...this.shown.keys()].filter(other => other > at).sort((x, y) => x - y)[0];
    this.list.insertBefore(row, after === undefined ? null : this.shown.get(after));
  }
  // Brings a row into sight and gives it the focus.
  focus(at) {
    const top = this.list.getBoundingClientRect().top + at * this.high;
    if (top < this.high || top > innerHeight - 2 * this.high) scrollBy(0, top - innerHeight / 3);
    this.update();
    this.shown.get(at)?.querySelector("a").focus({ preventScroll: true });
  }
}

const list = {
  all: data.groups,
  current: -1,
  rows: null,

  start() {
    this.rows = new Rows(byId("list"), row);
    const known = run.overview.relations.map(([relation]) => el("option", { value: relation }, relation));
    byId("relation").append(...known);
    const sources = new Set();
    let dated = false;
    for (const bundle of this.all)
      for (const member of bundle.members) {
        if (member.source) sources.add(member.source);
        dated ||= member.date !== undefined;
      }
    byId("source-label").hidden = sources.size < 2;
    byId("dates").hidden = !dated;
    byId("sources").append(
      ...[...sources]
        .sort()
        .slice(0, 300)
        .map(source => el("option", { value: line(source) })),
    );
    byId("controls").addEventListener("input", () => this.apply());
    byId("controls").addEventListener("submit", event => event.preventDefault());
    byId("clear").addEventListener("click", () => {
      byId("controls").reset();
      this.apply();
      byId("search").focus();
    });
    this.apply();
  },

  // What is searched in a group: made when it is first asked for.
  haystack(bundle) {
    bundle.haystack ??= [bundle.id, ...bundle.members.flatMap(member => [member.id, member.title, member.source ?? ""])]
      .join("\n")
      .toLowerCase();
    return bundle.haystack;
  },

  apply() {
    const value = id => byId(id).value.trim();
    const words = value("search").toLowerCase().split(/\s+/).filter(Boolean);
    const source = value("source").toLowerCase();
    const relation = value("relation");
    const day = id => (value(id) ? Date.parse(value(id) + "T00:00:00Z") / 1000 : null);
    const from = day("from"),
      to = day("to");
    const dated = member =>
      member.date !== undefined && (from === null || member.date >= from) && (to === null || member.date < to + 86400);
    const found = this.all.filter(
      bundle =>
        words.every(word => this.haystack(bundle).includes(word)) &&
        (!relation || bundle.members.some(member => member.relation === relation)) &&
        (!source || bundle.members.some(member => line(outlet(member)).toLowerCase().includes(source))) &&
        ((from === null && to === null) || bundle.members.some(dated)),
    );
    const moment = bundle => dates(bundle)?.[0] ?? -Infinity;
    const order = {
      newest: (x, y) => moment(y) - moment(x),
      loosest: (x, y) => x.weakest - y.weakest,
    }[value("sort")];
    // Groups come largest first, and sorting keeps the order of equals.
    this.items = order ? found.sort(order) : found;
    this.current = -1;
    const some = found.length !== this.all.length;
    byId("clear").hidden = !(some || words.length || source || relation || from !== null || to !== null);
    byId("count").textContent = !this.all.length
      ? "No copies were found."
      : some
        ? `${number(found.length)} of ${count(this.all.length, "group", "groups")}`
        : count(found.length, "group", "groups");
    this.rows.set(this.items);
  },

  // The group so many places further in the list as it stands.
  step(by) {
    this.current = Math.max(0, Math.min(this.items.length - 1, this.current + by));
    return this.items[this.current];
  },
};

function row(bundle) {
  const kept = bundle.members[0];
  const from = outlets(bundle);
  const span_ = dates(bundle);
  const facts = [
    from.length > 1
      ? [
          piece(from.includes(outlet(kept)) ? outlet(kept) : from[0]),
          ` and ${count(from.length - 1, "other outlet", "other outlets")}`,
        ]
      : from.length
        ? [piece(from[0])]
        : [],
    span_ ? [date(span_[0], true)] : [],
    span_ && span_[1] > span_[0] ? [`within ${span(span_[1] - span_[0], span_[2])}`] : [],
    [relations(bundle).join(", ")],
  ].filter(fact => fact.length && fact[0] !== "");
  const strip = facts.flatMap((fact, at) => (at ? [" · ", ...fact] : fact));
  return el(
    "a",
    { class: "row", href: "#group/" + bundle.id },
    el("span", { class: "size" }, number(bundle.members.length), el("span", { class: "unseen" }, " articles: ")),
    el(
      "span",
      { class: "what" },
      el("span", { class: "title", dir: "auto" }, line(kept.title) || "(no headline)"),
      el("span", { class: "meta" }, ...strip),
    ),
    el(
      "span",
      { class: bundle.weakest < 400 ? "weakest loose" : "weakest" },
      percent(bundle.weakest),
      el("small", {}, bundle.weakest < 400 ? "loose" : "weakest link"),
    ),
  );
}
