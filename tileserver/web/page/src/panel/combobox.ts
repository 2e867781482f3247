// A field with a list of suggestions: the combobox with a listbox popup of the ARIA Authoring Practices.
//
// Down and Up open the list and move in it, Enter chooses, Escape closes and then clears; the focus stays in the
// field, `aria-activedescendant` tells which option is meant.

import { make } from "../dom";
import { texts } from "../text/texts";

export interface Choice {
  id: string;
  label: string;
  /** Said after the label, quietly. */
  detail?: string;
  group?: string;
}

interface Settings {
  input: HTMLInputElement;
  list: HTMLElement;
  status: HTMLElement;
  /** Give what matches; the text is empty when the list is opened without one. */
  find: (text: string) => Choice[] | Promise<Choice[]>;
  choose: (choice: Choice) => void;
  /** Told what the reader rests on, by pointer or key, before it is chosen. */
  consider?: (choice: Choice) => void;
  /** What the field says while nobody writes in it. */
  resting: () => string;
  /** Whether the list opens before anything is written. */
  browse: boolean;
}

const REST_MS = 60;

export class Combobox {
  private choices: Choice[] = [];
  private active = -1;
  private written = false;
  private asked = 0;
  private opening = Promise.resolve();
  private resting = 0;
  private considered = -1;

  constructor(private readonly settings: Settings) {
    const { input, list } = settings;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.autocomplete = "off";
    input.spellcheck = false;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    input.addEventListener("input", () => {
      this.written = true;
      this.opening = this.open();
    });
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("click", () => settings.browse && !this.isOpen && (this.opening = this.open()));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.close());
    // The field keeps the focus while an option is pressed.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.take(Number(option.dataset["place"]));
    });
    list.addEventListener("pointermove", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.consider(Number(option.dataset["place"]));
    });
    this.rest();
  }

  /** Say what the reader rests on for a moment; what one passes on the way to another is not meant. */
  private consider(place: number): void {
    if (place === this.considered) return;
    this.considered = place;
    clearTimeout(this.resting);
    const choice = this.choices[place];
    if (choice) this.resting = setTimeout(() => this.isOpen && this.settings.consider?.(choice), REST_MS);
  }

  get isOpen(): boolean {
    return !this.settings.list.hidden;
  }

  /** Say again what the field says at rest. */
  rest(): void {
    this.written = false;
    const { input, resting } = this.settings;
    input.value = resting();
    if (document.activeElement === input) input.select();
  }

  private async open(): Promise<void> {
    const { input, find, browse } = this.settings;
    const text = this.written ? input.value.trim() : "";
    if (!text && !browse) return this.hide();
    const turn = ++this.asked;
    const choices = await find(text);
    if (turn !== this.asked || document.activeElement !== input) return;
    this.choices = choices;
    this.show();
    const current = choices.findIndex((choice) => choice.label === this.settings.resting());
    this.move(text ? (choices.length ? 0 : -1) : current, "center");
  }

  private show(): void {
    const { input, list, status } = this.settings;
    list.replaceChildren(...this.groups());
    if (!this.choices.length) {
      list.append(make("p", { className: "nothing quiet", textContent: texts.nothingFound }));
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    status.textContent = this.written ? texts.found(this.choices.length) : "";
  }

  private groups(): HTMLElement[] {
    const found: HTMLElement[] = [];
    let group: HTMLElement | undefined;
    this.choices.forEach((choice, place) => {
      const option = this.option(choice, place);
      if (choice.group === undefined) return void found.push(option);
      if (group?.dataset["name"] !== choice.group) {
        const id = `${this.settings.list.id}-group-${found.length}`;
        const name = make("span", { className: "group-name", id, textContent: choice.group });
        name.setAttribute("role", "presentation");
        group = make("div", { className: "group" }, name);
        group.dataset["name"] = choice.group;
        group.setAttribute("role", "group");
        group.setAttribute("aria-labelledby", id);
        found.push(group);
      }
      group.append(option);
    });
    return found;
  }

  private option(choice: Choice, place: number): HTMLElement {
    const option = make("div", { className: "option", id: `${this.settings.list.id}-${place}` }, choice.label);
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(choice.label === this.settings.resting()));
    option.dataset["place"] = String(place);
    if (choice.detail) option.append(make("span", { className: "quiet detail", textContent: ` ${choice.detail}` }));
    return option;
  }

  private move(place: number, block: ScrollLogicalPosition = "nearest"): void {
    const { input, list } = this.settings;
    this.active = place;
    for (const option of list.querySelectorAll<HTMLElement>("[role=option]")) {
      const meant = Number(option.dataset["place"]) === place;
      option.classList.toggle("active", meant);
      if (meant) this.reveal(option, block);
    }
    this.consider(place);
    if (place >= 0) input.setAttribute("aria-activedescendant", `${list.id}-${place}`);
    else input.removeAttribute("aria-activedescendant");
  }

  /** Scroll the list, and nothing around it. */
  private reveal(option: HTMLElement, block: ScrollLogicalPosition): void {
    const { list } = this.settings;
    const [seen, wanted] = [list.getBoundingClientRect(), option.getBoundingClientRect()];
    if (block === "center") list.scrollTop += wanted.top - seen.top - seen.height / 2;
    else if (wanted.top < seen.top) list.scrollTop -= seen.top - wanted.top + 4;
    else if (wanted.bottom > seen.bottom) list.scrollTop += wanted.bottom - seen.bottom + 4;
  }

  private key(event: KeyboardEvent): void {
    const last = this.choices.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) return void (this.opening = this.open());
      const down = event.key === "ArrowDown";
      this.move(down ? (this.active >= last ? 0 : this.active + 1) : this.active <= 0 ? last : this.active - 1);
    } else if (event.key === "Enter" && (this.isOpen || this.written)) {
      event.preventDefault();
      // What is found for the text as it stands now, also where the server has yet to say.
      void this.opening.then(() => this.isOpen && this.active >= 0 && this.take(this.active));
    } else if (event.key === "Escape" && (this.isOpen || this.written)) {
      event.stopPropagation();
      this.close();
    }
  }

  private take(place: number): void {
    const choice = this.choices[place];
    this.hide();
    this.written = false;
    if (choice) this.settings.choose(choice);
    this.rest();
  }

  private close(): void {
    this.hide();
    this.rest();
  }

  private hide(): void {
    this.asked += 1;
    this.settings.list.hidden = true;
    this.settings.input.setAttribute("aria-expanded", "false");
    this.settings.input.removeAttribute("aria-activedescendant");
    this.settings.status.textContent = "";
  }
}
