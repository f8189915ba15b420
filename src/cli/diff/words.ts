import { isObject } from '#core';
import type { ValueChange } from './compare-values.ts';

/** One change in a sentence that needs no knowledge of the file, such as `target gpt calls openai/gpt-4o-mini instead of openai/gpt-4o`. Pure. */
export function changeWords({ path, from, to }: Pick<ValueChange, 'path' | 'from' | 'to'>): string {
  const order = / order$/.test(path);
  if (order) return `${path.slice(0, -6)} in another order: ${listOf(to)}; was ${listOf(from)}`;
  const target = /^targets\[([^\]]+)\]$/.exec(path)?.[1];
  if (target !== undefined && from === undefined) return `new target ${target}: ${useOf(to)}`;
  if (target !== undefined && to === undefined) return `target ${target} is gone: ${useOf(from)}`;
  const use = /^targets\[([^\]]+)\]\.(?:model|provider|chain)$/.exec(path)?.[1];
  if (use !== undefined && from !== undefined && to !== undefined) {
    return `target ${use} calls ${showShort(to)} instead of ${showShort(from)}`;
  }
  const weight = /^targets\[([^\]]+)\]\.weight$/.exec(path)?.[1];
  if (weight !== undefined && from !== undefined && to !== undefined) {
    return `target ${weight} gets ${showShort(to)} of a hundred requests instead of ${showShort(from)}`;
  }
  if (path === 'chain' && from !== undefined && to !== undefined) {
    return `goes to chain ${showShort(to)} instead of ${showShort(from)}`;
  }
  if (path === 'onExhausted') return `at its end: ${showShort(to)}; was ${showShort(from)}`;
  if (from === undefined || from === null) return `${path}: ${showShort(to)}; was not set`;
  if (to === undefined || to === null) return `${path} is not set any more; was ${showShort(from)}`;
  return `${path}: ${showShort(to)}; was ${showShort(from)}`;
}

/** A value on one line, long ones cut. Pure. */
export function showShort(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (isObject(value) && Object.keys(value).length === 1 && typeof value.chain === 'string')
    return `chain ${value.chain}`;
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value) && value.every(isScalar)
        ? listOf(value)
        : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

function listOf(value: unknown): string {
  return Array.isArray(value) && value.length > 0 ? value.map(String).join(', ') : 'nothing';
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function useOf(target: unknown): string {
  if (!isObject(target)) return showShort(target);
  if (target.chain !== undefined) return `chain ${String(target.chain)}`;
  return String(target.model ?? target.provider ?? showShort(target));
}
