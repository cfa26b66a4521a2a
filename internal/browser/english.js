// Lists the texts of the page, its names for screen readers included, that have words and no Hangul, or beside Hangul
// words that are no names.
(() => {
  const out = new Set();
  const common = /\b(the|of|and|is|are|samples?|features?|height|width|channels|steps?|epochs?|training|validation|test|trials?|columns?|rows?|network|best|worst)\b/;
  const add = (text) => { for (const line of (text ?? "").split("\n")) if (/[A-Za-z]{2}/.test(line) && (!/[가-힣]/.test(line) || common.test(line))) out.add(line.trim()); };
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("script, style, code, details pre")) add(walk.currentNode.data);
  for (const e of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")) for (const a of ["aria-label", "alt", "title", "placeholder"]) add(e.getAttribute(a));
  return [...out];
})();
