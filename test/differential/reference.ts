// BullMQ's own scripts, and what they do one after the other where ours does it in one call.
import { createHash } from 'node:crypto';

export interface Script {
  source: string;
  sha1: string;
}

export function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** BullMQ's text of one of its scripts. */
export function bullScript(name: string): string {
  // Not part of BullMQ's typed surface.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it has no types to import by
  const scripts = require('bullmq/dist/cjs/scripts') as Record<string, { content: string } | undefined>;
  const found = scripts[name];
  if (!found) throw new Error(`the installed bullmq has no script ${name}`);
  return found.content;
}

/**
 * One call of this does, with BullMQ's scripts word for word as functions, what one call of ours does:
 *
 * 1. moveToFinished for each job, in their order but first those that it refuses, without fetching. What it refuses
 *    counts as not completed.
 * 2. The last job that is completed comes after all the others, ends now and fetches the next one; each job that is
 *    not completed leaves one fewer to fetch. If there is none to fetch, it ends when it ended, and doesn't fetch.
 * 3. moveToActive until as many jobs are fetched as asked for or it finds none.
 * 4. The jobs that ours leaves to BullMQ's script: those that have a parent, children or a deduplication id, that don't
 *    exist, or that have been in this batch before.
 *
 * ARGV[1] is the request as JSON. The reply: { codes; for how long the queue is limited; when the next delayed job is
 * due; which job ends now, or 0; codes of the jobs of step 4, in their order; id, hash, id, hash, … of those fetched }.
 */
export function reference(): Script {
  return script(`
local function moveToFinished(KEYS, ARGV)
${bullScript('moveToFinished')}
end
local function moveToActive(KEYS, ARGV)
${bullScript('moveToActive')}
end
${driver}`);
}

const driver = `
local request = cjson.decode(ARGV[1])
local prefix = request.prefix

local function keysOf(...)
  local keys = {}
  for i, name in ipairs({...}) do keys[i] = prefix .. name end
  return keys
end

local function options(token)
  return cmsgpack.pack({
    token = token, lockDuration = request.lockDuration, name = request.name, limiter = request.limiter,
    keepJobs = request.keepJobs, attempts = 0, maxMetricsSize = request.metrics or '',
    fpof = false, cpof = false, idof = false, rdof = false,
  })
end

local function finish(job, fetchNext)
  local keys = keysOf('wait', 'active', 'prioritized', 'events', 'stalled', 'limiter', 'delayed', 'paused', 'meta',
    'pc', 'completed', job.id, 'metrics:completed', 'marker')
  return moveToFinished(keys, { job.id, job.finishedOn, 'returnvalue', job.result, 'completed', fetchNext, prefix,
    -- The next job inherits the token of the one that is completed; a worker that fetches many gives them one token.
    options(job.token), '' })
end

local function fetch()
  local keys = keysOf('wait', 'active', 'prioritized', 'events', 'stalled', 'limiter', 'delayed', 'paused', 'meta',
    'pc', 'marker')
  return moveToActive(keys, { prefix, request.now, options(request.token) })
end

local function isLeft(id)
  local key = prefix .. id
  if redis.call('HEXISTS', key, 'name') == 0 then return true end
  if (redis.call('HGET', key, 'parentKey') or '') ~= '' then return true end
  if redis.call('HEXISTS', key, 'deid') == 1 then return true end
  return redis.call('SCARD', key .. ':dependencies') > 0 or redis.call('ZCARD', key .. ':unsuccessful') > 0
end

local codes, left, seen, last = {}, {}, {}, 0
local refused, missing = {}, 0
for i, job in ipairs(request.jobs) do
  if isLeft(job.id) or seen[job.id] then
    codes[i] = 1
    left[#left + 1] = job
    missing = missing + 1
  elseif redis.call('GET', prefix .. job.id .. ':lock') == job.token and
      redis.call('LPOS', prefix .. 'active', job.id) then
    last = i
  else
    missing = missing + 1
    refused[#refused + 1] = i
  end
  seen[job.id] = true
end
-- Before any job is removed because others were completed: that would be another reason to refuse it.
for _, i in ipairs(refused) do codes[i] = finish(request.jobs[i], '0') end
for i, job in ipairs(request.jobs) do
  if not codes[i] and i ~= last then codes[i] = finish(job, '0') end
end

local count = request.fetch - missing
local limit, due, found, replies = 0, 0, true, {}

local function take(reply)
  if type(reply) ~= 'table' then
    found = false
  elseif type(reply[1]) == 'table' then
    replies[#replies + 1] = reply[2]
    replies[#replies + 1] = reply[1]
  else
    found, limit, due = false, reply[3], reply[4]
  end
end

if last > 0 then
  local job = request.jobs[last]
  if count > 0 then
    job.finishedOn = request.now
    -- Its successor gets the batch's token, as all jobs do that this batch fetches.
    redis.call('SET', prefix .. job.id .. ':lock', request.token)
    job.token = request.token
    local reply = finish(job, '1')
    codes[last] = type(reply) == 'table' and 0 or reply
    take(reply)
    -- Versions before 5 left markers among the ids. Here moveToFinished takes one away, and looks no further.
    if not found and limit == 0 and request.markers then found = true end
  else
    codes[last] = finish(job, '0')
  end
end
while found and #replies < 2 * count do take(fetch()) end

local leftCodes = {}
for i, job in ipairs(left) do
  leftCodes[i] = finish(job, '0')
end
local reply = { codes, limit, due, count > 0 and last or 0, leftCodes }
for _, value in ipairs(replies) do reply[#reply + 1] = value end
return reply
`;
