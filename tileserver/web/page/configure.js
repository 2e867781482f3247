// The page that composes a frame: it follows each choice without a reload, and copies code.

const form = document.getElementById("choices");
const told = document.getElementById("told");
document.body.classList.add("scripted");

let asked = 0;

/** Ask the server for this very page with the choices of now, and take over what depends on them. */
async function follow() {
  const number = ++asked;
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const url = new URL(`?${query}`, location.href);
  document.body.classList.add("updating");
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (number !== asked) return;
    for (const id of ["indicator", "year", "form", "method"]) {
      const fresh = page.getElementById(id);
      const shown = document.getElementById(id);
      if (fresh.innerHTML !== shown.innerHTML) shown.replaceChildren(...fresh.cloneNode(true).childNodes);
      shown.value = fresh.value;
    }
    document.getElementById("result").replaceWith(page.getElementById("result"));
    document.querySelector(".other").href = page.querySelector(".other").href;
    prepareCopying();
    history.replaceState(null, "", url);
  } finally {
    if (number === asked) document.body.classList.remove("updating");
  }
}

function prepareCopying() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copies);
      field.select();
      // Without a secure connection there is no clipboard: what is selected can be copied by hand.
      await navigator.clipboard?.writeText(field.value);
      told.textContent = button.dataset.done;
    });
  }
}

form.addEventListener("change", () => void follow());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void follow();
});
prepareCopying();
