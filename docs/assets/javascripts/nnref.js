// Two things that Material's scripts add to a page are mended as they come:
// each copy button stands in a navigation landmark of its own, of which a page would have
// dozens, without a name; and a wide table scrolls, but not by the keyboard.
const mend = {
  "md-code__nav": (node) => node.setAttribute("role", "none"),
  "md-typeset__scrollwrap": (node) => node.setAttribute("tabindex", "0"),
};
new MutationObserver((records) => {
  for (const { addedNodes } of records)
    for (const node of addedNodes) mend[node.className]?.(node);
}).observe(document.documentElement, { childList: true, subtree: true });

// A caret in a query gives the word before it a weight, and what follows has to be a
// number: W^T found nothing. Formulas are found as they are read, without it: WT.
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  const isQuery = typeof message?.data === "string";
  const data = isQuery && message.data.replace(/\^(?!\d)/g, "");
  post.call(this, isQuery ? { ...message, data } : message, ...rest);
};
