-- Permits of one minute of Redis' clock.
--
-- KEYS: the payer. ARGV: the limit, how many permits are wanted.
-- Reply: how many are granted, and the milliseconds to the minute's end.

local time = redis.call("TIME")
local minute = math.floor(time[1] / 60)
local left = 60000 - (time[1] % 60) * 1000 - math.ceil(time[2] / 1000)

local held = redis.call("HMGET", KEYS[1], "minute", "used")
local used = tonumber(held[1]) == minute and tonumber(held[2]) or 0
local granted = math.max(0, math.min(ARGV[2], ARGV[1] - used))

if granted > 0 then
  redis.call("HSET", KEYS[1], "minute", minute, "used", used + granted)
  redis.call("PEXPIRE", KEYS[1], left + 1000)
end
return { granted, left }
