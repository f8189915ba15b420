-- Breakers and latencies of targets, one field each of one hash. The rules are those of `advanceBreaker`
-- (decision/breaker.ts) and of memory/target-hints.ts; a test holds the two together.
local targetsKey = prefix .. 'targets'
local NEWEST_WEIGHT, LATENCY_FRESH_MS, FORGET_MS = 0.3, 600000, 3600000

local function targetOf(name)
  local packed = redis.call('HGET', targetsKey, name)
  return packed and cmsgpack.unpack(packed) or { kind = 'closed', ends = 0, failures = {}, latency = -1, at = 0 }
end

local function closeBreaker(target)
  target.kind, target.ends, target.failures = 'closed', 0, {}
end

local function openBreaker(target, ends)
  target.kind, target.ends, target.failures = 'open', ends, {}
end

local function fail(target, most, within, openFor)
  if target.kind == 'probing' then return openBreaker(target, now + openFor) end
  if target.kind == 'open' then return end
  local recent = {}
  for _, at in ipairs(target.failures) do
    if at > now - within then table.insert(recent, at) end
  end
  table.insert(recent, now)
  target.failures = recent
  if #recent >= most then openBreaker(target, now + openFor) end
end

local function advance(target, kind, most, within, openFor)
  if kind == 'started' then
    if target.kind ~= 'closed' and now >= target.ends then target.kind, target.ends = 'probing', now + openFor end
  elseif kind == 'success' then
    if not (target.kind == 'open' and now < target.ends) then closeBreaker(target) end
  elseif kind == 'failure' then
    fail(target, most, within, openFor)
  elseif target.kind == 'probing' then
    openBreaker(target, now)
  end
end

-- Takes {name, kind, latency or -1, failures (0: no breaker), within, openFor} of calls, in their order.
local function takeReports(reports)
  local targets = {}
  for _, report in ipairs(reports) do
    local name, kind, latency, most = report[1], report[2], report[3], report[4]
    local target = targets[name] or targetOf(name)
    targets[name] = target
    if most > 0 then advance(target, kind, most, report[5], report[6]) else closeBreaker(target) end
    if latency >= 0 then
      local old = target.latency >= 0 and target.latency or latency
      target.latency, target.at = old + NEWEST_WEIGHT * (latency - old), now
    end
  end
  for name, target in pairs(targets) do redis.call('HSET', targetsKey, name, cmsgpack.pack(target)) end
  if #reports > 0 then redis.call('PEXPIRE', targetsKey, FORGET_MS) end
end

-- {name, view, for how many ms it stays so, latency or -1, ...}.
local function readTargets(names)
  local hints = {}
  for _, name in ipairs(names) do
    local target = targetOf(name)
    local view = target.kind == 'closed' and 'closed' or now >= target.ends and 'half-open' or 'open'
    local isFresh = target.latency >= 0 and now - target.at < LATENCY_FRESH_MS
    table.insert(hints, name)
    table.insert(hints, view)
    table.insert(hints, view == 'open' and target.ends - now or 0)
    table.insert(hints, isFresh and math.floor(target.latency + 0.5) or -1)
  end
  return hints
end
