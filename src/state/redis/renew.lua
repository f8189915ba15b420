-- Starts the leases of an open hold anew. ARGV[3]: id. Answers 1, or 0 when it is gone.
local hold = readHold(ARGV[3])
if not hold then return 0 end
local isOpen = false
for _, part in ipairs(hold.parts) do
  part[UNTIL] = now + part[LEASE]
  if part[HELD] == 1 then
    isOpen = true
    partCounter(part)
  end
end
if not isOpen then return 0 end
keepHold(ARGV[3], hold)
writeCounters()
return 1
