--[[
  Completes a batch of jobs and fetches the next ones, in one call.

  Leaves in Redis what BullMQ's scripts leave when they are called one after the other: moveToFinished for each job of
  the batch, the last one fetching the next job, then moveToActive until enough jobs are fetched or there are no more.
  It saves what those repeat for each job: what can't change within a script is read once, and commands that take many
  keys or members are called once. Locks and tokens are verified as BullMQ does.

  A job with a parent, children or a deduplication id, or one that the batch has named before, is not touched: its code
  says so, and BullMQ's script completes it.

  KEYS   1 wait  2 active  3 prioritized  4 events  5 stalled  6 limiter  7 delayed  8 meta  9 pc  10 marker
         11 completed  12 metrics:completed
  ARGV   1 prefix of the queue's keys, `bull:queue:`
         2 now (Unix time, ms)
         3 how many jobs to fetch; one less for each job that isn't completed here
         4 token of the fetched jobs' locks  5 lockDuration (ms)  6 the worker's name, or empty
         7, 8 the worker's limiter: max, duration (ms), or both empty
         9, 10, 11 keepJobs: count, age (s), limit; each may be empty
         12 maxMetricsSize, or empty
         13 … for each job to be completed: id, token, finishedOn (Unix time, ms), returnvalue (JSON)
  Reply  { codes, for how long the queue is rate limited (ms), when the next delayed job is due (Unix time, ms),
           id, hash, id, hash, … of the fetched jobs }
         `codes` is empty when all jobs were completed, else it has one for each: 0 completed, 1 left to BullMQ's script,
         or BullMQ's own: -2 no lock, -3 not active, -6 locked by somebody else.
         The delayed job's time is said only when fewer jobs were fetched than asked for.
]]
local rcall = redis.call
local floor = math.floor

local waitKey, activeKey, prioritizedKey, eventsKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local limiterKey, delayedKey, metaKey, pcKey, markerKey = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local completedKey = KEYS[11]
local prefix, now, token, lockDuration, workerName = ARGV[1], ARGV[2], ARGV[4], ARGV[5], ARGV[6]
local firstJob, fieldsPerJob = 13, 4
local markerDue = false

-- Lua's stack holds some 8,000 values.
local function inChunks(command, key, values)
  for from = 1, #values, 5000 do
    rcall(command, key, unpack(values, from, math.min(from + 4999, #values)))
  end
end

local function addKeysOfJob(keys, jobKey)
  local n = #keys
  keys[n + 1] = jobKey
  keys[n + 2] = jobKey .. ':logs'
  keys[n + 3] = jobKey .. ':dependencies'
  keys[n + 4] = jobKey .. ':processed'
  keys[n + 5] = jobKey .. ':failed'
  keys[n + 6] = jobKey .. ':unsuccessful'
end

local function deleteKeys(keys)
  for from = 1, #keys, 5000 do
    rcall('DEL', unpack(keys, from, math.min(from + 4999, #keys)))
  end
end

-- BullMQ's isQueuePausedOrMaxed, for the queue of a parent.
local function isPausedOrMaxed(queue)
  local attributes = rcall('HMGET', queue .. 'meta', 'paused', 'concurrency')
  if attributes[1] then return true end
  return attributes[2] and rcall('LLEN', queue .. 'active') >= tonumber(attributes[2])
end

-- A job that is removed for its age or number no longer keeps a parent waiting.
local function leaveParent(jobKey)
  local parentKey = rcall('HGET', jobKey, 'parentKey')
  if not parentKey or parentKey == '' or rcall('EXISTS', parentKey) == 0 then return end
  local dependencies = parentKey .. ':dependencies'
  if rcall('SREM', dependencies, jobKey) == 0 or rcall('SCARD', dependencies) > 0 then return end
  local parentId = string.match(parentKey, '.*:(.*)')
  local queue = string.sub(parentKey, 1, #parentKey - #parentId)
  if rcall('ZREM', queue .. 'waiting-children', parentId) == 0 then return end
  local quiet = isPausedOrMaxed(queue)
  rcall('RPUSH', queue .. 'wait', parentId)
  if not quiet then rcall('ZADD', queue .. 'marker', 0, '0') end
  rcall('XADD', queue .. 'events', '*', 'event', 'waiting', 'jobId', parentId, 'prev', 'waiting-children')
end

local function removeJobs(ids)
  local keys = {}
  for _, id in ipairs(ids) do
    leaveParent(prefix .. id)
    addKeysOfJob(keys, prefix .. id)
  end
  deleteKeys(keys)
end

local function removeByAge(start, limit)
  local ids = rcall('ZREVRANGEBYSCORE', completedKey, start, '-inf', 'LIMIT', 0, limit)
  if #ids == 0 then return end
  removeJobs(ids)
  if #ids < limit then
    rcall('ZREMRANGEBYSCORE', completedKey, '-inf', start)
  else
    inChunks('ZREM', completedKey, ids)
  end
end

local function removeByCount(maxCount)
  local ids = rcall('ZREVRANGE', completedKey, maxCount, -1)
  if #ids == 0 then return end
  removeJobs(ids)
  rcall('ZREMRANGEBYRANK', completedKey, 0, -(maxCount + 1))
end

-- Whether removing by age once leaves what removing after each job leaves: not when a limit leaves old jobs, nor when a
-- job ended before the one that precedes it. @return that, and how many jobs are too old in the end
local function canRemoveTogether(times, maxAge, limit)
  local start = times[#times] - maxAge * 1000
  local old, previous = rcall('ZCOUNT', completedKey, '-inf', start), 0
  for _, text in ipairs(times) do
    local time = tonumber(text)
    if time < previous then return false end
    if time <= start then old = old + 1 end
    previous = time
  end
  return old < limit, old
end

-- `scores`: finishedOn and id of each job.
local function keep(scores, times, maxCount, maxAge)
  local limit = tonumber(ARGV[11]) or 1000
  local together, old = true, 0
  if maxAge then together, old = canRemoveTogether(times, maxAge, limit) end
  local step = together and #scores or 2
  for i = 1, #scores, step do
    rcall('ZADD', completedKey, unpack(scores, i, i + step - 1))
    if not together or old > 0 then removeByAge(times[(i + step - 1) / 2] - maxAge * 1000, limit) end
    if maxCount and maxCount > 0 then removeByCount(maxCount) end
  end
end

-- BullMQ's collectMetrics, for many jobs: the number that were finished in each minute.
local function collectMetrics(size, times)
  local key = KEYS[12]
  local known = rcall('HMGET', key, 'prevTS', 'prevCount')
  local previousTime, previousCount = known[1], tonumber(known[2])
  local count = rcall('HINCRBY', key, 'count', #times) - #times
  local points = {}
  for _, time in ipairs(times) do
    if not previousTime then
      previousTime, previousCount = time, 0
    else
      local minutes = math.min(floor(time / 60000) - floor(previousTime / 60000), size)
      if minutes > 0 then
        points[#points + 1] = count - previousCount
        for _ = 2, minutes do points[#points + 1] = 0 end
        previousTime, previousCount = time, count
      end
    end
    count = count + 1
  end
  if previousTime == known[1] then return end
  rcall('HSET', key, 'prevTS', previousTime, 'prevCount', previousCount)
  if #points > 0 then
    inChunks('LPUSH', key .. ':data', points)
    rcall('LTRIM', key .. ':data', 0, size - 1)
  end
end

-- Numbers go to Redis as text: to write one out takes Lua's API longer than a small command.
local function afterOneMore(number)
  return number and string.format('%.0f', tonumber(number) + 1) or '1'
end

-- Says of each job of the batch whether it may be completed here, and unlocks those that may.
-- @return the jobs' attempts, this one included, and the ids of the unlocked ones
local function unlock(jobs, codes)
  local lockKeys, childKeys, attempts = {}, {}, {}
  for i = 1, jobs do
    local jobKey = prefix .. ARGV[firstJob + (i - 1) * fieldsPerJob]
    lockKeys[i] = jobKey .. ':lock'
    childKeys[2 * i - 1] = jobKey .. ':dependencies'
    childKeys[2 * i] = jobKey .. ':unsuccessful'
  end
  local locks = rcall('MGET', unpack(lockKeys))
  local someHaveChildren = rcall('EXISTS', unpack(childKeys)) > 0
  local unlocked, ids, seen = {}, {}, {}
  for i = 1, jobs do
    local at = firstJob + (i - 1) * fieldsPerJob
    local id = ARGV[at]
    -- Every job that exists has a name.
    local fields = rcall('HMGET', prefix .. id, 'name', 'parentKey', 'deid', 'atm')
    local ours = fields[1] and (not fields[2] or fields[2] == '') and not fields[3] and not seen[id]
    seen[id] = true
    if ours and someHaveChildren then ours = rcall('EXISTS', childKeys[2 * i - 1], childKeys[2 * i]) == 0 end
    if not ours then
      codes[i] = 1
    elseif not locks[i] then
      codes[i] = -2
    elseif locks[i] ~= ARGV[at + 1] then
      codes[i] = -6
    else
      codes[i] = 0
      attempts[i] = afterOneMore(fields[4])
      unlocked[#unlocked + 1] = lockKeys[i]
      ids[#ids + 1] = id
    end
  end
  if #ids > 0 then
    rcall('DEL', unpack(unlocked))
    rcall('SREM', KEYS[5], unpack(ids))
  end
  return attempts, ids
end

-- Takes jobs out of active: a set of those that were there. The first ones to begin stand last, and are mostly the first
-- to end: so we take off ever more of its end, and put back what stays. To remove one by one is to walk over those that
-- stay again and again.
local function takeFromActive(ids)
  local taken, missing, seen, staying = {}, #ids, 0, {}
  for _, id in ipairs(ids) do taken[id] = false end
  local window, most = 2 * #ids, 16 * #ids
  while #ids > 1 and missing > 0 and seen < most do
    local part = rcall('LRANGE', activeKey, -seen - window, -seen - 1)
    local i = #part
    while i > 0 and missing > 0 do
      local id = part[i]
      if taken[id] == false then
        taken[id] = true
        missing = missing - 1
      else
        staying[#staying + 1] = id
      end
      i = i - 1
    end
    seen = seen + #part - i
    if #part < window then break end
    window = 2 * window
  end
  if missing < #ids then
    rcall('LTRIM', activeKey, 0, -seen - 1)
    local last = #staying
    for i = 1, floor(last / 2) do
      staying[i], staying[last + 1 - i] = staying[last + 1 - i], staying[i]
    end
    inChunks('RPUSH', activeKey, staying)
  end
  for _, id in ipairs(ids) do
    if missing == 0 then break end
    if not taken[id] then
      taken[id] = rcall('LREM', activeKey, '-1', id) > 0
      missing = missing - 1
    end
  end
  return taken
end

-- BullMQ's trimEvents
local function trimEvents()
  local maxEvents = rcall('HGET', metaKey, 'opts.maxLenEvents')
  if not maxEvents then
    maxEvents = '10000'
    rcall('HSET', metaKey, 'opts.maxLenEvents', maxEvents)
  end
  rcall('XTRIM', eventsKey, 'MAXLEN', '~', maxEvents)
end

-- @return how many jobs were completed
local function complete(jobs, codes)
  local attempts, unlocked = unlock(jobs, codes)
  local taken = takeFromActive(unlocked)
  local keepCount = tonumber(ARGV[9])
  local scores, removed, times = {}, {}, {}
  for i = 1, jobs do
    local at = firstJob + (i - 1) * fieldsPerJob
    local id, finishedOn, result = ARGV[at], ARGV[at + 2], ARGV[at + 3]
    if codes[i] == 0 then
      if not taken[id] then
        codes[i] = -3
      else
        -- Before any event of this batch, so that none of them is trimmed.
        if #times == 0 then trimEvents() end
        if keepCount == 0 then
          addKeysOfJob(removed, prefix .. id)
        else
          scores[#scores + 1] = finishedOn
          scores[#scores + 1] = id
          rcall('HSET', prefix .. id, 'atm', attempts[i], 'returnvalue', result, 'finishedOn', finishedOn)
        end
        times[#times + 1] = finishedOn
      end
    end
  end
  if #times == 0 then return 0 end
  if keepCount == 0 then
    deleteKeys(removed)
  else
    keep(scores, times, keepCount, tonumber(ARGV[10]))
  end
  for i = 1, jobs do
    if codes[i] == 0 then
      local at = firstJob + (i - 1) * fieldsPerJob
      local id, result = ARGV[at], ARGV[at + 3]
      rcall('XADD', eventsKey, '*', 'event', 'completed', 'jobId', id, 'returnvalue', result, 'prev', 'active')
    end
  end
  if ARGV[12] ~= '' then collectMetrics(tonumber(ARGV[12]), times) end
  return #times
end

-- BullMQ's promoteDelayedJobs: at most 1,000 in a call.
local function promoteDelayed(quiet)
  local ids = rcall('ZRANGEBYSCORE', delayedKey, 0, (now + 1) * 0x1000 - 1, 'LIMIT', 0, 1000)
  if #ids == 0 then return end
  rcall('ZREM', delayedKey, unpack(ids))
  for _, id in ipairs(ids) do
    local priority = tonumber(rcall('HGET', prefix .. id, 'priority')) or 0
    if priority == 0 then
      rcall('LPUSH', waitKey, id)
    else
      local counter = rcall('INCR', pcKey)
      rcall('ZADD', prioritizedKey, priority * 0x100000000 + counter % 0x100000000, id)
    end
    rcall('XADD', eventsKey, '*', 'event', 'waiting', 'jobId', id, 'prev', 'delayed')
    rcall('HSET', prefix .. id, 'delay', 0)
  end
  if not quiet then markerDue = true end
end

-- BullMQ before version 5 left markers among the ids: `0:…`.
local function isOldMarker(id)
  return string.sub(id, 1, 2) == '0:'
end

local function popWaiting(count)
  if count == 1 then
    local id = rcall('RPOPLPUSH', waitKey, activeKey)
    if not id then return {} end
    if not isOldMarker(id) then return { id } end
    rcall('LREM', activeKey, 1, id)
    return popWaiting(1)
  end
  local tail = rcall('LRANGE', waitKey, -count, -1)
  if #tail == 0 then return tail end
  rcall('LTRIM', waitKey, 0, -(#tail + 1))
  local ids = {}
  for i = #tail, 1, -1 do
    if not isOldMarker(tail[i]) then ids[#ids + 1] = tail[i] end
  end
  if #ids == 0 then return popWaiting(count) end
  rcall('LPUSH', activeKey, unpack(ids))
  return ids
end

-- Moves up to `count` jobs to active: waiting ones first, then by priority.
local function pop(count)
  local ids = popWaiting(count)
  while #ids > 0 and #ids < count do
    -- Fewer, because markers were among them, or because there are no more.
    local more = popWaiting(count - #ids)
    if #more == 0 then break end
    for _, id in ipairs(more) do ids[#ids + 1] = id end
  end
  if #ids == count then return ids end
  local popped = rcall('ZPOPMIN', prioritizedKey, count - #ids)
  local urgent = {}
  for i = 1, #popped, 2 do
    ids[#ids + 1] = popped[i]
    urgent[#urgent + 1] = popped[i]
  end
  if #urgent > 0 then rcall('LPUSH', activeKey, unpack(urgent)) end
  if #ids < count then rcall('DEL', pcKey) end
  return ids
end

-- Locks a job that has become active. @return its hash, as it is now
local function prepare(id)
  local jobKey = prefix .. id
  rcall('SET', jobKey .. ':lock', token, 'PX', lockDuration)
  rcall('XADD', eventsKey, '*', 'event', 'active', 'jobId', id, 'prev', 'waiting')
  local hash = rcall('HGETALL', jobKey)
  local size = #hash
  local startedAt, starts, name = size + 2, nil, nil
  -- A job that has never started, and has no relatives, ends so.
  if size ~= 12 or hash[11] ~= 'priority' then
    for i = 1, size, 2 do
      local field = hash[i]
      if field == 'ats' then
        starts = i + 1
      elseif field == 'processedOn' then
        startedAt = i + 1
      elseif field == 'pb' then
        name = i + 1
      end
    end
  end
  hash[startedAt - 1] = 'processedOn'
  hash[startedAt] = now
  if workerName ~= '' then
    name = name or #hash + 2
    hash[name - 1] = 'pb'
    hash[name] = workerName
  end
  local times = afterOneMore(starts and hash[starts])
  starts = starts or #hash + 2
  hash[starts - 1] = 'ats'
  hash[starts] = times
  if workerName ~= '' then
    rcall('HSET', jobKey, 'processedOn', now, 'pb', workerName, 'ats', times)
  else
    rcall('HSET', jobKey, 'processedOn', now, 'ats', times)
  end
  return hash
end

-- BullMQ's getRateLimitTTL
local function rateLimitTtl(maxJobs)
  if maxJobs > tonumber(rcall('GET', limiterKey) or 0) then return 0 end
  local ttl = rcall('PTTL', limiterKey)
  if ttl == 0 then rcall('DEL', limiterKey) end
  return math.max(ttl, 0)
end

local function countForLimit(hash, duration)
  for i = 1, #hash, 2 do
    -- A job that has only to fail (deferred failure) is not counted.
    if hash[i] == 'defa' then return end
  end
  if rcall('INCR', limiterKey) == 1 then rcall('PEXPIRE', limiterKey, floor(math.abs(duration))) end
end

-- Appends the fetched jobs to `reply`. @return whether BullMQ's moveToFinished would have found something to say
local function fetch(count, reply)
  local meta = rcall('HMGET', metaKey, 'paused', 'concurrency', 'max', 'duration')
  local quiet = meta[1] and true or false
  local free = count
  if not quiet and meta[2] then
    free = math.min(count, tonumber(meta[2]) - rcall('LLEN', activeKey))
    quiet = free <= 0
  end
  promoteDelayed(quiet)
  local maxJobs = tonumber(meta[3] or ARGV[7])
  local fetched = 0
  if maxJobs then
    local duration = tonumber(ARGV[8]) or tonumber(meta[4])
    while true do
      if fetched == count then return true end
      local ttl = rateLimitTtl(maxJobs)
      if ttl > 0 then
        reply[2] = ttl
        return true
      end
      if quiet or fetched == free then return true end
      local id = pop(1)[1]
      if not id then break end
      local hash = prepare(id)
      countForLimit(hash, duration)
      markerDue = true
      fetched = fetched + 1
      reply[#reply + 1] = id
      reply[#reply + 1] = hash
    end
  else
    if quiet then return true end
    local ids = pop(free)
    for _, id in ipairs(ids) do
      reply[#reply + 1] = id
      reply[#reply + 1] = prepare(id)
    end
    fetched = #ids
    if fetched > 0 then markerDue = true end
    if fetched == free then return true end
  end
  local nextDelayed = rcall('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')[2]
  if nextDelayed then reply[3] = nextDelayed / 0x1000 end
  return fetched > 0 or nextDelayed ~= nil
end

local jobs, codes = (#ARGV - firstJob + 1) / fieldsPerJob, {}
local completed = jobs > 0 and complete(jobs, codes) or 0
local count = tonumber(ARGV[3]) - (jobs - completed)
local reply = { completed == jobs and {} or codes, 0, 0 }
local said = count > 0 and fetch(count, reply)
if markerDue then rcall('ZADD', markerKey, '0', '0') end
if completed > 0 and not said then
  if rcall('LLEN', waitKey) == 0 and rcall('LLEN', activeKey) == 0 and rcall('ZCARD', prioritizedKey) == 0 then
    rcall('XADD', eventsKey, '*', 'event', 'drained')
  end
end
return reply
