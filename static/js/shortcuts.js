/*
 * Single keys for the agents' workspace.
 *
 *   /        focus #find
 *   j  k     next and previous row of a list: <tbody data-rows>, each row with one [data-row-link]
 *   x        tick or untick the row that has the focus (its first checkbox)
 *   Enter    opens it, because the link has the focus
 *   ?        open <dialog id="shortcuts">; so does any [data-shortcuts-open]
 *
 * They rest while somebody types, with a modifier held, in a dialog, and when [data-shortcuts-on] in the dialog is not
 * ticked (WCAG 2.1.4: speech users and unsteady hands must be able to switch single keys off).
 */
const STORED = "shortcuts";
const dialog = document.getElementById("shortcuts");

const isTyping = (target) => target.closest('input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable]');

const links = () => [...document.querySelectorAll("[data-rows] [data-row-link]")];

const move = (step) => {
  const all = links();
  const row = document.activeElement.closest("[data-rows] > *");
  const here = all.findIndex((link) => row?.contains(link));
  // From outside the list, both keys go to its first row.
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1);
  all[next]?.focus();
};

const tick = () => document.activeElement.closest("[data-rows] > *")?.querySelector('[type="checkbox"]')?.click();

const keys = {
  "/": () => document.getElementById("find")?.focus(),
  "?": () => dialog.showModal(),
  j: () => move(1),
  k: () => move(-1),
  x: tick,
};

if (dialog) {
  const on = dialog.querySelector("[data-shortcuts-on]");
  on.checked = localStorage.getItem(STORED) !== "off";
  on.addEventListener("change", () => localStorage.setItem(STORED, on.checked ? "on" : "off"));

  for (const opener of document.querySelectorAll("[data-shortcuts-open]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog.showModal());
  }

  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!act || modified || !on.checked || dialog.open || isTyping(event.target)) {
      return;
    }
    event.preventDefault();
    act();
  });
}
