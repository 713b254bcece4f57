// Symbol cards, and formulas and code that light up together.
//
// The page holds all that is shown: each symbol of a formula names its card, and the
// cards stand in a hidden block at its end. Without this script nothing is missing but
// the comfort.
//
// By mouse: rest on a symbol. By touch: tap it. By keyboard: in a formula the arrows
// left and right go from symbol to symbol, down and up to the next place of the same
// symbol, Enter goes into the card, and Escape closes it. The focus stays on the formula,
// so that a page has few stops: each displayed formula, and the first formula of each
// section that has none.
(() => {
  if (window.nnrefSymbols) return;
  window.nnrefSymbols = true;

  const SYMBOL = "mrow[data-symbol], .nnref-name";
  const BUSY = "a, button, summary, label, input";
  const html = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...children);
    return element;
  };
  const base = (key) => key.split("~")[0];
  const keyOf = (symbol) => symbol.dataset.symbol;
  const words = (text) => (text ?? "").split(" ").filter(Boolean);

  let page = null; // what belongs to the page that is shown
  let current = null; // the symbol that was pointed at, chosen or tapped
  let pinned = false; // whether it stays when the pointer leaves
  let resting = false; // whether the pointer has to move before it points again
  let timer = 0;

  // The page ---------------------------------------------------------------------------

  function begin() {
    close();
    page = null;
    const blocks = document.querySelectorAll(".nnref-cards");
    if (!blocks.length) return;
    const content = blocks[0].parentElement;
    const cards = new Map();
    for (const block of blocks)
      for (const card of block.children) cards.set(card.dataset.symbol, card);
    page = { content, cards, order: null, told: false };
    stops(content);
    const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 200));
    idle(() => page?.content === content && order());
  }

  // Displayed formulas are stops already, since wide ones scroll.
  function stops(content) {
    let free = true;
    for (const element of content.querySelectorAll("h2, h3, .math, math")) {
      if (element.closest(".nnref-cards, details, h1, h2, h3") !== element.closest("h2, h3"))
        continue;
      if (element.matches("h2, h3")) free = true;
      else if (element.matches(".math")) free = false;
      else if (free && !element.closest(`.math, ${BUSY}, h1, h2, h3`)) {
        if (element.ariaHidden || !element.querySelector(SYMBOL)) continue;
        element.tabIndex = 0;
        free = false;
      }
    }
  }

  // All symbols of formulas and code in the order of the page.
  function order() {
    if (!page.order) {
      for (const code of page.content.querySelectorAll(".highlight code")) name(code);
      for (const code of page.content.querySelectorAll(":not(pre) > code")) inline(code);
      page.order = [...page.content.querySelectorAll(SYMBOL)].filter(
        (symbol) => !symbol.closest(".nnref-cards") && page.cards.has(keyOf(symbol)),
      );
    }
    return page.order;
  }

  // Names in code ----------------------------------------------------------------------

  // What a name in code stands for: `own` symbols are called so, with the same layer;
  // `kin` are shown by it as well: z by Z, and W of any layer by W without one.
  function meaning(text, layer) {
    const own = [];
    const kin = [];
    const [, short, digit] = text.match(/^(.*[A-Za-z])(\d)$/) ?? [];
    for (const [key, card] of page.cards) {
      const { names, kin: others, layer: its = "" } = card.dataset;
      for (const [name, index] of [[text, layer], [short, digit]]) {
        const called = words(names).includes(name);
        if (called && index === its) own.push(base(key));
        else if (!called && !words(others).includes(name)) continue;
        else if (!index || !its || index === its) kin.push(base(key));
      }
    }
    kin.sort((one, other) => one.length - other.length);
    return [[...new Set(own)], [...new Set(kin)]];
  }

  function name(code) {
    const spans = [...code.querySelectorAll("span.n, span.nf, span.nb")];
    for (const first of spans) {
      if (!first.isConnected || first.previousSibling?.textContent === ".") continue;
      const [parts, index] = subscript(first);
      let [own, kin] = meaning(first.textContent, index);
      let taken = own.length && index ? parts : [first];
      if (index && !own.length) {
        [own, kin] = meaning(first.textContent, "");
        taken = [first];
      }
      link(taken, own, kin);
    }
  }

  function link(parts, own, kin) {
    const key = own[0] ?? kin[0];
    if (key === undefined) return;
    const wrap = html("span", { class: "nnref-name", "data-symbol": key });
    wrap.dataset.own = own.join(" ");
    wrap.dataset.kin = kin.join(" ");
    parts[0].before(wrap);
    wrap.append(...parts);
  }

  // The nodes of W[l - 1] behind W, and what stands in the brackets.
  function subscript(first) {
    const parts = [first];
    let text = "";
    let node = first.nextSibling;
    if (!node?.textContent.startsWith("[")) return [parts, ""];
    while (node && text.length < 12) {
      const end = node.textContent.indexOf("]");
      if (end >= 0 && end < node.textContent.length - 1) {
        if (node.nodeType === Node.TEXT_NODE) return [parts, ""];
        const rest = node.cloneNode(false);
        rest.textContent = node.textContent.slice(end + 1);
        node.textContent = node.textContent.slice(0, end + 1);
        node.after(rest);
      }
      parts.push(node);
      text += node.textContent;
      if (end >= 0) break;
      node = node.nextSibling;
    }
    const inside = text.match(/^\[(\w+(?: [+-] \d)?)\]$/);
    return [parts, inside ? inside[1] : ""];
  }

  // `W[l]` in the text: a name alone, with or without its layer.
  function inline(code) {
    if (code.closest(`.nnref-cards, h1, h2, h3, h4, ${BUSY}`) || code.children.length) return;
    const found = code.textContent.match(/^([A-Za-z]\w*)(?:\[(\w+(?: [+-] \d)?)\])?$/);
    if (!found) return;
    const [own, kin] = meaning(found[1], found[2] ?? "");
    if (!own.length) return;
    code.classList.add("nnref-name");
    code.dataset.symbol = own[0];
    code.dataset.own = own.join(" ");
    code.dataset.kin = kin.join(" ");
  }

  // Light ------------------------------------------------------------------------------

  function light(symbol) {
    dark();
    const own = words(symbol.dataset.own);
    const keys = symbol.matches(".nnref-name")
      ? own.length
        ? own
        : words(symbol.dataset.kin)
      : [base(keyOf(symbol))];
    if (own.length && !paired(symbol, own)) keys.push(...words(symbol.dataset.kin));
    const called = new Map(); // by block of code: the names that are exactly it, or near
    for (const other of order()) {
      if (!other.matches(".nnref-name")) {
        other.classList.toggle("nnref-lit", keys.includes(base(keyOf(other))));
        continue;
      }
      const block = other.closest("pre, code");
      if (!called.has(block)) called.set(block, { own: [], kin: [] });
      const names = called.get(block);
      if (words(other.dataset.own).some((key) => keys.includes(key))) names.own.push(other);
      else if (words(other.dataset.kin).some((key) => keys.includes(key)))
        names.kin.push(other);
    }
    for (const names of called.values())
      for (const other of names.own.length ? names.own : names.kin)
        other.classList.add("nnref-lit");
    symbol.classList.add("nnref-lit", "nnref-current");
  }

  // Whether the formulas of the pair that a name in code stands in have its symbol.
  function paired(symbol, keys) {
    const formulas = symbol.closest(".pair")?.querySelectorAll(".math mrow[data-symbol]");
    if (!formulas?.length) return true;
    return [...formulas].some((other) => keys.includes(base(keyOf(other))));
  }

  function dark() {
    for (const symbol of document.querySelectorAll(".nnref-lit"))
      symbol.classList.remove("nnref-lit", "nnref-current");
  }

  // The card ---------------------------------------------------------------------------

  const card = html("div", { class: "nnref-card", role: "dialog", hidden: "" });
  const speech = html("div", { class: "nnref-speech", role: "status" });

  function show(symbol, { card: withCard = true, pin = false, byKey = false } = {}) {
    clearTimeout(timer);
    current = symbol;
    pinned = pin;
    light(symbol);
    if (!withCard) return hideCard();
    fill(symbol, byKey);
    card.hidden = false;
    place(symbol);
    if (byKey) speech.textContent = spoken();
  }

  function hideCard() {
    card.hidden = true;
  }

  function close() {
    clearTimeout(timer);
    current = null;
    pinned = false;
    hideCard();
    dark();
  }

  function fill(symbol, byKey) {
    const source = page.cards.get(keyOf(symbol));
    const shut = html("button", { type: "button", class: "nnref-close", "aria-label": "Close" }, "×");
    shut.addEventListener("click", () => leave());
    const head = html("div", { class: "nnref-card-head" });
    head.append(source.querySelector("math").cloneNode(true));
    const said = source.dataset.say === base(keyOf(symbol)) ? "" : source.dataset.say;
    head.append(html("span", { class: "nnref-say" }, said), shut);
    card.replaceChildren(head);
    card.setAttribute("aria-label", `Symbol: ${source.dataset.say}`);
    for (const facts of source.querySelectorAll("dl")) card.append(facts.cloneNode(true));
    const link = card.querySelector("dd > a");
    for (const other of card.querySelectorAll("dd > a")) other.parentElement.remove();
    const foot = html("p", { class: "nnref-card-foot" });
    if (link) foot.append(link);
    foot.append(...copies(symbol.closest("math")));
    if (foot.children.length) card.append(foot);
    if (byKey)
      card.append(
        html("p", { class: "nnref-keys" }, "← → next symbol   ↑ ↓ same symbol   Enter into the card"),
      );
  }

  const spoken = () =>
    [card.getAttribute("aria-label"), ...[...card.querySelectorAll("dt, dd")].map(
      (part) => part.textContent,
    )].join(". ");

  function place(symbol) {
    const sheet = innerWidth < 640;
    card.classList.toggle("nnref-sheet", sheet);
    card.style.left = card.style.top = "";
    const { width, height } = card.getBoundingClientRect();
    const box = symbol.getBoundingClientRect();
    if (sheet) {
      const hidden = box.bottom + 16 - (innerHeight - height);
      if (hidden > 0 && pinned) scrollBy({ top: hidden, behavior: "instant" });
      return;
    }
    const above = box.bottom + height + 20 > innerHeight && box.top - height > 110;
    const top = above ? box.top - height - 10 : box.bottom + 10;
    const left = Math.min(Math.max(box.left - 18, 12), document.documentElement.clientWidth - width - 12);
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }

  // Copying ----------------------------------------------------------------------------

  function copies(math) {
    const latex = math?.querySelector("annotation")?.textContent;
    const numpy = math?.closest("[data-numpy]")?.dataset.numpy;
    const found = [];
    if (latex) found.push(copy("LaTeX", latex));
    if (numpy) found.push(copy("NumPy", numpy));
    return found;
  }

  function copy(kind, text) {
    const button = html("button", { type: "button", class: "nnref-copy" }, `Copy ${kind}`);
    button.addEventListener("click", async () => {
      await write(text);
      button.textContent = "Copied";
      speech.textContent = `Copied as ${kind}`;
      setTimeout(() => (button.textContent = `Copy ${kind}`), 1500);
    });
    return button;
  }

  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = html("textarea", { class: "nnref-speech" });
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  // A panel of the checks leaves a place for them.
  function fillPanel(event) {
    const actions = event.target.querySelector?.(".nnref-actions:empty");
    const math = event.target.closest?.(".nnref-formula")?.querySelector("math");
    if (actions && math) actions.append(...copies(math));
  }

  // Mouse and touch --------------------------------------------------------------------

  const symbolAt = (target) => {
    const symbol = target.closest?.(SYMBOL);
    const known = symbol && page?.cards.has(keyOf(symbol));
    return known && !symbol.closest(".nnref-cards, .nnref-card, nav") ? symbol : null;
  };

  function over(event) {
    if (!page || resting || event.pointerType === "touch") return;
    if (card.contains(event.target)) return clearTimeout(timer);
    if (pinned) return;
    const symbol = symbolAt(event.target);
    if (symbol === current) return clearTimeout(timer);
    clearTimeout(timer);
    if (!symbol) {
      if (current) timer = setTimeout(close, 300);
      return;
    }
    const isName = symbol.matches(".nnref-name");
    const open = !card.hidden;
    timer = setTimeout(
      () => {
        show(symbol, { card: open && !isName });
        if (!isName) timer = setTimeout(() => show(symbol), 300);
      },
      open ? 150 : 50,
    );
  }

  // A tap beside a letter means the nearest one of the formula.
  function nearest(event) {
    const math = event.target.closest?.("math");
    let best = null;
    let least = 24;
    for (const symbol of math?.querySelectorAll(SYMBOL) ?? []) {
      const box = symbol.getBoundingClientRect();
      const x = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
      const y = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
      if (Math.hypot(x, y) < least) [best, least] = [symbol, Math.hypot(x, y)];
    }
    return best && symbolAt(best);
  }

  function click(event) {
    if (!page || card.contains(event.target)) return;
    const symbol = symbolAt(event.target) ?? nearest(event);
    if (!symbol || symbol.closest(BUSY)) return current && close();
    if (event.detail > 1 || !getSelection().isCollapsed) return; // a word is selected
    if (symbol === current && pinned) return close();
    order();
    show(symbol, { pin: true });
  }

  // Keyboard ---------------------------------------------------------------------------

  const holder = (symbol) =>
    symbol.closest(".math") ?? symbol.closest("math") ?? symbol.closest("code");
  const isHolder = (element) => element?.matches?.(".math, math, code") && page;

  function choose(symbol) {
    const element = holder(symbol);
    if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
    show(symbol, { pin: true, byKey: true });
    element.focus({ preventScroll: true });
    symbol.scrollIntoView({ block: "nearest", inline: "nearest" });
    place(symbol);
  }

  function step(places, from, by) {
    for (let at = from + by; at >= 0 && at < places.length; at += by)
      if (places[at].checkVisibility() && !places[at].closest("[aria-hidden]"))
        return places[at];
    return null;
  }

  function key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape" && current) {
      event.preventDefault();
      resting = true; // what lies below the card is not pointed at
      return leave();
    }
    const focused = document.activeElement;
    if (!isHolder(focused)) return;
    const chosen = current && holder(current) === focused ? current : null;
    const all = order();
    let next = null;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const by = event.key === "ArrowRight" ? 1 : -1;
      const first = all.findIndex((symbol) => focused.contains(symbol));
      if (chosen) next = step(all, all.indexOf(chosen), by);
      else if (first >= 0 && by > 0) next = step(all, first - 1, by);
    } else if (chosen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const same = all.filter((symbol) => symbol.classList.contains("nnref-lit"));
      next = step(same, same.indexOf(chosen), event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (chosen && event.key === "Enter") {
      event.preventDefault();
      card.querySelector("a, .nnref-copy")?.focus();
    }
    if (next) {
      event.preventDefault();
      choose(next);
    }
  }

  // Back from the card to where the reader was.
  function leave() {
    const inside = card.contains(document.activeElement);
    const back = inside && current ? holder(current) : null;
    close();
    back?.focus({ preventScroll: true });
  }

  function focusIn(event) {
    if (!page) return;
    if (!page.told && isHolder(event.target) && event.target.matches(":focus-visible")) {
      page.told = true;
      speech.textContent = "The right arrow key explains the symbols of the formula.";
    }
    if (current && pinned && !card.contains(event.target) && holder(current) !== event.target)
      close();
  }

  // Start ------------------------------------------------------------------------------

  function start() {
    document.body.append(card, speech);
    document.addEventListener("pointerover", over);
    document.addEventListener("pointermove", (event) => {
      if (event.movementX || event.movementY) resting = false;
    });
    document.addEventListener("click", click);
    document.addEventListener("keydown", key);
    document.addEventListener("focusin", focusIn);
    document.addEventListener("toggle", fillPanel, true);
    addEventListener("resize", () => current && !card.hidden && place(current));
    if (window.document$) window.document$.subscribe(begin);
    else begin();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
