/** What was masked in one request, and the way back. */
export interface Vault {
  /** The placeholder of a value: the same one each time, so that a model can tell two people apart. */
  readonly mask: (label: string, value: string, isRestored: boolean) => string;
  /** The text with every placeholder that may be put back replaced by what it stands for. */
  readonly restore: (text: string) => string;
  /** Whether anything can be put back. */
  readonly isRestoring: () => boolean;
}

const PLACEHOLDER = /\[[A-Z0-9_]{1,48}\]/g;

/** Creates an empty vault. `isTaken` tells placeholders that the caller itself wrote: those are never used. Memory: what was masked. */
export function createVault(isTaken: (placeholder: string) => boolean): Vault {
  const placeholders = new Map<string, string>();
  const originals = new Map<string, string>();
  const lastNumber = new Map<string, number>();

  function mask(label: string, value: string, isRestored: boolean): string {
    const key = JSON.stringify([label, value, isRestored]);
    const known = placeholders.get(key);
    if (known !== undefined) return known;
    let number = lastNumber.get(label) ?? 0;
    let placeholder: string;
    do {
      number += 1;
      placeholder = `[${label}_${number}]`;
    } while (isTaken(placeholder));
    lastNumber.set(label, number);
    placeholders.set(key, placeholder);
    if (isRestored) originals.set(placeholder, value);
    return placeholder;
  }

  return {
    mask,
    restore: (text) =>
      originals.size === 0 ? text : text.replace(PLACEHOLDER, (found) => originals.get(found) ?? found),
    isRestoring: () => originals.size > 0,
  };
}

/** From where a text could still become a placeholder when more of it comes. Pure. */
export function holdPlaceholder(text: string): number {
  const at = text.lastIndexOf('[');
  return at >= 0 && /^\[[A-Z0-9_]{0,48}$/.test(text.slice(at)) ? at : text.length;
}
