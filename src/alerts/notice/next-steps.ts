import type { AlertRule } from '../engine/alert-rule.ts';

/** What to do next, in the order of what helps most at two in the morning; what is typed stands between backticks. Pure. */
export function nextSteps({ metric, budget, name }: AlertRule): readonly string[] {
  const quiet = `Known and under way? Be quiet for a while: \`POST /admin/silences\` with \`{"alert": "${name}", "for": "2h", "reason": "…"}\`.`;
  switch (metric) {
    case 'budget-used':
    case 'forecast':
      return [
        'See who spends: `signalbox usage --by consumer`, then `--by model`.',
        `Is it wanted? Raise the limit of Budget ${budget} in its file; the change is in service as soon as it is merged.`,
        'Is it not? Cap the output or the requests of the consumer on its route, or let `onExhausted` hand over to a cheaper chain.',
      ];
    case 'error-rate':
    case 'provider-down':
    case 'breaker-open':
      return [
        'See which targets fail and why: `signalbox status`.',
        'Look at one failed request: `signalbox explain ID`, with its id from `GET /admin/records`.',
        'Is one provider down? Put another target before it in the chain, or leave it to the fallback if there is one.',
        quiet,
      ];
    case 'fallback-share':
      return [
        'See why first targets do not answer: `signalbox status` names missing keys, open breakers and refusals.',
        'Watch the cost: the targets behind may be dearer. `signalbox usage --by model`.',
        quiet,
      ];
    case 'latency':
    case 'first-token':
      return [
        'See which model is slow in the causes above; `signalbox status` shows open breakers.',
        'Shorten `timeouts.firstToken` of the chain so that the next target is tried sooner, or put a faster one first.',
        quiet,
      ];
    case 'cache-hit-rate':
      return [
        'Was something purged or deployed? A changed prompt or model is another question: `GET /admin/cache`.',
        'See Cache documents for `ttl` and `partition`; `signalbox dry-run` shows what a change would hit.',
      ];
    case 'cost':
    case 'spend-anomaly':
      return [
        'See who spends: `signalbox usage --by consumer --top 10`.',
        'Is it a runaway? Give the consumer a Budget, or deny its route until its owner has answered.',
        quiet,
      ];
    case 'policy-rejected':
      return [
        'See the findings: `signalbox status`, or `GET /readyz`.',
        'Correct the file at the place named above, or take the change back; until then nothing that is merged has effect.',
      ];
    case 'key-age':
      return [
        'A consumer’s: `signalbox keys rotate CONSUMER KEY-ID`, hand it over, and let the old one expire.',
        'A provider’s (its name before `env:`, `file:` or `store:`): make a new one there, put it in place, withdraw the old one, then write its `createdAt`.',
      ];
    case 'recorder-drops':
      return [
        'See the disk of the data directory: is it full, or slower than the traffic?',
        'Record a sample of requests only: `Project.spec.recording.sample`.',
      ];
  }
}
