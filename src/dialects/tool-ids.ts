/** Gives the tool calls of one conversation ids that the API takes. */
export interface ToolIds {
  /** The id to write for the next call with this id. */
  readonly ofCall: (id: string) => string;
  /** The id of the latest call with this id. */
  readonly ofResult: (id: string) => string;
}

/**
 * The API takes `[a-zA-Z0-9_-]+` and each id once in a conversation. Ids of other providers break both
 * (`functions.weather:0`; counters that begin anew with every answer), so later calls of the same id get a number.
 */
export function createToolIds(maxLength = 128): ToolIds {
  const latest = new Map<string, string>();
  const used = new Set<string>();
  return {
    ofCall(id) {
      const base = legalId(id).slice(0, maxLength - SUFFIX_LENGTH);
      let wire = base;
      for (let number = 2; used.has(wire); number++) wire = `${base}_${number}`;
      used.add(wire);
      latest.set(id, wire);
      return wire;
    },
    ofResult: (id) => latest.get(id) ?? legalId(id).slice(0, maxLength - SUFFIX_LENGTH),
  };
}

const SUFFIX_LENGTH = 6;

function legalId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'call';
}
