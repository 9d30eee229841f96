/*
 * Put a canned reply into the answer without losing what is already typed there.
 *
 *   <select data-canned="id_body" data-canned-url="/admin/…/canned-reply/" data-canned-status="id-of-a-live-region"
 *           data-text-inserted="Inserted: {title}" data-text-failed="…">
 *
 * Choosing an option gets `data-canned-url?reply=<value>`, which answers {"title", "text"} with the variables filled in
 * and in the customer's language. The text goes to where the cursor is, on lines of its own. Without this script the
 * button beside the list sends the form, and the page comes back with the text in place.
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

const wire = (list) => {
  const area = document.getElementById(list.dataset.canned);
  const status = document.getElementById(list.dataset.cannedStatus);
  list.addEventListener("change", async () => {
    if (!list.value) {
      return;
    }
    try {
      const address = new URL(list.dataset.cannedUrl, document.baseURI);
      address.searchParams.set("reply", list.value);
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
      const { title, text } = await answer.json();
      insert(area, text);
      status.textContent = list.dataset.textInserted.replace("{title}", title);
      list.value = "";
    } catch {
      status.textContent = list.dataset.textFailed;
    }
  });
};

document.querySelectorAll("select[data-canned]").forEach(wire);
