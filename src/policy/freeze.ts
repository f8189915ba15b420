const REFUSE: PropertyDescriptor = Object.freeze({
  value: () => {
    throw new TypeError('a snapshot never changes; compile a new one');
  },
});

const MAP_WRITERS: PropertyDescriptorMap = { set: REFUSE, delete: REFUSE, clear: REFUSE };
const SET_WRITERS: PropertyDescriptorMap = { add: REFUSE, delete: REFUSE, clear: REFUSE };

/** Freezes a value and all it holds, in place; maps and sets refuse to be written. Returns the same value. */
export function deepFreeze<Value>(value: Value): Value {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const at = open.pop();
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null || Object.isFrozen(at)) continue;
    if (at instanceof Map) {
      Object.defineProperties(at, MAP_WRITERS);
      open.push(...at.keys(), ...at.values());
    } else if (at instanceof Set) {
      Object.defineProperties(at, SET_WRITERS);
      open.push(...at);
    }
    Object.freeze(at);
    for (const part of Object.values(at)) open.push(part);
  }
  return value;
}
