// Two texts side by side: numbered passages that know their twins, changed words inside, boilerplate in grey.

const FORMS = ["verbatim", "reworded", "moved", "common", "only", "only"];
const [VERBATIM, REWORDED, MOVED, COMMON, ONLY_A, ONLY_B] = FORMS.keys();

// Passages as the data has them, with places in the texts instead of gaps and lengths.
function passages(rows) {
  const ends = [0, 0];
  const place = (row, at, from) => {
    const [gap, length] = [row[at], row[at + 1]];
    return length ? [from + gap, from + gap + length] : null;
  };
  return rows.map(row => {
    const [form, , , , , wordsA, wordsB, equal] = row;
    const at = [place(row, 1, ends[0]), place(row, 3, ends[1])];
    at.forEach((range, side) => {
      if (range) ends[side] = range[1];
    });
    const runs = [[], []];
    const inside = at.map(range => range?.[0]);
    for (let next = 8; next < row.length; next += 4) {
      for (const side of [0, 1]) {
        const run = place(row, next + 2 * side, inside[side]);
        runs[side].push(run);
        inside[side] = run[1];
      }
    }
    return { form, at, words: [wordsA, wordsB], equal, runs };
  });
}

// Cuts [from, to) where a run of equal words or boilerplate begins or ends.
function* pieces(from, to, equal, grey) {
  const inside = ([start, end]) => end > from && start < to;
  equal = equal?.filter(inside);
  grey = grey.filter(inside);
  const cuts = [from, to];
  for (const [start, end] of [...(equal ?? []), ...grey]) cuts.push(Math.max(from, start), Math.min(to, end));
  cuts.sort((x, y) => x - y);
  const within = (ranges, at) => ranges.some(([start, end]) => start <= at && at < end);
  for (let at = 0; at + 1 < cuts.length; at++) {
    if (cuts[at] < cuts[at + 1])
      yield [cuts[at], cuts[at + 1], equal ? !within(equal, cuts[at]) : false, within(grey, cuts[at])];
  }
}

// The words of a changed piece; the signs and the space around them belong to neither text alone.
function marked(cut) {
  const words = /[\p{L}\p{N}\p{M}](?:[^\n]*[\p{L}\p{N}\p{M}])?/gu;
  const parts = [];
  let done = 0;
  for (const { 0: found, index } of cut.matchAll(words)) {
    parts.push(cut.slice(done, index), el("mark", {}, found));
    done = index + found.length;
  }
  return [...parts, cut.slice(done)];
}

class Texts {
  constructor(bundle, pair) {
    this.pair = pair;
    this.members = [bundle.members[pair.a], bundle.members[pair.b]];
    this.articles = [bundle.body.articles[pair.a], bundle.body.articles[pair.b]];
    this.texts = this.articles.map(article => article.text);
    // Copies: what is shown of them belongs to this view.
    this.passages = pair.passages.map(one => ({ ...one }));
    this.current = null;
    let next = 0;
    for (const one of this.passages) one.number = one.form < COMMON ? ++next : 0;
    this.columns = [0, 1].map(side => this.column(side));
    this.differences = el(
      "button",
      { type: "button", "aria-pressed": "false", onclick: () => this.toggle() },
      "Only differences",
    );
    this.element = el(
      "div",
      { class: "texts" },
      el(
        "div",
        { class: "controls" },
        el("button", { type: "button", onclick: () => this.step(-1) }, "‹ Passage"),
        el("button", { type: "button", onclick: () => this.step(1) }, "Passage ›"),
        this.differences,
        legend(),
      ),
      el("p", { class: "tally" }, this.tally()),
      el(
        "div",
        { class: "columns" },
        ...[0, 1].map(side =>
          el("section", { "aria-label": side ? "second text" : "first text" }, this.heading(side), this.columns[side]),
        ),
      ),
    );
    this.columns.forEach((column, side) => {
      column.addEventListener("scroll", () => this.follow(side), { passive: true });
      for (const event of ["wheel", "touchstart", "pointerdown", "keydown"])
        column.addEventListener(
          event,
          () => {
            this.leader = side;
          },
          { passive: true },
        );
    });
  }

  heading(side) {
    const member = this.members[side],
      article = this.articles[side];
    return el(
      "header",
      {},
      el("h3", { dir: "auto" }, line(member.title) || "(no headline)"),
      el(
        "p",
        { class: "meta", title: [article.place, article.url].filter(Boolean).map(line).join("\n") },
        piece(name(member)),
        member.date === undefined ? "" : ` · ${date(member.date, member.day)}`,
        ` · ${count(article.words, "word", "words")}`,
      ),
    );
  }

  tally() {
    const total = (forms, words) =>
      this.passages.filter(one => forms.includes(one.form)).reduce((sum, one) => sum + words(one), 0);
    const places = this.passages.filter(one => one.form === REWORDED).length;
    const changed = total([REWORDED], one => Math.max(...one.words) - one.equal);
    return (
      [
        [total([VERBATIM], one => one.equal), value => `${count(value, "word", "words")} word for word`],
        [
          total([REWORDED], one => one.equal),
          value =>
            `${number(value)} kept and ${number(changed)} changed in ${count(places, "reworded passage", "reworded passages")}`,
        ],
        [total([MOVED], one => one.equal), value => `${number(value)} moved`],
        [total([ONLY_A], one => one.words[0]), value => `${number(value)} only in the first`],
        [total([ONLY_B], one => one.words[1]), value => `${number(value)} only in the second`],
      ]
        .filter(([value]) => value)
        .map(([value, told]) => told(value))
        .join("; ") + "."
    );
  }

  // One text, with everything that is known of its places.
  column(side) {
    const text = this.texts[side],
      grey = this.articles[side].grey ?? [];
    const column = el("div", { class: "text", tabindex: "0", dir: runsFromTheRight(text) ? "rtl" : "ltr" });
    const write = (into, from, to, equal) => {
      for (const [start, end, changed, common] of pieces(from, to, equal, grey)) {
        const cut = visible(text.slice(start, end));
        if (common) into.append(el("span", { class: "boilerplate" }, cut));
        else if (changed) into.append(...marked(cut));
        else into.append(cut);
      }
    };
    const here = this.passages.filter(one => one.at[side]).sort((x, y) => x.at[side][0] - y.at[side][0]);
    let done = 0;
    for (const one of here) {
      const [from, to] = one.at[side];
      write(column, done, from, null);
      done = to;
      const shown = el("span", { class: `passage ${FORMS[one.form]}` });
      one.shown ??= [];
      one.shown[side] = shown;
      if (one.number) {
        const up = one.form === MOVED ? (this.stands(one, 1 - side) < this.stands(one, side) ? " ↑" : " ↓") : "";
        shown.append(
          el(
            "button",
            {
              type: "button",
              class: "number",
              "aria-label": `Passage ${one.number}, ${FORMS[one.form]}: go to its twin`,
              title: `${FORMS[one.form]}: go to its twin`,
              onclick: () => this.choose(one, 1 - side),
            },
            one.number + up,
          ),
        );
      }
      const body = el("span", { class: "words" });
      write(body, from, to, one.form === REWORDED ? one.runs[side] : null);
      shown.append(body);
      if (one.form === VERBATIM) {
        shown.append(
          el(
            "button",
            {
              type: "button",
              class: "stub",
              title: "Show these words",
              onclick: () => one.shown.forEach(place => place.classList.add("open")),
            },
            `… ${count(one.equal, "same word", "same words")} …`,
          ),
        );
      }
      column.append(shown);
    }
    write(column, done, text.length, null);
    return column;
  }

  // Where in its text a passage stands, from 0 to 1.
  stands(one, side) {
    return one.at[side][0] / Math.max(1, this.texts[side].length);
  }

  toggle() {
    const on = this.element.classList.toggle("differing");
    this.differences.setAttribute("aria-pressed", String(on));
    this.element.querySelectorAll(".open").forEach(one => one.classList.remove("open"));
    this.current?.shown.forEach(place => place?.scrollIntoView({ block: "nearest" }));
  }

  // The next or the previous passage; where only differences are shown, the next of these.
  step(by) {
    const wanted = this.passages.filter(one =>
      this.element.classList.contains("differing") ? one.form !== VERBATIM && one.form !== COMMON : one.number,
    );
    if (!wanted.length) return;
    const at = wanted.indexOf(this.current);
    const next = at < 0 ? (by > 0 ? 0 : wanted.length - 1) : Math.max(0, Math.min(wanted.length - 1, at + by));
    this.choose(wanted[next], wanted[next].at[0] ? 0 : 1);
  }

  // Marks a passage in both texts, brings both into sight at one height, and gives one of them the focus.
  choose(one, side) {
    this.current?.shown.forEach(place => place?.classList.remove("current"));
    this.current = one;
    this.leader = null;
    one.shown.forEach((place, at) => {
      if (!place) return;
      place.classList.add("current");
      const column = this.columns[at];
      column.scrollTop +=
        place.getBoundingClientRect().top - column.getBoundingClientRect().top - column.clientHeight / 4;
    });
    const column = this.columns[side],
      place = one.shown[side];
    const box = column.getBoundingClientRect();
    if (box.bottom < 60 || box.top > innerHeight - 60) column.scrollIntoView({ block: "center" });
    (place.querySelector(".number") ?? column).focus({ preventScroll: true });
    const target = place.getBoundingClientRect();
    if (target.top < 0 || target.bottom > innerHeight) scrollBy(0, target.top - innerHeight / 3);
  }

  // The other text follows the one that is scrolled, passage by passage.
  follow(side) {
    if (this.leader !== side) return;
    const [own, other] = [this.columns[side], this.columns[1 - side]];
    const top = (column, place) =>
      place.getBoundingClientRect().top - column.getBoundingClientRect().top + column.scrollTop;
    const line = own.scrollTop + own.clientHeight / 3;
    const places = this.passages
      .filter(one => one.form < MOVED)
      .map(one => [top(own, one.shown[side]), top(other, one.shown[1 - side])]);
    const known = [[0, 0], ...places, [own.scrollHeight, other.scrollHeight]];
    const next = Math.max(
      1,
      known.findIndex(([here]) => here > line),
    );
    const [before, after] = [known[next - 1], known[next]];
    const part = (line - before[0]) / Math.max(1, after[0] - before[0]);
    other.scrollTop = before[1] + part * (after[1] - before[1]) - other.clientHeight / 3;
  }
}

function legend() {
  const sample = (form, ...told) => el("span", { class: `passage ${form}` }, el("span", { class: "words" }, ...told));
  return el(
    "p",
    { class: "legend", "aria-label": "How passages are marked" },
    sample("verbatim", "word for word"),
    sample("reworded", "reworded, ", el("mark", {}, "changed")),
    sample("moved", "moved"),
    sample("only", "only here"),
    el("span", { class: "boilerplate" }, "boilerplate, not counted"),
  );
}
