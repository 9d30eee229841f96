/*
 * Menus are <details class="menu">, which work by themselves. This closes them on Escape, on a click elsewhere, and when
 * the focus leaves them, so that an open panel never covers what has the focus (WCAG 2.4.11).
 */
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const closeOthers = (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
};

document.addEventListener("click", closeOthers);
document.addEventListener("focusin", closeOthers);
