// One fault, from beginning to end: a crew works, the fault comes and goes, and the books are checked.
import { FaultProxy } from '../support/fault-proxy';
import { startRedis, type RedisServer, type StartRedisOptions } from '../support/redis';
import { isAurochs } from '../support/subject';
import { sleep, waitFor } from '../support/wait';
import { Crew, type Member } from './crew';
import { readLedger, twice, type Ledger } from './ledger';

export interface Stage {
  server: RedisServer;
  proxy: FaultProxy;
  crew: Crew;
  /** The connections of the crew, as CLIENT LIST shows them. */
  clients(): Promise<Client[]>;
}

export interface Client {
  id: string;
  cmd: string;
  user: string;
}

export interface FaultCase {
  /** Of the server: what else it is started with. */
  server?: StartRedisOptions;
  /** Of the workers: what else their connections are given. */
  connection?: object;
  inject(stage: Stage): unknown;
  /** ms that it lasts. */
  lasts?: number;
  heal?(stage: Stage): unknown;
  /** What the codes (or, without one, messages) of `error` events may be; there must be one for each worker that is at
   * work. None: no error is expected. */
  errors?: RegExp;
  /** What else is wrong in the end. */
  check?(stage: Stage): string[];
  /** The errors may be there or not: it is a matter of the moment. */
  quiet?: boolean;
}

/** Generous: what takes longer is no recovery. It includes the locks of jobs whose fetch got no answer. */
const kRecovery = 15_000;
// ioredis takes it for waiting commands too: not for BullMQ.
const kLimits = isAurochs ? { commandTimeout: 3000 } : {};
const kFirst = 160;
const kLater = 30;

/** Plays it through. @returns what is wrong with each member: nothing, if all is well. */
export async function play(fault: FaultCase): Promise<{ wrong: Record<string, string[]>; members: Member[] }> {
  const server = await startRedis(fault.server);
  const proxy = new FaultProxy({ host: server.host, port: server.port });
  const connection = {
    ...{ ...server.connection, ...(await proxy.open()), connectTimeout: 3000, ...kLimits },
    ...fault.connection,
  };
  const queues = await Crew.prepare(server.connection);
  const clients = await othersThanNow(server);
  const crew = Crew.open(connection, queues);
  try {
    const stage = { server, proxy, crew, clients };
    await Promise.all(crew.members.map(member => (member.busy ? member.add(kFirst) : Promise.resolve())));
    crew.run();
    const waiting = async () => (await clients()).filter(({ cmd }) => cmd === 'bzpopmin').length;
    await Promise.all(crew.members.map(member => member.inPlace(waiting)));
    await fault.inject(stage);
    await sleep(fault.lasts ?? 400);
    await fault.heal?.(stage);
    await proxy.heal();
    const healed = Date.now();
    await Promise.all(crew.members.map(member => member.add(kLater)));
    const verdicts = await Promise.all(crew.members.map(member => judge(server, member, healed, fault)));
    verdicts.push(['the connections', fault.check?.(stage) ?? []]);
    return { wrong: Object.fromEntries(verdicts.filter(([, wrong]) => wrong.length > 0)), members: crew.members };
  } finally {
    await crew.close();
    await proxy.close();
    await server.stop();
  }
}

/** The connections that come from now on. */
async function othersThanNow(server: RedisServer): Promise<() => Promise<Client[]>> {
  const list = async () => {
    const lines = String(await server.cli('CLIENT', 'LIST'))
      .trim()
      .split('\n');
    return lines.map(line => Object.fromEntries(line.split(' ').map(field => field.split('='))) as unknown as Client);
  };
  const others = new Set((await list()).map(({ id }) => id));
  return async () => (await list()).filter(({ id }) => !others.has(id));
}

async function judge(
  server: RedisServer,
  member: Member,
  healed: number,
  fault: FaultCase,
): Promise<[string, string[]]> {
  const { name, queue, added } = member;
  const wrong: string[] = [];
  const done = async () => (await queue.getCompletedCount()) === added;
  await waitFor(done, { what: name, interval: 50, deadline: kRecovery }).catch(() => undefined);
  const ledger = await readLedger(server.client(), queue.toKey('events'));
  const { completed, ...others } = await queue.getJobCounts();
  if (completed !== added) wrong.push(`${added - completed} of ${added} jobs have not completed`);
  for (const [state, count] of Object.entries(others)) if (count > 0) wrong.push(`${count} jobs are ${state}`);
  wrong.push(...twice(ledger));
  if (member.runs.size < added && completed === added) wrong.push(`only ${member.runs.size} jobs were ever active`);
  // What is told is ours.
  if (isAurochs) wrong.push(...judgeErrors(member, fault));
  if (isAurochs && member.worker.engine !== 'native') wrong.push(`engine: ${member.worker.engineReason}`);
  measure(member, ledger, healed);
  return [name, wrong];
}

function judgeErrors({ errors, busy }: Member, { errors: expected, quiet }: FaultCase): string[] {
  const texts = errors.map(({ code, message }) => code ?? message.slice(0, 200));
  const strange = texts.filter(text => !expected?.test(text));
  const wrong = [...new Set(strange)].map(text => `error: ${text}`);
  if (expected && !quiet && busy && texts.length === 0) wrong.push('no error tells of it');
  return wrong;
}

function measure(member: Member, { completedAt }: Ledger, healed: number): void {
  member.recovery = (completedAt.find(at => at >= healed) ?? NaN) - healed;
  member.whole = (completedAt.at(-1) ?? NaN) - healed;
}
