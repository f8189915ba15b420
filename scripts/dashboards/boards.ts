import type { Board, BoardPanel, BoardQuery } from './board.ts';

const RATE = '[$__rate_interval]';
const OF = 'job=~"$job"';
const rate = (metric: string, labels = '') => `rate(${metric}{${OF}${labels === '' ? '' : `, ${labels}`}}${RATE})`;
const grown = (metric: string, labels = '') =>
  `increase(${metric}{${OF}${labels === '' ? '' : `, ${labels}`}}[$__range])`;
const quantile = (q: number, metric: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by === '' ? '' : `, ${by}`}) (${rate(`${metric}_bucket`)}))`;
const query = (expr: string, legend = '', isEmptyUntil?: string): BoardQuery => ({
  expr,
  legend,
  ...(isEmptyUntil === undefined ? {} : { isEmptyUntil }),
});
/** A share that is 0, not a gap, while its part has no series yet. */
const share = (part: string, whole: string) => `((${part}) or (${whole}) * 0) / ((${whole}) > 0)`;

type Rest = Partial<Pick<BoardPanel, 'width' | 'limits'>>;
function panel(
  kind: BoardPanel['kind'],
  title: string,
  unit: string,
  about: string,
  queries: readonly BoardQuery[],
  rest: Rest = {},
): BoardPanel {
  return { title, about, kind, unit, queries, width: kind === 'stat' ? 6 : 12, ...rest };
}

const HITS = 'signalbox_cache=~"hit|semantic-hit|shared|stale"';
const LOOKED = 'signalbox_cache=~"hit|semantic-hit|shared|stale|miss"';
const REQUESTS = 'signalbox_requests_total';
const FAILED = 'http_response_status_code=~"5.."';
const FAILED_CALL = 'signalbox_outcome!~"ok|cancelled"';
const errorShare = share(`sum(${rate(REQUESTS, FAILED)})`, `sum(${rate(REQUESTS)})`);

/** Every dashboard that is shipped; `ops/grafana/` is generated from here. */
export const BOARDS: readonly Board[] = [
  {
    uid: 'signalbox-overview',
    title: 'Signalbox: overview',
    about: 'Is it well? Traffic, errors, latency, spending and the policies that serve.',
    panels: [
      panel('stat', 'Requests', 'reqps', 'All requests, refused ones too.', [query(`sum(${rate(REQUESTS)})`)]),
      panel('stat', 'Errors', 'percentunit', 'Share of requests that end in 500 or more.', [query(errorShare)], {
        limits: [0.01, 0.05],
      }),
      panel(
        'stat',
        'p99 latency',
        's',
        'To the end of the answer.',
        [query(quantile(0.99, 'gen_ai_client_operation_duration'))],
        { limits: [3, 10] },
      ),
      panel('stat', 'Cost', 'currencyUSD', 'Spent in the time shown.', [
        query(`sum(${grown('signalbox_cost_total')})`),
      ]),
      panel(
        'timeseries',
        'Requests by status',
        'reqps',
        '429 is a budget or a limit, 403 a key, 502 and above a provider.',
        [query(`sum by (http_response_status_code) (${rate(REQUESTS)})`, '{{http_response_status_code}}')],
      ),
      panel('timeseries', 'Refusals and errors by code', 'reqps', 'Each code has a page in docs/errors.', [
        query(`sum by (error_type) (${rate(REQUESTS, 'error_type!=""')})`, '{{error_type}}'),
      ]),
      panel('timeseries', 'Latency', 's', 'To the end of the answer.', [
        query(quantile(0.5, 'gen_ai_client_operation_duration'), 'p50'),
        query(quantile(0.95, 'gen_ai_client_operation_duration'), 'p95'),
        query(quantile(0.99, 'gen_ai_client_operation_duration'), 'p99'),
      ]),
      panel('timeseries', 'Overhead of the gateway', 's', 'Time of a request that no provider spent.', [
        query(quantile(0.5, 'signalbox_overhead_duration'), 'p50'),
        query(quantile(0.99, 'signalbox_overhead_duration'), 'p99'),
      ]),
      panel('timeseries', 'Requests by route', 'reqps', 'Which rule is used.', [
        query(`sum by (signalbox_route) (${rate(REQUESTS)})`, '{{signalbox_route}}'),
      ]),
      panel(
        'timeseries',
        'Telemetry and records lost',
        'short',
        'Spans and logs that no collector took; decision records that no disk took.',
        [
          query(
            `sum by (signalbox_signal) (${grown('signalbox_telemetry_dropped_total')})`,
            '{{signalbox_signal}}',
            'a collector is named by OTEL_EXPORTER_OTLP_ENDPOINT',
          ),
          query(`sum(${grown('signalbox_recorder_dropped_total')})`, 'records'),
        ],
      ),
    ],
  },
  {
    uid: 'signalbox-cost',
    title: 'Signalbox: cost by team and model',
    about: 'Who spends what, on which model, and how many tokens that is.',
    panels: [
      panel('timeseries', 'Cost a day by team', 'currencyUSD', 'At the present rate.', [
        query(`sum by (signalbox_team) (${rate('signalbox_cost_total')}) * 86400`, '{{signalbox_team}}'),
      ]),
      panel('timeseries', 'Cost a day by model', 'currencyUSD', 'At the present rate.', [
        query(`sum by (gen_ai_request_model) (${rate('signalbox_cost_total')}) * 86400`, '{{gen_ai_request_model}}'),
      ]),
      panel(
        'table',
        'Ten dearest consumers',
        'currencyUSD',
        'Spent in the time shown. `signalbox usage` has the ledger itself.',
        [query(`topk(10, sum by (signalbox_team, signalbox_consumer) (${grown('signalbox_cost_total')}))`)],
      ),
      panel('table', 'Teams and models', 'currencyUSD', 'Spent in the time shown.', [
        query(`topk(25, sum by (signalbox_team, gen_ai_request_model) (${grown('signalbox_cost_total')}))`),
      ]),
      panel('timeseries', 'Tokens by type', 'short', 'Tokens a second, by what a provider counts apart.', [
        query(`sum by (gen_ai_token_type) (${rate('gen_ai_client_token_usage_sum')})`, '{{gen_ai_token_type}}'),
      ]),
      panel(
        'timeseries',
        'Cost of a request by model',
        'currencyUSD',
        'Grows with prompts and answers: long histories, a larger model, more reasoning.',
        [
          query(
            `sum by (gen_ai_request_model) (${rate('signalbox_cost_total')}) / (sum by (gen_ai_request_model) (${rate(REQUESTS)}) > 0)`,
            '{{gen_ai_request_model}}',
          ),
        ],
      ),
    ],
  },
  {
    uid: 'signalbox-reliability',
    title: 'Signalbox: reliability by provider',
    about: 'Which provider or target fails or is slow, and what the chains make of it.',
    panels: [
      panel('timeseries', 'Failed calls by provider', 'percentunit', 'Share of calls, before any fallback.', [
        query(
          `sum by (gen_ai_provider_name) (${rate('signalbox_attempts_total', FAILED_CALL)}) / (sum by (gen_ai_provider_name) (${rate('signalbox_attempts_total')}) > 0)`,
          '{{gen_ai_provider_name}}',
        ),
      ]),
      panel('timeseries', 'Calls by outcome', 'reqps', 'Of all providers.', [
        query(`sum by (signalbox_outcome) (${rate('signalbox_attempts_total')})`, '{{signalbox_outcome}}'),
      ]),
      panel('timeseries', 'Fallbacks by reason', 'reqps', 'Answers by another target than the first eligible one.', [
        query(`sum by (signalbox_reason) (${rate('signalbox_fallbacks_total')})`, '{{signalbox_reason}}'),
      ]),
      panel(
        'timeseries',
        'Fallback share',
        'percentunit',
        'Of answers.',
        [
          query(
            share(
              `sum(${rate('signalbox_fallbacks_total')})`,
              `sum(${rate(REQUESTS, 'http_response_status_code="200"')})`,
            ),
            'share',
          ),
        ],
        { limits: [0.05, 0.2] },
      ),
      panel('timeseries', 'p95 time to first token by provider', 's', 'Of streams.', [
        query(quantile(0.95, 'gen_ai_server_time_to_first_token', 'gen_ai_provider_name'), '{{gen_ai_provider_name}}'),
      ]),
      panel('timeseries', 'p95 time per output token by model', 's', 'Of streams, after the first token.', [
        query(
          quantile(0.95, 'gen_ai_server_time_per_output_token', 'gen_ai_request_model'),
          '{{gen_ai_request_model}}',
        ),
      ]),
      panel('timeseries', 'p99 latency by model', 's', 'To the end of the answer.', [
        query(quantile(0.99, 'gen_ai_client_operation_duration', 'gen_ai_request_model'), '{{gen_ai_request_model}}'),
      ]),
      panel('table', 'Targets', 'short', 'Calls in the time shown, by outcome.', [
        query(`sum by (signalbox_target, signalbox_outcome) (${grown('signalbox_attempts_total')})`),
      ]),
    ],
  },
  {
    uid: 'signalbox-cache',
    title: 'Signalbox: cache',
    about: 'What answers come from the cache.',
    panels: [
      panel('stat', 'Hit rate', 'percentunit', 'Of requests that looked.', [
        query(
          `sum(${rate('signalbox_cache_requests_total', HITS)}) / (sum(${rate('signalbox_cache_requests_total', LOOKED)}) > 0)`,
        ),
      ]),
      panel('stat', 'Answers from the cache', 'short', 'In the time shown: calls that no provider was paid for.', [
        query(`sum(${grown('signalbox_cache_requests_total', HITS)})`),
      ]),
      panel(
        'timeseries',
        'What the cache said',
        'reqps',
        '`off`: the route has none; `bypass`: the caller or the policy said not to look.',
        [query(`sum by (signalbox_cache) (${rate('signalbox_cache_requests_total')})`, '{{signalbox_cache}}')],
      ),
      panel(
        'timeseries',
        'Hit rate by route',
        'percentunit',
        'A fall after a change of policy or prompt: new keys.',
        [
          query(
            `sum by (signalbox_route) (${rate('signalbox_cache_requests_total', HITS)}) / (sum by (signalbox_route) (${rate('signalbox_cache_requests_total', LOOKED)}) > 0)`,
            '{{signalbox_route}}',
          ),
        ],
        { width: 24 },
      ),
    ],
  },
  {
    uid: 'signalbox-budgets',
    title: 'Signalbox: budgets',
    about: 'How far budgets are used, and who is refused by them.',
    panels: [
      panel(
        'bargauge',
        'Used of each budget',
        'percentunit',
        'The counter charged last, in its window. At 100% `onExhausted` holds.',
        [query(`max by (signalbox_budget) (signalbox_budget_used_ratio{${OF}})`, '{{signalbox_budget}}')],
        { limits: [0.8, 0.95] },
      ),
      panel(
        'timeseries',
        'Used over time',
        'percentunit',
        'A saw tooth: it falls where a window begins.',
        [query(`max by (signalbox_budget) (signalbox_budget_used_ratio{${OF}})`, '{{signalbox_budget}}')],
        { limits: [0.8, 0.95] },
      ),
      panel('timeseries', 'Refused by budgets and limits', 'reqps', 'By consumer.', [
        query(
          `sum by (signalbox_consumer, error_type) (${rate(REQUESTS, 'error_type=~"budget_exceeded|rate_limited"')})`,
          '{{signalbox_consumer}} {{error_type}}',
        ),
      ]),
      panel('table', 'Thresholds reached', 'short', 'Shares of `alertAt`, each once a window.', [
        query(`sum by (signalbox_budget, signalbox_share) (signalbox_budget_thresholds_total{${OF}})`),
      ]),
      panel(
        'stat',
        'Overruns',
        'short',
        'Charges beyond what was held: a provider billed more than the bound of the request. Must be none.',
        [
          query(
            `sum by (signalbox_budget) (signalbox_budget_overruns_total{${OF}})`,
            '{{signalbox_budget}}',
            'a provider bills more than the bound of a request',
          ),
        ],
        { limits: [1, 1] },
      ),
    ],
  },
  {
    uid: 'signalbox-policies',
    title: 'Signalbox: policies',
    about: 'Which policies serve, whether a change was refused, and what guardrails find.',
    panels: [
      panel(
        'table',
        'Revisions in service',
        'short',
        'More than one row of an environment for long: a replica lags behind.',
        [query(`count by (environment, revision) (signalbox_config_info{${OF}})`)],
      ),
      panel(
        'stat',
        'Newest policies serve',
        'short',
        '1: they do. 0: they were refused, and `GET /readyz` says why.',
        [query(`min(signalbox_config_last_reload_successful{${OF}})`)],
        { limits: [0.9, 0.5] },
      ),
      panel('stat', 'Refused changes', 'short', 'In the time shown.', [
        query(`sum(${grown('signalbox_config_rejected_total')})`),
      ]),
      panel('timeseries', 'Guardrails by verdict', 'reqps', '`not_evaluated` is no pass.', [
        query(`sum by (signalbox_verdict) (${rate('signalbox_guardrail_verdicts_total')})`, '{{signalbox_verdict}}'),
      ]),
      panel('table', 'Findings by check', 'short', 'In the time shown, passes left out.', [
        query(
          `sum by (signalbox_guardrail, signalbox_check, signalbox_stage, signalbox_verdict) (${grown('signalbox_guardrail_verdicts_total', 'signalbox_verdict!="pass"')})`,
        ),
      ]),
      panel(
        'timeseries',
        'Refusals by policy',
        'reqps',
        'Keys, models, routes, guardrails; budgets have their own board.',
        [
          query(
            `sum by (error_type, signalbox_route) (${rate(REQUESTS, 'http_response_status_code=~"4..", error_type!~"budget_exceeded|rate_limited"')})`,
            '{{error_type}} {{signalbox_route}}',
          ),
        ],
      ),
    ],
  },
];
