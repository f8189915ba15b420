import { type Draft, note } from '../draft.ts';
import { isTrueAt, type SourceNode } from '../source-node.ts';
import { addFunctions } from './functions.ts';
import { addModels } from './models.ts';
import { addRateLimits } from './rate-limits.ts';

/** TensorZero's `tensorzero.toml`: models and functions become chains with routes, rate limits budgets. */
export function importTensorzero(draft: Draft, documents: readonly SourceNode[]): void {
  for (const root of documents) {
    const models = addModels(draft, root);
    addFunctions(draft, root, models);
    addRateLimits(draft, root);
    readGateway(draft, root.get('gateway'));
  }
}

function readGateway(draft: Draft, gateway: SourceNode | undefined): void {
  const relay = gateway?.get('relay');
  if (relay !== undefined) {
    note(
      draft,
      'left-out',
      'relay',
      relay,
      'a gateway that passes everything on to another one',
      'Name the other gateway as a Provider with `dialect: openai-chat`, or import its own file.',
    );
    relay.take();
  }
  const auth = gateway?.get('auth');
  if (auth !== undefined && isTrueAt(auth, 'enabled')) {
    note(
      draft,
      'differs',
      'access',
      auth,
      'TensorZero keeps its keys in a database; here each consumer has keys in its document',
      'Make keys with `signalbox keys create`.',
    );
  }
}
