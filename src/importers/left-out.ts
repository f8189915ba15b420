import type { ConfigKind } from './config-kinds.ts';

/** What is known of a setting that is not imported: its path without positions, what is so, what to do, and the topic. */
export type LeftOut = readonly [path: RegExp, message: string, action: string, topic?: string];

const TELEMETRY = 'Decision records and OpenTelemetry carry what a request did and cost; point a collector at them.';

/** Settings that are no policy here, by system. The first pattern that fits counts. */
// biome-ignore format: a table
export const LEFT_OUT: Readonly<Record<ConfigKind, readonly LeftOut[]>> = Object.freeze({
  litellm: [
    [/callbacks?(\.|$)|_callback_params|langfuse|langsmith|datadog|arize|s3_callback|prometheus|otel|sentry|audit_log/, 'callbacks and loggers are plug-ins of LiteLLM', TELEMETRY, 'telemetry'],
    [/^general_settings\.(database_|store_|proxy_batch|use_redis|disable_spend|allow_requests_on_db|disable_error|disable_adding)/, 'the database of LiteLLM holds keys, teams and spend; here files hold policy and the ledger holds spend', 'Make keys with `signalbox keys create`; spend begins at nothing.', 'database'],
    [/^general_settings\.(alert|slack)/, 'alerts to Slack and web hooks are set up in LiteLLM', 'Write Alert and Receiver documents.', 'alerts'],
    [/jwt|oauth|custom_auth|sso|user_header|role_permissions|rbac|pass_through_endpoints|allowed_ips|key_management|public_routes|admin_only|allowed_routes/, 'who may call is decided by LiteLLM’s own accounts, tokens and roles', 'Write a Consumer for each team or application, with keys, `allow` and `ipAllow`.', 'access'],
    [/^environment_variables/, 'variables are set by the deployment, never by a policy', 'Set them where the gateway runs.', 'environment'],
    [/health_check/, 'targets are judged by their own traffic: breakers skip what fails', 'Set `breaker` on the chain.', 'health'],
    [/^mcp_|^search_tools|^vector_store|^prompts|prompt_id|prompt_directory|^files_settings|^finetune|^assistant|^agent/, 'tools, prompts and files that LiteLLM itself serves', 'Offer tools through McpServer documents; keep prompts in the application.', 'features'],
    [/forward_(client|llm|openai)|extra_spend_tag|return_response_headers/, 'headers of the caller that go to the provider, or back', 'Set fixed ones in `headers` of the provider; callers’ own are not forwarded by a policy.', 'headers'],
    [/ssl_|proxy_budget|retention|control_plane|ui_access|network_mock|key_generation|rescheduler|timezone$|_size_mb/, 'a setting of LiteLLM’s own process', 'See the options of `signalbox serve`; `limits.bodySize` of a route bounds requests.', 'process'],
    [/content_safety|llamaguard|moderation|banned_keywords|blocked_user|toxic|lakera|aporia/, 'a check that LiteLLM runs by a service or a list of its own', 'Write a Guardrail: `deny-words`, `moderation` or `webhook`.', 'guardrail'],
    [/^policies|policy_attachments/, 'LiteLLM’s policies choose guardrails by team, key and model', 'Name guardrails in the routes of those consumers.', 'guardrail'],
    [/tags$|tag_filtering|access_groups|team_id|supported_environments|enforced_params/, 'the choice of a deployment by tags, teams or groups', 'Write routes that match on `labels` or `metadata`, and `allow` of consumers.', 'tags'],
    [/cache_params/, 'a setting of LiteLLM’s own store', 'Nothing: answers are kept in the gateway’s store.', 'cache-store'],
    [/redis_/, 'a setting of LiteLLM’s own store', 'Set SIGNALBOX_REDIS_URL where several replicas share one.', 'store'],
    [/(user|team|customer|key)_(budget|settings|params)|max_internal_user|max_end_user|default_team|default_internal|upperbound_key/, 'defaults of accounts that LiteLLM keeps in its database', 'Write a Budget with `per: [consumer]`, or one for each team.', 'budget'],
    [/cost_margin|cost_discount|custom_pricing/, 'prices to charge on, beside what providers cost', 'Keep margins where invoices are written; prices here are what providers charge.', 'price'],
    [/model_info/, 'a note about the model that decides nothing here', 'Nothing; capabilities, windows and prices stand in Model documents.', 'model-info'],
    [/litellm_params/, 'a parameter of the call that no policy sets', 'Send it with the request, or add it to `params` of the target if the provider knows it.', 'params'],
  ],
  portkey: [
    [/guardrails|hooks/, 'guardrails and hooks live in Portkey’s cloud or as its plug-ins', 'Write Guardrail documents and name them in the route.', 'guardrail'],
    [/prompt_id|prompt_/, 'prompts that Portkey keeps and fills in', 'Keep the prompt in the application, or in `prompt` of a route.', 'prompt'],
    [/^targets.*\.cache/, 'a cache of one target alone', 'Name a Cache in a route for those requests.', 'cache'],
    [/forward_headers/, 'headers of the caller that go to the provider', 'Set fixed ones in `headers` of the provider; callers’ own are not forwarded by a policy.', 'headers'],
    [/metadata|trace_id|debug|plugins|credentials|fetch_integrated/, 'a setting of Portkey’s log or cloud', TELEMETRY, 'telemetry'],
  ],
  cloudflare: [
    [/log|analytics|otel|retention/, 'logs and their retention', TELEMETRY, 'telemetry'],
    [/query/, 'the body of a request stands in the request, not in a policy', 'Nothing: `model` and parameters were taken over where they decide something.', 'body'],
    [/headers/, 'headers of a step', 'Keys are taken from variables; put fixed headers into `headers` of the provider.', 'headers'],
    [/guardrails|dlp|firewall/, 'guardrails that Cloudflare runs', 'Write Guardrail documents.', 'guardrail'],
  ],
  'envoy-ai-gateway': [
    [/^spec\.(endpoints|schema|backendRef|targetRefs|type|\w+Credentials|\w*[aA]piKey)/, 'a backend, or a key of one, that no rule of the file uses', 'Import it in one file with its routes.', 'backend'],
    [/^spec\.(retry|healthCheck|circuitBreaker|timeout|loadBalancer)/, 'a traffic policy of something that is no route of the file', 'Import it in one file with its routes.', 'policy'],
  ],
  higress: [
    [/^(spec\.\w+(\.config)?\.)?providers?\./, 'a setting of ai-proxy for one provider', 'Send it with the request, or add it to `params` of the target if the provider knows it.', 'params'],
    [/replace|prepend|append/, 'a change of messages that is more than fixed instructions', 'Make it in the application.', 'prompt'],
  ],
  tensorzero: [
    [/^(metrics|evaluations|optimizers|clickhouse|postgres|autopilot)|evaluators/, 'metrics, feedback and evaluations', 'Keep them with TensorZero or in your own tests; decision records hold what each request did.', 'evaluation'],
    [/^tools|\.tools$|tool_choice|parallel_tool_calls/, 'tools that TensorZero adds to a function', 'Send tools with the request, or offer them through McpServer documents.', 'tools'],
    [/template|schema|system_instructions|input_wrappers|json_mode/, 'prompts, schemas and forms of answers that TensorZero fills in', 'Keep them in the application; a route’s `prompt` can add fixed text.', 'prompt'],
    [/^gateway|^object_storage/, 'a setting of TensorZero’s own process', 'See the options of `signalbox serve`.', 'process'],
    [/extra_body|extra_headers|provider_tools|include_encrypted|api_type/, 'a change to the provider’s request', 'Add what the provider’s dialect knows to `params` of the target.', 'params'],
  ],
  agentgateway: [
    [/cors|csrf|jwt|apiKey|basicAuth|authorization|extAuthz|oauth|oidc/i, 'who may call is decided by agentgateway’s own policies', 'Write a Consumer for each team or application, with keys and `allow`.', 'access'],
    [/extProc|remoteRateLimit|transformation|delay|abort|fault|inferenceRouting/i, 'a service or an expression that changes requests', 'Write routes with conditions, guardrails or budgets for what it decides.', 'policy'],
    [/tracing|logging|telemetry/i, 'where agentgateway sends traces and logs', TELEMETRY, 'telemetry'],
  ],
  helicone: [
    [/^telemetry|^helicone|^minio|^logger/, 'where Helicone sends its logs', TELEMETRY, 'telemetry'],
    [/^(cache-store|rate-limit-store|deployment-target|server|dispatcher|discover|response-headers)/, 'a setting of Helicone’s own process', 'See the options of `signalbox serve`; SIGNALBOX_REDIS_URL names a shared store.', 'process'],
  ],
});
