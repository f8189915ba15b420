-- Turns a hold into what was spent, once. ARGV[3]: id, ARGV[4]: 1 when the request was let through without a hold,
-- ARGV[5]: {part, amount} of every charge as JSON, ARGV[6]: its note or nothing, ARGV[7]: who is told. Answers {1 or 0, {name, budget, limit, before, after, held, ...},
-- the end of a lease that this takes back}.
local id, isUnheld, charges = ARGV[3], ARGV[4] == '1', cjson.decode(ARGV[5])
local hold = readHold(id)
if (hold and hold.isSettled == 1) or (not hold and not isUnheld) then return { 0, {}, {} } end
local undone = undoneEnd(hold)
leaveLease('undone', ARGV[7], id, undone)
if ARGV[6] ~= '' then leave(id, 'note', ARGV[7], id, ARGV[6]) end

local order, open = {}, {}
local function include(part)
  if not open[part[NAME]] then
    open[part[NAME]] = { part = part, amount = 0, parts = {} }
    table.insert(order, part[NAME])
  end
  return open[part[NAME]]
end
for _, part in ipairs(hold and hold.parts or {}) do table.insert(include(part).parts, part) end
for _, charge in ipairs(charges) do
  if not hold then include(charge[1]) end
  local entry = open[charge[1][NAME]]
  if entry then entry.amount = entry.amount + charge[2] end
end

if hold then
  redis.call('DEL', holdKey(id))
  redis.call('ZREM', leasesKey, id)
else
  -- This account may be sent again, and a hold under way when the store was lost may still arrive.
  keepHold(id, { owner = '', isSettled = 1, parts = {} })
end

local changes = {}
for _, name in ipairs(order) do
  local entry = open[name]
  local counter = partCounter(entry.part)
  local before = counter.spent
  local left = entry.amount
  -- What was charged at the end of a lease is not charged again, and what was too much of it is given back.
  for _, part in ipairs(entry.parts) do
    release(part)
    left = left - part[CHARGED]
  end
  for _, part in ipairs(entry.parts) do
    if left >= 0 then break end
    local tooMuch = math.min(part[CHARGED], -left)
    refund(counter, tooMuch, part[CHARGED_AT])
    left = left + tooMuch
  end
  spend(counter, math.max(0, left))
  for _, value in ipairs({ name, entry.part[BUDGET], entry.part[LIMIT], before, counter.spent, counter.held }) do
    table.insert(changes, value)
  end
end
writeCounters()
return { 1, changes, undone }
