/* Tells a form which time zone the browser lives in, so that nobody has to look theirs up in a list. */
for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
