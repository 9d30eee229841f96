/*
 * Put a canned reply into the answer without losing what is already typed there.
 *
 *   <select id="canned">…</select>
 *   <button data-canned="canned" data-canned-into="id_text" data-canned-url="/admin/…/canned/"
 *           data-canned-status="id of a live region" data-canned-notes="id of a list" data-canned-gist="id of a <details>"
 *           data-text-inserted="Put in: {title}" data-text-failed="…">
 *
 * Pressing the button gets `data-canned-url?reply=<chosen>`, which answers {"title", "text", "notes", "gist"} with the
 * variables filled in, in the customer's language. The text goes to where the cursor is, on lines of its own; the notes
 * (a translation is missing, a variable is empty) become items made from <template id="canned-note">; the gist is the
 * same text for the agent. Without this script the button sends the form, and the page comes back with the text in it.
 */
const insert = (area, text) => {
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const lead = before && !before.endsWith("\n") ? "\n\n" : "";
  const tail = after && !after.startsWith("\n") ? "\n\n" : "";
  area.setRangeText(lead + text + tail, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
};

const part = (id) => document.getElementById(id);

const showNotes = (list, notes) => {
  list.replaceChildren(
    ...notes.map((note) => {
      const item = part("canned-note").content.cloneNode(true);
      item.querySelector("p").textContent = note;
      return item;
    }),
  );
  list.hidden = notes.length === 0;
};

const showGist = (details, gist) => {
  details.querySelector("p").textContent = gist;
  details.hidden = false;
};

const wire = (button) => {
  const { canned, cannedInto, cannedUrl, cannedStatus, cannedNotes, cannedGist, textInserted, textFailed } = button.dataset;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const chosen = part(canned).value;
    if (!chosen) {
      part(canned).focus();
      return;
    }
    try {
      const address = new URL(cannedUrl, document.baseURI);
      address.searchParams.set("reply", chosen);
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
      const { title, text, notes, gist } = await answer.json();
      insert(part(cannedInto), text);
      showNotes(part(cannedNotes), notes);
      showGist(part(cannedGist), gist);
      part(cannedStatus).textContent = textInserted.replace("{title}", title);
    } catch {
      part(cannedStatus).textContent = textFailed;
    }
  });
};

document.querySelectorAll("button[data-canned]").forEach(wire);
