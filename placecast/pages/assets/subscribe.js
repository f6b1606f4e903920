// The button that copies the address of the feed.

const button = document.querySelector("[data-copy]");
const field = document.getElementById(button.dataset.copy);
const status = document.querySelector(".status");

button.hidden = false;
button.addEventListener("click", async () => {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    status.textContent = "Copied";
  } catch {
    status.textContent = "Press Ctrl+C or ⌘C to copy";
  }
});
