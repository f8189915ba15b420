import type { ErrorCode } from '#core';

/** What the page of an error code says beyond the catalogue. */
export interface ErrorRemedy {
  /** One or two sentences: what happened. */
  readonly meaning: string;
  readonly causes: readonly string[];
  readonly remedies: readonly string[];
  /** Whether sending the same request again can help. */
  readonly retry: string;
}

/** A text for every code of the catalogue; a code without one does not compile. */
export const ERROR_REMEDIES: Readonly<Record<ErrorCode, ErrorRemedy>> = {
  invalid_api_key: {
    meaning: 'The gateway does not know who calls.',
    causes: [
      'No key was sent, and the environment has no anonymous consumer (`Project.spec.anonymous`). Production has none.',
      'A key that begins with `sbx_` was sent, but no consumer document holds its digest. Such a key is never taken for the anonymous consumer.',
      'A provider’s key was sent. Providers’ keys belong into the environment of the gateway, not into the requests.',
      'On `/admin/…`: the token is not that of `SIGNALBOX_ADMIN_TOKEN`.',
    ],
    remedies: [
      'Send the consumer key as `Authorization: Bearer sbx_…`, `x-api-key`, `x-goog-api-key` or `api-key`.',
      'Make a key with `signalbox keys create CONSUMER`, and put the changed consumer document into service.',
      'Compare what you send: `signalbox keys hash -` prints the digest of the key on stdin.',
    ],
    retry: 'Only with another key.',
  },
  key_expired: {
    meaning: 'The key is known, but its `expiresAt` has come. A date without a time ends at 00:00 UTC of that day.',
    causes: ['The key was not rotated in time. `signalbox lint` warns before (`key/rotation-overdue`).'],
    remedies: ['Make a second key with `signalbox keys rotate CONSUMER`, roll it out, then remove the old one.'],
    retry: 'Only with another key.',
  },
  model_not_allowed: {
    meaning: 'The consumer may not use the requested model, or none of the models that could answer.',
    causes: [
      'The model is not in the consumer’s `allow.models`, or is in its `deny.models`. The name as sent and the catalogue name it stands for both count.',
      'The model itself is allowed, but the consumer may use no target of the route’s chain.',
      'A budget with `unpriced: deny` covers the request, and a target that could serve has no price.',
    ],
    remedies: [
      '`GET /v1/models` lists what the key may use.',
      '`signalbox explain` names the rule with file and line.',
      'Add the model to `allow.models` of the [Consumer](../kinds/consumer.md), or a price to the [Model](../kinds/model.md).',
    ],
    retry: 'Only with another model.',
  },
  endpoint_not_allowed: {
    meaning: 'The consumer may not use this kind of call.',
    causes: [
      '`allow.endpoints` of the consumer does not name the endpoint (`chat`, `messages`, `generate`, …), or `deny.endpoints` does.',
    ],
    remedies: [
      'Add the endpoint to `allow.endpoints` of the [Consumer](../kinds/consumer.md). An absent list allows all.',
    ],
    retry: 'No.',
  },
  route_not_allowed: {
    meaning: 'The request fits a route that the consumer may not use.',
    causes: ['`allow.routes` of the consumer does not name the winning route, or `deny.routes` does.'],
    remedies: [
      '`signalbox explain` shows which route won, and why.',
      'Add the route to `allow.routes`, or make another route more specific for this consumer.',
    ],
    retry: 'No.',
  },
  ip_not_allowed: {
    meaning: 'The consumer may not be used from this address.',
    causes: [
      'The address is in none of the networks of the consumer’s `ipAllow`.',
      'A proxy stands in front of the gateway and is not in `trustedProxies`: then its own address counts, not `x-forwarded-for`, which anyone can write.',
    ],
    remedies: [
      'Call from an allowed network, or add the network to `ipAllow` of the [Consumer](../kinds/consumer.md).',
      'Name your proxies in `trustedProxies` of the [Project](../kinds/project.md): past them the right-most address of `x-forwarded-for` that is none of them counts.',
    ],
    retry: 'Only from another address.',
  },
  signature_invalid: {
    meaning: 'The consumer signs its requests, and this one is not signed properly.',
    causes: [
      '`x-signalbox-timestamp` or `x-signalbox-signature` is missing.',
      'The timestamp is not in Unix seconds, or outside of the window (5 minutes unless `signing.window` says otherwise): a clock is wrong, or the request was kept and sent again.',
      'The signature does not fit: another secret, or a body that was changed after signing.',
      'The signature was used before: a request can be sent once, on whichever replica.',
      'The gateway has no value for the secret; the message then names its reference.',
    ],
    remedies: [
      'The signature is the lower-case hexadecimal HMAC-SHA-256, under the secret, of the timestamp, a full stop and the exact bytes of the body.',
      'Two requests of one second with the same body have the same signature, and the second is refused: send an `x-signalbox-nonce` of 8 to 64 letters, digits, `-` or `_` with each, and sign timestamp, colon, nonce, full stop and body.',
      'Clients that retry by themselves must sign every try: in the `fetch` they are given, not in fixed headers.',
      'Sign the bytes that are sent, after everything that may write the JSON anew.',
    ],
    retry: 'With a new timestamp and signature.',
  },
  route_denied: {
    meaning: 'A policy says no to requests of this kind.',
    causes: [
      'The winning route has a `deny`; status and message are the route’s own.',
      'On `/admin/…`: no admin token is set, and the call does not come from this machine in `development`.',
    ],
    remedies: [
      'The message names the file and line of the route. Its owner knows why.',
      'For admin calls, start the gateway with `SIGNALBOX_ADMIN_TOKEN`.',
    ],
    retry: 'No.',
  },
  invalid_request: {
    meaning: 'The request itself cannot be read.',
    causes: [
      'The body is empty, not JSON, not an object, or nested too deeply.',
      'A field has the wrong type or a value that does not exist; the message begins with its path, such as `messages[2].content`.',
      'The body is compressed (`content-encoding`): the gateway takes it as it is only.',
    ],
    remedies: ['Correct the field that the message names. The shape is that of the API whose path you call.'],
    retry: 'Only after a correction.',
  },
  unsupported_parameter: {
    meaning:
      'The request has a parameter that the target’s API cannot express, and the route does not let it be dropped.',
    causes: [
      'The request is translated into another provider’s dialect, which has nothing like the parameter. The message names parameter and target.',
    ],
    remedies: [
      'Leave the parameter out.',
      'Set `unsupportedParams: drop` on the [Route](../kinds/route.md): it is then left out, and `x-signalbox-dropped-params` says so.',
      'Set `unsupportedParams: requireParameters`: targets that lack it are then skipped.',
    ],
    retry: 'Only after a change.',
  },
  header_not_allowed: {
    meaning:
      'A header of another gateway was sent where policy does not obey it. It is refused and not ignored, since ignoring it would send the request elsewhere than its author meant.',
    causes: [
      '`x-portkey-…` without `compatibility.portkeyHeaders`, or `cf-aig-…` without `compatibility.cloudflareHeaders`, in this environment.',
    ],
    remedies: [
      'Put the behaviour into a [Chain](../kinds/chain.md) and a [Route](../kinds/route.md), and leave the header out.',
      'Or switch the compatibility on in the [Project](../kinds/project.md), normally in `development` only. What is understood: [compatibility](../compatibility.md).',
    ],
    retry: 'Only without the header.',
  },
  host_not_allowed: {
    meaning: 'A compatibility header names a host that policy does not list. Nothing was looked up or connected to.',
    causes: [
      'The host of `custom_host` or `x-portkey-custom-host` is not in `compatibility.allowedHosts`. Hosts are compared exactly.',
      'The address holds a user name or password, or is no `http` or `https` address.',
    ],
    remedies: [
      'Add the host to `compatibility.allowedHosts` of the [Project](../kinds/project.md), or make it a [Provider](../kinds/provider.md).',
    ],
    retry: 'No.',
  },
  invalid_header: {
    meaning: 'A header that the gateway obeys has a value that it does not understand.',
    causes: [
      '`x-signalbox-metadata` is not a JSON object of strings, numbers and booleans, or is longer than 2 KiB.',
      '`x-signalbox-cache` or `x-signalbox-session` has a value that does not exist or is too long.',
      '`x-portkey-config` is not JSON, or holds an unknown key or weights that make no sense. The message names the place.',
    ],
    remedies: ['Correct the header that the message names.'],
    retry: 'Only after a correction.',
  },
  guardrail_blocked: {
    meaning:
      'A check of a guardrail refused the content. The message names guardrail and check, never the text that was found.',
    causes: [
      'The request or the answer holds what the check looks for.',
      'A check that asks a service got no verdict in time, and its `onError` is `block`.',
    ],
    remedies: ['Take the content out, or ask the owner of the [Guardrail](../kinds/guardrail.md).'],
    retry: 'Only with other content.',
  },
  request_too_large: {
    meaning: 'The body has more bytes than this gateway or the route takes.',
    causes: [
      'The body is larger than 32 MiB.',
      'The body is larger than `limits.bodySize` of the route; the message then names it.',
      'The headers are larger than 16 KiB, or more than 200: the status is then 431.',
    ],
    remedies: [
      'Send less: scale images down, send files by reference.',
      'Raise `limits.bodySize` of the [Route](../kinds/route.md).',
    ],
    retry: 'No.',
  },
  request_timeout: {
    meaning: 'The request did not come to its end in time, and the connection was closed.',
    causes: [
      'The headers took longer than `SIGNALBOX_HEADERS_TIMEOUT`, 30 seconds.',
      'Headers and body together took longer than `SIGNALBOX_REQUEST_TIMEOUT`, five minutes.',
      'A length was announced, and fewer bytes were sent.',
    ],
    remedies: [
      'Send a smaller body, or send it over a faster line.',
      'Raise the variable where callers are slow for good reasons: it bounds how long anybody can hold a connection.',
    ],
    retry: 'Where the line was slow, it may.',
  },
  no_route: {
    meaning: 'No route fits the request, or the route has no chain and the model is not in the catalogue.',
    causes: [
      'There is no catch-all route (`match: {}`), and none of the others fits. `signalbox lint` reports that as `route/no-default`.',
      'The model’s name is misspelt, or the model is not in the catalogue.',
    ],
    remedies: [
      '`signalbox explain` shows for each route why it lost; `--why-not ROUTE` for one.',
      'Add a route, or a [Model](../kinds/model.md) for a name the catalogue does not know.',
    ],
    retry: 'No.',
  },
  not_found: {
    meaning: 'There is nothing at this path.',
    causes: [
      'The path is misspelt, or `/v1` is missing from or doubled in the client’s base URL.',
      'The path is part of the API, but this version does not serve it yet; the message says so.',
      'The record or model asked for does not exist.',
    ],
    remedies: [
      'Base URLs: `http://HOST:8787/v1` for OpenAI’s clients, `http://HOST:8787` for Anthropic’s and Google’s.',
      'A path of your own is opened by `match.paths` of a [Route](../kinds/route.md).',
    ],
    retry: 'No.',
  },
  method_not_allowed: {
    meaning: 'The path exists, but not with this method.',
    causes: ['A `GET` where a call is a `POST`, often after a redirect by a proxy.'],
    remedies: ['Use the method that the header `allow` names.'],
    retry: 'No.',
  },
  limit_exceeded: {
    meaning: 'The request is over a limit of its route.',
    causes: [
      'The input has more tokens than `limits.maxInputTokens`, by the gateway’s estimate.',
      'The request could cost more than `limits.maxRequestCost` at one of its targets; the message says where and how much.',
    ],
    remedies: [
      'Shorten the input, or ask for a smaller `max_tokens`: the worst case counts.',
      'Raise the limit of the [Route](../kinds/route.md) at the file and line that the message names.',
    ],
    retry: 'Only after a change.',
  },
  budget_exceeded: {
    meaning: 'A budget in money or tokens has no room for the worst case of this request.',
    causes: [
      'The budget of the window is spent, or held by requests that are still running.',
      'The request is large: its worst case counts, not what it will probably cost ([how much is held](../budgets.md)).',
      'A failed attempt was billed, and the budget has no room for a further one.',
    ],
    remedies: [
      'Wait for `retry-after`: for a calendar window, its end. Over 60 s, `x-should-retry: false` keeps clients from trying in a loop.',
      'Ask for a smaller `max_tokens`.',
      'Raise the limit of the [Budget](../kinds/budget.md), or let it hand over to a cheaper chain with `onExhausted: {chain: …}`.',
    ],
    retry: 'After `retry-after`.',
  },
  rate_limited: {
    meaning: 'A budget in requests or concurrency is used up.',
    causes: [
      'Unknown keys keep coming from this address. Known ones are served all the same, and no budget is concerned.',
      'More requests in the window, or at the same time, than the budget allows.',
    ],
    remedies: [
      'Retry after the time in `retry-after`; the official clients do so by themselves.',
      'Send fewer requests at once, or raise the [Budget](../kinds/budget.md).',
    ],
    retry: 'After `retry-after`.',
  },
  chain_exhausted: {
    meaning:
      'No target gave an answer. The status is the last one that a provider sent, 502 without one, 504 when the deadline was over.',
    causes: [
      'Every attempt failed; the body lists them with target, outcome and status.',
      'Every target was skipped: secrets are missing, breakers open, models not allowed or not capable. The message says which.',
      '`maxAttempts` or `deadline` of the chain ended the attempts.',
    ],
    remedies: [
      'Read the trail first: `auth` is a wrong key of the provider, `timeout` and `server-error` are the provider’s trouble, `secret-missing` is the environment of the gateway.',
      '`GET /admin/status` shows each target’s breaker and missing secret.',
      'Give the [Chain](../kinds/chain.md) a target at another provider.',
    ],
    retry: 'Yes, when the outcomes are of the passing kind.',
  },
  upstream_rejected: {
    meaning:
      'A provider was reached and refused the request itself; another one would most likely do the same, so none was tried.',
    causes: [
      'A parameter or content that the provider does not take, with the provider’s own message and status.',
      'The provider’s content filter refused.',
    ],
    remedies: [
      'Correct the request as the message says.',
      'To go on to the next target all the same, name `invalid-request` or `content-filter` in `fallbackOn` of the [Chain](../kinds/chain.md).',
    ],
    retry: 'Only after a correction.',
  },
  stream_interrupted: {
    meaning:
      'The provider’s stream broke after content had reached the caller. The error comes as an event in the stream, and the usual end marker does not.',
    causes: [
      'The connection to the provider was cut, fell silent for longer than `timeouts.idle`, or the provider sent an error in the middle.',
    ],
    remedies: [
      'Throw the part away and ask again, or show it as incomplete. The gateway cannot: a second model would answer with other words.',
      'Raise `timeouts.idle` or `timeouts.total` where the trail shows a timeout.',
    ],
    retry: 'Yes; the answer begins anew.',
  },
  store_unavailable: {
    meaning: 'The counters of a budget cannot be read, and the budget’s `failMode` is `closed`.',
    causes: ['The store that holds the counters cannot be reached or is damaged; the log says which.'],
    remedies: [
      'Bring the store back; nothing else needs a restart.',
      'Where an answer matters more than a limit, set `failMode: open` or `last-known` on the [Budget](../kinds/budget.md).',
    ],
    retry: 'After `retry-after`.',
  },
  overloaded: {
    meaning: 'The budgets of the request changed faster than they could be reserved.',
    causes: ['Very many requests compete for the last of one budget at the same moment.'],
    remedies: ['Retry shortly.'],
    retry: 'After `retry-after`.',
  },
  draining: {
    meaning: 'This instance is stopping: it ends what it has begun and takes nothing new.',
    causes: [
      'A deployment or a restart. `/readyz` answers 503 meanwhile, so that a load balancer sends requests elsewhere.',
    ],
    remedies: ['Retry; the connection is closed, so the next one reaches another instance.'],
    retry: 'After `retry-after`.',
  },
  internal_error: {
    meaning:
      'A bug in the gateway. The answer tells nothing of its inside; the log has the error under the request id.',
    causes: ['Not your request’s fault, even where only one request shows it.'],
    remedies: ['Report it with `x-signalbox-request-id` and the line of the log.'],
    retry: 'It may help once.',
  },
};
