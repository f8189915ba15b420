/** Gives tool calls of a history ids, and finds the call that an answer without an id belongs to. */
export interface CallIds {
  readonly call: (name: string, id: string | undefined) => string;
  readonly answer: (name: string | undefined, id: string | undefined) => string;
}

/**
 * Creates the ids of one request, in the order of the history: the caller's own, else `call_<n>`. An answer without an id
 * goes to the oldest open call of its name, else to the oldest open call.
 */
export function createCallIds(): CallIds {
  let open: { readonly name: string; readonly id: string }[] = [];
  let count = 0;

  function close(found: { readonly id: string } | undefined): string | undefined {
    if (found !== undefined) open = open.filter((call) => call !== found);
    return found?.id;
  }

  return {
    call(name, id) {
      const given = id || `call_${count}`;
      count++;
      open.push({ name, id: given });
      return given;
    },
    answer(name, id) {
      if (id) return close(open.find((call) => call.id === id)) ?? id;
      return close(open.find((call) => call.name === name) ?? open[0]) ?? `call_${count++}`;
    },
  };
}
