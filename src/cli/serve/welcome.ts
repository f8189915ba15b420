import type { RunningGateway } from '#gateway';

/** What a newcomer wants to know once the gateway runs: what serves, what is skipped and why, and a first request to try. Pure. */
export function welcome(facts: {
  readonly url: string;
  readonly status: Awaited<ReturnType<RunningGateway['status']>>;
  readonly policies: string;
  readonly records: string | null;
}): string {
  const { url, status, policies, records } = facts;
  const { counts, targets } = status;
  const ready = targets.filter((target) => target.status === 'ready');
  const reasons = Map.groupBy(
    targets.filter(({ problem }) => problem !== null),
    ({ problem }) => problem ?? '',
  );
  const skipped = [...reasons].map(([problem, list]) => `    ${list.length} skipped: ${problem}`);
  const lines = [
    `  environment  ${status.environment}, revision ${status.revision}${status.fromLastGood ? ' (the last good one; the tree on disk is broken)' : ''}`,
    `  policies     ${policies}: ${counts.routes} routes, ${counts.chains} chains, ${counts.budgets} budgets, ${counts.consumers} consumers`,
    `  targets      ${ready.length} of ${targets.length} ready`,
    ...skipped,
    `  records      ${records ?? 'none are kept'}`,
    '',
    '  Try it:',
    `    curl -i ${url}/v1/chat/completions -H 'content-type: application/json' \\`,
    `      -d '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}'`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}
