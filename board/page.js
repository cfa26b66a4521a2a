"use strict";
// The page shows the table that the server sends as events, and asks for curves and pictures of the chosen runs.
const $ = (id) => document.getElementById(id);
const text = document.body.dataset;
const readOnly = text.readOnly === "true";
let table = { runs: [], studies: [], settings: [] };
let sort = { key: "id", down: false };
const chosen = new Set();

const element = (tag, attributes = {}, ...children) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) if (v !== false && v !== undefined) e.setAttribute(k, v === true ? "" : v);
  e.append(...children);
  return e;
};
const number = (v) => v === undefined ? "" : Math.abs(v) >= 1e5 || v !== 0 && Math.abs(v) < 1e-3 ? v.toExponential(3) : v.toFixed(4);
const duration = (s) => s < 60 ? `${s.toFixed(1)} s` : s < 3600 ? `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}` : `${Math.floor(s / 3600)}:${String(Math.floor(s / 60 % 60)).padStart(2, "0")} h`;

// Columns: what stands in a head, what is sorted by, and the cell.
const columns = () => {
  const metrics = [...new Set(table.runs.flatMap((r) => Object.keys(r.metrics)))].filter((m) => !m.startsWith("train ") || !table.runs.some((r) => r.metrics[m.replace("train ", "validation ")] !== undefined));
  metrics.sort((a, b) => a.split(" ")[1].localeCompare(b.split(" ")[1]) || a.localeCompare(b));
  const out = [
    { key: "id", head: text.count, value: (r) => r.id, cell: (r) => r.id },
    { key: "state", head: "·", label: text.state, value: (r) => r.state, text: true, cell: (r) => element("span", { class: "state " + r.state, title: r.error ?? "" }, text[r.state]) },
    { key: "epochs", head: text.epochs, value: (r) => r.epochs, cell: (r) => r.state === "training" ? element("progress", { max: r.of, value: r.epochs, "aria-label": `${r.epochs} / ${r.of}` }, `${r.epochs} / ${r.of}`) : r.best_epoch ? `${r.best_epoch} / ${r.epochs}` : String(r.epochs) },
    ...metrics.map((m) => ({ key: "m " + m, head: m.replace(/^\w+/, (part) => text[part]), value: (r) => r.metrics[m], cell: (r) => number(r.metrics[m]) })),
    { key: "seconds", head: text.time, value: (r) => r.seconds, cell: (r) => duration(r.seconds) },
  ];
  if ($("inputs").checked) table.settings.forEach((path, k) => out.push({ key: "s " + path, head: path, text: true, value: (r) => Number(r.values[k]) || r.values[k], cell: (r) => r.values[k].length > 40 ? r.values[k].slice(0, 40) + "…" : r.values[k] }));
  out.push({ key: "note", head: text.note, text: true, value: (r) => r.note ?? "", cell: note });
  return out;
};

// Redraws a table or list and gives the focus back: to the like control of its row, or of the row that has taken its place.
const keepFocus = (redraw) => {
  const e = document.activeElement, row = e.closest("#runs tr, #studies li");
  if (!row) return redraw();
  const list = row.parentElement, at = [...list.children].indexOf(row), caret = e.type === "text" ? e.selectionStart : null;
  redraw();
  const now = [...list.children].find((r) => r.dataset.id === row.dataset.id) ?? list.children[Math.min(at, list.children.length - 1)];
  const to = [...now?.querySelectorAll("[data-keep]") ?? []].find((x) => x.dataset.keep === e.dataset.keep);
  (to ?? $("search")).focus({ preventScroll: to !== undefined });
  if (to && caret !== null) to.setSelectionRange(caret, caret);
};

const change = async (path, body) => {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Board-Token": text.token }, body: JSON.stringify(body) });
  if (!answer.ok) $("state").textContent = await answer.text();
};

const note = (r) => {
  if (readOnly) return r.note ?? "";
  const e = element("input", { type: "text", "aria-label": `${text.note}: ${r.id}`, value: r.note ?? "", "data-keep": "note" });
  e.addEventListener("change", () => {
    e.defaultValue = e.value;
    for (const x of table.runs) if (x.id === r.id) x.note = e.value;
    change("note", { run: r.id, note: e.value });
  });
  e.addEventListener("blur", () => setTimeout(draw));
  return e;
};

const actions = (r) => {
  const hide = element("button", { type: "button", "data-keep": "hide" }, r.hidden ? text.show : text.hide);
  hide.addEventListener("click", () => change("hide", { run: r.id, hidden: !r.hidden }));
  const remove = element("button", { type: "button", "data-keep": "delete" }, text.delete);
  remove.addEventListener("click", () => { if (confirm(`${r.id}\n\n${text.sure}`)) { chosen.delete(r.id); change("delete", { run: r.id }); } });
  hide.setAttribute("aria-label", `${hide.textContent}: ${r.id}`);
  remove.setAttribute("aria-label", `${text.delete}: ${r.id}`);
  return [hide, " ", remove];
};

const compare = (a, b) => {
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
  const [x, y] = sort.down ? [b, a] : [a, b];
  return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true });
};

const draw = () => {
  const active = document.activeElement;
  if (active.type === "text" && active.value !== active.defaultValue) return; // a note is being written
  keepFocus(drawRuns);
};
const drawRuns = () => {
  const shown = columns(), words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const by = shown.find((c) => c.key === sort.key) ?? shown[0];
  const rows = table.runs.filter((r) => ($("hidden").checked || !r.hidden) && words.every((w) => `${r.id} ${r.note ?? ""} ${r.values.join(" ")}`.toLowerCase().includes(w)));
  if (sort.key !== "id" || sort.down) rows.sort((a, b) => compare(by.value(a), by.value(b)));
  const head = element("tr", {}, element("td"));
  for (const c of shown) {
    const b = element("button", { type: "button", "data-keep": c.key, "aria-label": c.label }, c.head);
    b.addEventListener("click", () => { sort = { key: c.key, down: sort.key === c.key && !sort.down }; draw(); });
    head.append(element("th", { scope: "col", class: c.text ? "text" : "", "aria-sort": sort.key === c.key ? sort.down ? "descending" : "ascending" : false }, b));
  }
  if (!readOnly) head.append(element("td"));
  $("runs").tHead.replaceChildren(head);
  $("runs").tBodies[0].replaceChildren(...rows.map((r) => {
    const box = element("input", { type: "checkbox", "aria-label": `${text.select}: ${r.id}`, "data-keep": "select" });
    box.checked = chosen.has(r.id);
    box.addEventListener("change", () => { box.checked ? chosen.add(r.id) : chosen.delete(r.id); show(); });
    const row = element("tr", { class: r.hidden ? "hidden" : "", "data-id": r.id }, element("td", {}, box));
    shown.forEach((c) => row.append(element("td", { class: (c.text ? "text " : "") + (c.key === "note" ? "note" : "") }, c.cell(r))));
    if (!readOnly) row.append(element("td", { class: "actions" }, ...actions(r)));
    return row;
  }));
  $("state").textContent = table.runs.length ? `${rows.length} / ${table.runs.length} ${text.count}` : text.none;
};

// The studies, with links to the reports of finished ones.
const studies = () => keepFocus(() => {
  $("studies").hidden = table.studies.length === 0;
  $("studies").querySelector("ul").replaceChildren(...table.studies.map((s) => {
    const what = `${s.id}: ${s.trials} ${text.trials}` + (s.finished ? `, ${text.trial} ${s.best}, ${s.objective} ${number(s.value)} ` : s.error ? `, ${s.error}` : "");
    return element("li", { "data-id": s.id }, what, ...(s.finished ? [element("a", { href: "report?" + new URLSearchParams({ run: s.id }), target: "_blank", rel: "noopener", "aria-label": `${text.report}: ${s.id}`, "data-keep": "report" }, text.report)] : []));
  }));
});

// The curves and pictures of the chosen runs; answers that are overtaken are dropped.
let asked = 0, drawn = "";
const show = async () => {
  const runs = table.runs.filter((r) => chosen.has(r.id));
  $("chosen").hidden = runs.length === 0;
  if (!runs.length) { drawn = ""; return; }
  const query = new URLSearchParams(runs.map((r) => ["run", r.id]));
  $("report").href = "report?" + query;
  $("report").hidden = runs.some((r) => r.state !== "finished");
  query.append("smoothing", $("smoothing").value);
  if ($("log").checked) query.append("log", "1");
  const state = query + runs.map((r) => r.changed + r.epochs).join();
  if (state === drawn) return;
  drawn = state;
  const mine = ++asked;
  const answer = await fetch("curves?" + query);
  const body = await answer.text();
  if (mine !== asked) return;
  if (answer.ok) $("curves").innerHTML = body; else $("curves").textContent = body;
  const names = [...new Set(runs.flatMap((r) => r.pictures ?? []))], before = $("picture").value;
  $("picture").replaceChildren(element("option", { value: "" }, "—"), ...names.map((n) => element("option", { value: n }, n)));
  $("picture").value = names.includes(before) ? before : "";
  pictures();
};
const pictures = () => {
  const name = $("picture").value;
  $("pictures").replaceChildren(...table.runs.filter((r) => name && chosen.has(r.id) && r.pictures?.includes(name)).map((r) =>
    element("figure", {}, element("img", { src: "picture?" + new URLSearchParams({ run: r.id, file: name, at: r.changed }), alt: `${name}: ${r.id}` }), element("figcaption", {}, r.id))));
};

$("search").addEventListener("input", draw);
$("hidden").addEventListener("change", draw);
$("inputs").addEventListener("change", draw);
$("smoothing").addEventListener("input", show);
$("log").addEventListener("change", show);
$("picture").addEventListener("change", pictures);
$("theme").hidden = false;
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
const events = new EventSource("events");
events.addEventListener("runs", (e) => { table = JSON.parse(e.data); draw(); studies(); show(); });
events.addEventListener("failure", (e) => { $("state").textContent = JSON.parse(e.data); });
events.addEventListener("error", () => { $("state").textContent = text.lost; });
