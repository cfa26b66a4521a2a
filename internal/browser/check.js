// Returns what is wrong with the page as it is shown: [{kind, what}].
(() => {
  const problems = [];
  const root = document.documentElement;
  const name = (e) => `<${e.tagName.toLowerCase()}${e.className && e.className.baseVal === undefined ? "." + e.className : ""}> ${e.textContent.trim().slice(0, 50)}`;
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });

  if (root.scrollWidth > root.clientWidth + 1) {
    problems.push({ kind: "overflow", what: `the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}` });
  }

  // Texts: each text node's rectangles, clipped by the boxes that scroll or hide.
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, e = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE"].includes(e.tagName) || !shown(e) || e.closest(".skip")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      let left = r.left, right = r.right, top = r.top, bottom = r.bottom;
      for (let p = e; p && p !== root; p = p.parentElement) {
        if (p instanceof SVGElement) continue;
        if (getComputedStyle(p).overflowX !== "visible") {
          const b = p.getBoundingClientRect();
          left = Math.max(left, b.left); right = Math.min(right, b.right); top = Math.max(top, b.top); bottom = Math.min(bottom, b.bottom);
        }
      }
      if (right - left > 1 && bottom - top > 1) texts.push({ node, e, left, right, top, bottom });
    }
  }
  if (texts.length < 10) problems.push({ kind: "empty", what: `${texts.length} texts` });
  texts.sort((a, b) => a.top - b.top);
  for (let i = 0; i < texts.length && problems.length < 40; i++) {
    for (let j = i + 1; j < texts.length && texts[j].top < texts[i].bottom - 3; j++) {
      const a = texts[i], b = texts[j];
      if (a.node === b.node) continue;
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (w > 2 && h > 3) problems.push({ kind: "overlap", what: `${name(a.e)} and ${name(b.e)} by ${w.toFixed(0)} × ${h.toFixed(0)}` });
    }
    if (texts[i].right > root.clientWidth + 1 || texts[i].left < -1) problems.push({ kind: "beyond the window", what: name(texts[i].e) });
  }

  // Contrasts, by WCAG 2.1: the canvas turns any colour into bytes.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const bytes = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const luminance = (c) => { const [r, g, b] = [0, 1, 2].map((i) => { const v = c[i] / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const under = (e) => {
    const layers = [];
    for (let p = e; p; p = p.parentElement) { const c = bytes(getComputedStyle(p).backgroundColor); if (c[3] > 0) layers.push(c); if (c[3] === 255) break; }
    let out = [255, 255, 255];
    for (const c of layers.reverse()) out = out.map((v, i) => v + (c[i] - v) * c[3] / 255);
    return out;
  };
  const seen = new Set();
  for (const { e } of texts) {
    if (seen.has(e) || seen.size > 4000) continue;
    seen.add(e);
    const style = getComputedStyle(e), ink = bytes(e instanceof SVGElement ? style.fill : style.color);
    const a = luminance(ink), b = luminance(under(e)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && parseInt(style.fontWeight) >= 700;
    if (ratio < (large ? 3 : 4.5)) problems.push({ kind: "contrast", what: `${name(e)}: ${ratio.toFixed(2)}` });
  }

  // What screen readers and keyboards need.
  for (const img of document.images) if (!img.alt) problems.push({ kind: "no alternative text", what: img.src.slice(0, 60) });
  for (const svg of document.querySelectorAll("svg")) if (!svg.getAttribute("aria-label") && svg.getAttribute("aria-hidden") !== "true") problems.push({ kind: "no label", what: "an svg" });
  for (const e of document.querySelectorAll("div, pre")) if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "auto" && e.tabIndex < 0) problems.push({ kind: "scrolls without the keyboard", what: name(e) });
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of ids) if (ids.filter((x) => x === id).length > 1) problems.push({ kind: "an id twice", what: id });
  for (const a of document.querySelectorAll("a[href^='#']")) if (!document.getElementById(a.getAttribute("href").slice(1))) problems.push({ kind: "a link to nowhere", what: a.href });
  for (const b of document.querySelectorAll("button, input, select, textarea")) if (shown(b) && !b.textContent.trim() && !b.getAttribute("aria-label") && !b.labels?.length) problems.push({ kind: "no name", what: b.outerHTML.slice(0, 80) });
  if (!root.lang) problems.push({ kind: "no language", what: "the page" });
  return problems;
})();
