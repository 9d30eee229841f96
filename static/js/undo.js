/*
 * Count down while an answer can still be taken back.
 *
 *   <article data-undo-from="2026-11-23T10:00:00+01:00" data-undo-until="2026-11-23T10:00:15+01:00"
 *            data-text-left="Time left: {time}" data-text-over="The answer is being sent.">
 *     <form data-undo>…</form>                     goes when the time is over
 *     <span data-undo-left aria-hidden="true">     each second, for the eye
 *     <span role="status" data-undo-said>          at the end of the count, for the ear: no second is read out
 *     <a data-undo-over hidden>                    comes when the time is over
 *   </article>
 *
 * What is left is the difference of the server's two moments, so that a clock that goes wrong here changes nothing.
 * Without this script the button works all the same, and says so when it comes too late.
 */
const SECOND = 1000;
const SAID_AT = 5;

const inSeconds = (number) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "second", unitDisplay: "long" }).format(number);

const countDown = (answer) => {
  const { undoFrom, undoUntil, textLeft, textOver } = answer.dataset;
  const part = (name) => answer.querySelector(`[data-undo-${name}]`);
  const end = performance.now() + Date.parse(undoUntil) - Date.parse(undoFrom);

  const finish = () => {
    const form = answer.querySelector("[data-undo]");
    // Nobody is left on a button that goes.
    if (form?.contains(document.activeElement)) {
      answer.focus();
    }
    form?.remove();
    part("left").textContent = "";
    part("said").textContent = textOver;
    part("over").hidden = false;
  };

  const tick = () => {
    const left = Math.ceil((end - performance.now()) / SECOND);
    if (left <= 0) {
      finish();
      return;
    }
    const sentence = textLeft.replace("{time}", inSeconds(left));
    part("left").textContent = sentence;
    if (left === SAID_AT && answer.querySelector("[data-undo]")) {
      part("said").textContent = sentence;
    }
    setTimeout(tick, SECOND);
  };
  tick();
};

document.querySelectorAll("[data-undo-until]").forEach(countDown);
