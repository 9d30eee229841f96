/*
 * Check chosen files before they travel: how many, how large, which kind. The server checks again, by content.
 *
 *   <input type="file" multiple data-max-files data-max-file-bytes data-max-total-bytes data-extensions=".jpg .pdf"
 *     data-reason-no-extension data-reason-type-not-allowed data-reason-empty data-reason-too-large
 *     data-reason-too-many data-reason-too-large-together
 *     data-text-refusal="{name} {reason}" data-text-ready data-text-refused data-text-remove data-text-remove-name="{name}">
 *
 * portal.forms.browser_checks() writes all of them. A file that would be refused is taken out of the selection and named
 * with the reason and another way; the others stay. Choosing again adds to what was chosen before. Without this
 * script everything is sent, and the server says the same.
 */
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

const size = (bytes) => {
  const [unit, divisor] = bytes < 1024 ** 2 ? ["kilobyte", 1024] : ["megabyte", 1024 ** 2];
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit,
    maximumFractionDigits: 1,
  }).format(bytes / divisor);
};

const extension = (name) => (/\.[^.]+$/.exec(name)?.[0] ?? "").toLowerCase();

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
};

class Chooser {
  constructor(input) {
    this.input = input;
    this.data = input.dataset;
    this.chosen = [];
    this.list = element("ul", { class: "files stack" });
    this.status = element("p", { class: "unseen", role: "status" });
    (input.closest(".drop") ?? input).before(this.list, this.status);
    input.addEventListener("change", () => this.add([...input.files]));
    // A browser that comes back to the page may have kept the selection.
    if (input.files.length) {
      this.add([...input.files]);
    }
  }

  /** Why a file cannot be sent beside those already chosen: one of the sentences data-reason-…, or undefined. */
  refusal(file) {
    const ending = extension(file.name);
    const total = this.chosen.reduce((sum, other) => sum + other.size, file.size);
    const reasons = [
      [!ending, "reasonNoExtension"],
      [!this.data.extensions.split(" ").includes(ending), "reasonTypeNotAllowed"],
      [file.size === 0, "reasonEmpty"],
      [file.size > Number(this.data.maxFileBytes), "reasonTooLarge"],
      [this.chosen.length >= Number(this.data.maxFiles), "reasonTooMany"],
      [total > Number(this.data.maxTotalBytes), "reasonTooLargeTogether"],
    ];
    const [, name] = reasons.find(([applies]) => applies) ?? [];
    return this.data[name];
  }

  isChosen(file) {
    return this.chosen.some(
      (other) => other.name === file.name && other.size === file.size && other.lastModified === file.lastModified,
    );
  }

  add(files) {
    const refused = [];
    for (const file of files.filter((one) => !this.isChosen(one))) {
      const reason = this.refusal(file);
      if (reason) {
        refused.push({ file, reason });
      } else {
        this.chosen.push(file);
      }
    }
    this.show(refused);
    this.status.textContent = refused
      .map(({ file, reason }) => filled(this.data.textRefusal, { name: file.name, reason }))
      .join(" ");
  }

  remove(file) {
    this.chosen = this.chosen.filter((other) => other !== file);
    this.show([]);
    this.input.focus();
  }

  show(refused) {
    const kept = new DataTransfer();
    this.chosen.forEach((file) => kept.items.add(file));
    this.input.files = kept.files;
    this.list.replaceChildren(
      ...this.chosen.map((file) => this.row(file, size(file.size), "work", this.data.textReady, this.removal(file))),
      ...refused.map(({ file, reason }) => this.row(file, reason, "bad", this.data.textRefused)),
    );
  }

  row(file, note, tone, verdict, ...rest) {
    const badge = extension(file.name).slice(1, 5).toUpperCase() || "?";
    return element(
      "li",
      { class: "item" },
      element("span", { class: "thumb", "aria-hidden": "true" }, badge),
      element("p", {}, element("bdi", {}, file.name), element("br"), element("span", { class: "meta" }, note)),
      element("span", { class: "tag", "data-tone": tone }, verdict),
      ...rest,
    );
  }

  removal(file) {
    const label = filled(this.data.textRemoveName, { name: file.name });
    const button = element(
      "button",
      { type: "button", class: "btn second", "aria-label": label },
      this.data.textRemove,
    );
    button.addEventListener("click", () => this.remove(file));
    return button;
  }
}

for (const input of document.querySelectorAll('input[type="file"][data-max-files]')) {
  new Chooser(input);
}
