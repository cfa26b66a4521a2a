// Package browser opens the pages that gorae writes in Chromium and holds them against what a page must be: nothing
// wider than the window, no text over another, contrasts of WCAG 2.1 AA, everything done by keys, no error, no request,
// no English in Korean pages. Its tests have the build tag browser and need Chromium on the PATH. It has no code of its
// own.
package browser
