-- Sliding windows: a sorted set each, whose members are requests and whose
-- scores are their times, in microseconds of Redis' clock.
--
-- KEYS: the windows, then keys that are only read.
-- ARGV: the member; then of each window its capacity and its microseconds.
-- Reply: of each window 1 where the request fits, how many more fit, and
-- the microseconds until it is empty and until one more fits; then the
-- values of the other keys.
--
-- Recorded is all or nothing: a request that one window refuses is in none.
-- A member that is there already is a command that was sent again.

local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local member = ARGV[1]
local windows = (#ARGV - 1) / 2
local capacity, span, count, fits = {}, {}, {}, {}
local all = true

for i = 1, windows do
  capacity[i] = tonumber(ARGV[2 * i])
  span[i] = tonumber(ARGV[2 * i + 1])
  redis.call("ZREMRANGEBYSCORE", KEYS[i], "-inf", now - span[i])
  count[i] = redis.call("ZCARD", KEYS[i])
  if count[i] >= capacity[i] then
    -- Times that cannot be: the clock was put back.
    local future = now + span[i] + 1
    count[i] = count[i]
      - redis.call("ZREMRANGEBYSCORE", KEYS[i], future, "+inf")
  end
  fits[i] = count[i] < capacity[i]
    or redis.call("ZSCORE", KEYS[i], member) ~= false
  all = all and fits[i]
end

-- Until the request of that rank leaves its window.
local function left(i, rank)
  local found = redis.call("ZRANGE", KEYS[i], rank, rank, "WITHSCORES")
  return found[2] and found[2] + span[i] - now or 0
end

local reply = {}
for i = 1, windows do
  local reset, wait = span[i], 0
  if all then
    redis.call("ZADD", KEYS[i], "NX", now, member)
    count[i] = redis.call("ZCARD", KEYS[i])
    -- One more, since the key's end is rounded down.
    redis.call("PEXPIRE", KEYS[i], math.ceil(span[i] / 1000) + 1)
  else
    reset = left(i, -1)
  end
  if not fits[i] then
    wait = left(i, count[i] - capacity[i])
  end
  reply[4 * i - 3] = fits[i] and 1 or 0
  reply[4 * i - 2] = math.max(0, capacity[i] - count[i])
  reply[4 * i - 1] = reset
  reply[4 * i] = wait
end

if #KEYS > windows then
  local values = redis.call("MGET", unpack(KEYS, windows + 1))
  for i = 1, #values do
    reply[4 * windows + i] = values[i]
  end
end
return reply
