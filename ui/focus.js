// Puts the keyboard where the page asks for it, once for each time it asks; Streamlit has no way to do that itself.
(() => {
  if (window.workbenchFocus) return;
  window.workbenchFocus = true;
  const FIELDS = "input:not([type=hidden]):not([disabled]), textarea:not([disabled])";
  const TEXT = '[data-testid="stTextInputField"], textarea';
  const ANY = `${FIELDS}, button:not([disabled], [aria-label^="Help"])`;
  const wish = () => document.querySelector("[data-focus-mark]");
  let done = "";

  const fulfil = () => {
    const asked = wish();
    if (!asked || asked.dataset.focusMark === done) return;
    const place = document.querySelector(`[class~="st-key-${CSS.escape(asked.dataset.focusOn)}"]`);
    const there = place ? [...place.querySelectorAll(ANY)].filter((one) => one.checkVisibility()) : [];
    const gap = asked.dataset.focusGap && there.find((one) => one.matches(TEXT) && !one.value);
    const field = gap || there[0];
    if (!field) return;
    done = asked.dataset.focusMark;
    const panel = field.closest(".st-key-panel") ?? field;
    if (panel.getBoundingClientRect().top < 0) panel.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  };

  // Whoever goes or types elsewhere first is not called back; letters typed too early are typed nowhere.
  const forget = () => { done = wish()?.dataset.focusMark ?? done; };
  addEventListener("pointerdown", forget, true);

  // From the search for a step down to the first that was found, once what was typed last has been looked for.
  let typed = 0;
  const idle = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning";
  const toFirst = (field, until) => {
    if (document.activeElement !== field || Date.now() > until) return;
    if (Date.now() - typed > 400 && idle()) document.querySelector('.st-key-step-list [class*="st-key-choose-"] button')?.focus();
    else setTimeout(toFirst, 60, field, until);
  };
  addEventListener("input", () => { typed = Date.now(); }, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Tab" || event.target.matches?.(FIELDS)) forget();
    if (event.target.closest?.(".st-key-find-step") && ["ArrowDown", "Enter"].includes(event.key)) toFirst(event.target, Date.now() + 5000);
  }, true);

  new MutationObserver(fulfil).observe(document.body, { childList: true, subtree: true });
  fulfil();
})();
