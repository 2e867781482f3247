// Words as they are compared: without case or accents, as the server's search does.

const MARKS = /\p{Mark}/gu;
const OTHER = /[^\p{Letter}\p{Number}]+/gu;

/** Write a text as plain lower-case words with one space between. */
export function fold(text: string): string {
  const plain = text.toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").normalize("NFKD");
  return plain.replace(MARKS, "").replace(OTHER, " ").trim();
}

/** Whether every word of what is asked begins a word of the folded text. */
export function matches(folded: string, asked: string): boolean {
  const padded = ` ${folded}`;
  return fold(asked)
    .split(" ")
    .every((word) => padded.includes(` ${word}`));
}
