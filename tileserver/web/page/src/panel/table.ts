// What the map shows, as a table: for whoever cannot see the map, and for whoever wants the figures.

import { loadNames, type Subject } from "../api";
import { byId, make } from "../dom";
import { ranks } from "../telling";
import { number } from "../text/format";
import { fold, matches } from "../text/fold";
import { say, texts, word } from "../text/texts";
import type { Figure, Legend } from "../types";
import type { World } from "../world";
import { profileOf } from "./describe";
import { periodText } from "./years";

const FIRST = 100;
const MORE = 500;

interface Row {
  code: string;
  name: string;
  folded: string;
  value: number | null;
  status: string;
  rank: number | undefined;
}

export interface Shown extends Subject {
  legend: Legend;
  figures: Map<number, Figure>;
  kept: Set<number> | undefined;
}

type Column = "rank" | "name" | "value" | "status";

export class Table {
  private shown: Shown | undefined;
  private rows: Row[] = [];
  private sorted: Column = "rank";
  private down = false;
  private most = FIRST;
  private readonly dialog = byId<HTMLDialogElement>("table");
  private readonly search = byId<HTMLInputElement>("table-search");

  /** `select` is told the code of the territory that is to be shown on the map. */
  constructor(
    private readonly world: World,
    private readonly select: (code: string) => void,
  ) {
    byId("open-table").addEventListener("click", () => {
      this.dialog.showModal();
      void this.fill();
    });
    byId("table-close").addEventListener("click", () => this.dialog.close());
    this.search.addEventListener("input", () => this.write(FIRST));
    byId("table-more").addEventListener("click", () => this.write(this.most + MORE));
  }

  /** Let the table be of other figures; it is written when it is open. */
  show(shown: Shown): void {
    this.shown = shown;
    if (this.dialog.open) void this.fill();
  }

  private async fill(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    const names = await loadNames(this.world.territory(shown.level));
    const places = ranks(shown.figures);
    const ids = [...shown.figures.keys()].filter((id) => !shown.kept || shown.kept.has(id));
    this.rows = ids.map((id) => {
      const { value, status } = shown.figures.get(id) ?? { value: null, status: undefined };
      const { name, code } = names.get(id) ?? { name: String(id), code: String(id) };
      const told = status && status !== "ok" ? status : value === null ? "missing" : "";
      const said = told ? word(texts.statuses, told, told) : "";
      return { code, name: name ?? code, folded: fold(`${name} ${code}`), value, status: said, rank: places.get(id) };
    });
    const { legend } = shown;
    const level = word(texts.levels, shown.level, shown.level);
    const year = legend.year ? `, ${periodText(legend.year)}` : "";
    byId("table-title").textContent = `${say(legend.title)} – ${level}${year}`;
    this.write(FIRST);
  }

  private write(most: number): void {
    const { shown } = this;
    if (!shown) return;
    this.most = most;
    const asked = this.search.value.trim();
    const found = this.sort(asked ? this.rows.filter((row) => matches(row.folded, asked)) : this.rows);
    const unit = say(shown.legend.unit);
    const value = unit ? `${texts.value} (${unit})` : texts.value;
    const head = make(
      "tr",
      {},
      this.header("rank", texts.rankHeader),
      this.header("name", texts.name),
      this.header("value", value),
      this.header("status", texts.status),
      make("th", { scope: "col" }, make("span", { className: "unseen", textContent: texts.actions })),
    );
    const rows = found.slice(0, most).map((row) => this.row(row, shown));
    byId("figures").replaceChildren(
      make("caption", { textContent: texts.rows(number(found.length)) }),
      make("thead", {}, head),
      make("tbody", {}, ...rows),
    );
    byId("table-more").hidden = found.length <= most;
  }

  private header(column: Column, text: string): HTMLElement {
    const button = make("button", { type: "button", textContent: text });
    button.addEventListener("click", () => {
      this.down = this.sorted === column ? !this.down : false;
      this.sorted = column;
      this.write(this.most);
      byId("figures").querySelector<HTMLElement>(`th[data-column=${column}] button`)?.focus();
    });
    const cell = make("th", { scope: "col" }, button);
    cell.dataset["column"] = column;
    cell.setAttribute("aria-sort", this.sorted !== column ? "none" : this.down ? "descending" : "ascending");
    return cell;
  }

  private row({ code, name, value, status, rank }: Row, { level, legend }: Shown): HTMLElement {
    const link = make("a", { href: profileOf(level, code), textContent: name });
    const show = make("button", { type: "button", className: "link", textContent: texts.onMap });
    show.setAttribute("aria-label", `${texts.onMap} : ${name}`);
    show.addEventListener("click", () => {
      this.dialog.close();
      this.select(code);
    });
    return make(
      "tr",
      {},
      make("td", { className: "number", textContent: rank === undefined ? "–" : number(rank) }),
      make("th", { scope: "row" }, link, make("span", { className: "quiet", textContent: ` ${code}` })),
      make("td", { className: "number", textContent: value === null ? "–" : number(value, legend.precision) }),
      make("td", { textContent: status }),
      make("td", {}, show),
    );
  }

  /** Sort rows; what has no value comes last either way. */
  private sort(rows: Row[]): Row[] {
    const turn = this.down ? -1 : 1;
    const compare = {
      rank: (one: Row, other: Row) => turn * ((one.rank ?? 0) - (other.rank ?? 0)),
      value: (one: Row, other: Row) => turn * ((one.value ?? 0) - (other.value ?? 0)),
      name: (one: Row, other: Row) => turn * one.folded.localeCompare(other.folded),
      status: (one: Row, other: Row) => turn * one.status.localeCompare(other.status),
    }[this.sorted];
    const valued = ["rank", "value"].includes(this.sorted);
    const last = (row: Row) => Number(valued && row.value === null);
    return [...rows].sort((one, other) => last(one) - last(other) || compare(one, other) || one.folded.localeCompare(other.folded));
  }
}
