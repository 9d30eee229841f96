/*
 * Go to the error summary when a page comes back with mistakes, so that nobody has to look for it.
 *
 *   <div data-error-summary tabindex="-1" role="alert">…<a href="#id_serial">…</a></div>
 */
const summary = document.querySelector("[data-error-summary]");

if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) {
      return;
    }
    event.preventDefault();
    // Show the label and the message above the control, not the control alone.
    (control.closest(".field") ?? control).scrollIntoView();
    control.focus({ preventScroll: true });
  });
}
