// Lists what takes the focus, in the order of the document, and defines what the walk asks for.
(() => {
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  const name = (e) => e === document.body ? "the page" : `<${e.tagName.toLowerCase()}> ${(e.getAttribute("aria-label") || e.dataset.keep || e.id || e.textContent.trim()).slice(0, 60)}`;
  const places = () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((e) => e.tabIndex >= 0 && !e.disabled && shown(e));
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const bytes = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const luminance = (c) => { const [r, g, b] = [0, 1, 2].map((i) => { const v = c[i] / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const under = (e) => { for (let p = e.parentElement; p; p = p.parentElement) { const c = bytes(getComputedStyle(p).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };

  // What is wrong with the focus where it is, in words.
  const wrong = (e) => {
    const out = [], style = getComputedStyle(e), r = e.getBoundingClientRect();
    if (!shown(e) || r.width < 1 || r.height < 1) out.push("is hidden");
    if (r.right <= 0 || r.bottom <= 0 || r.left >= innerWidth || r.top >= innerHeight) out.push(`is outside the window, at ${r.left.toFixed(0)}, ${r.top.toFixed(0)}`);
    if (!e.matches(":focus-visible")) out.push("is not :focus-visible");
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) out.push(`has the outline ${style.outlineStyle} ${style.outlineWidth}`);
    const a = luminance(bytes(style.outlineColor)), b = luminance(under(e)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 3) out.push(`has a mark of contrast ${ratio.toFixed(2)}`); // WCAG 2.1, 1.4.11
    for (let p = e.parentElement; p && p !== document.documentElement; p = p.parentElement) {
      if (getComputedStyle(p).overflowX === "visible") continue;
      const b = p.getBoundingClientRect();
      if (r.right <= b.left || r.left >= b.right || r.bottom <= b.top || r.top >= b.bottom) out.push(`is cut off by ${name(p)}`);
    }
    return out;
  };
  window.focusNow = () => {
    const e = document.activeElement ?? document.body, on = e !== document.body && e !== document.documentElement;
    return { at: on ? places().indexOf(e) : -2, name: name(e), wrong: on ? wrong(e) : [] };
  };
  return places().map(name);
})();
