// Ties the page together: which part is shown by what stands after # in the address, the keys, and light or dark.

// None is named as an address is, or browsers would scroll to it.
const PARTS = ["front", "group", "near-misses"];
let open = null;
let listTop = 0;

function show() {
  const [part, id] = location.hash.slice(1).split("/");
  const was = PARTS.find(part => !byId(part).hidden);
  if (was === "front") listTop = scrollY;
  const bundle =
    part === "group" ? data.groups.find(bundle => bundle.id === id) : part === "near" ? data.near[Number(id)] : null;
  const shown = bundle ? "group" : part === "near" ? "near-misses" : "front";
  for (const part of PARTS) byId(part).hidden = part !== shown;
  open = null;
  let title = "";
  if (shown === "front") {
    list.rows.measure();
    scrollTo(0, was ? listTop : 0);
    if (was === "group" && list.current >= 0) list.rows.focus(list.current);
  } else if (shown === "near-misses") {
    nearMisses();
    title = "Near misses";
  } else {
    open = new GroupPage(byId("group"), bundle, { near: part === "near", steps: steps(part, bundle, Number(id)) });
    title = line(bundle.members[0].title);
  }
  if (shown !== "front") {
    scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }
  document.title = [title, line(run.corpus), "wirecopy"].filter(Boolean).join(" · ");
}

// The way back, and on to the next and the previous.
function steps(part, bundle, at) {
  const link = (href, text, rel) => (href ? el("a", { href, rel }, text) : el("span", { class: "gone" }, text));
  if (part === "near") {
    const near = at => (data.near[at] ? `#near/${at}` : null);
    return [
      el("a", { href: "#near" }, "‹ All near misses"),
      link(near(at - 1), "previous", "prev"),
      link(near(at + 1), "next", "next"),
    ];
  }
  list.current = list.items.indexOf(bundle);
  const group = at => (list.items[at] ? "#group/" + list.items[at].id : null);
  return [
    el("a", { href: "#" }, "‹ All groups"),
    link(group(list.current - 1), "previous", "prev"),
    link(group(list.current + 1), "next", "next"),
    el(
      "span",
      { class: "where" },
      list.current < 0 ? "" : `${number(list.current + 1)} of ${number(list.items.length)}`,
    ),
  ];
}

function nearMisses() {
  const rows = data.near.map((bundle, at) =>
    el(
      "li",
      {},
      el(
        "a",
        { class: "row", href: `#near/${at}` },
        el("span", { class: "size" }, percent(bundle.weakest)),
        el(
          "span",
          { class: "what" },
          el("span", { class: "title", dir: "auto" }, line(bundle.members[0].title)),
          el("span", { class: "title second", dir: "auto" }, line(bundle.members[1].title)),
          el("span", { class: "meta" }, piece(name(bundle.members[0])), " and ", piece(name(bundle.members[1]))),
        ),
        el("span", { class: "weakest" }, percentBelow(bundle.confidence), el("small", {}, "probability")),
      ),
    ),
  );
  byId("near-misses").replaceChildren(
    el("nav", { class: "steps" }, el("a", { href: "#" }, "‹ All groups")),
    el("h1", {}, "Near misses"),
    el(
      "p",
      { class: "deck" },
      `${count(run.overview.near_misses, "pair", "pairs")} came close to being taken for copies and ${run.overview.near_misses === 1 ? "was" : "were"} not: it takes a probability of ${percent(run.min_confidence * 1000)}, and these have at least half of it. `,
      data.near.length < run.overview.near_misses
        ? `The closest ${number(data.near.length)} that are in no group together:`
        : "",
    ),
    el("ol", { class: "list near" }, ...rows),
  );
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else if (location.hash.length > 1) location.hash = /^#near\//.test(location.hash) ? "#near" : "";
    return;
  }
  if (typing) return;
  const go = rel => document.querySelector(`.steps [rel=${rel}]`)?.click();
  const front = !byId("front").hidden;
  const action = {
    j: () => (front ? (list.step(1), list.rows.focus(list.current)) : go("next")),
    k: () => (front ? (list.step(-1), list.rows.focus(list.current)) : go("prev")),
    n: () => open?.texts?.step(1),
    p: () => open?.texts?.step(-1),
    d: () => open?.texts?.toggle(),
    "/": () => {
      if (!front) location.hash = "";
      setTimeout(() => {
        byId("search").focus();
        byId("search").select();
      });
    },
    "?": () => byId("help").showModal(),
  }[event.key];
  if (action) {
    event.preventDefault();
    action();
  }
}

const THEMES = ["auto", "light", "dark"];
function theme(wanted) {
  const name = THEMES.includes(wanted) ? wanted : "auto";
  document.documentElement.dataset.theme = name;
  byId("theme").textContent = `Colors: ${name}`;
  // Pages from disk may not be allowed to remember.
  try {
    localStorage.setItem("wirecopy-theme", name);
  } catch {}
}
function storedTheme() {
  try {
    return localStorage.getItem("wirecopy-theme");
  } catch {
    return null;
  }
}

theme(storedTheme());
byId("theme").addEventListener("click", () =>
  theme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]),
);
byId("keys").addEventListener("click", () => byId("help").showModal());
byId("corpus").append(piece(run.corpus));
drawFront();
list.start();
show();
addEventListener("hashchange", show);
addEventListener("keydown", key);
document.documentElement.dataset.ready = "true";
// The first frame is drawn right after this.
performance.mark("ready");
