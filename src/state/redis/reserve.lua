-- Takes, raises or revives a hold: every part or none. ARGV[3]: id, ARGV[4]: owner, ARGV[5]: the parts as JSON, with
-- `enforce` after them, ARGV[6]: memo, ARGV[7]: who is told. Answers {1 or 0, {names without room}, {name, spent, held, ...}, the end of a lease
-- that this takes back}.
local id, owner, wishes, memo = ARGV[3], ARGV[4], cjson.decode(ARGV[5]), ARGV[6]
local before = readHold(id)
local exhausted = {}

-- A counter may stand in a hold twice; it needs room for both, less what this hold has already.
local wanted = {}
for _, wish in ipairs(wishes) do
  counterOf(wish[1][NAME], wish[1][SPAN], true)
  wanted[wish[1][NAME]] = (wanted[wish[1][NAME]] or 0) + wish[1][AMOUNT]
end
if before then
  for _, part in ipairs(before.parts) do
    local had = part[AMOUNT]
    if part[HELD] == 0 then had = refundable(counterOf(part[NAME], part[SPAN]), part[CHARGED], part[CHARGED_AT]) end
    wanted[part[NAME]] = (wanted[part[NAME]] or 0) - had
  end
end
local isExhausted = {}
for _, wish in ipairs(wishes) do
  local part, enforce = wish[1], wish[2]
  local counter = counterOf(part[NAME], part[SPAN])
  local more = wanted[part[NAME]]
  local isHeldAlready = before and more <= 0
  local hasRoom = counter.spent + counter.held + more <= part[LIMIT]
  if enforce == 1 and not isHeldAlready and not hasRoom and not isExhausted[part[NAME]] then
    isExhausted[part[NAME]] = true
    table.insert(exhausted, part[NAME])
  end
end

local isHeld = #exhausted == 0 and not (before and before.isSettled == 1)
local undone = isHeld and undoneEnd(before) or {}
leaveLease('undone', ARGV[7], id, undone)
if isHeld then
  if before then
    for _, part in ipairs(before.parts) do
      if part[HELD] == 1 then release(part) else refund(partCounter(part), part[CHARGED], part[CHARGED_AT]) end
    end
  end
  local parts = {}
  for at, wish in ipairs(wishes) do
    local part = wish[1]
    part[UNTIL], part[HELD], part[CHARGED], part[CHARGED_AT] = now + part[LEASE], 1, 0, 0
    local counter = partCounter(part)
    counter.held = counter.held + part[AMOUNT]
    parts[at] = part
  end
  keepHold(id, { owner = owner, memo = memo, isSettled = 0, parts = parts })
  writeCounters()
end

local states = {}
for name, counter in pairs(counters) do
  table.insert(states, name)
  table.insert(states, counter.spent)
  table.insert(states, counter.held)
end
return { isHeld and 1 or 0, exhausted, states, undone }
