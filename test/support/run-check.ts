import type {
  Check,
  CheckContext,
  CheckOptions,
  CompiledCheck,
  GuardedRequest,
  SampleCase,
  Span,
  SpanCheck,
  Stage,
} from '#guardrails';

const REQUEST: GuardedRequest = {
  endpoint: 'chat',
  model: 'gpt-4o',
  consumer: 'tests',
  tools: [],
  metadata: {},
  headers: {},
  bodyBytes: 100,
  nowMs: 1_790_000_000_000,
};

/** The compiled parts of a check, always as a list. */
export function compiledOf(check: Check, options: CheckOptions): readonly CompiledCheck[] {
  const compiled = check.compile(options);
  return Array.isArray(compiled) ? compiled : [compiled as CompiledCheck];
}

/** What a text check finds, with a context of its own. */
export function spansIn(check: SpanCheck, text: string, instructions: readonly string[] = []): readonly Span[] {
  return check.find(text, contextOf('input', instructions));
}

/** How many findings of all parts a text has, whether it is judged by places or as a whole. */
export function findingsIn(
  compiled: readonly CompiledCheck[],
  text: string,
  instructions: readonly string[] = [],
): number {
  let count = 0;
  for (const check of compiled) {
    if (check.kind === 'spans') count += spansIn(check, text, instructions).length;
    if (check.kind === 'whole') {
      const subject = { stage: 'output' as const, text, texts: [text] };
      const verdict = check.judge(subject, contextOf('output', instructions));
      if (verdict.kind === 'found') count += verdict.count ?? 1;
    }
    if (check.kind === 'tool-call') {
      const call = { name: 'search', arguments: { query: text }, text };
      if (check.judge(call, contextOf('output', instructions)).kind === 'found') count++;
    }
  }
  return count;
}

/** Whether a check finds a sample case, by the part that looks at such things. */
export function isSampleFound(compiled: readonly CompiledCheck[], sample: SampleCase): boolean {
  return compiled.some((check) => {
    if (sample.kind === 'text') return findingsIn([check], sample.text, INSTRUCTIONS) > 0;
    if (sample.kind === 'request')
      return check.kind === 'request' && check.judge({ ...REQUEST, ...sample.request }).kind === 'found';
    if (check.kind !== 'tool-call') return false;
    const call = { name: sample.name, arguments: sample.arguments, text: JSON.stringify(sample.arguments) };
    return check.judge(call, contextOf('output', [])).kind === 'found';
  });
}

/** What samples of checks that compare with the instructions are held against. */
const INSTRUCTIONS = [
  'You answer for Example Inc. Never speak about the price of the competitor. Offer the green plan first.',
];

function contextOf(stage: Stage, instructions: readonly string[]): CheckContext {
  return { stage, instructions };
}
