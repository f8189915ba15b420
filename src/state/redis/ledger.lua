-- What every script begins with. All keys of a ledger carry one hash tag, so that a request's counters, its hold and the
-- leases are in one slot and one script: ARGV[1] is that prefix, ARGV[2] the time in ms (0: the server's own).
-- Numbers are whole and below 2^53; Lua prints large ones in floating point, hence string.format.
local prefix = ARGV[1]
local now = tonumber(ARGV[2])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- How long a finished window can still be charged and an ended hold be put right, and how long a hold waits for a sweep
-- when no gateway is left to do it.
local GRACE_MS = 3600000
local HOLD_TTL_MS = 7 * 24 * 3600000
-- As in ledger/counter.ts.
local SLICES_PER_WINDOW = 60

-- Fields of a part of a hold, packed as a list.
local NAME, BUDGET, LIMIT, AMOUNT, LEASE, RELEASES, SPAN, WINDOW_END, UNTIL, HELD, CHARGED = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
local CHARGED_AT = 12

local function whole(number)
  return string.format('%.0f', number)
end

local function holdKey(id)
  return prefix .. 'h:' .. id
end

local leasesKey = prefix .. 'leases'

-- Counters this script has read, by name; each is written at most once.
local counters = {}

-- A rolling window has the span that policy gives it now (`isOfPolicy`); a hold from before an edit goes by what the counter knows.
local function counterOf(name, span, isOfPolicy)
  local known = counters[name]
  if known then return known end
  local key = prefix .. 'c:' .. name
  local fields = redis.call('HMGET', key, 's', 'h', 'w', 'p')
  if span > 0 and fields[4] and not isOfPolicy then span = tonumber(fields[4]) end
  local counter = {
    key = key, span = span, exists = fields[1] ~= false, isChanged = false, ttl = 0,
    spent = tonumber(fields[1] or '0'), held = tonumber(fields[2] or '0'), slices = {},
  }
  if span > 0 and fields[3] then
    local slices = cmsgpack.unpack(fields[3])
    for at = 1, #slices, 2 do
      if slices[at] + span <= now then
        counter.spent = counter.spent - slices[at + 1]
      else
        table.insert(counter.slices, slices[at])
        table.insert(counter.slices, slices[at + 1])
      end
    end
  end
  counters[name] = counter
  return counter
end

local function partCounter(part)
  local counter = counterOf(part[NAME], part[SPAN])
  counter.isChanged = true
  -- Beyond the window and the lease, so that nothing leaks and nothing that is still needed goes.
  local needed = counter.span > 0 and math.ceil(counter.span * 61 / 60) or math.max(0, part[WINDOW_END] - now)
  counter.ttl = math.max(counter.ttl, needed + part[LEASE] + GRACE_MS)
  return counter
end

local function sliceEnd(counter, at)
  local size = math.max(1, math.ceil(counter.span / SLICES_PER_WINDOW))
  return (math.floor(at / size) + 1) * size
end

local function spend(counter, amount)
  if amount == 0 then return end
  counter.spent = counter.spent + amount
  if counter.span == 0 then return end
  local slices, ends = counter.slices, sliceEnd(counter, now)
  local count = #slices
  if count > 0 and slices[count - 1] >= ends then
    slices[count] = slices[count] + amount
  else
    slices[count + 1] = ends
    slices[count + 2] = amount
  end
end

-- Where in its slices a charge of that time went; nil when it has left the window.
local function chargedSlice(counter, at)
  local ends = sliceEnd(counter, at)
  for place = 1, #counter.slices, 2 do
    if counter.slices[place] == ends then return place + 1 end
  end
  return nil
end

-- How much of a charge of that time still counts.
local function refundable(counter, amount, at)
  if counter.span == 0 then return math.min(amount, counter.spent) end
  local place = chargedSlice(counter, at)
  return place and math.min(amount, counter.slices[place]) or 0
end

-- In a rolling window a refund comes out of the slice the charge went into: out of any other it would make room that
-- others have used up.
local function refund(counter, amount, at)
  local taken = refundable(counter, amount, at)
  if taken == 0 then return end
  counter.spent = counter.spent - taken
  if counter.span > 0 then
    local place = chargedSlice(counter, at)
    counter.slices[place] = counter.slices[place] - taken
  end
end

local function release(part)
  if part[HELD] == 0 then return end
  part[HELD] = 0
  local counter = partCounter(part)
  counter.held = math.max(0, counter.held - part[AMOUNT])
end

-- What was told of a hold that is not open any more: owner, memo, when its last charge was made, {name, budget, limit,
-- charged, spent, ...} of each part. Nil while it is open.
local function leaseEnd(hold)
  local at, charges = 0, {}
  for _, part in ipairs(hold.parts) do
    if part[HELD] == 1 then return nil end
    at = math.max(at, part[CHARGED_AT])
    for _, value in ipairs({ part[NAME], part[BUDGET], part[LIMIT], part[CHARGED], counterOf(part[NAME], part[SPAN]).spent }) do
      table.insert(charges, value)
    end
  end
  return { hold.owner, hold.memo or '', at, charges }
end

-- The end of a lease that is about to be taken back; an empty list where none was told, or nothing was charged.
local function undoneEnd(hold)
  local told = hold and leaseEnd(hold)
  return told and told[3] > 0 and told or {}
end

-- What the usage ledger is to be told, kept until somebody says that it is written down: when it was told last, by key, and {kind, who
-- was told, hold id, note or lease end}. A usage ledger that cannot be written for hours must not fill the server.
local outboxKey, outboxItemsKey = prefix .. 'outbox', prefix .. 'outbox-items'
local MAX_WAITING = 100000

local function leave(key, kind, keeper, id, body)
  if redis.call('ZCARD', outboxKey) >= MAX_WAITING then return end
  redis.call('ZADD', outboxKey, whole(now), key)
  redis.call('HSET', outboxItemsKey, key, cmsgpack.pack({ kind, keeper, id, body }))
  redis.call('PEXPIRE', outboxKey, whole(HOLD_TTL_MS))
  redis.call('PEXPIRE', outboxItemsKey, whole(HOLD_TTL_MS))
end

-- As in ledger/lease-end.ts. Nothing is kept of an end that charged nothing.
local function leaveLease(kind, keeper, id, told)
  if told[3] and told[3] > 0 then leave(id .. ':' .. kind .. ':' .. whole(told[3]), kind, keeper, id, told) end
end

local function writeCounters()
  for _, counter in pairs(counters) do
    if counter.isChanged then
      if counter.span > 0 then
        local slices = cmsgpack.pack(counter.slices)
        redis.call('HSET', counter.key, 's', whole(counter.spent), 'h', whole(counter.held), 'w', slices, 'p', whole(counter.span))
      else
        redis.call('HSET', counter.key, 's', whole(counter.spent), 'h', whole(counter.held))
      end
      redis.call('PEXPIRE', counter.key, whole(counter.ttl))
    end
  end
end

local function readHold(id)
  local packed = redis.call('GET', holdKey(id))
  return packed and cmsgpack.unpack(packed) or nil
end

-- Keeps a hold and its place among the leases; one without an open part only for an account that comes late.
local function keepHold(id, hold)
  local earliest = nil
  for _, part in ipairs(hold.parts) do
    if part[HELD] == 1 and (earliest == nil or part[UNTIL] < earliest) then earliest = part[UNTIL] end
  end
  if earliest then
    redis.call('SET', holdKey(id), cmsgpack.pack(hold), 'PX', whole(HOLD_TTL_MS + earliest - now))
    redis.call('ZADD', leasesKey, whole(earliest), id)
    redis.call('PEXPIRE', leasesKey, whole(HOLD_TTL_MS + earliest - now))
  else
    redis.call('SET', holdKey(id), cmsgpack.pack(hold), 'PX', whole(GRACE_MS))
    redis.call('ZREM', leasesKey, id)
  end
  return earliest ~= nil
end
