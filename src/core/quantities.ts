const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;
const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const SHARE = /^(\d+(?:\.\d+)?)%$/;

const BYTES = /^(\d+)(B|KiB|MiB|GiB)$/;
const BYTES_PER_UNIT: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Parses `500ms 30s 5m 2h 7d 2w` into milliseconds; null when the text is not a duration. Pure. */
export function parseDuration(text: string): number | null {
  const found = DURATION.exec(text);
  if (!found) return null;
  return Math.round(Number(found[1]) * (MS_PER_UNIT[found[2] ?? ''] ?? Number.NaN));
}

/** Formats milliseconds as the largest unit that divides them, such as `45s` or `1500ms`. Pure. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = MS_PER_UNIT[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** Parses `80%` or `99.9%` into a ratio, 1 = 100 %; null when the text is not a share. Pure. */
export function parseShare(text: string): number | null {
  const found = SHARE.exec(text);
  // Shifting the decimal point in the text keeps 99.9% exact; dividing by 100 does not.
  return found ? Number(`${found[1]}e-2`) : null;
}

/** Parses `64KiB 1MiB 512B` into bytes; null when the text is not a byte size. Pure. */
export function parseBytes(text: string): number | null {
  const found = BYTES.exec(text);
  return found ? Number(found[1]) * (BYTES_PER_UNIT[found[2] ?? ''] ?? Number.NaN) : null;
}
