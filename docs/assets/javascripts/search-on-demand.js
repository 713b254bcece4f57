// Material fetches the search index with every first visit, though it weighs more than
// a page. Here the request waits until the reader enters the search, or comes with a
// search in the address.
const { send } = XMLHttpRequest.prototype;
const { open } = XMLHttpRequest.prototype;

XMLHttpRequest.prototype.open = function (method, url, ...rest) {
  this.isSearchIndex = String(url).endsWith("search/search_index.json");
  return open.call(this, method, url, ...rest);
};

XMLHttpRequest.prototype.send = function (body) {
  const asked = new URLSearchParams(location.search);
  if (!this.isSearchIndex || asked.has("q") || asked.has("h")) return send.call(this, body);
  const start = (event) => {
    if (event.type === "focusin" && !event.target.closest(".md-search")) return;
    if (event.type === "change" && event.target.id !== "__search") return;
    document.removeEventListener("focusin", start);
    document.removeEventListener("change", start);
    send.call(this, body);
  };
  document.addEventListener("focusin", start); // the field, by pointer or key
  document.addEventListener("change", start); // the sign of the search on a phone
};
