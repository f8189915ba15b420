/** Splits a line of CSV (RFC 4180): quoted fields, doubled quotes inside them. Null when a quote is left open. Pure. */
export function splitCsv(line: string): readonly string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at);
      fields.push(line.slice(at, comma < 0 ? line.length : comma));
      if (comma < 0) return fields;
      at = comma + 1;
      continue;
    }
    let text = '';
    for (at += 1; ; ) {
      const quote = line.indexOf('"', at);
      if (quote < 0) return null;
      text += line.slice(at, quote);
      at = quote + 1;
      if (line[at] !== '"') break;
      text += '"';
      at += 1;
    }
    fields.push(text);
    if (at >= line.length) return fields;
    if (line[at] !== ',') return null;
    at += 1;
  }
}
