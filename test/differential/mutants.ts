// Our script with one thing wrong, for the differential test to notice.

export interface Mutant {
  what: string;
  /** Text that the script has once. */
  from: string;
  to: string;
  /** Only many histories come to where it shows. */
  rare?: boolean;
}

export const mutants: Mutant[] = [
  // Completing
  { what: 'a job that is completed stays in stalled', from: "rcall('SREM', KEYS[5], unpack(ids))", to: '' },
  { what: 'locks are not given up', from: "rcall('DEL', unpack(unlocked))", to: '' },
  {
    what: "somebody else's lock is as good",
    rare: true,
    from: 'elseif locks[i] ~= ARGV[at + 1] then',
    to: 'elseif false then',
  },
  { what: 'no lock is needed', from: 'elseif not locks[i] then', to: 'elseif false then' },
  { what: 'a parent is not told', from: "(not fields[2] or fields[2] == '') and", to: '' },
  { what: 'a deduplication key is not given up', from: 'and not fields[3] and', to: 'and' },
  { what: 'a job twice in a batch', from: ' and not seen[id]\n', to: '\n' },
  { what: 'children are not waited for', rare: true, from: 'if ours and someHaveChildren then', to: 'if false then' },
  { what: 'failed children are not seen', rare: true, from: ', childKeys[2 * i]) == 0 end', to: ') == 0 end' },
  { what: 'a job that is gone', from: 'local ours = fields[1] and ', to: 'local ours = ' },
  { what: 'a job that is not active', from: 'codes[i] = -3\n', to: '\n' },
  {
    what: 'a job stays active',
    from: "rcall('LTRIM', activeKey, 0, -seen - 1)",
    to: "rcall('LTRIM', activeKey, 0, -seen)",
  },
  { what: 'what stays active is lost', from: "inChunks('RPUSH', activeKey, staying)", to: '' },
  {
    what: 'what stays active turns round',
    from: 'staying[i], staying[last + 1 - i] = staying[last + 1 - i], staying[i]',
    to: '',
  },
  {
    what: 'the end of active is looked at twice',
    rare: true,
    from: "rcall('LRANGE', activeKey, -seen - window, -seen - 1)",
    to: "rcall('LRANGE', activeKey, -window, -1)",
  },
  { what: 'attempts are not counted', from: "'atm', attempts[i], ", to: '' },
  { what: 'attempts are counted from the start', from: 'afterOneMore(fields[4])', to: "'1'" },
  { what: 'finishedOn is now', from: "'finishedOn', finishedOn)", to: "'finishedOn', now)" },
  {
    what: 'the event has no prev',
    from: ", 'returnvalue', result, 'prev', 'active')",
    to: ", 'returnvalue', result)",
  },
  {
    what: 'events last first',
    from: 'for i = 1, jobs do\n    if codes[i] == 0 then\n      local at',
    to: 'for i = jobs, 1, -1 do\n    if codes[i] == 0 then\n      local at',
  },
  {
    what: 'maxLenEvents is not set',
    rare: true,
    from: "rcall('HSET', metaKey, 'opts.maxLenEvents', maxEvents)",
    to: '',
  },
  // Removing
  { what: 'a job that is not kept stays', from: 'deleteKeys(removed)', to: '' },
  { what: 'logs stay', rare: true, from: "keys[n + 2] = jobKey .. ':logs'", to: 'keys[n + 2] = jobKey' },
  {
    what: 'one too many by count',
    from: "'ZREVRANGE', completedKey, maxCount, -1",
    to: "'ZREVRANGE', completedKey, maxCount + 1, -1",
  },
  { what: 'one too few stays by count', from: '-(maxCount + 1))', to: '-(maxCount + 2))' },
  { what: 'age counts in ms', rare: true, from: '/ 2] - maxAge * 1000', to: '/ 2] - maxAge' },
  {
    what: 'the limit by age counts for the batch',
    rare: true,
    from: 'return old < limit, old',
    to: 'return true, old',
  },
  { what: 'removing by age one by one', rare: true, from: '(i + step - 1) / 2] - maxAge', to: '#times] - maxAge' },
  // Metrics
  { what: 'a minute without jobs is not a point', from: 'for _ = 2, minutes do', to: 'for _ = 3, minutes do' },
  { what: 'metrics have no size', rare: true, from: "rcall('LTRIM', key .. ':data', 0, size - 1)", to: '' },
  {
    what: 'metrics count one more',
    from: 'points[#points + 1] = count - previousCount',
    to: 'points[#points + 1] = count + 1 - previousCount',
  },
  // Fetching
  { what: 'all jobs are like new ones', from: "if size ~= 12 or hash[11] ~= 'priority' then", to: 'if false then' },
  {
    what: 'delayed jobs are promoted only when due for long',
    from: '(now + 1) * 0x1000 - 1',
    to: '(now - 1) * 0x1000',
  },
  { what: 'a promoted job keeps its delay', from: "rcall('HSET', prefix .. id, 'delay', 0)", to: '' },
  { what: 'promoted jobs are first in line', from: "rcall('LPUSH', waitKey, id)", to: "rcall('RPUSH', waitKey, id)" },
  { what: 'a promoted job loses its priority', from: 'if priority == 0 then', to: 'if true then' },
  { what: 'fetched last first', from: 'for i = #tail, 1, -1 do', to: 'for i = 1, #tail do' },
  {
    what: 'active has them in another order',
    from: "rcall('LPUSH', activeKey, unpack(ids))",
    to: "rcall('RPUSH', activeKey, unpack(ids))",
  },
  { what: 'no priorities', from: "rcall('ZPOPMIN', prioritizedKey, count - #ids)", to: '{}' },
  { what: 'pc stays', from: "if #ids < count then rcall('DEL', pcKey) end", to: '' },
  { what: 'no marker', from: "if markerDue then rcall('ZADD', markerKey, '0', '0') end", to: '' },
  {
    what: 'a marker although the queue is paused or maxed',
    from: 'if not quiet then markerDue = true end',
    to: 'markerDue = true',
  },
  {
    what: 'paused counts for nothing',
    from: 'local quiet = meta[1] and true or false',
    to: 'local quiet = false',
  },
  { what: 'concurrency counts for nothing', from: 'if not quiet and meta[2] then', to: 'if false then' },
  { what: 'one more than the concurrency', from: 'tonumber(meta[2]) - rcall', to: 'tonumber(meta[2]) + 1 - rcall' },
  { what: "the queue's limit counts for nothing", from: 'tonumber(meta[3] or ARGV[7])', to: 'tonumber(ARGV[7])' },
  {
    what: "the worker's limit counts for nothing",
    from: 'tonumber(meta[3] or ARGV[7])',
    to: 'tonumber(meta[3] or nil)',
  },
  { what: 'one more than the limit', from: 'if maxJobs > tonumber(', to: 'if maxJobs >= tonumber(' },
  { what: 'the limit never ends', from: "== 1 then rcall('PEXPIRE'", to: "== 0 then rcall('PEXPIRE'" },
  { what: 'a deferred failure counts for the limit', rare: true, from: "if hash[i] == 'defa' then return end", to: '' },
  { what: 'a limit without an end', rare: true, from: 'return math.max(ttl, 0)', to: 'return math.abs(ttl)' },
  { what: 'a lock that never ends', from: ", 'PX', lockDuration)", to: ')' },
  {
    what: 'no active event',
    from: "rcall('XADD', eventsKey, '*', 'event', 'active', 'jobId', id, 'prev', 'waiting')",
    to: '',
  },
  { what: 'starts are not counted on', from: 'afterOneMore(starts and hash[starts])', to: "'1'" },
  {
    what: 'the reply has an old processedOn',
    from: 'hash[startedAt] = now',
    to: 'hash[startedAt] = hash[startedAt] or now',
  },
  {
    what: "the worker's name is not stored",
    from: "'processedOn', now, 'pb', workerName, 'ats'",
    to: "'processedOn', now, 'ats'",
  },
  {
    what: "the reply has another worker's name",
    from: 'hash[name] = workerName',
    to: 'hash[name] = hash[name] or workerName',
  },
  { what: 'the next delayed job is not announced', from: 'reply[3] = nextDelayed / 0x1000', to: '' },
  {
    what: 'drained although jobs are delayed',
    from: 'return fetched > 0 or nextDelayed ~= nil',
    to: 'return fetched > 0',
  },
  { what: 'never drained', from: "rcall('XADD', eventsKey, '*', 'event', 'drained')", to: '' },
  { what: 'drained at each batch', from: 'if completed > 0 and not said then', to: 'if completed > 0 then' },
  { what: 'fetches for jobs that were refused', from: '- (jobs - completed)', to: '' },
];

export function mutate(source: string, { what, from, to }: Mutant): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`the script has ${parts.length - 1} places where ${what}: ${from}`);
  return parts.join(to);
}
