-- A place among the sockets of one user: a sorted set of sockets, whose
-- scores are the ends of their leases in milliseconds of Redis' clock.
--
-- KEYS: the user. ARGV: the socket, how many there may be, the lease.
-- Reply: 1, or 0 when all places are taken.
--
-- A socket that is there already is a command that was sent again.

local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[2])
  and not redis.call("ZSCORE", KEYS[1], ARGV[1]) then
  return 0
end
redis.call("ZADD", KEYS[1], now + ARGV[3], ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return 1
