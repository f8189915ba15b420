/** A kebab-case name that a document can have, from any text. */
export function slug(text: string, fallback = 'imported'): string {
  if (text === '*') return 'every-model';
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  // A bare `yes` or `1` would need quotes wherever it is named.
  if (plain === '' || /^(true|false|null|yes|no|on|off|y|n)$/.test(plain)) return fallback;
  return /^[0-9]/.test(plain) ? `${fallback}-${plain}`.slice(0, 60) : plain;
}

/** The name, or the name with the first number that makes it new. Remembers what it gives. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  taken.add(name);
  return name;
}

/** The name of an environment variable. */
export function variableName(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
    .slice(0, 60);
  return /^[A-Z]/.test(plain) ? plain : `IMPORTED_${plain || 'SECRET'}`;
}
