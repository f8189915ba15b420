import type { Check } from '../check.ts';
import { spansOf } from '../spans-of.ts';

const ASSIGNED =
  /(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?key|subscription[ _-]?key|auth[_-]?token|session(?:[_-]?id)?|sess(?:id)?)(?:[_-](?:key|value|hash))?["']?[ \t]{0,3}(?:[=:]|=>|:=)[ \t]{0,3}["'`]?([^\s"'`,;&<>(){}[\]]{8,256})/gi;
// What stands where a value would: names of variables, types, placeholders, sentences.
const NO_VALUE =
  /^(?:\$|%|\/|\w{1,20}:(?:\/\/|\\?[nrt]?$)|\w{1,30}:\\[nrt]|\w{1,30}=\w|\*+$|x+$|\.+$|<|process\.|os\.|env\.|your|my[-_]|example|changeme|placeholder|required|undefined|[a-z]+$|[A-Z_]+$|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*$)/;

/** Values that are assigned to names as `password`. */
export const credentialAssignment: Check = {
  name: 'credential-assignment',
  summary:
    'Values of 8 characters and more that are assigned to names as `password`, `secret`, `token`, `api_key`, `session_id`; in code, settings and addresses. The value is masked.',
  limits: 'A password of letters alone is taken for a word and not found.',
  compile: () => ({
    kind: 'spans',
    label: 'CREDENTIAL',
    reach: 340,
    find: (text) => (/[=:]/.test(text) ? spansOf(text, ASSIGNED, assignedIn) : []),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'DB_PASSWORD=s4mple-Value!9' },
    miss: { kind: 'text', text: 'password: required, at least 12 characters' },
  },
};

function assignedIn(match: RegExpExecArray) {
  const value = match[1] ?? '';
  const end = match.index + match[0].length;
  if (!NO_VALUE.test(value)) return { start: end - value.length, end };
  // The value may hold another assignment: an address with parameters does.
  ASSIGNED.lastIndex = end - value.length;
  return false;
}
