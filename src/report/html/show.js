"use strict";
// What everything else draws with: elements made of text only; numbers, dates and text of the corpus in a form fit to be read.
// Nothing of the corpus ever becomes markup: it reaches the page as text nodes and plain attributes alone.

const byId = id => document.getElementById(id);

// The block of data is JSON as a whole and is read line by line: of each group the first line now, the second when it is opened.
function read(block) {
  const lines = block.split("\n");
  const data = { near: [], groups: [] };
  let into = data.near;
  for (let at = 1; at < lines.length; at++) {
    if (lines[at].startsWith("[")) {
      const bundle = JSON.parse(lines[at].slice(1, -1));
      const body = lines[++at].replace(/,$/, "").slice(0, -1);
      bundle.read = body === "null" ? null : () => JSON.parse(body);
      into.push(bundle);
    } else if (lines[at].startsWith('"groups"')) {
      into = data.groups;
    } else if (lines[at].startsWith('"run"')) {
      data.run = JSON.parse(`{${lines[at]}`).run;
    }
  }
  return data;
}
const data = read(byId("data").textContent);
const run = data.run;

// The texts and pairs of a group; null if the page has no room for them.
function bodyOf(bundle) {
  if (bundle.read && !bundle.body) {
    const body = (bundle.body = bundle.read());
    for (const article of body.articles) {
      if (typeof article.text === "number") article.text = body.articles[article.text].text;
      else if (typeof article.text !== "string") article.text = joined(article.text, body.articles[0].text);
    }
    for (const pair of body.pairs) pair.passages = passages(pair.passages);
  }
  return bundle.body ?? null;
}

// A text from pieces of its own and cuts of another: a number is where a cut begins, the next its length.
function joined(cuts, other) {
  let text = "";
  for (let at = 0; at < cuts.length; at++) {
    text += typeof cuts[at] === "string" ? cuts[at] : other.slice(cuts[at], cuts[at] + cuts[++at]);
  }
  return text;
}
const NARROW_SPACE = "\u202f";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return element;
}

const el = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);
const svg = (tag, properties = {}, ...children) =>
  fill(document.createElementNS(byId("drawing").namespaceURI, tag), properties, children);

// Controls are shown as signs, overrides of the direction by their code; embeddings only ever confuse and are dropped.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;
function visible(text) {
  return text.replace(/\r\n?/g, "\n").replace(HIDDEN, sign => {
    const code = sign.codePointAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x202d || code === 0x202e ? `⟨U+${code.toString(16).toUpperCase()}⟩` : "";
  });
}
const line = text => visible(text).replace(/\s+/g, " ").trim();
// A piece of the corpus inside of a line of ours: its direction ends where it ends.
const piece = (text, properties = {}) => el("bdi", properties, line(text));

// True if a text begins with a letter of Hebrew, Arabic or a script that runs as they do.
const RIGHT_TO_LEFT = /^\P{L}*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;
const runsFromTheRight = text => RIGHT_TO_LEFT.test(text);

const number = value => value.toLocaleString("en-US");
const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
// Of thousandths. Only all of it is 100 %.
const percent = share => (share < 1000 ? Math.min(99, Math.round(share / 10)) : 100) + NARROW_SPACE + "%";
// Of what is below a limit, and must not be rounded up to it.
const percentBelow = share => Math.floor(share / 10) + NARROW_SPACE + "%";
const percentOf = (part, whole) => ((part / Math.max(1, whole)) * 100).toFixed(1) + NARROW_SPACE + "%";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
function date(seconds, dayOnly) {
  const day = new Date(seconds * 1000);
  if (Number.isNaN(day.getTime())) return "@" + seconds;
  const two = value => String(value).padStart(2, "0");
  const text = `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
  return dayOnly ? text : `${text}, ${two(day.getUTCHours())}:${two(day.getUTCMinutes())}`;
}
function span(seconds, daysOnly) {
  const HOUR = 3600,
    DAY = 24 * HOUR;
  if (daysOnly && seconds < DAY) return "same day";
  if (seconds < HOUR) return `${Math.floor(seconds / 60)} min`;
  if (!daysOnly && seconds < 3 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return count(Math.round(seconds / DAY), "day", "days");
}

const outlet = member => member.source ?? "";
const name = member => [outlet(member), member.id].filter(Boolean).join(" · ");
const outlets = bundle => [...new Set(bundle.members.map(outlet).filter(Boolean))];
const relations = bundle => [...new Set(bundle.members.map(member => member.relation).filter(Boolean))];
// [first moment, last moment, true if one is only a day], or null.
function dates(bundle) {
  const known = bundle.members.filter(member => member.date !== undefined);
  if (!known.length) return null;
  let first = known[0].date,
    last = first;
  for (const { date } of known) {
    first = Math.min(first, date);
    last = Math.max(last, date);
  }
  return [first, last, known.some(member => member.day)];
}
