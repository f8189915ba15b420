import { sha256 } from '#core';
import { type Draft, note, shown } from './draft.ts';
import { variableName } from './names.ts';
import { type SourceNode, textOf } from './source-node.ts';

/** A reference as policies write it. */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** The variable that a text stands for: `os.environ/X`, `$X`, `${X}`, `{{X}}`, `env::X`, `env.X`; null for plain text. */
export function variableOf(text: string): string | null {
  const found =
    /^os\.environ\/([A-Za-z_]\w*)$/.exec(text) ??
    /^\$\{?([A-Za-z_]\w*)(?::-?[^}]*)?\}?$/.exec(text) ??
    /^env(?:::|\.)([A-Za-z_]\w*)$/.exec(text) ??
    /^\{\{\s*(?:secret\.|env\.|\$)?([A-Za-z_]\w*)\s*\}\}$/.exec(text);
  return found?.[1] ?? null;
}

/**
 * Turns whatever a source writes where a key belongs into a reference. A key in plain text is not copied: its variable is named after `purpose`, and the
 * report says where the value stands.
 */
export function secretFrom(draft: Draft, node: SourceNode | undefined, purpose: string): SecretRef | null {
  const text = textOf(node);
  if (node === undefined || text === undefined) return null;
  node.take();
  const variable = variableOf(text);
  if (variable !== null) return { env: variable };
  const path = /^(?:path|file)(?:::|:\/\/)(\/[^\s]+)$/.exec(text)?.[1];
  if (path !== undefined) return { file: path };
  const name = variableFor(draft, variableName(purpose), text);
  const message = `a key stands here in plain text; the policies refer to ${name} instead`;
  note(
    draft,
    'needs-you',
    'secret',
    node,
    message,
    `Set ${name} to the value of this line, better to a new key: this one was in a file.`,
  );
  return { env: name };
}

/** Equal keys share a variable, others never do. */
function variableFor(draft: Draft, wanted: string, text: string): string {
  const digest = sha256(text);
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    const known = draft.variables.get(name);
    if (known === undefined) draft.variables.set(name, digest);
    if (known === undefined || known === digest) return name;
  }
}

/** A reference for a secret that the source keeps somewhere else, such as a Kubernetes Secret or a vault. */
export function secretKept(draft: Draft, node: SourceNode, where: string, purpose: string): SecretRef {
  const name = variableName(purpose);
  note(
    draft,
    'needs-you',
    'secret',
    node,
    `the key is kept in ${shown(where)}; the policies refer to ${name}`,
    `Set ${name} from there, or write {file: PATH} where it is mounted.`,
  );
  return { env: name };
}
