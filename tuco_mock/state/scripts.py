"""What must happen in Redis in one piece, as scripts: a real Redis runs the Lua, atomic between all processes.

The embedded engine runs a twin of each in Python (`embedded.scripts`); a test holds the two to the same answers.
"""

from __future__ import annotations

TAKE_TOKEN = """
-- Take a token of a workspace's bucket (domain.limits.take).
-- KEYS[1]: the workspace's hash. ARGV: the bucket's field, calls a minute, real time in ms.
-- Gives 0, or the whole seconds to wait.
local clock, kept = unpack(redis.call('HMGET', KEYS[1], 'clock', ARGV[1]))
local per_minute, now = tonumber(ARGV[2]), tonumber(ARGV[3])
if clock then
    local mode, shown = string.match(clock, '^(%a+):(-?%d+)$')
    now = mode == 'frozen' and tonumber(shown) or now + tonumber(shown)
end
now = math.max(math.min(now, 253402300799999), -62135596800000)
local capacity = per_minute * 60000
local units, at = capacity, now
if kept then
    local before, then_ = string.match(kept, '^(%d+):(-?%d+)$')
    units, at = tonumber(before), tonumber(then_)
end
local level = units
units = math.min(units + math.max(now - at, 0) * per_minute, capacity)
if units < 60000 then
    if now < at then -- the clock was set back: from now on the bucket fills by what it shows
        redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f:%.0f', level, now))
    end
    local missing = math.ceil((60000 - units) / per_minute)
    return math.max(math.ceil(missing / 1000), 1)
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f:%.0f', units - 60000, now))
return 0
"""  # noqa: S105 - a token of a bucket

BEGIN_WORKSPACE = """
-- Let a workspace begin.
-- KEYS: its hash, the marks of its log, what it is reset to (left out: what the server started with).
-- ARGV: its clock, its last running number, its time, real time, what it is reset to.
redis.call('HSET', KEYS[1], 'clock', ARGV[1], 'sequence', ARGV[2])
redis.call('HSET', KEYS[2], 'begun', ARGV[3], 'begun-really', ARGV[4])
if KEYS[3] then
    redis.call('SET', KEYS[3], ARGV[5])
end
return 1
"""

APPEND = """
-- Append a record to a workspace's log, unless the workspace is gone; cut the log when it has grown too long.
-- KEYS: the log, the hash that counts what was cut from it, the workspace's hash (left out: no workspace, real time).
-- ARGV: the record, real time in ms, how many records are kept, from how many on they are cut to that.
local at = tonumber(ARGV[2])
if KEYS[3] then
    local clock = redis.call('HGET', KEYS[3], 'clock')
    if not clock then
        return 0
    end
    local mode, shown = string.match(clock, '^(%a+):(-?%d+)$')
    at = mode == 'frozen' and tonumber(shown) or at + tonumber(shown)
    at = math.max(math.min(at, 253402300799999), -62135596800000)
end
local size = redis.call('RPUSH', KEYS[1], string.format('%.0f', at) .. ' ' .. ARGV[1])
if size > tonumber(ARGV[4]) then
    local excess = size - tonumber(ARGV[3])
    redis.call('LTRIM', KEYS[1], excess, -1)
    redis.call('HINCRBY', KEYS[2], 'cut', excess)
end
return 1
"""

REPLACE_FIELD = """
-- Put another value of a hash's field in place, if it is as it was seen.
-- KEYS: the hash. ARGV: the field, its value as it was seen (empty: there was none), its new value.
-- Gives 1, or 0 when somebody else was quicker.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then
    return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

LET_GO_DELIVERY = """
-- Let a delivery be sent: a new one, or one that waited for something, if it is as it was seen.
-- KEYS: the deliveries that are not done, the ids of what is to be sent, of what waits for the clock, the numbers.
-- ARGV: its id, its text, its text as it was seen (left out: it is new).
-- Gives 1, or 0 when somebody else was quicker.
if ARGV[3] then
    if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[3] then
        return 0
    end
    redis.call('ZREM', KEYS[3], ARGV[1])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[4], 'order', 1), ARGV[1])
return 1
"""

FINISH_DELIVERY = """
-- Put a delivery down as done, unless it was forgotten meanwhile.
-- KEYS: the deliveries that are not done, those that are, the ids of what somebody is sending, the hands of the process
-- that sent it (left out: there is one process).
-- ARGV: its id, its text, how many that are done are kept, what it is noted as in these hands.
-- Gives 1, or 0 when it was forgotten, or others have put it down since they took it over.
if KEYS[4] then
    redis.call('HDEL', KEYS[4], ARGV[4])
end
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
    return 0
end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('LTRIM', KEYS[2], -tonumber(ARGV[3]), -1)
redis.call('SREM', KEYS[3], ARGV[1])
return 1
"""

TAKE_JOB = """
-- Let a worker take a job out of the set it stands in.
-- KEYS: the list of jobs that workers hold, the sets in which the job may stand. ARGV: its message's id.
-- Gives 1, or 0 when it stands in none of them: somebody else was quicker.
for index = 2, #KEYS do
    if redis.call('ZREM', KEYS[index], ARGV[1]) == 1 then
        redis.call('LPUSH', KEYS[1], ARGV[1])
        return 1
    end
end
return 0
"""

FINISH_JOB = """
-- Let the worker that holds a job be done with it.
-- KEYS: the list of jobs that workers hold, the job. ARGV: its message's id.
-- Gives 1, or 0 when nobody holds it: then it is left as it is.
local held = redis.call('LREM', KEYS[1], 1, ARGV[1])
if held == 1 then
    redis.call('DEL', KEYS[2])
end
return held
"""

DELAY_JOB = """
-- Let the worker that holds a job put it off.
-- KEYS: the list of jobs that workers hold, the job, the set of delayed ones.
-- ARGV: its message's id, for how many ms, its score.
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('HSET', KEYS[2], 'delay', ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
return 1
"""
