/** Breaks a text at blanks so that no line, its indent included, is wider than the columns; a longer word stays whole. Pure. */
export function wrap(text: string, columns: number, indent: string): string {
  const width = Math.max(20, columns - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each) => indent + each).join('\n');
}
